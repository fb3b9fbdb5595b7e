"""`Client`, the class to derive from. Every method is a thin call on the layer below; no socket is touched here."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Final, Self

from ._client_lowlevel import client_connect, client_is_connected, make_client
from ._client_state import CLIENT_WITHOUT_HANDLE
from ._errors import AdapterError, NoHandleError
from ._settings import DEFAULTS, Settings

if TYPE_CHECKING:
    from types import TracebackType

    from _typeshed import ReadableBuffer

    from ._network_client import NetworkClient

#: Milliseconds that `connect` has, unless it is told otherwise.
DEFAULT_TIMEOUT: Final = 5000


class Client:
    """One connection to a server, driven by `tick`, heard through the `on_...` methods.

    Arguments: `queue_limit`, how many bytes may wait to be sent. `tick_budget`, how many bytes one tick delivers at
    most. `keep_alive`, whether the system is to find out when a silent server has vanished; None means unless it is on
    loopback. Raises `ValueError` for a limit below 1.

    The usual life is `make_client_adapter()`, `connect(host, port)`, a `tick()` per frame, `close()`. A derived class
    overrides the callbacks it needs; all are optional, and all are called on the thread that ticks (`on_connect`,
    `on_error` and `on_log` also by `connect`, `on_error` by `send`). An exception in a callback reaches whoever made
    that call.

    Clause: Client
    """

    # On the class, so that a derived class that forgets super().__init__() has the defaults.
    _client: NetworkClient | None = None
    _client_settings: Settings = DEFAULTS

    def __init__(
        self,
        *,
        queue_limit: int = DEFAULTS.queue_limit,
        tick_budget: int = DEFAULTS.tick_budget,
        keep_alive: bool | None = DEFAULTS.keep_alive,
    ) -> None:
        self._client = None
        self._client_settings = Settings(queue_limit=queue_limit, tick_budget=tick_budget, keep_alive=keep_alive)

    # --- callbacks

    def on_connect(self) -> None:
        """The connection stands; `send` works from here on."""

    def on_disconnect(self) -> None:
        """The server is gone, and all that it sent has been delivered."""

    def on_data(self, data: bytes) -> None:
        """These bytes arrived, at least one; the server's own grouping of them is lost, as always with TCP."""

    def on_error(self, message: str, code: int) -> None:
        """Something failed: a sentence for people, and the system's error number, never 0."""

    def on_log(self, message: str) -> None:
        """Something worth a line in a log happened: the connection stands, the server left."""

    # --- life

    def make_client_adapter(self) -> None:
        """Make the handle; opens nothing yet. A handle from before is closed. Raises `AdapterError` if it cannot.

        Clause: Client.make_client_adapter
        """
        if not make_client(self, type(self)):
            raise AdapterError(f"{type(self).__name__} cannot carry a handle", "_client")

    def connect(self, host: str, port: int, timeout_ms: int = DEFAULT_TIMEOUT) -> bool:
        """Connect to a server, a name or a literal, within `timeout_ms` milliseconds. The one call that waits.

        Returns True after `on_connect`, else False after `on_error`: nobody is there, it took too long, there is no
        such port, or there is a connection already, which then stays as it is. Raises `NoHandleError` without a handle,
        `TypeError`, and `ValueError` for a timeout below 0.

        Clause: Client.connect
        """
        if self._client is None:
            raise NoHandleError("connect on an object without a handle", "make_client_adapter")
        return client_connect(self._client, host, port, timeout_ms)

    def start_connect(self, host: str, port: int) -> bool:
        """Begin to connect, and return at once: for a host that cannot spare the time in a frame.

        Ticks finish it, with `on_connect`, or with `on_error` when it fails. False after `on_error` when it cannot even
        begin. No part of the documented module. Raises `NoHandleError` without a handle, and `TypeError`.
        """
        if self._client is None:
            raise NoHandleError("start_connect on an object without a handle", "make_client_adapter")
        return self._client.start_connect(host, port)

    def close(self) -> None:
        """End the connection, or the attempt. Calls nothing back; may be called twice, and before any `connect`.

        What `send` accepted and the system has not taken yet is sent on by ticks. `connect` may follow.

        Clause: Client.close
        """
        if self._client is not None:
            self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # --- work

    def is_connected(self) -> bool:
        """Whether there is a connection, as far as ticks have seen. Changes nothing.

        Clause: Client.is_connected
        """
        return CLIENT_WITHOUT_HANDLE.is_connected if self._client is None else client_is_connected(self._client)

    def tick(self) -> None:
        """Do what is ready and return; call it once per frame. Nothing without a handle.

        One tick delivers what the server sent, up to `tick_budget` bytes, and notices its departure. A tick from inside
        a callback of the same client does nothing. An exception from a callback passes through.

        Clause: Client.tick
        """
        handle = self._client
        if handle is not None:
            # `client_tick`, written out: an idle tick is a system call and little else, a further call an eighth of it.
            ready = handle.poll(0, 1)
            if ready:
                handle.work(ready)

    def send(self, data: ReadableBuffer, size: int | None = None) -> bool:
        """Send the first `size` bytes of a bytes-like object, all of it if `size` is left out. As `Server.send`.

        Clause: Client.send
        """
        handle = self._client
        if handle is None:
            self.on_error("nothing sent: there is no handle; call make_client_adapter() first", errno.ENOTCONN)
            return False
        return handle.send(data, size)
