"""Judging one implementation from start to end: a pytest child process, its record stream, its deaths, the results.

The suite runs in a child so that an implementation which kills or freezes its process cannot take the verdict with it:
the death is laid to the check that was running, and the rest goes on in a new child. This module may start processes
and keep temporary files; it prints nothing, `Progress` is told instead.
"""

from __future__ import annotations

import math
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from dasnet_adapters import AdapterBroken, UsageError
from dasnet_adapters.profiles import PROFILES
from dasnet_conformance.catalogue.loader import Requirement, load_catalogue
from dasnet_conformance.catalogue.rooms import package_of
from dasnet_conformance.catalogue.selection import SelectionError, select
from dasnet_conformance.catalogue.shard import Shard
from dasnet_reports import EXIT_USAGE

from .child import take
from .collect import WORKER_DIED, Collector
from .conclusion import EXIT_INCONCLUSIVE, Judged, conclude_run, get_ready
from .copies import copies_exist, workers_for
from .endings import spell_exit
from .place import folder_of_a_run
from .room import NoRoom, insist_on_records, lack_told, recording
from .stream import Record, StreamReader
from .target import Settings, Target

#: Deaths of the child after which the rest is not tried any more.
MOST_DEATHS: Final = 20

#: Seconds without any record, beyond a check's own deadline, after which the child is held to be frozen.
FROZEN_AFTER: Final = 30.0

_POLL: Final = 0.02

#: Plugins of pytest's own that have no part in a verdict.
_UNUSED: Final = (
    "doctest",
    "junitxml",
    "legacypath",
    "logging",
    "monkeypatch",
    "pastebin",
    "recwarn",
    "setuponly",
    "setupplan",
    "stepwise",
    "subtests",
    "threadexception",
    "tmpdir",
    "unittest",
    "unraisableexception",
    "warnings",
)


@dataclass(frozen=True)
class RunOptions:
    """What to judge and how; the same words as the options of `dasnet run`.

    `ids` are words that mean requirements (see `catalogue.selection`), none for all, and `expression` is one of
    pytest's -k; where both are given, what matches both is judged. `deadline` is the bound of one check and
    `call_deadline` that of one command to a driver, in seconds (None: what the implementation file says, or the
    default); `no_deadline` lifts both; `workers` is the number of checks at once (0: all in the child itself; None: as
    many as suit); `excluded` maps requirement ids to reasons; `peer_host` is where peers reach the server; `shard` is
    the part of all that to judge (None: the whole).
    """

    implementation: str
    profiles: Sequence[str] = ()
    strict: bool = False
    ids: Sequence[str] = ()
    expression: str = ""
    workers: int | None = None
    seed: int = 0
    deadline: float | None = None
    excluded: dict[str, str] = field(default_factory=dict)
    call_deadline: float | None = None
    no_deadline: bool = False
    peer_host: str = ""
    shard: Shard | None = None
    #: Whether a driver is started anew for each check, and not once for all.
    restart_each: bool = False
    #: Whether checks run in haste first, and with patience where a verdict depends on it (`running.plan`).
    hasty: bool = True
    #: Whether the idle window ends with the other checks of the run, if that is before its time.
    cuts_idling: bool = False
    #: Failing requirements after which the run ends; 0 for no such number.
    most_failures: int = 0
    #: Requirements whose checks come before all others.
    first: Sequence[str] = ()

    def target(self) -> Target:
        """The implementation with the settings that it is reached by. Raises `UsageError`."""
        return Target(
            self.implementation, Settings(self.call_deadline, self.deadline, self.no_deadline, self.peer_host)
        )


class Progress(Protocol):
    """Told of every record as it comes, and of deaths."""

    def record(self, record: Record, collector: Collector) -> None:
        """One record arrived; the collector has taken it already."""

    def note(self, text: str) -> None:
        """Something a person should know."""


def run(options: RunOptions, progress: Progress, command: Sequence[str]) -> Judged:
    """Judge an implementation, after building it where its file says how.

    `command` is the command line to write into the results. Returns what became of it; raises nothing for what an
    implementation does. KeyboardInterrupt passes, after the child has been ended.
    """
    began = time.monotonic()
    try:
        chosen = select(options.ids, load_catalogue())
        if options.shard is not None:
            chosen = [requirement for requirement in chosen if options.shard.holds(requirement.id)]
        target = options.target()
        target.build()
    except (UsageError, SelectionError) as mistake:
        return Judged(None, EXIT_USAGE, str(mistake))
    except AdapterBroken as broken:
        return Judged(None, EXIT_INCONCLUSIVE, broken.told(), details=broken.exchange.splitlines())
    patience = target.check_deadline + FROZEN_AFTER if target.check_deadline else math.inf
    collector = Collector(load_catalogue())
    try:
        how = _one_after_another(options, chosen, collector, progress, patience)
    except NoRoom as lacking:
        return Judged(None, EXIT_INCONCLUSIVE, f"no verdict: {lacking}")
    narrowed = bool(options.ids) or options.shard is not None
    if narrowed and collector.header is not None and not collector.selected and not collector.usage:
        collector.usage = _nothing_left(options, chosen, collector.header["profiles"])
    # The time that passed: several processes at once, and each one's start, are in it once.
    collector.duration_s = time.monotonic() - began
    ended = conclude_run(collector, command)
    how = how or collector.start_died
    if ended.results is None and ended.exit_status == EXIT_INCONCLUSIVE and how and not collector.broken:
        ended.problem = f"{ended.problem or 'no verdict'}: {how}"
        if collector.loading:
            ended.problem += f"; that was while it was loaded: see what `{collector.loading}` comes to"
    return ended


# Runs children until nothing is left to judge, or it is of no use; returns how the last one died, or nothing.
def _one_after_another(
    options: RunOptions, chosen: Sequence[Requirement], collector: Collector, progress: Progress, patience: float
) -> str:
    with ExitStack() as stack:
        with recording():
            place = stack.enter_context(folder_of_a_run())
        only: Path | None = None
        if options.ids or options.shard is not None:
            only = _listed(place, [requirement.id for requirement in chosen])
        for death in range(MOST_DEATHS + 1):
            how = _one_child(options, place, only, _suites(options, chosen), collector, progress, patience)
            how = how or (WORKER_DIED if collector.running else "")
            if not how:
                break
            named = collector.died(how)
            progress.note(f"{how} during {', '.join(named) or 'the start'}")
            left = collector.left()
            if not left or not named or any(name.startswith("sanity.") for name in named):
                break
            if death == MOST_DEATHS:
                progress.note(f"the process died {death + 1} times; {len(left)} requirements were not judged")
                break
            only = _listed(place, left)
    return how


# The requirements that a child is to run, in a file.
def _listed(place: Path, names: Sequence[str]) -> Path:
    only = place / "only"
    with recording():
        only.write_text("\n".join(names), "utf-8")
    return only


# Why nothing is left to judge although the ids mean something, in words for people.
def _nothing_left(options: RunOptions, chosen: Sequence[Requirement], judged: Sequence[str]) -> str:
    if options.shard is not None:
        return f"nothing selected: shard {options.shard} holds none of what is to be judged; make fewer shards"
    wanted = list(dict.fromkeys(requirement.profile for requirement in chosen))
    if not set(wanted) & set(judged):
        told = f"in the profile {' and '.join(wanted)}, and {', '.join(judged) or 'nothing'} is judged"
        asked = " ".join(f"--profile {name}" for name in wanted)
        return f"nothing selected: {' '.join(options.ids)} is {told}; ask for it with {asked}"
    return f"nothing selected: no requirement is both among {' '.join(options.ids)} and matched by the other filters"


# The packages of checks to collect: of the profiles asked for, and of those only where something is chosen. Which ones
# an implementation claims is known later.
def _suites(options: RunOptions, chosen: Sequence[Requirement]) -> list[str]:
    wanted = [name for name in options.profiles if name in PROFILES] or list(PROFILES)
    of_chosen = {requirement.profile for requirement in chosen}
    needed = [name for name in wanted if name in of_chosen] or wanted
    return [package_of(PROFILES[name], "suite") for name in needed]


def _arguments(options: RunOptions, place: Path, stream: Path, only: Path | None, suites: Sequence[str]) -> list[str]:
    first = place / "first"
    first.write_text("\n".join(options.first), "utf-8")
    # An empty configuration of our own: whatever pytest settings lie around the caller, and whatever conftest.py, must
    # not change a verdict.
    settings = place / "pytest.ini"
    settings.write_text("[pytest]\n", "utf-8")
    arguments = ["--pyargs", *suites, "-q"]
    arguments += ["-c", str(settings), "--rootdir", str(place), "--noconftest", "-p", "no:cacheprovider"]
    # What an implementation prints goes to the log as it comes. The others are asked time and again for each check, and
    # have nothing to say; two of them collect garbage for a second in the end.
    arguments += ["--capture=no", *(word for name in _UNUSED for word in ("-p", f"no:{name}"))]
    arguments += ["-p", "pytest_timeout", "-p", "dasnet_conformance.pytest_plugin.plugin"]
    # A check says what it expects by `expect`; with asserts left as they are, its module comes as it was compiled.
    arguments += ["--assert=plain"]
    arguments += ["--dasnet-implementation", options.implementation, "--dasnet-stream", str(stream)]
    arguments += ["--dasnet-seed", str(options.seed), "--dasnet-peer-host", options.peer_host]
    if options.no_deadline:
        arguments.append("--dasnet-no-deadline")
    if options.deadline is not None:
        arguments += ["--dasnet-deadline", str(options.deadline)]
    if options.call_deadline is not None:
        arguments += ["--dasnet-call-deadline", str(options.call_deadline)]
    for profile in options.profiles:
        arguments += ["--dasnet-profile", profile]
    for name, reason in options.excluded.items():
        arguments += ["--dasnet-exclude", f"{name}={reason}"]
    if options.strict:
        arguments.append("--dasnet-strict")
    if options.restart_each:
        arguments.append("--dasnet-restart-each")
    if not options.hasty:
        arguments.append("--dasnet-no-haste")
    if options.cuts_idling:
        arguments.append("--dasnet-cut-idling")
    if options.first:
        arguments += ["--dasnet-first", str(first)]
    if options.most_failures:
        arguments += ["--dasnet-maxfail", str(options.most_failures)]
    if options.expression:
        arguments += ["-k", options.expression]
    workers = workers_for(options.target()) if options.workers is None else options.workers
    if workers:
        # Where no copies are to be had, workers start up like any process, and cost as much.
        arguments += ["--dasnet-workers", str(workers)] if copies_exist() else ["-p", "xdist", "-n", str(workers)]
    if only is not None:
        arguments += ["--dasnet-only", str(only)]
    return arguments


def _one_child(
    options: RunOptions,
    place: Path,
    only: Path | None,
    suites: Sequence[str],
    collector: Collector,
    progress: Progress,
    patience: float,
) -> str:
    # Runs one child to its end; returns how it died, or nothing when it came to its own end.
    stream = place / f"stream-{time.monotonic_ns()}"
    with recording():
        stream.touch()
        arguments = _arguments(options, place, stream, only, suites)
    collector.ended = False
    child = take()
    reader = StreamReader(stream)
    try:
        child.begin(arguments)
        # While it gets going there is nothing to do but what will be needed in the end.
        get_ready()
        frozen = _follow(child.process, reader, collector, progress, patience)
    finally:
        child.end()
        # An interruption must not lose what was judged before it.
        for record in reader.read():
            collector.add(record)
        reader.close()
    said = child.said()
    insist_on_records(child.process.returncode, place)
    if options.expression and not collector.selected and not collector.usage:
        collector.usage = _expression_mistake(said)
    status = child.process.returncode
    loads = collector.header is None and collector.loading
    # A session that breaks in pytest's hands comes to its end all the same.
    if not collector.running and status in (3, 4) and not (loads or frozen or collector.usage or collector.broken):
        words = _last_line(said)
        collector.broken = lack_told(words) or f"the suite's part: {words}"
    if collector.ended or collector.usage or collector.broken:
        return ""
    if frozen:
        return f"the process made no progress for {patience:g} seconds and was ended"
    # What ends before the first record, a module at fault say, leaves nothing else to go by.
    words = f"; its last words: {said[-1].strip()}" if said and collector.header is None else ""
    return f"the process {spell_exit(status)}{words}"


def _follow(
    child: subprocess.Popen[bytes], reader: StreamReader, collector: Collector, progress: Progress, patience: float
) -> bool:
    # Hands on records until the child has ended; returns whether it had to be given up.
    last = time.monotonic()
    while True:
        ended = child.poll() is not None
        for record in reader.read():
            last = time.monotonic()
            told = collector.add(record)
            if told:
                progress.note(told)
            if record["type"] == "pace":
                patience = max(patience, record["check_deadline"] + FROZEN_AFTER)
            progress.record(record, collector)
        if ended:
            return False
        if time.monotonic() - last > patience:
            return True
        try:
            child.wait(_POLL)
        except subprocess.TimeoutExpired:
            pass


def _expression_mistake(said: Sequence[str]) -> str:
    # What pytest says of a -k that is no expression, or nothing.
    words = (line.partition("ERROR: ")[2] for line in said)
    return next((text for text in words if text.startswith("Wrong expression")), "")


def _last_line(said: Sequence[str]) -> str:
    # Behind an error of its own pytest tells how many tests ran.
    words = [line for line in said if line.startswith("INTERNALERROR> ")] or [line for line in said if line.strip()]
    return words[-1].removeprefix("INTERNALERROR> ") if words else "pytest ended without a word"
