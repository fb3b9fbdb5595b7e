"""The last calls of a process, in memory that outlives it: what was going on when an implementation took it down.

A worker writes each call before it is made, with what the check was being set up with, and whoever started it reads
when it is gone. It holds a stretch of shared memory and touches nothing else.
"""

from __future__ import annotations

import mmap
from typing import Final, NamedTuple

#: Bytes that are kept, of which the last count.
SIZE: Final = 1 << 13
#: Bytes of one call that are kept at most.
LONGEST: Final = 120

_HEAD: Final = 8


class Noted(NamedTuple):
    """One call: ticks begun so far, the requirement that its setup was about (else empty), and the call."""

    tick: int
    needing: str
    call: str


class BlackBox:
    """A ring of the last calls. Made before the process that writes is started, so that both have it."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _HEAD + SIZE)
        self._written = 0

    def clear(self) -> None:
        """Forget all: another check begins."""
        self._written = 0
        self._memory[:_HEAD] = bytes(_HEAD)

    def write(self, tick: int, call: str, needing: str = "") -> None:
        """Note a call that is about to be made.

        Arguments: `tick`, the number of ticks begun so far; `needing`, the requirement that the setup is about.
        """
        line = f"{tick}\t{needing}\t{call[:LONGEST]}\n".encode("utf-8", "replace")
        start = self._written % SIZE
        kept = line[: SIZE - start]
        self._memory[_HEAD + start : _HEAD + start + len(kept)] = kept
        if len(kept) < len(line):
            self._memory[_HEAD : _HEAD + len(line) - len(kept)] = line[len(kept) :]
        self._written += len(line)
        # Last, so that a death in between leaves whole lines.
        self._memory[:_HEAD] = self._written.to_bytes(_HEAD, "little")

    def read(self) -> list[Noted]:
        """The last calls, in their order."""
        written = int.from_bytes(self._memory[:_HEAD], "little")
        held = self._memory[_HEAD:]
        if written <= SIZE:
            text = held[:written]
        else:
            place = written % SIZE
            # The oldest line may be overwritten in part.
            text = (held[place:] + held[:place]).partition(b"\n")[2]
        calls = []
        for line in text.decode("utf-8", "replace").splitlines():
            tick, needing, call = line.split("\t", 2)
            calls.append(Noted(int(tick), needing, call))
        return calls


class NoBlackBox:
    """Keeps nothing: for a process that nobody watches."""

    def clear(self) -> None:
        """Nothing is kept."""

    def write(self, tick: int, call: str, needing: str = "") -> None:
        """Nothing is kept."""
