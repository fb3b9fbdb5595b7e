"""What the reports say of a run that was held against a baseline: green where its exit status is 0, red where it is
not, and a known failure is never taken for a pass."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from results_builders import WELL, build_results, build_row

from dasnet_reports import (
    BaselineFinding,
    BaselineOutcome,
    Results,
    Sanity,
    SanityResult,
    Verdict,
    is_as_listed,
    known_failures,
)
from dasnet_reports.as_html import render as as_html
from dasnet_reports.as_junit import render as as_junit
from dasnet_reports.as_markdown import render as as_markdown

PASSES = build_row(id="init.passes")
FAILS = build_row("fail", id="send.fails", message="expected 5, got 4")
LACKS = build_row("unsupported", id="save.lacks", message="no such part")
OPEN = build_row("inconclusive", id="data.open", message="the driver died")
WRONG = Sanity(SanityResult(Verdict.FAIL, "nobody listens"), SanityResult(Verdict.FAIL, "nobody listens"))


def held(
    *rows: object, listed: tuple[str, ...], found: tuple[BaselineFinding, ...] = (), sanity: Sanity = WELL
) -> Results:
    return build_results(rows, sanity=sanity, baseline=BaselineOutcome(listed, found))  # type: ignore[arg-type]


AS_LISTED = held(PASSES, FAILS, LACKS, listed=("send.fails", "save.lacks"))
PASSES_THOUGH_LISTED = held(
    *(PASSES, FAILS),
    listed=("send.fails", "init.passes"),
    found=(BaselineFinding("passes", "init.passes", "it is listed as a known failure and passes"),),
)
NOT_LISTED = held(PASSES, FAILS, listed=(), found=(BaselineFinding("not listed", "send.fails", "expected 5, got 4"),))
OPEN_BESIDE = held(PASSES, FAILS, OPEN, listed=("send.fails",))
WRONG_FROM_THE_START = held(PASSES, FAILS, listed=("send.fails",), sanity=WRONG)


def element_of(text: str, name: str) -> str:
    case = ET.fromstring(text).find(f".//testcase[@name='{name}']")
    assert case is not None
    return ", ".join(child.tag for child in case if child.tag != "system-out")


@pytest.mark.parametrize(
    ("results", "green", "known"),
    [
        (AS_LISTED, True, {"send.fails", "save.lacks"}),
        (PASSES_THOUGH_LISTED, False, {"send.fails"}),
        (NOT_LISTED, False, set()),
        (OPEN_BESIDE, False, {"send.fails"}),
        (WRONG_FROM_THE_START, True, {"send.fails"}),
        (build_results([PASSES, FAILS]), False, set()),
    ],
)
def test_green_is_as_listed_and_nothing_else(results: Results, green: bool, known: set[str]) -> None:
    assert is_as_listed(results) is green
    assert known_failures(results) == known
    text = as_junit(results)
    xmlschema.XMLSchema(str(Path(__file__).parents[1] / "data" / "junit.xsd")).validate(text)
    root = ET.fromstring(text)
    assert (root.get("failures"), root.get("errors")) == ("0", "0") or not green
    assert (root.get("failures"), root.get("errors")) != ("0", "0") or green


def test_a_known_failure_is_skipped_and_says_why() -> None:
    text = as_junit(AS_LISTED)
    assert element_of(text, "send.fails") == "skipped"
    assert 'message="known failure, fail: expected 5, got 4"' in text
    assert element_of(as_junit(NOT_LISTED), "send.fails") == "failure"


def test_a_difference_without_a_failed_row_has_a_case_of_its_own() -> None:
    root = ET.fromstring(as_junit(PASSES_THOUGH_LISTED))
    cases = root.findall(".//testcase[@classname='dasnet.baseline']")
    assert [(case.get("name"), case[0].tag, case[0].get("type")) for case in cases] == [
        ("init.passes", "failure", "passes")
    ]


def test_markdown_tells_of_the_list() -> None:
    assert "Baseline: **as listed**, 2 known failures" in as_markdown(AS_LISTED)
    assert "MUST, core, a known failure" in as_markdown(AS_LISTED)
    differs = as_markdown(PASSES_THOUGH_LISTED)
    assert "Baseline: **1 difference** from 2 known failures." in differs
    assert "| <code>init.passes</code> | passes | <code>it is listed as a known failure and passes</code> |" in differs
    assert "Baseline: **verdicts are open**." in as_markdown(OPEN_BESIDE)
    assert "Baseline" not in as_markdown(build_results([PASSES, FAILS]))


def test_the_page_tells_of_the_list() -> None:
    page = as_html(AS_LISTED)
    assert '<div class="alert pass">\n<p><strong>Baseline: as listed.</strong> 2 known failures' in page
    assert "a known failure of the baseline" in page
    differs = as_html(PASSES_THOUGH_LISTED)
    assert '<div class="alert fail">\n<p><strong>Baseline: not as listed.</strong>' in differs
    assert "<strong>passes</strong>: <code>init.passes</code>" in differs
    assert "Baseline:" not in as_html(build_results([PASSES, FAILS]))
