"""The workers of a run: processes that are copies of this one, made in milliseconds, each with the checks at hand.

Most of a run is waiting: in windows of silence, for a packet, for patience to end. So several workers share the checks,
each with an implementation of its own. This process never touches the implementation. A *scout* reaches it first, tells
what it claims, and holds the sanity conversation while this process collects the checks; then the workers take one
check after another. One that dies is told to the stream together with its last calls, and another takes its place, so
that a crash costs the check in which it happened and nothing else. This module starts processes and ends those it
started.
"""

from __future__ import annotations

import mmap
import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Final

from dasnet_adapters.child_process import end_groups, groups_started_by
from dasnet_adapters.parent_death import end_with_parent
from dasnet_adapters.patience import Known, Patience
from dasnet_conformance.running.endings import spell_exit
from dasnet_conformance.running.plan import Plan
from dasnet_conformance.running.room import end_unrecorded_like
from dasnet_conformance.stage.black_box import BlackBox

#: Seconds beyond the bound of a check after which a worker is held to be frozen: its interruption is of no avail.
GRACE: Final = 10.0
#: The same, when a worker has been found frozen before: then it is the implementation's way.
GRACE_AGAIN: Final = 2.0
#: How many times as many workers there are while verdicts are confirmed: that is waiting and next to no work, but for
#: the start of a driver.
CONFIRMING: Final = 6
CONFIRMING_DRIVERS: Final = 3
#: Seconds that a worker has for its farewell: a sanity conversation and the end of a driver.
FAREWELL: Final = 60.0
#: Frozen workers after which no more checks are handed out.
MOST_FROZEN: Final = 8

_POLL: Final = 0.2


class Message:
    """What goes between this process and a worker, by its first word."""

    RUN: Final = "run"
    STOP: Final = "stop"
    DONE: Final = "done"
    LEAVE: Final = "leave"


@dataclass
class Worker:
    """One worker, as this process sees it: the process, the way to it, and what it is busy with."""

    process: Any
    connection: Connection
    black_box: BlackBox
    #: The check that it runs, by its place among all; None while it has none.
    busy: int | None = None
    since: float = field(default_factory=time.monotonic)
    #: What it was told about calls that hang.
    told: Known = ({}, {})
    #: Whether it was told to take its leave; it is given nothing any more.
    leaves: bool = False


class Learnt:
    """What all workers together have learnt of how long calls take: see `dasnet_adapters.patience`."""

    def __init__(self) -> None:
        self._hung: Counter[str] = Counter()
        self._patience = Patience(None)

    def add(self, told: Known, known: Known | None) -> None:
        """Take what a worker knows after a check. Arguments: `told`, what it was told before."""
        if known is None:
            return
        self._patience.learn(({}, known[1]))
        self._hung.update({command: count - told[0].get(command, 0) for command, count in known[0].items()})

    @property
    def known(self) -> Known:
        """All of it."""
        return dict(self._hung), self._patience.known()[1]


class Flag:
    """A yes that every copy of this process sees, in memory that they share. Made before the copies."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 1)

    def set(self) -> None:
        """From now on it is yes."""
        self._memory[0] = 1

    def is_set(self) -> bool:
        """Whether it is."""
        return self._memory[0] == 1


#: What a worker does: told the way to this process and its black box, it takes messages until it is to stop.
Work = Callable[[Connection, BlackBox], None]


class Pool:
    """Workers that share the checks of a run.

    Arguments: `size`, how many at once; `work`, what each does in its process; `write`, takes a record of the stream;
    `bound`, tells the seconds that one check may take, 0 for no end; `confirming`, how many times as many there may be
    while verdicts are confirmed; `only_idles`, called when all that is left are checks that let seconds pass.
    """

    def __init__(
        self,
        size: int,
        work: Work,
        write: Callable[..., None],
        bound: Callable[[], float],
        *,
        confirming: int = CONFIRMING,
        only_idles: Callable[[], None] = lambda: None,
    ) -> None:
        self._size = size
        self._most = size * confirming
        self._work = work
        self._write = write
        self._bound = bound
        self._tell_idle = only_idles
        self._workers: list[Worker] = []
        self._frozen = 0
        #: What workers have learnt of calls that hang: none has to wait for what another one knows.
        self._learnt = Learnt()

    def run(
        self,
        plan: Plan,
        goes_on: Callable[[], bool] = lambda: True,
        farewell: Callable[[], float] = lambda: 1.0,
    ) -> bool:
        """Hand the checks of a plan out until it is over; then end the workers.

        Arguments: `goes_on`, asked now and then; when it says no, the run is broken off; `farewell`, asked in the end
        for the part of the usual pauses that the last sanity conversations make.
        Returns whether it was not broken off. On any error and on an interrupt the workers are killed.
        """
        try:
            while not plan.is_over and self._frozen < MOST_FROZEN:
                self._hand_out(plan)
                self._listen(plan)
                if plan.only_idles:
                    self._tell_idle()
                    # Nobody else is needed any more: they say farewell while the last ones come to their end.
                    self._send_away(farewell())
                if not goes_on():
                    return False
            if not plan.is_over:
                message = f"{self._frozen} processes made no progress and were ended; the rest was not judged"
                self._write("warning", message=message)
            # What is still under way is not of interest any more, and no finding.
            self._stop([worker for worker in self._workers if worker.busy is not None])
            self._say_farewell(farewell())
            return True
        finally:
            self._stop(self._workers)

    def _hand_out(self, plan: Plan) -> None:
        while True:
            most = self._most if plan.confirms else self._size
            staying = self._staying()
            idle = [worker for worker in staying if worker.busy is None]
            if not idle and len(staying) >= most:
                return
            following = plan.next()
            if following is None:
                return
            if not idle:
                idle = [start_worker(self._work)]
                self._workers += idle
            self._hand(idle[0], *following, self._learnt)

    def _staying(self) -> list[Worker]:
        return [worker for worker in self._workers if not worker.leaves]

    @staticmethod
    def _hand(worker: Worker, check: int, scale: float, learnt: Learnt) -> None:
        worker.busy, worker.since, worker.told = check, time.monotonic(), learnt.known
        try:
            worker.connection.send((Message.RUN, check, (scale, worker.told)))
        except OSError:
            pass  # dead already: it is found so at once

    def _listen(self, plan: Plan) -> None:
        staying = self._staying()
        ready = wait([worker.connection for worker in staying], timeout=_POLL)
        for worker in staying:
            if worker.connection in ready:
                self._take(worker, plan)
            elif worker.busy is not None and self._overdue(worker):
                self._frozen += 1
                waited = time.monotonic() - worker.since
                plan.lost(worker.busy)
                self._lost(worker, f"the process made no progress for {waited:.0f} seconds and was ended")

    def _take(self, worker: Worker, plan: Plan) -> None:
        try:
            _, check, (told, known) = worker.connection.recv()
        except (EOFError, OSError):
            if worker.busy is not None:
                plan.lost(worker.busy)
            self._lost(worker, "")
            return
        worker.busy = None
        self._learnt.add(worker.told, known)
        plan.done(check, told)

    def _overdue(self, worker: Worker) -> bool:
        bound = self._bound()
        grace = GRACE_AGAIN if self._frozen else GRACE
        return bool(bound) and time.monotonic() - worker.since > bound + grace

    def _lost(self, worker: Worker, how: str) -> None:
        # A worker that is gone, or has to go: what it was doing is laid to its check by whoever reads the stream.
        self._workers.remove(worker)
        status = self._kill(worker) if how else _joined(worker)
        end_unrecorded_like(status)
        self._write(
            "died", of=worker.process.pid, how=how or f"the process {spell_exit(status)}", calls=worker.black_box.read()
        )

    def _stop(self, workers: Sequence[Worker]) -> None:
        for worker in list(workers):
            self._workers.remove(worker)
            self._kill(worker)
            self._write("stopped", of=worker.process.pid)

    def _send_away(self, scale: float) -> None:
        # Those with nothing to do; each holds its last conversation, and nobody waits for that yet.
        for worker in self._staying():
            if worker.busy is None:
                worker.leaves = True
                try:
                    worker.connection.send((Message.STOP, 0, (scale, worker.told)))
                except OSError:
                    pass

    def _say_farewell(self, scale: float) -> None:
        self._send_away(scale)
        end = time.monotonic() + FAREWELL
        for worker in list(self._workers):
            if not worker.connection.poll(max(end - time.monotonic(), 0)):
                self._lost(worker, "the process did not end when it was to")
            elif not _took_leave(worker):
                self._lost(worker, "")
            else:
                self._workers.remove(worker)
                _joined(worker)

    @staticmethod
    def _kill(worker: Worker) -> int:
        kill_outright(worker.process)
        return _joined(worker)


def kill_outright(process: BaseProcess) -> None:
    """Kill a worker, and what the drivers that it has started have started in turn; wait until it is gone."""
    groups = groups_started_by(process.pid) if process.pid is not None else []
    process.kill()
    process.join()
    end_groups(groups)


def _took_leave(worker: Worker) -> bool:
    # An exit status would not tell: an implementation may end its process with any.
    try:
        word, _, _ = worker.connection.recv()
    except (EOFError, OSError):
        return False
    return bool(word == Message.LEAVE)


def _joined(worker: Worker) -> int:
    worker.process.join()
    worker.connection.close()
    return int(worker.process.exitcode)


def start_worker(work: Work) -> Worker:
    """Start one worker, a copy of this process. Where threads run beside it, their locks must be free."""
    context: Any = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    black_box = BlackBox()
    process = context.Process(target=_enter, args=(work, ours, theirs, black_box, os.getpid()), daemon=True)
    process.start()
    theirs.close()
    return Worker(process, ours, black_box)


def _enter(work: Work, ours: Connection, theirs: Connection, black_box: BlackBox, parent: int) -> None:
    end_with_parent(parent)
    ours.close()
    try:
        work(theirs, black_box)
    finally:
        # Without the usual farewells: threads and finalizers of a wrong server have no right to delay the end.
        os._exit(1)
