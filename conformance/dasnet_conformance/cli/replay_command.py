"""`dasnet replay`: play a script that `dasnet explore` saved, or that a person wrote, with full patience. Prints."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from dasnet_adapters.contract import AdapterBroken
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.explore.playing.in_process import PATIENT
from dasnet_conformance.explore.scripts.script import BadScript, read_script

from . import UsageMistake
from .explore_command import EXIT_FOUND, EXIT_INCONCLUSIVE, count_of_steps, inconclusive, start_player
from .reaching import add_implementation, named
from .time_left import TimeLeft


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", metavar="FILE", help="the script")
    add_implementation(parser)


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Replay; returns 0 when nothing diverges, 1 when something does."""
    try:
        script = read_script(Path(arguments.file))
        player, _ = start_player(named(arguments.implementation))
    except BadScript as error:
        raise UsageMistake(str(error)) from error
    except AdapterBroken as broken:
        return inconclusive(broken)
    try:
        with TimeLeft("replaying", len(script.steps)) as bar:
            player.at_step = lambda count: bar.done(to=count)
            divergence = player.play(script.steps, PATIENT)
    except AdapterBroken as broken:
        return inconclusive(broken)
    finally:
        player.close()
    if player.passed_over:
        steps = f"{player.passed_over} of {count_of_steps(script.steps)}"
        print(f"{steps} could not be meant where they stand, and were passed over")  # noqa: T201
    if divergence is None and not player.judged:
        print("dasnet: no verdict: the script came to where nothing can be said", file=sys.stderr)  # noqa: T201
        return EXIT_INCONCLUSIVE
    if divergence is None:
        print(f"nothing diverges: {count_of_steps(script.steps)}")  # noqa: T201
        return 0
    requirement = load_catalogue().requirements[divergence.requirement]
    print(f"violates {requirement.id} ({requirement.level}): {requirement.text}")  # noqa: T201
    print(f"found: {divergence.message}")  # noqa: T201
    return EXIT_FOUND
