"""Port numbers for servers under test. It may bind guard sockets on loopback and nothing else.

A server is told its port by number, so the suite cannot bind for it, and must not bind, free and hope either. Instead
each worker *claims a block*: it holds a guard socket on the first port of the block for as long as it lives, and hands
out the others one after another, each once. Blocks lie below the range from which the system picks ports by itself, so
no outgoing connection lands there, and two workers, also of two runs, never share one.

Peers end connections by a reset wherever a check leaves the choice. Where the server ended one, the system keeps the
port from an implementation without address reuse for a while, in the next run that claims the block as well: such ports
are passed over. If a port turns out to be taken by something foreign all the same, `foreign` tells after the fact, and
the caller goes on to the next.
"""

from __future__ import annotations

import errno
import random
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

#: How often a port that turns out to be another program's is exchanged for the next.
PORT_ATTEMPTS: Final = 3

BLOCK: Final = 128
LOWEST: Final = 10240
HIGHEST: Final = 32767
#: Seconds between two looks whether another run has left its block.
GUARD_PAUSE: Final = 0.01
_EPHEMERAL: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")


class NoPortsLeft(Exception):
    """Every block of ports is claimed: too many runs at once on this machine, or something else listens there.

    Or the system has no port left for a peer to connect from.
    """


def _highest() -> int:
    try:
        lowest_ephemeral = int(_EPHEMERAL.read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return HIGHEST
    return min(HIGHEST, lowest_ephemeral - 1) if lowest_ephemeral > LOWEST + 4 * BLOCK else HIGHEST


def _hold(port: int) -> socket.socket | None:
    guard = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # Windows lets two sockets share a port unless the first one forbids it.
    exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
    if exclusive is not None:
        guard.setsockopt(socket.SOL_SOCKET, exclusive, 1)
    try:
        guard.bind(("127.0.0.1", port))
        guard.listen(1)
    except OSError:
        guard.close()
        return None
    return guard


class Ports:
    """Hands out port numbers that no other worker hands out. Close it when the run ends."""

    def __init__(self) -> None:
        self._guards: list[socket.socket] = []
        self._left: list[int] = []
        # Not the run's seed: two runs with one seed must not meet on one port.
        self._chance = random.SystemRandom()

    def take(self) -> int:
        """The next port number, never handed out before by this object. Raises `NoPortsLeft`."""
        while True:
            if not self._left:
                self._claim()
            port = self._left.pop()
            if _at_rest(port):
                return port

    def span(self) -> tuple[int, int]:
        """The lowest and the highest of the numbers that come next. Raises `NoPortsLeft`."""
        if not self._left:
            self._claim()
        return min(self._left), max(self._left)

    def _claim(self) -> None:
        bases = list(range(LOWEST, _highest() - BLOCK + 2, BLOCK))
        self._chance.shuffle(bases)
        for base in bases:
            guard = _hold(base)
            if guard is not None:
                self._guards.append(guard)
                self._left = list(range(base + BLOCK - 1, base, -1))
                return
        raise NoPortsLeft("no free block of ports; end other runs on this machine and try again")

    def close(self) -> None:
        """Give every block back."""
        for guard in self._guards:
            guard.close()
        self._guards.clear()
        self._left.clear()


@contextmanager
def alone_on(port: int, seconds: float) -> Iterator[bool]:
    """Within the block no other run tries this one port, which is given by number and not handed out.

    The guard is a socket on the port below. Arguments: `seconds`, how long to wait for a run that is inside its own
    block. Yields false when that was not enough, or another program has the guard's port for good.
    """
    end = time.monotonic() + seconds
    while (guard := _hold(port - 1)) is None and time.monotonic() < end:
        time.sleep(GUARD_PAUSE)  # the system tells nobody that a port is free again
    try:
        yield guard is not None
    finally:
        if guard is not None:
            guard.close()


def _at_rest(port: int) -> bool:
    # Whether nothing of the port is in use, an ended connection least of all. That the look itself is a bind which is
    # undone costs nothing: while the block is ours, no other run takes it.
    for family, everywhere in ((socket.AF_INET, ""), (socket.AF_INET6, "::")):
        try:
            probe = socket.socket(family, socket.SOCK_STREAM)
        except OSError:
            continue  # a system without that family
        with probe:
            try:
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.bind((everywhere, port))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    return False
    return True


def foreign(port: int) -> bool:
    """Whether this machine holds the port although the implementation was told to let go of it.

    Asked only after an init was refused on it and the object was destroyed: then the refusal was right, and the port a
    bad choice of ours.
    """
    probe = _hold(port)
    if probe is None:
        return True
    probe.close()
    return False
