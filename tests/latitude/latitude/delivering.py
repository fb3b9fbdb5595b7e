"""Variants of how the client's bytes are cut into data callbacks, and how much of them one tick delivers."""

from __future__ import annotations

import socket
from typing import Any

from dasnet_conformance.proof.faults.sound_conversation import Conversation
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import peek

from .registry import variant


@variant("the size of a delivery, and how many a tick makes")
class SmallPiecePerTick(Handle):
    """Delivers 512 bytes in a tick and no more: slow and not wrong, as nobody promises how much a tick brings."""

    CHUNK = 512
    BUDGET = 1


@variant("the size of a delivery, and how many a tick makes")
class WholeFloodInOneTick(Handle):
    """Delivers all that the system has, in pieces of a mebibyte, up to 64 MiB a tick: how long a frame may take is the
    host's business."""

    CHUNK = 1 << 20
    BUDGET = 64 << 20


@variant("the size of a delivery, and how many a tick makes")
class TinyPieces(Handle):
    """Reads what is short in pieces of one byte to seven: a stream has no messages, and any cut is as good."""

    #: What counts as short, in bytes.
    SHORT = 2_000

    def __init__(self) -> None:
        super().__init__()
        self.turns = 0

    def read(self) -> bytes | None:
        """A few bytes of few, much of much."""
        waiting = peek(self.client)
        self.turns += 1
        self.CHUNK = 1 + self.turns % 7 if waiting and len(waiting) <= self.SHORT else Handle.CHUNK
        return super().read()


@variant("the size of a delivery, and how many a tick makes")
class MergesOverTicks(Handle):
    """Gathers what comes and delivers it in one callback once a tick brought nothing new, or after eight ticks: still
    within the bound of 32."""

    PATIENCE = 8
    #: So many bytes are delivered at once, however many more are coming.
    ENOUGH = 1 << 20

    def __init__(self) -> None:
        super().__init__()
        self.gathered = bytearray()
        self.ticks = 0

    def receive(self) -> None:
        """Gather; deliver when it is time; the departure comes after the last delivery."""
        if self.client is None:
            return
        news, ended = False, False
        while len(self.gathered) < self.ENOUGH:
            data = self.read()
            if not data:
                ended = data is not None
                break
            news = True
            self.gathered += data
        self.ticks += 1
        client, owner = self.client, self.owner
        if self.gathered and (ended or not news or self.ticks >= self.PATIENCE or len(self.gathered) >= self.ENOUGH):
            whole, self.gathered, self.ticks = bytes(self.gathered), bytearray(), 0
            self.tell_data(whole)
        elif not self.gathered:
            self.ticks = 0
        # The callback may have done anything; then another tick finds the end again.
        if ended and self.client is client and self.owner is owner:
            self.end_of_input()

    def drop_client(self) -> None:
        """Nothing of one client is left for the next."""
        super().drop_client()
        self.gathered.clear()
        self.ticks = 0


@variant("the order within a tick")
class DeliversBeforeSending(Handle):
    """Delivers what came before it sends what waits: the documentation orders neither before the other."""

    def turn(self) -> None:
        """Receiving first."""
        owner = self.owner
        if self.client is None:
            self.accept()
        if self.client is not None and self.owner is owner:
            self.receive()
        if self.client is not None:
            self.flush()


class Lends(Conversation):
    """Lends its own memory to the callback and takes it back afterwards."""

    def tell_data(self, data: bytes) -> None:
        """A view that ends with the callback."""
        lent: Any = memoryview(data)
        try:
            super().tell_data(lent)
        finally:
            lent.release()


class UrgentAmongOthers(Conversation):
    """Has the system leave urgent bytes in their place among the others."""

    def adopt(self, client: socket.socket) -> None:
        """As the sound one."""
        client.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
        super().adopt(client)


@variant(
    "how long what is delivered may be looked at",
    shows={
        "buffers.delivered-stays": "refused",
        "buffers.delivered-outlives-client": "refused",
        "buffers.delivered-outlives-server": "refused",
    },
)
class LendsWhatItDelivers(Lends, Handle):
    """Lends its own memory to the callback and takes it back afterwards: whoever looks again gets an error, and never
    other bytes."""


@variant("an urgent byte", shows={"process.urgent-ends-nothing": "in line"})
class UrgentInLine(UrgentAmongOthers, Handle):
    """Has urgent bytes delivered in their place among the others: the client sent them, and a stream has one order."""
