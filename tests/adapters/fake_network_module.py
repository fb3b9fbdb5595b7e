"""A module that stands in for an implementation, and how the tests ask it."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

from dasnet_adapters.contract import Answer, Command, Outcome
from dasnet_adapters.in_process import InProcessSession


class Orphan:
    """Holds a handle, or None."""

    server: Any = None


class Server:
    """Does what `script` says in a tick, and keeps just enough state for the rest."""

    script: Callable[[Any], None] | None = None

    def __init__(self) -> None:
        self._server: Any = None
        self.closed = 0

    def make_server_adapter(self) -> None:
        self._server = ["handle"]

    def init(self, port: int) -> bool:
        self.on_log(f"port {port}")
        return port > 0

    def has_session(self) -> bool:
        return self._server is not None

    is_open = is_connected = has_session

    def tick(self) -> None:
        if Server.script is not None:
            Server.script(self)

    def send(self, data: bytes, size: int) -> bool:
        if size > len(data):
            raise ValueError("beyond")
        self.on_error("sent", size)
        return True

    def save(self, orphan: Orphan) -> None:
        orphan.server, self._server = self._server, None

    def restore(self, orphan: Orphan) -> None:
        self._server, orphan.server = orphan.server, None

    def close(self) -> None:
        self.closed += 1
        self._server = None

    def on_connect(self) -> None: ...
    def on_disconnect(self) -> None: ...
    def on_data(self, data: bytes) -> None: ...
    def on_error(self, message: str, code: int) -> None: ...
    def on_log(self, message: str) -> None: ...


def make_module(**changes: Any) -> types.ModuleType:
    module = types.ModuleType("fake_network")
    module.Server = Server  # type: ignore[attr-defined]
    module.SharedOrphan = Orphan  # type: ignore[attr-defined]
    for name, value in changes.items():
        setattr(module, name, value)
    return module


def ask(session: InProcessSession, name: str, *arguments: Any) -> Outcome:
    return session.call(Command(name, arguments)).outcome


def tick_doing(session: InProcessSession, script: Callable[[Any], None]) -> Answer:
    Server.script = staticmethod(script)  # type: ignore[assignment]
    return session.call(Command("tick", (1,)))
