"""The low-level functions on a client's handle. Each checks for a null handle and asks the handle; no more.

As in `_lowlevel`, a handle may come from before a reload of the package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._errors import NullHandleError
from ._lowlevel import check_class
from ._network_client import NetworkClient

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


def make_client(obj: object, class_info: type) -> bool:
    """Make a handle that calls back `obj`, and store it in the field `_client` of `obj`.

    Opens nothing. A handle that the field held is closed first. Returns False, and makes nothing, if `obj` has no such
    field. Raises `TypeError` as `make_server` does.

    Clause: make_client
    """
    if not hasattr(obj, "_client"):
        return False
    check_class(obj, class_info)
    client = NetworkClient()
    client.bind(obj)
    earlier = obj._client
    if earlier is not None:
        earlier.discard()
    obj._client = client
    return True


def client_connect(client: NetworkClient | None, host: str, port: int, timeout_ms: int) -> bool:
    """As `Client.connect`. Raises `NullHandleError`.

    Clause: client_connect
    """
    if client is None:
        raise NullHandleError("client_connect", "make_client", "_client")
    return client.connect(host, port, timeout_ms)


def client_is_connected(client: NetworkClient | None) -> bool:
    """As `Client.is_connected`. Raises `NullHandleError`.

    Clause: client_is_connected
    """
    if client is None:
        raise NullHandleError("client_is_connected", "make_client", "_client")
    return client.answers.is_connected


def client_tick(client: NetworkClient | None) -> None:
    """As `Client.tick`. Raises `NullHandleError`.

    Clause: client_tick
    """
    if client is None:
        raise NullHandleError("client_tick", "make_client", "_client")
    ready = client.poll(0, 1)
    if ready:
        client.work(ready)


def client_send(client: NetworkClient | None, data: ReadableBuffer, size: int) -> bool:
    """As `Client.send`. Raises `NullHandleError`.

    Clause: client_send
    """
    if client is None:
        raise NullHandleError("client_send", "make_client", "_client")
    return client.send(data, size)


def client_close(client: NetworkClient | None) -> None:
    """As `Client.close`. Raises `NullHandleError`.

    Clause: client_close
    """
    if client is None:
        raise NullHandleError("client_close", "make_client", "_client")
    client.close()
