"""A run for whoever debugs a port: all of it in this process, without capture and deadlines, and with a pause.

`dasnet run --pause ID` stops before each case of that check, once the implementation is there to be attached to;
`--wrapper` has put a debugger before the driver already. Standard input and output stay those of the terminal, so that
`breakpoint()` in a Python port works. What comes of the checks is collected as that of any run. It prints, and reads a
line.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dasnet_adapters import AdapterBroken, UsageError
from dasnet_adapters.contract import Adapter, Description, Session
from dasnet_adapters.driver_process import ProcessPeer
from dasnet_adapters.driver_session import DriverSession
from dasnet_conformance import SUITE_NAME, __version__
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.catalogue.selection import select
from dasnet_conformance.running import direct
from dasnet_conformance.running.collect import Collector
from dasnet_conformance.running.conclusion import EXIT_INCONCLUSIVE, Judged, conclude_run
from dasnet_conformance.running.judge import Progress, RunOptions
from dasnet_conformance.running.sanity import converse
from dasnet_conformance.running.target import Target
from dasnet_conformance.stage.ports import Ports
from dasnet_reports import EXIT_USAGE


def run_paused(
    options: RunOptions, target: Target, pauses: Sequence[str], progress: Progress, command: Sequence[str]
) -> Judged:
    """Judge in this process.

    Arguments: `options`, of which the ids, profiles, seed and exclusions count; `target`, what is judged, with its
    wrapper; `pauses`, the requirements to stop before; `command`, the command line to write into the results.
    Returns what became of it, without what a reproduction is made of. An interruption passes.
    """
    run = _Run(options, target, pauses, progress)
    try:
        target.build()
        run.carry_out()
    except UsageError as mistake:
        return Judged(None, EXIT_USAGE, str(mistake))
    except AdapterBroken as broken:
        status = EXIT_USAGE if broken.culprit == "caller" else EXIT_INCONCLUSIVE
        return Judged(None, status, broken.told(), details=broken.exchange.splitlines())
    finally:
        run.close()
    return replace(conclude_run(run.collector, command), failures={})


class _Run:
    def __init__(self, options: RunOptions, target: Target, pauses: Sequence[str], progress: Progress) -> None:
        self.collector = Collector(load_catalogue())
        self._options = options
        self._target = target
        self._pauses = frozenset(pauses)
        self._progress = progress
        self._ports = Ports()
        self._adapter = _Pausing(target.adapter(), self._ports)

    def close(self) -> None:
        """Let go of the implementation and the ports."""
        self._adapter.close()
        self._ports.close()

    def carry_out(self) -> None:
        """The whole run: header, sanity conversations, checks."""
        started = time.time()
        description = self._adapter.describe()
        claimed = self._target.claims(description.profiles)
        profiles = tuple(self._options.profiles) or claimed
        names = [r.id for r in select(self._options.ids, load_catalogue()) if r.profile in profiles]
        excluded = {**self._target.excluded(load_catalogue()), **self._options.excluded}
        cases = {name: direct.find_cases()[name] for name in names}
        self._tell_header(description, claimed, profiles, started)
        counts = {name: len(found) for name, found in cases.items()}
        self._tell("selected", requirements=names, cases=counts, excluded=excluded)
        if names and self._sanity("first"):
            for name in names:
                for case in cases[name] if name not in excluded else ():
                    self._check(case)
            self._sanity("last")
        self._tell("end", worker=False, duration_s=round(time.time() - started, 6))

    def _tell_header(
        self, description: Description, claimed: Sequence[str], profiles: Sequence[str], started: float
    ) -> None:
        told = {key: getattr(description, key) for key in ("name", "version", "language")}
        self._tell(
            "header",
            suite={"name": SUITE_NAME, "version": __version__},
            implementation=told,
            reached=self._adapter.reached,
            claimed=list(claimed),
            profiles=list(profiles),
            seed=self._options.seed,
            strict=self._options.strict,
            started=started,
        )

    def _check(self, case: direct.Case) -> None:
        self._tell("start", requirement=case.requirement, case=case.name)
        self._adapter.before = f"{case.requirement} ({case.name})" if case.requirement in self._pauses else ""
        outcome = direct.run_case(case, self._adapter, self._ports, seed=self._options.seed, seconds=0)
        self._tell(
            "case",
            requirement=case.requirement,
            case=case.name,
            verdict=outcome.verdict,
            message=outcome.message,
            blocked_by=outcome.blocked_by,
            observed=outcome.observed,
            duration_s=round(outcome.duration_s, 6),
            transcript=outcome.transcript,
            traceback=outcome.traceback,
        )

    def _sanity(self, which: str) -> bool:
        self._adapter.before = ""
        outcome = converse(self._adapter, self._ports, 0)
        told = {"verdict": outcome.verdict, "message": outcome.message, "exchange": outcome.exchange}
        self._tell("sanity", which=which, **told)
        return outcome.verdict != "inconclusive"

    def _tell(self, type: str, **fields: Any) -> None:
        record = {"type": type, "process": os.getpid(), **fields}
        self.collector.add(record)
        self._progress.record(record, self.collector)


class _Pausing:
    """An adapter that stops after it has opened a session, when it is told before what."""

    def __init__(self, adapter: Adapter, ports: Ports) -> None:
        #: What comes next, for people; empty when nobody wants to stop before it.
        self.before = ""
        self.peer_host = adapter.peer_host
        self.reached = adapter.reached
        self._adapter = adapter
        self._ports = ports

    def describe(self) -> Description:
        """What the implementation says of itself."""
        return self._adapter.describe()

    def open_session(self) -> Session:
        """A fresh session, and the pause."""
        session = self._adapter.open_session()
        if self.before:
            self._pause(session)
        return session

    def close(self) -> None:
        """Let go of everything."""
        self._adapter.close()

    def _pause(self, session: Session) -> None:
        print(f"paused before {self.before}")  # noqa: T201
        lowest, highest = self._ports.span()
        print(f"  {_whereabouts(session)}; peers go to {self.peer_host}, ports {lowest} to {highest}")  # noqa: T201
        print("  Enter goes on", flush=True)  # noqa: T201
        sys.stdin.readline()


# The process to attach to.
def _whereabouts(session: Session) -> str:
    if not isinstance(session, DriverSession):
        return f"process {os.getpid()} (this one holds the port)"
    peer = session.conversation.peer
    return f"process {peer.child.pid} (the driver)" if isinstance(peer, ProcessPeer) else "the driver runs elsewhere"
