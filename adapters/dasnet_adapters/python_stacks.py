"""Where in a Python module an error came from, and where its threads stand: calls for people, a line each.

Frames of the adapters themselves are left out, for they are in every call. May import the standard library.
"""

from __future__ import annotations

import linecache
import sys
import threading
from collections.abc import Collection
from itertools import chain
from pathlib import Path
from types import FrameType, TracebackType
from typing import Final

#: Calls that are told of one stack: those nearest to where it ended.
MOST_CALLS: Final = 8

_OWN: Final = str(Path(__file__).parent)
_OF_INTERRUPTING: Final = "contextlib.py"


def frames_of(trace: TracebackType | None) -> tuple[str, ...]:
    """The calls of an error's traceback, the innermost last: `FILE:LINE in FUNCTION: SOURCE`."""
    calls = []
    while trace is not None:
        calls.append((trace.tb_frame, trace.tb_lineno))
        trace = trace.tb_next
    return _told(calls)


def other_threads(known: Collection[int] = ()) -> tuple[str, ...]:
    """Where the other threads of this process stand: a line for each thread, and its calls below it.

    Arguments: `known`, identities of threads (`threading.get_ident`) that are nobody's business.
    """
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    lines: list[str] = []
    for identity, frame in sys._current_frames().items():
        if identity == threading.get_ident() or identity in known:
            continue
        calls: list[tuple[FrameType, int]] = []
        at: FrameType | None = frame
        while at is not None:
            calls.append((at, at.f_lineno))
            at = at.f_back
        lines.append(f"thread {names.get(identity, identity)}:")
        lines += (f"  {line}" for line in _told(calls[::-1]))
    return tuple(lines)


def _told(calls: list[tuple[FrameType, int]]) -> tuple[str, ...]:
    theirs = [call for call in calls if not _is_ours(call[0].f_code.co_filename)]
    left_out = len(theirs) - MOST_CALLS
    note = [f"({left_out} outer calls left out)"] if left_out > 0 else []
    return tuple(chain(note, (_spell(*call) for call in theirs[-MOST_CALLS:])))


def _is_ours(file: str) -> bool:
    return file.startswith(_OWN) or file.endswith(_OF_INTERRUPTING)


def _spell(frame: FrameType, line: int) -> str:
    code = frame.f_code
    source = linecache.getline(code.co_filename, line, frame.f_globals).strip()
    return f"{code.co_filename}:{line} in {code.co_name}{f': {source}' if source else ''}"
