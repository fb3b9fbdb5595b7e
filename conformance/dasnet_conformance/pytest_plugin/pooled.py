"""The session of a process that shares its checks among workers, and what a worker does: see `pool` for the processes.

The process that shares never touches the implementation. Only `dasnet run` starts such a session.
"""

from __future__ import annotations

import gc
import os
from dataclasses import dataclass
from multiprocessing.connection import Connection

import pytest

from dasnet_adapters import UsageError
from dasnet_conformance.running.endings import spell_exit
from dasnet_conformance.stage.black_box import BlackBox

from .pool import Message, Pool, Worker, start_worker
from .process import Process
from .selecting import Selection
from .session import UNREACHED, Conduct


@dataclass(frozen=True)
class Scouted:
    """What a scout found: the profiles that are judged, the pace, whether the sanity conversation got through.

    `over` is not empty where the run ends with that: the message, and the exit status in `status`.
    """

    profiles: tuple[str, ...] = ()
    check_deadline: float = 0.0
    conversed: bool = False
    over: str = ""
    status: int = 0


class PooledSession:
    """The plugin around all checks of a process that shares them among workers."""

    def __init__(self, process: Process, selection: Selection, conduct: Conduct) -> None:
        self._process = process
        self._selection = selection
        self._conduct = conduct
        self._scout: Worker | None = None
        self._conversed = False
        self._items: list[pytest.Item] = []

    def pytest_sessionstart(self) -> None:
        """Send a scout to the implementation: it is on its way while this process collects the checks."""
        try:
            self._process.reach()
        except UsageError as error:
            self._process.stop(str(error))
        self._scout = start_worker(self._go_ahead)

    def _go_ahead(self, connection: Connection, black_box: BlackBox) -> None:
        process = self._process
        process.become_worker(black_box)
        try:
            self._conduct.greet(build=False)
            conversed = self._conduct.converse("first")
            found = Scouted(self._selection.profiles, process.check_deadline, conversed)
        except pytest.exit.Exception as over:
            found = Scouted(over=str(over), status=over.returncode or 0)
        connection.send(found)
        process.let_go()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self) -> None:
        """Hear the scout: what it found decides which checks are chosen."""
        scout, self._scout = self._scout, None
        if scout is None:
            return
        try:
            found: Scouted = scout.connection.recv()
        except (EOFError, OSError):
            scout.process.join()
            how = f"the process {spell_exit(scout.process.exitcode)}"
            self._process.stream.write("died", of=scout.process.pid, how=how, calls=scout.black_box.read())
            pytest.exit(UNREACHED, returncode=2)
        finally:
            scout.connection.close()
        if found.over:
            pytest.exit(found.over, returncode=found.status)
        self._selection.profiles = found.profiles
        self._process.check_deadline = max(self._process.check_deadline, found.check_deadline)
        self._conversed = found.conversed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Share the checks among workers, unless the sanity conversation did not get through."""
        if not session.items:
            return None
        if not self._conversed:
            # Neither a death nor a hang gets better by being asked two hundred times.
            session.shouldstop = UNREACHED
            raise session.Interrupted(session.shouldstop)
        self._items = session.items
        process = self._process
        size = min(process.config.getoption("--dasnet-workers"), len(session.items))
        # What is here now is never garbage: a copy that looked through it would only have to copy it for good.
        gc.freeze()
        pool = Pool(size, self._work, process.stream.write, lambda: process.check_deadline)
        pool.run(
            range(len(session.items)),
            enough=lambda: False,
            done=lambda _check, _told: None,
            knowledge=lambda: None,
        )
        return True

    def _work(self, connection: Connection, black_box: BlackBox) -> None:
        # In a worker: takes one check after another, until it is told that there is none left.
        process = self._process
        process.become_worker(black_box)
        while True:
            try:
                word, check, _knowledge = connection.recv()
            except EOFError:
                os._exit(1)  # whoever handed out the checks is gone
            if word == Message.STOP:
                break
            item = self._items[check]
            process.told.clear()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            connection.send((Message.DONE, check, list(process.told)))
        self._conduct.converse("last")
        self._conduct.end()

    def pytest_sessionfinish(self) -> None:
        """Write the end of the run; the sanity conversations are the workers' part."""
        self._conduct.end()

    def pytest_unconfigure(self) -> None:
        """Let go also of a session that never began, which pytest does not finish."""
        self._process.let_go()
