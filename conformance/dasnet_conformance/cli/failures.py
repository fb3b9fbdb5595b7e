"""What did not pass, on the screen: cause by cause, the first ones in full, what hangs on each in a line. Prints."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.proof.faults.registry import load_faults
from dasnet_conformance.running.conclusion import NEVER_RAN
from dasnet_reports import (
    EntryKind,
    Fold,
    Kind,
    RequirementResult,
    Results,
    Root,
    Shown,
    TranscriptEntry,
    Verdict,
    fold,
)

from .screen import Screen

#: Causes told with their transcript; of the others the reports tell.
TOLD_IN_FULL: Final = 8
#: Lines of a transcript on the screen: its end explains most failures.
TRANSCRIPT_LINES: Final = 14
#: Lines of a traceback on the screen: its end names the place.
TRACEBACK_LINES: Final = 12
#: Requirements that are named where many share a cause.
NAMED: Final = 6

STYLE: Final = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.UNSUPPORTED: "magenta",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.EXCLUDED: "dim",
}

_INDENT: Final = "     "


class FailureList:
    """Prints causes.

    Arguments: `directory`, where the reports of the run were written; empty without.
    """

    def __init__(self, screen: Screen, results: Results, directory: str) -> None:
        self._screen = screen
        self._results = results
        self._directory = directory

    def print(self, found: Sequence[Root]) -> None:
        """Print these causes in their order."""
        told = 0
        for root in found:
            if _is_plain(root):
                self._print_shared(root)
                continue
            told += 1
            self._print_root(root, in_full=told <= TOLD_IN_FULL)
        if told > TOLD_IN_FULL:
            kept = "the reports have them all" if self._directory else "--report-dir DIR keeps them all"
            self._screen.print("", f"Transcripts of the first {TOLD_IN_FULL} are shown; {kept}.")

    # What needs no example: a part that is not there, a check that did not run.
    def _print_shared(self, root: Root) -> None:
        rows = [*root.rows, *root.behind]
        number = f"{len(rows)} requirement{'' if len(rows) == 1 else 's'}"
        told = f" {number}: {_without_case(rows[0].message)}" if len(rows) > 1 else f" {rows[0].id}"
        self._screen.print(root.verdict.value, told, lead=STYLE[root.verdict], indent=5)
        if len(rows) > 1:
            self._print_names("", rows)
        else:
            self._screen.print(_INDENT, rows[0].message)

    def _print_root(self, root: Root, *, in_full: bool) -> None:
        if root.rows:
            first, others = root.rows[0], root.rows[1:]
            self._print_row(first, root, in_full=in_full)
        else:
            first, others = root.behind[0], root.behind[1:]
            self._screen.print(root.verdict.value, f" {root.title}", lead=STYLE[root.verdict], indent=5)
            self._print_row(first, None, in_full=in_full)
        if root.rows and others:
            self._print_names("the same in " if root.hangs_on_it else "", others)
        if root.behind:
            self._print_names(f"blocked by {_blocker(root)}: ", root.behind)

    def _print_names(self, lead: str, rows: Sequence[RequirementResult]) -> None:
        names = ", ".join(row.id for row in rows[:NAMED])
        more = f" and {len(rows) - NAMED} more" if len(rows) > NAMED else ""
        self._screen.print(f"{_INDENT}{lead}", names, more, indent=len(_INDENT) + 2)

    def _print_row(self, row: RequirementResult, root: Root | None, *, in_full: bool) -> None:
        aside = f", {root.hangs_on_it}" if root is not None and root.hangs_on_it else ""
        place = f" ({row.level.value}, {row.profile}){aside}"
        self._screen.print(f"{row.verdict.value} ", row.id, place, lead=STYLE[row.verdict], style="bold", indent=5)
        self._screen.print(_INDENT, row.message)
        for line in row.traceback[-TRACEBACK_LINES:]:
            self._screen.print(f"{_INDENT}  ", line)
        if not in_full:
            return
        requirement = load_catalogue().requirements.get(row.id)
        if requirement is not None:
            self._screen.print(f"{_INDENT}required: ", requirement.text, indent=len(_INDENT) + 2)
        self._print_next_steps(row)
        self._print_transcript(row.transcript)

    def _print_next_steps(self, row: RequirementResult) -> None:
        fault = load_faults().get(row.like)
        if fault is not None:
            told = f"the wrong server {fault.name}: {fault.sentence}"
            self._screen.print(f"{_INDENT}like ", told, indent=len(_INDENT) + 2)
        if self._results.again:
            again = shlex.join([*self._results.again, row.id])
            self._screen.print(f"{_INDENT}again: ", again, f"; dasnet explain {row.id}", indent=len(_INDENT) + 2)
        if self._directory and self._results.reproductions and row.verdict is Verdict.FAIL:
            folder = Path(self._directory) / self._results.reproductions / row.id
            self._screen.print(f"{_INDENT}alone: ", str(folder), indent=len(_INDENT) + 2)

    def _print_transcript(self, transcript: Sequence[TranscriptEntry]) -> None:
        lines = fold(transcript)
        shown = lines[-TRANSCRIPT_LINES:]
        if len(shown) < len(lines):
            self._screen.print(f"{_INDENT}  tick  ", _earlier(lines[: len(lines) - len(shown)]))
        for line in shown:
            if isinstance(line, TranscriptEntry):
                self._screen.print(f"{_INDENT}{line.tick:>6}  {line.side:<7} ", line.text, indent=21)
            else:
                self._screen.print(f"{_INDENT}{line.tick:>6}  ", line.text, indent=21)


def _is_plain(root: Root) -> bool:
    if root.verdict is Verdict.UNSUPPORTED:
        return True
    return all(row.message == NEVER_RAN for row in (*root.rows, *root.behind))


def _blocker(root: Root) -> str:
    if root.kind not in (Kind.CALL, Kind.DEATH):
        return root.name
    return root.title.replace(root.name, f"{root.name} which", 1)


def _without_case(message: str) -> str:
    return message.partition("] ")[2] if message.startswith("[") else message


# What is not shown of a transcript: how much, and which callbacks other than data are among it.
def _earlier(hidden: Sequence[Shown]) -> str:
    number = sum(line.steps * line.times if isinstance(line, Fold) else 1 for line in hidden)
    told = f"({number} earlier entr{'y' if number == 1 else 'ies'}"
    callbacks = [
        line.text
        for line in hidden
        if isinstance(line, TranscriptEntry) and line.kind is EntryKind.EVENT and ": data, size " not in line.text
    ]
    runs = [(text, len(list(run))) for text, run in groupby(callbacks)]
    words = [text if count == 1 else f"{text} x{count}" for text, count in runs]
    return f"{told}; callbacks: {'; '.join(words)})" if words else f"{told})"
