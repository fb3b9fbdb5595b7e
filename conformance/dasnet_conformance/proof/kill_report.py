"""The kill matrix as JSON, Markdown and HTML. It writes files where it is told to and knows nothing of how it was made.

The JSON is complete; the other two are for reading: what was proved and by which fault. The HTML stands alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from dasnet_conformance import SUITE_NAME, __version__
from dasnet_conformance.catalogue.hashes import suite_hashes
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.catalogue.rooms import SECTIONS
from dasnet_conformance.proof.faults.null_controls import NULL_CONTROLS
from dasnet_conformance.proof.faults.registry import Fault
from dasnet_conformance.running.direct import Outcome
from dasnet_reports.pages import make_page

from .kill_matrix import PATIENCE, PROVED, Matrix

FILES: Final = ("kill-matrix.json", "kill-matrix.md", "kill-matrix.html")


def counts(matrix: Matrix) -> dict[str, int]:
    """The figures of the matrix: requirements to be proved, those that are, faults, those caught, kills, controls."""
    caught = {entry.name for entry, _ in matrix.kills()}
    wanted = [each for each in load_catalogue().requirements.values() if each.level in PROVED]
    return {
        "requirements": len(wanted),
        "proved": len(matrix.proofs()),
        "faults": len(matrix.faults),
        "caught": len(caught),
        "named_kills": sum(len(entry.kills) for entry in matrix.faults),
        "kills": len(matrix.kills()),
        "null_controls": len(matrix.controls),
        "problems": len(matrix.problems()),
    }


def headline(matrix: Matrix) -> str:
    """The figures in one line."""
    told = counts(matrix)
    parts = [f"{told['caught']} of {told['faults']} faults caught", f"{told['kills']} of {told['named_kills']} kills"]
    if matrix.whole:
        parts.append(f"{told['proved']} of {told['requirements']} requirements proved")
    return ", ".join([*parts, f"{told['problems']} problem{'' if told['problems'] == 1 else 's'}"])


def write(matrix: Matrix, directory: str | Path) -> list[Path]:
    """Write the three files into a directory, which is made if need be; returns their paths."""
    place = Path(directory)
    place.mkdir(parents=True, exist_ok=True)
    texts = (as_json(matrix), as_markdown(matrix), as_html(matrix))
    paths = [place / name for name in FILES]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, "utf-8")
    return paths


def as_json(matrix: Matrix) -> str:
    """The whole matrix as data."""
    proofs = matrix.proofs()
    document: dict[str, Any] = {
        "suite": {"name": SUITE_NAME, "version": __version__},
        "hashes": suite_hashes(),
        "shard": "" if matrix.shard is None else str(matrix.shard),
        "full": matrix.full,
        "patience": PATIENCE,
        "duration_s": round(matrix.duration_s, 1),
        "counts": counts(matrix),
        "problems": matrix.problems(),
        "requirements": [
            {
                "id": requirement.id,
                "level": requirement.level,
                "caught": [entry.name for entry in proofs.get(requirement.id, [])],
                "passed_by_null_controls": [
                    name
                    for name, outcomes in matrix.controls.items()
                    if requirement.id in outcomes and outcomes[requirement.id].verdict == "pass"
                ],
            }
            for requirement in load_catalogue().requirements.values()
        ],
        "faults": [
            {
                "name": entry.name,
                "section": entry.section,
                "sentence": entry.sentence,
                "address": entry.address,
                "kills": [_told(matrix.outcomes[entry.name][name]) for name in entry.kills],
                "may_kill": list(entry.may_kill),
                "also_caught_by": matrix.also(entry),
            }
            for entry in matrix.faults
        ],
        "control": {name: outcome.verdict for name, outcome in matrix.control.items()},
        "control_messages": {name: outcome.message for name, outcome in matrix.control.items() if outcome.message},
        "control_durations_s": {name: outcome.duration_s for name, outcome in matrix.control.items()},
        "null_controls": {
            name: {key: outcome.verdict for key, outcome in outcomes.items()}
            for name, outcomes in matrix.controls.items()
        },
    }
    return json.dumps(document, indent=1) + "\n"


def _told(outcome: Outcome) -> dict[str, str]:
    keys = ("requirement", "verdict", "blocked_by", "case", "message")
    return {key: str(getattr(outcome, key)) for key in keys}


def _by_section(matrix: Matrix) -> Iterator[tuple[str, list[Fault]]]:
    for section in SECTIONS:
        entries = [entry for entry in matrix.faults if entry.section == section]
        if entries:
            yield section, entries


def _control_rows(matrix: Matrix) -> Iterator[tuple[str, str, int, int]]:
    # Name, sentence, requirements passed, all of them.
    if matrix.control:
        passed = sum(outcome.verdict == "pass" for outcome in matrix.control.values())
        yield "sound", "The conforming server that the faults are variations of.", passed, len(matrix.control)
    for name, outcomes in matrix.controls.items():
        passed = sum(outcome.verdict == "pass" for outcome in outcomes.values())
        yield name, NULL_CONTROLS[name].sentence, passed, len(outcomes)


def as_markdown(matrix: Matrix) -> str:
    """What was proved, for reading in a repository."""
    lines = ["# Kill matrix", "", f"{headline(matrix)}.", ""]
    problems = matrix.problems()
    if problems:
        lines += ["## Problems", "", *(f"- {_cell(text)}" for text in problems), ""]
    lines += ["## Controls", "", "| server | what it is | requirements passed |", "|---|---|---:|"]
    lines += [f"| `{name}` | {_cell(what)} | {n} of {of} |" for name, what, n, of in _control_rows(matrix)]
    lines += [
        "",
        "A null control is no server at all: none of them may conform, and no MUST may pass on all of them.",
        "",
    ]
    for section, entries in _by_section(matrix):
        lines += [f"## {section}", "", "| fault | what is wrong | caught by |", "|---|---|---|"]
        for entry in entries:
            names = ", ".join(_mark(matrix.outcomes[entry.name][name]) for name in entry.kills)
            lines.append(f"| `{entry.name}` | {_cell(entry.sentence)} | {names} |")
        lines.append("")
    lines += ["## Requirements", "", "| requirement | a fault that it catches | others, above |"]
    lines.append("|---|---|---:|")
    proofs = matrix.proofs()
    for requirement in load_catalogue().requirements.values():
        if requirement.level in PROVED:
            # One of them, and no level: with more a code host would not show the page.
            first, *others = [f"`{entry.name}`" for entry in proofs.get(requirement.id, [])] or ["none"]
            lines.append(f"| {requirement.id} | {first} | {len(others) or ''} |")
    return "\n".join(lines) + "\n"


def _mark(outcome: Outcome) -> str:
    return outcome.requirement if outcome.failed else f"**not {outcome.requirement}** ({outcome.verdict})"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def as_html(matrix: Matrix) -> str:
    """The matrix as one page that needs nothing else, in the dress of the other pages."""
    proofs = matrix.proofs()
    titles = load_catalogue().titles
    values: dict[str, Any] = {
        "headline": headline(matrix),
        "suite": f"{SUITE_NAME} {__version__}",
        "problems": matrix.problems(),
        "controls": list(_control_rows(matrix)),
        "sections": [
            {
                "name": section,
                "title": titles.get(section, ""),
                "faults": [
                    {
                        "name": entry.name,
                        "sentence": entry.sentence,
                        "outcomes": [_shown(matrix.outcomes[entry.name][name]) for name in entry.kills],
                        "others": matrix.also(entry),
                    }
                    for entry in entries
                ],
            }
            for section, entries in _by_section(matrix)
        ],
        "requirements": [
            {
                "id": requirement.id,
                "text": requirement.text,
                "level": requirement.level,
                "faults": [entry.name for entry in proofs.get(requirement.id, [])],
            }
            for requirement in load_catalogue().requirements.values()
            if requirement.level in PROVED
        ],
    }
    return make_page("kill_matrix.html", styles=("page.css", "kill_matrix.css"), scripts=("page.js",), values=values)


def _shown(outcome: Outcome) -> dict[str, Any]:
    told = outcome.message if outcome.failed else f"{outcome.verdict} {outcome.blocked_by}: {outcome.message}"
    return {"requirement": outcome.requirement, "case": outcome.case, "failed": outcome.failed, "told": told}
