"""Which requirements a word means: an id, a section, a clause or a pattern; and what is near to a word that means none.

Every command and every option that takes an id finds it here, so that a word means the same everywhere. The rules:

- Case does not matter.
- A word with `*`, `?` or `[` is a pattern over the ids of requirements, as a shell has them: `send.*`.
- Any other word is the id of a requirement, else a section, else a clause; where it is several of these, the first
  counts. A section means all of its requirements, and a clause all that come from it.

Pure functions over a catalogue: nothing is read and nothing printed.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, Literal

from .loader import Catalogue, Requirement

Kind = Literal["requirement", "section", "clause", "pattern"]

#: What makes a word a pattern.
_WILD: Final = "*?["

#: So many names that are near are told.
_MOST_NEAR: Final = 3


class SelectionError(Exception):
    """The word means no requirement: the caller's mistake, told with what is near or where to look."""


@dataclass(frozen=True)
class Meaning:
    """What one word means.

    `name` is the word as the catalogue spells it (a pattern as it was given). `requirements` stand in the order of the
    catalogue; there are none for a clause that cannot be tested, and for nothing else.
    """

    kind: Kind
    name: str
    requirements: tuple[Requirement, ...]


def meaning(word: str, catalogue: Catalogue) -> Meaning:
    """What a word means. Raises `SelectionError` for one that means nothing."""
    folded = word.casefold()
    everything = catalogue.requirements.values()
    if any(letter in word for letter in _WILD):
        matching = tuple(r for r in everything if fnmatchcase(r.id.casefold(), folded))
        if not matching:
            raise SelectionError(f"no requirement matches {word}{_hint(folded, catalogue)}")
        return Meaning("pattern", word, matching)
    if name := _spelled(folded, catalogue.requirements):
        return Meaning("requirement", name, (catalogue.requirements[name],))
    if name := _spelled(folded, catalogue.titles):
        return Meaning("section", name, tuple(r for r in everything if r.section == name))
    if name := _spelled(folded, catalogue.clauses):
        return Meaning("clause", name, tuple(r for r in everything if name in r.clauses))
    raise SelectionError(f"no requirement, section or clause is called {word or repr(word)}{_hint(folded, catalogue)}")


# Ids are words of the command line, and what joins them by commas is one word that means none of them.
def _apart(folded: str, catalogue: Catalogue) -> str:
    words = [_spelled(part.strip(), words_of(catalogue)) for part in folded.split(",")]
    return " ".join(words) if len(words) > 1 and all(words) else ""


def select(words: Iterable[str], catalogue: Catalogue) -> list[Requirement]:
    """The requirements that any of the words means, each once, in the order of the catalogue; without a word, all.

    Raises `SelectionError` for a word that means nothing, and for a clause that no requirement comes from.
    """
    given = list(words)
    if not given:
        return list(catalogue.requirements.values())
    chosen = {requirement.id for word in given for requirement in _testable(word, catalogue).requirements}
    return [requirement for requirement in catalogue.requirements.values() if requirement.id in chosen]


def reasons_by_requirement(given: Sequence[tuple[str, str]], catalogue: Catalogue) -> dict[str, str]:
    """Word and reason in, requirement and reason out: for whatever is said of requirements with a reason.

    A requirement that several words mean has the reason of the one that names it alone, else of the last.
    Raises `SelectionError` as `select` does.
    """
    means = [(_testable(word, catalogue), reason) for word, reason in given]
    alone_last = sorted(means, key=lambda pair: pair[0].kind == "requirement")
    return {requirement.id: reason for found, reason in alone_last for requirement in found.requirements}


def exclusions(given: Iterable[str], catalogue: Catalogue) -> dict[str, str]:
    """Requirement -> reason, of the values of `--exclude`, each of the form ID=REASON.

    Raises `SelectionError` for one without a reason, and as `select` does.
    """
    pairs = [(word, reason.strip()) for word, _, reason in (text.partition("=") for text in given)]
    for word, reason in pairs:
        if not reason:
            raise SelectionError(f"--exclude {word}: give a reason, as in --exclude '{word}=issue 12: not ported yet'")
    try:
        return reasons_by_requirement(pairs, catalogue)
    except SelectionError as error:
        raise SelectionError(f"--exclude: {error}") from None


def words_of(catalogue: Catalogue) -> list[str]:
    """Every word that means something and is no pattern, sections first."""
    testable = (clause.id for clause in catalogue.clauses.values() if not clause.untestable)
    return list(dict.fromkeys([*catalogue.titles, *catalogue.requirements, *testable]))


# The name as the catalogue has it, or nothing.
def _spelled(folded: str, names: Iterable[str]) -> str:
    return next((name for name in names if name.casefold() == folded), "")


def _testable(word: str, catalogue: Catalogue) -> Meaning:
    found = meaning(word, catalogue)
    if not found.requirements:
        why = catalogue.clauses[found.name].untestable.rstrip(".")
        raise SelectionError(f"no requirement comes from the clause {found.name}{f': {why}' if why else ''}")
    return found


def _hint(folded: str, catalogue: Catalogue) -> str:
    apart = _apart(folded, catalogue)
    if apart:
        return f"; write them apart: {apart}"
    everything = catalogue.requirements.values()
    if folded in {requirement.profile for requirement in everything}:
        return f"; it is a profile, which --profile {folded} judges, and `dasnet list --profile {folded}` lists"
    if folded in {requirement.level.casefold() for requirement in everything}:
        return f"; it is a level, which `dasnet list --level {folded.upper()}` lists"
    # A word that begins ids is most likely meant as that; then what is spelled alike; then what it is a part of.
    known = {name.casefold(): name for name in [*catalogue.requirements, *catalogue.titles, *catalogue.clauses]}
    near: list[str] = []
    plain = folded.rstrip("".join((*_WILD, ".")))
    if plain and plain == folded and any(name.casefold().startswith(f"{plain}.") for name in catalogue.requirements):
        near = [f"{plain}.*"]
    elif plain:
        near = [known[name] for name in difflib.get_close_matches(plain, known, _MOST_NEAR)]
        near = near or [name for name in catalogue.requirements if len(plain) > 2 and plain in name.casefold()]
    if not near:
        return "; `dasnet list` names them all"
    *first, last = near[:_MOST_NEAR]
    return f"; did you mean {', '.join(first)} or {last}?" if first else f"; did you mean {last}?"
