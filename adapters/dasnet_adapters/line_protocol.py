"""The line protocol, version 1, as a codec: answers and events to lines, and back. The page: docs/driver-protocol.md.

It is strict: what the page does not allow is a `ProtocolError`. Whether what a driver says makes sense (a size that is
not the length of the bytes, say) is not decided here. Lines go in and out; there is no input or output.

The whole codec is importable from here: `encode_command` (from `line_commands`) and `AnswerReader` are the suite's
side, `decode_command` and the encoders of answers are the driver's. May import the standard library, the contract and
the words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from .contract import (
    CALLBACKS,
    COMMANDS,
    REACTIONS,
    Answer,
    Description,
    Event,
    Outcome,
    Refusal,
    Unsupported,
    Value,
)
from .line_commands import CONNECTION_COMMANDS, LONGEST_COMMAND, decode_command, encode_command
from .line_words import (
    ProtocolError,
    decode_boolean,
    decode_bytes,
    decode_number,
    decode_positive,
    decode_size,
    decode_text,
    encode_bytes,
    encode_text,
    expect_words,
    show,
    split_line,
)

__all__ = [
    "CONNECTION_COMMANDS",
    "LONGEST_COMMAND",
    "VERSION",
    "AnswerReader",
    "ProtocolError",
    "decode_command",
    "decode_event",
    "decode_greeting",
    "decode_outcome",
    "decode_stray",
    "encode_answer",
    "encode_command",
    "encode_event_line",
    "encode_greeting",
    "show",
]

VERSION: Final = 1

_KIND: Final = re.compile(r"[a-z0-9-]+")


_ENCODE: Final[dict[str, Callable[[Any], str]]] = {
    "size": str,
    "number": str,
    "bytes": encode_bytes,
    "text": encode_text,
}
_DECODE: Final[dict[str, Callable[[str], Any]]] = {
    "size": decode_size,
    "number": decode_number,
    "bytes": decode_bytes,
    "text": decode_text,
}

# -- outcomes and events


def encode_outcome(outcome: Outcome) -> str:
    """An outcome as the words after the number."""
    if isinstance(outcome, Value):
        value = outcome.value
        if value is None:
            return "value"
        return f"value {value}" if type(value) is int else f"value {'true' if value else 'false'}"
    if isinstance(outcome, Refusal):
        return f"refused {outcome.kind} {encode_text(outcome.message)}"
    return f"unsupported {encode_text(outcome.reason)}" if outcome.reason else "unsupported"


# "refused" and "unsupported" read the same in answers and in did events; None for anything else.
def _decode_failure(words: list[str]) -> Outcome | None:
    if words[0] == "refused":
        expect_words(words, 3, "refused KIND MESSAGE")
        if not _KIND.fullmatch(words[1]):
            raise ProtocolError(f"'{show(words[1])}' is no kind of refusal", "bad-kind")
        return Refusal(words[1], decode_text(words[2]))
    if words[0] == "unsupported":
        if len(words) > 1:
            expect_words(words, 2, "unsupported REASON")
        return Unsupported(decode_text(words[1]) if len(words) > 1 else "")
    return None


def decode_outcome(words: list[str], result: str) -> Outcome:
    """The outcome behind the words after the number.

    Arguments: `words`, at least one; `result`, what a value must carry ("none", "boolean" or "number").
    Raises `ProtocolError` for anything else.
    """
    failure = _decode_failure(words)
    if failure is not None:
        return failure
    if words[0] != "value":
        raise ProtocolError(f"'{show(words[0])}' is no kind of answer", "unknown-line")
    wanted = 1 if result == "none" else 2
    if len(words) != wanted:
        named = {"none": "nothing", "boolean": "true or false", "number": "a number"}[result]
        raise ProtocolError(f"'{show(' '.join(words))}' where the value is {named}", "wrong-value")
    if result == "none":
        return Value()
    return Value(decode_boolean(words[1]) if result == "boolean" else decode_number(words[1]))


def encode_event(event: Event) -> str:
    """An event as the words after the number."""
    head = f"event {event.object} {event.what}"
    if event.what == "did":
        answers = "".join(f" {'true' if answer else 'false'}" for answer in event.answers)
        return f"{head} {event.action} {encode_outcome(event.outcome or Value())}{answers}"
    carried = (_ENCODE[kind](getattr(event, _field(name))) for name, kind in CALLBACKS[event.what])
    return " ".join([head, *carried])


def decode_event(words: list[str]) -> Event:
    """The event behind the words after the number, "event" among them. Raises `ProtocolError` for anything else."""
    if len(words) < 3:
        raise ProtocolError(f"'{show(' '.join(words))}' has no object or no kind of event", "wrong-words")
    number = decode_positive(words[1])
    what = words[2]
    if what == "did":
        return _decode_did(number, words)
    carried = CALLBACKS.get(what)
    if carried is None:
        raise ProtocolError(f"'{show(what)}' is no kind of event", "unknown-event")
    expect_words(words, 3 + len(carried), " ".join(["event OBJECT", what, *(name.upper() for name, _ in carried)]))
    pairs = zip(carried, words[3:], strict=True)
    return Event(number, what, **{_field(name): _DECODE[kind](word) for (name, kind), word in pairs})


# The field of `Event` in which a callback's word is kept.
def _field(name: str) -> str:
    return "data" if name in ("bytes", "body") else name


def _decode_did(number: int, words: list[str]) -> Event:
    if len(words) < 5:
        raise ProtocolError(f"'{show(' '.join(words))}' has no action or no outcome", "wrong-words")
    action = words[3]
    if action not in REACTIONS or action in ("none", "raise"):
        raise ProtocolError(f"'{show(action)}' is no action that is told of", "unknown-event")
    rest = words[4:]
    outcome = _decode_failure(rest)
    answers: tuple[bool, ...] = ()
    if outcome is None and action == "query":
        expect_words(rest, 4, "did query value A B C")
        answers = tuple(decode_boolean(word) for word in rest[1:])
        rest = rest[:1]
    if outcome is None:
        # What a reaction leads to has the value of the command of that name; `echo` is a `send`.
        form = COMMANDS.get("send" if action == "echo" else action)
        outcome = decode_outcome(rest, form.result if form else "none")
    return Event(number, "did", action=action, outcome=outcome, answers=answers)


# -- answers, the suite's side


class AnswerReader:
    """Reads the lines of one answer.

    Arguments: `sequence`, the number of the command; `result`, the kind of its value ("none", "boolean", "number").
    `strays` collects callbacks that fired before the command and are told of only now.
    """

    def __init__(self, sequence: int, result: str) -> None:
        self.strays: list[Event] = []
        self._events: list[Event] = []
        self._sequence = sequence
        self._word = str(sequence)
        self._result = result

    def feed(self, line: bytes) -> Answer | None:
        """Take the next line, without its line feed; the answer if that was its last line.

        Raises `ProtocolError` for a line that does not belong here.
        """
        words = self.words(line)
        if words is None:
            return None
        return Answer(decode_outcome(words, self._result), tuple(self._events))

    def words(self, line: bytes) -> list[str] | None:
        """Take the next line; the words after the number if it is the last line of the answer and not an event."""
        words = split_line(line)
        if words[0] != self._word:
            self.strays.append(_decode_unnumbered(words, self._sequence))
            return None
        if len(words) < 2:
            raise ProtocolError("a number and nothing after it", "wrong-words")
        if words[1] == "event":
            self._events.append(decode_event(words[1:]))
            return None
        return words[1:]


def decode_stray(line: bytes, last: int) -> Event:
    """The event in a line that comes while no command runs.

    Arguments: `line`, without its line feed; `last`, the number of the last command.
    Raises `ProtocolError` for anything but an event with the number 0.
    """
    return _decode_unnumbered(split_line(line), last + 1)


# A line that has not the number that is due, which is right for a stray event alone.
def _decode_unnumbered(words: list[str], due: int) -> Event:
    line = show(" ".join(words))
    try:
        number = decode_number(words[0])
    except ProtocolError:
        raise ProtocolError(f"'{line}' is no answer: it does not begin with a number", "stray-print") from None
    if len(words) > 1 and words[1] == "event":
        if number == 0:
            return decode_event(words[1:])
        if 0 < number < due:
            raise ProtocolError(f"an event of command {number} after its answer: '{line}'", "event-after-answer")
    elif number == due:
        raise ProtocolError(f"an answer to command {number}, which was not given yet: '{line}'", "unasked-line")
    elif number == due - 1:
        raise ProtocolError(f"a second answer to command {number}: '{line}'", "unasked-line")
    raise ProtocolError(f"'{line}' has number {number}, but {due} is due", "wrong-number")


def decode_greeting(words: list[str]) -> Description:
    """What the driver says of itself in the words after the number of its answer to `hello`.

    Raises `ProtocolError` for another version of the protocol and for anything that is no greeting.
    """
    if words[0] in ("refused", "unsupported"):
        raise ProtocolError(f"the driver turns down hello: '{show(' '.join(words))}'", "no-greeting")
    if words[0] != "value" or len(words) < 2:
        raise ProtocolError(f"'{show(' '.join(words))}' is no greeting", "no-greeting")
    if decode_number(words[1]) != VERSION:
        raise ProtocolError(f"the driver speaks version {words[1]}, this suite {VERSION}", "wrong-version")
    expect_words(words, 6, "value VERSION NAME VERSION LANGUAGE PROFILES")
    profiles = tuple(words[5].split(","))
    for profile in profiles:
        if not _KIND.fullmatch(profile):
            raise ProtocolError(f"'{show(profile)}' is no name of a profile", "wrong-words")
    return Description(decode_text(words[2]), decode_text(words[3]), decode_text(words[4]), profiles)


# -- answers, the driver's side


def encode_event_line(sequence: int, event: Event) -> bytes:
    """One event as a line with its line feed; `sequence` is 0 while no command runs."""
    return f"{sequence} {encode_event(event)}\n".encode("ascii")


def encode_answer(sequence: int, answer: Answer) -> bytes:
    """All lines of an answer, with their line feeds."""
    last = f"{sequence} {encode_outcome(answer.outcome)}\n".encode("ascii")
    if not answer.events:
        return last
    return b"".join([*(encode_event_line(sequence, event) for event in answer.events), last])


def encode_greeting(sequence: int, description: Description) -> bytes:
    """The answer to `hello`, with its line feed."""
    texts = (encode_text(text) for text in (description.name, description.version, description.language))
    return f"{sequence} value {VERSION} {' '.join(texts)} {','.join(description.profiles)}\n".encode("ascii")
