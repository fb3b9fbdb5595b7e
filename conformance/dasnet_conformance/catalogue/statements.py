"""What the catalogue keeps of the documentation's statements: fingerprints, no sentences.

For each statement, `statements.toml` of a profile holds the symbol it speaks of, the clauses made from it, and

- `fingerprint`: a hash of its words in their order. It changes with any word, so a `not` that comes or goes is seen,
  and stays when only the layout, the markup or the punctuation changes.
- `words`: a hash of 12 bits for each different word, sorted. It tells a changed statement from one that went and
  another that came. So short a hash fits dozens of words of a dictionary, and the order is lost: no sentence is kept.

It reads packaged files, and makes the text of such a file for `dasnet drift --fingerprint`.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dasnet_adapters.profiles import PROFILES

from .documentation import Statement
from .loader import CatalogueError, load_catalogue
from .rooms import folder_of

_FINGERPRINT_DIGITS: Final = 16
_WORD_DIGITS: Final = 3


@dataclass(frozen=True)
class KnownStatement:
    """A statement as the catalogue knows it: its symbol, its hashes, and the ids of the clauses made from it."""

    symbol: str
    fingerprint: str
    words: frozenset[str]
    clauses: tuple[str, ...] = ()

    def likeness(self, other: KnownStatement) -> float:
        """How much two statements have in common, from 0 to 1: twice the words in both, by the words in each."""
        return 2 * len(self.words & other.words) / (len(self.words) + len(other.words))


def _hash(text: str, digits: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


def fingerprinted(statement: Statement) -> KnownStatement:
    """A statement of a page as the catalogue would keep it, without clauses."""
    words = statement.words
    return KnownStatement(
        statement.symbol,
        _hash(" ".join(words), _FINGERPRINT_DIGITS),
        frozenset(_hash(word, _WORD_DIGITS) for word in words),
    )


def known_statements() -> list[KnownStatement]:
    """The statements that the catalogue was made from, in their order on the page.

    Raises `CatalogueError` for an entry that is incomplete.
    """
    known: list[KnownStatement] = []
    for profile in PROFILES.values():
        file = folder_of(profile, "catalogue").joinpath("statements.toml")
        if file.is_file():
            try:
                known += statements_of(file.read_text(encoding="utf-8"))
            except (tomllib.TOMLDecodeError, KeyError) as error:
                raise CatalogueError(f"statements.toml of the profile {profile.name}: {error}") from error
    return known


def statements_of(toml: str) -> list[KnownStatement]:
    """The statements of one file. Raises `KeyError` where an entry lacks a key."""
    entries: list[dict[str, Any]] = tomllib.loads(toml)["statement"]
    return [
        KnownStatement(
            entry["symbol"], entry["fingerprint"], frozenset(entry["words"].split()), tuple(entry["clauses"])
        )
        for entry in entries
    ]


def file_of(statements: Iterable[KnownStatement]) -> str:
    """The text of a file with these statements."""
    return "\n".join(
        "[[statement]]\n"
        f"symbol = {json.dumps(statement.symbol)}\n"
        f'fingerprint = "{statement.fingerprint}"\n'
        f'words = "{" ".join(sorted(statement.words))}"\n'
        f"clauses = {json.dumps(list(statement.clauses))}\n"
        for statement in statements
    )


def problems_of_statements(statements: Sequence[KnownStatement]) -> list[str]:
    """What is wrong between statements and clauses, a sentence each."""
    clauses = load_catalogue().clauses
    found = [f"statement {one.fingerprint} of {one.symbol} has no clause" for one in statements if not one.clauses]
    return found + [
        f"statement {one.fingerprint} of {one.symbol} names the unknown clause {clause}"
        for one in statements
        for clause in one.clauses
        if clause not in clauses
    ]
