"""The kill matrix, as a reader in a browser has it."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium_driver import Browser

from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.proof import kill_report
from dasnet_conformance.proof.faults.registry import load_faults
from dasnet_conformance.proof.kill_matrix import Matrix
from dasnet_conformance.running.direct import Outcome


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A matrix of a few faults, one of which was not caught."""
    entries = [entry for entry in load_faults().values() if entry.section in ("construct", "init")]
    outcomes = {
        entry.name: {name: Outcome(name, "fail", "as <told>", case="test_it[1]") for name in entry.kills}
        for entry in entries
    }
    survivor = entries[0]
    outcomes[survivor.name] = {name: Outcome(name, "pass") for name in survivor.kills}
    control = {name: Outcome(name, "pass") for name in load_catalogue().requirements}
    matrix = Matrix(entries, chosen=True, control=control, outcomes=outcomes)
    path = tmp_path_factory.mktemp("kill") / "kill-matrix.html"
    path.write_text(kill_report.as_html(matrix), "utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_wears_the_dress_of_the_other_pages(browser: Browser, page: Path, scheme: str, width: int) -> None:
    browser.set_window(width, 900)
    browser.set_media(scheme=scheme)
    browser.open(page)
    ground = browser.run("return getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(250, 250, 248)" if scheme == "light" else "rgb(21, 24, 28)")
    assert browser.one(".overall").text == "✗ not proved"
    assert browser.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    # Fewer rows, of the same kinds: axe takes a minute for the thousand that there are.
    browser.run("document.querySelectorAll('tbody tr:nth-child(n+30)').forEach((row) => row.remove())")
    assert browser.one("td details:has(.yes)")
    assert browser.axe() == []


def test_a_kill_tells_its_case_when_it_is_opened(browser: Browser, page: Path) -> None:
    browser.open(page)
    kill = browser.one("td details:has(.yes)")
    kill.find_element("css selector", "summary").click()
    assert "as <told>" in kill.text
