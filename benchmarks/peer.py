"""The other end of the bulk figures, in a process of its own; and `Peer`, by which a benchmark commands it.

    python peer.py      reads lines "send PORT BYTES" or "receive PORT BYTES", and answers "done" to each

The first line it writes is the number of the port that it listens on. It connects to PORT, or with PORT 0 is connected
to; on loopback only. Receiving, it sends one byte back when it has everything.
"""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import Self

_BLOCK = 1 << 20


class Peer:
    """The peer's process. A context manager, which ends it."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        assert self._process.stdout is not None
        #: Where it can be connected to.
        self.port = int(self._process.stdout.readline())
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def command(self, word: str, port: int, size: int) -> None:
        """Have it connect, or with port 0 be connected to, and send or receive that much."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word} {port} {size}\n")

    def done(self) -> None:
        """Wait until the last command is carried out."""
        assert self._process.stdout is not None
        if self._process.stdout.readline() != "done\n":
            raise RuntimeError("the peer process ended early")


def _send(client: socket.socket, size: int) -> None:
    block = memoryview(bytes(_BLOCK))
    while size:
        size -= client.send(block[: min(size, _BLOCK)])
    _until_closed(client)


def _receive(client: socket.socket, size: int) -> None:
    block = bytearray(_BLOCK)
    while size:
        count = client.recv_into(block)
        if not count:
            raise ConnectionError("the server closed too early")
        size -= count
    client.sendall(b"!")
    _until_closed(client)


def _until_closed(client: socket.socket) -> None:
    try:
        client.recv(1)
    except ConnectionError:
        pass  # Some sides close abortively, as soon as they have everything.


def main() -> None:
    """Carry out commands until the input ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        for line in sys.stdin:
            word, port, size = line.split()
            address = ("127.0.0.1", int(port))
            with socket.create_connection(address) if address[1] else listener.accept()[0] as connection:
                connection.settimeout(60)
                {"send": _send, "receive": _receive}[word](connection, int(size))
            sys.stdout.write("done\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
