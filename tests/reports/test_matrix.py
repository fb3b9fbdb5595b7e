"""The matrix in its three forms: right cells in the right order, foreign names harmless, links relative."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest
from markdown_it import MarkdownIt
from page_reader import Page
from results_builders import HOSTILE, Make, Row, build_results, build_row

from dasnet_reports import (
    BaselineFinding,
    BaselineOutcome,
    CatalogueText,
    Implementation,
    RequirementText,
    Results,
    Suite,
    render_matrix,
    render_matrix_json,
    render_matrix_markdown,
)
from dasnet_reports.hostile import HAZARD
from dasnet_reports.matrix import tabulate

TEXTS = CatalogueText(
    {name: RequirementText(f"Text of {name}.") for name in ("tick.order", "tick.first", "init.port", "unknown.to-all")},
    {"tick": "Ticking"},
)


@pytest.fixture
def runs(make: Make, row: Row) -> list[Results]:
    """Two runs that share one requirement, agree on none, and know one more each."""
    first = make(
        [row(id="init.port"), row("fail", id="tick.first", section="tick"), row("excluded", id="z.last", section="z")],
        implementation=Implementation("one", "1.0", "C"),
    )
    second = make(
        [row("unsupported", id="init.port"), row("inconclusive", "SHOULD", id="tick.order", section="tick")],
        implementation=Implementation("two", "2.0", "Rust"),
    )
    return [first, second]


def test_rows_follow_the_catalogue_and_sections_stay_together(runs: list[Results]) -> None:
    matrix = tabulate(runs, TEXTS)
    assert [(group.name, [line.requirement.id for line in group.lines]) for group in matrix.groups] == [
        ("tick", ["tick.order", "tick.first"]),
        ("init", ["init.port"]),
        ("z", ["z.last"]),
    ]
    assert matrix.groups[0].title == "Ticking"


def test_rows_follow_the_runs_without_a_catalogue(runs: list[Results]) -> None:
    matrix = tabulate(runs)
    assert [line.requirement.id for group in matrix.groups for line in group.lines] == [
        "init.port",
        "tick.first",
        "tick.order",
        "z.last",
    ]


def test_cells_stand_under_their_implementation(runs: list[Results]) -> None:
    cells = {line.requirement.id: line.verdicts for group in tabulate(runs).groups for line in group.lines}
    assert cells == {
        "init.port": ("pass", "unsupported"),
        "tick.first": ("fail", None),
        "tick.order": (None, "inconclusive"),
        "z.last": ("excluded", None),
    }


def test_lines_know_whether_runs_differ(make: Make, row: Row) -> None:
    one = make([row(id="a"), row(id="b"), row("fail", id="c"), row(id="d")])
    two = make([row(id="a"), row("fail", id="b"), row("fail", id="c")])
    (group,) = tabulate([one, two]).groups
    assert [(line.all_pass, line.differs) for line in group.lines] == [
        (True, False),
        (False, True),
        (False, False),
        (True, False),
    ]


def test_the_page_says_verdicts_in_words(runs: list[Results]) -> None:
    page = Page(render_matrix(runs, TEXTS))
    words = page.texts["i"]
    assert sorted(words) == sorted(
        ["inconclusive", "fail", "pass", "unsupported", "excluded", "not run", "not run", "not run"]
    )
    assert "2 implementations, 4 requirements" in page.text("h1")
    assert "Text of tick.order." in page.values("title", "th")


def test_links_lead_to_each_report(runs: list[Results]) -> None:
    page = Page(render_matrix(runs, links=["a b/index.html", "../two/index.html"]))
    links = page.values("href", "a")
    assert "a%20b/index.html" in links
    assert "a%20b/index.html#tick.first" in links
    assert "../two/index.html#tick.order" in links
    # A pass needs no explanation, and four thousand links could not be stepped over.
    assert "a%20b/index.html#init.port" not in links


def test_without_links_there_are_none(runs: list[Results]) -> None:
    links = Page(render_matrix(runs)).values("href", "a")
    assert set(links) == {"#_matrix", "matrix.md", "matrix.json"}
    assert "](" not in render_matrix_markdown(runs)


@pytest.mark.parametrize("link", ["/etc/report", "//host.example/", "\\\\host\\x"])
def test_a_link_is_a_relative_path(runs: list[Results], link: str) -> None:
    with pytest.raises(ValueError, match="no relative path"):
        tabulate(runs, links=["a", link])


def test_a_link_can_have_no_scheme(runs: list[Results]) -> None:
    page = Page(render_matrix(runs, links=["javascript:alert(1)", "http://a.example/"]))
    assert not [link for link in page.values("href", "a") if ":" in link]


def test_links_are_one_per_run(runs: list[Results]) -> None:
    with pytest.raises(ValueError, match="1 links for 2 runs"):
        tabulate(runs, links=["a"])


def test_different_releases_of_the_suite_are_said(runs: list[Results]) -> None:
    assert "different releases" not in render_matrix(runs)
    other = dataclasses.replace(runs[1], suite=Suite("dasnet-conformance", "0.2.0"))
    assert "different releases of the suite (0.1.0, 0.2.0)" in render_matrix([runs[0], other])


def test_markdown_has_a_cell_per_run(runs: list[Results]) -> None:
    text = render_matrix_markdown(runs, TEXTS, ["one/index.html", ""])
    lines = text.splitlines()
    name = "[<code>one</code>](one/index.html)"
    assert f"| {name} | <code>1.0</code> | <code>C</code> | not told | non-conforming | 1 | 1 | 0 | 0 | 1 |" in lines
    assert f"| Requirement | Level | {name} | <code>two</code> |" in lines
    assert "| tick.order | SHOULD | · | ? inconclusive |" in lines
    assert "| init.port | MUST | ✓ | – unsupported |" in lines


def test_json_has_a_verdict_or_null_per_run(runs: list[Results]) -> None:
    document = json.loads(render_matrix_json(runs, TEXTS, ["one/index.html", "two/index.html"]))
    assert document["schema"] == 1
    assert [one["name"] for one in document["implementations"]] == ["one", "two"]
    assert document["implementations"][0]["counts"]["fail"] == 1
    assert document["implementations"][1]["report"] == "two/index.html"
    assert document["requirements"][0] == {
        "id": "tick.order",
        "section": "tick",
        "level": "SHOULD",
        "profile": "core",
        "verdicts": [None, "inconclusive"],
    }


def test_nothing_is_a_matrix_too(make: Make) -> None:
    assert "0 implementations, 0 requirements" in Page(render_matrix([])).text("h1")
    assert "1 implementation, 0 requirements" in Page(render_matrix([make()])).text("h1")
    assert render_matrix_markdown([]).count("\n| ") == 2
    assert json.loads(render_matrix_json([])) == {"schema": 1, "implementations": [], "requirements": []}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_names_stay_text(make: Make, row: Row, name: str) -> None:
    text = HOSTILE[name]
    run = make([row("fail", message=text)], implementation=Implementation(text, text, text), suite=Suite(text, text))
    page = Page(render_matrix([run, make([row()])], links=["a", "b"]))
    assert not HAZARD.search(page.source)
    assert page.elements.count("script") == 1
    assert {"img", "pre"}.isdisjoint(page.elements)
    assert len(page.source) < 100_000
    markdown = render_matrix_markdown([run], links=["a"])
    assert not HAZARD.search(markdown)
    assert len(markdown) < 10_000
    html = MarkdownIt("commonmark").enable("table").render(markdown)
    tags = {"h2", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "a"}
    assert set(re.findall(r"<(\w+)", html)) <= tags
    assert set(re.findall(r'href="([^"]*)"', html)) == {"a"}
    assert not HAZARD.search(render_matrix_json([run]))


def test_a_large_matrix_is_small(make: Make, row: Row) -> None:
    rows = [row(id=f"row.r{number}") for number in range(200)]
    page = render_matrix([make(rows)] * 20)
    assert page.count("<td") > 4_000
    assert len(page) < 400_000


def called(*who: tuple[str, str, str, str]) -> list[str]:
    """What the columns of runs are called, each given by name, version, language and how it was reached."""
    runs = [build_results(implementation=Implementation(*facts), reached=reached) for *facts, reached in who]
    return [column.label for column in tabulate(runs).columns]


def test_columns_of_one_name_are_called_by_what_tells_them_apart() -> None:
    assert called(("net", "1", "C", "driver"), ("other", "2", "Go", "in-process")) == ["net", "other"]
    assert called(("net", "1", "C", "driver"), ("net", "1", "C", "in-process"), ("other", "1", "C", "driver")) == [
        "net, driver",
        "net, in-process",
        "other",
    ]
    assert called(("net", "1", "C", "driver"), ("net", "2", "C", "driver")) == ["net, 1", "net, 2"]
    assert called(("net", "1", "C", "driver"), ("net", "1", "Go", "driver")) == ["net, C", "net, Go"]
    assert called(("net", "1", "C", ""), ("net", "1", "C", "driver"), ("net", "2", "C", "driver")) == [
        *("net, not told", "net, driver, 1", "net, driver, 2")
    ]


def test_no_two_columns_are_called_the_same() -> None:
    same = ("net", "1", "C", "driver")
    assert called(same, same, same) == ["net", "net (2)", "net (3)"]
    labels = called(same, ("net (2)", "1", "C", "driver"), same, ("n" * 90, *same[1:]), ("n" * 91, *same[1:]))
    assert len(set(labels)) == 5


def test_every_form_says_how_each_was_reached() -> None:
    runs = [build_results([build_row()], reached=reached) for reached in ("in-process", "driver")]
    heads = [f"<code>demo, {reached}</code>" for reached in ("in-process", "driver")]
    text = render_matrix_markdown(runs)
    assert f"| Requirement | Level | {heads[0]} | {heads[1]} |" in text
    for head, reached in zip(heads, ("in-process", "driver"), strict=True):
        assert f"| {head} | <code>1.2</code> | <code>C</code> | {reached} | conforming |" in text
    assert [one["reached"] for one in json.loads(render_matrix_json(runs))["implementations"]] == [
        "in-process",
        "driver",
    ]
    assert Page(render_matrix(runs)).texts["bdi"] == 2 * ["demo, in-process", "demo, driver"]


@pytest.fixture
def with_baseline() -> list[Results]:
    """A run without a baseline, one that is as listed, one that is not; the same row fails in each."""
    rows = [build_row(id="a"), build_row("fail", id="b")]
    differs = BaselineOutcome(("a",), (BaselineFinding("not listed", "b", "no"),))
    return [
        build_results(rows, implementation=Implementation(name, "1", "C"), baseline=baseline)
        for name, baseline in (("none", None), ("listed", BaselineOutcome(("b",))), ("differs", differs))
    ]


def test_markdown_shows_known_failures_as_such(with_baseline: list[Results]) -> None:
    text = render_matrix_markdown(with_baseline)
    assert "| b | MUST | ✗ fail | ✗ fail, known | ✗ fail |" in text
    assert "| <code>C</code> | not told | non-conforming |  | 1 | 1 |" in text
    assert "| non-conforming | as listed, 1 known failure | 1 | 1 |" in text
    assert "| non-conforming | not as listed, 0 known failures | 1 | 1 |" in text
    assert "a failure that the baseline of that implementation lists" in text
    assert "aseline" not in render_matrix_markdown(with_baseline[:1])


def test_page_and_json_show_known_failures_as_such(with_baseline: list[Results]) -> None:
    page = Page(render_matrix(with_baseline))
    assert page.texts["i"] == [*3 * ["pass"], "fail", "fail, a known failure", "fail"]
    assert "as listed, 1 known failure" in page.text("td")
    assert "aseline" not in Page(render_matrix(with_baseline[:1])).text("th")
    documents = json.loads(render_matrix_json(with_baseline))["implementations"]
    assert [one["baseline"] for one in documents] == [
        None,
        {"as_listed": True, "known_failures": ["b"]},
        {"as_listed": False, "known_failures": []},
    ]
