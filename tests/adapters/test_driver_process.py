"""Drivers in child processes: good ones, bad ones, and that nothing of any of them stays behind."""

from __future__ import annotations

import os

import pytest
from driver_scripts import GOOD, GRANDCHILD, STUBBORN, MakeDriver, Witness, assert_symptom

from dasnet_adapters.contract import AdapterBroken, Answer, Command, Description, Event, Refusal, Unsupported, Value
from dasnet_adapters.driver_process import DriverProcessAdapter, describe_status

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the scripts use signals and process groups")

TICK = Command("tick", (1,))


def test_a_good_driver_is_described_and_serves_session_after_session(driver: MakeDriver) -> None:
    adapter = driver(GOOD)
    assert adapter.describe() == Description("fake", "0.1", "Python")
    pids = set()
    for _ in range(3):
        session = adapter.open_session()
        assert session.call(Command("new", (1, 1))) == Answer(Value())
        assert session.call(Command("is_open", (1,))) == Answer(Value(False))
        assert session.call(Command("juggle")) == Answer(Unsupported())
        assert session.stray_events() == ()
        pids.add(session.conversation.peer.child.pid)  # type: ignore[attr-defined]
        session.close()
        session.close()
        with pytest.raises(AdapterBroken, match="closed"):
            session.call(TICK)
    assert len(pids) == 1
    adapter.close()
    adapter.close()
    assert adapter.closing_failures == []


def test_a_driver_without_reset_is_restarted_for_each_session(driver: MakeDriver) -> None:
    adapter = driver("greet(); serve(reset=lambda number, words: say(f'{number} unsupported\\n'))")
    pids = []
    for _ in range(3):
        session = adapter.open_session()
        assert session.call(TICK) == Answer(Value())
        pids.append(session.conversation.peer.child.pid)  # type: ignore[attr-defined]
        session.close()
    assert len(set(pids)) == 3
    assert adapter.closing_failures == []


def test_a_session_left_open_is_closed_by_the_next(driver: MakeDriver) -> None:
    adapter = driver(GOOD)
    first = adapter.open_session()
    second = adapter.open_session()
    with pytest.raises(AdapterBroken, match="closed"):
        first.call(TICK)
    assert second.call(TICK) == Answer(Value())


def test_a_reply_split_over_many_writes_is_one_reply(driver: MakeDriver) -> None:
    adapter = driver(
        "greet()\ndef tick(number, words):\n"
        "    for byte in f'{number} event 1 data 2 6869\\r\\n{number} value\\r\\n'.encode(): say(bytes([byte]))\n"
        "serve(tick=tick)"
    )
    answer = adapter.open_session().call(TICK)
    assert answer == Answer(Value(), (Event(1, "data", data=b"hi", size=2),))


def test_the_largest_data_comes_through(driver: MakeDriver) -> None:
    adapter = driver(
        "greet()\ndef tick(number, words): say(f'{number} event 1 data 16777216 ' + 'ab' * 16777216 + '\\n'"
        " + f'{number} value\\n')\nserve(tick=tick)"
    )
    (event,) = adapter.open_session().call(TICK).events
    assert len(event.data) == event.size == 16 << 20


def test_a_long_command_reaches_a_driver_that_writes_before_it_reads(driver: MakeDriver) -> None:
    # More than the pipes hold, both ways and aside at once.
    adapter = driver(
        "greet()\nsay('0 event 1 log x\\n' * 50000); os.write(2, b'e' * 300000)\n"
        "serve(send=lambda number, words: say(f'{number} value ' + ('true' if len(words[2]) == 800000 else 'false')"
        " + '\\n'))"
    )
    session = adapter.open_session()
    assert session.call(Command("send", (1, b"\1" * 400000, 1, 1))) == Answer(Value(True))
    assert set(session.stray_events()) == {Event(1, "log", message="x")}


def test_stray_events_are_handed_out_and_not_kept_for_the_next_session(driver: MakeDriver) -> None:
    script = (
        "greet()\ndef tick(number, words): say(f'{number} value\\n0 event 1 connect\\n')\n"
        "def reset(number, words): say(f'0 event 1 log late\\n{number} value\\n')\nserve(tick=tick, reset=reset)"
    )
    adapter = driver(script)
    session = adapter.open_session()
    assert session.call(TICK) == Answer(Value())
    assert session.call(TICK) == Answer(Value())
    assert Event(1, "connect") in session.stray_events()
    session.close()
    assert adapter.open_session().stray_events() == ()


def test_what_is_written_aside_is_kept_and_never_judged(driver: MakeDriver) -> None:
    adapter = driver(
        "os.write(2, b'start\\n')\ngreet()\ndef tick(n, w): os.write(2, b'tick \\xff\\n'); plain(n, w)\n"
        "serve(tick=tick)"
    )
    first = adapter.open_session()
    first.call(TICK)
    assert first.diagnostics() == "tick \ufffd\n"
    first.close()
    second = adapter.open_session()
    assert second.diagnostics() == ""
    second.call(TICK)
    second.close()
    assert second.diagnostics() == "tick \ufffd\n"


@pytest.mark.parametrize("deadline", [10.0, None])
def test_a_flood_aside_stops_nothing_and_its_end_is_kept(driver: MakeDriver, deadline: float | None) -> None:
    adapter = driver(
        "greet()\ndef tick(n, w):\n    for _ in range(200): os.write(2, b'x' * 65536)\n"
        "    os.write(2, b'the end'); plain(n, w)\nserve(tick=tick)",
        deadline=deadline,
    )
    session = adapter.open_session()
    assert session.call(TICK) == Answer(Value())
    assert session.diagnostics().endswith("xxxthe end")
    assert len(session.diagnostics()) == 64 << 10


# -- bad drivers: the greeting

BAD_GREETINGS = {
    "exits at once": ("sys.exit(3)", "exited"),
    "exits well at once": ("sys.exit(0)", "exited"),
    "raises": ("raise RuntimeError('no port here')", "exited"),
    "killed": ("os.kill(os.getpid(), signal.SIGSEGV)", "killed"),
    "prints a banner": ("say('welcome\\n'); greet(); serve()", "stray-print"),
    "another version": ("n, w = hear(); say(f'{n} value 9 a b c core\\n'); serve()", "wrong-version"),
    "unsupported": ("n, w = hear(); say(f'{n} unsupported\\n'); serve()", "no-greeting"),
    "byte order mark": ("n, w = hear(); say(b'\\xef\\xbb\\xbf1 value 1 a b c core\\n'); serve()", "byte-order-mark"),
    "utf-16": ("n, w = hear(); say('1 value 1 a b c core\\n'.encode('utf-16-le')); serve()", "nul-byte"),
}


@pytest.mark.parametrize(("script", "symptom"), BAD_GREETINGS.values(), ids=BAD_GREETINGS)
def test_a_bad_greeting_is_told_apart(driver: MakeDriver, script: str, symptom: str) -> None:
    adapter = driver(script)
    with pytest.raises(AdapterBroken) as caught:
        adapter.describe()
    assert_symptom(caught.value, symptom)


# -- bad drivers: an answer

LOOP = "greet(); serve(tick=tick)"
BAD_ANSWERS = {
    "exits": ("def tick(n, w): os.write(2, b'port blew up\\n'); os._exit(7)", "exited"),
    "killed": ("def tick(n, w): os.kill(os.getpid(), signal.SIGKILL)", "killed"),
    "no newline at the end": ("def tick(n, w): say(f'{n} value'); os._exit(0)", "exited"),
    "closes its output and lives": ("def tick(n, w): os.close(1); hang()", "closed-output"),
    "debug print": ("def tick(n, w): say('ticking\\n'); plain(n, w)", "stray-print"),
    "wrong number": ("def tick(n, w): say('77 value\\n')", "wrong-number"),
    "no number": ("def tick(n, w): say('value\\n')", "stray-print"),
    "unknown event": ("def tick(n, w): say(f'{n} event 1 joined\\n'); plain(n, w)", "unknown-event"),
    "negative size": ("def tick(n, w): say(f'{n} event 1 data -1 -\\n'); plain(n, w)", "negative-size"),
    "terminal codes": ("def tick(n, w): say(f'{n} refused a \\x1b[31mred\\n')", "not-ascii"),
    "value for nothing": ("def tick(n, w): say(f'{n} value true\\n')", "wrong-value"),
    "endless line": ("def tick(n, w):\n    while True: say('x' * 65536)\n", "line-too-long"),
}


@pytest.mark.parametrize(("script", "symptom"), BAD_ANSWERS.values(), ids=BAD_ANSWERS)
def test_a_bad_answer_is_told_apart_and_the_next_session_is_fresh(
    driver: MakeDriver, witness: Witness, script: str, symptom: str
) -> None:
    adapter = driver(f"hold({str(witness.path)!r})\n{script}\n{LOOP}", limit=1 << 20)
    session = adapter.open_session()
    with pytest.raises(AdapterBroken) as caught:
        session.call(TICK)
    assert_symptom(caught.value, symptom)
    assert "> 2 tick 1" in caught.value.exchange
    assert caught.value.exchange.replace("\n", "").isprintable()
    assert witness.everyone_is_gone()
    with pytest.raises(AdapterBroken):
        session.call(TICK)
    session.close()
    assert adapter.open_session().call(Command("is_open", (1,))) == Answer(Value(False))


def test_how_a_driver_died_and_its_last_words_are_told(driver: MakeDriver) -> None:
    adapter = driver("def tick(n, w): os.write(2, b'port blew up\\n'); os._exit(7)\n" + LOOP)
    with pytest.raises(AdapterBroken, match="the driver exited with status 7 in place of an answer to '2 tick 1'") as e:
        adapter.open_session().call(TICK)
    assert e.value.exchange.splitlines()[-2:] == ["> 2 tick 1", "! port blew up"]
    assert describe_status(-9) == "the driver was killed by SIGKILL"
    assert describe_status(-999) == "the driver was killed by signal 999"


@pytest.mark.parametrize(
    ("second", "symptom"),
    [
        ("{n} event 1 connect", "event-after-answer"),
        ("{n} value", "unasked-line"),
        ("{int(n) + 1} value", "unasked-line"),
        ("{int(n) + 2} value", "wrong-number"),
        ("debug", "stray-print"),
    ],
)
@pytest.mark.parametrize("asked_by", ["stray_events", "call"])
def test_a_line_between_commands_breaks_the_session(
    driver: MakeDriver, second: str, symptom: str, asked_by: str
) -> None:
    adapter = driver(f"def tick(n, w): say(f'{{n}} value\\n{second}\\n')\n{LOOP}")
    session = adapter.open_session()
    session.call(TICK)
    with pytest.raises(AdapterBroken) as caught:
        session.stray_events() if asked_by == "stray_events" else session.call(TICK)
    assert_symptom(caught.value, symptom)
    assert session.stray_events() == ()


# -- deadlines

HANGING = {
    "in the greeting": "hang()",
    "in a command": "def tick(n, w): hang()\n" + LOOP,
    "without a flush": "def tick(n, w): sys.stdout.write(f'{n} value\\n'); hang()\n" + LOOP,
    "and ignores SIGTERM": STUBBORN + "def tick(n, w): hang()\n" + LOOP,
    "with a grandchild": GRANDCHILD + "def tick(n, w): hang()\n" + LOOP,
}


@pytest.mark.parametrize("script", HANGING.values(), ids=HANGING)
def test_a_driver_that_hangs_is_ended_at_its_deadline(driver: MakeDriver, witness: Witness, script: str) -> None:
    start = 0.5 if script == HANGING["in the greeting"] else 20
    adapter = driver(f"hold({str(witness.path)!r})\n{script}", deadline=0.5, start=start)
    with pytest.raises(AdapterBroken, match=r"no answer to .* within 0\.5 s") as caught:
        adapter.open_session().call(TICK)
    assert_symptom(caught.value, "no-answer")
    assert witness.everyone_is_gone()


def test_a_line_that_is_not_ended_is_told_apart_from_silence(driver: MakeDriver) -> None:
    adapter = driver("def tick(n, w): say(f'{n} val'); hang()\n" + LOOP, deadline=0.5)
    with pytest.raises(AdapterBroken) as caught:
        adapter.open_session().call(TICK)
    assert_symptom(caught.value, "unfinished-line")
    assert caught.value.exchange.splitlines()[-1] == "< 2 val (unfinished)"


def test_a_driver_that_does_not_read_is_told_at_the_deadline(driver: MakeDriver) -> None:
    adapter = driver("greet(); hang()", deadline=0.5)
    with pytest.raises(AdapterBroken) as caught:
        adapter.open_session().call(Command("send", (1, b"x" * 400000, 1, 1)))
    assert_symptom(caught.value, "no-answer")


def test_a_driver_that_closed_its_input_is_told(driver: MakeDriver) -> None:
    adapter = driver("greet(); os.close(0); say('0 event 1 log ready\\n'); hang()")
    session = adapter.open_session()
    while not session.stray_events():  # until it says that it is ready
        session.conversation.peer.channel.idle(0.1)
    with pytest.raises(AdapterBroken) as caught:
        session.call(TICK)
    assert_symptom(caught.value, "closed-input")


@pytest.mark.parametrize("command", [["./no/such/driver"], ["/"], ["a\0b"]])
def test_a_driver_that_cannot_be_started_is_the_callers_mistake(command: list[str]) -> None:
    adapter = DriverProcessAdapter(command)
    with pytest.raises(AdapterBroken, match="cannot be started") as caught:
        adapter.open_session()
    assert caught.value.culprit == "caller"
    adapter.close()


def test_a_refusal_is_passed_on_as_it_is(driver: MakeDriver) -> None:
    adapter = driver("def tick(n, w): say(f'{n} refused os-error %1b%5B31m%3Cb%3E\\n')\n" + LOOP)
    assert adapter.open_session().call(TICK) == Answer(Refusal("os-error", "\x1b[31m<b>"))
