"""The codec: what it reads and writes, and that it refuses everything else with a precise reason."""

from __future__ import annotations

import pytest

from dasnet_adapters.channel import LineBuffer, LongLineError
from dasnet_adapters.contract import COMMANDS, Answer, Command, Description, Event, Refusal, Unsupported, Value
from dasnet_adapters.hints import HINTS
from dasnet_adapters.line_protocol import (
    LONGEST_COMMAND,
    AnswerReader,
    ProtocolError,
    decode_command,
    decode_greeting,
    decode_stray,
    encode_answer,
    encode_command,
    encode_event_line,
    encode_greeting,
    show,
)
from dasnet_adapters.line_words import decode_text, encode_text, split_line

EVENTS = (
    Event(1, "connect"),
    Event(1, "data", data=bytes(range(256)), size=256),
    Event(2, "data", data=b"", size=0),
    Event(2, "data", data=b"abc", size=9),  # disagrees with itself, which is for a check to judge
    Event(1, "error", code=-3, message="no good, é \n\0 50% - \U0001f600"),
    Event(1, "error", code=104, message=""),
    Event(1, "log", message="-"),
    Event(1, "did", action="send", outcome=Value(False)),
    Event(1, "did", action="save", outcome=Value()),
    Event(1, "did", action="tick", outcome=Refusal("recursion", "")),
    Event(1, "did", action="destroy", outcome=Unsupported()),
    Event(4, "did", action="connect", outcome=Value(False)),
    Event(4, "did", action="close", outcome=Value()),
    Event(4, "did", action="is_connected", outcome=Value(True)),
    Event(1, "did", action="query", outcome=Value(), answers=(True, False, True)),
    Event(1, "did", action="query", outcome=Refusal("os-error", "x"), answers=()),
    Event(1, "disconnect"),
)
OUTCOMES = (
    ("none", Value()),
    ("boolean", Value(True)),
    ("boolean", Value(False)),
    ("number", Value(0)),
    ("number", Value(17)),
    ("boolean", Refusal("value-error", "size is -1")),
    ("none", Refusal("os-error")),
    ("none", Unsupported()),
    ("boolean", Unsupported("no low-level functions")),
)
COMMAND_LINES = {
    Command("hello", (1,)): "hello 1",
    Command("reset"): "reset",
    Command("new", (3, 0)): "new 3 0",
    Command("init", (1, -1)): "init 1 -1",
    Command("send", (1, b"ok\n", 1, -5)): "send 1 6f6b0a 1 -5",
    Command("send", (1, b"", 0, 1 << 40)): "send 1 - 0 1099511627776",
    Command("react", (1, "data", "echo", b"")): "react 1 data echo",
    Command("react", (1, "connect", "send", b"hi")): "react 1 connect send 6869",
    Command("react", (1, "log", "send", b"")): "react 1 log send -",
    Command("react", (1, "data", "save", 2)): "react 1 data save 2",
    Command("descriptors"): "descriptors",
    Command("server_restore", (0, 2)): "server_restore 0 2",
    Command("connect", (4, "::1", 70000, -1)): "connect 4 %3A%3A1 70000 -1",
    Command("connect", (4, "", 1, 0)): "connect 4 - 1 0",
    Command("react", (4, "error", "connect", b"")): "react 4 error connect",
    Command("juggle", ("x-1", "%20")): "juggle x-1 %20",
}


def symptom_of(line: bytes, result: str = "boolean") -> str:
    with pytest.raises(ProtocolError) as caught:
        AnswerReader(5, result).feed(line)
    assert caught.value.hint == HINTS[caught.value.symptom].text
    assert str(caught.value).isprintable()
    return caught.value.symptom


@pytest.mark.parametrize(("result", "outcome"), OUTCOMES)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
def test_an_answer_reads_back_whole_and_in_pieces(result: str, outcome: Value, end: bytes, piece: int) -> None:
    answer = Answer(outcome, EVENTS)
    stream = encode_answer(5, answer).replace(b"\n", end) + b"0 event"
    lines, reader, read = LineBuffer(), AnswerReader(5, result), []
    for start in range(0, len(stream), piece):
        lines.feed(stream[start : start + piece])
        while (line := lines.next_line()) is not None:
            read.append(reader.feed(line))
    assert read == [None] * len(EVENTS) + [answer]
    assert lines.unfinished == b"0 event"


@pytest.mark.parametrize(("command", "line"), COMMAND_LINES.items(), ids=COMMAND_LINES.values())
def test_a_command_reads_back(command: Command, line: str) -> None:
    assert encode_command(7, command) == f"7 {line}\n".encode()
    assert decode_command(f"7 {line}".encode()) == (7, command)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_contract_is_coded_from_its_form(name: str) -> None:
    examples = {"bytes": b"x", "text": "::1 é-", "callback": "data", "action": "save", "argument": 4}
    arguments = tuple(examples.get(kind, 2) for _, kind in COMMANDS[name].parameters)
    line = encode_command(1, Command(name, arguments))
    assert decode_command(line[:-1]) == (1, Command(name, arguments))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("tick", ()),
        ("tick", (1, 2)),
        ("tick", (-1,)),
        ("tick", ("1",)),
        ("init", (1, 1 << 63)),
        ("send", (1, "6f", 1, 1)),
        ("react", (1, "data", "juggle")),
        ("react", (1, "start", "none")),
        ("react", (1, "data", "send", 3)),
        ("react", (1, "data", "save")),
        ("react", (1, "data", "tick", b"x")),
        ("react", (1, "data")),
        ("juggle", ("two words",)),
        ("send", (1, b"x" * (LONGEST_COMMAND // 2), 1, 1)),
    ],
)
def test_a_command_that_cannot_be_meant_is_the_callers_mistake(name: str, arguments: tuple[object, ...]) -> None:
    with pytest.raises(ValueError):
        encode_command(1, Command(name, arguments))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "sequence"),
    [
        (b"x tick 1", None),
        (b"0 tick 1", None),
        (b"", None),
        (b"4", 4),
        (b"4 tick", 4),
        (b"4 tick 1 2", 4),
        (b"4 tick one", 4),
        (b"4 tick -1", 4),
        (b"4 tick 01", 4),
        (b"4 init 1 9223372036854775808", 4),
        (b"4 send 1 6F 1 1", 4),
        (b"4 react 1 data", 4),
        (b"4 react 1 data tick 5", 4),
        (b"4 react 1 data save", 4),
        (b"4 react 1 start none", 4),
        (b"4 hello", 4),
        (b"4 bye 1", 4),
    ],
)
def test_a_driver_can_answer_a_command_that_cannot_be_read(line: bytes, sequence: int | None) -> None:
    with pytest.raises(ProtocolError) as caught:
        decode_command(line)
    assert caught.value.sequence == sequence


@pytest.mark.parametrize(
    ("line", "symptom"),
    [
        (b"", "stray-print"),
        (b"listening on 40123", "stray-print"),
        (b"5: value true", "stray-print"),
        (b"+5 value true", "stray-print"),
        (b"05 value true", "stray-print"),
        ("prêt".encode(), "stray-print"),
        (b"value true", "stray-print"),
        (b"6 value true", "wrong-number"),
        (b"0 value true", "wrong-number"),
        (b"-5 value true", "wrong-number"),
        (b"6 event 1 connect", "wrong-number"),
        (b"3 value true", "wrong-number"),
        (b"4 value true", "unasked-line"),
        (b"4 event 1 connect", "event-after-answer"),
        (b"5", "wrong-words"),
        (b"5 VALUE true", "unknown-line"),
        (b"5 ok", "unknown-line"),
        (b"5  value true", "spacing"),
        (b"5 value true ", "spacing"),
        (b"\xef\xbb\xbf5 value true", "byte-order-mark"),
        (b"\xff\xfe5\x00 \x00", "byte-order-mark"),
        (b"5\x00 \x00v\x00", "nul-byte"),
        (b"5 value true\x00", "nul-byte"),
        (b"5 value true\r\r", "carriage-return"),
        (b"5 refused a b\rc", "carriage-return"),
        (b"5 refused a \x1b[31m", "not-ascii"),
        ("5 refused a é".encode(), "not-ascii"),
        (b"5\tvalue true", "not-ascii"),
        (b"5 value", "wrong-value"),
        (b"5 value 1", "wrong-value"),
        (b"5 value True", "wrong-value"),
        (b"5 value true 6 value true", "wrong-value"),
        (b"5 refused", "wrong-words"),
        (b"5 refused os-error", "wrong-words"),
        (b"5 refused os-error two words", "wrong-words"),
        (b"5 refused OSError x", "bad-kind"),
        (b"5 unsupported two words", "wrong-words"),
        (b"5 refused a 50%", "bad-text"),
        (b"5 refused a %4", "bad-text"),
        (b"5 refused a %zz", "bad-text"),
        (b"5 refused a a+b", "bad-text"),
        (b"5 refused a (x)", "bad-text"),
        (b"5 refused a %ff", "bad-text"),
        (b"5 event", "wrong-words"),
        (b"5 event 1", "wrong-words"),
        (b"5 event x connect", "bad-number"),
        (b"5 event 0 connect", "bad-number"),
        (b"5 event -1 connect", "negative-size"),
        (b"5 event 1 connected", "unknown-event"),
        (b"5 event 1 connect 2", "wrong-words"),
        (b"5 event 1 data 2", "wrong-words"),
        (b"5 event 1 data -2 6f6b", "negative-size"),
        (b"5 event 1 data 2.0 6f6b", "bad-number"),
        (b"5 event 1 data 2 6f6", "bad-hex"),
        (b"5 event 1 data 2 6F6B", "bad-hex"),
        (b"5 event 1 data 2 0x6f", "bad-hex"),
        (b"5 event 1 error x -", "bad-number"),
        (b"5 event 1 error 99999999999999999999 -", "bad-number"),
        (b"5 event 1 error 1", "wrong-words"),
        (b"5 event 1 log a b", "wrong-words"),
        (b"5 event 1 did", "wrong-words"),
        (b"5 event 1 did send", "wrong-words"),
        (b"5 event 1 did juggle value", "unknown-event"),
        (b"5 event 1 did raise value", "unknown-event"),
        (b"5 event 1 did send value true true", "wrong-value"),
        (b"5 event 1 did send value", "wrong-value"),
        (b"5 event 1 did echo value", "wrong-value"),
        (b"5 event 1 did save value true", "wrong-value"),
        (b"5 event 4 did connect value", "wrong-value"),
        (b"5 event 4 did close value true", "wrong-value"),
        (b"5 event 1 did send ok", "unknown-line"),
        (b"5 event 1 did query value true", "wrong-words"),
        (b"5 event 1 did query value true 0 true", "wrong-value"),
    ],
)
def test_a_line_that_the_page_does_not_allow_is_told_apart(line: bytes, symptom: str) -> None:
    assert symptom_of(line) == symptom


@pytest.mark.parametrize(
    ("result", "line"),
    [("none", b"5 value true"), ("none", b"5 value -"), ("number", b"5 value"), ("number", b"5 value true")],
)
def test_a_value_has_the_kind_that_the_command_has(result: str, line: bytes) -> None:
    assert symptom_of(line, result) in ("wrong-value", "bad-number")


def test_a_stray_event_within_an_answer_is_kept_apart() -> None:
    reader = AnswerReader(5, "none")
    assert reader.feed(b"0 event 2 disconnect") is None
    assert reader.feed(b"5 event 1 connect") is None
    assert reader.feed(b"5 value") == Answer(Value(), (Event(1, "connect"),))
    assert reader.strays == [Event(2, "disconnect")]


@pytest.mark.parametrize(
    ("line", "symptom"),
    [
        (b"5 event 1 connect", "event-after-answer"),
        (b"5 value true", "unasked-line"),
        (b"6 value true", "unasked-line"),
        (b"7 value true", "wrong-number"),
        (b"hello", "stray-print"),
    ],
)
def test_between_commands_only_stray_events_come(line: bytes, symptom: str) -> None:
    assert decode_stray(b"0 event 1 connect", 5) == Event(1, "connect")
    with pytest.raises(ProtocolError) as caught:
        decode_stray(line, 5)
    assert caught.value.symptom == symptom


def test_a_greeting_reads_back() -> None:
    description = Description("my net", "0.3-β", "C (gcc 14)", ("core",))
    line = encode_greeting(1, description)
    assert decode_greeting(split_line(line[:-1])[1:]) == description


@pytest.mark.parametrize(
    ("words", "symptom"),
    [
        ("unsupported", "no-greeting"),
        ("refused driver x", "no-greeting"),
        ("value", "no-greeting"),
        ("hello", "no-greeting"),
        ("value 2", "wrong-version"),
        ("value 2 a b c d e", "wrong-version"),
        ("value one a b c core", "bad-number"),
        ("value 1 a b core", "wrong-words"),
        ("value 1 a b c core,", "wrong-words"),
        ("value 1 a b c core, lowlevel", "wrong-words"),
        ("value 1 a! b c core", "bad-text"),
    ],
)
def test_a_greeting_that_is_none_is_told_apart(words: str, symptom: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        decode_greeting(words.split(" "))
    assert caught.value.symptom == symptom


@pytest.mark.parametrize("text", ["", "-", "--", "a-b_c.d~e", "\0\r\n\x1b[1m", "é\U0001f600", "%41", " "])
def test_any_text_survives_and_is_one_word(text: str) -> None:
    word = encode_text(text)
    assert len(split_line(word.encode())) == 1
    assert decode_text(word) == text


def test_half_a_character_is_written_as_its_escape() -> None:
    assert decode_text(encode_text("a\ud800b")) == "a\\ud800b"


def test_an_empty_word_is_no_text() -> None:
    with pytest.raises(ProtocolError, match="is empty"):
        decode_text("")


def test_a_megabyte_event_reads_back() -> None:
    event = Event(1, "data", data=bytes(range(256)) * 4096, size=1 << 20)
    reader = AnswerReader(5, "none")
    assert reader.feed(encode_event_line(5, event)[:-1]) is None
    assert reader.feed(b"5 value") == Answer(Value(), (event,))


def test_what_is_shown_to_people_is_short_and_harmless() -> None:
    assert show(b"\x1b[31m\xff") == "\\x1b[31m\\\\xff"
    assert len(show("x" * 1000)) < 80


@pytest.mark.parametrize("stream", [b"x" * 11, b"x" * 11 + b"\n", b"ok\n" + b"x" * 11])
def test_a_line_beyond_the_limit_ends_the_reading(stream: bytes) -> None:
    lines = LineBuffer(10)
    lines.feed(b"1234567890\n" + stream)
    assert lines.next_line() == b"1234567890"
    with pytest.raises(LongLineError):
        list(iter(lines.next_line, None))


def test_every_hint_says_cause_and_step() -> None:
    for symptom, hint in HINTS.items():
        assert hint.symptom, symptom
        assert hint.cause, symptom
        assert hint.step, symptom
        assert "\n" not in hint.text
