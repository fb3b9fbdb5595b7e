"""Faults of section http-framing: Content-Length, and where a body ends."""

from __future__ import annotations

import re
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_connection import HttpConnection
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Request


@fault("http-framing.large-body")
class KeepsLengthsInSixteenBits(HttpParser):
    """The length of a body is kept in 16 bits, and one of 65,536 bytes is taken for empty."""

    def length_number(self, value: bytes) -> int:
        return super().length_number(value) & 0xFFFF


@fault("http-framing.length-body")
class BodyIsOneByteShort(HttpParser):
    """The body ends one byte early, and its last byte is the first of the next request."""

    def length_number(self, value: bytes) -> int:
        return max(0, super().length_number(value) - 1)


@fault("http-framing.length-body")
class BodyInTextMode(HttpParser):
    """The body is read in text mode: CR LF becomes LF."""

    def end_of_request(self) -> None:
        self.request.body = self.request.body.replace(b"\r\n", b"\n")
        super().end_of_request()


@fault("http-framing.length-body")
class BodyEndsAtANul(HttpParser):
    """The body is a string of C, and ends at its first NUL."""

    def end_of_request(self) -> None:
        self.request.body = self.request.body.partition(b"\0")[0]
        super().end_of_request()


@fault("http-framing.large-body")
class BodyIsWhatCameWithTheHead(HttpParser):
    """Of a body only the first 64 KiB are handed over."""

    def end_of_request(self) -> None:
        del self.request.body[1 << 16 :]
        super().end_of_request()


@fault("http-framing.length-body")
class WaitsForABodyOfNothing(HttpParser):
    """With a Content-Length of 0 a byte of body is waited for all the same."""

    def end_of_head(self) -> None:
        super().end_of_head()
        if self.request.length == 0:
            self.complete = False
            self.state = self.nothing

    def nothing(self) -> bool:
        if self.buffer:
            self.end_of_request()
        return bool(self.buffer)


@fault("http-framing.length-absent")
class ReadsPostsUntilTheEnd(HttpParser):
    """A POST without a length has a body until the connection ends, as answers do."""

    def read_framing(self, request: Request) -> None:
        super().read_framing(request)
        if request.method == b"POST" and request.length is None and not request.chunked:
            request.length = self.limits.body


@fault("http-framing.body-with-any-method")
class TakesTheBodyOfAGetForARequest(HttpParser):
    """A GET has no body, whatever its length says, and what follows is read as the next request."""

    def read_framing(self, request: Request) -> None:
        super().read_framing(request)
        if request.method in (b"GET", b"HEAD"):
            request.length, request.chunked = None, False


@fault("http-framing.body-with-any-method")
class TakesTheBodyOfADeleteForARequest(HttpParser):
    """Only POST, PUT and PATCH have bodies: that of a DELETE is read as the next request."""

    def read_framing(self, request: Request) -> None:
        super().read_framing(request)
        if request.method in (b"DELETE", b"OPTIONS"):
            request.length, request.chunked = None, False


@fault("http-framing.partial-body")
class TakesAReadForABody(HttpParser):
    """What has come of a body with its first read is all of it."""

    def body(self) -> bool:
        if self.buffer:
            self.missing = min(self.missing, len(self.buffer))
        return super().body()


@fault("http-framing.partial-body")
class ExpectsBothEndsOfAChunk(HttpParser):
    """The two bytes behind a chunk are read at once, and where only one has come the chunk is called broken."""

    def chunk_end(self) -> bool:
        if len(self.buffer) == 1:
            self.check_chunk_end(bytes(self.buffer))
        return super().chunk_end()


@fault("http-framing.partial-body")
class ExpectsAWholeChunkLine(HttpParser):
    """A chunk's line that has not come whole is forgotten, and read from where it goes on."""

    def feed(self, data: bytes) -> None:
        if self.state == self.chunk_line:
            self.buffer.clear()
        super().feed(data)


@fault("http-framing.partial-body")
class CloseStopsReading(HttpConnection):
    """Behind a head that says close nothing more is read, and a body that comes later is waited for in vain."""

    deaf = False

    def advance(self, *arguments: Any) -> None:
        if self.deaf:
            return
        super().advance(*arguments)
        parser = self.parser
        self.deaf = parser.head_complete and not parser.complete and not parser.request.persistent


@fault("http-framing.partial-body")
class CallsBackForEachPieceOfABody(HttpParser):
    """The callback fires whenever some of a body has come."""

    def body(self) -> bool:
        if not super().body():
            if self.request.body:
                self.complete = True
            return False
        return True

    def begin(self) -> None:
        rest = getattr(self, "missing", 0)
        request = getattr(self, "request", None)
        super().begin()
        if rest and request is not None:
            self.request = Request(request.method, request.target, request.minor, request.fields)
            self.missing, self.state, self.head_complete = rest, self.body, True


# What a Content-Length may not be


@fault("http-framing.length-invalid")
class ReadsLengthsByStrtol(HttpParser):
    """The length is read with strtol, which takes a plus, and stops at the first byte that is no digit."""

    def length_number(self, value: bytes) -> int:
        found = re.match(rb"\s*([+-]?[0-9]*)", value)
        return abs(int(found[1])) if found and found[1].strip(b"+-") else 0


@fault("http-framing.length-invalid")
class ReadsLengthsAsItsLanguageDoes(HttpParser):
    """The length is whatever the language takes for a number, underscores and a plus included."""

    def length_number(self, value: bytes) -> int:
        try:
            return max(0, int(value.decode("latin-1")))
        except ValueError:
            return super().length_number(value)


@fault("http-framing.length-invalid")
class ReadsLengthsInAnyBase(HttpParser):
    """A length with 0x before it is read as hexadecimal."""

    def length_number(self, value: bytes) -> int:
        return int(value, 16) if value.lower().startswith(b"0x") else super().length_number(value)


@fault("http-framing.length-invalid")
class TakesAnEmptyLengthForNone(HttpParser):
    """An empty Content-Length counts as 0."""

    def length_number(self, value: bytes) -> int:
        return super().length_number(value or b"0")


@fault("http-framing.length-invalid")
class TakesANegativeLengthForNone(HttpParser):
    """A negative Content-Length counts as 0, and the body is read as the next request."""

    def length_number(self, value: bytes) -> int:
        return 0 if re.fullmatch(rb"-[0-9]+", value) else super().length_number(value)


@fault("http-framing.length-differ")
class FirstLengthCounts(HttpParser):
    """Of two Content-Length fields the first one counts, whatever the second says."""

    def lengths_differ(self, values: list[bytes]) -> int:
        return self.length_number(values[0])


@fault("http-framing.length-differ")
class LastLengthCounts(HttpParser):
    """Of two Content-Length fields the last one counts, whatever the first said."""

    def lengths_differ(self, values: list[bytes]) -> int:
        return self.length_number(values[-1])


@fault("http-framing.length-differ")
class FirstOfAListOfLengthsCounts(HttpParser):
    """Of a list of lengths on one line the first one counts."""

    def length_number(self, value: bytes) -> int:
        return super().length_number(value.partition(b",")[0].strip())


@fault("http-framing.length-huge")
class LengthWrapsAtThirtyTwoBits(HttpParser):
    """The length wraps around in 32 bits, and 4 GiB and five bytes are five."""

    def length_number(self, value: bytes) -> int:
        return int(value) & 0xFFFFFFFF if value.isdigit() else super().length_number(value)


@fault("http-framing.length-huge")
class LengthWrapsAtSixtyFourBits(HttpParser):
    """The length wraps around in 64 bits, and what is read is a small rest of it."""

    def length_number(self, value: bytes) -> int:
        return int(value) & 0xFFFFFFFFFFFFFFFF if value.isdigit() else super().length_number(value)


@fault("http-framing.length-huge")
class LengthIsCutToNineteenDigits(HttpParser):
    """Of a length with very many digits the last nineteen count."""

    def length_number(self, value: bytes) -> int:
        return super().length_number(value[-19:])


@fault("http-framing.length-truncated")
class HandsOverHalfABody(HttpConnection):
    """When the client leaves in the middle of a body, what has come is called back as if it were whole."""

    def cut_off(self) -> None:
        if self.parser.head_complete and not self.parser.complete:
            self.parser.complete = True
        else:
            super().cut_off()


@fault("http-framing.body-then-request")
class ReadsBehindTheBody(HttpParser):
    """A line end behind a body is taken for a part of it, and the first bytes of the next request are lost."""

    def begin(self) -> None:
        body = bool(getattr(self, "request", None) and self.request.body)
        super().begin()
        if body:
            del self.buffer[:2]
