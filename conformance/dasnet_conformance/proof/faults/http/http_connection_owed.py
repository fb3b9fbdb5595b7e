"""Faults of several sections: what is owed to a client, and to whom nothing is owed any more."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_connection import Exchange, HttpConnection
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle
from dasnet_conformance.proof.faults.sound_http_request import Request


@fault("http-connection.behind-close")
class SendsWhatIsReadyBehindAClose(HttpConnection):
    """What has its answer by then goes out behind one that says close."""

    def release(self) -> None:
        ready: list[bytes] = []
        for exchange in self.exchanges:
            if exchange.answer is None:
                break
            ready.append(exchange.answer)
            if exchange.last:
                later = list(self.exchanges)[len(ready) :]
                exchange.answer += b"".join(other.answer for other in later if other.answer)
                break
        super().release()


@fault("http-connection.keeps-alive")
class VersionOfTheLatestRequest(HttpConnection):
    """Whether an answer is the last is asked of the version, and that of the connection is the latest that was read."""

    minor = 1

    def owe(self, exchange: Exchange) -> None:
        super().owe(exchange)
        self.minor = exchange.request.minor

    def is_last(self, exchange: Exchange, fields: Any) -> bool:
        return super().is_last(exchange, fields) or self.minor < 1


@fault("http-connection.half-close")
class HalfAConnectionHasAHundredTicks(HttpConnection):
    """A client that has shut down its half has a hundred ticks for its answer, whatever the program takes."""

    half = 0

    def count_tick(self, stall: int | None) -> None:
        super().count_tick(stall)
        self.half += self.ended
        if self.half > 100:
            self.drop()


@fault("http-connection.slow-reader-whole")
class CountsWhatWasSentByAnswers(HttpConnection):
    """Answers wait in a list, and where the system takes one and a part of the next, that part is sent again."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.sizes: list[int] = []

    def release(self) -> None:
        before = len(self.outgoing)
        super().release()
        if len(self.outgoing) > before:
            self.sizes.append(len(self.outgoing) - before)

    def flush(self) -> None:
        before = len(self.outgoing)
        first = self.outgoing[: self.sizes[0]] if self.sizes else b""
        rest = bytes(self.outgoing[len(first) :]) if len(self.sizes) > 1 else b""
        super().flush()
        sent = before - len(self.outgoing)
        if self.outgoing and rest and sent > len(first):
            self.outgoing[:] = rest
            sent = len(first)
        while self.sizes and sent >= self.sizes[0]:
            sent -= self.sizes.pop(0)
        if self.sizes:
            self.sizes[0] -= sent


@fault("http-limits.stall")
class WaitsForSilentChunksForEver(HttpConnection):
    """A body whose length is not known is waited for without limit, as it may be a stream."""

    def count_tick(self, stall: int | None) -> None:
        super().count_tick(None if self.parser.request.chunked else stall)


@fault("http-limits.stall")
class WaitsForWhomItHasInvited(HttpConnection):
    """A client that was told to go on with its body is waited for without limit."""

    def count_tick(self, stall: int | None) -> None:
        super().count_tick(None if self.continued else stall)


@fault("http-limits.stall")
class TheFirstRequestIsTimed(HttpConnection):
    """The limit is for clients that are new, and one that has had an answer is waited for in the middle of its next."""

    served = False

    def release(self) -> None:
        super().release()
        self.served = True

    def count_tick(self, stall: int | None) -> None:
        super().count_tick(None if self.served and self.parser.begun() else stall)


@fault("http-limits.head-too-large")
class ReadsAheadAndStops(HttpConnection):
    """No more than 64 KiB are read ahead, and a line that needs more is waited for without reading on."""

    def may_go_on(self) -> bool:
        return super().may_go_on() and (self.parser.head_complete or len(self.parser.buffer) < self.WAITING)


@fault("http-callbacks.respond-departed")
class ForgetsTheFirstOfWhoLeft(HttpConnection):
    """Of a client that has left the request whose turn it was is forgotten, and what it asked behind that is not."""

    def forget(self) -> None:
        if not self.gone:
            super().forget()
            return
        if self.exchanges:
            self.exchanges[0].abandoned = True
        self.exchanges.clear()
        self.owed = 0


@fault("http-callbacks.destroyed-inside")
class TellsOthersAfterItsDestruction(HttpHandle):
    """An object that is destroyed in a callback is still called back for the clients whose turn comes then."""

    over = False

    def deliver(self, connection: HttpConnection, request: Request) -> bool:
        return super().deliver(connection, request) and not self.over

    def turn(self, owner: Any) -> None:
        super().turn(owner)
        if self.over:
            super().close()

    def close(self) -> None:
        if self.ticking:
            self.over = True
        else:
            super().close()


@fault("http-limits.connections")
class LooksAtThirtyTwo(HttpHandle):
    """A poller tells of thirty-two connections at most, and those that it has told of stay the first."""

    def rotate(self) -> None:
        pass

    def ready(self) -> list[Any]:
        known = {id(each) for each in self.connections[:32]}
        return [each for each in super().ready() if id(each) in known]
