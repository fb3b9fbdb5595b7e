"""`HttpClient`, the class to derive from. Every method is a thin call on the layer below; no socket is touched here."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from typing import TYPE_CHECKING, Self, cast

from ._errors import EmptyOrphanError, NoHandleError, OrphanOccupiedError, WrongHandleError
from ._http_client_handle import NetworkHttpClient
from ._http_library import h11
from ._http_limits import HTTP_CLIENT_DEFAULTS, HttpClientLimits

if TYPE_CHECKING:
    from types import TracebackType

    from ._http_answer import FieldLine
    from ._orphan import SharedOrphan


class HttpClient:
    """Requests to one server, driven by `tick`, whose outcomes are heard through the `on_...` methods.

    Arguments: the limits of `HttpClientLimits`; they belong to the handle that is made and travel with it. Raises
    `ValueError` for a limit below 1, and `ImportError` where h11 is not installed: it comes with the extra `http`.

    The usual life is `make_http_client_adapter()`, `init(host, port)`, `request(...)` whenever there is something to
    ask, a `tick()` per frame, `close()`. Nothing blocks, and nothing is called back but inside a tick, unless a call is
    refused. Every request that was accepted has one outcome, `on_response` or `on_failure`.

    Clause: the module's overview (HTTP client, callbacks for responses); RFC 9110, RFC 9112
    """

    _client: NetworkHttpClient | None = None
    _limits: HttpClientLimits = HTTP_CLIENT_DEFAULTS

    def __init__(
        self,
        *,
        stall_ticks: int | None = None,
        deadline_ticks: int | None = None,
        largest_head: int = HTTP_CLIENT_DEFAULTS.largest_head,
        largest_body: int = HTTP_CLIENT_DEFAULTS.largest_body,
    ) -> None:
        if h11 is None:
            raise ImportError("HttpClient needs h11: pip install 'dasnet-conformance[http]', or h11 itself")
        self._client = None
        self._limits = HttpClientLimits(largest_head, largest_body, stall_ticks, deadline_ticks)

    # --- callbacks

    def on_response(
        self, exchange: int, status: int, reason: str, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> None:
        """The final response to a request is whole; redirects are handed over as they are.

        Arguments: `exchange`, the number that `request` gave. `headers`, names in lower case and values, in order.
        """

    def on_failure(self, exchange: int, message: str, code: int) -> None:
        """There will be no response: a sentence for people, and the system's error number, never 0."""

    def on_error(self, message: str, code: int) -> None:
        """A call was refused: a sentence for people, and the system's error number, never 0."""

    def on_log(self, message: str) -> None:
        """Something worth a line in a log happened."""

    # --- life

    def make_http_client_adapter(self) -> None:
        """Make the handle; opens nothing yet. A handle from before is closed."""
        handle = NetworkHttpClient(self._limits)
        handle.bind(self)
        earlier, self._client = self._client, handle
        if earlier is not None:
            earlier.close()

    def init(self, host: str, port: int) -> bool:
        """Ask this server from now on: a name or a literal, and a port from 1 to 65535. Connects to nothing yet.

        Returns True, or False after `on_error`. Raises `NoHandleError` without a handle.
        """
        if self._client is None:
            raise NoHandleError("init on an object without a handle", "make_http_client_adapter")
        return self._client.init(host, port)

    def close(self) -> None:
        """End the connection; `init` may follow. What was accepted fails in the next tick. Calls nothing back."""
        if self._client is not None:
            self._client.finish()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        handle, self._client = self._client, None
        if handle is not None:
            handle.close()

    # --- queries

    def is_open(self) -> bool:
        """Whether `init` told it whom to ask. Changes nothing."""
        return self._client is not None and self._client.is_open

    def is_connected(self) -> bool:
        """Whether there is a connection, in use or kept for the next request. Changes nothing."""
        return self._client is not None and self._client.is_connected

    # --- work

    def tick(self) -> None:
        """Connect, send, read, and call back what came of requests; then return. Call it once per frame.

        A tick does a bounded amount. A tick from inside a callback of the same client does nothing. An exception from a
        callback passes through; what else there was to tell is for the next tick.
        """
        handle = self._client
        if handle is not None:
            handle.tick()

    def request(
        self, method: str | bytes, target: str | bytes, headers: Iterable[FieldLine] = (), body: bytes = b""
    ) -> int:
        """Ask for something. Never blocks, and sends nothing before the next tick.

        Arguments: `target`, a path with or without a query, "" for "/". `headers`, pairs of name and value, bytes or
        text of one byte a character; Host is made where it is not given, Content-Length and Transfer-Encoding always.

        Returns the number of the exchange, from 1 on; or 0 after `on_error`: without a handle, without a server, and
        for what HTTP forbids.
        """
        if self._client is None:
            self.on_error("nothing asked: there is no handle; call make_http_client_adapter() first", errno.ENOTCONN)
            return 0
        return self._client.request(method, target, headers, body)

    def cancel(self, exchange: int) -> bool:
        """Give up a request: its outcome is a failure in the next tick. False when it has had its outcome."""
        return self._client is not None and self._client.cancel(exchange)

    # --- reload

    def save(self, shared_orphan: SharedOrphan) -> None:
        """Move the handle into an empty orphan, with its connection, every request, and what is to be told.

        Raises `NoHandleError` without a handle and `OrphanOccupiedError` for an orphan that holds one.
        """
        handle = self._client
        if handle is None:
            raise NoHandleError("save on an object without a handle", "make_http_client_adapter")
        if shared_orphan.server is not None:
            raise OrphanOccupiedError("save into an orphan that holds a handle")
        handle.disown()
        shared_orphan.server, self._client = handle, None

    def restore(self, shared_orphan: SharedOrphan) -> None:
        """Move the handle out of an orphan into this object, which is called back from now on. Calls nothing back.

        A handle that this object had is closed. Raises `EmptyOrphanError` for an empty orphan, `WrongHandleError` for
        one with the handle of a server, and `ClosedHandleError` for one that holds a closed handle.
        """
        held = shared_orphan.server
        if held is None:
            raise EmptyOrphanError("restore from an empty orphan")
        if not hasattr(held, "cancel"):
            raise WrongHandleError("restore of a server's handle into an HttpClient")
        handle = cast(NetworkHttpClient, held)
        handle.bind(self)
        earlier, self._client, shared_orphan.server = self._client, handle, None
        if earlier is not None and earlier is not handle:
            earlier.close()
