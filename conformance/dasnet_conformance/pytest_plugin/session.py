"""The working part of the pytest plugin: the session of one process, from reaching the implementation to its end.

It runs in every process of a run: the one that a person or `dasnet run` started, and each worker, of a pool (`pooled`)
or of pytest-xdist. All of them append to one stream (`running.stream`); results are made from that stream alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dasnet_adapters import UsageError
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.running.target import Settings, Target

from .checking import Checking
from .conduct import UNREACHED, Conduct
from .process import Process
from .selecting import Selection, excluded_by

if TYPE_CHECKING:
    from .own_run import OwnRun


def register(config: pytest.Config) -> None:
    """Put the suite to work in this process. Raises `pytest.UsageError` for options that cannot be meant."""
    catalogue = load_catalogue()
    settings = Settings(
        call_deadline=config.getoption("--dasnet-call-deadline"),
        check_deadline=config.getoption("--dasnet-deadline"),
        no_deadline=config.getoption("--dasnet-no-deadline"),
        peer_host=config.getoption("--dasnet-peer-host"),
    )
    try:
        target = Target(config.getoption("--dasnet-implementation"), settings)
        excluded = excluded_by(config, catalogue, target)
    except UsageError as error:
        raise pytest.UsageError(f"dasnet: {error}") from None
    process = Process(config, catalogue, target)
    selection = Selection(process, excluded)
    add = config.pluginmanager.register
    own_run: OwnRun | None = None
    if process.own_stream:
        # Only here: the children of `dasnet run` and the workers do without the reports.
        from .own_run import OwnRun

        own_run = OwnRun(process)
        add(own_run, "dasnet-own-run")
    conduct = Conduct(process, selection)
    checking = Checking(process)
    if config.getoption("--dasnet-workers"):
        from .pooled import PooledSession

        add(PooledSession(process, selection, conduct, checking), "dasnet-session")
    else:
        add(SessionPlugin(process, selection, conduct, own_run), "dasnet-session")
    add(selection, "dasnet-selection")
    add(checking, "dasnet-checking")


class SessionPlugin:
    """The plugin around all checks of a process that runs them itself, or hands them to pytest-xdist."""

    def __init__(self, process: Process, selection: Selection, conduct: Conduct, own_run: OwnRun | None) -> None:
        self._process = process
        self._selection = selection
        self._conduct = conduct
        self._own_run = own_run
        self._conversed = False

    def pytest_sessionstart(self) -> None:
        """Reach the implementation and write the header; what cannot be reached ends the run with one line."""
        process = self._process
        try:
            process.reach()
        except UsageError as error:
            process.stop(str(error))
        if process.is_worker:
            told = process.config.workerinput["dasnet_profiles"]  # type: ignore[attr-defined]
            self._selection.profiles = tuple(told)
            return
        # A run that `dasnet run` started has been built for.
        self._conduct.greet(build=self._own_run is not None)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of pytest-xdist what only this process knows: the profiles that were chosen, and the stream."""
        node.workerinput["dasnet_profiles"] = list(self._selection.profiles)
        node.workerinput["dasnet_stream"] = self._process.stream_path

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Hold the first sanity conversation in each process that runs checks; none runs if it does not get through."""
        is_worker = self._process.is_worker
        runs_checks = is_worker or not _distributes(self._process.config)
        if not runs_checks or session.config.option.collectonly or (not is_worker and not session.items):
            return None
        self._conversed = self._conduct.converse("first").verdict != "inconclusive"
        if self._conversed:
            return None
        # Neither a death nor a hang gets better by being asked two hundred times.
        session.shouldstop = UNREACHED
        if is_worker:
            return True  # read by the process that hands out the checks; an interrupted worker would be replaced
        raise session.Interrupted(session.shouldstop)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Hold the last sanity conversation, unless the run was broken off, and let go of the implementation.

        The process that started the run draws the conclusion.
        """
        if self._conversed and exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            self._conduct.converse("last")
        self._conduct.end()
        if self._own_run is not None:
            self._own_run.conclude(session)

    def pytest_unconfigure(self) -> None:
        """Let go also of a session that never began, which pytest does not finish."""
        self._process.let_go()
        self._process.remove_own_stream()


def _distributes(config: pytest.Config) -> bool:
    return bool(getattr(config.option, "numprocesses", None) or getattr(config.option, "tx", None))
