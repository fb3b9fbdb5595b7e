"""`dasnet explain`: all about requirements, one by one, and about what they were selected by. Prints."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Sequence
from typing import Any

from dasnet_conformance.catalogue.loader import Catalogue, Clause, Requirement, load_catalogue
from dasnet_conformance.catalogue.selection import Meaning, SelectionError, meaning
from dasnet_conformance.catalogue.where import check_places
from dasnet_conformance.proof.faults.registry import proving

from . import UsageMistake
from .list_command import as_document
from .selecting import add_ids


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_ids(parser, "what to explain", nargs="+")
    parser.add_argument(
        "--json", action="store_true", help="as JSON: an object for the id of one requirement, else a list"
    )


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Explain; returns 0, or complains about an unknown id with the nearest ones."""
    catalogue = load_catalogue()
    try:
        found = [meaning(word, catalogue) for word in arguments.ids]
    except SelectionError as error:
        raise UsageMistake(str(error)) from None
    requirements = list(dict.fromkeys(requirement.id for each in found for requirement in each.requirements))
    if arguments.json:
        documents = [_document(catalogue.requirements[name], catalogue) for name in requirements]
        alone = len(found) == 1 and found[0].kind == "requirement"
        print(json.dumps(documents[0] if alone else documents, indent=2))  # noqa: T201
        return 0
    parts = [lines for each in found for lines in [_heading(each, catalogue)] if lines]
    parts += [_told(catalogue.requirements[name], catalogue) for name in requirements]
    print("\n\n".join("\n".join(lines) for lines in parts))  # noqa: T201
    return 0


def _document(requirement: Requirement, catalogue: Catalogue) -> dict[str, Any]:
    document = as_document(requirement)
    document["clauses"] = [vars(catalogue.clauses[name]) for name in requirement.clauses]
    document["checks"] = [str(place) for place in check_places().get(requirement.id, [])]
    document["faults"] = [
        {"name": entry.name, "sentence": entry.sentence, "address": entry.address}
        for entry in proving().get(requirement.id, [])
    ]
    return document


# What there is to say of a section or a clause itself; a requirement speaks for itself.
def _heading(found: Meaning, catalogue: Catalogue) -> list[str]:
    count = f"{len(found.requirements)} requirement{'s' * (len(found.requirements) != 1)}"
    if found.kind == "section":
        return [f"section {found.name}: {catalogue.titles[found.name]}, {count}"]
    if found.kind == "clause":
        clause = catalogue.clauses[found.name]
        return [*_of_clause(clause), _wrapped(f"not tested: {clause.untestable}" if clause.untestable else count, "  ")]
    return []


def _of_clause(clause: Clause) -> list[str]:
    return [f"clause {clause.id} ({clause.symbol}, {clause.place})", _wrapped(clause.text, "  ")]


def _told(requirement: Requirement, catalogue: Catalogue) -> list[str]:
    lines = [f"{requirement.id}  {requirement.level}  profile {requirement.profile}", _wrapped(requirement.text, "  ")]
    for name in requirement.clauses:
        lines += _of_clause(catalogue.clauses[name])
    if requirement.allowed:
        lines.append("allowed outcomes")
        lines += [_wrapped(f"{outcome}: {why}", "  ") for outcome, why in requirement.allowed.items()]
    if requirement.survival:
        lines.append("a death of the process, or a call that never returns, fails this requirement")
    lines += [f"check {place}" for place in check_places().get(requirement.id, [])]
    faults = proving().get(requirement.id, [])
    if faults:
        lines.append("faults that prove it (`dasnet prove --fault NAME` runs one)")
        lines += [_wrapped(f"{entry.name}: {entry.sentence}", "  ") for entry in faults]
    return lines


def _wrapped(text: str, indent: str) -> str:
    return textwrap.fill(text, 80, initial_indent=indent, subsequent_indent=indent)
