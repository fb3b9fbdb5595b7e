"""Faults of section http-connection: the words by which a connection ends or goes on, and clients that go meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_connection import Exchange, HttpConnection
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Request, listed


@fault("http-connection.close")
class AnEmptyWordIsTheLast(HttpParser):
    """A list is read until an element is empty, and a close behind that is not seen."""

    def is_persistent(self, request: Request) -> bool:
        words = [word.strip(b" \t").lower() for value in request.values(b"connection") for word in value.split(b",")]
        seen = words[: words.index(b"")] if b"" in words else words
        return b"close" not in seen and (request.minor >= 1 or self.keeps_alive(seen))


@fault("http-connection.keeps-alive")
class FindsCloseInOtherWords(HttpParser):
    """Close is looked for anywhere in the field, and x-close ends the connection."""

    def is_persistent(self, request: Request) -> bool:
        return b"close" not in b",".join(request.values(b"connection")) and super().is_persistent(request)


@fault("http-connection.keeps-alive")
class NamesOfConnectionEndAnywhere(HttpParser):
    """Names are compared as far as the known one goes, and Connection-Token says close."""

    def is_persistent(self, request: Request) -> bool:
        found = [value for name, value in request.fields if name.lower().startswith(b"connection")]
        return b"close" not in listed(found) and super().is_persistent(request)


@fault("http-connection.old-version")
class FindsKeepAliveInOtherWords(HttpParser):
    """A client of HTTP/1.0 that says x-keep-alive is kept."""

    def keeps_alive(self, options: list[bytes]) -> bool:
        return any(b"keep-alive" in option for option in options)


# The connection is ended when nothing that came with the last request is left to be told of.
class _TellsBehindTheLastAnswer(HttpConnection):
    last = False

    def release(self) -> None:
        while self.exchanges and self.exchanges[0].answer is not None:
            exchange = self.exchanges.popleft()
            self.owed -= exchange.request.size
            if not self.last:
                self.outgoing += exchange.answer or b""
            self.last = self.last or exchange.last

    def settle(self) -> None:
        self.ending = self.ending or (self.last and not self.exchanges and not self.parser.buffer)
        super().settle()


@fault("http-connection.behind-close")
class TellsBehindTheProgramsClose(_TellsBehindTheLastAnswer):
    """A program that answers close is told of the requests behind, and what it answers to them goes nowhere."""


@fault("http-connection.behind-close")
class TellsBehindOldRequests(_TellsBehindTheLastAnswer):
    """The end behind a request of HTTP/1.0 is noted with its answer, and the requests behind it are told of."""

    def complete(self, deliver: Callable[[HttpConnection, Request], bool]) -> bool:
        request = self.parser.request
        if request.minor >= 1:
            return super().complete(deliver)
        self.parser.begin()
        return deliver(self, request)

    def is_last(self, exchange: Exchange, fields: list[tuple[bytes, bytes]]) -> bool:
        return super().is_last(exchange, fields) if exchange.request.minor < 1 else not exchange.request.persistent


@fault("http-connection.half-close")
class ALateEndDropsTheAnswer(HttpHandle):
    """When the end of a client's half comes while its answer goes out, the rest of that is dropped."""

    def poll(self, connections: list[HttpConnection]) -> tuple[set[object], set[object]]:  # type: ignore[override]
        for connection in connections:
            if connection.outgoing and self.has_ended(connection):
                connection.drop()
        return super().poll([each for each in connections if not each.gone])  # type: ignore[return-value]

    def has_ended(self, connection: HttpConnection) -> bool:
        """Whether there is nothing more to be read, now or ever."""
        try:
            return connection.read() == b""
        except OSError:
            return False


@fault("http-connection.half-close-ends")
class AnEndDropsWhatWaits(HttpConnection):
    """What follows a request that waits for its answer is read and kept, and dropped when the client's half ends."""

    def turn(self, deliver: Callable[[HttpConnection, Request], bool], steps: int) -> None:
        super().turn(deliver, steps)
        while self.exchanges and not (self.gone or self.ended):
            if super().read() is None:
                return
        if self.exchanges and self.ended:
            self.parser.buffer.clear()


@fault("http-connection.stays-open")
class FiveSecondsAreEnough(HttpConnection):
    """A connection that has had its answer is kept for five seconds, as the runtime beneath does by default."""

    answered = 0.0

    def flush(self) -> None:
        if self.outgoing:
            self.answered = time.monotonic()
        super().flush()

    def count_tick(self, stall: int | None) -> None:
        super().count_tick(stall)
        idle = self.answered and not (self.gone or self.exchanges or self.parser.begun())
        if idle and time.monotonic() - self.answered > 5.0:
            self.drop()


@fault("http-connection.close")
class BodiesGoOn(HttpParser):
    """Connection is looked at where there is no body, for behind one another request was seen often."""

    def is_persistent(self, request: Request) -> bool:
        return request.minor >= 1 if request.values(b"content-length") else super().is_persistent(request)


@fault("http-connection.old-version")
class OldBodiesGoOn(HttpParser):
    """A client of HTTP/1.0 that has said how long its body is knows how to go on behind it, and is kept."""

    def is_persistent(self, request: Request) -> bool:
        return (request.minor < 1 and bool(request.values(b"content-length"))) or super().is_persistent(request)


@fault("http-connection.expect-continue")
class InvitesOneVersion(HttpParser):
    """Expect is obeyed where the version is HTTP/1.1, and a client of HTTP/1.2 waits."""

    told = 1

    def minor_of(self, major: int, minor: int) -> int:
        self.told = minor
        return super().minor_of(major, minor)

    def expects_continue(self, request: Request) -> bool:
        return self.told == 1 and super().expects_continue(request)


@fault("http-limits.connections")
class AnyNumberOfConnections(HttpHandle):
    """How many connections there may be is taken, and not looked at where one is."""

    def has_room(self) -> bool:
        return True
