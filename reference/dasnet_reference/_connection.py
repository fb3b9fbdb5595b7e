"""The taken client: its socket and the bytes that wait to be sent to it. Touches that socket; calls nothing back."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from typing import Final

#: A client that has gone must be an error of the call and no SIGPIPE, which kills a host that set its default back.
SEND_FLAGS: Final[int] = getattr(socket, "MSG_NOSIGNAL", 0)

#: Failures of a send that say nothing about the client; the bytes are offered again later.
NOT_NOW: Final = frozenset((errno.EAGAIN, errno.EWOULDBLOCK, errno.EINTR, errno.ENOBUFS, errno.ENOMEM))


class Connection:
    """One client, from the tick that takes it to the tick that notices its departure."""

    __slots__ = ("_socket", "address", "fileno", "queue", "receive", "transmit")

    def __init__(self, client: socket.socket, address: str) -> None:
        self._socket = client
        #: The bytes that wait to be sent. To be changed by this class alone.
        self.queue = bytearray()
        #: Where it came from, for people.
        self.address = address
        # The descriptor is needed after the socket may have been closed from a callback.
        self.fileno = client.fileno()
        #: The socket's own methods: no wrapper, which would be a call more for every message.
        self.receive = client.recv
        self.transmit: Callable[[bytes | memoryview, int], int] = client.send

    def keep(self, data: bytes, sent: int) -> None:
        """Queue a copy of what the kernel did not take: `data` but for the first `sent` bytes."""
        with memoryview(data) as everything, everything[sent:] as rest:
            self.queue += rest

    def flush(self, most: int) -> None:
        """Send of the queue what the kernel takes now, `most` bytes at most. Raises `OSError` when the client is gone.

        The queue is empty afterwards if it raises: nobody is left to read it.
        """
        try:
            with memoryview(self.queue) as everything, everything[:most] as part:
                sent = self.transmit(part, SEND_FLAGS)
        except OSError as error:
            if error.errno in NOT_NOW:
                return
            self.queue.clear()
            raise
        del self.queue[:sent]

    def break_off(self) -> None:
        """After a failed send: make sure that reading comes to an end too, once what has arrived is read."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # Not connected any more, which is what was wanted.

    def close(self) -> None:
        """A last attempt to send what waits, then the end. Raises nothing."""
        try:
            if self.queue:
                self.flush(len(self.queue))
        except OSError:
            pass
        self._socket.close()
