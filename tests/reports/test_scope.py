"""What `--quick` left and a run that was broken off, in every report: plainly, and never as a conforming whole."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest
from results_builders import build_results, build_row

from dasnet_reports import QUICK, QUICK_REASON, SO_FAR, Results, as_document, dump, loads, not_judged, spell_overall
from dasnet_reports.as_html import render as as_html
from dasnet_reports.as_junit import render as as_junit
from dasnet_reports.as_markdown import render as as_markdown
from dasnet_reports.badge import message, render_badge, render_endpoint

LEFT = build_row("excluded", id="endurance.seconds", section="endurance", excluded_reason=QUICK_REASON)


def quick(*rows: object, **more: object) -> Results:
    return build_results([build_row(), LEFT, *rows], selection=QUICK, **more)  # type: ignore[list-item, arg-type]


def statuses(results: Results) -> dict[str, str]:
    return {profile.name: profile.status.value for profile in results.profiles}


def test_a_profile_of_which_something_is_left_conforms_so_far() -> None:
    results = quick()
    assert statuses(results) == {"core": SO_FAR, "lowlevel": "not claimed"}
    assert spell_overall(results) == SO_FAR
    assert not_judged(results) == "1 requirement not judged (--quick)"
    assert loads(dump(results)) == results


def test_what_fails_fails_all_the_same() -> None:
    results = quick(build_row("fail", id="send.order"))
    assert (statuses(results)["core"], spell_overall(results)) == ("non-conforming", "non-conforming")
    assert not_judged(results)


def test_what_decides_nothing_leaves_the_status_alone() -> None:
    may = build_row("excluded", "MAY", id="endurance.seconds", excluded_reason=QUICK_REASON)
    assert statuses(build_results([build_row(), may]))["core"] == "conforming"
    own = build_row("excluded", id="endurance.seconds", excluded_reason="issue 12")
    results = build_results([build_row(), own])
    assert (statuses(results)["core"], spell_overall(results), not_judged(results)) == ("conforming", "conforming", "")


def test_every_report_says_what_was_left() -> None:
    results = quick()
    for text in (as_html(results), as_markdown(results), as_junit(results)):
        assert "1 requirement not judged (--quick)" in text
        assert SO_FAR in text
        assert not re.search(r"conforming(?! so far)", text.replace("non-conforming", ""))
    properties = {
        each.get("name"): each.get("value") for each in ElementTree.fromstring(as_junit(results)).iter("property")
    }
    assert (properties["verdict"], properties["profile.core"]) == (SO_FAR, SO_FAR)
    assert message(results) == f"{SO_FAR}, 1/2 pass"
    assert message(results) in render_badge(results)
    assert json.loads(render_endpoint(results))["message"] == message(results)


def test_a_run_that_was_broken_off_is_a_partial_report_by_heading() -> None:
    results = build_results([build_row()], selection="the run was ended by SIGTERM after 1 of 2", broken_off=True)
    page = as_html(results)
    assert "<h2>Partial report</h2>" in page
    assert re.search(r"<title>[^<]*, partial · dasnet report</title>", page)
    summary = as_markdown(results)
    assert "\n### Partial report\n\n<code>the run was ended by SIGTERM after 1 of 2</code>\n" in summary
    assert as_document(results)["broken_off"] is True
    assert loads(dump(results)) == results


@pytest.mark.parametrize("text", [as_html, as_markdown, as_junit])
def test_a_whole_run_says_nothing_of_it(text: object, small: Results) -> None:
    shown = text(small)  # type: ignore[operator]
    assert "Partial report" not in shown
    assert "not judged" not in shown
    assert "broken_off" not in as_document(small)
