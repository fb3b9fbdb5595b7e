"""Reading the answers of an HTTP server under test: strict, by hand, and with no library that would forgive.

RFC 9112, sections 4 to 7. It reads bytes and says what is in them; whether that is allowed is for the checks. It does
no input or output.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .expect import Mismatch
from .message_reader import IncompleteError, framing_fields, read_chunks, read_fields, read_line

_STATUS_LINE: Final = re.compile(rb"(HTTP/\d\.\d) (\d{3}) ([\t\x20-\x7e\x80-\xff]*)")

#: How an answer told where it ends.
BY_NATURE: Final = "nothing to follow"
BY_LENGTH: Final = "Content-Length"
BY_CHUNKS: Final = "chunks"
BY_END: Final = "the end of the connection"


@dataclass(frozen=True)
class HttpAnswer:
    """One whole answer.

    `fields` are names in lower case and values, in the order in which they came; `framing` is one of `BY_NATURE`,
    `BY_LENGTH`, `BY_CHUNKS` and `BY_END`; `size` is the number of bytes that the answer took on the connection.
    """

    version: str
    status: int
    reason: bytes
    fields: tuple[tuple[str, bytes], ...]
    body: bytes
    framing: str
    size: int

    def values(self, name: str) -> list[bytes]:
        """The values of each line of that name, which is in lower case."""
        return [value for each, value in self.fields if each == name]

    def words(self, name: str) -> list[bytes]:
        """The members of a field that is a list, in lower case."""
        members = b",".join(self.values(name)).split(b",")
        return [member.strip(b" \t").lower() for member in members if member.strip(b" \t")]

    @property
    def closes(self) -> bool:
        """Whether the answer says that nothing follows it on its connection."""
        return self.framing == BY_END or b"close" in self.words("connection")

    @property
    def interim(self) -> bool:
        """Whether it is of the class 1xx, and another answer follows."""
        return 100 <= self.status < 200


class AnswersSoFar:
    """The whole answers that a client has, read on each time from where they ended.

    Arguments: `methods`, those of the requests in order (GET where none is named): an answer to HEAD has no content;
    `lenient`, whether bytes behind a final answer that are none end the reading, where they are an error otherwise.
    """

    def __init__(self, methods: Sequence[str] = (), *, lenient: bool = False) -> None:
        self.methods = tuple(methods)
        self.lenient = lenient
        self._found: list[HttpAnswer] = []
        self._final = self._size = 0

    def read(self, data: bytes | bytearray, *, ended: bool) -> list[HttpAnswer]:
        """All of them.

        Arguments: `data`, every byte so far; `ended`, whether the connection has ended, which ends an answer that says
        nothing of its length. Raises `Mismatch` for bytes that are no answer.
        """
        while self._size < len(data):
            method = self.methods[self._final] if self._final < len(self.methods) else "GET"
            try:
                answer = _read(data, self._size, method, ended)
            except IncompleteError:
                break
            except Mismatch:
                if self.lenient and self._final:
                    break
                raise
            self._found.append(answer)
            self._size += answer.size
            self._final += not answer.interim
        return list(self._found)


def read_answers(data: bytes | bytearray, methods: Sequence[str] = (), *, ended: bool) -> list[HttpAnswer]:
    """The whole answers at the beginning of what a client has received; arguments and errors of `AnswersSoFar`."""
    return AnswersSoFar(methods).read(data, ended=ended)


def rest_of(data: bytes | bytearray, answers: Sequence[HttpAnswer]) -> bytes:
    """What follows the answers: the beginning of another, or nothing."""
    return bytes(data[sum(answer.size for answer in answers) :])


# Nothing of it is copied but what is read: it is read again and again while much is on its way.
def _read(data: bytes | bytearray, start: int, method: str, ended: bool) -> HttpAnswer:
    line, place = read_line(data, start, "a status line")
    match = _STATUS_LINE.fullmatch(line)
    if match is None:
        raise Mismatch("the first line of an answer", "a status line: HTTP/1.1, three digits, a reason", repr(line))
    fields, place = read_fields(data, place, "an answer")
    status = int(match[2])
    framing, body, place = _content(data, place, status, method, fields, ended)
    return HttpAnswer(match[1].decode("ascii"), status, match[3], tuple(fields), body, framing, place - start)


def _content(
    data: bytes | bytearray, place: int, status: int, method: str, fields: list[tuple[str, bytes]], ended: bool
) -> tuple[str, bytes, int]:
    lengths, codings = framing_fields(fields, "an answer")
    if method == "HEAD" or status < 200 or status in (204, 304):
        return BY_NATURE, b"", place
    if codings:
        if [value.lower() for value in codings] != [b"chunked"]:
            raise Mismatch("Transfer-Encoding of an answer", "chunked", repr(codings))
        body, place = read_chunks(data, place, "an answer")
        return BY_CHUNKS, body, place
    if lengths:
        end = place + int(lengths[0])
        if len(data) < end:
            raise IncompleteError
        return BY_LENGTH, bytes(data[place:end]), end
    if not ended:
        raise IncompleteError
    return BY_END, bytes(data[place:]), len(data)
