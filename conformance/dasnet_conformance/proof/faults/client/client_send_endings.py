"""Faults of section client-send: a server that shuts down writing and reads on, and what it is still owed."""

from __future__ import annotations

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_client import ClientHandle


@fault("client-send.accepted-before-half-close", may_kill=("client-send.answer-to-last-words",))
class ClientHalfCloseDropsQueue(ClientHandle):
    """The end of what the server sends is taken for its departure, and what waits for it is thrown away."""

    def end_of_input(self) -> None:
        self.depart()


@fault("client-send.accepted-before-half-close", may_kill=("client-send.answer-to-last-words",))
class ClientSendsOnceMoreAtHalfClose(ClientHandle):
    """At the server's half-close the queue is offered to the system once more, and what it does not take is lost."""

    def end_of_input(self) -> None:
        self.flush()
        self.depart()


@fault("client-send.answer-to-last-words", may_kill=("client-send.accepted-before-half-close",))
class ClientsLastAnswerWaitsForTheTick(ClientHandle):
    """What is sent inside a callback waits for the end of the tick, before which the end of the server is found."""

    receiving = False

    def flush(self) -> bool:
        return True if self.receiving else super().flush()

    def receive(self) -> None:
        self.receiving = True
        try:
            super().receive()
        finally:
            self.receiving = False
        self.flush()

    def end_of_input(self) -> None:
        self.depart()
