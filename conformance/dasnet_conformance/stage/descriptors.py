"""Descriptors of this process, which an implementation that is judged in it shares: taking many, leaving none.

Whether it does share them is found out, not asked. In a process of its own the implementation has descriptors that the
suite can neither take nor limit. It opens the null device, looks at sockets of this process by duplicates, and sets its
own soft limit within a block; it knows no implementation.
"""

from __future__ import annotations

import errno
import gc
import math
import os
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from .expect import Mismatch, Moot
from .peer import Peer

#: Descriptors that this process asks for where seventy objects live in it, each with a peer.
ROOM: Final = 1024
#: Descriptors below which seventy servers, each with its client, may be more than a process of their own can have.
LEAST: Final = 240
#: Descriptors that an implementation may take at once for one connection, with what it waits with.
_A_FEW: Final = 8

_FOREIGN = (
    "not asked: the implementation does not share this process, whose descriptors are all that the suite can take"
)
#: Where a system lists the descriptors of the process that looks.
_LIST = Path("/dev/fd")
_FAMILIES = (socket.AF_INET, socket.AF_INET6)
_NO_LIMIT = "not asked: this system has no limit of descriptors that a process can set itself"


def next_descriptor() -> int:
    """The number that the next descriptor of this process gets."""
    number = os.open(os.devnull, os.O_RDONLY)
    os.close(number)
    return number


def open_below(number: int) -> set[int]:
    """The descriptors of this process below a number; asking takes none."""
    return {each for each in range(number) if _is_open(each)}


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def shared(port: int) -> bool:
    """Whether the listener of that port counts among the descriptors of this process.

    Its address tells it from every socket of the suite's own, which may have opened one at the same time: a port of a
    new block is guarded by a listener too.
    """
    return any(_listens(number, port) for number in _open_descriptors())


def needs_shared(port: int) -> None:
    """Raise `Moot` unless the listener of that port counts among the descriptors of this process."""
    if not shared(port):
        raise Moot(_FOREIGN)


def needs_shared_connection(peer: Peer) -> None:
    """Raise `Moot` unless the other end of the peer's connection counts among the descriptors of this process."""
    other = None if peer.socket is None else peer.socket.getpeername()[:2]
    if not any(_ends_at(number, other) for number in _open_descriptors()):
        raise Moot(_FOREIGN)


# Every descriptor of this process. Where the system keeps no list, every number below the next one that is free and as
# many again: nothing of the suite leaves larger gaps.
def _open_descriptors() -> list[int]:
    try:
        return [int(each.name) for each in _LIST.iterdir()]
    except OSError:
        return list(range(2 * next_descriptor()))


# A socket of its own for a descriptor that is one, or None.
def _duplicate(number: int) -> socket.socket | None:
    try:
        if stat.S_ISSOCK(os.fstat(number).st_mode):
            return socket.socket(fileno=os.dup(number))
    except OSError:
        pass  # nothing is open under that number
    return None


# Whether it is a connection's end at that address.
def _ends_at(number: int, address: object) -> bool:
    own = _duplicate(number)
    if own is None:
        return False
    with own:
        return own.family in _FAMILIES and own.getsockname()[:2] == address


def _listens(number: int, port: int) -> bool:
    own = _duplicate(number)
    if own is None:
        return False
    with own:
        listens = own.family in _FAMILIES and own.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) != 0
        return listens and bool(own.getsockname()[1] == port)


@contextmanager
def taken_up_to(number: int, room: int) -> Iterator[None]:
    """Within the block every descriptor below `number` is taken, and `room` more can be opened.

    Raises `Moot` where the system does not let this process have so many.
    """
    with _limited_to(number + room, at_least=True):
        taken: list[int] = []
        try:
            while not taken or taken[-1] < number:
                taken.append(os.open(os.devnull, os.O_RDONLY))
            os.close(taken.pop())
            yield
        finally:
            for each in taken:
                os.close(each)


@contextmanager
def none_left() -> Iterator[int]:
    """Within the block this process can open no descriptor. Raises `Moot` where the system has no such limit.

    Yields the number below which all are taken. One of them that is not open is promised to a call that is under way
    on another thread: a system may set it aside before there is a client to accept.
    """
    # What is garbage may hold descriptors, of checks before this one too: given back in the block, they would be free.
    gc.collect()
    collecting = gc.isenabled()
    gc.disable()
    try:
        limit = next_descriptor()
        with _limited_to(limit, at_least=False):
            yield limit
    finally:
        if collecting:
            gc.enable()


@contextmanager
def many_at_once() -> Iterator[None]:
    """Within the block this process may have `ROOM` descriptors, where the system lets it; who fails there had them.

    Raises `OSError` (EMFILE), which is the machine's part, in place of a `Mismatch` that fewer descriptors than `LEAST`
    may account for: an implementation can have no more than it is let have, in this process or in one of its own.
    """
    let_have = _soft_limit()
    with ExitStack() as raised:
        # With less the block may well pass.
        with suppress(Moot):
            raised.enter_context(_limited_to(ROOM, at_least=True))
        try:
            yield
        except Mismatch as mismatch:
            if let_have < LEAST or not _has_left(_A_FEW):
                raise OSError(errno.EMFILE, os.strerror(errno.EMFILE)) from mismatch
            raise


# How many descriptors a process that starts here may have.
def _soft_limit() -> float:
    if sys.platform == "win32":
        return math.inf
    else:  # a branch of its own, as the type checker goes by it
        import resource

        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return math.inf if soft == resource.RLIM_INFINITY else soft


def _has_left(count: int) -> bool:
    taken: list[int] = []
    try:
        taken.extend(os.open(os.devnull, os.O_RDONLY) for _ in range(count))
    except OSError:
        return False
    finally:
        for each in taken:
            os.close(each)
    return True


# The soft limit, put to a number, or to no less than it; what it was is restored.
@contextmanager
def _limited_to(limit: int, *, at_least: bool) -> Iterator[None]:
    if sys.platform == "win32":
        raise Moot(_NO_LIMIT)
    else:  # a branch of its own, as the type checker goes by it
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if at_least and soft != resource.RLIM_INFINITY:
            limit = max(soft, limit)
        elif at_least:
            limit = soft
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
        except (OSError, ValueError) as error:
            raise Moot(f"not asked: this process may not have {limit} descriptors ({error})") from error
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
