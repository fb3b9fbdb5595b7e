"""Text as MyST takes it: words of the data made plain, verdicts, commands, and the head of a page."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: What stands beside the word of a verdict; colour is never alone.
MARKS = {"pass": "✓", "fail": "✗", "unsupported": "–", "inconclusive": "?", "excluded": "○", "not judged": "·"}
_OVERALL = {"conforming": "pass", "non-conforming": "fail", "inconclusive": "inconclusive"}

#: Of a page that the sidebar does not list.
UNLISTED = "---\norphan: true\n---\n\n"
#: Of a page that is in the sidebar's way and in the search's.
UNSEARCHED = "---\norphan: true\nnosearch: true\n---\n\n"


def plain(text: str) -> str:
    """Words that are shown as they are, whatever they hold; what stands in backticks stays code."""
    parts = re.split(r"(`[^`]+`)", text)
    return "".join(part if part.startswith("`") else re.sub(r"([\\*_<\[\]`])", r"\\\1", part) for part in parts)


def verdict(word: str, *, known: bool = False) -> str:
    """A verdict with its mark."""
    told = f"{word}, known" if known and word != "pass" else word
    return f'<span class="verdict {word.replace(" ", "-")}">{MARKS[word]} {told}</span>'


def mark(word: str) -> str:
    """A verdict as its mark alone, where a legend says what it means; the word is there for who hears the page."""
    tone = word.replace(" ", "-")
    return f'<span class="verdict {tone}" role="img" aria-label="{word}" title="{word}">{MARKS[word]}</span>'


def overall(word: str) -> str:
    """What became of an implementation as a whole."""
    tone = _OVERALL[word]
    return f'<span class="verdict {tone}">{MARKS[tone]} {word}</span>'


def console(*lines: str) -> str:
    """Commands to type."""
    return "```console\n" + "".join(f"$ {line}\n" for line in lines) + "```"


def code(text: str, language: str = "python") -> str:
    """A piece of a program. The fence is longer than any in it."""
    longest = max((len(found) for found in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def hidden_toctree(pages: Iterable[str]) -> str:
    """What stands below a page in the sidebar, by the way there without the suffix."""
    listed = "\n".join(pages)
    return f"```{{toctree}}\n:hidden:\n\n{listed}\n```"
