"""`dasnet prove`: run the suite against servers that are wrong on purpose, and tell whether it sees. Prints; writes the
matrix where it is told to."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from dasnet_conformance.proof.faults.registry import load_faults
from dasnet_conformance.proof.kill_matrix import Matrix, build
from dasnet_conformance.proof.kill_report import counts, headline, write

from . import UsageMistake
from .choices import chosen
from .files import insist_on_folder
from .reaching import processes
from .sharding import add_shard, shard_of
from .time_left import TimeLeft

#: Problems told on the screen; the reports have all of them.
TOLD = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = parser.add_argument
    add(
        "--full", action="store_true", help="run every requirement on every fault, not only those it names (takes long)"
    )
    add("--fault", action="append", default=[], metavar="NAME", help="only this fault (may be repeated)")
    add_shard(parser, "run part K of N of the faults alone; `dasnet merge` puts the matrices of all N together")
    add("--list", action="store_true", help="list the faults and run nothing")
    add("-n", dest="workers", type=processes, default=1, metavar="N", help="run in N parallel processes (default 1)")
    add("-o", dest="directory", metavar="DIR", help="write kill-matrix.json, kill-matrix.md and kill-matrix.html there")


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Prove; returns 0 when the suite sees everything that it claims to, else 1."""
    if arguments.workers < 1:
        raise UsageMistake("-n takes a number from 1 up")
    shard = shard_of(arguments)
    if shard is not None and arguments.fault:
        raise UsageMistake("--shard is a part of all faults, and --fault names some; leave one of the two out")
    known = load_faults()
    faults = [chosen(name, known, "fault", "`--list` names them all") for name in arguments.fault]
    if shard is not None and not any(shard.holds(name) for name in known):
        raise UsageMistake(f"nothing selected: shard {shard} holds no fault; make fewer shards")
    if arguments.list:
        _print_list(faults or [name for name in known if shard is None or shard.holds(name)])
        return 0
    if arguments.directory:
        insist_on_folder(arguments.directory, "-o")
    names = tuple(dict.fromkeys(faults))
    with TimeLeft("proving") as bar:
        matrix = build(
            names,
            full=arguments.full,
            shard=shard,
            workers=arguments.workers,
            told=bar.done,
            expect=bar.expect,
        )
    return tell(matrix, arguments.directory)


def tell(matrix: Matrix, directory: str | None) -> int:
    """Print what a matrix amounts to, and write it where a directory is named; returns the exit status.

    Raises `UsageMistake` when it cannot be written.
    """
    _print(matrix)
    if directory:
        try:
            paths = write(matrix, directory)
        except OSError as error:
            raise UsageMistake(f"the matrix cannot be written to {directory}: {error.strerror}") from error
        print(f"reports: {', '.join(map(str, paths))}")  # noqa: T201
    return 1 if counts(matrix)["problems"] else 0


def _print_list(names: Sequence[str]) -> None:
    section = ""
    for entry in load_faults().values():
        if entry.name not in names:
            continue
        if entry.section != section:
            section = entry.section
            print(f"{section}:")  # noqa: T201
        print(f"  {entry.name}: {entry.sentence}")  # noqa: T201
        print(f"    must fail: {', '.join(entry.kills)}")  # noqa: T201


def _print(matrix: Matrix) -> None:
    if matrix.chosen:
        for entry, outcome in matrix.kills():
            print(f"{outcome.requirement} catches {entry.name}: {outcome.message}")  # noqa: T201
    for name, outcomes in matrix.controls.items():
        passed = sum(outcome.verdict == "pass" for outcome in outcomes.values())
        print(f"null control {name}: passes {passed} of {len(outcomes)}")  # noqa: T201
    problems = matrix.problems()
    for text in problems[:TOLD]:
        print(f"problem: {text}")  # noqa: T201
    if len(problems) > TOLD:
        print(f"... and {len(problems) - TOLD} more; -o DIR keeps them all")  # noqa: T201
    print(f"{headline(matrix)}, in {matrix.duration_s:.0f} s")  # noqa: T201
