"""Shards of a run put together: the same report as one run's but for times, and what makes no whole is refused."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from conformance_tools import OPENING, Workshop, assert_one_line
from dasnet_conformance.catalogue.shard import Shard, with_shard
from dasnet_conformance.cli import main
from dasnet_conformance.proof.texts import catalogue_text
from dasnet_reports import Implementation, Results, Verdict, dump, load, write_reports

#: Of the profile lowlevel alone, which takes little time, and wrong in two things.
WRONG: Final = (
    OPENING
    + """\
def server_is_open(handle):
    return False


def make_server(adapter):
    return True
"""
)
FILE: Final = 'name = "port"\nimplementation = "python:port"\nprofiles = ["lowlevel"]\n'

#: What differs between any two runs: times, the course of a conversation, and the ports that the machine had free.
_TIMES: Final = {"started", "duration_s", "seal"}
_COURSE: Final = {"transcript"}
_PORT: Final = re.compile(r"\b\d{4,5}\b")


def _without_times(document: Any) -> Any:
    if isinstance(document, dict):
        return {key: _without_times(value) for key, value in document.items() if key not in _TIMES | _COURSE}
    if isinstance(document, list):
        return [_without_times(each) for each in document]
    return _PORT.sub("PORT", document) if isinstance(document, str) else document


def _results(directory: Path) -> Any:
    document = json.loads((directory / "results.json").read_text("utf-8"))
    # Which folder the report went to is in the command line, and no part of what was found.
    document["command"] = [word for word in document["command"] if not word.startswith("report-")]
    return _without_times(document)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wrong port, judged as a whole and in three shards; then the same against its known failures."""
    workshop = Workshop(tmp_path_factory.mktemp("shards"))
    (workshop.folder / "port.py").write_text(WRONG, "utf-8")
    (workshop.folder / "dasnet.toml").write_text(FILE, "utf-8")
    assert workshop.dasnet("run", "--strict", "--report-dir", "report-whole").status == 1
    listing = ("--owner", "me", "--issue", "issue 1")
    assert workshop.dasnet("baseline", "write", "report-whole", "known.toml", *listing).status == 0
    assert workshop.dasnet("run", "--strict", "--report-dir", "report-gated", "--baseline", "known.toml").status == 0
    for number in range(1, 4):
        shard = ("run", "--strict", "--shard", f"{number}/3", "--report-dir")
        workshop.dasnet(*shard, f"report-{number}")
        # A shard is held against its own part of the list.
        assert workshop.dasnet(*shard, f"report-gated-{number}", "--baseline", "known.toml").status == 0
    return workshop.folder


@pytest.fixture
def place(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, where the commands run."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


SHARDS: Final = ["report-1", "report-2", "report-3"]
GATED: Final = ["report-gated-1", "report-gated-2", "report-gated-3"]


def test_three_shards_have_each_row_once(made: Path) -> None:
    rows = [row.id for name in SHARDS for row in load(made / name / "results.json").requirements]
    whole = [row.id for row in load(made / "report-whole" / "results.json").requirements]
    assert sorted(rows) == sorted(whole)
    assert all(load(made / name / "results.json").requirements for name in SHARDS)


def test_three_shards_merged_are_the_report_of_one_run(place: Path) -> None:
    # In any order.
    assert main(["merge", *reversed(SHARDS), "-o", "merged"]) == 1
    assert _results(place / "merged") == _results(place / "report-whole")
    names = {path.name for path in (place / "report-whole").iterdir()}
    assert {path.name for path in (place / "merged").iterdir()} == names
    folders = {path.name for path in (place / "report-whole" / "repro").iterdir()}
    assert len(folders) >= 2
    assert {path.name for path in (place / "merged" / "repro").iterdir()} == folders
    assert all((place / "merged" / "repro" / name / "reproduce.py").is_file() for name in folders)


def test_one_run_taken_apart_and_merged_is_that_run(place: Path) -> None:
    # Everything, transcripts too, and the same text in each report; the times are those of the one run.
    whole = load(place / "report-whole" / "results.json")
    for number in range(1, 4):
        shard = Shard(number, 3)
        rows = tuple(row for row in whole.requirements if shard.holds(row.id))
        part = replace(whole, requirements=rows, selection=with_shard("", shard), duration_s=whole.duration_s / 3)
        path = place / "apart" / str(number) / "results.json"
        path.parent.mkdir(parents=True)
        # Its conclusion is not asked: a shard's own verdict is drawn anew with all others'.
        path.write_text(dump(part), "utf-8")
        shutil.copytree(place / "report-whole" / "repro", path.parent / "repro")
    assert main(["merge", *(f"apart/{number}" for number in (2, 3, 1)), "-o", "merged"]) == 1
    merged = load(place / "merged" / "results.json")
    assert merged == replace(whole, duration_s=merged.duration_s)
    assert merged.duration_s == pytest.approx(whole.duration_s, abs=1e-3)
    (place / "redrawn").mkdir()
    write_reports(replace(whole, duration_s=merged.duration_s), place / "redrawn", catalogue_text())
    for path in (place / "redrawn").iterdir():
        assert path.read_bytes() == (place / "merged" / path.name).read_bytes(), path.name


def test_what_was_merged_verifies_and_is_a_whole_run(place: Path) -> None:
    assert main(["merge", *SHARDS, "-o", "merged"]) == 1
    assert main(["verify-report", "merged"]) == 0
    assert load(place / "merged" / "results.json").selection == ""
    assert main(["baseline", "write", "merged", "new.toml", "--owner", "me", "--issue", "issue 1"]) == 0
    assert (place / "new.toml").read_text("utf-8") == (place / "known.toml").read_text("utf-8")


def test_shards_that_were_held_against_a_baseline_are_a_gate_together(place: Path) -> None:
    assert main(["merge", *GATED, "-o", "merged"]) == 0
    assert _results(place / "merged") == _results(place / "report-gated")


def test_the_whole_is_held_against_a_baseline(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["merge", *SHARDS, "--baseline", "known.toml", "-o", "merged"]) == 0
    assert load(place / "merged" / "results.json").baseline == load(place / "report-gated" / "results.json").baseline
    (place / "empty.toml").touch()
    assert main(["merge", *SHARDS, "--baseline", "empty.toml"]) == 1
    assert "baseline, not listed" in capsys.readouterr().out
    assert main(["merge", *GATED, "--baseline", "empty.toml"]) == 3
    assert "empty.toml is another list than the shards were held against" in capsys.readouterr().err


def test_folders_of_an_earlier_merge_do_not_stay(place: Path) -> None:
    assert main(["merge", *SHARDS, "-o", "merged"]) == 1
    stale = next(iter((place / "report-whole" / "repro").iterdir()))
    shutil.copytree(stale, place / "merged" / "repro" / "init.port-zero")
    assert main(["merge", *SHARDS, "-o", "merged"]) == 1
    assert not (place / "merged" / "repro" / "init.port-zero").exists()


Edit = Callable[[Results], Results]


def _edited(place: Path, change: Edit) -> None:
    path = place / "report-2" / "results.json"
    path.write_text(dump(change(load(path))), "utf-8")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda r: replace(r, seed=7), "differ in the seed (0; 7); give every shard the same --seed"),
        (lambda r: replace(r, strict=False), "differ in the use of --strict"),
        (lambda r: replace(r, reached="driver"), "differ in the way to it"),
        (lambda r: replace(r, suite=replace(r.suite, version="0.0.1")), "differ in the suite (dasnet-conformance "),
        (lambda r: replace(r, hashes={**r.hashes, "suite": "0" * 64}), "differ in the suite's code"),
        (lambda r: replace(r, hashes={**r.hashes, "implementation file": "0" * 64}), "in the implementation file"),
        (lambda r: replace(r, implementation=Implementation("other", "1", "")), "judge the same build in every shard"),
        (lambda r: replace(r, selection="send --shard 2/3"), "differ in the selection (everything; send)"),
        (lambda r: replace(r, selection="--shard 2/4"), "report-1/results.json is one of 3 shards and"),
        (lambda r: replace(r, selection="--shard 1/3"), "overlap: both are shard 1/3; give each shard once"),
        (lambda r: replace(r, selection="a\n\x1b[31mb --shard 2/3"), "differ in the selection (everything; a"),
        (lambda r: replace(r, selection=""), "is a whole run and no shard; make each with dasnet run --shard K/N"),
        (lambda r: replace(r, selection="the run was interrupted"), "is a part of a run (the run was interrupted)"),
        (lambda r: replace(r, requirements=r.requirements[1:]), "is missing from shard 2/3; run that shard again"),
        (lambda r: replace(r, requirements=(*r.requirements, _foreign(r))), "belongs to another shard than 2/3"),
    ],
)
def test_what_makes_no_whole_is_refused_in_one_line(
    change: Edit, told: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _edited(place, change)
    assert main(["merge", *SHARDS, "-o", "merged"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert_one_line(err)
    assert told in err
    assert not (place / "merged").exists()


def _foreign(results: Results) -> Any:
    return replace(results.requirements[0], id="no.such-requirement")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["report-1"], "shards 2/3, 3/3 are missing; give the results of dasnet run --shard 2/3, too"),
        (["report-1", "report-3"], "shard 2/3 is missing"),
        (["report-1", "report-1", "report-2", "report-3"], "overlap: both are shard 1/3"),
        (["report-1", "report-2", "gone"], "cannot be read"),
        ([*SHARDS, "-o", "report-1"], "-o report-1 holds report-1/results.json, a shard; name another folder"),
        ([*SHARDS, "--baseline", "gone.toml"], "gone.toml"),
    ],
)
def test_the_callers_mistakes(given: list[str], told: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["merge", *given]) == 3
    err = capsys.readouterr().err
    assert_one_line(err)
    assert told in err


def test_a_shard_that_was_edited_is_refused(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = place / "report-2" / "results.json"
    path.write_text(path.read_text("utf-8").replace('"verdict": "pass"', '"verdict": "fail"', 1), "utf-8")
    assert main(["merge", *SHARDS]) == 3
    assert "was edited after it was written; run that shard again" in capsys.readouterr().err


def test_a_shard_in_doubt_is_a_whole_in_doubt(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _edited(place, lambda r: replace(r, sanity=replace(r.sanity, last=replace(r.sanity.last, verdict=Verdict.FAIL))))
    assert main(["merge", *SHARDS, "-o", "merged"]) == 2
    assert "the last sanity conversation of a shard did not pass" in capsys.readouterr().out


def test_machines_of_several_kinds_are_all_named(place: Path) -> None:
    _edited(place, lambda r: replace(r, environment={**r.environment, "machine": "abacus"}))
    assert main(["merge", *SHARDS, "-o", "merged"]) == 1
    assert load(place / "merged" / "results.json").environment["machine"].endswith(" and abacus")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--shard", "4/3"], "there is no shard 4 of 3"),
        (["--shard", "1/3", "-x"], "leave out -x, --maxfail, --last-failed"),
        (["--shard", "x"], "a shard is written K/N, such as 2/3"),
        (["make-server.true", "--shard", "1/9999"], "holds none of what is to be judged; make fewer shards"),
    ],
)
def test_a_shard_that_cannot_be_meant(
    given: list[str], told: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "reference", *given]) == 3
    err = capsys.readouterr().err
    assert_one_line(err)
    assert told in err
