"""Figure 6: where the time of the suite goes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from alternating import Figure, Measure, Samples, alternate, ratio

_ROOT = Path(__file__).parent.parent
_DASNET = [sys.executable, "-m", "dasnet_conformance"]
_DRIVER = f"driver:{sys.executable} {_ROOT / 'adapters' / 'python' / 'driver.py'} dasnet_reference"
#: One requirement, as a -k expression: what is left then is start-up and collection.
_ONE = "test_fires_nothing and construct"
_STARTS = 7
_RUNS = 3


def figures() -> list[Figure]:
    """Start-up of the commands, then the parts of a run, then the ways to run."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        return [_start_up(place), _parts(place)]


def _timed(*command: str, **environment: str) -> Measure:
    def measure() -> float:
        start = time.perf_counter()
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=300, env={**os.environ, **environment}
        )
        seconds = time.perf_counter() - start
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return seconds

    return measure


def _start_up(place: Path) -> Figure:
    samples = alternate(
        {
            "python": _timed(sys.executable, "-c", "pass"),
            "dasnet --help": _timed(*_DASNET, "--help"),
            "dasnet list": _timed(*_DASNET, "list"),
            "pytest, one empty test": _timed(*_empty_test(place)),
        },
        _STARTS,
    )
    names = ("dasnet --help", "dasnet list", "pytest, one empty test")
    return Figure("6", "start-up", "s", samples, [ratio(samples, name, "python") for name in names])


def _empty_test(place: Path) -> list[str]:
    (place / "pytest.ini").write_text("[pytest]\n", "utf-8")
    test = place / "test_empty.py"
    test.write_text("def test_empty(): pass\n", "utf-8")
    return [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", str(place / "pytest.ini"), str(test)]


#: The server's half, without the one check that is a pause and next to nothing else.
_BUT = ("--profile", "core", "--profile", "lowlevel", "--exclude", "endurance.idle-seconds=a pause of a fixed length")
#: All in one process, as the bare script is.
_ALONE = (*_BUT, "-n", "0")


def _parts(place: Path) -> Figure:
    run = [*_DASNET, "run"]
    trace = place / "trace"
    path = os.pathsep.join(filter(None, (str(Path(__file__).parent), os.environ.get("PYTHONPATH"))))
    _timed(*run, "reference", *_ALONE, PYTEST_PLUGINS="suite_trace", SUITE_TRACE=str(trace), PYTHONPATH=path)()
    reports = place / "reports"
    checks: list[float] = []

    def whole() -> float:
        seconds = _timed(*run, "reference", *_ALONE, "--report-dir", str(reports))()
        results = json.loads((reports / "results.json").read_text("utf-8"))
        checks.append(sum(requirement["duration_s"] for requirement in results["requirements"]))
        return seconds

    def replayed() -> float:
        command = [sys.executable, str(Path(__file__).with_name("suite_trace.py")), str(trace)]
        return float(subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout)

    samples: Samples = alternate(
        {
            "bare script": replayed,
            "pytest, one empty test": _timed(*_empty_test(place)),
            "start-up and collection": _timed(*run, "reference", "-k", _ONE),
            "whole run": _timed(*run, "reference", *_ALONE),
            "whole run with reports": whole,
            "-n 1": _timed(*run, "reference", *_BUT, "-n", "1"),
            "-n 2": _timed(*run, "reference", *_BUT, "-n", "2"),
            "-n auto": _timed(*run, "reference", *_BUT),
            "through a driver": _timed(*run, _DRIVER, *_ALONE),
            "through a driver, -n auto": _timed(*run, _DRIVER, *_BUT),
        },
        _RUNS,
        warm=False,
    )
    samples["checks"] = checks
    own = zip(samples["whole run"], samples["pytest, one empty test"], strict=True)
    samples["beyond pytest's start"] = [whole - start for whole, start in own]
    reporting = zip(samples["whole run with reports"], samples["whole run"], strict=True)
    samples["reports"] = [max(0.0, both - run) for both, run in reporting]
    parts = ("start-up and collection", "checks", "reports")
    ways = ("-n 1", "-n 2", "-n auto", "through a driver", "through a driver, -n auto")
    ratios = [
        ratio(samples, "beyond pytest's start", "bare script", "≤ 2"),
        *(ratio(samples, part, "whole run") for part in parts),
        *(ratio(samples, way, "whole run") for way in ways),
    ]
    return Figure("6", "a run of the suite", "s", samples, ratios)
