"""`dasnet list`: the requirements, filtered, as text or JSON. Prints."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict

from dasnet_adapters.profiles import PROFILES
from dasnet_conformance.catalogue.loader import LEVELS, Requirement, load_catalogue
from dasnet_conformance.catalogue.rooms import SECTIONS

from . import UsageMistake
from .choices import Several
from .selecting import add_ids, selected


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = parser.add_argument
    add_ids(parser, "list these only")
    more = "(may be repeated, or several with commas)"
    add("--section", action=Several, choices=SECTIONS, metavar="S", help=f"only this section {more}")
    add("--level", action=Several, choices=LEVELS, metavar="L", help=f"only MUST, SHOULD or MAY {more}")
    add("--profile", action=Several, choices=tuple(PROFILES), metavar="P", help=f"only this profile {more}")
    add("--json", action="store_true", help="as JSON, with clauses and allowed outcomes")


def as_document(requirement: Requirement) -> dict[str, object]:
    """One requirement as plain data, for JSON."""
    return {**asdict(requirement), "clauses": list(requirement.clauses)}


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """List; returns 0, or complains when nothing matches."""
    catalogue = load_catalogue()
    matching = catalogue.select(profiles=arguments.profile, levels=arguments.level, sections=arguments.section)
    among = {requirement.id for requirement in selected(arguments.ids)}
    chosen = [requirement for requirement in matching if requirement.id in among]
    if not chosen:
        raise UsageMistake("nothing selected: no requirement matches these filters")
    if arguments.json:
        print(json.dumps([as_document(requirement) for requirement in chosen], indent=2))  # noqa: T201
        return 0
    width = max(len(requirement.id) for requirement in chosen)
    section = ""
    for requirement in chosen:
        if requirement.section != section:
            section = requirement.section
            print(f"{section}: {catalogue.titles[section]}")  # noqa: T201
        print(f"  {requirement.id:<{width}}  {requirement.level:<6}  {requirement.profile}")  # noqa: T201
    print(f"{len(chosen)} requirement{'s' * (len(chosen) > 1)}; `dasnet explain ID` tells more")  # noqa: T201
    return 0
