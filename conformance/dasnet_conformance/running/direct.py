"""Runs the check of one requirement directly, without a pytest session: found by its marks, judged by `verdict`.

For tools that run checks by the hundred against many implementations: the kill matrix, the null controls. A check and
its cases are found as pytest finds them, by the marks on the functions of the suite; what pytest offers beyond that
(fixtures, hooks, xdist) the checks do not use. It reaches an implementation through the contract only.
"""

from __future__ import annotations

import importlib
import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from types import ModuleType
from typing import Any

import pytest

from dasnet_adapters.contract import PROFILES, Adapter
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.catalogue.rooms import modules_of, package_of
from dasnet_conformance.stage.bounds import CHECK_DEADLINE
from dasnet_conformance.stage.checks import MARKER
from dasnet_conformance.stage.deadline import TimeIsUp, deadline
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.ports import Ports
from dasnet_conformance.stage.recording import Recording
from dasnet_conformance.stage.transcript import Entry

from .verdict import heard_from, judge

#: Seconds that a session has to close.
CLOSING_DEADLINE = 2.0


@dataclass(frozen=True)
class Case:
    """One case of a requirement's check: the function, what its parameters are, and the name pytest gives it."""

    requirement: str
    name: str
    function: Callable[..., None]
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What became of a requirement: the gravest of its cases, as `judge` tells it, with the transcript of that case.

    `blocked_by` is not empty for a failure in the setup, which says nothing of the requirement itself.
    """

    requirement: str
    verdict: str
    message: str = ""
    blocked_by: str = ""
    observed: str = ""
    case: str = ""
    duration_s: float = 0.0
    transcript: list[Entry] = field(default_factory=list)
    traceback: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether the implementation failed at the requirement itself."""
        return self.verdict == "fail" and not self.blocked_by

    def gravity(self) -> int:
        """The higher, the graver: a failure at the requirement itself is graver than one in the setup."""
        order = ("pass", "unsupported", "inconclusive", "fail")
        return 2 * order.index(self.verdict) + self.failed


def run(requirement: str, adapter: Adapter, ports: Ports, *, seed: int = 0, seconds: float = CHECK_DEADLINE) -> Outcome:
    """Run every case of a requirement's check until one fails at it; returns the gravest.

    Arguments: `seconds`, the bound of each case, kept where `deadline` can be. Raises `KeyError` for a requirement
    without a check, and nothing for what an implementation or its adapter does.
    """
    outcomes: list[Outcome] = []
    for case in find_cases()[requirement]:
        outcomes.append(run_case(case, adapter, ports, seed=seed, seconds=seconds))
        if outcomes[-1].failed:
            break
    duration = sum(outcome.duration_s for outcome in outcomes)
    return replace(max(outcomes, key=Outcome.gravity), duration_s=round(duration, 6))


def run_case(
    case: Case,
    adapter: Adapter,
    ports: Ports,
    *,
    seed: int,
    seconds: float,
    recordings: list[Recording] | None = None,
) -> Outcome:
    """Run one case over a fresh session and judge it. Its recording is appended to `recordings`, where given."""
    requirement = load_catalogue().requirements[case.requirement]
    host: Host | None = None
    raised: BaseException | None = None
    started = time.monotonic()
    try:
        with deadline(seconds):
            host = Host(adapter.open_session(), requirement, ports, adapter.peer_host, seed)
            case.function(host, **case.arguments)
    except (Exception, TimeIsUp, pytest.fail.Exception) as error:
        raised = TimeIsUp(f"{seconds:g} seconds were not enough") if isinstance(error, TimeIsUp) else error
    if recordings is not None:
        recordings.append(host.recording if host is not None else Recording())
    if host is not None:
        broken = _close(host, CLOSING_DEADLINE if seconds else 0.0)
        raised = raised or broken
    return Outcome(
        requirement=case.requirement,
        **judge(raised, requirement, host),
        case=case.name,
        duration_s=time.monotonic() - started,
        transcript=[*(host.transcript.entries() if host is not None else ()), *heard_from(raised)],
    )


def _close(host: Host, seconds: float) -> Exception | None:
    # An implementation that hung may hang again now; that adds nothing to the verdict. One that works in threads of its
    # own may have spoilt what the suite has open: then no verdict is to be had, but the next check can go on.
    try:
        with deadline(seconds):
            host.close()
    except Exception as broken:
        return broken
    except TimeIsUp:
        pass
    return None


@cache
def find_cases() -> dict[str, list[Case]]:
    """Requirement id -> the cases of its check, in the order of the suite's files."""
    found: dict[str, list[Case]] = {}
    for module in _modules():
        for name, function in vars(module).items():
            if name.startswith("test_") and callable(function):
                for case in _cases_of(name, function):
                    found.setdefault(case.requirement, []).append(case)
    return found


def _modules() -> Iterator[ModuleType]:
    for profile in PROFILES.values():
        for name in modules_of(profile, "suite", "test_"):
            yield importlib.import_module(f"{package_of(profile, 'suite')}.{name}")


def _cases_of(name: str, function: Callable[..., None]) -> Iterator[Case]:
    marks: list[pytest.Mark] = list(getattr(function, "pytestmark", ()))
    tables = [list(_rows(mark)) for mark in marks if mark.name == "parametrize"]
    for rows in itertools.product(*tables):
        # The mark nearest to the values counts, as it does for pytest: that of a row, else that of the function.
        requirements = [row.requirement for row in rows if row.requirement] or list(_named(marks))
        arguments = {key: value for row in rows for key, value in row.arguments.items()}
        label = f"{name}[{'-'.join(row.label for row in rows)}]" if rows else name
        for requirement in requirements[:1]:
            yield Case(requirement, label, function, arguments)


@dataclass(frozen=True)
class _Row:
    arguments: dict[str, Any]
    label: str
    requirement: str


def _rows(mark: pytest.Mark) -> Iterator[_Row]:
    given, values = mark.args
    ids = mark.kwargs.get("ids")
    # As for pytest, names of rows are a list, or a function that makes one of each value.
    names_of_rows = [str(ids(value)) for value in values] if callable(ids) else list(ids or ())
    names = [name.strip() for name in given.split(",")] if isinstance(given, str) else list(given)
    for number, value in enumerate(values):
        marks: Iterable[Any] = getattr(value, "marks", ())
        parts = value.values if hasattr(value, "marks") else (value,) if len(names) == 1 else tuple(value)
        arguments = dict(zip(names, parts, strict=True))
        plain = str | int | float | None
        shown = [str(part) if isinstance(part, plain) else f"{name}{number}" for name, part in arguments.items()]
        label = getattr(value, "id", None) or (names_of_rows[number] if names_of_rows else "-".join(shown))
        yield _Row(arguments, label, next(_named(marks), ""))


def _named(marks: Iterable[Any]) -> Iterator[str]:
    for mark in marks:
        plain = getattr(mark, "mark", mark)
        if plain.name == MARKER:
            yield str(plain.args[0])
