"""The table of profiles: what each is made of, read from `profiles.toml` and from packages that add their own.

A profile is a part of the module that an implementation claims as a whole. Contract, line protocol, adapters, doctor,
exploration, documentation and completion are all read from this table. An installed package adds a profile by an entry
point in the group `dasnet.profiles` whose name is the profile's and whose value is a package with these parts:

- `profile.toml`, one `[[profile]]` in the form of `profiles.toml`
- `catalogue/`, the files of its sections and its `clauses.toml`
- `suite/` and `faults/`, packages with its checks and its wrong servers

May import the standard library and reads packaged files; nothing of ours stands below it.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.resources import files
from typing import Any, Final, Literal, TypeVar, get_args

#: The environment variable that names the drafts to be loaded, joined by commas: for those who work on them.
DRAFTS: Final = "DASNET_DRAFTS"
#: The group of entry points by which a package adds profiles.
ENTRY_POINTS: Final = "dasnet.profiles"

ParameterKind = Literal["object", "orphan", "class", "number", "bytes", "text", "callback", "action", "argument"]
ResultKind = Literal["none", "boolean", "number"]
#: What a callback carries: words of these kinds, in the order in which the line protocol writes them.
CarriedKind = Literal["size", "number", "bytes", "text"]
#: By which names; each is a field of the contract's events.
CARRIED: Final = (
    "size",
    "bytes",
    "code",
    "message",
    "exchange",
    "method",
    "target",
    "version",
    "status",
    "reason",
    "headers",
    "body",
)

Row = TypeVar("Row")


class ProfileError(Exception):
    """A table of profiles that cannot be used; the message names the file or package, and what is wrong in it."""


@dataclass(frozen=True)
class CommandForm:
    """The form of one command.

    `parameters` are in order, each with its kind; `result` is the kind of its value; `profile` the one that it belongs
    to; `meaning` what it does. `optional` says that a driver may do without: the suite then takes another way, or
    leaves a SHOULD open. `by_driver` says that a driver carries it out without asking the port. `python` is how a
    Python module carries it out: `Server.METHOD`, `Client.METHOD` or the name of a function, empty where it takes more
    than one call.
    """

    parameters: tuple[tuple[str, ParameterKind], ...]
    result: ResultKind
    profile: str
    meaning: str
    by_driver: bool = False
    optional: bool = False
    python: str = ""


@dataclass(frozen=True)
class ReactionForm:
    """What an object can be told to do inside a callback: its arguments, each with its kind, and what it does."""

    arguments: tuple[tuple[str, ParameterKind], ...]
    meaning: str


@dataclass(frozen=True)
class ObjectClass:
    """A class of object that `new` can be asked for: its number, and what it is."""

    number: int
    meaning: str


@dataclass(frozen=True)
class Profile:
    """One profile.

    `sections` are those of its catalogue, in the order of reports. `callbacks` maps each callback to what it carries,
    `classes` each class of object by its name. `trial` is what the doctor makes of its commands, a line of the line
    protocol each, where PORT stands for a free port. `package` is the package that adds the profile; it is empty for
    those that are built in. `silent_unless_claimed` says that nothing is told of it where a port does not claim it.
    `draft` says that it is not finished: it is there only where the environment variable `DASNET_DRAFTS` names it.
    """

    name: str
    title: str
    sections: tuple[str, ...]
    callbacks: Mapping[str, tuple[tuple[str, CarriedKind], ...]]
    reactions: Mapping[str, ReactionForm]
    classes: Mapping[str, ObjectClass]
    commands: Mapping[str, CommandForm]
    trial: tuple[str, ...]
    package: str = ""
    silent_unless_claimed: bool = False
    draft: bool = False


def read_profiles(text: str, place: str, package: str = "") -> list[Profile]:
    """The profiles of a table.

    Arguments: `text`, the TOML; `place`, what to call it in messages; `package`, the one that adds them, or nothing.
    Raises `ProfileError`.
    """
    try:
        return [_profile(entry, package) for entry in tomllib.loads(text)["profile"]]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ProfileError(f"{place}: {type(error).__name__}: {error}") from error


def _profile(entry: dict[str, Any], package: str) -> Profile:
    name = str(entry["name"])
    return Profile(
        name=name,
        title=str(entry["title"]),
        sections=tuple(entry["sections"]),
        callbacks={key: _carried(key, text) for key, text in entry.get("callbacks", {}).items()},
        reactions={
            key: ReactionForm(_pairs(form["argument"], ParameterKind), form["meaning"])
            for key, form in entry.get("reactions", {}).items()
        },
        classes={key: ObjectClass(**form) for key, form in entry.get("classes", {}).items()},
        commands={key: _command(name, **form) for key, form in entry.get("commands", {}).items()},
        trial=tuple(entry.get("trial", ())),
        package=package,
        silent_unless_claimed=bool(entry.get("silent_unless_claimed", False)),
        draft=bool(entry.get("draft", False)),
    )


def _command(profile: str, *, parameters: str, result: Any, meaning: str, **rest: Any) -> CommandForm:
    if result not in get_args(ResultKind):
        raise ValueError(f"{result!r} is no kind of value")
    return CommandForm(_pairs(parameters, ParameterKind), result, profile, meaning, **rest)


def _carried(callback: str, text: str) -> tuple[tuple[str, CarriedKind], ...]:
    pairs = _pairs(text, CarriedKind)
    for name, _ in pairs:
        if name not in CARRIED:
            raise ValueError(f"callback {callback} carries {name!r}, which is none of {', '.join(CARRIED)}")
    return pairs


# "name:kind name:kind"; a bare word is named after its kind.
def _pairs(text: str, kinds: Any) -> tuple[tuple[str, Any], ...]:
    pairs = []
    for word in text.split():
        name, _, kind = word.partition(":")
        if (kind or name) not in get_args(kinds):
            raise ValueError(f"{word!r}: {kind or name} is none of {', '.join(get_args(kinds))}")
        pairs.append((name, kind or name))
    return tuple(pairs)


def load_profiles() -> tuple[dict[str, Profile], tuple[str, ...]]:
    """Every profile by name: the built-in ones, then those of installed packages in the order of their names.

    Returns with them what is wrong with tables from outside, a line each: a table that cannot be used, or that takes a
    name which is taken, is left out.
    """
    found: dict[str, Profile] = {}
    problems: list[str] = []
    drafts = os.environ.get(DRAFTS, "").split(",")
    for profile in read_profiles(files(__package__).joinpath("profiles.toml").read_text("utf-8"), "profiles.toml"):
        if not profile.draft or profile.name in drafts:
            found[profile.name] = profile
    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda entry: entry.name):
        place = f"entry point {entry.name} = {entry.value} of {ENTRY_POINTS}"
        try:
            text = files(entry.value).joinpath("profile.toml").read_text("utf-8")
            for profile in read_profiles(text, place, entry.value):
                _insist_on_new(found, profile, place)
                found[profile.name] = profile
        except (ImportError, OSError) as error:
            problems.append(f"{place}: no profile.toml can be read there: {error}")
        except ProfileError as error:
            problems.append(str(error))
    return found, tuple(problems)


def _insist_on_new(found: Mapping[str, Profile], added: Profile, place: str) -> None:
    if added.name in found:
        raise ProfileError(f"{place}: there is a profile {added.name} already")
    parts: tuple[Callable[[Profile], object], ...] = (
        lambda profile: profile.sections,
        lambda profile: profile.commands,
        lambda profile: profile.callbacks,
        lambda profile: profile.reactions,
        lambda profile: profile.classes,
    )
    for part in parts:
        names = set(_names(part(added)))
        for profile in found.values():
            taken = names & set(_names(part(profile)))
            if taken:
                raise ProfileError(f"{place}: {', '.join(sorted(taken))} of {profile.name} cannot be named again")


def _names(part: Any) -> Iterator[str]:
    yield from part


_loaded = load_profiles()
#: Every profile by name.
PROFILES: Final = _loaded[0]
#: What is wrong with tables from outside, a line each. Whoever judges or lists has to refuse to while there is any.
PROBLEMS: Final = _loaded[1]


def merged(part: Callable[[Profile], Mapping[str, Row]]) -> dict[str, Row]:
    """One part of all profiles as one table, in the order of the profiles."""
    return {name: row for profile in PROFILES.values() for name, row in part(profile).items()}
