"""Text from an implementation stays text in a real browser, and the policy holds where escaping would have failed."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium_driver import Browser
from results_builders import HOSTILE, build_results, build_row
from static_host import served

from dasnet_reports import (
    Implementation,
    Results,
    Sanity,
    SanityResult,
    Suite,
    TranscriptEntry,
    Verdict,
    write_matrix,
    write_reports,
)

MORE = {
    "attribute": "\" autofocus onfocus=alert(1) x=\"' onmouseover='alert(1)",
    "end of script": "</script></style></title></svg><script>alert(1)</script><style>*{display:none}</style>",
    "template": "{{ 7 * 7 }}{% raw %}${alert(1)}",
    "comment": "<!-- --!> <![CDATA[ ]]> <?x ?>",
    "svg": "<svg onload=alert(1)><foreignObject><iframe srcdoc='<script>parent.alert(1)</script>'>",
    "link": "javascript:alert(1)",
    "right to left": "אבג abc دهو 123",
}
EVERY = {**HOSTILE, **MORE}


def results_of(text: str) -> Results:
    """Every field that may hold foreign text holds this one."""
    sides = [("host", "call"), ("host", "event"), ("peer 1", "send"), ("suite", "note"), ("suite", "mismatch")]
    talk = [TranscriptEntry(0, side, kind, text) for side, kind in sides]
    rows = [
        build_row("fail", id="a.failed", message=text, transcript=talk),
        build_row("inconclusive", id="a.open", message=text, transcript=talk[:4]),
        build_row("unsupported", id="a.lacking", message=text, observed=text),
        build_row("excluded", id="a.excluded", excluded_reason="x" + text),
        build_row(id="a.passed", observed=text, message=text),
    ]
    return build_results(
        rows,
        sanity=Sanity(SanityResult(Verdict.PASS, ""), SanityResult(Verdict.FAIL, text)),
        implementation=Implementation(text, text, text),
        suite=Suite(text, text),
        environment={text[:300]: text},
        command=("dasnet", text),
    )


@pytest.mark.parametrize("name", sorted(EVERY))
def test_hostile_text_does_nothing(browser: Browser, tmp_path: Path, name: str) -> None:
    write_reports(results_of(EVERY[name]), tmp_path / "a")
    write_matrix([results_of(EVERY[name])] * 2, tmp_path, links=["a/index.html", ""])
    for page, scripts in ((tmp_path / "a" / "index.html", 1), (tmp_path / "index.html", 1)):
        browser.open(page)
        browser.run("for (const row of document.querySelectorAll('details')) row.open = true")
        counted = browser.run(
            """return ["script", "style", "img, iframe, object, embed, foreignObject, [onfocus], [onload], [srcdoc]"]
              .map((selector) => document.querySelectorAll(selector).length)"""
        )
        assert counted == [scripts, 1, 0]
        assert browser.run("return document.compatMode") == "CSS1Compat"
        assert browser.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert browser.complaints() == []
        assert [one for one in browser.requests() if one != page.as_uri()] == []


def test_hostile_markup_can_be_read(browser: Browser, tmp_path: Path) -> None:
    write_reports(results_of(MORE["end of script"]), tmp_path)
    browser.open(tmp_path / "index.html", "a.failed")
    shown = browser.by_id("a.failed").find_element("css selector", "pre").text
    assert shown == MORE["end of script"]
    assert MORE["end of script"][:30] in browser.one("h1").text


def test_overrides_and_terminal_codes_are_visible(browser: Browser, tmp_path: Path) -> None:
    write_reports(results_of(HOSTILE["bidi"] + HOSTILE["escapes"]), tmp_path)
    browser.open(tmp_path / "index.html", "a.failed")
    shown = browser.by_id("a.failed").find_element("css selector", "pre").text
    assert "\\u202eevil\\u202c" in shown
    assert "\\x1b[31mred" in shown


def test_a_message_of_a_mebibyte_is_bounded(browser: Browser, tmp_path: Path) -> None:
    write_reports(results_of("<b>" * (350 * 1024)), tmp_path)
    browser.open(tmp_path / "index.html", "a.failed")
    shown = browser.by_id("a.failed").find_element("css selector", "pre").text
    assert len(shown) <= 16_000
    assert "cut: 1,075,200 characters in all" in shown


def test_the_policy_would_stop_what_escaped(browser: Browser, tmp_path: Path) -> None:
    write_reports(results_of("x"), tmp_path)
    with served(tmp_path) as (host, asked):
        browser.open(tmp_path / "index.html")
        # What the page would contain if escaping had a hole. A script that is parsed in does not run in any case, so it
        # is made as a script would make one.
        browser.run(
            """document.body.insertAdjacentHTML("beforeend",
              `<img src="${arguments[0]}/results.json" onerror="window.__ran = 1">` +
              '<p style="color: red" onclick="window.__ran = 1">x</p>');
            const script = document.createElement("script");
            script.textContent = "window.__ran = 1";
            document.body.append(script);
            document.body.lastElementChild.previousElementSibling.click();""",
            host,
        )
        browser.wait("window.__seen.filter((one) => one.startsWith('blocked')).length >= 5")
        assert browser.run("return window.__ran") is None
        complaints = " ".join(browser.complaints())
    assert asked == []
    for blocked in ("img-src", "script-src-attr", "script-src-elem", "style-src-attr"):
        assert f"blocked {blocked}" in complaints
    # Asked for, this once: nothing is left to complain about.
    browser.open("about:blank")
    browser.complaints()
