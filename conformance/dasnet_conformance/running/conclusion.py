"""From what was collected of a run to its results: rows of requirements, the verdict, the exit status.

It reads a `Collector` and the catalogue and builds the model of `dasnet_reports`. It does no input or output.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from dasnet_adapters.profiles import PROFILES
from dasnet_conformance.catalogue.hashes import suite_hashes
from dasnet_reports import (
    EXIT_USAGE,
    QUICK,
    QUICK_REASON,
    Implementation,
    Overall,
    RequirementResult,
    Results,
    Sanity,
    SanityResult,
    Suite,
    TranscriptEntry,
    Verdict,
    conclude,
    spell_overall,
)

from .collect import Collector
from .stream import KEPT_OF_A_PASS, Record

#: Of several cases of one requirement the gravest verdict stands for it.
GRAVITY: Final = ("pass", "unsupported", "inconclusive", "fail")

#: Of several sanity conversations too, but one that did not get through tells more than one that went wrong.
SANITY_GRAVITY: Final = ("pass", "unsupported", "fail", "inconclusive")

EXIT_INCONCLUSIVE: Final = 2

#: The message of a requirement whose check was never started.
NEVER_RAN: Final = "the check did not run"


@dataclass
class Judged:
    """What became of the run: results (None when it never came to judging), exit status, and what to tell people."""

    results: Results | None
    exit_status: int
    problem: str = ""
    #: What belongs to the problem, a line each: the last lines of a build, what a driver said.
    details: list[str] = field(default_factory=list)
    #: What is no verdict and has to be known: a driver that does not stop, say.
    warnings: list[str] = field(default_factory=list)
    #: Failing requirements, each with the record of the case that stands for it: what a reproduction is made of.
    failures: dict[str, Record] = field(default_factory=dict)

    def ending(self) -> list[str]:
        """The last lines for a log: the problem, or verdict and counts."""
        aside = [*(f"  {line}" for line in self.details), *(f"dasnet: warning: {text}" for text in self.warnings)]
        if self.results is None:
            return [f"dasnet: {self.problem}", *aside]
        counts = ", ".join(f"{count} {verdict}" for verdict, count in self.results.counts.items() if count)
        told = [f"dasnet: {self.problem}", *aside] if self.problem else aside
        return [*told, f"dasnet: {self.results.implementation.name}: {spell_overall(self.results)} ({counts})"]


def conclude_run(run: Collector, command: Iterable[str]) -> Judged:
    """Conclude from what was collected so far; requirements that never ran are inconclusive, never missing.

    Arguments: `command`, the command line to write into the results.
    """
    if run.usage:
        return Judged(None, EXIT_USAGE, run.usage)
    if run.header is None:
        problem = run.broken or "the run ended before it reached the implementation"
        return Judged(None, EXIT_INCONCLUSIVE, problem, run.details)
    if not run.selected:
        return Judged(None, EXIT_USAGE, "nothing selected: no requirement matches; `dasnet list` names them all")
    if run.selected.keys() <= run.excluded.keys():
        return Judged(None, EXIT_USAGE, f"nothing selected: every requirement that matches is excluded{_why(run)}")
    rows = [_row(run, name) for name in run.catalogue.requirements if name in run.selected]
    results, exit_status = _results(run, run.header, rows, tuple(command))
    warnings = [text if count == 1 else f"{text} (x{count})" for text, count in run.warnings.items()]
    failures = {row.id: _gravest(run.cases[row.id]) for row in rows if row.verdict is Verdict.FAIL}
    problem = _problem(run, results.sanity, results.verdict)
    return Judged(results, exit_status, problem, run.details, warnings, failures)


def get_ready() -> None:
    """Find out beforehand what all results tell of the machine and the suite, which takes a while the first time."""
    platform.platform()
    suite_hashes()


# Why everything is excluded, where nobody gave a reason.
def _why(run: Collector) -> str:
    return f"; leave out {QUICK}" if QUICK_REASON in run.excluded.values() else ""


# The profiles of which the results tell something, if only that they are not claimed.
def _told_of(run: Collector, claimed: Iterable[str]) -> dict[str, None]:
    known = dict.fromkeys(requirement.profile for requirement in run.catalogue.requirements.values())
    silent = {name for name, profile in PROFILES.items() if profile.silent_unless_claimed} - set(claimed)
    return {name: None for name in known if name not in silent}


def _results(
    run: Collector, header: Record, rows: list[RequirementResult], command: tuple[str, ...]
) -> tuple[Results, int]:
    sanity = Sanity(_sanity(run.sanity["first"]), _sanity(run.sanity["last"]))
    strict = bool(header["strict"])
    conclusion = conclude(
        rows,
        sanity=sanity,
        claimed=header["claimed"],
        known=_told_of(run, header["claimed"]),
        strict=strict,
    )
    started = datetime.fromtimestamp(header["started"], UTC)
    results = Results(
        suite=Suite(**header["suite"]),
        implementation=Implementation(**header["implementation"]),
        reached=header.get("reached", ""),
        profiles=conclusion.profiles,
        verdict=conclusion.verdict,
        counts=conclusion.counts,
        requirements=tuple(rows),
        environment={
            "platform": platform.platform(),
            "python": platform.python_version(),
            "machine": platform.machine(),
        },
        seed=header["seed"],
        started=started.isoformat(timespec="seconds").replace("+00:00", "Z"),
        duration_s=round(run.duration_s, 6),
        strict=strict,
        sanity=sanity,
        command=command,
    )
    return results, conclusion.exit_status


def _problem(run: Collector, sanity: Sanity, verdict: Overall) -> str:
    if run.broken:
        return run.broken
    for which, outcome in (("first", sanity.first), ("last", sanity.last)):
        if outcome.verdict is not Verdict.PASS:
            return f"the {which} sanity conversation did not pass: {outcome.message}"
    told = any(case["verdict"] == "inconclusive" for cases in run.cases.values() for case in cases)
    if verdict is Overall.INCONCLUSIVE and not told and not run.left():
        return "no requirement that gates was judged; SHOULD gates under --strict, MAY never"
    return ""


def _row(run: Collector, name: str) -> RequirementResult:
    requirement = run.catalogue.requirements[name]
    place: dict[str, Any] = {
        "id": name,
        "section": requirement.section,
        "level": requirement.level,
        "profile": requirement.profile,
    }
    if name in run.excluded:
        return RequirementResult(**place, verdict=Verdict.EXCLUDED, excluded_reason=run.excluded[name])
    cases = run.cases.get(name)
    if not cases:
        return RequirementResult(**place, verdict=Verdict.INCONCLUSIVE, message=NEVER_RAN)
    lacking = run.lacking(name)
    if lacking:
        message = f"{lacking} of its {run.expected[name]} cases did not run"
        return RequirementResult(**place, verdict=Verdict.INCONCLUSIVE, message=message)
    gravest = _gravest(cases)
    transcript = gravest["transcript"]
    if gravest["verdict"] == "pass":
        transcript = transcript[:KEPT_OF_A_PASS]
    where = gravest["case"].partition("[")[2].removesuffix("]")
    message = gravest["message"]
    if where and message and requirement.section != "state":
        message = f"[{where}] {message}"
    observed = sorted({case.get("observed", "") for case in cases} - {""})
    return RequirementResult(
        **place,
        verdict=gravest["verdict"],
        message=message,
        duration_s=round(sum(case["duration_s"] for case in cases), 6),
        transcript=tuple(TranscriptEntry(**entry) for entry in transcript),
        blocked_by=gravest.get("blocked_by", ""),
        observed=", ".join(observed),
        traceback=tuple(gravest.get("traceback", ())),
    )


def _sanity(records: list[Record]) -> SanityResult:
    if not records:
        return SanityResult()
    gravest = max(records, key=lambda record: SANITY_GRAVITY.index(record["verdict"]))
    return SanityResult(gravest["verdict"], gravest["message"])


# The case that stands for a requirement.
def _gravest(cases: list[Record]) -> Record:
    # By name among equals, so that it is the same one however the cases were spread over workers.
    return max(sorted(cases, key=lambda case: str(case["case"])), key=lambda case: GRAVITY.index(case["verdict"]))
