"""Faults of the catalogue made anew in another language and judged through the line protocol, so that what the suite
sees is not a matter of the sound server, of Python, or of one process. Runs Node.js."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dasnet_adapters.contract import Adapter
from dasnet_adapters.resolve import resolve
from dasnet_conformance.proof.faults.registry import load_faults
from dasnet_conformance.running import direct
from dasnet_conformance.stage import bounds
from dasnet_conformance.stage.ports import Ports
from toolchains import need

DRIVER = Path(__file__).parent / "javascript" / "faulty_driver.js"

#: How many there are at least.
A_DOZEN = 12


def node() -> str:
    """Node.js, which the test needs."""
    need(["node"], "Node.js 18 or later (Debian: nodejs)")
    return "node"


def faulty(name: str) -> Adapter:
    """The driver of one of them."""
    return resolve(f"driver:{node()} '{DRIVER}' {name}")


@pytest.fixture(scope="module")
def names() -> list[str]:
    done = subprocess.run([node(), DRIVER], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.split()


@pytest.fixture
def ports() -> Iterator[Ports]:
    ports = Ports()
    yield ports
    ports.close()


def test_they_are_faults_of_the_catalogue(names: list[str]) -> None:
    assert len(names) >= A_DOZEN
    assert set(names) <= set(load_faults())


def wanted(names: list[str]) -> dict[str, tuple[str, ...]]:
    """Name -> the requirements that have to fail on it."""
    return {name: load_faults()[name].kills for name in names}


def test_each_is_caught_where_it_is_named(names: list[str], ports: Ports) -> None:
    missed = []
    with bounds.patience(0.02):
        for name, requirements in wanted(names).items():
            for requirement in requirements:
                with closing(faulty(name)) as adapter:
                    outcome = direct.run(requirement, adapter, ports)
                if not outcome.failed:
                    missed.append(f"{requirement} does not catch {name}: {outcome.verdict} {outcome.message}")
    assert missed == []


def test_the_sound_one_passes_what_catches_them(names: list[str], ports: Ports) -> None:
    requirements = {requirement for each in wanted(names).values() for requirement in each}
    with closing(faulty("sound")) as adapter:
        outcomes = [direct.run(requirement, adapter, ports) for requirement in sorted(requirements)]
    assert [outcome for outcome in outcomes if outcome.verdict != "pass"] == []
