"""The figures: read from the page's tables as they stand there, and drawn whole."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from making.markdown import cells, table, tables
from making.measured import Ratio, growths, ratios
from website.pictures import bars, curves, with_pictures

PAGE = (Path(__file__).parents[2] / "docs" / "performance.md").read_text("utf-8")


def test_every_ratio_of_the_page_is_read() -> None:
    rows = re.findall(r"^\| \d \| .*$", PAGE, re.MULTILINE)
    assert sum(map(len, ratios().values())) == len(rows) > 80
    first = ratios()["1"][0]
    assert first.figure == "idle tick, no client"
    assert first.low <= first.ratio <= first.high
    assert all(each.low <= each.high for found in ratios().values() for each in found)


def test_a_target_that_is_missed_is_drawn_as_that() -> None:
    one = Ratio("echo", "reference (1 s) / bare (2 s)", 0.5, 0.4, 0.6, "≤ 0.2", reached=False)
    svg = bars("Echo", [one])
    assert 'class="missed"' in svg
    assert 'class="target"' not in svg
    assert "reference / bare" in svg


@pytest.mark.parametrize("group", ratios())
def test_a_picture_is_well_formed_and_has_a_bar_per_ratio(group: str) -> None:
    figure = ElementTree.fromstring(bars("title", ratios()[group]))
    found = figure.findall(".//rect[@class='bar']")
    assert len(found) == len(ratios()[group])
    for bar in found:
        start, width = float(bar.attrib["x"].rstrip("%")), float(bar.attrib["width"].rstrip("%"))
        assert 0 <= start <= start + width <= 100


def test_growth_with_servers_payload_and_clients_is_drawn() -> None:
    assert [each.grows_with for each in growths()] == ["idle servers", "bytes of the message", "clients served before"]
    for growth in growths():
        figure = ElementTree.fromstring(curves(growth))
        dots = figure.findall(".//circle[@class='dot']")
        assert len(dots) == sum(len(curve.points) for curve in growth.curves)
        assert all(0 <= float(dot.attrib["cx"].rstrip("%")) <= 100 for dot in dots)


def test_the_pictures_stand_before_the_tables() -> None:
    text = with_pictures(PAGE)
    assert text.index("<svg") < text.index("## Figures\n") < text.index("| idle tick, no client |")
    with pytest.raises(ValueError, match="has no heading '## Figures'"):
        with_pictures("# Performance\n")


def test_tables_are_read_as_they_are_written() -> None:
    text = table(["a", "b"], [["1 | 2", "x"], ["", "y"]])
    assert tables(f"before\n\n{text}\n\nafter\n") == [[["a", "b"], ["1 | 2", "x"], ["", "y"]]]
    assert cells("| a\\|b | c |") == ["a|b", "c"]
