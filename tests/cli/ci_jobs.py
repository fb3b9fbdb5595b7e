"""What the tests of the CI files share: schemas of the systems, and jobs that are played without them.

Scripts are taken out of the files and run, in order and as the system would run them; only pip is played by a stand-in.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from conformance_tools import OPENING, dasnet

ROOT = Path(__file__).parents[2]

#: Only its part `lowlevel` is judged: a run of it takes little time.
DASNET_TOML = 'name = "port"\nimplementation = "python:port"\nprofiles = ["lowlevel"]\n'
SOUND = OPENING
WRONG = OPENING + "def server_is_open(handle):\n    return False\n"

#: Plays `python`: `-m pip` is written down and does nothing, `-m venv` makes the folder alone.
PYTHON = """\
#!/bin/sh
echo "$@" >> "$PIP_LOG"
if [ "$2" = venv ]; then
    mkdir -p "$3/bin"
    cp "$0" "$3/bin/python"
    ln -s "$REAL_DASNET" "$3/bin/dasnet"
fi
"""


def read_yaml(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text("utf-8"))


def accepted(schema: str, path: Path, *options: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *options, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@dataclass
class Job:
    """A job of a CI system: a workspace with a port, the variables it is given, and what became of each script."""

    folder: Path
    variables: dict[str, str]
    ended: dict[str, int] = field(default_factory=dict)
    said: str = ""

    @classmethod
    def of(cls, folder: Path, port: str) -> Job:
        """Lay out a workspace."""
        (folder / "bin").mkdir()
        (folder / "bin" / "python").write_text(PYTHON, "utf-8")
        (folder / "bin" / "python").chmod(0o755)
        (folder / "bin" / "dasnet").symlink_to(dasnet()[0])
        (folder / "work").mkdir()
        if port:
            (folder / "work" / "dasnet.toml").write_text(DASNET_TOML, "utf-8")
            (folder / "work" / "port.py").write_text(port, "utf-8")
        path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        given = {"PATH": path, "PIP_LOG": str(folder / "pip.log"), "REAL_DASNET": dasnet()[0], "NO_COLOR": "1"}
        return cls(folder, given)

    @property
    def work(self) -> Path:
        """The workspace."""
        return self.folder / "work"

    @property
    def pip(self) -> list[str]:
        """What the stand-in for Python was asked for."""
        return (self.folder / "pip.log").read_text("utf-8").splitlines()

    def run(self, name: str, command: list[str], script: str, **variables: str) -> int:
        """Run one script as the system does; returns its status."""
        done = subprocess.run(
            [*command, script],
            cwd=self.work,
            env={**os.environ, **self.variables, **variables},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        self.said += done.stdout + done.stderr
        self.ended[name] = done.returncode
        return done.returncode


#: How GitHub starts `shell: bash`, and how GitLab starts a script in an image with sh alone.
BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]
SH = ["sh", "-e", "-c"]

_EXPRESSION = re.compile(r"\$\{\{ *([^}]*?) *\}\}")


def play_github(job: Job, steps: list[Any], contexts: dict[str, str], environment: dict[str, str]) -> None:
    """Play the steps: after one that failed only those that run always."""
    summary, output = job.folder / "summary.md", job.folder / "output"
    summary.touch()
    paths = {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(output), "RUNNER_TEMP": str(job.folder)}
    job.variables.update(paths, GITHUB_ACTION_PATH=str(ROOT))
    failed = False
    for step in steps:
        if "run" not in step or (failed and step.get("if") != "always()"):
            continue

        def known(expression: re.Match[str]) -> str:
            return contexts[expression[1]]

        variables = {
            name: _EXPRESSION.sub(known, str(text)) for name, text in {**environment, **step.get("env", {})}.items()
        }
        assert not _EXPRESSION.search(step["run"]), "text from elsewhere belongs into the environment"
        output.write_text("", "utf-8")
        failed = job.run(step["name"], BASH, step["run"], **variables) != 0 or failed
        for line in output.read_text("utf-8").splitlines():
            name, _, text = line.partition("=")
            contexts[f"steps.{step['id']}.outputs.{name}"] = text
