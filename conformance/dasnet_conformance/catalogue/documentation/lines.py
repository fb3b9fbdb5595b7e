"""The lines of a page: whatever the line ends, tabs and byte order mark were, and with included files in place.

Text in, lines out; files are read through a function that the caller gives.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

#: Gives the text of an included file by the name on the page, or None where there is none to read.
Includes = Callable[[str], str | None]

_INCLUDE: Final = re.compile(r"^\s*\.\.\s+include\s*::\s*(?P<name>\S+)\s*$")
_DEEPEST: Final = 8


@dataclass(frozen=True)
class Line:
    """One line without its indentation: where it stands (from 1, and in which included file), and what it says."""

    number: int
    indent: int
    text: str
    file: str = ""

    @property
    def place(self) -> str:
        """The place as a reader looks it up."""
        return f"line {self.number}{f' of {self.file}' if self.file else ''}"


def lines_of(text: str, includes: Includes | None = None, file: str = "", depth: int = 0) -> list[Line]:
    """The lines of a page. An include that cannot be followed stays as it is, for the reader to tell."""
    found: list[Line] = []
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")), start=1):
        included = None
        if includes is not None and depth < _DEEPEST and (match := _INCLUDE.match(raw)):
            included = includes(match["name"])
            if included is not None:
                found += lines_of(included, includes, match["name"], depth + 1)
                found.append(Line(number, 0, "", file))
        if included is None:
            full = raw.expandtabs(8).replace("\xa0", " ").rstrip()
            found.append(Line(number, len(full) - len(full.lstrip()), full.strip(), file))
    return found
