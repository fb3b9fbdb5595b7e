"""Faults of section endurance: limits on idle time, in seconds, which no count of ticks reaches."""

from __future__ import annotations

import time
from abc import abstractmethod
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import ready


class _Idle(Handle):
    # Knows for how many seconds something has been as it is; `LIMIT` is after how many of them it is given up.
    LIMIT = 0.0
    since = 0.0

    def turn(self) -> None:
        super().turn()
        now = time.monotonic()
        if not self.is_idle() or not self.since:
            self.since = now
        elif now - self.since > self.LIMIT:
            self.since = now
            self.give_up()

    @abstractmethod
    def is_idle(self) -> bool:
        """Whether what is limited goes on being as it is."""

    @abstractmethod
    def give_up(self) -> None:
        """What is done after the time."""


@fault("endurance.idle-seconds")
class SilentForASecond(_Idle):
    """A client that has not said a word for a second after it was taken is let go."""

    LIMIT = 1.0
    spoke = False

    def tell_data(self, data: bytes) -> None:
        self.spoke = True
        super().tell_data(data)

    def is_idle(self) -> bool:
        return self.client is not None and not self.spoke

    def give_up(self) -> None:
        self.depart()


@fault("endurance.idle-seconds")
class SpokeFiveSecondsAgo(_Idle):
    """A conversation in which the client has not spoken for five seconds is over, though the client is still there."""

    LIMIT = 5.0
    spoke = False

    def tell_data(self, data: bytes) -> None:
        self.spoke, self.since = True, time.monotonic()
        super().tell_data(data)

    def is_idle(self) -> bool:
        return self.client is not None and self.spoke

    def give_up(self) -> None:
        self.depart()


@fault("endurance.idle-seconds")
class ConnectedWhileFresh(_Idle):
    """is_connected is true for three seconds after the client was taken, and is never refreshed."""

    LIMIT = 3.0
    stale = False

    def is_idle(self) -> bool:
        return self.client is not None

    def give_up(self) -> None:
        self.stale = True

    def is_connected(self) -> bool:
        return super().is_connected() and not self.stale


@fault("endurance.idle-seconds")
class WaitsTwoSeconds(_Idle):
    """Whoever waits for two seconds behind another client is turned away, so that it may try elsewhere."""

    LIMIT = 2.0

    def is_idle(self) -> bool:
        return self.client is not None and ready(self.listener)

    def give_up(self) -> None:
        waiting = self.take_waiting()
        if waiting is not None:
            waiting.close()


@fault("endurance.idle-seconds")
class ListensThreeSeconds(_Idle):
    """A server to which nobody has come for three seconds stops listening, to free the port for others."""

    LIMIT = 3.0

    def is_idle(self) -> bool:
        return self.client is None

    def give_up(self) -> None:
        self.close_listener()


@fault("endurance.idle-seconds")
class QueueGrowsStale(_Idle):
    """Bytes that have waited for five seconds in the queue are dropped: nobody will want to read them any more."""

    LIMIT = 5.0

    def is_idle(self) -> bool:
        return bool(self.outgoing)

    def give_up(self) -> None:
        self.outgoing.clear()


@fault("endurance.idle-seconds")
class OrphanExpires(Handle):
    """A handle that was saved for more than four seconds comes back without its client."""

    saved = 0.0

    def disown(self) -> None:
        super().disown()
        self.saved = time.monotonic()

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        if self.saved and time.monotonic() - self.saved > 4.0:
            self.drop_client()
