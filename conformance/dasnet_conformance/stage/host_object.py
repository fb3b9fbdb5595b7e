"""One object of the implementation as the suite has it: its commands, and what fired on it.

It knows no way to the implementation but the function that it is given to call.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

from dasnet_adapters.contract import COMMANDS, Argument, Command, Event, Outcome

from . import expect
from .transcript import spell_bytes

#: Callbacks that tell of a client; error and log may come with anything.
CLIENT_CALLBACKS: Final = ("connect", "disconnect", "data")


class Fired(NamedTuple):
    """One event as the suite saw it: the event, the command it fired in ("" for none), and the tick count then."""

    event: Event
    during: str
    tick: int


def spell_event(event: Event) -> str:
    """An event in words, for the transcript."""
    if event.what == "data":
        return f"object {event.object}: data, size {event.size}: {spell_bytes(event.data)}"
    if event.what == "error":
        return f"object {event.object}: error {event.code}: {event.message}"
    if event.what == "log":
        return f"object {event.object}: log: {event.message}"
    if event.what in ("request", "response"):
        line = (
            f"{event.method} {event.target} {event.version}"
            if event.what == "request"
            else f"{event.status} {event.reason}"
        )
        told = f"{line.rstrip()}, {spell_bytes(event.headers)}, body {spell_bytes(event.data)}"
        return f"object {event.object}: {event.what} {event.exchange}: {told}"
    if event.what == "failure":
        return f"object {event.object}: failure {event.exchange}: {event.code}: {event.message}"
    if event.what == "did":
        told = ", ".join(str(answer).lower() for answer in event.answers)
        outcome = told or (expect.spell(event.outcome) if event.outcome is not None else "")
        return f"object {event.object}: in the callback: {event.action} -> {outcome}"
    return f"object {event.object}: {event.what}"


def spell_command(command: Command) -> str:
    """A command in words, for the transcript: what is not plain by itself stands with its name, as in "size=5"."""
    for argument in command.arguments:
        if type(argument) is not int:
            return _spell(command)
    return _spell_again(command)


def _spell(command: Command) -> str:
    form = COMMANDS.get(command.name)
    parameters = form.parameters if form is not None else ()
    # A command that nobody declared has arguments without a name.
    unnamed = [("", "argument")] * (len(command.arguments) - len(parameters))
    words = [
        _spell_operand(name, kind, argument)
        for (name, kind), argument in zip([*parameters, *unnamed], command.arguments, strict=False)
    ]
    return f"{command.name} {', '.join(filter(None, words))}".rstrip()


# Ticks and queries are the same few commands again and again.
_spell_again = lru_cache(maxsize=1_000)(_spell)


def _spell_operand(name: str, kind: str, argument: Argument) -> str:
    if isinstance(argument, bytes):
        return spell_bytes(argument)
    if kind in ("object", "orphan"):
        return f"{kind} {argument}"
    return f"{name}={argument}" if kind in ("class", "number") else str(argument)


class HostObject:
    """One object of the implementation, by its number. Each method is one command and returns its outcome.

    Arguments: `call`, carries out a command with its arguments; `number`, the object's.
    """

    def __init__(self, call: Callable[..., Outcome], number: int) -> None:
        self._call = call
        self.number = number
        #: Everything that fired on this object, in order.
        self.fired: list[Fired] = []
        #: All bytes that data callbacks brought, joined.
        self.received = bytearray()
        #: The first outcome of each exchange, a response or a failure, by its number.
        self.outcomes: dict[int, Event] = {}
        self.port = 0
        self._counts: Counter[str] = Counter()

    def keep(self, fired: Fired) -> None:
        """Record an event that belongs to this object."""
        self.fired.append(fired)
        self._counts[fired.event.what] += 1
        if fired.event.what == "data":
            self.received += fired.event.data
        elif fired.event.what in ("response", "failure"):
            self.outcomes.setdefault(fired.event.exchange, fired.event)

    def call(self, name: str, *arguments: Argument) -> Outcome:
        """Any command of the contract whose first argument is an object."""
        return self._call(name, self.number, *arguments)

    def adapter(self) -> Outcome:
        """Server.make_server_adapter."""
        return self.call("adapter")

    def init(self, port: int) -> Outcome:
        """Server.init."""
        self.port = port
        return self.call("init", port)

    def has_session(self) -> Outcome:
        """Server.has_session."""
        return self.call("has_session")

    def is_open(self) -> Outcome:
        """Server.is_open."""
        return self.call("is_open")

    def is_connected(self) -> Outcome:
        """Server.is_connected."""
        return self.call("is_connected")

    def tick(self) -> Outcome:
        """Server.tick."""
        return self.call("tick")

    def send(self, data: bytes, size: int | None = None, *, repeat: int = 1, through: str = "send") -> Outcome:
        """Server.send of `data` repeated; `size` is the whole buffer unless given. `through` may be server_send."""
        return self.call(through, data, repeat, len(data) * repeat if size is None else size)

    def connect(self, host: str, port: int, timeout: int, *, through: str = "connect") -> Outcome:
        """Client.connect, with the timeout in milliseconds. `through` may be client_connect."""
        return self.call(through, host, port, timeout)

    def close(self) -> Outcome:
        """Client.close."""
        return self.call("close")

    def save(self, orphan: int = 1) -> Outcome:
        """Server.save into an orphan."""
        return self.call("save", orphan)

    def restore(self, orphan: int = 1) -> Outcome:
        """Server.restore from an orphan."""
        return self.call("restore", orphan)

    def destroy(self) -> Outcome:
        """Destroy the object."""
        return self.call("destroy")

    def react(self, callback: str, action: str, *arguments: Argument) -> None:
        """Do `action`, with its arguments, whenever `callback` fires on this object."""
        self.call("react", callback, action, *(arguments or ("",)))

    def count(self, what: str) -> int:
        """How often this callback fired so far ("did" counts reactions)."""
        return self._counts[what]

    def heard(self) -> int:
        """How many client callbacks fired so far."""
        return sum(self._counts[name] for name in CLIENT_CALLBACKS)

    def client_callbacks(self) -> list[str]:
        """The names of the client callbacks that fired, in order, data callbacks in a row told once."""
        names: list[str] = []
        for fired in self.fired:
            what = fired.event.what
            if what in CLIENT_CALLBACKS and not (what == "data" and names[-1:] == ["data"]):
                names.append(what)
        return names

    def did(self, action: str) -> list[Event]:
        """What reactions of this action led to, in order."""
        return [f.event for f in self.fired if f.event.what == "did" and f.event.action == action]

    def __str__(self) -> str:
        return f"object {self.number}"
