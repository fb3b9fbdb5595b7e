"""The quickstart does what it says: each command of the page is run, in order, and shows what the page shows."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from quickstart_page import Change, Command, File, read

PAGE = Path(__file__).parents[2] / "docs" / "quickstart.md"
STEPS = list(read(PAGE.read_text("utf-8")))

#: What a port goes through, whoever writes the page.
NEEDED = ("new-driver", "doctor", "run", "explain", "baseline", "init-ci")


def test_the_page_shows_all_that_a_port_goes_through() -> None:
    commands = [shlex.split(step.line) for step in STEPS if isinstance(step, Command)]
    assert set(NEEDED) <= {words[1] for words in commands if words[0] == "dasnet"}
    assert all(step.shown for step in STEPS if isinstance(step, Command) and step.line != "cd mynet")
    assert {1} <= {step.status for step in STEPS if isinstance(step, Command)}


@pytest.mark.timeout(600)
def test_the_page_runs_command_by_command(tmp_path: Path) -> None:
    here = tmp_path
    scripts = sysconfig.get_path("scripts")
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    environment |= {"PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1", "COLUMNS": "200"}
    for step in STEPS:
        match step:
            case File(name, text):
                (here / name).write_text(text, "utf-8")
            case Change(name):
                (here / name).write_text(step.applied((here / name).read_text("utf-8")), "utf-8")
            case Command(line) if line.startswith("cd "):
                here /= line.removeprefix("cd ")
                assert here.is_dir(), line
            case Command(line):
                done = subprocess.run(
                    shlex.split(line),
                    cwd=here,
                    env=environment,
                    capture_output=True,
                    text=True,
                    timeout=300,
                    check=False,
                )
                said = f"$ {line}\n{done.stdout}{done.stderr}"
                assert done.returncode == step.status, said
                assert step.missing(done.stdout) == "", said
    assert (here / ".github" / "workflows" / "dasnet.yml").is_file()
    assert sys.version_info >= (3, 11), "the page names the version"


@pytest.mark.parametrize(
    ("shown", "output", "missing"),
    [
        ((), "", ""),
        (("a", "c"), "a\nb\nc\n", ""),
        (("c", "a"), "a\nb\nc\n", "a"),
        (("a", "...", "c"), "a\nb\nc\n", ""),
        (("in ... s",), "in 4.2 s\n", ""),
        (("in ... s",), "in 4.2 seconds\n", "in ... s"),
        (("a",), "ab\n", "a"),
    ],
)
def test_what_is_shown_has_to_come(shown: tuple[str, ...], output: str, missing: str) -> None:
    assert Command("", 0, shown).missing(output) == missing


def test_a_change_that_does_not_fit_is_told() -> None:
    (change,) = read("<!-- change: x.py -->\n```diff\n a\n-b\n+c\n@@\n+d\n e\n```\n")
    assert isinstance(change, Change)
    assert change.applied("a\nb\ne\n") == "a\nc\nd\ne\n"
    with pytest.raises(AssertionError, match=r"x\.py does not hold this exactly once"):
        change.applied("a\nc\ne\n")
