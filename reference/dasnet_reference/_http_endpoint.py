"""What an `HttpServer` has open: the listener, one poller for it and all connections, and those. Calls nothing back."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from . import _process
from ._endpoint import OPEN, PASSING, display, listen_on
from ._http_connection import HttpConnection, Phase
from ._poller import READABLE, Poller, make_poller

if TYPE_CHECKING:
    from ._http_limits import HttpLimits

#: How many clients one tick takes.
TAKEN_AT_ONCE: Final = 16


class HttpEndpoint:
    """A port that many clients can connect to. Open from construction to `close`.

    Arguments: `host`, a numeric address; `port`, 0 for any free one. Raises `OSError`, and then has opened nothing.
    """

    def __init__(self, host: str, port: int) -> None:
        self._listener = listen_on(host, port)
        self._poller: Poller = make_poller()
        try:
            self._poller.register(self._listener.fileno(), READABLE)
            name = self._listener.getsockname()
        except BaseException:
            self._poller.close()
            self._listener.close()
            raise
        #: The poller's own bound method; asking is the one system call of an idle tick.
        self.poll = self._poller.poll
        self.port: int = name[1]
        self.address = display(name)
        #: The connections, by descriptor.
        self.connections: dict[int, HttpConnection] = {}
        self._listening = True
        #: The process that has opened it.
        self.process = _process.identity
        OPEN.add(self)

    @property
    def inherited(self) -> bool:
        """Whether this process got it by a fork, and so has to leave everything but its own descriptors alone."""
        return self.process != _process.identity

    def is_listener(self, fd: int) -> bool:
        """Whether this descriptor is the listener's."""
        return fd == self._listener.fileno()

    def take(self, limits: HttpLimits) -> tuple[list[HttpConnection], OSError | None]:
        """The clients that wait, a few at a time, and what went wrong if that is worth telling."""
        taken: list[HttpConnection] = []
        while len(taken) < TAKEN_AT_ONCE and len(self.connections) < limits.most_connections:
            try:
                client, name = self._listener.accept()
            except OSError as error:
                return taken, None if error.errno in PASSING else error
            taken.append(self._add(client, display(name), limits))
        return taken, None

    def _add(self, client: socket.socket, address: str, limits: HttpLimits) -> HttpConnection:
        connection = HttpConnection(client, address, limits)
        self._poller.register(connection.fileno, connection.mask)
        self.connections[connection.fileno] = connection
        return connection

    def settle(self, connection: HttpConnection, limits: HttpLimits) -> None:
        """Watch a connection for what it wants now; forget one that is gone."""
        wanted = connection.wanted
        if connection.phase is Phase.GONE:
            self.forget(connection, limits)
        elif wanted != connection.mask:
            connection.mask = wanted
            self._poller.modify(connection.fileno, wanted)

    def forget(self, connection: HttpConnection, limits: HttpLimits) -> None:
        """Close a connection and watch for others in its place."""
        if self.connections.pop(connection.fileno, None) is None:
            return
        # Closed already by a failed send: then the system has forgotten it, or another has its number by now.
        with suppress(OSError, KeyError, ValueError):
            self._poller.unregister(connection.fileno)
        connection.close()
        self.watch_listener(limits)

    def watch_listener(self, limits: HttpLimits) -> None:
        """Watch for clients while there is a place for one; others wait in the system's queue."""
        wanted = len(self.connections) < limits.most_connections
        if wanted != self._listening:
            self._listening = wanted
            self._poller.modify(self._listener.fileno(), READABLE if wanted else 0)

    def close(self) -> None:
        """End every connection and give everything back; of an inherited one the descriptors only."""
        OPEN.discard(self)
        for connection in self.connections.values():
            if self.inherited:
                connection.abandon()
            else:
                with suppress(OSError, KeyError, ValueError):
                    self._poller.unregister(connection.fileno)
                connection.close()
        self.connections.clear()
        if not self.inherited:
            with suppress(OSError, KeyError):
                self._poller.unregister(self._listener.fileno())
        self._listener.close()
        self._poller.close()
