"""What RFC 9110 and RFC 9112 ask for with MUST or SHOULD, and which of it the catalogue covers.

`http/normative.toml` has every such statement that binds a server or a client, in our words; a statement either names
the clauses that cover it or stands in `http/not_covered.toml` with the reason. May read packaged files.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from .loader import CatalogueError

LEVELS: Final = ("MUST", "SHOULD")
BOUND: Final = ("server", "client", "both")
_SOURCE: Final = re.compile(r"RFC (9110|9112), section \d+(\.\d+)*")


@dataclass(frozen=True)
class Normative:
    """One statement of an RFC: its section, MUST or SHOULD, whom it binds, and the clauses that cover it.

    `binds` is "server", "client" or "both".
    """

    id: str
    source: str
    level: str
    binds: str
    text: str
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotCovered:
    """Statements from which no requirement comes, by their ids, and why."""

    reason: str
    statements: tuple[str, ...]


@cache
def load_normative() -> tuple[Normative, ...]:
    """Every statement, in the order of the RFCs. Raises `CatalogueError` for an entry that is incomplete."""
    try:
        return tuple(
            Normative(**{**entry, "clauses": tuple(entry.get("clauses", ()))})
            for entry in _read("normative.toml")["statement"]
        )
    except (TypeError, KeyError) as error:
        raise CatalogueError(f"http/normative.toml: {error}") from error


@cache
def load_not_covered() -> tuple[NotCovered, ...]:
    """What is not covered, by reason. Raises `CatalogueError` for an entry that is incomplete."""
    try:
        return tuple(
            NotCovered(entry["reason"], tuple(entry["statements"]))
            for entry in _read("not_covered.toml")["not_covered"]
        )
    except KeyError as error:
        raise CatalogueError(f"http/not_covered.toml: an entry lacks {error}") from error


def problems_of_normative(
    statements: Sequence[Normative], not_covered: Sequence[NotCovered], clauses: Iterable[str]
) -> list[str]:
    """What is wrong between the two tables and the ids of the catalogue's clauses, a sentence each."""
    known = set(clauses)
    reasons = Counter(name for entry in not_covered for name in entry.statements)
    found = [f"statement {name} stands twice" for name, n in Counter(one.id for one in statements).items() if n > 1]
    found += [f"{name} has {count} reasons not to be covered" for name, count in reasons.items() if count > 1]
    found += [
        f"{name} is called not covered and is no statement" for name in reasons.keys() - {one.id for one in statements}
    ]
    for one in statements:
        if not _SOURCE.fullmatch(one.source):
            found.append(f"statement {one.id} comes from {one.source!r}, which is no section of the two RFCs")
        if one.level not in LEVELS or one.binds not in BOUND:
            found.append(f"statement {one.id} has the level {one.level!r} and binds {one.binds!r}")
        if one.clauses and one.id in reasons:
            found.append(f"statement {one.id} is covered by {', '.join(one.clauses)} and called not covered")
        if not one.clauses and one.id not in reasons:
            found.append(f"statement {one.id} is neither covered by a clause nor listed as not covered")
        found += [f"statement {one.id} names the unknown clause {name}" for name in one.clauses if name not in known]
    return found


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("http", name).read_text("utf-8"))
