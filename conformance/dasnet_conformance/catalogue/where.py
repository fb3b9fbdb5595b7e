"""Where the check of a requirement stands, found by reading the suite's source: nothing is imported or run."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from dasnet_adapters.profiles import PROFILES

from .rooms import folder_of, modules_of, package_of

_CHECKS: Final = re.compile(r"check(_\w+)?")


@dataclass(frozen=True)
class Place:
    """A check: its file from the top of its package on, its line, and the function's name."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.function}"


@cache
def check_places() -> dict[str, list[Place]]:
    """Requirement id -> the functions that name it in `check(...)`, in the order of the files."""
    places: dict[str, list[Place]] = {}
    for profile in PROFILES.values():
        folder = folder_of(profile, "suite")
        package = package_of(profile, "suite").replace(".", "/")
        for module in modules_of(profile, "suite", "test_"):
            source = folder.joinpath(f"{module}.py").read_text(encoding="utf-8")
            for function in ast.parse(source).body:
                if isinstance(function, ast.FunctionDef):
                    place = Place(f"{package}/{module}.py", function.lineno, function.name)
                    for name in _named(function):
                        places.setdefault(name, []).append(place)
    return places


def _named(function: ast.FunctionDef) -> list[str]:
    # Every check("...") in the decorators: on the function itself, or on a pytest.param of its table. A decorator of
    # the suite's own that makes the cases as well is called check_..., and names the requirement first.
    names: dict[str, None] = {}
    for decorator in function.decorator_list:
        for node in ast.walk(decorator):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and _CHECKS.fullmatch(node.func.id):
                names.update(
                    (a.value, None) for a in node.args[:1] if isinstance(a, ast.Constant) and isinstance(a.value, str)
                )
    return list(names)
