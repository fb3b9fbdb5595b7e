"""Faults of section tick that work on a thread of their own, between the ticks."""

from __future__ import annotations

import errno
import threading
import time
import weakref

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import peek, ready


class _Threaded(Handle):
    # Something is done on a thread of its own while no tick runs, a millisecond at a time.

    def __init__(self) -> None:
        super().__init__()
        threading.Thread(target=_work, args=(weakref.ref(self),), daemon=True).start()

    def in_background(self) -> None:
        """What the thread does again and again."""


def _work(reference: weakref.ref[_Threaded]) -> None:
    while True:
        time.sleep(0.001)  # what is wrong with it: it works beside the host, in its own time
        handle = reference()
        if handle is None:
            return
        try:
            if handle.owner is not None and not handle.ticking:
                handle.in_background()
        except OSError:
            return


@fault("tick.connect-only-in-tick", "tick.nothing-between-calls", may_kill=("server-tick.only-in-tick",), attempts=5)
class AcceptsOnAThread(_Threaded):
    """A thread takes clients as they come and calls connect at any time."""

    def in_background(self) -> None:
        if self.client is None and ready(self.listener):
            self.accept()


@fault("tick.data-only-in-tick", "tick.nothing-between-calls", "server-tick.only-in-tick", attempts=5)
class DeliversOnAThread(_Threaded):
    """A thread reads from the client and calls data between the ticks."""

    def in_background(self) -> None:
        if peek(self.client):
            self.receive()


@fault("tick.disconnect-only-in-tick", "tick.nothing-between-calls", may_kill=("server-tick.only-in-tick",), attempts=5)
class NoticesDepartureOnAThread(_Threaded):
    """A watchdog thread calls disconnect the moment the client leaves."""

    def in_background(self) -> None:
        if peek(self.client) == b"":
            self.depart()


@fault("tick.nothing-between-calls", attempts=5)
class WatchdogTellsErrors(_Threaded):
    """A watchdog thread tells of each client, whenever it looks, that it has said nothing yet."""

    def in_background(self) -> None:
        if self.client is not None and not peek(self.client):
            self.tell_error("the client is silent", errno.ETIMEDOUT)
