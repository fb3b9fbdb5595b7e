"""From a recording to a conversation: the steps that were taken, and what came of them apart from chance.

How often the suite ticked before something came, and in how many pieces bytes arrived, is the system's doing. So
ticks in a row become a `Stretch` that lasts until something came, and `channels` tells what came to each object and
each peer with bytes joined. Two conversations with equal steps and channels are the same to a check. It does no input
or output.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from dasnet_adapters.contract import Command, Event, Value

from . import expect
from .recording import Acted, Called, Ended, Paused, Received, Recording, Row, Strayed, Waited

TICKS: Final = frozenset({"tick", "server_tick", "client_tick"})

#: Events that a wait can wait for. Log lines and reactions come along with others.
AWAITED: Final = ("connect", "disconnect", "data", "error")

#: What a stretch waits for, by who it comes to: ("object 1", "connect") -> how often, or how many bytes, in all so far.
Totals = dict[tuple[str, str], int]


@dataclass
class Stretch:
    """Ticks in a row, and what peers saw meanwhile.

    `until` holds the totals that grew in it, empty when nothing came; a stretch that waits ends with what it waited
    for.
    """

    rows: list[Row] = field(default_factory=list)
    until: Totals = field(default_factory=dict)

    @property
    def ticks(self) -> list[Called]:
        """The ticks of it; none when peers alone were waited for."""
        return [row for row in self.rows if isinstance(row, Called)]

    @property
    def cycle(self) -> list[Command]:
        """The different ticks of it, in order: what is repeated."""
        return list(dict.fromkeys(row.command for row in self.ticks))

    @property
    def rounds(self) -> int:
        """How often the cycle was gone through."""
        return -(-len(self.ticks) // max(len(self.cycle), 1))


Step = Called | Acted | Paused | Waited | Stretch


def steps_of(recording: Recording) -> list[Step]:
    """The steps of a conversation, in order."""
    steps: list[Step] = []
    totals: Totals = {}
    open_stretch: Stretch | None = None
    for row in recording.rows:
        if isinstance(row, Acted | Paused | Waited) or (isinstance(row, Called) and not _repeats(row)):
            open_stretch = None
            _grow(totals, row)
            steps.append(row)
            continue
        # A tick after something came starts the next stretch; what peers saw belongs to the tick before it.
        if open_stretch is None or (open_stretch.until and isinstance(row, Called)):
            open_stretch = Stretch()
            steps.append(open_stretch)
        open_stretch.rows.append(row)
        for key in _grow(totals, row):
            open_stretch.until[key] = totals[key]
    return steps


# What may be done again if need be: a tick that came back.
def _repeats(row: Called) -> bool:
    return row.command.name in TICKS and not isinstance(row.answer, str)


# Adds what came in a row; returns what grew.
def _grow(totals: Totals, row: Row) -> list[tuple[str, str]]:
    grown: list[tuple[str, str]] = []
    for key, amount in _amounts(row):
        if amount:
            totals[key] = totals.get(key, 0) + amount
            grown.append(key)
    return grown


def _amounts(row: Row) -> Iterator[tuple[tuple[str, str], int]]:
    if isinstance(row, Called) and not isinstance(row.answer, str):
        for event in row.answer.events:
            yield from _of_event(event)
        if row.command.name in TICKS and row.answer.outcome != Value(None):
            yield (_object(row.command), "refused"), 1
    elif isinstance(row, Strayed):
        yield from _of_event(row.event)
    elif isinstance(row, Received):
        yield (row.side, "received"), row.size
    elif isinstance(row, Ended):
        yield (row.side, "ended"), 1


def _of_event(event: Event) -> Iterator[tuple[tuple[str, str], int]]:
    if event.what in AWAITED:
        yield (f"object {event.object}", event.what), len(event.data) if event.what == "data" else 1


def _object(command: Command) -> str:
    return f"object {command.arguments[0]!r}"


# -- what came, apart from chance


def outcome_word(called: Called) -> str:
    """What a command led to, as far as it can be compared: "value true", "refused", "unsupported", "no answer"."""
    if isinstance(called.answer, str):
        return "no answer"
    outcome = called.answer.outcome
    if isinstance(outcome, Value):
        return "value" if outcome.value is None else f"value {str(outcome.value).lower()}"
    return expect.name_of(outcome)


class Channel:
    """What came to one object or peer: words in order, bytes that came one after another joined."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._run = ""
        self._joined = bytearray()

    def say(self, word: str, *, once: bool = False) -> None:
        """Something came that is no bytes. With `once` it is told once, however often it comes in a row."""
        self._end_run()
        if not once or self._words[-1:] != [word]:
            self._words.append(word)

    def bring(self, word: str, data: bytes | bytearray) -> None:
        """Bytes came; `word` tells what they came as."""
        if self._run != word:
            self._end_run()
            self._run = word
        self._joined += data

    def _end_run(self) -> None:
        if self._run:
            self._words.append(f"{self._run} {fingerprint(self._joined)}")
            self._run = ""
            self._joined = bytearray()

    def words(self) -> list[str]:
        """All of it, to the end."""
        self._end_run()
        return list(self._words)


def fingerprint(data: bytes | bytearray) -> str:
    """Bytes as their number and the first digits of their SHA-256."""
    return f"{len(data)} {hashlib.sha256(data).hexdigest()[:12]}"


def channels(recording: Recording) -> dict[str, list[str]]:
    """What came to each object ("object 1"), its reactions and its log ("object 1 did") and each peer ("peer 1")."""
    found = hear(recording.rows)
    for side, received in recording.received.items():
        channel = Channel()
        if received:
            channel.bring("received", received)
        for word in found[side].words() if side in found else ():
            channel.say(word)
        found[side] = channel
    told = {name: channel.words() for name, channel in sorted(found.items())}
    return {name: words for name, words in told.items() if words}


def hear(rows: Iterable[Row]) -> dict[str, Channel]:
    """The channels of some rows; of peers, only how they ended."""
    found: dict[str, Channel] = {}

    def channel(name: str) -> Channel:
        return found.setdefault(name, Channel())

    for row in rows:
        if isinstance(row, Called) and not isinstance(row.answer, str):
            during = "" if row.command.name == "tick" else f"@{row.command.name}"
            for event in row.answer.events:
                _hear_event(channel(_channel_name(event)), event, during)
            if row.command.name in TICKS and row.answer.outcome != Value(None):
                channel(_object(row.command)).say(f"tick {outcome_word(row)}", once=True)
        elif isinstance(row, Strayed):
            _hear_event(channel(_channel_name(row.event)), row.event, "@none")
        elif isinstance(row, Ended):
            channel(row.side).say("refused" if row.how.startswith("refused") else row.how)
    return found


# Reactions and log lines come once per piece of data in some implementations, so they must not part its bytes.
def _channel_name(event: Event) -> str:
    return f"object {event.object} {event.what}" if event.what in ("did", "log") else f"object {event.object}"


def _hear_event(channel: Channel, event: Event, during: str) -> None:
    if event.what == "data":
        if event.size != len(event.data):
            channel.say(f"data{during} with a wrong size")
        if event.data:
            channel.bring(f"data{during}", event.data)
        else:
            channel.say(f"data{during} without bytes")
    elif event.what == "error":
        channel.say(f"error{during} {event.code} {'with' if event.message.strip() else 'without'} a message", once=True)
    elif event.what == "did":
        told = [str(answer).lower() for answer in event.answers]
        if event.outcome is not None and not told:
            told = [expect.name_of(event.outcome)]
        channel.say(" ".join([event.action, *told]), once=True)
    elif event.what == "log":
        channel.say(f"log{during}", once=True)
    else:
        channel.say(f"{event.what}{during}")
