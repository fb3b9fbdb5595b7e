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

This module is the contract and nothing else. Its commands, callbacks, reactions and classes come from the table of
profiles; it may import that and the standard library.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from .profiles import PROFILES, CommandForm, ParameterKind, ResultKind, merged

__all__ = [
    "CALLBACKS",
    "CLASSES",
    "CLASS_A",
    "CLASS_B",
    "CLASS_CLIENT",
    "CLASS_CLIENT_B",
    "CLASS_CLIENT_SILENT",
    "CLASS_HTTP",
    "CLASS_HTTP_B",
    "CLASS_HTTP_CLIENT",
    "CLASS_HTTP_CLIENT_B",
    "CLASS_HTTP_CLIENT_SILENT",
    "CLASS_HTTP_SILENT",
    "CLASS_PLAIN",
    "CLASS_SILENT",
    "CLIENT",
    "CLIENT_LOWLEVEL",
    "COMMANDS",
    "CORE",
    "FROM_OUTSIDE",
    "HTTP",
    "HTTP_CLIENT",
    "HTTP_PORT",
    "LOWLEVEL",
    "MAKING",
    "PROFILES",
    "REACTIONS",
    "Adapter",
    "AdapterBroken",
    "Answer",
    "Argument",
    "Command",
    "CommandForm",
    "Description",
    "Event",
    "Outcome",
    "ParameterKind",
    "Refusal",
    "ResultKind",
    "Session",
    "Unsupported",
    "Value",
]

CORE: Final = "core"
LOWLEVEL: Final = "lowlevel"
CLIENT: Final = "client"
CLIENT_LOWLEVEL: Final = "client-lowlevel"
HTTP: Final = "http"
HTTP_CLIENT: Final = "http-client"
HTTP_PORT: Final = "http-port"

#: How an implementation is reached that is no module of this kind, but a server that listens by itself.
FROM_OUTSIDE: Final = "from outside"

#: Every command, by name. The line protocol, the in-process adapter and the documentation are all read from this table.
COMMANDS: Final[dict[str, CommandForm]] = merged(lambda profile: profile.commands)

#: The commands that construct an object: those that name its class.
MAKING: Final = frozenset(
    name for name, form in COMMANDS.items() if any(kind == "class" for _, kind in form.parameters)
)

#: The callbacks, each with what it carries.
CALLBACKS: Final = merged(lambda profile: profile.callbacks)

#: What an object can be told to do inside a callback, with the arguments that it takes, each with its kind.
REACTIONS: Final = {name: form.arguments for name, form in merged(lambda profile: profile.reactions).items()}

#: The classes of object that `new` can be asked for.
CLASSES: Final = merged(lambda profile: profile.classes)
CLASS_PLAIN: Final = CLASSES["plain"].number
CLASS_A: Final = CLASSES["a"].number
CLASS_B: Final = CLASSES["b"].number
CLASS_SILENT: Final = CLASSES["silent"].number
CLASS_CLIENT: Final = CLASSES["client"].number
CLASS_CLIENT_B: Final = CLASSES["client-b"].number
CLASS_CLIENT_SILENT: Final = CLASSES["client-silent"].number
CLASS_HTTP: Final = CLASSES["http"].number
CLASS_HTTP_B: Final = CLASSES["http-b"].number
CLASS_HTTP_SILENT: Final = CLASSES["http-silent"].number
CLASS_HTTP_CLIENT: Final = CLASSES["http-client"].number
CLASS_HTTP_CLIENT_B: Final = CLASSES["http-client-b"].number
CLASS_HTTP_CLIENT_SILENT: Final = CLASSES["http-client-silent"].number

Argument = int | str | bytes


class Command(NamedTuple):
    """One command to the implementation: a name of `COMMANDS` and its arguments, in the order of the form.

    `send` and `server_send` carry the bytes once and how often they are repeated, so that a large buffer stays small
    on its way. `react` carries the arguments of its action behind it, and may carry an empty one where that takes none.
    """

    name: str
    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True)
class Value:
    """The call returned. `value` is None where the documented function returns nothing."""

    value: bool | int | None = None


@dataclass(frozen=True)
class Refusal:
    """The call ended in an error: its kind is a word the implementation chose, its message is for people.

    `traceback` is where in the implementation the error came from, a line each, the innermost call last, as far as the
    adapter can tell. It explains a failure and belongs to no answer: two refusals are equal whatever it says.
    """

    kind: str
    message: str = ""
    traceback: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class Unsupported:
    """The implementation has no such part; the reason may say which."""

    reason: str = ""


Outcome = Value | Refusal | Unsupported


class Event(NamedTuple):
    """One callback that fired, or what a reaction inside a callback led to.

    `what` is one of `CALLBACKS`, or "did" for the result of a reaction. `data` and `size` belong to data, `code` and
    `message` to error (`message` also to log), `action`, `outcome` and `answers` to did. `answers` holds what the three
    queries said, in the order has_session, is_open, is_connected, when the action was "query". To request belong
    `exchange`, `method`, `target`, `version`, `headers` (a line `name: value` for each field, ended by CR LF) and, as
    `data`, the body; to response `exchange`, `status`, `reason`, `headers` and the body; to failure `exchange`, `code`
    and `message`.
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
    exchange: int = 0
    method: str = ""
    target: str = ""
    version: str = ""
    status: int = 0
    reason: str = ""
    headers: bytes = b""


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
    `exchange` is what was said last, for people. `hanging` is the command whose call of the implementation did not come
    back, where that is known: then something is to be said of the implementation after all. Whoever asked for the call
    while a check was being set up may say in `blocked_by` which requirement it belongs to.
    """

    def __init__(self, message: str, *, culprit: str, hint: str = "", exchange: str = "", hanging: str = "") -> None:
        super().__init__(message)
        self.culprit = culprit
        self.hint = hint
        self.exchange = exchange
        self.hanging = hanging
        self.blocked_by = ""

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
    #: How commands reach the implementation, in a word or two: "in-process", "driver", "driver on TCP".
    reached: str

    def describe(self) -> Description:
        """Name, version, language and claimed profiles. Raises `AdapterBroken` when the implementation gives none."""

    def open_session(self) -> Session:
        """A fresh session. Raises `AdapterBroken` when the implementation cannot be started."""

    def close(self) -> None:
        """Let go of everything. May be called twice."""
