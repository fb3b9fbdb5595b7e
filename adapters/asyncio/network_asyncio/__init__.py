"""daslang's NETWORK module on asyncio: a server for one client at a time, and a client, driven by a frame loop.

    class Echo(Server):
        def on_data(self, data: bytes) -> None:
            self.send(data)

    echo = Echo()
    echo.make_server_adapter()
    echo.init(8000)
    while True:
        echo.tick()
        ...

`Client` connects where `Server` listens; `HttpServer` serves many clients, and requests in place of bytes; `HttpClient`
asks a server. The theory of operation is in `_handle`. This file only gathers the public names.
"""

from __future__ import annotations

from typing import Final

from ._client import (
    Client,
    client_close,
    client_connect,
    client_is_connected,
    client_send,
    client_tick,
    make_client,
)
from ._errors import (
    ClosedHandleError,
    EmptyOrphanError,
    NetworkError,
    NoHandleError,
    NullHandleError,
    OccupiedOrphanError,
    WrongHandleError,
)
from ._http_client import HttpClient
from ._http_limits import HttpClientLimits, HttpLimits
from ._http_message import MISSING
from ._http_server import HttpServer
from ._network_client import NetworkClient
from ._network_http_client import NetworkHttpClient
from ._network_http_server import NetworkHttpServer
from ._network_server import NetworkServer
from ._server import (
    Server,
    SharedOrphan,
    make_server,
    server_init,
    server_is_connected,
    server_is_open,
    server_restore,
    server_send,
    server_tick,
)

IMPLEMENTATION_NAME: Final = "network-asyncio"
__version__: Final = "0.1.0"
#: What is offered here: HTTP where its parser is installed. `MISSING` says why it is not, where it is not.
PROFILES: Final = ("core", "lowlevel", "client", "client-lowlevel", *(() if MISSING else ("http", "http-client")))

__all__ = [
    "IMPLEMENTATION_NAME",
    "MISSING",
    "PROFILES",
    "Client",
    "ClosedHandleError",
    "EmptyOrphanError",
    "HttpClient",
    "HttpClientLimits",
    "HttpLimits",
    "HttpServer",
    "NetworkClient",
    "NetworkError",
    "NetworkHttpClient",
    "NetworkHttpServer",
    "NetworkServer",
    "NoHandleError",
    "NullHandleError",
    "OccupiedOrphanError",
    "Server",
    "SharedOrphan",
    "WrongHandleError",
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
