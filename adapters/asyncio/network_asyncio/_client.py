"""What a host uses to connect: `Client` to derive from, and the low-level functions on its handle."""

from __future__ import annotations

import errno
from typing import Any, Final

from ._callbacks import Callbacks
from ._errors import NoHandleError, NullHandleError
from ._network_client import NetworkClient

#: Milliseconds that `connect` has, unless it is told otherwise.
DEFAULT_TIMEOUT: Final = 5000


class Client(Callbacks):
    """The class to derive from. Each method is a thin call on the layer below; override the callbacks you need.

    Clause: Client
    """

    _client: NetworkClient | None = None

    def make_client_adapter(self) -> None:
        """Make the handle, which opens nothing yet. One from before is closed. Raises `NoHandleError` if it cannot."""
        if not make_client(self, type(self)):
            raise NoHandleError("the object has no field _client: derive its class from Client")

    def connect(self, host: str, port: int, timeout_ms: int = DEFAULT_TIMEOUT) -> bool:
        """Connect to a server, a name or a literal, within so many milliseconds: the one call that waits.

        True after `on_connect`; false after `on_error`: nobody is there, it took too long, or there is a connection
        already, which stays.
        """
        if self._client is None:
            raise NoHandleError("no handle: call make_client_adapter() first")
        return client_connect(self._client, host, port, timeout_ms)

    def is_connected(self) -> bool:
        """Whether there is a connection, as far as ticks have told."""
        return self._client is not None and client_is_connected(self._client)

    def tick(self) -> None:
        """Do what is ready and return; to be called once per frame."""
        if self._client is not None:
            client_tick(self._client)

    def send(self, data: bytes | bytearray | memoryview, size: int | None = None) -> bool:
        """Send the first `size` bytes, or all. Never blocks: false, after `on_error`, when they cannot be queued."""
        if self._client is not None:
            return client_send(self._client, data, len(memoryview(data)) if size is None else size)
        self.on_error("nothing sent: there is no handle", errno.ENOTCONN)
        return False

    def close(self) -> None:
        """End the connection; ticks still send what was accepted. Calls nothing back; `connect` may follow."""
        if self._client is not None:
            client_close(self._client)


# --- the functions on a handle; the class information is implied by the object


def make_client(obj: Any, class_info: type) -> bool:  # noqa: ARG001
    """Make a handle that calls back `obj`, in its field `_client`. False for an object that has no such field."""
    if not hasattr(obj, "_client"):
        return False
    if obj._client is not None:
        obj._client.discard()
    obj._client = NetworkClient()
    obj._client.bind(obj)
    return True


def client_connect(client: NetworkClient | None, host: str, port: int, timeout_ms: int) -> bool:
    """See `Client.connect`."""
    return _given(client).connect(host, port, timeout_ms)


def client_is_connected(client: NetworkClient | None) -> bool:
    """See `Client.is_connected`."""
    return _given(client).is_connected


def client_tick(client: NetworkClient | None) -> None:
    """See `Client.tick`."""
    _given(client).tick()


def client_send(client: NetworkClient | None, data: bytes | bytearray | memoryview, size: int) -> bool:
    """See `Client.send`."""
    return _given(client).send(data, size)


def client_close(client: NetworkClient | None) -> None:
    """See `Client.close`."""
    _given(client).close()


def _given(client: NetworkClient | None) -> NetworkClient:
    if client is None:
        raise NullHandleError("the handle is None: pass the one that make_client stored in _client")
    return client
