"""The working part of the pytest plugin: which checks run, the `host` fixture, and a record of each verdict.

It runs in every process of a run: the one that a person or `dasnet run` started, and each worker of pytest-xdist. All
of them append to one stream (`stream`); results are made from that stream alone (`collect`).
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from dasnet_adapters import UsageError
from dasnet_adapters.contract import Adapter, AdapterBroken
from dasnet_conformance import SUITE_NAME, __version__
from dasnet_conformance.catalogue.loader import Catalogue, Requirement, load_catalogue, problems
from dasnet_conformance.catalogue.selection import SelectionError, reasons_by_requirement
from dasnet_conformance.doctor.examination import examine_briefly
from dasnet_conformance.reproduction.script import failure_record
from dasnet_conformance.running.sanity import converse
from dasnet_conformance.running.stream import StreamWriter
from dasnet_conformance.running.target import Settings, Target
from dasnet_conformance.running.verdict import judge
from dasnet_conformance.stage.checks import MARKER
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.ports import Ports
from dasnet_conformance.stage.transcript import Entry

HOST_KEY = pytest.StashKey[Host]()


class SessionPlugin:
    """State of one process of a run."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.is_worker = hasattr(config, "workerinput")
        self.implementation: str = config.getoption("--dasnet-implementation")
        self.seed: int = config.getoption("--dasnet-seed")
        self.catalogue: Catalogue = load_catalogue()
        try:
            self.target = Target(self.implementation, _settings(config))
            self.excluded = self.target.excluded(self.catalogue)
        except UsageError as error:
            raise pytest.UsageError(f"dasnet: {error}") from None
        self.excluded |= _exclusions(config.getoption("--dasnet-exclude"), self.catalogue)
        self.adapter: Adapter | None = None
        self.ports = Ports()
        self.started = time.time()
        self.profiles: tuple[str, ...] = ()
        self._conversed = False
        self._own_stream = ""
        path = config.getoption("--dasnet-stream")
        if self.is_worker:
            path = config.workerinput["dasnet_stream"]  # type: ignore[attr-defined]
        elif not path:
            descriptor, path = tempfile.mkstemp(prefix="dasnet-", suffix=".stream")
            os.close(descriptor)
            self._own_stream = path
        self._stream_path: str = path
        self.stream = StreamWriter(path)

    # The run

    def pytest_sessionstart(self) -> None:
        """Reach the implementation and write the header; what cannot be reached ends the run with one line."""
        try:
            self.adapter = self.target.adapter()
            if self.is_worker:
                self.profiles = tuple(self.config.workerinput["dasnet_profiles"])  # type: ignore[attr-defined]
                return
            if self._own_stream:
                self.target.build()  # a run that `dasnet run` started has been built for
            description = self.adapter.describe()
            claimed = self.target.claims(description.profiles)
            if self.target.is_driver:
                examine_briefly(self.adapter)
        except UsageError as error:
            self._stop(str(error))
        except AdapterBroken as broken:
            if broken.culprit == "caller":
                self._stop(broken.told())
            message = f"{broken.told()}{self._referral(broken.culprit)}"
            self.stream.write("broken", message=message, culprit=broken.culprit, exchange=broken.exchange)
            pytest.exit(f"dasnet: {broken}", returncode=2)
        profiles = self._profiles(claimed)
        self.profiles = profiles
        self.stream.write(
            "header",
            suite={"name": SUITE_NAME, "version": __version__},
            implementation={
                "name": description.name,
                "version": description.version,
                "language": description.language,
            },
            claimed=list(claimed),
            profiles=list(profiles),
            seed=self.seed,
            strict=bool(self.config.getoption("--dasnet-strict")),
            started=self.started,
        )

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of pytest-xdist what only this process knows: the profiles that were chosen, and the stream."""
        node.workerinput["dasnet_profiles"] = list(self.profiles)
        node.workerinput["dasnet_stream"] = self._stream_path

    def _stop(self, message: str) -> None:
        self.stream.write("usage", message=message)
        pytest.exit(f"dasnet: {message}", returncode=3)

    def _profiles(self, claimed: tuple[str, ...]) -> tuple[str, ...]:
        known = {requirement.profile for requirement in self.catalogue.requirements.values()}
        asked: list[str] = self.config.getoption("--dasnet-profile")
        unknown = [name for name in asked if name not in known]
        if unknown:
            self._stop(f"no profile {', '.join(unknown)}; the profiles are {', '.join(sorted(known))}")
        return tuple(asked) or tuple(name for name in claimed if name in known)

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Let -k match requirement ids."""
        requirement = requirement_of(item)
        if requirement:
            item.extra_keyword_matches.add(requirement)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the checks of the selected profiles; the catalogue and the checks must agree, or nothing is judged."""
        checks = [item for item in items if requirement_of(item)]
        self._insist_on_agreement(checks)
        profiles = set(self.profiles)
        only_file = self.config.getoption("--dasnet-only")
        only = set(Path(only_file).read_text("utf-8").split()) if only_file else None
        chosen: list[pytest.Item] = []
        selected: dict[str, int] = {}
        for item in checks:
            requirement = self.catalogue.requirements[requirement_of(item)]
            if requirement.profile not in profiles or (only is not None and requirement.id not in only):
                continue
            selected[requirement.id] = selected.get(requirement.id, 0) + 1
            if requirement.id in self.excluded:
                continue
            item.add_marker(pytest.mark.timeout(self.target.check_deadline, func_only=False))
            chosen.append(item)
        # In the order of the catalogue, whatever files the cases stand in.
        order = {name: index for index, name in enumerate(self.catalogue.requirements)}
        chosen.sort(key=lambda item: order[requirement_of(item)])
        others = [item for item in items if item not in set(checks)]
        items[:] = chosen + others
        self.stream.write("selected", requirements=list(selected), cases=selected, excluded=self.excluded)

    def _insist_on_agreement(self, checks: list[pytest.Item]) -> None:
        # Only a whole collection can be compared with the whole catalogue; ids must exist in any case.
        unknown = {requirement_of(item) for item in checks} - set(self.catalogue.requirements)
        found = [f"a check names the unknown requirement {name}" for name in sorted(unknown)]
        found += [text for text in problems(self.catalogue, list(self.catalogue.requirements)) if not unknown]
        if found:
            raise pytest.UsageError("dasnet: the catalogue is inconsistent: " + "; ".join(found))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Hold the first sanity conversation in each process that runs checks; none runs if it does not get through."""
        runs_checks = self.is_worker or not _distributes(self.config)
        if not runs_checks or session.config.option.collectonly or (not self.is_worker and not session.items):
            return None
        self._conversed = self._sanity("first")
        if self._conversed:
            return None
        # Neither a death nor a hang gets better by being asked two hundred times.
        session.shouldstop = "dasnet: the first sanity conversation did not get through"
        if self.is_worker:
            return True  # read by the process that hands out the checks; an interrupted worker would be replaced
        raise session.Interrupted(session.shouldstop)

    def _sanity(self, which: str) -> bool:
        self.stream.write("start", requirement=f"sanity.{which}", case="")
        outcome = converse(self.reached(), self.ports, self.target.sanity_deadline)
        self.stream.write(
            "sanity",
            which=which,
            verdict=outcome.verdict,
            message=f"{outcome.message}{self._referral(outcome.culprit)}",
            transcript=outcome.transcript,
            exchange=outcome.exchange,
        )
        return outcome.verdict != "inconclusive"

    # Where to go on with a driver that broke.
    def _referral(self, culprit: str) -> str:
        # A call that hangs is the port's as far as can be told from outside, and still may be the driver's.
        examined = culprit == "driver" or (culprit == "implementation" and self.target.is_driver)
        return f"; `{self.target.doctor_command()}` examines the driver" if examined else ""

    def reached(self) -> Adapter:
        """The adapter, which exists from the start of the session on."""
        if self.adapter is None:
            raise RuntimeError("the session has not started")
        return self.adapter

    # One check

    @pytest.fixture
    def host(self, request: pytest.FixtureRequest) -> Iterator[Host]:
        """A fresh host: no object, no peer, a port for the asking."""
        requirement = self.catalogue.requirements[requirement_of(request.node)]
        adapter = self.reached()
        host = Host(adapter.open_session(), requirement, self.ports, adapter.peer_host, self.seed)
        request.node.stash[HOST_KEY] = host
        yield host
        host.close()
        if self.config.getoption("--dasnet-restart-each"):
            adapter.close()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Write what is about to run, so that a death is laid to the right check."""
        requirement = requirement_of(item)
        if requirement:
            self.stream.write("start", requirement=requirement, case=item.name)
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn what a check raised into a verdict, and a failure's text into the report for people."""
        report = yield
        requirement_id = requirement_of(item)
        if not requirement_id and report.failed:
            self.stream.write("other", failed=item.nodeid)
        if not requirement_id or (report.when != "call" and call.excinfo is None):
            return report
        requirement = self.catalogue.requirements[requirement_id]
        host = item.stash.get(HOST_KEY, None)
        raised = call.excinfo.value if call.excinfo is not None else None
        record = judge(raised, requirement, host)
        if report.when == "teardown" and isinstance(raised, AdapterBroken):
            record["message"] = f"while ending the session: {record['message']}"
        if record["verdict"] == "fail" and host is not None:
            record |= failure_record(host.recording, raised)
        entries = host.transcript.entries() if host is not None else []
        entries += _heard_from_driver(raised)
        if isinstance(raised, AdapterBroken) and raised.culprit == "driver":
            self.stream.write("warning", message=f"the driver broke in a check{self._referral('driver')}")
        self.stream.write(
            "case",
            requirement=requirement_id,
            case=item.name,
            duration_s=round(report.duration, 6),
            transcript=entries,
            **record,
        )
        if raised is not None:
            report.longrepr = explain_failure(requirement, record, entries)
        return report

    # The end

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Hold the last sanity conversation, unless the run was broken off, and let go of the implementation.

        The process that started the run draws the conclusion.
        """
        if self._conversed and exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            self._sanity("last")
        self.stream.write("end", worker=self.is_worker, duration_s=round(time.time() - self.started, 6))
        self._let_go()
        if self._own_stream:
            self._conclude(session)

    def pytest_unconfigure(self) -> None:
        """Let go also of a session that never began, which pytest does not finish."""
        self._let_go()
        if self._own_stream:
            Path(self._own_stream).unlink(missing_ok=True)

    def _let_go(self) -> None:
        # Everything here may be closed twice.
        if self.adapter is not None:
            self.adapter.close()
            failures: list[AdapterBroken] = getattr(self.adapter, "closing_failures", [])
            while failures:
                self.stream.write("warning", message=f"{failures.pop(0).told()}{self._referral('driver')}")
        self.ports.close()
        self.stream.close()

    def _conclude(self, session: pytest.Session) -> None:
        from dasnet_conformance.running.collect import WORKER_DIED, Collector
        from dasnet_conformance.running.stream import StreamReader

        collector = Collector(self.catalogue)
        reader = StreamReader(self._own_stream)
        for record in reader.read():
            collector.add(record)
        reader.close()
        collector.died(WORKER_DIED)
        if session.config.option.collectonly or session.exitstatus == pytest.ExitCode.USAGE_ERROR:
            return
        judged = collector.judged(command=[Path(sys.argv[0]).name, *sys.argv[1:]])
        # Tests that are none of ours may have run beside the checks; that they failed must not be lost.
        session.exitstatus = judged.exit_status or (pytest.ExitCode.TESTS_FAILED if collector.others else 0)
        self._ending = judged.ending()
        directory = self.config.getoption("--dasnet-report-dir")
        if directory and judged.results is not None:
            from dasnet_conformance.reproduction.folders import write_reproductions
            from dasnet_reports import EXIT_USAGE, write_reports

            try:
                write_reports(judged.results, directory)
                write_reproductions(judged.failures, directory, self.target)
            except OSError as error:
                session.exitstatus = EXIT_USAGE
                self._ending.append(f"dasnet: the reports cannot be written to {directory}: {error.strerror}")

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """The verdict, last, in a run started by pytest itself."""
        for line in getattr(self, "_ending", []):
            terminalreporter.write_line(line)


def requirement_of(item: pytest.Item) -> str:
    """The id of the requirement that an item checks, or nothing."""
    marker = item.get_closest_marker(MARKER)
    return str(marker.args[0]) if marker is not None else ""


def _settings(config: pytest.Config) -> Settings:
    return Settings(
        call_deadline=config.getoption("--dasnet-call-deadline"),
        check_deadline=config.getoption("--dasnet-deadline"),
        no_deadline=config.getoption("--dasnet-no-deadline"),
        peer_host=config.getoption("--dasnet-peer-host"),
    )


# What was said last to a driver that broke, the last lines of its standard error among it.
def _heard_from_driver(raised: BaseException | None) -> list[Entry]:
    if not isinstance(raised, AdapterBroken):
        return []
    told_by = "driver" if raised.culprit == "driver" else "port"
    lines = raised.exchange.splitlines()
    return [Entry(tick=0, side="suite", kind="note", text=f"{told_by}: {line}") for line in lines]


def _distributes(config: pytest.Config) -> bool:
    return bool(getattr(config.option, "numprocesses", None) or getattr(config.option, "tx", None))


def _exclusions(given: list[str], catalogue: Catalogue) -> dict[str, str]:
    pairs = [(name, reason.strip()) for name, _, reason in (text.partition("=") for text in given)]
    for name, reason in pairs:
        if not reason:
            raise pytest.UsageError(f"dasnet: --exclude {name}: give a reason, as in {name}='issue 12: not ported'")
    try:
        return reasons_by_requirement(pairs, catalogue)
    except SelectionError as error:
        raise pytest.UsageError(f"dasnet: --exclude: {error}") from None


def explain_failure(requirement: Requirement, record: dict[str, str], entries: list[Any]) -> str:
    """The text of a failing check: requirement, its sentence, what was expected and came, and the transcript."""
    lines = [
        f"{record['verdict']}: {requirement.id} ({requirement.level}, {requirement.profile})",
        f"  requirement: {requirement.text}",
        f"  {record['message']}",
    ]
    if record.get("blocked_by"):
        lines.append(f"  in its setup: see {record['blocked_by']}")
    lines.append("  transcript (tick, side, what):")
    lines += [f"  {entry['tick']:>6}  {entry['side']:<8} {entry['text']}" for entry in entries]
    return "\n".join(lines)
