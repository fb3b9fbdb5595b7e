"""`dasnet stability`: repeat a run and compare its verdicts. Prints."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from rich.console import Console

from dasnet_adapters import UsageError
from dasnet_conformance.running.judge import RunOptions
from dasnet_conformance.running.stability import Stability, repeat
from dasnet_conformance.stage.bounds import CHECK_DEADLINE

from . import UsageMistake
from .progress import QuietProgress
from .reaching import add_implementation, add_workers
from .screen import safe
from .selecting import add_ids, implementation_and_ids
from .time_left import TimeLeft


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = parser.add_argument
    add_implementation(parser, "as for `dasnet run`")
    add_ids(parser, "judge these only")
    add("--runs", type=int, default=50, metavar="N", help="how often (default 50)")
    add("--load", action="store_true", help="keep every processor busy meanwhile")
    add("--restart-each", action="store_true", help="start a driver anew for each check")
    add_workers(parser)
    add("-k", dest="expression", default="", metavar="EXPR", help="only requirements that match")
    add("--deadline", type=float, default=CHECK_DEADLINE, metavar="SECONDS", help="bound of one check (default 60)")
    add("--json", action="store_true", help="as JSON")


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Repeat; returns 0 when nothing differed, 1 when something did, 2 or 3 when the first run came to no results."""
    if arguments.runs < 2:
        raise UsageMistake("--runs takes a number from 2 up: one run has nothing to differ from")
    implementation, ids = implementation_and_ids(arguments)
    options = RunOptions(
        implementation=implementation,
        strict=True,
        expression=arguments.expression,
        ids=ids,
        workers=arguments.workers,
        deadline=arguments.deadline,
        restart_each=arguments.restart_each,
        # Every verdict as it comes at first: a port that is wrong by chance is what is looked for.
        hasty=False,
    )
    try:
        options.target()
    except UsageError as error:
        raise UsageMistake(str(error)) from None
    console = Console(stderr=True, highlight=False)

    bar = TimeLeft("repeating", arguments.runs, console)

    def told(stability: Stability) -> None:
        bar.done(to=stability.runs)
        if stability.runs == 1 and stability.problems:
            # What did not come to results once will not do so fifty times.
            raise _NoResultsError(stability)
        if stability.runs % 10 == 0 or stability.runs == arguments.runs:
            changing = stability.changing()
            names = f": {', '.join(changing)}" if changing else ""
            console.print(f"{stability.runs} of {arguments.runs} runs, {len(changing)} verdicts differ{names}")

    try:
        with bar:
            stability = repeat(
                options,
                arguments.runs,
                QuietProgress(console),
                ["dasnet", *command],
                busy=arguments.load,
                after_each=told,
            )
    except _NoResultsError as ended:
        console.print(f"dasnet: {safe(ended.stability.problems[0])}", soft_wrap=True)
        return ended.stability.trouble
    sys.stdout.write(_as_json(stability, arguments.deadline) if arguments.json else _as_text(stability, arguments))
    if not stability.is_stable(arguments.deadline):
        return 1
    # Inconclusive every time is the same every time, and proves nothing.
    return stability.trouble


class _NoResultsError(Exception):
    """The first run came to no results."""

    def __init__(self, stability: Stability) -> None:
        super().__init__(stability.problems)
        self.stability = stability


def _as_json(stability: Stability, deadline: float) -> str:
    document = {
        "runs": stability.runs,
        "stable": stability.is_stable(deadline),
        "overall": dict(stability.overall),
        "changing": stability.changing(),
        "verdicts": stability.conclusions(),
        "slow": stability.slow(deadline),
        "problems": stability.problems,
    }
    return json.dumps(document, indent=2) + "\n"


def _as_text(stability: Stability, arguments: argparse.Namespace) -> str:
    lines = [f"{problem}" for problem in stability.problems]
    for name, counts in stability.changing().items():
        told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
        lines.append(f"flaky: {name}: not the same in {stability.runs} runs ({told})")
    for name, seconds in stability.slow(arguments.deadline).items():
        lines.append(f"slow: {name}: {seconds:.1f} s of {arguments.deadline:g} s")
    slowest = max(stability.slowest_s.items(), key=lambda item: item[1], default=("", 0.0))
    overall = ", ".join(f"{count} {verdict}" for verdict, count in stability.overall.items())
    judged = sum(sum(counts.values()) for counts in stability.verdicts.values())
    lines.append(
        f"{stability.runs} runs ({overall}), {judged} verdicts, {len(stability.changing())} requirements changed"
    )
    lines.append(f"slowest check: {slowest[0]}, {slowest[1]:.2f} s of {arguments.deadline:g} s")
    return "\n".join(lines) + "\n"
