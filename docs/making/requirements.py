"""All that is known of each requirement: the catalogue, its check, the servers that prove it, and what came of it.

It reads the packages, the register of right servers (by its path) and the published verdicts.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from dasnet_adapters.profiles import PROFILES, Profile
from dasnet_conformance.catalogue.loader import Clause, Requirement, load_catalogue
from dasnet_conformance.catalogue.vectors import Vector, load_vectors
from dasnet_conformance.catalogue.where import Place, check_places
from dasnet_conformance.proof.faults.registry import Fault, proving

from .published import Published, load_published

ROOT = Path(__file__).parents[2]
LATITUDE = ROOT / "tests" / "latitude"


@dataclass(frozen=True)
class Source:
    """A piece of a file of the repository: its path from the top, its first line, and its text."""

    file: str
    line: int
    text: str


@dataclass(frozen=True)
class Outcome:
    """What one implementation made of a requirement.

    `verdict` is the word of the report, or "not judged"; `known` the reason of a failure that its baseline lists, and
    `note` what else the publication keeps of it.
    """

    implementation: Published
    verdict: str
    known: str = ""
    note: str = ""

    @property
    def failed(self) -> bool:
        """Whether it did something that the requirement rules out."""
        return self.verdict == "fail"


@dataclass(frozen=True)
class Facts:
    """A requirement with everything beside it.

    `shown` has, for each allowed outcome, the right servers on which it is seen; `vectors` are the requests that its
    check sends, where it is made of those.
    """

    requirement: Requirement
    profile: Profile
    title: str
    clauses: tuple[Clause, ...]
    places: tuple[Place, ...]
    checks: tuple[Source, ...]
    faults: tuple[Fault, ...]
    outcomes: tuple[Outcome, ...]
    shown: dict[str, tuple[str, ...]]
    vectors: tuple[Vector, ...] = ()


@cache
def all_facts() -> dict[str, Facts]:
    """Every requirement's facts by its id, in the order of the catalogue."""
    catalogue = load_catalogue()
    right = _shown_by_right_servers()
    faults = proving()
    return {
        name: Facts(
            requirement=requirement,
            profile=PROFILES[requirement.profile],
            title=catalogue.titles[requirement.section],
            clauses=tuple(catalogue.clauses[clause] for clause in requirement.clauses),
            places=tuple(check_places().get(name, ())),
            checks=tuple(_source(place) for place in check_places().get(name, ())),
            faults=tuple(faults.get(name, ())),
            outcomes=tuple(_outcome(published, name) for published in load_published()),
            shown={outcome: tuple(right.get((name, outcome), ())) for outcome in requirement.allowed},
            vectors=load_vectors().get(name, ()),
        )
        for name, requirement in catalogue.requirements.items()
    }


def variants() -> tuple[dict[str, str], list[Any]]:
    """The right servers that choose otherwise: their themes with a title each, and all of them in order."""
    if str(LATITUDE) not in sys.path:
        sys.path.insert(0, str(LATITUDE))
    registry = importlib.import_module("latitude.registry")
    return dict(registry.THEMES), list(registry.load_variants().values())


@cache
def fault_source(fault: Fault) -> Source | None:
    """The class that is wrong, or nothing where the fault is made otherwise, as by a table."""
    if not fault.parts:
        return None
    part = fault.parts[0]
    try:
        lines, first = inspect.getsourcelines(part)
    except OSError:
        return None
    return Source(f"conformance/{part.__module__.replace('.', '/')}.py", first, "".join(lines))


def _shown_by_right_servers() -> dict[tuple[str, str], list[str]]:
    shown: dict[tuple[str, str], list[str]] = {}
    for variant in variants()[1]:
        for seen in variant.shown():
            shown.setdefault(seen, []).append(variant.name)
    return shown


def _outcome(published: Published, name: str) -> Outcome:
    verdict = published.verdicts.get(name, "not judged")
    known = published.reasons.get(name, "")
    blocked = published.blocked_by.get(name, "")
    observed = published.observed.get(name, "")
    notes = [published.excluded.get(name, ""), f"blocked by {blocked}" if blocked else "", observed]
    return Outcome(published, verdict, known, "; ".join(note for note in notes if note))


@cache
def _module(file: str) -> tuple[str, dict[str, ast.FunctionDef]]:
    package, _, path = file.partition("/")
    text = resources.files(package).joinpath(path).read_text(encoding="utf-8")
    return text, {node.name: node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)}


# The function with its decorators and the remark above it, if there is one.
def _source(place: Place) -> Source:
    text, functions = _module(place.file)
    function = functions[place.function]
    first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
    lines = text.splitlines()
    while first > 1 and lines[first - 2].startswith("#"):
        first -= 1
    last = function.end_lineno or first
    return Source(f"conformance/{place.file}", first, "\n".join(lines[first - 1 : last]) + "\n")
