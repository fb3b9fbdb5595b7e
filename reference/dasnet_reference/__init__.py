"""daslang's NETWORK module in Python: a server for one client at a time, driven by a host's frame loop.

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

Standard library only, no threads. This file only gathers the public names; everything else is private.
"""

from __future__ import annotations

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
)
from ._group import ServerGroup
from ._handle import NetworkServer
from ._lowlevel import (
    make_server,
    server_init,
    server_is_connected,
    server_is_open,
    server_restore,
    server_send,
    server_tick,
)
from ._orphan import SharedOrphan
from ._server import Server
from ._state import ANSWERS, TRANSITIONS, WITHOUT_HANDLE, Answers, Happening, State

__version__ = "0.2.0"

__all__ = [
    "ANSWERS",
    "TRANSITIONS",
    "WITHOUT_HANDLE",
    "AdapterError",
    "Answers",
    "CallerError",
    "ClosedHandleError",
    "EmptyOrphanError",
    "Happening",
    "ImpossibleTransitionError",
    "LocalError",
    "NetworkError",
    "NetworkServer",
    "NoHandleError",
    "NullHandleError",
    "OrphanOccupiedError",
    "Server",
    "ServerGroup",
    "SharedOrphan",
    "State",
    "__version__",
    "make_server",
    "server_init",
    "server_is_connected",
    "server_is_open",
    "server_restore",
    "server_send",
    "server_tick",
]
