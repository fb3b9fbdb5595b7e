"""The peer as a server: what a client under test connects to. It may open loopback sockets and writes the transcript.

A `Listener` binds a port that the system chooses and holds it as long as the check runs, so no port is ever freed for a
client to find. It listens; or only holds the port, so that connecting is refused; or answers nothing at all, as its
listen queue is full. Whoever is taken from its queue is a `Peer` like any other.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from dasnet_adapters.contract import AdapterBroken

from .bounds import FILLERS, FRUITLESS_TICKS, pause_before
from .expect import Mismatch, Moot
from .host import Host
from .peer import Peer
from .recording import Acted
from .segments import shorten_segments
from .waiting import wait_connected, wait_readable

LOOPBACK: Final = "127.0.0.1"

Kind = Literal["listen", "refuse", "silent"]

_KINDS: Final = {"listen": "listens on", "refuse": "holds, without listening,", "silent": "answers nobody on"}


class Listener:
    """A port of the suite's own on loopback. Make it with `listen`; `Host.close` ends it.

    Arguments: `kind`, what happens to who connects: taken, refused, or not answered. `address`, a literal.
    Raises `Moot` where this machine has no such address, or lets no listen queue run full.
    """

    def __init__(self, host: Host, name: str, kind: Kind, address: str) -> None:
        self.name = name
        self.address = address
        self._host = host
        self._fillers: list[socket.socket] = []
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        try:
            self._socket.bind((address, 0))
        except OSError as error:
            self._socket.close()
            raise Moot(f"not asked: this machine has no address {address} ({error.strerror})") from error
        self._socket.setblocking(False)
        self.port: int = self._socket.getsockname()[1]
        shorten_segments(self._socket)
        if kind != "refuse":
            self._socket.listen(0 if kind == "silent" else socket.SOMAXCONN)
        host.note(f"{name}: {_KINDS[kind]} port {self.port} of {address}")
        host.recording.add(Acted(host.transcript.tick, name, f"{kind} {address}", self.port))
        if kind == "silent":
            self._fill()

    # Connections until one is not answered. Some systems refuse in place of that.
    def _fill(self) -> None:
        for _ in range(FILLERS):
            filler = socket.socket(self._socket.family, socket.SOCK_STREAM)
            self._fillers.append(filler)
            filler.setblocking(False)
            code = filler.connect_ex((self.address, self.port))
            if code and not wait_connected(filler, 0.05):
                return
            if filler.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                break
        self.close()
        raise Moot("not asked: a full listen queue is no silence on this system")

    def nobody_came(self) -> bool:
        """Whether nobody has connected who was not accepted yet; whoever has is ended."""
        try:
            connection, _ = self._socket.accept()
        except (BlockingIOError, InterruptedError):
            return True
        connection.close()
        return False

    def accept(self) -> Peer:
        """The next who connected. Raises `Mismatch` when nobody comes."""
        for fruitless in range(FRUITLESS_TICKS):
            peer = self.take()
            if peer is not None:
                return peer
            wait_readable([self._socket], pause_before(fruitless))
        raise Mismatch(f"port {self.port}", "a connection of the client", "none")

    def take(self) -> Peer | None:
        """Who has connected next, or None where nobody has yet: for a client that connects in its ticks."""
        try:
            connection, _ = self._socket.accept()
        except (BlockingIOError, InterruptedError):
            return None
        peer = self._host.adopt(connection)
        transcript = self._host.transcript
        transcript.add(peer.name, "connect", f"the client, which {self.name} accepted")
        self._host.recording.add(Acted(transcript.tick, peer.name, "accept", self.port))
        return peer

    def open(self) -> None:
        """Of one that refuses: listen from now on, as a server that was started late."""
        self._socket.listen(socket.SOMAXCONN)
        self._host.note(f"{self.name}: listens on port {self.port} from now on")
        self._host.recording.add(Acted(self._host.transcript.tick, self.name, "open", self.port))

    def free(self) -> None:
        """Of a silent one: take all that fill its queue and end them, so that there is room for who tries."""
        for filler in self._fillers:
            filler.close()
        while True:
            try:
                self._socket.accept()[0].close()
            except OSError:
                return

    def close(self) -> None:
        """End it: nobody listens on the port any more, and whoever waits there is reset. May be called twice."""
        for filler in self._fillers:
            filler.close()
        self._socket.close()


def listen(host: Host, kind: Kind = "listen", address: str = LOOPBACK) -> Listener:
    """A port of the suite's own, for as long as the check runs; see `Listener`.

    Raises `AdapterBroken` (culprit "caller") for an implementation on another machine, to which loopback is its own.
    """
    if not is_on_this_machine(host):
        raise AdapterBroken(
            f"the implementation is at {host.peer_host}, and reaches no loopback address of this machine",
            culprit="caller",
            hint="judge the client half where the suite runs, or leave it out: --profile core --profile lowlevel",
        )
    made = Listener(host, f"listener {len(host.listeners) + 1}", kind, address)
    host.listeners.append(made)
    return made


def is_on_this_machine(host: Host) -> bool:
    """Whether the implementation is where the suite is: its peers reach it at a loopback address."""
    return host.peer_host == "localhost" or _is_loopback(host.peer_host)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


@contextmanager
def freed_meanwhile(listener: Listener, seconds: float) -> Iterator[None]:
    """Within the block a silent listener gets room in its queue, after so many seconds."""
    timer = threading.Timer(seconds, listener.free)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
