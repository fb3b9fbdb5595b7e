"""How much of the suite a run judged, in the words that every report uses for it.

What lives here: what `--quick` leaves for another time, and the conclusion of a run that left something, which is never
called conforming outright. May touch: nothing but its arguments.
"""

from __future__ import annotations

from typing import Final

from .model import Overall, ProfileStatus, RequirementResult, Results, Verdict

QUICK: Final = "--quick"
"""The option that leaves out what lets seconds pass, as it stands in a selection and in the reason of a row."""

QUICK_REASON: Final = f"{QUICK}: its check lets seconds pass"
"""Why such a row is excluded."""

SO_FAR: Final = ProfileStatus.SO_FAR.value


def left_for_later(row: RequirementResult) -> bool:
    """Whether the row was left out by `--quick`, and not for a reason of somebody's own."""
    return row.verdict is Verdict.EXCLUDED and row.excluded_reason == QUICK_REASON


def not_judged(results: Results) -> str:
    """What `--quick` left out, in words; empty where it left out nothing."""
    number = sum(left_for_later(row) for row in results.requirements)
    return f"{number:,} requirement{'' if number == 1 else 's'} not judged ({QUICK})" if number else ""


def spell_overall(results: Results) -> str:
    """The overall verdict in words: one that rests on less than the whole says so."""
    if results.verdict is Overall.CONFORMING and not_judged(results):
        return SO_FAR
    return results.verdict.value
