"""What the tests of the reference share: objects that remember their callbacks, and ticking until something is so.

It may touch loopback sockets. No sleep here has a meaning: each wait ends as soon as its condition holds.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any, Protocol

from dasnet_reference import Server
from dasnet_reference._connection import Connection

#: Seconds after which a condition that does not come true is a failure.
PATIENCE = 10.0


class CallbackNotes:
    """Remembers every callback in `events`; `reactions` maps a callback's name to what else to do then."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.events: list[tuple[Any, ...]] = []
        self.reactions: dict[str, Callable[[], object]] = {}

    def on_connect(self) -> None:
        self._note("connect")

    def on_disconnect(self) -> None:
        self._note("disconnect")

    def on_data(self, data: bytes) -> None:
        self._note("data", data)

    def on_error(self, message: str, code: int) -> None:
        self._note("error", message, code)

    def on_log(self, message: str) -> None:
        self._note("log", message)

    def _note(self, name: str, *arguments: Any) -> None:
        self.events.append((name, *arguments))
        reaction = self.reactions.get(name)
        if reaction is not None:
            reaction()

    def seen(self, *but: str) -> list[str]:
        """The names of the callbacks so far, data once for each run of it, without logs and those of `but`."""
        names: list[str] = []
        for name, *_ in self.events:
            if name not in ("log", *but) and not (name == "data" and names[-1:] == ["data"]):
                names.append(name)
        return names

    def data(self) -> bytes:
        return b"".join(event[1] for event in self.events if event[0] == "data")

    def errors(self) -> list[tuple[str, int]]:
        return [(event[1], event[2]) for event in self.events if event[0] == "error"]


class Recorder(CallbackNotes, Server):
    """A server that remembers every callback."""


class Ticked(Protocol):
    """Whatever has a tick: a server, a client, a group."""

    def tick(self) -> None: ...


def connection_of(server: Recorder) -> Connection:
    """The connection of the client that the server has taken."""
    assert server._server is not None
    assert server._server._endpoint is not None
    connection = server._server._endpoint.client
    assert connection is not None
    return connection


def pump(server: Ticked, until: Callable[[], object]) -> None:
    """Tick until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < deadline, "it did not come true in time"
        server.tick()


def dial(server: Server) -> socket.socket:
    """A client of the server, connected but not taken by any tick yet."""
    assert server.port is not None
    client = socket.create_connection(("127.0.0.1", server.port), PATIENCE)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def read_exactly(client: socket.socket, size: int) -> bytes:
    """That many bytes from the server, which need not be ticked for them."""
    parts = []
    while size:
        part = client.recv(min(size, 65536))
        assert part, "the server closed too early"
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def reset(client: socket.socket) -> None:
    """Close so that the server gets a reset instead of an end-of-file."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    client.close()
