"""What a host uses to serve HTTP: `HttpServer`, to derive from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ._errors import EmptyOrphanError, NoHandleError, OccupiedOrphanError, WrongHandleError
from ._http_limits import HTTP_DEFAULTS, HttpLimits
from ._http_message import MISSING
from ._network_http_server import NetworkHttpServer

if TYPE_CHECKING:
    from ._http_rules import Field
    from ._server import SharedOrphan


class HttpServer:
    """The class to derive from. Each method is a thin call on the handle; override the callbacks you need.

    Arguments: the limits of `HttpLimits`, which belong to the handle that is made and travel with it; `host`, the
    numeric address to bind, loopback unless told otherwise. Raises `ValueError` for a limit below 1, and `ImportError`
    where httptools is not installed.

    Clause: the module's overview (HTTP server, callbacks for requests); RFC 9110, RFC 9112
    """

    _server: NetworkHttpServer | None = None
    _limits: HttpLimits = HTTP_DEFAULTS

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
        if MISSING:
            raise ImportError(MISSING)
        self._limits = HttpLimits(
            longest_request_line, largest_head, most_fields, largest_body, most_connections, stall_ticks
        )
        self.host = host

    # --- callbacks, all on the thread that ticks

    def on_request(
        self,
        exchange: int,
        method: str,  # noqa: ARG002
        target: str,  # noqa: ARG002
        version: str,  # noqa: ARG002
        headers: list[Field],  # noqa: ARG002
        body: bytes,  # noqa: ARG002
    ) -> None:
        """A request is whole. It is told of once, in the order of its connection; not overridden, it answers 404.

        Arguments: `exchange`, its number, for `respond`, which is good after a reload too; `method`, `target` and
        `version` as they came; `headers`, names and values in their order; `body`. An exception reaches whoever ticks,
        and the client is answered 500.
        """
        self.respond(exchange, 404, (), b"")

    def on_error(self, message: str, code: int) -> None:
        """Something failed: a sentence for people, and the system's error number, never 0."""

    def on_log(self, message: str) -> None:
        """Something worth a line in a log happened: listening, a client turned down, a client gone in mid-request."""

    # --- life

    def make_http_server_adapter(self) -> None:
        """Make the handle, which opens nothing yet. One from before is closed."""
        earlier, self._server = self._server, NetworkHttpServer(self._limits)
        self._server.bind(self)
        if earlier is not None:
            earlier.close()

    def init(self, port: int) -> bool:
        """Listen on a port, 0 for any free one. False, after `on_error`, when it cannot be had. Never blocks.

        Raises `NoHandleError` without a handle.
        """
        if self._server is None:
            raise NoHandleError("no handle: call make_http_server_adapter() first")
        return self._server.init(port)

    def is_open(self) -> bool:
        """Whether it listens."""
        return self._server is not None and self._server.is_open

    @property
    def port(self) -> int | None:
        """The port it listens on, None while it does not."""
        return None if self._server is None else self._server.port

    def tick(self) -> None:
        """Take clients, read, call back whole requests, send what waits, all in bounds; to be called once per frame."""
        if self._server is not None:
            self._server.tick()

    def respond(
        self,
        exchange: int,
        status: int,
        headers: Iterable[tuple[bytes | str, bytes | str]] = (),
        body: bytes = b"",
    ) -> bool:
        """Answer a request, inside its callback or later. Never blocks: what the system does not take, ticks send.

        Arguments: `exchange`, the number that its callback gave; `status`, 200 to 599; `headers`, names and values,
        bytes or text of one byte a character, of which Content-Length, Transfer-Encoding and Connection are the
        server's own, but `Connection: close` ends the connection; `body`, which HEAD, 204, 205 and 304 leave out.

        Returns whether the answer is on its way: not for a request that was answered, whose client is gone, or that
        never was. Raises `ValueError` for what HTTP forbids and `TypeError` for what is none of the types; nothing is
        sent then, and the request stays open.
        """
        return False if self._server is None else self._server.respond(exchange, status, headers, body)

    def close(self) -> None:
        """End every connection and the listener, and let go of the handle. Calls nothing back; may be called twice."""
        handle, self._server = self._server, None
        if handle is not None:
            handle.close()

    # --- reload

    def save(self, shared_orphan: SharedOrphan) -> None:
        """Move the handle into an empty orphan, with connections, half-read requests and all that is queued.

        Raises `NoHandleError` without a handle and `OccupiedOrphanError` for an orphan that holds one.
        """
        if self._server is None:
            raise NoHandleError("no handle to save")
        if shared_orphan.server is not None:
            raise OccupiedOrphanError("the orphan holds a handle already: restore that one first")
        self._server.bind(None)
        shared_orphan.server, self._server = self._server, None

    def restore(self, shared_orphan: SharedOrphan) -> None:
        """Move the handle out of an orphan into this object, which is called back from now on. One it had is closed.

        Raises `EmptyOrphanError` for an empty orphan and `WrongHandleError` for one with the handle of a `Server`.
        """
        handle = shared_orphan.server
        if handle is None:
            raise EmptyOrphanError("the orphan holds no handle: save() one into it first")
        if not isinstance(handle, NetworkHttpServer):
            raise WrongHandleError("the orphan holds another handle than that of an HttpServer")
        handle.bind(self)
        earlier, self._server, shared_orphan.server = self._server, handle, None
        if earlier is not None:
            earlier.close()
