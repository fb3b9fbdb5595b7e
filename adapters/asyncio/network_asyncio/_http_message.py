"""What the readers of requests and of responses share: the bytes held, and one message that httptools goes through.

Theory of operation. httptools (llhttp) goes through all that it is given, calls back for whatever is in it, and cannot
be stopped. So it is given little: of a head and of chunks up to the next line end, of a body with a length no more than
is missing. A message in chunks ends with a line; so nothing that is given reaches beyond the end of its message, and a
tick can stop between any two pieces. Each message has a parser of its own: what one leaves in it, no other can meet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ._http_rules import Field, RejectedError

if TYPE_CHECKING:
    from ._http_limits import HttpClientLimits, HttpLimits

httptools: Any
try:
    import httptools
except ImportError:  # Server and Client do without
    httptools = None
#: Why there is neither `HttpServer` nor `HttpClient`, empty if there are both.
MISSING: Final = (
    ""
    if hasattr(getattr(httptools, "HttpRequestParser", None), "set_dangerous_leniencies")
    else "HttpServer and HttpClient stand on httptools 0.6.4 or later, "
    "which is not installed: pip install 'httptools>=0.6.4'"
)

#: The most bytes of a body that the parser is given at a time.
PIECE: Final = 64 << 10
#: Bytes that the framing of one chunk may take before it counts as an extension: sizes with leading zeros, line ends.
_FRAMING: Final = 32
#: What a line ends in.
LINE_END: Final = b"\r\n"


class Message:
    """What httptools calls back into: one message, as far as it has been read. Argument: the longest body, in bytes."""

    def __init__(self, largest_body: int) -> None:
        self._largest_body = largest_body
        self.begun = 0
        self.fields: list[Field] = []
        self.headed = self.complete = self.too_large = False
        self.body = bytearray()
        #: Chunks so far, and whether the parser is in the data of one.
        self.chunks = 0
        self.in_data = False

    def on_message_begin(self) -> None:
        self.begun += 1

    def on_header(self, name: bytes, value: bytes) -> None:
        # What comes behind the head is a trailer, which is dropped (RFC 9110, section 6.5.1).
        if not self.headed:
            self.fields.append((name, value.strip(b"\t ")))

    def on_headers_complete(self) -> None:
        self.headed = True

    def on_chunk_header(self) -> None:
        self.chunks += 1
        self.in_data = True

    def on_body(self, part: bytes) -> None:
        if len(self.body) + len(part) > self._largest_body:
            self.too_large = True
        else:
            self.body += part

    def on_chunk_complete(self) -> None:
        self.in_data = False

    def on_message_complete(self) -> None:
        self.complete = True


class Reader:
    """The messages of one connection: give it bytes by `feed`. A derived class reads their heads, by lines.

    Argument: the limits of the server, or of the client.
    """

    def __init__(self, limits: HttpLimits | HttpClientLimits) -> None:
        self._bounds = limits
        self._held = bytearray()
        self._begin_message()

    def _begin_message(self) -> None:
        # How far the bytes that are held were searched for a line end.
        self._scanned = 0
        self._parser: Any = None
        self._message = Message(self._bounds.largest_body)
        # Of the body: its length, None for chunks, and the bytes of chunks that are not data.
        self._length: int | None = None
        self._overhead = 0

    def feed(self, data: bytes | memoryview) -> None:
        """Take what has arrived."""
        self._held += data

    @property
    def waiting(self) -> int:
        """Bytes that have arrived and were not read yet."""
        return len(self._held)

    # The next line with its end, empty if that has not come.
    def _next_line(self) -> bytes:
        end = self._held.find(b"\n", self._scanned) + 1
        self._scanned = len(self._held)
        return bytes(self._held[:end])

    def _drop(self, count: int) -> None:
        del self._held[:count]
        self._scanned = 0

    # Read on in the body, in chunks or with a length. Whether there was a piece of it.
    def _read_piece(self) -> bool:
        piece = self._next_of_chunks() if self._length is None else self._next_of_measured(self._length)
        if not piece:
            return False
        self._drop(len(piece))
        before, chunks = len(self._message.body), self._message.chunks
        self._parse(piece)
        if self._message.too_large:
            raise RejectedError(413, "a body that is too large")
        if self._length is None:
            allowed = _FRAMING * (self._message.chunks - chunks)
            self._overhead = max(0, self._overhead + len(piece) - (len(self._message.body) - before) - allowed)
            if self._overhead > self._bounds.largest_head:
                raise RejectedError(431, "extensions of chunks, or a trailer, that are too large")
        return True

    def _next_of_measured(self, length: int) -> bytes:
        return bytes(self._held[: min(length - len(self._message.body), PIECE)])

    # Of data as much as there is, of lines whole ones; but never beyond a line end, which may be that of the message.
    def _next_of_chunks(self) -> bytes:
        if self._message.in_data:
            end = self._held.find(b"\n", 0, PIECE) + 1
            return bytes(self._held[: end or PIECE])
        line = self._next_line()
        if len(line or self._held) > self._bounds.largest_head + _FRAMING:
            raise RejectedError(431, "an extension of a chunk that is too large")
        return line

    def _parse(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserInvalidMethodError:
            raise RejectedError(501, "a method that is not known") from None
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            raise RejectedError(400, str(error)) from None
        if self._message.begun > 1:
            raise RejectedError(400, "a message that is read in more ways than one")
