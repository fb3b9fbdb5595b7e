"""Reading the requests of an HTTP client under test: strict, by hand, and with no library that would forgive.

RFC 9112, sections 3 to 7. It reads bytes and says what is in them; whether that is allowed is for the checks. It does
no input or output.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from .answer_reader import BY_CHUNKS, BY_LENGTH, BY_NATURE
from .expect import Mismatch
from .message_reader import IncompleteError, framing_fields, read_chunks, read_fields, read_line

_REQUEST_LINE: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\x7e]+) (HTTP/\d\.\d)")
#: Bytes in which the head of a request ends that waits before its body.
_LONGEST_HEAD: Final = 16_384


@dataclass(frozen=True)
class HttpRequest:
    """One whole request.

    `fields` are names in lower case and values, in the order in which they came; `framing` is `BY_NATURE` for one
    without a body, `BY_LENGTH` or `BY_CHUNKS`; `size` is the number of bytes that it took on the connection.
    """

    method: str
    target: str
    version: str
    fields: tuple[tuple[str, bytes], ...]
    body: bytes
    framing: str
    size: int

    def values(self, name: str) -> list[bytes]:
        """The values of each line of that name, which is in lower case."""
        return [value for each, value in self.fields if each == name]

    @property
    def closes(self) -> bool:
        """Whether it says that no other follows it on its connection."""
        return b"close" in [word.strip(b" \t").lower() for word in b",".join(self.values("connection")).split(b",")]


class RequestsSoFar:
    """The whole requests that a server has received on a connection, read on each time from where they ended."""

    def __init__(self) -> None:
        self._found: list[HttpRequest] = []
        #: The bytes that they have, and so where the next one begins.
        self.size = 0

    def read(self, data: bytes | bytearray) -> list[HttpRequest]:
        """All of them. Arguments: `data`, every byte so far. Raises `Mismatch` for bytes that are no request."""
        while self.size < len(data):
            try:
                request = _read(data, self.size)
            except IncompleteError:
                break
            self._found.append(request)
            self.size += request.size
        return list(self._found)


def read_requests(data: bytes | bytearray) -> list[HttpRequest]:
    """The whole requests at the beginning of what a server has received; errors of `RequestsSoFar`."""
    return RequestsSoFar().read(data)


def read_head(data: bytes | bytearray) -> tuple[str, str, int] | None:
    """Of a first request whose head is whole: method, target, and the bytes that the whole of it has at least.

    None while it is not. Raises `Mismatch` for bytes that are none.
    """
    try:
        line, place = read_line(data, 0, "a request line")
        method, target, _ = _words(line)
        fields, place = read_fields(data, place, "a request")
    except IncompleteError:
        return None
    length = _length(fields)
    return method, target, place + (0 if length is None else length)


def expects_continue(data: bytes | bytearray, start: int = 0) -> bool:
    """Whether the head of the request that begins there is whole, and asks for a word before its body is sent."""
    head, end, _ = bytes(data[start : start + _LONGEST_HEAD]).partition(b"\r\n\r\n")
    return bool(end) and b"\r\nexpect: 100-continue" in head.lower()


def _read(data: bytes | bytearray, start: int) -> HttpRequest:
    line, place = read_line(data, start, "a request line")
    method, target, version = _words(line)
    fields, place = read_fields(data, place, "a request")
    framing, body, place = _content(data, place, fields)
    return HttpRequest(method, target, version, tuple(fields), body, framing, place - start)


def _words(line: bytes) -> tuple[str, str, str]:
    match = _REQUEST_LINE.fullmatch(line)
    if match is None:
        raise Mismatch(
            "the first line of a request", "a method, a target and HTTP/1.1, a space between each", repr(line)
        )
    method, target, version = (word.decode("ascii") for word in match.groups())
    return method, target, version


def _content(data: bytes | bytearray, place: int, fields: list[tuple[str, bytes]]) -> tuple[str, bytes, int]:
    codings = [value for name, value in fields if name == "transfer-encoding"]
    length = _length(fields)
    if codings:
        if [value.lower() for value in codings] != [b"chunked"]:
            raise Mismatch("Transfer-Encoding of a request", "chunked", repr(codings))
        body, place = read_chunks(data, place, "a request")
        return BY_CHUNKS, body, place
    if length is None:
        return BY_NATURE, b"", place
    end = place + length
    if len(data) < end:
        raise IncompleteError
    return BY_LENGTH, bytes(data[place:end]), end


# What Content-Length says; None without one.
def _length(fields: list[tuple[str, bytes]]) -> int | None:
    lengths, _ = framing_fields(fields, "a request")
    return int(lengths[0]) if lengths else None
