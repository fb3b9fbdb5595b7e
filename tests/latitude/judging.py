"""Judges a variant by the whole suite, check by check, in processes of its own, and notes which outcomes it showed.

What a check accepts from among the allowed outcomes of its requirement is noted while it runs, in a file, since a
verdict only tells that it was one of them. It starts processes by `isolation` and keeps temporary files.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from latitude.registry import BOTH, adapter_of, load_variants

from dasnet_adapters.contract import Adapter, Outcome
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.running import direct
from dasnet_conformance.running.isolation import Job, run_jobs
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import CHECK_DEADLINE
from dasnet_conformance.stage.host import Host
from latitude import PLAIN

#: Levels that a right server has to pass.
GATING: Final = ("MUST", "SHOULD")

#: How much of the usual patience the suite has with a variant that lets ticks pass. Their number is what counts there,
#: and the pauses between them, which are for packets that come late, would take an hour.
PATIENCE: Final = 0.05

#: Checks of a variant that run at the same time. All wait now and then; and what one that works late or lets ticks pass
#: needs is time alone, not a processor.
AT_ONCE: Final = 2
AT_ONCE_WAITING: Final = 16


@dataclass
class Judged:
    """What came of one variant: the outcome of each requirement, and the allowed outcomes that were seen."""

    name: str
    outcomes: dict[str, direct.Outcome] = field(default_factory=dict)
    shown: set[tuple[str, str]] = field(default_factory=set)

    def alarms(self) -> list[str]:
        """Requirements that a right server did not pass, a sentence each; MAY requirements cannot be failed."""
        catalogue = load_catalogue().requirements
        return [
            f"{name} ({catalogue[name].level}): {outcome.verdict}"
            f"{f' in the setup ({outcome.blocked_by})' if outcome.blocked_by else ''}, {outcome.message}"
            for name, outcome in self.outcomes.items()
            if outcome.verdict != "pass" and (catalogue[name].level in GATING or outcome.verdict != "unsupported")
        ]


def concerned(name: str) -> list[str]:
    """The requirements that the choice of a variant may have to do with: those of its half, and where both meet.

    The other half is the sound one's, which is judged by itself.
    """
    entry = load_variants().get(name)
    requirements = load_catalogue().requirements.values()
    if entry is None:
        return [each.id for each in requirements]
    return [
        each.id
        for each in requirements
        if (each.profile in entry.halves or each.section == BOTH) and each.id not in entry.falls_short
    ]


def judge(name: str, requirements: Iterable[str] = ()) -> Judged:
    """Judge the variant of that name, or the sound one, by these requirements or by all that it may concern."""
    wanted = list(requirements) or concerned(name)
    entry = load_variants().get(name)
    workers = AT_ONCE_WAITING if entry is not None and (entry.waits or entry.counts_ticks) else AT_ONCE
    factor = PATIENCE if entry is not None and entry.counts_ticks else 1.0
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "shown"
        jobs = [Job(name, tuple(part), CHECK_DEADLINE) for part in _parts(wanted, workers) if part]
        ran = run_jobs(jobs, partial(_watched, str(notes)), workers=workers, factor=factor)
        judged = Judged(name, {each.requirement: each for outcomes in ran for each in outcomes})
        if notes.exists():
            lines = notes.read_text("utf-8").splitlines()
            judged.shown = {(line.split("\t")[0], line.split("\t")[1]) for line in lines}
    return judged


# Dealt out in turn, as neighbours in the catalogue take equally long.
def _parts(requirements: Sequence[str], count: int) -> list[list[str]]:
    return [list(requirements[start::count]) for start in range(count)]


class _Allowed(tuple[str, ...]):
    # The allowed outcomes of a requirement, which know whose they are.

    requirement = ""


_watching = False


def _watched(notes: str, name: str) -> Adapter:
    # Runs in the process of a job, before each check.
    global _watching
    if not _watching:
        _watching = True
        _watch(Path(notes))
    return adapter_of(name)


def _watch(notes: Path) -> None:
    one_of, observe = expect.one_of, Host.observe

    # Open from the start, since some checks use up every other descriptor.
    file = os.open(notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(requirement: str, outcome: str) -> None:
        # One short line at a time, which the system appends as a whole.
        os.write(file, f"{requirement}\t{outcome}\n".encode())

    def allowed(self: Host) -> _Allowed:
        found = _Allowed(self.requirement.allowed)
        found.requirement = self.requirement.id
        return found

    def noting_one_of(outcome: Outcome, allowed: Iterable[str], what: str) -> str:
        name = one_of(outcome, allowed, what)
        if isinstance(allowed, _Allowed):
            note(allowed.requirement, name)
        return name

    def noting_observe(self: Host, outcome: str) -> None:
        observe(self, outcome)
        note(self.requirement.id, outcome)

    patched: Any = Host
    patched.allowed, patched.observe = allowed, noting_observe
    expect.one_of = noting_one_of


def names() -> list[str]:
    """Every variant, those that take longest first, and the sound server at the end."""
    entries = load_variants().values()
    return [each.name for each in sorted(entries, key=lambda each: not (each.waits or each.counts_ticks))] + [PLAIN]
