"""What takes its time shows on a terminal how far it is and how long it will still take, and nothing in a log."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import Final

import pytest
from rich.console import Console

from conformance_tools import LOST_AFTER, Workshop, dasnet
from dasnet_conformance.cli.time_left import TimeLeft

SCRIPT: Final = "host: construct object 1 of class A\nhost: tick object 1 1 times\nhost: tick object 1 1 times\n"

#: Command -> what stands before its bar.
LONG: Final = {
    "stability reference init.free-port --runs 2": "repeating",
    "explore reference --examples 12 --steps 10": "exploring",
    "diff reference reference construct": "comparing",
    "prove --fault ends_at_zero": "proving",
    "replay some.script reference": "replaying",
    "run reference init.free-port": "judging",
}


@pytest.fixture
def with_script(workshop: Workshop) -> Workshop:
    (workshop.folder / "some.script").write_text(SCRIPT, "utf-8")
    return workshop


@pytest.mark.parametrize("line", LONG)
def test_a_terminal_shows_the_way_and_the_time(line: str, with_script: Workshop) -> None:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*dasnet(), *line.split()],
        cwd=with_script.folder,
        env=with_script.environment(COLUMNS="120"),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    ) as child:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:
            pass  # nobody holds the other end any more
        assert child.wait(LOST_AFTER) == 0, shown
    os.close(ours)
    text = shown.decode("utf-8", "replace")
    assert f"{LONG[line]} " in text
    assert "0:00:0" in text or "-:--:--" in text


@pytest.mark.parametrize("line", LONG)
def test_a_log_has_none_of_it(line: str, with_script: Workshop) -> None:
    ran = with_script.dasnet(*line.split())
    assert ran.status == 0
    assert "-:--:--" not in ran.out + ran.err
    assert LONG[line] not in ran.err


def test_what_is_printed_stays_as_it_is(workshop: Workshop) -> None:
    json.loads(workshop.dasnet("diff", "reference", "reference", "construct", "--json").out)


def test_the_way_may_turn_out_longer() -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100)
    with TimeLeft("walking", console=console) as bar:
        bar.expect(3)
        bar.done("first")
        bar.expect(2)
        bar.done("second")
        bar.done("[red]fifth\x1b[31m", to=5)
    assert "walking" in screen.getvalue()
    assert "5/5" in screen.getvalue()
    assert sys.stdout is not screen
