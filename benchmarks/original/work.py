"""The same work as work.das, call for call, in Python: by the reference's class Client, or by bare sockets.

    python work.py reference|bare

A process of its own, as the original is. Loopback only; imports the reference and the standard library.
"""

from __future__ import annotations

import select
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

from dasnet_reference import Client

_MESSAGE = bytes(64)
_PIECE = bytes(64 * 1024)


class Visitor(Client):
    """The reference's client; counts what comes."""

    received = 0

    def on_data(self, data: bytes) -> None:
        self.received += len(data)

    @classmethod
    def joined(cls, port: int) -> Visitor:
        """One that is connected. Raises `OSError` where nobody listens."""
        client = cls(queue_limit=len(_PIECE))
        client.make_client_adapter()
        if not client.connect("127.0.0.1", port):
            raise OSError(f"no connection to port {port}")
        return client


class Bare:
    """The system calls alone: a question whether there is something to read, and a read where there is."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)
        self._epoll = select.epoll()
        self._epoll.register(self._socket.fileno(), select.EPOLLIN)
        self.received = 0

    joined = classmethod(lambda cls, port: cls(port))

    def send(self, data: bytes) -> bool:
        """Whole or, where the system takes nothing, not at all; a part is followed by its rest."""
        sent = 0
        while sent < len(data):
            try:
                sent += self._socket.send(data[sent:])
            except BlockingIOError:
                if not sent:
                    return False
                self.tick()
        return True

    def tick(self) -> None:
        """Ask once, and read what there is."""
        if self._epoll.poll(0, 1):
            self.received += len(self._socket.recv(256 * 1024))

    def close(self) -> None:
        """End the connection."""
        self._epoll.close()
        self._socket.close()


def _echo_once(client: Any) -> None:
    wanted = client.received + len(_MESSAGE)
    while not client.send(_MESSAGE):
        client.tick()
    while client.received < wanted:
        client.tick()


def _idle(client: Any, count: int) -> None:
    for _ in range(count):
        client.tick()


def _echo(client: Any, count: int) -> None:
    for _ in range(count):
        _echo_once(client)


def _receive(client: Any, count: int) -> None:
    wanted = count * len(_PIECE)
    while client.received < wanted:
        client.tick()


def _send(client: Any, count: int) -> None:
    for _ in range(count):
        while not client.send(_PIECE):
            client.tick()
        client.tick()
    while client.received < count // 16:
        client.tick()


_WORKS: dict[str, Callable[[Any, int], None]] = {"idle": _idle, "echo": _echo, "receive": _receive, "send": _send}


def _visits(joined: Callable[[int], Any], port: int, count: int) -> int:
    begun = time.perf_counter_ns()
    for _ in range(count):
        client = joined(port)
        _echo_once(client)
        client.close()
    return time.perf_counter_ns() - begun


def _timed(work: Callable[[Any, int], None], client: Any, count: int) -> int:
    begun = time.perf_counter_ns()
    work(client, count)
    return time.perf_counter_ns() - begun


def main() -> None:
    """Do what the lines of standard input say."""
    side: Any = {"reference": Visitor, "bare": Bare}[sys.argv[1]]
    for line in sys.stdin:
        name, port, count = line.split()
        if name == "visits":
            took = _visits(side.joined, int(port), int(count))
        else:
            client = side.joined(int(port))
            if name == "idle":
                _idle(client, 100)
            took = _timed(_WORKS[name], client, int(count))
            client.close()
        print(took, flush=True)


if __name__ == "__main__":
    main()
