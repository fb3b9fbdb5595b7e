"""The pre-flight of a module in a process of its own: a module that ends its process is a finding like any other.

The child examines and tells; this process listens, and knows from the last word in which step the child ended. It
starts one process and ends it. Where processes cannot be copied, the pre-flight goes on in this one.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Final

from dasnet_adapters import UsageError
from dasnet_adapters.parent_death import end_with_parent
from dasnet_conformance.running.endings import name_signal
from dasnet_conformance.running.target import Target

from .examination import Doctor
from .findings import BROKEN, NOTE, Finding

_STEP: Final = "step"
_FINDING: Final = "finding"
_MISTAKE: Final = "mistake"
_END: Final = "end"
#: The step that a child which ended before its first was in.
_START: Final = "start"


def examine_apart(target: Target, tell: Callable[[Finding], None], begin: Callable[[str], None]) -> None:
    """Examine a module in a process of its own.

    Arguments: `tell`, called with each finding as it is made; `begin`, called with the name of each step before it.
    Raises `UsageError` for a target that cannot be meant.
    """
    # As `running.isolation`: a copy of a process with threads would find their locks taken.
    if "fork" not in multiprocessing.get_all_start_methods() or threading.active_count() > 1:
        Doctor(target, tell, begin).examine()
        return
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_examine, args=(theirs, target, os.getpid()), daemon=True)
    child.start()
    theirs.close()
    step, ended = _START, False
    try:
        with contextlib.suppress(EOFError, OSError):
            while not ended:
                kind, told = ours.recv()
                if kind == _MISTAKE:
                    raise UsageError(told)
                if kind == _STEP:
                    step = told
                    begin(step)
                elif kind == _FINDING:
                    tell(told)
                ended = kind == _END
    finally:
        if not ended:
            child.join(1.0)
        child.kill()
        child.join()
        ours.close()
    if not ended:
        tell(Finding(step, BROKEN, f"the module ended the process in this step: {_fate(child.exitcode or 0)}"))
        tell(Finding("the rest", NOTE, "left out, as the process is gone"))


def _examine(connection: Connection, target: Target, parent: int) -> None:
    end_with_parent(parent)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # that of the command is for the command
    try:
        Doctor(
            target,
            lambda finding: connection.send((_FINDING, finding)),
            lambda step: connection.send((_STEP, step)),
        ).examine()
        connection.send((_END, ""))
    except UsageError as mistake:
        connection.send((_MISTAKE, str(mistake)))
    except (KeyboardInterrupt, BrokenPipeError):
        pass  # whoever listens has been interrupted as well
    # Without the usual farewells: what the module has left running has no right to delay the end.
    connection.close()
    os._exit(0)


def _fate(status: int) -> str:
    return f"exit status {status}" if status >= 0 else f"killed by {name_signal(-status)}"
