"""What the sound HTTP server makes of the framing of a body: each decision is a method of its own.

The sections named are those of RFC 9112. Nothing here reads or waits; imports nothing of ours but the data beside it.
"""

from __future__ import annotations

import re
from typing import Final

from .sound_http_request import Limits, Refused, Request, listed

_HEX: Final = re.compile(rb"[0-9A-Fa-f]+")


class BodyRules:
    """The decisions about Content-Length, Transfer-Encoding, chunks and trailers."""

    #: The most bytes of a chunk's line, and of all chunk extensions of one body (7.1.1).
    CHUNK_LINE = 4_096
    EXTENSIONS = 16_384

    limits: Limits
    #: Bytes of chunk extensions of this body so far.
    extensions = 0

    # The message body's length (6.3)

    def read_framing(self, request: Request) -> None:
        """Whether there is a body, and how its end is known: a Transfer-Encoding, a Content-Length, or neither."""
        codings = request.values(b"transfer-encoding")
        lengths = request.values(b"content-length")
        if codings:
            self.check_transfer_allowed(request)
            if lengths:
                self.both(request)
            request.chunked = self.is_chunked(codings)
        elif lengths:
            request.length = self.length_of(lengths)
            self.check_body(request.length)

    def check_transfer_allowed(self, request: Request) -> None:
        """HTTP/1.0 knows no Transfer-Encoding: its framing is faulty then (6.1)."""
        if request.minor < 1:
            raise Refused(400, "Transfer-Encoding in HTTP/1.0")

    def both(self, request: Request) -> None:  # noqa: ARG002
        """Transfer-Encoding and Content-Length in one head: perhaps an attempt at smuggling (6.1, 6.3)."""
        raise Refused(400, "Transfer-Encoding beside Content-Length")

    # Transfer-Encoding (6.1)

    def is_chunked(self, values: list[bytes]) -> bool:
        """True, or a refusal: the only coding understood is one `chunked`."""
        codings = self.codings_of(values)
        if codings == [b"chunked"]:
            return True
        return self.other_codings(codings)

    def codings_of(self, values: list[bytes]) -> list[bytes]:
        """The codings in their order, in small letters."""
        return [coding.lower() for coding in listed(values)]

    def other_codings(self, codings: list[bytes]) -> bool:
        """What to do with anything else; a known end is not enough, for what it encodes is not understood."""
        if codings[-1:] == [b"chunked"] and codings.count(b"chunked") == 1:
            raise Refused(501, "an unknown transfer coding")
        raise Refused(400, "the body has no known end")

    # Content-Length (6.2)

    def length_of(self, values: list[bytes]) -> int:
        """The one number. Repeats are refused, equal or not (RFC 9110, 8.6)."""
        if len(values) > 1:
            return self.lengths_differ(values)
        return self.length_number(values[0])

    def lengths_differ(self, values: list[bytes]) -> int:  # noqa: ARG002
        """What to do with several Content-Length."""
        raise Refused(400, "more than one Content-Length")

    def length_number(self, value: bytes) -> int:
        """Digits, and nothing but digits."""
        if re.fullmatch(rb"[0-9]+", value) is None:
            raise Refused(400, "the Content-Length is no number")
        if len(value.lstrip(b"0")) > 19:
            raise Refused(413, "the Content-Length is beyond all limits")
        return int(value)

    def check_body(self, size: int) -> None:
        """The limit of a body, before any of it is kept (RFC 9110, 15.5.14)."""
        if size > self.limits.body:
            raise Refused(413, "the body is too large")

    # Chunks (7.1)

    def read_chunk_line(self, line: bytes) -> int:
        """The size of the chunk that follows a line without its end."""
        digits, extension = self.split_chunk_line(line)
        self.count_extension(len(line) - len(digits))
        self.check_extension(extension)
        return self.chunk_number(digits)

    def split_chunk_line(self, line: bytes) -> tuple[bytes, bytes]:
        """The digits, and what stands behind a semicolon; white space before it is bad, but allowed (7.1.1)."""
        digits, semicolon, extension = line.partition(b";")
        return (digits.rstrip(b" \t") if semicolon else digits), extension

    def count_extension(self, size: int) -> None:
        """The limit of all extensions of a body."""
        self.extensions += size
        if self.extensions > self.EXTENSIONS:
            raise Refused(400, "too many chunk extensions")

    def check_extension(self, extension: bytes) -> None:
        """Unknown extensions are passed over, but they hold no control characters."""
        if any((byte < 0x20 and byte != 0x09) or byte == 0x7F for byte in extension):
            raise Refused(400, "a chunk extension has control characters")

    def chunk_number(self, digits: bytes) -> int:
        """Hexadecimal digits, and nothing but those."""
        if _HEX.fullmatch(digits) is None:
            raise Refused(400, "the size of a chunk is no number")
        if len(digits.lstrip(b"0")) > 16:
            raise Refused(413, "the size of a chunk is beyond all limits")
        return int(digits, 16)

    def check_chunk_end(self, end: bytes) -> None:
        """A chunk ends with CR LF, and at the place that its size says."""
        if end != b"\r\n":
            raise Refused(400, "a chunk has no end where it should")

    def read_trailer(self, request: Request, name: bytes, value: bytes) -> None:
        """A trailer field changes nothing: it is read, and let go of (7.1.2)."""
