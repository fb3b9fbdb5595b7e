"""The records of a run, gathered: what was selected, what each case came to, and what a process died of.

What follows from it is for `conclusion`. It may read records and the catalogue, and does no input or output.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from dasnet_conformance.catalogue.loader import Catalogue

from .stream import Record

#: How a check ended whose process of pytest-xdist is gone: xdist starts another one and does not tell why.
WORKER_DIED: Final = "the worker process died"


@dataclass
class Collector:
    """Takes records in the order in which they were written, and may be asked at any time."""

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
        return [name for name in self.selected if name not in self.excluded and self.lacking(name)]

    def lacking(self, name: str) -> int:
        """How many cases a requirement lacks before it can be said to pass."""
        cases = self.cases.get(name, [])
        if any(case["verdict"] != "pass" for case in cases):
            return 0
        return max(self.expected.get(name, 1) - len({case["case"] for case in cases}), 0)
