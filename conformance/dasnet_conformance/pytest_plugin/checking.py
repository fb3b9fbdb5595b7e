"""One check: the `host` that it plays on, a record before it begins and after it ended, and the text of its failure."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Final

import pytest

from dasnet_adapters.contract import AdapterBroken
from dasnet_conformance.catalogue.loader import Requirement
from dasnet_conformance.running.plan import Told
from dasnet_conformance.running.stream import KEPT_OF_A_PASS
from dasnet_conformance.running.verdict import heard_from, judge
from dasnet_conformance.stage.checks import MARKER
from dasnet_conformance.stage.deadline import TimeIsUp, deadline
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import spell_event
from dasnet_conformance.stage.transcript import Entry
from dasnet_conformance.stage.waits import Waits

from .process import Process
from .selecting import requirement_of

#: The requirement that is violated by a callback while no call is under way, in whatever check.
BETWEEN_CALLS = "tick.nothing-between-calls"

HOST_KEY = pytest.StashKey[Host]()

#: The marks of a check that wants nothing else of pytest.
_PLAIN_MARKS: Final = frozenset({MARKER, "parametrize", "timeout"})


class Checking:
    """The plugin around each check."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @pytest.fixture
    def host(self, request: pytest.FixtureRequest) -> Iterator[Host]:
        """A fresh host: no object, no peer, a port for the asking."""
        host = request.node.stash[HOST_KEY] = self._open(requirement_of(request.node))
        yield host
        self._close(host)

    def _open(self, requirement: str) -> Host:
        process = self._process
        adapter = process.reached()
        return Host(
            adapter.open_session(),
            process.catalogue.requirements[requirement],
            process.ports,
            adapter.peer_host,
            process.seed,
            process.black_box,
            process.idled_enough,
        )

    def _close(self, host: Host) -> None:
        host.close()
        if self._process.config.getoption("--dasnet-restart-each"):
            self._process.reached().close()

    def run(self, item: pytest.Item) -> None:
        """Run one check and record its verdict, as pytest would.

        Nearly every check is a function of a host and of what it was parametrised with, and is called. What wants more
        of pytest is left to pytest, which takes a millisecond for what it might want.
        """
        arguments = _plain_arguments(item)
        if arguments is None:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            return
        requirement, seconds = requirement_of(item), self._process.check_deadline
        self._announce(requirement, item)
        host: Host | None = None
        started = time.monotonic()

        def play() -> None:
            nonlocal host, started
            host = self._open(requirement)
            started = time.monotonic()
            item.obj(host=host, **arguments)  # type: ignore[attr-defined]

        raised = _raised_by(play, seconds)
        self._record(item, requirement, raised, host, time.monotonic() - started)
        if host is not None:
            started = time.monotonic()
            raised = _raised_by(partial(self._close, host), seconds)
            if raised is not None:
                self._record(item, requirement, raised, host, time.monotonic() - started, ended=True)

    def _announce(self, requirement: str, item: pytest.Item) -> None:
        # What is about to run, so that a death is laid to the right check.
        self._process.black_box.clear()
        self._process.stream.write("start", requirement=requirement, case=item.name)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Write what is about to run, so that a death is laid to the right check."""
        requirement = requirement_of(item)
        if requirement:
            # In front of the one that the check was collected with, before the pace was known.
            bound = pytest.mark.timeout(self._process.check_deadline, func_only=False)
            item.add_marker(bound, append=False)
            self._announce(requirement, item)
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn what a check raised into a verdict, and a failure's text into the report for people."""
        report = yield
        requirement = requirement_of(item)
        if not requirement and report.failed:
            self._process.stream.write("other", failed=item.nodeid)
        if not requirement or (report.when != "call" and call.excinfo is None):
            return report
        raised = call.excinfo.value if call.excinfo is not None else None
        host = item.stash.get(HOST_KEY, None)
        told = self._record(item, requirement, raised, host, report.duration, ended=report.when == "teardown")
        if raised is not None:
            report.longrepr = told
        return report

    def _record(
        self,
        item: pytest.Item,
        requirement_id: str,
        raised: BaseException | None,
        host: Host | None,
        seconds: float,
        *,
        ended: bool = False,
    ) -> str:
        # Writes what came of a check, or, if it had `ended`, of the end of its session; returns it as a text, if it
        # raised something.
        stream = self._process.stream
        requirement = self._process.catalogue.requirements[requirement_id]
        record = judge(raised, requirement, host)
        if ended and isinstance(raised, AdapterBroken):
            record["message"] = f"while ending the session: {record['message']}"
        if record["verdict"] == "fail" and host is not None:
            # Here, as a port that conforms needs none of it.
            from dasnet_conformance.reproduction.script import failure_record

            record |= failure_record(host.recording, raised)
        entries = host.transcript.entries() if host is not None else []
        entries += heard_from(raised)
        if isinstance(raised, AdapterBroken) and raised.culprit == "driver":
            stream.write("warning", message=f"the driver broke in a check{self._process.referral('driver')}")
        case = {
            "requirement": requirement_id,
            "case": item.name,
            "duration_s": round(seconds, 6),
            # All that will be kept of it, and thousands more need not go from process to process.
            "transcript": entries[:KEPT_OF_A_PASS] if record["verdict"] == "pass" else entries,
            **record,
        }
        self._tell(case, host)
        if host is not None and requirement_id != BETWEEN_CALLS and host.between_calls():
            self._lay_to_silence(item, host, entries)
        return explain_failure(requirement, record, entries) if raised is not None else ""

    def _tell(self, case: dict[str, Any], host: Host | None) -> None:
        # A verdict that came of haste, and might be another with patience, is not written before it is known to hold.
        process = self._process
        waits = host.waits if host is not None else Waits()
        told = Told(
            case["requirement"],
            case["verdict"],
            case.get("blocked_by", ""),
            frozenset(waits.reached),
            frozenset(waits.vain),
            waits.paused,
            waits.longest_s,
        )
        if process.scale < 1.0 and not told.holds_in_haste():
            process.stream.write("postponed", requirement=case["requirement"], case=case["case"])
            told = replace(told, final=False, record=case)
        else:
            process.stream.write("case", **case)
        process.told.append(told)

    def _lay_to_silence(self, item: pytest.Item, host: Host, entries: list[Entry]) -> None:
        # A finding of its own, whatever the check was about and however it ended.
        told = ", ".join(dict.fromkeys(spell_event(fired.event) for fired in host.between_calls()))
        case = f"in the check of {requirement_of(item)}"
        message = f"{case}: callbacks while the host made no call: expected none, got {told[:200]}"
        self._process.stream.write(
            "case",
            requirement=BETWEEN_CALLS,
            case=f"{case}, {item.name}",
            duration_s=0.0,
            transcript=entries,
            verdict="fail",
            message=message,
        )
        self._process.stream.write("warning", message=f"callbacks fired while the host made no call ({BETWEEN_CALLS})")


# What a part of a check raised, if anything; none takes longer than so many seconds.
def _raised_by(action: Callable[[], None], seconds: float) -> BaseException | None:
    try:
        with deadline(seconds):
            action()
    except (KeyboardInterrupt, pytest.exit.Exception):
        raise
    except TimeIsUp:
        return TimeIsUp(f"{seconds:g} seconds were not enough")
    except BaseException as error:
        return error
    return None


# What a check is to be called with beside its host; None for one that wants more than that.
def _plain_arguments(item: pytest.Item) -> dict[str, Any] | None:
    if not isinstance(item, pytest.Function) or item.cls is not None or hasattr(item.module, "host"):
        return None
    for mark in item.iter_markers():
        if mark.name not in _PLAIN_MARKS or mark.kwargs.get("indirect") or len(mark.args) > 2:
            return None
    arguments = dict(item.callspec.params) if hasattr(item, "callspec") else {}
    return arguments if set(item.fixturenames) - arguments.keys() == {"host", "request"} else None


def explain_failure(requirement: Requirement, record: dict[str, Any], entries: list[Any]) -> str:
    """The text of a failing check: requirement, its sentence, what was expected and came, and the transcript."""
    lines = [
        f"{record['verdict']}: {requirement.id} ({requirement.level}, {requirement.profile})",
        f"  requirement: {requirement.text}",
        f"  {record['message']}",
    ]
    if record.get("blocked_by"):
        lines.append(f"  in its setup: see {record['blocked_by']}")
    lines += [f"  port: {line}" for line in record.get("traceback", ())]
    lines.append("  transcript (tick, side, what):")
    lines += [f"  {entry['tick']:>6}  {entry['side']:<8} {entry['text']}" for entry in entries]
    return "\n".join(lines)
