"""From the records of a run to its results: cases become requirements, deaths become verdicts, all becomes one model.

It may read records and the catalogue and builds the model of `dasnet_reports`. It does no input or output.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from dasnet_conformance.catalogue.loader import Catalogue
from dasnet_reports import (
    EXIT_USAGE,
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
)

from .stream import Record

#: Of several cases of one requirement the gravest verdict stands for it.
GRAVITY: Final = ("pass", "unsupported", "inconclusive", "fail")

#: A passing check needs no long explanation: so many transcript entries are kept of it.
KEPT_OF_A_PASS: Final = 60

EXIT_INCONCLUSIVE: Final = 2

#: The message of a requirement whose check was never started.
NEVER_RAN: Final = "the check did not run"

#: How a check ended whose process of pytest-xdist is gone: xdist starts another one and does not tell why.
WORKER_DIED: Final = "the worker process died"


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
        return [*told, f"dasnet: {self.results.implementation.name}: {self.results.verdict.value} ({counts})"]


@dataclass
class Collector:
    """Takes records in the order in which they were written; `judged` may be asked at any time."""

    catalogue: Catalogue
    header: Record | None = None
    usage: str = ""
    broken: str = ""
    details: list[str] = field(default_factory=list)
    #: Warnings, each with how often it came.
    warnings: dict[str, int] = field(default_factory=dict)
    cases: dict[str, list[Record]] = field(default_factory=dict)
    #: Tests beside the checks that failed.
    others: list[str] = field(default_factory=list)
    selected: dict[str, None] = field(default_factory=dict)
    #: How many cases each selected requirement has.
    expected: dict[str, int] = field(default_factory=dict)
    excluded: dict[str, str] = field(default_factory=dict)
    running: dict[int, Record] = field(default_factory=dict)
    sanity: dict[str, list[Record]] = field(default_factory=lambda: {"first": [], "last": []})
    ended: bool = False
    duration_s: float = 0.0

    def add(self, record: Record) -> None:
        """Take one record."""
        match record["type"]:
            case "header":
                self.header = self.header or record
            case "selected":
                self.selected.update(dict.fromkeys(record["requirements"]))
                self.expected.update(record["cases"])
                self.excluded.update(record["excluded"])
            case "start":
                self._superseded(record["process"])
                self.running[record["process"]] = dict(record)
            case "case":
                # The session of the check is still to be ended, which an implementation may not survive.
                self.running.get(record["process"], {})["told"] = True
                self.cases.setdefault(record["requirement"], []).append(record)
            case "sanity":
                self.running.pop(record["process"], None)
                self.sanity[record["which"]].append(record)
                self.details = self.details or record.get("exchange", "").splitlines()
            case "usage":
                self.usage = record["message"]
            case "broken":
                self.broken = record["message"]
                self.details = record.get("exchange", "").splitlines()
            case "other":
                self.others.append(record["failed"])
            case "warning":
                self.warnings[record["message"]] = self.warnings.get(record["message"], 0) + 1
            case "end":
                self.running.pop(record["process"], None)
                if not record["worker"]:
                    self.ended = True
                    self.duration_s += record["duration_s"]

    def _superseded(self, process: int) -> None:
        # A check that started and never ended although its process went on was interrupted from outside.
        lost = self.running.pop(process, None)
        if lost is not None and "told" not in lost and not lost["requirement"].startswith("sanity."):
            self._lay_to(lost, "inconclusive", "the check was interrupted before it ended")

    def died(self, how: str) -> list[str]:
        """Lay the death of the run's processes to what they were doing; returns the requirements, for people."""
        named = []
        for record in self.running.values():
            name = record["requirement"]
            named.append(name)
            if name.startswith("sanity."):
                self.sanity[name.partition(".")[2]].append({"verdict": "inconclusive", "message": how})
            else:
                survival = self.catalogue.requirements[name].survival
                when = " while the session was ended" if "told" in record else ""
                self._lay_to(record, "fail" if survival else "inconclusive", how + when)
        self.running.clear()
        return named

    def _lay_to(self, start: Record, verdict: str, message: str) -> None:
        case = {"case": start["case"], "verdict": verdict, "message": message, "duration_s": 0.0, "transcript": []}
        self.cases.setdefault(start["requirement"], []).append(case)

    def left(self) -> list[str]:
        """Selected requirements that are not excluded and lack a case, unless the cases there are decide already."""
        return [name for name in self.selected if name not in self.excluded and self._lacking(name)]

    def _lacking(self, name: str) -> int:
        # How many cases a requirement lacks before it can be said to pass.
        cases = self.cases.get(name, [])
        if any(case["verdict"] != "pass" for case in cases):
            return 0
        return max(self.expected.get(name, 1) - len({case["case"] for case in cases}), 0)

    def judged(self, command: list[str]) -> Judged:
        """Conclude from what has been taken so far; requirements that never ran are inconclusive, never missing."""
        if self.usage:
            return Judged(None, EXIT_USAGE, self.usage)
        if self.header is None:
            problem = self.broken or "the run ended before it reached the implementation"
            return Judged(None, EXIT_INCONCLUSIVE, problem, self.details)
        if not self.selected:
            return Judged(None, EXIT_USAGE, "nothing selected: no requirement matches; `dasnet list` names them all")
        if self.selected.keys() <= self.excluded.keys():
            return Judged(None, EXIT_USAGE, "nothing selected: every requirement that matches is excluded")
        rows = [self._row(name) for name in self.catalogue.requirements if name in self.selected]
        sanity = Sanity(self._sanity("first"), self._sanity("last"))
        strict = bool(self.header["strict"])
        conclusion = conclude(
            rows,
            sanity=sanity,
            claimed=self.header["claimed"],
            known=dict.fromkeys(r.profile for r in self.catalogue.requirements.values()),
            strict=strict,
        )
        started = datetime.fromtimestamp(self.header["started"], UTC)
        results = Results(
            suite=Suite(**self.header["suite"]),
            implementation=Implementation(**self.header["implementation"]),
            reached=self.header.get("reached", ""),
            profiles=conclusion.profiles,
            verdict=conclusion.verdict,
            counts=conclusion.counts,
            requirements=tuple(rows),
            environment={
                "platform": platform.platform(),
                "python": platform.python_version(),
                "machine": platform.machine(),
            },
            seed=self.header["seed"],
            started=started.isoformat(timespec="seconds").replace("+00:00", "Z"),
            duration_s=round(self.duration_s, 6),
            strict=strict,
            sanity=sanity,
            command=tuple(command),
        )
        warnings = [text if count == 1 else f"{text} (x{count})" for text, count in self.warnings.items()]
        failures = {row.id: _gravest(self.cases[row.id]) for row in rows if row.verdict is Verdict.FAIL}
        problem = self._problem(sanity, conclusion.verdict)
        return Judged(results, conclusion.exit_status, problem, self.details, warnings, failures)

    def _problem(self, sanity: Sanity, verdict: Overall) -> str:
        for which, outcome in (("first", sanity.first), ("last", sanity.last)):
            if outcome.verdict is not Verdict.PASS:
                return f"the {which} sanity conversation did not pass: {outcome.message}"
        told = any(case["verdict"] == "inconclusive" for case in self._all_cases())
        if verdict is Overall.INCONCLUSIVE and not told and not self.left():
            return "no requirement that gates was judged; SHOULD gates under --strict, MAY never"
        return ""

    def _all_cases(self) -> list[Record]:
        return [case for cases in self.cases.values() for case in cases]

    def _row(self, name: str) -> RequirementResult:
        requirement = self.catalogue.requirements[name]
        place: dict[str, Any] = {
            "id": name,
            "section": requirement.section,
            "level": requirement.level,
            "profile": requirement.profile,
        }
        if name in self.excluded:
            return RequirementResult(**place, verdict=Verdict.EXCLUDED, excluded_reason=self.excluded[name])
        cases = self.cases.get(name)
        if not cases:
            return RequirementResult(**place, verdict=Verdict.INCONCLUSIVE, message=NEVER_RAN)
        lacking = self._lacking(name)
        if lacking:
            message = f"{lacking} of its {self.expected[name]} cases did not run"
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
        )

    def _sanity(self, which: str) -> SanityResult:
        records = self.sanity[which]
        if not records:
            return SanityResult()
        gravest = max(
            records, key=lambda record: ("pass", "unsupported", "fail", "inconclusive").index(record["verdict"])
        )
        return SanityResult(gravest["verdict"], gravest["message"])


# The case that stands for a requirement.
def _gravest(cases: list[Record]) -> Record:
    return max(cases, key=lambda case: GRAVITY.index(case["verdict"]))
