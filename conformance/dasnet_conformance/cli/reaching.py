"""The options that say how an implementation is reached, for every command that reaches one. Prints nothing."""

from __future__ import annotations

import argparse
from pathlib import Path

from dasnet_adapters.implementation_file import FILE_NAME

from . import UsageMistake


def add_reaching(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    add = parser.add_argument
    add("--call-deadline", type=float, metavar="SECONDS", help="bound of one command (default 10)")
    add("--no-deadline", action="store_true", help="no bound of any kind, to step through a driver or be one")
    add("--peer-host", default="", metavar="HOST", help="where peers reach the server (default: beside the driver)")


def named(implementation: str) -> str:
    """The implementation that the user named, or the file in the current directory.

    Raises `UsageMistake` when there is neither.
    """
    if implementation:
        return implementation
    if not Path(FILE_NAME).is_file():
        raise UsageMistake(f"say what to judge: there is no {FILE_NAME} here (see `dasnet run --help`)")
    return FILE_NAME
