"""The matrix: many runs beside each other, a row per requirement and a column per implementation.

What lives here: the table as data, and its three forms: a page, Markdown and JSON. May touch: nothing but the package's
own templates.

Runs may come from different releases of the suite, so a requirement that a run does not know has no verdict there; what
rows say of themselves (section, level, profile) is taken from the first run that has them. The same implementation may
stand there twice, reached in two ways or in two versions: columns are called by what tells them apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from . import as_json, as_markdown, pages
from .catalogue_text import NO_TEXTS, CatalogueText
from .conclude import is_as_listed, known_failures
from .model import RequirementResult, Results, Verdict
from .pages import VERDICT_MARKS, said

MATRIX_SCHEMA: Final = 1
"""Version of the form of matrix.json."""

NOT_RUN: Final = "not run"
"""What a cell says where a run has no row."""

NOT_TOLD: Final = "not told"
"""What stands for how an implementation was reached in results that do not say it."""

_NOT_RUN_MARK: Final = "·"
_KNOWN_MARK: Final = "*"
_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class Column:
    """One run: its results, the address of its own report, percent-encoded, or empty, and what the column is called.

    `label` is the implementation's name, bounded and harmless, and whatever else it takes to differ from every other
    column.
    """

    results: Results
    link: str
    label: str

    @property
    def version(self) -> str:
        """The implementation's version, bounded and harmless."""
        return said(self.results.implementation.version, _NAME)

    @property
    def language(self) -> str:
        """The implementation's language, bounded and harmless."""
        return said(self.results.implementation.language, _NAME)

    @property
    def reached(self) -> str:
        """How commands reached the implementation."""
        return self.results.reached or NOT_TOLD

    @property
    def baseline(self) -> str:
        """What came of the run's list of known failures, in words; empty without one."""
        if self.results.baseline is None:
            return ""
        number = len(known_failures(self.results))
        told = f"{number:,} known failure{'' if number == 1 else 's'}"
        return f"as listed, {told}" if is_as_listed(self.results) else f"not as listed, {told}"

    @property
    def suite_version(self) -> str:
        """Which release of the suite judged, bounded and harmless."""
        return said(self.results.suite.version, _NAME)


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement: what it says of itself, and its verdict in each run, None where that run has no row of it.

    `known` says for each run whether that verdict is one of its known failures.
    """

    requirement: RequirementResult
    text: str
    verdicts: tuple[Verdict | None, ...]
    known: tuple[bool, ...]

    @property
    def all_pass(self) -> bool:
        """Whether every run that has it passes it."""
        return set(self.verdicts) <= {Verdict.PASS, None}

    @property
    def differs(self) -> bool:
        """Whether two runs that have it disagree."""
        return len(set(self.verdicts) - {None}) > 1


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one section."""

    name: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The whole table."""

    columns: tuple[Column, ...]
    groups: tuple[Group, ...]

    @property
    def has_baseline(self) -> bool:
        """Whether a run was held against a list of known failures."""
        return any(column.results.baseline is not None for column in self.columns)


def tabulate(runs: Sequence[Results], catalogue: CatalogueText = NO_TEXTS, links: Sequence[str] = ()) -> Matrix:
    """Put runs beside each other.

    Arguments: `runs`, a column each, in this order; `catalogue`, for texts and for the order of rows (what it does not
    name follows in the order of the runs); `links`, for each run the path of its own report, relative to where the
    matrix will be, with "/" between folders, or "" for none; no links at all is fine.
    Errors: ValueError when there are links, but not one per run, or when one is not a relative path.
    """
    if links and len(links) != len(runs):
        raise ValueError(f"{len(links)} links for {len(runs)} runs; give one per run, or none")
    places = map(_address, links or [""] * len(runs))
    columns = tuple(Column(*column) for column in zip(runs, places, _labels(runs), strict=True))
    listed = [known_failures(run) for run in runs]
    found = [{row.id: row for row in run.requirements} for run in runs]
    first: dict[str, RequirementResult] = {}
    for rows in found:
        for name, row in rows.items():
            first.setdefault(name, row)
    order = dict.fromkeys([*(name for name in catalogue.requirements if name in first), *first])
    groups: dict[str, list[Line]] = {}
    for name in order:
        verdicts = tuple(rows[name].verdict if name in rows else None for rows in found)
        line = Line(first[name], catalogue.of(name).text, verdicts, tuple(name in known for known in listed))
        groups.setdefault(first[name].section, []).append(line)
    return Matrix(columns, tuple(Group(name, catalogue.title(name), tuple(lines)) for name, lines in groups.items()))


def render_matrix(runs: Sequence[Results], catalogue: CatalogueText = NO_TEXTS, links: Sequence[str] = ()) -> str:
    """Draw runs as one page.

    Arguments and errors: as `tabulate`.
    Returns: an HTML document that declares UTF-8, asks nothing of any host and works from disk.
    """
    matrix = tabulate(runs, catalogue, links)
    return pages.make_page(
        "matrix.html",
        styles=("page.css", "matrix.css"),
        scripts=("page.js", "matrix.js"),
        values={
            "matrix": matrix,
            "verdicts": list(Verdict),
            "number": sum(len(group.lines) for group in matrix.groups),
            "releases": sorted({column.suite_version for column in matrix.columns}),
            "not_run": NOT_RUN,
            "not_run_mark": _NOT_RUN_MARK,
            "known_mark": _KNOWN_MARK,
        },
    )


def render_matrix_markdown(
    runs: Sequence[Results], catalogue: CatalogueText = NO_TEXTS, links: Sequence[str] = ()
) -> str:
    """Draw runs as Markdown: the totals, then the verdicts.

    Arguments and errors: as `tabulate`. Returns: CommonMark with tables.
    """
    matrix = tabulate(runs, catalogue, links)
    totals = [
        [
            _markdown_name(column),
            as_markdown.inline(column.version),
            as_markdown.inline(column.language),
            column.reached,
            column.results.verdict.value,
            *([column.baseline] if matrix.has_baseline else []),
            *(f"{column.results.counts[verdict]:,}" for verdict in Verdict),
        ]
        for column in matrix.columns
    ]
    header = ["Implementation", "Version", "Language", "Reached", "Verdict"]
    header += [*(["Baseline"] if matrix.has_baseline else []), *(verdict.value for verdict in Verdict)]
    lines = [
        [line.requirement.id, line.requirement.level.value, *map(_markdown_cell, line.verdicts, line.known)]
        for group in matrix.groups
        for line in group.lines
    ]
    legend = ", ".join(f"{VERDICT_MARKS[verdict]} {verdict.value}" for verdict in Verdict)
    parts = ["## Conformance of implementations", _markdown_table(header, totals, numbers=len(Verdict))]
    if lines:
        names = [_markdown_name(column) for column in matrix.columns]
        legend = f"{legend}, {_NOT_RUN_MARK} {NOT_RUN}."
        if matrix.has_baseline:
            legend += " What is called known is a failure that the baseline of that implementation lists."
        parts += [legend, _markdown_table(["Requirement", "Level", *names], lines)]
    return "\n\n".join(parts) + "\n"


def render_matrix_json(runs: Sequence[Results], catalogue: CatalogueText = NO_TEXTS, links: Sequence[str] = ()) -> str:
    """Write runs as JSON, for programs: the columns, and the rows with a verdict or null per column.

    Arguments and errors: as `tabulate`. Names are exact, as in results.json.
    """
    matrix = tabulate(runs, catalogue, links)
    document = {
        "schema": MATRIX_SCHEMA,
        "implementations": [_column_document(column) for column in matrix.columns],
        "requirements": [
            {
                "id": line.requirement.id,
                "section": group.name,
                "level": line.requirement.level.value,
                "profile": line.requirement.profile,
                "verdicts": [verdict and verdict.value for verdict in line.verdicts],
            }
            for group in matrix.groups
            for line in group.lines
        ],
    }
    return as_json.encode(document)


def _column_document(column: Column) -> Mapping[str, Any]:
    run = column.results
    return {
        "name": run.implementation.name,
        "version": run.implementation.version,
        "language": run.implementation.language,
        "reached": run.reached,
        "suite": {"name": run.suite.name, "version": run.suite.version},
        "verdict": run.verdict.value,
        "strict": run.strict,
        "started": run.started,
        "counts": dict(run.counts),
        "profiles": {profile.name: profile.status.value for profile in run.profiles},
        "baseline": None if run.baseline is None else _baseline_document(run),
        "report": column.link,
    }


def _baseline_document(run: Results) -> Mapping[str, Any]:
    known = known_failures(run)
    return {
        "as_listed": is_as_listed(run),
        "known_failures": [row.id for row in run.requirements if row.id in known],
    }


# What each column is called. Names may repeat; then it is told how each was reached, which version it is and in which
# language it is written, as far as that differs, and where nothing does, which of them it is.
def _labels(runs: Sequence[Results]) -> list[str]:
    labels = [said(run.implementation.name, _NAME) for run in runs]
    for fact in (
        [run.reached or NOT_TOLD for run in runs],
        [said(run.implementation.version, _NAME) for run in runs],
        [said(run.implementation.language, _NAME) for run in runs],
    ):
        told: dict[str, set[str]] = {}
        for label, value in zip(labels, fact, strict=True):
            told.setdefault(label, set()).add(value)
        labels = [
            f"{label}, {value}" if len(told[label]) > 1 else label for label, value in zip(labels, fact, strict=True)
        ]
    taken: set[str] = set()
    for place, label in enumerate(labels):
        number = 1
        while labels[place] in taken:
            number += 1
            labels[place] = f"{label} ({number})"
        taken.add(labels[place])
    return labels


# Quoted, no colon can make a scheme of a path; a leading slash would lead to another folder, or with two to a host.
def _address(path: str) -> str:
    if path.startswith(("/", "\\")):
        raise ValueError(f"the link {path[:_NAME]!r} is no relative path; give one from the matrix to the report")
    return quote(path, safe="/")


def _markdown_name(column: Column) -> str:
    name = as_markdown.inline(column.label)
    return f"[{name}]({column.link})" if column.link else name


# What is not a pass carries its word: it is what is looked for, and symbols alone are easily mistaken.
def _markdown_cell(verdict: Verdict | None, known: bool) -> str:
    if verdict is None:
        return _NOT_RUN_MARK
    mark = VERDICT_MARKS[verdict]
    if verdict is Verdict.PASS:
        return mark
    return f"{mark} {verdict.value}, known" if known else f"{mark} {verdict.value}"


def _markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: int = 0) -> str:
    rule = ["---"] * (len(header) - numbers) + ["--:"] * numbers
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (header, rule, *rows))
