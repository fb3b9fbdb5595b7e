"""`dasnet verify-report`: whether a report is as it was written and can be what it says. Prints."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from dasnet_conformance.gate.verify import uncovered, verify
from dasnet_reports import ResultsFileError, harmless

from . import UsageMistake
from .files import insist_on_report
from .screen import MOST_CHARACTERS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = parser.add_argument
    add("directory", metavar="DIR", help="a report directory, with its results.json")
    add("--baseline", metavar="FILE", help="the baseline that the run was held against")
    add("--implementation-file", metavar="FILE", help="the dasnet.toml that the run was made with")


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Verify; returns 1 when something does not match."""
    insist_on_report(arguments.directory)
    given = {name: Path(path) for name in ("baseline", "implementation_file") if (path := getattr(arguments, name))}
    try:
        found = verify(Path(arguments.directory), **given)
        aside = uncovered(Path(arguments.directory))
    except ResultsFileError as error:
        raise UsageMistake(str(error)) from error
    except OSError as error:
        raise UsageMistake(f"{error.filename}: cannot be read: {error.strerror}") from error
    for text in aside:
        print(f"not covered: {harmless(text, MOST_CHARACTERS, one_line=True)}")  # noqa: T201
    for text in found:
        print(f"no match: {text}")  # noqa: T201
    number = "1 thing does" if len(found) == 1 else f"{len(found)} things do"
    print("the report verifies" if not found else f"{number} not match")  # noqa: T201
    return 1 if found else 0
