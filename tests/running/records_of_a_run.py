"""The records of a run in short words, for the tests of what is made of them. No sockets, no processes."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.catalogue.loader import Catalogue, Requirement
from dasnet_conformance.running.collect import Collector
from dasnet_conformance.running.conclusion import Judged, conclude_run
from dasnet_reports import RequirementResult

REQUIREMENTS = (
    Requirement("init.works", "init", "MUST", "core", "It works.", ("c",)),
    Requirement("init.lives", "init", "MUST", "core", "It lives.", ("c",), survival=True),
    Requirement("state.cell", "state", "SHOULD", "core", "It is.", ("c",)),
    Requirement("low.works", "low", "MUST", "lowlevel", "It works.", ("c",)),
)
CATALOGUE = Catalogue({}, {requirement.id: requirement for requirement in REQUIREMENTS}, {})

HEADER: dict[str, Any] = {
    "type": "header",
    "process": 1,
    "suite": {"name": "the-suite", "version": "1"},
    "implementation": {"name": "thing", "version": "2", "language": "any"},
    "claimed": ["core", "lowlevel"],
    "profiles": ["core", "lowlevel"],
    "seed": 7,
    "strict": False,
    "started": 1_700_000_000.25,
}
ENTRY = {"tick": 0, "side": "host", "kind": "call", "text": "tick 1"}


class Run:
    """Records as they come, in short words."""

    def __init__(self, **header: Any) -> None:
        self.collector = Collector(CATALOGUE)
        if header.pop("begun", True):
            self.collector.add({**HEADER, **header})

    def select(self, *names: str, excluded: dict[str, str] | None = None, **cases: int) -> Run:
        counts = {name: cases.get(name.replace(".", "_"), 1) for name in names}
        record = {"type": "selected", "process": 1, "requirements": list(names), "cases": counts}
        self.collector.add({**record, "excluded": excluded or {}})
        return self

    def start(self, name: str, case: str = "test", process: int = 1) -> Run:
        self.collector.add({"type": "start", "process": process, "requirement": name, "case": case})
        return self

    def case(self, name: str, verdict: str = "pass", message: str = "", case: str = "test", **more: Any) -> Run:
        process = more.pop("process", 1)
        self.start(name, case, process)
        record = {"type": "case", "process": process, "requirement": name, "case": case, "duration_s": 0.5}
        self.collector.add({**record, "verdict": verdict, "message": message, "transcript": [], **more})
        return self

    def sanity(self, which: str, verdict: str = "pass", message: str = "") -> Run:
        self.start(f"sanity.{which}", "")
        record = {"type": "sanity", "process": 1, "which": which, "transcript": []}
        self.collector.add({**record, "verdict": verdict, "message": message})
        return self

    def sane(self) -> Run:
        return self.sanity("first").sanity("last")

    def end(self, *, worker: bool = False, process: int = 1) -> Run:
        self.collector.add({"type": "end", "process": process, "worker": worker, "duration_s": 1.5})
        return self

    def judged(self) -> Judged:
        return conclude_run(self.collector, ["dasnet", "run", "thing"])

    def row(self, name: str) -> RequirementResult:
        results = self.judged().results
        assert results is not None
        return next(row for row in results.requirements if row.id == name)


def told(run: Run, name: str) -> tuple[str, str]:
    row = run.row(name)
    return row.verdict.value, row.message
