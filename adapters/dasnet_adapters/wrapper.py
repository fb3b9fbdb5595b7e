"""A program put in front of a driver's command: a debugger, a checker of memory, a recorder.

Most of them (valgrind, rr, strace) leave standard input and output to the program behind them, and are simply put in
front. gdb talks to a person over them: it is given the terminal, or else the driver's standard error, and the driver
keeps the pipes. May import the standard library and the errors.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Final

from .errors import UsageError

#: Moves the pipes out of the way, and gives the debugger another input and output.
_ASIDE: Final = 'exec 5<&0 6>&1 7>&2; exec "$@" <{} >{} 2>&1'
#: Signals that a driver is sent in the course of things, and that are no reason to stop.
_ORDINARY: Final = "handle SIGPIPE SIGUSR2 nostop noprint pass"


def split_wrapper(text: str) -> tuple[str, ...]:
    """The words of a wrapper as the user wrote it. Raises `UsageError` for one that cannot be meant."""
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise UsageError(f"--wrapper is split into words as a shell does, and here it cannot be: {error}") from None
    if not words:
        raise UsageError("--wrapper takes the command that goes in front of the driver's, as in --wrapper valgrind")
    if _name(words) == "lldb":
        raise UsageError(
            "lldb would talk over the driver's own input and output; use --pause, and `lldb -p PID` in another terminal"
        )
    return words


def insist_on_wrapper(wrapper: Sequence[str], env: Mapping[str, str] | None) -> None:
    """Raise `UsageError` for a wrapper that is not installed, which would be told as a driver that does not start.

    Arguments: `wrapper`, its words, none for none; `env`, the environment it is started with (None: ours).
    """
    # One with a folder in front is left to the system, which looks for it from where the driver is started.
    if wrapper and _name(wrapper) == wrapper[0] and not shutil.which(wrapper[0], path=(env or os.environ).get("PATH")):
        raise UsageError(f"--wrapper: there is no program {wrapper[0]!r} in PATH; install it, or write where it is")


def wrapped(wrapper: Sequence[str], words: Sequence[str]) -> list[str]:
    """The command of a driver with a wrapper in front.

    Arguments: `wrapper`, its words, none for none; `words`, those of the driver.
    """
    if not wrapper or _name(wrapper) != "gdb":
        return [*wrapper, *words]
    program, *arguments = words
    options = [word for word in wrapper[1:] if word not in ("--args", "-args")]
    redirected = f"set args {shlex.join(arguments)} <&5 >&6 2>&7"
    gdb = [wrapper[0], "-ex", _ORDINARY, "-ex", redirected, *options, program]
    terminal = _terminal()
    place = shlex.quote(terminal) if terminal else "/dev/null"
    return ["sh", "-c", _ASIDE.format(place, place if terminal else "&7"), "sh", *gdb]


def _name(words: Sequence[str]) -> str:
    return PurePath(words[0]).name


def _terminal() -> str:
    try:
        return os.ttyname(sys.stdin.fileno())
    except (OSError, ValueError, AttributeError):
        return ""
