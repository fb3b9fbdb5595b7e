"""Where the check of a requirement stands, found by reading the suite's source: nothing is imported or run."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Place:
    """A check: its file within the package, its line, and the function's name."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        return f"dasnet_conformance/suite/{self.file}:{self.line} {self.function}"


@cache
def check_places() -> dict[str, list[Place]]:
    """Requirement id -> the functions that name it in `check(...)`, in the order of the files."""
    places: dict[str, list[Place]] = {}
    for file in sorted(files(f"{__package__}.suite").iterdir(), key=lambda entry: entry.name):
        if not file.name.startswith("test_") or not file.name.endswith(".py"):
            continue
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                for name in _named(function):
                    places.setdefault(name, []).append(Place(file.name, function.lineno, function.name))
    return places


def _named(function: ast.FunctionDef) -> list[str]:
    # Every check("...") in the decorators: on the function itself, or on a pytest.param of its table.
    names: dict[str, None] = {}
    for decorator in function.decorator_list:
        for node in ast.walk(decorator):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "check":
                names.update(
                    (a.value, None) for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
                )
    return list(names)
