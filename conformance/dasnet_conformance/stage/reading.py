"""Peers that read on a thread of their own, for as long as a block of a check lasts.

A send may wait for its client to read, and the documentation does not say that it must not: a check that sends more
than the system takes at once has to have its client read meanwhile, and a check has one thread. Only reading goes to
the other thread; what peers send, and every call of the implementation, stays where it is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from .host import Host
from .waiting import wait_readable

#: Seconds after which the thread looks again which peers there are, and whether it is still wanted.
_LOOK_AGAIN = 0.02


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

    thread = threading.Thread(target=read, name="dasnet peers", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
