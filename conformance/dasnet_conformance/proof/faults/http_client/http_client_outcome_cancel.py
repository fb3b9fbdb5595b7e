"""Faults of section http-client-outcome: cancel at odd moments, and what a second init leaves of the first."""

from __future__ import annotations

import errno
from collections.abc import Iterable

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_fields import Text


@fault("http-client-outcome.cancel-early")
class CancelNeedsOneUnderWay(HttpClientHandle):
    """cancel does nothing while no request is under way, although some wait."""

    def cancel(self, number: int) -> None:
        if self.current is not None:
            super().cancel(number)


@fault("http-client-outcome.cancel-early")
class CancelNeedsAConnection(HttpClientHandle):
    """cancel does nothing for a request whose connection is still being made."""

    def cancel_current(self) -> None:
        if not self.connecting:
            super().cancel_current()


@fault("http-client-outcome.cancel-under-way")
class CancelComesTooLateForAHead(HttpClientHandle):
    """A request whose answer has begun cannot be cancelled."""

    def cancel_current(self) -> None:
        if self.response is None or not self.response.begun:
            super().cancel_current()


@fault("http-client-outcome.cancel-nothing")
class CancelledTwiceFailsTwice(HttpClientHandle):
    """A second cancel before the tick makes a second failure."""

    def cancel(self, number: int) -> None:
        waits = any(each[1] == number for each in self.outcomes)
        super().cancel(number)
        if waits:
            self.outcomes.append(("on_failure", number, "it was cancelled", errno.ECANCELED))


@fault("http-client-outcome.close-fails-all")
class InitForgetsWhatFailed(HttpClientHandle):
    """init clears what was still to be told."""

    def init(self, host: str, port: int) -> bool:
        self.outcomes.clear()
        return super().init(host, port)


@fault("http-client-outcome.init-again")
class HostIsThatOfTheFirstInit(HttpClientHandle):
    """Host names the server of the first init for ever."""

    named: tuple[str, int] | None = None

    def request(self, method: Text, target: Text, headers: Iterable[tuple[Text, Text]], body: bytes) -> int:
        server = self.server
        self.named = self.named or server
        self.server = self.named if server is not None else None
        try:
            return super().request(method, target, headers, body)
        finally:
            self.server = server


@fault("http-client-outcome.cancel-under-way")
class CancelLooksFirst(HttpClientHandle):
    """cancel looks whether the answer has come meanwhile, and where it has, that is the outcome."""

    def cancel_current(self) -> None:
        if self.connection is None or self.connecting or self.outgoing or not self.receive():
            super().cancel_current()
