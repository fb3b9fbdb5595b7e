"""The temporary folder of a run: removed at its end, and by the next run where the end was a SIGKILL."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from dasnet_conformance.running.place import folder_of_a_run

pytestmark = pytest.mark.skipif(os.name != "posix", reason="without locks that end with a process nothing is removed")

HOLD = """
import sys
from dasnet_conformance.running.place import folder_of_a_run
with folder_of_a_run() as place:
    (place / "stream").write_text("a record")
    print(place, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_a_folder_goes_with_its_run(temporary: Path) -> None:
    with folder_of_a_run() as place:
        (place / "stream").touch()
        assert place.parent == temporary
    assert list(temporary.iterdir()) == []


def test_a_folder_that_a_killed_run_left_is_removed_and_that_of_a_living_one_is_not(temporary: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        left = Path(run.stdout.readline().decode().strip())
        with folder_of_a_run():
            assert (left / "stream").exists()
        run.kill()
        run.wait()
        assert left.exists()
        with folder_of_a_run() as place:
            assert list(temporary.iterdir()) == [place]


def test_what_merely_has_such_a_name_stays(temporary: Path) -> None:
    (temporary / "dasnet-file").touch()
    (temporary / "dasnet-folder").mkdir()
    (temporary / "dasnet-linked").mkdir()
    (temporary / "dasnet-linked" / "lock").symlink_to(temporary / "dasnet-file")
    with folder_of_a_run():
        pass
    assert sorted(each.name for each in temporary.iterdir()) == ["dasnet-file", "dasnet-folder", "dasnet-linked"]
