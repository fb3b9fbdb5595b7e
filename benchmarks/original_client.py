"""Figure 8: the original's class Client beside the reference's, each doing the same work in its own language.

Each side is a process of its own (`original/work.das` and `original/work.py`), which times its own work on a raw server
in a further one. Needs `daslang` on the path (`.ci/daslang` brings it); without it the figures say so and are left out.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from alternating import Figure, Measure, alternate, ratio

_HERE = Path(__file__).parent / "original"
_ROUNDS = 12
_BULK_ROUNDS = 5
#: Name, work, count, units of it, unit, and which of the server's ports.
_WORKS: tuple[tuple[str, str, int, float, str, int], ...] = (
    ("idle tick of a connected client, a process each", "idle", 20_000, 20_000, "s", 0),
    ("echo of 64 B between processes", "echo", 2_000, 2_000, "s", 0),
    ("connect, echo, close between processes", "visits", 200, 200, "s", 0),
    ("bulk receive, 64 MiB", "receive", 1_024, 64, "s/MiB", 1),
    ("bulk send, 64 MiB", "send", 1_024, 64, "s/MiB", 2),
)


def figures() -> list[Figure]:
    """Idle, echo, a whole visit, and bulk each way; none without daslang."""
    daslang = shutil.which("daslang")
    if daslang is None:
        print("original_client: daslang is not installed (.ci/daslang brings it); left out", file=sys.stderr)
        return []
    with contextlib.ExitStack() as stack:
        ports = [int(word) for word in stack.enter_context(_process(sys.executable, "server.py")).read().split()]
        sides = {
            "original": stack.enter_context(_process(daslang, "work.das")),
            "reference": stack.enter_context(_process(sys.executable, "work.py", "reference")),
            "bare sockets": stack.enter_context(_process(sys.executable, "work.py", "bare")),
        }
        return [
            _figure(
                name,
                unit,
                {side: _measure(worker, f"{work} {ports[port]} {count}", units) for side, worker in sides.items()},
            )
            for name, work, count, units, unit, port in _WORKS
        ]


def _figure(name: str, unit: str, measures: dict[str, Measure]) -> Figure:
    speed = unit != "s"
    samples = alternate(measures, _BULK_ROUNDS if speed else _ROUNDS)
    ratios = [ratio(samples, "reference", other, speed=speed) for other in ("original", "bare sockets")]
    return Figure("8", name, unit, samples, ratios)


class _Worker:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def read(self) -> str:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError(f"{self._process.args} ended with status {self._process.wait()}")
        return line

    def ask(self, line: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self.read()


def _measure(worker: _Worker, line: str, units: float) -> Callable[[], float]:
    return lambda: int(worker.ask(line)) / 1e9 / units


@contextlib.contextmanager
def _process(program: str, script: str, *words: str) -> Iterator[_Worker]:
    process = subprocess.Popen(
        [program, str(_HERE / script), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield _Worker(process)
    finally:
        process.kill()
        process.communicate()


if __name__ == "__main__":
    from table import markdown

    print(markdown({}, figures()))
