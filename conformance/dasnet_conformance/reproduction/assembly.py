"""Puts the parts of `player` together to one program that needs nothing but Python.

The docstring of the last part stands at the top, then the imports of all parts, each once, then the parts, in the order
in which they use one another. The same parts give the same program, byte by byte. It reads the files of `player`.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: The parts, each after those that it uses.
PARTS: Final = (
    "trouble",
    "words",
    "driver",
    "hearing",
    "segments",
    "listener",
    "peer",
    "script",
    "conversation",
    "comparison",
    "program",
)

PLACE: Final = Path(__file__).with_name("player")


@dataclass(frozen=True)
class Part:
    """One part, taken apart: its docstring as it stands, its imports, and the lines that are left.

    `names` are those that it takes from each module of the standard library, "" standing for the module itself.
    """

    summary: str
    docstring: str
    names: dict[str, set[str]]
    body: str


def take_apart(title: str, text: str) -> Part:
    """Read a part. Raises `ValueError` for imports in a form that cannot be merged."""
    lines = text.splitlines()
    names: defaultdict[str, set[str]] = defaultdict(set)
    first, *others = ast.parse(text).body
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
        raise ValueError(f"{title}: a part begins with a docstring")
    gone: list[ast.stmt] = [first]
    for node in others:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        gone.append(node)
        if any(alias.asname for alias in node.names):
            raise ValueError(f"{title}: an import under another name cannot be merged")
        if isinstance(node, ast.Import):
            names.update({alias.name: names[alias.name] | {""} for alias in node.names})
        elif not node.level:
            names[str(node.module)] |= {alias.name for alias in node.names}
    kept = set(range(len(lines)))
    for node in gone:
        kept -= set(range(node.lineno - 1, node.end_lineno or node.lineno))
    docstring = "\n".join(lines[first.lineno - 1 : first.end_lineno])
    body = "\n".join(lines[number] for number in sorted(kept)).strip("\n")
    return Part(str(first.value.value).partition("\n")[0], docstring, dict(names), body)


def program() -> str:
    """The text of the program."""
    parts = [take_apart(title, (PLACE / f"{title}.py").read_text("utf-8")) for title in PARTS]
    head = [parts[-1].docstring, "", *_imports(parts)]
    # What the last part says of itself stands at the top.
    return "\n".join(head) + "".join(
        f"\n\n{_headline(part.summary) if part is not parts[-1] else ''}{part.body}\n" for part in parts
    )


def _headline(summary: str) -> str:
    return f"# --- {summary}\n\n\n"


def _imports(parts: list[Part]) -> list[str]:
    names: defaultdict[str, set[str]] = defaultdict(set)
    for part in parts:
        for module, taken in part.names.items():
            names[module] |= taken
    future = names.pop("__future__")
    whole = [f"import {module}" for module, taken in sorted(names.items()) if "" in taken]
    some = [
        f"from {module} import {', '.join(sorted(taken - {''}))}"
        for module, taken in sorted(names.items())
        if taken - {""}
    ]
    return [f"from __future__ import {', '.join(sorted(future))}", "", *whole, *some]
