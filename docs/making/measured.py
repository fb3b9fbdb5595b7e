"""The figures of docs/performance.md as numbers: every table with a ratio, and every curve.

A table of ratios has the columns figure, sides, ratio and quartiles; one of growth, which `benchmarks/growth.py`
writes, has the columns what, grows with, side, at, time and quartiles.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .markdown import tables

PAGE = Path(__file__).parents[1] / "performance.md"


@dataclass(frozen=True)
class Ratio:
    """One row: how many times as much the first side takes as the second, with its quartiles.

    `target` is the bound that was aimed at, as it stands in the table, or empty.
    """

    figure: str
    sides: str
    ratio: float
    low: float
    high: float
    target: str = ""
    reached: bool = True


@dataclass(frozen=True)
class Point:
    """One measured point of a curve: how much there was, and the median with its quartiles in the curve's unit."""

    at: float
    label: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Curve:
    """One side of a chart of growth."""

    side: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Growth:
    """What grows with what: a chart, its unit, and a curve for each side."""

    what: str
    grows_with: str
    unit: str
    curves: tuple[Curve, ...]


@cache
def ratios() -> dict[str, list[Ratio]]:
    """The ratios by the number of their group, in the order of the page."""
    found: dict[str, list[Ratio]] = {}
    for head, *rows in tables(PAGE.read_text("utf-8")):
        if head[1:5] == ["figure", "sides", "ratio", "quartiles"]:
            for row in rows:
                found.setdefault(row[0], []).append(_ratio(row))
    return found


@cache
def growths() -> list[Growth]:
    """The charts of growth, in the order of the page."""
    lines: dict[tuple[str, str, str], dict[str, list[Point]]] = {}
    for head, *rows in tables(PAGE.read_text("utf-8")):
        if head[:3] == ["what", "grows with", "side"]:
            unit = re.sub(r".*\((.*)\)", r"\1", head[4])
            for what, grows_with, side, at, value, quartiles in rows:
                low, high = _pair(quartiles)
                point = Point(_number(at), at, _number(value), low, high)
                lines.setdefault((what, grows_with, unit), {}).setdefault(side, []).append(point)
    return [
        Growth(*named, tuple(Curve(side, tuple(points)) for side, points in sides.items()))
        for named, sides in lines.items()
    ]


def _ratio(row: list[str]) -> Ratio:
    low, high = _pair(row[4])
    target, reached = (row[5], "no" not in row[6]) if len(row) > 6 else ("", True)
    return Ratio(row[1], row[2], _number(row[3]), low, high, target, reached)


def _pair(text: str) -> tuple[float, float]:
    low, _, high = text.partition(" to ")
    return _number(low), _number(high)


def _number(text: str) -> float:
    return float(text.replace(",", ""))
