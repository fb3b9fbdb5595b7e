"""The open port: listener, client, poller, and which socket is being watched. Touches those; calls nothing back."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from . import _process
from ._connection import Connection
from ._poller import READABLE, WRITABLE, Poller, Ready, make_poller

#: How many clients may wait in the kernel's queue while one is being served.
BACKLOG: Final = 128

#: Failures of accept that concern the client that was about to be taken, or nobody, and not the listener. Linux passes
#: on here what the network reported for the new connection (accept(2), "Error handling").
PASSING: Final = frozenset(
    getattr(errno, name)
    for name in (
        *("EAGAIN", "EWOULDBLOCK", "EINTR", "ECONNABORTED", "ECONNRESET", "EPROTO", "ENETDOWN", "ENOPROTOOPT"),
        *("EHOSTDOWN", "ENONET", "EHOSTUNREACH", "EOPNOTSUPP", "ENETUNREACH"),
    )
    if hasattr(errno, name)
)

# Every open endpoint. The collector finalizes the members of a cycle in no set order: were the sockets reachable only
# through the cycle, they could go, with a warning, before the handle that is to close them.
_OPEN: Final[set[Endpoint]] = set()


class Endpoint:
    """A port that clients can connect to, from construction to `close`.

    While there is no client the listener is watched, else the client alone: the next client waits in the kernel's
    queue and does not wake anybody. So the poller has one thing to tell at most.

    Arguments: `host`, a numeric address, and `port`, 0 for any free one. `keep_alive`, whether the system is to
    look after silent clients. Raises `OSError`; never blocks.
    """

    __slots__ = (
        "_keep_alive",
        "_listener",
        "_poller",
        "_process",
        "address",
        "client",
        "poll",
        "poller_fileno",
        "port",
    )

    def __init__(self, host: str, port: int, keep_alive: bool = False) -> None:
        self._keep_alive = keep_alive
        self._listener = _listen(host, port)
        try:
            name = self._listener.getsockname()
            self._poller: Poller = make_poller()
            self._poller.register(self._listener.fileno(), READABLE)
        except BaseException:
            self._listener.close()
            raise
        #: The client that is being served.
        self.client: Connection | None = None
        self.port: int = name[1]
        #: Where it listens, for people.
        self.address = _display(name)
        #: The poller's own bound method; asking is the whole of an idle tick.
        self.poll: Callable[[int, int], Ready] = self._poller.poll
        #: The poller's descriptor, None where it has none; a group watches it.
        self.poller_fileno: int | None = self._poller.fileno()
        # A fork shares all of it with this process, registrations included; they remain this process's to change.
        self._process = _process.identity
        _OPEN.add(self)

    @property
    def inherited(self) -> bool:
        """Whether this process got it by a fork, and so has to leave everything but its own descriptors alone."""
        return self._process != _process.identity

    def take(self) -> Connection:
        """The next waiting client, watched from now on in place of the listener. Raises `OSError`."""
        client, name = self._listener.accept()
        # First of all: what interrupts the rest leaves a client that `settle` finds.
        self.client = taken = Connection(client, _display(name), self._keep_alive)
        try:
            taken.prepare()
            self._poller.register(taken.fileno, READABLE)
        except OSError:
            self.drop()
            raise
        self._poller.modify(self._listener.fileno(), 0)
        return taken

    def settle(self) -> None:
        """After an interruption: watch what is to be watched now, whatever is watched so far. Raises `OSError`."""
        client = self.client
        if client is not None:
            client.prepare()
            self._put(client.fileno, READABLE | WRITABLE if client.queue else READABLE)
        self._put(self._listener.fileno(), READABLE if client is None else 0)

    def watch(self, client: Connection, mask: int) -> None:
        """What to tell of the client. That it can be sent to is nearly always so, and only asked when needed."""
        self._poller.modify(client.fileno, mask)

    def drop(self) -> None:
        """Close the client, if any, after a last attempt to send what waits, and watch the listener again.

        The client is let go of last, so that a call that was interrupted can be made again.
        """
        client = self.client
        if client is not None:
            self._forget(client.fileno)
            client.close()
            self._put(self._listener.fileno(), READABLE)
            self.client = None

    def close(self) -> None:
        """Drop the client, and give the port and every descriptor back; of an inherited one the descriptors only."""
        _OPEN.discard(self)
        if not self.inherited:
            self.drop()
            self._forget(self._listener.fileno())
        elif self.client is not None:
            self.client.abandon()
            self.client = None
        self._listener.close()
        self._poller.close()

    def _put(self, fd: int, mask: int) -> None:
        try:
            self._poller.modify(fd, mask)
        except FileNotFoundError:
            self._poller.register(fd, mask)

    def _forget(self, fd: int) -> None:
        with suppress(OSError, KeyError):  # It is forgotten already, or closed, which is as good.
            self._poller.unregister(fd)


def _listen(host: str, port: int) -> socket.socket:
    family, address = _resolve(host, port)
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        # Set on every socket: a default timeout from elsewhere in the process must not make a tick wait.
        listener.setblocking(False)
        if os.name == "posix":
            # Connections of an earlier server linger in TIME_WAIT and must not keep the port from its next user.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        elif hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            # On Windows SO_REUSEADDR would share the port with whoever listens there already.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        # The BSDs sort urgent bytes out as they arrive, so that it is too late once the client is taken.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


# Numeric only: a name server that does not answer would block init for seconds.
def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, Any]:
    numeric = "127.0.0.1" if host == "localhost" else host or "0.0.0.0"
    try:
        found = socket.getaddrinfo(numeric, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (socket.gaierror, UnicodeError) as error:
        raise OSError(errno.EADDRNOTAVAIL, f"host {host!r} is not a numeric address") from error
    family, _, _, _, address = found[0]
    return family, address


# `Any`, as the socket module types addresses: their shape depends on the family.
def _display(address: Any) -> str:
    if not address:
        return "of unknown address"  # macOS knows none of a client that has gone before it is taken.
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
