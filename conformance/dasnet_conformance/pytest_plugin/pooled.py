"""The session of a process that shares its checks among workers, and what a worker does: see `pool` for the processes.

The process that shares never touches the implementation. Only `dasnet run` starts such a session.
"""

from __future__ import annotations

import gc
import os
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Final

import pytest

from dasnet_adapters import UsageError
from dasnet_adapters.patience import Patience
from dasnet_conformance.running.endings import spell_exit
from dasnet_conformance.running.plan import HASTE, Plan
from dasnet_conformance.running.room import end_unrecorded_like
from dasnet_conformance.stage.black_box import BlackBox
from dasnet_conformance.stage.bounds import patience
from dasnet_conformance.stage.contents import draw_ahead

from .checking import Checking
from .conduct import UNREACHED, Conduct
from .pool import CONFIRMING, CONFIRMING_DRIVERS, FAREWELL, Flag, Message, Pool, Worker, kill_outright, start_worker
from .process import Process
from .selecting import Selection, requirement_of

#: Seconds that a sanity conversation is waited for, before the checks begin beside it.
MOMENT: Final = 0.5
#: How rarely a process that has only drivers to talk to looks for garbage: see `gc.set_threshold`.
RARELY: Final = (50_000, 20, 100)
#: Checks from which on contents are drawn for all workers at once, and how many bytes: the most that one check takes.
MANY: Final = 200
DRAWN: Final = 20 << 20


@dataclass(frozen=True)
class Greeted:
    """What a scout found out first: the profiles that are judged, and those that are claimed.

    `over` is not empty where the run ends with that: the message, and the exit status in `status`.
    """

    profiles: tuple[str, ...] = ()
    claimed: tuple[str, ...] = ()
    over: str = ""
    status: int = 0


@dataclass(frozen=True)
class Conversed:
    """What a scout found out then: how the sanity conversation went, and the seconds for one check.

    `in_haste` for one that did not pass in haste: it is held again, with patience.
    """

    passed: bool
    got_through: bool
    check_deadline: float
    in_haste: bool = False


class PooledSession:
    """The plugin around all checks of a process that shares them among workers."""

    def __init__(self, process: Process, selection: Selection, conduct: Conduct, checking: Checking) -> None:
        self._process = process
        self._checking = checking
        self._selection = selection
        self._conduct = conduct
        self._scout: Worker | None = None
        self._items: list[pytest.Item] = []
        #: Whether checks that let seconds pass are all that is left.
        self._only_idles = Flag()
        #: What is known of the first sanity conversation: whether it is at its end, whether it passed, and whether
        #: there is a way to the implementation at all.
        self._known = False
        self._passed = False
        self._reachable = True

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
        except pytest.exit.Exception as over:
            connection.send(Greeted(over=str(over), status=over.returncode or 0))
        else:
            connection.send(Greeted(self._selection.profiles, self._selection.claimed))
            with patience(HASTE):
                told = self._conduct.converse("first", final=False)
            if told.verdict == "pass":
                self._conduct.tell("first", told)
                connection.send(Conversed(True, True, process.check_deadline))
            else:
                connection.send(Conversed(False, True, process.check_deadline, in_haste=True))
                told = self._conduct.converse("first")
                got_through = told.verdict != "inconclusive"
                connection.send(Conversed(told.verdict == "pass", got_through, process.check_deadline))
        process.let_go()

    def _hear_scout(self, scout: Worker) -> Any:
        # What it tells next; None where its process is gone.
        try:
            return scout.connection.recv()
        except (EOFError, OSError):
            scout.process.join()
            end_unrecorded_like(scout.process.exitcode)
            how = f"the process {spell_exit(scout.process.exitcode)}"
            self._process.stream.write("died", of=scout.process.pid, how=how, calls=scout.black_box.read())
            return None

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self) -> None:
        """Hear the scout: what it found decides which checks are chosen."""
        if self._scout is None:
            return
        found = self._hear_scout(self._scout)
        if found is None:
            pytest.exit(UNREACHED, returncode=2)
        if found.over:
            pytest.exit(found.over, returncode=found.status)
        self._selection.profiles, self._selection.claimed = found.profiles, found.claimed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Share the checks among workers, unless the sanity conversation did not get through."""
        scout = self._scout
        if not session.items or scout is None:
            return None
        process = self._process
        if len(session.items) > MANY:
            draw_ahead(str(process.seed), DRAWN)
        # Mostly that is known by now. A conversation that takes long is not waited for: it may be a call that hangs.
        if scout.connection.poll(MOMENT):
            self._took(self._hear_scout(scout))
        self._items = session.items
        size = min(process.config.getoption("--dasnet-workers"), len(session.items))
        # What is here now is never garbage: a copy that looked through it would only have to copy it for good.
        gc.freeze()
        if process.target.is_driver:
            # Nor is what a check keeps until its end, and of the port there is nothing in this process.
            gc.set_threshold(*RARELY)
        if process.config.getoption("--dasnet-cut-idling"):
            # A verdict that is to be confirmed is asked with all the patience that there is.
            process.idled_enough = lambda: process.scale < 1.0 and self._only_idles.is_set()
        plan = Plan(
            [requirement_of(item) for item in session.items],
            self._write_case,
            hasty=not process.config.getoption("--dasnet-no-haste"),
            most_failures=process.config.getoption("--dasnet-maxfail"),
            unhurried={name for name, each in process.catalogue.requirements.items() if each.unhurried},
        )
        pool = Pool(
            size,
            self._work,
            process.stream.write,
            lambda: process.check_deadline,
            confirming=CONFIRMING_DRIVERS if process.target.is_driver else CONFIRMING,
            only_idles=self._only_idles.set,
        )
        if not pool.run(plan, lambda: self._may_go_on(scout), lambda: self._patience_at_last(scout)):
            # Nobody can reach it, which does not get better by being tried two hundred times.
            session.shouldstop = UNREACHED
            raise session.Interrupted(session.shouldstop)
        for name in plan.changed:
            process.stream.write("warning", message=f"{name} failed at first, and passed when it was asked again")
        return True

    def _may_go_on(self, scout: Worker) -> bool:
        # Whether the sanity conversation got through, as far as is known.
        if not self._known and scout.connection.poll():
            self._took(self._hear_scout(scout))
        return self._reachable

    def _patience_at_last(self, scout: Worker) -> float:
        # Where the first conversation did not pass, the last one has no news, and is not waited for.
        while not self._known:
            self._took(self._hear_scout(scout))
        return 1.0 if self._passed else HASTE

    def _took(self, conversed: Conversed | None) -> None:
        # A process that died in the conversation made a call that it did not survive: others may be survived.
        self._known = conversed is None or not conversed.in_haste
        self._passed = conversed is not None and conversed.passed
        if conversed is not None:
            self._reachable = conversed.got_through
            self._process.check_deadline = max(self._process.check_deadline, conversed.check_deadline)

    def _write_case(self, **case: Any) -> None:
        self._process.stream.write("case", **case)

    def _work(self, connection: Connection, black_box: BlackBox) -> None:
        # In a worker: takes one check after another, until it is told that there is none left.
        process = self._process
        process.become_worker(black_box)
        while True:
            try:
                word, check, (scale, known) = connection.recv()
            except EOFError:
                os._exit(1)  # whoever handed out the checks is gone
            if word == Message.STOP:
                break
            item = self._items[check]
            process.told.clear()
            process.scale = scale
            # Of adapters of other kinds nothing is learnt.
            calls: Patience | None = getattr(process.reached(), "patience", None)
            if calls is not None:
                calls.learn(known)
            with patience(scale):
                self._checking.run(item)
            learnt = calls.known() if calls is not None else None
            connection.send((Message.DONE, check, (list(process.told), learnt)))
        with patience(scale):
            self._conduct.converse("last")
        self._conduct.end()
        connection.send((Message.LEAVE, 0, None))

    def pytest_sessionfinish(self) -> None:
        """Write the end of the run; the sanity conversations are the workers' part."""
        self._end_scout()
        self._conduct.end()

    def _end_scout(self) -> None:
        if self._scout is not None:
            # One that has told all lets go of its driver yet; one that is still at it has nothing to tell any more.
            if self._known:
                self._scout.process.join(FAREWELL)
            kill_outright(self._scout.process)
            self._scout = None

    def pytest_unconfigure(self) -> None:
        """Let go also of a session that never began, which pytest does not finish."""
        self._end_scout()
        self._process.let_go()
