"""A machine that lacks what a run needs: no verdict, one line that names it, and nothing laid to the implementation."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance_tools import Workshop, dasnet
from dasnet_conformance.cli import main
from dasnet_conformance.running import child, environment
from dasnet_conformance.running.room import lack_told

resource = pytest.importorskip("resource", reason="limits of a process")


def limited(what: int, most: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(what, (most, most))


def run(workshop: Workshop, limit: Callable[[], None], *options: str) -> subprocess.CompletedProcess[str]:
    temporary = workshop.folder / "temporary"
    temporary.mkdir()
    ended = subprocess.run(
        [*dasnet(), "run", "reference", "query", "tick.idle-fires-nothing", *options],
        cwd=workshop.folder,
        env=workshop.environment(TMPDIR=str(temporary)),
        preexec_fn=limit,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert list(temporary.iterdir()) == []
    return ended


# A file of records is larger than this after a few checks, and while the last ones are under way.
@pytest.mark.parametrize("most", [2_000, 8_000, 16_000])
@pytest.mark.parametrize("workers", [[], ["-n", "0"]], ids=["workers", "one process"])
def test_records_that_have_no_room_are_no_verdict(workshop: Workshop, most: int, workers: list[str]) -> None:
    ended = run(workshop, limited(resource.RLIMIT_FSIZE, most), *workers)
    assert ended.returncode == 2, ended.stdout
    assert ended.stderr.startswith("dasnet: no verdict: the records of the run cannot be written to ")
    assert ended.stderr.endswith("; make room there, or set TMPDIR to another folder\n")
    assert "fail" not in ended.stdout


MANY = ("init.many-servers-at-once", "connect.many-at-once")
DRIVER = f"driver:{sys.executable} -m dasnet_adapters.python_driver dasnet_reference"
FAULT = "python:dasnet_conformance.proof.faults:waits_for_sixty_three"


@pytest.mark.parametrize(
    ("implementation", "limit", "status"),
    [
        ("reference", (256, 256), 2),
        (DRIVER, (128, 128), 2),
        (DRIVER, (256, 256), 0),
        # Those of this process can be raised.
        ("reference", (256, 1024), 0),
        (FAULT, (256, 1024), 1),
    ],
)
def test_descriptors_that_a_port_is_not_let_have_are_not_laid_to_it(
    workshop: Workshop, implementation: str, limit: tuple[int, int], status: int
) -> None:
    ended = subprocess.run(
        [*dasnet(), "run", implementation, "--strict", *MANY],
        cwd=workshop.folder,
        env=workshop.environment(),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, limit),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ended.returncode == status, ended.stdout
    assert ("raise its limits (ulimit -a)" in ended.stdout) == (status == 2)


def test_a_run_without_a_place_for_its_records_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = tmp_path / "nowhere"
    monkeypatch.setattr(tempfile, "tempdir", str(nowhere))
    assert main(["run", "reference", "query"]) == 2
    told = (
        f"cannot be written to {nowhere}: No such file or directory; make room there, or set TMPDIR to another folder"
    )
    assert capsys.readouterr().err == f"dasnet: no verdict: the records of the run {told}\n"


def test_a_run_that_can_start_no_process_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(child.subprocess, "Popen", refused)
    assert main(["run", "reference", "query"]) == 2
    told = "Resource temporarily unavailable; see to the machine's limits (ulimit -a)"
    assert capsys.readouterr().err == f"dasnet: no verdict: the run cannot start a process of its own: {told}\n"


@pytest.mark.parametrize("line", ["explore reference", "diff reference reference query", "replay a.script reference"])
def test_a_machine_without_loopback_is_no_finding(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.script").write_text("host: open object 1 of class A\n", "utf-8")
    monkeypatch.setattr(environment, "_carries", lambda _: False)
    assert main(line.split()) == 2
    told = capsys.readouterr()
    assert "this machine carries no connection on 127.0.0.1: see to its loopback device" in told.err
    assert (told.err.count("\n"), told.out) == (1, "")


@pytest.mark.parametrize("number", [errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.ENOMEM])
def test_what_the_machine_lacks_is_not_laid_to_the_suite(number: int) -> None:
    told = lack_told(f"OSError: {OSError(number, os.strerror(number))}")
    assert told.startswith("the machine's part: ")
    assert "ulimit -a" in told


def test_another_error_is_no_lack() -> None:
    assert lack_told("OSError: [Errno 2] No such file or directory") == ""
