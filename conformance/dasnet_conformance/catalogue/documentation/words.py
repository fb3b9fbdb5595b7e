"""The words of a sentence, without its markup: what is left when a page is laid out anew and says the same.

Pure functions on text.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_ROLE: Final = re.compile(r":[\w:+.-]+:`(?P<body>(?:[^`\\]|\\.)+)`")
_LITERAL: Final = re.compile(r"``(?P<body>.+?)``")
_QUOTED: Final = re.compile(r"`(?P<body>[^`]+)`_{0,2}")
_TARGET: Final = re.compile(r"\s*(?<!\\)<[^<>]*>$")
_EMPHASIS: Final = re.compile(r"(?<!\w)(?P<stars>\*{1,2})(?=\S)(?P<body>[^*]+?)(?<=\S)(?P=stars)(?!\w)")
_ESCAPE: Final = re.compile(r"\\(.)")
_TOKEN: Final = re.compile(r"\w+|!(?=\w)|(?<!\w)-(?=\d)|[^\w\s]")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])")
_ABBREVIATION: Final = re.compile(r"\b(?:e\.g|i\.e|etc|vs|cf|incl|approx|no)\.$", re.IGNORECASE)

#: Categories of characters that carry meaning though they are no letters: `<`, `=`, `+`, currency, arrows, ticks.
_SIGNS: Final = ("Sm", "Sc", "So")


def plain(text: str) -> str:
    """The text as a reader sees it: references by the name they show, no quotes of code, no emphasis, no escapes."""
    text = _ROLE.sub(lambda match: _TARGET.sub("", match["body"]), text)
    text = _LITERAL.sub(lambda match: match["body"], text)
    text = _QUOTED.sub(lambda match: _TARGET.sub("", match["body"]), text)
    text = _EMPHASIS.sub(lambda match: match["body"], text)
    return " ".join(_ESCAPE.sub(r"\1", text).split())


def shown_by_reference(text: str) -> str:
    """What the one reference shows that the text consists of; empty where the text is anything else."""
    match = _ROLE.fullmatch(text.strip())
    return plain(text) if match else ""


def words(text: str) -> tuple[str, ...]:
    """The words in their order, lower-cased, without markup and punctuation.

    Signs that mean something stay: a comparison, a minus before a digit, an exclamation mark before a word.
    """
    text = unicodedata.normalize("NFKC", plain(text)).casefold()
    text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf" and letter not in "'’")
    return tuple(token for token in _TOKEN.findall(text) if _carries_meaning(token))


def _carries_meaning(token: str) -> bool:
    return token[0].isalnum() or token[0] in "_!-" or unicodedata.category(token[0]) in _SIGNS


def sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph in plain text. What cannot be parted for sure stays together."""
    found: list[str] = []
    for part in _SENTENCE_END.split(plain(paragraph)):
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] += f" {part}"
        else:
            found.append(part)
    return [sentence for sentence in found if words(sentence)]
