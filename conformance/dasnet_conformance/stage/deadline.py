"""The deadline of a block of code: an interruption that no code under test can swallow. It sets the process's timer."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TimeIsUp(BaseException):
    """The deadline struck. No `Exception`, so that code under test cannot swallow it by accident."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Interrupt the block with `TimeIsUp` after so many seconds, where the system can; elsewhere the watchdog ends it.

    Where there are no timer signals (Windows, a thread), `dasnet run` ends a process that makes no progress.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def strike(_number: int, _frame: FrameType | None) -> None:
        raise TimeIsUp

    before = signal.signal(signal.SIGALRM, strike)
    # A second strike, in case something swallowed the first.
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
