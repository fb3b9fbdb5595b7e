"""Judging from the outside: children that freeze, die again and again, do not end, or never get to work.

Each test starts real children, which serve on loopback sockets; the clock that finds them frozen is the test's own.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from conformance_tools import OPENING, Workshop
from dasnet_conformance.running import child, judge
from dasnet_conformance.running.collect import Collector
from dasnet_conformance.running.conclusion import Judged
from dasnet_conformance.running.judge import RunOptions

#: A module that stops for good in `init` with a port below 0, and does not end when it is asked to.
FREEZES = """\
import signal
import threading

signal.signal(signal.SIGTERM, signal.SIG_IGN)


class Server(Sound):
    def init(self, port):
        if port < 0:
            threading.Event().wait()
        return super().init(port)
"""
DIES = """\
import os


class Server(Sound):
    def is_open(self):
        os._exit(1)
"""


class Clock:
    """The time as it is, and later by what a test adds."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


class Follower:
    """Remembers what it is told; calls back when the check of a requirement starts."""

    def __init__(self, when: str = "", then: Callable[[], None] = lambda: None) -> None:
        self.notes: list[str] = []
        self.types: list[str] = []
        self._when = when
        self._then = then

    def record(self, record: dict[str, Any], collector: Collector) -> None:
        self.types.append(record["type"])
        if record["type"] == "start" and record["requirement"] == self._when:
            self._then()

    def note(self, text: str) -> None:
        self.notes.append(text)


@pytest.fixture
def run(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Judged, Follower]]:
    monkeypatch.setenv("PYTHONPATH", str(workshop.folder))
    monkeypatch.chdir(workshop.folder)

    def run(
        implementation: str, expression: str, follower: Follower | None = None, workers: int | None = None
    ) -> tuple[Judged, Follower]:
        follower = follower or Follower()
        options = RunOptions(implementation, expression=expression, workers=workers)
        return judge.run(options, follower, ["the", "command"]), follower

    return run


Run = Callable[..., tuple[Judged, Follower]]


def verdicts(judged: Judged) -> dict[str, str]:
    assert judged.results is not None
    return {row.id: row.verdict.value for row in judged.results.requirements}


def test_records_are_told_as_they_come(run: Run) -> None:
    judged, follower = run("reference", "make-server.plain-object")
    assert (judged.exit_status, follower.notes) == (0, [])
    talk = ["start", "pace", "sanity"]
    # A worker of its own goes ahead, while the checks are collected.
    ahead = [kind for kind in follower.types if kind != "selected"]
    assert ahead == ["loading", "header", *talk, "start", "case", *talk, "end", "end"]
    assert "selected" in follower.types[1:6]
    assert judged.results is not None
    assert judged.results.command == ("the", "command")
    assert judged.results.reached == "in-process"


def test_a_process_that_makes_no_progress_is_ended_and_the_rest_is_judged(
    run: Run, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()

    def wait_long() -> None:
        clock.ahead += 1000.0

    monkeypatch.setattr(judge, "time", clock)
    monkeypatch.setattr(child, "ENDING_GRACE", 0.05)  # it ignores the request to end
    follower = Follower("init.port-negative", wait_long)
    judged, _ = run(workshop.module("freezes", FREEZES), "init.port-negative or make-server.true", follower, 0)
    assert judged.exit_status == 2
    assert verdicts(judged) == {"init.port-negative": "inconclusive", "make-server.true": "pass"}
    (note,) = follower.notes
    assert note.startswith("the process made no progress for ")
    assert note.endswith(" seconds and was ended during init.port-negative")


def test_after_too_many_deaths_the_rest_is_not_tried(
    run: Run, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge, "MOST_DEATHS", 1)
    judged, follower = run(workshop.module("dies", DIES), "state and (listening or restored)", None, 0)
    assert judged.exit_status == 2
    found = verdicts(judged)
    assert [name for name, verdict in found.items() if verdict == "inconclusive"][:2] == [
        "state.listening.is-open",
        "state.restored.is-open",
    ]
    assert follower.notes[:2] == [
        "the process ended by itself with exit status 1 during state.listening.is-open",
        "the process ended by itself with exit status 1 during state.restored.is-open",
    ]
    assert follower.notes[2] == "the process died 2 times; 6 requirements were not judged"


def test_a_child_that_never_gets_to_work_is_the_suites_part(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = judge._arguments
    monkeypatch.setattr(judge, "_arguments", lambda *given: [*arguments(*given), "--no-such-option"])
    judged, _ = run("reference", "")
    assert (judged.results, judged.exit_status) == (None, 2)
    assert judged.problem.startswith("the suite's part: ")


def test_a_child_that_says_nothing_is_told_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = "import sys; sys.stdin.read(); sys.exit(4)"
    real = subprocess.Popen

    def without_a_word(command: Sequence[str], **given: Any) -> subprocess.Popen[bytes]:
        return real([sys.executable, "-c", silent], **given)

    monkeypatch.setattr(child.subprocess, "Popen", without_a_word)
    judged, _ = run("reference", "")
    assert (judged.exit_status, judged.problem) == (2, "the suite's part: pytest ended without a word")


def test_what_broke_the_run_is_told_although_the_session_came_to_its_end(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaking = """import os, sys, pytest
from dasnet_conformance.pytest_plugin import pool

def refused(*_):
    raise OSError(24, "Too many open files")

pool.Pool._hand_out = refused
sys.exit(pytest.main(__import__("json").loads(sys.stdin.read())))
"""
    real = subprocess.Popen
    monkeypatch.setattr(
        child.subprocess, "Popen", lambda command, **given: real([sys.executable, "-c", breaking], **given)
    )
    judged, _ = run("reference", "query.answers-boolean")
    assert judged.results is not None
    assert judged.exit_status == 2
    assert judged.problem.startswith("the machine's part: OSError: [Errno 24] Too many open files; see to the machine")


def test_a_mistake_in_the_options_is_the_callers(run: Run) -> None:
    judged, _ = run("nonsense", "")
    assert (judged.results, judged.exit_status) == (None, 3)
    assert "nonsense" in judged.problem


def test_a_driver_that_cannot_be_spoken_to_is_inconclusive(run: Run) -> None:
    judged, _ = run(f"driver:{sys.executable} -c pass", "")
    assert (judged.results, judged.exit_status) == (None, 2)
    assert judged.problem


@pytest.mark.parametrize("added", ["-k nonsense", "--nonsense"])
def test_options_for_pytest_lying_around_change_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch, added: str, workshop: Workshop
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", added)
    (workshop.folder / "pytest.ini").write_text("[pytest]\naddopts = --nonsense\n", "utf-8")
    (workshop.folder / "conftest.py").write_text("raise SystemExit(1)\n", "utf-8")
    judged, _ = run("reference", "make-server.true")
    assert judged.exit_status == 0


#: Takes a client half a second after it was first ticked without one, which is legal and more than haste allows.
UNHURRIED = (
    OPENING
    + """\
import time


class Server(Sound):
    since = None

    def tick(self):
        if not self.is_connected():
            self.since = self.since or time.monotonic()
            if time.monotonic() - self.since < 0.5:
                return
        super().tick()
        self.since = None
"""
)


def test_haste_decides_of_no_sanity_conversation_either(run: Run, workshop: Workshop) -> None:
    judged, _ = run(workshop.module("unhurried", UNHURRIED, opening=""), "tick.takes-pending-client", None, 1)
    assert judged.results is not None
    assert verdicts(judged) == {"tick.takes-pending-client": "pass"}
    sanity = judged.results.sanity
    assert (sanity.first.verdict.value, sanity.last.verdict.value) == ("pass", "pass")
    assert judged.problem == ""
