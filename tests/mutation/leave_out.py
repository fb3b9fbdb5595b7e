"""Marks as skipped the mutations of places that `cosmic-ray.toml` leaves out: `leave_out.py SESSION CONFIGURATION`."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, WorkerOutcome, WorkResult

#: From (line, column) up to (line, column), lines from 1.
Span = tuple[tuple[int, int], tuple[int, int]]


def _span(node: ast.expr | ast.stmt) -> Span:
    return (node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)


def types(node: ast.AST) -> Iterator[Span]:
    """The types of parameters, results and variables."""
    if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
        yield _span(node.annotation)
    if isinstance(node, ast.FunctionDef) and node.returns is not None:
        yield _span(node.returns)


def type_checking(node: ast.AST) -> Iterator[Span]:
    """`if TYPE_CHECKING`, the whole of it."""
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        yield _span(node)


def messages(node: ast.AST) -> Iterator[Span]:
    """Formatted texts."""
    if isinstance(node, ast.JoinedStr):
        yield _span(node)


PLACES: Final = {"annotation": types, "type-checking": type_checking, "message": messages}


@cache
def operations(module: Path) -> list[Span]:
    """Where binary operators stand: between the two operands."""
    return [
        (_span(node.left)[1], _span(node.right)[0])
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(node, ast.BinOp)
    ]


def is_no_program(mutation: MutationSpec) -> bool:
    """Whether what the tool takes for a binary operator is a `*` or `/` among parameters or a `**` in a display."""
    start, end = tuple(mutation.start_pos), tuple(mutation.end_pos)
    binary = "/ReplaceBinaryOperator" in mutation.operator_name
    return binary and not any(first <= start and end <= last for first, last in operations(mutation.module_path))


@cache
def left_out(module: Path, places: tuple[str, ...]) -> list[Span]:
    """Where the file is not to be mutated."""
    return [
        span
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
        for place in places
        for span in PLACES[place](node)
    ]


def main() -> int:
    """Mark them; says how many."""
    session, configuration = sys.argv[1:]
    settings = tomllib.loads(Path(configuration).read_text("utf-8"))
    filters = settings["cosmic-ray"]["filters"]["leave-out"]
    places, functions = tuple(filters["places"]), set(filters["functions"])
    skipped = 0
    with use_db(session, WorkDB.Mode.open) as database:
        for item in database.pending_work_items:
            for mutation in item.mutations:
                start, end = tuple(mutation.start_pos), tuple(mutation.end_pos)
                inside = f"{Path(mutation.module_path).name}:{mutation.definition_name}"
                if (
                    inside in functions
                    or is_no_program(mutation)
                    or any(first <= start and end <= last for first, last in left_out(mutation.module_path, places))
                ):
                    database.set_result(item.job_id, WorkResult(worker_outcome=WorkerOutcome.SKIPPED))
                    skipped += 1
    print(f"{skipped} mutations are left out: of {', '.join(places)}, in {len(functions)} functions, or no program")
    return 0


if __name__ == "__main__":
    sys.exit(main())
