"""Conforming servers that chose otherwise than the reference wherever the documentation leaves the choice.

The explorer must find nothing on them. Each is addressed as `python:other_choices:NAME`.
"""

from __future__ import annotations

import types
from typing import Any

import dasnet_reference as reference
from dasnet_reference import _lowlevel


class _Polite(reference.Server):
    """Refuses more, and tells more: ticks without a handle, sends without one, double saves, occupied restores."""

    def make_server_adapter(self) -> None:
        if self._server is not None:
            raise RuntimeError("it has an adapter")
        super().make_server_adapter()

    def init(self, port: int) -> bool:
        if not 0 < port < 65536:
            raise ValueError("no such port")
        return super().init(port)

    def is_open(self) -> bool:
        if self._server is None:
            raise RuntimeError("no handle")
        return super().is_open()

    def tick(self) -> None:
        if self._server is None or not self.is_open():
            raise RuntimeError("nothing to tick")
        before = self.has_session()
        super().tick()
        if self.has_session() != before:
            self.on_log("something happened")

    def send(self, data: Any, size: int | None = None) -> bool:
        if self._server is None or not data[:size]:
            raise RuntimeError("nothing to send, or nobody to send it")
        return super().send(data, size)

    def restore(self, shared_orphan: Any) -> None:
        if self._server is not None and shared_orphan.server is not None:
            raise RuntimeError("it has a server")
        super().restore(shared_orphan)

    def close(self) -> None:
        connected = self.has_session()
        super().close()
        if connected:
            self.on_disconnect()


class _Lax(reference.Server):
    """Says nothing and does something sensible: saves nothing, replaces, moves to the new port, swallows oversizes."""

    def init(self, port: int) -> bool:
        handle = self._server
        if handle is not None and handle.port is not None and handle.port != port and 0 < port < 65536:
            self.make_server_adapter()
        return super().init(port)

    def save(self, shared_orphan: Any) -> None:
        if self._server is None:
            return
        shared_orphan.close()
        super().save(shared_orphan)

    def send(self, data: Any, size: int | None = None) -> bool:
        if size is not None and not 0 < size <= len(data):
            return False
        return super().send(data, size)

    def tick(self) -> None:
        try:
            super().tick()
        except Exception as error:
            self.on_error(f"a callback failed: {error}", 1)


class _Bare:
    """Offers nothing at all."""


def _module(name: str, server: type[reference.Server]) -> types.SimpleNamespace:
    functions = {each: getattr(_lowlevel, each) for each in dir(_lowlevel) if each.startswith(("make_", "server_"))}
    return types.SimpleNamespace(
        IMPLEMENTATION_NAME=name, Server=server, SharedOrphan=reference.SharedOrphan, **functions
    )


polite = _module("polite", _Polite)
lax = _module("lax", _Lax)
bare = types.SimpleNamespace(Server=_Bare)
