"""daslang's NETWORK module in Python: a server for one client at a time, and a client, driven by a host's frame loop.

Derive from `Server`, override the callbacks you need, call `tick()` once per frame:

    class Echo(Server):
        def on_data(self, data: bytes) -> None:
            self.send(data)

    with Echo() as echo:
        echo.make_server_adapter()
        echo.init(8000)
        while True:
            echo.tick()
            ...

`Client` is the other end: `make_client_adapter()`, `connect(host, port)`, and the same callbacks. `HttpServer` and
`HttpClient` speak HTTP; they need h11, which is imported where it is installed.

Otherwise the standard library only; no threads, but for the look-up of a host's name. This file only gathers the public
names; everything else is private.
"""

from __future__ import annotations

from ._client import Client
from ._client_lowlevel import (
    client_close,
    client_connect,
    client_is_connected,
    client_send,
    client_tick,
    make_client,
)
from ._client_state import (
    CLIENT_ANSWERS,
    CLIENT_TRANSITIONS,
    CLIENT_WITHOUT_HANDLE,
    ClientAnswers,
    ClientHappening,
    ClientState,
)
from ._errors import (
    AdapterError,
    CallerError,
    ClosedHandleError,
    EmptyOrphanError,
    ImpossibleTransitionError,
    LocalError,
    NetworkError,
    NoHandleError,
    NullHandleError,
    OrphanOccupiedError,
    WrongHandleError,
)
from ._group import ServerGroup
from ._http_client import HttpClient
from ._http_library import h11
from ._http_server import HttpServer
from ._lowlevel import (
    make_server,
    server_init,
    server_is_connected,
    server_is_open,
    server_restore,
    server_send,
    server_tick,
)
from ._network_client import NetworkClient
from ._network_server import NetworkServer
from ._orphan import SharedOrphan
from ._server import Server
from ._state import ANSWERS, TRANSITIONS, WITHOUT_HANDLE, Answers, Happening, State

__version__ = "0.2.0"

# The parts of the module that are here, by the names of the conformance suite's profiles. Not among the names that `*`
# takes: whoever builds on this module claims for itself.
PROFILES = ("core", "lowlevel", "client", "client-lowlevel", *(("http", "http-client") if h11 is not None else ()))

__all__ = [
    "ANSWERS",
    "CLIENT_ANSWERS",
    "CLIENT_TRANSITIONS",
    "CLIENT_WITHOUT_HANDLE",
    "TRANSITIONS",
    "WITHOUT_HANDLE",
    "AdapterError",
    "Answers",
    "CallerError",
    "Client",
    "ClientAnswers",
    "ClientHappening",
    "ClientState",
    "ClosedHandleError",
    "EmptyOrphanError",
    "Happening",
    "HttpClient",
    "HttpServer",
    "ImpossibleTransitionError",
    "LocalError",
    "NetworkClient",
    "NetworkError",
    "NetworkServer",
    "NoHandleError",
    "NullHandleError",
    "OrphanOccupiedError",
    "Server",
    "ServerGroup",
    "SharedOrphan",
    "State",
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
