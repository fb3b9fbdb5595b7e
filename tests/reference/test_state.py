"""The state table: complete, closed, and the same before and after a reload."""

from __future__ import annotations

import importlib.util
import itertools

import pytest

import dasnet_reference._state as state_module
from dasnet_reference import ANSWERS, TRANSITIONS, Happening, ImpossibleTransitionError, LocalError, State
from dasnet_reference._state import after


def test_every_state_has_answers() -> None:
    assert set(ANSWERS) == set(State)


def test_every_state_can_be_reached_and_closed() -> None:
    assert {State.MADE, *TRANSITIONS.values()} == set(State)
    assert all(TRANSITIONS[state, Happening.CLOSED] == State.CLOSED for state in State)


def test_nothing_but_closing_happens_to_a_closed_handle() -> None:
    assert {happening for state, happening in TRANSITIONS if state == State.CLOSED} == {Happening.CLOSED}


@pytest.mark.parametrize("happening", [Happening.SAVED, Happening.RESTORED, Happening.INIT_FAILED])
def test_what_must_keep_the_state_keeps_it(happening: Happening) -> None:
    assert all(state == target for (state, what), target in TRANSITIONS.items() if what == happening)


def test_a_pair_outside_the_table_is_our_fault_and_names_both() -> None:
    pairs = [pair for pair in itertools.product(State, Happening) if pair not in TRANSITIONS]
    assert pairs
    for state, happening in pairs:
        with pytest.raises(ImpossibleTransitionError, match=f"'{happening}'.*'{state}'") as caught:
            after(state, happening)
        assert isinstance(caught.value, LocalError)


def test_a_state_from_before_a_reload_still_moves() -> None:
    before = State.LISTENING
    spec = importlib.util.spec_from_file_location("dasnet_reference._state_again", state_module.__file__)
    assert spec is not None
    assert spec.loader is not None
    reloaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reloaded)
    assert before is not reloaded.State.LISTENING
    assert reloaded.after(before, Happening.CLIENT_TAKEN) == State.CONNECTED
    assert reloaded.ANSWERS[before].is_open
