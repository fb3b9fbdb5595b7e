"""`dasnet version`: which dasnet this is, and with `--verbose` all that a report of a problem needs. Prints.

What it tells is for others to read: versions and names of keys, no path, no address and no value of a file.
"""

from __future__ import annotations

import argparse
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, entry_points, version
from pathlib import Path
from typing import Final

from dasnet_adapters.implementation_file import FILE_NAME
from dasnet_adapters.profiles import PROFILES
from dasnet_adapters.text_files import NotText, read_toml
from dasnet_adapters.toolchains import INSTALL
from dasnet_conformance import __version__
from dasnet_conformance.catalogue.hashes import suite_hashes
from dasnet_conformance.catalogue.loader import load_catalogue

from .ci_places import origin_of

#: Packages that have a part in a run, beside the plugins of pytest.
_PACKAGES: Final = ("pytest", "execnet", "rich", "jinja2")

#: How a program tells its version, where that is not `--version`; nothing where there is no safe way to ask.
_ASKED: Final[dict[str, tuple[str, ...]]] = {"go": ("version",), "java": ("-version",), "daslang": ()}

#: Seconds that a program has to answer.
_PATIENCE: Final = 20.0

#: Characters of a hash that are told.
_SHORT: Final = 12

_NUMBER: Final = re.compile(r"\d+(?:\.\d+)+")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--verbose",
        action="store_true",
        help="with what a report of a problem needs: suite, Python, system, plugins, toolchains, implementation file",
    )


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Print; returns 0."""
    print(f"dasnet {__version__}")  # noqa: T201
    if arguments.verbose:
        for what, told in _details():
            print(f"{what}: {told}")  # noqa: T201
    return 0


def _details() -> Iterator[tuple[str, str]]:
    hashes = suite_hashes()
    origin = origin_of("", "")
    yield "installed", "from a folder or a file" if origin.doubt else f"{origin.told}, from an index or from git"
    yield "suite", f"{hashes['suite'][:_SHORT]}, catalogue {hashes['catalogue'][:_SHORT]}"
    yield "requirements", f"{len(load_catalogue().requirements)}, profiles {', '.join(PROFILES)}"
    yield "Python", f"{platform.python_implementation()} {platform.python_version()}"
    yield "system", f"{platform.platform()}, {platform.machine()}"
    yield "packages", ", ".join(f"{name} {_version_of(name)}" for name in _PACKAGES)
    plugins = {entry.dist.name: entry.dist.version for entry in entry_points(group="pytest11") if entry.dist}
    yield "pytest plugins", ", ".join(f"{name} {plugins[name]}" for name in sorted(plugins))
    found = [program for program in INSTALL if shutil.which(program)]
    yield "toolchains", ", ".join(f"{name} {_version_told_by(name)}".strip() for name in found) or "none"
    yield "implementation file", _implementation_file()


def _version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


# The number alone: the rest of what a program says of itself may name folders.
def _version_told_by(program: str) -> str:
    words = _ASKED.get(program, ("--version",))
    if not words:
        return ""
    try:
        done = subprocess.run(
            [program, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return "(does not answer)"
    found = _NUMBER.search(done.stdout + done.stderr)
    return found[0] if found else ""


# Its keys and no value: a command or an address is its owner's.
def _implementation_file() -> str:
    here = Path.cwd()
    for above, folder in enumerate((here, *here.parents)):
        path = folder / FILE_NAME
        if path.is_file():
            place = "here" if above == 0 else f"{above} folder{'' if above == 1 else 's'} above"
            try:
                keys = ", ".join(read_toml(path)) or "none"
            except OSError as error:
                return f"{place}, cannot be read: {error.strerror}"
            except NotText as error:
                return f"{place}, cannot be read: {error}"
            return f"{place}, with the keys {keys}"
    return "none"
