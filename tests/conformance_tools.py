"""What the tests of the suite's tools share: commands as child processes, and implementations written on the spot.

Children find an implementation by PYTHONPATH alone, and everything of ours as any user does: installed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from dasnet_conformance.catalogue.loader import load_catalogue

REQUIREMENTS = load_catalogue().requirements

#: Seconds after which a child is held to be lost; no test comes near it.
LOST_AFTER = 100.0

#: What a module that changes the reference starts with: all of it, and its `Server` under the name `Sound`.
OPENING = """\
from dasnet_reference import *
from dasnet_reference import Server as Sound

"""

#: Settings of whoever runs the tests that must not reach a child.
_FOREIGN = re.compile(r"PYTHON|PYTEST|NO_COLOR|FORCE_COLOR|CLICOLOR|TTY_|COLUMNS$|LINES$|TERM$|COLORTERM$")

#: An escape sequence that sets a colour: 30 to 37 and 90 to 97, or 38 with its arguments.
COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-8]|9[0-7])(?:;\d+)*m")


def dasnet() -> list[str]:
    """The installed command."""
    command = shutil.which("dasnet", path=sysconfig.get_path("scripts"))
    assert command, "the command dasnet is not installed beside this Python"
    return [command]


def pytest_of_the_suite(*arguments: str, suite: str = "dasnet_conformance.suite") -> list[str]:
    """The suite, or one package of it, as a plain pytest run."""
    return [
        sys.executable,
        "-m",
        "pytest",
        "--pyargs",
        suite,
        "-p",
        "no:cacheprovider",
        *arguments,
    ]


def choosing(expression: str) -> list[str]:
    """What `dasnet run` is told to judge what matches: ids where it is a list of them, which takes half the time."""
    words = expression.split(" or ")
    return words if REQUIREMENTS.keys() >= set(words) else ["-k", expression]


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that is filled once, by whichever of the processes that share the tests needs it first.

    Arguments: `make`, fills it. Nobody may change what is in it.
    """
    own = factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / name
    with FileLock(f"{folder}.lock"):
        if not folder.with_suffix(".made").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            folder.with_suffix(".made").touch()
    return folder


def with_signals() -> None:
    """What a child does first that is to be ended by signals: take them, as one that was started from a terminal does.

    Whoever runs the tests in the background, or under nohup, has some of them ignored, and children inherit that.
    """
    for name in ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)


@dataclass(frozen=True)
class Ran:
    """A child that has ended."""

    status: int
    out: str
    err: str

    def results(self) -> dict[str, Any]:
        """What `--json` printed."""
        document: dict[str, Any] = json.loads(self.out)
        return document

    def verdicts(self) -> dict[str, str]:
        """Requirement -> verdict, of what `--json` printed."""
        return {row["id"]: row["verdict"] for row in self.results()["requirements"]}

    def with_verdict(self, verdict: str) -> set[str]:
        """The requirements with this verdict, of what `--json` printed."""
        return {name for name, given in self.verdicts().items() if given == verdict}

    def row(self, requirement: str) -> dict[str, Any]:
        """The row of one requirement, of what `--json` printed."""
        rows: list[dict[str, Any]] = self.results()["requirements"]
        return next(row for row in rows if row["id"] == requirement)


class Workshop:
    """A folder for modules that play an implementation, and the ways to let them be judged."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def module(self, name: str, source: str = "", *, opening: str = OPENING) -> str:
        """Write a module; returns the word that `dasnet run` takes for it."""
        (self.folder / f"{name}.py").write_text(opening + source, "utf-8")
        return f"python:{name}"

    def environment(self, **settings: str) -> dict[str, str]:
        """The environment of a child."""
        kept = {name: value for name, value in os.environ.items() if not _FOREIGN.match(name)}
        return {**kept, "PYTHONPATH": str(self.folder), "TERM": "xterm-256color", **settings}

    def run(self, command: list[str], **settings: str) -> Ran:
        """Run a child to its end."""
        ended = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment(**settings),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=LOST_AFTER,
            check=False,
        )
        return Ran(ended.returncode, ended.stdout, ended.stderr)

    def dasnet(self, *arguments: str, **settings: str) -> Ran:
        """Run the command."""
        return self.run([*dasnet(), *arguments], **settings)

    def judge(self, implementation: str, expression: str, *arguments: str) -> Ran:
        """Judge an implementation by the requirements that match, with the results on the standard output."""
        return self.dasnet("run", implementation, "--json", *choosing(expression), *arguments)


def assert_one_line(text: str) -> None:
    """The text is one line for people, and no traceback."""
    assert text.endswith("\n")
    assert text.count("\n") == 1, text
    assert text.startswith("dasnet: ")
    assert "Traceback" not in text
