"""summary.md: the results as Markdown, fit for the summary page of a CI job.

What lives here: the layout, the escaping that Markdown needs on top of hostile.py, and the bound on size. May touch:
nothing.

Text from outside appears in two places only: on one line inside <code>, with every character escaped that Markdown or
HTML would read; and inside <pre>, which CommonMark passes through untouched up to "</pre>", with HTML escaped. So no
such text can open a heading, a link, an image or an element.
"""

from __future__ import annotations

import html
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from . import hostile, transcript
from .conclude import claimed_profiles, count, counts_against, is_as_listed, known_failures
from .model import RequirementResult, Results, Verdict
from .roots import Root, roots
from .scope import not_judged, spell_overall

MAX_BYTES: Final = 900 * 1024
"""Summaries beyond 1 MiB are thrown away whole by at least one CI server."""

# Bytes kept free for the notes that say what was cut.
_NOTES: Final = 1_000
_NAME: Final = 200
_LINE: Final = 300
_ROWS: Final = 500


@dataclass(frozen=True, slots=True)
class _Detail:
    """How much to show of each failure: characters of message, entries of transcript, characters per entry."""

    message: int
    entries: int
    text: int


# Tried in turn until the summary fits; the first is what a reader can bear anyway.
_DETAILS: Final = (_Detail(16_000, 400, 1_000), _Detail(4_000, 100, 400), _Detail(1_000, 30, 200), _Detail(300, 0, 0))


def render(results: Results) -> str:
    """Draw `results` as Markdown.

    Returns: CommonMark with tables, less than MAX_BYTES in UTF-8; what was cut to get there is said at its end.
    """
    for detail in _DETAILS:
        kept, complete = _fill(_parts(results, detail))
        if complete:
            return _join(kept + _note_of(detail))
    # Too long even with the least detail: whole parts are missing at the end, and what is missing is said.
    failures = sum(len(cause.root.rows) for cause in _causes(results))
    shown = sum(part.startswith("#### ") for part in kept)
    left_out = f"Not all fits: {shown:,} of {failures:,} failures are shown, and what follows them is left out."
    return _join([*kept, left_out, *_note_of(detail)])


def inline(text: str, limit: int = _NAME) -> str:
    """Show text from outside within a line of Markdown, a table's cell included.

    Arguments: `limit`, characters, before the escapes of Markdown.
    """
    shown = html.escape(hostile.harmless(text, limit, one_line=True))
    shown = re.sub(r"[\\`*_\[\]|~$:!]", lambda match: "\\" + match[0], shown)
    # The one autolink without a colon.
    shown = re.sub(r"(?i)(www)\.", r"\1&#46;", shown)
    return f"<code>{shown}</code>"


def _pre(text: str) -> str:
    # The newline after <pre> is not part of its text.
    return f"<pre>\n{html.escape(text, quote=False)}\n</pre>"


def _join(parts: Sequence[str]) -> str:
    return "\n\n".join(parts) + "\n"


def _note_of(detail: _Detail) -> list[str]:
    if detail == _DETAILS[0]:
        return []
    cuts = f"messages to {detail.message:,} characters, transcripts to {detail.entries} entries"
    return [f"Cut to fit a job summary: {cuts}. Everything is in results.json."]


# Made one by one, so that what does not fit is not made at all.
def _parts(results: Results, detail: _Detail) -> Iterator[str]:
    yield from _head(results)
    causes = _causes(results)
    if causes:
        number = sum(cause.root.size for cause in causes)
        yield f"### Failures ({number:,})"
    for cause in causes:
        if cause.root.size > 1:
            yield f"Cause: **{inline(cause.root.title, _LINE)}**, {cause.root.hangs_on_it}."
        for row in cause.root.rows:
            yield _failure(results, row, cause, detail)
        if cause.root.behind:
            behind = ", ".join(row.id for row in cause.root.behind[:_ROWS])
            more = f" and {len(cause.root.behind) - _ROWS:,} more" if len(cause.root.behind) > _ROWS else ""
            blocked = f"Blocked by it ({len(cause.root.behind):,})"
            yield f"<details><summary>{blocked}</summary>\n\n{behind}{more}\n\n</details>"
    yield from _rest(results)


# The first parts that fit, and whether these are all of them.
def _fill(parts: Iterable[str]) -> tuple[list[str], bool]:
    room = MAX_BYTES - _NOTES
    kept: list[str] = []
    for part in parts:
        room -= len(part.encode()) + len("\n\n")
        if room < 0:
            return kept, False
        kept.append(part)
    return kept, True


def _head(results: Results) -> list[str]:
    who, suite = results.implementation, results.suite
    number = len(results.requirements)
    parts = [
        f"## Verdict: {spell_overall(results)}",
        *([f"### Partial report\n\n{inline(results.selection, _LINE)}"] if results.broken_off else ()),
        *([f"**{left}**"] if (left := not_judged(results)) else ()),
        f"{inline(who.name)} {inline(who.version)} ({inline(who.language)}), "
        f"judged by {inline(suite.name)} {inline(suite.version)}: "
        f"{number:,} requirement{'' if number == 1 else 's'} in {results.duration_s:.2f} s, seed {results.seed}, "
        f"SHOULD {'decides too' if results.strict else 'does not decide'}.",
    ]
    for when, sanity in (("before the first", results.sanity.first), ("after the last", results.sanity.last)):
        if sanity.verdict is not Verdict.PASS:
            said = inline(sanity.message, _LINE)
            parts.append(f"The sanity conversation {when} check: **{sanity.verdict.value}**, {said}")
    for cause in _causes(results):
        if cause.root.is_basic:
            parts.append(f"Basic fault: **{inline(cause.root.title, _LINE)}**, {cause.root.hangs_on_it}.")
    parts += _baseline(results)
    profiles = [[profile.name, profile.status.value] for profile in results.profiles]
    return [*parts, *_table(["Profile", "Status"], profiles), *_counts(results)]


def _baseline(results: Results) -> list[str]:
    if results.baseline is None:
        return []
    number = len(results.baseline.listed)
    failures = f"{number:,} known failure{'' if number == 1 else 's'}"
    if is_as_listed(results):
        return [f"Baseline: **as listed**, {failures}, and nothing else went wrong."]
    found = [[inline(f.requirement), f.kind, inline(f.message, _LINE)] for f in results.baseline.findings]
    told = f"{len(found):,} difference{'' if len(found) == 1 else 's'}** from {failures}"
    told = f"Baseline: **{told if found else 'verdicts are open**'}."
    return [told, *_table(["Requirement", "Difference", "Found"], found)]


def _counts(results: Results) -> list[str]:
    sections: dict[str, list[RequirementResult]] = {}
    for row in results.requirements:
        sections.setdefault(row.section, []).append(row)
    rows = [[name, *_figures(members)] for name, members in sections.items()]
    # The sum comes first: it is what is looked for, and it survives a table that is cut.
    rows.insert(0, ["**all**", *_figures(results.requirements)])
    return _table(["Section", *(verdict.value for verdict in Verdict)], rows, numbers=True)


def _figures(rows: Sequence[RequirementResult]) -> list[str]:
    # An empty cell for zero: what is there stands out.
    return [f"{number:,}" if number else "" for number in count(rows).values()]


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: bool = False) -> list[str]:
    if not rows:
        return []
    rule = ["---", *("--:" if numbers else "---" for _ in header[1:])]
    shown = [header, rule, *rows[:_ROWS]]
    parts = ["\n".join("| " + " | ".join(cells) + " |" for cells in shown)]
    if len(rows) > _ROWS:
        parts.append(f"{len(rows) - _ROWS:,} more rows are in results.json.")
    return parts


@dataclass(frozen=True, slots=True)
class _Cause:
    """A root, and which of its rows keep the run from conforming and which are known failures."""

    root: Root
    against: frozenset[str]
    known: frozenset[str]


# What to show in full, gravest first: what keeps the run from conforming, then what failed without effect.
def _causes(results: Results) -> list[_Cause]:
    claimed, known = claimed_profiles(results), known_failures(results)
    against = frozenset(
        row.id for row in results.requirements if counts_against(row, claimed=claimed, strict=results.strict)
    )
    rows = [row for row in results.requirements if row.id in against or row.verdict is Verdict.FAIL]
    late = {row.id: (row.id not in against) + 2 * (row.id in known) for row in rows}
    return [_Cause(root, against, known) for root in roots(rows, first=late)]


def _failure(results: Results, row: RequirementResult, cause: _Cause, detail: _Detail) -> str:
    facts = [row.level.value, row.profile]
    if row.id in cause.known:
        facts.append("a known failure")
    if row.id not in cause.against:
        facts.append("without effect on the verdict")
    if row.like:
        facts.append(f"like the wrong server {inline(row.like)}")
    parts = [f"#### {row.id}: {row.verdict.value}", ", ".join(facts)]
    if row.message.strip():
        parts.append(_pre(hostile.harmless(row.message, detail.message)))
    if row.traceback:
        parts.append(_pre(hostile.harmless("\n".join(row.traceback), detail.message)))
    if results.again:
        parts.append(f"Again: {inline(shlex.join([*results.again, row.id]), _LINE)}")
    if row.transcript and detail.entries:
        number = f"{len(row.transcript):,} entr{'y' if len(row.transcript) == 1 else 'ies'}"
        shown = "\n".join(transcript.lines(row.transcript, entries=detail.entries, text=detail.text))
        # Blank lines around: <pre> starts an HTML block of its own only where the one of <details> has ended.
        parts.append(f"<details><summary>Transcript, {number}</summary>\n\n{_pre(shown)}\n\n</details>")
    return "\n\n".join(parts)


# What did not pass and decides nothing, what was left out, what was seen where several outcomes are legal, and the run.
def _rest(results: Results) -> list[str]:
    claimed = claimed_profiles(results)
    beside = [
        [row.id, row.level.value, row.verdict.value, inline(row.message, _LINE)]
        for row in results.requirements
        if row.verdict in (Verdict.UNSUPPORTED, Verdict.INCONCLUSIVE)
        and not counts_against(row, claimed=claimed, strict=results.strict)
    ]
    excluded = [
        [row.id, row.level.value, inline(row.excluded_reason, _LINE)]
        for row in results.requirements
        if row.verdict is Verdict.EXCLUDED
    ]
    seen = [[row.id, inline(row.observed, _LINE)] for row in results.requirements if row.observed]
    run = [["reached", results.reached]] if results.reached else []
    run += [["started", results.started]]
    run += [["selection", inline(results.selection, _LINE)]] if results.selection else []
    run += [["command", inline(shlex.join(results.command), 4 * _LINE)]] if results.command else []
    run += [[inline(key), inline(value, _LINE)] for key, value in sorted(results.environment.items())]
    return [
        *_folded("Not passed, without effect on the verdict", ["Requirement", "Level", "Verdict", "Message"], beside),
        *_folded("Excluded", ["Requirement", "Level", "Reason"], excluded),
        *_folded("Seen where several outcomes are legal", ["Requirement", "Outcome"], seen),
        *_folded("About the run", ["Fact", "Value"], run),
    ]


def _folded(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    body = "\n\n".join(_table(header, rows))
    return [f"<details><summary>{title} ({len(rows):,})</summary>\n\n{body}\n\n</details>"]
