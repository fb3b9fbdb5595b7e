"""From what a user writes to the adapter it means.

The forms stand in one table, which the messages and the help texts are read from. An adapter's module is imported when
its form is asked for, so that a run of one kind does not pay for the others.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from .channel import DEFAULT_DEADLINE
from .contract import Adapter
from .errors import UsageError

_LOOPBACK: Final = "127.0.0.1"


@dataclass(frozen=True)
class _Request:
    # What stands after the colon, and the settings that some adapters take.
    rest: str
    deadline: float | None
    peer_host: str | None


def _in_process(request: _Request) -> Adapter:
    from .in_process import InProcessAdapter

    if not all(part.isidentifier() for part in request.rest.split(".")):
        raise UsageError(f"python:MODULE takes the dotted name of a module, not {request.rest!r}")
    return InProcessAdapter(request.rest, peer_host=request.peer_host or _LOOPBACK)


def _driver_process(request: _Request) -> Adapter:
    from .driver_process import DriverProcessAdapter

    try:
        words = shlex.split(request.rest)
    except ValueError as error:
        raise UsageError(
            f"driver:COMMAND is split into words as a shell does, and here it cannot be: {error}"
        ) from None
    if not words:
        raise UsageError("driver:COMMAND takes the command that starts the driver, and here it is empty")
    return DriverProcessAdapter(words, deadline=request.deadline, peer_host=request.peer_host or _LOOPBACK)


def _driver_socket(request: _Request) -> Adapter:
    from .driver_socket import DriverSocketAdapter

    host, _, digits = request.rest.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    port = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else 0
    if not host or not 0 < port < 65536:
        raise UsageError(f"tcp:HOST:PORT takes a host and a port from 1 to 65535, not {request.rest!r}")
    return DriverSocketAdapter(host, port, deadline=request.deadline, peer_host=request.peer_host or host)


#: The forms with a colon: the word before it, what follows it, and what makes the adapter.
_FORMS: Final[dict[str, tuple[str, Callable[[_Request], Adapter]]]] = {
    "python": ("python:MODULE", _in_process),
    "driver": ("driver:COMMAND", _driver_process),
    "tcp": ("tcp:HOST:PORT", _driver_socket),
}
#: Short names for what is written out in full on the right.
ALIASES: Final = {"reference": "python:dasnet_reference"}


def forms() -> tuple[str, ...]:
    """The forms that `resolve` knows, for help texts."""
    return (*ALIASES, *(form for form, _ in _FORMS.values()))


def resolve(spec: str, *, deadline: float | None = DEFAULT_DEADLINE, peer_host: str | None = None) -> Adapter:
    """The adapter that a user means. Nothing is imported, started or connected before the adapter is first used.

    Arguments: `spec`, one of `forms()`; `deadline`, seconds that a driver has for one command (None: no end; the
    in-process adapter has none to keep); `peer_host`, the address at which peers reach a listening server (None:
    loopback, or the host of the driver on TCP).
    Raises `UsageError` for a form that does not exist or is not filled in.
    """
    if deadline is not None and not deadline > 0:
        raise UsageError(f"a deadline is a number of seconds above 0, not {deadline}")
    word, colon, rest = ALIASES.get(spec, spec).partition(":")
    # A path of an implementation file will be told apart here: it has no known word before a colon.
    if not colon or word not in _FORMS:
        raise UsageError(f"no implementation is named {spec!r}; write one of: {', '.join(forms())}")
    return _FORMS[word][1](_Request(rest, deadline, peer_host))
