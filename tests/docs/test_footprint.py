"""What a plain install brings is what CONTRIBUTING says, package by package."""

from __future__ import annotations

import re
from importlib.metadata import requires
from pathlib import Path

CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def _needed(name: str) -> set[str]:
    # Without extras, and without what is for other systems or older Pythons.
    plain = [each for each in requires(name) or [] if ";" not in each]
    return {_name(each) for each in plain}


def test_the_table_names_every_package_that_comes_along() -> None:
    found: set[str] = set()
    waiting = ["dasnet-conformance"]
    while waiting:
        more = _needed(waiting.pop()) - found
        found |= more
        waiting += more
    table = CONTRIBUTING.read_text("utf-8").partition("| packages | MB |")[2].partition("\n\n")[0]
    cells = [row.split("|")[1] for row in table.splitlines()[2:]]
    named = {_name(word.strip()) for cell in cells for word in cell.split(",")}
    assert named - {"dasnet"} == found


def test_pygments_comes_with_pytest_whatever_we_do() -> None:
    assert "pygments" in _needed("pytest")
