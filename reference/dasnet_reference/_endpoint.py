"""What a handle has open: the connection, the poller, and which socket is being watched; for a server, its listener.

Touches those; calls nothing back. The client half is in `_client_endpoint`.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
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

#: Every open endpoint. The collector finalizes the members of a cycle in no set order: were the sockets reachable only
#: through the cycle, they could go, with a warning, before the handle that is to close them. Kept in `sys`, which the
#: interpreter takes apart last, for at its end modules are members of cycles, too.
OPEN: Final[set[object]] = vars(sys).setdefault("_dasnet_reference_open", set())


class Endpoint:
    """A poller and at most one connection; the poller has one thing to tell at most. Open from construction to `close`.

    Arguments: `fd`, the socket to watch, and `mask`, for what. Raises `OSError`, and then has opened nothing.
    """

    __slots__ = ("_poller", "_process", "client", "poll", "poller_fileno")

    def __init__(self, fd: int, mask: int) -> None:
        self._poller: Poller = make_poller()
        try:
            self._poller.register(fd, mask)
        except BaseException:
            self._poller.close()
            raise
        #: The connection: that of the client which is being served, or as a client to a server.
        self.client: Connection | None = None
        #: The poller's own bound method; asking is the whole of an idle tick.
        self.poll: Callable[[int, int], Ready] = self._poller.poll
        #: The poller's descriptor, None where it has none; a group watches it.
        self.poller_fileno: int | None = self._poller.fileno()
        # A fork shares all of it with this process, registrations included; they remain this process's to change.
        self._process = _process.identity
        OPEN.add(self)

    @property
    def inherited(self) -> bool:
        """Whether this process got it by a fork, and so has to leave everything but its own descriptors alone."""
        return self._process != _process.identity

    def watch(self, client: Connection, mask: int) -> None:
        """What to tell of the connection. That it can be sent to is nearly always so, and only asked when needed."""
        self._poller.modify(client.fileno, mask)

    def settle(self) -> None:
        """After an interruption: watch what is to be watched now, whatever is watched so far. Raises `OSError`."""
        client = self.client
        if client is not None:
            client.prepare()
            self._put(client.fileno, READABLE | WRITABLE if client.queue else READABLE)

    def drop(self) -> None:
        """Close the connection, if any, after a last attempt to send what waits.

        It is let go of last, so that a call that was interrupted can be made again.
        """
        client = self.client
        if client is not None:
            self._forget(client.fileno)
            client.close()
            self._dropped()
            self.client = None

    # What there is to be done between the end of a connection and its being forgotten.
    def _dropped(self) -> None:
        """Nothing, without a listener."""

    def close(self) -> None:
        """Drop the connection, and give every descriptor back; of an inherited one the descriptors only."""
        OPEN.discard(self)
        if not self.inherited:
            self.drop()
        elif self.client is not None:
            self.client.abandon()
            self.client = None
        self._poller.close()

    def _put(self, fd: int, mask: int) -> None:
        try:
            self._poller.modify(fd, mask)
        except FileNotFoundError:
            self._poller.register(fd, mask)

    def _forget(self, fd: int) -> None:
        with suppress(OSError, KeyError):  # It is forgotten already, or closed, which is as good.
            self._poller.unregister(fd)


class ServerEndpoint(Endpoint):
    """A port that clients can connect to.

    While there is no client the listener is watched, else the client alone: the next client waits in the kernel's
    queue and does not wake anybody.

    Arguments: `host`, a numeric address, and `port`, 0 for any free one. `keep_alive`, whether the system is to
    look after silent clients. Raises `OSError`; never blocks.
    """

    __slots__ = ("_keep_alive", "_listener", "address", "port")

    def __init__(self, host: str, port: int, keep_alive: bool = False) -> None:
        self._keep_alive = keep_alive
        self._listener = listen_on(host, port)
        try:
            name = self._listener.getsockname()
            super().__init__(self._listener.fileno(), READABLE)
        except BaseException:
            self._listener.close()
            raise
        self.port: int = name[1]
        #: Where it listens, for people.
        self.address = display(name)

    def take(self) -> Connection:
        """The next waiting client, watched from now on in place of the listener. Raises `OSError`."""
        client, name = self._listener.accept()
        # First of all: what interrupts the rest leaves a client that `settle` finds.
        self.client = taken = Connection(client, display(name), self._keep_alive)
        try:
            taken.prepare()
            self._poller.register(taken.fileno, READABLE)
        except OSError:
            self.drop()
            raise
        self._poller.modify(self._listener.fileno(), 0)
        return taken

    def settle(self) -> None:
        """As of every endpoint, and the listener is watched while there is no client. Raises `OSError`."""
        super().settle()
        self._put(self._listener.fileno(), READABLE if self.client is None else 0)

    def _dropped(self) -> None:
        self._put(self._listener.fileno(), READABLE)

    def close(self) -> None:
        """Give the port back as well."""
        if not self.inherited:
            self.drop()
            self._forget(self._listener.fileno())
        self._listener.close()
        super().close()


def listen_on(host: str, port: int) -> socket.socket:
    """A listener at a numeric address that never blocks. Raises `OSError`."""
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


#: An address for people. `Any`, as the socket module types them: their shape depends on the family.
def display(address: Any) -> str:
    if not address:
        return "of unknown address"  # macOS knows none of a client that has gone before it is taken.
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
