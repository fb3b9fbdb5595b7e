"""The example of a whole driver: in order, conforming in both profiles, and as small as it says."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest

from dasnet_conformance.cli import main

EXAMPLE = Path(__file__).parents[2] / "examples" / "small_driver.py"
IMPLEMENTATION = f"driver:'{sys.executable}' '{EXAMPLE}'"


def test_it_is_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", IMPLEMENTATION]) == 0, capsys.readouterr().out


def test_it_conforms(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", IMPLEMENTATION, "--strict", "--json"]) == 0
    results = json.loads(capsys.readouterr().out)
    assert {profile["name"]: profile["status"] for profile in results["profiles"]} == {
        "core": "conforming",
        "lowlevel": "conforming",
    }


def test_it_is_less_than_a_hundred_lines_of_the_standard_library_and_the_port() -> None:
    tree = ast.parse(EXAMPLE.read_text("utf-8"))
    _, *rest = tree.body
    first = rest[0].lineno
    code = [line for line in EXAMPLE.read_text("utf-8").splitlines()[first - 1 :] if line.strip()]
    assert len(code) < 100
    modules = {name.name for node in tree.body if isinstance(node, ast.Import) for name in node.names}
    modules |= {str(node.module) for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in modules} - set(sys.stdlib_module_names) == {"dasnet_reference"}
