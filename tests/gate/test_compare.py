"""Comparing two runs: what counts as a regression, and the three ways to print it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dasnet_conformance.cli import main
from dasnet_conformance.gate.compare import compare
from dasnet_reports import (
    Implementation,
    RequirementResult,
    Results,
    Sanity,
    SanityResult,
    Suite,
    conclude,
    write_reports,
)

GOOD = Sanity(SanityResult("pass", ""), SanityResult("pass", ""))  # type: ignore[arg-type]


def results(**verdicts: str) -> Results:
    """A run with these verdicts, by the requirement's name (an underscore stands for a dot)."""
    rows = [
        RequirementResult(
            name.replace("_", "."),
            "init",
            "MUST",
            "core",
            verdict,
            message="" if verdict == "pass" else "it differs",  # type: ignore[arg-type]
            excluded_reason="why" if verdict == "excluded" else "",
        )
        for name, verdict in verdicts.items()
    ]
    conclusion = conclude(rows, sanity=GOOD, claimed=["core"])
    return Results(
        suite=Suite("s", "1"), implementation=Implementation("i", "1", "l"), profiles=conclusion.profiles,
        verdict=conclusion.verdict, counts=conclusion.counts, requirements=tuple(rows), environment={}, seed=0,
        started="2026-01-01T00:00:00Z", duration_s=1.0, strict=False, sanity=GOOD,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("pass", "fail", "regressions"),
        ("pass", "unsupported", "regressions"),
        ("pass", "inconclusive", "regressions"),
        ("unsupported", "fail", "regressions"),
        ("fail", "pass", "fixes"),
        ("unsupported", "pass", "fixes"),
        ("fail", "unsupported", "others"),
        ("fail", "inconclusive", "others"),
        ("unsupported", "inconclusive", "others"),
        ("pass", "excluded", "others"),
        ("excluded", "pass", "others"),
    ],
)
def test_a_change_goes_to_its_list(old: str, new: str, where: str) -> None:
    comparison = compare(results(a_b=old), results(a_b=new))
    lists = {name: getattr(comparison, name) for name in ("regressions", "fixes", "others", "added", "removed")}
    assert [name for name, changes in lists.items() if changes] == [where]
    (change,) = lists[where]
    assert (change.requirement, change.old, change.new) == ("a.b", old, new)


def test_equal_runs_do_not_differ() -> None:
    comparison = compare(results(a_b="pass", c_d="fail"), results(a_b="pass", c_d="fail"))
    assert not any(vars(comparison).values())


def test_a_new_requirement_that_fails_is_a_regression_and_a_removed_one_is_not() -> None:
    comparison = compare(results(a_b="pass"), results(c_d="fail"))
    assert [c.requirement for c in comparison.regressions] == ["c.d"]
    assert [c.requirement for c in comparison.added] == ["c.d"]
    assert [c.requirement for c in comparison.removed] == ["a.b"]
    assert compare(results(a_b="pass"), results(c_d="pass")).regressions == []


@pytest.fixture
def reports(tmp_path: Path) -> tuple[str, str]:
    write_reports(results(a_b="pass", c_d="fail", e_f="pass"), tmp_path / "old")
    write_reports(results(a_b="fail", c_d="pass", g_h="pass"), tmp_path / "new")
    return str(tmp_path / "old"), str(tmp_path / "new" / "results.json")


def test_the_command_ends_with_1_on_a_regression_only(reports: tuple[str, str]) -> None:
    old, new = reports
    assert main(["compare", old, new]) == 1
    assert main(["compare", old, old]) == 0


def test_the_text_names_every_change(reports: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    main(["compare", *reports])
    told = capsys.readouterr().out
    for line in ("regressions: 1", "a.b (MUST): pass -> fail", "a.b: it differs", "c.d (MUST): fail -> pass"):
        assert line in told
    assert "new requirements: 1" in told
    assert "removed requirements: 1" in told


def test_markdown_and_json_say_the_same(reports: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    main(["compare", *reports, "--format", "markdown"])
    assert "| `a.b` | MUST | pass -> fail |" in capsys.readouterr().out
    main(["compare", *reports, "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    assert [change["requirement"] for change in document["regressions"]] == ["a.b"]


@pytest.mark.parametrize("style", ["text", "markdown"])
def test_no_difference_is_said(style: str, reports: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", reports[0], reports[0], "--format", style]) == 0
    assert "o difference" in capsys.readouterr().out


def test_what_is_no_results_file_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.json").write_text("{}", "utf-8")
    assert main(["compare", str(tmp_path / "x.json"), str(tmp_path / "nothing")]) == 3
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_matrix_is_written_with_links_to_the_reports(
    reports: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["matrix", *reports, "-o", str(tmp_path / "matrix")]) == 0
    assert "2 runs" in capsys.readouterr().out
    page = (tmp_path / "matrix" / "index.html").read_text("utf-8")
    assert "../old/index.html" in page
    assert "../new/index.html" in page
