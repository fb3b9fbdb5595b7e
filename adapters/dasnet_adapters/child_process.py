"""A driver as a child process: started in a group of its own, watched, and ended with all that it started.

Theory of operation: the group is killed while its leader is dead but not yet waited for, as long as the system allows,
so that its number cannot have passed to strangers. Every child that is alive when this process ends is killed then, by
the system where this process is killed itself; a child of a forked process is left to the process that started it. May
import the standard library and the channels.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from .channel import LONGEST_LINE, Aside, Channel, PollChannel
from .contract import AdapterBroken
from .hints import HINTS
from .parent_death import before_the_program
from .toolchains import advice, missing_toolchain

#: How long a driver has between the polite signal and the final one, and how long a killed one may take, in seconds.
_GRACE: Final = 1.0
_REAPED: Final = 5.0
_STEP: Final = 0.01
#: Seconds without another word after which a driver that was asked for something has said it all.
_QUIET: Final = 0.2
#: How long a helper of a driver that has ended may live on before it counts as left behind, in seconds.
_LINGER: Final = 0.5
_PROCESSES: Final = Path("/proc")
#: Whether pipes can be read by blocking only, and so need a thread each.
_BLOCKING_PIPES = os.name != "posix"

_living: set[ChildProcess] = set()


class ChildProcess:
    """One running driver.

    Arguments: `words`, program and arguments; `cwd` and `env` as for `subprocess.Popen` (None: those of this process);
    `limit`, the longest line in bytes.
    Raises `AdapterBroken` (culprit "caller") when it cannot be started.
    """

    def __init__(
        self,
        words: Sequence[str],
        *,
        cwd: str | os.PathLike[str] | None = None,
        env: Mapping[str, str] | None = None,
        limit: int = LONGEST_LINE,
    ) -> None:
        self.aside = Aside()
        self._ended = False
        self._owner = os.getpid()
        try:
            self._process = subprocess.Popen(
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                cwd=cwd,
                env=env,
                start_new_session=os.name == "posix",
                preexec_fn=before_the_program(),
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        except (OSError, ValueError) as error:
            program = missing_toolchain(words, env)
            if program:
                raise AdapterBroken(
                    f"{program} is not installed, and the driver is run by it", culprit="caller", hint=advice(program)
                ) from None
            raise AdapterBroken(
                f"the driver {words[0]!r} cannot be started: {getattr(error, 'strerror', None) or error}",
                culprit="caller",
                hint=HINTS["not-started"].text,
            ) from None
        self.channel = self._open_channel(limit)
        _living.add(self)

    @property
    def pid(self) -> int:
        """The process id, which is that of the group as well."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether the driver itself still runs. Does not wait for it, so that its number stays its own."""
        if self._process.returncode is not None:
            return False
        if sys.platform != "win32" and hasattr(os, "waitid"):
            try:
                return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
            except ChildProcessError:
                pass  # someone else has waited for it; Popen knows how to live with that
        return self._process.poll() is None

    def left_behind(self, seconds: float) -> int:
        """How many processes the driver has left in its group, now that it has ended; they live until `fate` or `stop`.

        Arguments: `seconds`, how long to wait for its end; 0 if it lives on, and where the system does not tell.
        """
        if self._ended or not self._wait(seconds):
            return 0
        end = time.monotonic() + _LINGER
        # A helper that ends because the driver has may need a moment for it.
        while (count := len(_members(self.pid))) and time.monotonic() < end:
            self.channel.idle(_STEP)
        return count

    def close_input(self) -> None:
        """Close its standard input; its output is still read."""
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()

    def fate(self, seconds: float) -> int | None:
        """The exit status (negative: the number of the signal) once the driver has ended, or None if it lives on.

        Arguments: `seconds`, how long to wait for it.
        """
        if not self._ended and self._wait(seconds):
            self._end_group()  # what it has left behind goes with it
        return self._process.returncode

    def signal_and_listen(self, name: str, seconds: float) -> None:
        """Send the driver a signal, where the system has it, and take what it writes until it is quiet for a moment.

        Arguments: `name` of the signal; `seconds`, how long to wait for its first word.
        """
        number = getattr(signal, name, None)
        if number is None or self._ended or not self.alive():
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(self.pid, number)
        heard = self.aside.mark()
        quiet_at = time.monotonic() + seconds
        while time.monotonic() < quiet_at and self.alive():
            self.channel.idle(_STEP)
            if self.aside.mark() != heard:
                heard, quiet_at = self.aside.mark(), time.monotonic() + _QUIET

    def stop(self) -> None:
        """End the driver and its group: the polite signal, a second for it, then the final one. May be called twice."""
        try:
            if not self._ended and self.alive():
                self._signal_group(getattr(signal, "CTRL_BREAK_EVENT", signal.SIGTERM))
                self._wait(_GRACE)
        finally:
            # Also when an interrupt comes in here: whatever happens, nothing of the group stays.
            if not self._ended:
                self._end_group()
            self.channel.close()

    def end_now(self) -> None:
        """Kill the group without a word, if this is the process that started it."""
        if not self._ended and os.getpid() == self._owner:
            self._end_group()

    # Waits for the end and keeps reading, so that the driver cannot be stuck in a write. Whether it has ended.
    def _wait(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while self.alive():
            left = end - time.monotonic()
            if left <= 0:
                return False
            self.channel.idle(min(left, _STEP))
        return True

    def _end_group(self) -> None:
        self._ended = True
        self._signal_group(getattr(signal, "SIGKILL", signal.SIGTERM))
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_REAPED)
        self.channel.idle(0)  # the last words
        _living.discard(self)

    def _signal_group(self, number: int) -> None:
        # Gone already, or (where a dead group counts as a stranger's) not permitted: nothing is left to do.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform != "win32":
                os.killpg(self.pid, number)
            elif number == signal.SIGTERM:
                self._process.kill()
            else:
                self._process.send_signal(number)

    def _open_channel(self, limit: int) -> Channel:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        pipes = (process.stdin, process.stdout, process.stderr)
        writer, reader, aside = (pipe.fileno() for pipe in pipes)

        def close() -> None:
            for pipe in pipes:
                with contextlib.suppress(OSError):
                    pipe.close()

        if _BLOCKING_PIPES:
            from .channel_threads import ThreadChannel

            return ThreadChannel(reader, writer, aside, kept=self.aside, alive=self.alive, close=close, limit=limit)
        for descriptor in (writer, reader, aside):
            os.set_blocking(descriptor, False)
        return PollChannel(
            reader,
            writer,
            receive=lambda size: os.read(reader, size),
            send=lambda data: os.write(writer, data),
            close=close,
            aside=(aside, self.aside),
            alive=self.alive,
            limit=limit,
        )


# Of every process, where the system lists them: its number, state, parent and group.
def _listed() -> Iterator[tuple[int, str, int, int]]:
    for entry in _PROCESSES.glob("[0-9]*/stat"):
        try:
            # After the name, which may hold anything.
            state, parent, group = entry.read_text("ascii", "replace").rpartition(")")[2].split()[:3]
        except (OSError, ValueError):
            continue  # it ended meanwhile
        yield int(entry.parent.name), state, int(parent), int(group)


# The processes of a group that run; its leader, dead and not waited for, is none.
def _members(group: int) -> list[int]:
    return [pid for pid, state, _, member_of in _listed() if member_of == group and state not in "ZX"]


def groups_started_by(parent: int) -> list[int]:
    """The groups of the drivers that a process has started and not ended yet, where the system lists processes.

    Whoever kills that process outright has to end them: of a driver's own children the system ends none.
    """
    # A driver leads a group of its own; one that has ended and was not waited for still tells of it.
    return [pid for pid, _, started_by, group in _listed() if started_by == parent and group == pid]


def end_groups(groups: Iterable[int]) -> None:
    """Kill what is left of these groups."""
    for group in groups:
        with contextlib.suppress(OSError):
            if sys.platform != "win32":
                os.killpg(group, signal.SIGKILL)


def _end_all() -> None:
    for child in list(_living):
        child.end_now()


atexit.register(_end_all)
