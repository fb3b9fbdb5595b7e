"""Variants of when a client is taken, and where those wait who are not taken yet."""

from __future__ import annotations

import errno
import os
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


@variant("the tick in which a client is told of")
class TakesThenTells(Handle):
    """Takes a client in one tick, is connected and can send from then on, and fires connect in the next one: nobody
    promises both in the same tick."""

    untold = False

    def accept(self) -> None:
        """Taken, and told later."""
        client = self.take_waiting()
        if client is not None:
            self.adopt(client)
            self.untold = True

    def turn(self) -> None:
        """What is untold comes first, before any of its bytes."""
        if self.client is None:
            self.accept()
            return
        owner = self.owner
        if self.untold:
            self.untold = False
            self.tell_connect()
        if self.client is not None and self.owner is owner:
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


@variant(
    "a client for whom there is no descriptor",
    shows={"process.no-descriptor-for-client": "was turned away"},
)
class SpareDescriptor(Handle):
    """Keeps a descriptor in reserve to turn a client away with when there is no other: the client sees an end, and need
    not wait for what may never come."""

    spare: int | None = None

    def open_listener(self, port: int) -> socket.socket:
        """As the sound one, and the reserve."""
        listener = super().open_listener(port)
        self.spare = os.open(os.devnull, os.O_RDONLY)
        return listener

    def close_listener(self) -> None:
        """Give the reserve back too."""
        self.let_go()
        super().close_listener()

    def let_go(self) -> None:
        """Close the reserve."""
        if self.spare is not None:
            os.close(self.spare)
            self.spare = None

    def take_waiting(self) -> socket.socket | None:
        """Take it, or turn it away."""
        if self.listener is None:
            return None
        try:
            client, _ = self.listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE) and self.spare is not None:
                self.turn_away(self.listener)
            return None
        client.setblocking(False)
        return client

    def turn_away(self, listener: socket.socket) -> None:
        """Take the client in place of the reserve, and close it."""
        self.let_go()
        try:
            listener.accept()[0].close()
        except OSError:
            pass  # it has given up
        self.spare = os.open(os.devnull, os.O_RDONLY)


@variant("how many may wait")
class TurnsThirdAway(WaitingRoom):
    """Has one place to wait, and turns away whoever comes while it is taken and a client is served: how many may wait
    is nobody's promise."""

    def turn(self) -> None:
        """First come, first served; the second waits."""
        super().turn()
        for each in self.room[1 if self.client is not None else 2 :]:
            self.room.remove(each)
            each.close()
