"""What a host uses to ask over HTTP: `HttpClient`, to derive from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ._errors import EmptyOrphanError, NoHandleError, OccupiedOrphanError, WrongHandleError
from ._http_limits import HTTP_CLIENT_DEFAULTS, HttpClientLimits
from ._http_message import MISSING
from ._network_http_client import NetworkHttpClient

if TYPE_CHECKING:
    from ._http_rules import Field
    from ._server import SharedOrphan


class HttpClient:
    """The class to derive from. Each method is a thin call on the handle; override the callbacks you need.

    Arguments: the limits of `HttpClientLimits`, which belong to the handle that is made and travel with it. Raises
    `ValueError` for a limit below 1, and `ImportError` where httptools is not installed.

    Every request that was accepted has one outcome, `on_response` or `on_failure`, inside a tick.

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
        if MISSING:
            raise ImportError(MISSING)
        self._limits = HttpClientLimits(largest_head, largest_body, stall_ticks, deadline_ticks)

    # --- callbacks, all on the thread that ticks

    def on_response(self, exchange: int, status: int, reason: str, headers: list[Field], body: bytes) -> None:
        """The final response to a request is whole; a redirect is handed over as it is.

        Arguments: `exchange`, the number that `request` gave; `headers`, names and values in their order.
        """

    def on_failure(self, exchange: int, message: str, code: int) -> None:
        """There will be no response: a sentence for people, and the system's error number, never 0."""

    def on_error(self, message: str, code: int) -> None:
        """A call was refused: a sentence for people, and the system's error number, never 0."""

    def on_log(self, message: str) -> None:
        """Something worth a line in a log happened: connected, a server that spoke unasked."""

    # --- life

    def make_http_client_adapter(self) -> None:
        """Make the handle, which opens nothing yet. One from before is closed."""
        earlier, self._client = self._client, NetworkHttpClient(self._limits)
        self._client.bind(self)
        if earlier is not None:
            earlier.discard()

    def init(self, host: str, port: int) -> bool:
        """Ask this server from now on. Connects to nothing yet. False, after `on_error`, for what is no server.

        Raises `NoHandleError` without a handle.
        """
        if self._client is None:
            raise NoHandleError("no handle: call make_http_client_adapter() first")
        return self._client.init(host, port)

    def is_open(self) -> bool:
        """Whether it knows a server to ask."""
        return self._client is not None and self._client.is_open

    def is_connected(self) -> bool:
        """Whether there is a connection, in use or kept for the next request."""
        return self._client is not None and self._client.is_connected

    def tick(self) -> None:
        """Connect, send, read, and call back what came of requests, all in bounds; to be called once per frame."""
        if self._client is not None:
            self._client.tick()

    def request(
        self,
        method: str | bytes,
        target: str | bytes,
        headers: Iterable[tuple[bytes | str, bytes | str]] = (),
        body: bytes = b"",
    ) -> int:
        """Ask for something. Never blocks, and sends nothing before the next tick.

        Arguments: `target`, a path with or without a query, "" for "/"; `headers`, names and values, bytes or text of
        one byte a character, of which Content-Length and Transfer-Encoding are the client's own, and Host where it is
        not given; `body`.

        Returns the number of the exchange, from 1 on; or 0 after `on_error`, without a server or for what HTTP forbids.
        """
        return 0 if self._client is None else self._client.request(method, target, headers, body)

    def cancel(self, exchange: int) -> bool:
        """Give a request up: its outcome is a failure in the next tick. False when it has had its outcome."""
        return self._client is not None and self._client.cancel(exchange)

    def close(self) -> None:
        """End the connection; `init` may follow. What was accepted fails in the next tick. Calls nothing back."""
        if self._client is not None:
            self._client.close()

    # --- reload

    def save(self, shared_orphan: SharedOrphan) -> None:
        """Move the handle into an empty orphan, with its connection, every request, and what is to be told.

        Raises `NoHandleError` without a handle and `OccupiedOrphanError` for an orphan that holds one.
        """
        if self._client is None:
            raise NoHandleError("no handle to save")
        if shared_orphan.server is not None:
            raise OccupiedOrphanError("the orphan holds a handle already: restore that one first")
        self._client.bind(None)
        shared_orphan.server, self._client = self._client, None

    def restore(self, shared_orphan: SharedOrphan) -> None:
        """Move the handle out of an orphan into this object, which is called back from now on. One it had is closed.

        Raises `EmptyOrphanError` for an empty orphan and `WrongHandleError` for one with the handle of a server.
        """
        handle = shared_orphan.server
        if handle is None:
            raise EmptyOrphanError("the orphan holds no handle: save() one into it first")
        if not isinstance(handle, NetworkHttpClient):
            raise WrongHandleError("the orphan holds the handle of a server, not of an HttpClient")
        handle.bind(self)
        earlier, self._client, shared_orphan.server = self._client, handle, None
        if earlier is not None:
            earlier.discard()
