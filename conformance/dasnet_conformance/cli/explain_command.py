"""`dasnet explain`: all about one requirement. Prints."""

from __future__ import annotations

import argparse
import difflib
import json
import textwrap
from collections.abc import Sequence

from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.catalogue.where import check_places
from dasnet_conformance.proof.faults.registry import proving

from . import UsageMistake
from .list_command import as_document


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("id", metavar="ID", help="a requirement, such as init.port-in-use")
    parser.add_argument("--json", action="store_true", help="as JSON")


def _wrapped(text: str, indent: str) -> str:
    return textwrap.fill(text, 80, initial_indent=indent, subsequent_indent=indent)


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Explain; returns 0, or complains about an unknown id with the nearest ones."""
    catalogue = load_catalogue()
    requirement = catalogue.requirements.get(arguments.id)
    if requirement is None:
        near = difflib.get_close_matches(arguments.id, catalogue.requirements, 3)
        hint = f"; did you mean {', '.join(near)}?" if near else "; `dasnet list` names them all"
        raise UsageMistake(f"no requirement {arguments.id}{hint}")
    clauses = [catalogue.clauses[name] for name in requirement.clauses]
    places = check_places().get(requirement.id, [])
    faults = proving().get(requirement.id, [])
    if arguments.json:
        document = as_document(requirement)
        document["clauses"] = [vars(clause) for clause in clauses]
        document["checks"] = [str(place) for place in places]
        document["faults"] = [
            {"name": entry.name, "sentence": entry.sentence, "address": entry.address} for entry in faults
        ]
        print(json.dumps(document, indent=2))  # noqa: T201
        return 0
    lines = [f"{requirement.id}  {requirement.level}  profile {requirement.profile}", _wrapped(requirement.text, "  ")]
    for clause in clauses:
        lines += [f"clause {clause.id} ({clause.symbol}, #{clause.anchor})", _wrapped(clause.text, "  ")]
    if requirement.allowed:
        lines.append("allowed outcomes")
        lines += [_wrapped(f"{outcome}: {why}", "  ") for outcome, why in requirement.allowed.items()]
    if requirement.survival:
        lines.append("a death of the process, or a call that never returns, fails this requirement")
    lines += [f"check {place}" for place in places]
    if faults:
        lines.append("faults that prove it (`dasnet prove --fault NAME` runs one)")
        lines += [_wrapped(f"{entry.name}: {entry.sentence}", "  ") for entry in faults]
    print("\n".join(lines))  # noqa: T201
    return 0
