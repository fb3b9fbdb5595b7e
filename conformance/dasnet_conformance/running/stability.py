"""Stability: the same run many times, on a machine as busy as can be, and not one verdict may differ.

It runs whole runs through `judge` and compares their results; it starts busy processes of its own where load is asked
for. A verdict that depends on a race is a defect of the suite, or of the implementation: here it shows.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from .conclusion import EXIT_INCONCLUSIVE, Judged
from .judge import Progress, RunOptions, run

#: A check that used more than this part of its deadline is too close to it.
LARGEST_PART: Final = 0.5

#: What is said of a requirement whose verdict depends on the run: one thing, and not two verdicts.
FLAKY: Final = "flaky"

#: Busy processes for each processor, so that the run never has one to itself.
LOAD_PER_PROCESSOR: Final = 2

_BUSY: Final = "import os\nparent = os.getppid()\nwhile os.getppid() == parent:\n    sum(range(100_000))\n"


@dataclass
class Stability:
    """What many runs had in common, and what not.

    `verdicts` counts the verdicts of each requirement; `slowest_s` is the longest time its check took, in seconds.
    """

    runs: int = 0
    verdicts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    overall: Counter[str] = field(default_factory=Counter)
    slowest_s: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    problems: list[str] = field(default_factory=list)
    #: The exit status of the last run that came to no results, or to results that prove nothing; 0 if none did.
    trouble: int = 0

    def add(self, judged: Judged) -> None:
        """Take one run."""
        self.runs += 1
        if judged.exit_status >= EXIT_INCONCLUSIVE:
            self.trouble = judged.exit_status
        if judged.results is None:
            self.overall["no results"] += 1
            self.problems.append(f"run {self.runs}: {judged.problem}")
            return
        self.overall[judged.results.verdict.value] += 1
        for row in judged.results.requirements:
            self.verdicts[row.id][row.verdict.value] += 1
            self.slowest_s[row.id] = max(self.slowest_s[row.id], row.duration_s)

    def changing(self) -> dict[str, dict[str, int]]:
        """Requirements whose verdict was not the same in every run, with how often each came."""
        return {
            name: dict(counts)
            for name, counts in self.verdicts.items()
            if len(counts) > 1 or sum(counts.values()) != self.runs
        }

    def conclusions(self) -> dict[str, str]:
        """What is to be said of each requirement: its verdict where every run gave the same, else "flaky"."""
        changing = self.changing()
        return {name: FLAKY if name in changing else next(iter(counts)) for name, counts in self.verdicts.items()}

    def slow(self, deadline: float) -> dict[str, float]:
        """Requirements whose check once used more than half of its deadline, with the seconds."""
        return {name: seconds for name, seconds in self.slowest_s.items() if seconds > LARGEST_PART * deadline}

    def is_stable(self, deadline: float) -> bool:
        """Whether no verdict changed, no check came near its deadline, and every run came to results."""
        return not self.problems and len(self.overall) == 1 and not self.changing() and not self.slow(deadline)


@contextmanager
def load(busy: bool) -> Iterator[None]:
    """Keep every processor busy meanwhile, if asked to. The busy processes end with this one, however it ends."""
    count = (os.cpu_count() or 1) * LOAD_PER_PROCESSOR if busy else 0
    # In sessions of their own and without a word: an interruption is for this process, and it ends them.
    burners = [
        subprocess.Popen([sys.executable, "-c", _BUSY], stderr=subprocess.DEVNULL, start_new_session=True)
        for _ in range(count)
    ]
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()
        for burner in burners:
            burner.wait()


def repeat(
    options: RunOptions,
    runs: int,
    progress: Progress,
    command: Sequence[str],
    *,
    busy: bool = False,
    after_each: Callable[[Stability], None] = lambda _: None,
) -> Stability:
    """Run so many times, under load if `busy`; `after_each` is told how it stands."""
    stability = Stability()
    with load(busy):
        for _ in range(runs):
            stability.add(run(options, progress, command))
            after_each(stability)
    return stability
