"""The catalogue: clauses and requirements, read from the TOML files of each profile, and its consistency.

What lives here: the data classes, the reader and `problems`, which the build calls. It may read packaged files and
nothing else.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from dasnet_adapters.profiles import PROFILES, Profile

from .rooms import SECTIONS, folder_of, package_of
from .tables import read_table

LEVELS: Final = ("MUST", "SHOULD", "MAY")

#: Where a clause comes from, unless it says otherwise.
DOCUMENTATION: Final = "documentation"


class CatalogueError(Exception):
    """The packaged catalogue is unusable: our own mistake, told with the file and the entry."""


@dataclass(frozen=True)
class Clause:
    """One statement of the module's documentation, in our words; or of what the original does, where `source` says so.

    `symbol` is the name that it speaks of, `anchor` the label of its place on the page, empty where it stands on none;
    `untestable` is the reason why no requirement can come from it, or empty.
    """

    id: str
    symbol: str
    text: str
    anchor: str = ""
    untestable: str = ""
    source: str = DOCUMENTATION

    @property
    def place(self) -> str:
        """Where it comes from, in a word: the label on the page, or the source that is not the page."""
        return f"#{self.anchor}" if self.source == DOCUMENTATION else self.source


@dataclass(frozen=True)
class Requirement:
    """One requirement: what must be true, how strongly, and where it comes from.

    `allowed` maps each legal outcome to the reason why it is fine, where there is latitude. `survival` says that the
    requirement is about the host staying alive or a call returning, so that a death or a hang is a failure of it and
    not merely the end of the check. `unhurried` says that its check lets seconds pass, so that a run begins it first,
    beside all the others. `needs` is the other profile whose objects its check talks to, or nothing: where that is not
    claimed, there is nothing to judge.
    """

    id: str
    section: str
    level: str
    profile: str
    text: str
    clauses: tuple[str, ...]
    allowed: dict[str, str] = field(default_factory=dict)
    survival: bool = False
    unhurried: bool = False
    needs: str = ""


@dataclass(frozen=True)
class Catalogue:
    """All clauses and requirements, by id, in the order of the files."""

    clauses: dict[str, Clause]
    requirements: dict[str, Requirement]
    titles: dict[str, str]

    def select(
        self,
        *,
        profiles: Iterable[str] = (),
        levels: Iterable[str] = (),
        sections: Iterable[str] = (),
    ) -> list[Requirement]:
        """The requirements that match every given filter; an empty filter matches all."""
        wanted = (("profile", set(profiles)), ("level", set(levels)), ("section", set(sections)))
        return [
            requirement
            for requirement in self.requirements.values()
            if all(not names or getattr(requirement, attribute) in names for attribute, names in wanted)
        ]


def _read(profile: Profile, name: str) -> Mapping[str, Any]:
    try:
        return read_table(folder_of(profile, "catalogue"), name)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CatalogueError(f"{_place(profile, name)}: {error}") from error


def _place(profile: Profile, name: str) -> str:
    return f"{package_of(profile, 'catalogue').replace('.', '/')}/{name}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


@cache
def load_catalogue() -> Catalogue:
    """Read the catalogue of every profile. Raises `CatalogueError` on a duplicate id or an entry that is incomplete."""
    clauses: dict[str, Clause] = {}
    requirements: dict[str, Requirement] = {}
    titles: dict[str, str] = {}
    for profile in PROFILES.values():
        for entry in _read(profile, "clauses.toml")["clause"]:
            clause = Clause(**{key: _one_line(value) for key, value in entry.items()})
            if clause.id in clauses:
                raise CatalogueError(f"{_place(profile, 'clauses.toml')}: clause {clause.id} stands twice")
            clauses[clause.id] = clause
    for section, profile in SECTIONS.items():
        place = _place(profile, f"{section}.toml")
        data = _read(profile, f"{section}.toml")
        titles[section] = data["title"]
        for entry in data["requirement"]:
            try:
                requirement = _requirement(entry, section, profile.name, data.get("needs", ""))
            except KeyError as error:
                raise CatalogueError(f"{place}: {entry.get('id', entry)} lacks {error}") from error
            if requirement.id in requirements:
                raise CatalogueError(f"{place}: requirement {requirement.id} stands twice")
            requirements[requirement.id] = requirement
    return Catalogue(clauses, requirements, titles)


def _requirement(entry: dict[str, Any], section: str, profile: str, needs: str) -> Requirement:
    return Requirement(
        id=entry["id"],
        section=section,
        level=entry["level"],
        profile=profile,
        text=_one_line(entry["text"]),
        clauses=tuple(entry["clauses"]),
        allowed={outcome: _one_line(why) for outcome, why in entry.get("allowed", {}).items()},
        survival=entry.get("survival", False),
        unhurried=entry.get("unhurried", False),
        needs=needs,
    )


def problems(catalogue: Catalogue, checked: Iterable[str]) -> list[str]:
    """What is wrong with the catalogue as a whole, a sentence each; `checked` holds the requirement of every check.

    A requirement that several parametrised cases share counts once: pass each check's requirement once.
    """
    found: list[str] = []
    used = {clause for requirement in catalogue.requirements.values() for clause in requirement.clauses}
    for clause in catalogue.clauses.values():
        if clause.id not in used and not clause.untestable:
            found.append(f"clause {clause.id} has neither a requirement nor a reason why it cannot be tested")
        if clause.id in used and clause.untestable:
            found.append(f"clause {clause.id} is called untestable, yet a requirement comes from it")
    for requirement in catalogue.requirements.values():
        if requirement.level not in LEVELS:
            found.append(f"requirement {requirement.id} has the unknown level {requirement.level}")
        if requirement.needs and requirement.needs not in PROFILES:
            found.append(f"requirement {requirement.id} needs the unknown profile {requirement.needs}")
        if requirement.level == "MUST" and not requirement.clauses:
            found.append(f"requirement {requirement.id} is a MUST without a clause")
        found += [
            f"requirement {requirement.id} names the unknown clause {clause}"
            for clause in requirement.clauses
            if clause not in catalogue.clauses
        ]
    counts = Counter(list(checked))
    found += [f"requirement {name} has no check" for name in catalogue.requirements if name not in counts]
    found += [f"a check names the unknown requirement {name}" for name in counts if name not in catalogue.requirements]
    found += [f"requirement {name} has {count} checks" for name, count in counts.items() if count > 1]
    return found
