"""The way to a server: an attempt at one address after another, and the connection that it leads to.

Touches its socket and its poller; calls nothing back.
"""

from __future__ import annotations

import errno
import os
import socket
from typing import Final

from ._connection import Connection
from ._endpoint import Endpoint, display
from ._poller import WRITABLE, wait_writable
from ._resolve import Address
from ._settings import Settings

# What connecting without waiting says where it has only begun; the last one on Windows.
_UNDER_WAY: Final = frozenset((errno.EINPROGRESS, errno.EALREADY, errno.EINTR, errno.EWOULDBLOCK))


class ClientEndpoint(Endpoint):
    """An attempt to connect, until `finish` says that it succeeded, and the connection from then on.

    Arguments: `address`, where to. `settings`, whether the system is to look after a silent server. Raises `OSError`
    when it has failed already; never blocks.
    """

    __slots__ = ("_settings", "_socket", "address")

    def __init__(self, address: Address, settings: Settings) -> None:
        family, where = address
        self._settings = settings
        #: Where to, for people.
        self.address = display(where)
        self._socket: socket.socket | None = socket.socket(family, socket.SOCK_STREAM)
        try:
            self._socket.setblocking(False)
            code = self._socket.connect_ex(where)
            if code and code not in _UNDER_WAY:
                raise OSError(code, os.strerror(code))
            super().__init__(self._socket.fileno(), WRITABLE)
        except BaseException:
            self._socket.close()
            raise

    def wait(self, seconds: float) -> bool:
        """Wait up to `seconds` for the attempt to come to its end, good or bad; whether it has."""
        return self._socket is None or wait_writable(self._socket.fileno(), seconds)

    def finish(self) -> None:
        """The attempt has come to its end: there is a connection now. Raises `OSError` if there is none."""
        connecting = self._socket
        if connecting is None:
            return
        code = connecting.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, os.strerror(code))
        # Nobody listens on the port, and the system happened to choose it for this end: that is no server.
        if connecting.getsockname() == connecting.getpeername():
            raise OSError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))
        # The two take turns, so that whatever interrupts this, `close` finds the socket.
        self.client = Connection(connecting, self.address, self._settings.looks_after(connecting.getpeername()[0]))
        self._socket = None
        self.settle()

    def let_leave(self) -> Connection | None:
        """Stop reading, and give the connection away if bytes wait to be sent on it; who gets it has to end it."""
        client = self.client
        if client is None or self.inherited:
            return None
        client.flush_quietly()
        if not client.queue:
            return None
        self._forget(client.fileno)
        self.client = None
        return client

    def close(self) -> None:
        """As of every endpoint; an attempt that is under way is given up."""
        if self._socket is not None:
            self._forget(self._socket.fileno())
            self._socket.close()
            self._socket = None
        super().close()
