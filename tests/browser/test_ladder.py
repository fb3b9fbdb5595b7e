"""The ladder of a report, as a browser lays it out."""

from __future__ import annotations

from pathlib import Path

from chromium_driver import Browser
from results_builders import build_results, build_row

from dasnet_reports import TranscriptEntry, write_reports


def test_labels_end_before_the_line_they_would_cross(browser: Browser, tmp_path: Path) -> None:
    sides = [("host", "call"), ("host", "event"), ("peer 1", "send"), ("peer 1", "receive"), ("suite", "mismatch")]
    talk = [TranscriptEntry(0, side, kind, "W" * 300) for side, kind in sides]
    write_reports(build_results([build_row("fail", id="a", transcript=talk)]), tmp_path)
    browser.open(tmp_path / "index.html", "a")
    ends = browser.run(
        "return [...document.querySelectorAll('svg.ladder g text')].map((t) => t.getBBox()).map((b) => b.x + b.width)"
    )
    suite, host, peer, width = browser.run(
        """const svg = document.querySelector("svg.ladder");
        return [...svg.querySelectorAll(".name")].slice(0, 3).map((name) => Number(name.getAttribute("x")))
          .concat(svg.viewBox.baseVal.width)"""
    )
    assert suite < host < peer < width
    for end, limit in zip(ends[:4], [host, host, peer, peer], strict=True):
        assert end < limit
    # What went wrong is told whole, on as many lines as it takes.
    bar = browser.run(
        """const bar = document.querySelector("svg.ladder .mismatch");
        const box = bar.querySelector("rect").getBBox();
        const lines = [...bar.querySelectorAll("text")];
        return { right: box.x + box.width, bottom: box.y + box.height, text: lines.map((t) => t.textContent).join(""),
          ends: lines.map((t) => t.getBBox()).map((b) => [b.x + b.width, b.y + b.height]) };"""
    )
    assert bar["text"].count("W") == 300
    assert all(x < bar["right"] < width and y <= bar["bottom"] + 1 for x, y in bar["ends"])
