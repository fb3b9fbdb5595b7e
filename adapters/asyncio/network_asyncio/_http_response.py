"""Reading the response to one request with httptools, as its bytes come. No socket, no callback of the host.

How the parser is fed is told in `_http_message`. Where a response ends is decided here, for it depends on the request,
which the parser does not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ._http_message import LINE_END, PIECE, Reader, httptools
from ._http_rules import Field, RejectedError, StatusLine, check_status_line, goes_on, is_measured, length_of

if TYPE_CHECKING:
    from ._http_limits import HttpClientLimits

#: Responses that have no body, whatever their fields say (RFC 9112, section 6.3).
_BARE: Final = frozenset((204, 304))


@dataclass(frozen=True, slots=True)
class Response:
    """A whole response: what `on_response` is given, and whether its connection may go on behind it."""

    status: int
    reason: str
    headers: list[Field]
    body: bytes
    goes_on: bool


class ResponseReader(Reader):
    """The response to one request: give it bytes by `feed`, and ask it by `step`.

    Arguments: `limits`, the client's; `is_head`, whether the request was a HEAD.
    """

    def __init__(self, limits: HttpClientLimits, is_head: bool) -> None:
        super().__init__(limits)
        self._is_head = is_head
        #: Whether any byte has come.
        self.begun = False
        self._begin_head()

    def _begin_head(self) -> None:
        self._begin_message()
        self._line: StatusLine | None = None
        # Of the head: bytes, lines, and the last line, which the next may go on.
        self._head = self._lines = 0
        self._pending = b""
        # Whether the head is read and there is no body, or one that ends with the connection.
        self._headed = self._bare = self._unmeasured = False

    def feed(self, data: bytes | memoryview) -> None:
        """Take what has arrived."""
        self.begun = True
        super().feed(data)

    def step(self) -> Response | bool:
        """Go on by one step: a line, or a piece of the body.

        Returns the response when it is whole, else whether something was done. Raises `RejectedError`.
        """
        if not self._headed:
            return self._read_line()
        if self._bare or (self._message.complete and not self._unmeasured):
            return self._whole()
        return self._read_rest() if self._unmeasured else self._read_piece()

    def end(self) -> Response:
        """The server has left, and all is read that came: a response that ends with that, else `RejectedError`."""
        if not self._headed or not self._unmeasured:
            raise RejectedError(400, "the server left in the middle of its response")
        return self._whole()

    # --- heads

    def _read_line(self) -> bool:
        line = self._next_line()
        self._head += len(line)
        if self._head + (0 if line else len(self._held)) > self._bounds.largest_head:
            raise RejectedError(431, "a head that is too large")
        if not line:
            return False
        if not line.endswith(LINE_END):
            raise RejectedError(400, "a line that ends in LF alone")
        self._drop(len(line))
        if self._line is None:
            self._take_status_line(line)
        elif line[:1] in b" \t":
            self._unfold(line)
        else:
            self._pass_on()
            if line == LINE_END:
                self._end_head()
            else:
                self._pending = line
        return True

    def _take_status_line(self, line: bytes) -> None:
        self._line = check_status_line(line)
        if self._line.status == 101:
            raise RejectedError(400, "another protocol, which nobody asked for")
        self._bare = self._is_head or self._line.status < 200 or self._line.status in _BARE
        self._parser = httptools.HttpResponseParser(self._message)
        # Which versions are let through was looked at just now: HTTP/1.2 is to be read as 1.1 (RFC 9110, section 2.5).
        self._parser.set_dangerous_leniencies(lenient_version=True)
        self._parse(line)

    # A folded line is one (RFC 9112, section 5.2).
    def _unfold(self, line: bytes) -> None:
        if not self._pending:
            raise RejectedError(400, "a first field that begins with white space")
        self._pending = self._pending.rstrip(b"\r\n\t ") + b" " + line.lstrip(b"\t ")

    # Where there is no body, what the fields say of one belongs to another response; so the parser gets no such field,
    # but all of them under other names.
    def _pass_on(self) -> None:
        line, self._pending = self._pending, b""
        if line:
            self._lines += 1
            self._parse(b"x" + line if self._bare else line)

    def _end_head(self) -> None:
        line, message = self._line, self._message
        assert line is not None
        self._parse(LINE_END)
        if not message.headed or len(message.fields) != self._lines:
            raise RejectedError(400, "a head that is read in more ways than one")
        if line.status < 200:
            # Any number of them goes before a response (RFC 9110, section 15.2).
            self._begin_head()
            return
        self._headed = True
        if self._bare:
            message.fields = [(name[1:], value) for name, value in message.fields]
            if not all(name for name, _ in message.fields):
                raise RejectedError(400, "a field without a name")
        elif is_measured(message.fields):
            self._length = length_of(message.fields, line.old, self._bounds.largest_body)
        else:
            self._unmeasured = True

    # --- the body

    def _read_rest(self) -> bool:
        piece = bytes(self._held[:PIECE])
        self._drop(len(piece))
        self._message.on_body(piece)
        if self._message.too_large:
            raise RejectedError(413, "a body that is too large")
        return bool(piece)

    def _whole(self) -> Response:
        line, message = self._line, self._message
        assert line is not None
        if not self._bare and self._length is not None and len(message.body) != self._length:
            raise RejectedError(400, "a body that is read in more ways than one")
        keeps = not self._unmeasured and not self.waiting and goes_on(message.fields, line.old)
        return Response(line.status, line.reason, message.fields, bytes(message.body), keeps)
