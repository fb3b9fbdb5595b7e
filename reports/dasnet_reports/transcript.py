"""The transcript of a check as lines of plain text.

What lives here: the one layout that every textual report shows, bounded and harmless. Markup is the renderer's. May
touch: nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from . import hostile
from .model import TranscriptEntry


def lines(transcript: Sequence[TranscriptEntry], *, entries: int, text: int) -> list[str]:
    """Lay out a transcript, a line per entry: tick, side, kind, what was said.

    Arguments: `entries`, how many entries to show at most; the first quarter comes from the beginning and the rest from
    the end, where the mismatch is; `text`, characters per entry at most.
    Returns: the lines, with one that says how many entries were cut, if any were.
    """
    if len(transcript) <= entries:
        return [_line(entry, text) for entry in transcript]
    head = entries // 4
    tail = entries - head
    shown = [_line(entry, text) for entry in transcript[:head]]
    shown.append(f"[… {len(transcript) - entries:,} of {len(transcript):,} entries cut …]")
    shown.extend(_line(entry, text) for entry in transcript[len(transcript) - tail :])
    return shown


def _line(entry: TranscriptEntry, limit: int) -> str:
    text = hostile.harmless(entry.text, limit, one_line=True)
    return f"{entry.tick:>6}  {entry.side:<7} {entry.kind.value:<8} {text}".rstrip()
