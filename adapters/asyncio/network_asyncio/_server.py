"""What a host uses to be connected to: `Server`, `SharedOrphan` for a reload, and the functions on a handle."""

from __future__ import annotations

import errno
from typing import Any

from ._callbacks import Callbacks
from ._errors import EmptyOrphanError, NoHandleError, NullHandleError, OccupiedOrphanError, WrongHandleError
from ._network_http_client import NetworkHttpClient
from ._network_http_server import NetworkHttpServer
from ._network_server import NetworkServer


class SharedOrphan:
    """Where a handle waits while its script is reloaded.

    Clause: Server.save, Server.restore (the parameter `shared_orphan`)
    """

    def __init__(self) -> None:
        self.server: NetworkServer | NetworkHttpServer | NetworkHttpClient | None = None


class Server(Callbacks):
    """The class to derive from. Each method is a thin call on the layer below; override the callbacks you need.

    Arguments: `host`, the numeric address to bind. Loopback, as a debug server open to the network lets strangers in.

    Clause: Server
    """

    _server: NetworkServer | None = None

    def __init__(self, *, host: str = "127.0.0.1") -> None:
        self.host = host

    def make_server_adapter(self) -> None:
        """Make the handle, which opens nothing yet. One from before is closed. Raises `NoHandleError` if it cannot."""
        if not make_server(self, type(self)):
            raise NoHandleError("the object has no field _server: derive its class from Server")

    def init(self, port: int) -> bool:
        """Listen on a port, 0 for any free one. False, after `on_error`, when it cannot be had. Never blocks."""
        if self._server is None:
            raise NoHandleError("no handle: call make_server_adapter() first")
        return server_init(self._server, port)

    def save(self, shared_orphan: SharedOrphan) -> None:
        """Move the handle into an empty orphan, with all that is open and queued. Calls nothing back."""
        if self._server is None:
            raise NoHandleError("no handle to save")
        if shared_orphan.server is not None:
            raise OccupiedOrphanError("the orphan holds a handle already: restore that one first")
        self._server.bind(None)
        shared_orphan.server, self._server = self._server, None

    def restore(self, shared_orphan: SharedOrphan) -> None:
        """Move the handle out of an orphan into this object, which is called back from now on. One it had is closed."""
        handle = shared_orphan.server
        if handle is None:
            raise EmptyOrphanError("the orphan holds no handle: save() one into it first")
        if not isinstance(handle, NetworkServer):
            raise WrongHandleError("the orphan holds the handle of an HttpServer, not of a Server")
        server_restore(handle, self, type(self))
        earlier, self._server, shared_orphan.server = self._server, handle, None
        if earlier is not None:
            earlier.close()

    def has_session(self) -> bool:
        """Whether there is a client to talk to."""
        return self.is_connected()

    def is_open(self) -> bool:
        """Whether it listens, with a client or without."""
        return self._server is not None and server_is_open(self._server)

    def is_connected(self) -> bool:
        """Whether a client is connected, as far as ticks have told."""
        return self._server is not None and server_is_connected(self._server)

    @property
    def port(self) -> int | None:
        """The port it listens on, None while it does not."""
        return None if self._server is None else self._server.port

    def tick(self) -> None:
        """Do what is ready and return; to be called once per frame."""
        if self._server is not None:
            server_tick(self._server)

    def send(self, data: bytes | bytearray | memoryview, size: int | None = None) -> bool:
        """Send the first `size` bytes, or all. Never blocks: false, after `on_error`, when they cannot be queued."""
        if self._server is not None:
            return server_send(self._server, data, len(memoryview(data)) if size is None else size)
        self.on_error("nothing sent: there is no handle", errno.ENOTCONN)
        return False

    def close(self) -> None:
        """Close client and listener and let go of the handle. Calls nothing back; may be called twice."""
        handle, self._server = self._server, None
        if handle is not None:
            handle.close()


# --- the functions on a handle; the class information is implied by the object


def make_server(obj: Any, class_info: type) -> bool:  # noqa: ARG001
    """Make a handle that calls back `obj`, in its field `_server`. False for an object that has no such field."""
    if not hasattr(obj, "_server"):
        return False
    if obj._server is not None:
        obj._server.close()
    obj._server = NetworkServer()
    obj._server.bind(obj)
    return True


def server_init(server: NetworkServer | None, port: int) -> bool:
    """See `Server.init`."""
    return _given(server).init(port)


def server_is_open(server: NetworkServer | None) -> bool:
    """See `Server.is_open`."""
    return _given(server).is_open


def server_is_connected(server: NetworkServer | None) -> bool:
    """See `Server.is_connected`."""
    return _given(server).is_connected


def server_tick(server: NetworkServer | None) -> None:
    """See `Server.tick`."""
    _given(server).tick()


def server_send(server: NetworkServer | None, data: bytes | bytearray | memoryview, size: int) -> bool:
    """See `Server.send`."""
    return _given(server).send(data, size)


def server_restore(server: NetworkServer | None, obj: object, class_info: type) -> None:  # noqa: ARG001
    """Call back `obj` from now on. The field `_server` of neither object is touched."""
    _given(server).bind(obj)


def _given(server: NetworkServer | None) -> NetworkServer:
    if server is None:
        raise NullHandleError("the handle is None: pass the one that make_server stored in _server")
    return server
