"""index.html: the results of one run as one self-contained page for people.

What lives here: what the page shows, and how much of it; pages.py makes the file, the templates lay it out, ladder.py
draws. May touch: nothing but the package's own templates.

Every requirement has an anchor of its own id, for good: `index.html#send.first-size-bytes`.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from . import pages
from .catalogue_text import NO_TEXTS, CatalogueText, FaultText, RequirementText
from .conclude import claimed_profiles, count, counts_against, is_as_listed, known_failures
from .ladder import Ladder, draw
from .model import Level, RequirementResult, Results, TranscriptEntry, Verdict
from .pages import block, said
from .roots import Root, roots
from .scope import not_judged, spell_overall
from .transcript import Shown, shown

MAX_BYTES: Final = 12 * 1024 * 1024
"""A page larger than this is drawn again with less detail; the last detail is drawn whatever its size."""

_LINE: Final = 400


@dataclass(frozen=True, slots=True)
class _Detail:
    """How much to show of each requirement: characters of message, entries of transcript, characters per entry."""

    message: int
    entries: int
    text: int
    ladder: bool


# Tried in turn until the page is small enough. Every real run fits the first.
_DETAILS: Final = (_Detail(16_000, 240, 400, True), _Detail(4_000, 40, 200, True), _Detail(600, 0, 0, False))


@dataclass(frozen=True, slots=True)
class _Talk:
    """The transcript of a row: its diagram, its lines as a table, and what went wrong at its end."""

    ladder: Ladder | None
    lines: Sequence[_Line]
    divergence: str


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the table: an entry, or what stands in place of entries (then `side` is empty)."""

    tick: int
    side: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class _Row:
    """One requirement as the page shows it. All foreign text in it is bounded and harmless."""

    number: int
    result: RequirementResult
    known: RequirementText
    against: bool
    listed: bool
    headline: str
    message: str
    observed: str
    observed_why: str
    excluded_reason: str
    blocked_here: bool
    traceback: str
    again: str
    folder: str
    like: FaultText | None
    talk: _Talk | None


@dataclass(frozen=True, slots=True)
class _Cause:
    """One root: its name and what hangs on it, the rows to look at first, and those that are one folded line."""

    is_basic: bool
    is_named: bool
    title: str
    hangs_on_it: str
    rows: Sequence[_Row]
    alike: Sequence[_Row]
    behind: Sequence[_Row]


@dataclass(frozen=True, slots=True)
class _Section:
    name: str
    title: str
    counts: Mapping[str, int]
    rows: Sequence[_Row]
    #: Whether it stands among the first of the overview: with something that went wrong, or where nothing did anywhere.
    shown_first: bool


def render(results: Results, catalogue: CatalogueText = NO_TEXTS) -> str:
    """Draw `results` as a page.

    Arguments: `catalogue`, what is known about requirements beside their results; the page works without.
    Returns: an HTML document that declares UTF-8, asks nothing of any host and works from disk.
    """
    page = ""
    for detail in _DETAILS:
        page = pages.make_page(
            "report.html",
            styles=("page.css", "report.css", "ladder.css"),
            scripts=("page.js", "report.js"),
            values=_values(results, catalogue, detail),
        )
        # Characters first: they are counted already, and no page has fewer bytes.
        if len(page) <= MAX_BYTES and len(page.encode("utf-8")) <= MAX_BYTES:
            break
    return page


def _values(results: Results, catalogue: CatalogueText, detail: _Detail) -> dict[str, Any]:
    who, suite = results.implementation, results.suite
    sections = _sections(results, catalogue, detail)
    rows = [row for section in sections for row in section.rows]
    causes = _causes(rows)
    return {
        "name": said(who.name),
        "version": said(who.version),
        "language": said(who.language),
        "suite": said(suite.name),
        "suite_version": said(suite.version),
        "results": results,
        "sanity": _sanity(results),
        "overall": spell_overall(results),
        "partial": said(results.selection, _LINE) if results.broken_off else "",
        "not_judged": not_judged(results),
        "as_listed": is_as_listed(results),
        "findings": _findings(results),
        "sections": sections,
        "passed": sum(not section.shown_first for section in sections),
        "causes": causes,
        "trouble": sum(len(cause.rows) + len(cause.alike) + len(cause.behind) for cause in causes),
        "totals": count(results.requirements),
        "verdicts": list(Verdict),
        "levels": [level for level in Level if any(row.level is level for row in results.requirements)],
        "facts": _facts(results),
        "shortened": detail != _DETAILS[0],
        "any_ladder": any(row.talk is not None and row.talk.ladder is not None for row in rows),
    }


def _sanity(results: Results) -> list[tuple[str, str, str]]:
    talks = (("before the first check", results.sanity.first), ("after the last check", results.sanity.last))
    return [
        (when, talk.verdict.value, said(talk.message, _LINE))
        for when, talk in talks
        if talk.verdict is not Verdict.PASS
    ]


def _findings(results: Results) -> list[tuple[str, str, str]]:
    found = results.baseline.findings if results.baseline is not None else ()
    return [(said(finding.requirement), said(finding.kind), said(finding.message, _LINE)) for finding in found]


def _sections(results: Results, catalogue: CatalogueText, detail: _Detail) -> list[_Section]:
    claimed, listed = claimed_profiles(results), known_failures(results)
    ids = {row.id for row in results.requirements}
    groups: dict[str, list[_Row]] = {}
    for number, result in enumerate(results.requirements):
        against = counts_against(result, claimed=claimed, strict=results.strict)
        row = _row(results, number, result, catalogue.of(result.id), against, result.id in listed, ids, detail)
        groups.setdefault(result.section, []).append(row)
    wrong = {name for name, rows in groups.items() if any(_went_wrong(row.result) for row in rows)}
    return [
        _Section(name, catalogue.title(name), count(row.result for row in rows), rows, not wrong or name in wrong)
        for name, rows in groups.items()
    ]


def _row(
    results: Results,
    number: int,
    result: RequirementResult,
    known: RequirementText,
    against: bool,
    listed: bool,
    ids: set[str],
    detail: _Detail,
) -> _Row:
    reason = result.excluded_reason if result.verdict is Verdict.EXCLUDED else result.message
    headline = reason.strip().split("\n", 1)[0]
    has_folder = bool(results.reproductions) and result.verdict is Verdict.FAIL
    return _Row(
        number=number,
        result=result,
        known=known,
        against=against,
        listed=listed,
        headline=said(headline, _LINE),
        message=block(result.message.strip("\n"), detail.message),
        observed=said(result.observed, _LINE),
        observed_why=known.allowed.get(result.observed, ""),
        excluded_reason=block(result.excluded_reason, detail.message),
        blocked_here=result.blocked_by in ids,
        traceback=block("\n".join(result.traceback), detail.message),
        again=said(shlex.join([*results.again, result.id]), 3 * _LINE) if results.again and _went_wrong(result) else "",
        folder=f"{results.reproductions}/{result.id}" if has_folder else "",
        like=_like(result.like, known),
        talk=_talk(result, headline, detail),
    )


def _went_wrong(result: RequirementResult) -> bool:
    return result.verdict not in (Verdict.PASS, Verdict.EXCLUDED)


def _talk(result: RequirementResult, headline: str, detail: _Detail) -> _Talk | None:
    talk = result.transcript
    if not talk:
        return None
    went_wrong = result.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE)
    divergence = (headline or "see the message") if went_wrong else ""
    return _Talk(
        ladder=draw(talk, divergence=divergence) if detail.ladder else None,
        lines=[_line(line, detail.text) for line in shown(talk, detail.entries)] if detail.entries else [],
        divergence=said(divergence, 4 * _LINE),
    )


def _line(line: Shown, limit: int) -> _Line:
    if isinstance(line, TranscriptEntry):
        return _Line(line.tick, line.side, line.kind.value, said(line.text, limit))
    return _Line(line.tick, "", "", line.text)


def _like(name: str, known: RequirementText) -> FaultText | None:
    if not name:
        return None
    return next((fault for fault in known.faults if fault.name == name), FaultText(name, ""))


# To be read first: what keeps the run from conforming, causes before what they block; then what failed without effect.
def _causes(rows: Sequence[_Row]) -> list[_Cause]:
    found = {row.result.id: row for row in rows if row.against or row.result.verdict is Verdict.FAIL}
    late = {name: (not row.against) + 2 * row.listed for name, row in found.items()}
    return [_cause(root, found) for root in roots([row.result for row in found.values()], first=late)]


def _cause(root: Root, found: Mapping[str, _Row]) -> _Cause:
    own = [found[row.id] for row in root.rows]
    behind = [found[row.id] for row in root.behind]
    return _Cause(
        is_basic=root.is_basic,
        is_named=root.size > 1,
        title=said(root.title, _LINE),
        hangs_on_it=root.hangs_on_it,
        # Where the cause itself was not judged, one that is behind it shows how it looks.
        rows=own[:1] or behind[:1],
        alike=own[1:],
        behind=behind if own else behind[1:],
    )


def _facts(results: Results) -> list[tuple[str, str]]:
    facts = [("Reached", results.reached)] if results.reached else []
    facts += [("Seed", str(results.seed)), ("SHOULD decides too", "yes" if results.strict else "no")]
    if results.selection:
        facts.append(("Selection", said(results.selection, _LINE)))
    if results.command:
        facts.append(("Command", said(shlex.join(results.command), 3 * _LINE)))
    return facts + [(said(key), said(value, _LINE)) for key, value in sorted(results.environment.items())]
