"""Without a toolchain: skipped with what to install, but red where nobody would read that."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from toolchains import need, needs

JUDGE = Path(__file__).parent.parent / "judge_adapter.py"

NEITHER = ["no-such-compiler", "no-such-linker"]
TOLD = "no no-such-compiler, no-such-linker; install both"


@pytest.fixture(params=["", "0", "false"])
def at_home(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", request.param)


@pytest.fixture(params=["1", "true", "True"])
def in_ci(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", request.param)


def test_a_test_is_skipped(at_home: None) -> None:
    with pytest.raises(pytest.skip.Exception, match=f"^{TOLD}$"):
        need(NEITHER, "both")


def test_a_test_fails_in_ci(in_ci: None) -> None:
    with pytest.raises(pytest.fail.Exception, match=f"^{TOLD}$"):
        need(NEITHER, "both")


def test_a_test_that_needs_it_is_not_entered(at_home: None) -> None:
    entered: list[str] = []
    with pytest.raises(pytest.skip.Exception):
        needs(NEITHER, "both")(entered.append)("entered")
    needs([], "")(entered.append)("entered without")
    assert entered == ["entered without"]


@pytest.mark.parametrize(("ci", "status", "word"), [("", 0, "skipped"), ("true", 1, "missing")])
def test_an_implementation_is_not_judged(tmp_path: Path, ci: str, status: int, word: str) -> None:
    environment = {**os.environ, "PATH": str(tmp_path), "CI": ci}
    command = [sys.executable, str(JUDGE), "node"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stdout) == (
        status,
        f"{word}: no node; install Node.js 18 or later (Debian: nodejs)\n",
    )
