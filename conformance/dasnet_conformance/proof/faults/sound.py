"""The sound server: a second, plain and conforming implementation of the module, which the faults are variations of.

Run it like any other: `dasnet run python:dasnet_conformance.faults.sound --strict`. It proves that a fault fails for
its one deviation and not for what it is built on. The parts are the handle (`sound_handle`), and here `LowLevel`,
`SharedOrphan` and `Server`; those of the client half are in `sound_client`, those of HTTP in `sound_http`.
`Implementation` puts them, or a fault's own versions of them, together into something that offers the documented names.
It never imports the reference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dasnet_adapters.contract import CORE, LOWLEVEL
from dasnet_adapters.contract import PROFILES as EVERY_PROFILE

from .sound_client import Client, ClientHandle, ClientLowLevel
from .sound_handle import Handle
from .sound_http import HttpServer
from .sound_http_answer import HttpAnswer
from .sound_http_asking import HttpAsking
from .sound_http_client import HttpClient
from .sound_http_client_handle import HttpClientHandle
from .sound_http_connection import HttpConnection
from .sound_http_handle import HttpHandle
from .sound_http_parser import HttpParser
from .sound_http_port import HttpPort
from .sound_http_request import Limits
from .sound_http_response import ClientLimits, HttpResponse


class SharedOrphan:
    """Where a handle waits between save and restore."""

    def __init__(self) -> None:
        self.server: Any = None


class LowLevel:
    """The documented functions on a handle.

    `FOR_METHODS` says whether a variation of these functions is also what the methods of `Server` call; unless it is
    set, the methods go on calling the sound ones, so that a fault can be in the functions alone.
    """

    FOR_METHODS = False

    def __init__(self, handle_class: type[Handle]) -> None:
        self.handle_class = handle_class

    def make_server(self, obj: Any, class_info: type) -> bool:  # noqa: ARG002
        """Make a handle for the object; false if the object has no field to keep it in."""
        if not hasattr(obj, "_server"):
            return False
        handle = self.handle_class()
        handle.bind(obj)
        self.replace(obj, handle)
        return True

    def replace(self, obj: Any, handle: Handle) -> None:
        """Put the handle into the object's field and close the one that was there."""
        earlier, obj._server = obj._server, handle
        if earlier is not None:
            earlier.close()

    def need(self, handle: Handle | None, function: str) -> Handle:
        """The handle, or `ValueError` if there is none."""
        if handle is None:
            raise ValueError(f"{function} needs a handle, and was given none")
        return handle

    def server_init(self, handle: Handle | None, port: int) -> bool:
        """Listen on a port."""
        return self.need(handle, "server_init").init(port)

    def server_is_open(self, handle: Handle | None) -> bool:
        """Whether the handle listens."""
        return self.need(handle, "server_is_open").is_open()

    def server_is_connected(self, handle: Handle | None) -> bool:
        """Whether the handle has a client."""
        return self.need(handle, "server_is_connected").is_connected()

    def server_tick(self, handle: Handle | None) -> None:
        """Process what is pending."""
        self.need(handle, "server_tick").tick()

    def server_send(self, handle: Handle | None, data: bytes, size: int) -> bool:
        """Send to the client."""
        return self.need(handle, "server_send").send(data, size)

    def server_restore(self, handle: Handle | None, obj: Any, class_info: type) -> None:  # noqa: ARG002
        """Call back another object from now on."""
        self.need(handle, "server_restore").bind(obj)


class Server:
    """The class to derive from. `_low` holds the low-level functions that its methods call."""

    _low: LowLevel = LowLevel(Handle)
    _server: Any = None

    def __init__(self) -> None:
        self._server = None

    def on_connect(self) -> None:
        """A client was taken."""

    def on_disconnect(self) -> None:
        """The client has gone."""

    def on_data(self, data: bytes) -> None:
        """Bytes of the client."""

    def on_error(self, message: str, code: int) -> None:
        """Something failed."""

    def on_log(self, message: str) -> None:
        """Something worth a line."""

    def make_server_adapter(self) -> None:
        """Make the handle. Raises `TypeError` for an object that cannot keep one."""
        if not self._low.make_server(self, type(self)):
            raise TypeError("the object has no field for a handle")

    def init(self, port: int) -> bool:
        """Listen on a port. Raises `ValueError` without a handle."""
        return self._low.server_init(self._server, port)

    def has_session(self) -> bool:
        """Whether there is a client to talk to."""
        return self._server is not None and bool(self._server.has_session())

    def is_open(self) -> bool:
        """Whether it listens."""
        return self._server is not None and self._low.server_is_open(self._server)

    def is_connected(self) -> bool:
        """Whether a client is connected."""
        return self._server is not None and self._low.server_is_connected(self._server)

    def tick(self) -> None:
        """Process what is pending; nothing without a handle."""
        if self._server is not None:
            self._low.server_tick(self._server)

    def send(self, data: bytes, size: int | None = None) -> bool:
        """Send the first `size` bytes."""
        if self._server is None:
            self.on_error("nothing sent: there is no handle", 1)
            return False
        return self._low.server_send(self._server, data, len(data) if size is None else size)

    def save(self, shared_orphan: SharedOrphan) -> None:
        """Move the handle into an empty orphan. Raises `ValueError` without a handle, or for a full orphan."""
        handle = self._server
        if handle is None:
            raise ValueError("there is no handle to save")
        if shared_orphan.server is not None:
            raise ValueError("the orphan holds a handle already")
        handle.disown()
        self.hand_over(handle, shared_orphan)

    def hand_over(self, handle: Handle, shared_orphan: SharedOrphan) -> None:
        """The pointers of a save: the orphan has the handle, the object has none."""
        shared_orphan.server, self._server = handle, None

    def restore(self, shared_orphan: SharedOrphan) -> None:
        """Move the handle out of an orphan. Raises `ValueError` for an empty one."""
        handle = shared_orphan.server
        if handle is None:
            raise ValueError("the orphan is empty")
        self._low.server_restore(handle, self, type(self))
        self.take(handle, shared_orphan)

    def take(self, handle: Handle, shared_orphan: SharedOrphan) -> None:
        """The pointers of a restore: the object has the handle, the orphan none, and nobody what the object had."""
        earlier, self._server, shared_orphan.server = self._server, handle, None
        if earlier is not None:
            earlier.close()

    def close(self) -> None:
        """Destroy: close everything; twice is harmless."""
        handle, self._server = self._server, None
        if handle is not None:
            handle.close()


class Implementation:
    """An implementation as an object: it offers the documented names as a module would."""

    __version__ = "1"

    def __init__(
        self,
        name: str,
        handle: type[Handle] = Handle,
        low_level: type[LowLevel] = LowLevel,
        server: type[Server] = Server,
        orphan: type[SharedOrphan] = SharedOrphan,
        profiles: tuple[str, ...] = (CORE, LOWLEVEL),
        client_handle: type[ClientHandle] = ClientHandle,
        client_low_level: type[ClientLowLevel] = ClientLowLevel,
        client: type[Client] = Client,
        http_server: type[HttpServer] = HttpServer,
        http_handle: type[HttpHandle] = HttpHandle,
        http_connection: type[HttpConnection] = HttpConnection,
        http_parser: type[HttpParser] = HttpParser,
        http_answer: type[HttpAnswer] = HttpAnswer,
        http_client: type[HttpClient] = HttpClient,
        http_client_handle: type[HttpClientHandle] = HttpClientHandle,
        http_response: type[HttpResponse] = HttpResponse,
        http_asking: type[HttpAsking] = HttpAsking,
    ) -> None:
        self.IMPLEMENTATION_NAME = name
        self.PROFILES = profiles
        functions = low_level(handle)
        of_methods = functions if low_level.FOR_METHODS else LowLevel(handle)
        self.NetworkServer = handle
        self.SharedOrphan = orphan
        # A class of its own for each implementation, so that what one keeps on it is not another's.
        self.Server: type[Server] = type("Server", (server,), {"_low": of_methods})
        self.make_server: Callable[..., Any] = functions.make_server
        self.server_init: Callable[..., Any] = functions.server_init
        self.server_is_open: Callable[..., Any] = functions.server_is_open
        self.server_is_connected: Callable[..., Any] = functions.server_is_connected
        self.server_tick: Callable[..., Any] = functions.server_tick
        self.server_send: Callable[..., Any] = functions.server_send
        self.server_restore: Callable[..., Any] = functions.server_restore
        of_clients = client_low_level(client_handle)
        of_client_methods = of_clients if client_low_level.FOR_METHODS else ClientLowLevel(client_handle)
        self.NetworkClient = client_handle
        self.Client: type[Client] = type("Client", (client,), {"_low": of_client_methods})
        self.make_client: Callable[..., Any] = of_clients.make_client
        self.client_connect: Callable[..., Any] = of_clients.client_connect
        self.client_is_connected: Callable[..., Any] = of_clients.client_is_connected
        self.client_tick: Callable[..., Any] = of_clients.client_tick
        self.client_send: Callable[..., Any] = of_clients.client_send
        self.client_close: Callable[..., Any] = of_clients.client_close

        def make_handle(limits: Limits) -> HttpHandle:
            return http_handle(limits, http_parser, http_connection, http_answer)

        self.HttpServer: type[HttpServer] = type("HttpServer", (http_server,), {"_handle": staticmethod(make_handle)})

        def make_client_handle(limits: ClientLimits) -> HttpClientHandle:
            return http_client_handle(limits, http_response, http_asking())

        self.HttpClient: type[HttpClient] = type(
            "HttpClient", (http_client,), {"_handle": staticmethod(make_client_handle)}
        )
        self.http_port: Callable[[], int] = HttpPort(self.HttpServer)


IMPLEMENTATION_NAME = "sound server"
_SOUND = Server._low
make_server = _SOUND.make_server
server_init = _SOUND.server_init
server_is_open = _SOUND.server_is_open
server_is_connected = _SOUND.server_is_connected
server_tick = _SOUND.server_tick
server_send = _SOUND.server_send
server_restore = _SOUND.server_restore
NetworkServer = Handle
_SOUND_CLIENT = Client._low
make_client = _SOUND_CLIENT.make_client
client_connect = _SOUND_CLIENT.client_connect
client_is_connected = _SOUND_CLIENT.client_is_connected
client_tick = _SOUND_CLIENT.client_tick
client_send = _SOUND_CLIENT.client_send
client_close = _SOUND_CLIENT.client_close
NetworkClient = ClientHandle
# A draft is claimed where it is there.
PROFILES = tuple(name for name, profile in EVERY_PROFILE.items() if not profile.package)
http_port = HttpPort(HttpServer)
