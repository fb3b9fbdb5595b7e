"""The recording of a check: what it keeps and in which order, and where it stops."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import Answer, Command, Event, Value
from dasnet_conformance.stage import recording as module
from dasnet_conformance.stage.recording import Acted, Called, Ended, Paused, Received, Recording, Strayed, Waited

DONE = Answer(Value(None))
TICK = Command("tick", (1,))


def sends(data: bytes, name: str = "send") -> Command:
    return Command(name, (1, data, 1, len(data)))


def test_everything_is_kept_in_the_order_in_which_it_happened() -> None:
    recording = Recording("seed 7")
    recording.called(0, TICK, DONE)
    recording.sent(1, "peer 1", b"hello")
    rows = [
        Received(1, "peer 1", 3, 3),
        Strayed(1, Event(1, "connect")),
        Paused(1, 0.01),
        Waited(1, "data"),
        Ended(2, "peer 1", "end of file"),
    ]
    for row in rows:
        recording.add(row)
    assert recording.rows == [Called(0, TICK, DONE), Acted(1, "peer 1", "send", b"hello"), *rows]
    assert (recording.seed, recording.incomplete) == ("seed 7", "")


def test_a_command_that_ended_without_an_answer_is_kept_with_its_reason() -> None:
    recording = Recording()
    recording.called(3, TICK, "no answer within 5 seconds")
    assert recording.rows == [Called(3, TICK, "no answer within 5 seconds")]


def test_the_bytes_are_not_copied() -> None:
    recording, data = Recording(), bytes(1000)
    recording.sent(0, "peer 1", data)
    acted = recording.rows[0]
    assert isinstance(acted, Acted)
    assert acted.argument is data


def test_the_payload_is_that_of_sends_on_both_sides_and_of_nothing_else() -> None:
    recording = Recording()
    recording.called(0, sends(bytes(10)), DONE)
    recording.called(0, sends(bytes(20), "server_send"), DONE)
    recording.sent(0, "peer 1", bytes(300))
    recording.called(0, Command("react", (1, "data", "send", bytes(5000))), DONE)
    recording.called(0, TICK, Answer(Value(None), (Event(1, "data", data=bytes(5000), size=5000),)))
    assert recording.payload == 330


def test_a_send_whose_buffer_is_no_bytes_costs_nothing() -> None:
    recording = Recording()
    recording.called(0, Command("send", (1, "text", 1, 4)), DONE)
    assert recording.payload == 0
    assert len(recording.rows) == 1


def test_past_so_many_rows_it_stops_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_ROWS", 1000)
    recording = Recording()
    for tick in range(999):
        recording.called(tick, TICK, DONE)
    assert recording.incomplete == ""
    for tick in range(999, 1100):
        recording.called(tick, TICK, DONE)
    assert recording.incomplete == "more than 1,000 things happened"
    assert [row.tick for row in recording.rows] == list(range(1000))


def test_past_so_much_payload_it_stops_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_PAYLOAD", 2 << 20)
    recording = Recording()
    recording.called(0, sends(bytes(1 << 20)), DONE)
    recording.sent(0, "peer 1", bytes(1 << 20))
    assert recording.incomplete == ""
    recording.sent(0, "peer 1", b"x")
    recording.called(1, TICK, DONE)
    assert recording.incomplete == "more than 2 MiB of payload were sent"
    assert len(recording.rows) == 2


def test_the_first_reason_to_stop_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_ROWS", 1)
    monkeypatch.setattr(module, "KEPT_PAYLOAD", 1 << 20)
    recording = Recording()
    recording.called(0, TICK, DONE)
    recording.called(1, TICK, DONE)
    recording.sent(1, "peer 1", bytes(2 << 20))
    assert recording.incomplete == "more than 1 things happened"
