"""The words of a command line that select requirements, and how they are told from the implementation. Prints nothing.

`run [IMPLEMENTATION] [ID ...]` and its like let the implementation be left out, so that the first word may be either.
It is the implementation when it can be nothing else: it has a colon, it is a short name such as `reference`, it is
written as a path (with a slash, or ending in .toml), or it is a directory with a `dasnet.toml`. It is a selection when
it means requirements and none of that holds. A word that could be both is a mistake in the call, told with both
readings: nothing is guessed.
"""

from __future__ import annotations

import argparse
import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dasnet_adapters.implementation_file import FILE_NAME
from dasnet_adapters.resolve import ALIASES, forms, near, normal
from dasnet_conformance.catalogue.loader import Requirement, load_catalogue
from dasnet_conformance.catalogue.selection import SelectionError, exclusions, meaning, select

from . import UsageMistake
from .reaching import named

_PLACES: Final = tuple(filter(None, (os.sep, os.altsep)))


def add_ids(parser: argparse.ArgumentParser, told: str, nargs: str = "*") -> None:
    """Declare the place of the words that select requirements. Arguments: `told`, what is done with them; `nargs`."""
    parser.add_argument(
        "ids",
        metavar="ID",
        nargs=nargs,
        # Without one of its own, a place that takes any number is told as missing when others are.
        default=[],
        help=f"{told}: requirements, sections, clauses, or patterns such as 'send.*', in any case; what is several of "
        "these is the requirement, else the section",
    )


def selected(words: Sequence[str]) -> list[Requirement]:
    """The requirements that the words mean, without a word all. Raises `UsageMistake` for one that means none."""
    try:
        return select(words, load_catalogue())
    except SelectionError as error:
        raise UsageMistake(str(error)) from None


def excluded(given: Sequence[str]) -> dict[str, str]:
    """Requirement -> reason, of the values of `--exclude`. Raises `UsageMistake` for one that cannot be meant."""
    try:
        return exclusions(given, load_catalogue())
    except SelectionError as error:
        raise UsageMistake(str(error)) from None


def implementation_and_ids(arguments: argparse.Namespace) -> tuple[str, list[str]]:
    """The implementation and the selection of a command with one of each, both of which may be left out.

    Raises `UsageMistake` as `told_apart` and `named` do.
    """
    given = [arguments.implementation] if arguments.implementation else []
    implementations, ids = told_apart([*given, *arguments.ids])
    return named(*implementations), ids


def told_apart(words: Sequence[str], most: int = 1) -> tuple[list[str], list[str]]:
    """Split the words of a command into its implementations and its selection.

    Arguments: `words`, as they stand in the command line; `most`, how many implementations there may be, all of them
    before the selection.
    Raises `UsageMistake` for a word that could be either, or is neither.
    """
    count = 0
    while count < min(most, len(words)) and _is_implementation(words[count]):
        count += 1
    implementations, ids = list(words[:count]), list(words[count:])
    command = implementations[-1] if implementations and normal(implementations[-1]).startswith("driver:") else ""
    if command and ids and Path(ids[0]).is_file() and not _is_id(ids[0]):
        whole = shlex.quote(f"{command} {ids[0]}")
        raise UsageMistake(
            f"{ids[0]} is a file where an id is due; a command of several words is quoted, as in {whole}"
        )
    misplaced = next((word for word in ids if _written_as_implementation(word) and not _is_id(word)), "")
    if misplaced:
        room = "one may be named" if most == 1 else f"{most} may be named"
        raise UsageMistake(f"{misplaced} is an implementation where an id is due; {room}, in front of all ids")
    selected(ids)
    return implementations, ids


def _is_id(word: str) -> bool:
    try:
        return bool(meaning(word, load_catalogue()))
    except SelectionError:
        return False


def _written_as_implementation(word: str) -> bool:
    # What can be nothing else, whatever lies around in the current directory.
    return ":" in word or normal(word) in ALIASES or word.endswith(".toml") or any(place in word for place in _PLACES)


def _is_implementation(word: str) -> bool:
    try:
        kind = meaning(word, load_catalogue()).kind
    except SelectionError as error:
        if _written_as_implementation(word) or Path(word).is_dir():
            return True
        meant = near(word)
        if meant:
            raise UsageMistake(f"no implementation is named {word!r}; did you mean {meant}?") from None
        raise UsageMistake(
            f"no implementation is named {word!r} (write one of: {', '.join(forms())}), and {error}"
        ) from None
    if word in ALIASES:
        raise _ambiguous(word, "a short name of an implementation", kind, ALIASES[word])
    if (Path(word) / FILE_NAME).is_file():
        raise _ambiguous(word, f"the directory of a {FILE_NAME}", kind, os.path.join(os.curdir, word))  # noqa: PTH118
    return False


def _ambiguous(word: str, first: str, kind: str, clear: str) -> UsageMistake:
    return UsageMistake(
        f"{word} can be two things here, {first} and a {kind}: write {clear} for the first, and for the second name "
        f"the implementation before it, as in `{FILE_NAME} {word}`"
    )
