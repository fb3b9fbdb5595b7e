"""From a recording to steps and channels: what is chance is joined, what is not is kept apart. No sockets."""

from __future__ import annotations

from hashlib import sha256

import pytest

from dasnet_adapters.contract import Answer, Command, Event, Outcome, Refusal, Unsupported, Value
from dasnet_conformance.stage.conversation import Channel, Stretch, channels, fingerprint, hear, outcome_word, steps_of
from dasnet_conformance.stage.recording import Acted, Called, Ended, Paused, Received, Recording, Row, Strayed, Waited

NOTHING = Value(None)
CONNECT, DISCONNECT = Event(1, "connect"), Event(1, "disconnect")


def data(content: bytes) -> Event:
    return Event(1, "data", data=content, size=len(content))


def called(name: str, *events: Event, outcome: Outcome = NOTHING, label: int = 1) -> Called:
    return Called(0, Command(name, (label,)), Answer(outcome, events))


def tick(*events: Event, outcome: Outcome = NOTHING, label: int = 1) -> Called:
    return called("tick", *events, outcome=outcome, label=label)


def recorded(*rows: Row) -> Recording:
    recording = Recording()
    for row in rows:
        recording.add(row)
    return recording


def stretches(*rows: Row) -> list[Stretch]:
    return [step for step in steps_of(recorded(*rows)) if isinstance(step, Stretch)]


def joined(content: bytes) -> str:
    return f"{len(content)} {sha256(content).hexdigest()[:12]}"


# -- steps


def test_calls_acts_pauses_and_waits_are_steps_of_their_own() -> None:
    rows = [called("new"), Acted(0, "peer 1", "connect", 5), Paused(0, 0.01), Waited(0, "connect"), called("is_open")]
    assert steps_of(recorded(*rows)) == rows


def test_ticks_in_a_row_are_a_stretch_that_lasts_until_something_came() -> None:
    first, second, third = tick(), tick(), tick(CONNECT)
    assert steps_of(recorded(first, second, third)) == [
        Stretch([first, second, third], {("object 1", "connect"): 1}),
    ]


def test_a_tick_after_something_came_starts_the_next_stretch() -> None:
    found = stretches(tick(CONNECT), tick(), tick(data(b"abc")), tick(data(b"de")))
    assert [len(stretch.ticks) for stretch in found] == [1, 2, 1]
    assert [stretch.until for stretch in found] == [
        {("object 1", "connect"): 1},
        {("object 1", "data"): 3},
        {("object 1", "data"): 5},
    ]


def test_what_peers_saw_belongs_to_the_tick_before_it() -> None:
    arrived, ended = Received(0, "peer 1", 4, 4), Ended(0, "peer 1", "end of file")
    (stretch,) = stretches(tick(CONNECT), arrived, ended)
    assert stretch.rows[1:] == [arrived, ended]
    assert stretch.until == {("object 1", "connect"): 1, ("peer 1", "received"): 4, ("peer 1", "ended"): 1}


def test_peers_alone_may_be_waited_for() -> None:
    (stretch,) = stretches(Acted(0, "peer 1", "send", b"x"), Received(0, "peer 1", 4, 4))
    assert (stretch.ticks, stretch.cycle, stretch.rounds) == ([], [], 0)
    assert stretch.until == {("peer 1", "received"): 4}


def test_a_step_between_ticks_parts_them_and_its_events_count_towards_the_totals() -> None:
    found = stretches(tick(data(b"abc")), called("send", data(b"de")), tick(data(b"f")))
    assert [stretch.until for stretch in found] == [{("object 1", "data"): 3}, {("object 1", "data"): 6}]


def test_a_tick_that_came_to_no_answer_is_not_repeated() -> None:
    lost = Called(0, Command("tick", (1,)), "no answer")
    assert steps_of(recorded(tick(), lost)) == [Stretch([tick()], {}), lost]


def test_a_tick_that_was_refused_ends_a_stretch() -> None:
    (stretch,) = stretches(tick(), tick(outcome=Refusal("error", "no")))
    assert stretch.until == {("object 1", "refused"): 1}


def test_log_lines_and_reactions_end_no_stretch() -> None:
    did = Event(1, "did", action="send", outcome=Value(True))
    (stretch,) = stretches(tick(Event(1, "log", message="a line")), tick(did), tick())
    assert len(stretch.ticks) == 3
    assert stretch.until == {}


def test_a_stray_event_ends_the_stretch_that_it_came_in() -> None:
    found = stretches(tick(), Strayed(0, DISCONNECT), tick())
    assert [stretch.until for stretch in found] == [{("object 1", "disconnect"): 1}, {}]


def test_empty_data_ends_no_stretch() -> None:
    (stretch,) = stretches(tick(data(b"")), tick())
    assert stretch.until == {}


def test_the_cycle_of_a_stretch_is_its_different_ticks() -> None:
    (stretch,) = stretches(*[each for _ in range(3) for each in (tick(), tick(label=2))], tick())
    assert stretch.cycle == [Command("tick", (1,)), Command("tick", (2,))]
    assert stretch.rounds == 4


# -- channels


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ("no answer within 5 seconds", "no answer"),
        (Answer(Value(None)), "value"),
        (Answer(Value(True)), "value true"),
        (Answer(Value(3)), "value 3"),
        (Answer(Refusal("value-error", "no")), "refused"),
        (Answer(Unsupported("no such function")), "unsupported"),
    ],
)
def test_the_outcome_as_a_word(answer: Answer | str, word: str) -> None:
    assert outcome_word(Called(0, Command("is_open", (1,)), answer)) == word


def test_a_fingerprint_is_the_number_of_bytes_and_the_beginning_of_their_hash() -> None:
    assert fingerprint(b"") == "0 e3b0c44298fc"
    assert fingerprint(bytearray(b"abc")) == fingerprint(b"abc") == "3 ba7816bf8f01"


def test_a_channel_joins_bytes_up_to_the_next_word_or_another_kind_of_bytes() -> None:
    channel = Channel()
    channel.bring("data", b"ab")
    channel.bring("data", b"c")
    channel.bring("data@send", b"d")
    channel.say("connect")
    channel.bring("data@send", b"e")
    wanted = [f"data {joined(b'abc')}", f"data@send {joined(b'd')}", "connect", f"data@send {joined(b'e')}"]
    assert channel.words() == wanted
    assert channel.words() == wanted


def test_a_channel_tells_a_word_once_in_a_row_if_so_asked() -> None:
    channel = Channel()
    for word in ("log", "log", "other", "log"):
        channel.say(word, once=True)
    channel.say("log")
    assert channel.words() == ["log", "other", "log", "log"]


def test_in_how_many_pieces_bytes_came_makes_no_difference() -> None:
    whole = recorded(tick(CONNECT), tick(data(b"hello")), tick(DISCONNECT))
    pieces = recorded(tick(CONNECT, data(b"he")), tick(), tick(), tick(data(b"llo"), DISCONNECT))
    assert channels(whole) == {"object 1": ["connect", f"data {joined(b'hello')}", "disconnect"]}
    assert channels(pieces) == channels(whole)


def test_other_bytes_and_another_order_make_a_difference() -> None:
    told = [
        channels(recorded(tick(CONNECT, data(b"hello")))),
        channels(recorded(tick(CONNECT, data(b"hellp")))),
        channels(recorded(tick(data(b"hello"), CONNECT))),
    ]
    assert told[0] != told[1]
    assert told[0] != told[2]


def test_log_lines_and_reactions_have_channels_of_their_own_and_part_no_bytes() -> None:
    log, did = Event(1, "log", message="a line"), Event(1, "did", action="echo", outcome=Value(True))
    told = channels(recorded(tick(data(b"he"), log, did), tick(data(b"llo"), log, did)))
    assert told == {
        "object 1": [f"data {joined(b'hello')}"],
        "object 1 did": ["echo true"],
        "object 1 log": ["log"],
    }


def test_what_a_query_inside_a_callback_said_is_told() -> None:
    did = Event(1, "did", action="query", outcome=Value(None), answers=(True, False, True))
    assert channels(recorded(tick(did))) == {"object 1 did": ["query true false true"]}


def test_an_event_outside_a_tick_says_in_which_call_it_came() -> None:
    told = channels(recorded(called("save", DISCONNECT), called("server_tick", CONNECT), Strayed(0, CONNECT)))
    assert told == {"object 1": ["disconnect@save", "connect@server_tick", "connect@none"]}


def test_an_error_is_its_code_and_whether_it_has_a_text_and_is_told_once_in_a_row() -> None:
    error, mute = Event(1, "error", message="refused", code=111), Event(1, "error", message=" ", code=0)
    told = channels(recorded(tick(error), tick(error), tick(mute), called("init", error)))
    assert told == {
        "object 1": ["error 111 with a message", "error 0 without a message", "error@init 111 with a message"]
    }


def test_data_with_a_wrong_size_or_without_bytes_shows() -> None:
    wrong = Event(1, "data", data=b"abc", size=6)
    assert channels(recorded(tick(wrong), tick(data(b"")))) == {
        "object 1": ["data with a wrong size", f"data {joined(b'abc')}", "data without bytes"]
    }


def test_refused_ticks_in_a_row_are_told_once() -> None:
    refused = tick(outcome=Refusal("error", "no"))
    assert channels(recorded(refused, refused, tick(CONNECT), refused)) == {
        "object 1": ["tick refused", "connect", "tick refused"]
    }


def test_a_peer_has_what_it_received_and_then_how_it_ended() -> None:
    recording = recorded(Received(0, "peer 1", 5, 5), Ended(0, "peer 1", "end of file"))
    recording.received["peer 1"] = bytearray(b"hello")
    recording.received["peer 2"] = bytearray(b"more")
    recording.received["peer 3"] = bytearray()
    assert channels(recording) == {
        "peer 1": [f"received {joined(b'hello')}", "end of file"],
        "peer 2": [f"received {joined(b'more')}"],
    }


def test_why_a_connection_was_refused_is_the_systems_matter() -> None:
    told = hear([Ended(0, "peer 1", "refused: Connection refused"), Ended(0, "peer 2", "reset")])
    assert {name: channel.words() for name, channel in told.items()} == {"peer 1": ["refused"], "peer 2": ["reset"]}


def test_a_command_without_an_answer_and_one_that_fired_nothing_leave_no_trace() -> None:
    assert (
        channels(recorded(Called(0, Command("tick", (1,)), "no answer"), called("is_open", outcome=Value(True)))) == {}
    )
