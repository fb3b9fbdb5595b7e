"""`dasnet run`: judge an implementation and tell the verdict. Prints; writes the reports where it is told to."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from dasnet_reports import dump, write_reports

from ..bounds import CHECK_DEADLINE
from ..catalogue import load_catalogue
from ..judge import RunOptions, run
from . import UsageMistake
from .progress import LiveProgress, PlainProgress, QuietProgress
from .summary import print_summary


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = parser.add_argument
    add("implementation", metavar="IMPLEMENTATION", help="reference, python:MODULE, driver:COMMAND or tcp:HOST:PORT")
    add("--profile", action="append", default=[], metavar="P", help="only this profile (may be repeated)")
    add("--strict", action="store_true", help="SHOULD requirements gate too")
    add("--report-dir", metavar="DIR", help="write results.json, junit.xml and summary.md there")
    add("-k", dest="expression", default="", metavar="EXPR", help="only requirements that match, as in pytest -k")
    add("-n", dest="workers", type=int, default=0, metavar="N", help="run in N parallel processes")
    add("--seed", type=int, default=0, metavar="S", help="seed of the generated contents (default 0)")
    add(
        "--exclude",
        action="append",
        default=[],
        metavar="ID=REASON",
        help="leave a requirement out, for a stated reason (may be repeated)",
    )
    add("--deadline", type=float, default=CHECK_DEADLINE, metavar="SECONDS", help="bound of one check (default 60)")
    add("--json", action="store_true", help="print results.json instead of the tables")


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Run the suite; returns the exit status."""
    options = RunOptions(
        implementation=arguments.implementation,
        profiles=tuple(arguments.profile),
        strict=arguments.strict,
        expression=arguments.expression,
        workers=arguments.workers,
        seed=arguments.seed,
        deadline=arguments.deadline,
        excluded=_exclusions(arguments.exclude),
    )
    if options.workers < 0 or not 0 < options.deadline < math.inf:
        raise UsageMistake("-n takes a number from 0 up, and --deadline seconds above 0")
    console = _Console(highlight=False)
    progress: LiveProgress | PlainProgress | QuietProgress
    if arguments.json:
        progress = QuietProgress(Console(stderr=True, highlight=False))
    elif console.is_terminal:
        progress = LiveProgress(console)
    else:
        progress = PlainProgress(console)
    with progress:
        judged = run(options, progress, ["dasnet", *command])
    if judged.results is None:
        print(f"dasnet: {judged.problem}", file=sys.stderr)  # noqa: T201
        return judged.exit_status
    written: list[Path] = []
    if arguments.report_dir:
        try:
            written = write_reports(judged.results, arguments.report_dir)
        except OSError as error:
            raise UsageMistake(f"the reports cannot be written to {arguments.report_dir}: {error.strerror}") from error
    if arguments.json:
        sys.stdout.write(dump(judged.results))
    else:
        print_summary(console, judged, written)
    return judged.exit_status


class _Console(Console):
    """A console that leaves it to `main` what a reader who left means: rich would end with the status of a failure."""

    def on_broken_pipe(self) -> None:
        """Let the error pass."""
        raise BrokenPipeError


def _exclusions(given: Sequence[str]) -> dict[str, str]:
    known = load_catalogue().requirements
    excluded: dict[str, str] = {}
    for text in given:
        name, _, reason = text.partition("=")
        if name not in known:
            raise UsageMistake(f"--exclude {name}: no such requirement; `dasnet list` names them")
        if not reason.strip():
            raise UsageMistake(f"--exclude {name}: give a reason, as in --exclude '{name}=not ported yet'")
        excluded[name] = reason.strip()
    return excluded
