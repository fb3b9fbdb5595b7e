"""Which server that is wrong on purpose a failing run looks like: its failures against what each fault has to fail.

A likeness helps whoever looks for the cause and is no finding, so it is told only where it is a good match. It knows
the register of faults and results, and does no input or output.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from dasnet_conformance.proof.faults.registry import Fault, load_faults
from dasnet_reports import QUICK, Results, Verdict

#: Which part of all failures a fault accounts for, at least: one in so many. Of a run in which nearly everything fails,
#: nearly every fault would be a part.
ONE_IN: Final = 2

#: So many requirements that all have to fail are a mark of their own, beside failures that come from elsewhere.
DISTINCT: Final = 3
ONE_IN_BESIDE_OTHERS: Final = 5


def with_likeness(results: Results) -> Results:
    """The same results, with each failing row told which wrong server it is like, where one is."""
    failed = {row.id for row in results.requirements if row.verdict is Verdict.FAIL and not row.blocked_by}
    # A part of the suite says too little: what else would have failed is not known.
    if not failed or results.selection not in ("", QUICK):
        return results
    judged = {row.id for row in results.requirements if row.verdict in (Verdict.PASS, Verdict.FAIL)}
    found = liken(failed, judged, load_faults())
    rows = tuple(replace(row, like=found.get(row.id, "")) for row in results.requirements)
    return replace(results, requirements=rows)


def liken(failed: Collection[str], judged: Collection[str], faults: Mapping[str, Fault]) -> dict[str, str]:
    """Failing requirement -> the name of the fault that it looks like; only of those with a good match.

    A fault matches when every requirement that it names and that was judged has failed. It is a good match when no
    other fault matches as well by more or as many of its requirements, and it accounts for enough of all failures.
    Arguments: `failed`, requirements that failed at their own question; `judged`, those that passed or failed.
    """
    candidates = [
        (entry, names)
        for entry in faults.values()
        if (names := frozenset(entry.kills) & frozenset(judged)) and names <= frozenset(failed)
    ]
    found: dict[str, str] = {}
    for requirement in failed:
        matching = [(_weight(entry, names, failed), entry) for entry, names in candidates if requirement in names]
        best = max((weight for weight, _ in matching), default=(0, 0))
        likest = [entry for weight, entry in matching if weight == best]
        named, explained = best
        one_in = ONE_IN_BESIDE_OTHERS if named >= DISTINCT else ONE_IN
        if len(likest) == 1 and explained * one_in >= len(failed):
            found[requirement] = likest[0].name
    return found


# How many of the requirements that a fault names have failed, and how many failures it accounts for.
def _weight(entry: Fault, names: Collection[str], failed: Collection[str]) -> tuple[int, int]:
    return len(names), len({*names, *entry.may_kill} & set(failed))
