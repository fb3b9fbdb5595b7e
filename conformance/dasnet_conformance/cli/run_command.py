"""`dasnet run`: judge an implementation and tell the verdict. Prints; writes the reports where it is told to."""

from __future__ import annotations

import argparse
import sys
import time
import webbrowser
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from dasnet_adapters import UsageError
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.gate.baseline import BaselineError
from dasnet_conformance.gate.finishing import finish
from dasnet_conformance.proof.likeness import with_likeness
from dasnet_conformance.proof.texts import catalogue_text
from dasnet_conformance.reproduction.folders import FOLDER, write_reproductions
from dasnet_conformance.running.conclusion import Judged
from dasnet_conformance.running.judge import RunOptions, run
from dasnet_conformance.stage.bounds import CHECK_DEADLINE
from dasnet_reports import Results, dump, harmless, write_reports

from . import UsageMistake
from .progress import LiveProgress, PlainProgress, QuietProgress
from .reaching import add_implementation, add_reaching
from .screen import MOST_CHARACTERS
from .selecting import add_ids, excluded, implementation_and_ids
from .summary import print_summary


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = parser.add_argument
    add_implementation(parser)
    add_ids(parser, "judge these only")
    add("--profile", action="append", default=[], metavar="P", help="only this profile (may be repeated)")
    add("--strict", action="store_true", help="SHOULD requirements gate too")
    add("--report-dir", metavar="DIR", help="write the results and all reports there (index.html, junit.xml, ...)")
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
    add("--deadline", type=float, metavar="SECONDS", help=f"bound of one check (default {CHECK_DEADLINE:g})")
    add_reaching(parser)
    add("--baseline", metavar="FILE", help="gate on this list of known failures: any difference fails the run")
    add("--open", action="store_true", help="open the report in a browser (with --report-dir)")
    add("--json", action="store_true", help="print results.json instead of the tables")


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Run the suite; returns the exit status."""
    started = time.monotonic()
    implementation, ids = implementation_and_ids(arguments)
    options = RunOptions(
        implementation=implementation,
        profiles=tuple(arguments.profile),
        strict=arguments.strict,
        expression=arguments.expression,
        ids=ids,
        workers=arguments.workers,
        seed=arguments.seed,
        deadline=arguments.deadline,
        excluded=excluded(arguments.exclude),
        call_deadline=arguments.call_deadline,
        no_deadline=arguments.no_deadline,
        peer_host=arguments.peer_host,
    )
    if options.workers < 0:
        raise UsageMistake("-n takes a number from 0 up")
    try:
        options.target().excluded(load_catalogue())
    except UsageError as error:
        raise UsageMistake(str(error)) from None
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
    judged = _gated(judged, arguments, options)
    if judged.results is None:
        for line in judged.ending():
            print(harmless(line, MOST_CHARACTERS, one_line=True), file=sys.stderr)  # noqa: T201
        return judged.exit_status
    judged.results = _pointing(judged.results, options, reports=bool(arguments.report_dir))
    written: list[Path] = []
    if arguments.report_dir:
        try:
            written = write_reports(judged.results, arguments.report_dir, catalogue_text())
            written += write_reproductions(judged.failures, arguments.report_dir, options.target())
        except OSError as error:
            raise UsageMistake(f"the reports cannot be written to {arguments.report_dir}: {error.strerror}") from error
    if arguments.json:
        sys.stdout.write(dump(judged.results))
        for warning in judged.warnings:
            print(f"dasnet: warning: {harmless(warning, MOST_CHARACTERS, one_line=True)}", file=sys.stderr)  # noqa: T201
    else:
        passed = time.monotonic() - started
        print_summary(console, judged, written, directory=arguments.report_dir or "", seconds=passed)
    if arguments.open and written:
        webbrowser.open(next(path for path in written if path.suffix == ".html").resolve().as_uri())
    return judged.exit_status


# The results with what helps a reader on: how to judge one requirement again, and which wrong server a failure is like.
def _pointing(results: Results, options: RunOptions, *, reports: bool) -> Results:
    again = ["dasnet", "run", options.implementation]
    again += [word for profile in options.profiles for word in ("--profile", profile)]
    again += ["--seed", str(options.seed)] if options.seed else []
    again += ["--peer-host", options.peer_host] if options.peer_host else []
    again += ["--call-deadline", f"{options.call_deadline:g}"] if options.call_deadline is not None else []
    again += ["--no-deadline"] if options.no_deadline else []
    return with_likeness(replace(results, again=tuple(again), reproductions=FOLDER if reports else ""))


def _gated(judged: Judged, arguments: argparse.Namespace, options: RunOptions) -> Judged:
    # What is in the implementation file holds unless the command line says otherwise.
    file = options.target().file
    baseline = Path(arguments.baseline) if arguments.baseline else (file.baseline if file is not None else None)
    try:
        return finish(
            judged,
            ids=options.ids,
            expression=options.expression,
            profiles=options.profiles,
            baseline=baseline,
            implementation_file=file.path if file is not None else None,
        )
    except BaselineError as error:
        raise UsageMistake(str(error)) from error
    except OSError as error:
        raise UsageMistake(f"{error.filename}: cannot be read: {error.strerror}") from error


class _Console(Console):
    """A console that leaves it to `main` what a reader who left means: rich would end with the status of a failure."""

    def on_broken_pipe(self) -> None:
        """Let the error pass."""
        raise BrokenPipeError
