"""Faults of section endings: last bytes that a half-close, or the end of the object, cuts off."""

from __future__ import annotations

import socket
import struct

from dasnet_conformance.proof.faults.both_halves import PutsTheEndOff, TellsTheEndAndTheReset
from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound import Server
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import peek

_OTHERS = (
    "endings.accepted-before-half-close",
    "endings.answer-to-half-closed",
    "endings.answer-to-last-words",
    "endings.destroy-cuts-nothing",
    "data.half-close",
)


def _besides(*kills: str) -> tuple[str, ...]:
    # What else of these can fail on a fault that has to fail on some of them.
    return tuple(each for each in _OTHERS if each not in kills)


def _cut(connection: socket.socket | None) -> None:
    # From now on, closing it throws away what the system has not sent, and resets the connection.
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@fault("endings.accepted-before-half-close", may_kill=_besides("endings.accepted-before-half-close"))
class HalfCloseDropsQueue(Handle):
    """The end of what the client sends is taken for its departure, and what waits for it is thrown away."""

    def end_of_input(self) -> None:
        self.depart()


@fault("endings.accepted-before-half-close", may_kill=_besides("endings.accepted-before-half-close"))
class HalfCloseSendsOnceMore(Handle):
    """At a half-close the queue is offered to the system once more, and what it does not take then is lost."""

    def end_of_input(self) -> None:
        self.flush()
        self.depart()


@fault("endings.accepted-before-half-close", may_kill=_besides("endings.accepted-before-half-close"))
class HalfCloseResets(Handle):
    """A connection whose client has shut down writing is closed by a reset, which overtakes the bytes before it."""

    def end_of_input(self) -> None:
        _cut(self.client)
        self.depart()


@fault("endings.answer-to-half-closed", may_kill=_besides("endings.answer-to-half-closed"))
class AnswersHalfClosedInVain(Handle):
    """To a client that has shut down writing send says true, and sends nothing."""

    def enqueue(self, part: bytes) -> None:
        if peek(self.client) != b"":
            super().enqueue(part)


@fault("endings.answer-to-half-closed", may_kill=_besides("endings.answer-to-half-closed"))
class DeniesHalfClosedAnswers(Server):
    """send looks whether the client has ended its side only after it has sent, and says false of what arrives."""

    def send(self, data: bytes, size: int | None = None) -> bool:
        sent = super().send(data, size)
        return sent and not (self._server is not None and peek(self._server.client) == b"")


@fault("endings.answer-to-last-words", may_kill=_besides("endings.answer-to-last-words"))
class LastAnswerWaitsForTick(Handle):
    """What is sent inside a callback waits for the end of the tick, before which the end of the client is found."""

    def flush(self) -> bool:
        return True if self.telling else super().flush()

    telling = False

    def tell_data(self, data: bytes) -> None:
        self.telling = True
        try:
            super().tell_data(data)
        finally:
            self.telling = False

    def end_of_input(self) -> None:
        self.depart()


@fault("endings.answer-to-last-words", may_kill=_besides("endings.answer-to-last-words"))
class LastWordsAreAnsweredToNobody(Handle):
    """When the last words come with the end, the connection is shut down before they are delivered."""

    def tell_data(self, data: bytes) -> None:
        if peek(self.client) == b"" and self.client is not None:
            self.outgoing.clear()
            self.client.shutdown(socket.SHUT_WR)
            self.gone = True
        super().tell_data(data)

    gone = False

    def enqueue(self, part: bytes) -> None:
        if not self.gone:
            super().enqueue(part)

    def drop_client(self) -> None:
        self.gone = False
        super().drop_client()


@fault("endings.destroy-cuts-nothing", may_kill=_besides("endings.destroy-cuts-nothing"))
class DestroySendsAgain(Handle):
    """The last message is sent once more when the object is destroyed, in case it was not through."""

    last = b""

    def enqueue(self, part: bytes) -> None:
        self.last = part
        super().enqueue(part)

    def close(self) -> None:
        if self.client is not None and self.last and not self.outgoing:
            self.enqueue(self.last)
            self.flush()
        super().close()


@fault("endings.destroy-cuts-nothing", may_kill=(*_besides("endings.destroy-cuts-nothing"), "destroy.closes-client"))
class DestroySaysGoodbye(Server):
    """A destroyed object sends a last line of its own, which no host has asked for."""

    def close(self) -> None:
        if self._server is not None and self._server.client is not None:
            self._server.send(b"bye\r\n", 5)
        super().close()


@fault("endings.half-closed-leaves")
class ServerPutsTheEndOff(PutsTheEndOff, Handle):
    """A client's half-close that is found while bytes wait for it is not found again: who has left keeps its seat."""


@fault("endings.half-closed-leaves", may_kill=_besides())
class HalfClosedBreaksOffAgain(TellsTheEndAndTheReset, Handle):
    """A client's half-close is told as its departure while bytes wait, and its reset is told as another one."""


@fault("endings.half-closed-leaves", may_kill=_besides())
class HalfClosedLeavesTwice(Handle):
    """The end is told as soon as it is found, and once more when what waited is sent."""

    found = False

    def adopt(self, client: socket.socket) -> None:
        self.found = False
        super().adopt(client)

    def end_of_input(self) -> None:
        if self.outgoing and not self.found:
            self.found = True
            self.tell_disconnect()
        super().end_of_input()
