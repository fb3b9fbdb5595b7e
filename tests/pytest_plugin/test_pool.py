"""Workers that share checks: what becomes of one that dies, freezes, or does not end. Real processes."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import pytest

from dasnet_conformance.pytest_plugin import pool
from dasnet_conformance.pytest_plugin.pool import Message, Pool
from dasnet_conformance.running.copies import copies_exist
from dasnet_conformance.running.plan import Plan, Told
from dasnet_conformance.stage.black_box import SIZE, BlackBox

pytestmark = pytest.mark.skipif(not copies_exist(), reason="this system makes no copies of processes")

NAMES = ("calm", "wild", "calm.too")

#: What a worker does for the check of each name; whatever is not here is done at once.
Wild = Callable[[BlackBox], None]


def working(wild: Wild, farewell: Wild = lambda black_box: None) -> Callable[[Connection, BlackBox], None]:
    """A worker that does something wild in the check of that name."""

    def work(connection: Connection, black_box: BlackBox) -> None:
        while True:
            word, check, _ = connection.recv()
            if word == Message.STOP:
                farewell(black_box)
                connection.send((Message.LEAVE, 0, None))
                return
            if NAMES[check] == "wild":
                wild(black_box)
            connection.send((Message.DONE, check, ([Told(NAMES[check], "pass")], None)))

    return work


def play(
    work: Any, bound: float = 0.0, size: int = 2, unhurried: tuple[str, ...] = ()
) -> tuple[Plan, list[dict[str, Any]]]:
    """Run the checks of those names; the plan, and the records that were written."""
    records: list[dict[str, Any]] = []

    def write(kind: str, **fields: Any) -> None:
        records.append({"type": kind, **fields})

    plan = Plan(NAMES, lambda **record: None, unhurried=unhurried)
    Pool(size, work, write, lambda: bound).run(plan)
    return plan, records


@pytest.mark.parametrize("size", [1, 2, 5])
def test_all_checks_are_done_and_the_workers_end(size: int) -> None:
    plan, records = play(working(lambda black_box: None), size=size)
    assert plan.is_over
    assert records == []


def test_a_death_is_told_with_the_last_calls_and_the_rest_goes_on() -> None:
    def die(black_box: BlackBox) -> None:
        black_box.write(0, "new 1 1")
        black_box.write(3, "send 1 hello", "send.accepts")
        os.kill(os.getpid(), signal.SIGKILL)

    plan, records = play(working(die), size=1)
    assert plan.is_over
    (died,) = records
    assert died["how"] == "the process was killed by SIGKILL"
    assert died["calls"] == [(0, "", "new 1 1"), (3, "send.accepts", "send 1 hello")]


def test_one_that_makes_no_progress_is_ended_and_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "GRACE", 0.2)

    def freeze(black_box: BlackBox) -> None:
        threading.Event().wait()

    plan, records = play(working(freeze), bound=0.1, size=1)
    assert plan.is_over
    (died,) = records
    assert died["how"].startswith("the process made no progress for ")


def test_after_many_that_froze_no_more_checks_are_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "GRACE", 0.1)
    monkeypatch.setattr(pool, "MOST_FROZEN", 1)

    def freeze(black_box: BlackBox) -> None:
        threading.Event().wait()

    plan, records = play(working(freeze), bound=0.1, size=1)
    assert not plan.is_over
    assert [record["type"] for record in records] == ["died", "warning"]
    assert records[1]["message"].endswith("the rest was not judged")


def test_one_that_does_not_take_its_leave_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "FAREWELL", 0.2)
    stay = threading.Event()
    plan, records = play(working(lambda black_box: None, lambda black_box: stay.wait() and None), size=1)
    assert plan.is_over
    (died,) = records
    assert died["how"] == "the process did not end when it was to"


def test_a_black_box_keeps_the_last_calls_however_many_there_were() -> None:
    black_box = BlackBox()
    for number in range(SIZE):
        black_box.write(number, f"tick {number}")
    calls = black_box.read()
    assert calls[-1] == (SIZE - 1, "", f"tick {SIZE - 1}")
    numbers = [each.tick for each in calls]
    assert numbers == list(range(numbers[0], SIZE))
    black_box.clear()
    assert black_box.read() == []


def test_a_black_box_takes_any_text() -> None:
    black_box = BlackBox()
    black_box.write(1, "send 1 \udc80\u20ac " + "x" * 1000)
    ((tick, _, call),) = black_box.read()
    assert tick == 1
    assert call.startswith("send 1 ?\u20ac xxx")


def test_who_is_not_needed_any_more_says_farewell_while_the_last_check_lets_time_pass() -> None:
    """The check ends only once the other worker has held its last conversation."""
    held = pool.Flag()

    def idle(_: BlackBox) -> None:
        end = time.monotonic() + 20.0
        while not held.is_set() and time.monotonic() < end:
            time.sleep(0.001)
        assert held.is_set(), "nobody said farewell meanwhile"

    plan, records = play(working(idle, farewell=lambda black_box: held.set()), unhurried=("wild",))
    assert plan.is_over
    assert records == []


def test_a_check_that_let_time_pass_is_confirmed_after_the_others_have_left() -> None:
    def work(connection: Connection, black_box: BlackBox) -> None:
        while True:
            word, check, (scale, _) = connection.recv()
            if word == Message.STOP:
                connection.send((Message.LEAVE, 0, None))
                return
            if NAMES[check] != "wild":
                outcome = Told(NAMES[check], "pass")
            elif scale < 1.0:
                time.sleep(0.05)
                outcome = Told("wild", "fail", paused=True, final=False, vain=frozenset({"a callback"}))
            else:
                outcome = Told("wild", "fail")
            connection.send((Message.DONE, check, ([outcome], None)))

    plan, records = play(work, unhurried=("wild",))
    assert plan.is_over
    assert records == []
