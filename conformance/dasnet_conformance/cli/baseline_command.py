"""`dasnet baseline`: make or bring up to date the list of an implementation's known failures. Writes that file."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from dasnet_conformance.gate.baseline import LISTABLE, BaselineError, KnownFailure, read_baseline, spell
from dasnet_reports import Overall, RequirementResult, Results, claimed_profiles, counts_against, harmless

from . import UsageMistake
from .files import read_results, write_text
from .selecting import add_ids, selected

#: Characters of a failure's message that are kept as its reason.
REASON_LENGTH = 120


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = parser.add_argument
    add("action", choices=("write", "update"), help="write a new list, or bring one up to date")
    add("results", metavar="RESULTS", help="results.json of a whole run, or its report directory")
    add("baseline", metavar="FILE", help="the baseline, such as baseline.toml")
    add_ids(parser, "list these only, and leave what the file says of others as it is")
    add("--accept", action="store_true", help="with update: list new failures, too")
    add("--owner", default="", help="who answers for the failures that are listed now")
    add("--issue", default="", help="where they are tracked")


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Write the file; returns 0, or 1 when an update leaves failures that it may not list."""
    if Path(arguments.baseline).is_dir():
        raise UsageMistake(f"{arguments.baseline} is a folder; name a file, such as baseline.toml")
    results = read_results(arguments.results)
    _insist_on_a_whole_run(results)
    claimed = claimed_profiles(results)
    failing = {
        row.id: row
        for row in results.requirements
        if row.verdict in LISTABLE and counts_against(row, claimed=claimed, strict=results.strict)
    }
    among = {requirement.id for requirement in selected(arguments.ids)}

    def asked(name: str) -> bool:
        return not arguments.ids or name in among

    if arguments.action == "write":
        if Path(arguments.baseline).exists():
            raise UsageMistake(f"{arguments.baseline} exists; dasnet baseline update brings it up to date")
        kept: list[KnownFailure] = []
    else:
        try:
            listed = read_baseline(Path(arguments.baseline))
        except BaselineError as error:
            raise UsageMistake(str(error)) from error
        kept = [e for e in listed if e.requirement in failing or not asked(e.requirement)]
    there = {entry.requirement for entry in kept}
    unlisted = [row for name, row in failing.items() if name not in there]
    new = [row for row in unlisted if asked(row.id)]
    grows = arguments.action == "write" or arguments.accept
    if new and grows:
        if not arguments.owner or not arguments.issue:
            raise UsageMistake("listing a failure takes --owner and --issue: somebody answers for it, somewhere")
        kept += [_listed(row, arguments.owner, arguments.issue) for row in new]
    write_text(arguments.baseline, spell(kept))
    print(f"{arguments.baseline}: {len(kept)} known failures")  # noqa: T201
    others = [row.id for row in unlisted if not asked(row.id)]
    if others:
        print(f"not listed, for they were not asked for: {', '.join(others)}")  # noqa: T201
    if new and not grows:
        names = ", ".join(row.id for row in new)
        print(f"not listed, for an update only shrinks the list unless --accept is given: {names}")  # noqa: T201
        return 1
    return 0


def _insist_on_a_whole_run(results: Results) -> None:
    if results.verdict is Overall.INCONCLUSIVE:
        raise UsageMistake("the run was inconclusive: its failures prove nothing; make a run that is not")
    if results.selection:
        raise UsageMistake(f"the run was filtered ({harmless(results.selection, 200)}); make a whole one")


def _listed(row: RequirementResult, owner: str, issue: str) -> KnownFailure:
    # What was expected and what came says more of the failure than where it was seen, and changes less.
    _, found, rest = row.message.partition("expected ")
    reason = (found + rest if found else row.message)[:REASON_LENGTH]
    return KnownFailure(row.id, reason or row.verdict.value, issue, owner)
