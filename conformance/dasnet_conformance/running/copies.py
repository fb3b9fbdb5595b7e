"""How many checks run at once: copies of a process, each with an implementation of its own. It starts none itself."""

from __future__ import annotations

import multiprocessing
import os
from typing import Final

from .target import Target

#: Workers for each processor: most of a check is waiting. A driver costs its own start each time, so there are fewer.
IN_PROCESS_EACH: Final = 6
DRIVERS_EACH: Final = 3
#: However many processors there are.
MOST: Final = 16


def copies_exist() -> bool:
    """Whether this system makes a copy of a process in no time."""
    return "fork" in multiprocessing.get_all_start_methods()


def workers_for(target: Target) -> int:
    """How many workers a run has where nobody says: 0, none beside the process that judges, where one is all there is.

    That is so for a driver at a fixed address, which may take one session at a time. An implementation file may say.
    """
    if target.file is not None and target.file.workers is not None:
        return target.file.workers
    if not copies_exist() or target.is_at_an_address or target.settings.no_deadline:
        return 0
    each = DRIVERS_EACH if target.is_driver else IN_PROCESS_EACH
    return min(each * _processors(), MOST)


def _processors() -> int:
    # Those that this process may use, where the system tells.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
