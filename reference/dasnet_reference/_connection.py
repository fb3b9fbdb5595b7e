"""One connection: its socket and the bytes that wait to be sent on it. Touches that socket; calls nothing back.

To both halves it is the same: "client" here is whoever is at the other end.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Final

#: A client that has gone must be an error of the call and no SIGPIPE, which kills a host that set its default back.
SEND_FLAGS: Final[int] = getattr(socket, "MSG_NOSIGNAL", 0)

#: Failures of a send that say nothing about the client; the bytes are offered again later.
NOT_NOW: Final = frozenset((errno.EAGAIN, errno.EWOULDBLOCK, errno.EINTR, errno.ENOBUFS, errno.ENOMEM))


#: When the system is to ask a silent client whether it is still there, by the name of the option: after so many
#: seconds, then every so many, and after how many questions without an answer it is gone. Together: two minutes.
KEEP_ALIVE: Final = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 6}


def keep_alive(client: socket.socket) -> None:
    """Have the system ask a silent client whether it is still there, as soon as the system lets that be set."""
    with suppress(OSError):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEP_ALIVE.items():
        # macOS calls the first one otherwise.
        option = getattr(socket, name, None) or (name == "TCP_KEEPIDLE" and getattr(socket, "TCP_KEEPALIVE", None))
        if option:
            with suppress(OSError):
                client.setsockopt(socket.IPPROTO_TCP, option, value)


# Reads of what nobody will be told, and bytes of each.
_DISCARDS: Final = 16
_DISCARDED: Final = 64 * 1024


class Connection:
    """One connection, from the tick or the call that makes it to the tick that notices its end."""

    __slots__ = (
        "_keep_alive",
        "_sent",
        "_socket",
        "address",
        "failure",
        "fileno",
        "queue",
        "receive",
        "received",
        "told",
        "transmit",
    )

    def __init__(self, client: socket.socket, address: str, keep_alive: bool) -> None:
        self._socket = client
        self._keep_alive = keep_alive
        #: The bytes that wait to be sent. To be changed by this class alone.
        self.queue = bytearray()
        #: Where it came from, for people.
        self.address = address
        # The descriptor is needed after the socket may have been closed from a callback.
        self.fileno = client.fileno()
        #: The socket's own methods: no wrapper, which would be a call more for every message.
        self.receive = client.recv
        self.transmit: Callable[[bytes | memoryview, int], int] = client.send
        #: What was read and not delivered yet: one piece at most, between two statements, unless a signal came there.
        self.received: list[bytes] = []
        # How much was sent and is still in the queue, likewise.
        self._sent: list[int] = []
        #: Whether the host has been told of it, or is owed that.
        self.told = False
        #: Why it left, None if it simply did.
        self.failure: OSError | None = None

    def prepare(self) -> None:
        """Set the options of its socket. Raises `OSError` if there is no such socket any more."""
        self._socket.setblocking(False)
        with suppress(OSError):  # macOS refuses options on a client that has already gone; reading from it will tell.
            # Small answers (a prompt, a protocol message) must not wait for the acknowledgement of the one before.
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(OSError):
            # Urgent bytes (telnet's Ctrl-C) belong to what was sent; otherwise they would be taken out of it.
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
        if self._keep_alive:
            keep_alive(self._socket)

    def read(self, most: int) -> None:
        """Read what there is, `most` bytes at most, into `received`; an empty piece is the end. Raises `OSError`.

        A signal's handler may raise as soon as a call has come back, before its result has a name: the map puts it
        where it is found again, without a step of Python in between.
        """
        self.received.extend(map(self.receive, (most,)))

    def keep(self, data: bytes, sent: int) -> None:
        """Queue a copy of what the kernel did not take: `data` but for the first `sent` bytes."""
        with memoryview(data) as everything, everything[sent:] as rest:
            self.queue += rest

    def flush(self, most: int) -> None:
        """Send of the queue what the kernel takes now, `most` bytes at most. Raises `OSError` when the client is gone.

        The queue is empty afterwards if it raises: nobody is left to read it.
        """
        self._forget_sent()
        try:
            with memoryview(self.queue) as everything, everything[:most] as part:
                self._sent.extend(map(self.transmit, (part,), (SEND_FLAGS,)))  # as in `read`
        except OSError as error:
            if error.errno in NOT_NOW:
                return
            self.queue.clear()
            raise
        self._forget_sent()

    # Neither of the two statements calls anything, so that no signal's handler runs between them.
    def _forget_sent(self) -> None:
        while self._sent:
            del self.queue[: self._sent[0]]
            del self._sent[0]

    def flush_quietly(self, most: int | None = None) -> None:
        """As `flush`, of all that waits unless told otherwise; where nobody is left to read it, the queue is empty."""
        if self.queue:
            with suppress(OSError):
                self.flush(len(self.queue) if most is None else most)

    def break_off(self) -> None:
        """After a failed send: make sure that reading comes to an end too, once what has arrived is read."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # Not connected any more, which is what was wanted.

    def discard_input(self) -> None:
        """Read what nobody will be told, a mebibyte at most. Raises nothing.

        A system resets a connection that is closed with bytes unread, and what it has not sent yet is lost.
        """
        with suppress(OSError):
            for _ in range(_DISCARDS):
                if not self.receive(_DISCARDED):
                    break

    def close(self) -> None:
        """A last attempt to send what waits, then the end. Raises nothing."""
        self.flush_quietly()
        self.discard_input()
        self._socket.close()

    def abandon(self) -> None:
        """Give this process's descriptor back, and leave the connection to the process that it came from."""
        self._socket.close()
