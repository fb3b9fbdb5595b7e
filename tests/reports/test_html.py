"""index.html as text: what it shows, that it needs nothing from outside, and that foreign text stays text."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re

import pytest
from page_reader import Page
from results_builders import HOSTILE, Make, Row

from dasnet_reports import (
    CatalogueText,
    ClauseText,
    FaultText,
    RequirementText,
    Results,
    Sanity,
    SanityResult,
    TranscriptEntry,
    Verdict,
)
from dasnet_reports.as_html import MAX_BYTES, render
from dasnet_reports.hostile import HAZARD
from dasnet_reports.pages import duration, fill, section_anchor

TEXTS = CatalogueText(
    {
        "tick.delivers": RequirementText(
            "A tick delivers what arrived.",
            (ClauseText("tick.data", "Server.tick", "Data is delivered in tick."), ClauseText("b", "s", "Another.")),
            {},
            (FaultText("loses-a-byte", "Drops the last byte of every delivery."),),
            "suite/test_tick.py:12",
        ),
        "send.to-closed": RequirementText("Sending is safe.", allowed={"refused at once": "nothing was promised"}),
    },
    {"tick": "Ticking", "save and restore": "Across reloads"},
)


def test_a_page_shows_every_requirement(small: Results) -> None:
    page = Page(render(small, TEXTS))
    assert {row.id for row in small.requirements} <= set(page.values("id"))
    # By section, in the order in which sections and rows come.
    order = sorted(small.requirements, key=lambda row: ["init", "tick", "send", "save and restore"].index(row.section))
    assert page.texts["h4"] == [row.id for row in order]
    assert page.texts["title"][0] == "demo 1.2: non-conforming · dasnet report"
    assert page.values("data-verdict", "details") == [row.verdict.value for row in order]


def test_texts_of_the_catalogue_stand_with_their_requirement(small: Results) -> None:
    details = "\n".join(Page(render(small, TEXTS)).texts["dl"])
    page = Page(render(small, TEXTS))
    assert "A tick delivers what arrived." in page.text("summary")
    for words in (
        "Data is delivered in tick.",
        "Server.tick",
        "loses-a-byte: Drops the last byte of every delivery.",
        "suite/test_tick.py:12",
        "refused at once, which is fine: nothing was promised",
        "refused at once: nothing was promised",
        "counts against conformance",
        "without effect on the overall verdict",
        "issue *12*",
        "expected: 7 bytes\ngot: 6",
    ):
        assert words in details, words
    assert "Ticking" in page.text("h3")


def test_a_page_works_without_texts(small: Results) -> None:
    page = Page(render(small))
    assert "expected: 7 bytes\ngot: 6" in page.text("pre")
    assert "Clause" not in page.text("dt")
    assert "refused at once" in page.text("dd")


def test_blocked_rows_link_to_what_blocks_them(small: Results, make: Make, row: Row) -> None:
    assert "#tick.delivers" in Page(render(small)).values("href", "a")
    page = Page(render(make([row("fail", blocked_by="not.here")])))
    assert "#not.here" not in page.values("href", "a")
    assert "not.here" in page.text("dd")


def test_what_went_wrong_comes_first_and_causes_before_what_they_block(small: Results) -> None:
    page = Page(render(small))
    listed = re.findall(r'<a href="#([^"]+)">', page.source.split('id="_trouble"')[1].split("</ol>")[0])
    assert listed == ["tick.delivers", "init.twice", "save.orphan", "send.partial", "tick.order"]


def test_a_passing_run_has_no_trouble(make: Make, row: Row) -> None:
    page = Page(render(make([row()])))
    assert "_trouble" not in page.values("id")
    assert "1 requirement, judged" in page.text("p")


def test_bad_sanity_is_said(make: Make, row: Row) -> None:
    sanity = Sanity(SanityResult(Verdict.PASS, ""), SanityResult(Verdict.FAIL, "no <echo>"))
    page = Page(render(make([row()], sanity=sanity)))
    assert "The sanity conversation after the last check: fail." in page.text("p")
    assert "no <echo>" in page.text("p")


def test_an_empty_run_is_a_page(make: Make) -> None:
    page = Page(render(make()))
    assert "nothing was judged" in page.text("p")
    assert "h4" not in page.texts


def test_ids_are_unique_and_links_lead_somewhere(small: Results) -> None:
    page = Page(render(small, TEXTS))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    inside = {link[1:] for link in page.values("href") if link.startswith("#")}
    assert inside <= set(ids)
    for name in ("aria-labelledby", "aria-describedby"):
        assert {one for value in page.values(name) for one in value.split()} <= set(ids)


def test_only_failed_rows_have_a_divergence(small: Results, make: Make, row: Row) -> None:
    talk = (TranscriptEntry(0, "host", "call", "tick"),)
    for verdict, marked in (("fail", True), ("inconclusive", True), ("pass", False), ("unsupported", False)):
        page = render(make([row(verdict, message="why", transcript=talk)]))
        assert ('<g class="mismatch" id="_x0">' in page) is marked
        assert ("✗ diverged: why" in page) is marked


def test_a_row_without_transcript_says_so(make: Make, row: Row) -> None:
    page = Page(render(make([row("excluded")])))
    assert "svg" not in page.elements
    assert "nothing was asked of the implementation" in page.text("p")


def test_the_transcript_is_a_table_too(small: Results) -> None:
    page = Page(render(small))
    assert "Transcript as a table, 6 entries" in page.text("summary")
    for words in ("init(9000)", "b'<hello>'", "onData(7 bytes)", "expected 7 bytes, got 6"):
        assert words in page.text("td")


def test_a_long_transcript_is_shortened_with_a_note(make: Make, row: Row) -> None:
    talk = tuple(TranscriptEntry(tick, "host", "call", f"call {tick}") for tick in range(5_000))
    page = Page(render(make([row(transcript=talk)])))
    assert "leaves out 4,920 entries in between" in page.text("p")
    assert "4,760 entries left out" in page.text("td")
    assert "call 4999" in page.text("td")
    assert len(page.source) < 300_000


def test_the_page_needs_nothing_from_outside(small: Results) -> None:
    page = Page(render(small, TEXTS))
    assert {"img", "iframe", "object", "embed", "video", "audio", "base"}.isdisjoint(page.elements)
    assert page.values("src") == []
    assert page.values("href", "link") == ["data:,"]
    assert all(link.startswith("#") or link == "results.json" for link in page.values("href", "a"))
    assert "http://" not in page.source
    assert "https://" not in page.source
    assert "@import" not in page.source
    assert "url(" not in page.source


def test_the_policy_allows_these_styles_and_scripts_alone(small: Results) -> None:
    page = Page(render(small))
    policy = next(value for value in page.values("content", "meta") if "default-src" in value)
    for element, directive in (("style", "style-src"), ("script", "script-src")):
        (text,) = page.texts[element]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    # What the policy would block must not be there to begin with.
    assert not [name for _, name, _ in page.attributes if name == "style" or name.startswith("on")]


def test_a_message_of_the_suite_stands_whole_with_what_went_wrong(make: Make, row: Row) -> None:
    message = "expected the second client taken, " + "and what it sent early delivered, " * 8 + "got nothing"
    page = render(make([row("fail", message=message)]))
    assert len(message) > 300
    assert "cut:" not in page
    assert page.count(message) >= 2


def test_hostile_text_stays_text(hostile_results: Results, small: Results) -> None:
    page = Page(render(hostile_results))
    assert not HAZARD.search(page.source)
    page.source.encode("utf-8")
    assert set(page.elements) <= set(Page(render(small, TEXTS)).elements) | {"strong"}
    assert page.elements.count("script") == page.elements.count("style") == 1
    assert len(page.source) < 1_000_000
    assert not [name for _, name, _ in page.attributes if name == "style" or name.startswith("on")]


def test_hostile_markup_is_shown_as_it_came(make: Make, row: Row) -> None:
    page = Page(render(make([row("fail", message=HOSTILE["markup"])])))
    assert HOSTILE["markup"] in page.text("pre")


def test_escapes_and_overrides_are_visible(make: Make, row: Row) -> None:
    page = Page(render(make([row("fail", message=HOSTILE["bidi"]), row("unsupported", message=HOSTILE["escapes"])])))
    assert "\\u202eevil\\u202c" in page.text("pre")
    assert "\\x1b[31mred" in page.text("pre")


@pytest.mark.parametrize(
    ("rows", "character", "cut"), [(30, "&", False), (150, "x", True), (150, "<", True), (60, "\x1b", False)]
)
def test_a_page_is_bounded(make: Make, row: Row, rows: int, character: str, cut: bool) -> None:
    text = character * 20_000
    talk = tuple(TranscriptEntry(tick, "peer 1", "receive", f"{tick}{text}") for tick in range(60))
    failed = [row("fail", id=f"row.{number}", message=text, transcript=talk) for number in range(rows)]
    page = render(make(failed))
    assert len(page.encode()) <= MAX_BYTES
    assert ("Cut to keep this page usable" in page) is cut
    assert page.count("<h4>") == rows


def test_one_result_makes_one_page(small: Results) -> None:
    assert render(small, TEXTS) == render(dataclasses.replace(small), TEXTS)


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "< 1 ms"), (0.0012, "1 ms"), (0.5, "500 ms"), (1, "1.00 s"), (3600, "3,600.00 s")]
)
def test_durations_are_for_people(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_a_template_lets_nothing_through_that_nobody_bounded() -> None:
    values = {"label": "\x1b[0m<b>&", "message": "\u202e", "label_width": 1, "message_width": 1, "pad": 0, "colour": ""}
    filled = fill("badge.svg", values)
    assert "<title>\\x1b[0m&lt;b&gt;&amp;: \\u202e</title>" in filled
    assert not HAZARD.search(filled)


def test_anchors_of_sections_cannot_be_those_of_requirements() -> None:
    assert section_anchor("save and restore") == "_section.save+and+restore"
