"""What one command through the line protocol costs: drivers against a bare pipe, measured in turns in one run.

    python benchmarks/round_trip.py [-o FILE]

The bare side is a child process that sends every line back, spoken to with plain reads and writes: what the system
takes for the way there and back. The other sides are drivers of adapters/ that are built, asked `is_open` on one
object. Prints a Markdown table; it asserts nothing.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from dasnet_adapters import resolve
from dasnet_adapters.contract import Command

ROOT = Path(__file__).parent.parent
ROUNDS, CALLS = 15, 1000

#: Name -> what is judged, and a file without which it is left out.
DRIVERS = {
    "python": (f"driver:{sys.executable} {ROOT / 'adapters/python/driver.py'}", "adapters/python/driver.py"),
    "c": (f"driver:{ROOT / 'adapters/c/build/driver'}", "adapters/c/build/driver"),
    "rust": ("adapters/rust/dasnet.toml", "adapters/rust/target/release"),
    "node": (f"driver:node {ROOT / 'adapters/node/driver.js'}", "adapters/node/driver.js"),
}

_ECHO = "import sys\nfor line in sys.stdin.buffer:\n    sys.stdout.buffer.write(line)\n    sys.stdout.buffer.flush()\n"


def _seconds(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    for _ in range(CALLS):
        action()
    return (time.perf_counter() - begun) / CALLS


def main() -> int:
    """Measure and print; returns 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", dest="file", help="write the table to this file, too")
    arguments = parser.parse_args()
    bare = subprocess.Popen([sys.executable, "-c", _ECHO], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    assert bare.stdin is not None
    assert bare.stdout is not None
    stdin, stdout = bare.stdin, bare.stdout

    def echo() -> None:
        stdin.write(b"12345 is_open 1\n")
        if stdout.read(64) != b"12345 is_open 1\n":
            raise SystemExit("the bare child did not answer")

    sides: dict[str, Callable[[], object]] = {"bare pipe": echo}
    adapters = []
    for name, (spec, needed) in DRIVERS.items():
        if not (ROOT / needed).exists() or (name == "node" and shutil.which("node") is None):
            continue
        adapter = resolve(spec if ":" in spec else str(ROOT / spec))
        adapters.append(adapter)
        session = adapter.open_session()
        session.call(Command("new", (1, 1)))
        session.call(Command("adapter", (1,)))
        sides[name] = lambda session=session: session.call(Command("is_open", (1,)))  # type: ignore[misc]
    rounds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, action in sides.items():
            rounds[name].append(_seconds(action))
    for adapter in adapters:
        adapter.close()
    bare.kill()
    bare.wait()
    base = statistics.median(rounds["bare pipe"])
    lines = ["| one command and its answer | median | ratio to a bare pipe |", "| --- | --- | --- |"]
    for name, seconds in rounds.items():
        median = statistics.median(seconds)
        lines.append(f"| {name} | {median * 1e6:.0f} µs | {median / base:.2f} |")
    text = "\n".join(lines)
    print(text)
    if arguments.file:
        Path(arguments.file).write_text(text + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
