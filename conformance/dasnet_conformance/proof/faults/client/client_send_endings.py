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


class _Locked(ClientHandle):
    # May be locked, and then no tick does anything.

    greeting = locked = False

    def tick(self) -> None:
        if not self.locked:
            super().tick()


@fault("client-send.inside-connect")
class GreetingLocksTheClient(_Locked):
    """A send inside the connect callback notes that the client is busy, and nothing takes the note away."""

    def tell_connect(self) -> None:
        self.greeting = True
        super().tell_connect()
        self.greeting = False

    def send(self, data: bytes, size: int) -> bool:
        self.locked = self.locked or self.greeting
        return super().send(data, size)


@fault("client-send.not-to-the-next-server")
class FarewellLocksTheClient(_Locked):
    """A send inside the disconnect callback waits for the connection to come back, and so do the ticks of the next."""

    def send(self, data: bytes, size: int) -> bool:
        self.locked = self.locked or (self.ticking and self.client is None)
        return super().send(data, size)
