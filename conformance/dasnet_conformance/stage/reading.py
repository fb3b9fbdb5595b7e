"""Peers that read on a thread of their own, for as long as a block of a check lasts.

A send may wait for its client to read, and the documentation does not say that it must not: a check that sends more
than the system takes at once has to have its client read meanwhile, and a check has one thread. Only reading goes to
the other thread; what peers send, and every call of the implementation, stays where it is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .host import Host
from .peer import Peer
from .waiting import wait_readable

#: Seconds after which the thread looks again which peers there are, and whether it is still wanted.
_LOOK_AGAIN = 0.02

#: Seconds after which a call that is still under way is taken to wait for its client.
_WAITS = 0.5


@contextmanager
def _beside(read: Callable[[], None], done: threading.Event) -> Iterator[None]:
    thread = threading.Thread(target=read, name="dasnet peers", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@contextmanager
def reading_meanwhile(host: Host) -> Iterator[None]:
    """Every peer of the host that reads does so at once within the block, also while a call is under way."""
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            peers = [peer for peer in host.peers if peer.reading and peer.closed is None]
            sockets = [peer.socket for peer in peers]
            wait_readable([each for each in sockets if each is not None], _LOOK_AGAIN)
            for peer in peers:
                peer.pull()

    with _beside(read, done):
        yield


@contextmanager
def reading_if_awaited(peer: Peer) -> Iterator[None]:
    """A peer that does not read, unless calls in the block take long: then one may wait for it, and it reads on.

    So bytes pile up at a server that queues them, and one that waits in send gets on.
    """
    done = threading.Event()

    def read() -> None:
        if done.wait(_WAITS):
            return
        while not done.is_set() and peer.closed is None:
            wait_readable([peer.socket] if peer.socket is not None else [], _LOOK_AGAIN)
            peer.pull()

    peer.pause_reading()
    with _beside(read, done):
        yield
