"""The transcript of one check: what host and peers did, stamped with the tick. It keeps records, and no sockets.

Entries are the plain records that reports show: tick (how many ticks had begun), side ("host", "peer 1", ...), kind
and text. A call that repeats with the same answer is counted, not repeated, and a long transcript keeps its first and
last entries, for a failure is explained by its end, and each callback between them that tells more than of data.
"""

from __future__ import annotations

import re
from collections import deque
from typing import TypedDict

KEPT_FIRST = 40
KEPT_LAST = 160
SHOWN_BYTES = 24

#: Callbacks other than data that are kept from the middle; none is left out before there are so many.
KEPT_CALLBACKS = 2_000

#: The text of a data callback in a call (see `host_object.spell_event`).
_DELIVERY = re.compile(r"object \d+: data, size ")

_ESCAPES = {0x0D: "\\r", 0x0A: "\\n", 0x09: "\\t", 0x22: '\\"', 0x5C: "\\\\"}

# Each byte as it is shown in text; and those that are text. Tables, as a run spells bytes some forty thousand times.
_SHOWN = [_ESCAPES.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}") for byte in range(256)]
_TEXT = bytes(byte for byte in range(256) if 32 <= byte < 127 or byte in b"\t\r\n")


class Entry(TypedDict):
    """One line of a transcript."""

    tick: int
    side: str
    kind: str
    text: str


def spell_bytes(data: bytes | bytearray | memoryview) -> str:
    """Bytes for people: how many, and the first of them; as text, with escapes, where most of that is printable."""
    head = bytes(data[:SHOWN_BYTES])
    more = "..." if len(data) > SHOWN_BYTES else ""
    others = len(head.translate(None, _TEXT))
    if 4 * others <= len(head):
        shown = f'"{"".join([_SHOWN[byte] for byte in head])}{more}"'
    else:
        shown = f"{head.hex(' ')}{more}"
    count = f"{len(data)} byte{'' if len(data) == 1 else 's'}"
    return f"{count} {shown}" if data else count


class Transcript:
    """Collects entries; `entries` gives them, shortened in the middle where there were many.

    What is left out are calls, deliveries and what peers did: every callback other than data stays.
    """

    def __init__(self) -> None:
        self.tick = 0
        self._first: list[Entry] = []
        #: Callbacks from the middle, each with how many entries were left out before it.
        self._kept: list[tuple[int, Entry]] = []
        #: The last of them as it first came, and how often it came in a row, calls and deliveries between not counted.
        self._repeated = "", 0
        self._last: deque[Entry] = deque()
        self._left_out = 0
        self._previous: tuple[str, str, str] | None = None
        self._repeats = 0
        self._repeated_until = 0

    def add(self, side: str, kind: str, text: str) -> None:
        """Append one entry, or count it when it repeats the one before."""
        key = (side, kind, text)
        if key == self._previous:
            self._repeats += 1
            self._repeated_until = self.tick
            return
        self._count()
        self._previous, self._repeats = key, 1
        entry: Entry = {"tick": self.tick, "side": side, "kind": kind, "text": text}
        if len(self._first) < KEPT_FIRST:
            self._first.append(entry)
            return
        self._last.append(entry)
        if len(self._last) > KEPT_LAST:
            self._pass_over(self._last.popleft())

    # Writes down how often the last entry has come; not each time that it comes, which is most of what a wait adds.
    def _count(self) -> None:
        if self._repeats > 1 and self._previous is not None:
            last = self._last[-1] if self._last else self._first[-1]
            last["text"] = f"{self._previous[2]} (x{self._repeats}, up to tick {self._repeated_until})"

    def _pass_over(self, entry: Entry) -> None:
        # A server that tells of something without end must not fill the memory of the machine.
        text, times = self._repeated
        if self._kept and entry["kind"] == "event" and entry["text"] == text:
            self._repeated = text, times + 1
            self._kept[-1][1]["text"] = f"{text} (x{times + 1}, up to tick {entry['tick']})"
            return
        is_telling = entry["kind"] == "event" and not _DELIVERY.match(entry["text"])
        if is_telling and len(self._kept) < KEPT_CALLBACKS:
            self._kept.append((self._left_out, entry))
            self._repeated = entry["text"], 1
        else:
            self._left_out += 1

    def entries(self) -> list[Entry]:
        """The entries in order; a note stands where some were left out."""
        self._count()
        told = list(self._first)
        before = 0
        for left_out, entry in self._kept:
            told += _note(left_out - before, entry)
            told.append(entry)
            before = left_out
        return [*told, *_note(self._left_out - before, self._last[0] if self._last else None), *self._last]


def _note(left_out: int, following: Entry | None) -> list[Entry]:
    if not left_out or following is None:
        return []
    text = f"({left_out} {'entry' if left_out == 1 else 'entries'} left out)"
    return [Entry(tick=following["tick"], side="suite", kind="note", text=text)]
