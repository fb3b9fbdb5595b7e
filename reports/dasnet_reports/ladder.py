"""The ladder diagram of a check as data: from a transcript to lanes, bands and steps with their places.

What lives here: what goes where, as numbers and short texts; a template turns it into SVG. Time runs down, a row per
entry. The suite stands left and calls the host; callbacks go back. Peers stand right; bytes cross between them and the
host. May touch: nothing.

Colour and line style are the style sheet's, by the kind of the step. What carries meaning has a shape or a word beside:
an arrow's direction, the ring where a connection starts, the cross where it ends, the word before a label.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from . import hostile
from . import transcript as entries_of
from .model import EntryKind, TranscriptEntry

MAX_STEPS: Final = 80
"""Steps in a diagram; a longer transcript loses what is in its middle and tells of no more than data."""

MAX_PEERS: Final = 5
"""Lanes for peers; when there are more, the last lane is shared and its labels name the peer."""

OTHERS: Final = "other peers"

# Pixels. The gaps are as wide as the labels that stand in them need.
_LEFT: Final = 88
_TO_HOST: Final = 420
_TO_FIRST_PEER: Final = 370
_TO_NEXT_PEER: Final = 104
_RIGHT: Final = 64
_TOP: Final = 52
_ROW: Final = 27
_BOTTOM: Final = 18
_PAD: Final = 10

# Characters of what went wrong, and lines that it may take: a bar is never cut short.
_MOST_OF_A_BAR: Final = 4_000
_MOST_LINES: Final = 60

# Width of one character of the labels' font, rounded up from what the common monospaced fonts have.
_CHARACTER: Final = 6.7

# A diagram longer than this repeats the names of the lanes at its end.
_REPEAT_NAMES: Final = 20

# kind -> the word that its labels begin with, unless the text says it anyway.
_WORDS: Final = {
    EntryKind.CALL: "",
    EntryKind.ANSWER: "answer",
    EntryKind.EVENT: "callback",
    EntryKind.CONNECT: "connect",
    EntryKind.SEND: "send",
    EntryKind.RECEIVE: "receive",
    EntryKind.CLOSE: "close",
    EntryKind.NOTE: "note",
    EntryKind.MISMATCH: "diverged",
}

# What a host does goes between it and the suite: (kind -> whether towards the host).
_BESIDE_HOST: Final = {EntryKind.CALL: True, EntryKind.ANSWER: False, EntryKind.EVENT: False}
# What a peer does goes between it and the host: (kind -> whether towards the host).
_BESIDE_PEER: Final = {
    EntryKind.CONNECT: True,
    EntryKind.SEND: True,
    EntryKind.CLOSE: True,
    EntryKind.RECEIVE: False,
}


@dataclass(frozen=True, slots=True)
class Lane:
    """A column: its name, and where its line is."""

    name: str
    x: int


@dataclass(frozen=True, slots=True)
class Band:
    """The rows of one tick: which tick, from where to where."""

    tick: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Step:
    """One row: its kind ("call", "mismatch", …, "cut" for what was left out, "fold" for what repeats), its lines as an
    SVG path, its label.

    `whole` is the label before it was shortened to its place, or empty when it was not; `more` are further lines of the
    label, each a row below the one before: what went wrong is told whole.
    """

    kind: str
    y: int
    path: str
    label: str
    label_x: int
    whole: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ladder:
    """A diagram: its size, what is in it, and what it shows in words.

    `left_out` is how many entries of the transcript it does not show.
    """

    width: int
    height: int
    lanes: tuple[Lane, ...]
    name_rows: tuple[int, ...]
    bands: tuple[Band, ...]
    steps: tuple[Step, ...]
    description: str
    left_out: int


def draw(transcript: Sequence[TranscriptEntry], *, divergence: str = "") -> Ladder:
    """Lay out a transcript.

    Arguments: `divergence`, what went wrong; when the transcript has no mismatch of its own, it is marked at its end,
    for that is where the check stopped.
    Returns: the diagram; every text in it is harmless, and short enough for its place.
    """
    entries = list(transcript)
    if divergence and not any(entry.kind is EntryKind.MISMATCH for entry in entries):
        last = entries[-1].tick if entries else 0
        entries.append(TranscriptEntry(last, "suite", EntryKind.MISMATCH, divergence))
    lines = entries_of.shown(entries, MAX_STEPS)
    left_out = sum(line.entries for line in lines if isinstance(line, entries_of.Gap))
    lanes = _lanes([line for line in lines if isinstance(line, TranscriptEntry)])
    width = lanes[-1].x + _RIGHT
    places = {lane.name: lane.x for lane in lanes}
    steps: list[Step] = []
    # A tick for each row: a step may take several.
    ticks: list[int] = []
    for line in lines:
        y = _y_of(len(ticks))
        step = _step(line, y, places, width) if isinstance(line, TranscriptEntry) else _between(line, y, width)
        steps.append(step)
        ticks += [line.tick] * (1 + len(step.more))
    height = _y_of(len(ticks)) + _BOTTOM
    repeated = len(ticks) > _REPEAT_NAMES
    return Ladder(
        width=width,
        height=height + (_TOP - _BOTTOM if repeated else 0),
        lanes=lanes,
        name_rows=(0, height - _ROW // 2) if repeated else (0,),
        bands=_bands(ticks),
        steps=tuple(steps),
        description=_describe(lanes, lines, left_out),
        left_out=left_out,
    )


# What stands for entries that are not there: a line across.
def _between(line: entries_of.Fold | entries_of.Gap, y: int, width: int) -> Step:
    kind = "cut" if isinstance(line, entries_of.Gap) else "fold"
    return Step(kind, y, f"M{_LEFT} {y}H{width - _PAD}", line.text, _LEFT + _PAD)


def _y_of(row: int) -> int:
    return _TOP + _ROW * row + _ROW // 2 + 5


def _lanes(entries: Sequence[TranscriptEntry]) -> tuple[Lane, ...]:
    # By number: peers connect in that order, and "peer 10" belongs after "peer 9".
    peers = sorted({entry.side for entry in entries if entry.side.startswith("peer ")}, key=lambda name: int(name[5:]))
    if len(peers) > MAX_PEERS:
        peers = [*peers[: MAX_PEERS - 1], OTHERS]
    host = _LEFT + _TO_HOST
    first = host + _TO_FIRST_PEER
    return (
        Lane("suite", _LEFT),
        Lane("host", host),
        *(Lane(name, first + _TO_NEXT_PEER * index) for index, name in enumerate(peers)),
    )


def _bands(ticks: Sequence[int]) -> tuple[Band, ...]:
    bands: list[Band] = []
    for row, tick in enumerate(ticks):
        if bands and bands[-1].tick == tick:
            bands[-1] = Band(tick, bands[-1].y, bands[-1].height + _ROW)
        else:
            bands.append(Band(tick, _TOP + _ROW * row, _ROW))
    return tuple(bands)


def _step(entry: TranscriptEntry, y: int, places: dict[str, int], width: int) -> Step:
    words = _words(entry, shared=entry.side not in places)
    if entry.kind is EntryKind.MISMATCH:
        first, *more = _wrap(f"✗ {words}", int((width - 3 * _PAD - _LEFT) / _CHARACTER))
        return Step(entry.kind.value, y, "", first, _LEFT + _PAD, more=tuple(more))
    here = places.get(entry.side, places.get(OTHERS, _LEFT))
    host = places["host"]
    if entry.side == "host" and entry.kind in _BESIDE_HOST:
        towards = _BESIDE_HOST[entry.kind]
        path = _arrow(_LEFT, host, y) if towards else _arrow(host, _LEFT, y)
        return _labelled(entry.kind, y, path, words, _LEFT + _PAD, host - _PAD)
    if entry.side.startswith("peer ") and entry.kind in _BESIDE_PEER:
        start, end = (here, host) if _BESIDE_PEER[entry.kind] else (host, here)
        if entry.kind is EntryKind.CONNECT:
            path = _ring(start, y) + _arrow(start - 4, end, y)
        elif entry.kind is EntryKind.CLOSE:
            path = _cross(end, start, y)
        else:
            path = _arrow(start, end, y)
        return _labelled(entry.kind, y, path, words, host + _PAD, here - _PAD)
    # What is said about a side and crosses nothing: a ring on its own line.
    return _labelled(entry.kind, y, _ring(here, y), words, here + _PAD, width - _PAD)


# Looked at only as far as the widest diagram could show it; but what went wrong is shown on as many lines as it takes.
def _words(entry: TranscriptEntry, *, shared: bool) -> str:
    limit = _MOST_OF_A_BAR if entry.kind is EntryKind.MISMATCH else 400
    text = hostile.harmless(entry.text, limit, one_line=True).strip()
    word = _WORDS[entry.kind]
    if word and not text.startswith(word):
        text = f"{word}: {text}" if entry.kind in (EntryKind.NOTE, EntryKind.MISMATCH) else f"{word} {text}"
    return f"{entry.side}: {text}" if shared else text


def _labelled(kind: EntryKind, y: int, path: str, words: str, x: int, end: int) -> Step:
    label = fit(words, int((end - x) / _CHARACTER))
    return Step(kind.value, y, path, label, x, words if label != words else "")


def fit(text: str, columns: int) -> str:
    """Shorten a line to so many columns of a monospaced font; wide characters take two. What is cut becomes "…"."""
    if text.isascii():  # as nearly always
        return text if len(text) <= columns else text[: max(columns - 1, 0)].rstrip() + "…"
    used = 0
    room_for_mark = 0
    for index, character in enumerate(text):
        if used <= columns - 1:
            room_for_mark = index
        used += _columns(character)
        if used > columns:
            return text[:room_for_mark].rstrip() + "…"
    return text


# Between words where that is possible, else within one.
def _wrap(text: str, columns: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        rest = word
        if lines[-1] and _width(f"{lines[-1]} {rest}") > columns:
            lines.append("")
        while _width(rest) > columns:
            part = fit(rest, columns)[:-1]
            lines[-1:] = [part, ""]
            rest = rest[len(part) :]
        lines[-1] = f"{lines[-1]} {rest}" if lines[-1] else rest
    return lines[:_MOST_LINES]


def _width(text: str) -> int:
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _arrow(start: int, end: int, y: int) -> str:
    # Short of the line it points at, so that the head stays sharp; the head is part of the path and needs no marker.
    back = 7 if end < start else -7
    tip = end + (2 if end < start else -2)
    # Each half of the head is a line of its own, so that dashes begin anew and leave it whole.
    return f"M{start} {y}H{tip}m0 0l{back}-4m{-back} 4l{back} 4"


def _ring(x: int, y: int) -> str:
    return f"M{x - 4} {y}a4 4 0 1 0 8 0a4 4 0 1 0-8 0"


def _cross(end: int, start: int, y: int) -> str:
    return f"M{start} {y}H{end + 10}m-4-5l8 10m0-10l-8 10"


def _describe(lanes: Sequence[Lane], lines: Sequence[entries_of.Shown], left_out: int) -> str:
    shown = [line for line in lines if isinstance(line, TranscriptEntry)]
    if not shown:
        return "Nothing happened."
    first, last = shown[0].tick, lines[-1].tick
    names = ", ".join(lane.name for lane in lanes)
    steps = f"{len(shown)} step{'' if len(shown) == 1 else 's'}"
    ticks = f"in tick {first}" if first == last else f"from tick {first} to tick {last}"
    parts = [f"Columns: {names}. {steps} {ticks}, from top to bottom."]
    if any(isinstance(line, entries_of.Fold) for line in lines):
        parts.append("Steps that repeat are shown once.")
    if left_out:
        parts.append(f"{left_out:,} entries in the middle are left out.")
    for entry in shown:
        if entry.kind is EntryKind.MISMATCH:
            said = hostile.harmless(entry.text, 300, one_line=True)
            parts.append(f"Divergence marked in tick {entry.tick}: {said}")
            break
    parts.append("The same follows as a table.")
    return " ".join(parts)
