"""Faults of section http-limits: what one client may cost in memory, in ticks and in patience."""

from __future__ import annotations

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http import HttpServer
from dasnet_conformance.proof.faults.sound_http_connection import HttpConnection
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Limits, Refused, Request


@fault("http-limits.line-served")
class LinesOfOneKibibyte(HttpParser):
    """A request line has a buffer of 1,024 bytes, and a longer one is answered 414."""

    def take_line(self, most: int, too_long: int) -> bytes | None:
        return super().take_line(min(most, 1_024) if too_long == 414 else most, too_long)


@fault("http-limits.line-too-long")
class LinesWithoutLimit(HttpParser):
    """A request line grows as long as the client goes on."""

    def line_too_long(self, status: int) -> None:
        if status != 414:
            super().line_too_long(status)

    def count_head(self, size: int) -> None:
        if self.request.target:
            super().count_head(size)


@fault("http-limits.line-endless")
class LineLimitIsLookedAtInTheEnd(HttpParser):
    """The limit of a line is looked at when the line has ended, and one that never ends grows without limit."""

    def line_too_long(self, status: int) -> None:
        if b"\n" in self.buffer:
            super().line_too_long(status)


@fault("http-limits.line-endless")
class LineLimitCountsOneRead(HttpParser):
    """The limit of a line is that of one read, and a line in many pieces never passes it."""

    latest = 0

    def feed(self, data: bytes) -> None:
        self.latest = len(data)
        super().feed(data)

    def line_too_long(self, status: int) -> None:
        if self.latest > self.limits.line:
            super().line_too_long(status)


@fault("http-limits.line-too-long")
class LongLinesAreCutOff(HttpParser):
    """A request line is cut to what fits, and the host is called back with half a target."""

    def take_line(self, most: int, too_long: int) -> bytes | None:
        found = self.buffer.find(b"\r\n")
        if too_long == 414 and found > most:
            version = bytes(self.buffer[found - 9 : found])
            self.buffer[most - 9 : found] = version
        return super().take_line(most, too_long)


@fault("http-limits.head-too-large")
class FieldsWithoutLimit(HttpParser):
    """Each field has a limit, but all together have none."""

    def count_head(self, size: int) -> None:
        pass

    def count_field(self) -> None:
        pass


@fault("http-limits.head-endless")
class HeadLimitIsLookedAtInTheEnd(HttpParser):
    """The limit of a head is looked at when the head is complete, and one without end grows without limit."""

    def count_head(self, size: int) -> None:
        self.head_size += size

    def line_too_long(self, status: int) -> None:
        if status == 414:
            super().line_too_long(status)

    def end_of_head(self) -> None:
        if self.head_size > self.limits.head:
            raise Refused(431, "too late")
        super().end_of_head()


@fault("http-limits.head-too-large")
class DropsFieldsBeyondTheLimit(HttpParser):
    """Fields beyond the limit are dropped without a word, and the request is called back without them."""

    def add(self, request: Request, name: bytes, value: bytes) -> None:
        if len(request.fields) < 100:
            super().add(request, name, value)

    def count_field(self) -> None:
        pass

    def count_head(self, size: int) -> None:
        pass


@fault("http-limits.fields-too-many")
class AnyNumberOfFields(HttpParser):
    """The number of fields has no limit as long as they are short."""

    def count_field(self) -> None:
        pass


@fault("http-limits.head-too-large")
class LargeHeadsAreAnErrorOfTheServer(HttpConnection):
    """A head that is too large is answered 500."""

    def refuse(self, status: int, why: str) -> None:
        super().refuse(500 if status in (414, 431) else status, why)


@fault("http-limits.head-too-large")
class LargeHeadsGetNoAnswer(HttpConnection):
    """On a head that is too large the connection is closed without an answer."""

    def refuse(self, status: int, why: str) -> None:
        if status in (414, 431):
            self.drop()
        else:
            super().refuse(status, why)


@fault("http-limits.body-declared")
class BodyLimitIsLookedAtInTheEnd(HttpParser):
    """A body is kept whole before its size is compared with the limit."""

    def check_body(self, size: int) -> None:
        pass

    def end_of_request(self) -> None:
        if len(self.request.body) > self.limits.body:
            raise Refused(413, "too late")
        super().end_of_request()


@fault("http-limits.body-declared")
class CutsBodiesAtTheLimit(HttpParser):
    """A body beyond the limit is cut there, and called back as if it were whole."""

    def check_body(self, size: int) -> None:
        pass

    def end_of_request(self) -> None:
        del self.request.body[self.limits.body :]
        super().end_of_request()


@fault("http-limits.body-declared")
class LargeBodiesAreAnErrorOfTheServer(HttpConnection):
    """A body that is declared too large is answered 500."""

    def refuse(self, status: int, why: str) -> None:
        super().refuse(500 if status == 413 else status, why)


@fault("http-limits.body-at-limit")
class BodyLimitIsOneTooSmall(HttpParser):
    """A body of exactly the limit is answered 413."""

    def check_body(self, size: int) -> None:
        super().check_body(size + 1)


@fault("http-limits.body-chunked")
class EachChunkHasTheLimit(HttpParser):
    """The limit of a body is that of one chunk, and many small ones pass it."""

    def check_body(self, size: int) -> None:
        super().check_body(self.missing if self.request.chunked else size)


@fault("http-limits.declared-takes-no-memory")
class TakesTheMemoryThatALengthAsksFor(HttpParser):
    """The memory of a body is taken when its length is known, before a byte of it has come."""

    room = bytearray()

    def end_of_head(self) -> None:
        super().end_of_head()
        self.room = bytearray(b"x") * (self.request.length or 0)


@fault("http-limits.extension-endless")
class ExtensionsWithoutLimit(HttpParser):
    """A chunk extension goes on as long as it likes."""

    CHUNK_LINE = 1 << 40
    EXTENSIONS = 1 << 40


@fault("http-limits.line-too-long")
class GoesByItsOwnLimits(HttpServer):
    """The limits of the constructor are taken, and those of the server's own are gone by."""

    def make_http_server_adapter(self) -> None:
        self._limits = Limits()
        super().make_http_server_adapter()


@fault("http-limits.tick-bounded-chunks")
class ParsesAllThatIsThere(HttpHandle):
    """One tick parses everything that has come, however many chunks that is."""

    STEPS = ALL_STEPS = 1 << 40

    def make_connection(self, client: object) -> HttpConnection:
        connection = super().make_connection(client)  # type: ignore[arg-type]
        connection.BUDGET = connection.CHUNK = 1 << 40
        connection.COST = 0
        return connection

    def share(self, count: int) -> int:  # noqa: ARG002
        return 1 << 40


@fault("http-limits.tick-bounded-requests")
class AnswersAllRequestsInOneTick(ParsesAllThatIsThere):
    """One tick calls back every request that has come, however many those are."""


@fault("http-limits.tick-bounded-chunks")
class OneConnectionAtATimeMoves(HttpHandle):
    """As long as one connection has something to parse, the others wait for it."""

    def ready(self) -> list[HttpConnection]:
        ready = super().ready()
        busy = [each for each in ready if each.parser.buffer]
        return busy[:1] or ready

    def rotate(self) -> None:
        pass


# Stall


class _OtherCode(HttpConnection):
    codes: tuple[int, ...] = ()

    def refuse(self, status: int, why: str) -> None:
        super().refuse(404 if status in self.codes else status, why)


@fault("http-limits.line-too-long-code")
class LongLinesAreNotFound(_OtherCode):
    """A request line beyond the limit is answered 404."""

    codes = (414,)


@fault("http-limits.head-too-large-code")
class LargeHeadsAreNotFound(_OtherCode):
    """A head beyond the limit is answered 404."""

    codes = (431,)


@fault("http-limits.body-declared-code")
class LargeBodiesAreBadRequests(HttpConnection):
    """A body beyond the limit is answered 400, and the client does not learn that it was too large."""

    def refuse(self, status: int, why: str) -> None:
        super().refuse(400 if status == 413 else status, why)


class _Trailers(HttpParser):
    def trailer_line(self) -> bool:
        line = self.take_line(1 << 40, 431)
        if line == b"":
            self.end_of_request()
        return line is not None


@fault("http-limits.trailer-endless")
class TrailersWithoutLimit(_Trailers):
    """The fields of a head are counted, but those of a trailer go on as long as they like."""


@fault("http-limits.empty-lines-endless")
class EmptyLinesWithoutLimit(HttpParser):
    """Empty lines before a request are passed over for ever, and keep a connection that asks for nothing."""

    def empty_line_before(self) -> None:
        self.head_size = 0


@fault("http-connection.many-requests")
class HeadLimitOfTheConnection(HttpParser):
    """The bytes of heads are counted on and on, and after a while each request of a connection is answered 431."""

    total = 0

    def count_head(self, size: int) -> None:
        self.total += size
        if self.total > self.limits.head:
            raise Refused(431, "the heads are too large")


@fault("http-connection.many-requests")
class FieldLimitOfTheConnection(HttpParser):
    """Fields are counted on and on, and after a while each request of a connection is answered 431."""

    total = 0

    def count_field(self) -> None:
        self.total += 1
        if self.total > self.limits.fields:
            raise Refused(431, "there are too many fields")


@fault("http-limits.body-at-limit")
class ChunkedLimitIsOneTooSmall(HttpParser):
    """A chunked body of exactly the limit is answered 413."""

    def check_body(self, size: int) -> None:
        super().check_body(size + self.request.chunked)


@fault("http-limits.body-at-limit")
class BodyLimitOfTheConnection(HttpParser):
    """The bytes of bodies are counted on and on, and after a while each body on a connection is answered 413."""

    total = 0

    def check_body(self, size: int) -> None:
        super().check_body(self.total + size)

    def end_of_request(self) -> None:
        self.total += len(self.request.body)
        super().end_of_request()


@fault("http-limits.body-at-limit")
class SizesOfAllChunksAreOneBody(HttpParser):
    """The sizes of chunks are added up, and not begun anew with the next request of a connection."""

    total = 0

    def read_chunk_line(self, line: bytes) -> int:
        size = super().read_chunk_line(line)
        self.total += size
        self.check_body(self.total)
        return size
