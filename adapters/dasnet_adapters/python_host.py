"""Carries out the commands of the contract against a Python module, in this process.

One `PythonHost` is one session: it owns the objects and orphans, records the callbacks, does the reactions and turns
what the module's calls lead to into outcomes. The in-process adapter and the Python driver both run on it. It is the
hot path of every in-process run, hence the shared answers below and the absence of checks that only a caller's bug
needs.

Theory of operation: while a command runs, `_events` is the list that callbacks are recorded in; between commands it is
None, and what fires then, or on another thread, goes to the strays. Only `Exception` and `SystemExit` become refusals:
a keyboard interrupt, or the signal of a test timeout, has to reach whoever waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import get_ident
from typing import Any, Final

from .contract import (
    CALLBACKS,
    COMMANDS,
    REACTIONS,
    Answer,
    Argument,
    Command,
    CommandForm,
    Event,
    Outcome,
    Refusal,
    Unsupported,
    Value,
)
from .python_api import is_holding, tells_holding
from .python_child import HostChild
from .python_client import client_commands
from .python_http import CLIENT_LIMITS, http_commands, http_limits, takes_limits
from .python_lowlevel import lowlevel_commands
from .python_optional import optional_commands
from .python_outcomes import (
    DRIVER_KIND,
    FALSE,
    NOTHING,
    TRUE,
    CallerError,
    answer_of,
    boolean,
    forget_repeated,
    number,
    refusal_from,
    repeated,
)
from .python_recording import (
    BASES,
    CLIENT_CLASSES,
    HTTP_CLASSES,
    HTTP_CLIENT_CLASSES,
    RECORD,
    Plain,
    PythonModule,
    Record,
)

#: How deep reactions may nest: far beyond what a check needs, well within the stack of every language.
DEEPEST_REACTION: Final = 50


class CallbackRaisedError(Exception):
    """What a callback raises whose reaction is "raise"."""


class PythonHost:
    """One session with a module: carries out commands and owns what they make.

    Arguments: `module`, what the module offers; `on_stray`, called with each callback that fires while no command runs,
    possibly on another thread (None: they are kept for `stray_events`).
    """

    def __init__(self, module: PythonModule, on_stray: Callable[[Event], None] | None = None) -> None:
        self._module = module
        self._strays: list[Event] = []
        self._on_stray = on_stray or self._strays.append
        self._objects: dict[int, Record] = {}
        self._orphans: dict[int, Any] = {}
        # The class of the object that saved last into an orphan: only such a one can take the handle out again.
        self._saved_by: dict[int, int] = {}
        self._child = HostChild()
        self._events: list[Event] | None = None
        self._thread = 0
        self._depth = 0
        functions = module.module
        self._methods: dict[str, Callable[..., Outcome]] = {
            "new": self._new,
            "adapter": self._adapter,
            "init": self._init,
            "has_session": self._has_session,
            "is_open": self._is_open,
            "is_connected": self._is_connected,
            "tick": self._tick,
            "send": self._send,
            "save": self._save,
            "restore": self._restore,
            "holds": self._holds,
            "destroy": self._destroy,
            "react": self._set_reaction,
            **optional_commands(self._record, self._orphan, self._child),
            **lowlevel_commands(functions, self._record),
            **client_commands(functions, self._record),
            **http_commands(self._record),
            "http_new": self._new_limited,
            "http_client_new": self._new_limited_client,
        }
        for name, form in COMMANDS.items():
            if form.python and name not in self._methods:
                self._methods[name] = partial(self._call, form)
        for name in module.missing:
            del self._methods[name]

    def execute(self, command: Command) -> Answer:
        """Carry out one command. Never raises but what is no `Exception` (an interrupt, a timeout's signal)."""
        events: list[Event] = []
        self._events = events
        self._thread = get_ident()
        try:
            outcome = self._attempt(command.name, command.arguments)
        finally:
            self._events = None
        return Answer(outcome, tuple(events)) if events else answer_of(outcome)

    def stray_events(self) -> tuple[Event, ...]:
        """The callbacks that fired while no command ran, since this was last asked."""
        count = len(self._strays)
        if not count:
            return ()
        # Taken from the front one by one: another thread may be adding to the end.
        return tuple(self._strays.pop(0) for _ in range(count))

    def reset(self) -> tuple[str, ...]:
        """Destroy every object and empty every orphan, whatever fails on the way; all numbers are free again.

        Returns what failed, a line each.
        """
        failures: list[str] = []
        records = list(self._objects.values())
        orphans = list(self._orphans.items())
        saved_by, self._saved_by = self._saved_by, {}
        self._objects.clear()
        self._orphans.clear()
        for record in records:
            record.reactions.clear()
        self._events = []  # what fires from now on is nobody's business
        self._thread = get_ident()
        try:
            for record in reversed(records):
                self._let_go(f"object {record.number}", partial(self._end, record), failures)
            for number, orphan in orphans:
                self._let_go(f"orphan {number}", partial(self._empty, orphan, saved_by.get(number)), failures)
        finally:
            self._events = None
            self._child.end()
            forget_repeated()
        return tuple(failures)

    # -- callbacks and reactions

    def fired(self, record: Record, event: Event) -> None:
        """A callback was entered: record it, then do what the object was told to do in it."""
        self._note(event)
        reaction = record.reactions.get(event.what)
        if reaction is not None:
            self._react(record, reaction, event)

    def _note(self, event: Event) -> None:
        events = self._events
        if events is not None and self._thread == get_ident():
            events.append(event)
        else:
            self._on_stray(event)

    def _react(self, record: Record, reaction: tuple[str, tuple[Any, ...]], event: Event) -> None:
        action, given = reaction
        if action == "raise":
            raise CallbackRaisedError("raised on request")
        number = record.number
        answers: tuple[bool, ...] = ()
        outcome: Outcome
        if self._depth >= DEEPEST_REACTION:
            outcome = Refusal("recursion", f"reactions are nested more than {DEEPEST_REACTION} deep")
        else:
            self._depth += 1
            try:
                if action == "query":
                    outcome, answers = self._query(number)
                elif action == "send":
                    outcome = self._attempt("send", (number, given[0], 1, len(given[0])))
                elif action == "echo":
                    outcome = self._attempt("send", (number, event.data, 1, len(event.data)))
                elif action == "save":
                    outcome = self._attempt("save", (number, given[0]))
                elif action == "respond":
                    outcome = self._attempt("respond", (number, event.exchange, *given, 1))
                elif action == "request":
                    outcome = self._attempt("request", (number, *given, 1))
                elif action == "connect":
                    outcome = self._attempt("connect", record.connected_with or (number, "", 0, 0))
                else:  # tick, destroy, close, is_connected
                    outcome = self._attempt(action, (number,))
            finally:
                self._depth -= 1
        self._note(Event(number, "did", action=action, outcome=outcome, answers=answers))

    def _query(self, number: int) -> tuple[Outcome, tuple[bool, ...]]:
        answers = []
        for name in ("has_session", "is_open", "is_connected"):
            outcome = self._attempt(name, (number,))
            if not isinstance(outcome, Value):
                return outcome, ()
            answers.append(outcome is TRUE)
        return NOTHING, tuple(answers)

    # -- commands

    # Every call of the module goes through here, so that an error becomes a refusal in one place.
    def _attempt(self, name: str, arguments: tuple[Any, ...]) -> Outcome:
        method = self._methods.get(name)
        if method is None:
            return Unsupported(self._module.missing.get(name) or f"there is no command {name}")
        try:
            return method(*arguments)
        except CallerError as fault:
            return Refusal(DRIVER_KIND, str(fault))
        except (Exception, SystemExit) as error:
            # Looked at only now: a command of the wrong length must not be told as an error of the module.
            if isinstance(error, TypeError) and len(arguments) != len(COMMANDS[name].parameters) and name != "react":
                return Refusal(DRIVER_KIND, f"{name} takes {len(COMMANDS[name].parameters)} arguments")
            return refusal_from(error)

    def _record(self, number: int) -> Record:
        record = self._objects.get(number)
        if record is None:
            raise CallerError(f"no object {number} was made")
        return record

    def _orphan(self, number: int) -> Any:
        orphan = self._orphans.get(number)
        if orphan is None:
            orphan = self._orphans[number] = self._module.orphan_class()
        return orphan

    def _new(self, number: int, class_number: int) -> Outcome:
        return self._make(number, class_number, {})

    def _new_limited(self, number: int, class_number: int, *limits: int) -> Outcome:
        if class_number not in HTTP_CLASSES:
            raise CallerError(f"class {class_number} has no such limits: it is not derived from HttpServer")
        return self._make(number, class_number, http_limits(limits))

    def _new_limited_client(self, number: int, class_number: int, *limits: int) -> Outcome:
        if class_number not in HTTP_CLIENT_CLASSES:
            raise CallerError(f"class {class_number} has no such limits: it is not derived from HttpClient")
        return self._make(number, class_number, http_limits(limits, CLIENT_LIMITS))

    def _make(self, number: int, class_number: int, settings: dict[str, int]) -> Outcome:
        class_info = self._module.classes.get(class_number)
        if class_info is None or number in self._objects or number < 1:
            base = BASES.get(class_number, "")
            if base and class_info is None and number not in self._objects:
                return Unsupported(f"{self._module.label} has no class {base} that can be derived from")
            raise CallerError(f"no object {number} of class {class_number} can be made, or it was made before")
        record = Record(self, number, class_info, class_number)
        # The record comes before __init__, in which a callback might fire already.
        instance = record.instance = class_info.__new__(class_info)
        object.__setattr__(instance, RECORD, record)
        if settings and not takes_limits(class_info, settings):
            return Unsupported(f"{self._module.label} has no such limits as {', '.join(settings)}")
        instance.__init__(**settings)
        self._objects[number] = record
        return NOTHING

    def _adapter(self, number: int) -> Outcome:
        record = self._record(number)
        if record.class_number in CLIENT_CLASSES:
            record.instance.make_client_adapter()
            return NOTHING
        if record.class_number in HTTP_CLASSES:
            record.instance.make_http_server_adapter()
            return NOTHING
        if record.class_number in HTTP_CLIENT_CLASSES:
            record.instance.make_http_client_adapter()
            return NOTHING
        # Through the class, so that a plain object is given to the module's method as well.
        self._module.server.make_server_adapter(record.instance)
        return NOTHING

    def _init(self, number: int, port: int) -> Outcome:
        return boolean(self._record(number).instance.init(port), "init")

    def _has_session(self, number: int) -> Outcome:
        return boolean(self._record(number).instance.has_session(), "has_session")

    def _is_open(self, number: int) -> Outcome:
        return boolean(self._record(number).instance.is_open(), "is_open")

    def _is_connected(self, number: int) -> Outcome:
        return boolean(self._record(number).instance.is_connected(), "is_connected")

    def _tick(self, number: int) -> Outcome:
        self._record(number).instance.tick()
        return NOTHING

    def _send(self, number: int, data: bytes, repeat: int, size: int) -> Outcome:
        return boolean(self._record(number).instance.send(repeated(data, repeat), size), "send")

    def _save(self, number: int, orphan: int) -> Outcome:
        record = self._record(number)
        record.instance.save(self._orphan(orphan))
        self._saved_by[orphan] = record.class_number
        return NOTHING

    def _restore(self, number: int, orphan: int) -> Outcome:
        self._record(number).instance.restore(self._orphan(orphan))
        return NOTHING

    def _holds(self, number: int) -> Outcome:
        orphan = self._orphan(number)
        if not tells_holding(orphan):
            return Unsupported(f"an orphan of {self._module.label} does not tell whether it holds a handle")
        return TRUE if is_holding(orphan) else FALSE

    def _destroy(self, number: int) -> Outcome:
        record = self._record(number)
        if record.class_info is not Plain:
            record.instance.close()
        return NOTHING

    def _set_reaction(self, number: int, callback: str, action: str, *arguments: Any) -> Outcome:
        record = self._record(number)
        if callback not in CALLBACKS or action not in REACTIONS:
            raise CallerError(f"there is no reaction {action} to {callback}")
        if action == "echo" and callback != "data":
            raise CallerError(f"{callback} gives nothing that could be echoed")
        if action == "respond" and callback != "request":
            raise CallerError(f"{callback} tells of no request that could be answered")
        if action == "none":
            record.reactions.pop(callback, None)
        else:
            record.reactions[callback] = (action, arguments)
        return NOTHING

    # A command of a profile from outside: one call of a method of the object, or of a function of the module.
    def _call(self, form: CommandForm, *given: Argument) -> Outcome:
        name = form.python.rpartition(".")[2]
        arguments: list[Any] = [
            self._record(int(value)).instance if kind == "object" else value
            for (_, kind), value in zip(form.parameters, given, strict=True)
        ]
        owner = self._module.module if name == form.python else arguments.pop(0)
        result = getattr(owner, name)(*arguments)
        if form.result == "none":
            return NOTHING
        return boolean(result, name) if form.result == "boolean" else number(result, name)

    # -- letting go

    @staticmethod
    def _let_go(what: str, action: Callable[[], None], failures: list[str]) -> None:
        try:
            action()
        except (Exception, SystemExit) as error:
            refusal = refusal_from(error)
            failures.append(f"destroying {what}: {refusal.kind}: {refusal.message}")

    def _end(self, record: Record) -> None:
        instance = record.instance
        record.instance = None  # no cycle keeps the object alive once the session is over
        if record.class_info is not Plain:
            if "destroy" in self._methods:
                instance.close()
        elif getattr(instance, "_server", None) is not None and "destroy" in self._methods:
            # make_server ought to have turned the object down; its handle is closed all the same.
            taker = self._module.server()
            taker._server = instance._server
            taker.close()

    # A handle in an orphan can be closed in one documented way: give it to an object of its kind, and close that.
    def _empty(self, orphan: Any, saved_by: int | None) -> None:
        told = tells_holding(orphan)
        if (told and not is_holding(orphan)) or not {"restore", "destroy"} <= self._methods.keys():
            return
        base = getattr(self._module.module, BASES.get(saved_by or 0, ""), self._module.server)
        if base is None:
            return  # nobody is known who could take it
        taker = base()
        try:
            taker.restore(orphan)
        except Exception:
            # One that does not tell is mostly empty, and to restore from that is an error.
            if told:
                raise
        finally:
            taker.close()
