"""What several faults need to go wrong: to look ahead on a socket, to lose one on purpose, to die."""

from __future__ import annotations

import os
import select
import socket
from typing import Any, Final, NoReturn

from .sound import Server
from .sound_client import Client

#: What a fault forgets to close goes here, as Python would close a socket that nobody refers to.
LOST: Final[list[Any]] = []


def die() -> NoReturn:
    """End the process at once, as a memory error does. The status is that of a segmentation fault in a shell."""
    os._exit(139)


def ready(connection: socket.socket | None) -> bool:
    """Whether there is something to read, or to accept, right now."""
    if connection is None:
        return False
    if hasattr(select, "poll"):
        # select takes no descriptor from 1,024 on, which is a fault of its own.
        poll = select.poll()
        poll.register(connection, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([connection], [], [], 0)[0])


def peek(connection: socket.socket | None) -> bytes | None:
    """What the next read would give, without taking it: None when nothing is there, empty at the end."""
    if connection is None:
        return None
    try:
        return connection.recv(1 << 16, socket.MSG_PEEK)
    except (BlockingIOError, InterruptedError):
        return None
    except OSError:
        return b""


def hung_up(connection: socket.socket | None) -> bool:
    """Whether the other end sends no more, though bytes of it may be there; false where the system does not tell."""
    told: int = getattr(select, "POLLRDHUP", 0)
    if connection is None or not told:
        return False
    poll = select.poll()
    poll.register(connection, told)
    return any(mask & told for _, mask in poll.poll(0))


def drain(connection: socket.socket | None) -> tuple[bytes, bool]:
    """Everything that can be read now, and whether the end came after it."""
    taken = bytearray()
    while connection is not None and ready(connection):
        try:
            data = connection.recv(1 << 16)
        except OSError:
            return bytes(taken), True
        if not data:
            return bytes(taken), True
        taken += data
    return bytes(taken), False


def overrides(obj: Any, callback: str) -> bool:
    """Whether the object's class has this callback of its own."""
    sound = Client if isinstance(obj, Client) else Server
    return getattr(type(obj), callback, None) is not getattr(sound, callback)


def close_quietly(number: int) -> None:
    """Close a descriptor by its number, as a program does that does not know that it is another's by now."""
    try:
        os.close(number)
    except OSError:
        pass


def shut_quietly(number: int) -> None:
    """Shut a socket down by its number; a listener then listens no more."""
    try:
        with socket.socket(fileno=os.dup(number)) as other:
            other.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
