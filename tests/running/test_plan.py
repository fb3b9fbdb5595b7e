"""Haste first, patience where a verdict depends on it: the plan of a run by itself, without processes."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.running.plan import (
    GREAT_HASTE,
    HASTE,
    HASTY_WAIT,
    NOTHING_COMES,
    OFTEN_ENOUGH,
    Plan,
    Told,
)
from dasnet_conformance.stage.waits import kind_of


class Runs:
    """Plays the workers, one check at a time: `ways` tells what comes of a requirement in haste, and with patience."""

    def __init__(
        self, ways: dict[str, tuple[Told, Told]], *, hasty: bool = True, most_failures: int = 0, cases: int = 1
    ) -> None:
        self.written: list[str] = []
        self.ran: list[tuple[str, float]] = []
        self._names = [name for name in ways for _ in range(cases)]
        self._ways = ways
        self.plan = Plan(self._names, self._write, hasty=hasty, most_failures=most_failures)

    def _write(self, **record: Any) -> None:
        self.written.append(record["requirement"])

    def play(self) -> None:
        while not self.plan.is_over:
            following = self.plan.next()
            if following is not None:
                self.end(*following)
            else:
                assert self.plan.is_over, "nothing runs, and nothing is handed out"

    def end(self, place: int, scale: float) -> None:
        name = self._names[place]
        self.ran.append((name, scale))
        self.plan.done(place, [self._ways[name][scale == 1.0]])

    def patient(self) -> list[str]:
        """What ran with full patience."""
        return [name for name, scale in self.ran if scale == 1.0]


def passed(name: str, longest_s: float = 0.0) -> tuple[Told, Told]:
    told = Told(name, "pass", longest_s=longest_s)
    return told, told


def in_vain(name: str, kind: str, blocked_by: str = "", verdict: str = "fail") -> tuple[Told, Told]:
    """A wait that is in vain in haste, and with patience as well."""
    waits: dict[str, Any] = {"blocked_by": blocked_by, "vain": frozenset({kind}), "paused": True}
    record = {"requirement": name}
    return Told(name, verdict, **waits, final=False, record=record), Told(name, verdict, **waits)


def late(name: str, kind: str) -> tuple[Told, Told]:
    """What comes with patience alone."""
    return in_vain(name, kind)[0], Told(name, "pass", reached=frozenset({kind}))


def test_what_passes_in_haste_runs_once() -> None:
    runs = Runs({"a": passed("a"), "b": passed("b")})
    runs.play()
    assert runs.ran == [("a", HASTE), ("b", HASTE)]


def test_without_haste_everything_is_final_at_once() -> None:
    runs = Runs({"a": in_vain("a", "arrival"), "b": passed("b")}, hasty=False)
    runs.play()
    assert runs.ran == [("a", 1.0), ("b", 1.0)]


def test_a_wait_in_vain_is_confirmed_with_patience() -> None:
    runs = Runs({"a": in_vain("a", "delivery"), "b": passed("b")})
    runs.play()
    assert runs.ran == [("a", HASTE), ("b", HASTE), ("a", 1.0)]
    assert runs.written == []


def test_what_comes_late_passes() -> None:
    runs = Runs({"a": late("a", "delivery")})
    runs.play()
    assert runs.patient() == ["a"]


def test_a_pass_for_which_a_wait_was_in_vain_is_no_pass_yet() -> None:
    runs = Runs({"a": in_vain("a", "a loop", verdict="pass")})
    runs.play()
    assert runs.patient() == ["a"]


def test_what_a_failed_requirement_blocks_is_settled_with_it() -> None:
    ways = {"first": in_vain("first", "delivery", "basic"), "basic": in_vain("basic", "arrival")}
    ways |= {f"behind.{letter}": in_vain(f"behind.{letter}", "arrival", "basic") for letter in "abcdef"}
    runs = Runs(ways)
    runs.play()
    assert runs.patient() == ["basic"]
    assert runs.written == ["first", *(f"behind.{letter}" for letter in "abcdef")]


def test_two_that_block_each_other_come_to_an_end() -> None:
    runs = Runs({"a": in_vain("a", "delivery", "b"), "b": in_vain("b", "arrival", "a")})
    runs.play()
    assert runs.patient() == ["a", "b"]


def test_further_cases_of_a_requirement_that_failed_are_dropped() -> None:
    runs = Runs({"a": in_vain("a", "end"), "b": passed("b")}, cases=3)
    runs.play()
    assert runs.patient() == ["a"]
    assert runs.written == []


def test_while_nothing_comes_at_all_haste_is_great() -> None:
    names = [f"check.{letter}" for letter in "abcdefgh"]
    runs = Runs({name: in_vain(name, "arrival") for name in names})
    runs.play()
    scales = [scale for _, scale in runs.ran if scale < 1.0]
    assert scales == [HASTE] * NOTHING_COMES + [GREAT_HASTE] * (len(names) - NOTHING_COMES)


def test_what_is_blocked_by_one_that_passes_in_the_end_runs_again() -> None:
    runs = Runs({"basic": late("basic", "arrival"), "behind": in_vain("behind", "arrival", "basic")})
    runs.play()
    assert runs.patient() == ["basic", "behind"]
    assert runs.written == []


def test_what_is_blocked_by_one_that_is_not_judged_runs_again() -> None:
    runs = Runs({"behind": in_vain("behind", "arrival", "elsewhere")})
    runs.play()
    assert runs.patient() == ["behind"]


def test_what_never_came_is_settled_after_patience_was_spent_often_enough() -> None:
    names = [f"check.{letter}" for letter in "abcdefgh"]
    runs = Runs({name: in_vain(name, "arrival") for name in names})
    runs.play()
    assert runs.patient() == names[:OFTEN_ENOUGH]
    assert runs.written == names[OFTEN_ENOUGH:]


def test_nothing_is_settled_of_a_kind_that_came_once() -> None:
    names = [f"check.{letter}" for letter in "abcdefgh"]
    runs = Runs(
        {"taken": (Told("taken", "pass", reached=frozenset({"arrival"})),) * 2}
        | {n: in_vain(n, "arrival") for n in names}
    )
    runs.play()
    assert runs.patient() == names


def test_without_an_arrival_nothing_can_be_delivered() -> None:
    names = [f"check.{letter}" for letter in "abc"]
    ways = {name: in_vain(name, "arrival") for name in names} | {"data": in_vain("data", "delivery")}
    runs = Runs(ways)
    runs.play()
    assert runs.patient() == names
    assert runs.written == ["data"]


def test_a_slow_port_is_given_patience_from_then_on() -> None:
    runs = Runs({"a": passed("a", longest_s=HASTY_WAIT), "b": passed("b")})
    runs.play()
    assert runs.ran == [("a", HASTE), ("b", 1.0)]


def test_whoever_wants_the_first_failure_has_it_confirmed_first() -> None:
    ways = {"a": late("a", "arrival"), "b": in_vain("b", "end"), "c": passed("c")}
    runs = Runs(ways, most_failures=1)
    runs.play()
    assert runs.ran == [("a", HASTE), ("a", 1.0), ("b", HASTE), ("b", 1.0)]
    assert runs.plan.is_enough


def test_while_others_may_settle_it_nothing_is_handed_out() -> None:
    runs = Runs({"basic": in_vain("basic", "arrival"), "behind": in_vain("behind", "arrival", "basic")})
    for _ in range(2):
        runs.end(*(runs.plan.next() or (0, 0.0)))
    place = runs.plan.next()
    assert place == (0, 1.0)
    assert runs.plan.next() is None
    runs.end(*place)
    assert runs.plan.next() is None
    assert runs.plan.is_over
    assert runs.written == ["behind"]


def test_a_check_whose_process_died_is_done() -> None:
    runs = Runs({"a": passed("a")})
    place, _ = runs.plan.next() or (0, 0.0)
    runs.plan.lost(place)
    assert runs.plan.is_over


def test_kinds_are_told_by_words_and_numbers_do_not_count() -> None:
    assert kind_of("disconnect callback number 3 on object 1") == "departure"
    assert kind_of("connect callback number 3 on object 1") == "arrival"
    assert kind_of("12 bytes in data callbacks on object 2") == "delivery"
    assert kind_of("12 bytes at peer 3") == "answer"
    assert kind_of("port 4242 is refused") == kind_of("port 17 is refused") == "port N is refused"


def test_it_says_when_all_that_is_left_lets_seconds_pass() -> None:
    plan = Plan(["slow", "fast", "other"], lambda **_: None, unhurried={"slow"})
    slow, fast, other = (plan.next() for _ in range(3))
    assert slow
    assert fast
    assert other
    assert not plan.only_idles
    plan.done(fast[0], [Told("fast", "pass")])
    assert not plan.only_idles
    doubtful = Told("other", "fail", vain=frozenset({"arrival"}), paused=True, final=False, record={})
    plan.done(other[0], [doubtful])
    assert not plan.only_idles, "a verdict is to be confirmed yet"
    plan.done(slow[0], [Told("slow", "pass")])
    again = plan.next()
    assert again
    assert again[0] == other[0]
    plan.done(again[0], [Told("other", "pass")])
    assert plan.only_idles
    assert plan.is_over
