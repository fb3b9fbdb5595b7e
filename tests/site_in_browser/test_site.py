"""The site as a reader in a browser has it: no barriers, nothing cut off, a search without a network, a short way."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium_driver import ENTER, Browser
from selenium.webdriver.support.ui import WebDriverWait
from static_host import served

WALK = "tick.second-client-not-lost"

#: One page of each kind.
KINDS = {
    "start": "index.html",
    "requirement": f"requirements/{WALK}.html",
    "requirement with latitude that fails": "requirements/send.size-zero.html",
    "section": "sections/tick.html",
    "profile": "profiles/core.html",
    "catalogue": "catalogue/index.html",
    "clauses": "catalogue/clauses.html",
    "matrix": "verdicts/matrix.html",
    "implementation": "implementations/daslang.html",
    "kill matrix": "verdicts/kill-matrix.html",
    "guide": "docs/quickstart.html",
    "protocol": "docs/driver-protocol.html",
    "performance": "docs/performance.html",
    "file": "files/conformance/dasnet_conformance/suite/core/test_tick.py.html",
    "api": "api/index.html",
    "search": "search.html",
}

# Rows and entries are alike, and the search for barriers takes minutes over thousands: it looks at the first of them.
FIRST = """
const first = (selector, count) => {
  for (const each of [...document.querySelectorAll(selector)].slice(count)) each.remove();
};
first(".content section section", 8);
first("article tbody tr", 30);
first("article li, .toc-tree li", 30);
first(".highlight-file code", 40);
"""


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_has_no_barrier_and_cuts_nothing_off(browser: Browser, site: Path, kind: str) -> None:
    page = site / KINDS[kind]
    for width, scheme in ((1280, "light"), (390, "dark")):
        browser.set_window(width, 900)
        browser.set_media(scheme=scheme)
        browser.open(page)
        assert browser.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        browser.run(FIRST)
        assert browser.axe() == [], (width, scheme)
    assert [address for address in browser.requests() if address.startswith(("http:", "https:"))] == []


#: Seconds after which a page that does not come is given up; a busy machine takes its time over the search's index.
PATIENCE = 60


def _wait(browser: Browser, script: str) -> None:
    WebDriverWait(browser.driver, PATIENCE).until(lambda _: browser.run(f"return {script}"))


def _walk(browser: Browser, start: str) -> None:
    browser.open(start)
    box = browser.one("#find")
    box.send_keys("a second client is not lost")
    box.send_keys(ENTER)
    _wait(browser, "document.querySelector('#search-results li a')")
    first = browser.one("#search-results li a")
    assert first.text == WALK
    first.click()
    _wait(browser, "document.querySelector('.lead')")
    # The check's source and who fails it are on the page that the first result leads to.
    assert "def test_second_client_not_lost(host" in browser.one("article").text
    assert "implementations pass" in browser.one(".summary").text
    assert len(browser.all("article table tbody tr")) >= 10


def test_from_the_start_page_to_a_checks_source_in_three_steps_from_the_folder(browser: Browser, site: Path) -> None:
    _walk(browser, (site / "index.html").as_uri())


def test_the_same_from_a_server_without_a_network(browser: Browser, site: Path) -> None:
    with served(site) as (host, _):
        browser.requests()
        _walk(browser, f"{host}/index.html")
        assert all(address.startswith((host, "chrome:")) for address in browser.requests())


def test_a_link_to_a_line_leads_to_the_line(browser: Browser, site: Path) -> None:
    browser.open(site / f"requirements/{WALK}.html")
    link = next(each for each in browser.all("article a") if "test_tick.py" in each.text)
    # At once, and not smoothly: the click goes where it is.
    browser.run("arguments[0].scrollIntoView({behavior: 'instant', block: 'center'})", link)
    link.click()
    _wait(browser, "location.hash.startsWith('#line-') && document.querySelector(location.hash)")


def test_the_matrix_can_be_narrowed_to_where_somebody_fails(browser: Browser, site: Path) -> None:
    browser.open(site / "verdicts/matrix.html")
    rows = (
        "return [...document.querySelectorAll('table.matrix tbody tr')].filter((row) => row.checkVisibility()).length"
    )
    every = browser.run(rows)
    browser.run(
        "const box = document.getElementById('matrix-filter'); box.value = 'failed';"
        "box.dispatchEvent(new Event('change'))"
    )
    assert 0 < browser.run(rows) < every
