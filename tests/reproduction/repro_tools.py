"""What the tests of reproductions share: a run that writes reports, and its reproductions, far from everything."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from conformance_tools import choosing
from toolchains import need

#: Seconds after which a child is held to be lost.
LOST_AFTER = 100.0

ROOT = Path(__file__).parent.parent.parent
STANDALONE = Path(__file__).parent / "standalone_driver.py"


def judge(implementation: str, expression: str, reports: Path) -> subprocess.CompletedProcess[str]:
    """`dasnet run` with a report directory."""
    command = [sys.executable, "-m", "dasnet_conformance", "run", implementation, *choosing(expression)]
    return _run([*command, "--report-dir", str(reports)], reports.parent)


def play(folder: Path, arguments: Sequence[str], away: Path) -> subprocess.CompletedProcess[str]:
    """Copy a reproduction to an empty directory and run it with an interpreter that has nothing installed."""
    copy = away / folder.name
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    return _run([sys.executable, "-I", "-S", "reproduce.py", *arguments], copy)


def standalone(fault: str = "") -> list[str]:
    """The command of the driver that needs nothing but Python, with a fault or sound."""
    return [sys.executable, "-I", "-S", str(STANDALONE), *([fault] if fault else [])]


def compiled(folder: Path, *changes: tuple[str, str]) -> list[str]:
    """Build the implementation in C with some of its server's text changed; the command of its driver."""
    need(["make", "cc"], "a C compiler and make (Debian: gcc make)")
    shutil.copytree(ROOT / "adapters" / "c", folder, ignore=shutil.ignore_patterns("build"))
    source = folder / "network_server.c"
    text = source.read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1, f"the implementation in C has changed: {old!r}"
        text = text.replace(old, new)
    source.write_text(text, "utf-8")
    made = _run(["make"], folder)
    assert made.returncode == 0, made.stderr
    return [str(folder / "build" / "driver")]


def spec(command: Sequence[str]) -> str:
    """A driver's command as `dasnet run` takes it."""
    return f"driver:{shlex.join(command)}"


def _run(command: Sequence[str], place: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=place,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=LOST_AFTER,
        check=False,
    )
