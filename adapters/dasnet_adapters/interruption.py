"""Interrupts a block of code in this process that takes too long. It uses the process's one timer, and lends it back.

May import the standard library.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

#: Seconds between one strike and the next, in case that something swallowed the first.
_AGAIN: Final = 1.0


@contextmanager
def interrupted_after(seconds: float, error: type[BaseException]) -> Iterator[None]:
    """Raise `error` inside the block after so many seconds, where the system can.

    Arguments: `error`, best no `Exception`, so that the code in the block cannot swallow it by accident.
    A timer that somebody else has set strikes as it would have; one that strikes earlier is left alone. Nothing happens
    where there are no timer signals (Windows, a thread), and for 0 seconds.
    """
    if not seconds or not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    theirs, interval = signal.getitimer(signal.ITIMER_REAL)
    if 0 < theirs <= seconds:
        yield
        return

    def strike(_number: int, _frame: FrameType | None) -> None:
        raise error

    started = time.monotonic()
    before = signal.signal(signal.SIGALRM, strike)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if theirs:
            # Never 0, which would put it out.
            signal.setitimer(signal.ITIMER_REAL, max(theirs - (time.monotonic() - started), 0.001), interval)
