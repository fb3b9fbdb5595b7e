"""Variants of when a client is taken, and where those wait who are not taken yet."""

from __future__ import annotations

import socket

from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import ready

from .registry import variant


class _Unhurried(Handle):
    # Takes a client only in the tick of this number after it was first seen waiting.

    TICKS = 2

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0

    def take_waiting(self) -> socket.socket | None:
        if not ready(self.listener):
            self.seen = 0
            return None
        self.seen += 1
        if self.seen < self.TICKS:
            return None
        self.seen = 0
        return super().take_waiting()


@variant("the tick in which a client is taken")
class TakesInSecondTick(_Unhurried):
    """The first tick sees that a client waits, the second one takes it: a small number of ticks is allowed for that."""


@variant("the tick in which a client is taken", counts_ticks=True)
class TakesInTwentiethTick(_Unhurried):
    """Looks after those who wait in every twentieth tick: 32 are the bound that the catalogue states."""

    TICKS = 20


@variant("what one tick does")
class TakesThenDelivers(Handle):
    """Takes a client in one tick and delivers what it sent from the next one on: no tick has to do everything."""

    def turn(self) -> None:
        """One or the other."""
        if self.client is None:
            self.accept()
        else:
            super().turn()


@variant("where waiting clients wait")
class WaitingRoom(Handle):
    """Accepts everybody who comes into a waiting room of its own and serves one at a time, in the order they came: a
    host cannot tell that room from a long listen queue."""

    def __init__(self) -> None:
        super().__init__()
        self.room: list[socket.socket] = []

    def turn(self) -> None:
        """Let everybody in first."""
        while (waiting := super().take_waiting()) is not None:
            self.room.append(waiting)
        super().turn()

    def take_waiting(self) -> socket.socket | None:
        """Who has waited longest."""
        return self.room.pop(0) if self.room else None

    def close(self) -> None:
        """Those who wait as well."""
        super().close()
        while self.room:
            self.room.pop().close()


@variant("what one tick does")
class TellsAllInOneTick(Handle):
    """Tells a departure, the next client and what that one sent in one tick, while there is news: one tick may do all
    that is ready."""

    #: Clients of one tick, so that a storm of them cannot hold up the frame.
    MOST = 16

    def turn(self) -> None:
        """Turns until there is nothing new."""
        owner = self.owner
        for _ in range(self.MOST):
            super().turn()
            if self.client is not None or self.owner is not owner or not ready(self.listener):
                break


@variant("what one tick does")
class OneEventPerTick(Handle):
    """Fires at most one callback about the client in a tick: connect, one delivery or disconnect, each in its own."""

    BUDGET = 1

    def turn(self) -> None:
        """A client, or a piece, or a departure."""
        if self.client is None:
            self.accept()
        else:
            super().turn()
