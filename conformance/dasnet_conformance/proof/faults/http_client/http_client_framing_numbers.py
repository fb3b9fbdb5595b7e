"""Faults of section http-client-framing: numbers that are kept in too little room, and what may stand beside them."""

from __future__ import annotations

import re
from typing import Final

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_response import BrokenError, HttpResponse

_LARGEST_SIGNED: Final = (1 << 63) - 1
_LARGEST: Final = (1 << 64) - 1


@fault("http-client-framing.length-invalid")
class LengthsByPoint(HttpResponse):
    """A Content-Length may have a point, or an exponent, as any number of the language."""

    def length_number(self, value: bytes) -> int:
        return int(float(value)) if re.fullmatch(rb"[0-9]+(\.0|e0)", value) else super().length_number(value)


@fault("http-client-framing.length-invalid")
class DigitsOfAnyKind(HttpResponse):
    """What the language calls a digit is one, and a number that it cannot make of it ends the tick."""

    def length_number(self, value: bytes) -> int:
        return int(value.decode("latin-1")) if value.decode("latin-1").isdigit() else super().length_number(value)


@fault("http-client-framing.length-huge")
class LengthsAreCutToThirtyTwo(HttpResponse):
    """A Content-Length is read into 64 bits, no further, and kept in 32."""

    def length_number(self, value: bytes) -> int:
        return min(super().length_number(value), _LARGEST_SIGNED) & 0xFFFFFFFF


@fault("http-client-framing.length-huge")
class LengthsBelowNothing(HttpResponse):
    """A Content-Length of 2 to the 63rd or more is below 0, which is how one that is missing is kept."""

    def read_framing(self) -> None:
        lengths = self.head.values(b"content-length")
        if len(lengths) == 1 and lengths[0].isdigit() and _LARGEST_SIGNED < int(lengths[0]) <= _LARGEST:
            self.state = "end"
        else:
            super().read_framing()


@fault("http-client-framing.chunk-size-huge")
class SizesAreCutToThirtyTwo(HttpResponse):
    """The size of a chunk is read into 64 bits, no further, and kept in 32."""

    def chunk_number(self, digits: bytes) -> int:
        return min(super().chunk_number(digits), _LARGEST) & 0xFFFFFFFF


@fault("http-client-framing.chunk-size-huge")
class SizesBelowNothing(HttpResponse):
    """The size of a chunk has a sign, and one that is not above 0 is the last."""

    def chunk_number(self, digits: bytes) -> int:
        size = super().chunk_number(digits)
        return 0 if size < 1 << 32 and size & 0x80000000 else size


@fault("http-client-framing.chunk-size-huge")
class LargeSizesBelowNothing(HttpResponse):
    """The size of a chunk has 64 bits and a sign, and one that is not above 0 is the last."""

    def chunk_number(self, digits: bytes) -> int:
        size = super().chunk_number(digits)
        return 0 if _LARGEST_SIGNED < size <= _LARGEST else size


@fault("http-client-framing.chunk-extension")
class LastSizeStandsAlone(HttpResponse):
    """An extension behind the last size makes the request fail."""

    def read_size(self, line: bytes) -> None:
        if re.match(rb"0+;", line):
            raise BrokenError("the last size is not alone")
        super().read_size(line)


@fault("http-client-framing.chunk-extension")
class ExtensionsHaveValues(HttpResponse):
    """An extension of a chunk without a value makes the request fail."""

    def without_extension(self, line: bytes) -> bytes:
        if b";" in line and b"=" not in line:
            raise BrokenError("an extension without a value")
        return super().without_extension(line)


@fault("http-client-framing.chunk-extension")
class OneExtensionOnly(HttpResponse):
    """A chunk has one extension at most, or the request fails."""

    def without_extension(self, line: bytes) -> bytes:
        if re.match(rb"[0-9A-Fa-f]+;[^;\"]*;", line):
            raise BrokenError("two extensions")
        return super().without_extension(line)


@fault("http-client-framing.trailers")
class TwoTrailersAtMost(HttpResponse):
    """A third trailer field makes the request fail."""

    seen = 0

    def read_trailer(self, name: bytes, value: bytes) -> None:
        super().read_trailer(name, value)
        self.seen += 1
        if self.seen > 2:
            raise BrokenError("too many trailer fields")


@fault("http-client-framing.trailers")
class OwnTrailersAreFields(HttpResponse):
    """A trailer field that is of a program's own, and which nobody has said to be safe, is put into the head."""

    def read_trailer(self, name: bytes, value: bytes) -> None:
        if name.lower().startswith(b"x-"):
            self.head.fields.append((name, value))


@fault("http-client-framing.trailers")
class TrailersTakeThePlace(HttpResponse):
    """A trailer field takes the place of the field of its name, whatever that is."""

    def read_trailer(self, name: bytes, value: bytes) -> None:
        self.head.fields = [(each, value if each.lower() == name.lower() else old) for each, old in self.head.fields]


@fault("http-client-framing.chunked")
class EightDigitsAreEnough(HttpResponse):
    """The size of a chunk has eight digits at most, whatever they are, or the request fails."""

    def chunk_number(self, digits: bytes) -> int:
        if len(digits) > 8:
            raise BrokenError("the size of a chunk is too long")
        return super().chunk_number(digits)
