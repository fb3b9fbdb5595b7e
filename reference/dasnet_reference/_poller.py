"""Asking the system what is ready, once, without waiting: epoll, else poll, else select. Touches no socket's content.

`wait_writable` alone waits: it is for `connect`, which may.

All three are used through `Poller`, whose shape is that of `select.epoll`, so that the fastest needs no wrapper at all:
a tick with nothing to do consists of one call of its `poll`. `make_poller` is chosen when this module is imported.
"""

from __future__ import annotations

import select
import sys
from collections.abc import Callable, Sequence
from math import ceil
from typing import Any, Final, Protocol

#: The bits of a mask. These are POLLIN and POLLOUT (and EPOLLIN, EPOLLOUT) of every system that has them; a poller may
#: report further bits, and all of those (hang-up, error) mean what `READABLE` means: that reading will tell.
READABLE: Final = 1
WRITABLE: Final = 4

Ready = Sequence[tuple[int, int]]


class Poller(Protocol):
    """A set of descriptors, each with the mask of what is wanted from it; a mask of 0 keeps one without asking."""

    def register(self, fd: int, eventmask: int, /) -> None: ...

    def modify(self, fd: int, eventmask: int, /) -> None: ...

    def unregister(self, fd: int, /) -> None: ...

    def poll(self, timeout: int, maxevents: int, /) -> Ready:
        """The ready descriptors with their masks, `maxevents` at most. `timeout` is always 0: a tick never waits."""

    def fileno(self) -> int | None:
        """A descriptor that is readable while there is something to tell, None where there is no such thing."""

    def close(self) -> None: ...


class PollPoller:
    """`select.poll`, where there is no epoll (macOS, the BSDs)."""

    # Any: what the select module has depends on the system, and so does what a type checker knows of it.
    _poll: Any

    def __init__(self) -> None:
        if sys.platform != "win32":
            self._poll = select.poll()

    def register(self, fd: int, eventmask: int, /) -> None:
        self._poll.register(fd, eventmask)

    def modify(self, fd: int, eventmask: int, /) -> None:
        self._poll.modify(fd, eventmask)

    def unregister(self, fd: int, /) -> None:
        self._poll.unregister(fd)

    def poll(self, timeout: int, maxevents: int, /) -> Ready:
        ready: list[tuple[int, int]] = self._poll.poll(timeout)
        return ready[:maxevents]

    def fileno(self) -> None:
        """Nothing to watch."""

    def close(self) -> None:
        """Nothing to give back: poll has no descriptor of its own."""


class SelectPoller:
    """`select.select`, which every system has (Windows has nothing else)."""

    def __init__(self) -> None:
        self._wanted: dict[int, int] = {}

    def register(self, fd: int, eventmask: int, /) -> None:
        self._wanted[fd] = eventmask

    modify = register

    def unregister(self, fd: int, /) -> None:
        del self._wanted[fd]

    def poll(self, timeout: int, maxevents: int, /) -> Ready:
        readers = [fd for fd, mask in self._wanted.items() if mask & READABLE]
        writers = [fd for fd, mask in self._wanted.items() if mask & WRITABLE]
        if not (readers or writers):
            return ()  # Windows calls three empty lists an error.
        readable, writable, _ = select.select(readers, writers, (), timeout)
        masks = dict.fromkeys(readable, READABLE)
        for fd in writable:
            masks[fd] = masks.get(fd, 0) | WRITABLE
        return list(masks.items())[:maxevents]

    def fileno(self) -> None:
        """Nothing to watch."""

    def close(self) -> None:
        self._wanted.clear()


def wait_writable(fd: int, seconds: float) -> bool:
    """Wait up to `seconds` until a descriptor can be written to, or an attempt to connect failed; whether it is so."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(fd, WRITABLE)
        # Rounded up: a wait that is a part of a millisecond short would be followed by others, without end.
        return bool(poll.poll(ceil(seconds * 1000)))
    _, writable, broken = select.select((), (fd,), (fd,), seconds)
    return bool(writable or broken)


def best_poller() -> Callable[[], Poller]:
    """The factory of the best poller that this system has."""
    if hasattr(select, "epoll"):
        epoll: Callable[[], Poller] = select.epoll
        return epoll
    if hasattr(select, "poll"):
        return PollPoller
    return SelectPoller


make_poller: Callable[[], Poller] = best_poller()
