"""Measuring several sides in turn, and what is made of it: medians, and the ratio of two sides.

Why this is not left to pyperf or pytest-benchmark: both finish one benchmark before they begin the next, so the two
sides of a ratio would be measured minutes apart, on a machine that has something else to do by then. Here every round
measures each side once, in a changing order, and a ratio is taken within its round; what slows a whole round down drops
out. pyperf keeps the samples (`out/bench/samples.json`), so that `pyperf stats` and `pyperf compare_to` read them.
"""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

#: Measures one side once and returns seconds, of whatever it measures, per unit of it; or bytes.
Measure = Callable[[], float]

Samples = dict[str, list[float]]


@dataclass(frozen=True)
class Ratio:
    """One side over another. `low` and `high` are the quartiles over the rounds."""

    over: str
    under: str
    value: float
    low: float
    high: float
    target: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None without one."""
        if not self.target:
            return None
        sign, _, bound = self.target.partition(" ")
        return self.value <= float(bound) if sign == "≤" else self.value >= float(bound)


@dataclass(frozen=True)
class Figure:
    """One line of the report: what was measured, of which sides, and their ratios."""

    group: str
    name: str
    unit: str
    samples: Samples
    ratios: list[Ratio]

    def medians(self) -> dict[str, float]:
        """The median of each side, in the unit of the figure."""
        return {side: statistics.median(values) for side, values in self.samples.items()}


def alternate(sides: Mapping[str, Measure], rounds: int, *, warm: bool = True) -> Samples:
    """Measure every side once per round, each round beginning with another side.

    Unless `warm` is false, each is measured once before, and that is thrown away: it pays for caches and buffers.
    """
    samples: Samples = {name: [] for name in sides}
    names = list(sides)
    if warm:
        for name in names:
            sides[name]()
    # A collection in the middle of one side would be laid to that side.
    gc.collect()
    gc.disable()
    try:
        for number in range(rounds):
            start = number % len(names)
            for name in names[start:] + names[:start]:
                samples[name].append(sides[name]())
    finally:
        gc.enable()
    return samples


def ratio(samples: Samples, over: str, under: str, target: str = "", *, speed: bool = False) -> Ratio:
    """The ratio of two sides, the median over the rounds. With `speed`, of what they do per second, not of the time."""
    pairs = zip(samples[over], samples[under], strict=True)
    values = [b / a if speed else a / b for a, b in pairs]
    low, middle, high = quartiles(values)
    return Ratio(over, under, middle, low, high, target)


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """The three quartiles; of a single value that one."""
    if len(values) < 2:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high
