"""The end of a run that pytest itself started: conclusion, reports, exit status. Else `dasnet run` sees to them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dasnet_conformance.reproduction.folders import write_reproductions
from dasnet_conformance.running.collect import WORKER_DIED, Collector
from dasnet_conformance.running.conclusion import Judged, conclude_run
from dasnet_conformance.running.stream import StreamReader
from dasnet_reports import EXIT_USAGE, write_reports

from .process import Process


class OwnRun:
    """The plugin that judges such a run from its stream, and tells so in the end."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._ending: list[str] = []

    def conclude(self, session: pytest.Session) -> None:
        """Judge what the stream tells, write the reports that were asked for, and set the exit status."""
        collector = Collector(self._process.catalogue)
        reader = StreamReader(self._process.own_stream)
        for record in reader.read():
            collector.add(record)
        reader.close()
        collector.died(WORKER_DIED)
        if session.config.option.collectonly or session.exitstatus == pytest.ExitCode.USAGE_ERROR:
            return
        judged = conclude_run(collector, [Path(sys.argv[0]).name, *sys.argv[1:]])
        # Tests that are none of ours may have run beside the checks; that they failed must not be lost.
        session.exitstatus = judged.exit_status or (pytest.ExitCode.TESTS_FAILED if collector.others else 0)
        self._ending = judged.ending()
        self._report(judged, session)

    def _report(self, judged: Judged, session: pytest.Session) -> None:
        directory = self._process.config.getoption("--dasnet-report-dir")
        if not directory or judged.results is None:
            return
        try:
            write_reports(judged.results, directory)
            write_reproductions(judged.failures, directory, self._process.target)
        except OSError as error:
            session.exitstatus = EXIT_USAGE
            self._ending.append(f"dasnet: the reports cannot be written to {directory}: {error.strerror}")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The verdict, last."""
        for line in self._ending:
            terminalreporter.write_line(line)
