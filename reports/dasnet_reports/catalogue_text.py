"""What a report may say about requirements beside their results: texts, clauses, legal outcomes, faults.

What lives here: plain records that whoever owns the catalogue fills and hands to a renderer. Reports work without them;
a requirement that is not in here is shown by its id alone. May touch: nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class ClauseText:
    """One statement of the documentation: its id, the documented symbol it is about, and what it says."""

    id: str
    symbol: str
    text: str


@dataclass(frozen=True, slots=True)
class FaultText:
    """One deliberately wrong implementation that a requirement's check is known to see: its name, and a sentence."""

    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RequirementText:
    """What is known about one requirement.

    Arguments: `text`, the requirement itself; `clauses`, the statements it comes from; `allowed`, each legal outcome
    and why it is fine, where there are several; `faults`, the wrong implementations that prove its check; `place`,
    where that check is ("suite/test_send.py:120").
    """

    text: str = ""
    clauses: tuple[ClauseText, ...] = ()
    allowed: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[FaultText, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class CatalogueText:
    """The texts of a catalogue.

    Arguments: `requirements`, by id, in the order to show them; `titles`, section -> its title in words.
    """

    requirements: Mapping[str, RequirementText] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)

    def of(self, requirement: str) -> RequirementText:
        """What is known about a requirement; an empty record when nothing is."""
        return self.requirements.get(requirement, _UNKNOWN)

    def title(self, section: str) -> str:
        """The title of a section in words, or empty."""
        return self.titles.get(section, "")


_UNKNOWN: Final = RequirementText()

NO_TEXTS: Final = CatalogueText()
"""A catalogue of which nothing is known."""
