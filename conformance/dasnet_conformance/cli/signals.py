"""Signals that end a command: children end, temporary folders go, and the exit status says which signal it was.

SIGTERM and SIGHUP become an exception, as Ctrl-C is one already, so that every `finally` on the way is run. A signal
that whoever started the command has ignored (`nohup`) stays ignored. What must not be left half-done, a report on a
disk, `holding_back` lets come to its end.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

#: What a command that a signal ended returns, less the number of the signal.
STATUS_OF_SIGNALS: Final = 128
#: What a command that Ctrl-C ended returns.
EXIT_INTERRUPTED: Final = STATUS_OF_SIGNALS + signal.SIGINT

_ENDING: Final = ("SIGTERM", "SIGHUP")


class Signalled(BaseException):
    """A signal asks the command to end. No `Exception`, so that nothing on the way takes it for one of its own."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    def __str__(self) -> str:
        return f"ended by {signal.Signals(self.number).name}"


@contextmanager
def ending_by_signals() -> Iterator[None]:
    """Within the block the first of those signals raises `Signalled`, and those after it let the ending be."""
    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
        before = {number: signal.getsignal(number) for number in numbers}

    def strike(number: int, _frame: FrameType | None) -> None:
        for each in caught:
            signal.signal(each, signal.SIG_IGN)
        raise Signalled(number)

    caught = [number for number, handler in before.items() if handler is signal.SIG_DFL]
    for number in caught:
        signal.signal(number, strike)
    try:
        yield
    finally:
        for number in caught:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def holding_back() -> Iterator[None]:
    """Within the block the first signal that would end the command waits for its end; the one after it strikes at once.

    Raises at the end of the block what that signal raises.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []

    def hold(number: int, _frame: FrameType | None) -> None:
        held.append(number)
        restore()

    def restore() -> None:
        for each, handler in before.items():
            signal.signal(each, handler)

    numbers = [getattr(signal, name) for name in ("SIGINT", *_ENDING) if hasattr(signal, name)]
    before: dict[int, Any] = {number: signal.getsignal(number) for number in numbers}
    before = {number: handler for number, handler in before.items() if callable(handler)}
    for number in before:
        signal.signal(number, hold)
    try:
        yield
    finally:
        restore()
    for number in held:
        before[number](number, None)


def why(ended: BaseException) -> str:
    """What ended a command, for people: `Signalled`, or the interruption of a person."""
    return str(ended) if isinstance(ended, Signalled) else "interrupted"
