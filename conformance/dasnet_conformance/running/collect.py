"""The records of a run, gathered: what was selected, what each case came to, and what a process died of.

What follows from it is for `conclusion`. It may read records and the catalogue, and does no input or output.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from dasnet_conformance.catalogue.loader import Catalogue
from dasnet_conformance.stage.black_box import Noted

from .stream import Record

#: How a check ended whose process of pytest-xdist is gone: xdist starts another one and does not tell why.
WORKER_DIED: Final = "the worker process died"


@dataclass
class Collector:
    """Takes records in the order in which they were written, and may be asked at any time."""

    catalogue: Catalogue
    header: Record | None = None
    #: What loads the implementation without the suite, once somebody has set about loading it; else nothing.
    loading: str = ""
    #: How the process died that was to reach the implementation first; else nothing.
    start_died: str = ""
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
    #: How workers died, and in which call.
    _deaths: set[tuple[str, str]] = field(default_factory=set)

    def add(self, record: Record) -> str:
        """Take one record; returns what a person should be told of at once, if anything."""
        match record["type"]:
            case "loading":
                self.loading = record["by"]
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
            case "postponed":
                self.running.pop(record["process"], None)
            case "stopped":
                self.running.pop(record["of"], None)
            case "died":
                return self._worker_died(record)
            case "end":
                self.running.pop(record["process"], None)
                if not record["worker"]:
                    self.ended = True
                    self.duration_s += record["duration_s"]
        return ""

    def _superseded(self, process: int) -> None:
        # A check that started and never ended although its process went on was interrupted from outside.
        lost = self.running.pop(process, None)
        if lost is not None and "told" not in lost and not lost["requirement"].startswith("sanity."):
            self._lay_to(lost, "inconclusive", "the check was interrupted before it ended")

    def died(self, how: str) -> list[str]:
        """Lay the death of the run's processes to what they were doing; returns the requirements, for people."""
        named = [self._lay_death_to(record, how, []) for record in self.running.values()]
        self.running.clear()
        return list(dict.fromkeys(named))

    def _worker_died(self, record: Record) -> str:
        # One worker of several: the others go on, and another takes its place.
        start = self.running.pop(record["of"], None)
        calls = [Noted(*noted) for noted in record["calls"]]
        if start is not None:
            during = f" during {self._lay_death_to(start, record['how'], calls)}"
        else:
            during = "" if self.header is not None else " during the start"
            self.start_died = record["how"] if self.header is None else ""
        # A port that dies of one call dies of it a hundred times: one of them is told while it happens.
        way = record["how"], calls[-1].call.partition(" ")[0] if calls else ""
        if way in self._deaths:
            return ""
        self._deaths.add(way)
        return f"{record['how']}{_in_call(calls)}{during}"

    def _lay_death_to(self, start: Record, how: str, calls: list[Noted]) -> str:
        # Returns the requirement. `calls`: the last ones of the process, where they are known.
        name = str(start["requirement"])
        message = f"{how}{_in_call(calls)}"
        if name.startswith("sanity."):
            self.sanity[name.partition(".")[2]].append({"verdict": "inconclusive", "message": message})
        elif "told" in start:
            self._lay_to(start, self._of_death(name), f"{how} while the session was ended")
        else:
            entries = [{"tick": each.tick, "side": "host", "kind": "call", "text": each.call} for each in calls]
            if entries:
                entries[-1]["text"] = f"{calls[-1].call} -> ({how})"
            verdict, needed = self._of_death(name), calls[-1].needing if calls else ""
            # What is about surviving has its answer wherever the death came.
            blocked = needed if verdict == "inconclusive" and needed != name else ""
            self._lay_to(start, verdict, message, entries, blocked)
        return name

    def _of_death(self, name: str) -> str:
        return "fail" if self.catalogue.requirements[name].survival else "inconclusive"

    def _lay_to(
        self, start: Record, verdict: str, message: str, entries: Iterable[Record] = (), blocked_by: str = ""
    ) -> None:
        case = {
            "case": start["case"],
            "verdict": verdict,
            "message": message,
            "duration_s": 0.0,
            "transcript": list(entries),
            "blocked_by": blocked_by,
        }
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


# In which call a process died, to be read after how it did.
def _in_call(calls: list[Noted]) -> str:
    return f" in {calls[-1].call}" if calls else ""
