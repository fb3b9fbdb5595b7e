"""How long whoever broke a port waits: the whole run, and the first sentence that is true of the bug.

    python benchmarks/broken_ports.py [-o FILE]

The whole run is measured for the ports in `benchmarks/ports`, the first sentence for ten servers of the kill matrix:
from the start of `dasnet run` to the line that names a requirement which the server is made to fail at. It starts
processes and prints a table; it fails on errors alone.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Final

from dasnet_conformance.proof.faults.registry import load_faults

PORTS: Final = ("empty_tick", "hanging_send", "five_bugs")

#: Wrong servers of ten sections.
BUGS: Final = (
    "success_is_zero",
    "fails_to_init_silently",
    "connected_for_ever",
    "strips_the_eighth_bit",
    "sends_whole_buffer",
    "save_copies_handle",
    "connect_again_after_restore",
    "swallows_exceptions",
    "destroy_forgets_port",
    "small_ones_overtake",
)

HERE: Final = Path(__file__).parent


@dataclass(frozen=True)
class Told:
    """The first sentence that is true, after so many seconds, and how long the whole run took."""

    requirement: str
    sentence: str
    first_s: float
    whole_s: float


def run(implementation: str, true_of: set[str]) -> Told:
    """Judge an implementation and read along. Arguments: `true_of`, requirements that it is made to fail at."""
    command = which("dasnet", path=sysconfig.get_path("scripts"))
    assert command, "the command dasnet is not installed beside this Python"
    environment = {**os.environ, "PYTHONPATH": str(HERE / "ports"), "PYTHONUNBUFFERED": "1"}
    started = time.monotonic()
    requirement, sentence, first_s = "", "", 0.0
    with subprocess.Popen(
        [command, "run", implementation, "--strict"], stdout=subprocess.PIPE, text=True, env=environment
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if requirement and not sentence:
                sentence = line.strip()
            found = re.match(r"  fail (\S+)$", line)
            if found and not requirement and (not true_of or found[1] in true_of):
                requirement, first_s = found[1], time.monotonic() - started
    return Told(requirement, sentence, first_s, time.monotonic() - started)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("-o", metavar="FILE", type=Path, help="write the tables there too")
    output: Path | None = parser.parse_args().o
    lines = ["| port | whole run | first failure |", "| --- | --- | --- |"]
    for name in PORTS:
        told = run(f"python:{name}", set())
        lines.append(f"| {name.replace('_', ' ')} | {told.whole_s:.1f} s | {told.first_s:.1f} s |")
    lines += ["", "| wrong server | first true sentence after | the sentence |", "| --- | --- | --- |"]
    for name in BUGS:
        told = run(f"python:dasnet_conformance.proof.faults:{name}", set(load_faults()[name].kills))
        assert told.requirement, f"{name} was not caught"
        said = told.sentence.replace("|", "\\|")[:160]
        lines.append(f"| `{name}` | {told.first_s:.1f} s | `{told.requirement}`: {said} |")
    text = "\n".join(lines) + "\n"
    sys.stdout.write(text)
    if output is not None:
        output.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
