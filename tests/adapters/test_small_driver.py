"""The examples of a whole driver: in order, conforming in what they claim, and as small as they say."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest

from dasnet_conformance.cli import main

EXAMPLES = Path(__file__).parents[2] / "examples"

#: What each claims, and how many lines of code it says that it stays below.
CLAIMS = {
    "small_driver": ({"core", "lowlevel"}, 100),
    "small_client_driver": ({"core", "lowlevel", "client", "client-lowlevel"}, 40),
}

each = pytest.mark.parametrize("name", CLAIMS)


def implementation(name: str) -> str:
    return f"driver:'{sys.executable}' '{EXAMPLES / name}.py'"


@each
def test_it_is_in_order(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["doctor", implementation(name)])
    output = capsys.readouterr().out
    assert status == 0, output
    assert output.splitlines()[-1].startswith("The driver is in order. "), "and not a note"


@each
def test_it_conforms(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", implementation(name), "--strict", "--json"]) == 0
    results = json.loads(capsys.readouterr().out)
    assert {profile["name"] for profile in results["profiles"]} == CLAIMS[name][0]
    assert {profile["status"] for profile in results["profiles"]} == {"conforming"}


@each
def test_it_is_as_small_as_it_says_and_needs_the_standard_library_and_the_port_alone(name: str) -> None:
    text = (EXAMPLES / f"{name}.py").read_text("utf-8")
    tree = ast.parse(text)
    _, *rest = tree.body
    code = [line for line in text.splitlines()[rest[0].lineno - 1 :] if line.strip()]
    assert len(code) < CLAIMS[name][1]
    modules = {imported.name for node in tree.body if isinstance(node, ast.Import) for imported in node.names}
    modules |= {str(node.module) for node in tree.body if isinstance(node, ast.ImportFrom)}
    foreign = {module.partition(".")[0] for module in modules} - set(sys.stdlib_module_names)
    assert foreign - {"small_driver"} == {"dasnet_reference"}
