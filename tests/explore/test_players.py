"""The process that plays scripts, ended or frozen by what it plays: what is told of it, and that the next one works."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dasnet_adapters.contract import CORE, LOWLEVEL, AdapterBroken
from dasnet_conformance.explore.playing import players
from dasnet_conformance.explore.playing.in_process import HASTY, Manner
from dasnet_conformance.explore.playing.players import ProcessPlayer
from dasnet_conformance.explore.scripts.script import parse_script

FAULT = "python:dasnet_conformance.proof.faults:"
NEW = "host: construct object 1 of class A\n"
OPEN = "host: open object 1 of class A\n"
TICK = "host: tick object 1 1 times\n"


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ProcessPlayer]]:
    """Starts players, whose processes find the servers beside this file."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]))
    started: list[ProcessPlayer] = []

    def start(implementation: str) -> ProcessPlayer:
        started.append(ProcessPlayer(implementation))
        return started[-1]

    yield start
    for player in started:
        player.close()


def test_what_is_played_is_told_and_what_was_judged(start: Callable[[str], ProcessPlayer]) -> None:
    player = start(f"{FAULT}success_is_zero")
    assert tuple(player.profiles) == (CORE, LOWLEVEL)
    assert player.play(parse_script("host: settle").steps, HASTY) is None
    assert not player.judged
    divergence = player.play(parse_script(OPEN).steps, HASTY)
    assert divergence is not None
    assert divergence.requirement == "init.free-port"
    assert player.judged
    player.close()
    player.close()


def test_after_it_was_closed_a_player_plays_in_another_process(start: Callable[[str], ProcessPlayer]) -> None:
    player = start("reference")
    player.close()
    assert player.play(parse_script(OPEN).steps, HASTY) is None
    assert player.judged


@pytest.mark.parametrize(
    ("implementation", "script", "requirement", "message"),
    [
        (
            f"{FAULT}tick_without_handle_dies",
            NEW + TICK,
            "construct.tick-harmless",
            "tick: the process ended by itself with exit status 139",
        ),
        (
            f"{FAULT}second_destroy_dies",
            NEW + "host: destroy object 1\n" * 2,
            "destroy.twice",
            "destroy: the process ended by itself with exit status 139",
        ),
        (
            f"{FAULT}second_destroy_dies",
            f"{NEW}host: destroy object 1\n",
            "destroy.twice",
            "the end of the session: the process ended by itself with exit status 139",
        ),
        pytest.param(
            "python:odd_servers:killed_in_tick",
            OPEN + TICK,
            "tick.idle-returns",
            "tick: the process was killed by SIGKILL",
            marks=pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no signals here"),
        ),
    ],
)
def test_a_death_is_told_with_the_call_it_happened_in(
    start: Callable[[str], ProcessPlayer], implementation: str, script: str, requirement: str, message: str
) -> None:
    player = start(implementation)
    divergence = player.play(parse_script(script).steps, HASTY)
    assert divergence is not None
    assert (divergence.requirement, divergence.message) == (requirement, message)
    assert player.play(parse_script("host: settle").steps, HASTY) is None


def test_a_death_that_does_not_come_again_is_told_as_one(
    start: Callable[[str], ProcessPlayer], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ODD_SERVERS_MARK", str(tmp_path / "mark"))
    player = start("python:odd_servers:dies_the_first_time")
    divergence = player.play(parse_script(OPEN + TICK).steps, HASTY)
    assert divergence is not None
    assert divergence.requirement == "destroy.calls-after"
    assert divergence.message == (
        "the process ended by itself with exit status 9, and did not when the script was played again"
    )
    assert player.play(parse_script(OPEN + TICK).steps, HASTY) is None


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="signals cannot be held off here")
def test_a_process_that_is_frozen_is_ended(
    start: Callable[[str], ProcessPlayer], monkeypatch: pytest.MonkeyPatch
) -> None:
    player = start("python:odd_servers:freezes_in_tick")
    monkeypatch.setattr(players, "_FROZEN_AFTER", 0.25)
    divergence = player.play(parse_script(OPEN + TICK).steps, Manner(HASTY.patience, call_bound=0.5))
    assert divergence is not None
    assert divergence.requirement == "tick.idle-returns"
    assert divergence.message == "tick: the process made no progress and was ended"


@pytest.mark.parametrize(
    ("content", "culprit", "message"),
    [
        (
            "import os\nos._exit(3)\n",
            "implementation",
            "while the implementation was loaded, the process ended by itself with exit status 3",
        ),
        ("raise ValueError('not today')\n", "caller", "module unloadable cannot be imported: ValueError: not today"),
    ],
    ids=["ends the process", "raises"],
)
def test_what_cannot_be_loaded_is_no_finding(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str, culprit: str, message: str
) -> None:
    (tmp_path / "unloadable.py").write_text(content)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(AdapterBroken) as broken:
        ProcessPlayer("python:unloadable")
    assert str(broken.value) == message
    assert broken.value.culprit == culprit


def test_a_fault_of_the_suite_is_no_death_of_the_implementation() -> None:
    # A question in which a part is missing, as no player asks it.
    command = [sys.executable, "-m", "dasnet_conformance.explore.playing.worker", "reference"]
    asked = json.dumps({"steps": [NEW.strip()]}).encode() + b"\n"
    ended = subprocess.run(command, input=asked, capture_output=True, timeout=60, check=False)
    told = [json.loads(line) for line in ended.stdout.splitlines()]
    message, culprit, hint = told[-1]["broken"]
    assert (message, culprit) == ("the suite itself broke: KeyError('patience')", "adapter")
    assert "report" in hint
    assert b"Traceback" in ended.stderr
