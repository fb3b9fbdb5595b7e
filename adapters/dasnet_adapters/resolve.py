"""From what a user writes to the adapter it means.

The forms stand in one table, which the messages and the help texts are read from. An adapter's module is imported when
its form is asked for, so that a run of one kind does not pay for the others.
"""

from __future__ import annotations

import difflib
import math
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from .contract import Adapter
from .errors import UsageError
from .implementation_file import FILE_NAME, ImplementationFile, find_file, load_file, with_python
from .patience import DEFAULT_DEADLINE
from .wrapper import insist_on_wrapper, wrapped

_LOOPBACK: Final = "127.0.0.1"


@dataclass(frozen=True)
class _Request:
    # What stands after the colon, and the settings that some adapters take.
    rest: str
    deadline: float | None
    peer_host: str | None
    start: float | None = None
    stop: float | None = None
    words: tuple[str, ...] = ()
    cwd: Path | None = None
    env: Mapping[str, str] | None = None
    wrapper: tuple[str, ...] = ()

    def stopping(self) -> dict[str, Any]:
        """`stop` as a keyword, where it is given: its default is the adapter's own."""
        return {} if self.stop is None else {"stop": self.stop}


def _in_process(request: _Request) -> Adapter:
    from .in_process import InProcessAdapter

    # An object within the module may be named behind a second colon.
    if not all(part.isidentifier() for part in request.rest.replace(":", ".", 1).split(".")):
        raise UsageError(f"python:MODULE takes the dotted name of a module, not {request.rest!r}")
    # A module of the current directory will do, in each command: those that start a child with `-m` find it anyway.
    place = str(request.cwd or Path.cwd())
    if place not in sys.path:
        sys.path.insert(0, place)
    return InProcessAdapter(request.rest, peer_host=request.peer_host or _LOOPBACK, deadline=request.deadline)


def _driver_process(request: _Request) -> Adapter:
    from .driver_process import DriverProcessAdapter

    try:
        words = list(request.words) or shlex.split(request.rest)
    except ValueError as error:
        raise UsageError(
            f"driver:COMMAND is split into words as a shell does, and here it cannot be: {error}"
        ) from None
    if not words:
        raise UsageError("driver:COMMAND takes the command that starts the driver, and here it is empty")
    insist_on_wrapper(request.wrapper, request.env)
    return DriverProcessAdapter(
        wrapped(request.wrapper, words),
        deadline=request.deadline,
        peer_host=request.peer_host or _LOOPBACK,
        cwd=request.cwd,
        env=request.env,
        start=request.start,
        **request.stopping(),
    )


def _driver_socket(request: _Request) -> Adapter:
    from .driver_socket import DriverSocketAdapter

    host, port = _address("tcp", request.rest)
    return DriverSocketAdapter(
        host,
        port,
        deadline=request.deadline,
        peer_host=request.peer_host or host,
        start=request.start,
        **request.stopping(),
    )


def _address(form: str, rest: str) -> tuple[str, int]:
    host, _, digits = rest.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    port = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else 0
    if not host or not 0 < port < 65536:
        raise UsageError(f"{form}:HOST:PORT takes a host and a port from 1 to 65535, not {rest!r}")
    return host, port


def _http_port(request: _Request) -> Adapter:
    from .http_port import HttpPortAdapter

    return HttpPortAdapter(*_address("http-port", request.rest))


#: The forms with a colon: the word before it, what follows it, and what makes the adapter.
_FORMS: Final[dict[str, tuple[str, Callable[[_Request], Adapter]]]] = {
    "python": ("python:MODULE", _in_process),
    "driver": ("driver:COMMAND", _driver_process),
    "tcp": ("tcp:HOST:PORT", _driver_socket),
    "http-port": ("http-port:HOST:PORT", _http_port),
}
#: Short names for what is written out in full on the right.
ALIASES: Final = {"reference": "python:dasnet_reference"}


def normal(spec: str) -> str:
    """The same implementation with its form, or its short name, in the case in which this module knows it."""
    word, colon, rest = spec.partition(":")
    if colon and word.lower() in _FORMS:
        return f"{word.lower()}:{rest}"
    return spec.lower() if spec.lower() in ALIASES else spec


def near(spec: str) -> str:
    """The implementation that was meant, perhaps, by one that nobody knows, as a shell takes it; else nothing."""
    command = _command(spec)
    if command:
        return shlex.quote(f"driver:{command}")
    word, colon, rest = spec.partition(":")
    close = difflib.get_close_matches(word.lower(), _FORMS if colon else ALIASES, 1)
    return f"{close[0]}{colon}{rest}" if close else ""


# What starts a driver, given without the word that says so: the program as a file, or one with its arguments.
def _command(spec: str) -> str:
    program, *arguments = spec.split(maxsplit=1) or [""]
    if Path(program).is_file():
        # Without a folder the system looks for a program in its path, and not here.
        return spec if Path(program).name != program else f"./{spec}"
    return spec if arguments and shutil.which(program) else ""


def forms() -> tuple[str, ...]:
    """The forms that `resolve` knows, for help texts."""
    return (*ALIASES, *(form for form, _ in _FORMS.values()), f"path/{FILE_NAME}")


def resolve(
    spec: str,
    *,
    deadline: float | Literal["default"] | None = "default",
    peer_host: str | None = None,
    wrapper: tuple[str, ...] = (),
) -> Adapter:
    """The adapter that a user means. Nothing is imported, started or connected before the adapter is first used.

    Arguments: `spec`, one of `forms()`, or a directory with an implementation file; `deadline`, seconds for one command
    (None: no end, and none for starting either; "default": what the implementation file says, or the adapters' own);
    `peer_host`, the address at which peers reach a listening server (None: that of the file, else loopback, or the host
    of the driver on TCP); `wrapper`, the words that go before a driver's command.
    Raises `UsageError` for a form that does not exist or is not filled in, for a file that is not as it should be, and
    for a wrapper where no driver is started.
    """
    file = implementation_file(spec)
    if file is not None:
        return _from_file(file, deadline, peer_host, wrapper)
    spec = normal(spec)
    word, colon, rest = ALIASES.get(spec, spec).partition(":")
    if not colon or word not in _FORMS:
        meant = near(spec)
        told = f"did you mean {meant}? Or " if meant else ""
        raise UsageError(f"no implementation is named {spec!r}; {told}write one of: {', '.join(forms())}")
    _insist_on_a_driver(word, wrapper)
    return _FORMS[word][1](_Request(rest, _checked(deadline), peer_host, wrapper=wrapper))


def _insist_on_a_driver(word: str, wrapper: tuple[str, ...]) -> None:
    if wrapper and word != "driver":
        other = "a module runs in this process" if word == "python" else "that driver runs already"
        raise UsageError(f"--wrapper goes in front of a driver's command, and {other}; use --pause and attach to it")


def implementation_file(spec: str) -> ImplementationFile | None:
    """The implementation file that a user means, read, or None where another form is meant.

    Raises `UsageError` for a file that cannot be read or is not as it should be.
    """
    spec = normal(spec)
    word, colon, _ = ALIASES.get(spec, spec).partition(":")
    path = None if colon and word in _FORMS else find_file(spec)
    return None if path is None else load_file(path)


def _from_file(
    file: ImplementationFile,
    deadline: float | Literal["default"] | None,
    peer_host: str | None,
    wrapper: tuple[str, ...],
) -> Adapter:
    endless = deadline is None
    if deadline == "default" and file.deadline is not None:
        deadline = None if file.deadline == math.inf else file.deadline
    word, _, rest = file.spec.partition(":") if file.spec else ("driver", ":", "")
    _insist_on_a_driver(word, wrapper)
    request = _Request(
        rest,
        _checked(deadline),
        peer_host or file.peer_host or None,
        start=None if endless else file.start,
        stop=file.stop,
        words=tuple(with_python(file.words, sys.executable)),
        cwd=file.cwd,
        env=file.environment(),
        wrapper=wrapper,
    )
    return _FORMS[word][1](request)


def _checked(deadline: float | Literal["default"] | None) -> float | None:
    if deadline == "default":
        return DEFAULT_DEADLINE
    if deadline is not None and not deadline > 0:
        raise UsageError(f"a deadline is a number of seconds above 0, not {deadline}")
    return deadline
