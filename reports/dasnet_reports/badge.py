"""badge.svg and badge.json: the verdict of a run in one line, to put on a page.

What lives here: the words of the badge, their width, and the two forms: a drawing of our own, and the JSON that badge
services read from an endpoint. Nothing in a badge comes from an implementation. May touch: nothing but the package's
own templates.
"""

from __future__ import annotations

from typing import Final

from . import as_json, pages
from .model import Overall, Results, Verdict
from .scope import spell_overall

LABEL: Final = "dasnet"

# Dark enough for white letters.
_COLOURS: Final = {Overall.CONFORMING: "1a6a3b", Overall.NON_CONFORMING: "ac1f17", Overall.INCONCLUSIVE: "5b4a8a"}

# Widths in the drawing's font at 11 pixels, roughly; the drawing says how long each text is, so none can spill over.
_PAD: Final = 7
_WIDTH: Final = 6.8
_WIDTHS: Final = {**dict.fromkeys("fijlrt", 4.4), **dict.fromkeys(" ,/-", 4.4), **dict.fromkeys("mw", 10.0)}


def message(results: Results) -> str:
    """The words of the badge: the verdict, and how many of the selected requirements passed."""
    return f"{spell_overall(results)}, {results.counts[Verdict.PASS]}/{sum(results.counts.values())} pass"


def render_badge(results: Results) -> str:
    """Draw the badge of `results` as SVG, with its words as accessible name."""
    words = message(results)
    label_width, words_width = _width(LABEL), _width(words)
    values = {
        "label": LABEL,
        "message": words,
        "label_width": label_width,
        "message_width": words_width,
        "pad": _PAD,
        "colour": _COLOURS[results.verdict],
    }
    return pages.fill("badge.svg", values)


def render_endpoint(results: Results) -> str:
    """Write the badge of `results` as the JSON that a badge service reads from an endpoint (its schema version 1)."""
    document = {
        "schemaVersion": 1,
        "label": LABEL,
        "message": message(results),
        "color": _COLOURS[results.verdict],
        # An error badge keeps its colour, whatever the page that embeds it asks for.
        "isError": results.verdict is not Overall.CONFORMING,
    }
    return as_json.encode(document)


def _width(text: str) -> int:
    return round(sum(_WIDTHS.get(character, _WIDTH) for character in text)) + 2 * _PAD
