"""`dasnet compare`: what changed between two runs. Prints."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict

from dasnet_conformance.gate.compare import Change, Comparison, compare
from dasnet_reports import harmless

from .files import read_results

#: The lists of a comparison with their titles, in the order of interest.
LISTS = {
    "regressions": "regressions",
    "fixes": "fixes",
    "others": "other changes",
    "added": "new requirements",
    "removed": "removed requirements",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = parser.add_argument
    add("old", metavar="OLD", help="results.json of the earlier run, or its report directory")
    add("new", metavar="NEW", help="results.json of the later run, or its report directory")
    add("--format", choices=("text", "markdown", "json"), default="text", help="how to print (default text)")


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Compare; returns 1 when something got worse."""
    comparison = compare(read_results(arguments.old), read_results(arguments.new))
    spell = {"text": _as_text, "markdown": _as_markdown, "json": _as_json}[arguments.format]
    print(spell(comparison))  # noqa: T201
    return 1 if comparison.regressions else 0


def _verdicts(change: Change) -> str:
    return f"{change.old or '-'} -> {change.new or '-'}"


def _message(change: Change) -> str:
    return harmless(change.message, 300, one_line=True)


def _as_text(comparison: Comparison) -> str:
    lines = []
    for name, title in LISTS.items():
        changes: list[Change] = getattr(comparison, name)
        if changes:
            lines.append(f"{title}: {len(changes)}")
            lines += [f"  {c.requirement} ({c.level}): {_verdicts(c)}" for c in changes]
            if name == "regressions":
                lines += [f"    {c.requirement}: {_message(c)}" for c in changes if c.message]
    return "\n".join(lines) or "no difference"


def _as_markdown(comparison: Comparison) -> str:
    lines = []
    for name, title in LISTS.items():
        changes: list[Change] = getattr(comparison, name)
        if changes:
            lines += [f"### {title[0].upper()}{title[1:]} ({len(changes)})", ""]
            lines += ["| requirement | level | verdict |", "| --- | --- | --- |"]
            lines += [f"| `{c.requirement}` | {c.level} | {_verdicts(c)} |" for c in changes]
            lines.append("")
    return "\n".join(lines).rstrip() or "No difference."


def _as_json(comparison: Comparison) -> str:
    return json.dumps(asdict(comparison), indent=2)
