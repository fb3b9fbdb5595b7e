"""Bytes that are not what they should be, in words: where they first differ, and what stands there on either side.

`describe` is for two things at hand; `Sent` knows from a recording what was sent, so that a wait that ends in vain can
say where what came parts from it. It reads recordings, and does no input or output.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from dasnet_adapters.contract import Command, Value

from .recording import Acted, Called, Recording

#: Bytes shown before a difference, and from it on.
_BEFORE: Final = 4
_AFTER: Final = 12

#: Beyond this much nothing is put together: the words for a failure must not take the memory of the machine.
_MOST_JOINED: Final = 64 << 20

#: Places in what was sent at which what came may begin: an object that took over begins in the middle.
_MOST_BEGINNINGS: Final = 32

_SENDS: Final = frozenset({"send", "server_send", "send_reused"})
_SENDING_REACTIONS: Final = frozenset({"send", "echo"})


def first_difference(got: bytes | bytearray, wanted: bytes | bytearray) -> int:
    """The first place at which two things differ; the length of the shorter one where it is the other's beginning."""
    # Halved until it is found: bytes are compared at a stroke, and there may be millions.
    low, high = 0, min(len(got), len(wanted))
    if got[:high] == wanted[:high]:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if got[low:middle] == wanted[low:middle]:
            low = middle
        else:
            high = middle
    return low


def describe(got: bytes | bytearray, wanted: bytes | bytearray) -> tuple[str, str]:
    """Two things that differ, in words: what was expected, and what came in its place."""
    place = first_difference(got, wanted)
    expected = f"{_count(wanted)} (from byte {max(place - _BEFORE, 0)}: {_around(wanted, place)})"
    # What was cut off looks right in the bytes that are shown: that it ends there is all the difference.
    more = ", and no more" if got and place == len(got) else ""
    return (
        expected if wanted else _count(wanted),
        f"{_count(got)}, the first difference at byte {place} ({_around(got, place)}{more})",
    )


def _count(data: bytes | bytearray) -> str:
    return f"{len(data)} byte{'' if len(data) == 1 else 's'}"


def _around(data: bytes | bytearray, place: int) -> str:
    shown = bytes(data[max(place - _BEFORE, 0) : place + _AFTER])
    if not shown:
        return "nothing"
    text = f', "{shown.decode("ascii")}"' if all(32 <= byte < 127 for byte in shown) else ""
    return f"{shown.hex(' ')}{text}"


class Sent:
    """What was sent in a check, as far as its recording tells.

    Arguments: `parts`, the pieces in order; `whole`, False where some of it is not known: what a callback sent, or what
    came after the recording had stopped.
    """

    def __init__(self, parts: Iterable[bytes], *, whole: bool = True) -> None:
        self._parts = list(parts)
        self._whole = whole and sum(map(len, self._parts)) <= _MOST_JOINED

    @classmethod
    def by_peers(cls, recording: Recording) -> Sent:
        """What the clients sent, in the order in which they did."""
        parts = [row.argument for row in recording.rows if isinstance(row, Acted) and row.action == "send"]
        return cls((part for part in parts if isinstance(part, bytes)), whole=not recording.incomplete)

    @classmethod
    def by_host(cls, recording: Recording) -> Sent:
        """What the host sent and the implementation accepted, in order."""
        commands = [row for row in recording.rows if isinstance(row, Called)]
        reacts = any(row.command.name == "react" and row.command.arguments[2] in _SENDING_REACTIONS for row in commands)
        accepted = [
            row.command
            for row in commands
            if row.command.name in _SENDS and not isinstance(row.answer, str) and row.answer.outcome == Value(True)
        ]
        if sum(map(_size, accepted)) > _MOST_JOINED:
            return cls((), whole=False)
        return cls(map(_buffer, accepted), whole=not recording.incomplete and not reacts)

    def against(self, got: bytes | bytearray) -> str:
        """What came, in words, and where it parts from what was sent."""
        told = _count(got)
        if not self._whole or not self._parts:
            return f"{told}, the last of them {_around(got, len(got))}" if got else told
        sent = b"".join(self._parts)
        begin, place = 0, first_difference(got, sent)
        # The beginning of what was sent counts, unless what came agrees more with what follows some later piece.
        offset = 0
        for part in self._parts[:_MOST_BEGINNINGS]:
            offset += len(part)
            agreeing = first_difference(got, sent[offset : offset + len(got)])
            if agreeing > place:
                begin, place = offset, agreeing
        if begin:
            sent = sent[begin:]
        if place == len(got) == len(sent):
            return f"{told}, which is all that was sent"
        from_there = f" of what was sent from byte {begin} on" if begin else ""
        more = "" if place < len(got) else " and no more" if got else ""
        return (
            f"{told}, the first difference at byte {place}{from_there}: "
            f"sent {_around(sent, place)}; came {_around(got, place)}{more}"
        )


# A send carries its bytes once and how often they are repeated; the first `size` of that are what is sent.
def _buffer(command: Command) -> bytes:
    data, repeat, size = command.arguments[1:4]
    if not isinstance(data, bytes) or not isinstance(repeat, int) or not isinstance(size, int):
        return b""
    return (data * repeat)[: max(size, 0)]


def _size(command: Command) -> int:
    size = command.arguments[3]
    return size if isinstance(size, int) else 0
