"""Small pieces of Markdown. Nothing is read here."""

from __future__ import annotations


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table. A cell is one line of Markdown; a bar in it is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def cells(line: str) -> list[str]:
    """The cells of one line of a table, with escaped bars as bars."""
    inner = line.strip().removeprefix("|").removesuffix("|").replace("\\|", "\0")
    return [cell.strip().replace("\0", "|") for cell in inner.split("|")]


def tables(text: str) -> list[list[list[str]]]:
    """Every table of a page, as its rows of cells; the first row is the head, the line of dashes is left out."""
    found: list[list[list[str]]] = []
    before = ""
    for line in text.splitlines():
        if line.startswith("|"):
            if not before.startswith("|"):
                found.append([])
            row = cells(line)
            if not all(cell and set(cell) <= set(":- ") for cell in row):
                found[-1].append(row)
        before = line
    return found
