"""The child process of a host that is written in Python: what `child` starts and `reap` ends.

A host starts programs of its own, and they live on. What of its descriptors such a program holds is for the module to
say, which marks each of its sockets as inherited or not. So this child is given all that is inheritable, as most
languages do it; Python's own default would close everything and show nothing. It may start and end that one process.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Final

# It does nothing until its standard input ends, which happens at the latest when the host does.
_IDLE: Final = ("cat",) if os.name == "posix" else (sys.executable, "-c", "import sys; sys.stdin.buffer.read()")


class HostChild:
    """At most one child process at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def lives(self) -> bool:
        """Whether one was started and not ended."""
        return self._process is not None

    def start(self) -> None:
        """Start it; when this returns, its program runs. Raises `OSError` where that cannot be."""
        self._process = subprocess.Popen(
            _IDLE, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, close_fds=False
        )

    def end(self) -> None:
        """End it and wait until it is gone. Does nothing when there is none."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()
