"""The direct runner finds the same cases as pytest does, and judges them in the same way."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from dasnet_adapters.contract import Adapter, AdapterBroken, Description, Session
from dasnet_adapters.in_process import InProcessAdapter
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.proof.faults.registry import SOUND, load_faults
from dasnet_conformance.running import direct
from dasnet_conformance.stage import bounds
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.ports import Ports


@pytest.fixture
def ports() -> Iterator[Ports]:
    ports = Ports()
    yield ports
    ports.close()


def test_finds_what_pytest_finds() -> None:
    command = [sys.executable, "-m", "pytest", "--pyargs", "dasnet_conformance.suite", "--collect-only", "-q"]
    command += ["-p", "no:cacheprovider", "-c", "/dev/null" if sys.platform != "win32" else "NUL"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False).stdout
    collected = sorted(line.partition("::")[2] for line in told.splitlines() if "::" in line)
    found = sorted(case.name for cases in direct.find_cases().values() for case in cases)
    assert found == collected


def test_every_requirement_has_cases() -> None:
    assert set(direct.find_cases()) == set(load_catalogue().requirements)


def test_a_conforming_server_passes(ports: Ports) -> None:
    outcome = direct.run("data.send-and-close", InProcessAdapter(SOUND), ports)
    assert (outcome.verdict, outcome.message, outcome.failed) == ("pass", "", False)
    assert outcome.transcript
    assert outcome.duration_s > 0


def test_what_was_observed_is_told(ports: Ports) -> None:
    assert direct.run("init.port-zero", InProcessAdapter(SOUND), ports).observed == "true"


def test_a_fault_fails_in_one_of_the_cases(ports: Ports) -> None:
    outcome = direct.run("init.port-beyond-range", load_faults()["huge_port_means_last"].adapter(), ports)
    assert outcome.failed
    assert outcome.case == "test_port_beyond_range[65536]"
    assert "init on port 65536" in outcome.message


def test_a_failure_in_the_setup_is_none_of_the_requirement(ports: Ports) -> None:
    outcome = direct.run("query.fires-nothing", load_faults()["success_is_zero"].adapter(), ports)
    assert (outcome.verdict, outcome.blocked_by, outcome.failed) == ("fail", "init.free-port", False)


@pytest.mark.parametrize("requirement", ["tick.idle-returns", "tick.idle-repeatable"])
def test_a_hang_fails_what_it_hangs_in(ports: Ports, requirement: str) -> None:
    outcome = direct.run(requirement, load_faults()["tick_waits_for_client"].adapter(), ports)
    assert outcome.verdict == "fail"
    # Of one tick, or of a hundred in one command.
    assert re.match(r"ticks? did not return within 1\.5 s", outcome.message)


def test_a_check_that_runs_out_of_time_is_open(ports: Ports) -> None:
    outcome = direct.run("tick.idle-returns", load_faults()["tick_waits_for_client"].adapter(), ports, seconds=0.3)
    assert outcome.verdict == "inconclusive"
    assert "did not come to an end" in outcome.message


class _Broken:
    peer_host = "127.0.0.1"
    reached = "in-process"

    def describe(self) -> Description:
        raise AssertionError("whoever runs a check does not ask")

    def open_session(self) -> Session:
        raise AdapterBroken("the driver died", culprit="driver")

    def close(self) -> None:
        pass


def test_a_broken_adapter_is_inconclusive(ports: Ports) -> None:
    adapter: Adapter = _Broken()
    outcome = direct.run("init.free-port", adapter, ports)
    assert outcome.verdict == "inconclusive"
    assert "the driver died" in outcome.message


def test_patience_is_scaled_within_the_block_only() -> None:
    usual = bounds.pause_before(10)
    with bounds.patience(0.5):
        assert bounds.pause_before(10) == usual / 2
        with bounds.patience(0.1):
            assert bounds.pause_before(10) == pytest.approx(usual / 10)
        assert bounds.pause_before(10) == usual / 2
    assert bounds.pause_before(10) == usual


def test_a_session_that_cannot_be_ended_is_inconclusive(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    def close(self: Host) -> None:
        raise OSError("a socket of the suite is gone")

    monkeypatch.setattr(Host, "close", close)
    outcome = direct.run("construct.fires-nothing", InProcessAdapter(SOUND), ports)
    assert outcome.verdict == "inconclusive"
    assert "a socket of the suite is gone" in outcome.message
