"""Faults of section http-framing, continued: chunks and trailers."""

from __future__ import annotations

import re

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_connection import HttpConnection
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Refused, Request


@fault("http-framing.chunked")
class KnowsNoCapitalDigits(HttpParser):
    """The size of a chunk is read in small letters, and A for ten is answered 400."""

    def chunk_number(self, digits: bytes) -> int:
        if digits != digits.lower():
            raise Refused(400, "no such digit")
        return super().chunk_number(digits)


@fault("http-framing.chunked")
class ReadsChunkSizesAsDecimal(HttpParser):
    """The size of a chunk is read as decimal as long as it looks so."""

    def chunk_number(self, digits: bytes) -> int:
        return int(digits) if digits.isdigit() else super().chunk_number(digits)


@fault("http-framing.chunked")
class RefusesZerosBeforeAChunkSize(HttpParser):
    """The size of a chunk may have no zeros before it."""

    def chunk_number(self, digits: bytes) -> int:
        if len(digits) > 1 and digits.startswith(b"0"):
            raise Refused(400, "a zero before")
        return super().chunk_number(digits)


@fault("http-framing.chunked")
class HandsOverTheLastChunk(HttpParser):
    """Each chunk takes the place of the one before it, and the body is the last of them."""

    def read_chunk_line(self, line: bytes) -> int:
        size = super().read_chunk_line(line)
        if size:
            self.request.body.clear()
        return size


@fault("http-framing.chunked")
class EndsAtTheFirstChunk(HttpParser):
    """The body is the first chunk, and the others are passed over."""

    first: int | None = None

    def begin(self) -> None:
        super().begin()
        self.first = None

    def chunk_end(self) -> bool:
        if self.first is None and len(self.buffer) >= 2:
            self.first = len(self.request.body)
        return super().chunk_end()

    def end_of_request(self) -> None:
        if self.first is not None:
            del self.request.body[self.first :]
        super().end_of_request()


@fault("http-framing.chunked")
class LeavesChunkSizesInTheBody(HttpParser):
    """A chunked body is handed over with its sizes, as it was on the wire."""

    def read_chunk_line(self, line: bytes) -> int:
        self.request.body += line + b"\r\n"
        return super().read_chunk_line(line)


@fault("http-framing.chunk-extension")
class RefusesChunkExtensions(HttpParser):
    """A chunk extension is answered 400, for nobody here knows any."""

    def check_extension(self, extension: bytes) -> None:
        if extension:
            raise Refused(400, "an extension")


@fault("http-framing.chunk-extension")
class RefusesQuotesInExtensions(HttpParser):
    """A chunk extension may be a word, but with a value in quotes it is answered 400."""

    def check_extension(self, extension: bytes) -> None:
        super().check_extension(extension)
        if b'"' in extension:
            raise Refused(400, "a quote")


@fault("http-framing.chunk-extension")
class PutsExtensionsIntoTheBody(HttpParser):
    """A chunk extension becomes a part of the body."""

    def check_extension(self, extension: bytes) -> None:
        super().check_extension(extension)
        self.request.body += extension


@fault("http-framing.chunk-size-invalid")
class ReadsChunkSizesByStrtol(HttpParser):
    """The size of a chunk is read with strtol, which takes a sign and 0x, and stops where the digits stop."""

    def chunk_number(self, digits: bytes) -> int:
        found = re.match(rb"\s*[+-]?(?:0[xX])?([0-9A-Fa-f]+)", digits)
        return int(found[1], 16) if found else 0


@fault("http-framing.chunk-size-invalid")
class ReadsChunkSizesAsItsLanguageDoes(HttpParser):
    """The size of a chunk is whatever the language takes for a hexadecimal number: 0x5, +5, 1_0."""

    def chunk_number(self, digits: bytes) -> int:
        try:
            return max(0, int(digits.decode("latin-1"), 16))
        except ValueError:
            return super().chunk_number(digits)


@fault("http-smuggling.chunks")
class TakesNoChunkSizeForTheEnd(HttpParser):
    """A chunk without a size is the last one."""

    def chunk_number(self, digits: bytes) -> int:
        return super().chunk_number(digits or b"0")


@fault("http-framing.chunk-size-invalid")
class TakesAnyByteForADigit(HttpParser):
    """What is no digit counts as 0 in the size of a chunk."""

    def chunk_number(self, digits: bytes) -> int:
        return super().chunk_number(re.sub(rb"[^0-9A-Fa-f]", b"0", digits) or b"0")


@fault("http-framing.chunk-size-huge")
class ChunkSizeWrapsAtSixtyFourBits(HttpParser):
    """The size of a chunk wraps around in 64 bits, and seventeen digits can be five bytes."""

    def chunk_number(self, digits: bytes) -> int:
        return super().chunk_number(digits[-16:])


@fault("http-framing.chunk-size-huge")
class ChunkSizeWrapsAtThirtyTwoBits(HttpParser):
    """The size of a chunk wraps around in 32 bits."""

    def chunk_number(self, digits: bytes) -> int:
        return super().chunk_number(digits[-8:])


@fault("http-framing.chunk-data-end")
class PassesOverTwoBytesBehindAChunk(HttpParser):
    """The two bytes behind a chunk are passed over, whatever they are."""

    def check_chunk_end(self, end: bytes) -> None:
        pass


@fault("http-framing.chunk-data-end")
class TakesACrForTheEndOfAChunk(HttpParser):
    """Behind a chunk two bytes are taken, of which the first has to be CR and the second is not looked at."""

    def check_chunk_end(self, end: bytes) -> None:
        super().check_chunk_end(end[:1] + b"\n")


@fault("http-framing.chunk-data-end")
class TakesAnLfForTheEndOfAChunk(HttpParser):
    """Behind a chunk two bytes are taken, of which the second has to be LF and the first is not looked at."""

    def check_chunk_end(self, end: bytes) -> None:
        super().check_chunk_end(b"\r" + end[1:])


@fault("http-framing.chunk-data-end")
class LooksForTheEndOfAChunk(HttpParser):
    """Bytes behind a chunk are passed over until its line ends, so that one that is too long loses a part."""

    def chunk_end(self) -> bool:
        found = self.buffer.find(b"\r\n")
        if found >= 0:
            self.take(found)
        return super().chunk_end()


@fault("http-framing.chunk-bare-lf")
class EndsChunkLinesAtABareLf(HttpParser):
    """A chunk's line, its extension passed over, ends at LF alone, where a proxy in front reads on to CR LF."""

    def bare_line_feed(self, line: bytes) -> bytes:
        return line[:-1] if self.state == self.chunk_line else super().bare_line_feed(line)


@fault("http-framing.chunk-bare-lf")
class EndsChunksAtABareLf(HttpParser):
    """The end of a chunk may be LF alone."""

    def chunk_end(self) -> bool:
        if self.buffer.startswith(b"\n"):
            self.buffer.insert(0, 0x0D)
        return super().chunk_end()


@fault("http-framing.chunk-truncated")
class TakesTheEndForTheLastChunk(HttpConnection):
    """When the client leaves between two chunks, that is taken for the last one, and called back."""

    def cut_off(self) -> None:
        if self.parser.request.chunked and not self.parser.complete:
            self.parser.complete = True
        else:
            super().cut_off()


@fault("http-framing.trailers")
class RefusesTrailers(HttpParser):
    """A trailer is answered 400."""

    def read_trailer(self, request: Request, name: bytes, value: bytes) -> None:  # noqa: ARG002
        raise Refused(400, "a trailer")


@fault("http-framing.trailers")
class TrailersBecomeFields(HttpParser):
    """Trailers are put among the fields of the head, and what a proxy checked there can be said again."""

    def read_trailer(self, request: Request, name: bytes, value: bytes) -> None:
        self.add(request, name, value)


@fault("http-framing.trailers")
class MergesHarmlessTrailers(HttpParser):
    """Trailers are put among the fields of the head, but for those that frame a message or route it."""

    def read_trailer(self, request: Request, name: bytes, value: bytes) -> None:
        if name.lower() not in (b"host", b"content-length", b"transfer-encoding"):
            self.add(request, name, value)


@fault("http-framing.body-then-request")
class TakesATrailerForARequest(HttpParser):
    """The body ends with the line of its last chunk, and a trailer is read as a request."""

    def trailer_line(self) -> bool:
        if len(self.buffer) < 2:
            return False
        if self.buffer.startswith(b"\r\n"):
            self.take(2)
        self.end_of_request()
        return True


@fault("http-framing.body-then-request")
class WaitsForNoLineBehindTheTrailers(HttpParser):
    """A request is complete with its last chunk, and the empty line behind the trailers ends the next one."""

    def chunk_line(self) -> bool:
        advanced = super().chunk_line()
        if advanced and not self.missing:
            self.end_of_request()
        return advanced

    def empty_line_before(self) -> None:
        raise Refused(400, "an empty line")


@fault("http-framing.chunk-size-blank")
class TrimsChunkSizes(HttpParser):
    """Blanks around the size of a chunk are trimmed."""

    def chunk_number(self, digits: bytes) -> int:
        return super().chunk_number(digits.strip(b" \t"))


@fault("http-framing.chunk-size-blank")
class LosesEachCrBehindASize(HttpParser):
    """Of a chunk's line each CR is cut off that it ends with, as its end has one that may be there or not."""

    def read_chunk_line(self, line: bytes) -> int:
        return super().read_chunk_line(line.rstrip(b"\r"))


@fault("http-framing.chunk-bare-cr")
class EndsChunkLinesAtABareCr(HttpParser):
    """The line of a chunk ends at CR, whatever follows it."""

    def chunk_line(self) -> bool:
        found = self.buffer.find(b"\r")
        if 0 <= found < len(self.buffer) - 1 and self.buffer[found + 1] != 0x0A:
            self.buffer.insert(found + 1, 0x0A)
        return super().chunk_line()


@fault("http-framing.large-body")
class KeepsChunkSizesInSixteenBits(HttpParser):
    """The size of a chunk is kept in 16 bits, and one of 65,536 bytes is the last."""

    def chunk_number(self, digits: bytes) -> int:
        return super().chunk_number(digits) & 0xFFFF


@fault("http-framing.chunked")
class RefusesABodyWithoutChunks(HttpParser):
    """A chunked body in which the last chunk is the first is answered 400."""

    def read_chunk_line(self, line: bytes) -> int:
        size = super().read_chunk_line(line)
        if not size and not self.request.body:
            raise Refused(400, "an empty body")
        return size
