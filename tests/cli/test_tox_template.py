"""The tox file that `dasnet init-ci tox` writes: what tox reads out of it, and what comes of it when tox runs it.

The second makes an environment and installs the suite's dependencies with pip, which takes a network: it is run where
the variable CI is set. The suite itself is a wheel built here: a version that was not released cannot be had elsewhere.
"""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conformance_tools import OPENING
from dasnet_conformance import __version__
from dasnet_conformance.cli import main
from dasnet_reports import load
from toolchains import in_ci

ROOT = Path(__file__).parents[2]
DASNET_TOML = 'name = "port"\nimplementation = "python:port"\nprofiles = ["lowlevel"]\n'
WRONG = "def server_is_open(handle):\n    return False\n"
#: tox keeps a cache of wheels and a log; everything of it stays in the directory of the test.
TOX = [sys.executable, "-m", "tox", "--workdir", "work"]


def _tox(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("TOX", "PYTHON", "PYTEST", "COV"))}
    command = [*TOX, *arguments]
    return subprocess.run(
        command, cwd=folder, env={**kept, **variables}, capture_output=True, text=True, timeout=500, check=False
    )


def _read(folder: Path) -> dict[str, str]:
    done = _tox(folder, "config", "-e", "dasnet", "-k", "commands", "deps", "change_dir", "package", "no_package")
    assert done.returncode == 0, done.stdout + done.stderr
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(done.stdout)
    return dict(parser["testenv:dasnet"])


@pytest.mark.parametrize("baseline", [False, True])
def test_tox_reads_the_file(baseline: bool, tmp_path: Path) -> None:
    if baseline:
        (tmp_path / "baseline.toml").touch()
    assert main(["init-ci", "tox", str(tmp_path)]) == 0
    read = _read(tmp_path)
    assert read["deps"] == f"dasnet-conformance=={__version__}"
    assert read["change_dir"] == str(tmp_path)
    words = read["commands"].split()
    expected = ["dasnet", "run", "--strict", "--report-dir", str(tmp_path / "dasnet-report")]
    assert words == [*expected, *(["--baseline", "baseline.toml"] if baseline else [])]


@pytest.mark.skipif(not in_ci(), reason="takes a network for pip; set CI to run it")
@pytest.mark.timeout(900)
def test_tox_runs_the_port(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(wheels), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    port = tmp_path / "port"
    port.mkdir()
    (port / "dasnet.toml").write_text(DASNET_TOML, "utf-8")
    (port / "port.py").write_text(OPENING + WRONG, "utf-8")
    assert main(["init-ci", "tox", str(port)]) == 0

    done = _tox(port, "-e", "dasnet", PIP_FIND_LINKS=wheels.as_uri())
    assert done.returncode == 1, done.stdout + done.stderr
    assert "port: non-conforming" in done.stdout
    assert load(port / "dasnet-report" / "results.json").verdict == "non-conforming"

    (port / "port.py").write_text(OPENING, "utf-8")
    done = _tox(port, "-e", "dasnet", "--", "-k", "make-server", PIP_FIND_LINKS=wheels.as_uri())
    assert done.returncode == 0, done.stdout + done.stderr
    assert "port: conforming (6 pass)" in done.stdout

    (port / "dasnet.toml").unlink()
    assert _tox(port, "-e", "dasnet", PIP_FIND_LINKS=wheels.as_uri()).returncode == 3
