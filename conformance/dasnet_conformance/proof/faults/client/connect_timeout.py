"""Faults of section connect: the time that connect is given, which goes on when the connection stands."""

from __future__ import annotations

import time
from typing import Final

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_client import ClientHandle

#: What else can fail on a connection that is thrown out when the time of connect is over.
_ODD_TIMEOUTS: Final = ("connect.timeout-zero", "connect.timeout-negative")


class _Timed(ClientHandle):
    """Goes on to count the time that connect was given, after the connection stands."""

    left = 0.0

    def connect(self, host: str, port: int, timeout_ms: int) -> bool:
        fresh = self.client is None
        made = super().connect(host, port, timeout_ms)
        if made and fresh:
            self.left = self.until(timeout_ms)
        return made

    def until(self, timeout_ms: int) -> float:
        """When the time is over."""
        return time.monotonic() + timeout_ms / 1000

    def over(self) -> bool:
        """Whether it is."""
        return time.monotonic() > self.left

    def turn(self) -> None:
        if self.client is not None and self.left > 0 and self.over():
            self.depart()
        super().turn()

    def depart(self) -> None:
        self.left = 0.0
        super().depart()


@fault("connect.timeout-ends-with-it", may_kill=_ODD_TIMEOUTS)
class TimerStaysArmed(_Timed):
    """The timer of connect is not disarmed by the connection, which is thrown out when it fires."""


@fault("connect.timeout-ends-with-it", may_kill=_ODD_TIMEOUTS)
class CountsTicksOfTheTimeout(_Timed):
    """Each tick takes a millisecond off the time of connect, and at zero the connection is given up, made or not."""

    def until(self, timeout_ms: int) -> float:
        return float(timeout_ms)

    def over(self) -> bool:
        self.left -= 1
        return self.left < 1


@fault("connect.timeout-ends-with-it", may_kill=_ODD_TIMEOUTS)
class TimeoutUntilTheFirstWord(_Timed):
    """A server that has said nothing when the time of connect is over counts as one that did not answer."""

    def tell_data(self, data: bytes) -> None:
        self.left = 0.0
        super().tell_data(data)


@fault("connect.silence-ends")
class TimeoutInWholeSeconds(ClientHandle):
    """The time of connect is kept in seconds, rounded up: the shortest is a second."""

    def seconds(self, timeout_ms: int) -> float:
        return float(-(-timeout_ms // 1000))
