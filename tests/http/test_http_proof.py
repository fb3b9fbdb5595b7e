"""The proof that the checks of the profile `http` see: its wrong servers, and its null controls."""

from __future__ import annotations

import subprocess
import sys

import pytest

from dasnet_adapters.contract import HTTP, PROFILES
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.catalogue.rooms import SECTIONS
from dasnet_conformance.proof.faults.null_controls import NULL_CONTROLS
from dasnet_conformance.proof.faults.registry import load_faults, proving
from dasnet_conformance.proof.kill_matrix import adapter_of, build
from dasnet_conformance.running.isolation import Job, run_jobs

REQUIREMENTS = {
    name: requirement
    for name, requirement in load_catalogue().requirements.items()
    if requirement.section in PROFILES[HTTP].sections
}
FAULTS = [name for name, entry in load_faults().items() if SECTIONS[entry.section].name == HTTP]
OF_HTTP = ("ok_to_any_request", "refuses_any_request", "answers_no_request")


def test_every_must_and_should_has_a_fault() -> None:
    wanted = {name for name, requirement in REQUIREMENTS.items() if requirement.level != "MAY"}
    assert wanted <= set(proving())


def test_the_sound_server_conforms_strictly() -> None:
    main = "import sys; from dasnet_conformance.cli import main; sys.exit(main())"
    module = "python:dasnet_conformance.proof.faults.sound"
    command = [sys.executable, "-c", main, "run", module, "--profile", HTTP, "--strict"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    assert ran.returncode == 0, ran.stdout
    assert f"sound server: conforming ({len(REQUIREMENTS)} pass)" in ran.stdout


@pytest.mark.timeout(600)
def test_every_fault_is_caught_where_it_is_named() -> None:
    assert not build(FAULTS, workers=2).problems()


def test_no_must_passes_on_every_null_control_and_none_conforms() -> None:
    musts = tuple(name for name, requirement in REQUIREMENTS.items() if requirement.level == "MUST")
    results = run_jobs([Job(name, musts, 5.0) for name in OF_HTTP], adapter_of, workers=2, factor=0.02)
    passed = [{each.requirement for each in outcomes if each.verdict == "pass"} for outcomes in results]
    assert set(OF_HTTP) <= set(NULL_CONTROLS)
    assert not set.intersection(*passed)
    assert all(len(each) < len(musts) // 4 for each in passed)
