"""What the sound HTTP client makes of the bytes of an answer: each decision about them is a method of its own.

The sections named are those of RFC 9112, but where another is said. Nothing here reads or waits; imports nothing of
ours but the data beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from .sound_http_request import TOKEN, listed

_VERSION: Final = re.compile(rb"HTTP/([0-9])\.([0-9])")
_HEX: Final = re.compile(rb"[0-9A-Fa-f]+")


class BrokenError(Exception):
    """There will be no response: a sentence, and a number other than 0."""

    def __init__(self, why: str, code: int = 71) -> None:
        super().__init__(why)
        self.why = why
        self.code = code


@dataclass(frozen=True)
class ClientLimits:
    """What one answer may cost, in bytes, and how long it may take, in ticks."""

    head: int = 65_536
    body: int = 64 << 20
    stall: int | None = None
    deadline: int | None = None


@dataclass
class Head:
    """The head of an answer, as far as it has been read."""

    status: int = 0
    reason: bytes = b""
    minor: int = 1
    fields: list[tuple[bytes, bytes]] = field(default_factory=list)

    def values(self, name: bytes) -> list[bytes]:
        """The values of all fields of a name, which matches without case."""
        return [value for each, value in self.fields if each.lower() == name]


class HttpResponse:
    """Reads one answer: give it bytes by `feed`, and tell it the end by `end`. Both raise `BrokenError`.

    Arguments: `method`, of the request.
    """

    #: What ends a line; a reader may wait for CR LF, which is what a sender writes.
    line_end: bytes = b"\n"

    def __init__(self, method: bytes, limits: ClientLimits) -> None:
        self.method = method
        self.limits = limits
        self.buffer = bytearray()
        self.body = bytearray()
        self.head = Head()
        #: What is read next: line, field, length, size, data, data-end, trailer, end; "done" when it is whole.
        self.state = "line"
        self.left = 0
        self.head_size = 0
        self.begun = False

    @property
    def done(self) -> bool:
        """Whether the answer is whole."""
        return self.state == "done"

    def feed(self, data: bytes) -> None:
        """Take bytes, and read as far as they go."""
        self.begun = self.begun or bool(data)
        self.buffer += data
        while self.state != "done" and self.step():
            pass

    def end(self) -> None:
        """The connection has ended."""
        if self.state == "end":
            self.state = "done"
        elif self.state != "done":
            self.cut()

    def cut(self) -> None:
        """An answer that ends too early is none (8)."""
        raise BrokenError("the connection ended within the answer")

    def step(self) -> bool:
        """Read the next part; whether it was there."""
        if self.state in ("line", "field", "size", "trailer"):
            line = self.take_line()
            if line is None:
                return False
            self.read_line(line)
            return True
        if self.state == "data-end":
            return self.read_data_end()
        return self.read_data()

    def take_line(self) -> bytes | None:
        """The next line without its end, which may be a lone LF (2.2)."""
        place = self.buffer.find(self.line_end)
        size = place + len(self.line_end) if place >= 0 else len(self.buffer)
        self.check_head_size(self.head_size + size)
        if place < 0:
            return None
        line = bytes(self.buffer[:place])
        del self.buffer[:size]
        self.head_size += size
        return self.without_cr(line)

    def without_cr(self, line: bytes) -> bytes:
        """A line without the CR at its end; a CR within is none of a line."""
        return line.removesuffix(b"\r")

    def check_head_size(self, size: int) -> None:
        """The limit of a head, of a chunk's line, and of a trailer."""
        if size > self.limits.head:
            raise BrokenError("the head is too large")

    def read_line(self, line: bytes) -> None:
        """A line, by what is read next."""
        if self.state == "line":
            self.read_status_line(line)
            self.state = "field"
        elif self.state == "size":
            self.head_size = 0
            self.read_size(line)
        elif line:
            self.read_field(line)
        elif self.state == "field":
            self.head_is_whole()
        else:
            self.state = "done"

    # The status line (4)

    def read_status_line(self, line: bytes) -> None:
        """Version, status, and a reason that may be missing."""
        words = line.split(b" ", 2)
        if len(words) < 2:
            raise BrokenError("no status line")
        self.head.minor = self.minor_of(words[0])
        self.head.status = self.status_of(words[1])
        self.head.reason = self.reason_of(words)

    def minor_of(self, word: bytes) -> int:
        """The minor version to go by (2.3; RFC 9110, 2.5)."""
        found = _VERSION.fullmatch(word)
        if found is None:
            raise BrokenError("no version of HTTP")
        if found[1] != b"1":
            return self.other_major(word)
        return min(int(found[2]), 1)

    def other_major(self, word: bytes) -> int:
        """What to do with another protocol."""
        raise BrokenError(f"the version is {word!r}")

    def status_of(self, word: bytes) -> int:
        """Three digits."""
        if re.fullmatch(rb"[0-9]{3}", word) is None:
            raise BrokenError("no status")
        return int(word)

    def reason_of(self, words: list[bytes]) -> bytes:
        """What stands behind the status; a lone CR is none of it, and counts as a space (2.2)."""
        return words[2].replace(b"\r", b" ") if len(words) > 2 else b""

    # Fields (5)

    def read_field(self, line: bytes) -> None:
        """One line of the fields, or of the trailer."""
        if line.startswith((b" ", b"\t")):
            self.folded(line)
            return
        name, value = self.split_field(line)
        if self.state == "trailer":
            self.read_trailer(name, value)
        else:
            self.head.fields.append((name, value))

    def folded(self, line: bytes) -> None:
        """A value that goes on: the break is a space (5.2), which is none of the value where nothing is before it."""
        if self.state == "trailer":
            return
        if not self.head.fields:
            raise BrokenError("a folded line without a field")
        name, value = self.head.fields[-1]
        self.head.fields[-1] = (name, (value + b" " + line.strip(b" \t")).strip(b" "))

    def split_field(self, line: bytes) -> tuple[bytes, bytes]:
        """Name and value, the white space around the value left out (5.1)."""
        name, colon, value = line.partition(b":")
        if not colon or not name or not all(byte in TOKEN for byte in name):
            raise BrokenError("a line that is no field")
        value = self.trim(value)
        self.check_value(value)
        return name, value

    def trim(self, value: bytes) -> bytes:
        """The value without the white space around it."""
        return value.strip(b" \t")

    def check_value(self, value: bytes) -> None:
        """No control characters but the tab (RFC 9110, 5.5)."""
        if any((byte < 0x20 and byte != 0x09) or byte == 0x7F for byte in value):
            raise BrokenError("a field has control characters")

    def read_trailer(self, name: bytes, value: bytes) -> None:
        """A trailer field changes nothing: it is read, and let go of (7.1.2)."""

    # The body (6)

    def head_is_whole(self) -> None:
        """What the head says of what follows."""
        if 100 <= self.head.status < 200:
            self.interim()
        elif self.has_no_content():
            self.state = "done"
        else:
            self.read_framing()

    def interim(self) -> None:
        """Another answer follows (RFC 9110, 15.2)."""
        if self.head.status == 101:
            self.switched()
        self.head, self.state, self.head_size = Head(), "line", 0

    def switched(self) -> None:
        """What to do with a protocol that nobody asked for."""
        raise BrokenError("another protocol, which nobody asked for")

    def has_no_content(self) -> bool:
        """Whether nothing follows, whatever the fields say (6.3)."""
        return self.method == b"HEAD" or self.head.status in (204, 304)

    def read_framing(self) -> None:
        """How the end of the body is known: chunks, a length, or the end of the connection."""
        codings, lengths = self.head.values(b"transfer-encoding"), self.head.values(b"content-length")
        if codings:
            if lengths:
                self.both()
            self.state = "size" if self.is_chunked(codings) else "end"
        elif lengths:
            self.left = self.length_of(lengths)
            self.check_body(self.left)
            self.state = "length" if self.left else "done"
        else:
            self.state = "end"

    def both(self) -> None:
        """Transfer-Encoding beside Content-Length: somebody was deceived (6.3)."""
        raise BrokenError("Transfer-Encoding beside Content-Length")

    def is_chunked(self, values: list[bytes]) -> bool:
        """Whether the last coding is chunked; what else there is stays in the body (6.1)."""
        return [coding.lower() for coding in listed(values)][-1:] == [b"chunked"]

    def length_of(self, values: list[bytes]) -> int:
        """The one number; equal ones count as one (RFC 9110, 8.6)."""
        numbers = set(listed(values))
        if len(numbers) != 1:
            return self.lengths_differ(values)
        return self.length_number(numbers.pop())

    def lengths_differ(self, values: list[bytes]) -> int:  # noqa: ARG002
        """What to do with several numbers, or none."""
        raise BrokenError("the Content-Length is not one number")

    def length_number(self, value: bytes) -> int:
        """Digits, and nothing but digits."""
        if re.fullmatch(rb"[0-9]+", value) is None:
            raise BrokenError("the Content-Length is no number")
        return int(value[:40])

    def check_body(self, size: int) -> None:
        """The limit of a body."""
        if size > self.limits.body:
            raise BrokenError("the body is too large")

    # Chunks (7.1)

    def read_size(self, line: bytes) -> None:
        """The line before a chunk."""
        self.left = self.chunk_number(self.without_extension(line))
        self.check_body(len(self.body) + self.left)
        self.state = "data" if self.left else "trailer"

    def without_extension(self, line: bytes) -> bytes:
        """The digits in front of a semicolon (7.1.1)."""
        digits, semicolon, _ = line.partition(b";")
        return digits.rstrip(b" \t") if semicolon else digits

    def chunk_number(self, digits: bytes) -> int:
        """Hexadecimal digits, and nothing but those."""
        if _HEX.fullmatch(digits) is None:
            raise BrokenError("the size of a chunk is no number")
        return int(digits, 16)

    def read_data_end(self) -> bool:
        """The line end behind a chunk's data; whether it was there."""
        if len(self.buffer) < 2:
            return False
        self.check_data_end(bytes(self.buffer[:2]))
        del self.buffer[:2]
        self.state = "size"
        return True

    def check_data_end(self, end: bytes) -> None:
        """A chunk ends with CR LF, and at the place that its size says."""
        if end != b"\r\n":
            raise BrokenError("a chunk has no end where it should")

    def read_data(self) -> bool:
        """Bytes of the body; whether there were any."""
        count = len(self.buffer) if self.state == "end" else min(self.left, len(self.buffer))
        if not count:
            return False
        self.check_body(len(self.body) + count)
        self.body += self.buffer[:count]
        del self.buffer[:count]
        if self.state != "end":
            self.left -= count
            if not self.left:
                self.state = "data-end" if self.state == "data" else "done"
        return True

    # The connection (9)

    def keeps(self) -> bool:
        """Whether another request may follow, once the answer is whole (9.3)."""
        if self.buffer or self.ends_with_connection():
            return False
        options = [option.lower() for option in listed(self.head.values(b"connection"))]
        return b"close" not in options and (self.head.minor >= 1 or self.old_goes_on(options))

    def old_goes_on(self, options: list[bytes]) -> bool:
        """Whether it does behind an answer of HTTP/1.0: one with a coding was framed by mistake (6.1)."""
        return b"keep-alive" in options and not self.head.values(b"transfer-encoding")

    def ends_with_connection(self) -> bool:
        """Whether its end was that of the connection."""
        if self.has_no_content():
            return False
        codings = self.head.values(b"transfer-encoding")
        return not self.is_chunked(codings) if codings else not self.head.values(b"content-length")
