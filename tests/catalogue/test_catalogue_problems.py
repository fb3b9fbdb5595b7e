"""What is told of a catalogue that is inconsistent or cannot be read: one made-up mistake at a time. No sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dasnet_adapters.profiles import PROFILES
from dasnet_conformance.catalogue import loader as module
from dasnet_conformance.catalogue.loader import Catalogue, CatalogueError, Clause, Requirement, load_catalogue, problems

Change = Callable[[Catalogue], None]

CLAUSE = Clause("open.true", "open", "open", "Opens.")
REQUIREMENT = Requirement("open.works", "open", "MUST", "core", "It opens.", ("open.true",))


def small() -> Catalogue:
    """A catalogue with nothing wrong, to be changed."""
    return Catalogue({CLAUSE.id: CLAUSE}, {REQUIREMENT.id: REQUIREMENT}, {"open": "Opening"})


def of(requirement: Requirement = REQUIREMENT, clause: Clause = CLAUSE) -> Catalogue:
    """The small catalogue with another requirement or another clause in place of its own."""
    return Catalogue({clause.id: clause}, {requirement.id: requirement}, {})


def test_a_consistent_catalogue_has_no_problem() -> None:
    assert problems(small(), ["open.works"]) == []


def test_a_clause_that_nothing_comes_from_is_a_problem() -> None:
    untested = replace(REQUIREMENT, clauses=(), level="MAY")
    told = ["clause open.true has neither a requirement nor a reason why it cannot be tested"]
    assert problems(of(untested), ["open.works"]) == told


def test_a_clause_that_cannot_be_tested_needs_no_requirement() -> None:
    untested = replace(REQUIREMENT, clauses=(), level="MAY")
    assert problems(of(untested, replace(CLAUSE, untestable="a matter of taste")), ["open.works"]) == []


def test_a_clause_called_untestable_from_which_a_requirement_comes_is_a_problem() -> None:
    found = problems(of(clause=replace(CLAUSE, untestable="too hard")), ["open.works"])
    assert found == ["clause open.true is called untestable, yet a requirement comes from it"]


def test_an_unknown_level_is_a_problem() -> None:
    found = problems(of(replace(REQUIREMENT, level="OUGHT")), ["open.works"])
    assert found == ["requirement open.works has the unknown level OUGHT"]


def test_a_must_without_a_clause_is_a_problem() -> None:
    found = problems(of(replace(REQUIREMENT, clauses=()), replace(CLAUSE, untestable="so")), ["open.works"])
    assert found == ["requirement open.works is a MUST without a clause"]


def test_an_unknown_clause_is_a_problem() -> None:
    found = problems(of(replace(REQUIREMENT, clauses=("open.true", "open.false"))), ["open.works"])
    assert found == ["requirement open.works names the unknown clause open.false"]


def test_a_requirement_without_a_check_is_a_problem() -> None:
    assert problems(small(), []) == ["requirement open.works has no check"]


def test_a_check_of_an_unknown_requirement_is_a_problem() -> None:
    found = problems(small(), ["open.works", "open.wroks"])
    assert found == ["a check names the unknown requirement open.wroks"]


def test_two_checks_of_one_requirement_are_a_problem() -> None:
    assert problems(small(), ["open.works"] * 2) == ["requirement open.works has 2 checks"]


CLAUSES_FILE = """
[[clause]]
id = "open.true"
symbol = "open"
anchor = "open"
text = "Opens."
"""
PLACE = "dasnet_conformance/catalogue/core"

OPEN_FILE = """
title = "Opening"

[[requirement]]
id = "open.works"
level = "MUST"
text = '''
It opens,
and stays open.'''
clauses = ["open.true"]
"""


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that stands for the packaged files, with one section; the catalogue is read from it."""
    folder = tmp_path / "catalogue"
    folder.mkdir()
    (folder / "clauses.toml").write_text(CLAUSES_FILE, "utf-8")
    (folder / "open.toml").write_text(OPEN_FILE, "utf-8")
    monkeypatch.setattr(module, "folder_of", lambda profile, room: folder)
    monkeypatch.setattr(module, "PROFILES", {"core": PROFILES["core"]})
    monkeypatch.setattr(module, "SECTIONS", {"open": PROFILES["core"]})
    load_catalogue.cache_clear()
    yield folder
    load_catalogue.cache_clear()


def test_a_text_of_several_lines_is_one_line(packaged: Path) -> None:
    assert load_catalogue().requirements["open.works"].text == "It opens, and stays open."


def test_requirements_belong_to_the_profile_of_their_section(packaged: Path) -> None:
    assert load_catalogue().requirements["open.works"].profile == "core"


def test_a_clause_that_stands_twice_is_refused(packaged: Path) -> None:
    (packaged / "clauses.toml").write_text(CLAUSES_FILE * 2, "utf-8")
    with pytest.raises(CatalogueError, match=rf"^{PLACE}/clauses\.toml: clause open\.true stands twice$"):
        load_catalogue()


def test_a_requirement_that_stands_twice_is_refused(packaged: Path) -> None:
    second = OPEN_FILE[OPEN_FILE.index("[[requirement]]") :]
    (packaged / "open.toml").write_text(OPEN_FILE + second, "utf-8")
    with pytest.raises(CatalogueError, match=rf"^{PLACE}/open\.toml: requirement open\.works stands twice$"):
        load_catalogue()


@pytest.mark.parametrize("key", ["id", "level", "text", "clauses"])
def test_a_requirement_that_lacks_something_is_refused(packaged: Path, key: str) -> None:
    kept = OPEN_FILE.replace(f"\n{key} = ", "\nother_" + key + " = ")
    (packaged / "open.toml").write_text(kept, "utf-8")
    with pytest.raises(CatalogueError, match=f"lacks '{key}'$"):
        load_catalogue()


def test_a_file_that_is_no_toml_is_told_by_name(packaged: Path) -> None:
    (packaged / "open.toml").write_text("title = oh\n", "utf-8")
    with pytest.raises(CatalogueError, match=rf"^{PLACE}/open\.toml: .*line 1"):
        load_catalogue()


def test_a_file_that_is_missing_is_told_by_name(packaged: Path) -> None:
    (packaged / "open.toml").unlink()
    with pytest.raises(CatalogueError, match=rf"^{PLACE}/open\.toml: "):
        load_catalogue()
