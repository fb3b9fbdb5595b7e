"""Reading the response to one request, as it comes, through h11. Touches bytes alone: no socket, no callback."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._http_library import h11

if TYPE_CHECKING:
    from ._http_limits import HttpClientLimits
    from ._http_request import Exchange


class FailedError(Exception):
    """There will be no response: a sentence for people, and the system's error number."""

    def __init__(self, why: str, code: int) -> None:
        super().__init__(why)
        self.why = why
        self.code = code


@dataclass(slots=True)
class Response:
    """One whole response. `headers` are names in lower case and values."""

    status: int
    reason: str
    headers: list[tuple[bytes, bytes]]
    body: bytes


class ResponseReader:
    """The response to one request: give it bytes by `feed`, and ask it by `step`.

    Arguments: `exchange`, the request, whose bytes are in `request`; `limits`, those of the client.
    """

    __slots__ = ("_body", "_connection", "_head", "_limits", "_method", "begun", "ended", "request")

    def __init__(self, exchange: Exchange, limits: HttpClientLimits) -> None:
        self._limits = limits
        self._method: bytes = exchange.head.method
        self._connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=limits.largest_head)
        events = [exchange.head, h11.EndOfMessage()]
        if exchange.body:
            events.insert(1, h11.Data(data=exchange.body))
        #: The request as it goes out.
        self.request = b"".join(filter(None, map(self._connection.send, events)))
        self._head: Any = None
        self._body = bytearray()
        #: Whether a byte has come, and whether no more will.
        self.begun = False
        self.ended = False

    def feed(self, data: bytes) -> None:
        """Take what has arrived; nothing is the end."""
        if not self.ended:
            self._connection.receive_data(data)
        self.begun = self.begun or bool(data)
        self.ended = self.ended or not data

    @property
    def goes_on(self) -> bool:
        """Whether another request may follow on this connection, once the response is whole."""
        connection = self._connection
        done = connection.our_state is h11.DONE and connection.their_state is h11.DONE
        return done and not self.ended and not connection.trailing_data[0]

    def step(self) -> Response | bool:
        """Go on by one step: a head, or a piece of the body.

        Returns the response when it is whole, else whether there is more to be done now. Raises `FailedError`.
        """
        try:
            event = self._connection.next_event()
        except h11.RemoteProtocolError as error:
            if self.ended and not self.begun:
                raise FailedError("the server left without a response", errno.ECONNRESET) from None
            raise FailedError(f"the response is broken: {error}", errno.EPROTO) from None
        if event is h11.NEED_DATA:
            if self.ended:
                raise FailedError("the server left in the middle of its response", errno.ECONNRESET)
            return False
        if isinstance(event, h11.Data):
            self._body += event.data
            self._check_size(len(self._body))
            return True
        if isinstance(event, h11.EndOfMessage):
            head = self._head
            return Response(head.status_code, head.reason.decode("latin-1"), list(head.headers), bytes(self._body))
        if isinstance(event, h11.ConnectionClosed):
            raise FailedError("the server left without a response", errno.ECONNRESET)
        self._take(event)
        return True

    # A head. Clause: RFC 9112, sections 2.3, 4 and 6.3; RFC 9110, section 15.2
    def _take(self, head: Any) -> None:
        if not head.http_version.startswith(b"1."):
            raise FailedError(f"version {head.http_version.decode()} of HTTP", errno.EPROTO)
        if sum(len(name) + len(value) + 4 for name, value in head.headers) > self._limits.largest_head:
            raise FailedError("a head that is too large", errno.EMSGSIZE)
        if isinstance(head, h11.InformationalResponse):
            # Any number of them, but for the one that nobody asked for.
            if head.status_code == 101:
                raise FailedError("another protocol, which nobody asked for", errno.EPROTO)
            return
        self._head = head
        # An answer to HEAD, 204 and 304 may tell of a body that is not there.
        if self._method != b"HEAD" and head.status_code not in (204, 304):
            lengths = [value for name, value in head.headers if name == b"content-length"]
            if lengths and any(name == b"transfer-encoding" for name, _ in head.headers):
                raise FailedError("Transfer-Encoding beside Content-Length", errno.EPROTO)
            if lengths:
                self._check_size(int(lengths[0]))

    def _check_size(self, size: int) -> None:
        if size > self._limits.largest_body:
            raise FailedError("a body that is too large", errno.EMSGSIZE)
