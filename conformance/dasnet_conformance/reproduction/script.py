"""The script of a reproduction: a recorded conversation as lines that a person reads and `reproduce.py` plays.

A line is TICK SIDE MARK REST. Mark `>` is something to do, `<` is what came of it when it was recorded, `#` is said
to people. Sides: `host` (lines of the line protocol), `peer N`, `wait`, `pause`; `result` lines tell at the end what
came to whom. `reproduce.py` describes them for its readers. It does no input or output.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

from dasnet_adapters.contract import Answer, Command, Value
from dasnet_adapters.line_commands import encode_command
from dasnet_adapters.line_protocol import encode_answer
from dasnet_conformance.stage.contents import BEGINNINGS
from dasnet_conformance.stage.conversation import Step, Stretch, Totals, channels, steps_of
from dasnet_conformance.stage.expect import Mismatch
from dasnet_conformance.stage.recording import Acted, Called, Ended, Paused, Received, Recording, Row, Strayed
from dasnet_conformance.stage.transcript import spell_bytes
from dasnet_reports import harmless

#: Characters of a script; what makes a longer one is too large to be read or sent by mail.
LONGEST_SCRIPT: Final = 8 << 20

#: Characters of a line that only tells what came.
LONGEST_TOLD: Final = 200

#: A payload that is a piece repeated is written as that piece if it is no longer than this.
LONGEST_PIECE: Final = 256

#: Payloads from this size on are written as what they were drawn from, if that is known.
LONG_PAYLOAD: Final = 4096


def script_of(recording: Recording) -> str:
    """The script of a recording: its steps and results, a line each; empty when it is too large to be played.

    Why it is too large stands in `recording.incomplete` then.
    """
    if recording.incomplete:
        return ""
    lines: list[str] = []
    size = 0
    try:
        for line in _Writer(recording).lines():
            size += len(line) + 1
            if size > LONGEST_SCRIPT:
                recording.incomplete = f"its script would be longer than {LONGEST_SCRIPT >> 20} MiB"
                return ""
            lines.append(line)
    except ValueError as error:
        recording.incomplete = f"it has a command that the line protocol cannot carry ({error})"
        return ""
    return "\n".join(lines)


class _Writer:
    # Numbers the commands on the way, as the driver saw them: the greeting was number 1.

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._sequence = 1
        self._payloads = _Payloads(recording)

    def lines(self) -> Iterator[str]:
        steps = steps_of(self._recording)
        yield _line(0, "host", ">", "1 hello 1")
        for place, step in enumerate(steps):
            yield from self._step(step, steps[place + 1 : place + 2])
        for name, words in channels(self._recording).items():
            yield _line(_last_tick(self._recording), "result", "=", " | ".join([name, *words]))

    def _step(self, step: Step, following: list[Step]) -> Iterator[str]:
        if isinstance(step, Called):
            yield from self._called(step)
        elif isinstance(step, Acted):
            yield _line(step.tick, step.side, ">", self._payloads.spell_act(step))
        elif isinstance(step, Paused):
            yield _line(step.tick, "pause", ">", f"{step.seconds:g} s")
        elif isinstance(step, Stretch):
            yield from self._stretch(step)
        elif following and isinstance(following[0], Stretch):
            yield _line(step.tick, "wait", "#", f"the check waits for {_told(step.what)}")

    def _called(self, row: Called) -> Iterator[str]:
        self._sequence += 1
        yield _line(row.tick, "host", ">", self._payloads.spell_command(self._sequence, row.command))
        if isinstance(row.answer, str):
            yield _line(row.tick, "host", "<", row.answer)
            return
        for line in encode_answer(self._sequence, row.answer).decode("ascii").splitlines():
            yield _line(row.tick, "host", "<", _told(line))

    def _stretch(self, step: Stretch) -> Iterator[str]:
        first, last = step.rows[0].tick, step.rows[-1].tick
        count = f"{step.rounds} round{'' if step.rounds == 1 else 's'}"
        yield _line(first, "wait", ">", f"{count} until {_spell_totals(step.until)}" if step.until else count)
        quiet = 0
        shown: set[Command] = set()
        for row in step.rows:
            # Each tick is shown once, being what is repeated; later ones in which nothing came are counted.
            if isinstance(row, Called) and row.answer == Answer(Value()) and row.command in shown:
                self._sequence += 1
                quiet += 1
                continue
            if isinstance(row, Called):
                shown.add(row.command)
            yield from self._seen(row)
        if quiet:
            yield _line(last, "wait", "#", f"{quiet} more ticks, in which nothing came")
        yield _line(last, "wait", "<", "it came" if step.until else "nothing came")

    def _seen(self, row: Row) -> Iterator[str]:
        if isinstance(row, Called):
            yield from self._called(row)
        elif isinstance(row, Received):
            data = self._recording.received[row.side][row.total - row.size : row.total]
            yield _line(row.tick, row.side, "<", spell_bytes(data))
        elif isinstance(row, Ended):
            yield _line(row.tick, row.side, "<", _told(f"sees {row.how}" if " " not in row.how[:8] else row.how))
        elif isinstance(row, Strayed):
            line = encode_answer(0, Answer(Value(), (row.event,))).decode("ascii").splitlines()[0]
            yield _line(row.tick, "host", "<", _told(line))


def _line(tick: int, side: str, mark: str, rest: str) -> str:
    return f"{tick:>6}  {side:<8} {mark} {rest}"


def _told(text: str) -> str:
    return harmless(text, LONGEST_TOLD, one_line=True)


def _last_tick(recording: Recording) -> int:
    return recording.rows[-1].tick if recording.rows else 0


# What a peer does that has a number to it: a port, or a byte.
_NUMBERED: Final = frozenset({"connect", "connect-later", "urgent", "accept", "listen", "open", "refuse", "silent"})


class _Payloads:
    # How bytes are written: in hex, a repeated piece once, large random ones as the place they were drawn from.

    def __init__(self, recording: Recording) -> None:
        self._seed = recording.seed
        self._size = recording.payload
        self._drawn: bytes | None = None

    def spell_command(self, sequence: int, command: Command) -> str:
        """The line of a command."""
        for place, argument in enumerate(command.arguments):
            word = self._as_drawn(argument) if isinstance(argument, bytes) else ""
            if word:
                short = (*command.arguments[:place], b"", *command.arguments[place + 1 :])
                words = encode_command(sequence, Command(command.name, short)).decode("ascii").split()
                words[2 + place] = word
                return " ".join(words)
        return encode_command(sequence, command).decode("ascii").rstrip("\n")

    def spell_act(self, step: Acted) -> str:
        """What a peer does."""
        if not isinstance(step.argument, bytes):
            numbered = step.action.partition(" ")[0] in _NUMBERED
            return f"{step.action} {step.argument}" if numbered else step.action
        period = _period(step.argument)
        word = self._as_drawn(step.argument) or step.argument[:period].hex() or "-"
        return f"send {word} {len(step.argument) // period if period else 1}"

    # The word for bytes that come from the check's random numbers; nothing for others.
    def _as_drawn(self, data: bytes) -> str:
        if len(data) < LONG_PAYLOAD or not self._seed:
            return ""
        if self._drawn is None:
            self._drawn = random.Random(self._seed).randbytes((BEGINNINGS + self._size + 3) & ~3)
        place = self._drawn.find(data)
        return f"random({self._seed},{place},{len(data)})" if place >= 0 else ""


# The length of the shortest piece that makes the whole when repeated, or that of the whole.
def _period(data: bytes) -> int:
    if len(data) > LONGEST_PIECE:
        piece = (data[: 2 * LONGEST_PIECE]).find(data[:LONGEST_PIECE], 1)
        if piece > 0 and len(data) % piece == 0 and data[:piece] * (len(data) // piece) == data:
            return piece
    return len(data)


def _spell_totals(totals: Totals) -> str:
    sides: dict[str, list[str]] = {}
    for (side, what), total in totals.items():
        sides.setdefault(side, []).append(f"{what}={total}")
    return ", ".join(f"{side} {' '.join(words)}" for side, words in sides.items())


def failure_record(recording: Recording, raised: BaseException | None) -> dict[str, str]:
    """What the record of a failing case carries for its reproduction.

    Returns: `script`, and where it is empty `no_script`, why; `expected` and `came`, where the check told them apart.
    """
    record = {"script": script_of(recording), "no_script": recording.incomplete}
    if isinstance(raised, Mismatch):
        record |= {"expected": f"{raised.what}: {raised.expected}", "came": raised.got}
    return record
