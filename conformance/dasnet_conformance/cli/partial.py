"""The report of a run that was broken off: what was judged by then is kept, and says that it is a part.

It looks over the shoulder of a run's progress for what has been collected, and writes the reports where they were asked
for.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from dasnet_conformance.proof.texts import catalogue_text
from dasnet_conformance.running.collect import Collector
from dasnet_conformance.running.conclusion import NEVER_RAN, conclude_run
from dasnet_conformance.running.judge import Progress
from dasnet_conformance.running.stream import Record
from dasnet_reports import Results, SanityResult, Verdict, write_reports

from .signals import holding_back


class Watched:
    """A progress that keeps what has been collected. Argument: `progress`, which is told of everything."""

    def __init__(self, progress: Progress) -> None:
        self.collector: Collector | None = None
        self._progress = progress

    def record(self, record: Record, collector: Collector) -> None:
        """One record arrived."""
        self.collector = collector
        self._progress.record(record, collector)

    def note(self, text: str) -> None:
        """Something a person should know."""
        self._progress.note(text)


def keep_partial_report(watched: Watched, command: Sequence[str], directory: str | None, ended: str) -> str:
    """Write the reports of what was judged so far, where a folder was named; returns what to tell, or nothing.

    Arguments: `command`, the command line; `ended`, what broke the run off.
    """
    if not directory or watched.collector is None:
        return ""
    results = _partial(watched.collector, command, ended)
    if results is None:
        return ""
    try:
        with holding_back():
            write_reports(results, directory, catalogue_text())
    except OSError as error:
        return f"the partial report cannot be written to {directory}: {error.strerror}"
    return f"the report in {directory} is partial: {results.selection}"


def _partial(collector: Collector, command: Sequence[str], ended: str) -> Results | None:
    if collector.header is not None and not collector.duration_s:
        collector.duration_s = max(time.time() - collector.header["started"], 0.0)
    # The check of the moment has no verdict, whatever it was about.
    collector.running.clear()
    results = conclude_run(collector, command).results
    if results is None:
        return None
    judged = sum(row.message != NEVER_RAN for row in results.requirements)
    rows = tuple(
        replace(row, message=f"not judged: the run was {ended}")
        if row.verdict is Verdict.INCONCLUSIVE and row.message == NEVER_RAN
        else row
        for row in results.requirements
    )
    told = f"the run was {ended} after {judged} of {len(rows)} requirements"
    # The pages show what the last sanity conversation came to, and the gates what the selection was: both say it.
    sanity = replace(results.sanity, last=SanityResult(Verdict.INCONCLUSIVE, told))
    return replace(results, requirements=rows, selection=told, broken_off=True, sanity=sanity)
