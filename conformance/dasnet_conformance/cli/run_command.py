"""`dasnet run`: judge an implementation and tell the verdict. Prints; writes the reports where it is told to."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from dasnet_adapters import UsageError
from dasnet_adapters.implementation_file import FILE_NAME
from dasnet_adapters.profiles import PROFILES
from dasnet_adapters.wrapper import split_wrapper
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.gate.baseline import BaselineError
from dasnet_conformance.gate.finishing import finish
from dasnet_conformance.proof.likeness import with_likeness
from dasnet_conformance.proof.texts import catalogue_text
from dasnet_conformance.reproduction.folders import FOLDER, write_reproductions
from dasnet_conformance.running.conclusion import NEVER_RAN, Judged
from dasnet_conformance.running.judge import Progress, RunOptions, run
from dasnet_conformance.running.target import Settings, Target
from dasnet_conformance.stage.bounds import CHECK_DEADLINE
from dasnet_reports import QUICK, QUICK_REASON, Results, Verdict, dump, harmless, write_reports

from . import UsageMistake
from .choices import Several
from .files import insist_on_baseline, insist_on_folder
from .last_run import failed_last, remember
from .partial import Watched, keep_partial_report
from .progress import LiveProgress, PlainProgress, QuietProgress, VerboseProgress
from .reaching import add_debugging, add_implementation, add_reaching, add_workers
from .screen import MOST_CHARACTERS
from .selecting import add_ids, excluded, implementation_and_ids, selected
from .sharding import add_shard, shard_of
from .signals import Signalled, holding_back, why
from .summary import print_summary, print_verdict
from .watching import look, wait_for_change


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = parser.add_argument
    add_implementation(parser)
    add_ids(parser, "judge these only")
    add(
        "--profile",
        action=Several,
        choices=tuple(PROFILES),
        metavar="P",
        help="only this profile (may be repeated, or several with commas)",
    )
    add("--strict", action="store_true", help="SHOULD requirements gate too")
    add("--report-dir", metavar="DIR", help="write the results and all reports there (index.html, junit.xml, ...)")
    add("-k", dest="expression", default="", metavar="EXPR", help="only requirements that match, as in pytest -k")
    add_workers(parser)
    add("--seed", type=int, default=0, metavar="S", help="seed of the generated contents (default 0)")
    add(
        "--exclude",
        action="append",
        default=[],
        metavar="ID=REASON",
        help="leave a requirement out, for a stated reason (may be repeated)",
    )
    add("--deadline", type=float, metavar="SECONDS", help=f"bound of one check (default {CHECK_DEADLINE:g})")
    add_shard(parser, "judge part K of N alone; `dasnet merge` puts the reports of all N together")
    add_reaching(parser)
    add_debugging(parser)
    add("--baseline", metavar="FILE", help="gate on this list of known failures: any difference fails the run")
    add("-x", dest="maxfail", action="store_const", const=1, help="stop after the first requirement that fails")
    add("--maxfail", type=int, default=0, metavar="N", help="stop after N requirements that fail")
    add("--last-failed", action="store_true", help="only what did not pass the last time, here; all where that is none")
    add("--failed-first", action="store_true", help="what did not pass the last time before the rest")
    add("--durations", type=int, default=0, metavar="N", help="tell the N requirements that took longest")
    add(
        QUICK,
        action=argparse.BooleanOptionalAction,
        help="leave out what lets seconds pass, which the verdict then says (with --watch, unless --no-quick); with "
        "neither it ends with the other checks, unless the run gates or is kept: --strict, --baseline, --report-dir, "
        "--json, ids, --shard",
    )
    add("--watch", action="store_true", help="run again whenever the port's files change, until Ctrl-C")
    add("-v", "--verbose", action="store_true", help="a line for each requirement")
    add("-q", "--quiet", action="store_true", help="the verdict alone")
    add("--open", action="store_true", help="open the report in a browser (with --report-dir)")
    add("--json", action="store_true", help="print results.json instead of the tables")


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Run the suite, again and again where that is asked for; returns the exit status of the last time."""
    if not arguments.watch:
        return _once(arguments, command)
    target = RunOptions(implementation_and_ids(arguments)[0]).target()
    while True:
        before = look(target)
        if not before:
            raise UsageMistake(f"--watch: no file of {target.spec} is known; name some with watch in a {FILE_NAME}")
        status = _once(arguments, command)
        try:
            print(f"watching {len(before)} files; Ctrl-C ends", file=sys.stderr)  # noqa: T201
            changed = wait_for_change(target, before)
        except KeyboardInterrupt:
            return status
        print(f"changed: {', '.join(map(str, changed[:3]))}{' ...' if changed[3:] else ''}", file=sys.stderr)  # noqa: T201


def _once(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    started = time.monotonic()
    _insist_on_sense(arguments)
    implementation, ids = implementation_and_ids(arguments)
    failed_before = failed_last(implementation)
    if arguments.last_failed and failed_before:
        chosen = {requirement.id for requirement in selected(ids)}
        ids = [name for name in failed_before if name in chosen] or ids
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
        shard=shard_of(arguments),
        most_failures=_most_failures(arguments),
        first=failed_before if arguments.failed_first else (),
    )
    if options.shard is not None and (options.most_failures or arguments.last_failed):
        raise UsageMistake(
            "a shard is judged as a whole, so that it can be merged: leave out -x, --maxfail, --last-failed"
        )
    try:
        options.target().excluded(load_catalogue())
    except UsageError as error:
        raise UsageMistake(str(error)) from None
    options = replace(options, cuts_idling=_cuts_idling(arguments, options))
    if _is_quick(arguments):
        options = replace(options, excluded={**_unhurried(options), **options.excluded})
    if arguments.report_dir:
        insist_on_folder(arguments.report_dir, "--report-dir")
    baseline = _baseline(arguments, options)
    if baseline is not None:
        insist_on_baseline(baseline)
    debugged = _debugged(arguments, options)
    console = _Console(highlight=False)
    progress: LiveProgress | PlainProgress | QuietProgress | VerboseProgress
    if arguments.json or arguments.quiet:
        progress = QuietProgress(Console(stderr=True, highlight=False))
    elif arguments.verbose:
        progress = VerboseProgress(console)
    elif console.is_terminal and debugged is None:
        progress = LiveProgress(console)
    else:
        progress = PlainProgress(console)
    watched = Watched(progress)
    with progress:
        try:
            if debugged is None:
                judged = run(options, watched, ["dasnet", *command])
            else:
                judged = debugged(watched, ["dasnet", *command])
        except (KeyboardInterrupt, Signalled) as ended:
            told = keep_partial_report(watched, ["dasnet", *command], arguments.report_dir, why(ended))
            if told:
                print(f"dasnet: {told}", file=sys.stderr)  # noqa: T201
            raise
    if judged.results is None:
        for line in judged.ending():
            print(harmless(line, MOST_CHARACTERS, one_line=True), file=sys.stderr)  # noqa: T201
        return judged.exit_status
    judged, written, trouble = _finished(judged, arguments, options)
    assert judged.results is not None
    if arguments.json:
        sys.stdout.write(dump(judged.results))
        for warning in judged.warnings:
            print(f"dasnet: warning: {harmless(warning, MOST_CHARACTERS, one_line=True)}", file=sys.stderr)  # noqa: T201
    elif arguments.quiet:
        print_verdict(console, judged.results, time.monotonic() - started, alone=True)
    else:
        if arguments.durations:
            _print_durations(console, judged.results, arguments.durations)
        passed = time.monotonic() - started
        print_summary(console, judged, written, directory=arguments.report_dir or "", seconds=passed)
    if arguments.open and written:
        import webbrowser

        webbrowser.open(next(path for path in written if path.suffix == ".html").resolve().as_uri())
    if trouble:
        raise UsageMistake(trouble)
    return judged.exit_status


# The judgement with all that is told of it; the reports as they were written; and what kept them from being so, which
# is told behind the verdict. Who interrupts now, with everything judged, is left with the reports of it.
def _finished(judged: Judged, arguments: argparse.Namespace, options: RunOptions) -> tuple[Judged, list[Path], str]:
    written: list[Path] = []
    trouble = ""
    try:
        with holding_back():
            judged = _gated(judged, arguments, options)
            assert judged.results is not None
            _keep(options.implementation, judged.results)
            judged.results = _pointing(judged.results, options, reports=bool(arguments.report_dir))
            if arguments.report_dir:
                try:
                    written = write_reports(judged.results, arguments.report_dir, catalogue_text())
                    written += write_reproductions(judged.failures, arguments.report_dir, options.target())
                except OSError as error:
                    trouble = f"the reports cannot be written to {arguments.report_dir}: {error.strerror}"
    except (KeyboardInterrupt, Signalled):
        if written:
            print(f"dasnet: the report in {arguments.report_dir} is whole: everything had been judged", file=sys.stderr)  # noqa: T201
        raise
    return judged, written, trouble


def _insist_on_sense(arguments: argparse.Namespace) -> None:
    if arguments.durations < 0:
        raise UsageMistake("--durations takes a number from 1 up, or 0 for none")
    if arguments.open and not arguments.report_dir:
        raise UsageMistake("--open opens the report that is written: give --report-dir DIR with it")


def _most_failures(arguments: argparse.Namespace) -> int:
    if arguments.maxfail is not None and arguments.maxfail < 0:
        raise UsageMistake("--maxfail takes a number from 1 up, or 0 for no end")
    return arguments.maxfail or 0


# What gates, what is kept and what was asked for by name is judged by the whole idle window.
def _cuts_idling(arguments: argparse.Namespace, options: RunOptions) -> bool:
    kept = arguments.strict or arguments.report_dir or arguments.json or options.ids or options.shard is not None
    return arguments.quick is None and not kept and _baseline(arguments, options) is None


def _is_quick(arguments: argparse.Namespace) -> bool:
    return bool(arguments.watch if arguments.quick is None else arguments.quick)


# What lets seconds pass, with the reason; but for what the implementation's file leaves out for a reason of its own.
def _unhurried(options: RunOptions) -> dict[str, str]:
    catalogue = load_catalogue()
    names = [requirement.id for requirement in catalogue.requirements.values() if requirement.unhurried]
    return dict.fromkeys((name for name in names if name not in options.target().excluded(catalogue)), QUICK_REASON)


def _keep(implementation: str, results: Results) -> None:
    judged = [row for row in results.requirements if row.message != NEVER_RAN]
    failed = [row.id for row in judged if row.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE)]
    remember(implementation, [row.id for row in judged], failed)


def _print_durations(console: Console, results: Results, most: int) -> None:
    rows = sorted(results.requirements, key=lambda row: -row.duration_s)[:most]
    console.print(f"the {len(rows)} that took longest:")
    for row in rows:
        console.print(f"  {row.duration_s:8.3f} s  {row.id}")


# The run in this process, for whoever asked for a pause or a wrapper.
def _debugged(arguments: argparse.Namespace, options: RunOptions) -> Callable[[Progress, Sequence[str]], Judged] | None:
    if not arguments.pause and not arguments.wrapper:
        return None
    if options.workers or options.expression or options.shard or arguments.json:
        told = "--pause and --wrapper run in one process, beside a person: leave out -n, -k, --shard and --json"
        raise UsageMistake(told)
    pauses = [requirement.id for requirement in selected(arguments.pause)] if arguments.pause else []
    given = replace(options, ids=options.ids or tuple(pauses))
    try:
        wrapper = split_wrapper(arguments.wrapper) if arguments.wrapper else ()
        target = Target(
            options.implementation, Settings(no_deadline=True, peer_host=options.peer_host, wrapper=wrapper)
        )
        target.adapter().close()
    except UsageError as error:
        raise UsageMistake(str(error)) from None
    # Here, as every other run does without pytest in this process.
    from .paused_run import run_paused

    return lambda progress, command: run_paused(given, target, pauses, progress, command)


def _baseline(arguments: argparse.Namespace, options: RunOptions) -> Path | None:
    if arguments.baseline:
        return Path(arguments.baseline)
    file = options.target().file
    return file.baseline if file is not None else None


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
    try:
        return finish(
            judged,
            ids=options.ids,
            expression=options.expression,
            profiles=options.profiles,
            quick=_is_quick(arguments),
            baseline=_baseline(arguments, options),
            implementation_file=file.path if file is not None else None,
            shard=options.shard,
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
