"""summary.md: its layout, its bound, and that foreign text stays text in a real Markdown parser."""

from __future__ import annotations

import dataclasses
import html.parser
import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from results_builders import Make, Row

from dasnet_reports import Implementation, Results, Sanity, SanityResult, TranscriptEntry, Verdict
from dasnet_reports.as_markdown import MAX_BYTES, inline, render
from dasnet_reports.hostile import HAZARD

GOLDEN = Path(__file__).parents[1] / "data" / "summary.md"

# Elements that this renderer writes, and those that its own headings, tables, emphasis and paragraphs become.
OURS = {"code", "pre", "details", "summary"}
MARKDOWN = {"h2", "h3", "h4", "p", "strong", "table", "thead", "tbody", "tr", "th", "td"}


class Page(html.parser.HTMLParser):
    """What a browser would make of the rendered summary: elements, attributes, and text per element."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.headings: list[str] = []
        self.pre: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(MarkdownIt("commonmark").enable("table").render(markdown))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes.update(attrs)
        self._open.append(tag)
        if tag in ("h2", "h3", "h4"):
            self.headings.append("")
        if tag == "pre":
            self.pre.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._open and self._open[-1] in ("h2", "h3", "h4"):
            self.headings[-1] += data
        if "pre" in self._open:
            self.pre[-1] += data


def test_a_small_run_looks_as_agreed(small: Results) -> None:
    assert render(small) == GOLDEN.read_text(encoding="utf-8")


def test_headings_and_messages_are_where_they_belong(small: Results) -> None:
    page = Page(render(small))
    # What others wait for comes before what waits, and what decides before what does not.
    assert page.headings == [
        "Verdict: non-conforming",
        "Failures (5)",
        "tick.delivers: fail",
        "save.orphan: inconclusive",
        "send.partial: unsupported",
        "tick.order: fail",
    ]
    assert page.pre[0] == "\nexpected: 7 bytes\ngot: 6\n"
    assert "b'<hello>'" in page.pre[1]
    assert "issue *12*" in page.text
    assert "no | vector" in page.text


def test_a_passing_run_is_short(make: Make, row: Row) -> None:
    page = Page(render(make([row()])))
    assert page.headings == ["Verdict: conforming"]
    assert "1 requirement in 1.25 s" in page.text


def test_sanity_that_went_wrong_is_said_first(make: Make, row: Row) -> None:
    sanity = Sanity(SanityResult(Verdict.PASS, ""), SanityResult(Verdict.FAIL, "no *echo*"))
    text = render(make([row()], sanity=sanity))
    assert "The sanity conversation after the last check: **fail**, <code>no \\*echo\\*</code>" in text
    assert text.index("after the last check") < text.index("| Section |")


def test_hostile_text_stays_text(hostile_results: Results) -> None:
    text = render(hostile_results)
    assert not HAZARD.search(text)
    assert "<script" not in text
    assert len(text.encode()) < MAX_BYTES
    page = Page(text)
    assert page.elements <= OURS | MARKDOWN
    assert {name for name, _ in page.attributes} <= {"style"}
    assert len(page.headings) == 2 + 4
    # Foreign lines within <pre> and escapes in <code>: outside, each line is of our making.
    outside = re.sub(r"(?s)<pre>.*?</pre>", "", text)
    outside = re.sub(r"<code>.*?</code>", "", outside)
    for line in outside.splitlines():
        assert re.match(r"$|#{2,4} |\||</?details>|[A-Z ,(]", line), line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain 1.2", "plain 1.2"),
        ("a|b", "a\\|b"),
        ("*a* _b_ `c` [d](e) ~f~ $g$", "\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\~f\\~ \\$g\\$"),
        ("http://a.example", "http\\://a.example"),
        ("www.a.example", "www&#46;a.example"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("two\nlines", "two\\\\nlines"),
        ("\x1b[0m", "\\\\x1b\\[0m"),
    ],
)
def test_inline_text_is_escaped(text: str, shown: str) -> None:
    assert inline(text) == f"<code>{shown}</code>"


def test_long_messages_are_cut_and_said(make: Make, row: Row) -> None:
    text = render(make([row("fail", message="x" * (1024 * 1024))]))
    assert "cut: 1,048,576 characters in all" in text
    assert len(text) < 20_000


@pytest.mark.parametrize(
    ("failures", "character"), [(50, "&"), (50, "\x1b"), (300, "x"), (300, "🙂"), (1_000, "x"), (1_000, "\x1b")]
)
def test_a_summary_fits_whatever_it_holds(make: Make, row: Row, failures: int, character: str) -> None:
    text = character * 20_000
    talk = tuple(TranscriptEntry(tick, "peer 1", "receive", f"{tick}{character * 1_000}") for tick in range(40))
    rows = [row("fail", id=f"row.{number}", message=text, transcript=talk) for number in range(failures)]
    summary = render(make(rows, implementation=Implementation(text, text, text)))
    assert len(summary.encode()) < MAX_BYTES
    assert "Everything is in results.json." in summary
    shown = len(re.findall(r"(?m)^#### ", summary))
    if shown < failures:
        assert f"Not all fits: {shown:,} of {failures:,} failures are shown" in summary
    Page(summary)


def test_tables_are_bounded(make: Make, row: Row) -> None:
    rows = [row("excluded", id=f"row.{n}", section=f"s{n}", excluded_reason="&" * 400) for n in range(2_000)]
    summary = render(make(rows))
    assert len(summary.encode()) < MAX_BYTES
    assert "1,501 more rows are in results.json." in summary
    assert "| **all** |  |  |  |  | 2,000 |" in summary


def test_nothing_to_say_leaves_no_empty_blocks(make: Make, row: Row) -> None:
    results = dataclasses.replace(make([row("fail")]), profiles=(), environment={}, command=())
    summary = render(results)
    assert "<pre>" not in summary
    assert "| Profile |" not in summary
    assert "About the run (1)" in summary
    assert "\n\n\n" not in summary


def test_a_basic_fault_is_named_at_the_top_and_what_hangs_on_it_is_one_line(make: Make, row: Row) -> None:
    cause = row("fail", id="tick.takes", message="nothing came", traceback=("Traceback", "  port.py, line 7"))
    behind = [row("fail", id=f"save.number-{n}", blocked_by="tick.takes", message="nothing came") for n in range(40)]
    text = render(make([*behind, cause], again=("dasnet", "run", "python:demo")))
    page = Page(text)
    assert "Basic fault: tick.takes, blocks 40 requirements." in page.text
    assert text.index("Basic fault: ") < text.index("| Section |")
    assert page.headings == ["Verdict: non-conforming", "Failures (41)", "tick.takes: fail"]
    assert page.pre[1] == "\nTraceback\n  port.py, line 7\n"
    assert "Again: dasnet run python:demo tick.takes" in page.text
    assert "Blocked by it (40)" in page.text
    assert "save.number-0, save.number-1, " in page.text


def test_a_likeness_is_said_as_one(make: Make, row: Row) -> None:
    text = render(make([row("fail", like="never_closes")]))
    assert "like the wrong server <code>never\\_closes</code>" in text
