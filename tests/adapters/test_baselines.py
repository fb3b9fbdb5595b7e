"""The lists of known failures that implementations here bring: each entry tells where its cause is written down."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dasnet_adapters.implementation_file import load_file
from dasnet_conformance.catalogue import load_catalogue
from dasnet_conformance.gate.baseline import KnownFailure, read_baseline

ROOT = Path(__file__).parents[2]
#: The implementation files that name one, below adapters/.
FILES = sorted(path for path in (ROOT / "adapters").glob("*/*.toml") if "\nbaseline =" in path.read_text("utf-8"))


def known_failures(path: Path) -> tuple[KnownFailure, ...]:
    """The list that an implementation file names."""
    baseline = load_file(path).baseline
    assert baseline is not None
    return tuple(read_baseline(baseline))


def named(path: Path) -> str:
    """The file as a test's name has it."""
    return path.relative_to(ROOT / "adapters").as_posix()


def test_all_are_found() -> None:
    assert {"daslang/dasnet.toml", "go/dasnet.toml", "go/race.toml", "node/dasnet.toml"} <= set(map(named, FILES))


@pytest.mark.parametrize("path", FILES, ids=named)
def test_it_lists_requirements_of_profiles_that_are_claimed(path: Path) -> None:
    requirements = load_catalogue().requirements
    listed = [failure.requirement for failure in known_failures(path)]
    assert len(set(listed)) == len(listed)
    assert {requirements[requirement].profile for requirement in listed} <= set(load_file(path).profiles)


@pytest.mark.parametrize("path", FILES, ids=named)
def test_each_cause_stands_upstream_or_in_a_section_of_a_page_here(path: Path) -> None:
    lost = [failure.issue for failure in known_failures(path) if not is_told(failure.issue)]
    assert lost == []


def is_told(issue: str) -> bool:
    """Whether it is an address of a tracker, or a page of the repository with a section of that name."""
    if issue.startswith("https://"):
        return True
    page, _, section = issue.partition("#")
    titles = re.findall(r"^#+ (.*)$", (ROOT / page).read_text("utf-8"), re.MULTILINE)
    return section in [re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles]
