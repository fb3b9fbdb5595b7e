"""The other end: what it did when it was recorded, as a client or as a server, it does again."""

from __future__ import annotations

import os
import select
import socket
import struct

from .hearing import Heard
from .listener import Listener
from .segments import shorten
from .trouble import Unusable
from .words import payload

#: The kinds of listeners that a script has.
KINDS = ("listen", "refuse", "silent")


class Peer:
    """A client. It never waits: it sends and receives what the system takes and has."""

    def __init__(self, name: str, heard: Heard, server_host: str, listeners: dict[int, Listener]) -> None:
        self._listeners = listeners
        self.name = name
        self._heard = heard
        self._server_host = server_host
        self.socket: socket.socket | None = None
        self.reading = True
        self.connecting = False
        self.half_close = False
        self.outgoing = bytearray()

    def act(self, words: list[str], ports: dict[int, int]) -> None:
        """Do what a line of the script says; `ports` tells which of its numbers are others today."""
        action = words[0]
        if action.startswith("connect"):
            self.connect(ports.get(int(words[1]), int(words[1])), wait=action == "connect")
        elif action in KINDS:
            number = int(words[2])
            self._listeners[number] = made = Listener(action, number, words[1])
            if made.port != number:
                ports[number] = made.port
        elif action == "open":
            self._listeners[int(words[1])].open()
        elif action == "accept":
            self.socket = self._listeners[int(words[1])].accept()
            self.socket.setblocking(False)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        elif action == "send":
            self.outgoing += payload(words[1]) * int(words[2])
            self.step()
        elif action == "urgent":
            self.step()
            if self.socket is not None:
                self.socket.send(bytes([int(words[1])]), socket.MSG_OOB)
        elif action == "half-close":
            self.half_close = True
            self.step()
        elif action in ("close", "reset"):
            self.drop(abortive=action == "reset")
        elif action in ("pause-reading", "resume-reading"):
            self.reading = action == "resume-reading"
        else:
            raise Unusable(f"the script has an unknown action: {action}")

    def connect(self, port: int, wait: bool) -> None:
        """Connect to a port of the server."""
        host = self._server_host.strip("[]")
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        shorten(self.socket)
        self.connecting = True
        code = self.socket.connect_ex(address)
        if wait and code:
            select.select([], [self.socket], [self.socket], 10.0)
        self.connected()

    def connected(self) -> bool:
        """Whether the connection is there; says so when it is refused."""
        if self.connecting and self.socket is not None:
            _, writable, broken = select.select([], [self.socket], [self.socket], 0)
            if not writable and not broken:
                return False
            self.connecting = False
            error = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if error:
                self.end("refused", os.strerror(error))
        return self.socket is not None

    def step(self) -> None:
        """Send and receive."""
        if self.socket is None or not self.connected():
            return
        while self.outgoing:
            try:
                del self.outgoing[: self.socket.send(self.outgoing[: 1 << 20])]
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                self.outgoing.clear()
        if self.half_close and not self.outgoing:
            self.half_close = False
            try:
                self.socket.shutdown(socket.SHUT_WR)
            except OSError:
                pass
        while self.reading and self.socket is not None:
            try:
                chunk = self.socket.recv(1 << 18)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                self.end("reset", "")
                return
            if not chunk:
                self.end("end of file", "")
                return
            self._heard.channel(self.name).bring("received", chunk)
            self._heard.grow(self.name, "received", len(chunk))
            self._heard.show(self.name, "<", f"{len(chunk)} bytes {chunk[:24]!r}")

    def end(self, how: str, why: str) -> None:
        """The connection ended from the other side."""
        self.drop(abortive=False)
        self._heard.channel(self.name).say(how)
        self._heard.grow(self.name, "ended", 1)
        self._heard.show(self.name, "<", f"{how} {why}")

    def drop(self, abortive: bool) -> None:
        """Close, in the orderly way or by a reset."""
        if self.socket is not None:
            if abortive:
                form = "hh" if os.name == "nt" else "ii"
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(form, 1, 0))
            self.socket.close()
            self.socket = None
