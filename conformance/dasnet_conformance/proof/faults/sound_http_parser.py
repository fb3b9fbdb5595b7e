"""The sound HTTP server's parser: bytes in, requests out, one small step at a time.

What it decides about each line is in `sound_http_head` and `sound_http_body`; here is how lines and bodies are cut out
of the bytes, in whatever pieces these come, and that none of them grows beyond its limit. It may import what is beside
it and nothing else of ours.
"""

from __future__ import annotations

from collections.abc import Callable

from .sound_http_body import BodyRules
from .sound_http_head import HeadRules
from .sound_http_request import Limits, Refused, Request


class HttpParser(HeadRules, BodyRules):
    """One connection's parser. `step` does one step and says whether more can be done with what is there."""

    REQUEST = Request

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.buffer = bytearray()
        self.begin()

    def begin(self) -> None:
        """Be ready for the next request."""
        self.request = self.REQUEST()
        self.complete = False
        self.head_complete = False
        self.extensions = 0
        #: Bytes of the head so far, or of the trailers, and the number of their fields.
        self.head_size = 0
        self.field_count = 0
        #: Bytes that are missing of the body, or of the chunk.
        self.missing = 0
        #: How far the buffer was searched for the end of a line.
        self.searched = 0
        self.state: Callable[[], bool] = self.request_line

    def feed(self, data: bytes) -> None:
        """Put bytes behind those that wait."""
        self.buffer += data

    def step(self) -> bool:
        """Do the next step; false when more bytes are needed for it, or the request is complete. Raises `Refused`."""
        return not self.complete and self.state()

    def begun(self) -> bool:
        """Whether a request has begun, that is, would be cut off by the end of the connection."""
        return bool(self.buffer) or self.state != self.request_line

    def kept(self) -> int:
        """Bytes that wait here, of the request that is being read or behind it."""
        return len(self.buffer) + len(self.request.body)

    # Cutting

    def take(self, size: int) -> bytes:
        """The first bytes of the buffer, out of it."""
        data = bytes(self.buffer[:size])
        del self.buffer[:size]
        self.searched = 0
        self.request.size += size
        return data

    def take_line(self, most: int, too_long: int) -> bytes | None:
        """The next line without its end, None while that is not there.

        Arguments: `most`, the most bytes of it; `too_long`, the status where it has more.
        """
        found = self.buffer.find(b"\n", self.searched)
        end = found if found >= 0 else len(self.buffer)
        self.searched = len(self.buffer)
        # A CR at the end is half of the line's end, or will turn out to be.
        size = end - 1 if end and self.buffer[end - 1] == 0x0D else end
        if size > most:
            self.line_too_long(too_long)
        if found < 0:
            return None
        return self.cut_end(self.take(found + 1))

    def line_too_long(self, status: int) -> None:
        """What to do with a line beyond its limit, its end seen or not."""
        raise Refused(status, "a line is too long")

    def cut_end(self, line: bytes) -> bytes:
        """The line without CR LF; a line that LF alone ends is refused, which is allowed (RFC 9112, 2.2)."""
        if not line.endswith(b"\r\n"):
            return self.bare_line_feed(line)
        return line[:-2]

    def bare_line_feed(self, line: bytes) -> bytes:  # noqa: ARG002
        """What to do with a line that LF alone ends."""
        raise Refused(400, "a line ends without CR")

    # The states, a method each

    def request_line(self) -> bool:
        """The request line, and empty lines before it (RFC 9112, 2.2)."""
        line = self.take_line(min(self.limits.line, self.limits.head), 414)
        if line is None:
            return False
        self.count_head(len(line) + 2)
        if line:
            self.read_request_line(self.request, line)
            self.state = self.field_line
        else:
            self.empty_line_before()
        return True

    def empty_line_before(self) -> None:
        """What to do with an empty line before a request."""

    def field_line(self) -> bool:
        """A line of the fields, or the empty one behind them."""
        line = self.take_line(self.limits.head - self.head_size, 431)
        if line is None:
            return False
        if not line:
            self.end_of_head()
            return True
        self.count_head(len(line) + 2)
        self.count_field()
        self.read_field(self.request, line)
        return True

    def count_head(self, size: int) -> None:
        """The limit of a head (RFC 6585, 5)."""
        self.head_size += size
        if self.head_size > self.limits.head:
            raise Refused(431, "the head is too large")

    def count_field(self) -> None:
        """The limit of the number of fields."""
        self.field_count += 1
        if self.field_count > self.limits.fields:
            raise Refused(431, "there are too many fields")

    def end_of_head(self) -> None:
        """The head is complete: what follows?"""
        self.read_head(self.request)
        self.read_framing(self.request)
        self.head_complete = True
        self.head_size = self.field_count = 0
        if self.request.chunked:
            self.state = self.chunk_line
        elif self.request.length:
            self.missing = self.request.length
            self.state = self.body
        else:
            self.end_of_request()

    def end_of_request(self) -> None:
        """The request is complete, and what follows is the next one's."""
        self.complete = True

    def body(self) -> bool:
        """What is there of a body whose length is known."""
        if self.buffer and self.missing:
            self.take_content()
        if self.missing:
            return False
        self.end_of_request()
        return True

    def take_content(self) -> None:
        """As many bytes of the content as are there and belong to it."""
        data = self.take(min(self.missing, len(self.buffer)))
        self.missing -= len(data)
        self.request.body += data

    def chunk_line(self) -> bool:
        """The line before a chunk."""
        line = self.take_line(self.CHUNK_LINE, 400)
        if line is None:
            return False
        self.missing = self.read_chunk_line(line)
        self.check_body(len(self.request.body) + self.missing)
        self.state = self.chunk if self.missing else self.trailer_line
        return True

    def chunk(self) -> bool:
        """What is there of a chunk."""
        if self.buffer and self.missing:
            self.take_content()
        if self.missing:
            return False
        self.state = self.chunk_end
        return True

    def chunk_end(self) -> bool:
        """The two bytes behind a chunk; that the first is wrong is known before the second is there."""
        if len(self.buffer) < 2:
            if self.buffer:
                self.check_chunk_end(bytes(self.buffer) + b"\n")
            return False
        self.check_chunk_end(self.take(2))
        self.state = self.chunk_line
        return True

    def trailer_line(self) -> bool:
        """A line of the trailers, or the empty one at the very end."""
        line = self.take_line(self.limits.head - self.head_size, 431)
        if line is None:
            return False
        if not line:
            self.end_of_request()
            return True
        self.count_head(len(line) + 2)
        self.count_field()
        if line.startswith((b" ", b"\t")):
            self.folded(self.request, line)
        else:
            self.read_trailer(self.request, *self.split_field(line))
        return True
