"""The end of a run on the screen: the table by section and level, then what did not pass, then the verdict.

Failures stand last, where eyes are. Everything that came from an implementation is made harmless first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.gate.baseline import NEXT_STEP, Kind
from dasnet_conformance.running.conclusion import NEVER_RAN, Judged
from dasnet_reports import BaselineOutcome, Level, Overall, RequirementResult, Results, Verdict, harmless, is_as_listed

#: Failures told with their transcript; of the others the reports tell.
TOLD_IN_FULL = 8
#: Lines of a transcript on the screen: its end explains most failures.
TRANSCRIPT_LINES = 14
#: Characters of one text of an implementation on the screen.
MOST_CHARACTERS = 600

_STYLE = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.UNSUPPORTED: "magenta",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.EXCLUDED: "dim",
}
_OVERALL_STYLE = {
    Overall.CONFORMING: "bold green",
    Overall.NON_CONFORMING: "bold red",
    Overall.INCONCLUSIVE: "bold yellow",
}


def safe(text: str) -> str:
    """Text of an implementation, harmless on a terminal and to rich's markup."""
    return escape(harmless(text, MOST_CHARACTERS, one_line=True))


def print_summary(console: Console, judged: Judged, written: Sequence[Path]) -> None:
    """Print the whole ending of a run that has results."""
    results = judged.results
    if results is None:
        return
    _print_table(console, results)
    _print_failures(console, results)
    for profile in results.profiles:
        console.print(f"profile {profile.name}: {profile.status.value}")
    if results.baseline is not None:
        _print_baseline(console, results, results.baseline)
    if written:
        console.print(f"reports: {escape(', '.join(str(path) for path in written))}", soft_wrap=True)
    if judged.problem:
        console.print(f"[yellow]{safe(judged.problem)}[/]", soft_wrap=True)
    for line in judged.details:
        console.print(f"    {safe(line)}", soft_wrap=True)
    for warning in judged.warnings:
        console.print(f"[yellow]warning: {safe(warning)}[/]", soft_wrap=True)
    print_verdict(console, results)


def print_verdict(console: Console, results: Results) -> None:
    """Print the last line: the verdict, the counts, the time."""
    counts = ", ".join(f"{count} {verdict}" for verdict, count in results.counts.items() if count)
    style = _OVERALL_STYLE[results.verdict]
    name = safe(results.implementation.name)
    console.print(
        f"{name}: [{style}]{results.verdict.value}[/] ({counts}) in {results.duration_s:.1f} s", soft_wrap=True
    )


def _print_baseline(console: Console, results: Results, outcome: BaselineOutcome) -> None:
    for finding in outcome.findings:
        told = f"{finding.requirement}: {safe(finding.message)}; {NEXT_STEP[Kind(finding.kind)]}"
        console.print(f"[bold red]baseline, {finding.kind}[/] {told}", soft_wrap=True)
    if not outcome.findings:
        console.print(f"baseline: {len(outcome.listed)} known failures, every one as listed")
        if not is_as_listed(results):
            console.print("[bold yellow]baseline, open[/] a verdict that is inconclusive could be anything: run again")


def _print_table(console: Console, results: Results) -> None:
    table = Table(box=box.SIMPLE_HEAD if console.is_terminal else box.ASCII2, pad_edge=False)
    table.add_column("section")
    for level in Level:
        table.add_column(level.value, justify="right")
    shown = [verdict for verdict in Verdict if results.counts[verdict.value] or verdict is Verdict.PASS]
    for verdict in shown:
        table.add_column(verdict.value, justify="right", style=_STYLE[verdict])
    sections: dict[str, list[RequirementResult]] = defaultdict(list)
    for row in results.requirements:
        sections[row.section].append(row)
    for section, rows in [*sections.items(), ("total", list(results.requirements))]:
        if section == "total":
            table.add_section()
        # Of each level: passed / all.
        cells = []
        for level in Level:
            of_level = [row for row in rows if row.level is level]
            passed = sum(row.verdict is Verdict.PASS for row in of_level)
            cells.append(f"{passed}/{len(of_level)}" if of_level else "-")
        by_verdict = Counter(row.verdict for row in rows)
        table.add_row(section, *cells, *(str(by_verdict[verdict] or "-") for verdict in shown))
    console.print(table)


def _print_failures(console: Console, results: Results) -> None:
    # What many rows share is told once: the setup they all needed, the part that is not there, a run that ended early.
    shared: dict[str, list[RequirementResult]] = defaultdict(list)
    for row in results.requirements:
        if row.verdict not in (Verdict.PASS, Verdict.EXCLUDED):
            shared[_common_cause(row)].append(row)
    told = 0
    for cause, rows in shared.items():
        if cause and len(rows) > 1:
            _print_group(console, cause, rows)
            continue
        for row in rows:
            told += 1
            _print_row(console, row, in_full=told <= TOLD_IN_FULL and row.verdict is not Verdict.UNSUPPORTED)
    if told > TOLD_IN_FULL:
        console.print(f"Transcripts of the first {TOLD_IN_FULL} are shown; --report-dir DIR keeps them all.")


def _common_cause(row: RequirementResult) -> str:
    if row.blocked_by:
        return f"in the setup, for want of {row.blocked_by}"
    if row.verdict is Verdict.UNSUPPORTED or row.message == NEVER_RAN:
        # Without the case in brackets: the same part is missing in each.
        return row.message.partition("] ")[2] if row.message.startswith("[") else row.message
    return ""


def _print_group(console: Console, cause: str, rows: Sequence[RequirementResult]) -> None:
    style = _STYLE[rows[0].verdict]
    console.print(f"[{style}]{rows[0].verdict.value}[/] {len(rows)} requirements: {safe(cause)}", soft_wrap=True)
    names = [row.id for row in rows]
    console.print(f"     {', '.join(names[:6])}{' ...' if len(names) > 6 else ''}", soft_wrap=True)


def _print_row(console: Console, row: RequirementResult, *, in_full: bool) -> None:
    console.print(f"[{_STYLE[row.verdict]}]{row.verdict.value}[/] [bold]{row.id}[/] ({row.level.value}, {row.profile})")
    console.print(f"     {safe(row.message)}", soft_wrap=True)
    if not in_full:
        return
    requirement = load_catalogue().requirements.get(row.id)
    if requirement is not None:
        console.print(f"     required: {escape(requirement.text)}", soft_wrap=True)
    entries = row.transcript[-TRANSCRIPT_LINES:]
    if len(entries) < len(row.transcript):
        console.print(f"       tick  ({len(row.transcript) - len(entries)} earlier entries)")
    for entry in entries:
        console.print(f"     {entry.tick:>6}  {entry.side:<7} {safe(entry.text)}", soft_wrap=True)
