"""Every rule by which rows become a verdict, a profile status and an exit status."""

from __future__ import annotations

import itertools

import pytest
from results_builders import WELL, Make, Row, build_row

from dasnet_reports import (
    Effect,
    Level,
    Overall,
    RequirementResult,
    Sanity,
    SanityResult,
    Verdict,
    claimed_profiles,
    conclude,
    conclude_again,
    count,
    counts_against,
    exit_status,
)
from dasnet_reports.conclude import EFFECTS, GATES, SANITY_RULES, TALKS, Talk

EXITS = {"conforming": 0, "non-conforming": 1, "inconclusive": 2}


def rows_of(text: str) -> list[RequirementResult]:
    """Rows from words such as "MUST:fail" or "MAY:pass@lowlevel", core being the usual profile."""
    rows = []
    for index, word in enumerate(text.split()):
        level, _, rest = word.partition(":")
        verdict, _, profile = rest.partition("@")
        rows.append(build_row(verdict, level, profile or "core", id=f"row.{index}"))
    return rows


def sanity_of(first: str, last: str) -> Sanity:
    return Sanity(SanityResult(Verdict(first), ""), SanityResult(Verdict(last), ""))


@pytest.mark.parametrize(
    ("words", "strict", "verdict", "core"),
    [
        ("MUST:pass", False, "conforming", "conforming"),
        ("MUST:pass MUST:fail", False, "non-conforming", "non-conforming"),
        # SHOULD decides under strict only.
        ("MUST:pass SHOULD:fail", False, "conforming", "conforming"),
        ("MUST:pass SHOULD:fail", True, "non-conforming", "non-conforming"),
        ("MUST:pass SHOULD:unsupported", False, "conforming", "conforming"),
        ("MUST:pass SHOULD:unsupported", True, "non-conforming", "partial"),
        ("MUST:pass SHOULD:inconclusive", False, "conforming", "conforming"),
        ("MUST:pass SHOULD:inconclusive", True, "inconclusive", "inconclusive"),
        # MAY never decides.
        ("MUST:pass MAY:fail MAY:unsupported MAY:inconclusive", False, "conforming", "conforming"),
        ("MUST:pass MAY:fail MAY:unsupported MAY:inconclusive", True, "conforming", "conforming"),
        # Unsupported within the claim is no pass.
        ("MUST:pass MUST:unsupported", False, "non-conforming", "partial"),
        ("MUST:unsupported", False, "non-conforming", "partial"),
        ("MUST:unsupported MUST:inconclusive", False, "non-conforming", "partial"),
        ("MUST:unsupported MUST:fail", False, "non-conforming", "non-conforming"),
        # An exclusion takes the row out.
        ("MUST:pass MUST:excluded", False, "conforming", "conforming"),
        ("MUST:fail MUST:excluded", False, "non-conforming", "non-conforming"),
        # A definite failure outweighs what stayed open, which outweighs passes.
        ("MUST:pass MUST:inconclusive", False, "inconclusive", "inconclusive"),
        ("MUST:inconclusive MUST:fail MUST:pass", False, "non-conforming", "non-conforming"),
        # Nothing that decides has passed: never green.
        ("MUST:excluded", False, "inconclusive", "not run"),
        ("MUST:excluded SHOULD:pass MAY:pass", False, "inconclusive", "judged, nothing in it gates"),
        ("MUST:excluded SHOULD:pass", True, "conforming", "conforming"),
        ("SHOULD:pass", False, "inconclusive", "judged, nothing in it gates"),
        ("MAY:pass", True, "inconclusive", "judged, nothing in it gates"),
        ("SHOULD:excluded MAY:excluded", True, "inconclusive", "not run"),
        ("MUST:inconclusive", False, "inconclusive", "inconclusive"),
    ],
)
def test_rows_decide(words: str, strict: bool, verdict: str, core: str) -> None:
    conclusion = conclude(rows_of(words), sanity=WELL, claimed=["core"], strict=strict)
    assert conclusion.verdict.value == verdict
    assert [(profile.name, profile.status.value) for profile in conclusion.profiles] == [("core", core)]
    assert conclusion.exit_status == EXITS[verdict]


@pytest.mark.parametrize(
    ("words", "claimed", "verdict", "statuses"),
    [
        ("MUST:pass", "core lowlevel", "conforming", "conforming, not run"),
        ("MUST:pass", "core", "conforming", "conforming, not claimed"),
        ("MUST:pass MUST:fail@lowlevel", "core lowlevel", "non-conforming", "conforming, non-conforming"),
        ("MUST:pass MUST:unsupported@lowlevel", "core lowlevel", "non-conforming", "conforming, partial"),
        ("MUST:pass MUST:excluded@lowlevel", "core lowlevel", "conforming", "conforming, not run"),
        # Not claimed: unsupported is as announced, a pass earns nothing, a failure is one all the same.
        ("MUST:pass MUST:unsupported@lowlevel", "core", "conforming", "conforming, not claimed"),
        ("MUST:pass MUST:fail@lowlevel", "core", "non-conforming", "conforming, not claimed"),
        ("MUST:pass MUST:inconclusive@lowlevel", "core", "inconclusive", "conforming, not claimed"),
        ("MUST:pass MUST:pass@lowlevel", "", "inconclusive", "not claimed, not claimed"),
    ],
)
def test_each_profile_has_its_status(words: str, claimed: str, verdict: str, statuses: str) -> None:
    conclusion = conclude(rows_of(words), sanity=WELL, claimed=claimed.split(), known=["core", "lowlevel"])
    assert conclusion.verdict.value == verdict
    assert [profile.name for profile in conclusion.profiles] == ["core", "lowlevel"]
    assert ", ".join(profile.status.value for profile in conclusion.profiles) == statuses


@pytest.mark.parametrize(
    ("first", "last", "of_passes", "of_failures", "of_gaps"),
    [
        ("pass", "pass", "conforming", "non-conforming", "non-conforming"),
        # Worked, then no longer: it died on the way.
        ("pass", "fail", "inconclusive", "inconclusive", "inconclusive"),
        ("pass", "unsupported", "inconclusive", "inconclusive", "inconclusive"),
        ("pass", "inconclusive", "inconclusive", "inconclusive", "inconclusive"),
        # Alive and wrong: failures stand, passes prove nothing.
        ("fail", "fail", "inconclusive", "non-conforming", "non-conforming"),
        ("fail", "pass", "inconclusive", "non-conforming", "non-conforming"),
        ("unsupported", "unsupported", "inconclusive", "non-conforming", "non-conforming"),
        ("fail", "inconclusive", "inconclusive", "inconclusive", "inconclusive"),
        # Broken from the start.
        ("inconclusive", "pass", "inconclusive", "inconclusive", "inconclusive"),
        ("inconclusive", "fail", "inconclusive", "inconclusive", "inconclusive"),
        ("inconclusive", "inconclusive", "inconclusive", "inconclusive", "inconclusive"),
    ],
)
def test_sanity_bounds_what_rows_prove(first: str, last: str, of_passes: str, of_failures: str, of_gaps: str) -> None:
    for words, verdict in (
        ("MUST:pass", of_passes),
        ("MUST:pass MUST:fail MUST:inconclusive", of_failures),
        ("MUST:pass MUST:unsupported", of_gaps),
    ):
        conclusion = conclude(rows_of(words), sanity=sanity_of(first, last), claimed=["core"])
        assert conclusion.verdict.value == verdict, words
        assert conclusion.exit_status == EXITS[verdict]
        # A profile never looks better than the run that it is part of.
        if verdict == "inconclusive":
            assert conclusion.profiles[0].status.value == "inconclusive"


def test_no_rows_is_not_a_run() -> None:
    conclusion = conclude([], sanity=WELL, claimed=["core"])
    assert conclusion.verdict is Overall.INCONCLUSIVE
    assert conclusion.exit_status == 3
    assert exit_status(Overall.CONFORMING, anything_selected=False) == 3


def test_nothing_is_green_without_a_deciding_pass() -> None:
    """Every pair of rows under every pair of sanity verdicts: green has its reason, every time."""
    kinds = [f"{level}:{verdict}" for level in Level for verdict in Verdict]
    for pair in itertools.combinations_with_replacement(kinds, 2):
        rows = rows_of(" ".join(pair))
        for strict, first, last in itertools.product((False, True), Verdict, Verdict):
            conclusion = conclude(rows, sanity=sanity_of(first, last), claimed=["core"], strict=strict)
            if conclusion.exit_status == 0:
                decides = [row for row in rows if GATES[row.level, strict] and row.verdict is not Verdict.EXCLUDED]
                assert {row.verdict for row in decides} == {Verdict.PASS}
                assert first is last is Verdict.PASS


def test_tables_have_no_holes() -> None:
    assert set(GATES) == set(itertools.product(Level, (False, True)))
    assert set(EFFECTS) == set(itertools.product(Verdict, (False, True)))
    assert set(TALKS) == set(Verdict)
    assert set(SANITY_RULES) == set(itertools.product(Talk, Talk))
    assert next(iter(Effect)) is Effect.FAILED
    assert list(Effect)[-1] is Effect.NOTHING


def test_counts_name_every_verdict() -> None:
    rows = rows_of("MUST:pass MAY:pass MUST:fail MUST:excluded")
    assert count(rows) == {"pass": 2, "fail": 1, "unsupported": 0, "inconclusive": 0, "excluded": 1}
    assert list(count([])) == list(Verdict)


@pytest.mark.parametrize(
    ("word", "strict", "against"),
    [
        ("MUST:pass", False, False),
        ("MUST:fail", False, True),
        ("SHOULD:fail", False, False),
        ("SHOULD:fail", True, True),
        ("MUST:inconclusive", False, True),
        ("MUST:unsupported", False, True),
        ("MUST:unsupported@lowlevel", False, False),
        ("MUST:excluded", False, False),
        ("MAY:fail", True, False),
    ],
)
def test_a_row_counts_against(word: str, strict: bool, against: bool) -> None:
    assert counts_against(rows_of(word)[0], claimed=["core"], strict=strict) is against


def test_a_blocked_row_is_a_failure(row: Row) -> None:
    blocked = row("fail", blocked_by="tick.delivers")
    assert conclude([row(), blocked], sanity=WELL, claimed=["core"]).verdict is Overall.NON_CONFORMING


@pytest.mark.parametrize("words", ["MUST:pass", "MUST:fail", "MUST:unsupported@lowlevel MUST:pass", "MAY:pass"])
@pytest.mark.parametrize("strict", [False, True])
def test_results_hold_what_their_conclusion_needs(make: Make, words: str, strict: bool) -> None:
    results = make(rows_of(words), strict=strict)
    again = conclude_again(results)
    assert (again.verdict, again.profiles, again.counts) == (results.verdict, results.profiles, results.counts)
    assert claimed_profiles(results) == {"core"}
