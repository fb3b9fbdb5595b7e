"""The transcript of a check as people read it: bounded, with what repeats told once, in one layout for every report.

What lives here: which entries are shown, how the same few steps over and over become one line, and the lines of plain
text. Markup is the renderer's. May touch: nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from . import hostile
from .model import EntryKind, TranscriptEntry

LONGEST_CYCLE: Final = 4
"""Steps of a cycle that is still seen as one: two objects that are ticked in turns are a cycle of two."""

# Such a count is at most so long.
_TAIL: Final = 60
_COUNT: Final = re.compile(r" \(x[0-9]+, up to tick [0-9]+\)$")
_DELIVERY: Final = re.compile(r"object \d+: data, size ")


@dataclass(frozen=True, slots=True)
class Fold:
    """In place of repetitions: the `steps` entries before it came `times` more, up to tick `tick`."""

    steps: int
    times: int
    tick: int

    @property
    def text(self) -> str:
        """What it says to people."""
        which = "this step" if self.steps == 1 else f"these {self.steps} steps"
        return f"… {which} {self.times:,} more time{'' if self.times == 1 else 's'}, up to tick {self.tick} …"


@dataclass(frozen=True, slots=True)
class Gap:
    """In place of entries that are not shown: how many, and the tick of the first of them."""

    entries: int
    tick: int

    @property
    def text(self) -> str:
        """What it says to people."""
        return f"… {self.entries:,} {'entry' if self.entries == 1 else 'entries'} left out …"


Shown = TranscriptEntry | Fold | Gap


def shown(transcript: Sequence[TranscriptEntry], most: int) -> list[Shown]:
    """What is shown of a transcript: repetitions folded, the middle left out where more than `most` lines are left.

    The first quarter comes from the beginning and the rest from the end, where the mismatch is. A callback other than
    data is shown wherever it stands, and so is a mismatch; that may be more than `most`.
    """
    folded = fold(transcript)
    if len(folded) <= most:
        return folded
    head = most // 4
    tail = len(folded) - (most - head)
    result: list[Shown] = []
    left_out, since = 0, 0
    for place, line in enumerate(folded):
        if head <= place < tail and not _is_telling(line):
            since = since if left_out else line.tick
            left_out += _entries_of(line)
            continue
        if left_out:
            result.append(Gap(left_out, since))
            left_out = 0
        result.append(line)
    return [*result, Gap(left_out, since)] if left_out else result


def fold(transcript: Sequence[TranscriptEntry]) -> list[Shown]:
    """The entries, with the same few steps over and over told once and counted."""
    numbers: dict[tuple[str, EntryKind, str], int] = {}
    words = [numbers.setdefault(_word(entry), len(numbers)) for entry in transcript]
    result: list[Shown] = []
    place = 0
    while place < len(transcript):
        length, times = _cycle_at(words, place)
        # A cycle is read from its call on: what a callback or a peer did belongs to the call before it.
        kinds = [entry.kind for entry in transcript[place : place + length]]
        if times > 1 and EntryKind.CALL in kinds and kinds[0] is not EntryKind.CALL:
            length, times = 1, 1
        result.extend(transcript[place : place + length])
        place += length * times
        if times > 1:
            result.append(Fold(length, times - 1, transcript[place - 1].tick))
    return result


def lines(transcript: Sequence[TranscriptEntry], *, entries: int, text: int) -> list[str]:
    """Lay out a transcript, a line per entry: tick, side, kind, what was said.

    Arguments: `entries`, how many lines to show, as `shown` does; `text`, characters per entry at most.
    """
    if entries <= 0:
        return []
    return [_line(line, text) for line in shown(transcript, entries)]


# The shortest cycle that begins here, and how often it comes in a row; only what saves a line counts as one.
def _cycle_at(words: Sequence[int], place: int) -> tuple[int, int]:
    for length in range(1, LONGEST_CYCLE + 1):
        first = words[place : place + length]
        times = 1
        while words[place + length * times : place + length * (times + 1)] == first:
            times += 1
        if times > 1 and length * times > length + 1:
            return length, times
    return 1, 1


# The stage writes such a count behind a step that repeats, and its ticks differ each time.
def _word(entry: TranscriptEntry) -> tuple[str, EntryKind, str]:
    text = entry.text
    return entry.side, entry.kind, text[:-_TAIL] + _COUNT.sub("", text[-_TAIL:])


def _entries_of(line: Shown) -> int:
    if isinstance(line, Fold):
        return line.steps * line.times
    return line.entries if isinstance(line, Gap) else 1


def _is_telling(line: Shown) -> bool:
    if not isinstance(line, TranscriptEntry):
        return False
    return line.kind is EntryKind.MISMATCH or (line.kind is EntryKind.EVENT and not _DELIVERY.match(line.text))


def _line(line: Shown, limit: int) -> str:
    if not isinstance(line, TranscriptEntry):
        return f"{line.tick:>6}  {line.text}"
    text = hostile.harmless(line.text, limit, one_line=True)
    return f"{line.tick:>6}  {line.side:<7} {line.kind.value:<8} {text}".rstrip()
