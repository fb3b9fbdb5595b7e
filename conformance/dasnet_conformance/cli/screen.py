"""Lines on a terminal: text of whatever origin made harmless, and wrapped between words with a hanging indent.

In a log a line stays whole, so that it can be searched for, unless COLUMNS says how wide the log is. Prints.
"""

from __future__ import annotations

import os
import textwrap

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from dasnet_reports import harmless

#: Characters of one text of an implementation on the screen.
MOST_CHARACTERS = 600

#: Columns of a wrapped line at least, however narrow the screen and deep the indent.
_LEAST = 20


def safe(text: str) -> str:
    """Text of an implementation, harmless on a terminal and to rich's markup."""
    return escape(harmless(text, MOST_CHARACTERS, one_line=True))


class Screen:
    """Prints lines on a console, wrapped where somebody looks at it."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._wraps = console.is_terminal or "COLUMNS" in os.environ

    def print(
        self, head: str, text: str, tail: str = "", *, lead: str = "", style: str = "", indent: int | None = None
    ) -> None:
        """Print a line: `head` in the style `lead`, `text` in `style`, `tail` plain.

        What does not fit goes on in further lines below the beginning of the text (or `indent` columns in), broken
        between words only: a word that is longer than a line, a path say, stays whole.
        """
        head, text, tail = (harmless(part, MOST_CHARACTERS, one_line=True) for part in (head, text, tail))
        whole = head + text + tail
        lines = self._lines(whole, min(len(head), 16) if indent is None else indent)
        styled = Text("\n".join(lines))
        # Wrapping puts line ends and indents in place of blanks, and leaves every other character as it is.
        places = [place for place, character in enumerate(styled.plain) if not character.isspace()]
        for before, part, name in (("", head, lead), (head, text, style)):
            first, count = _characters(before), _characters(part)
            if name and count:
                styled.stylize(name, places[first], places[first + count - 1] + 1)
        self.console.print(styled, soft_wrap=True, markup=False, highlight=False)

    def _lines(self, whole: str, indent: int) -> list[str]:
        if not self._wraps or len(whole) <= self.console.width:
            return [whole]
        bare = whole.lstrip(" ")
        return textwrap.wrap(
            bare,
            max(self.console.width, indent + _LEAST),
            initial_indent=whole[: len(whole) - len(bare)],
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [whole]


def _characters(text: str) -> int:
    return sum(not character.isspace() for character in text)
