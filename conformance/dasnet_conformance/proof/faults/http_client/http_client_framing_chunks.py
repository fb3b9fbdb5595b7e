"""Faults of section http-client-framing: chunks, and a Transfer-Encoding beside what else says where a body ends."""

from __future__ import annotations

import re

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_response import BrokenError, HttpResponse


@fault("http-client-framing.chunked")
class ChunksAreHandedOver(HttpResponse):
    """A body in chunks is handed over with their sizes, once the connection ends."""

    def is_chunked(self, values: list[bytes]) -> bool:  # noqa: ARG002
        return False


@fault("http-client-framing.chunked")
class OneChunkOnly(HttpResponse):
    """A body is whole after its first chunk."""

    def read_data_end(self) -> bool:
        came = super().read_data_end()
        if came:
            self.state = "done"
        return came


@fault("http-client-framing.chunked")
class SizesInDecimal(HttpResponse):
    """The size of a chunk is read as decimal where it can be."""

    def chunk_number(self, digits: bytes) -> int:
        return int(digits) if digits.isdigit() and len(digits) < 4 else super().chunk_number(digits) % 10


@fault("http-client-framing.chunked")
class SmallSizesOnly(HttpResponse):
    """Capitals in the size of a chunk are not known."""

    def chunk_number(self, digits: bytes) -> int:
        if digits != digits.lower():
            raise BrokenError("capitals in a size")
        return super().chunk_number(digits)


@fault("http-client-framing.chunked")
class NoLeadingZeros(HttpResponse):
    """A size with leading zeros is taken for the last one."""

    def chunk_number(self, digits: bytes) -> int:
        return 0 if digits.startswith(b"0") else super().chunk_number(digits)


@fault("http-client-framing.chunked")
class LooksForTheEnd(HttpResponse):
    """A body in chunks ends where something looks like the last chunk."""

    def read_data(self) -> bool:
        if self.state == "data" and self.buffer.startswith(b"0\r\n\r\n"):
            del self.buffer[:5]
            self.state = "done"
            return True
        return super().read_data()


@fault("http-client-framing.chunk-extension")
class ExtensionsRefused(HttpResponse):
    """An extension of a chunk makes the request fail."""

    def without_extension(self, line: bytes) -> bytes:
        return line


@fault("http-client-framing.chunk-extension")
class QuotedExtensionsRefused(HttpResponse):
    """An extension ends at the last semicolon, quoted or not."""

    def without_extension(self, line: bytes) -> bytes:
        return line.rpartition(b";")[0] or line


@fault("http-client-framing.trailers")
class TrailersRefused(HttpResponse):
    """A trailer field makes the request fail."""

    def read_trailer(self, name: bytes, value: bytes) -> None:
        raise BrokenError(f"a trailer field {name!r}: {value!r}")


@fault("http-client-framing.trailers")
class TrailerLengthCounts(HttpResponse):
    """Content-Length in a trailer cuts the body."""

    def read_trailer(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"content-length":
            del self.body[int(value) :]


@fault("http-client-framing.trailers")
class TrailersAreBody(HttpResponse):
    """The trailer is handed over as the end of the body."""

    def read_trailer(self, name: bytes, value: bytes) -> None:
        self.body += name + b": " + value + b"\r\n"


@fault("http-client-framing.coding-case")
class CodingsInSmallLetters(HttpResponse):
    """The name chunked is known in small letters."""

    def is_chunked(self, values: list[bytes]) -> bool:
        return values[-1:] == [b"chunked"]


@fault("http-client-framing.chunk-size-invalid")
class SizesByLanguage(HttpResponse):
    """The size of a chunk is whatever the language takes for a number of base 16."""

    def chunk_number(self, digits: bytes) -> int:
        try:
            return abs(int(digits, 16))
        except ValueError as error:
            raise BrokenError("no size") from error


@fault("http-client-framing.chunk-size-invalid")
class NoSizeIsTheLast(HttpResponse):
    """A size without digits is 0."""

    def chunk_number(self, digits: bytes) -> int:
        return super().chunk_number(digits) if digits else 0


@fault("http-client-framing.chunk-size-invalid")
class SizesByPrefix(HttpResponse):
    """A size is whatever digits it begins with, and none are 0."""

    def chunk_number(self, digits: bytes) -> int:
        found = re.match(rb"[0-9A-Fa-f]+", digits)
        return int(found[0], 16) if found else 0


@fault("http-client-framing.chunk-size-huge")
class SizesWrap(HttpResponse):
    """A size beyond 64 bits wraps."""

    def chunk_number(self, digits: bytes) -> int:
        return super().chunk_number(digits) % (1 << 64)


@fault("http-client-framing.chunk-size-huge")
class SizesOfThirtyTwoBits(HttpResponse):
    """A size is kept in 32 bits."""

    def chunk_number(self, digits: bytes) -> int:
        return super().chunk_number(digits) % (1 << 32)


@fault("http-client-framing.chunk-data-end")
class AnyTwoBytesEndAChunk(HttpResponse):
    """Two bytes behind a chunk are dropped, whatever they are."""

    def check_data_end(self, end: bytes) -> None:
        pass


@fault("http-client-framing.chunk-data-end")
class LooksForTheNextLine(HttpResponse):
    """What stands between a chunk and the next line end is dropped."""

    def read_data_end(self) -> bool:
        place = self.buffer.find(b"\n")
        if place < 0:
            return False
        del self.buffer[: place + 1]
        self.state = "size"
        return True


@fault("http-client-framing.chunk-truncated")
class TruncatedIsAnAnswer(HttpResponse):
    """A body in chunks that ends early is handed over as far as it came."""

    def cut(self) -> None:
        if self.state in ("size", "data", "data-end"):
            self.state = "done"
        else:
            super().cut()


@fault("http-client-framing.chunk-truncated")
class EndBetweenChunksIsAnEnd(HttpResponse):
    """An end between two chunks is taken for the last one."""

    def cut(self) -> None:
        if self.state == "size":
            self.state = "done"
        else:
            super().cut()


@fault("http-client-framing.chunk-no-final-line")
class LastSizeIsEnough(HttpResponse):
    """A body is whole with its last size, where the connection ends there."""

    def cut(self) -> None:
        if self.state == "trailer":
            self.state = "done"
        else:
            super().cut()


@fault("http-client-framing.coding-and-length")
class LengthBeforeCoding(HttpResponse):
    """Beside Transfer-Encoding Content-Length counts."""

    def read_framing(self) -> None:
        if self.head.values(b"content-length"):
            self.head.fields = [pair for pair in self.head.fields if pair[0].lower() != b"transfer-encoding"]
        super().read_framing()


@fault("http-client-framing.coding-not-final")
class AnyCodingIsChunked(HttpResponse):
    """Any Transfer-Encoding is chunked, and what is not is an empty body."""

    def read_framing(self) -> None:
        if self.head.values(b"transfer-encoding") and not self.is_chunked(self.head.values(b"transfer-encoding")):
            self.state = "done"
        else:
            super().read_framing()


@fault("http-client-framing.chunk-size-invalid")
class HexadecimalWithAnX(HttpResponse):
    """The size of a chunk is read as the language reads hexadecimal numbers, an x in front and all."""

    def chunk_number(self, digits: bytes) -> int:
        return super().chunk_number(digits.removeprefix(b"x"))
