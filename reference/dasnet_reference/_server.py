"""`Server`, the class to derive from. Every method is a thin call on the layer below; no socket is touched here."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Self, cast

from ._errors import AdapterError, EmptyOrphanError, NoHandleError, OrphanOccupiedError, WrongHandleError
from ._lowlevel import (
    make_server,
    server_init,
    server_is_connected,
    server_is_open,
    server_restore,
)
from ._settings import DEFAULTS, Settings
from ._state import WITHOUT_HANDLE

if TYPE_CHECKING:
    from types import TracebackType

    from _typeshed import ReadableBuffer

    from ._network_server import NetworkServer
    from ._orphan import SharedOrphan


class Server:
    """One listening port and one client at a time, driven by `tick`, heard through the `on_...` methods.

    Arguments: `host`, the numeric address to bind, loopback unless told otherwise. `queue_limit`, how many bytes may
    wait to be sent. `tick_budget`, how many bytes one tick delivers at most. `keep_alive`, whether the
    system is to find out when a silent client has vanished; None means unless `host` is loopback. Raises `ValueError`
    for a limit below 1.

    The usual life is `make_server_adapter()`, `init(port)`, a `tick()` per frame, `close()`. A derived class overrides
    the callbacks it needs; all are optional, and all are called on the thread that ticks (`on_error` also by `send` and
    `init`, `on_log` also by `init`). An exception in a callback reaches whoever made that call.

    Clause: Server
    """

    # On the class, so that a derived class that forgets super().__init__() has the defaults.
    _server: NetworkServer | None = None
    _server_settings: Settings = DEFAULTS

    def __init__(
        self,
        *,
        host: str = DEFAULTS.host,
        queue_limit: int = DEFAULTS.queue_limit,
        tick_budget: int = DEFAULTS.tick_budget,
        keep_alive: bool | None = DEFAULTS.keep_alive,
    ) -> None:
        self._server = None
        self._server_settings = Settings(host, queue_limit, tick_budget, keep_alive)

    # --- callbacks

    def on_connect(self) -> None:
        """A client was taken; `send` works from here on."""

    def on_disconnect(self) -> None:
        """The client is gone, and all that it sent has been delivered."""

    def on_data(self, data: bytes) -> None:
        """These bytes arrived, at least one; the client's own grouping of them is lost, as always with TCP."""

    def on_error(self, message: str, code: int) -> None:
        """Something failed: a sentence for people, and the system's error number, never 0."""

    def on_log(self, message: str) -> None:
        """Something worth a line in a log happened: listening, a client came, a client left."""

    # --- life

    def make_server_adapter(self) -> None:
        """Make the handle; opens nothing yet. A handle from before is closed. Raises `AdapterError` if it cannot.

        Clause: Server.make_server_adapter
        """
        if not make_server(self, type(self)):
            raise AdapterError(f"{type(self).__name__} cannot carry a handle")

    def init(self, port: int) -> bool:
        """Listen on a port, 0 to 65535; 0 takes any free one, and the property `port` tells which. Never blocks.

        Returns True when clients can connect, else False after `on_error`. Raises `NoHandleError` without a handle and
        `TypeError` for a port that is no int.

        Clause: Server.init
        """
        if self._server is None:
            raise NoHandleError("init on an object without a handle")
        return server_init(self._server, port)

    def close(self) -> None:
        """Close the client and the listener and let go of the handle. Calls nothing back; may be called twice.

        What waits to be sent is offered to the system once more. `make_server_adapter` may follow.

        Clause: the end of `Server._server` (daslang destroys the handle with its last pointer)
        """
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

    def has_session(self) -> bool:
        """Whether there is a client to talk to. Changes nothing.

        Clause: Server.has_session
        """
        handle = self._server
        return (WITHOUT_HANDLE if handle is None else handle.answers).has_session

    def is_open(self) -> bool:
        """Whether it listens, with or without a client. Changes nothing.

        Clause: Server.is_open
        """
        return WITHOUT_HANDLE.is_open if self._server is None else server_is_open(self._server)

    def is_connected(self) -> bool:
        """Whether a client is connected, as far as ticks have seen. Changes nothing.

        Clause: Server.is_connected
        """
        return WITHOUT_HANDLE.is_connected if self._server is None else server_is_connected(self._server)

    @property
    def port(self) -> int | None:
        """The port it listens on, None while it does not listen."""
        return None if self._server is None else self._server.port

    # --- work

    def tick(self) -> None:
        """Do what is ready and return; call it once per frame. Nothing without a handle.

        One tick takes a waiting client and delivers what that one sent, up to `tick_budget` bytes; a departure ends the
        tick. A tick from inside a callback of the same server does nothing. An exception from a callback passes
        through.

        Clause: Server.tick
        """
        handle = self._server
        if handle is not None:
            # `server_tick`, written out: an idle tick is a system call and little else, a further call an eighth of it.
            ready = handle.poll(0, 1)
            if ready:
                handle.work(ready)

    def send(self, data: ReadableBuffer, size: int | None = None) -> bool:
        """Send the first `size` bytes of a bytes-like object, all of it if `size` is left out. Never blocks.

        Returns True when the bytes are on their way: what the system does not take now, ticks send later. Returns False
        after `on_error` when there is no client, when it has gone, or when more than `queue_limit` bytes would wait;
        nothing of that call is sent then. Raises `ValueError` for a size below 0 or beyond the data, and `TypeError`
        for data that is not bytes-like. `data` may be changed afterwards.

        Clause: Server.send
        """
        handle = self._server
        if handle is None:
            self.on_error("nothing sent: there is no handle; call make_server_adapter() first", errno.ENOTCONN)
            return False
        return handle.send(data, size)  # `server_send`, written out: a call less for every message

    # --- reload

    def save(self, shared_orphan: SharedOrphan) -> None:
        """Move the handle into an empty orphan, with listener, client and what waits to be sent. Calls nothing back.

        Raises `NoHandleError` without a handle and `OrphanOccupiedError` for an orphan that holds one; both leave
        everything as it was.

        Clause: Server.save
        """
        handle = self._server
        if handle is None:
            raise NoHandleError("save on an object without a handle")
        if shared_orphan.server is not None:
            raise OrphanOccupiedError("save into an orphan that holds a handle")
        handle.disown()
        shared_orphan.server, self._server = handle, None

    def restore(self, shared_orphan: SharedOrphan) -> None:
        """Move the handle out of an orphan into this object, which is called back from now on. Calls nothing back.

        A handle that this object had is closed. Raises `EmptyOrphanError` for an empty orphan, `ClosedHandleError`
        for one that holds a closed handle, and `WrongHandleError` for one with a handle of another kind, as of an
        `HttpServer`; each leaves everything as it was.

        Clause: Server.restore
        """
        handle = shared_orphan.server
        if handle is None:
            raise EmptyOrphanError("restore from an empty orphan")
        if not hasattr(handle, "answers"):
            raise WrongHandleError("restore of another kind of handle into a Server")
        handle = cast("NetworkServer", handle)
        server_restore(handle, self, type(self))
        earlier, self._server, shared_orphan.server = self._server, handle, None
        if earlier is not None and earlier is not handle:
            earlier.close()
