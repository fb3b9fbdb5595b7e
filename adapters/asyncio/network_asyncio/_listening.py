"""What the handles of both servers have in common: an owner, and a port that they listen on."""

from __future__ import annotations

import errno
import socket
import sys
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from typing import Final

from ._handle import Owned
from ._running import Running

_BACKLOG: Final = 128


class Listening(Owned, ABC):
    """A handle that listens. A derived class says what becomes of those who connect, by `_serve`."""

    def __init__(self) -> None:
        super().__init__()
        #: The port it listens on, None while it does not.
        self.port: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether it listens."""
        return self._running is not None

    def init(self, port: int) -> bool:
        """Listen on a port. False, after `on_error`, when it cannot be had."""
        self._refuse_if_closed()
        if self._running is not None:
            # Server: one listening socket. A second init is turned down, whichever port it asks for.
            return self._fail("already listening: close() it first", errno.EALREADY)
        if not 0 <= port <= 65535:
            return self._fail(f"there is no port {port}", errno.EINVAL)
        try:
            listener = _listen(getattr(self._owner, "host", "127.0.0.1"), port)
        except OSError as error:
            return self._fail(f"cannot listen on port {port}: {error.strerror}", error.errno or errno.EIO)
        self._running = Running()
        self._running.start(self._serve(listener, self._running))
        self.port = listener.getsockname()[1]
        if self._owner is not None:
            self._owner.on_log(f"listening on port {self.port}")
        return True

    @abstractmethod
    def _serve(self, listener: socket.socket, running: Running) -> Coroutine[None, None, None]:
        """The life of the listener, which it closes in the end."""


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket()
    try:
        listener.setblocking(False)
        if sys.platform != "win32":
            # Connections of an earlier server linger in the system and must not keep the port from its next user.
            # On Windows they do not, and the option would share the port with whoever listens there already.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener
