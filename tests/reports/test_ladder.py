"""The ladder diagram as data: what goes where, shortened how, marked where."""

from __future__ import annotations

import itertools
import re

import pytest
from results_builders import HOSTILE

from dasnet_reports import EntryKind, TranscriptEntry
from dasnet_reports.hostile import HAZARD
from dasnet_reports.ladder import MAX_PEERS, MAX_STEPS, OTHERS, Ladder, draw, fit


def entry(side: str, kind: str, text: str = "", tick: int = 0) -> TranscriptEntry:
    return TranscriptEntry(tick, side, EntryKind(kind), text)


def lane(ladder: Ladder, name: str) -> int:
    return next(lane.x for lane in ladder.lanes if lane.name == name)


def ends(path: str) -> tuple[int, int]:
    """Where the long line of a path begins and ends."""
    found = re.search(r"M(-?\d+) \d+H(-?\d+)", path)
    assert found
    return int(found[1]), int(found[2])


TALK = [
    entry("host", "call", "init 1 9000 -> true"),
    entry("peer 1", "connect", "connect to port 9000"),
    entry("host", "call", "tick 1 -> no value", 1),
    entry("host", "event", "object 1: connect", 1),
    entry("peer 1", "send", '5 bytes "hello"', 1),
    entry("peer 1", "receive", '2 bytes "ok"', 2),
    entry("peer 1", "close", "close", 2),
    entry("suite", "note", "silence", 2),
]


def test_lanes_stand_in_order() -> None:
    ladder = draw([entry("peer 10", "send"), entry("peer 2", "send"), entry("host", "call")])
    assert [lane.name for lane in ladder.lanes] == ["suite", "host", "peer 2", "peer 10"]
    assert [lane.x for lane in ladder.lanes] == sorted(lane.x for lane in ladder.lanes)
    assert ladder.lanes[-1].x < ladder.width


@pytest.mark.parametrize(
    ("side", "kind", "start", "end"),
    [
        ("host", "call", "suite", "host"),
        ("host", "answer", "host", "suite"),
        ("host", "event", "host", "suite"),
        ("peer 1", "connect", "peer 1", "host"),
        ("peer 1", "send", "peer 1", "host"),
        ("peer 1", "close", "peer 1", "host"),
        ("peer 1", "receive", "host", "peer 1"),
    ],
)
def test_arrows_lead_from_who_acts_to_who_is_meant(side: str, kind: str, start: str, end: str) -> None:
    ladder = draw([entry(side, kind, "x"), entry("peer 1", "note")])
    left, right = ends(ladder.steps[0].path)
    assert abs(left - lane(ladder, start)) <= 4
    # An arrow stops short of the line it points at, a cross a little more.
    assert abs(right - lane(ladder, end)) <= 10


@pytest.mark.parametrize(("side", "kind"), [("suite", "note"), ("host", "send"), ("peer 1", "call"), ("suite", "call")])
def test_what_crosses_nothing_stays_on_its_own_line(side: str, kind: str) -> None:
    ladder = draw([entry(side, kind, "x"), entry("peer 1", "note")])
    step = ladder.steps[0]
    assert "H" not in step.path
    assert step.path.startswith(f"M{lane(ladder, side) - 4} ")
    assert "x" in step.label


def test_labels_say_the_kind_once() -> None:
    labels = [step.label for step in draw(TALK).steps]
    assert labels == [
        "init 1 9000 -> true",
        "connect to port 9000",
        "tick 1 -> no value",
        "callback object 1: connect",
        'send 5 bytes "hello"',
        'receive 2 bytes "ok"',
        "close",
        "note: silence",
    ]


def test_a_band_per_tick_covers_its_rows() -> None:
    ladder = draw(TALK)
    assert [band.tick for band in ladder.bands] == [0, 1, 2]
    for first, second in itertools.pairwise(ladder.bands):
        assert first.y + first.height == second.y
    rows = [step.y for step in ladder.steps]
    assert rows == sorted(rows)
    assert ladder.bands[0].y < rows[0] < rows[-1] < ladder.bands[-1].y + ladder.bands[-1].height < ladder.height


def test_the_divergence_is_marked_where_the_check_stopped() -> None:
    ladder = draw(TALK, divergence="expected 3 bytes, got 2")
    assert [step.kind for step in ladder.steps].count("mismatch") == 1
    assert ladder.steps[-1].label == "✗ diverged: expected 3 bytes, got 2"
    assert ladder.bands[-1].tick == 2
    assert "Divergence marked in tick 2: expected 3 bytes, got 2" in ladder.description


def test_a_mismatch_of_its_own_is_not_marked_twice() -> None:
    talk = [TALK[0], entry("suite", "mismatch", "wanted false", 1), *TALK[2:]]
    ladder = draw(talk, divergence="another text")
    assert [step.kind for step in ladder.steps].index("mismatch") == 1
    assert [step.kind for step in ladder.steps].count("mismatch") == 1
    assert "another text" not in ladder.description


def test_a_pass_has_no_mark() -> None:
    assert "mismatch" not in [step.kind for step in draw(TALK).steps]
    assert "Divergence" not in draw(TALK).description


def test_long_transcripts_lose_their_middle_and_say_so() -> None:
    talk = [entry("host", "call", f"call {number}", number) for number in range(1_000)]
    ladder = draw(talk, divergence="late")
    labels = [step.label for step in ladder.steps]
    assert ladder.left_out == 1_001 - MAX_STEPS
    assert len(ladder.steps) == MAX_STEPS + 1
    assert labels[0] == "call 0"
    assert labels[-1] == "✗ diverged: late"
    assert [step.label for step in ladder.steps if step.kind == "cut"] == ["… 921 entries left out …"]
    assert "921 entries in the middle are left out." in ladder.description
    assert len(ladder.name_rows) == 2
    assert all(y < ladder.height for y in ladder.name_rows)


def test_a_transcript_of_just_the_bound_is_whole() -> None:
    ladder = draw([entry("host", "call", str(number)) for number in range(MAX_STEPS)])
    assert ladder.left_out == 0
    assert len(ladder.steps) == MAX_STEPS


def test_many_peers_share_the_last_lane_by_name() -> None:
    talk = [entry(f"peer {number}", "send", "x") for number in range(1, 30)]
    ladder = draw(talk)
    assert [lane.name for lane in ladder.lanes][-1] == OTHERS
    assert len(ladder.lanes) == 2 + MAX_PEERS
    assert ladder.steps[0].label == "send x"
    assert ladder.steps[-1].label == "peer 29: send x"
    assert ends(ladder.steps[-1].path)[0] == lane(ladder, OTHERS)


def test_nothing_is_a_diagram_too() -> None:
    ladder = draw([])
    assert ladder.steps == ()
    assert ladder.description == "Nothing happened."
    assert [lane.name for lane in ladder.lanes] == ["suite", "host"]
    assert draw([], divergence="gone").steps[0].label == "✗ diverged: gone"


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_texts_are_short_and_visible(name: str) -> None:
    kinds = [("host", "call"), ("host", "event"), ("peer 1", "send"), ("suite", "note"), ("suite", "mismatch")]
    ladder = draw([entry(side, kind, HOSTILE[name]) for side, kind in kinds])
    for text in [ladder.description, *(step.label for step in ladder.steps), *(step.whole for step in ladder.steps)]:
        assert not HAZARD.search(text)
        assert "\n" not in text
        assert len(text) < 900
    assert all(len(step.label) < 140 for step in ladder.steps)


def test_a_shortened_label_keeps_the_whole_beside_it() -> None:
    step = draw([entry("host", "call", "x" * 100)]).steps[0]
    assert step.label.endswith("x…")
    assert step.whole == "x" * 100
    assert draw([entry("host", "call", "short")]).steps[0].whole == ""


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("文字文字", 8, "文字文字"),
        ("文字文字", 7, "文字文…"),
        ("文字文字", 6, "文字…"),
        ("ab cd", 4, "ab…"),
        ("", 0, ""),
        ("a", 0, "…"),
    ],
)
def test_lines_are_fitted_by_columns(text: str, columns: int, shown: str) -> None:
    assert fit(text, columns) == shown


def test_steps_that_repeat_are_shown_once_and_counted() -> None:
    pair = [entry("host", "call", "is_open object 1 -> true"), entry("host", "call", "tick object 1 -> no value")]
    talk = [entry(e.side, e.kind, e.text, tick) for tick in range(50) for e in pair]
    ladder = draw([*talk, entry("host", "event", "object 1: disconnect", 50)], divergence="late")
    assert [(step.kind, step.label) for step in ladder.steps] == [
        ("call", "is_open object 1 -> true"),
        ("call", "tick object 1 -> no value"),
        ("fold", "… these 2 steps 49 more times, up to tick 49 …"),
        ("event", "callback object 1: disconnect"),
        ("mismatch", "✗ diverged: late"),
    ]
    assert "Steps that repeat are shown once." in ladder.description


def test_what_went_wrong_is_never_cut() -> None:
    said = " ".join(f"word{number}" for number in range(120)) + " " + "x" * 400
    ladder = draw(TALK, divergence=said)
    bar = ladder.steps[-1]
    assert bar.more
    assert " ".join([bar.label, *bar.more]).replace(" ", "") == f"✗diverged:{said}".replace(" ", "")
    # Each line has a row of its own, in the band of its tick and within the diagram.
    assert bar.y + 27 * len(bar.more) < ladder.bands[-1].y + ladder.bands[-1].height < ladder.height


def test_a_callback_in_the_middle_of_a_long_transcript_stays() -> None:
    talk = [entry("host", "event", f"object 1: data, size {n}: {n} bytes", n) for n in range(1_000)]
    talk[500] = entry("host", "event", "object 1: disconnect", 500)
    labels = [step.label for step in draw(talk).steps]
    place = labels.index("callback object 1: disconnect")
    assert labels[place - 1] == "… 480 entries left out …"
    assert labels[place + 1] == "… 439 entries left out …"
