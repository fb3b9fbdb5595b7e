"""The deadline of a stretch of a check: an interruption that no code under test can swallow."""

from __future__ import annotations

from contextlib import AbstractContextManager

from dasnet_adapters.interruption import interrupted_after


class TimeIsUp(BaseException):
    """The deadline struck. No `Exception`, so that code under test cannot swallow it by accident."""


def deadline(seconds: float) -> AbstractContextManager[None]:
    """Interrupt the block with `TimeIsUp` after so many seconds, where the system can; elsewhere the watchdog ends it.

    Where there are no timer signals (Windows, a thread), `dasnet run` ends a process that makes no progress.
    """
    return interrupted_after(seconds, TimeIsUp)
