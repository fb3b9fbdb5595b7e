"""The kill matrix: every fault against the requirements that have to fail on it, beside the controls.

What has to hold is in `Matrix.problems`: the sound server passes everything; every fault fails each requirement that it
names, at that requirement itself and not in the setup; every MUST and SHOULD catches a fault; no null control conforms;
and no MUST passes on all null controls, for such a check would see nothing. `kill_report` writes it down.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from dasnet_adapters.contract import Adapter
from dasnet_adapters.in_process import InProcessAdapter
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.catalogue.shard import Shard
from dasnet_conformance.proof.faults import CONTROL
from dasnet_conformance.proof.faults.null_controls import NULL_CONTROLS
from dasnet_conformance.proof.faults.registry import PACKAGE, Fault, load_faults
from dasnet_conformance.running.direct import Outcome
from dasnet_conformance.running.isolation import Job, run_jobs

#: How much of the usual patience the checks have. Patience is what a failing check costs; that so little of it is
#: enough for a conforming server is what the control shows.
PATIENCE: Final = 0.02

#: Seconds for one case, and for one on a fault that hangs: there the time is always used up.
CASE_DEADLINE: Final = 15.0
HANG_DEADLINE: Final = 3.0

#: Levels that have to be proved; what is MAY has no wrong outcome.
PROVED: Final = ("MUST", "SHOULD")


def adapter_of(name: str) -> Adapter:
    """The adapter of the sound server, of a null control or of a fault, by name."""
    if name == CONTROL:
        return InProcessAdapter(f"{PACKAGE}:{CONTROL}")
    if name in NULL_CONTROLS:
        return InProcessAdapter(f"{PACKAGE}:{name}")
    return load_faults()[name].adapter()


@dataclass
class Matrix:
    """What was run and what came of it, by requirement.

    `full` says that every requirement was run on every fault, but for those that hang; `chosen` that only some faults
    were run, and `shard` that only a part was: in both cases nothing can be said of the catalogue as a whole.
    """

    faults: list[Fault]
    full: bool = False
    chosen: bool = False
    shard: Shard | None = None
    control: dict[str, Outcome] = field(default_factory=dict)
    controls: dict[str, dict[str, Outcome]] = field(default_factory=dict)
    outcomes: dict[str, dict[str, Outcome]] = field(default_factory=dict)
    duration_s: float = 0.0

    @property
    def whole(self) -> bool:
        """Whether all faults were run."""
        return not self.chosen and self.shard is None

    def kills(self) -> list[tuple[Fault, Outcome]]:
        """Each kill: a fault, and the failure of a requirement that it names."""
        return [
            (entry, self.outcomes[entry.name][name])
            for entry in self.faults
            for name in entry.kills
            if self.outcomes[entry.name][name].failed
        ]

    def proofs(self) -> dict[str, list[Fault]]:
        """Requirement id -> the faults that it caught and that name it."""
        found: dict[str, list[Fault]] = {}
        for entry, outcome in self.kills():
            found.setdefault(outcome.requirement, []).append(entry)
        return found

    def also(self, entry: Fault) -> list[str]:
        """Requirements that caught a fault without having to, as far as they were run."""
        outcomes = self.outcomes[entry.name]
        return [name for name, outcome in outcomes.items() if outcome.failed and name not in entry.kills]

    def passed_by_all_controls(self, level: str) -> list[str]:
        """Requirements of a level that every null control passes."""
        return [
            requirement.id
            for requirement in load_catalogue().requirements.values()
            if requirement.level == level
            and self.controls
            and all(
                requirement.id in outcomes and outcomes[requirement.id].verdict == "pass"
                for outcomes in self.controls.values()
            )
        ]

    def problems(self) -> list[str]:
        """What is not as it has to be, a sentence each; empty when the suite is proved to see."""
        return [*self._of_control(), *self._of_faults(), *self._of_catalogue(), *self._of_null_controls()]

    def _of_control(self) -> list[str]:
        found = [
            f"the sound server does not pass {name}: {outcome.verdict}, {outcome.message}"
            for name, outcome in self.control.items()
            if outcome.verdict != "pass"
        ]
        hanging = {name for entry in self.faults if entry.hangs for name in entry.kills}
        found += [
            f"{name} takes the sound server {self.control[name].duration_s:.1f} s, too close to the "
            f"{HANG_DEADLINE:g} s after which a fault counts as hanging"
            for name in sorted(hanging & self.control.keys())
            if self.control[name].duration_s > HANG_DEADLINE / 2
        ]
        return found

    def _of_faults(self) -> list[str]:
        found = []
        for entry in self.faults:
            outcomes = self.outcomes[entry.name]
            missed = [outcomes[name] for name in entry.kills if not outcomes[name].failed]
            for outcome in missed:
                where = f" in the setup ({outcome.blocked_by})" if outcome.blocked_by else ""
                told = f": {outcome.message}" if outcome.message else ""
                found.append(f"{outcome.requirement} does not catch {entry.name}: {outcome.verdict}{where}{told}")
            if len(missed) < len(entry.kills) or not missed:
                continue
            elsewhere = self.also(entry)
            named = [name for name in elsewhere if name in entry.may_kill]
            if not elsewhere:
                found.append(f"the fault {entry.name} survives the whole suite")
            elif not named:
                found.append(f"the fault {entry.name} is caught only where it is not named: {', '.join(elsewhere)}")
        return found

    def _of_catalogue(self) -> list[str]:
        if not self.whole:
            return []
        proofs = self.proofs()
        return [
            f"{requirement.id} ({requirement.level}) catches no fault"
            for requirement in load_catalogue().requirements.values()
            if requirement.level in PROVED and requirement.id not in proofs
        ]

    def _of_null_controls(self) -> list[str]:
        requirements = load_catalogue().requirements
        found = [
            f"the null control {name} conforms"
            for name, outcomes in self.controls.items()
            if self.whole
            and all(outcome.verdict == "pass" for key, outcome in outcomes.items() if requirements[key].level == "MUST")
        ]
        found += [f"{name} is vacuous: every null control passes it" for name in self.passed_by_all_controls("MUST")]
        return found


def build(
    names: Sequence[str] = (),
    *,
    full: bool = False,
    shard: Shard | None = None,
    workers: int = 1,
    told: Callable[[str], None] = lambda text: None,  # noqa: ARG005
    expect: Callable[[int], None] = lambda count: None,  # noqa: ARG005
) -> Matrix:
    """Run the faults of these names, or all of them, and the controls.

    Arguments: `full`, run every requirement on every fault and not only those it names; `shard`, run that part of the
    faults alone, and the controls by that part of the requirements; `workers`, how many processes at a time; `told`
    hears of each implementation that is done, and `expect` before that of how many more there are.
    """
    started = time.monotonic()
    faults = load_faults()
    entries = [faults[name] for name in names] or [each for each in faults.values() if _in(shard, each.name)]
    matrix = Matrix(entries, full=full, chosen=bool(names), shard=shard)
    everything = tuple(load_catalogue().requirements)
    wanted = tuple(name for name in everything if _in(shard, name))
    if names:
        wanted = tuple(dict.fromkeys(name for entry in matrix.faults for name in entry.kills))

    # Those that hang come first: they use up their time and no processor.
    ordered = sorted(matrix.faults, key=lambda entry: not entry.hangs)
    jobs = [_job(entry, entry.kills) for entry in ordered]
    jobs.append(Job(CONTROL, wanted, CASE_DEADLINE))
    if not names:
        jobs += [Job(name, wanted, CASE_DEADLINE) for name in NULL_CONTROLS]
    ran = _run(jobs, workers, told, expect)

    matrix.control = ran[CONTROL]
    matrix.controls = {name: ran[name] for name in NULL_CONTROLS if name in ran}
    matrix.outcomes = {entry.name: ran[entry.name] for entry in matrix.faults}
    _try_again(matrix, workers, told, expect)
    _look_elsewhere(matrix, everything, workers, told, expect)
    matrix.duration_s = time.monotonic() - started
    return matrix


def _in(shard: Shard | None, name: str) -> bool:
    return shard is None or shard.holds(name)


def _job(entry: Fault, requirements: tuple[str, ...]) -> Job:
    return Job(entry.name, requirements, HANG_DEADLINE if entry.hangs else CASE_DEADLINE)


def _run(
    jobs: Sequence[Job], workers: int, told: Callable[[str], None], expect: Callable[[int], None]
) -> dict[str, dict[str, Outcome]]:
    expect(len(jobs))
    results = run_jobs(jobs, adapter_of, workers=workers, factor=PATIENCE, told=lambda job: told(job.name))
    found: dict[str, dict[str, Outcome]] = {}
    for job, outcomes in zip(jobs, results, strict=True):
        found.setdefault(job.name, {}).update({outcome.requirement: outcome for outcome in outcomes})
    return found


def _try_again(matrix: Matrix, workers: int, told: Callable[[str], None], expect: Callable[[int], None]) -> None:
    # Faults in threads that the system did not let run in time.
    for attempt in range(2, max((entry.attempts for entry in matrix.faults), default=1) + 1):
        jobs = []
        for entry in matrix.faults:
            missed = [name for name in entry.kills if not matrix.outcomes[entry.name][name].failed]
            if missed and entry.attempts >= attempt:
                jobs.append(_job(entry, tuple(missed)))
        for name, outcomes in _run(jobs, workers, told, expect).items():
            matrix.outcomes[name].update(outcomes)


def _look_elsewhere(
    matrix: Matrix,
    everything: tuple[str, ...],
    workers: int,
    told: Callable[[str], None],
    expect: Callable[[int], None],
) -> None:
    # A fault that nothing caught where it is named: does anything at all catch it? In a full run that is asked of each
    # fault; but a server that hangs does so wherever it is asked, which takes long and tells nothing.
    catalogue = load_catalogue().requirements
    # A check that lets seconds pass has the time for it.
    quick = tuple(name for name in everything if not catalogue[name].unhurried)
    slow = tuple(name for name in everything if catalogue[name].unhurried)
    jobs = []
    for entry in matrix.faults:
        outcomes = matrix.outcomes[entry.name]
        caught = any(outcomes[name].failed for name in entry.kills)
        if caught and (not matrix.full or entry.hangs):
            continue
        for names, seconds in ((quick, HANG_DEADLINE), (slow, CASE_DEADLINE)):
            rest = tuple(name for name in names if name not in outcomes)
            jobs += [Job(entry.name, rest, seconds)] if rest else []
    for name, outcomes in _run(jobs, workers, told, expect).items():
        matrix.outcomes[name].update(outcomes)
