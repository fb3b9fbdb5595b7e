"""The baseline: each way to differ from it fails the gate, and the commands that keep it say no where they must."""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
import shutil
from pathlib import Path

import pytest

from conformance_tools import once
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.cli import main
from dasnet_conformance.gate.baseline import BaselineError, Kind, KnownFailure, compare, read_baseline, spell
from dasnet_conformance.gate.finishing import finish
from dasnet_conformance.running.conclusion import Judged
from dasnet_reports import RequirementResult, Results, load, write_reports

#: An implementation with three faults, written as a porter would meet them.
FAULTY = """
from dasnet_reference import *
import dasnet_reference as _whole
from dasnet_reference import Server as _Server

class Server(_Server):
    def init(self, port):
        return super().init(port % 65536)            # wraps a port that does not exist

    def has_session(self):
        return self.is_open()                        # mistakes the listener for a client

    def send(self, data, size):
        return super().send(data, len(data))         # ignores the size
"""
ENTRY = KnownFailure("init.port-zero", "because", "issue 1", "somebody")
TODAY = datetime.date(2026, 6, 1)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a whole run of an implementation with three faults."""

    def judge(folder: Path) -> None:
        (folder / "faulty_network.py").write_text(FAULTY, "utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            assert main(["run", "python:faulty_network", "--report-dir", str(folder / "report")]) == 1

    return once(tmp_path_factory, "faulty", judge) / "report"


@pytest.fixture(scope="module")
def results(report: Path) -> Results:
    return load(report / "results.json")


@pytest.fixture(scope="module")
def listed(report: Path, tmp_path_factory: pytest.TempPathFactory) -> list[KnownFailure]:
    file = tmp_path_factory.mktemp("baseline") / "baseline.toml"
    assert main(["baseline", "write", str(report), str(file), "--owner", "team", "--issue", "issue 7"]) == 0
    return read_baseline(file)


def _kinds(results: Results, listed: list[KnownFailure], today: datetime.date = TODAY) -> list[tuple[Kind, str]]:
    return [(f.kind, f.requirement) for f in compare(results, listed, load_catalogue().requirements, today)]


def _with_row(results: Results, name: str, **changes: object) -> Results:
    rows = [dataclasses.replace(row, **changes) if row.id == name else row for row in results.requirements]  # type: ignore[arg-type]
    return dataclasses.replace(results, requirements=tuple(rows))


def test_a_baseline_written_from_a_run_agrees_with_it(results: Results, listed: list[KnownFailure]) -> None:
    assert {"init.port-not-wrapped", "send.first-size-bytes", "state.listening.has-session"} <= {
        entry.requirement for entry in listed
    }
    assert _kinds(results, listed) == []


def test_a_failure_that_is_not_listed_fails_the_gate(results: Results, listed: list[KnownFailure]) -> None:
    assert _kinds(results, listed[1:]) == [(Kind.NOT_LISTED, listed[0].requirement)]


def test_a_listed_failure_that_passes_fails_the_gate(results: Results, listed: list[KnownFailure]) -> None:
    name = listed[0].requirement
    passing = _with_row(results, name, verdict="pass", message="", blocked_by="")
    assert _kinds(passing, listed) == [(Kind.PASSES, name)]


def test_a_listed_failure_with_another_reason_fails_the_gate(results: Results, listed: list[KnownFailure]) -> None:
    name = listed[0].requirement
    assert _kinds(_with_row(results, name, message="something else"), listed) == [(Kind.REASON_CHANGED, name)]


@pytest.mark.parametrize(("expires", "finds"), [(TODAY, True), (TODAY + datetime.timedelta(1), False)])
def test_an_entry_that_has_expired_fails_the_gate(
    expires: datetime.date, finds: bool, results: Results, listed: list[KnownFailure]
) -> None:
    entries = [dataclasses.replace(listed[0], expires=expires), *listed[1:]]
    assert _kinds(results, entries) == ([(Kind.EXPIRED, listed[0].requirement)] if finds else [])


@pytest.mark.parametrize("how", ["removed", "excluded", "inconclusive"])
def test_a_listed_failure_that_was_not_run_fails_the_gate(
    how: str, results: Results, listed: list[KnownFailure]
) -> None:
    name = listed[0].requirement
    if how == "removed":
        rows = tuple(row for row in results.requirements if row.id != name)
        results = dataclasses.replace(results, requirements=rows)
    else:
        reason = "for a reason" if how == "excluded" else ""
        results = _with_row(results, name, verdict=how, blocked_by="", excluded_reason=reason)
    assert _kinds(results, listed) == [(Kind.NOT_RUN, name)]


def test_an_entry_that_names_no_requirement_fails_the_gate(results: Results, listed: list[KnownFailure]) -> None:
    entry = dataclasses.replace(ENTRY, requirement="init.no-such-thing")
    assert _kinds(results, [*listed, entry]) == [(Kind.UNKNOWN, "init.no-such-thing")]


def test_a_run_gates_on_its_baseline(
    report: Path, listed: list[KnownFailure], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(report.parent)
    file = tmp_path / "baseline.toml"
    file.write_text(spell(listed), "utf-8")
    run = ["run", "python:faulty_network", "--report-dir", str(tmp_path / "report")]
    assert main([*run, "--baseline", str(file)]) == 0
    written = load(tmp_path / "report" / "results.json")
    assert written.baseline is not None
    assert written.baseline.findings == ()
    assert written.verdict.value == "non-conforming"
    # The same list, one entry short: a new failure. Then a part of the suite only: what was not run could be anything.
    short = tmp_path / "short.toml"
    short.write_text(spell(listed[1:]), "utf-8")
    assert finish(Judged(written, 1), baseline=short).exit_status == 1
    assert main([*run, "--baseline", str(file), "init.free-port"]) == 1


def test_an_open_verdict_beside_a_known_failure_is_no_green(
    results: Results, listed: list[KnownFailure], tmp_path: Path
) -> None:
    """The known failure decides the overall verdict, and behind it the open one would go unnoticed."""
    file = tmp_path / "baseline.toml"
    file.write_text(spell(listed), "utf-8")
    judged = Judged(_with_row(results, "data.zeros", verdict="inconclusive"), 1)
    assert finish(judged, baseline=file).exit_status == 2
    assert finish(Judged(results, 1), baseline=file).exit_status == 0


def test_what_is_spelled_is_read_again(tmp_path: Path) -> None:
    nasty = 'quotes " and \\ and \x1b[31m and\nlines'
    entries = [KnownFailure("a.b", nasty, "i", "o", TODAY), KnownFailure("c.d", "r", "i", "o")]
    file = tmp_path / "b.toml"
    file.write_text(spell(entries), "utf-8")
    assert read_baseline(file) == entries


GOOD = '[[known-failure]]\nrequirement = "a.b"\nreason = "r"\nissue = "i"\nowner = "o"\n'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("nonsense", "is no TOML"),
        ("[known]\n", "unknown key known"),
        ("[known-failure]\n", "two brackets"),
        (GOOD.replace("owner", "ower"), "unknown key ower"),
        (GOOD.replace('"o"', '""'), "owner is missing or empty"),
        (GOOD.replace('reason = "r"\n', ""), "reason is missing"),
        (GOOD.replace('"r"', "3"), "reason must be a text"),
        (GOOD + 'expires = "soon"\n', "expires must be a date"),
        (GOOD + "expires = 2026-01-01T00:00:00\n", "expires must be a date"),
        (GOOD + GOOD, "listed twice"),
    ],
)
def test_a_baseline_that_cannot_be_used_is_refused_with_its_place(text: str, complaint: str, tmp_path: Path) -> None:
    file = tmp_path / "b.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(BaselineError, match=complaint) as caught:
        read_baseline(file)
    assert str(file) in str(caught.value)


def test_writing_over_a_baseline_is_refused(report: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "b.toml"
    file.write_text(GOOD, "utf-8")
    assert main(["baseline", "write", str(report), str(file), "--owner", "o", "--issue", "i"]) == 3
    assert "exists" in capsys.readouterr().err
    assert file.read_text("utf-8") == GOOD


def test_a_failure_is_listed_with_an_owner_and_an_issue_only(report: Path, tmp_path: Path) -> None:
    assert main(["baseline", "write", str(report), str(tmp_path / "b.toml"), "--owner", "o"]) == 3
    assert not (tmp_path / "b.toml").exists()


def test_an_update_shrinks_and_grows_only_when_told_to(
    report: Path, listed: list[KnownFailure], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "b.toml"
    file.write_text(spell([*listed[1:], ENTRY]), "utf-8")
    assert main(["baseline", "update", str(report), str(file)]) == 1
    assert listed[0].requirement in capsys.readouterr().out
    assert read_baseline(file) == listed[1:]
    assert main(["baseline", "update", str(report), str(file), "--accept", "--owner", "o", "--issue", "i"]) == 0
    assert {entry.requirement for entry in read_baseline(file)} == {entry.requirement for entry in listed}


def test_an_update_of_some_leaves_the_others_as_they_are(
    report: Path, listed: list[KnownFailure], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = listed[:2]
    file = tmp_path / "b.toml"
    given = ["baseline", "update", str(report), str(file)]
    file.write_text(spell([ENTRY]), "utf-8")
    accepted = ["--accept", "--owner", "o", "--issue", "i"]
    assert main([*given, first.requirement.upper(), *accepted]) == 0
    told = capsys.readouterr().out
    assert "not listed, for they were not asked for: " in told
    assert second.requirement in told
    # The entry that no longer fails was not asked about either.
    assert {entry.requirement for entry in read_baseline(file)} == {ENTRY.requirement, first.requirement}
    assert main([*given, ENTRY.requirement]) == 0
    assert {entry.requirement for entry in read_baseline(file)} == {first.requirement}
    assert main([*given, second.requirement]) == 1
    assert main([*given, "xyzzy"]) == 3


def test_a_new_list_can_be_of_some(report: Path, listed: list[KnownFailure], tmp_path: Path) -> None:
    file = tmp_path / "b.toml"
    name = listed[0].requirement
    assert main(["baseline", "write", str(report), str(file), name, "--owner", "o", "--issue", "i"]) == 0
    assert [entry.requirement for entry in read_baseline(file)] == [name]


def test_a_run_by_ids_is_known_as_a_part(results: Results) -> None:
    finished = finish(Judged(dataclasses.replace(results, selection=""), 1), ids=("send", "init.*"), profiles=("core",))
    assert finished.results is not None
    assert finished.results.selection == "send init.* --profile core"


@pytest.mark.parametrize("why", ["filtered", "inconclusive"])
def test_a_run_that_proves_little_makes_no_baseline(
    why: str, results: Results, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changes = {"selection": "-k init"} if why == "filtered" else {"verdict": "inconclusive"}
    write_reports(dataclasses.replace(results, **changes), tmp_path)  # type: ignore[arg-type]
    assert main(["baseline", "write", str(tmp_path), str(tmp_path / "b.toml"), "--owner", "o", "--issue", "i"]) == 3
    assert why in capsys.readouterr().err


class TestVerifyReport:
    """`dasnet verify-report` notices what was done to a report."""

    @pytest.fixture
    def copy(self, report: Path, tmp_path: Path) -> Path:
        (tmp_path / "results.json").write_bytes((report / "results.json").read_bytes())
        return tmp_path

    @pytest.fixture
    def whole(self, report: Path, tmp_path: Path) -> Path:
        return Path(shutil.copytree(report, tmp_path / "whole"))

    def test_every_file_of_a_report_is_covered_or_named(self, whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (whole / "notes.txt").write_text("mine", "utf-8")
        assert main(["verify-report", str(whole)]) == 0
        told = capsys.readouterr().out.splitlines()
        assert told[0] == "not covered: notes.txt: no part of a report"
        assert re.fullmatch(r"not covered: repro/ \(\d+ files\): recordings, .*", told[1])
        assert told[2:] == ["the report verifies"]

    @pytest.mark.parametrize("name", ["junit.xml", "summary.md", "index.html", "badge.svg", "badge.json"])
    def test_an_edited_file_beside_the_results(
        self, name: str, whole: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        text = (whole / name).read_text("utf-8")
        assert "non-conforming" in text or "failures=" in text
        (whole / name).write_text(text.replace("non-conforming", "conforming").replace("failures=", "f="), "utf-8")
        assert main(["verify-report", str(whole)]) == 1
        assert f"no match: {name} is not what is drawn from results.json" in capsys.readouterr().out

    def test_files_that_are_not_there_are_named(self, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["verify-report", str(copy)]) == 0
        told = capsys.readouterr().out.splitlines()
        assert told[0] == "not covered: badge.json, badge.svg, index.html, junit.xml, summary.md: not there"

    def _edit(self, copy: Path, change: object) -> None:
        document = json.loads((copy / "results.json").read_text("utf-8"))
        change(document)  # type: ignore[operator]
        (copy / "results.json").write_text(json.dumps(document), "utf-8")

    def test_an_untouched_report_verifies(self, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["verify-report", str(copy)]) == 0
        assert "the report verifies" in capsys.readouterr().out

    def test_an_edited_verdict(self, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._edit(copy, lambda document: document.update(verdict="conforming"))
        assert main(["verify-report", str(copy)]) == 1
        told = capsys.readouterr().out
        assert "the rows amount to non-conforming, and the file says conforming" in told
        assert "seal does not fit" in told

    def test_an_edited_message(self, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._edit(copy, lambda document: document["requirements"][0].update(message="nothing to see here"))
        assert main(["verify-report", str(copy)]) == 1
        assert "seal does not fit" in capsys.readouterr().out

    def test_a_removed_row(self, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._edit(copy, lambda document: document["requirements"].pop(3))
        assert main(["verify-report", str(copy)]) == 1
        told = capsys.readouterr().out
        assert "rows are missing" in told
        assert "counts do not fit" in told

    @pytest.mark.parametrize("what", ["catalogue", "suite"])
    def test_another_catalogue_or_suite(self, what: str, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._edit(copy, lambda document: document["hashes"].update({what: "0" * 64}))
        assert main(["verify-report", str(copy)]) == 1
        assert f"the {what} is another one" in capsys.readouterr().out

    def test_another_version_of_the_suite(self, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._edit(copy, lambda document: document["suite"].update(version="99.0"))
        assert main(["verify-report", str(copy)]) == 1
        assert "made by dasnet-conformance 99.0" in capsys.readouterr().out

    @pytest.mark.parametrize("what", ["baseline", "implementation-file"])
    def test_a_file_that_the_run_did_not_have(self, what: str, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (copy / "b.toml").write_text(GOOD, "utf-8")
        assert main(["verify-report", str(copy), f"--{what}", str(copy / "b.toml")]) == 1
        assert f"did not depend on any {what.replace('-', ' ')}, and" in capsys.readouterr().out

    @pytest.mark.parametrize("missing", ["report", "baseline"])
    def test_what_is_not_there_is_a_usage_error(
        self, missing: str, copy: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        if missing == "report":
            given = [str(copy / "nowhere")]
        else:
            # A run that had one, so that the file is asked for.
            self._edit(copy, lambda document: document["hashes"].update({"baseline": "0" * 64}))
            given = [str(copy), "--baseline", str(copy / "nowhere.toml")]
        assert main(["verify-report", *given]) == 3
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_excluded_rows_are_no_failures(results: Results) -> None:
    row = next(row for row in results.requirements if row.verdict.value == "fail")
    excluded = RequirementResult(
        row.id,
        row.section,
        row.level,
        row.profile,
        "excluded",
        excluded_reason="not ported",  # type: ignore[arg-type]
    )
    rows = tuple(excluded if each.id == row.id else each for each in results.requirements)
    findings = _kinds(dataclasses.replace(results, requirements=rows), [])
    assert row.id not in [name for _, name in findings]
