"""Faults of section http-client-outcome: ends that are not believed, and what one request leaves for another."""

from __future__ import annotations

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Asked
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_response import HttpResponse


@fault("http-client-outcome.one-each")
class UnsentIsWaitedFor(HttpClientHandle):
    """A body that cannot be sent any more is waited for without end."""

    stuck = False

    def begin(self, asked: Asked) -> None:
        super().begin(asked)
        self.stuck = False

    def flush(self) -> None:
        was_sending = bool(self.outgoing)
        used, self.used = self.used, True
        super().flush()
        # An error is what it takes for a connection not to be one that may be kept.
        self.stuck = self.stuck or (was_sending and not self.used)
        self.used = used and self.used

    def receive(self) -> bool:
        return not self.stuck and super().receive()


@fault("http-client-connection.early-answer")
class EndWaitsForTheBody(HttpClientHandle):
    """The end of the connection is none while a body goes out, though it is that of an answer."""

    def server_left(self) -> bool:
        return not self.outgoing and super().server_left()


@fault("http-client-outcome.init-again")
class CloseLeavesHalfAnAnswer(HttpClientHandle):
    """What had come of an answer when the client was closed is the beginning of the next one."""

    half: HttpResponse | None = None

    def finish(self) -> None:
        self.half = self.response if self.current is not None else None
        super().finish()

    def begin(self, asked: Asked) -> None:
        super().begin(asked)
        if self.half is not None and self.half.begun:
            self.response = self.half
        self.half = None
