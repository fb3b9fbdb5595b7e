"""Reads a page with commands: what to run, what to write and what to change, in the order in which it stands there.

Blocks of the kind `console` hold commands after `$ `, with the output that is shown below each. A status other than 0
stands behind a command as `# status N`. `<!-- file: NAME -->` before a block says that it is a whole file,
`<!-- change: NAME -->` that its lines with - and + are a change to one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """A command line with the status it ends with, and the lines that are shown of its output."""

    line: str
    status: int
    shown: tuple[str, ...]

    def missing(self, output: str) -> str:
        """The first line that is shown and does not come, in this order; empty when all do."""
        rest = iter(output.splitlines())
        for line in self.shown:
            pattern = re.compile(".*".join(map(re.escape, line.split("..."))))
            if line != "..." and not any(pattern.fullmatch(each.rstrip()) for each in rest):
                return line
        return ""


@dataclass(frozen=True)
class File:
    """A file with its whole text."""

    name: str
    text: str


@dataclass(frozen=True)
class Change:
    """Parts of a file, each to be put in the place of another."""

    name: str
    parts: tuple[tuple[str, str], ...]

    def applied(self, text: str) -> str:
        """The text with the change in it. Each part has to stand there exactly once."""
        for old, new in self.parts:
            assert text.count(old) == 1, f"{self.name} does not hold this exactly once:\n{old}"
            text = text.replace(old, new)
        return text


_BLOCK = re.compile(
    r"(?:<!-- (?P<act>file|change): (?P<name>\S+) -->\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


def read(page: str) -> Iterator[Command | File | Change]:
    """The steps of a page."""
    for block in _BLOCK.finditer(page):
        match block["act"]:
            case "file":
                yield File(block["name"], block["text"])
            case "change":
                yield Change(block["name"], tuple(map(_part, block["text"].split("@@\n"))))
            case _ if block["kind"] == "console":
                yield from map(_command, re.split(r"^\$ ", block["text"], flags=re.MULTILINE)[1:])


def _command(text: str) -> Command:
    first, *shown = text.splitlines()
    line, _, status = first.partition("# status ")
    return Command(line.strip(), int(status or 0), tuple(shown))


def _part(text: str) -> tuple[str, str]:
    lines = text.splitlines(keepends=True)
    return (
        "".join(line[1:] for line in lines if line[0] in " -"),
        "".join(line[1:] for line in lines if line[0] in " +"),
    )
