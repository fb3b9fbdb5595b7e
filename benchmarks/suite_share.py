"""The part of a run of the suite that is the implementation's own, recorded as a pytest plugin.

    PYTEST_PLUGINS=suite_share SUITE_SHARE=FILE dasnet run reference      writes the part into FILE

It is processor time, with that of the system, from where a command of the suite reaches the implementation until its
answer is there; the few lines of Python around each call count as the implementation's. Of all that the run takes, what
its command line takes by itself (a third of a second) is not in it, so the part is told a little too large.
"""

from __future__ import annotations

import atexit
import mmap
import multiprocessing
import os
import resource
import struct
import time
from pathlib import Path
from typing import Any

_NUMBER = struct.Struct("d")


def pytest_configure() -> None:
    """Put a clock between the suite and the implementation, where one is asked for."""
    from dasnet_adapters.python_host import PythonHost
    from dasnet_conformance.pytest_plugin.checking import Checking

    file = os.environ.get("SUITE_SHARE")
    if not file:
        return
    real, real_check, clock, spent = PythonHost.execute, Checking.run, time.process_time, 0.0
    # Of all workers together, which are copies of this process and end at a stroke.
    total, lock = mmap.mmap(-1, _NUMBER.size), multiprocessing.Lock()

    def timed(self: PythonHost, command: Any) -> Any:
        nonlocal spent
        begun = clock()
        try:
            return real(self, command)
        finally:
            spent += clock() - begun

    def noting(self: Checking, item: Any) -> None:
        nonlocal spent
        spent = 0.0
        try:
            real_check(self, item)
        finally:
            with lock:
                _NUMBER.pack_into(total, 0, _NUMBER.unpack_from(total)[0] + spent)
            spent = 0.0

    def write() -> None:
        taken = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        everything = sum(each.ru_utime + each.ru_stime for each in taken)
        # Where nothing was shared the checks were those of this process.
        Path(file).write_text(f"{(_NUMBER.unpack_from(total)[0] + spent) / everything}", "ascii")

    PythonHost.execute = timed  # type: ignore[method-assign]
    Checking.run = noting  # type: ignore[method-assign]
    atexit.register(write)
