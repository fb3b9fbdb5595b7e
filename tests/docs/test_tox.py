"""tox.ini: what an environment runs is installed in it."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_each_environment_that_runs_our_tests_has_what_they_import() -> None:
    """Wherever pytest starts, it loads tests/conftest.py, which stands on what the extra `test` installs."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "tox.ini", "utf-8")
    run_tests = [
        name
        for name in parser.sections()
        if re.search(r"(^|\s)pytest ", parser[name].get("commands", "")) and name.startswith("testenv:")
    ]
    assert {"testenv:tests", "testenv:browser", "testenv:site", "testenv:latitude", "testenv:long"} <= set(run_tests)
    assert [name for name in run_tests if "test" not in parser[name].get("extras", "").split()] == []
