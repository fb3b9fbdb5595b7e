"""Progress in a log: sections in the catalogue's order, whichever worker is done first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from rich.console import Console

from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.cli.progress import PlainProgress
from dasnet_conformance.running.collect import Collector


def records(order: list[str]) -> Iterator[dict[str, Any]]:
    """A run in which these requirements are judged in this order."""
    yield {"type": "selected", "requirements": sorted(order), "cases": dict.fromkeys(order, 1), "excluded": {}}
    for process, name in enumerate(order):
        yield {"type": "start", "process": process, "requirement": name, "case": "test"}
        yield {"type": "case", "process": process, "requirement": name, "case": "test", "verdict": "pass"}


@pytest.mark.parametrize("backwards", [False, True])
def test_sections_are_told_in_one_order(backwards: bool) -> None:
    catalogue = load_catalogue()
    chosen = [name for name, each in catalogue.requirements.items() if each.section in ("init", "tick", "save")]
    sections = list(dict.fromkeys(catalogue.requirements[name].section for name in chosen))
    console = Console(width=80, highlight=False)
    progress, collector = PlainProgress(console), Collector(catalogue)
    with console.capture() as captured:
        for record in records(chosen[::-1] if backwards else chosen):
            collector.add(record)
            progress.record(record, collector)
    assert [line.split()[0] for line in captured.get().splitlines()] == sections
