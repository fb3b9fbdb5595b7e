"""A conversation with a driver, whatever its lines travel over.

`Conversation` numbers the commands, reads the answers and turns everything that goes wrong into one `AdapterBroken`
with a hint and what was said last. May import the standard library, the contract, the codec and the channels.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final, TypeVar

from .channel import ClosedError, DeadlineError, LongLineError, UnreadError
from .contract import (
    COMMANDS,
    AdapterBroken,
    Answer,
    Command,
    Description,
    Event,
)
from .driver_peer import Peer
from .hints import HINTS
from .line_protocol import (
    VERSION,
    AnswerReader,
    ProtocolError,
    decode_greeting,
    decode_stray,
    encode_command,
    show,
)
from .patience import Patience

_KEPT_LINES: Final = 24
_KEPT_LENGTH: Final = 200
_LAST_WORDS: Final = 10
# Bytes of a line up to which nothing but its end can be what has not come yet.
_ORDINARY_LINE: Final = 4096
# Seconds for which what was found of early lines still holds.
_THIS_MOMENT: Final = 0.001

_T = TypeVar("_T")


class Conversation:
    """Commands and answers, one at a time, until something breaks.

    Arguments: `peer`, the driver; `patience`, the seconds for each command.
    """

    def __init__(self, peer: Peer, patience: Patience) -> None:
        self.peer = peer
        #: Why nothing more can be said, once that is so.
        self.broken: AdapterBroken | None = None
        self._patience = patience
        self._answered = 0
        # Whether there is an object of the port to destroy.
        self._made = False
        # Whether a line of the answer that is due has come, and whether any answer had more than its last line.
        self._begun = False
        self._ends_what_it_begins = False
        # When it was last looked for early lines.
        self._looked = -_THIS_MOMENT
        self._sequence = 0
        self._strays: list[Event] = []
        self._said: deque[tuple[str, bytes]] = deque(maxlen=_KEPT_LINES)

    def greet(self, deadline: float | None = None) -> Description:
        """Say hello, which comes first.

        Arguments: `deadline`, seconds, in place of the conversation's own.
        Raises `AdapterBroken` when that gives no description.
        """
        reader = AnswerReader(self._sequence + 1, "none")

        def take(line: bytes) -> Description | None:
            words = reader.words(line)
            return None if words is None else decode_greeting(words)

        return self._exchange(Command("hello", (VERSION,)), take, reader, deadline)

    def call(self, command: Command, deadline: float | None = None) -> Answer:
        """Carry out one command of any kind.

        Arguments: `deadline`, seconds, in place of the conversation's own.
        Raises `AdapterBroken`, and `ValueError` for arguments that the command does not take.
        """
        form = COMMANDS.get(command.name)
        reader = AnswerReader(self._sequence + 1, form.result if form else "none")
        return self._exchange(command, reader.feed, reader, deadline)

    def stray_events(self) -> tuple[Event, ...]:
        """The callbacks told of with the number 0 since this was last asked.

        Raises `AdapterBroken` for any other line that came between commands.
        """
        # Before a command it is mostly the moment after the one before it.
        if self.broken is None and time.monotonic() - self._looked > _THIS_MOMENT:
            self._guard(self._take_early_lines)
            self._looked = time.monotonic()
        if not self._strays:
            return ()
        strays = tuple(self._strays)
        self._strays.clear()
        return strays

    def exchange(self, stack: str = "") -> str:
        """What was said last, a line each: `>` to the driver, `<` from it, `!` its standard error.

        Arguments: `stack`, the part of its standard error that says where it hangs, innermost call first.
        """
        lines = [f"{mark} {_legible(line)}" for mark, line in self._said]
        unfinished = self.peer.channel.unfinished
        if unfinished:
            lines.append(f"< {_legible(unfinished)} (unfinished)")
        last_words = stack.splitlines()[:_KEPT_LINES] or self.peer.aside.since().splitlines()[-_LAST_WORDS:]
        lines += [f"! {_legible(words[:_KEPT_LENGTH])}" for words in last_words]
        return "\n".join(lines)

    def break_off(self, message: str, symptom: str, *, hanging: str = "", by_port: bool = False) -> AdapterBroken:
        """End the conversation for that reason; the error to raise.

        Arguments: `hanging`, the command whose call of the port did not come back, if it was that; `by_port`, whether
        it was a call of the port that ended the driver.
        """
        stack = self.peer.ask_for_stack() if hanging else ""
        # Let go first: what the driver says in its last moment belongs to the exchange.
        self.peer.abandon()
        self.broken = AdapterBroken(
            message,
            culprit="implementation" if hanging or by_port else "driver",
            hint=HINTS[symptom].text,
            exchange=self.exchange(stack),
            hanging=hanging,
        )
        return self.broken

    def _exchange(
        self,
        command: Command,
        take: Callable[[bytes], _T | None],
        reader: AnswerReader,
        seconds: float | None = None,
    ) -> _T:
        if self.broken is not None:
            raise self.broken
        line = encode_command(self._sequence + 1, command)
        seconds = self._patience.seconds(command.name) if seconds is None else seconds
        started = time.monotonic()
        result = self._guard(lambda: self._say_and_hear(line, take, reader, seconds), line, seconds, command.name)
        # A reset with nothing to destroy says nothing of how long destroying takes.
        if command.name != "reset" or self._made:
            self._patience.returned(command.name, time.monotonic() - started)
        self._answered += 1
        self._made = command.name != "reset" and (self._made or command.name == "new")
        return result

    def _say_and_hear(
        self, line: bytes, take: Callable[[bytes], _T | None], reader: AnswerReader, seconds: float | None
    ) -> _T:
        channel = self.peer.channel
        deadline = None if seconds is None else time.monotonic() + seconds
        # What is there before the command is no answer to it. Mostly whoever asks has looked this very moment.
        if time.monotonic() - self._looked > _THIS_MOMENT:
            self._take_early_lines()
        self._sequence += 1
        self._begun = False
        self._said.append((">", line[:_KEPT_LENGTH].removesuffix(b"\n")))
        channel.write(line, deadline)
        while True:
            heard = channel.read_line(deadline)
            self._said.append(("<", heard[:_KEPT_LENGTH]))
            result = take(heard)
            if result is None:
                self._begun = True
            else:
                self._ends_what_it_begins = self._ends_what_it_begins or self._begun
                self._strays += reader.strays
                # Whatever came behind the answer is to be seen at once.
                self._looked = -_THIS_MOMENT
                return result

    def _take_early_lines(self) -> None:
        for line in self.peer.channel.drain():
            self._said.append(("<", line[:_KEPT_LENGTH]))
            self._strays.append(decode_stray(line, self._sequence))

    # Runs something that talks to the driver; whatever goes wrong ends the conversation.
    def _guard(
        self, action: Callable[[], _T], line: bytes = b"", seconds: float | None = None, command: str = ""
    ) -> _T:
        try:
            return action()
        except ProtocolError as error:
            if error.symptom == "stray-print" and self._is_call_of_the_port(command) and self.peer.is_ending():
                # Last words, and no line that somebody forgot.
                raise self._ended_in(command, *self.peer.obituary(unread=False), said=True) from None
            raise self.break_off(str(error), error.symptom) from None
        except LongLineError as error:
            raise self.break_off(f"the driver wrote {error}", "line-too-long") from None
        except DeadlineError:
            channel = self.peer.channel
            still_coming = seconds is not None and channel.quiet_for() < seconds / 2
            growing = channel.held > _ORDINARY_LINE and still_coming
            if growing:
                so_far = f"{channel.held:,} bytes of a line so far"
                raise self.break_off(
                    f"the answer{_asked(line)} was still coming after {seconds:g} s: {so_far}", "slow-answer"
                ) from None
            if channel.unfinished:
                raise self.break_off(
                    f"an unfinished line was all the answer{_asked(line)} within {seconds:g} s", "unfinished-line"
                ) from None
            # Silence behind an event may be a last line that the driver forgot, unless it has written one before.
            trusted = not self._begun or (self._ends_what_it_begins and not still_coming)
            if self._is_call_of_the_port(command) and trusted and self.peer.is_alive():
                self._patience.hung(command)
                told = f"{_call(command)} did not return within {seconds:g} s; {self._before()}"
                raise self.break_off(told, "hanging-call", hanging=command) from None
            raise self.break_off(f"no answer{_asked(line)} within {seconds:g} s", "no-answer") from None
        except ClosedError as error:
            what, symptom = self.peer.obituary(unread=isinstance(error, UnreadError))
            if self._is_call_of_the_port(command) and not self.peer.is_alive():
                raise self._ended_in(command, what, symptom) from None
            raise self.break_off(f"{what} in place of an answer{_asked(line)}", symptom) from None
        except BaseException:
            # An interrupt leaves an answer on its way that would be taken for the next one.
            self.broken = AdapterBroken("the conversation was interrupted", culprit="caller")
            self.peer.abandon()
            raise

    # The error for a call of the port in which the driver ended.
    def _ended_in(self, command: str, what: str, symptom: str, *, said: bool = False) -> AdapterBroken:
        last_words = ", with a last line on standard output that is no answer" if said else ""
        told = f"{_call(command)} did not return: {what}{last_words}; {self._before()}"
        return self.break_off(told, symptom, by_port=True)

    def _before(self) -> str:
        return f"{self._answered:,} commands were answered before"

    # Whether silence, or an end, is the port's: the driver has shown that it reads, answers and flushes, and now it has
    # a call of the documented module to make. One that answered nothing but the greeting may be mistaken about any of
    # that. A reset destroys the objects that there are.
    def _is_call_of_the_port(self, command: str) -> bool:
        form = COMMANDS.get(command)
        calls = self._made if command == "reset" else form is not None and not form.by_driver
        return calls and self._answered > 1


# What was asked, for a sentence about its answer.
def _asked(line: bytes) -> str:
    return f" to '{show(line.rstrip())}'" if line else ""


# The call of the port that a command is, for people.
def _call(command: str) -> str:
    return "destroying what the check left (reset)" if command == "reset" else command


# For people: nothing in it that a terminal would obey.
def _legible(line: bytes | str) -> str:
    text = line if isinstance(line, str) else line.decode("ascii", "backslashreplace")
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)
