"""The taken client: its socket and the bytes that wait to be sent to it. Touches that socket; calls nothing back."""

from __future__ import annotations

import errno
import socket
from typing import Final

#: A client that has gone must be an error of the call and no SIGPIPE, which kills a host that set its default back.
SEND_FLAGS: Final[int] = getattr(socket, "MSG_NOSIGNAL", 0)

#: Failures of a send that say nothing about the client; the bytes are offered again later.
NOT_NOW: Final = frozenset((errno.EAGAIN, errno.EWOULDBLOCK, errno.EINTR, errno.ENOBUFS, errno.ENOMEM))


class Connection:
    """One client, from the tick that takes it to the tick that notices its departure."""

    __slots__ = ("_queue", "_socket", "address", "fileno", "receive")

    def __init__(self, client: socket.socket, address: str) -> None:
        self._socket = client
        self._queue = bytearray()
        self.address = address
        # The descriptor is needed after the socket may have been closed from a callback.
        self.fileno = client.fileno()
        self.receive = client.recv

    @property
    def queued(self) -> int:
        """How many bytes wait to be sent."""
        return len(self._queue)

    def send(self, data: memoryview) -> None:
        """Pass on what the kernel takes now and keep a copy of the rest. Raises `OSError` and keeps nothing then."""
        sent = 0 if self._queue or not data else self._offer(data)
        self._queue += data[sent:]

    def flush(self, most: int) -> None:
        """Send of the queue what the kernel takes now, `most` bytes at most. Raises `OSError` when the client is gone.

        The queue is empty afterwards if it raises: nobody is left to read it.
        """
        try:
            with memoryview(self._queue) as everything, everything[:most] as part:
                sent = self._offer(part)
        except OSError:
            self._queue.clear()
            raise
        del self._queue[:sent]

    def break_off(self) -> None:
        """After a failed send: make sure that reading comes to an end too, once what has arrived is read."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # Not connected any more, which is what was wanted.

    def close(self) -> None:
        """A last attempt to send what waits, then the end. Raises nothing."""
        try:
            if self._queue:
                self.flush(len(self._queue))
        except OSError:
            pass
        self._socket.close()

    # How much of it the kernel took; 0 when its buffer is full, or it has no memory at the moment.
    def _offer(self, data: memoryview) -> int:
        try:
            return self._socket.send(data, SEND_FLAGS)
        except OSError as error:
            if error.errno in NOT_NOW:
                return 0
            raise
