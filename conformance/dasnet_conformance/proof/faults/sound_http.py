"""The sound HTTP server: a second, plain and conforming `HttpServer`, written by hand, which faults are variations of.

`HttpServer` is here, the class to derive from; beneath it are its handle (`sound_http_handle`), a connection
(`sound_http_connection`), the parser (`sound_http_parser`) and how answers are written (`sound_http_answer`). Like
`sound` it never imports the reference, nor any parser of HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .sound_http_fields import Text
from .sound_http_handle import HttpHandle
from .sound_http_request import Limits


class HttpServer:
    """The class to derive from. `_handle` makes a handle with given limits.

    Arguments, in bytes: the longest request line, the largest head and body; the most fields and connections; and
    after how many ticks without a byte a connection is closed, None for never. Raises `ValueError` for limits that
    let nothing through.
    """

    _handle: Callable[[Limits], HttpHandle] = HttpHandle
    _server: Any = None

    def __init__(
        self,
        *,
        longest_request_line: int = 16_384,
        largest_head: int = 65_536,
        most_fields: int = 256,
        largest_body: int = 16 << 20,
        most_connections: int = 64,
        stall_ticks: int | None = None,
    ) -> None:
        limits = (longest_request_line, largest_head, most_fields, most_connections, stall_ticks or 1)
        if min(limits) < 1 or largest_body < 0:
            raise ValueError("a limit is 1 or more")
        self._limits = Limits(
            longest_request_line, largest_head, most_fields, largest_body, most_connections, stall_ticks
        )
        self._server = None

    def on_request(
        self, exchange: int, method: str, target: str, version: str, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> None:
        """A complete request."""

    def on_error(self, message: str, code: int) -> None:
        """Something failed."""

    def on_log(self, message: str) -> None:
        """Something worth a line."""

    def make_http_server_adapter(self) -> None:
        """Make the handle, in the place of the one that there was."""
        handle = self._handle(self._limits)
        handle.bind(self)
        self.replace(handle)

    def replace(self, handle: HttpHandle) -> None:
        """Keep the handle and close the one that was there."""
        earlier, self._server = self._server, handle
        if earlier is not None:
            earlier.close()

    def init(self, port: int) -> bool:
        """Listen on a port. Raises `ValueError` without a handle."""
        if self._server is None:
            raise ValueError("init needs a handle, and there is none")
        return bool(self._server.init(port))

    def is_open(self) -> bool:
        """Whether it listens."""
        return self._server is not None and bool(self._server.is_open())

    def tick(self) -> None:
        """Process what is pending; nothing without a handle."""
        if self._server is not None:
            self._server.tick()

    def respond(self, exchange: int, status: int, headers: Iterable[tuple[Text, Text]], body: bytes) -> bool:
        """Answer an exchange. False when nobody waits for it; raises `ValueError` for what HTTP forbids."""
        return self._server is not None and bool(self._server.respond(exchange, status, headers, body))

    def save(self, shared_orphan: Any) -> None:
        """Move the handle into an empty orphan. Raises `ValueError` without a handle, or for a full orphan."""
        handle = self._server
        if handle is None:
            raise ValueError("there is no handle to save")
        if shared_orphan.server is not None:
            raise ValueError("the orphan holds a handle already")
        handle.disown()
        shared_orphan.server, self._server = handle, None

    def restore(self, shared_orphan: Any) -> None:
        """Move the handle out of an orphan. Raises `ValueError` for one without a handle of an HTTP server."""
        handle = shared_orphan.server
        if not isinstance(handle, HttpHandle):
            raise ValueError("the orphan holds no handle of an HTTP server")
        handle.bind(self)
        shared_orphan.server = None
        self.replace(handle)

    def close(self) -> None:
        """Destroy: close everything; twice is harmless."""
        handle, self._server = self._server, None
        if handle is not None:
            handle.close()
