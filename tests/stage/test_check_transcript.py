"""The transcript of a check: stamped, repeats counted, long ones shortened in the middle. No sockets."""

from __future__ import annotations

import pytest

from dasnet_conformance.stage.transcript import (
    KEPT_CALLBACKS,
    KEPT_FIRST,
    KEPT_LAST,
    SHOWN_BYTES,
    Transcript,
    spell_bytes,
)


def texts(transcript: Transcript) -> list[str]:
    return [entry["text"] for entry in transcript.entries()]


def filled(count: int) -> Transcript:
    transcript = Transcript()
    for number in range(count):
        transcript.tick = number
        transcript.add("host", "call", f"call {number}")
    return transcript


def test_an_entry_is_stamped_with_the_ticks_begun_by_then() -> None:
    transcript = Transcript()
    transcript.add("peer 1", "connect", "connect to port 1")
    transcript.tick = 2
    transcript.add("host", "event", "connect")
    assert transcript.entries() == [
        {"tick": 0, "side": "peer 1", "kind": "connect", "text": "connect to port 1"},
        {"tick": 2, "side": "host", "kind": "event", "text": "connect"},
    ]


def test_an_entry_that_repeats_is_counted() -> None:
    transcript = Transcript()
    for tick in range(1, 4):
        transcript.tick = tick
        transcript.add("host", "call", "tick 1 -> no value")
    transcript.add("host", "call", "is_open 1 -> true")
    assert texts(transcript) == ["tick 1 -> no value (x3, up to tick 3)", "is_open 1 -> true"]
    assert transcript.entries()[0]["tick"] == 1


@pytest.mark.parametrize(
    "other", [("peer 1", "call", "same"), ("host", "event", "same"), ("host", "call", "another")], ids=lambda o: o[0]
)
def test_an_entry_that_differs_in_anything_is_no_repetition(other: tuple[str, str, str]) -> None:
    transcript = Transcript()
    for entry in (("host", "call", "same"), other, ("host", "call", "same")):
        transcript.add(*entry)
    assert texts(transcript) == ["same", other[2], "same"]


def test_a_repetition_is_counted_where_the_last_entries_begin_too() -> None:
    transcript = filled(KEPT_FIRST + 1)
    transcript.add("host", "call", f"call {KEPT_FIRST}")
    assert texts(transcript)[-1] == f"call {KEPT_FIRST} (x2, up to tick {KEPT_FIRST})"


@pytest.mark.parametrize("count", [0, 1, KEPT_FIRST, KEPT_FIRST + 1, KEPT_FIRST + KEPT_LAST])
def test_what_fits_is_kept_whole(count: int) -> None:
    assert texts(filled(count)) == [f"call {number}" for number in range(count)]


@pytest.mark.parametrize("beyond", [1, 5000])
def test_of_many_entries_the_first_and_the_last_are_kept(beyond: int) -> None:
    count = KEPT_FIRST + KEPT_LAST + beyond
    told = texts(filled(count))
    note = f"({beyond} {'entry' if beyond == 1 else 'entries'} left out)"
    first, last = range(KEPT_FIRST), range(count - KEPT_LAST, count)
    assert told == [*(f"call {number}" for number in first), note, *(f"call {number}" for number in last)]


def test_the_note_stands_at_the_tick_where_entries_go_on() -> None:
    entries = filled(KEPT_FIRST + KEPT_LAST + 7).entries()
    assert entries[KEPT_FIRST] == {"tick": 47, "side": "suite", "kind": "note", "text": "(7 entries left out)"}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "0 bytes"),
        (b"hello", '5 bytes "hello"'),
        (b"a\r\n", '3 bytes "a\\r\\n"'),
        (b"a\0\1", "3 bytes 61 00 01"),
        (b"yes\r\n\x00", '6 bytes "yes\\r\\n\\x00"'),
        (b'say "no"\\', '9 bytes "say \\"no\\"\\\\"'),
        (b"\xff", "1 byte ff"),
        (b"x" * SHOWN_BYTES, f'{SHOWN_BYTES} bytes "{"x" * SHOWN_BYTES}"'),
        (b"x" * 100, f'100 bytes "{"x" * SHOWN_BYTES}..."'),
        (bytes(100), f"100 bytes {'00 ' * (SHOWN_BYTES - 1)}00..."),
        (bytearray(b"ab"), '2 bytes "ab"'),
        (memoryview(b"ab"), '2 bytes "ab"'),
    ],
)
def test_bytes_are_told_by_count_and_beginning(data: bytes | bytearray | memoryview, told: str) -> None:
    assert spell_bytes(data) == told


def test_of_the_middle_every_callback_other_than_data_is_kept() -> None:
    transcript = Transcript()
    middle = KEPT_FIRST + 50
    for number in range(KEPT_FIRST + KEPT_LAST + 500):
        transcript.tick = number
        transcript.add("host", "call", f"call {number}")
        transcript.add("host", "event", f"object 1: data, size {number}: {number} bytes")
        if number == middle:
            transcript.add("host", "event", "object 1: disconnect")
            transcript.add("host", "event", "object 1: log: object 1: data, size 1: no data at all")
    told = transcript.entries()
    kept = [entry["text"] for entry in told if entry["tick"] == middle and entry["side"] == "host"]
    assert kept == ["object 1: disconnect", "object 1: log: object 1: data, size 1: no data at all"]
    left_out = [int(entry["text"].split()[0].strip("(")) for entry in told if entry["side"] == "suite"]
    shown = sum(entry["side"] == "host" for entry in told)
    assert len(left_out) == 2
    assert sum(left_out) + shown == 2 * (KEPT_FIRST + KEPT_LAST + 500) + 2


def test_callbacks_without_end_are_bounded() -> None:
    transcript = Transcript()
    for number in range(KEPT_FIRST + KEPT_CALLBACKS + KEPT_LAST + 7):
        transcript.add("host", "event", f"object 1: log: {number}")
    assert "(7 entries left out)" in texts(transcript)


def test_a_callback_that_comes_again_and_again_is_counted_there() -> None:
    transcript = filled(KEPT_FIRST)
    for number in range(KEPT_LAST):
        transcript.tick = number
        transcript.add("host", "call", f"tick {number}")
        transcript.add("host", "event", "object 1: disconnect")
    told = texts(transcript)
    again = KEPT_LAST // 2
    assert f"object 1: disconnect (x{again}, up to tick {again - 1})" in told
    assert sum("object 1: disconnect" in text for text in told) == 1 + again
