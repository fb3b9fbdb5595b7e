"""From rows to conclusions: counts, the status of each profile, the overall verdict, the exit status.

What lives here: pure functions over the records of model.py, and the tables they read. Whoever wants to know when a run
is green reads the tables; tests and reports read the same ones. May touch: nothing but its arguments.

The argument runs in four steps, one table each:

1. GATES: does a row of this level decide anything, given --strict?
2. EFFECTS: what does a deciding row with this verdict say, given whether its profile is claimed?
3. SANITY_RULES: how far can the rows be believed, given how the sanity conversations went?
4. STATUS and OVERALL: the gravest effect present, in the table's order, gives the conclusion. No effect at all is never
   a pass: a run that judged nothing concludes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from .model import (
    Level,
    Overall,
    ProfileResult,
    ProfileStatus,
    RequirementResult,
    Results,
    Sanity,
    Verdict,
)
from .scope import left_for_later

EXIT_USAGE: Final = 3
"""Usage or configuration error, or nothing selected."""

EXIT_STATUS: Final = {Overall.CONFORMING: 0, Overall.NON_CONFORMING: 1, Overall.INCONCLUSIVE: 2}

# (level, strict) -> whether the row decides anything.
GATES: Final = {
    (Level.MUST, False): True,
    (Level.MUST, True): True,
    (Level.SHOULD, False): False,
    (Level.SHOULD, True): True,
    (Level.MAY, False): False,
    (Level.MAY, True): False,
}


class Effect(Enum):
    """What a deciding row says, gravest first."""

    FAILED = "failed"
    LACKING = "lacking"
    OPEN = "open"
    PASSED = "passed"
    NOTHING = "nothing"


# (verdict, profile claimed) -> what a deciding row says. An unclaimed profile earns nothing by passing and owes nothing
# when it is unsupported, but what was tried and went wrong still went wrong.
EFFECTS: Final = {
    (Verdict.PASS, True): Effect.PASSED,
    (Verdict.PASS, False): Effect.NOTHING,
    (Verdict.FAIL, True): Effect.FAILED,
    (Verdict.FAIL, False): Effect.FAILED,
    (Verdict.UNSUPPORTED, True): Effect.LACKING,
    (Verdict.UNSUPPORTED, False): Effect.NOTHING,
    (Verdict.INCONCLUSIVE, True): Effect.OPEN,
    (Verdict.INCONCLUSIVE, False): Effect.OPEN,
    (Verdict.EXCLUDED, True): Effect.NOTHING,
    (Verdict.EXCLUDED, False): Effect.NOTHING,
}


class Believe(Enum):
    """How far the rows can be believed."""

    ROWS = "the rows stand as they are"
    FAILURES_ONLY = "failures stand, passes prove nothing"
    NOTHING = "the rows prove nothing"


class Talk(Enum):
    """How a sanity conversation went, as far as it matters here."""

    GOOD = "passed"
    WRONG = "took place and went wrong"
    BROKEN = "broke down or never took place"


TALKS: Final = {
    Verdict.PASS: Talk.GOOD,
    Verdict.FAIL: Talk.WRONG,
    Verdict.UNSUPPORTED: Talk.WRONG,
    Verdict.INCONCLUSIVE: Talk.BROKEN,
    Verdict.EXCLUDED: Talk.BROKEN,
}

# (first conversation, last conversation) -> how far the rows can be believed.
SANITY_RULES: Final = {
    (Talk.GOOD, Talk.GOOD): Believe.ROWS,
    # It worked and then no longer did: it died on the way, and any row may be the corpse's and not the check's.
    (Talk.GOOD, Talk.WRONG): Believe.NOTHING,
    (Talk.GOOD, Talk.BROKEN): Believe.NOTHING,
    # Alive but wrong from the start: the failed rows are the news. Without one, the suite contradicts itself.
    (Talk.WRONG, Talk.GOOD): Believe.FAILURES_ONLY,
    (Talk.WRONG, Talk.WRONG): Believe.FAILURES_ONLY,
    (Talk.WRONG, Talk.BROKEN): Believe.NOTHING,
    # Nobody ever answered properly at the start: the adapter is the suspect.
    (Talk.BROKEN, Talk.GOOD): Believe.NOTHING,
    (Talk.BROKEN, Talk.WRONG): Believe.NOTHING,
    (Talk.BROKEN, Talk.BROKEN): Believe.NOTHING,
}

# The first effect of this order that is present gives the status of a claimed profile, and the overall verdict.
STATUS: Final = {
    Effect.FAILED: ProfileStatus.NON_CONFORMING,
    Effect.LACKING: ProfileStatus.PARTIAL,
    Effect.OPEN: ProfileStatus.INCONCLUSIVE,
    Effect.PASSED: ProfileStatus.CONFORMING,
    Effect.NOTHING: ProfileStatus.NOT_RUN,
}
OVERALL: Final = {
    Effect.FAILED: Overall.NON_CONFORMING,
    Effect.LACKING: Overall.NON_CONFORMING,
    Effect.OPEN: Overall.INCONCLUSIVE,
    Effect.PASSED: Overall.CONFORMING,
    Effect.NOTHING: Overall.INCONCLUSIVE,
}

# How belief turns the gravest effect into the one that counts. What is not named stays.
DOUBT: Final = {
    Believe.ROWS: {},
    Believe.FAILURES_ONLY: {Effect.PASSED: Effect.OPEN},
    Believe.NOTHING: {Effect.FAILED: Effect.OPEN, Effect.LACKING: Effect.OPEN, Effect.PASSED: Effect.OPEN},
}


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the rows of a run amount to; the fields of the same names go into Results."""

    verdict: Overall
    profiles: tuple[ProfileResult, ...]
    counts: dict[str, int]
    exit_status: int


def conclude(
    rows: Sequence[RequirementResult],
    *,
    sanity: Sanity,
    claimed: Iterable[str],
    known: Iterable[str] = (),
    strict: bool = False,
) -> Conclusion:
    """Conclude from the rows of a run.

    Arguments: `rows`, one per selected requirement; `sanity`, the two conversations; `claimed`, the profiles that the
    implementation says it offers; `known`, every profile of the catalogue in the order to show them (others that are
    claimed or have rows follow); `strict`, whether SHOULD decides too.
    Returns: overall verdict, status per profile, counts per verdict, exit status.
    """
    claims = frozenset(claimed)
    belief = believe(sanity)
    # dict.fromkeys: a set that keeps its order.
    names = dict.fromkeys([*known, *sorted(claims), *(row.profile for row in rows)])
    verdict = OVERALL[_gravest(rows, claims, strict, belief)]
    return Conclusion(
        verdict=verdict,
        profiles=tuple(ProfileResult(name, _status(name, rows, claims, strict, belief)) for name in names),
        counts=count(rows),
        exit_status=exit_status(verdict, anything_selected=bool(rows)),
    )


def conclude_again(results: Results) -> Conclusion:
    """Conclude anew from what `results` holds, for reports that re-derive and for whoever doubts a file."""
    return conclude(
        results.requirements,
        sanity=results.sanity,
        claimed=claimed_profiles(results),
        known=[profile.name for profile in results.profiles],
        strict=results.strict,
    )


def known_failures(results: Results) -> frozenset[str]:
    """The ids of the rows that failed exactly as the run's baseline lists them; none without a baseline."""
    if results.baseline is None:
        return frozenset()
    differing = {finding.requirement for finding in results.baseline.findings}
    failed = frozenset(row.id for row in results.requirements if row.verdict is not Verdict.PASS)
    return failed & set(results.baseline.listed) - differing


def is_as_listed(results: Results) -> bool:
    """Whether the run is exactly what its baseline says: no difference, and no verdict that is still open."""
    if results.baseline is None or results.baseline.findings or results.verdict is Overall.INCONCLUSIVE:
        return False
    claimed = claimed_profiles(results)
    # Beside a known failure, which decides the overall verdict, one that is open would go unnoticed.
    return not any(
        row.verdict is Verdict.INCONCLUSIVE and counts_against(row, claimed=claimed, strict=results.strict)
        for row in results.requirements
    )


def count(rows: Iterable[RequirementResult]) -> dict[str, int]:
    """Count rows per verdict; every verdict has a number, in the order of Verdict."""
    counts = {verdict.value: 0 for verdict in Verdict}
    for row in rows:
        counts[row.verdict.value] += 1
    return counts


def exit_status(verdict: Overall, *, anything_selected: bool = True) -> int:
    """The exit status of a run: 0 conforming, 1 non-conforming, 2 inconclusive, 3 when no requirement was selected."""
    return EXIT_STATUS[verdict] if anything_selected else EXIT_USAGE


def claimed_profiles(results: Results) -> frozenset[str]:
    """The profiles that the implementation of this run claims."""
    return frozenset(p.name for p in results.profiles if p.status is not ProfileStatus.NOT_CLAIMED)


def effect(row: RequirementResult, *, claimed: Iterable[str], strict: bool) -> Effect:
    """What one row says about the run: Effect.NOTHING when its level does not decide or the table says so."""
    if not GATES[row.level, strict]:
        return Effect.NOTHING
    return EFFECTS[row.verdict, row.profile in frozenset(claimed)]


def counts_against(row: RequirementResult, *, claimed: Iterable[str], strict: bool) -> bool:
    """Whether this row alone keeps the run from conforming."""
    return effect(row, claimed=claimed, strict=strict) in (Effect.FAILED, Effect.LACKING, Effect.OPEN)


def believe(sanity: Sanity) -> Believe:
    """How far the rows of a run with these sanity conversations can be believed."""
    return SANITY_RULES[TALKS[sanity.first.verdict], TALKS[sanity.last.verdict]]


# The gravest effect among the rows, after doubt.
def _gravest(rows: Iterable[RequirementResult], claims: frozenset[str], strict: bool, belief: Believe) -> Effect:
    present = {effect(row, claimed=claims, strict=strict) for row in rows}
    gravest = next((candidate for candidate in Effect if candidate in present), Effect.NOTHING)
    return DOUBT[belief].get(gravest, gravest)


# The status of one profile: a claim comes first, then what its own rows say.
def _status(
    name: str, rows: Iterable[RequirementResult], claims: frozenset[str], strict: bool, belief: Believe
) -> ProfileStatus:
    if name not in claims:
        return ProfileStatus.NOT_CLAIMED
    own = [row for row in rows if row.profile == name]
    status = STATUS[_gravest(own, claims, strict, belief)]
    if status is ProfileStatus.CONFORMING and any(left_for_later(row) and GATES[row.level, strict] for row in own):
        return ProfileStatus.SO_FAR
    if status is ProfileStatus.NOT_RUN and any(row.verdict is not Verdict.EXCLUDED for row in own):
        return ProfileStatus.NOTHING_GATES
    return status
