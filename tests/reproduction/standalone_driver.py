"""A driver with its own small server, of the standard library alone; core commands without save and restore.

    python standalone_driver.py [FAULT]

Faults: connected-for-ever (is_connected stays true after the client has left), loses-large (what comes in pieces above
512 bytes is not delivered), dies-at-size (a send with a size beyond its buffer ends the process), tells-twice (each
departure is told in two callbacks).
"""

from __future__ import annotations

import os
import socket
import sys

FAULT = sys.argv[1] if len(sys.argv) > 1 else ""


class Server:
    """One object."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.listener: socket.socket | None = None
        self.client: socket.socket | None = None
        self.ever = False

    def tick(self, say) -> None:  # type: ignore[no-untyped-def]
        """Take a client, or hear it."""
        if self.listener is None:
            return
        if self.client is None:
            try:
                self.client, _ = self.listener.accept()
            except BlockingIOError:
                return
            self.client.setblocking(False)
            self.ever = True
            say(f"event {self.number} connect")
        try:
            data = self.client.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            if FAULT != "loses-large" or len(data) <= 512:
                say(f"event {self.number} data {len(data)} {data.hex()}")
            return
        self.leave(say)

    def leave(self, say) -> None:  # type: ignore[no-untyped-def]
        """The client is gone."""
        if self.client is not None:
            self.client.close()
            self.client = None
            for _ in range(2 if FAULT == "tells-twice" else 1):
                say(f"event {self.number} disconnect")

    def close(self) -> None:
        """Give everything back."""
        for each in (self.client, self.listener):
            if each is not None:
                each.close()
        self.client = self.listener = None


def listen(port: int) -> socket.socket | None:
    """A listening socket, or None."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setblocking(False)
    try:
        made.bind(("127.0.0.1", port))
        made.listen(16)
    except (OSError, OverflowError):
        made.close()
        return None
    return made


def carry_out(words: list[str], objects: dict[int, Server], say) -> str:  # type: ignore[no-untyped-def]
    """One command; its outcome."""
    name, *arguments = words
    if name == "hello":
        return "value 1 standalone 1 Python core"
    if name in ("reset", "bye"):
        for each in objects.values():
            each.close()
        objects.clear()
        return "value"
    if name == "new" and arguments[1] != "0":
        objects[int(arguments[0])] = Server(int(arguments[0]))
        return "value"
    if name not in ("adapter", "init", "tick", "is_connected", "is_open", "has_session", "send", "destroy"):
        return "unsupported"
    server = objects[int(arguments[0])]
    if name == "adapter":
        return "value"
    if name == "init":
        if server.listener is None:
            server.listener = listen(int(arguments[1]))
        if server.listener is None:
            say(f"event {server.number} error 98 no")
        return f"value {str(server.listener is not None).lower()}"
    if name == "tick":
        server.tick(say)
        return "value"
    if name == "is_connected":
        held = server.ever if FAULT == "connected-for-ever" else server.client is not None
        return f"value {str(held).lower()}"
    if name in ("is_open", "has_session"):
        held = (server.listener if name == "is_open" else server.client) is not None
        return f"value {str(held).lower()}"
    if name == "send":
        return send(server, bytes.fromhex(arguments[1].strip("-")) * int(arguments[2]), int(arguments[3]))
    server.close()
    return "value"


def send(server: Server, data: bytes, size: int) -> str:
    """Send small things at once; this is no server for large ones."""
    if not 0 <= size <= len(data):
        if FAULT == "dies-at-size":
            os._exit(7)
        return "refused bad-size -"
    if server.client is None:
        return "value false"
    try:
        server.client.sendall(data[:size])
    except OSError:
        return "value false"
    return "value true"


def main() -> None:
    """Serve standard input and output."""
    objects: dict[int, Server] = {}
    for line in sys.stdin:
        sequence, *words = line.split()
        out: list[str] = []
        outcome = carry_out(words, objects, out.append)
        out.append(outcome)
        sys.stdout.write("".join(f"{sequence} {each}\n" for each in out))
        sys.stdout.flush()
        if words[0] == "bye":
            return


if __name__ == "__main__":
    main()
