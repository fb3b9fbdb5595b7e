"""Faults of section http-smuggling: a second request, hidden behind a head that two readers read differently."""

from __future__ import annotations

import re

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_connection import Exchange, HttpConnection
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Request


@fault("http-smuggling.behind-rejected")
class ReadsOnBehindARefusedHead(HttpConnection):
    """A bad head is answered 400, and reading goes on at the next empty line."""

    def refuse(self, status: int, why: str) -> None:
        answer = self.write(self.parser.request, status, [], b"", persistent=True)
        self.owe(Exchange(0, self.parser.request, answer))
        self.release()
        self.log(f"{status}: {why}")
        rest = bytes(self.parser.buffer)
        self.parser.buffer.clear()
        self.parser.begin()
        found = re.search(rb"(?:GET|POST) /", rest)
        self.parser.feed(rest[found.start() :] if found else b"")


class _GoesOnBehindLargeOnes(HttpConnection):
    # What is refused for its size is answered, and reading goes on behind it.
    STATUSES = (413,)

    def refuse(self, status: int, why: str) -> None:
        if status not in self.STATUSES:
            super().refuse(status, why)
            return
        answer = self.write(self.parser.request, status, [], b"", persistent=True)
        self.owe(Exchange(0, self.parser.request, answer))
        self.release()
        rest = bytes(self.parser.buffer)
        self.parser.buffer.clear()
        self.parser.begin()
        self.parser.feed(self.behind(rest))

    def behind(self, rest: bytes) -> bytes:
        """What is read on."""
        return rest


@fault("http-smuggling.behind-rejected")
class ReadsOnBehindALargeHead(_GoesOnBehindLargeOnes):
    """A head that is too large is answered 431 and passed over to its empty line; the body that it announced is the
    next request.
    """

    STATUSES = (431,)

    def behind(self, rest: bytes) -> bytes:
        return rest.partition(b"\r\n\r\n")[2]


@fault("http-smuggling.behind-rejected")
class ReadsOnInALargeHead(_GoesOnBehindLargeOnes):
    """The line by which a head is too large is answered 431, and the line behind it begins the next request."""

    STATUSES = (431,)

    def behind(self, rest: bytes) -> bytes:
        return rest.partition(b"\r\n")[2]


@fault("http-smuggling.behind-rejected")
class ReadsOnBehindALargeBody(_GoesOnBehindLargeOnes):
    """A body that is too large is answered 413 when its length or that of a chunk is known, and itself read as the
    next request.
    """


@fault("http-smuggling.codings")
class CodingBesideALengthIsPassedOver(HttpParser):
    """A Content-Length goes before a Transfer-Encoding, and what the chunks hold is the next request."""

    def both(self, request: Request) -> None:
        request.fields = [each for each in request.fields if each[0].lower() != b"transfer-encoding"]

    def is_chunked(self, values: list[bytes]) -> bool:
        lengths = self.request.values(b"content-length")
        if lengths:
            self.request.length = self.length_of(lengths)
            return False
        return super().is_chunked(values)


@fault("http-smuggling.codings")
class LengthBesideACodingIsPassedOver(HttpParser):
    """A Transfer-Encoding goes before a Content-Length, and what is behind the last chunk is the next request."""

    def both(self, request: Request) -> None:
        pass


@fault("http-smuggling.lengths")
class SmallestLengthCounts(HttpParser):
    """Of several lengths the smallest counts, and the rest is the next request."""

    def lengths_differ(self, values: list[bytes]) -> int:
        return min(self.length_number(value) for value in values)


@fault("http-smuggling.lengths")
class LengthsThatAreNoneArePassedOver(HttpParser):
    """A Content-Length that is no number is passed over, and its body is the next request."""

    def length_number(self, value: bytes) -> int:
        return super().length_number(value) if value.isdigit() else 0


@fault("http-smuggling.codings")
class CodingsThatAreNoneArePassedOver(HttpParser):
    """A Transfer-Encoding that is not exactly chunked is passed over, and its body is the next request."""

    def other_codings(self, codings: list[bytes]) -> bool:  # noqa: ARG002
        return False


@fault("http-smuggling.codings")
class CodingsWithNoiseAreChunked(HttpParser):
    """A coding with chunked in it somewhere is chunked, and what is behind the last chunk is the next request."""

    def other_codings(self, codings: list[bytes]) -> bool:
        return any(b"chunked" in coding for coding in codings)

    def trim(self, value: bytes) -> bytes:
        return value.strip(b" \t\x0b\x0c\0")


@fault("http-smuggling.chunks")
class ChunkSizesStopAtNoise(HttpParser):
    """The size of a chunk is read as far as it is one, and what is behind the chunk is the next request."""

    def chunk_number(self, digits: bytes) -> int:
        found = re.match(rb"\s*[+-]?(?:0[xX])?([0-9A-Fa-f]+)", digits)
        return int(found[1], 16) if found else 0


@fault("http-smuggling.chunks")
class ChunksEndAnywhere(HttpParser):
    """Nobody looks at what is behind a chunk, and the next size is read two bytes later."""

    def check_chunk_end(self, end: bytes) -> None:
        pass


@fault("http-smuggling.chunks")
class TrailersAreRequests(HttpParser):
    """The body ends with the line of its last chunk, and trailers are the next request."""

    def trailer_line(self) -> bool:
        if self.buffer.startswith(b"\r\n"):
            self.take(2)
        self.end_of_request()
        return True


@fault("http-smuggling.heads")
class ALineWithoutColonIsARequest(HttpParser):
    """A line without a colon ends the head, and is the request line of the next request."""

    def read_field(self, request: Request, line: bytes) -> None:
        if b":" in line:
            super().read_field(request, line)
            return
        self.buffer[:0] = line + b"\r\n"
        self.end_of_head()


@fault("http-smuggling.heads")
class CrAloneEndsAHead(HttpParser):
    """CR alone ends a line, the empty one behind a head as well, and what is behind that is the next request."""

    def take_line(self, most: int, too_long: int) -> bytes | None:
        found = re.search(rb"\r(?=[^\n])", self.buffer)
        if found and b"\n" not in self.buffer[: found.start()]:
            self.buffer[found.end() : found.end()] = b"\n"
            self.searched = 0
        return super().take_line(most, too_long)


@fault("http-smuggling.codings")
class ChunksOfAnOldVersionAreFollowed(HttpParser):
    """A chunked body of HTTP/1.0 is read, and what is behind it is the next request."""

    def check_transfer_allowed(self, request: Request) -> None:
        pass


@fault("http-smuggling.heads")
class BlankLinesEndAHead(HttpParser):
    """A line is trimmed before it is asked whether it is empty, and what is behind one blank is the next request."""

    def cut_end(self, line: bytes) -> bytes:
        return super().cut_end(line) if line.strip(b" \t\r\n") or self.head_complete else b""


@fault("http-smuggling.heads")
class LosesEachCrBeforeALineEnd(HttpParser):
    """Of a line all CR and LF are cut off that it ends with, and one of CR CR LF is the end of a head."""

    def cut_end(self, line: bytes) -> bytes:
        return super().cut_end(line).rstrip(b"\r\n")


@fault("http-smuggling.chunks")
class BlankLinesEndTrailers(HttpParser):
    """Trailers are lines of no interest, trimmed and passed over, and what is behind one blank is the next request."""

    def cut_end(self, line: bytes) -> bytes:
        found = super().cut_end(line)
        return found.strip() if self.state == self.trailer_line else found
