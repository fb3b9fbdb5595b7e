"""Tables on a page: grids whose cells end in `+` or `|`, tables of bars alone, and simple tables of `=`.

Lines in, cells out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from .lines import Line

_GRID_BORDER: Final = re.compile(r"^\+[-=]+[-=+]*\+$")
_BAR_BORDER: Final = re.compile(r"^\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?$")
_BAR_ROW: Final = re.compile(r"^\|\s(?:[^|]*\|){2,}$")
_SIMPLE_BORDER: Final = re.compile(r"^={2,}(?:\s+={2,})+$")
_HEADINGS: Final = ("argument", "arguments", "parameter", "field", "name")


def starts_table(text: str) -> bool:
    """Whether a table begins with that line."""
    return any(form.match(text) for form in (_GRID_BORDER, _BAR_ROW, _SIMPLE_BORDER))


def table_length(lines: Sequence[Line]) -> int:
    """How many of the lines, from the first one on, are the table's."""
    if _SIMPLE_BORDER.match(lines[0].text):
        borders = [at for at, line in enumerate(lines) if _SIMPLE_BORDER.match(line.text)]
        ends = [at for at in borders[1:] if at + 1 == len(lines) or not lines[at + 1].text]
        return (ends[0] if ends else borders[-1]) + 1
    length = 0
    while length < len(lines) and lines[length].text[:1] in ("+", "|"):
        length += 1
    return length


def rows_of(lines: Sequence[Line]) -> tuple[bool, list[tuple[Line, list[str]]]]:
    """Whether the table's head says that it lists arguments or fields, and its rows with the line each begins at."""
    if _SIMPLE_BORDER.match(lines[0].text):
        rows = _simple_rows(lines)
    elif _GRID_BORDER.match(lines[0].text):
        rows = _grid_rows(lines)
    else:
        rows = [
            (line, [cell.strip() for cell in line.text.strip("|").split("|")])
            for line in lines
            if not _BAR_BORDER.match(line.text)
        ]
    if rows and rows[0][1][0].casefold() in _HEADINGS:
        return True, rows[1:]
    return False, rows


def _grid_rows(lines: Sequence[Line]) -> list[tuple[Line, list[str]]]:
    edges = [at for at, sign in enumerate(lines[0].text) if sign == "+"]
    rows: list[tuple[Line, list[str]]] = []
    begun = False
    for line in lines:
        if _GRID_BORDER.match(line.text):
            begun = False
            continue
        aligned = len(line.text) > edges[-1] and all(line.text[edge] in "+|" for edge in edges)
        if aligned:
            cells = [line.text[a + 1 : b].strip() for a, b in pairwise(edges)]
        else:
            cells = [cell.strip() for cell in re.split(r"[+|]", line.text.strip("+|"))]
        if begun and len(cells) == len(rows[-1][1]):
            rows[-1] = (rows[-1][0], [f"{a} {b}".strip() for a, b in zip(rows[-1][1], cells, strict=True)])
        else:
            rows.append((line, cells))
        begun = True
    return rows


def _simple_rows(lines: Sequence[Line]) -> list[tuple[Line, list[str]]]:
    starts = [match.start() for match in re.finditer(r"=+", lines[0].text)]
    ends = [*starts[1:], None]
    shift = lines[0].indent
    rows = []
    for line in lines:
        if line.text and not _SIMPLE_BORDER.match(line.text):
            full = " " * (line.indent - shift) + line.text
            rows.append((line, [full[start:end].strip() for start, end in zip(starts, ends, strict=True)]))
    return rows
