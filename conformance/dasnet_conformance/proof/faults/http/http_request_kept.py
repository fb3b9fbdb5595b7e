"""Faults of section http-request, continued: values, names and targets that are not handed over as they came."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Request


@fault("http-request.fields-large")
class NamesOfSixtyFourBytes(HttpParser):
    """A name has room for 64 bytes, and what is beyond them is dropped in silence."""

    def add(self, request: Request, name: bytes, value: bytes) -> None:
        super().add(request, name[:64], value)


@fault("http-request.value-bytes")
class UndoesEscapesInValues(HttpParser):
    """Values are percent-decoded as targets often are."""

    def trim(self, value: bytes) -> bytes:
        return unquote_to_bytes(super().trim(value))


@fault("http-request.value-bytes")
class TidiesLists(HttpParser):
    """A value is taken apart at its commas and put together again, with one blank behind each."""

    def trim(self, value: bytes) -> bytes:
        parts = [part.strip(b" \t") for part in super().trim(value).split(b",")]
        return b", ".join(part for part in parts if part) if len(parts) > 1 else parts[0]


@fault("http-request.value-bytes")
class LeavesCommentsOut(HttpParser):
    """What stands in brackets is a comment, and is left out."""

    def trim(self, value: bytes) -> bytes:
        return re.sub(rb" ?\([^)]*\)", b"", super().trim(value))


@fault("http-request.value-trimmed")
class WantsABlankBehindTheColon(HttpParser):
    """A line is split at its first colon that has a blank behind it, which may be one of the value."""

    def split_field(self, line: bytes) -> tuple[bytes, bytes]:
        name, blank, _ = line.partition(b": ")
        if blank:
            self.check_name(name)
        return super().split_field(line)


@fault("http-request.fields-in-order")
class SaysEachFieldOnce(HttpParser):
    """A field that was there with the same name and value is left out, for it says nothing new."""

    def add(self, request: Request, name: bytes, value: bytes) -> None:
        if (name, value) not in request.fields:
            super().add(request, name, value)


@fault("http-request.target-unchanged")
class UndoesEscapesOfLetters(HttpParser):
    """Escapes of letters and digits are undone, which are the same in an address, but not what the client has sent."""

    def end_of_head(self) -> None:
        super().end_of_head()
        self.request.target = re.sub(
            rb"%(4[1-9A-Fa-f]|5[0-9Aa]|6[1-9A-Fa-f]|7[0-9AaEe])",
            lambda found: bytes([int(found[1], 16)]),
            self.request.target,
        )


@fault("http-framing.chunked")
class HexadecimalEndsWithE(HttpParser):
    """Capitals of a chunk's size are counted from A to E, and one that has an F is answered 400."""

    def chunk_number(self, digits: bytes) -> int:
        return super().chunk_number(digits.replace(b"F", b"G"))


@fault("http-framing.chunked")
class AnEmptyCodingIsTheLast(HttpParser):
    """A comma behind chunked makes an empty coding the last, which is none, and so there is no body."""

    def is_chunked(self, values: list[bytes]) -> bool:
        return not values[-1].endswith(b",") and super().is_chunked(values)


@fault("http-framing.body-then-request")
class TheHostOfAWholeAddressStays(HttpParser):
    """The host of a target that is a whole address goes before the Host field, in all later requests as well."""

    authority = b""

    def end_of_head(self) -> None:
        super().end_of_head()
        found = re.match(rb"http://([^/?]+)", self.request.target)
        self.authority = found[1] if found else self.authority
        if self.authority:
            others = [(name, value) for name, value in self.request.fields if name.lower() != b"host"]
            self.request.fields = [(b"Host", self.authority), *others]


@fault("http-limits.fields-at-limit")
class CountsNamesForFields(HttpParser):
    """Fields are counted in the map that they are kept in, where those of one name are one."""

    def count_field(self) -> None:
        self.field_count = len({name.lower() for name, _ in self.request.fields}) - 1
        super().count_field()


@fault("http-connection.keeps-alive")
class TrailersEndConnections(HttpParser):
    """A trailer that says close is obeyed, as if the head had said it."""

    def read_trailer(self, request: Request, name: bytes, value: bytes) -> None:
        super().read_trailer(request, name, value)
        if name.lower() == b"connection" and value.lower() == b"close":
            request.persistent = False
