"""The part of a run of the suite that is the implementation's own, recorded as a pytest plugin.

    PYTEST_PLUGINS=suite_share SUITE_SHARE=FILE dasnet run reference -n 0     writes the part into FILE

It is processor time, with that of the system, from where a command of the suite reaches the implementation in this
process until its answer is there; the few lines of Python around each call count as the implementation's.
"""

from __future__ import annotations

import atexit
import os
import time
from pathlib import Path
from typing import Any


def pytest_configure() -> None:
    """Put a clock between the suite and the implementation, where one is asked for."""
    from dasnet_adapters.python_host import PythonHost

    file = os.environ.get("SUITE_SHARE")
    if not file:
        return
    real, clock, spent = PythonHost.execute, time.process_time, 0.0

    def timed(self: PythonHost, command: Any) -> Any:
        nonlocal spent
        begun = clock()
        try:
            return real(self, command)
        finally:
            spent += clock() - begun

    PythonHost.execute = timed  # type: ignore[method-assign]
    atexit.register(lambda: Path(file).write_text(f"{spent / clock()}", "ascii"))
