"""The end of a run on the screen: basic faults, the table by section and level, what did not pass by its cause, the
verdict.

Failures stand last, where eyes are. Everything that came from an implementation is made harmless first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from dasnet_conformance.gate.baseline import NEXT_STEP, Kind
from dasnet_conformance.running.conclusion import Judged
from dasnet_conformance.stage.bounds import CUT_SHORT
from dasnet_reports import (
    BaselineOutcome,
    Level,
    Overall,
    RequirementResult,
    Results,
    Root,
    Verdict,
    is_as_listed,
    known_failures,
    not_judged,
    roots,
    sanity_fault,
    spell_overall,
)

from .failures import STYLE, FailureList
from .screen import Screen

_OVERALL_STYLE = {
    Overall.CONFORMING: "bold green",
    Overall.NON_CONFORMING: "bold red",
    Overall.INCONCLUSIVE: "bold yellow",
}


def print_summary(
    console: Console, judged: Judged, written: Sequence[Path], *, directory: str = "", seconds: float | None = None
) -> None:
    """Print the whole ending of a run that has results.

    Arguments: `written`, the files of the report; `directory`, where they are, empty without a report; `seconds`, the
    time that passed since the command began (None: since the run did, as the results say).
    """
    results = judged.results
    if results is None:
        return
    screen = Screen(console)
    known = known_failures(results)
    telling = [
        row
        for row in results.requirements
        if row.verdict not in (Verdict.PASS, Verdict.EXCLUDED) and row.id not in known
    ]
    found = roots(telling)
    _print_basic_faults(screen, sanity_fault(results), [root for root in found if root.is_basic])
    _print_table(console, results)
    FailureList(screen, results, directory).print(found)
    for profile in results.profiles:
        console.print(f"profile {profile.name}: {profile.status.value}")
    if results.baseline is not None:
        _print_baseline(screen, results, results.baseline, known)
    if written:
        screen.print("reports: ", ", ".join(str(path) for path in written))
    if judged.problem:
        screen.print("", judged.problem, style="yellow")
    for line in judged.details:
        screen.print("    ", line)
    for warning in judged.warnings:
        screen.print("", f"warning: {warning}", style="yellow")
    print_verdict(console, results, results.duration_s if seconds is None else seconds)


def print_verdict(console: Console, results: Results, seconds: float, *, alone: bool = False) -> None:
    """Print the last line: the verdict, the counts, the seconds that passed.

    Arguments: `alone`, where no line before it has told what differs from the baseline.
    """
    counts = ", ".join(f"{count} {verdict}" for verdict, count in results.counts.items() if count)
    # A list without an entry says nothing that the verdict does not.
    if is_as_listed(results) and results.baseline is not None and results.baseline.listed:
        word, style = "as listed in the baseline", "bold green"
        number = len(results.baseline.listed)
        told = f": {number} known failure{'' if number == 1 else 's'} ({results.verdict.value}, {counts})"
    else:
        word, style = spell_overall(results), _OVERALL_STYLE[results.verdict]
        told = f" ({counts})"
    left = not_judged(results) or _cut_short(results)
    differences = len(results.baseline.findings) if alone and results.baseline is not None else 0
    gate = f"{differences} difference{'' if differences == 1 else 's'} from the baseline" if differences else ""
    ending = "; ".join(filter(None, (f" in {seconds:.1f} s", left, gate)))
    Screen(console).print(f"{results.implementation.name}: ", word, told + ending, style=style)


# What the idle window was cut to, in words; empty where it was whole.
def _cut_short(results: Results) -> str:
    told = [row.observed for row in results.requirements if row.observed.startswith(CUT_SHORT)]
    return f"{told[0]} (all of it with --no-quick or --strict)" if told else ""


def _print_basic_faults(screen: Screen, said: str, basic: Sequence[Root]) -> None:
    # What the sanity conversation failed with may be the same fault: then it is named once.
    same = [root for root in basic if said and any(row.message == said for row in root.rows)]
    if said and not same:
        screen.print("basic fault: ", f"the sanity conversation did not pass: {said}", lead="bold red")
    for root in basic:
        aside = " and the sanity conversation" if root in same else ""
        screen.print("basic fault: ", f"{root.title}: {root.hangs_on_it}{aside}", lead="bold red")


def _print_baseline(screen: Screen, results: Results, outcome: BaselineOutcome, known: frozenset[str]) -> None:
    if known:
        screen.print("known failures: ", ", ".join(row.id for row in results.requirements if row.id in known))
    for finding in outcome.findings:
        told = f"{finding.requirement}: {finding.message}; {NEXT_STEP[Kind(finding.kind)]}"
        screen.print(f"baseline, {finding.kind} ", told, lead="bold red")
    if not outcome.findings:
        number = len(outcome.listed)
        several = f"{number} known failures, every one as listed" if number else "no known failures"
        screen.print("", f"baseline: {'1 known failure, as listed' if number == 1 else several}")
        if not is_as_listed(results):
            told = "a verdict that is inconclusive could be anything: run again"
            screen.print("baseline, open ", told, lead="bold yellow")


def _print_table(console: Console, results: Results) -> None:
    table = Table(box=box.SIMPLE_HEAD if console.is_terminal else box.ASCII2, pad_edge=False)
    table.add_column("section", no_wrap=True)
    for level in Level:
        table.add_column(level.value, justify="right", no_wrap=True)
    shown = [verdict for verdict in Verdict if results.counts[verdict.value] or verdict is Verdict.PASS]
    for verdict in shown:
        table.add_column(verdict.value, justify="right", style=STYLE[verdict], no_wrap=True)
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
