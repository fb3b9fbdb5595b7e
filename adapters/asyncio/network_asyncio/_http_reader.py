"""Reading the requests of one connection with httptools, as their bytes come. No socket, no callback of the host.

Theory of operation. httptools (llhttp) goes through all that it is given, calls back for whatever is in it, and cannot
be stopped. So it is given little: of a head and of chunks up to the next line end, of a body with a length no more than
is missing. A request in chunks ends with a line; so nothing that is given reaches beyond the end of its request, and a
tick can stop between any two pieces. Each request has a parser of its own: what one leaves in it, no other can meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ._http_rules import (
    Field,
    RejectedError,
    RequestLine,
    check_hosts,
    check_request_line,
    expects_continue,
    host_of,
    length_of,
    says_close,
)

if TYPE_CHECKING:
    from ._http_limits import HttpLimits

httptools: Any
try:
    import httptools
except ImportError:  # Server and Client do without
    httptools = None
#: Why there is no `HttpServer`, empty if there is one.
MISSING: Final = (
    ""
    if hasattr(getattr(httptools, "HttpRequestParser", None), "set_dangerous_leniencies")
    else "HttpServer stands on httptools 0.6.4 or later, which is not installed: pip install 'httptools>=0.6.4'"
)

#: The most bytes of a body that the parser is given at a time.
_PIECE: Final = 64 << 10
#: Bytes that the framing of one chunk may take before it counts as an extension: sizes with leading zeros, line ends.
_FRAMING: Final = 32
_LINE_END: Final = b"\r\n"
_UPGRADE: Final = b"upgrade:"


@dataclass(slots=True)
class Request:
    """A whole request: what `on_request` is given, and whether its connection goes on behind the answer."""

    method: str
    target: str
    version: str
    headers: list[Field]
    body: bytes
    keeps: bool


class _Message:
    """What httptools calls back into: one request, as far as it has been read. Argument: the longest body, in bytes."""

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


class RequestReader:
    """The requests of one connection: give it bytes by `feed`, and ask it by `step`. Argument: the server's limits."""

    def __init__(self, limits: HttpLimits) -> None:
        self._limits = limits
        self._held = bytearray()
        # Bytes of empty lines before the request.
        self._skipped = 0
        self._start()

    def _start(self) -> None:
        # How far the bytes that are held were searched for a line end.
        self._scanned = 0
        self._line: RequestLine | None = None
        self._parser: Any = None
        self._message = _Message(self._limits.largest_body)
        # Of the head: bytes, lines, and which of them are fields Upgrade.
        self._head = self._lines = 0
        self._upgrades: list[int] = []
        # Of the body: its length, None for chunks, and the bytes of chunks that are not data.
        self._length: int | None = None
        self._overhead = 0
        self._keeps = False
        #: Whether the client waits for 100 before it sends its body.
        self.expecting = False

    def feed(self, data: bytes | memoryview) -> None:
        """Take what has arrived."""
        self._held += data

    def forget(self) -> None:
        """Drop what was not read; there will be no more."""
        self._held.clear()
        self._start()

    @property
    def waiting(self) -> int:
        """Bytes that have arrived and were not read yet."""
        return len(self._held)

    @property
    def begun(self) -> bool:
        """Whether a part of a request is there."""
        return bool(self._held or self._line)

    @property
    def is_head(self) -> bool:
        """Whether the request under way is a HEAD, as far as is known."""
        return self._line.method == b"HEAD" if self._line else self._held.startswith(b"HEAD ")

    def step(self) -> Request | bool:
        """Go on by one step: a line, or a piece of the body.

        Returns the request when it is whole, else whether something was done. Raises `RejectedError`, after which
        nothing more can be read here.
        """
        return self._read_body() if self._message.headed else self._read_line()

    # --- the head

    # Lines are given to the parser whole: httptools joins names and values that it gets in parts, and an empty value
    # that is cut off from its name would be none at all.
    def _read_line(self) -> bool:
        line = self._next_line()
        self._check_size(len(line) or len(self._held))
        if not line:
            return False
        if not line.endswith(_LINE_END):
            raise RejectedError(400, "a line that ends in LF alone")
        if self._line is None:
            self._take_first_line(line)
        elif line == _LINE_END:
            self._end_head(len(self._held) > len(line))
        else:
            self._take_field(line)
        self._drop(len(line))
        return True

    # The next line with its end, empty if that has not come.
    def _next_line(self) -> bytes:
        end = self._held.find(b"\n", self._scanned) + 1
        self._scanned = len(self._held)
        return bytes(self._held[:end])

    def _drop(self, count: int) -> None:
        del self._held[:count]
        self._scanned = 0

    def _check_size(self, size: int) -> None:
        limits = self._limits
        if self._line is None:
            if size > limits.longest_request_line:
                # RFC 9112, section 3: a method that is longer than any is answered 501, a target 414.
                long_method = b" " not in self._held[: limits.longest_request_line]
                raise RejectedError(501 if long_method else 414, "a request line that is too long")
        elif self._head + size > limits.largest_head:
            raise RejectedError(431, "a head that is too large")

    def _take_first_line(self, line: bytes) -> None:
        if line == _LINE_END:
            # Empty lines before a request are skipped (RFC 9112, section 2.2), but not for ever.
            self._skipped += len(line)
            if self._skipped > self._limits.largest_head:
                raise RejectedError(400, "empty lines without end")
            return
        self._line = check_request_line(line)
        self._head = len(line)
        self._parser = httptools.HttpRequestParser(self._message)
        # By itself it stops at HTTP/1.2, which is to be served as 1.1 (RFC 9110, section 2.5). Which versions are let
        # through was looked at just now, more strictly than the parser would.
        self._parser.set_dangerous_leniencies(lenient_version=True)
        self._parse(line)

    def _take_field(self, line: bytes) -> None:
        self._head += len(line)
        if self._lines >= self._limits.most_fields:
            raise RejectedError(431, "too many fields")
        if line[: len(_UPGRADE)].lower() == _UPGRADE:
            # httptools leaves the body of a request that has Upgrade to the other protocol. Here there is none: Upgrade
            # is ignored (RFC 9110, section 7.8), and what would be taken for requests is the body. So the parser
            # gets the field under another name.
            self._upgrades.append(self._lines)
            line = b"x" + line
        self._lines += 1
        self._parse(line)

    def _end_head(self, more: bool) -> None:
        line, message, limits = self._line, self._message, self._limits
        assert line is not None
        self._parse(_LINE_END)
        if not message.headed or len(message.fields) != self._lines:
            raise RejectedError(400, "a head that is read in more ways than one")
        for place in self._upgrades:
            name, value = message.fields[place]
            message.fields[place] = name[1:], value
        check_hosts(message.fields, line.old)
        self._length = length_of(message.fields, line.old, limits.largest_body)
        self._keeps = self._parser.should_keep_alive() and not says_close(message.fields)
        # A body that is on its way needs no word.
        self.expecting = expects_continue(message.fields, line.old) and self._length != 0 and not more
        self._skipped = 0

    # --- the body

    def _read_body(self) -> Request | bool:
        if self._message.complete:
            return self._whole()
        piece = self._next_of_chunks() if self._length is None else self._next_of_measured(self._length)
        if not piece:
            return False
        self.expecting = False
        self._drop(len(piece))
        before, chunks = len(self._message.body), self._message.chunks
        self._parse(piece)
        if self._message.too_large:
            raise RejectedError(413, "a body that is too large")
        if self._length is None:
            allowed = _FRAMING * (self._message.chunks - chunks)
            self._overhead = max(0, self._overhead + len(piece) - (len(self._message.body) - before) - allowed)
            if self._overhead > self._limits.largest_head:
                raise RejectedError(431, "extensions of chunks, or a trailer, that are too large")
        return True

    def _next_of_measured(self, length: int) -> bytes:
        return bytes(self._held[: min(length - len(self._message.body), _PIECE)])

    # Of data as much as there is, of lines whole ones; but never beyond a line end, which may be that of the request.
    def _next_of_chunks(self) -> bytes:
        if self._message.in_data:
            end = self._held.find(b"\n", 0, _PIECE) + 1
            return bytes(self._held[: end or _PIECE])
        line = self._next_line()
        if len(line or self._held) > self._limits.largest_head + _FRAMING:
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
            raise RejectedError(400, "a request that is read in more ways than one")

    def _whole(self) -> Request:
        line, message = self._line, self._message
        assert line is not None
        if self._length is not None and len(message.body) != self._length:
            raise RejectedError(400, "a body that is read in more ways than one")
        host = host_of(line.target)
        if host is not None:
            # The host of a target in absolute form goes before the field (RFC 9112, section 3.2.2).
            message.fields = [(name, host if name.lower() == b"host" else value) for name, value in message.fields]
        request = Request(
            line.method.decode("ascii"),
            line.target.decode("ascii"),
            line.version,
            message.fields,
            bytes(message.body),
            self._keeps,
        )
        self._start()
        return request
