"""The adapter contract: all that the suite may ask of an implementation, and the shape of every answer.

Rules, which every adapter keeps:

1. The suite sends one `Command` at a time and waits for its `Answer`. An answer is one outcome (`Value`, `Refusal` or
   `Unsupported`) and the callbacks that fired while the command ran, in the order in which they fired.
2. Objects, orphans and classes are named by numbers that the suite chooses, so that nothing here assumes a language, a
   process or a machine. The number 0 stands for no object: a low-level function given 0 gets a null handle.
3. An implementation that refuses (raises, returns an error code, ...) gives a `Refusal`; that is a legal answer, and
   the check decides whether the documentation allows it. A part that does not exist gives `Unsupported`.
4. A callback that fires while no command runs is kept and handed out by `Session.stray_events`: a finding, not a crash.
5. When the adapter itself breaks (the process died, the answer is no answer) it raises `AdapterBroken`, which says
   whose fault it is and what to look at. It never invents an outcome.
6. A `Session` starts with no object and no orphan, and its `close` leaves none behind.

This module is the contract and nothing else: it may import the standard library only, and it does no input or output.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

CORE: Final = "core"
LOWLEVEL: Final = "lowlevel"
#: Profiles that commands exist for. `client` and `http` join by adding rows to `COMMANDS`.
PROFILES: Final = (CORE, LOWLEVEL)

#: The classes of object that `new` can be asked for.
CLASS_PLAIN: Final = 0  #: an object without the `_server` field, which `make_server` must turn down
CLASS_A: Final = 1  #: derived from `Server`, overrides all five callbacks
CLASS_B: Final = 2  #: like A but another class, so that a reload can change the class
CLASS_SILENT: Final = 3  #: derived from `Server`, overrides no callback

#: The callbacks of the module's `Server` class.
CALLBACKS: Final = ("connect", "disconnect", "data", "error", "log")

#: What an object can be told to do inside a callback, with the kind of its one argument (None: it takes none).
REACTIONS: Final[dict[str, str | None]] = {
    "none": None,  # forget an earlier reaction
    "send": "bytes",  # send these bytes
    "echo": None,  # send back what the data callback was given
    "save": "orphan",  # save the object to this orphan
    "tick": None,  # tick the object again
    "destroy": None,  # destroy the object
    "query": None,  # ask has_session, is_open and is_connected
    "raise": None,  # raise an exception, or return an error where the language has no exceptions
}

ParameterKind = Literal["object", "orphan", "class", "number", "bytes", "callback", "action", "argument"]
ResultKind = Literal["none", "boolean", "number"]


@dataclass(frozen=True)
class CommandForm:
    """The form of one command: its parameters in order, the kind of its value, its profile, and what it does."""

    parameters: tuple[tuple[str, ParameterKind], ...]
    result: ResultKind
    profile: str
    meaning: str


def _form(parameters: str, result: ResultKind, profile: str, meaning: str) -> CommandForm:
    # "name:kind name:kind"; a bare word is a parameter named after its kind.
    pairs = (word.partition(":") for word in parameters.split())
    return CommandForm(tuple((name, kind or name) for name, _, kind in pairs), result, profile, meaning)  # type: ignore[misc]


#: Every command, by name. The line protocol, the in-process adapter and the documentation are all read from this table.
COMMANDS: Final[dict[str, CommandForm]] = {
    "new": _form("object class", "none", CORE, "construct an object of a class; it gets the number"),
    "adapter": _form("object", "none", CORE, "Server.make_server_adapter"),
    "init": _form("object port:number", "boolean", CORE, "Server.init"),
    "has_session": _form("object", "boolean", CORE, "Server.has_session"),
    "is_open": _form("object", "boolean", CORE, "Server.is_open"),
    "is_connected": _form("object", "boolean", CORE, "Server.is_connected"),
    "tick": _form("object", "none", CORE, "Server.tick"),
    "send": _form(
        "object bytes repeat:number size:number",
        "boolean",
        CORE,
        "Server.send: the buffer is the bytes, repeated; the size is passed as it is, whatever the buffer holds",
    ),
    "save": _form("object orphan", "none", CORE, "Server.save into the orphan of that number, made when first named"),
    "restore": _form("object orphan", "none", CORE, "Server.restore from the orphan of that number"),
    "holds": _form("orphan", "boolean", CORE, "whether the orphan holds a handle"),
    "destroy": _form("object", "none", CORE, "destroy the object and what it owns; its number stays taken"),
    "react": _form("object callback action argument", "none", CORE, "do this whenever that callback fires"),
    "descriptors": _form("", "number", CORE, "open descriptors of the host process, where the system tells"),
    "make_server": _form("object", "boolean", LOWLEVEL, "make_server(object, its class)"),
    "server_init": _form("object port:number", "boolean", LOWLEVEL, "server_init on the object's handle"),
    "server_is_open": _form("object", "boolean", LOWLEVEL, "server_is_open on the object's handle"),
    "server_is_connected": _form("object", "boolean", LOWLEVEL, "server_is_connected on the object's handle"),
    "server_tick": _form("object", "none", LOWLEVEL, "server_tick on the object's handle"),
    "server_send": _form(
        "object bytes repeat:number size:number", "boolean", LOWLEVEL, "server_send on the object's handle"
    ),
    "server_restore": _form(
        "object target:object", "none", LOWLEVEL, "server_restore(handle of the object, target, class of the target)"
    ),
}

Argument = int | str | bytes


@dataclass(frozen=True)
class Command:
    """One command to the implementation: a name of `COMMANDS` and its arguments, in the order of the form.

    `send` and `server_send` carry the bytes once and how often they are repeated, so that a large buffer stays small
    on its way. `react` carries an empty argument where its action takes none.
    """

    name: str
    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True)
class Value:
    """The call returned. `value` is None where the documented function returns nothing."""

    value: bool | int | None = None


@dataclass(frozen=True)
class Refusal:
    """The call ended in an error: its kind is a word the implementation chose, its message is for people."""

    kind: str
    message: str = ""


@dataclass(frozen=True)
class Unsupported:
    """The implementation has no such part; the reason may say which."""

    reason: str = ""


Outcome = Value | Refusal | Unsupported


@dataclass(frozen=True)
class Event:
    """One callback that fired, or what a reaction inside a callback led to.

    `what` is one of `CALLBACKS`, or "did" for the result of a reaction. `data` and `size` belong to data, `code` and
    `message` to error (`message` also to log), `action`, `outcome` and `answers` to did. `answers` holds what the three
    queries said, in the order has_session, is_open, is_connected, when the action was "query".
    """

    object: int
    what: str
    data: bytes = b""
    size: int = 0
    code: int = 0
    message: str = ""
    action: str = ""
    outcome: Outcome | None = None
    answers: tuple[bool, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What one command led to: its outcome, and the events during it, in order."""

    outcome: Outcome
    events: tuple[Event, ...] = ()


@dataclass(frozen=True)
class Description:
    """What an implementation says of itself before the first command."""

    name: str
    version: str
    language: str
    profiles: tuple[str, ...] = field(default=(CORE, LOWLEVEL))


class AdapterBroken(Exception):
    """The adapter, or the driver behind it, cannot go on: no statement about the implementation is possible.

    `culprit` is "implementation", "driver", "adapter" or "caller"; `hint` is the likely cause and the next step;
    `exchange` is what was said last, for people.
    """

    def __init__(self, message: str, *, culprit: str, hint: str = "", exchange: str = "") -> None:
        super().__init__(message)
        self.culprit = culprit
        self.hint = hint
        self.exchange = exchange

    def told(self) -> str:
        """Message and hint in one line, for people."""
        return f"{self}; {self.hint}" if self.hint else str(self)


class Session(Protocol):
    """One run of commands against a fresh implementation: no object, no orphan, no reaction."""

    def call(self, command: Command) -> Answer:
        """Carry out one command and return its answer. Raises `AdapterBroken` when there is none to be had."""

    def stray_events(self) -> tuple[Event, ...]:
        """The callbacks that fired while no command ran, since this was last asked."""

    def diagnostics(self) -> str:
        """What the implementation wrote aside (its log, its standard error) in this session; may be empty."""

    def close(self) -> None:
        """Destroy every object and orphan of the session. May be called twice."""


class Adapter(Protocol):
    """The way to one implementation. It lives as long as the run and opens a session for each check."""

    #: The address at which peers reach a listening server.
    peer_host: str

    def describe(self) -> Description:
        """Name, version, language and claimed profiles. Raises `AdapterBroken` when the implementation gives none."""

    def open_session(self) -> Session:
        """A fresh session. Raises `AdapterBroken` when the implementation cannot be started."""

    def close(self) -> None:
        """Let go of everything. May be called twice."""
