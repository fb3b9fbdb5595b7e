"""What a check raised, as a verdict with its message. No sockets."""

from __future__ import annotations

import errno
from dataclasses import replace

import pytest

from dasnet_adapters.contract import AdapterBroken
from dasnet_conformance.catalogue.loader import Requirement
from dasnet_conformance.running.verdict import judge
from dasnet_conformance.stage.expect import Mismatch, PartUnsupported
from dasnet_conformance.stage.ports import NoPortsLeft

REQUIREMENT = Requirement("init.works", "init", "MUST", "core", "It works.", ("c",))
SURVIVAL = replace(REQUIREMENT, survival=True)


def test_nothing_raised_is_a_pass() -> None:
    assert judge(None, REQUIREMENT, None) == {"verdict": "pass", "message": "", "observed": ""}


def test_a_mismatch_is_a_failure_with_what_was_expected_and_came() -> None:
    record = judge(Mismatch("init", "true", "false"), REQUIREMENT, None)
    assert record == {"verdict": "fail", "message": "init: expected true, got false", "blocked_by": ""}


def test_a_mismatch_in_setup_names_the_requirement_it_is_laid_to() -> None:
    assert judge(Mismatch("a", "b", "c", blocked_by="tick.works"), REQUIREMENT, None)["blocked_by"] == "tick.works"


def test_a_requirement_does_not_block_itself() -> None:
    assert judge(Mismatch("a", "b", "c", blocked_by="init.works"), REQUIREMENT, None)["blocked_by"] == ""


@pytest.mark.parametrize("requirement", [REQUIREMENT, SURVIVAL])
def test_a_missing_part_is_unsupported(requirement: Requirement) -> None:
    record = judge(PartUnsupported("send: no send here"), requirement, None)
    assert record == {"verdict": "unsupported", "message": "send: no send here"}


@pytest.mark.parametrize(("requirement", "verdict"), [(REQUIREMENT, "inconclusive"), (SURVIVAL, "fail")])
def test_a_broken_adapter_ends_the_check_and_fails_what_is_about_survival(
    requirement: Requirement, verdict: str
) -> None:
    record = judge(AdapterBroken("it exited", culprit="driver", hint="read its log"), requirement, None)
    assert record == {"verdict": verdict, "message": "it exited; read its log (the driver's part)", "blocked_by": ""}


@pytest.mark.parametrize(("requirement", "blocked"), [(REQUIREMENT, "init.free-port"), (SURVIVAL, "")])
def test_a_death_in_a_setup_is_laid_to_its_place(requirement: Requirement, blocked: str) -> None:
    dead = AdapterBroken("init did not return: the driver was killed", culprit="implementation")
    dead.blocked_by = "init.free-port"
    assert judge(dead, requirement, None)["blocked_by"] == blocked


@pytest.mark.parametrize("requirement", [REQUIREMENT, SURVIVAL])
def test_a_check_that_runs_out_of_time_is_open_and_says_what_gives_it_more(requirement: Requirement) -> None:
    with pytest.raises(pytest.fail.Exception) as caught:
        pytest.fail("Timeout (>60.0s) from pytest-timeout.")
    record = judge(caught.value, requirement, None)
    assert record["verdict"] == "inconclusive"
    assert record["message"].startswith("the check did not come to an end: Timeout")
    assert "--deadline SECONDS" in record["message"]


@pytest.mark.parametrize(("requirement", "blocked"), [(REQUIREMENT, "init.free-port"), (SURVIVAL, "")])
def test_a_call_that_hangs_fails_and_is_laid_to_its_place(requirement: Requirement, blocked: str) -> None:
    hanging = AdapterBroken("tick did not return within 3 s", culprit="implementation", hint="look", hanging="tick")
    hanging.blocked_by = "init.free-port"
    record = judge(hanging, requirement, None)
    assert record == {"verdict": "fail", "message": "tick did not return within 3 s; look", "blocked_by": blocked}


@pytest.mark.parametrize("requirement", [REQUIREMENT, SURVIVAL])
def test_a_machine_without_ports_is_the_suites_part(requirement: Requirement) -> None:
    record = judge(NoPortsLeft("no free block of ports"), requirement, None)
    assert record == {"verdict": "inconclusive", "message": "the suite's part: no free block of ports"}


@pytest.mark.parametrize("requirement", [REQUIREMENT, SURVIVAL])
def test_a_machine_that_has_no_more_is_told_as_that(requirement: Requirement) -> None:
    record = judge(OSError(errno.EMFILE, "Too many open files"), requirement, None)
    told = "the machine has no more for the suite: Too many open files; raise its limits (ulimit -a), or give -n 1"
    assert record == {"verdict": "inconclusive", "message": told}


@pytest.mark.parametrize("requirement", [REQUIREMENT, SURVIVAL])
def test_anything_else_is_a_mistake_of_the_suite_and_never_a_failure(requirement: Requirement) -> None:
    record = judge(IndexError("list index out of range"), requirement, None)
    assert record["verdict"] == "inconclusive"
    assert record["message"].startswith("the suite broke (IndexError: list index out of range); please report it")
