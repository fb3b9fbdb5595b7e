"""What came: to each object and each client in its order, and how much of it."""

from __future__ import annotations

import sys
from typing import Any

from .words import fingerprint, spoken

WIDTH = 150


def say(text: str) -> None:
    """Print a line that may hold anything."""
    shown = text if len(text) <= WIDTH else text[: WIDTH - 3] + "..."
    sys.stdout.write("".join(c if c.isprintable() else "?" for c in shown) + "\n")
    sys.stdout.flush()


class Channel:
    """What came to one object or client: words in order, bytes that came one after another joined."""

    def __init__(self) -> None:
        self.items: list[Any] = []

    def say(self, word: str, once: bool = False) -> None:
        """Something came that is no bytes; with `once`, told once however often it comes in a row."""
        if not once or self.items[-1:] != [word]:
            self.items.append(word)

    def bring(self, word: str, data: bytes) -> None:
        """Bytes came."""
        if not self.items or not isinstance(self.items[-1], tuple) or self.items[-1][0] != word:
            self.items.append((word, bytearray()))
        self.items[-1][1].extend(data)

    def words(self) -> list[str]:
        """All of it."""
        return [item if isinstance(item, str) else f"{item[0]} {fingerprint(item[1])}" for item in self.items]

    def cut(self, recorded: list[str]) -> None:
        """Forget bytes at the end that came after the recording had ended."""
        place = len(recorded) - 1
        if 0 <= place < len(self.items) and isinstance(self.items[place], tuple):
            word, data = self.items[place]
            size = recorded[place].split()[-2:-1]
            if recorded[place].startswith(word + " ") and size and size[0].isdigit():
                del data[int(size[0]) :]


class Heard:
    """Everything that came, by whom it came to: compared in the end, counted for the waits, and printed as it comes."""

    def __init__(self) -> None:
        self.tick = 0
        self.channels: dict[str, Channel] = {}
        self.totals: dict[tuple[str, str], int] = {}
        self._quiet = 0

    def channel(self, name: str) -> Channel:
        """The channel of an object or a client."""
        return self.channels.setdefault(name, Channel())

    def grow(self, side: str, what: str, amount: int) -> None:
        """Count what came."""
        self.totals[side, what] = self.totals.get((side, what), 0) + amount

    def show(self, side: str, mark: str, text: str) -> None:
        """Print a line; ticks in which nothing came are only counted before it."""
        self.show_quiet()
        say(f"{self.tick:>6}  {side:<8} {mark} {text}")

    def show_quiet(self) -> None:
        """Print how many ticks went by of which nothing was printed."""
        if self._quiet:
            say(f"{self.tick:>6}  {'wait':<8} # {self._quiet} more ticks, in which nothing came")
            self._quiet = 0

    def pass_quietly(self) -> None:
        """A tick in which nothing came: it is only counted."""
        self._quiet += 1

    def hear(self, line: list[str], during: str) -> None:
        """Take one event of the driver."""
        if line[-1] == "stray":
            line, during = line[:-1], "none"
        at = "" if during == "tick" else f"@{during}"
        what, side, rest = line[2], f"object {line[1]}", line[3:]
        channel = self.channel(side)
        if what == "data":
            data = b"" if rest[1] == "-" else bytes.fromhex(rest[1])
            if int(rest[0]) != len(data):
                channel.say(f"data{at} with a wrong size")
            if data:
                channel.bring(f"data{at}", data)
            else:
                channel.say(f"data{at} without bytes")
            self.grow(side, what, len(data))
        elif what == "error":
            channel.say(f"error{at} {rest[0]} {'with' if spoken(rest[1]) else 'without'} a message", once=True)
            self.grow(side, what, 1)
        elif what == "did":
            told = rest[2:] if rest[1] == "value" else rest[1:2]
            self.channel(f"{side} did").say(" ".join([rest[0], *(told or ["none"])]), once=True)
        elif what == "log":
            self.channel(f"{side} log").say(f"log{at}", once=True)
        else:
            channel.say(f"{what}{at}")
            self.grow(side, what, 1)
