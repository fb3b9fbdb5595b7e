"""The documented API with every server and client in one `ServerGroup`, whose epoll decides what a tick finds ready.

Nothing a client or a host can observe differs from the package itself, and the suite says so: judge it with
`dasnet run python:dasnet_reference.grouped --strict`. A host with many servers need not go through here; it adds them
to a group of its own and ticks that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import (
    NetworkClient,
    NetworkServer,
    NullHandleError,
    ServerGroup,
    SharedOrphan,
    __version__,
    _client,
    _client_lowlevel,
    _lowlevel,
    _server,
    client_close,
    client_connect,
    client_is_connected,
    client_send,
    server_init,
    server_is_connected,
    server_is_open,
    server_restore,
    server_send,
)

# A group takes no HttpServer.
PROFILES = ("core", "lowlevel", "client", "client-lowlevel")

if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "GROUP",
    "IMPLEMENTATION_NAME",
    "PROFILES",
    "Client",
    "NetworkClient",
    "NetworkServer",
    "Server",
    "SharedOrphan",
    "__version__",
    "client_close",
    "client_connect",
    "client_is_connected",
    "client_send",
    "client_tick",
    "make_client",
    "make_server",
    "server_init",
    "server_is_connected",
    "server_is_open",
    "server_restore",
    "server_send",
    "server_tick",
]

IMPLEMENTATION_NAME: Final = "dasnet_reference.grouped"

#: The group that every handle made here joins.
GROUP: Final = ServerGroup()


class Server(_server.Server):
    """As `dasnet_reference.Server`, but a member of `GROUP` and ticked through it."""

    def make_server_adapter(self) -> None:
        """Make the handle, and let it join the group.

        Clause: Server.make_server_adapter
        """
        super().make_server_adapter()
        GROUP.add(self)

    def tick(self) -> None:
        """Do what is ready and return, if the group finds that anything is.

        Clause: Server.tick
        """
        if self._server is not None:
            server_tick(self._server)


def make_server(obj: Any, class_info: type) -> bool:
    """Make a handle as `dasnet_reference.make_server` does, and let it join the group.

    Clause: make_server
    """
    made = _lowlevel.make_server(obj, class_info)
    if made:
        GROUP.add(obj)
    return made


def server_tick(server: NetworkServer | None) -> None:
    """Do what is ready, if the group finds that anything is. Raises `NullHandleError`.

    Clause: server_tick
    """
    if server is None:
        raise NullHandleError("server_tick")
    GROUP.tick_handle(server)


class Client(_client.Client):
    """As `dasnet_reference.Client`, but a member of `GROUP` and ticked through it."""

    def make_client_adapter(self) -> None:
        """Make the handle, and let it join the group.

        Clause: Client.make_client_adapter
        """
        super().make_client_adapter()
        GROUP.add(self)

    def tick(self) -> None:
        """Do what is ready and return, if the group finds that anything is.

        Clause: Client.tick
        """
        if self._client is not None:
            client_tick(self._client)


def make_client(obj: Any, class_info: type) -> bool:
    """Make a handle as `dasnet_reference.make_client` does, and let it join the group.

    Clause: make_client
    """
    made = _client_lowlevel.make_client(obj, class_info)
    if made:
        GROUP.add(obj)
    return made


def client_tick(client: NetworkClient | None) -> None:
    """Do what is ready, if the group finds that anything is. Raises `NullHandleError`.

    Clause: client_tick
    """
    if client is None:
        raise NullHandleError("client_tick", "make_client", "_client")
    GROUP.tick_handle(client)
