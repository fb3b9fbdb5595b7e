"""A driver that dies or hangs in a call of the port: the port is named, and the command, not the driver."""

from __future__ import annotations

import os

import pytest
from driver_scripts import GOOD, MakeDriver, assert_symptom

from dasnet_adapters.contract import AdapterBroken, Command
from dasnet_adapters.driver_session import DriverSession
from dasnet_adapters.hints import HINTS

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the scripts use signals")

NEW = Command("new", (1, 1))
TICK = Command("tick", (1,))
SEND = Command("send", (1, b"abc", 1, 3))


def broken_by(session: DriverSession, command: Command = SEND, before: int = 3) -> AdapterBroken:
    for _ in range(before):
        session.call(TICK)
    with pytest.raises(AdapterBroken) as caught:
        session.call(command)
    return caught.value


@pytest.mark.parametrize(
    ("ending", "told", "symptom"),
    [
        ("os.abort()", "the driver was killed by SIGABRT", "killed"),
        ("os._exit(3)", "the driver exited with status 3", "exited"),
        ("os._exit(0)", "the driver exited with status 0", "exited"),
        ("say(f'{n} event 1 connect\\n'); os.abort()", "the driver was killed by SIGABRT", "killed"),
    ],
)
def test_a_death_in_a_call_is_the_ports(driver: MakeDriver, ending: str, told: str, symptom: str) -> None:
    adapter = driver(f"def send(n, w): {ending}\ngreet(); serve(send=send)")
    broken = broken_by(adapter.open_session())
    assert str(broken) == f"send did not return: {told}; 4 commands were answered before"
    assert (broken.culprit, broken.hint) == ("implementation", HINTS[symptom].text)


def test_last_words_of_a_port_are_no_stray_print(driver: MakeDriver) -> None:
    adapter = driver("def send(n, w): say('fatal: out of luck\\n'); os._exit(70)\ngreet(); serve(send=send)")
    broken = broken_by(adapter.open_session())
    assert str(broken).startswith("send did not return: the driver exited with status 70, with a last line")
    assert broken.culprit == "implementation"
    assert "< fatal: out of luck" in broken.exchange.splitlines()


def test_a_stray_print_of_a_driver_that_lives_is_one(driver: MakeDriver) -> None:
    adapter = driver("def send(n, w): say('hello\\n'); plain(n, w)\ngreet(); serve(send=send)")
    assert_symptom(broken_by(adapter.open_session()), "stray-print")


def test_a_hang_tells_how_many_commands_were_answered(driver: MakeDriver) -> None:
    adapter = driver("def destroy(n, w): hang()\ngreet(); serve(destroy=destroy)", deadline=1)
    broken = broken_by(adapter.open_session(), Command("destroy", (1,)), before=1500)
    assert str(broken) == "destroy did not return within 1 s; 1,501 commands were answered before"
    assert (broken.culprit, broken.hanging) == ("implementation", "destroy")


@pytest.mark.parametrize(
    ("tick", "culprit"),
    [("say(f'{n} event 1 log -\\n'); plain(n, w)", "implementation"), ("plain(n, w)", "driver")],
    ids=["a driver that ended such an answer before", "a driver that never did"],
)
def test_a_hang_behind_an_event_is_the_ports_where_the_driver_ends_what_it_begins(
    driver: MakeDriver, tick: str, culprit: str
) -> None:
    lines = f"def tick(n, w): {tick}\ndef send(n, w): say(f'{{n}} event 1 log -\\n'); hang()\n"
    adapter = driver(f"{lines}greet(); serve(tick=tick, send=send)", deadline=1)
    broken = broken_by(adapter.open_session())
    assert broken.culprit == culprit
    assert broken.hint == HINTS["hanging-call" if culprit == "implementation" else "no-answer"].text


@pytest.mark.parametrize(
    ("ending", "told", "hanging"),
    [
        ("os.abort()", "did not return: the driver was killed by SIGABRT", ""),
        ("hang()", "did not return within 1 s", "reset"),
    ],
)
def test_what_happens_inside_reset_ends_the_session_it_is_for(
    driver: MakeDriver, ending: str, told: str, hanging: str
) -> None:
    adapter = driver(f"def reset(n, w): {ending}\ngreet(); serve(reset=reset)", deadline=1)
    session = adapter.open_session()
    session.call(NEW)
    with pytest.raises(AdapterBroken) as caught:
        session.close()
    assert str(caught.value).startswith(f"destroying what the check left (reset) {told}")
    assert (caught.value.culprit, caught.value.hanging) == ("implementation", hanging)
    assert adapter.closing_failures == []
    session.close()
    adapter.open_session().call(TICK)


def test_an_answer_that_is_still_coming_misses_no_line_end(driver: MakeDriver) -> None:
    flood = "say(f'{n} event 1 data 9 ')\n    while True: say('61' * 4000); time.sleep(0.01)"
    adapter = driver(f"def tick(n, w):\n    {flood}\ngreet(); serve(tick=tick)", deadline=2)
    broken = broken_by(adapter.open_session(), TICK, before=0)
    assert_symptom(broken, "slow-answer")
    assert "was still coming after 2 s: " in str(broken)


def test_a_greeting_alone_proves_nothing_of_the_driver(driver: MakeDriver) -> None:
    adapter = driver("def tick(n, w): os._exit(4)\ngreet(); serve(tick=tick)")
    assert_symptom(broken_by(adapter.open_session(), TICK, before=0), "exited")


def test_a_driver_in_order_is_closed_without_a_word(driver: MakeDriver) -> None:
    adapter = driver(GOOD)
    session = adapter.open_session()
    session.call(NEW)
    session.close()
    adapter.close()
    assert adapter.closing_failures == []
