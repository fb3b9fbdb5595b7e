"""Likeness to a wrong server: told where it is a good match, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.proof.faults.registry import Fault, load_faults
from dasnet_conformance.proof.likeness import liken, with_likeness
from dasnet_reports import (
    Implementation,
    RequirementResult,
    Results,
    Sanity,
    Suite,
    count,
)

ALL = [f"row.{letter}" for letter in "abcdefghijklm"]


def fault(name: str, *kills: str, may_kill: tuple[str, ...] = ()) -> dict[str, Fault]:
    return {name: Fault(name, "init", "It does something wrong.", kills, may_kill)}


@pytest.mark.parametrize(
    ("failed", "faults", "found"),
    [
        (["row.a"], fault("one", "row.a"), {"row.a": "one"}),
        # Two that match as well: neither is said.
        (["row.a"], fault("one", "row.a") | fault("two", "row.a"), {}),
        # One that names more of what failed is the better match.
        (
            ["row.a", "row.b"],
            fault("one", "row.a") | fault("two", "row.a", "row.b"),
            {"row.a": "two", "row.b": "two"},
        ),
        # What has to fail on it did not.
        (["row.a"], fault("one", "row.a", "row.b"), {}),
        # It accounts for too little.
        (["row.a", "row.b", "row.c"], fault("one", "row.a"), {}),
        (["row.a", "row.b", "row.c"], fault("one", "row.a", may_kill=("row.b",)), {"row.a": "one"}),
        # So much in common is a mark beside other failures, but not beside everything.
        (ALL[:12], fault("one", *ALL[:3]), dict.fromkeys(ALL[:3], "one")),
        (ALL[:13], fault("one", *ALL[:2]), {}),
        # What was not judged says nothing against it.
        (["row.a"], fault("one", "row.a", "row.unheard-of"), {"row.a": "one"}),
    ],
)
def test_a_likeness_is_told_where_it_is_a_good_match(
    failed: list[str], faults: dict[str, Fault], found: dict[str, str]
) -> None:
    assert liken(failed, ALL, faults) == found


def test_no_fault_is_taken_for_another_by_what_has_to_fail_on_it() -> None:
    faults = load_faults()
    judged = set(load_catalogue().requirements)
    told = {name: set(liken(set(entry.kills), judged, faults).values()) for name, entry in faults.items()}
    assert all(found <= {name} for name, found in told.items())
    assert sum(found == {name} for name, found in told.items()) > 100


def results_of(selection: str = "") -> Results:
    entry = next(entry for entry in load_faults().values() if entry.name == "state_new_object_is_open")
    rows = tuple(
        RequirementResult(r.id, r.section, r.level, r.profile, "fail" if r.id in entry.kills else "pass")  # type: ignore[arg-type]
        for r in load_catalogue().requirements.values()
    )
    facts: dict[str, Any] = {"started": "2026-01-01T00:00:00Z", "duration_s": 1.0, "strict": False, "seed": 0}
    return Results(
        Suite("a", "1"), Implementation("b", "1", "C"), (), "non-conforming", count(rows), rows, {},  # type: ignore[arg-type]
        sanity=Sanity(), selection=selection, **facts,
    )  # fmt: skip


def test_failing_rows_are_told_and_no_others() -> None:
    told = [(row.id, row.like) for row in with_likeness(results_of()).requirements if row.like]
    assert told == [("state.new-object.is-open", "state_new_object_is_open")]


def test_of_a_part_of_the_suite_nothing_is_said() -> None:
    assert with_likeness(results_of("state")) == results_of("state")
