"""What a person sees while a run goes on: one live line on a terminal, plain lines in a log. Prints, nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType

from rich.console import Console

from dasnet_conformance.running.collect import Collector
from dasnet_conformance.running.conclusion import GRAVITY
from dasnet_conformance.running.stream import Record

from .screen import Screen, safe
from .time_left import TimeLeft

#: Failures whose message is told as soon as it is known; the ending tells all of them, by their causes.
TOLD_AT_ONCE = 5

_STYLE = {"fail": "bold red", "inconclusive": "yellow", "unsupported": "magenta"}


class QuietProgress:
    """Tells only what went wrong with the run itself."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._at_once = 0

    def __enter__(self) -> QuietProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def note(self, text: str) -> None:
        """Something a person should know."""
        self.console.print(f"dasnet: {safe(text)}", soft_wrap=True)

    def record(self, record: Record, collector: Collector) -> None:
        """Nothing, in a quiet run."""

    def tell_first(self, record: Record) -> None:
        """Print what a failure says, as long as few were told; one in the setup says nothing of its own."""
        if record["verdict"] == "fail" and not record.get("blocked_by") and self._at_once < TOLD_AT_ONCE:
            self._at_once += 1
            Screen(self.console).print("       ", record["message"])


class PlainProgress(QuietProgress):
    """A line when a section is done, and one for each requirement that did not pass."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._told: set[str] = set()
        #: The sections that were told.
        self._sections: set[str] = set()
        #: The selected requirements by section, in the catalogue's order, of so many selected ones.
        self._names: dict[str, list[str]] = {}
        self._selected = 0

    def record(self, record: Record, collector: Collector) -> None:
        """Print what is new."""
        if record["type"] == "header":
            told = record["implementation"]
            name = f"{told['name']} {told['version']} ({told['language']})"
            profiles = ", ".join(record["profiles"])
            self.console.print(f"judging {safe(name)}, profiles: {safe(profiles)}", soft_wrap=True)
        elif record["type"] == "case":
            if record["verdict"] != "pass" and record["requirement"] not in self._told:
                self._told.add(record["requirement"])
                style = _STYLE[record["verdict"]]
                self.console.print(f"  [{style}]{record['verdict']}[/] {record['requirement']}")
                self.tell_first(record)
            self._sections_done(collector)
        elif record["type"] in ("died", "end"):
            # A check whose process is gone has its verdict without a record of its own.
            self._sections_done(collector)

    def _sections_done(self, collector: Collector) -> None:
        requirements = collector.catalogue.requirements
        if len(collector.selected) != self._selected:
            self._selected, self._names = len(collector.selected), {}
            for name in (name for name in requirements if name in collector.selected):
                self._names.setdefault(requirements[name].section, []).append(name)
        running = {
            requirements[r["requirement"]].section
            for r in collector.running.values()
            if "told" not in r and r["requirement"] in requirements
        }
        # In the catalogue's order, whichever worker is done first: what follows a busy section waits for it.
        for section, chosen in self._names.items():
            if section in running or (section not in self._sections and _lacks(collector, chosen)):
                break
            if section not in self._sections:
                self._tell(section, collector)

    def _tell(self, section: str, collector: Collector) -> None:
        names = [name for name in collector.cases if collector.catalogue.requirements[name].section == section]
        if names:
            self._sections.add(section)
            passed = sum(all(case["verdict"] == "pass" for case in collector.cases[name]) for name in names)
            self.console.print(f"  {section:<12} {passed:>3} of {len(names)} passed")


# Whether one of these requirements is still to be judged.
def _lacks(collector: Collector, names: Iterable[str]) -> bool:
    return any(name not in collector.excluded and collector.lacking(name) for name in names)


class VerboseProgress(QuietProgress):
    """A line for each requirement, as soon as all of its cases are done."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._told: set[str] = set()

    def record(self, record: Record, collector: Collector) -> None:
        """Print what is new."""
        if record["type"] != "case" or record["requirement"] in self._told or collector.lacking(record["requirement"]):
            return
        name = record["requirement"]
        self._told.add(name)
        cases = collector.cases[name]
        verdict = max((case["verdict"] for case in cases), key=GRAVITY.index)
        seconds = sum(case["duration_s"] for case in cases)
        self.console.print(
            f"[{_STYLE.get(verdict, 'green')}]{verdict:<12}[/] {name}  ({seconds:.3f} s)", soft_wrap=True
        )


class LiveProgress(QuietProgress):
    """One line that shows how far the run is, and the requirement of the moment."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._bar = TimeLeft("judging", console=console)
        self._expected = 0
        self._told: set[str] = set()

    def __enter__(self) -> LiveProgress:
        self._bar.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.__exit__(kind, error, trace)

    def record(self, record: Record, collector: Collector) -> None:
        """Move the bar; failures stay on the screen above it."""
        if record["type"] == "selected":
            before, self._expected = self._expected, len(collector.selected) - len(collector.excluded)
            self._bar.expect(self._expected - before)
        elif record["type"] == "start":
            self._bar.done(record["requirement"], to=len(collector.cases))
        elif record["type"] == "case":
            self._bar.done(record["requirement"], to=len(collector.cases))
            if record["verdict"] != "pass" and record["requirement"] not in self._told:
                self._told.add(record["requirement"])
                self.console.print(f"[{_STYLE[record['verdict']]}]{record['verdict']}[/] {record['requirement']}")
                self.tell_first(record)
