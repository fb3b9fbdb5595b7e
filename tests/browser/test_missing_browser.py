"""Without Chromium: skipped with what to install, but red where nobody would read that."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent


@pytest.mark.parametrize(("ci", "status", "word"), [("", 0, "SKIPPED"), ("true", 1, "ERROR")])
def test_a_missing_browser_is_told(tmp_path: Path, ci: str, status: int, word: str) -> None:
    one = f"{FOLDER / 'test_matrix_page.py'}::test_every_cell_is_there"
    command = [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 't'}", one]
    environment = {**os.environ, "PATH": str(tmp_path), "CI": ci}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=FOLDER.parents[1])
    assert done.returncode == status, done.stdout
    assert word in done.stdout
    assert "Chromium and chromedriver not found; install them: apt-get install chromium chromium-driver" in done.stdout
