"""A raw client of the sound HTTP server, in one thread with it: what is sent, ticked, called back and answered."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from dasnet_conformance.proof.faults.sound import HttpServer

#: What a server says of one request: exchange, method, target, version, headers and body.
Heard = tuple[int, str, str, str, list[tuple[bytes, bytes]], bytes]


class Host(HttpServer):
    """A server that keeps what it hears, and answers each request with its target unless told otherwise."""

    def __init__(self, **limits: Any) -> None:
        super().__init__(**limits)
        self.heard: list[Heard] = []
        self.lines: list[str] = []
        self.errors: list[int] = []
        self.react: Callable[[int], object] | None = self.echo
        self.talks: list[Talk] = []

    def on_request(self, *request: Any) -> None:
        """Keep it, and react."""
        self.heard.append(request)  # type: ignore[arg-type]
        if self.react is not None:
            self.react(request[0])

    def on_error(self, message: str, code: int) -> None:
        """Keep the code."""
        self.errors.append(code)

    def on_log(self, message: str) -> None:
        """Keep the line."""
        self.lines.append(message)

    def echo(self, exchange: int) -> bool:
        """Answer with the target."""
        return self.respond(exchange, 200, [("X-Target", self.heard[-1][2])], self.heard[-1][2].encode())

    @property
    def targets(self) -> list[str]:
        """The targets heard, in order."""
        return [request[2] for request in self.heard]

    def port(self) -> int:
        """Where it listens."""
        return int(self._server.listener.getsockname()[1])

    def connect(self) -> Talk:
        """A client of it."""
        self.talks.append(Talk(self))
        return self.talks[-1]


class Talk:
    """One raw connection."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.sock = socket.create_connection(("127.0.0.1", host.port()))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.setblocking(False)
        self.got = b""
        self.ended = False

    def read(self) -> bytes:
        """Everything that came so far."""
        while not self.ended:
            try:
                data = self.sock.recv(1 << 20)
            except BlockingIOError:
                break
            self.got += data
            self.ended = not data
        return self.got

    def say(self, data: bytes, ticks: int = 3) -> bytes:
        """Send all of it while the server ticks, tick some more, and return everything that came so far."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self.sock.send(rest) :]
            except BlockingIOError:
                pass
            self.host.tick()
            self.read()
        for _ in range(ticks):
            self.host.tick()
        return self.read()


@contextmanager
def serving(**limits: Any) -> Iterator[Host]:
    """A server that listens, closed in the end with all that talk to it."""
    host = Host(**limits)
    host.make_http_server_adapter()
    assert host.init(0)
    try:
        yield host
    finally:
        host.close()
        for talk in host.talks:
            talk.sock.close()


def ask(target: str = "/", *lines: str, method: str = "GET", version: str = "HTTP/1.1") -> bytes:
    """A request's head with a Host."""
    return "\r\n".join([f"{method} {target} {version}", "Host: a", *lines, "", ""]).encode("latin-1")


#: Requests with a body, by its framing.
BODIES = {
    "length": ask("/", "Content-Length: 5") + b"hello",
    "chunks": ask("/", "transfer-encoding: CHUNKED")
    + b'3;a="b;c"\r\nhel\r\n002 ; x\r\nlo\r\n0\r\nContent-Length: 9\r\n\r\n',
    "empty lines before": b"\r\n\r\n" + ask("/", "Content-Length: 0005") + b"hello",
    "absolute": ask("http://a.example:80/x", "Content-Length: 5") + b"hello",
    "address": b"POST / HTTP/1.2\r\nHost: [::1]:8080\r\nContent-Length: 5\r\n\r\nhello",
}
