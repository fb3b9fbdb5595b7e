"""`dasnet version`: as `--version`, and with `--verbose` what a report of a problem needs and nothing private."""

from __future__ import annotations

import getpass
import platform
import socket
import sys
from pathlib import Path

import pytest

from dasnet_conformance import __version__
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.cli import main

TOLD = [
    *("installed", "suite", "requirements", "Python", "system", "packages", "pytest plugins", "toolchains"),
    "implementation file",
]


def _verbose(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    assert main(["version", "--verbose"]) == 0
    first, *lines = capsys.readouterr().out.splitlines()
    assert first == f"dasnet {__version__}"
    return dict(line.split(": ", 1) for line in lines)


def test_without_verbose_it_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    for given in (["version"], ["--version"]):
        assert main(given) == 0
        assert capsys.readouterr().out == f"dasnet {__version__}\n"


def test_verbose_tells_what_a_report_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    told = _verbose(capsys)
    assert list(told) == TOLD
    assert told["Python"].endswith(platform.python_version())
    assert told["requirements"].startswith(f"{len(load_catalogue().requirements)}, profiles core, lowlevel")
    assert "pytest-xdist 3." in told["pytest plugins"]
    assert f"dasnet-conformance {__version__}" in told["pytest plugins"]
    assert told["implementation file"] == "none"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = 'secret'\ncommand = 'secret --token x'\n", "1 folder above, with the keys name, command"),
        ("", "1 folder above, with the keys none"),
        ("name = ", "1 folder above, cannot be read: "),
    ],
)
def test_the_implementation_file_is_told_by_its_keys(
    text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dasnet.toml").write_text(text, "utf-8")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    line = _verbose(capsys)["implementation file"]
    assert line.startswith(told)
    assert "secret" not in line


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for a compiler is a script for sh")
def test_no_path_name_or_host_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # A toolchain that tells more than its version, one that tells none, and one that cannot be started.
    for name, script in {
        "cc": f"echo 'cc (in {tmp_path}) 12.3.4'\n",
        "make": "echo of no version >&2\nexit 1\n",
        "ruby": "",
    }.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}" if script else "#!/no/such/interpreter\n", "utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    told = _verbose(capsys)
    assert told["toolchains"] == "cc 12.3.4, make, ruby (does not answer)"
    everything = "\n".join(told.values())
    assert str(tmp_path) not in everything
    assert str(Path.home()) not in everything
    assert sys.prefix not in everything
    words = everything.replace(",", " ").split()
    assert getpass.getuser() not in words
    assert socket.gethostname() not in words
