"""What the tests of `HttpServer` share: a server that remembers its requests, and a client on a raw socket.

It may touch loopback sockets. No sleep here has a meaning: each wait ends as soon as its condition holds.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from dasnet_reference import HttpServer

#: Seconds after which a condition that does not come true is a failure.
PATIENCE = 60.0


@dataclass
class Asked:
    """One call of `on_request`."""

    exchange: int
    method: str
    target: str
    version: str
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def value(self, name: bytes) -> bytes:
        """The value of the one field of that name."""
        (value,) = [value for each, value in self.headers if each.lower() == name]
        return value


class Site(HttpServer):
    """Remembers every callback, and answers each request with its target unless told otherwise by `answering`."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.asked: list[Asked] = []
        self.errors: list[tuple[str, int]] = []
        self.logs: list[str] = []
        self.answering: Callable[[Asked], object] = lambda asked: self.respond(
            asked.exchange, 200, [], asked.target.encode()
        )

    def on_request(
        self, exchange: int, method: str, target: str, version: str, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> None:
        self.asked.append(Asked(exchange, method, target, version, headers, body))
        self.answering(self.asked[-1])

    def on_error(self, message: str, code: int) -> None:
        self.errors.append((message, code))

    def on_log(self, message: str) -> None:
        self.logs.append(message)

    def targets(self) -> list[str]:
        """The targets so far."""
        return [asked.target for asked in self.asked]

    def connections(self) -> int:
        """How many connections it holds."""
        assert self._server is not None
        assert self._server._endpoint is not None
        return len(self._server._endpoint.connections)


def later(asked: Asked) -> None:
    """Answers nothing."""


def browser(site: HttpServer) -> socket.socket:
    """A client, connected and taken by no tick yet."""
    assert site.port is not None
    client = socket.create_connection(("127.0.0.1", site.port), PATIENCE)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.setblocking(False)
    return client


def until(site: HttpServer, condition: Callable[[], object]) -> None:
    """Tick until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        site.tick()


def read_until(site: HttpServer, client: socket.socket, enough: Callable[[bytes], object]) -> bytes:
    """Tick and read until that is enough, or the server has shut the connection."""
    got = bytearray()
    deadline = time.monotonic() + PATIENCE
    while not enough(bytes(got)):
        assert time.monotonic() < deadline, f"so far: {bytes(got)!r}"
        site.tick()
        with contextlib.suppress(BlockingIOError):
            data = client.recv(1 << 20)
            if not data:
                break
            got += data
    return bytes(got)


def all_of_it(site: HttpServer, client: socket.socket) -> bytes:
    """What comes until the server has shut the connection."""
    return read_until(site, client, lambda got: False)


def push(site: HttpServer, client: socket.socket, data: bytes) -> None:
    """Send it all, ticking while the system takes no more."""
    rest = memoryview(data)
    deadline = time.monotonic() + PATIENCE
    while rest:
        assert time.monotonic() < deadline, f"{len(rest)} bytes are not taken"
        with contextlib.suppress(BlockingIOError):
            rest = rest[client.send(rest) :]
        site.tick()


def exchange(site: HttpServer, data: bytes) -> bytes:
    """What a client reads that sends this, says no more and reads until the end."""
    with contextlib.closing(browser(site)) as client:
        push(site, client, data)
        client.shutdown(socket.SHUT_WR)
        return all_of_it(site, client)


def statuses(answers: bytes) -> list[int]:
    """The status codes of answers whose bodies hold no status line."""
    return [int(part[:3]) for part in answers.split(b"HTTP/1.1 ")[1:]]


def get(target: str, *fields: str) -> bytes:
    """A GET."""
    return "".join(f"{line}\r\n" for line in (f"GET {target} HTTP/1.1", "Host: a", *fields, "")).encode("latin-1")


def post(target: str, body: bytes, *fields: str) -> bytes:
    """A POST of so many bytes."""
    lines = (f"POST {target} HTTP/1.1", "Host: a", f"Content-Length: {len(body)}", *fields, "")
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1") + body


def connected(site: HttpServer, number: int) -> Iterator[socket.socket]:
    """So many clients."""
    for _ in range(number):
        yield browser(site)
