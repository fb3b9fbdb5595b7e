"""Where two implementations part: both play the same check, and the first thing that differs is named.

Compared is what `conversation` makes of the two recordings. Port numbers are counted in the order in which they appear.
How many ticks came to nothing, and in how many pieces bytes arrived, is no difference; bytes may also come a few steps
earlier in one than in the other, as long as the order holds. Where both pass all the same, the difference is latitude
that the documentation leaves. It reaches implementations through `direct`, and prints nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from dasnet_adapters.contract import Adapter, Command
from dasnet_conformance.running import direct
from dasnet_conformance.stage.conversation import TICKS, Stretch, outcome_word, steps_of
from dasnet_conformance.stage.conversation import hear as hear_rows
from dasnet_conformance.stage.ports import LOWEST, Ports
from dasnet_conformance.stage.recording import Acted, Called, Received, Recording, Row
from dasnet_conformance.stage.transcript import spell_bytes

#: Common steps that are shown before a difference, and steps of each side after it.
SHOWN_BEFORE: Final = 6
SHOWN_AFTER: Final = 3

Kind = Literal["same", "latitude", "differs", "inconclusive"]

_PORT_NUMBERS: Final = 1 << 16
# The commands with a port, and which of their arguments it is.
_PORT_COMMANDS: Final = {"init": 1, "server_init": 1, "connect": 2, "client_connect": 2}


@dataclass(frozen=True)
class Item:
    """One thing in the order in which it counts.

    `key` is what is compared and `told` is for people; `data` holds bytes that came, which are compared on their own,
    as they may come in pieces. `stream` is where it belongs: "" for a step of the suite, else an object or a peer.
    """

    tick: int
    stream: str
    key: str
    told: str
    data: bytes = b""


@dataclass(frozen=True)
class Shown:
    """One line of a side: its tick, what is told, and whether it is (part of) the difference."""

    tick: int
    text: str
    differs: bool = False


@dataclass(frozen=True)
class Difference:
    """How two implementations fared in one case.

    `verdicts` and `messages` are those of the two; `ticks` are the ticks of the first difference on each side, None
    where a side came to its end before it; `sides` show the steps around it.
    """

    requirement: str
    case: str
    kind: Kind
    verdicts: tuple[str, str]
    messages: tuple[str, str]
    diverged: bool = False
    ticks: tuple[int | None, int | None] = (None, None)
    sides: tuple[tuple[Shown, ...], tuple[Shown, ...]] = field(default=((), ()))


def compare(case: direct.Case, adapters: tuple[Adapter, Adapter], ports: Ports, *, seconds: float) -> Difference:
    """Run one case on both implementations and compare."""
    recordings: list[Recording] = []
    first, second = (
        direct.run_case(case, adapter, ports, seed=0, seconds=seconds, recordings=recordings) for adapter in adapters
    )
    verdicts = first.verdict, second.verdict
    messages = first.message, second.message
    found = diverge(items_of(recordings[0]), items_of(recordings[1]))
    if "inconclusive" in verdicts:
        kind: Kind = "inconclusive"
    elif verdicts[0] != verdicts[1] or (found is not None and verdicts[0] == "fail"):
        kind = "differs"
    else:
        kind = "same" if found is None else "latitude"
    if found is None:
        return Difference(case.requirement, case.name, kind, verdicts, messages)
    return Difference(case.requirement, case.name, kind, verdicts, messages, True, found.ticks, found.sides)


# -- what is compared


def items_of(recording: Recording) -> list[Item]:
    """A recording as the items that are compared."""
    ports = _Ports()
    items: list[Item] = []
    for step in steps_of(recording):
        if isinstance(step, Stretch):
            for row in step.rows:
                items += _came(row, recording)
        elif isinstance(step, Called):
            told = ports.spell(step.command)
            word = "value NUMBER" if step.command.name == "descriptors" else outcome_word(step)
            items += _came(step, recording)
            items.append(Item(step.tick, "", f"{told} {word}", f"{told} -> {word}"))
        elif isinstance(step, Acted):
            items.append(_acted(step, ports))
    return [replace(item, data=ports.mask(item.data)) if item.data else item for item in items]


def _acted(step: Acted, ports: _Ports) -> Item:
    if isinstance(step.argument, bytes):
        data = ports.mask(step.argument)
        text = f"{step.side}: {step.action} {spell_bytes(data)}"
        return Item(step.tick, "", f"{text} {hash(data)}", text)
    text = f"{step.side}: {step.action} {ports.number(step.argument) if step.argument else ''}".rstrip()
    return Item(step.tick, "", text, text)


class _Ports:
    # Port numbers in the order in which they appear: two runs never have the same ones.
    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def number(self, port: int) -> str:
        if 0 < port < _PORT_NUMBERS:
            return self._known.setdefault(port, f"port-{len(self._known) + 1}")
        # A number that is no port, made from one: the port is what would be left of it in 16 bits.
        turns, rest = divmod(port, _PORT_NUMBERS)
        return f"{self.number(rest)}{turns * _PORT_NUMBERS:+d}" if rest >= LOWEST else str(port)

    def mask(self, data: bytes) -> bytes:
        # Some checks let a client say which port it was sent to.
        for port, name in self._known.items():
            data = data.replace(b"%d" % port, b"%-5s" % name.encode("ascii")[-5:])
        return data

    def spell(self, command: Command) -> str:
        words = [spell_bytes(word) if isinstance(word, bytes) else str(word) for word in command.arguments]
        place = _PORT_COMMANDS.get(command.name, 0)
        port = command.arguments[place] if place else 0
        if isinstance(port, int) and port:
            words[place] = self.number(port)
        return " ".join([command.name, *words]).rstrip()


def _came(row: Row, recording: Recording) -> Iterator[Item]:
    if isinstance(row, Received):
        data = bytes(recording.received[row.side][row.total - row.size : row.total])
        yield Item(row.tick, row.side, "received", f"{row.side}: receives", data)
        return
    if isinstance(row, Called) and not isinstance(row.answer, str):
        for event in row.answer.events:
            if event.what == "data" and event.data and event.size == len(event.data):
                name = f"object {event.object}"
                during = "" if row.command.name in TICKS else f" in {row.command.name}"
                yield Item(row.tick, name, f"data{during}", f"{name}: data{during}", event.data)
                continue
            alone = row._replace(answer=type(row.answer)(row.answer.outcome, (event,)))
            yield from _words([alone], row.tick)
        row = row._replace(answer=type(row.answer)(row.answer.outcome, ()))
    yield from _words([row], row.tick)


def _words(rows: list[Row], tick: int) -> Iterator[Item]:
    for name, channel in hear_rows(rows).items():
        if name.endswith(" log"):
            continue  # what is logged, and how often, is nobody's business
        for word in channel.words():
            yield Item(tick, name, word, f"{name}: {re.sub('@none', ' outside any call', word).replace('@', ' in ')}")


# -- where they part


@dataclass(frozen=True)
class _Found:
    ticks: tuple[int | None, int | None]
    sides: tuple[tuple[Shown, ...], tuple[Shown, ...]]


class _Side:
    # The items of one side, joined where bytes follow bytes in their stream, with a place up to which they agreed.
    def __init__(self, items: list[Item]) -> None:
        self.items = items
        self.steps = [index for index, item in enumerate(items) if not item.stream]
        self.streams: dict[str, list[tuple[Item, int]]] = {}
        for index, item in enumerate(items):
            if item.stream:
                _append(self.streams.setdefault(item.stream, []), item, index)


# Joins bytes that follow bytes, and repeats of what is no client callback, in one stream.
def _append(stream: list[tuple[Item, int]], item: Item, index: int) -> None:
    if stream:
        last, place = stream[-1]
        if item.data and last.data and last.key == item.key:
            stream[-1] = Item(last.tick, last.stream, last.key, last.told, last.data + item.data), place
            return
        if not item.data and last.key == item.key and item.key.partition(" ")[0].partition("@")[0] == "error":
            return
    stream.append((item, index))


def diverge(first: list[Item], second: list[Item]) -> _Found | None:
    """The first difference of two conversations, or None.

    Steps of the suite are compared in their order, and so is what came to each object and peer; between the two the
    order may vary by as much as the system delivers early or late.
    """
    sides = _Side(first), _Side(second)
    places: list[tuple[int, int]] = [_first_unlike_step(*sides)]
    for name in {**sides[0].streams, **sides[1].streams}:
        places.append(_first_unlike(sides[0].streams.get(name, []), sides[1].streams.get(name, []), sides))
    ends = len(first), len(second)
    unlike = [place for place in places if place != ends]
    if not unlike:
        return None
    # The earliest in either: what differs later may only follow from it.
    place = min(unlike, key=lambda place: min(place[0] / max(ends[0], 1), place[1] / max(ends[1], 1)))
    ticks = tuple(side.items[at].tick if at < len(side.items) else None for side, at in zip(sides, place, strict=True))
    shown = tuple(_around(side.items, at) for side, at in zip(sides, place, strict=True))
    return _Found((ticks[0], ticks[1]), (shown[0], shown[1]))


def _first_unlike_step(first: _Side, second: _Side) -> tuple[int, int]:
    for one, other in zip(first.steps, second.steps, strict=False):
        if first.items[one].key != second.items[other].key:
            return one, other
    shorter = min(len(first.steps), len(second.steps))
    return (
        first.steps[shorter] if shorter < len(first.steps) else len(first.items),
        second.steps[shorter] if shorter < len(second.steps) else len(second.items),
    )


def _first_unlike(
    first: list[tuple[Item, int]], second: list[tuple[Item, int]], sides: tuple[_Side, _Side]
) -> tuple[int, int]:
    for (one, at), (other, there) in zip(first, second, strict=False):
        if one.key != other.key or one.data != other.data:
            return at, there
    shorter = min(len(first), len(second))
    return (
        first[shorter][1] if shorter < len(first) else len(sides[0].items),
        second[shorter][1] if shorter < len(second) else len(sides[1].items),
    )


def _around(items: list[Item], place: int) -> tuple[Shown, ...]:
    start = max(place - SHOWN_BEFORE, 0)
    lines: list[Shown] = []
    for index in range(start, min(place + 1 + SHOWN_AFTER, len(items))):
        item = items[index]
        told = f"{item.told} {spell_bytes(item.data)}" if item.data else item.told
        lines.append(Shown(item.tick, told, differs=index == place))
    if place >= len(items):
        lines.append(Shown(items[-1].tick if items else 0, "(nothing more)", differs=True))
    return tuple(lines)
