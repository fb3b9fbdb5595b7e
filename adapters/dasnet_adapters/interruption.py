"""Interrupts a block of code in this process that takes too long. It uses the process's one timer, and lends it back.

Every call of an implementation in this process is such a block, so entering and leaving one must cost next to nothing:
the handler stays where it is once it has been put there, and hands on what is somebody else's. May import the standard
library.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from math import inf
from types import FrameType, TracebackType
from typing import Any, Final

#: Seconds between one strike and the next, in case that something swallowed the first.
_AGAIN: Final = 1.0
#: Seconds for which the timer, once set, is taken to run and our handler to be there, in a `burst` of blocks; and by
#: which it strikes late in one, so that it never does before the time of a block that began since: a call that blocks
#: may come back from a signal with a part of its work, and would look like one that does not wait.
_TRUSTED: Final = 0.05

#: The innermost block that counts on the timer, and the handler that stood before ours.
_current: interrupted_after | None = None
_before: Callable[[int, FrameType | None], Any] | int | None = None
#: When the timer was set last, and when it is to strike, as `time.monotonic` has it.
_set = -_TRUSTED
_strikes = 0.0


class interrupted_after:  # noqa: N801 - read like the function that it is used as
    """Raise `error` inside the block after so many seconds, where the system can.

    Arguments: `error`, best no `Exception`, so that the code in the block cannot swallow it by accident; `burst`,
    whether there are many such blocks one after the other inside of another one. Then the timer is not set for each: it
    goes on from one that is over, and strikes up to a twentieth of a second late. Should somebody put it out, or put a
    handler in front of ours, as much may pass before that is made good.
    A timer that somebody else has set strikes as it would have; one that strikes earlier is left alone. Nothing happens
    where there are no timer signals (Windows, a thread), and for 0 seconds.
    """

    __slots__ = ("_armed", "_burst", "_error", "_interval", "_seconds", "_started", "_theirs", "due", "ends", "outer")

    #: When it ends, and the first end of it and those around it, as `time.monotonic` has it; and the block around it.
    ends: float
    due: float
    outer: interrupted_after | None

    def __init__(self, seconds: float, error: type[BaseException], *, burst: bool = False) -> None:
        self._seconds = seconds
        self._burst = burst
        self._error = error
        self._armed = False

    def __enter__(self) -> None:
        global _current
        if not self._seconds or not hasattr(signal, "setitimer"):
            return
        if threading.get_ident() != threading.main_thread().ident:
            return
        self._started = now = time.monotonic()
        self.ends = now + self._seconds
        self.outer = _current
        around = inf if self.outer is None else self.outer.due
        self.due = min(self.ends, around)
        if self.outer is None:
            theirs, self._interval = signal.getitimer(signal.ITIMER_REAL)
            if 0 < theirs <= self._seconds:
                return
            self._theirs = theirs
        self._armed = True
        _current = self
        latest = min(self.ends + _TRUSTED, around)
        if self.outer is None or not self._burst or now - _set > _TRUSTED or not self.due <= _strikes <= latest:
            _stand_in()
            _set_for(latest if self._burst else self.due)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        global _current
        if not self._armed:
            return
        try:
            if self.outer is None:
                # Never 0 where somebody else's timer ran, which would put it out.
                left = max(self._theirs - (time.monotonic() - self._started), 0.001) if self._theirs else 0.0
                signal.setitimer(signal.ITIMER_REAL, left, self._interval if left else 0.0)
        finally:
            _current = self.outer

    def strike(self) -> None:
        """The time is up."""
        raise self._error


def _stand_in() -> None:
    # Puts our handler there, unless it is there already: others may have put theirs in front since.
    global _before
    there = signal.getsignal(signal.SIGALRM)
    if there is not _strike:
        _before = there
        signal.signal(signal.SIGALRM, _strike)


# A block and those around it, from the inside.
def _around(block: interrupted_after | None) -> Iterator[interrupted_after]:
    while block is not None:
        yield block
        block = block.outer


# Sets the timer to strike then.
def _set_for(end: float) -> None:
    global _set, _strikes
    _set = time.monotonic()
    signal.setitimer(signal.ITIMER_REAL, max(end - _set, 0.001), _AGAIN)
    # Last, so that what was due before is not taken for somebody else's when it comes just now.
    _strikes = end


# What comes before the time of any block is somebody else's signal.
def _strike(number: int, frame: FrameType | None) -> None:
    now = time.monotonic()
    for block in _around(_current):
        if now >= block.ends:
            block.strike()
    theirs = _current is None or now < _strikes
    if _current is not None:
        _set_for(_current.due)  # the one that it was set for is over, or somebody has set it anew
    if theirs and callable(_before):
        _before(number, frame)
