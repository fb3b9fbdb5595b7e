"""`dasnet prove` and the faults in `dasnet explain`: what they print, and the exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from faults_tools import outcomes, proved

from dasnet_conformance.cli import main, prove_command
from dasnet_conformance.proof.faults.registry import load_faults
from dasnet_conformance.proof.kill_matrix import Matrix

FAULTS = load_faults()


def _give(monkeypatch: pytest.MonkeyPatch, matrix: Matrix) -> None:
    monkeypatch.setattr(prove_command, "build", lambda *arguments, **options: matrix)


def test_one_fault_is_run_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", "--fault", "ends_at_zero", "-n", "2"]) == 0
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith("data.zeros catches ends_at_zero: ")
    assert last.startswith("1 of 1 faults caught, 1 of 1 kills, 0 problems, in ")


def test_a_proved_suite_ends_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _give(monkeypatch, proved())
    assert main(["prove", "-o", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "null control do_nothing: passes 0 of" in told
    assert "kill-matrix.html" in told
    assert (tmp_path / "kill-matrix.json").exists()


def test_a_surviving_fault_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    entry = FAULTS["ends_at_zero"]
    matrix = proved(entry)
    matrix.outcomes[entry.name] = outcomes("pass", *entry.kills)
    _give(monkeypatch, matrix)
    assert main(["prove", "--fault", entry.name]) == 1
    assert "problem: the fault ends_at_zero survives the whole suite" in capsys.readouterr().out


def test_many_problems_are_cut(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    matrix = proved()
    matrix.control = outcomes("fail")
    _give(monkeypatch, matrix)
    assert main(["prove"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert len([line for line in told if line.startswith("problem: ")]) == prove_command.TOLD
    assert any(line.endswith("more; -o DIR keeps them all") for line in told)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--fault", "ends_at_zer"], "did you mean ends_at_zero"),
        (["--fault", "xyzzyxyzzy"], "`--list` names them all"),
        (["-n", "0"], "-n takes a number from 1 up"),
    ],
)
def test_the_callers_mistakes(given: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", *given]) == 3
    assert told in capsys.readouterr().err


def test_reports_that_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _give(monkeypatch, proved())
    occupied = tmp_path / "file"
    occupied.touch()
    assert main(["prove", "-o", str(occupied)]) == 3
    assert "it is a file; name a folder" in capsys.readouterr().err


def test_the_list_names_every_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", "--list"]) == 0
    told = capsys.readouterr().out
    assert all(f"  {entry.name}: {entry.sentence}\n" in told for entry in FAULTS.values())
    assert main(["prove", "--list", "--fault", "ends_at_zero"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_explain_names_the_faults_that_prove_a_requirement(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "data.zeros"]) == 0
    assert "ends_at_zero: Bytes are handed on as a C string" in capsys.readouterr().out
    assert main(["explain", "data.zeros", "--json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)["faults"]
    assert entry["address"] == "python:dasnet_conformance.proof.faults:ends_at_zero"
