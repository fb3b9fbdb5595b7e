"""The versions of Python are the same wherever they are told: package, tox, types, rules, pages."""

from __future__ import annotations

import configparser
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
VERSIONS = [text.split(" :: ")[-1] for text in PROJECT["project"]["classifiers"] if "Python :: 3." in text]


def _tox() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "tox.ini", "utf-8")
    return parser


def test_every_version_that_the_package_names_has_an_environment() -> None:
    (name,) = (section for section in _tox() if section.startswith("testenv:py3{"))
    minors = name.partition("{")[2].rstrip("}").split(",")
    assert [f"3.{minor}" for minor in minors] == VERSIONS
    assert name.removeprefix("testenv:") in _tox()["tox"]["env_list"]
    given = re.findall(r"^py3(\d+): python3\.(\d+)$", _tox()[name]["base_python"], re.MULTILINE)
    assert given == [(minor, minor) for minor in minors]


def test_the_least_version_is_the_same_everywhere() -> None:
    least = VERSIONS[0]
    assert PROJECT["project"]["requires-python"] == f">={least}"
    assert _tox()["testenv"]["base_python"] == f"python>={least}"
    assert PROJECT["tool"]["mypy"]["python_version"] == least
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{least.replace('.', '')}"
    assert f"Python {least} or later" in (ROOT / "README.md").read_text("utf-8")
