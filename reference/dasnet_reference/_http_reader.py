"""Reading the requests of one connection, as they come, through h11. Touches bytes alone: no socket, no callback.

The head is looked at line by line as it arrives, so that its limits hold before it is whole; then h11 reads it, and the
body after it, a piece at a time, so that a tick can stop anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ._http_library import h11
from ._http_rules import (
    Field,
    RejectedError,
    authority_of,
    check_chunk_line,
    check_field,
    check_fields,
    check_request_line,
    expectation,
)

if TYPE_CHECKING:
    from ._http_limits import HttpLimits

#: What h11 is given of a body at a time.
_PIECE: Final = 64 * 1024
#: Of a chunk's line, or of a trailer.
_LONGEST_CHUNK_LINE: Final = 16 * 1024


@dataclass(slots=True)
class Request:
    """One whole request. `headers` are names in lower case and values, `answering` is what its answer is made with."""

    method: str
    target: str
    version: str
    headers: list[Field]
    body: bytes
    answering: Any


class RequestReader:
    """The requests of one connection: give it bytes by `feed`, and ask it by `step`.

    Arguments: `limits`, those of the server.
    """

    __slots__ = (
        "_body",
        "_chunk_left",
        "_chunked",
        "_connection",
        "_fields",
        "_input",
        "_limits",
        "_line",
        "_old",
        "_request",
        "_scanned",
        "_skipped",
        "expecting",
    )

    def __init__(self, limits: HttpLimits) -> None:
        self._limits = limits
        self._input = bytearray()
        # Empty lines before the request, in bytes.
        self._skipped = 0
        self._start()

    def _start(self) -> None:
        # Of the head: where the line under way begins, how far it was searched for its end, and what was read.
        self._line = self._scanned = 0
        self._request: tuple[bytes, bytes] | None = None
        self._old = self._chunked = False
        self._fields: list[Field] = []
        # Of the body. Of a chunk that many bytes are to come, its line end among them; None behind the last chunk.
        self._chunk_left: int | None = 0
        self._connection: Any = None
        self._body = bytearray()
        #: Whether the client waits for 100 before it sends its body.
        self.expecting = False

    def feed(self, data: bytes) -> None:
        """Take what has arrived."""
        self._input += data

    @property
    def waiting(self) -> int:
        """Bytes that have arrived and were not read yet."""
        return len(self._input)

    @property
    def begun(self) -> bool:
        """Whether a part of a request is there."""
        return bool(self._input or self._connection)

    @property
    def is_head(self) -> bool:
        """Whether the request under way is a HEAD, as far as is known."""
        return self._request[0] == b"HEAD" if self._request else self._input.startswith(b"HEAD ")

    def step(self) -> Request | bool:
        """Go on by one step: a line of the head, or a piece of the body.

        Returns the request when it is whole, else whether there is more to be done now. Raises `RejectedError`.
        """
        return self._read_line() if self._connection is None else self._read_body()

    # --- the head

    def _read_line(self) -> bool:
        end = self._input.find(b"\n", self._scanned)
        self._check_size(len(self._input) if end < 0 else end + 1)
        if end < 0:
            self._scanned = len(self._input)
            return False
        end += 1
        line = bytes(self._input[self._line : end])
        if line[-2:] != b"\r\n":
            raise RejectedError(400, "a line that ends in LF alone")
        self._scanned = end
        if len(line) > 2:
            self._line = end
            self._take(line[:-2])
        elif self._request is not None:
            self._end_head(end)
        else:
            # Empty lines before a request are skipped, but not for ever.
            self._skipped += len(line)
            if self._skipped > self._limits.largest_head:
                raise RejectedError(400, "empty lines without end")
            del self._input[:end]
            self._scanned = 0
        return True

    def _check_size(self, size: int) -> None:
        limits = self._limits
        if self._request is None:
            if size - self._line > limits.longest_request_line:
                # RFC 9112, section 3: a method that is longer than any is 501, a target 414.
                long_method = b" " not in self._input[: limits.longest_request_line]
                raise RejectedError(501 if long_method else 414, "a request line that is too long")
        elif size > limits.largest_head:
            raise RejectedError(431, "a head that is too large")

    def _take(self, line: bytes) -> None:
        if self._request is None:
            method, target, self._old = check_request_line(line)
            self._request = (method, target)
        else:
            if len(self._fields) >= self._limits.most_fields:
                raise RejectedError(431, "too many fields")
            self._fields.append(check_field(line))

    def _end_head(self, end: int) -> None:
        length = check_fields(self._fields, self._old, self._limits.largest_body)
        expecting = expectation(self._fields, self._old)
        self._chunked = length is None
        self._connection = h11.Connection(h11.SERVER, max_incomplete_event_size=_LONGEST_CHUNK_LINE)
        # A body that is on its way needs no word.
        self.expecting = expecting and len(self._input) == end and length != 0
        # What is there of a measured body goes along, which saves a step.
        end += min(length or 0, _PIECE, len(self._input) - end)
        self._connection.receive_data(bytes(self._input[:end]))
        del self._input[:end]
        self._next()
        self._skipped = 0

    # --- the body

    def _read_body(self) -> Request | bool:
        event = self._next()
        if event is h11.NEED_DATA:
            size = self._next_piece()
            if size:
                self._connection.receive_data(bytes(self._input[:size]))
                del self._input[:size]
                self.expecting = False
            return bool(size)
        if isinstance(event, h11.Data):
            self._body += event.data
            return True
        return self._whole()

    # How many bytes h11 is given next, 0 for none. Of chunks their lines by themselves, because h11 takes a blank
    # behind a size, and reads a size of any length before it says how much that is.
    def _next_piece(self) -> int:
        if not self._chunked:
            return min(len(self._input), _PIECE)
        if self._chunk_left is None:
            return min(len(self._input), _PIECE)  # the trailer
        if self._chunk_left:
            size = min(len(self._input), self._chunk_left, _PIECE)
            self._chunk_left -= size
            return size
        end = self._input.find(b"\n", 0, _LONGEST_CHUNK_LINE) + 1
        if not end:
            if len(self._input) >= _LONGEST_CHUNK_LINE:
                raise RejectedError(400, "the line of a chunk that is too long")
            return 0
        chunk = check_chunk_line(bytes(self._input[:end]))
        if len(self._body) + chunk > self._limits.largest_body:
            raise RejectedError(413, "a body that is too large")
        self._chunk_left = chunk + 2 if chunk else None
        return end

    def _next(self) -> Any:
        try:
            return self._connection.next_event()
        except h11.RemoteProtocolError as error:
            raise RejectedError(error.error_status_hint, str(error)) from None

    def _whole(self) -> Request:
        assert self._request is not None
        # What h11 has beyond the request is the beginning of the next one.
        trailing = self._connection.trailing_data[0]
        if trailing:
            self._input[:0] = trailing
        method, target = self._request
        host = authority_of(target)
        if host is not None:
            # The host of an absolute target goes before the field.
            self._fields = [(name, host if name == b"host" else value) for name, value in self._fields]
        request = Request(
            method.decode("ascii"),
            target.decode("ascii"),
            "HTTP/1.0" if self._old else "HTTP/1.1",
            self._fields,
            bytes(self._body),
            self._connection,
        )
        self._start()
        return request
