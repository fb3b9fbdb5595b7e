"""The sound server's handle: a small, plain and correct one, cut into steps that a fault can replace one by one.

What it does with its client is in `sound_conversation`; here is how it listens and takes one. It may open sockets and
imports nothing of ours.
"""

from __future__ import annotations

import errno
import os
import socket

from .sound_conversation import Conversation


class Handle(Conversation):
    """A listener, at most one client, the bytes that wait for it, and the object whose callbacks they cause."""

    HOST = "127.0.0.1"
    BACKLOG = 128

    def __init__(self) -> None:
        super().__init__()
        self.listener: socket.socket | None = None

    # Ownership

    def disown(self) -> None:
        """Be saved: call back nobody until the next `bind`."""
        self.owner = None

    def close(self) -> None:
        """Close client and listener and call back nobody any more."""
        self.owner = None
        self.drop_client()
        self.close_listener()

    # Queries

    def is_open(self) -> bool:
        """Whether it listens."""
        return self.listener is not None

    def has_session(self) -> bool:
        """Whether there is a client to talk to."""
        return self.client is not None

    # Listening

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

    # Ticking

    def turn(self) -> None:
        """Take a client if there is none; then send what waits for it and deliver what it sent."""
        owner = self.owner
        if self.client is None:
            self.accept()
        # Any callback may have saved or destroyed the object.
        if self.client is not None and self.owner is owner:
            self.flush()
            self.receive()

    def accept(self) -> None:
        """Take a client that waits, if one does, and tell."""
        client = self.take_waiting()
        if client is not None:
            self.adopt(client)
            self.tell_connect()

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
