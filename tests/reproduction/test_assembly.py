"""The program of a reproduction, put together from its parts: complete, of Python 3.8, and always the same."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter

import pytest

from dasnet_conformance.reproduction import assembly
from dasnet_conformance.reproduction.assembly import PARTS, PLACE, program, take_apart

COMMAND = [sys.executable, "-c", "from dasnet_conformance.reproduction.assembly import program; print(program())"]


def top_level_names(text: str) -> list[str]:
    """What a module defines, without what it imports."""
    names: list[str] = []
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [target.id for target in node.targets if isinstance(target, ast.Name)]
    return names


def test_every_file_is_a_part() -> None:
    assert {path.stem for path in PLACE.glob("*.py")} - {"__init__"} == set(PARTS)
    assert len(set(PARTS)) == len(PARTS)


@pytest.mark.parametrize("title", PARTS)
def test_a_part_uses_what_earlier_parts_define(title: str) -> None:
    tree = ast.parse((PLACE / f"{title}.py").read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            assert node in tree.body, "an import inside a function stays in the program"
            assert node.module in PARTS[: PARTS.index(title)]
            defined = top_level_names((PLACE / f"{node.module}.py").read_text("utf-8"))
            assert {alias.name for alias in node.names} <= set(defined)


def test_no_two_parts_define_the_same_name() -> None:
    assert [name for name, count in Counter(top_level_names(program())).items() if count > 1] == []


def test_imports_stand_once_and_before_everything_else() -> None:
    body = ast.parse(program()).body[1:]
    kinds = [isinstance(node, ast.Import | ast.ImportFrom) for node in body]
    assert kinds == sorted(kinds, reverse=True)
    imports = [ast.unparse(node) for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert imports[0] == "from __future__ import annotations"
    assert imports.count("import re") == 1
    assert len(set(imports)) == len(imports)


def test_what_the_last_part_says_of_itself_is_what_the_program_says() -> None:
    last = ast.parse((PLACE / f"{PARTS[-1]}.py").read_text("utf-8"))
    assert ast.get_docstring(ast.parse(program())) == ast.get_docstring(last)


def test_it_is_the_same_every_time() -> None:
    told = {
        subprocess.run(COMMAND, capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2", "3")
    }
    assert told == {program() + "\n"}


def test_it_is_of_python_3_8_and_of_nothing_else() -> None:
    text = program()
    tree = ast.parse(text, feature_version=(3, 8))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
    # Methods and calls that came after 3.8.
    for later in (".removeprefix(", ".removesuffix(", "strict=", "    match (", "create_server("):
        assert later not in text


def test_imports_are_merged_by_module() -> None:
    text = (
        '"""One.\n\nMore."""\n\nimport os.path\nfrom typing import (\n    Any,\n    Final,\n)\n'
        "from .a import x\nX = 1\n"
    )
    part = take_apart("one", text)
    assert part == assembly.Part("One.", '"""One.\n\nMore."""', {"os.path": {""}, "typing": {"Any", "Final"}}, "X = 1")


@pytest.mark.parametrize(
    ("text", "told"), [("import os\n", "begins with a docstring"), ('"""One."""\nimport os as o\n', "another name")]
)
def test_a_part_that_cannot_be_merged_is_told(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=f"^one: .*{told}"):
        take_apart("one", text)
