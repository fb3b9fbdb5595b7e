"""`HttpServer`, the class to derive from. Every method is a thin call on the layer below; no socket is touched here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self, cast

from ._errors import EmptyOrphanError, NoHandleError, OrphanOccupiedError, WrongHandleError
from ._http_handle import NetworkHttpServer
from ._http_library import h11
from ._http_limits import HTTP_DEFAULTS, HttpLimits

if TYPE_CHECKING:
    from types import TracebackType

    from ._http_answer import FieldLine
    from ._orphan import SharedOrphan


class HttpServer:
    """A listening port and many clients, driven by `tick`, heard through the `on_...` methods.

    Arguments: the limits of `HttpLimits`; they belong to the handle that is made and travel with it. `host`, the
    numeric address to bind, loopback unless told otherwise. Raises `ValueError` for a limit below 1, and `ImportError`
    where h11 is not installed: it comes with the extra `http`.

    The usual life is `make_http_server_adapter()`, `init(port)`, a `tick()` per frame, `close()`. A derived class
    overrides `on_request` and answers by `respond`, inside it or in any later frame. All callbacks come on the thread
    that ticks. An exception in `on_request` reaches whoever called `tick`, and its client is answered 500.

    Clause: the module's overview (HTTP server, callbacks for requests); RFC 9110, RFC 9112
    """

    _server: NetworkHttpServer | None = None
    _limits: HttpLimits = HTTP_DEFAULTS
    _host: str = "127.0.0.1"

    def __init__(
        self,
        *,
        longest_request_line: int = HTTP_DEFAULTS.longest_request_line,
        largest_head: int = HTTP_DEFAULTS.largest_head,
        most_fields: int = HTTP_DEFAULTS.most_fields,
        largest_body: int = HTTP_DEFAULTS.largest_body,
        most_connections: int = HTTP_DEFAULTS.most_connections,
        stall_ticks: int | None = HTTP_DEFAULTS.stall_ticks,
        host: str = "127.0.0.1",
    ) -> None:
        if h11 is None:
            raise ImportError("HttpServer needs h11: pip install 'dasnet-conformance[http]', or h11 itself")
        self._server = None
        self._limits = HttpLimits(
            longest_request_line, largest_head, most_fields, largest_body, most_connections, stall_ticks
        )
        self._host = host

    # --- callbacks

    def on_request(
        self,
        exchange: int,
        method: str,  # noqa: ARG002
        target: str,  # noqa: ARG002
        version: str,  # noqa: ARG002
        headers: list[tuple[bytes, bytes]],  # noqa: ARG002
        body: bytes,  # noqa: ARG002
    ) -> None:
        """A request is whole; it is told of once, in the order of its connection. Not overridden, it answers 404.

        Arguments: `exchange`, its number, for `respond`; it is good after a reload too. `target`, as it came.
        `version`, "HTTP/1.1" or "HTTP/1.0". `headers`, names in lower case and values, in their order.
        """
        self.respond(exchange, 404, (), b"")

    def on_error(self, message: str, code: int) -> None:
        """Something failed that the host should know: a sentence for people, and the system's error number, never 0."""

    def on_log(self, message: str) -> None:
        """Something worth a line in a log happened: listening, a client turned down, a client gone in mid-request."""

    # --- life

    def make_http_server_adapter(self) -> None:
        """Make the handle; opens nothing yet. A handle from before is closed."""
        handle = NetworkHttpServer(self._limits, self._host)
        handle.bind(self)
        earlier, self._server = self._server, handle
        if earlier is not None:
            earlier.close()

    def init(self, port: int) -> bool:
        """Listen on a port, 0 to 65535; 0 takes any free one, and the property `port` tells which. Never blocks.

        Returns True when clients can connect, else False after `on_error`. Raises `NoHandleError` without a handle and
        `TypeError` for a port that is no int.
        """
        if self._server is None:
            raise NoHandleError("init on an object without a handle", "make_http_server_adapter")
        return self._server.init(port)

    def close(self) -> None:
        """End every connection and the listener, and let go of the handle. Calls nothing back; may be called twice."""
        handle, self._server = self._server, None
        if handle is not None:
            handle.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # --- queries

    def is_open(self) -> bool:
        """Whether it listens. Changes nothing."""
        return self._server is not None and self._server.port is not None

    @property
    def port(self) -> int | None:
        """The port it listens on, None while it does not listen."""
        return None if self._server is None else self._server.port

    # --- work

    def tick(self) -> None:
        """Take clients, read, call back whole requests, send what waits; then return. Call it once per frame.

        A tick does a bounded amount, whatever clients send. A tick from inside a callback of the same server does
        nothing. An exception from a callback passes through.
        """
        handle = self._server
        if handle is not None:
            handle.tick()

    def respond(self, exchange: int, status: int, headers: Iterable[FieldLine] = (), body: bytes = b"") -> bool:
        """Answer a request, inside its callback or later. Never blocks: what the system does not take, ticks send.

        Arguments: `exchange`, the number that its callback gave. `status`, 200 to 599. `headers`, pairs of name and
        value, bytes or text of one byte a character; Content-Length, Transfer-Encoding and Connection are the server's
        own, but `Connection: close` ends the connection. `body`, which HEAD, 204 and 304 leave out.

        Returns True when the answer is on its way; False when that request was answered, its client is gone, or it
        never was. Raises `ValueError` for what HTTP forbids, and nothing is sent then.
        """
        return False if self._server is None else self._server.respond(exchange, status, headers, body)

    # --- reload

    def save(self, shared_orphan: SharedOrphan) -> None:
        """Move the handle into an empty orphan, with its connections, half-read requests and what waits to be sent.

        Raises `NoHandleError` without a handle and `OrphanOccupiedError` for an orphan that holds one.
        """
        handle = self._server
        if handle is None:
            raise NoHandleError("save on an object without a handle", "make_http_server_adapter")
        if shared_orphan.server is not None:
            raise OrphanOccupiedError("save into an orphan that holds a handle")
        handle.disown()
        shared_orphan.server, self._server = handle, None

    def restore(self, shared_orphan: SharedOrphan) -> None:
        """Move the handle out of an orphan into this object, which is called back from now on. Calls nothing back.

        A handle that this object had is closed. Raises `EmptyOrphanError` for an empty orphan, `WrongHandleError` for
        one with the handle of a `Server`, and `ClosedHandleError` for one that holds a closed handle.
        """
        held = shared_orphan.server
        if held is None:
            raise EmptyOrphanError("restore from an empty orphan")
        if not hasattr(held, "respond"):
            raise WrongHandleError("restore of another kind of handle into an HttpServer")
        handle = cast(NetworkHttpServer, held)
        handle.bind(self)
        earlier, self._server, shared_orphan.server = self._server, handle, None
        if earlier is not None and earlier is not handle:
            earlier.close()
