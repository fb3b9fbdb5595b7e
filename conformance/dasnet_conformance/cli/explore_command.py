"""`dasnet explore`: conversations made up by chance, in lockstep with a model. Prints, and writes a script."""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dasnet_adapters.contract import PROFILES, AdapterBroken
from dasnet_adapters.errors import UsageError
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.explore.explorer import Explored, Explorer, Finding, Options
from dasnet_conformance.explore.playing.players import ProcessPlayer
from dasnet_conformance.explore.scripts.script import Script
from dasnet_conformance.gate.baseline import BaselineError, read_baseline
from dasnet_conformance.running.target import Target

from . import UsageMistake
from .choices import Several
from .files import insist_on_file, write_text
from .reaching import add_implementation, insist_on_loopback, named
from .selecting import excluded
from .time_left import TimeLeft

EXIT_FOUND: Final = 1
EXIT_INCONCLUSIVE: Final = 2
#: Seeds among which the examples are shared out where none is given: one finds what another does not.
SEEDS: Final = 4
#: Where what diverges is written when nobody says otherwise.
OUTPUT: Final = "divergence.script"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = parser.add_argument
    add_implementation(parser)
    add(
        "--examples",
        type=int,
        default=200,
        metavar="N",
        help="play so many conversations each of servers, clients and HTTP servers, as it has them (default 200)",
    )
    add("--steps", type=int, default=40, metavar="N", help="of up to so many steps (default 40)")
    add("--seed", type=int, metavar="S", help="the same seed makes the same conversations (default: 0 to 3 in turn)")
    add(
        "--exclude",
        action="append",
        default=[],
        metavar="ID=REASON",
        help="go on after a divergence that violates this requirement, for a stated reason (may be repeated)",
    )
    add("--baseline", metavar="FILE", help="go on after divergences that this list of known failures names")
    add(
        "--profile",
        action=Several,
        choices=PROFILES,
        metavar="P",
        help="only this profile's calls (may be repeated, or several with commas)",
    )
    add("--seconds", type=float, default=0.0, metavar="T", help="end after so many seconds (default: no end)")
    add("-o", dest="output", metavar="FILE", help="write what diverges there (default divergence.script)")


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Explore; returns the exit status."""
    if arguments.examples < 1 or arguments.steps < 1 or not arguments.seconds >= 0:
        raise UsageMistake("--examples and --steps take a number from 1 up, and --seconds one from 0 up")
    insist_on_file(arguments.output or OUTPUT, "-o")
    implementation = named(arguments.implementation)
    known = _known(arguments)
    started = time.monotonic()
    try:
        player, profiles = start_player(implementation)
        options = Options(
            examples=arguments.examples,
            steps=arguments.steps,
            seed=arguments.seed or 0,
            seeds=SEEDS if arguments.seed is None else 1,
            known=known,
            profiles=tuple(arguments.profile) or profiles,
            seconds=arguments.seconds,
        )
        try:
            with TimeLeft("exploring", arguments.examples * len(options.parts)) as bar:
                explored = Explorer(
                    player,
                    options,
                    lambda line: print(line, flush=True),  # noqa: T201
                    lambda count: bar.done(to=count),
                ).run()
        finally:
            player.close()
    except AdapterBroken as broken:
        return inconclusive(broken)
    seconds = time.monotonic() - started
    if explored.finding is not None:
        return _tell_finding(arguments, implementation, explored, explored.finding, seconds)
    if not player.judged:
        print("dasnet: no verdict: no conversation came to its end", file=sys.stderr)  # noqa: T201
        return EXIT_INCONCLUSIVE
    seeds = f"seeds 0 to {SEEDS - 1}" if arguments.seed is None else f"seed {arguments.seed}"
    found = "nothing new found" if explored.known else "nothing found"
    print(f"{found}: {_played(explored)}, {seeds}, {seconds:.1f} s")  # noqa: T201
    return 0


def _known(arguments: argparse.Namespace) -> frozenset[str]:
    # The requirements after whose violation the exploration goes on.
    known = set(excluded(arguments.exclude))
    if arguments.baseline:
        try:
            known.update(failure.requirement for failure in read_baseline(Path(arguments.baseline)))
        except BaselineError as error:
            raise UsageMistake(str(error)) from error
    return frozenset(known)


def start_player(implementation: str) -> tuple[ProcessPlayer, tuple[str, ...]]:
    """Who plays scripts on the implementation, which is built first where its file says how, and the profiles to play.

    Raises `UsageMistake` for one that cannot be meant, `AdapterBroken` for one that cannot be built or reached.
    """
    try:
        target = Target(implementation)
        adapter = target.adapter()
        adapter.close()
        insist_on_loopback(adapter)
        target.build()
        player = ProcessPlayer(implementation)
        try:
            return player, target.claims(player.profiles)
        except UsageError:
            player.close()
            raise
    except UsageError as error:
        raise UsageMistake(str(error)) from error


def inconclusive(broken: AdapterBroken) -> int:
    """Tell why there is no verdict; returns the exit status. Raises `UsageMistake` when it is the caller's fault."""
    if broken.culprit == "caller":
        raise UsageMistake(broken.told()) from broken
    print(f"dasnet: no verdict: {broken.told()}", file=sys.stderr)  # noqa: T201
    return EXIT_INCONCLUSIVE


def count_of_steps(steps: Sequence[object]) -> str:
    """How many steps there are, in words."""
    return f"{len(steps)} step{'' if len(steps) == 1 else 's'}"


def _played(explored: Explored) -> str:
    told = f"{explored.examples} example{'' if explored.examples == 1 else 's'}"
    if explored.cut_short:
        told += " (the time was up)"
    if explored.dropped:
        told += f", {explored.dropped} dropped"
    for requirement, count in sorted(explored.known.items()):
        told += f", {count} violated {requirement}, which is known"
    return told


def _tell_finding(
    arguments: argparse.Namespace, implementation: str, explored: Explored, finding: Finding, seconds: float
) -> int:
    divergence = finding.divergence
    requirement = load_catalogue().requirements[divergence.requirement]
    script = Script(
        finding.steps,
        {
            "implementation": implementation,
            "seed": str(finding.seed),
            "requirement": divergence.requirement,
            "finding": divergence.message,
        },
    )
    place = Path(arguments.output or OUTPUT)
    lines = [
        "",
        *map(str, finding.steps),
        "",
        f"violates {requirement.id} ({requirement.level}): {requirement.text}",
        f"found: {divergence.message}",
        f"example {finding.example}, seed {finding.seed}, {count_of_steps(finding.steps)}, {seconds:.1f} s",
    ]
    print("\n".join(lines))  # noqa: T201
    write_text(str(place), script.text())
    print(f"again: dasnet replay {shlex.quote(str(place))} {shlex.quote(implementation)}")  # noqa: T201
    return EXIT_FOUND
