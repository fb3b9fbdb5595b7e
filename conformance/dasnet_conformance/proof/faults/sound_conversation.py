"""What both halves of the sound implementation have in common: a connection, what waits for it, and whom it calls back.

It is written to be broken. Every step is a short method with one job, named after it; a fault is a subclass that does
one of them wrong, and what a fault has to say is read by comparing it with the step here. Nothing in it is fast or
clever: sockets that do not block, a queue, and an owner to call back. It may open sockets and imports nothing of ours.
"""

from __future__ import annotations

import errno
import socket
from abc import ABC, abstractmethod
from typing import Any


class Conversation(ABC):
    """At most one connection, the bytes that wait for it, and the object whose callbacks it causes.

    `client` is whoever is at the other end: the client of a server, the server of a client.
    """

    #: The most bytes of one read, and the most that one tick delivers.
    CHUNK = 1 << 16
    BUDGET = 1 << 20
    #: The most bytes that may wait for the other end.
    QUEUE_LIMIT = 64 << 20

    def __init__(self) -> None:
        super().__init__()
        self.owner: Any = None
        self.client: socket.socket | None = None
        self.outgoing = bytearray()
        self.ticking = False

    # Ownership

    def bind(self, owner: Any) -> None:
        """Call back this object from now on: at first, and after a restore."""
        self.owner = owner

    # Callbacks

    def tell_connect(self) -> None:
        """The owner's connect callback."""
        if self.owner is not None:
            self.owner.on_connect()

    def tell_data(self, data: bytes) -> None:
        """The owner's data callback."""
        if self.owner is not None:
            self.owner.on_data(data)

    def tell_disconnect(self) -> None:
        """The owner's disconnect callback."""
        if self.owner is not None:
            self.owner.on_disconnect()

    def tell_error(self, message: str, code: int) -> None:
        """The owner's error callback."""
        if self.owner is not None:
            self.owner.on_error(message, code)

    # Queries

    def is_connected(self) -> bool:
        """Whether a tick has taken a client that no tick found gone."""
        return self.client is not None

    # Ticking

    def tick(self) -> None:
        """One tick, unless it is inside another one or nobody is there to be told."""
        if self.ticking or self.owner is None:
            return
        self.ticking = True
        try:
            self.turn()
        finally:
            self.ticking = False

    @abstractmethod
    def turn(self) -> None:
        """What one tick does, of which nothing else is the beginning."""

    def adopt(self, client: socket.socket) -> None:
        """Make this connection the client."""
        self.client = client

    def receive(self) -> None:
        """Deliver what the client sent, up to the budget, and notice its departure."""
        owner, client, left = self.owner, self.client, self.BUDGET
        while left > 0 and self.client is client and self.owner is owner:
            data = self.read()
            if data is None:
                return
            if not data:
                self.end_of_input()
                return
            self.tell_data(data)
            left -= len(data)

    def read(self) -> bytes | None:
        """The next bytes of the client: None when there are none yet, empty when it has gone."""
        if self.client is None:
            return None
        try:
            return self.client.recv(self.CHUNK)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            return self.read_broken()

    def read_broken(self) -> bytes | None:
        """What a read gives that found the connection broken off: the departure."""
        return b""

    def end_of_input(self) -> None:
        """Nothing more will come. Who has only shut down writing is still owed what waits; else the client has gone."""
        if not self.outgoing:
            self.depart()

    def depart(self) -> None:
        """The client has gone: let go of it, then tell."""
        self.drop_client()
        self.tell_disconnect()

    def drop_client(self) -> None:
        """Close the client's connection, if there is one, and forget what was meant for it."""
        self.outgoing.clear()
        if self.client is not None:
            self.client.close()
            self.client = None

    # Sending

    def send(self, data: bytes, size: int) -> bool:
        """Send the first `size` bytes, now or by later ticks; false, with an error told, when that cannot be."""
        self.check_size(data, size)
        if self.client is None:
            return self.fail_send(data, size, "nothing sent: no client is connected", errno.ENOTCONN)
        part = self.portion(data, size)
        if len(self.outgoing) + len(part) > self.QUEUE_LIMIT:
            return self.fail_send(data, size, "nothing sent: too much waits to be sent", errno.ENOBUFS)
        self.enqueue(part)
        return self.flush()

    def check_size(self, data: bytes, size: int) -> None:
        """Raise `ValueError` for a size that the data does not have."""
        if not 0 <= size <= len(data):
            raise ValueError(f"size must be 0 to {len(data)}, not {size}")

    def portion(self, data: bytes, size: int) -> bytes:
        """The bytes that are meant."""
        return data[:size]

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:  # noqa: ARG002
        """Tell why, and answer false."""
        self.tell_error(message, code)
        return False

    def enqueue(self, part: bytes) -> None:
        """Put bytes behind those that wait."""
        self.outgoing += part

    def flush(self) -> bool:
        """Send what waits, as far as the system takes it; false when the connection turns out to be broken."""
        while self.outgoing and self.client is not None:
            try:
                sent = self.client.send(self.outgoing)
            except (BlockingIOError, InterruptedError):
                return True
            except OSError as error:
                return self.fail_flush(error)
            self.sent(sent)
        return True

    def sent(self, count: int) -> None:
        """The system took so many bytes."""
        del self.outgoing[:count]

    def fail_flush(self, error: OSError) -> bool:
        """The connection is broken: nobody will read what waits. The departure itself is for reading to find."""
        self.outgoing.clear()
        self.tell_error(f"the client is gone: {error.strerror}", error.errno or errno.EPIPE)
        return False
