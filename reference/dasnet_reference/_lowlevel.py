"""The low-level functions on a handle, as documented. Each checks for a null handle and asks the handle; no more.

They look at no class of this package with `isinstance`: a handle may come from before a reload of the package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._errors import NullHandleError
from ._network_server import NetworkServer

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


def make_server(obj: object, class_info: type) -> bool:
    """Make a handle that calls back `obj`, and store it in the field `_server` of `obj`.

    Opens nothing. A handle that the field held is closed first. Returns False, and makes nothing, if `obj` has no such
    field. Raises `TypeError` if `class_info` is no class of `obj`, or `obj` cannot be weakly referenced (a class with
    `__slots__` needs `__weakref__` among them).

    Clause: make_server
    """
    if not hasattr(obj, "_server"):
        return False
    check_class(obj, class_info)
    server = NetworkServer()
    server.bind(obj)
    earlier = obj._server
    if earlier is not None:
        earlier.close()
    obj._server = server
    return True


def server_init(server: NetworkServer | None, port: int) -> bool:
    """Listen on a port, 0 to 65535, where 0 takes any free one. Never blocks.

    Returns True when clients can connect, else False after `on_error(message, code)`; another try may follow. A handle
    that listens already refuses and goes on as it was. Raises `TypeError` for a port that is no int, `NullHandleError`,
    `ClosedHandleError`.

    Clause: server_init
    """
    if server is None:
        raise NullHandleError("server_init")
    return server.init(port)


def server_is_open(server: NetworkServer | None) -> bool:
    """Whether it listens on a port. Raises `NullHandleError`.

    Clause: server_is_open
    """
    if server is None:
        raise NullHandleError("server_is_open")
    return server.answers.is_open


def server_is_connected(server: NetworkServer | None) -> bool:
    """Whether a tick has taken a client and none has noticed its departure. Raises `NullHandleError`.

    Clause: server_is_connected
    """
    if server is None:
        raise NullHandleError("server_is_connected")
    return server.answers.is_connected


def server_tick(server: NetworkServer | None) -> None:
    """Do what is ready: take a client, send what waits, deliver bytes, notice a departure; callbacks tell of it.

    Never waits. Without an owner it does nothing, and inside a callback of the same handle it does nothing either. An
    exception from a callback passes through; the next tick goes on behind it. Raises `NullHandleError`.

    Clause: server_tick
    """
    if server is None:
        raise NullHandleError("server_tick")
    # A host ticks at every frame and mostly for nothing: the idle way is this one system call.
    ready = server.poll(0, 1)
    if ready:
        server.work(ready)


def server_send(server: NetworkServer | None, data: ReadableBuffer, size: int) -> bool:
    """Send the first `size` bytes of a bytes-like object to the client. Never blocks; `data` is free afterwards.

    Returns True when the bytes were sent or queued (later ticks send those), else False after `on_error(message,
    code)`: no client, the client is gone, or more than the queue may hold. Nothing is sent by a call that gave False.
    Raises `ValueError` for a size below 0 or above the bytes of `data`, `TypeError` for what is not bytes-like,
    `NullHandleError`.

    Clause: server_send
    """
    if server is None:
        raise NullHandleError("server_send")
    return server.send(data, size)


def server_restore(server: NetworkServer | None, obj: object, class_info: type) -> None:
    """Call back `obj` from now on, and only `obj`. The field `_server` of neither object is touched.

    Fires nothing. Raises `TypeError` as `make_server` does, `NullHandleError`, `ClosedHandleError`.

    Clause: server_restore
    """
    if server is None:
        raise NullHandleError("server_restore")
    check_class(obj, class_info)
    server.bind(obj)


#: The class is implied by the object in Python; a pair that contradicts itself is a slip worth telling.
def check_class(obj: object, class_info: type) -> None:
    if not isinstance(class_info, type):
        raise TypeError(f"class_info must be a class, not {type(class_info).__name__}")
    if not isinstance(obj, class_info):
        raise TypeError(f"class_info is {class_info.__name__}, but the object is a {type(obj).__name__}")
