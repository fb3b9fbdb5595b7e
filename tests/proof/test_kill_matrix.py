"""What the kill matrix takes for a problem, on outcomes made by hand; and a handful of real kills."""

from __future__ import annotations

from dataclasses import replace

import pytest
from faults_tools import REQUIREMENTS, outcomes, proved

from dasnet_conformance.proof import kill_matrix
from dasnet_conformance.proof.faults.null_controls import NULL_CONTROLS
from dasnet_conformance.proof.faults.registry import load_faults
from dasnet_conformance.proof.kill_matrix import CONTROL, adapter_of, build

LOSES = load_faults()["loses_last_chunk"]


def test_nothing_is_wrong_with_a_matrix_that_proves_everything() -> None:
    assert proved().problems() == []


def test_the_sound_server_has_to_pass() -> None:
    matrix = proved()
    matrix.control |= outcomes("fail", "send.large")
    assert matrix.problems() == ["the sound server does not pass send.large: fail, as <told>"]


def test_the_sound_server_has_to_be_far_from_the_deadline_of_hanging() -> None:
    matrix = proved()
    matrix.control["tick.idle-returns"] = replace(matrix.control["tick.idle-returns"], duration_s=2.5)
    assert [text for text in matrix.problems() if "too close" in text and text.startswith("tick.idle-returns")]


@pytest.mark.parametrize(
    ("verdict", "blocked_by"), [("pass", ""), ("inconclusive", ""), ("unsupported", ""), ("fail", "init.free-port")]
)
def test_only_a_failure_at_the_requirement_itself_is_a_kill(verdict: str, blocked_by: str) -> None:
    matrix = proved(LOSES)
    matrix.outcomes[LOSES.name] = outcomes(verdict, *LOSES.kills, blocked_by=blocked_by)
    assert matrix.kills() == []
    first, second = matrix.problems()
    assert first.startswith(f"data.send-and-close does not catch loses_last_chunk: {verdict}")
    assert second == "the fault loses_last_chunk survives the whole suite"


def test_to_be_caught_only_where_it_is_not_named_is_a_problem() -> None:
    matrix = proved(LOSES)
    matrix.outcomes[LOSES.name] = outcomes("pass", *LOSES.kills) | outcomes("fail", "data.zeros")
    assert matrix.problems()[-1] == "the fault loses_last_chunk is caught only where it is not named: data.zeros"
    matrix.outcomes[LOSES.name] |= outcomes("fail", *LOSES.may_kill)
    assert len(matrix.problems()) == 1


def test_every_must_and_should_has_to_catch_a_fault() -> None:
    matrix = proved()
    for entry in matrix.faults:
        if "send.large" in entry.kills:
            matrix.outcomes[entry.name] |= outcomes("pass", "send.large")
    assert "send.large (MUST) catches no fault" in matrix.problems()


def test_a_null_control_must_not_conform() -> None:
    matrix = proved()
    matrix.controls["do_nothing"] = outcomes("pass")
    assert matrix.problems() == ["the null control do_nothing conforms"]


def test_a_must_that_all_null_controls_pass_is_vacuous() -> None:
    matrix = proved()
    for each in matrix.controls.values():
        each.update(outcomes("pass", "data.zeros", "send.size-zero"))
    assert matrix.problems() == ["data.zeros is vacuous: every null control passes it"]
    assert matrix.passed_by_all_controls("SHOULD") == ["send.size-zero"]


def test_faults_are_caught_where_they_are_named() -> None:
    names = (
        "loses_last_chunk",
        "old_callbacks_remain",
        "dies_of_broken_pipe",
        "state_saved_send",
        "counts_wide_characters",
    )
    matrix = build(names, workers=2)
    assert matrix.problems() == []
    assert len(matrix.kills()) == sum(len(load_faults()[name].kills) for name in names)
    assert set(matrix.control) == {name for entry in matrix.faults for name in entry.kills}


def test_a_fault_that_is_none_survives(monkeypatch: pytest.MonkeyPatch) -> None:
    harmless = replace(LOSES, name="harmless", parts=(), kills=("data.zeros",), may_kill=(), attempts=2)
    monkeypatch.setattr(kill_matrix, "load_faults", lambda: {"harmless": harmless})
    # It does not hang, and the checks have their time on a busy machine.
    monkeypatch.setattr(kill_matrix, "HANG_DEADLINE", kill_matrix.CASE_DEADLINE)
    monkeypatch.setattr(type(harmless), "adapter", lambda self: adapter_of(CONTROL))
    matrix = build(["harmless"], workers=2)
    assert matrix.problems() == [
        "data.zeros does not catch harmless: pass",
        "the fault harmless survives the whole suite",
    ]
    # Looked for in every requirement, and all of the sound server pass: the whole suite has run on it.
    assert set(matrix.outcomes["harmless"]) == set(REQUIREMENTS)
    assert not {name: outcome for name, outcome in matrix.outcomes["harmless"].items() if outcome.verdict != "pass"}


@pytest.mark.parametrize("name", list(NULL_CONTROLS))
def test_null_controls_are_run_by_name(name: str) -> None:
    assert adapter_of(name).describe().name == name
