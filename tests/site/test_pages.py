"""The pages that are made from data: one per requirement, with all that is known of it; matrices, files, front page."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.proof.faults.registry import load_faults
from making.markdown import cells
from making.published import load_published
from making.requirements import all_facts
from website.catalogue_pages import catalogue_pages
from website.file_pages import file_pages
from website.navigation import TABLE, front_page
from website.requirement_pages import page_of, requirement_pages
from website.routes import Routes
from website.verdict_pages import KILL_MATRIX, MATRIX, verdict_pages

ROOT = Path(__file__).parents[2]
ROUTES = Routes(ROOT)
PAGES = requirement_pages(ROUTES)
WALK = "tick.second-client-not-lost"


def test_every_requirement_has_a_page() -> None:
    assert list(PAGES) == [page_of(name) for name in load_catalogue().requirements]


@pytest.mark.parametrize("name", load_catalogue().requirements)
def test_a_page_has_all_that_is_known_of_its_requirement(name: str) -> None:
    facts, text = all_facts()[name], PAGES[page_of(name)]
    assert f"\n# {name}\n" in text
    assert f'class="level">{facts.requirement.level}<' in text
    for clause in facts.clauses:
        assert f"`{clause.id}`" in text
    for fault in facts.faults:
        assert f"dasnet prove --fault {fault.name}\n" in text
    for source in facts.checks:
        assert source.text.rstrip() in text
        assert re.search(rf'check(_\w+)?\(\s*"{name}"', source.text)
        assert f"#line-{source.line}" in text
    assert facts.checks
    for outcome in facts.outcomes:
        assert f"(../implementations/{outcome.implementation.folder}.md)" in text
    assert text.count("<code>") >= len(facts.vectors)
    for allowed in facts.requirement.allowed:
        assert allowed in text.replace("\\", "")
    assert f"$ dasnet explain {name}\n" in text


def test_who_fails_stands_first() -> None:
    text = PAGES[page_of("send.stalled-returns")]
    table = text[text.index("## Who passes") :]
    assert table.index("implementations/daslang") < table.index("implementations/reference")
    assert "✗ fails on daslang" in text
    assert f"✓ {len(load_published())} of {len(load_published())}" in PAGES[page_of(WALK)]


def test_the_matrix_has_a_row_per_requirement_and_a_column_per_implementation() -> None:
    text = verdict_pages()[MATRIX]
    rows = re.findall(r"^\| \[`([^`]+)`\]\(\.\./requirements/.*", text, re.MULTILINE)
    assert rows == list(load_catalogue().requirements)
    head = next(line for line in text.splitlines() if line.startswith("| requirement | level |"))
    assert head.count("|") == 3 + len(load_published())


def test_the_kill_matrix_leads_from_each_fault_to_what_catches_it() -> None:
    text = verdict_pages()[KILL_MATRIX]
    published = (ROOT / "reports" / "published" / "kill-matrix.md").read_text("utf-8")
    kept = {cells(line)[0].strip("`"): cells(line)[2].split(", ") for line in published.splitlines() if "| `" in line}
    known = load_catalogue().requirements
    assert len(kept.keys() & load_faults().keys()) > 600
    for name in kept.keys() & load_faults().keys():
        (row,) = re.findall(rf"^\| `{name}` \|.*$", text, re.MULTILINE)
        assert all(f"(../requirements/{each}.md)" in row for each in kept[name] if each in known)


def test_there_is_a_page_per_section_and_profile() -> None:
    catalogue, pages = load_catalogue(), catalogue_pages()
    for requirement in catalogue.requirements.values():
        assert f"(../requirements/{requirement.id}.md)" in pages[f"sections/{requirement.section}.md"]
        assert f"(../requirements/{requirement.id}.md)" in pages[f"profiles/{requirement.profile}.md"]
    assert all(f"\n## {clause}\n" in pages["catalogue/clauses.md"] for clause in catalogue.clauses)


def test_a_page_of_a_file_has_an_anchor_for_each_line() -> None:
    routes = Routes(ROOT)
    routes.place("examples/small_driver.py")
    pages = file_pages(routes)
    count = len((ROOT / "examples" / "small_driver.py").read_text("utf-8").splitlines())
    assert f'id="line-{count}"' in pages["files/examples/small_driver.py.md"]
    assert "(small_driver.py.md)" in pages["files/examples/index.md"]


def test_a_page_that_nobody_sorted_in_is_listed_all_the_same() -> None:
    groups = tomllib.loads(TABLE.read_text("utf-8"))["group"]
    text = front_page("# title\n\nbody\n", ["docs/quickstart.md", "docs/brand-new.md"])
    assert text.startswith("# title\n\n<form")
    assert text.index("docs/quickstart\n") < text.index(groups[-1]["title"]) < text.index("docs/brand-new\n")
    # Nothing is listed that is not there.
    assert "docs/symptoms" not in text
