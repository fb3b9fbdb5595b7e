"""What a Python call led to, as an outcome of the contract: booleans, nothing, exceptions.

The outcomes and answers that nearly every call has are made once and shared; they are frozen, so that does no harm. May
import the standard library and the contract.
"""

from __future__ import annotations

import os
import re
import threading
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from .contract import Answer, Outcome, Refusal, Unsupported, Value
from .python_stacks import frames_of

#: The kind of refusal that says the command itself was wrong, which is no statement about the implementation.
DRIVER_KIND: Final = "driver"

NOTHING: Final = Value()
TRUE: Final = Value(True)
FALSE: Final = Value(False)
_ANSWER_NOTHING: Final = Answer(NOTHING)
_ANSWER_TRUE: Final = Answer(TRUE)
_ANSWER_FALSE: Final = Answer(FALSE)

_WORD_STARTS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
#: How many long messages are at hand: a check that sends hundreds of them has so many different ones, in turn.
_AT_HAND: Final = 8

_FD_DIRECTORIES: Final = ("/proc/self/fd", "/dev/fd")


class CallerError(Exception):
    """The command names what does not exist, or cannot be meant: a refusal of the kind `driver`."""


def answer_of(outcome: Outcome) -> Answer:
    """The answer with this outcome and no events."""
    if outcome is NOTHING:
        return _ANSWER_NOTHING
    if outcome is TRUE:
        return _ANSWER_TRUE
    if outcome is FALSE:
        return _ANSWER_FALSE
    return Answer(outcome)


@lru_cache(maxsize=_AT_HAND)
def _made_of(data: bytes, repeat: int) -> bytes:
    return data * repeat


def repeated(data: bytes, repeat: int) -> bytes:
    """The bytes so many times over. What was asked for lately is at hand, for checks that send tens of mebibytes.

    `forget_repeated` lets go of it.
    """
    return data if repeat == 1 else _made_of(data, repeat)


def forget_repeated() -> None:
    """Let go of what `repeated` has at hand."""
    _made_of.cache_clear()


def boolean(value: object, name: str) -> Outcome:
    """The outcome of a call that has to give a bool; what is only like one is told as a refusal "wrong-type".

    Arguments: `value`, what was returned; `name`, what was called.
    """
    if value is True:
        return TRUE
    if value is False:
        return FALSE
    shown = "None" if value is None else type(value).__name__
    return Refusal("wrong-type", f"{name} returned {shown}, not a bool")


def number(value: object, name: str) -> Outcome:
    """The outcome of a call that has to give a whole number; the arguments are those of `boolean`."""
    if type(value) is int:
        return Value(value)
    shown = "None" if value is None else type(value).__name__
    return Refusal("wrong-type", f"{name} returned {shown}, not a number")


@cache
def kebab(name: str) -> str:
    """The kind of refusal for the name of an exception class: "BlockingIOError" gives "blocking-io-error"."""
    return re.sub(r"[^a-z0-9]+", "-", _WORD_STARTS.sub("-", name).lower()).strip("-") or "error"


def refusal_from(error: BaseException) -> Refusal:
    """The refusal that stands for an exception: its class as the kind, its text as the message, its traceback."""
    try:
        message = str(error)
    except Exception:
        # The exception is the implementation's own, and so is its __str__.
        message = ""
    return Refusal(kebab(type(error).__name__), message, frames_of(error.__traceback__))


def memory_in_use() -> Outcome:
    """The bytes of memory that this process has in use, or `Unsupported` where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return Unsupported("the system does not tell how much memory is in use")
    return Value(pages * os.sysconf("SC_PAGE_SIZE"))


def count_threads() -> Outcome:
    """The threads of this process: those that the system tells of, or else those that Python knows."""
    try:
        return Value(len(os.listdir("/proc/self/task")))  # noqa: PTH208
    except OSError:
        return Value(threading.active_count())


def count_descriptors() -> Outcome:
    """How many descriptors this process has open, or `Unsupported` where the system does not tell."""
    for directory in _FD_DIRECTORIES:
        try:
            # One of them is the directory itself, open while it is read.
            return Value(len(os.listdir(directory)) - 1)  # noqa: PTH208
        except OSError:
            continue
    return Unsupported("the system does not tell how many descriptors are open")
