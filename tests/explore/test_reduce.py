"""Shortening: what is not needed goes, what belongs together goes together, and what is left is plain."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dasnet_conformance.explore.scripts.reduce import Reducer
from dasnet_conformance.explore.scripts.script import parse_script
from dasnet_conformance.explore.scripts.steps import Step, step, told


def shortened(text: str, diverges: Callable[[tuple[Step, ...]], bool]) -> str:
    return told(Reducer(parse_script(text).steps, diverges).run())


def has(*names: str) -> Callable[[tuple[Step, ...]], bool]:
    def diverges(steps: tuple[Step, ...]) -> bool:
        wanted = list(names)
        for each in steps:
            if wanted and each.name == wanted[0]:
                del wanted[0]
        return not wanted

    return diverges


def test_single_steps_go() -> None:
    script = "host: settle\nhost: wait without a tick\npeer 1: reset\nhost: settle\npeer 2: close"
    assert shortened(script, has("reset")) == "peer 1: reset"


def test_a_pair_goes_that_only_goes_together() -> None:
    def diverges(steps: tuple[Step, ...]) -> bool:
        names = [each.name for each in steps]
        return "reset" in names and names.count("save") == names.count("restore")

    script = "host: save object 1 to orphan 1\npeer 1: reset\nhost: restore object 1 from orphan 1"
    assert shortened(script, diverges) == "peer 1: reset"


def test_arguments_become_plain_and_numbers_start_at_one() -> None:
    script = "host: open object 3 of class B\nhost: object 3 sends 5000 of 5000 bytes\npeer 2: connect to object 3"
    expected = "host: open object 1 of class A\nhost: object 1 sends 1 of 1 bytes\npeer 1: connect to object 1"
    assert shortened(script, has("open", "send", "connect")) == expected


def test_low_level_calls_become_methods() -> None:
    def diverges(steps: tuple[Step, ...]) -> bool:
        return any(each.name in ("tick", "server_tick") for each in steps)

    assert shortened("host: server_tick object 2 5 times", diverges) == "host: tick object 1 1 times"


def test_an_opening_in_three_steps_becomes_one() -> None:
    def diverges(steps: tuple[Step, ...]) -> bool:
        return has("open")(steps) or has("new", "adapter", "init")(steps)

    script = "host: construct object 1 of class A\nhost: make the adapter of object 1\nhost: init object 1 on port free"
    assert shortened(script, diverges) == "host: open object 1 of class A"


def test_what_was_found_stays_when_it_is_stopped() -> None:
    left = 3

    def diverges(steps: tuple[Step, ...]) -> bool:
        nonlocal left
        left -= 1
        if left < 0:
            raise TimeoutError
        return True

    reducer = Reducer([step("settle")] * 16, diverges)
    with pytest.raises(TimeoutError):
        reducer.run()
    assert len(reducer.best) == 2
