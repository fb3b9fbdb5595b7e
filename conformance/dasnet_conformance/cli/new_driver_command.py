"""`dasnet new-driver`: write the skeleton of a driver, which passes `dasnet doctor` as it stands. Prints.

The skeletons are files below `dasnet_adapters/templates/LANGUAGE`. Each is named as what it becomes, with `.template`
behind it, so that nothing takes it for what it is not yet: a rule of git, a package of Cargo, a module of ours. The one
placeholder in them is the name of the port. A line that begins with a mark is of some skeletons alone: see `MARKS`.
"""

from __future__ import annotations

import argparse
import difflib
import re
import shlex
from collections.abc import Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from typing import Final

from . import UsageMistake
from .files import insist_on_folder

#: The languages that have a skeleton.
LANGUAGES: Final = ("c", "cpp", "python", "node", "rust", "go", "java", "daslang")
#: Other names by which people call them, in lower case.
ALIASES: Final = {
    "c++": "cpp",
    "cc": "cpp",
    "cxx": "cpp",
    "py": "python",
    "python3": "python",
    "js": "node",
    "javascript": "node",
    "nodejs": "node",
    "node.js": "node",
    "rs": "rust",
    "golang": "go",
    "das": "daslang",
}
#: What stands for the name of the port.
PLACEHOLDER: Final = "@NAME@"
#: The profile for which a skeleton is asked, and what a line of it may begin with: a line with a mark stands in the
#: skeletons alone that have this mark. `@server` is for those without the class `Client`, `@beside` for those with a
#: class beside `Server`, `@fields` for those with fields of HTTP.
MARKS: Final = {
    "core": ("@core", "@server"),
    "client": ("@client", "@beside"),
    "http": ("@http", "@server", "@beside", "@fields"),
    "http-client": ("@http-client", "@server", "@beside", "@fields"),
}

_SUFFIX: Final = ".template"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("language", metavar="LANGUAGE", help=f"one of {', '.join(LANGUAGES)}")
    parser.add_argument("directory", metavar="DIR", help="where to write it; the port is called as this directory is")
    parser.add_argument(
        "--profile",
        metavar="NAME",
        choices=tuple(MARKS),
        default="core",
        help="client, http, http-client: with the functions of the class Client, HttpServer or HttpClient as well "
        "(default: core)",
    )


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Write the skeleton; returns 0."""
    language, place = language_of(arguments.language), Path(arguments.directory)
    texts = list(skeleton(language, port_name(place), arguments.profile))
    insist_on_folder(arguments.directory, "DIR")
    try:
        place.mkdir(parents=True, exist_ok=True)
        if any(place.iterdir()):
            raise UsageMistake(f"{place}: is not empty; give a directory that is empty or does not exist yet")
        for path, text in texts:
            target = place / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise UsageMistake(f"{error.filename or place}: cannot be written: {error.strerror}") from error
    print(f"{place}: the driver of {port_name(place)}; its README.md tells what to fill in. Next:")  # noqa: T201
    for line in (f"cd {shlex.quote(str(place))}", "dasnet doctor", "dasnet run construct"):
        print(f"    {line}")  # noqa: T201
    return 0


def language_of(name: str) -> str:
    """The language of `LANGUAGES` that people call so. Raises `UsageMistake`, with what is near, for none."""
    known = {**{language: language for language in LANGUAGES}, **ALIASES}
    if name.lower() in known:
        return known[name.lower()]
    near = list(dict.fromkeys(known[word] for word in difflib.get_close_matches(name.lower(), known, 3)))
    others = f"the languages are {', '.join(LANGUAGES)}; in another one, docs/driver-protocol.md is all that it takes"
    meant = f"did you mean {' or '.join(near)}? " if near else ""
    raise UsageMistake(f"there is no skeleton in {name!r}; {meant}{others}")


def port_name(place: Path) -> str:
    """The name of the port that goes with a directory: its own, of letters that mean nothing in any language."""
    return re.sub(r"[^A-Za-z0-9._]+", "-", place.resolve().name).strip("-.") or "port"


def skeleton(language: str, name: str, profile: str = "core") -> Iterator[tuple[PurePosixPath, str]]:
    """The files of a skeleton, each with its text.

    Arguments: `language`, one of `LANGUAGES`; `name`, of the port; `profile`, one of `MARKS`: what it has beside core.
    """
    others = {mark for marks in MARKS.values() for mark in marks} - set(MARKS[profile])
    for path, file in _templates(files("dasnet_adapters") / "templates" / language, PurePosixPath()):
        lines = file.read_text("utf-8").replace(PLACEHOLDER, name).splitlines(keepends=True)
        yield path, "".join(_unmarked(line, MARKS[profile]) for line in lines if _first_word(line) not in others)


# A blank stands behind the mark, unless the line is empty.
def _unmarked(line: str, marks: Sequence[str]) -> str:
    mark = _first_word(line)
    return line.removeprefix(mark).removeprefix(" ") if mark in marks else line


# As a whole: one mark may begin as another one does.
def _first_word(line: str) -> str:
    return re.split(r"\s", line, maxsplit=1)[0]


# Files that do not end as a template does are none: an editor's, or a cache.
def _templates(folder: Traversable, at: PurePosixPath) -> Iterator[tuple[PurePosixPath, Traversable]]:
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        if each.is_dir():
            yield from _templates(each, at / each.name)
        elif each.name.endswith(_SUFFIX):
            yield at / each.name.removesuffix(_SUFFIX), each
