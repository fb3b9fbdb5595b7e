"""The written kill matrix: complete as data, harmless and alone as a page."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

from faults_tools import REQUIREMENTS, outcomes, proved

from dasnet_conformance.proof import kill_report
from dasnet_conformance.proof.faults.registry import load_faults

FAULTS = load_faults()


def test_the_figures_are_those_of_the_register() -> None:
    told = kill_report.counts(proved())
    assert told["faults"] == told["caught"] == len(FAULTS)
    assert told["kills"] == told["named_kills"] == sum(len(entry.kills) for entry in FAULTS.values())
    assert told["requirements"] == told["proved"] == sum(each.level != "MAY" for each in REQUIREMENTS.values())
    assert told["problems"] == 0


def test_the_headline_of_a_few_faults_says_nothing_of_the_catalogue() -> None:
    assert kill_report.headline(proved(FAULTS["loses_last_chunk"])) == "1 of 1 faults caught, 1 of 1 kills, 0 problems"


def test_the_data_are_complete() -> None:
    document = json.loads(kill_report.as_json(proved()))
    assert {row["name"] for row in document["faults"]} == set(FAULTS)
    assert {row["id"] for row in document["requirements"]} == set(REQUIREMENTS)
    assert all(row["caught"] for row in document["requirements"] if row["level"] != "MAY")
    assert document["faults"][0]["kills"][0]["message"] == "as <told>"


def test_every_fault_and_requirement_stands_in_the_markdown() -> None:
    text = kill_report.as_markdown(proved())
    assert all(f"| `{name}` |" in text for name in FAULTS)
    assert all(f"| {name} |" in text for name, each in REQUIREMENTS.items() if each.level != "MAY")
    assert "## Problems" not in text


def test_problems_come_first() -> None:
    entry = FAULTS["loses_last_chunk"]
    matrix = proved(entry)
    matrix.outcomes[entry.name] = outcomes("pass", *entry.kills)
    text = kill_report.as_markdown(matrix)
    assert "**not data.send-and-close** (pass)" in text
    assert text.index("## Problems") < text.index("## Controls")
    assert "&lt;told>" in text
    assert '<li class="no">the fault loses_last_chunk survives' in kill_report.as_html(matrix)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [given["href"] or ""] if tag == "a" else []
        # An icon that is no address, and a script that stands in the page.
        own = tag == "link" and given.get("href") == "data:,"
        self.loaded += [tag] if "src" in given or (tag in ("link", "told") and not own) else []
        if tag not in ("meta", "br", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_loads_nothing() -> None:
    page = _Page()
    page.feed(kill_report.as_html(proved(full=True)))
    page.close()
    assert page.open == []
    assert page.loaded == []
    assert len(set(page.ids)) == len(page.ids)
    beside = {"kill-matrix.md", "kill-matrix.json"}
    assert {link.removeprefix("#") for link in page.links} - beside <= set(page.ids)


def test_the_page_wears_the_dress_of_the_others() -> None:
    page = kill_report.as_html(proved())
    assert "light-dark(" in page
    assert 'id="_theme"' in page
    assert "Content-Security-Policy" in page


def test_requirements_that_caught_it_too_are_listed() -> None:
    entry = FAULTS["loses_last_chunk"]
    matrix = proved(entry, full=True)
    matrix.outcomes[entry.name] |= outcomes("fail", "data.zeros")
    assert "and 1 more" in kill_report.as_html(matrix)
    assert json.loads(kill_report.as_json(matrix))["faults"][0]["also_caught_by"] == ["data.zeros"]


def test_the_files_are_written(tmp_path: Path) -> None:
    paths = kill_report.write(proved(), tmp_path / "new" / "folder")
    assert [path.name for path in paths] == ["kill-matrix.json", "kill-matrix.md", "kill-matrix.html"]
    assert all(path.stat().st_size for path in paths)
