"""Transcripts as people read them: what repeats is told once, what is left out is counted, what tells most stays."""

from __future__ import annotations

import pytest

from dasnet_reports import Fold, Gap, TranscriptEntry, fold, shown
from dasnet_reports.transcript import lines


def calls(*texts: str) -> list[TranscriptEntry]:
    return [TranscriptEntry(tick, "host", "call", text) for tick, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("texts", "kept", "folds"),
    [
        ("abcd", "abcd", []),
        ("aa", "aa", []),
        ("aaa", "a", [Fold(1, 2, 2)]),
        ("ababx", "abx", [Fold(2, 1, 3)]),
        ("xabcabcabc", "xabc", [Fold(3, 2, 9)]),
        ("abababcdcd", "abcd", [Fold(2, 2, 5), Fold(2, 1, 9)]),
        ("abcdeabcde", "abcdeabcde", []),
    ],
)
def test_a_short_cycle_is_told_once(texts: str, kept: str, folds: list[Fold]) -> None:
    told = fold(calls(*texts))
    assert "".join(line.text for line in told if isinstance(line, TranscriptEntry)) == kept
    assert [line for line in told if isinstance(line, Fold)] == folds


def test_steps_that_were_counted_already_are_the_same_steps() -> None:
    told = fold(calls("tick -> no value", "is_open", "tick -> no value (x3, up to tick 7)", "is_open"))
    assert told[2:] == [Fold(2, 1, 3)]


def test_nothing_is_lost_in_the_sum() -> None:
    talk = calls(*"abab", *map(str, range(300)))
    told = shown(talk, 40)
    gaps = sum(line.entries for line in told if isinstance(line, Gap))
    folded = sum(line.steps * line.times for line in told if isinstance(line, Fold))
    assert gaps + folded + sum(isinstance(line, TranscriptEntry) for line in told) == len(talk)
    assert len(told) == 41


@pytest.mark.parametrize("kind", ["event", "mismatch"])
def test_callbacks_other_than_data_stay(kind: str) -> None:
    talk = calls(*map(str, range(300)))
    talk[150] = TranscriptEntry(150, "host", kind, "object 1: error 5: data, size 3: no")
    assert talk[150] in shown(talk, 8)
    talk[150] = TranscriptEntry(150, "host", "event", "object 1: data, size 3: 3 bytes")
    assert talk[150] not in shown(talk, 8)


def test_lines_say_what_is_not_there() -> None:
    assert lines(calls(*"ababab"), entries=8, text=80)[-1] == "     5  … these 2 steps 2 more times, up to tick 5 …"
    assert lines(calls(*map(str, range(50))), entries=4, text=80)[1].endswith("… 46 entries left out …")
    assert lines(calls("a"), entries=0, text=80) == []
