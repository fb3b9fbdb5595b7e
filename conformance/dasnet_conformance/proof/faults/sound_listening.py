"""How the sound servers listen, for clients of one at a time as for those of HTTP: each step a short method of its own.

It may open sockets and imports nothing of ours.
"""

from __future__ import annotations

import errno
import os
import socket


class Listening:
    """A listener that tells whoever it belongs to when it cannot be."""

    HOST = "127.0.0.1"
    BACKLOG = 128

    def __init__(self) -> None:
        super().__init__()
        self.listener: socket.socket | None = None

    def tell_error(self, message: str, code: int) -> None:
        """The owner's error callback."""

    def is_open(self) -> bool:
        """Whether it listens."""
        return self.listener is not None

    def init(self, port: int) -> bool:
        """Listen on a port; false, with an error told, when that cannot be."""
        if self.listener is not None:
            return self.init_again(port)
        if not self.port_exists(port):
            return self.fail_init(f"there is no port {port}", errno.EINVAL)
        try:
            self.listener = self.open_listener(port)
        except OSError as error:
            return self.fail_init(f"cannot listen on port {port}: {error.strerror}", error.errno or errno.EIO)
        return True

    def init_again(self, port: int) -> bool:
        """What init does on a handle that listens already."""
        return self.fail_init(f"already listening, and not on port {port}", errno.EALREADY)

    def port_exists(self, port: int) -> bool:
        """Whether this number can be a port."""
        return 0 <= port <= 65_535

    def fail_init(self, message: str, code: int) -> bool:
        """Tell why, and answer false."""
        self.tell_error(message, code)
        return False

    def open_listener(self, port: int) -> socket.socket:
        """A listening socket on that port. Raises `OSError`."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            self.prepare_listener(listener)
            listener.bind((self.HOST, port))
            listener.listen(self.BACKLOG)
            listener.setblocking(False)
        except OSError:
            self.discard_listener(listener)
            raise
        return listener

    def prepare_listener(self, listener: socket.socket) -> None:
        """Let a port be taken again while old connections of it linger."""
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

    def discard_listener(self, listener: socket.socket) -> None:
        """Close a socket that could not be made to listen."""
        listener.close()

    def close_listener(self) -> None:
        """Free the port; those who wait there see the end of their connection."""
        if self.listener is not None:
            self.listener.close()
            self.listener = None

    def take_waiting(self) -> socket.socket | None:
        """The next connection of the listen queue, or None."""
        if self.listener is None:
            return None
        try:
            client, _ = self.listener.accept()
        except OSError:
            # Nobody waits, or whoever did has given up.
            return None
        client.setblocking(False)
        return client
