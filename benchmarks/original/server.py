"""The server that all of them work with: raw sockets, blocking, one client after the other on each of three ports.

It prints the ports: of the echo, of the source (64 KiB pieces until the client leaves) and of the sink, which answers
each mebibyte with a byte. Loopback only.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable

_PIECE = bytes(64 * 1024)


def _echo(client: socket.socket) -> None:
    while data := client.recv(len(_PIECE)):
        client.sendall(data)


def _source(client: socket.socket) -> None:
    while True:
        client.sendall(_PIECE)


def _sink(client: socket.socket) -> None:
    received = told = 0
    while data := client.recv(len(_PIECE)):
        received += len(data)
        done = received >> 20
        if done > told:
            client.sendall(bytes(done - told))
            told = done


def _serve(listener: socket.socket, talk: Callable[[socket.socket], None]) -> None:
    while True:
        client, _ = listener.accept()
        with client, contextlib.suppress(OSError):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            talk(client)


def main() -> None:
    """Serve until ended."""
    ports = []
    for talk in (_echo, _source, _sink):
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        ports.append(listener.getsockname()[1])
        threading.Thread(target=_serve, args=(listener, talk), daemon=True).start()
    print(*ports, flush=True)
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main()
