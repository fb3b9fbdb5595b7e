"""Shards of a proof put together: the matrix of one proof but for times, and what makes no whole is refused."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from faults_tools import outcomes, proved

from conformance_tools import assert_one_line
from dasnet_conformance.catalogue.shard import Shard
from dasnet_conformance.cli import main, prove_command
from dasnet_conformance.proof import kill_matrix, kill_report
from dasnet_conformance.proof.faults.registry import load_faults
from dasnet_conformance.proof.kill_matrix import Matrix
from dasnet_conformance.running.direct import Outcome
from dasnet_conformance.running.isolation import Job


def _part(matrix: Matrix, shard: Shard) -> Matrix:
    def held(outcomes: dict[str, Outcome]) -> dict[str, Outcome]:
        return {name: outcome for name, outcome in outcomes.items() if shard.holds(name)}

    faults = [entry for entry in matrix.faults if shard.holds(entry.name)]
    return replace(
        matrix,
        shard=shard,
        faults=faults,
        control=held(matrix.control),
        controls={name: held(each) for name, each in matrix.controls.items()},
        outcomes={entry.name: matrix.outcomes[entry.name] for entry in faults},
        duration_s=0.5,
    )


def _odd() -> Matrix:
    # One of each kind of problem, and a requirement that caught a fault unasked.
    matrix = proved(full=True)
    survivor, stranger = "ends_at_zero", "loses_last_chunk"
    matrix.outcomes[survivor] = outcomes("pass", *load_faults()[survivor].kills)
    matrix.outcomes[stranger] = {**matrix.outcomes[stranger], **outcomes("fail", "data.zeros")}
    matrix.control.update(outcomes("fail", "init.port-in-use"))
    hanging = next(entry for entry in matrix.faults if entry.hangs).kills[0]
    matrix.control[hanging] = replace(matrix.control[hanging], duration_s=2.5)
    for control in matrix.controls.values():
        control.update(outcomes("pass", "data.zeros"))
    return matrix


def _written(place: Path, matrix: Matrix) -> list[str]:
    for number in range(1, 4):
        kill_report.write(_part(matrix, Shard(number, 3)), place / str(number))
    kill_report.write(matrix, place / "whole")
    return [str(place / str(number)) for number in range(1, 4)]


def _matrix(directory: Path) -> Any:
    document = json.loads((directory / "kill-matrix.json").read_text("utf-8"))
    document.pop("duration_s")
    return document


def test_three_shards_merged_are_the_matrix_of_one_proof(tmp_path: Path) -> None:
    shards = _written(tmp_path, proved())
    assert main(["merge", *reversed(shards), "-o", str(tmp_path / "merged")]) == 0
    assert _matrix(tmp_path / "merged") == _matrix(tmp_path / "whole")
    markdown = [(tmp_path / name / "kill-matrix.md").read_text("utf-8") for name in ("merged", "whole")]
    assert markdown[0] == markdown[1]


def test_problems_are_those_of_the_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shards = _written(tmp_path, _odd())
    assert main(["merge", *shards, "-o", str(tmp_path / "merged")]) == 1
    problems = _matrix(tmp_path / "merged")["problems"]
    assert problems == _matrix(tmp_path / "whole")["problems"]
    kinds = ("does not catch ends_at_zero", "does not pass init.port-in-use", "too close to the", "is vacuous")
    assert all(any(kind in text for text in problems) for kind in kinds)
    assert f"{len(problems)} problems, in 2 s" in capsys.readouterr().out


def test_a_shard_says_nothing_of_what_others_prove(tmp_path: Path) -> None:
    _written(tmp_path, proved())
    for number in "123":
        document = _matrix(tmp_path / number)
        assert document["problems"] == []
        assert "requirements proved" not in (tmp_path / number / "kill-matrix.md").read_text("utf-8").splitlines()[2]


def test_the_shards_of_a_proof_run_every_fault_and_every_control_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def ran(jobs: list[Job], *arguments: Any, **options: Any) -> list[list[Outcome]]:
        seen.extend((job.name, name) for job in jobs for name in job.requirements)
        return [list(outcomes("fail", *job.requirements).values()) for job in jobs]

    monkeypatch.setattr(kill_matrix, "run_jobs", ran)
    seen: list[tuple[str, str]] = []
    for number in range(1, 4):
        assert kill_matrix.build(shard=Shard(number, 3)).faults
    shards, seen = sorted(seen), []
    kill_matrix.build()
    assert shards == sorted(seen)
    assert len(set(shards)) == len(shards)


def test_a_shard_of_a_proof_is_run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def build(names: Any, **options: Any) -> Matrix:
        given.update(options)
        return _part(proved(), options["shard"])

    monkeypatch.setattr(prove_command, "build", build)
    assert main(["prove", "--shard", "2/3"]) == 0
    assert given["shard"] == Shard(2, 3)
    assert re.search(r"faults caught, \d+ of \d+ kills, 0 problems", capsys.readouterr().out)


def test_the_list_of_a_shard_is_its_part(capsys: pytest.CaptureFixture[str]) -> None:
    listed = []
    for number in range(1, 4):
        assert main(["prove", "--list", "--shard", f"{number}/3"]) == 0
        listed += re.findall(r"^  (\w+): ", capsys.readouterr().out, re.MULTILINE)
    assert sorted(listed) == sorted(load_faults())


def _broken(path: Path, **changed: Any) -> None:
    document = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**document, **changed}), "utf-8")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"full": True}, "differ in the use of --full"),
        ({"shard": ""}, "is a whole proof or one of chosen faults, and no shard"),
        ({"shard": "1/3"}, "overlap: both are shard 1/3"),
        ({"shard": "2/4"}, "make all of them with the same N"),
        ({"hashes": {}}, "merge where the same one is installed"),
        ({"suite": {"name": "dasnet-conformance", "version": "0.0.1"}}, "was made by dasnet-conformance 0.0.1"),
        ({"patience": 1.0}, "was made with patience 1.0"),
        ({"faults": []}, "is not where it belongs; run shard 2/3 again"),
        ({"control": {}}, "is not where it belongs"),
        ({"null_controls": {}}, "is not where it belongs"),
        ({"faults": [{}]}, "is not as it was written"),
        ({"suite": None}, "is no kill matrix of this suite"),
    ],
)
def test_what_makes_no_whole_is_refused_in_one_line(
    changed: dict[str, Any], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shards = _written(tmp_path, proved())
    _broken(tmp_path / "2" / "kill-matrix.json", **changed)
    assert main(["merge", *shards]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert_one_line(err)
    assert told in err


def test_a_proof_and_a_run_are_not_merged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shards = _written(tmp_path, proved())
    assert main(["merge", *shards, str(tmp_path / "results.json")]) == 3
    assert "merge each kind by itself" in capsys.readouterr().err
    assert main(["merge", *shards, "--baseline", "known.toml"]) == 3
    assert "a proof has no known failures" in capsys.readouterr().err
    assert main(["merge", *shards[:2]]) == 3
    assert "shard 3/3 is missing; give the results of dasnet prove --shard 3/3, too" in capsys.readouterr().err
    assert main(["prove", "--shard", "1/3", "--fault", "ends_at_zero"]) == 3
    assert "leave one of the two out" in capsys.readouterr().err
