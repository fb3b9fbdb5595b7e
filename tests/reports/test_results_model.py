"""The records refuse what could not be written as a valid file."""

from __future__ import annotations

import dataclasses
import math

import pytest
from results_builders import Make, Row

from dasnet_reports import (
    EntryKind,
    Level,
    ProfileResult,
    RequirementResult,
    Results,
    Sanity,
    TranscriptEntry,
    Verdict,
)


def test_records_cannot_be_changed(small: Results) -> None:
    for record in (small, small.requirements[0], small.sanity, small.suite, small.requirements[2].transcript[0]):
        name = dataclasses.fields(record)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(record, name, "other")


def test_plain_texts_become_exact() -> None:
    row = RequirementResult("a.b", "init", "MUST", "core", "fail", transcript=[TranscriptEntry(0, "host", "call")])
    assert row.level is Level.MUST
    assert row.verdict is Verdict.FAIL
    assert row.transcript == (TranscriptEntry(0, "host", EntryKind.CALL, ""),)
    assert row.transcript[0].kind is EntryKind.CALL


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"id": ""}, "id is ''"),
        ({"id": "Init.Port"}, "id is"),
        ({"id": "init..port"}, "id is"),
        ({"id": "init.port\n"}, "id is"),
        ({"id": "a" * 201}, "at most 200 characters"),
        ({"section": "a<b"}, "section is"),
        ({"profile": "core profile"}, "profile is"),
        ({"level": "must"}, "'must'"),
        ({"verdict": "passed"}, "'passed'"),
        ({"duration_s": -1}, "duration_s is -1"),
        ({"duration_s": math.inf}, "duration_s is inf"),
        ({"duration_s": math.nan}, "duration_s is nan"),
        ({"blocked_by": "tick.delivers"}, "the verdict is fail or inconclusive, not pass"),
        ({"blocked_by": "Not An Id", "verdict": "fail"}, "blocked_by is"),
        ({"verdict": "excluded"}, "carries an excluded_reason"),
        ({"verdict": "excluded", "excluded_reason": "  "}, "carries an excluded_reason"),
        ({"excluded_reason": "because"}, "carries an excluded_reason"),
    ],
)
def test_bad_rows_are_refused(row: Row, change: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        dataclasses.replace(row(), **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tick", "side", "kind", "complaint"),
    [
        (-1, "host", "call", "counts from 0"),
        (0, "peer", "call", "side is 'peer'"),
        (0, "peer 0", "call", "side is"),
        (0, "host\n", "call", "side is"),
        (0, "host", "shout", "'shout'"),
    ],
)
def test_bad_entries_are_refused(tick: int, side: str, kind: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        TranscriptEntry(tick, side, kind)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"schema": 2}, "schema is 2"),
        ({"started": "yesterday"}, "started is 'yesterday'"),
        ({"started": "2024-05-01T10:00:00"}, "started is"),
        ({"started": "2024-05-01T10:00:00+02:00"}, "started is"),
        ({"started": "2024-13-01T10:00:00Z"}, "month"),
        ({"duration_s": -0.5}, "duration_s"),
        ({"counts": {"pass": 1}}, "counts name exactly"),
        ({"counts": dict.fromkeys(Verdict, -1)}, "counts name exactly"),
        ({"profiles": (ProfileResult("core", "partial"),) * 2}, "profile 'core' appears twice"),
    ],
)
def test_bad_results_are_refused(small: Results, change: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        dataclasses.replace(small, **change)  # type: ignore[arg-type]


def test_one_requirement_has_one_row(make: Make, row: Row) -> None:
    with pytest.raises(ValueError, match=r"requirement 'a\.b' appears twice"):
        make([row(id="a.b"), row("fail", id="a.b")])


def test_a_sanity_conversation_that_never_took_place_is_no_pass() -> None:
    assert Sanity().first.verdict is Sanity().last.verdict is Verdict.INCONCLUSIVE
