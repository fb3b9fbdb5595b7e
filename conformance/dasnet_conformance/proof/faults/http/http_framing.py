"""Faults of section http-framing: Content-Length, and where a body ends."""

from __future__ import annotations

import re

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_connection import HttpConnection
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Request


@fault("http-framing.length-body")
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


@fault("http-framing.length-body")
class BodyIsWhatCameWithTheHead(HttpParser):
    """Of a body only the first 64 KiB are handed over."""

    def end_of_request(self) -> None:
        del self.request.body[1 << 16 :]
        super().end_of_request()


@fault("http-framing.length-zero")
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


@fault("http-framing.get-with-body")
class TakesTheBodyOfAGetForARequest(HttpParser):
    """A GET has no body, whatever its length says, and what follows is read as the next request."""

    def read_framing(self, request: Request) -> None:
        super().read_framing(request)
        if request.method in (b"GET", b"HEAD"):
            request.length, request.chunked = None, False


@fault("http-framing.get-with-body")
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


@fault("http-framing.length-differs")
class FirstLengthCounts(HttpParser):
    """Of two Content-Length fields the first one counts, whatever the second says."""

    def lengths_differ(self, values: list[bytes]) -> int:
        return self.length_number(values[0])


@fault("http-framing.length-differs")
class LastLengthCounts(HttpParser):
    """Of two Content-Length fields the last one counts, whatever the first said."""

    def lengths_differ(self, values: list[bytes]) -> int:
        return self.length_number(values[-1])


@fault("http-framing.length-differs")
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


@fault("http-framing.body-truncated")
class HandsOverHalfABody(HttpConnection):
    """When the client leaves in the middle of a body, what has come is called back as if it were whole."""

    def cut_off(self) -> None:
        if self.parser.head_complete and not self.parser.complete:
            self.parser.complete = True
        else:
            super().cut_off()


# Transfer-Encoding


@fault("http-framing.coding-and-length")
class LengthCountsBesideACoding(HttpParser):
    """Where both are given the Content-Length counts, and a proxy in front went by the chunks."""

    def both(self, request: Request) -> None:
        request.fields = [each for each in request.fields if each[0].lower() != b"transfer-encoding"]

    def read_framing(self, request: Request) -> None:
        fields = request.fields
        codings, lengths = request.values(b"transfer-encoding"), request.values(b"content-length")
        if codings and lengths:
            self.both(request)
        super().read_framing(request)
        request.fields = fields


@fault("http-framing.coding-and-length")
class GoesOnAfterCodingAndLength(HttpParser):
    """Where both are given the chunks count, and the connection goes on as if nothing had been odd."""

    def both(self, request: Request) -> None:
        pass


@fault("http-framing.coding-not-final")
class LooksForTheWordChunked(HttpParser):
    """A body is chunked if the word stands anywhere in the field."""

    def other_codings(self, codings: list[bytes]) -> bool:
        return b"chunked" in b",".join(codings) or super().other_codings(codings)


@fault("http-framing.coding-not-final")
class PassesOverUnknownCodings(HttpParser):
    """A Transfer-Encoding that is not known is passed over: the request has no body then."""

    def other_codings(self, codings: list[bytes]) -> bool:  # noqa: ARG002
        return False


@fault("http-framing.coding-not-final")
class TakesIdentityForNone(HttpParser):
    """The coding identity of an older text is taken for none at all."""

    def other_codings(self, codings: list[bytes]) -> bool:
        return super().other_codings(codings) if codings != [b"identity"] else False


@fault("http-framing.coding-not-final")
class TakesEveryCodingForChunked(HttpParser):
    """Where there is a Transfer-Encoding the body is read in chunks, whatever it names."""

    def other_codings(self, codings: list[bytes]) -> bool:  # noqa: ARG002
        return True


@fault("http-framing.coding-twice")
class ChunkedTwiceIsChunkedOnce(HttpParser):
    """Chunked named twice is read as chunked once."""

    def codings_of(self, values: list[bytes]) -> list[bytes]:
        return list(dict.fromkeys(super().codings_of(values)))


@fault("http-framing.coding-twice")
class LastCodingLineCounts(HttpParser):
    """Of two Transfer-Encoding lines the last one counts."""

    def codings_of(self, values: list[bytes]) -> list[bytes]:
        return super().codings_of(values[-1:])


@fault("http-framing.coding-case")
class KnowsChunkedInSmallLetters(HttpParser):
    """Chunked is known in small letters alone."""

    def codings_of(self, values: list[bytes]) -> list[bytes]:
        return [each if each in b",".join(values) else b"?" for each in super().codings_of(values)]


@fault("http-framing.coding-parameters")
class PassesOverParametersOfCodings(HttpParser):
    """Parameters of chunked, which has none, are passed over."""

    def codings_of(self, values: list[bytes]) -> list[bytes]:
        return [each.partition(b";")[0].strip() for each in super().codings_of(values)]


@fault("http-framing.coding-obfuscated")
class TrimsMoreThanWhiteSpace(HttpParser):
    """Vertical tabs and form feeds around a coding are trimmed as the language trims, and it is chunked after all."""

    def trim(self, value: bytes) -> bytes:
        return value.strip(b" \t\x0b\x0c")


@fault("http-framing.coding-obfuscated")
class TakesTheQuotesOffCodings(HttpParser):
    """A coding in quotes is taken out of them, and it is chunked after all."""

    def codings_of(self, values: list[bytes]) -> list[bytes]:
        return [each.strip(b"\"'") for each in super().codings_of(values)]


class _NamesWithUnderscores(Request):
    def values(self, name: bytes) -> list[bytes]:
        return [value for each, value in self.fields if each.lower().replace(b"_", b"-") == name]


@fault("http-framing.coding-obfuscated")
class TakesUnderscoresForHyphens(HttpParser):
    """Names are kept as variables of the environment, where Transfer_Encoding is the same as with a hyphen."""

    REQUEST = _NamesWithUnderscores


@fault("http-framing.coding-in-old-version")
class ReadsChunksOfAnOldVersion(HttpParser):
    """A Transfer-Encoding counts in HTTP/1.0 as well, and the connection goes on where the client asks for it."""

    def check_transfer_allowed(self, request: Request) -> None:
        pass


@fault("http-framing.coding-in-old-version")
class KnowsNoCodingsInAnOldVersion(HttpParser):
    """A Transfer-Encoding in HTTP/1.0 is passed over, and on a kept connection the chunks are read as a request."""

    def read_framing(self, request: Request) -> None:
        if request.minor >= 1:
            super().read_framing(request)
