"""Faults of section http-connection, continued: what one request of a connection leaves behind for the next."""

from __future__ import annotations

from collections.abc import Callable

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_connection import Exchange, HttpConnection
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Refused, Request, listed

Deliver = Callable[[HttpConnection, Request], bool]


class _Counting(HttpParser):
    # Knows how many requests its connection has had.
    served = 0

    def end_of_request(self) -> None:
        self.served += 1
        super().end_of_request()


@fault("http-framing.body-then-request")
class TrailersWaitForTheNextHead(HttpParser):
    """Trailers are kept in the connection, and handed over with the next request that has a head to put them into."""

    waiting: tuple[tuple[bytes, bytes], ...] = ()

    def read_trailer(self, request: Request, name: bytes, value: bytes) -> None:  # noqa: ARG002
        self.waiting = (*self.waiting, (name, value))

    def end_of_head(self) -> None:
        self.request.fields.extend(self.waiting)
        self.waiting = ()
        super().end_of_head()


@fault("http-framing.body-then-request")
class ALaterHeadLosesItsFirstPiece(_Counting):
    """When more of a head comes its table of fields is made anew; for the first head of a connection that was seen."""

    def feed(self, data: bytes) -> None:
        if self.served and self.state == self.field_line:
            self.request.fields = [field for field in self.request.fields if field[0].lower() == b"host"]
        super().feed(data)


@fault("http-framing.body-then-request")
class ALaterHeadIsWholeAtOnce(_Counting):
    """That a head was read stays set from the first request on, and a later one ends with the first piece of it."""

    def step(self) -> bool:
        more = super().step()
        if more or self.complete or not self.served or self.state != self.field_line or self.buffer:
            return more
        self.end_of_head()
        return True


@fault("http-framing.body-then-request")
class ALaterBodyIsWholeAtOnce(_Counting):
    """How much of a body has come is counted through a connection, and a later one is whole with its first piece."""

    def body(self) -> bool:
        if self.served and self.buffer:
            self.take_content()
            self.missing = 0
        return super().body()


@fault("http-framing.body-then-request")
class ChunksOnceChunksAlways(HttpParser):
    """That a body comes in chunks stays set, and a POST behind it that has none is waited with."""

    chunks = False

    def read_framing(self, request: Request) -> None:
        super().read_framing(request)
        self.chunks = self.chunks or request.chunked
        request.chunked = request.chunked or (self.chunks and not request.length and request.method == b"POST")


@fault("http-framing.body-then-request")
class ExtensionsOfAConnection(HttpParser):
    """The bytes of chunk extensions are counted through all bodies of a connection, and at last are too many."""

    counted = 0

    def count_extension(self, size: int) -> None:
        self.counted += size
        if self.counted > self.EXTENSIONS:
            raise Refused(400, "too many chunk extensions")


@fault("http-framing.body-then-request")
class TrailersOfAConnection(HttpParser):
    """Trailers are counted through all bodies of a connection, and the hundredth is too many."""

    counted = 0

    def read_trailer(self, request: Request, name: bytes, value: bytes) -> None:  # noqa: ARG002
        self.counted += 1
        if self.counted >= 100:
            raise Refused(431, "too many trailers")


@fault("http-request.empty-line-between")
class EightEmptyLinesOfAConnection(HttpParser):
    """Empty lines before requests are counted, so that nobody sends them for ever, and never forgotten."""

    counted = 0

    def empty_line_before(self) -> None:
        self.counted += 1
        if self.counted > 8:
            raise Refused(400, "too many empty lines")


@fault("http-framing.large-body")
class AThousandChunks(HttpParser):
    """A body has a table of chunks with places for 1,024, and more are answered 400."""

    counted = 0

    def begin(self) -> None:
        super().begin()
        self.counted = 0

    def read_chunk_line(self, line: bytes) -> int:
        self.counted += 1
        if self.counted > 1_024:
            raise Refused(400, "too many chunks")
        return super().read_chunk_line(line)


@fault("http-connection.pipelining")
class RefusesALargeBodyBehindAnother(HttpConnection):
    """What does not fit into the room behind an unanswered request is answered 413, where it could wait."""

    def advance(self, deliver: Deliver, steps: int) -> None:
        super().advance(deliver, steps)
        if self.exchanges and self.parser.head_complete and (self.parser.request.length or 0) > self.WAITING:
            self.refuse(413, "no room behind the request before it")


@fault("http-response.no-content")
class NoContentAnyMore(HttpConnection):
    """That an answer has no content is kept with the connection, and none behind a 204 or a 304 has any."""

    none = False

    def write(
        self, request: Request, status: int, fields: list[tuple[bytes, bytes]], body: bytes, *, persistent: bool
    ) -> bytes:
        self.none = self.none or status in (204, 304)
        return super().write(request, status, fields, b"" if self.none else body, persistent=persistent)


@fault("http-connection.keeps-alive")
class OldOnceOldAlways(HttpParser):
    """A connection that has had a request of HTTP/1.0 is one of HTTP/1.0, and ends unless keep-alive is asked for."""

    old = False

    def is_persistent(self, request: Request) -> bool:
        self.old = self.old or request.minor < 1
        options = [option.lower() for option in listed(request.values(b"connection"))]
        return super().is_persistent(request) and (not self.old or b"keep-alive" in options)


@fault("http-connection.keeps-alive")
class CloseOfTheLatestRequest(HttpConnection):
    """Whether an answer is the last is asked of the connection, where the latest request that was read has said so."""

    closing = False

    def complete(self, deliver: Deliver) -> bool:
        self.closing = self.closing or not self.parser.request.persistent
        return super().complete(deliver)

    def is_last(self, exchange: Exchange, fields: list[tuple[bytes, bytes]]) -> bool:
        return self.closing or super().is_last(exchange, fields)


@fault("http-connection.close")
class TheProgramKeepsTheConnection(HttpConnection):
    """A program that says keep-alive has the connection go on, whatever its client said of it."""

    def complete(self, deliver: Deliver) -> bool:
        request = self.parser.request
        self.parser.begin()
        self.continued = False
        return deliver(self, request)

    def is_last(self, exchange: Exchange, fields: list[tuple[bytes, bytes]]) -> bool:
        options = listed([value for name, value in fields if name.lower() == b"connection"])
        return super().is_last(exchange, fields) and b"keep-alive" not in options


@fault("http-connection.close-said")
class SaysCloseWithBadRequestsAlone(HttpConnection):
    """A 400 says close, and the other errors behind which the server ends its connections do not."""

    def write(
        self, request: Request, status: int, fields: list[tuple[bytes, bytes]], body: bytes, *, persistent: bool
    ) -> bytes:
        written = super().write(request, status, fields, body, persistent=persistent)
        return written.replace(b"Connection: close\r\n", b"") if status in (417, 501, 505) else written
