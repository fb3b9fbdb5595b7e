"""Which implementation a command is about and how it is reached, for every command that reaches one.

The one thing that it prints is which `dasnet.toml` was taken, where that is not the one in the current directory.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from dasnet_adapters.implementation_file import FILE_NAME, MOST_WORKERS

from . import UsageMistake

if TYPE_CHECKING:
    from dasnet_adapters import Adapter

#: The words for an implementation, in the help of a command.
FORMS_TOLD = "reference, python:MODULE, driver:COMMAND, tcp:HOST:PORT, or the path of a dasnet.toml or its directory"
#: What a command takes when none is named.
DEFAULT_TOLD = "default: the dasnet.toml here or above"


def add_reaching(parser: argparse.ArgumentParser) -> None:
    """Declare the options that say how an implementation is reached."""
    add = parser.add_argument
    add("--call-deadline", type=float, metavar="SECONDS", help="bound of one command (default 10)")
    add("--no-deadline", action="store_true", help="no bound of any kind, to step through a driver or be one")
    add(
        "--peer-host",
        type=_host,
        default="",
        metavar="HOST",
        help="where peers reach the server (default: beside the driver)",
    )


def _host(word: str) -> str:
    # Here, since the commands that reach nothing share this module.
    from dasnet_adapters import AdapterBroken
    from dasnet_conformance.stage.addresses import addresses_of

    try:
        if word:
            addresses_of(word, 0)
    except AdapterBroken as broken:
        raise argparse.ArgumentTypeError(broken.told()) from None
    return word


def add_workers(parser: argparse.ArgumentParser) -> None:
    """Declare how many checks run at once."""
    parser.add_argument(
        "-n",
        dest="workers",
        type=_workers,
        metavar="N",
        help="checks at once; 0: all in one process; auto, the default: as suits the machine and the driver",
    )


def _workers(word: str) -> int | None:
    if word == "auto":
        return None
    if not word.isdecimal():
        raise argparse.ArgumentTypeError(f"takes a number from 0 up, or auto, and not {word!r}")
    return processes(word)


def processes(word: str) -> int:
    """How many processes an option asks for. Raises `ArgumentTypeError` for what is no number, or too large a one."""
    # By its length first: Python refuses to read a number of thousands of digits.
    if not word.isdecimal() or len(word) > 9 or int(word) > MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"takes a number up to {MOST_WORKERS:,}, and not {word[:20]!r}")
    return int(word)


def insist_on_loopback(adapter: Adapter) -> None:
    """Raise `AdapterBroken` where this machine has no way from peers to a server, which no implementation can help.

    Arguments: `adapter`, of the implementation that is about to be reached.
    """
    # Here, since the commands that reach nothing share this module.
    from dasnet_adapters import AdapterBroken
    from dasnet_conformance.running.environment import trouble_with_loopback

    trouble = trouble_with_loopback(adapter.peer_host)
    if trouble:
        raise AdapterBroken(trouble, culprit="adapter")


def add_debugging(parser: argparse.ArgumentParser) -> None:
    """Declare the options for whoever debugs a port: with either of them the run goes in one process, without end."""
    add = parser.add_argument
    add(
        "--pause",
        action="append",
        default=[],
        metavar="ID",
        help="stop before this check, with the process to attach to, and judge it alone unless other ids are given; in "
        "one process and without deadlines (may be repeated)",
    )
    add(
        "--wrapper",
        default="",
        metavar="COMMAND",
        help="put this in front of the driver's command: 'gdb --args', valgrind, 'rr record'; in one process and "
        "without deadlines",
    )


def add_implementation(parser: argparse.ArgumentParser, told: str = FORMS_TOLD) -> None:
    """Declare the place of an implementation that may be left out. Argument: `told`, its help."""
    parser.add_argument(
        "implementation", metavar="IMPLEMENTATION", nargs="?", default="", help=f"{told} ({DEFAULT_TOLD})"
    )


def named(implementation: str = "") -> str:
    """The implementation that the user named, or the file in the current directory or the nearest one above it.

    Raises `UsageMistake` when there is neither.
    """
    if implementation:
        return implementation
    here = Path.cwd()
    for height, directory in enumerate((here, *here.parents)):
        if (directory / FILE_NAME).is_file():
            found = os.path.join(*[os.pardir] * height, FILE_NAME)  # noqa: PTH118 - as a user would write it
            if height:
                print(f"dasnet: taking {found}", file=sys.stderr)  # noqa: T201
            return found
    raise UsageMistake(
        f"say what to judge: no implementation is named, and there is no {FILE_NAME} here or above "
        "(see `dasnet run --help`)"
    )
