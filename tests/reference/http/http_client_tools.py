"""What the tests of `HttpClient` share: a client that remembers what it is told, and a server on raw sockets.

It may touch loopback sockets. No sleep here has a meaning: each wait ends as soon as its condition holds.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable
from typing import Any

from http_server_tools import PATIENCE
from reference_tools import reset

from dasnet_reference import HttpClient

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Asker(HttpClient):
    """Remembers every callback."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.outcomes: list[tuple[Any, ...]] = []
        self.errors: list[tuple[str, int]] = []
        self.logs: list[str] = []

    def on_response(
        self, exchange: int, status: int, reason: str, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> None:
        self.outcomes.append((exchange, status, reason, headers, body))

    def on_failure(self, exchange: int, message: str, code: int) -> None:
        assert message
        self.outcomes.append((exchange, code))

    def on_error(self, message: str, code: int) -> None:
        self.errors.append((message, code))

    def on_log(self, message: str) -> None:
        self.logs.append(message)

    def until(self, condition: Callable[[], object]) -> None:
        """Tick until it is so."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, "it did not come true in time"
            self.tick()


class Server:
    """A port, and the connections that were made to it."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.port: int = self.listener.getsockname()[1]
        self.connections: list[socket.socket] = []

    def take(self, asker: Asker) -> socket.socket:
        """The next connection."""
        deadline = time.monotonic() + PATIENCE
        while True:
            assert time.monotonic() < deadline, "nobody connects"
            asker.tick()
            with contextlib.suppress(BlockingIOError):
                connection = self.listener.accept()[0]
                connection.setblocking(False)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.connections.append(connection)
                return connection

    def nobody_else(self) -> bool:
        """Whether no further connection waits."""
        try:
            self.listener.accept()[0].close()
        except BlockingIOError:
            return True
        return False


def receive(asker: Asker, connection: socket.socket, end: bytes = b"\r\n\r\n") -> bytes:
    """What the client sends, up to this."""
    got = b""
    deadline = time.monotonic() + PATIENCE
    while not got.endswith(end):
        assert time.monotonic() < deadline, got[:200]
        asker.tick()
        with contextlib.suppress(BlockingIOError):
            data = connection.recv(1 << 20)
            assert data, "the client left"
            got += data
    return got


def answered(asker: Asker, server: Server, data: bytes, then: str = "stay", method: str = "GET") -> tuple[Any, ...]:
    """The outcome of a request that is answered with this, after which the server stays, leaves or resets."""
    asker.request(method, "/")
    connection = server.take(asker)
    receive(asker, connection)
    connection.sendall(data)
    if then == "leave":
        connection.close()
    elif then == "reset":
        asker.tick()
        reset(connection)
    before = len(asker.outcomes)
    asker.until(lambda: len(asker.outcomes) > before)
    outcome: tuple[Any, ...] = asker.outcomes[-1]
    return outcome
