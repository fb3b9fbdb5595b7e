"""The transcript of one check: what host and peers did, stamped with the tick. It keeps records, and no sockets.

Entries are the plain records that reports show: tick (how many ticks had begun), side ("host", "peer 1", ...), kind
and text. A call that repeats with the same answer is counted, not repeated, and a long transcript keeps its first and
last entries: a failure is explained by its end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TypedDict

KEPT_FIRST = 40
KEPT_LAST = 160
SHOWN_BYTES = 24


class Entry(TypedDict):
    """One line of a transcript."""

    tick: int
    side: str
    kind: str
    text: str


def spell_bytes(data: bytes | bytearray | memoryview) -> str:
    """Bytes for people: how many, and the first of them, as text where that is plain ASCII."""
    head = bytes(data[:SHOWN_BYTES])
    more = "..." if len(data) > SHOWN_BYTES else ""
    text = head.decode("ascii") if head.isascii() else ""
    shown = f'"{text}{more}"' if text.isprintable() and text else f"{head.hex(' ')}{more}"
    return f"{len(data)} bytes {shown}" if data else "0 bytes"


class Transcript:
    """Collects entries; `entries` gives them, shortened in the middle where there were many."""

    def __init__(self) -> None:
        self.tick = 0
        self._first: list[Entry] = []
        self._last: deque[Entry] = deque(maxlen=KEPT_LAST)
        self._count = 0
        self._previous: tuple[str, str, str] | None = None
        self._repeats = 0

    def add(self, side: str, kind: str, text: str) -> None:
        """Append one entry, or count it when it repeats the one before."""
        key = (side, kind, text)
        if key == self._previous:
            self._repeats += 1
            last = self._last[-1] if self._last else self._first[-1]
            last["text"] = f"{text} (x{self._repeats}, up to tick {self.tick})"
            return
        self._previous, self._repeats = key, 1
        entry = Entry(tick=self.tick, side=side, kind=kind, text=text)
        self._count += 1
        if len(self._first) < KEPT_FIRST:
            self._first.append(entry)
        else:
            self._last.append(entry)

    def note_after_last_call(self, texts: Sequence[str]) -> None:
        """Put notes of the suite behind the last call of the host, and what fired in it; nothing where none is kept."""
        for kept in (self._last, self._first):
            places = [at for at, entry in enumerate(kept) if (entry["side"], entry["kind"]) == ("host", "call")]
            if not places:
                continue
            at = places[-1] + 1
            while at < len(kept) and (kept[at]["side"], kept[at]["kind"]) == ("host", "event"):
                at += 1
            tick = kept[at - 1]["tick"]
            notes = [Entry(tick=tick, side="suite", kind="note", text=text) for text in texts]
            whole = [*kept]
            whole[at:at] = notes
            self._count += len(notes)
            if kept is self._first:
                self._first = whole
            else:
                self._last = deque(whole, maxlen=KEPT_LAST)
            return

    def entries(self) -> list[Entry]:
        """The entries in order; a note stands where some were left out."""
        left_out = self._count - len(self._first) - len(self._last)
        if left_out <= 0:
            return [*self._first, *self._last]
        note = Entry(tick=self._last[0]["tick"], side="suite", kind="note", text=f"({left_out} entries left out)")
        return [*self._first, note, *self._last]
