"""Waiting for sockets, however high the numbers of their descriptors. It imports nothing of ours.

`select.select` takes no descriptor from 1,024 on, and an implementation that leaks descriptors in this process gets
there: then the leak is to be reported, not a failure of the suite. Windows has only select, and no such limit.
"""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Sequence


def wait_readable(sockets: Sequence[socket.socket], seconds: float) -> None:
    """Wait until one of the sockets has something to read, or its end; without sockets, for the whole time."""
    if not sockets:
        threading.Event().wait(seconds)
    elif hasattr(select, "poll"):
        poll = select.poll()
        for each in sockets:
            poll.register(each, select.POLLIN)
        poll.poll(seconds * 1000)
    else:
        select.select(sockets, [], [], seconds)


def wait_connected(connecting: socket.socket, seconds: float) -> bool:
    """Wait until a connection attempt has come to an end, good or bad; returns whether it has."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(connecting, select.POLLOUT)
        return bool(poll.poll(seconds * 1000))
    _, writable, broken = select.select([], [connecting], [connecting], seconds)
    return bool(writable or broken)
