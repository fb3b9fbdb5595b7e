"""What a shell can complete: the commands, their options and what each takes, read from the parsers themselves.

An option or a place takes a kind of word, by the metavar that its help shows. Prints nothing, and knows no shell.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Final

from dasnet_adapters.contract import PROFILES
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.catalogue.selection import words_of
from dasnet_conformance.proof.faults.registry import load_faults

from . import COMMANDS, HELP, grouped, parser_of, told
from .new_driver_command import LANGUAGES

#: Metavar -> kind. What is not here is a number or a free text, and nothing is offered for it.
KINDS: Final = {
    "DIR": "directory",
    "FILE": "file",
    "PAGE": "file",
    "OLD": "file",
    "NEW": "file",
    "RESULTS": "file",
    "IMPLEMENTATION": "implementation",
    "IMPL_A": "implementation",
    "IMPL_B": "implementation",
    "ID": "id",
    "ID=REASON": "exclusion",
    "P": "profile",
    "LANGUAGE": "language",
    "NAME": "fault",
}

#: The kind of a place that takes an implementation or an id, as the first of `run [IMPLEMENTATION] [ID ...]` does.
EITHER: Final = "implementation_or_id"

#: What an implementation begins with; after `driver:` comes the path of a program.
IMPLEMENTATIONS: Final = ("reference", "python:", "driver:", "tcp:")


@dataclass(frozen=True)
class Value:
    """What an option or a place takes: a kind, or one of `choices` (kind "choice")."""

    kind: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Option:
    """An option; `value` is None for a flag."""

    names: tuple[str, ...]
    help: str
    value: Value | None


@dataclass(frozen=True)
class Place:
    """A word that is no option; `many` says that others of its kind may follow."""

    value: Value
    many: bool


@dataclass(frozen=True)
class CommandWords:
    """A command with all that may follow it."""

    name: str
    help: str
    options: tuple[Option, ...]
    places: tuple[Place, ...]


def _value(action: argparse.Action) -> Value:
    if action.choices is not None:
        return Value("choice", tuple(map(str, action.choices)))
    metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    return Value(KINDS.get(metavar.rstrip("…."), "nothing"))


def _words(name: str) -> CommandWords:
    actions = parser_of(name)._actions  # there is no public way to ask a parser what it takes
    options = tuple(
        Option(tuple(action.option_strings), action.help or "", None if action.nargs == 0 else _value(action))
        for action in actions
        if action.option_strings
    )
    words = [action for action in actions if not action.option_strings]
    takes_ids = any(action.dest == "ids" for action in words)
    places = tuple(Place(_place_value(action, takes_ids), action.nargs in ("*", "+")) for action in words)
    return CommandWords(name, told(name), options, places)


def _place_value(action: argparse.Action, before_ids: bool) -> Value:
    # What may be left out in front of ids leaves its place to them.
    value = _value(action)
    return Value(EITHER) if before_ids and value.kind == "implementation" and action.nargs == "?" else value


def all_commands() -> list[CommandWords]:
    """Every command in the order of the overview, with `help`."""
    names = [name for names in grouped().values() for name in names]
    help = CommandWords(HELP, told(HELP), (), (Place(Value("choice", tuple(COMMANDS)), True),))
    return [help if name == HELP else _words(name) for name in names]


def words_of_kinds() -> dict[str, tuple[str, ...]]:
    """The words of every kind that is a list of words."""
    ids = tuple(words_of(load_catalogue()))
    return {
        "profile": tuple(PROFILES),
        "id": ids,
        "exclusion": tuple(f"{name}=" for name in ids),
        "fault": tuple(load_faults()),
        "implementation": IMPLEMENTATIONS,
        EITHER: (*IMPLEMENTATIONS, *ids),
        "language": LANGUAGES,
    }
