"""The one place where text from an implementation becomes harmless to look at.

What lives here: visible escapes for everything that a terminal, a browser or an editor would obey or hide instead of
showing, and a bound on length. What is particular to a format (markup, quoting) is the renderer's. May touch: nothing.

An escape reads \\xNN, \\uNNNN or \\UNNNNNNNN. A backslash of the text itself stays single, so a path stays readable;
who needs to tell the two apart reads results.json, which keeps the text exactly.
"""

from __future__ import annotations

import re
from typing import Final

# (first, last, why it must not be printed as it is)
HAZARDS: Final = (
    (0x00, 0x08, "control characters; XML forbids them"),
    (0x0B, 0x1F, "control characters, ESC and carriage return among them; tab and line feed are layout and stay"),
    (0x7F, 0x9F, "delete and the one-character terminal controls (CSI, OSC)"),
    (0xAD, 0xAD, "soft hyphen: invisible"),
    (0x61C, 0x61C, "Arabic letter mark: turns the direction"),
    (0x180E, 0x180E, "invisible separator"),
    (0x200B, 0x200F, "zero width, and marks that turn the direction"),
    (0x2028, 0x202E, "line and paragraph separators, direction overrides"),
    (0x2060, 0x206F, "invisible operators, direction isolates"),
    (0xD800, 0xDFFF, "lone surrogates: no UTF-8 exists for them"),
    (0xFDD0, 0xFDEF, "not characters"),
    (0xFEFF, 0xFEFF, "byte order mark: invisible"),
    (0xFFF9, 0xFFFB, "annotation marks: hide what is between them"),
    (0xFFFE, 0xFFFF, "not characters; XML forbids them"),
    (0xE0000, 0xE007F, "tags: invisible text"),
)

HAZARD: Final = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last, _ in HAZARDS) + "]")
"""Matches one character that must not be printed as it is."""

_LAYOUT: Final = {"\t": "\\t", "\n": "\\n"}


def escape(character: str) -> str:
    """The visible escape of one character."""
    point = ord(character)
    if point < 0x100:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def visible(text: str, *, one_line: bool = False) -> str:
    """Show `text` with every hazard as a visible escape.

    Arguments: `one_line` writes tab and line feed as \\t and \\n too.
    Returns: text that is valid UTF-8 and valid XML 1.0 character data, once the format's own markup is escaped.
    """
    shown = HAZARD.sub(lambda match: escape(match[0]), text)
    if one_line:
        for character, written in _LAYOUT.items():
            shown = shown.replace(character, written)
    return shown


def harmless(text: str, limit: int, *, one_line: bool = False) -> str:
    """Show `text` as `visible` does, in at most `limit` characters.

    Too long a text keeps its beginning and its end, where messages carry what matters, and says how long it was. The
    work is bounded by `limit` as well: what is cut is never looked at.
    Arguments: `limit`, characters, escapes counted as written.
    """
    if len(text) <= limit:
        shown = visible(text, one_line=one_line)
        if len(shown) <= limit:
            return shown
    mark = f" [… cut: {len(text):,} characters in all …] "
    room = max(limit - len(mark), 0)
    tail = room // 4
    head = room - tail
    start = visible(text[:head], one_line=one_line)[:head]
    # Not [-tail:]: with no room at all, that would be the whole text.
    last = visible(text[len(text) - tail :], one_line=one_line)
    return (start + mark + last[len(last) - tail :])[:limit]
