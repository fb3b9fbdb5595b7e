"""junit.xml, through a schema and through a real reader."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import junitparser
import pytest
import xmlschema
from results_builders import WELL, Make, Row

from dasnet_reports import Results, Sanity, SanityResult, TranscriptEntry, Verdict
from dasnet_reports.as_junit import render
from dasnet_reports.hostile import HAZARD

BROKEN = SanityResult(Verdict.INCONCLUSIVE, "no answer")


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(Path(__file__).parents[1] / "data" / "junit.xsd"))


def cases(text: str) -> dict[str, junitparser.TestCase]:
    return {case.name: case for suite in junitparser.JUnitXml.fromstring(text.encode()) for case in suite}


def outcome(case: junitparser.TestCase) -> str:
    return case.result[0]._tag if case.result else "passed"


def test_a_small_run_is_valid_and_says_the_same(small: Results, schema: xmlschema.XMLSchema) -> None:
    text = render(small)
    schema.validate(text)
    found = cases(text)
    assert list(found) == [row.id for row in small.requirements]
    assert {name: outcome(case) for name, case in found.items()} == {
        "init.returns-true": "passed",
        "init.twice": "failure",
        "tick.delivers": "failure",
        "tick.order": "failure",
        "send.partial": "failure",
        "send.vector": "skipped",
        "save.orphan": "error",
        "save.twice": "skipped",
        "send.to-closed": "passed",
    }
    assert found["save.twice"].classname == "dasnet.save and restore"
    assert found["save.twice"].result[0].message == "excluded: issue *12*"
    assert found["init.twice"].result[0].type == "blocked"
    assert found["init.twice"].result[0].message.startswith("blocked: needs tick.delivers, which did not behave")
    assert found["tick.delivers"].result[0].message == "fail: expected: 7 bytes"
    assert found["tick.delivers"].result[0].text == "expected: 7 bytes\ngot: 6"
    assert found["tick.delivers"].system_out.splitlines()[-1] == "     2  suite   mismatch expected 7 bytes, got 6"
    assert "observed: refused at once" in found["send.to-closed"].system_out
    assert "without effect on the overall verdict" in found["tick.order"].system_out


def test_totals_add_up(small: Results) -> None:
    document = junitparser.JUnitXml.fromstring(render(small).encode())
    assert (document.tests, document.failures, document.errors, document.skipped) == (9, 4, 1, 2)
    (suite,) = document
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (9, 4, 1, 2)
    assert suite.time == document.time == 1.25
    assert suite.timestamp == "2024-05-01T10:00:00"
    assert {item.name: item.value for item in suite.properties()}["profile.core"] == "non-conforming"


@pytest.mark.parametrize(
    ("level", "verdict", "claimed", "strict", "element"),
    [
        ("MUST", "pass", "core", False, "passed"),
        ("MUST", "fail", "core", False, "failure"),
        ("MAY", "fail", "core", False, "failure"),
        ("MUST", "unsupported", "core", False, "failure"),
        ("SHOULD", "unsupported", "core", False, "skipped"),
        ("SHOULD", "unsupported", "core", True, "failure"),
        ("MUST", "unsupported", "lowlevel", False, "skipped"),
        ("MUST", "inconclusive", "core", False, "error"),
        ("MAY", "inconclusive", "core", False, "error"),
        ("MUST", "excluded", "core", False, "skipped"),
    ],
)
def test_rows_map_to_outcomes(
    make: Make, row: Row, level: str, verdict: str, claimed: str, strict: bool, element: str
) -> None:
    results = make([row(verdict, level, id="a.b")], claimed=[claimed], strict=strict)
    assert outcome(cases(render(results))["a.b"]) == element


@pytest.mark.parametrize(
    ("sanity", "verdict", "extra"),
    [
        (WELL, "pass", []),
        (WELL, "excluded", ["verdict"]),
        (Sanity(BROKEN, BROKEN), "pass", ["sanity.first", "sanity.last"]),
        (Sanity(WELL.first, BROKEN), "pass", ["sanity.last"]),
    ],
)
def test_red_runs_are_red_here_too(
    make: Make, row: Row, schema: xmlschema.XMLSchema, sanity: Sanity, verdict: str, extra: list[str]
) -> None:
    text = render(make([row(verdict, id="a.b")], sanity=sanity))
    schema.validate(text)
    found = cases(text)
    assert list(found) == ["a.b", *extra]
    assert [outcome(found[name]) for name in extra] == ["error"] * len(extra)


def test_a_run_without_rows_is_red(make: Make, schema: xmlschema.XMLSchema) -> None:
    text = render(make())
    schema.validate(text)
    assert list(cases(text)) == ["verdict"]


def test_hostile_text_stays_text(hostile_results: Results, schema: xmlschema.XMLSchema) -> None:
    text = render(hostile_results)
    assert not HAZARD.search(text)
    schema.validate(text)
    assert list(cases(text)) == [*(row.id for row in hostile_results.requirements), "sanity.last"]
    # Only our own elements: nothing of the text became markup.
    known = {"testsuites", "testsuite", "properties", "property", "testcase", "failure", "error", "skipped"}
    assert {element.tag for element in ET.fromstring(text.encode()).iter()} <= {*known, "system-out"}
    assert len(text.encode()) < 4 * 1024 * 1024


def test_every_character_there_is_can_be_written(make: Make, row: Row) -> None:
    chunk = 30_000
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    rows = [
        row("fail", id=f"row.{start}", message=everything[start : start + chunk])
        for start in range(0, len(everything), chunk)
    ]
    root = ET.fromstring(render(make(rows)).encode())
    assert "\\x1b" in (root.find(".//failure").text or "")  # type: ignore[union-attr]


def test_layout_of_messages_survives(make: Make, row: Row) -> None:
    message = "first <line>\n\tsecond & last"
    (case,) = cases(render(make([row("fail", message=message)]))).values()
    assert case.result[0].text == message
    assert case.result[0].message == "fail: first <line>"


def test_a_long_transcript_keeps_its_end(make: Make, row: Row) -> None:
    talk = tuple(TranscriptEntry(tick, "host", "call", f"tick({tick})") for tick in range(5_000))
    (case,) = cases(render(make([row("fail", transcript=talk)]))).values()
    lines = case.system_out.splitlines()
    assert len(lines) == 402
    assert "   100  … 4,600 entries left out …" in lines
    assert lines[-1].split() == ["4999", "host", "call", "tick(4999)"]


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('failures="4"', 'failures="-4"'),
        (' classname="dasnet.init"', ""),
        ("<system-out>", "<output>"),
        ('type="blocked"', ""),
        ("T10:00:00", "T10:00:00Z"),
        ("<testcase ", '<testcase level="MUST" '),
        ('name="tick.order"', 'name="tick.delivers"'),
    ],
)
def test_the_schema_refuses_what_readers_do_not_know(
    small: Results, schema: xmlschema.XMLSchema, good: str, bad: str
) -> None:
    text = render(small)
    assert good in text
    edited = text.replace(good, bad).replace("</system-out>", "</output>" if bad == "<output>" else "</system-out>")
    assert not schema.is_valid(edited)
