"""The sanity conversation: a right, a wrong, a broken and a hanging implementation told apart. Loopback sockets."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from changed_reference import Change, Wrong
from dasnet_adapters import interruption
from dasnet_adapters.contract import AdapterBroken, Answer, Command, Unsupported, Value
from dasnet_adapters.interruption import interrupted_after
from dasnet_conformance.running.environment import trouble_reaching
from dasnet_conformance.running.sanity import SanityOutcome, converse
from dasnet_conformance.stage.deadline import TimeIsUp, deadline
from dasnet_conformance.stage.ports import NoPortsLeft, Ports


def never(*anything: object) -> Answer:
    """A call that does not return; whatever deadline there is strikes now."""
    block = interruption._current
    while block is not None:
        block.ends = 0.0
        block = block.outer
    # And again: the system may give one signal to another thread, which wakes nobody here.
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.05)
    threading.Event().wait()
    raise AssertionError


def broken(command: Command) -> Answer:
    raise AdapterBroken("the driver went away", culprit="driver", hint="look at its log")


@pytest.fixture
def talk(ports: Ports) -> Callable[..., SanityOutcome]:
    def talk(adapter: object) -> SanityOutcome:
        return converse(adapter, ports, 20.0)  # type: ignore[arg-type]

    return talk


Talk = Callable[..., SanityOutcome]


def calls(outcome: SanityOutcome) -> list[str]:
    return [entry["text"] for entry in outcome.transcript if entry["kind"] == "call"]


def test_the_reference_gets_through(talk: Talk) -> None:
    assert talk(Wrong()) == SanityOutcome("pass")


def test_a_call_that_hangs_is_inconclusive_and_named(talk: Talk) -> None:
    outcome = talk(Wrong(init=never))
    assert outcome.verdict == "inconclusive"
    assert outcome.message.startswith("not finished within 20 seconds; the last call: init object 1, port=")
    assert outcome.message.endswith("-> (did not return)")
    assert calls(outcome)[-1] in outcome.message


def test_a_session_that_does_not_open_is_told_so(talk: Talk) -> None:
    adapter = Wrong()
    adapter.open_session = never  # type: ignore[method-assign, assignment]
    outcome = talk(adapter)
    assert outcome.message == "not finished within 20 seconds; the session could not be opened"
    assert outcome.transcript == []


def test_a_session_that_does_not_close_is_inconclusive(talk: Talk) -> None:
    outcome = talk(Wrong(never))
    assert outcome.verdict == "inconclusive"
    assert outcome.message.startswith("not finished within 20 seconds; the last call: destroy object 1")


def test_a_session_that_breaks_while_it_is_closed_adds_nothing(talk: Talk) -> None:
    def break_down() -> None:
        raise AdapterBroken("the driver is gone", culprit="driver")

    outcome = talk(Wrong(break_down, send=lambda command: Answer(Value(False))))
    assert outcome.verdict == "fail"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"send": lambda command: Answer(Value(False))}, "send to the client: expected true, got false"),
        ({"init": lambda command: Answer(Value())}, "init on a free port: expected true, got no value"),
        ({"adapter": lambda command: Answer(Value(17))}, "making the adapter: expected none or true, got 17"),
    ],
)
def test_a_wrong_answer_is_a_failure(talk: Talk, change: dict[str, Change], message: str) -> None:
    outcome = talk(Wrong(**change))
    assert (outcome.verdict, outcome.message) == ("fail", message)
    assert outcome.transcript


def test_a_part_that_is_missing_is_unsupported(talk: Talk) -> None:
    outcome = talk(Wrong(send=lambda command: Answer(Unsupported("no send here"))))
    assert (outcome.verdict, outcome.message) == ("unsupported", "send: no send here")


def test_an_adapter_that_breaks_is_inconclusive_and_says_whose_part_it_is(talk: Talk) -> None:
    outcome = talk(Wrong(tick=broken))
    assert outcome.verdict == "inconclusive"
    assert outcome.message == "the driver went away; look at its log (the driver's part)"
    assert calls(outcome)[-1] == "tick object 1 -> (no answer)"


def test_a_machine_without_ports_is_inconclusive(talk: Talk, ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left() -> int:
        raise NoPortsLeft("no free block of ports")

    monkeypatch.setattr(ports, "take", none_left)
    assert talk(Wrong()).message == "no free block of ports"
    assert talk(Wrong()).verdict == "inconclusive"


def no_timer_of_ours() -> bool:
    """Whether the timer is unset, or is again the one of the time-out that bounds this test."""
    seconds, interval = signal.getitimer(signal.ITIMER_REAL)
    return not interval and (not seconds or seconds > 100)


@pytest.fixture
def handler() -> Iterator[Callable[..., None]]:
    """A handler of the alarm that was there before."""

    def handle(*anything: object) -> None:
        raise AssertionError("somebody else's alarm")

    before = signal.signal(signal.SIGALRM, handle)
    yield handle
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("handler")
def test_a_deadline_leaves_no_alarm_and_hands_on_those_of_others() -> None:
    with deadline(20.0):
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
    assert no_timer_of_ours()
    with pytest.raises(AssertionError, match="somebody else's alarm"):
        signal.raise_signal(signal.SIGALRM)


def test_a_handler_that_was_put_there_since_is_found_again(handler: Callable[..., None]) -> None:
    with deadline(20.0):
        pass
    signal.signal(signal.SIGALRM, handler)
    with pytest.raises(TimeIsUp), deadline(0.01):
        threading.Event().wait()
    with pytest.raises(AssertionError, match="somebody else's alarm"):
        signal.raise_signal(signal.SIGALRM)


class CallTooLong(BaseException):
    """Of a block inside of another one."""


def in_a_burst(seconds: float, action: Callable[[], object] = lambda: None) -> None:
    with interrupted_after(seconds, CallTooLong, burst=True):
        action()


def test_in_a_burst_each_block_has_its_time_and_the_one_around_them_too() -> None:
    def blocks() -> None:
        for _ in range(3):
            in_a_burst(0.05)
        threading.Event().wait(0.03)
        within = time.monotonic()
        with pytest.raises(CallTooLong):
            in_a_burst(0.05, threading.Event().wait)
        assert time.monotonic() - within >= 0.05
        in_a_burst(20.0, threading.Event().wait)

    started = time.monotonic()
    with pytest.raises(TimeIsUp), deadline(0.3):
        blocks()
    assert time.monotonic() - started >= 0.3
    assert no_timer_of_ours()


def test_in_a_burst_nothing_strikes_before_the_time_of_a_block() -> None:
    """A call that blocks may come back from a signal, and then looks like one that does not wait."""

    def left_at_least() -> None:
        left = signal.getitimer(signal.ITIMER_REAL)[0]
        assert left + time.monotonic() - began >= 0.1

    with deadline(20.0):
        in_a_burst(0.1)
        threading.Event().wait(0.04)
        began = time.monotonic()
        in_a_burst(0.1, left_at_least)


def test_in_a_burst_a_timer_that_was_put_out_is_set_again(handler: Callable[..., None]) -> None:
    def put_out() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, handler)

    with deadline(20.0):
        in_a_burst(10.0, put_out)
        threading.Event().wait(0.06)
        with pytest.raises(CallTooLong):
            in_a_burst(10.0, never)


@pytest.mark.usefixtures("handler")
def test_an_alarm_before_its_time_is_somebody_elses_and_ours_still_comes() -> None:
    def both() -> None:
        with pytest.raises(AssertionError, match="somebody else's alarm"):
            signal.raise_signal(signal.SIGALRM)
        threading.Event().wait()

    with pytest.raises(TimeIsUp), deadline(0.3):
        both()


@pytest.mark.usefixtures("handler")
def test_a_deadline_that_strikes_leaves_no_alarm_either() -> None:
    with pytest.raises(TimeIsUp), deadline(0.01):
        threading.Event().wait()
    assert no_timer_of_ours()
    with pytest.raises(AssertionError, match="somebody else's alarm"):
        signal.raise_signal(signal.SIGALRM)


def test_an_inner_deadline_that_is_longer_leaves_the_outer_one_alone() -> None:
    with pytest.raises(TimeIsUp), deadline(0.01), deadline(20.0):
        threading.Event().wait()
    assert no_timer_of_ours()


def test_code_under_test_does_not_swallow_a_deadline_by_accident() -> None:
    def swallow() -> None:
        try:
            threading.Event().wait()
        except Exception:
            pytest.fail("swallowed")

    with pytest.raises(TimeIsUp), deadline(0.01):
        swallow()


def in_a_thread(action: Callable[[], object]) -> list[object]:
    got: list[object] = []
    thread = threading.Thread(target=lambda: got.append(action()))
    thread.start()
    thread.join()
    return got


def test_in_a_thread_there_is_no_deadline_and_the_block_runs(talk: Talk) -> None:
    assert in_a_thread(lambda: talk(Wrong())) == [SanityOutcome("pass")]


def test_without_timer_signals_there_is_no_deadline_and_the_block_runs(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(signal, "setitimer")
    assert talk(Wrong()) == SanityOutcome("pass")


def test_a_server_on_another_loopback_is_the_callers_matter_and_no_verdict() -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as listener:
        try:
            listener.bind(("::1", 0))
        except OSError:
            pytest.skip("this system has no address ::1; switch IPv6 on for its loopback device")
        listener.listen(4)
        port = listener.getsockname()[1]
        told = trouble_reaching("127.0.0.1", port)
    assert told.startswith(
        f"nobody answers on port {port} of 127.0.0.1, and somebody does on ::1: give --peer-host ::1"
    )
    assert trouble_reaching("127.0.0.1", port) == ""


def test_a_server_that_listens_nowhere_is_wrong_and_not_the_environment(talk: Talk) -> None:
    assert talk(Wrong(init=lambda command: Answer(Value(True)))).verdict == "fail"
