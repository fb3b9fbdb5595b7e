"""Interrupts a block of code in this process that takes too long. It uses the process's one timer, and lends it back.

Every call of an implementation in this process is such a block, so entering and leaving one must cost next to nothing:
the handler stays where it is once it has been put there, and hands on what is somebody else's. May import the standard
library.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Final

#: Seconds between one strike and the next, in case that something swallowed the first.
_AGAIN: Final = 1.0
#: Seconds for which a block in a `burst` takes our handler to be there, once seen, as long as somebody else's timer is
#: as we left it; and by how much that may be off, in seconds, which is less than anybody needs for setting it again.
_TRUSTED: Final = 0.05
_SAME: Final = 0.00005

#: The innermost block that has set the timer, and the handler that stood before ours.
_current: interrupted_after | None = None
_before: Callable[[int, FrameType | None], Any] | int | None = None
#: When our handler was seen last, and when somebody else's timer was to strike then, as `time.monotonic` has it.
_seen = -_TRUSTED
_their_strike = 0.0


class interrupted_after:  # noqa: N801 - read like the function that it is used as
    """Raise `error` inside the block after so many seconds, where the system can.

    Arguments: `error`, best no `Exception`, so that the code in the block cannot swallow it by accident; `burst`,
    whether there are many such blocks one after the other. Then a handler that somebody puts in front of ours without
    setting the timer may stay there for a twentieth of a second: to look for it takes as long as all the rest.
    A timer that somebody else has set strikes as it would have; one that strikes earlier is left alone. Nothing happens
    where there are no timer signals (Windows, a thread), and for 0 seconds.
    """

    __slots__ = ("_armed", "_burst", "_error", "_interval", "_outer", "_seconds", "_started", "_theirs")

    def __init__(self, seconds: float, error: type[BaseException], *, burst: bool = False) -> None:
        self._seconds = seconds
        self._burst = burst
        self._error = error
        self._armed = False

    def __enter__(self) -> None:
        global _current, _seen, _their_strike
        if not self._seconds or not hasattr(signal, "setitimer"):
            return
        if threading.current_thread() is not threading.main_thread():
            return
        theirs, self._interval = signal.getitimer(signal.ITIMER_REAL)
        if 0 < theirs <= self._seconds:
            return
        self._theirs = theirs
        self._started = now = time.monotonic()
        self._outer = _current
        if not (self._burst and theirs) or now - _seen > _TRUSTED or abs(now + theirs - _their_strike) > _SAME:
            _stand_in()
            _seen = now
        _their_strike = now + theirs
        self._armed = True
        _current = self
        signal.setitimer(signal.ITIMER_REAL, self._seconds, _AGAIN)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        global _current
        if not self._armed:
            return
        try:
            # Never 0 where somebody else's timer ran, which would put it out.
            left = max(self._theirs - (time.monotonic() - self._started), 0.001) if self._theirs else 0.0
            signal.setitimer(signal.ITIMER_REAL, left, self._interval if left else 0.0)
        finally:
            _current = self._outer

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


def _strike(number: int, frame: FrameType | None) -> None:
    if _current is not None:
        _current.strike()
    elif callable(_before):
        _before(number, frame)
