"""The report of a run, as a reader in a browser has it."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium_driver import ENTER, SPACE, TAB, Browser
from results_builders import build_results, build_row
from selenium.webdriver.support.ui import Select
from static_host import served

from dasnet_reports import (
    BaselineFinding,
    BaselineOutcome,
    CatalogueText,
    ClauseText,
    FaultText,
    RequirementText,
    Results,
    TranscriptEntry,
    write_reports,
)

TEXTS = CatalogueText(
    {
        "send.first-size-bytes": RequirementText(
            "Exactly the first size bytes are sent.",
            (ClauseText("send.size", "Server.send", "The second argument says how many bytes are meant."),),
            {"true": "they were sent"},
            (FaultText("sends-all", "Sends the whole buffer."),),
            "suite/test_send.py:7",
        )
    },
    {"send": "Bytes to the client"},
)

TALK = (
    TranscriptEntry(0, "host", "call", "init 1 9000 -> true"),
    TranscriptEntry(0, "peer 1", "connect", "connect to port 9000"),
    TranscriptEntry(1, "host", "call", "tick 1 -> no value"),
    TranscriptEntry(1, "host", "event", "object 1: connect"),
    TranscriptEntry(1, "peer 1", "send", '5 bytes "hello"'),
    TranscriptEntry(2, "peer 1", "receive", '13 bytes "hello, reader"'),
    TranscriptEntry(2, "peer 1", "close", "close"),
    TranscriptEntry(2, "suite", "note", "silence for 0.01 s"),
)


def some_results() -> Results:
    """Rows of every verdict and level, in three sections, enough of them to scroll."""
    rows = [build_row(id=f"init.number-{number}", transcript=TALK[: number // 10]) for number in range(30)]
    rows += [
        build_row("fail", id="send.first-size-bytes", section="send", message="expected 5\ngot 13", transcript=TALK),
        build_row("fail", id="send.later", section="send", blocked_by="send.first-size-bytes", message="no data"),
        build_row("unsupported", "SHOULD", id="send.vector", section="send", message="no such part"),
        build_row(
            "inconclusive", id="save.orphan", section="save and restore", message="adapter closed", transcript=TALK
        ),
        build_row("excluded", "MAY", id="save.twice", section="save and restore"),
        build_row(id="save.once", section="save and restore", observed="true"),
    ]
    return build_results(rows)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write_reports(some_results(), folder, TEXTS)
    return folder / "index.html"


def count_said(browser: Browser, words: str) -> None:
    browser.wait(f"document.getElementById('_count').textContent === {words!r}")


@pytest.mark.parametrize(
    ("field", "choice", "shown"),
    [
        ("verdict", "fail", ["send.first-size-bytes", "send.later"]),
        ("verdict", "excluded", ["save.twice"]),
        ("level", "SHOULD", ["send.vector"]),
        ("section", "save and restore", ["save.orphan", "save.twice", "save.once"]),
    ],
)
def test_choices_filter(browser: Browser, page: Path, field: str, choice: str, shown: list[str]) -> None:
    browser.open(page)
    Select(browser.one(f"select[name={field}]")).select_by_visible_text(choice)
    assert browser.shown(".requirement") == shown
    assert len(browser.shown(".group h3")) == 1
    count_said(browser, f"{len(shown)} of 36 shown")


def test_filters_work_together_and_can_be_reset(browser: Browser, page: Path) -> None:
    browser.open(page)
    count_said(browser, "36 shown")
    Select(browser.one("select[name=verdict]")).select_by_visible_text("not pass")
    browser.one("input[name=text]").send_keys("  SEND  no ")
    assert browser.shown(".requirement") == ["send.later", "send.vector"]
    Select(browser.one("select[name=level]")).select_by_visible_text("MAY")
    assert browser.shown(".requirement") == []
    assert browser.by_id("_nothing").is_displayed()
    count_said(browser, "0 of 36 shown")
    browser.one("button[type=reset]").click()
    browser.wait("!document.querySelector('.requirement[hidden]')")
    assert not browser.by_id("_nothing").is_displayed()
    count_said(browser, "36 shown")


def test_text_looks_into_messages_and_clauses(browser: Browser, page: Path) -> None:
    browser.open(page)
    field = browser.one("input[name=text]")
    for words, shown in (("got 13", 1), ("how many bytes", 1), ("sends-all", 1), ("adapter closed", 1), ("9000", 0)):
        field.clear()
        field.send_keys(words)
        assert len(browser.shown(".requirement")) == shown, words


def test_the_count_is_announced(browser: Browser, page: Path) -> None:
    browser.open(page)
    count = browser.by_id("_count")
    assert count.get_attribute("aria-live") == "polite"
    assert count.aria_role == "status"


def test_a_deep_link_opens_its_row(browser: Browser, page: Path) -> None:
    browser.open(page, "send.first-size-bytes")
    row = browser.one(".requirement[open]")
    assert row.get_attribute("data-verdict") == "fail"
    assert browser.by_id("send.first-size-bytes").is_displayed()
    summary = row.find_element("css selector", "summary")
    browser.wait("document.activeElement.matches('[open] > summary')")
    assert browser.focused() == summary
    # Below the filters that stay on top, and within the window.
    browser.wait(
        "(() => { const top = document.activeElement.getBoundingClientRect().top;"
        " return top >= document.getElementById('_filters').getBoundingClientRect().bottom - 1 && top < 500; })()"
    )


def test_a_link_in_the_page_opens_a_row_that_a_filter_hides(browser: Browser, page: Path) -> None:
    browser.open(page)
    Select(browser.one("select[name=verdict]")).select_by_visible_text("pass")
    browser.one(".trouble .folded summary").click()
    browser.one('.trouble a[href="#send.later"]').click()
    browser.wait("document.getElementById('send.later').checkVisibility()")
    assert browser.one("select[name=verdict]").get_property("value") == ""
    browser.by_id("send.later").find_element("css selector", 'a[href="#send.first-size-bytes"]').click()
    browser.wait("document.getElementById('send.first-size-bytes').checkVisibility()")


@pytest.mark.parametrize("anchor", ["%", "no.such-row", "_trouble", "%00"])
def test_other_anchors_do_no_harm(browser: Browser, page: Path, anchor: str) -> None:
    browser.open(page, anchor)
    assert browser.shown(".requirement[open]") == []


def test_the_keyboard_alone_is_enough(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.press(TAB)
    skip = browser.focused()
    assert skip.text == "Skip to the requirements"
    assert skip.location["y"] >= 0, "the link shows itself when it has the keyboard"
    browser.press(ENTER)
    assert browser.focused().get_attribute("id") == "_requirements"
    browser.press_until(TAB, "input[name=text]")
    browser.press(*"later")
    assert browser.shown(".requirement") == ["send.later"]
    browser.press_until(TAB, "#_close")
    browser.press(TAB)
    assert browser.focused().aria_role.lower() in ("disclosuretriangle", "button")
    outline = browser.run("return getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"
    browser.press(ENTER)
    assert browser.by_id("send.later").is_displayed()
    link = browser.press_until(TAB, 'a[href="#send.first-size-bytes"]')
    assert link.is_displayed()
    browser.press(ENTER)
    browser.wait("document.getElementById('send.first-size-bytes').checkVisibility()")
    browser.press_until(TAB, ".body > .scroll")
    browser.press_until(TAB, ".transcript summary")
    browser.press(SPACE)
    assert browser.run("return document.activeElement.closest('details').open")


def test_rows_open_and_close_together(browser: Browser, page: Path) -> None:
    browser.open(page)
    Select(browser.one("select[name=section]")).select_by_visible_text("send")
    browser.by_id("_open").click()
    assert len(browser.all(".requirement[open]")) == 3
    browser.by_id("_close").click()
    assert browser.all(".requirement[open]") == []


def test_the_ladder_is_there_and_labelled(browser: Browser, page: Path) -> None:
    browser.open(page, "send.first-size-bytes")
    ladder = browser.by_id("send.first-size-bytes").find_element("css selector", "svg")
    assert ladder.is_displayed()
    # The standard says "image" for what it used to call "img".
    assert ladder.aria_role in ("img", "image")
    assert ladder.accessible_name == "Ladder diagram of send.first-size-bytes"
    described = browser.by_id(ladder.get_attribute("aria-describedby"))
    assert "Columns: suite, host, peer 1." in described.get_attribute("textContent")
    kinds = browser.run("return [...arguments[0].querySelectorAll('g')].map((g) => g.getAttribute('class'))", ladder)
    assert kinds == ["call", "connect", "call", "event", "send", "receive", "close", "note", "mismatch"]
    # Every label within the diagram.
    assert browser.run(
        """const box = arguments[0].getBoundingClientRect();
        return [...arguments[0].querySelectorAll("text")].every((text) => {
          const own = text.getBoundingClientRect();
          return own.left >= box.left && own.right <= box.right && own.top >= box.top && own.bottom <= box.bottom;
        })""",
        ladder,
    )


def luminance(browser: Browser) -> float:
    """How bright the page's ground is, from 0 to 255."""
    colour = browser.run(
        "return getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g).slice(0, 3).map(Number)"
    )
    return sum(colour) / 3


def test_the_theme_is_the_systems_until_the_reader_chooses(browser: Browser, page: Path) -> None:
    with served(page.parent) as (host, _):
        browser.open(f"{host}/index.html")
        assert luminance(browser) > 230
        browser.set_media(scheme="dark")
        assert luminance(browser) < 40
        button = browser.by_id("_theme")
        browser.wait("document.getElementById('_theme').getAttribute('aria-pressed') === 'true'")
        button.click()
        assert luminance(browser) > 230
        assert button.get_attribute("aria-pressed") == "false"
        # The choice holds.
        browser.open_until(f"{host}/index.html", "document.documentElement.dataset.theme === 'light'")
        assert luminance(browser) > 230


def test_paper_is_light_and_has_no_controls(browser: Browser, page: Path) -> None:
    browser.set_media(scheme="dark", media="print")
    browser.open(page, "send.first-size-bytes")
    assert luminance(browser) == 255
    assert not browser.by_id("_filters").is_displayed()
    assert not browser.by_id("_theme").is_displayed()
    assert browser.one(".requirement[open] svg").is_displayed()
    assert browser.run("return getComputedStyle(document.querySelector('.requirement h4')).color") == "rgb(28, 33, 39)"


def test_without_scripts_the_page_is_whole(browser: Browser, page: Path) -> None:
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(page, "send.first-size-bytes")
    # The browser itself opens the row in which the anchor lies.
    assert browser.by_id("send.first-size-bytes").is_displayed()
    assert not browser.by_id("_filters").is_displayed()
    assert not browser.by_id("_theme").is_displayed()
    assert len([row for row in browser.all(".requirement") if row.is_displayed()]) == 36


@pytest.mark.parametrize("width", [320, 400, 768, 1280])
def test_no_window_is_too_narrow(browser: Browser, page: Path, width: int) -> None:
    browser.set_window(width, 700)
    browser.open(page, "send.first-size-bytes")
    assert browser.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_axe_finds_no_barrier(browser: Browser, page: Path, scheme: str, width: int) -> None:
    browser.set_window(width, 900)
    browser.set_media(scheme=scheme)
    browser.open(page)
    assert browser.axe() == []
    browser.run("for (const row of document.querySelectorAll('details')) row.open = true")
    assert browser.axe() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("found", [(), (BaselineFinding("passes", "init.number-1", "it passes"),)])
def test_a_baseline_is_no_barrier(
    browser: Browser, tmp_path: Path, scheme: str, found: tuple[BaselineFinding, ...]
) -> None:
    rows = [build_row(), build_row("fail", id="send.first-size-bytes", section="send", message="expected 5")]
    write_reports(build_results(rows, baseline=BaselineOutcome(("send.first-size-bytes",), found)), tmp_path)
    browser.set_media(scheme=scheme)
    browser.open(tmp_path / "index.html")
    told = browser.one(".hero + .alert")
    assert told.text.startswith("Baseline: not as listed." if found else "Baseline: as listed.")
    assert browser.axe() == []


def test_nothing_is_asked_of_anyone(browser: Browser, page: Path) -> None:
    browser.open(page, "send.first-size-bytes")
    browser.by_id("_open").click()
    assert [address.partition("#")[0] for address in browser.requests()] == [page.as_uri()]
    assert browser.run("return performance.getEntriesByType('resource').length") == 0


def test_a_static_host_serves_it_with_one_request(browser: Browser, page: Path) -> None:
    with served(page.parent) as (host, asked):
        browser.open(f"{host}/index.html", "send.first-size-bytes")
        assert browser.by_id("send.first-size-bytes").is_displayed()
        browser.one('input[name="text"]').send_keys("later")
        assert browser.shown(".requirement") == ["send.later"]
        assert browser.complaints() == []
    assert asked == ["/index.html"]


def inside(browser: Browser, selector: str) -> bool:
    """Whether everything that matches and can be seen is within the window, and something is."""
    script = """
        const seen = [...document.querySelectorAll(arguments[0])].filter((one) => one.checkVisibility());
        return seen.length > 0 && seen.every((one) => {
          const box = one.getBoundingClientRect();
          return box.left >= 0 && box.right <= document.documentElement.clientWidth;
        });"""
    found: bool = browser.run(script, selector)
    return found


def test_the_divergence_is_one_click_away(browser: Browser, page: Path) -> None:
    browser.set_window(1280, 500)
    browser.open(page, "send.first-size-bytes")
    browser.wait("document.activeElement.matches('[open] > summary')")
    browser.one(".requirement[open] .jump .wide").click()
    browser.wait(
        "(() => { const box = document.querySelector('.requirement[open] .mismatch').getBoundingClientRect();"
        " return box.top >= 0 && box.bottom <= innerHeight; })()"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_where_it_is_narrow_a_table_stands_in_for_the_ladder(browser: Browser, page: Path, scheme: str) -> None:
    browser.set_window(390, 800)
    browser.set_media(scheme=scheme)
    browser.open(page, "send.first-size-bytes")
    browser.wait("document.querySelector('.requirement[open] .transcript').open")
    assert not browser.one(".requirement[open] svg").is_displayed()
    assert inside(browser, ".requirement[open] .transcript td")
    browser.one(".requirement[open] .jump .narrow").click()
    browser.wait(
        "(() => { const box = document.querySelector('.requirement[open] tr.mismatch').getBoundingClientRect();"
        " return box.top >= 0 && box.bottom <= innerHeight; })()"
    )
    assert "expected 5" in browser.one(".requirement[open] tr.mismatch").text
    assert browser.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_verdict_column_is_cut_off(browser: Browser, page: Path, width: int) -> None:
    browser.set_window(width, 800)
    browser.open(page)
    assert inside(browser, ".counts td.number")
    assert browser.run("return document.querySelectorAll('.overview .counts thead th.number').length") >= 5


def test_what_went_wrong_stands_between_the_overview_and_the_requirements(browser: Browser, page: Path) -> None:
    browser.open(page)
    tops = [browser.by_id(name).location["y"] for name in ("_overview", "_trouble", "_requirements")]
    assert tops == sorted(tops)


def test_a_basic_fault_is_named_at_the_top_and_leads_to_what_hangs_on_it(browser: Browser, tmp_path: Path) -> None:
    cause = build_row("fail", id="send.works", section="send", message="nothing came", like="never_sends")
    behind = [
        build_row("fail", id=f"save.number-{n}", section="save", message="no client", blocked_by="send.works")
        for n in range(30)
    ]
    results = build_results([*behind, cause], again=("dasnet", "run", "python:demo"), reproductions="repro")
    write_reports(results, tmp_path)
    browser.open(tmp_path / "index.html")
    told = browser.one(".hero + .alert")
    assert told.text.startswith("Basic fault: send.works, blocks 30 requirements.")
    first = browser.one(".trouble li")
    assert "dasnet run python:demo send.works" in first.text
    assert "dasnet explain send.works" in first.text
    assert "like the wrong server never_sends" in first.text
    assert first.find_element("css selector", 'a[href="repro/send.works/README.md"]').is_displayed()
    assert len(browser.all(".trouble li")) == 1
    assert "blocked by it: 30 requirements" in first.text
    assert not browser.one('.trouble a[href="#save.number-7"]').is_displayed()
    assert browser.axe() == []
