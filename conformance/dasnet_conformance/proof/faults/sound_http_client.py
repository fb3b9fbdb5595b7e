"""The sound HTTP client: a second, plain and conforming `HttpClient`, written by hand, which faults are variations of.

`HttpClient` is here, the class to derive from; beneath it are its handle (`sound_http_client_handle`), how requests are
written (`sound_http_asking`) and how answers are read (`sound_http_response`). It never imports the reference, nor any
parser of HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .sound_http_asking import HttpAsking
from .sound_http_client_handle import HttpClientHandle
from .sound_http_fields import Text
from .sound_http_response import ClientLimits, HttpResponse


def _make_handle(limits: ClientLimits) -> HttpClientHandle:
    return HttpClientHandle(limits, HttpResponse, HttpAsking())


class HttpClient:
    """The class to derive from. `_handle` makes a handle with given limits.

    Arguments: the largest head and body of an answer, in bytes; after how many ticks without a byte, and after how many
    in all, a request fails, None for never. Raises `ValueError` for limits that let nothing through.
    """

    _handle: Callable[[ClientLimits], HttpClientHandle] = staticmethod(_make_handle)
    _client: HttpClientHandle | None = None

    def __init__(
        self,
        *,
        largest_head: int = 65_536,
        largest_body: int = 64 << 20,
        stall_ticks: int | None = None,
        deadline_ticks: int | None = None,
    ) -> None:
        if min(largest_head, largest_body, stall_ticks or 1, deadline_ticks or 1) < 1:
            raise ValueError("a limit is 1 or more")
        self._limits = ClientLimits(largest_head, largest_body, stall_ticks, deadline_ticks)
        self._client = None

    def on_response(
        self, exchange: int, status: int, reason: str, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> None:
        """An answer."""

    def on_failure(self, exchange: int, message: str, code: int) -> None:
        """There will be no answer."""

    def on_error(self, message: str, code: int) -> None:
        """A call was refused."""

    def on_log(self, message: str) -> None:
        """Something worth a line."""

    def make_http_client_adapter(self) -> None:
        """Make the handle, in the place of the one that there was."""
        handle = self._handle(self._limits)
        handle.bind(self)
        self.replace(handle)

    def replace(self, handle: HttpClientHandle) -> None:
        """Keep the handle and end the one that was there."""
        earlier, self._client = self._client, handle
        if earlier is not None:
            earlier.close()

    def init(self, host: str, port: int) -> bool:
        """Name the server. Raises `ValueError` without a handle."""
        if self._client is None:
            raise ValueError("init needs a handle, and there is none")
        return self._client.init(host, port)

    def is_open(self) -> bool:
        """Whether there is a server to ask."""
        return self._client is not None and self._client.is_open()

    def is_connected(self) -> bool:
        """Whether there is a connection to it."""
        return self._client is not None and self._client.is_connected()

    def tick(self) -> None:
        """Process what is pending; nothing without a handle."""
        if self._client is not None:
            self._client.tick()

    def request(self, method: Text, target: Text, headers: Iterable[tuple[Text, Text]] = (), body: bytes = b"") -> int:
        """Ask for something: a number, or 0."""
        return self._client.request(method, target, headers, body) if self._client is not None else 0

    def cancel(self, exchange: int) -> None:
        """Give up a request."""
        if self._client is not None:
            self._client.cancel(exchange)

    def close(self) -> None:
        """Forget the server; twice is harmless, and so is it without a handle."""
        if self._client is not None:
            self._client.finish()

    def save(self, shared_orphan: Any) -> None:
        """Move the handle into an empty orphan. Raises `ValueError` without a handle, or for a full orphan."""
        handle = self._client
        if handle is None:
            raise ValueError("there is no handle to save")
        if shared_orphan.server is not None:
            raise ValueError("the orphan holds a handle already")
        handle.disown()
        shared_orphan.server, self._client = handle, None

    def restore(self, shared_orphan: Any) -> None:
        """Move the handle out of an orphan. Raises `ValueError` for one without a handle of an HTTP client."""
        handle = shared_orphan.server
        if not isinstance(handle, HttpClientHandle):
            raise ValueError("the orphan holds no handle of an HTTP client")
        handle.bind(self)
        shared_orphan.server = None
        self.replace(handle)
