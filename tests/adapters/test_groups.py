"""The groups of drivers that a process has started, and their end with it, where a worker is killed outright."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from dasnet_adapters.child_process import end_groups, groups_started_by

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the system lists no processes in /proc")

#: A driver that leaves a child in its group and is gone, and a process that started it and waits for nothing.
LEAVES_ONE = "import subprocess, sys; subprocess.Popen(['sleep', '600']); print('gone', flush=True)"
WORKER = f"""
import subprocess, sys
driver = subprocess.Popen([sys.executable, "-c", {LEAVES_ONE!r}], start_new_session=True, stdout=subprocess.PIPE)
driver.stdout.readline()
print(driver.pid, flush=True)
sys.stdin.read()
"""


def alive(group: int) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, member_of = entry.read_text("ascii", "replace").rpartition(")")[2].split()[:3]
        except (OSError, ValueError):
            continue
        if member_of == str(group) and state not in "ZX":
            found.append(entry.parent.name)
    return found


def test_what_a_dead_driver_has_left_is_found_by_who_started_it_and_ends() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        group = int(worker.stdout.readline())
        assert groups_started_by(worker.pid) == [group]
        assert alive(group)
        worker.kill()
        worker.wait()
    end_groups([group])
    end = time.monotonic() + 20
    while alive(group) and time.monotonic() < end:
        time.sleep(0.01)
    assert not alive(group)


def test_a_group_that_is_gone_is_no_error() -> None:
    end_groups([2**22 + 1])
    assert groups_started_by(2**22 + 1) == []
