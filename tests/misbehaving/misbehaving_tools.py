"""The drivers of `table.toml` as files on disk, and a search for what they may have left running."""

from __future__ import annotations

import json
import os
import sys
import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
MARKER = "DASNET_TEST_MARKER"
#: Seconds for a driver that is to answer, and for the system to be done with a killed process: generous bounds.
GENEROUS = 20.0


@dataclass(frozen=True)
class Case:
    """One row of the table; see there."""

    what: str
    group: str
    port: str
    run: str
    run_hint: str
    doctor: str
    doctor_hint: str
    language: str = "python"
    script: str = ""
    command: list[str] = field(default_factory=list)
    deadline: float = GENEROUS
    stop: float = GENEROUS
    only: str = "init.free-port"
    part: str = "driver"

    def install(self, folder: Path) -> Path:
        """Write the driver and its implementation file into a folder; the path of the file."""
        script = folder / "driver"
        opening = HERE / "opening.py"
        ending = ""
        if self.port == "none":
            (folder / opening.name).write_text(opening.read_text("utf-8"), "utf-8")
            text = self.script
        else:
            ending = f"\nrun({self.port!r})\n"
            text = opening.read_text("utf-8") + self.script + ending
        script.write_text(text, "utf-8")
        fast = [] if self.port == "sound" else ["-S"]
        words = (
            self.command
            or {
                "python": [sys.executable, "-I", *fast, str(script)],
                "sh": ["sh", str(script)],
                "perl": ["perl", str(script)],
            }[self.language]
        )
        file = folder / "dasnet.toml"
        lines = [f"command = {json.dumps(words)}", f"stop = {self.stop}", f"start = {max(self.deadline, 2.0)}"]
        file.write_text("\n".join(lines), "utf-8")
        return file


def load_table() -> list[Case]:
    """Every row."""
    return [Case(**row) for row in tomllib.loads((HERE / "table.toml").read_text("utf-8"))["driver"]]


def marked(marker: str) -> list[int]:
    """The processes, other than this one, that have the marker in their environment."""
    wanted = f"{MARKER}={marker}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if wanted in entry.read_bytes().split(b"\0") and int(entry.parent.name) != os.getpid():
                found.append(int(entry.parent.name))
        except OSError:
            continue  # it is another user's, or has ended meanwhile
    return found


def all_gone(marker: str) -> bool:
    """Whether every marked process is gone, within a generous time: a killed one may take a moment."""
    end = time.monotonic() + GENEROUS
    while marked(marker):
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
