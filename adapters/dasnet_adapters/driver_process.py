"""The adapter `driver:COMMAND`: the line protocol with a driver that runs as a child process.

What the process is and how it ends is in `child_process`, what is said in `driver_conversation`. May import the
standard library and the modules beside it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence

from .channel import LONGEST_LINE, Aside, Channel
from .child_process import ChildProcess
from .driver_peer import Peer
from .driver_session import DEFAULT_STOP, DriverAdapter
from .patience import DEFAULT_DEADLINE

#: How long a driver whose output has ended may take to be gone, in seconds, before it counts as living.
_DYING = 1.0
# Seconds that a driver which hangs has for the first line of its stack.
_WRITING = 0.5


class ProcessPeer:
    """A driver in a child process."""

    def __init__(self, child: ChildProcess) -> None:
        self.child = child

    @property
    def channel(self) -> Channel:
        """Its standard input and output."""
        return self.child.channel

    @property
    def aside(self) -> Aside:
        """The end of its standard error."""
        return self.child.aside

    def obituary(self, *, unread: bool) -> tuple[str, str]:
        """What became of the process, and the symptom."""
        status = self.child.fate(_DYING)
        if status is None:
            side = "input" if unread else "output"
            return f"the driver lives, but has closed its {side}", f"closed-{side}"
        return describe_status(status), "killed" if status < 0 else "exited"

    def dismiss(self, seconds: float) -> tuple[str, str] | None:
        """Wait for the process to exit by itself, then end what is left of its group. What went wrong, if anything."""
        left = self.child.left_behind(seconds)
        status = self.child.fate(0)
        self.child.stop()
        if status is None:
            return f"the driver did not exit within {seconds:g} s of answering bye", "stop-ignored"
        if status != 0:
            return f"{describe_status(status)} after answering bye", "killed" if status < 0 else "exited"
        if left:
            return (
                f"the driver exited after bye and left {left} running process{'es' * (left > 1)} behind",
                "left-behind",
            )
        return None

    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self.child.alive()

    def is_ending(self) -> bool:
        """Whether the process ends within a moment."""
        return self.child.fate(_DYING) is not None

    def ask_for_stack(self) -> str:
        """Ask for the stack of every thread by the signal at which a driver in Python writes it.

        Drivers in other languages end at it, as they would a moment later.
        """
        mark = self.child.aside.mark()
        self.child.signal_and_listen("SIGUSR2", _WRITING)
        return self.child.aside.since(mark)

    def close_input(self) -> None:
        """Close its standard input."""
        self.child.close_input()

    def abandon(self) -> None:
        """End the process and its group."""
        self.child.stop()


def describe_status(status: int) -> str:
    """An exit status (negative: a signal) for people."""
    if status >= 0:
        return f"the driver exited with status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return f"the driver was killed by {name}"


class DriverProcessAdapter(DriverAdapter):
    """The way to a driver that is started for the run.

    Arguments: `words`, program and arguments; `deadline`, seconds for one command, None for no end; `peer_host`, the
    address at which peers reach its server; `cwd` and `env` of the process (None: those of this one); `start`,
    seconds until its first answer (None: as for any command); `stop`, seconds that it may take to stop by itself;
    `limit`, the longest line in bytes.
    """

    def __init__(
        self,
        words: Sequence[str],
        *,
        deadline: float | None = DEFAULT_DEADLINE,
        peer_host: str = "127.0.0.1",
        cwd: str | os.PathLike[str] | None = None,
        env: Mapping[str, str] | None = None,
        start: float | None = None,
        stop: float = DEFAULT_STOP,
        limit: int = LONGEST_LINE,
    ) -> None:
        def connect() -> Peer:
            return ProcessPeer(ChildProcess(words, cwd=cwd, env=env, limit=limit))

        super().__init__(connect, deadline=deadline, start=start, stop=stop, peer_host=peer_host)
