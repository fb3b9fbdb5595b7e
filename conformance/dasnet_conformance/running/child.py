"""The process in which a run judges: started early, and told what to do once that is known.

Half of what it takes to begin is that the child imports pytest and the suite, and the other half that whoever runs it
reads options and files. Both are done at the same time: `prepare` starts a child, `take` hands it out, or a fresh one.
A child that nobody takes is ended by `discard`, and with the pipe where nothing else ends it. This module starts
processes, and keeps what they print in a temporary file.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from typing import Final

from .room import NoRoom, recording, starting

#: What a child is, and what it gets ready while it waits.
_PROGRAM: Final = "dasnet_conformance.running.awaiting"
_AT_HAND: Final = ("pytest", "pytest_timeout", "dasnet_conformance.pytest_plugin.pooled")

#: Seconds that a child which is to end has for it, before it is killed.
ENDING_GRACE: Final = 5.0


class Child:
    """One child: `process`, and the way to it. Raises `NoRoom` where it cannot be started."""

    def __init__(self) -> None:
        with recording():
            self._log = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the child is
        # Plugins that happen to be installed have no say in a verdict, and cost start-up time.
        environment = {key: value for key, value in os.environ.items() if key != "PYTEST_ADDOPTS"}
        environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        with starting(), contextlib.ExitStack() as unless_started:
            unless_started.callback(self._log.close)
            self.process = subprocess.Popen(
                [sys.executable, "-m", _PROGRAM, str(_parent()), *_AT_HAND],
                stdin=subprocess.PIPE,
                stdout=self._log,
                stderr=subprocess.STDOUT,
                env=environment,
            )
            unless_started.pop_all()

    def begin(self, arguments: Sequence[str]) -> None:
        """Have it run pytest. Arguments: `arguments`, of pytest's command line."""
        assert self.process.stdin is not None
        try:
            with self.process.stdin as way:
                way.write(json.dumps(list(arguments)).encode())
        except OSError:
            pass  # dead already: what it printed says why

    def end(self) -> None:
        """End it, unless it has ended."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        if self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(ENDING_GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def said(self) -> list[str]:
        """What it has printed, a line each; to be asked once, after its end."""
        with self._log:
            self._log.seek(0)
            return self._log.read().decode("utf-8", "replace").splitlines()


# The process with which a child is to end; 0 for none, as the system takes the end of a thread for it.
def _parent() -> int:
    return os.getpid() if threading.current_thread() is threading.main_thread() else 0


_ready: list[Child] = []


def prepare() -> None:
    """Start a child for the run that is about to be asked for. Where that cannot be done the run says so."""
    with contextlib.suppress(NoRoom):
        _ready.append(Child())


def take() -> Child:
    """The child that was prepared, or one that is started now."""
    return _ready.pop() if _ready else Child()


def discard() -> None:
    """End a child that was prepared and not taken: another run may be of another directory and environment."""
    while _ready:
        idle = _ready.pop()
        idle.end()
        idle.said()
