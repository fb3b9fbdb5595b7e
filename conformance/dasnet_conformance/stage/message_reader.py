"""Reading the parts that an HTTP request and an answer have in common: lines, fields and chunks. Strict, by hand.

RFC 9112, sections 2.2, 5 and 7.1. It reads bytes, of what a port under test has sent; it does no input or output, and
imports of ours the exceptions alone.
"""

from __future__ import annotations

import re
from typing import Final

from .expect import Mismatch

_NAME: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")
_CHUNK_LINE: Final = re.compile(rb"([0-9A-Fa-f]{1,15})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?")
_LENGTH: Final = re.compile(rb"[0-9]+")
_END: Final = b"\r\n"


class IncompleteError(Exception):
    """There is not enough of it yet."""


def read_line(data: bytes | bytearray, place: int, what: str) -> tuple[bytes, int]:
    """The line at this place without its end, and the place behind it.

    Raises `IncompleteError` where its end has not come, and `Mismatch` for a line that does not end in CR LF; `what`
    names it.
    """
    end = data.find(b"\n", place)
    if end < 0:
        if len(data) - place > 1 << 20:
            raise Mismatch(what, "a line end within a mebibyte", "none")
        raise IncompleteError
    if data[end - 1 : end] != b"\r" or end == place:
        raise Mismatch(what, "a line that ends in CR LF", repr(bytes(data[place : end + 1])))
    return bytes(data[place : end - 1]), end + 1


def read_fields(data: bytes | bytearray, place: int, whose: str) -> tuple[list[tuple[str, bytes]], int]:
    """Names in lower case and values up to the empty line, and the place behind it; `whose` they are, for messages."""
    fields: list[tuple[str, bytes]] = []
    while True:
        line, place = read_line(data, place, f"a field of {whose}")
        if not line:
            return fields, place
        name, colon, value = line.partition(b":")
        value = value.strip(b" \t")
        if not colon or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise Mismatch(f"a field of {whose}", "a name, a colon and a value", repr(line))
        fields.append((name.decode("ascii").lower(), value))


def read_chunks(data: bytes | bytearray, place: int, whose: str) -> tuple[bytes, int]:
    """The body that the chunks at this place make, and the place behind the trailer."""
    parts: list[bytes] = []
    while True:
        line, place = read_line(data, place, "the line of a chunk")
        match = _CHUNK_LINE.fullmatch(line)
        if match is None:
            raise Mismatch("the line of a chunk", "a size in hexadecimal digits", repr(line))
        size = int(match[1], 16)
        if not size:
            _, place = read_fields(data, place, whose)
            return b"".join(parts), place
        if len(data) < place + size + 2:
            raise IncompleteError
        parts.append(bytes(data[place : place + size]))
        place += size
        if data[place : place + 2] != _END:
            raise Mismatch("what follows the data of a chunk", "CR LF", repr(bytes(data[place : place + 2])))
        place += 2


def framing_fields(fields: list[tuple[str, bytes]], what: str) -> tuple[list[bytes], list[bytes]]:
    """The values of Content-Length, of which there is one at most, and those of Transfer-Encoding, if there is none.

    Raises `Mismatch` for both at once, and for a length that is no number or is given twice; `what` names the message.
    """
    lengths = [value for name, value in fields if name == "content-length"]
    codings = [value for name, value in fields if name == "transfer-encoding"]
    if lengths and codings:
        raise Mismatch(
            f"the framing of {what}", "Content-Length or Transfer-Encoding", f"both: {lengths} and {codings}"
        )
    if len(lengths) > 1 or not all(_LENGTH.fullmatch(value) for value in lengths):
        raise Mismatch(f"Content-Length of {what}", "one number", repr(lengths))
    return lengths, codings
