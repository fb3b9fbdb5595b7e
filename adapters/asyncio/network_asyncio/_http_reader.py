"""Reading the requests of one connection with httptools, as their bytes come. No socket, no callback of the host.

How the parser is fed, and why by so little at a time, is told in `_http_message`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ._http_message import LINE_END, Reader, httptools
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


class RequestReader(Reader):
    """The requests of one connection: give it bytes by `feed`, and ask it by `step`. Argument: the server's limits."""

    def __init__(self, limits: HttpLimits) -> None:
        super().__init__(limits)
        self._limits = limits
        # Bytes of empty lines before the request.
        self._skipped = 0
        self._start()

    def _start(self) -> None:
        self._begin_message()
        self._line: RequestLine | None = None
        # Of the head: bytes, lines, and which of them are fields Upgrade.
        self._head = self._lines = 0
        self._upgrades: list[int] = []
        self._keeps = False
        #: Whether the client waits for 100 before it sends its body.
        self.expecting = False

    def forget(self) -> None:
        """Drop what was not read; there will be no more."""
        self._held.clear()
        self._start()

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
        if not line.endswith(LINE_END):
            raise RejectedError(400, "a line that ends in LF alone")
        if self._line is None:
            self._take_first_line(line)
        elif line == LINE_END:
            self._end_head(len(self._held) > len(line))
        else:
            self._take_field(line)
        self._drop(len(line))
        return True

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
        if line == LINE_END:
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
        self._parse(LINE_END)
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
        if not self._read_piece():
            return False
        self.expecting = False
        return True

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
