"""The figures of the page on performance as pictures: ratios as bars with their quartiles, growth as curves. Plain SVG.

Places are percentages of the width, so that a picture is as wide as its page and its letters stay as large as they are.
Each has its words beside it: the tables of the page say the same. It reads what `making.measured` read.
"""

from __future__ import annotations

import math
from html import escape

from making.measured import Growth, Ratio, growths, ratios

#: Where the pictures go: before this heading of the page.
BEFORE = "## Figures\n"

_TITLES = {
    "1": "Idle ticks of servers",
    "2": "Echo of a server",
    "3": "Bulk of a server",
    "4": "Visits",
    "5": "Memory",
    "6": "The suite",
    "7": "The class Client",
    "8": "Beside the original",
}

# Pixels down, percentages across.
_ROW = 40
_NAME = 22
_LEFT = 1.0
_CHART = 260
_FLOOR = 225
_LEAST = 10.0
_LINE = 15.0


def with_pictures(text: str) -> str:
    """The page on performance with its pictures. Raises `ValueError` where the heading they go before is not there."""
    if BEFORE not in text:
        raise ValueError(f"docs/performance.md has no heading {BEFORE.strip()!r}")
    parts = [
        "## In pictures",
        "### Bars",
        "A bar goes from 1, where both sides are equal, to the ratio; the line across it from the lower to the upper "
        "quartile. A dashed line is a target. The scale is logarithmic: left of 1 the first side takes less, or for "
        "bulk and visits is slower. The tables below say the same in numbers.",
        *(_raw(bars(_TITLES.get(group, f"Group {group}"), found)) for group, found in ratios().items()),
    ]
    if growths():
        parts += [
            "### Curves",
            "Times by how much there is; both scales are logarithmic, and a flat curve is one that does not grow.",
            *(_raw(curves(growth)) for growth in growths()),
        ]
    return text.replace(BEFORE, "\n\n".join(parts) + f"\n\n{BEFORE}", 1)


def bars(title: str, found: list[Ratio]) -> str:
    """One picture of ratios, a row for each."""
    low = min(0.5, *(each.low for each in found))
    high = max(2.0, *(each.high for each in found), *(_bound(each) for each in found))
    scale = _Scale(low, high)
    names = len(dict.fromkeys(each.figure for each in found))
    height = _ROW * len(found) + _NAME * names + 26
    parts = [*scale.grid(height - 22), scale.mark(1, height - 22, "one")]
    figure, y = "", 4
    for each in found:
        # What is measured is told where it changes; the sides stand above each bar.
        if each.figure != figure:
            figure = each.figure
            parts.append(f'<text class="name" x="{_LEFT}%" y="{y + 13}">{escape(figure)}</text>')
            y += _NAME
        start, end = sorted((scale.x(1), scale.x(each.ratio)))
        parts += [
            f'<text x="{_LEFT}%" y="{y + 12}">{escape(_sides(each.sides))} '
            f'<tspan class="range">{each.ratio:g} ({each.low:g} to {each.high:g})</tspan></text>',
            f'<rect class="bar" x="{start:.2f}%" y="{y + 17}" width="{max(end - start, 0.2):.2f}%" height="12"/>',
            f'<line class="quartiles" x1="{scale.x(each.low):.2f}%" x2="{scale.x(each.high):.2f}%" '
            f'y1="{y + 23}" y2="{y + 23}"/>',
            f'<circle class="median" cx="{scale.x(each.ratio):.2f}%" cy="{y + 23}" r="3"/>',
        ]
        if each.target:
            x = scale.x(_bound(each))
            kind = "target" if each.reached else "missed"
            parts.append(f'<line class="{kind}" x1="{x:.2f}%" x2="{x:.2f}%" y1="{y + 14}" y2="{y + 32}"/>')
        y += _ROW
    return _figure(title, height, parts, f"{len(found)} ratios with their quartiles; the table below has them.")


def curves(growth: Growth) -> str:
    """One picture of growth, a curve for each side."""
    points = [point for curve in growth.curves for point in curve.points]
    across = _Scale(min(point.at for point in points), max(point.at for point in points), left=9.0, right=97.0)
    low, high = min(point.low for point in points), max(point.high for point in points)
    # At least a power of ten, lest what is as good as flat look steep.
    wider = max(1.0, math.sqrt(_LEAST / (high / low)))
    up = _Scale(low / wider, high * wider, left=_FLOOR, right=24.0)
    parts = []
    for value in up.ticks():
        y = up.x(value)
        parts += [
            f'<line class="grid" x1="9%" x2="97%" y1="{y:.1f}" y2="{y:.1f}"/>',
            f'<text class="axis" x="8%" y="{y + 4:.1f}" text-anchor="end">{_short(value)}</text>',
        ]
    labels = {point.at: point.label for point in points}
    for at, label in labels.items():
        parts.append(
            f'<text class="axis" x="{across.x(at):.2f}%" y="{_FLOOR + 18}" text-anchor="middle">{label}</text>'
        )
    parts.append(
        f'<text class="axis" x="53%" y="{_FLOOR + 34}" text-anchor="middle">{escape(growth.grows_with)}</text>'
    )
    for number, curve in enumerate(growth.curves):
        dashed = " dashed" if number % 2 else ""
        inner = []
        for one, other in zip(curve.points, curve.points[1:], strict=False):
            inner.append(
                f'<line class="curve{dashed}" x1="{across.x(one.at):.2f}%" y1="{up.x(one.value):.1f}" '
                f'x2="{across.x(other.at):.2f}%" y2="{up.x(other.value):.1f}"/>'
            )
        for point in curve.points:
            x = f"{across.x(point.at):.2f}%"
            inner += [
                f'<line class="spread" x1="{x}" x2="{x}" y1="{up.x(point.low):.1f}" y2="{up.x(point.high):.1f}"/>',
                f'<circle class="dot" cx="{x}" cy="{up.x(point.value):.1f}" r="3.5">'
                f"<title>{escape(curve.side)}, {point.label}: {point.value:g} {growth.unit}</title></circle>",
            ]
        parts.append(f'<g class="side-{number % 5}">{"".join(inner)}</g>')
    parts += _names(growth, across, up)
    told = f"Curves of {', '.join(curve.side for curve in growth.curves)} by {growth.grows_with}, in {growth.unit}."
    return _figure(f"{growth.what}, in {growth.unit}", _CHART + 10, parts, told)


# Each name at its curve's end, above it, so that colour is not all that tells them apart; no two in one place.
def _names(growth: Growth, across: _Scale, up: _Scale) -> list[str]:
    ends = sorted(((up.x(curve.points[-1].high) - 8, curve) for curve in growth.curves), key=lambda end: -end[0])
    parts, below = [], math.inf
    for wanted, curve in ends:
        y = below = min(wanted, below - _LINE)
        place = f'class="end" x="{across.x(curve.points[-1].at):.2f}%" y="{y:.1f}"'
        parts.append(f"<text {place}>{escape(curve.side)}</text>")
    return parts


class _Scale:
    """A logarithmic scale between two places."""

    def __init__(self, low: float, high: float, left: float = 2.0, right: float = 98.0) -> None:
        self.low, self.high, self.left, self.right = low, high, left, right

    def x(self, value: float) -> float:
        """Where a value is."""
        span = math.log(self.high / self.low) or 1.0
        return self.left + (self.right - self.left) * math.log(value / self.low) / span

    def ticks(self) -> list[float]:
        """Round values that lie within: powers of ten, and where there are few of them 2 and 5 times those."""
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        span = self.high / self.low
        steps = (1, 2, 3, 5) if span < 12 else (1, 2, 5) if span < 200 else (1,)
        values = [step * 10.0**power for power in powers for step in steps]
        return [value for value in values if self.low <= value * 1.0001 and value <= self.high * 1.0001]

    def mark(self, value: float, height: float, kind: str) -> str:
        """A line from top to bottom."""
        return f'<line class="{kind}" x1="{self.x(value):.2f}%" x2="{self.x(value):.2f}%" y1="0" y2="{height}"/>'

    def grid(self, height: float) -> list[str]:
        """Lines at the round values, with their numbers below."""
        parts = []
        for value in self.ticks():
            x = self.x(value)
            anchor = "start" if x < 6 else "end" if x > 94 else "middle"
            parts += [
                self.mark(value, height, "grid"),
                f'<text class="axis" x="{x:.2f}%" y="{height + 16}" text-anchor="{anchor}">{value:g}</text>',
            ]
        return parts


def _bound(ratio: Ratio) -> float:
    return float(ratio.target.lstrip("≤≥ ")) if ratio.target else ratio.ratio


# What one side took by itself stands in the table; here it would be in the way.
def _sides(told: str) -> str:
    parts = [part.partition(" (")[0] for part in told.split(" / ")]
    return " / ".join(parts)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def _figure(title: str, height: float, parts: list[str], description: str) -> str:
    return (
        f'<figure class="plot"><figcaption>{escape(title)}</figcaption>'
        f'<svg role="img" aria-label="{escape(title)}. {escape(description)}" height="{height:g}">'
        f"{''.join(parts)}</svg></figure>"
    )


def _raw(html: str) -> str:
    return f"```{{raw}} html\n{html}\n```"
