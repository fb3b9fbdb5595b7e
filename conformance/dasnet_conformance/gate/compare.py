"""Comparing two runs, row by row: what got worse, what got better, what is new and what is gone. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from dasnet_reports import Results, Verdict

#: From best to worst. A row that leaves the first place is a regression, one that comes to it is a fix.
ORDER: Final = (Verdict.PASS, Verdict.UNSUPPORTED, Verdict.INCONCLUSIVE, Verdict.FAIL)


@dataclass(frozen=True)
class Change:
    """One requirement whose verdict changed, or that only one run has (the other verdict is then empty)."""

    requirement: str
    level: str
    old: str
    new: str
    message: str = ""


@dataclass
class Comparison:
    """What differs between two runs."""

    regressions: list[Change] = field(default_factory=list)
    fixes: list[Change] = field(default_factory=list)
    #: Changes between two verdicts neither of which is a pass, and to or from excluded.
    others: list[Change] = field(default_factory=list)
    added: list[Change] = field(default_factory=list)
    removed: list[Change] = field(default_factory=list)


def compare(old: Results, new: Results) -> Comparison:
    """Compare two runs of any implementations.

    A pass that became anything else but excluded is a regression. So is a new requirement that fails: it was not asked
    before, and the answer is no. A requirement that was removed is told, and is no regression by itself.
    """
    comparison = Comparison()
    before = {row.id: row for row in old.requirements}
    after = {row.id: row for row in new.requirements}
    for name, row in after.items():
        was = before.get(name)
        if was is None:
            change = Change(name, row.level.value, "", row.verdict.value, row.message)
            comparison.added.append(change)
            if row.verdict is Verdict.FAIL:
                comparison.regressions.append(change)
        elif was.verdict is not row.verdict:
            change = Change(name, row.level.value, was.verdict.value, row.verdict.value, row.message)
            _list_for(comparison, was.verdict, row.verdict).append(change)
    for name, row in before.items():
        if name not in after:
            comparison.removed.append(Change(name, row.level.value, row.verdict.value, ""))
    return comparison


def _list_for(comparison: Comparison, old: Verdict, new: Verdict) -> list[Change]:
    if Verdict.EXCLUDED in (old, new):
        return comparison.others
    if new is Verdict.PASS:
        return comparison.fixes
    if old is Verdict.PASS or (new is Verdict.FAIL and ORDER.index(new) > ORDER.index(old)):
        return comparison.regressions
    return comparison.others
