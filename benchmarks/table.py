"""Figures as files: JSON, samples that pyperf reads, and the Markdown block within docs/performance.md."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

import pyperf

from alternating import Figure, Ratio

_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def write_json(file: Path, machine: Mapping[str, str], figures: Iterable[Figure]) -> None:
    """Everything, with the medians of the sides and the ratios; the samples stand in a file of their own."""
    told = [
        {
            "figure": figure.group,
            "name": figure.name,
            "unit": figure.unit,
            "rounds": max(map(len, figure.samples.values())),
            "medians": figure.medians(),
            "ratios": [{**asdict(ratio), "met": ratio.met} for ratio in figure.ratios],
        }
        for figure in figures
    ]
    document = {"machine": dict(machine), "figures": told}
    file.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")


def write_samples(file: Path, figures: Iterable[Figure]) -> None:
    """The samples of every side that is a time, as a suite of pyperf: for `pyperf stats`, `hist` and `compare_to`."""
    benchmarks = []
    for figure in figures:
        if not figure.unit.startswith("s"):
            continue
        for side, values in figure.samples.items():
            metadata = {"name": f"{figure.name}: {side}", "unit": "second"}
            kept = [value for value in values if value > 0]
            if kept:
                benchmarks.append(pyperf.Benchmark([pyperf.Run(kept, metadata=metadata, collect_metadata=False)]))
    pyperf.BenchmarkSuite(benchmarks).dump(str(file), replace=True)


def markdown(machine: Mapping[str, str], figures: Iterable[Figure]) -> str:
    """The block: the machine in a sentence, then a row per ratio."""
    lines = [
        ", ".join(f"{name}: {value}" for name, value in machine.items()) + ".",
        "",
        "| | figure | sides | ratio | quartiles | target | reached |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for figure in figures:
        medians = figure.medians()
        for ratio in figure.ratios:
            sides = " / ".join(f"{side} ({_spell(medians[side], figure.unit)})" for side in (ratio.over, ratio.under))
            lines.append(f"| {figure.group} | {figure.name} | {sides} | {_row(ratio)} |")
    return "\n".join(lines)


def insert(page: Path, name: str, block: str) -> None:
    """Put a block into its place on the page. Raises `ValueError` for a page without one."""
    place = re.compile(rf"(<!-- measured: {name} -->\n).*?(<!-- end of measured -->)", re.DOTALL)
    text = page.read_text("utf-8")
    if not place.search(text):
        raise ValueError(f"{page.name} has no place for the {name}")
    page.write_text(place.sub(lambda found: f"{found[1]}{block}\n{found[2]}", text), "utf-8")


def _row(ratio: Ratio) -> str:
    reached = {None: "", True: "yes", False: "**no**"}[ratio.met]
    spread = f"{_digits(ratio.low)} to {_digits(ratio.high)}"
    return f"{_digits(ratio.value)} | {spread} | {ratio.target} | {reached}"


def _digits(value: float) -> str:
    return f"{value:.2f}" if value >= 0.1 else f"{value:.3g}" if value >= 0.001 else f"{value:.1g}"


def _spell(value: float, unit: str) -> str:
    if unit == "B":
        return f"{value / 1024:.1f} KiB" if value < 1 << 20 else f"{value / (1 << 20):.1f} MiB"
    if unit == "s/MiB":
        return f"{1 / value / 1024:.2f} GiB/s"
    if unit != "s":
        return f"{value:g}"
    size, name = next((pair for pair in _UNITS if value >= pair[0]), _UNITS[-1])
    return f"{value / size:.3g} {name}"
