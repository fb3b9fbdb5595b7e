"""`dasnet init-ci`: write the job that judges a port in a CI system. Writes that one file, and never over another."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from dasnet_adapters.implementation_file import FILE_NAME
from dasnet_conformance import __version__

from . import UsageMistake

#: The name of a list of known failures that the jobs look for, beside the implementation file.
BASELINE_NAME: Final = "baseline.toml"


@dataclass(frozen=True)
class Template:
    """One CI system: the packaged file, its place in a repository, and what to do where that place is taken."""

    file: str
    place: str
    otherwise: str


TEMPLATES: Final = {
    "github": Template(
        "github.yml.template", ".github/workflows/dasnet.yml", "name another with -o .github/workflows/NAME.yml"
    ),
    "gitlab": Template(
        "gitlab.yml.template", ".gitlab-ci.yml", "write another with -o .gitlab/dasnet.yml and `include` it there"
    ),
    "tox": Template("tox.ini.template", "tox.ini", "write another with -o tox-dasnet.ini and take it with `tox -c`"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = parser.add_argument
    add("system", choices=tuple(TEMPLATES), help="which CI system; tox is for all others")
    add("directory", metavar="DIR", nargs="?", default=".", help="top of the port's repository (default: here)")
    add("-o", dest="output", metavar="FILE", help="write to this file, relative to DIR")


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Write the file; returns 0, or complains about a directory that is none and a file that is there already."""
    template = TEMPLATES[arguments.system]
    directory = Path(arguments.directory)
    if not directory.is_dir():
        raise UsageMistake(f"{directory} is no directory; name the top of the port's repository")
    place = directory / (arguments.output or template.place)
    text = render(arguments.system, baseline=(directory / BASELINE_NAME).is_file())
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise UsageMistake(f"{place} exists and stays as it is; {template.otherwise}") from None
    except OSError as error:
        raise UsageMistake(f"{place}: cannot be written: {error.strerror}") from error
    print(f"{place}: runs dasnet {__version__} on each change")  # noqa: T201
    if not (directory / FILE_NAME).is_file():
        print(f"next: write {directory / FILE_NAME}, which says how the port is started")  # noqa: T201
    return 0


def render(system: str, *, baseline: bool) -> str:
    """The text of a CI system's file.

    Arguments: `system`, a name of `TEMPLATES`; `baseline`, whether there is a baseline. That matters to tox alone: its
    files cannot look for themselves.
    """
    text = files("dasnet_conformance.cli").joinpath("ci_templates", TEMPLATES[system].file).read_text("utf-8")
    remark = "; The known failures gate: any difference from the list fails."
    if not baseline:
        remark = f"; Once there is a list of known failures, add: --baseline {BASELINE_NAME}"
    option = f" --baseline {BASELINE_NAME}" if baseline else ""
    text = text.replace("@BASELINE@", remark).replace("@BASELINE_OPTION@", option)
    return text.replace("@VERSION@", __version__)
