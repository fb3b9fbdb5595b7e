"""Children that end with their parent, also when that is killed outright and can end nothing any more.

Where the system has it (Linux), it sends a child the final signal at the death of the thread that made it. Elsewhere a
child learns of it at the end of a pipe, as every driver does. May import the standard library.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, Final

_SET_SIGNAL_OF_PARENTS_DEATH: Final = 1


def end_with_parent(parent: int) -> None:
    """Have this process end when its parent does, where the system can; for a child that is a copy of its parent.

    Arguments: `parent`, the process id of the parent; one that is gone already ends this process now.
    """
    if sys.platform == "linux":
        _arrange(_system(), parent)


def before_the_program() -> Callable[[], None] | None:
    """What `subprocess.Popen` is to run in a child that is to end with this process; None where there is nothing.

    Nothing where this process has other threads: what they hold is held for ever in a child before its program runs,
    and one that a thread started would end with the thread. The end of its pipe tells such a child.
    """
    if sys.platform != "linux" or len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208
        return None
    # Looked up here, for between fork and program hardly anything is safe.
    system, parent = _system(), os.getpid()
    return lambda: _arrange(system, parent)


def _system() -> Any:
    return ctypes.CDLL(None).prctl


def _arrange(system: Any, parent: int) -> None:
    system(_SET_SIGNAL_OF_PARENTS_DEATH, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
