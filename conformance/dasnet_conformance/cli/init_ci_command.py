"""`dasnet init-ci`: write the job that judges a port in a CI system. Writes that one file, and never over another."""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from dasnet_adapters import UsageError
from dasnet_adapters.implementation_file import FILE_NAME, load_file

from . import UsageMistake
from .ci_places import Origin, home_of, origin_of, top_of

#: The name of a list of known failures that the jobs look for, beside the implementation file.
BASELINE_NAME: Final = "baseline.toml"

#: So many jobs a matrix of either system takes; the requirements run out long before.
MOST_SHARDS: Final = 50


@dataclass(frozen=True)
class Template:
    """One CI system: the packaged file, its place in a repository, and what to do where that place is taken."""

    file: str
    place: str
    otherwise: str
    #: The packaged file for several jobs at once, empty where the system has no such thing.
    in_shards: str = ""


TEMPLATES: Final = {
    "github": Template(
        "github.yml.template",
        ".github/workflows/dasnet.yml",
        "name another with -o .github/workflows/NAME.yml",
        "github-shards.yml.template",
    ),
    "gitlab": Template(
        "gitlab.yml.template",
        ".gitlab-ci.yml",
        "write another with -o .gitlab/dasnet.yml and `include` it there",
        "gitlab-shards.yml.template",
    ),
    "tox": Template("tox.ini.template", "tox.ini", "write another with -o tox-dasnet.ini and take it with `tox -c`"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = parser.add_argument
    add("system", choices=tuple(TEMPLATES), help="which CI system; tox is for all others")
    add(
        "directory",
        metavar="DIR",
        nargs="?",
        default=".",
        help="a place in the port's repository (default: here); the top of the git repository and the dasnet.toml are "
        "looked for from there",
    )
    add("-o", dest="output", metavar="FILE", help="write to this file, relative to the top")
    add(
        "--shards",
        type=int,
        default=1,
        metavar="N",
        help="judge in N jobs at once, and merge their reports (default 1)",
    )
    add("--git", metavar="ADDRESS", default="", help="install dasnet from this git repository, with --commit")
    add("--commit", metavar="HASH", default="", help="the commit to install, with --git")


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Write the file; returns 0, or complains about a directory that is none and a file that is there already."""
    template = TEMPLATES[arguments.system]
    if not 1 <= arguments.shards <= MOST_SHARDS:
        raise UsageMistake(f"--shards takes a number from 1 to {MOST_SHARDS}, not {arguments.shards}")
    if arguments.shards > 1 and not template.in_shards:
        told = "give each machine its part: tox -e dasnet -- --shard K/N"
        raise UsageMistake(f"{arguments.system} runs on one machine; {told}, and put them together with dasnet merge")
    start = Path(arguments.directory)
    if not start.is_dir():
        raise UsageMistake(f"{start} is no directory; name a place in the port's repository")
    origin = origin_of(arguments.git, arguments.commit)
    top = top_of(start)
    home = home_of(start, top)
    place = top / (arguments.output or template.place)
    directory = Path(os.path.relpath(home, top)).as_posix()
    has_baseline = (home / BASELINE_NAME).is_file()
    text = render(arguments.system, origin, directory=directory, baseline=has_baseline, shards=arguments.shards)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise UsageMistake(f"{place} exists and stays as it is; {template.otherwise}") from None
    except OSError as error:
        raise UsageMistake(f"{place}: cannot be written: {error.strerror}") from error
    print(f"{place}: runs dasnet {origin.told} on each change")  # noqa: T201
    if origin.doubt:
        print(f"note: {origin.doubt}")  # noqa: T201
    next_step = _next_step(home / FILE_NAME)
    if next_step:
        print(f"next: {next_step}")  # noqa: T201
    return 0


# What is left to do before the job can judge anything, or nothing.
def _next_step(file: Path) -> str:
    if not file.is_file():
        return f"write {file}, which says how the port is started"
    try:
        load_file(file)
    except UsageError as error:
        return f"mend the implementation file, with which the job would judge nothing: {error}"
    return ""


def render(system: str, origin: Origin, *, directory: str, baseline: bool, shards: int = 1) -> str:
    """The text of a CI system's file.

    Arguments: `system`, a name of `TEMPLATES`; `origin`, where dasnet is installed from; `directory`, where dasnet.toml
    is, from the top, with slashes; `baseline`, whether there is a baseline. That matters to tox alone: its
    files cannot look for themselves. `shards`, how many jobs judge at once; above 1 where the template says how.
    """
    template = TEMPLATES[system]
    name = template.file if shards == 1 else template.in_shards
    text = files("dasnet_conformance.cli").joinpath("ci_templates", name).read_text("utf-8")
    numbers = ", ".join(str(number) for number in range(1, shards + 1))
    text = text.replace("@SHARDS@", str(shards)).replace("@NUMBERS@", numbers)
    remark = "; The known failures gate: any difference from the list fails."
    if not baseline:
        remark = f"; Once there is a list of known failures, add: --baseline {BASELINE_NAME}"
    option = f" --baseline {BASELINE_NAME}" if baseline else ""
    text = text.replace("@BASELINE@", remark).replace("@BASELINE_OPTION@", option)
    return text.replace("@PACKAGE@", origin.package).replace("@DIRECTORY@", _spelled(system, directory))


# In YAML a name may need quotes; what tox reads begins at the top.
def _spelled(system: str, directory: str) -> str:
    if system == "tox":
        return "{tox_root}" if directory == "." else f"{{tox_root}}/{directory}"
    return directory if re.fullmatch(r"[A-Za-z0-9_./-]+", directory) else json.dumps(directory, ensure_ascii=False)
