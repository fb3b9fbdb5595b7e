"""The badge: well-formed, says what the results say, and takes nothing from an implementation."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest
from results_builders import Make, Row

from dasnet_reports import Results, render_badge, render_endpoint
from dasnet_reports.badge import message

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("verdicts", "words", "colour"),
    [
        (["pass", "pass"], "conforming, 2/2 pass", "1a6a3b"),
        (["pass", "excluded"], "conforming, 1/2 pass", "1a6a3b"),
        (["pass", "fail"], "non-conforming, 1/2 pass", "ac1f17"),
        (["pass", "inconclusive"], "inconclusive, 1/2 pass", "5b4a8a"),
        ([], "inconclusive, 0/0 pass", "5b4a8a"),
    ],
)
def test_it_says_verdict_and_counts(make: Make, row: Row, verdicts: list[str], words: str, colour: str) -> None:
    results = make([row(verdict, id=f"row.{number}") for number, verdict in enumerate(verdicts)])
    assert message(results) == words
    drawing = render_badge(results)
    assert f"#{colour}" in drawing
    document = json.loads(render_endpoint(results))
    assert document == {
        "schemaVersion": 1,
        "label": "dasnet",
        "message": words,
        "color": colour,
        "isError": not words.startswith("conforming"),
    }


def test_it_is_svg_with_a_name(small: Results) -> None:
    root = ET.fromstring(render_badge(small))
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root.get("aria-label") == "dasnet: non-conforming, 2/9 pass"
    assert [text.text for text in root.iter(f"{SVG}text")] == ["dasnet", "non-conforming, 2/9 pass"]
    ends = [int(text.get("x", "0")) + int(text.get("textLength", "0")) for text in root.iter(f"{SVG}text")]
    assert max(ends) < int(root.get("width", "0"))


def test_nothing_foreign_is_in_it(hostile_results: Results, make: Make, row: Row) -> None:
    assert len(render_badge(hostile_results)) < 1_200
    ET.fromstring(render_badge(hostile_results))
    assert render_badge(make([row()])) == render_badge(make([row(message="other", observed="x")]))
