"""Runs checks in processes of their own, several at once, so that what hangs or dies takes nothing else with it.

A `Job` is an implementation, by a name that can be turned into an adapter, and the requirements to run on it. Each job
has a process; when that dies, or makes no progress, the check that was running is charged with it, as `judge` does it
for a whole run, and the rest goes on in another process. This module starts processes and ends those it started.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from typing import Any, Final

from dasnet_adapters.contract import Adapter
from dasnet_adapters.parent_death import end_with_parent
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.stage.bounds import patience
from dasnet_conformance.stage.ports import Ports

from . import direct
from .copies import copies_exist
from .direct import Outcome
from .endings import spell_exit

#: Seconds beyond the bounds of its cases after which a process is held to be frozen.
GRACE: Final = 5.0

#: Makes the adapter of a job in its process. A function of a module, so that any kind of process can be told of it.
AdapterOf = Callable[[str], Adapter]


@dataclass(frozen=True)
class Job:
    """What one process does: these requirements, on the implementation of that name, each case within `seconds`."""

    name: str
    requirements: tuple[str, ...]
    seconds: float


class RunnerBroken(Exception):
    """The process of a job failed for a reason of its own: our mistake, told with its traceback."""


@dataclass
class _Running:
    job: Job
    process: Any
    connection: Connection
    outcomes: list[Outcome] = field(default_factory=list)
    since: float = 0.0

    @property
    def current(self) -> str:
        """The requirement that has been started and not finished; empty when all are done."""
        return self.job.requirements[len(self.outcomes)] if len(self.outcomes) < len(self.job.requirements) else ""

    @property
    def overdue(self) -> bool:
        """Whether the current check has had more time than all of its cases may take."""
        cases = len(direct.find_cases()[self.current]) if self.current else 1
        bound = cases * (self.job.seconds + direct.CLOSING_DEADLINE) + GRACE
        return time.monotonic() - self.since > bound


def run_jobs(
    jobs: Sequence[Job],
    adapter_of: AdapterOf,
    *,
    workers: int,
    factor: float,
    told: Callable[[Job], None] = lambda job: None,  # noqa: ARG005
) -> list[list[Outcome]]:
    """Run the jobs, in their order, as many at a time as there are workers; returns the outcomes of each.

    Arguments: `factor`, the patience of every check (`bounds.patience`); `told` hears of each job that is done.
    Raises `RunnerBroken`; on any error and on an interrupt the processes that are running are ended first.
    """
    # Imported before the first process starts, so that none pays for it where processes begin as a copy.
    direct.find_cases()
    results: list[list[Outcome]] = [[] for _ in jobs]
    waiting = list(enumerate(jobs))
    running: dict[int, _Running] = {}
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                place, job = waiting.pop(0)
                running[place] = _start(job, adapter_of, factor)
            wait([each.connection for each in running.values()], timeout=0.5)
            for place, each in list(running.items()):
                ended = _listen(each)
                if not ended and not each.overdue:
                    continue
                del running[place]
                how = _end(each, frozen=not ended)
                results[place] += each.outcomes
                if each.current:
                    results[place].append(_charge(each.current, how))
                rest = each.job.requirements[len(each.outcomes) + 1 :]
                if rest:
                    waiting.insert(0, (place, replace(each.job, requirements=rest)))
                else:
                    told(jobs[place])
    finally:
        for each in running.values():
            _end(each, frozen=True)
    return results


def _context() -> Any:
    # A copy of this process starts at once; where there is none to be had, or other threads run, whose locks it would
    # find taken, a new one is as good and slower.
    copies = copies_exist() and threading.active_count() == 1
    return multiprocessing.get_context("fork" if copies else "spawn")


def _start(job: Job, adapter_of: AdapterOf, factor: float) -> _Running:
    context = _context()
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, job, adapter_of, factor, os.getpid()), daemon=True)
    process.start()
    theirs.close()
    return _Running(job, process, ours, since=time.monotonic())


def _work(connection: Connection, job: Job, adapter_of: AdapterOf, factor: float, parent: int) -> None:
    end_with_parent(parent)
    # What a wrong server writes on its way down (warnings, tracebacks of its threads) is nobody's business.
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    ports = Ports()
    try:
        with patience(factor):
            for requirement in job.requirements:
                # An adapter for each, as whatever one check left behind must not be laid to the next.
                outcome = direct.run(requirement, adapter_of(job.name), ports, seconds=job.seconds)
                connection.send(replace(outcome, transcript=[]))
    except BaseException:
        connection.send(traceback.format_exc())
    # Without the usual farewells: threads and finalizers of a wrong server have no right to delay the end.
    connection.close()
    os._exit(0)


def _listen(each: _Running) -> bool:
    # Takes what the process has told; returns whether it has ended.
    try:
        while each.connection.poll():
            message = each.connection.recv()
            if isinstance(message, str):
                raise RunnerBroken(f"{each.job.name}: {message}")
            each.outcomes.append(message)
            each.since = time.monotonic()
    except (EOFError, OSError):
        return True
    return False


def _end(each: _Running, *, frozen: bool) -> str:
    # Ends the process if need be; returns how it ended, for people.
    if frozen:
        each.process.kill()
    each.process.join()
    each.connection.close()
    if frozen:
        return "the process made no progress and was ended"
    return f"the process {spell_exit(each.process.exitcode)}"


def _charge(requirement: str, how: str) -> Outcome:
    # As for a whole run: a death fails a requirement about surviving, and elsewhere only ends the check.
    survival = load_catalogue().requirements[requirement].survival
    return Outcome(requirement, "fail" if survival else "inconclusive", how)
