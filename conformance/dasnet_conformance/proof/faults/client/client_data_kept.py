"""Faults of section client-data: what was delivered and does not stay, and bytes that come out of band."""

from __future__ import annotations

import select
import socket
from typing import Any, cast

from dasnet_conformance.proof.faults.both_halves import EndBehindWords
from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_client import ClientHandle


@fault("client-data.delivered-stays")
class ClientReadsIntoOneBuffer(ClientHandle):
    """Every read of a client goes into one buffer, and every data callback is given a view of it."""

    def __init__(self) -> None:
        super().__init__()
        self.buffer = bytearray(self.CHUNK)

    def tell_data(self, data: bytes) -> None:
        self.buffer[: len(data)] = data
        super().tell_data(cast(Any, memoryview(self.buffer)[: len(data)]))


@fault("client-data.delivered-stays")
class ClientBuffersEndWithTheConnection(ClientHandle):
    """What a server said is kept in memory of the connection, which is cleared when it ends."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[bytearray] = []

    def tell_data(self, data: bytes) -> None:
        self.given.append(bytearray(data))
        super().tell_data(cast(Any, self.given[-1]))

    def drop_client(self) -> None:
        for each in self.given:
            each[:] = bytes(len(each))
        self.given.clear()
        super().drop_client()


class _LooksForUrgentBytes(ClientHandle):
    def is_urgent(self) -> bool:
        """Whether an urgent byte waits."""
        if self.client is None or not hasattr(select, "poll"):
            return False
        poll = select.poll()
        poll.register(self.client, select.POLLPRI)
        return bool(poll.poll(0))


@fault("client-data.urgent-ends-nothing")
class UrgentIsADepartureToTheClient(_LooksForUrgentBytes):
    """An exceptional condition on the client's socket is taken for its end, and the server is let go."""

    def turn(self) -> None:
        if self.is_urgent():
            self.depart()
        else:
            super().turn()


@fault("client-data.urgent-ends-nothing")
class UrgentDropsTheRestToTheClient(_LooksForUrgentBytes):
    """An urgent byte of the server is taken as a command to throw away what came with it, as telnet has it."""

    def turn(self) -> None:
        if self.is_urgent() and self.client is not None:
            try:
                self.client.recv(1, socket.MSG_OOB)
                self.client.recv(self.CHUNK)
            except OSError:
                pass
        super().turn()


@fault("client-data.never-empty")
class EndBehindTheServersWordsIsData(EndBehindWords, ClientHandle):
    """Where a server's end is read in the tick of its last words, it is handed over as more of them: no bytes."""
