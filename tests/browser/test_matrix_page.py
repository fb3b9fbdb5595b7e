"""The matrix of twenty made-up implementations, as a reader in a browser has it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from chromium_driver import ENTER, TAB, Browser
from results_builders import build_results, build_row
from selenium.webdriver.support.ui import Select

from dasnet_reports import CatalogueText, Implementation, RequirementText, Results, write_matrix

SECTIONS = ["init", "tick", "send", "save and restore"]
NAMES = [f"implementation-{number}" for number in range(18)] + ["a-name-that-is-too-long-" * 4, "文字 <b>name</b>"]
IDS = [f"row.r{number}" for number in range(200)]
TEXTS = CatalogueText({name: RequirementText(f"Requirement number {name[5:]}.") for name in IDS})


def made_up(name: str, dice: random.Random) -> Results:
    """Two hundred rows, most of which pass; the first fifty pass everywhere."""
    others = ["fail", "unsupported", "inconclusive", "excluded"]
    verdicts = ["pass" if number < 50 or dice.random() < 0.95 else dice.choice(others) for number in range(200)]
    verdicts[199] = "fail"
    rows = [
        build_row(verdict, id=IDS[number], section=SECTIONS[number // 50], message="" if verdict == "pass" else "no")
        for number, verdict in enumerate(verdicts)
    ]
    return build_results(rows, implementation=Implementation(name, "1.0", "C"))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dice = random.Random(5)
    links = [f"{number}/index.html" for number in range(20)]
    folder = tmp_path_factory.mktemp("matrix")
    return write_matrix([made_up(name, dice) for name in NAMES], folder, TEXTS, links)[0]


def test_every_cell_is_there(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.one("h1").text == "20 implementations, 200 requirements"
    assert browser.run("return document.querySelectorAll('.line td').length") == 4_000
    assert len(browser.shown(".line")) == 200
    assert browser.run(
        "return [...document.querySelectorAll('.line td')].every((cell) => cell.textContent.trim().length > 3)"
    )


def test_it_can_be_filtered(browser: Browser, page: Path) -> None:
    browser.open(page)
    Select(browser.one("select[name=section]")).select_by_visible_text("init")
    assert browser.shown(".line") == IDS[:50]
    assert len(browser.shown("tbody .section")) == 1
    Select(browser.one("select[name=show]")).select_by_visible_text("not passed by all")
    assert browser.shown(".line") == []
    assert browser.by_id("_nothing").is_displayed()
    browser.wait("document.getElementById('_count').textContent === '0 of 200 shown'")
    browser.one("button[type=reset]").click()
    browser.wait("!document.querySelector('.line[hidden]')")
    Select(browser.one("select[name=show]")).select_by_visible_text("where they differ")
    differing = browser.shown(".line")
    assert 0 < len(differing) < 150
    assert "row.r199" not in differing, "there they agree"
    browser.one("button[type=reset]").click()
    browser.wait("!document.querySelector('.line[hidden]')")
    browser.one("input[name=text]").send_keys("number r19 ")
    assert browser.shown(".line") == ["row.r19", *IDS[190:]]
    browser.wait("document.getElementById('_count').textContent === '11 of 200 shown'")


def test_head_and_first_column_stay(browser: Browser, page: Path) -> None:
    browser.set_window(900, 700)
    browser.open(page)
    browser.run("document.querySelector('.grid').scrollTo(400, 3000)")
    places = browser.run(
        """const grid = document.querySelector(".grid").getBoundingClientRect();
        const head = document.querySelector(".grid thead th:nth-child(8)").getBoundingClientRect();
        const first = document.querySelectorAll(".line th")[90].getBoundingClientRect();
        return [head.top - grid.top, first.left - grid.left, document.querySelector(".grid").scrollTop]"""
    )
    assert places[2] > 2_000, "it did scroll"
    assert abs(places[0]) < 3
    assert abs(places[1]) < 3


def test_cells_link_to_the_row_in_their_report(browser: Browser, page: Path) -> None:
    browser.open(page)
    links = browser.all('[id="row.r199"] td a')
    wanted = [f"{page.parent.as_uri()}/{number}/index.html#row.r199" for number in range(20)]
    assert [link.get_attribute("href") for link in links] == wanted
    assert links[0].accessible_name.endswith("fail")
    assert browser.all('[id="row.r0"] td a') == []


def test_the_keyboard_alone_is_enough(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.press(TAB, ENTER)
    assert browser.focused().get_attribute("id") == "_matrix"
    browser.press_until(TAB, "input[name=text]")
    browser.press(*"r199")
    assert browser.shown(".line") == ["row.r199"]
    browser.press_until(TAB, ".grid")
    browser.press_until(TAB, ".line td a")


def test_cells_are_tied_to_both_heads(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.run("return document.querySelectorAll('.grid thead th[scope=col]').length") == 21
    assert browser.run("return document.querySelectorAll('.grid .line th[scope=row]').length") == 200


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1440])
def test_axe_finds_no_barrier(browser: Browser, tmp_path: Path, scheme: str, width: int) -> None:
    # Fewer cells, of the same kinds: axe takes its time for each.
    verdicts = ["pass", "fail", "unsupported", "inconclusive", "excluded"]
    rows = [build_row(verdict, id=f"row.r{number}") for number, verdict in enumerate(verdicts)]
    runs = [build_results(rows[first:], implementation=Implementation(f"n{first}", "1", "C")) for first in range(4)]
    browser.set_window(width, 900)
    browser.set_media(scheme=scheme)
    browser.open(write_matrix(runs, tmp_path, TEXTS, ["a", "b", "", "d"])[0])
    assert browser.axe() == []


@pytest.mark.parametrize("width", [320, 1280])
def test_no_window_is_too_narrow(browser: Browser, page: Path, width: int) -> None:
    browser.set_window(width, 700)
    browser.open(page)
    assert browser.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_without_scripts_the_table_is_whole(browser: Browser, page: Path) -> None:
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(page)
    assert len([row for row in browser.all(".line") if row.is_displayed()]) == 200
    assert not browser.by_id("_filters").is_displayed()


def test_nothing_is_asked_of_anyone(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.requests() == [page.as_uri()]


@pytest.mark.parametrize("width", [390, 700])
def test_where_it_is_narrow_every_verdict_stays_in_sight(browser: Browser, page: Path, width: int) -> None:
    browser.set_window(width, 900)
    browser.open(page)
    script = """
        const row = document.querySelector(arguments[0]);
        const boxes = [...row.querySelectorAll("td")].map((cell) => cell.getBoundingClientRect());
        return boxes.every((box) => box.left >= 0 && box.right <= document.documentElement.clientWidth);"""
    assert browser.run(script, ".line")
    assert browser.run(script, ".totals tbody tr")
    assert browser.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
