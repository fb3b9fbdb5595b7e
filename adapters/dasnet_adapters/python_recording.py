"""A Python module seen as an implementation: what it offers, and subclasses of its classes that report callbacks.

The names looked for are those of the module's documentation, in their Python form. Nothing here calls the module but to
derive classes from its `Server`, `Client`, `HttpServer` and `HttpClient`; `python_host` makes the calls. May import the
standard library and the contract.
"""

from __future__ import annotations

import types
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

from .contract import (
    CLASS_A,
    CLASS_B,
    CLASS_CLIENT,
    CLASS_CLIENT_B,
    CLASS_CLIENT_SILENT,
    CLASS_HTTP,
    CLASS_HTTP_B,
    CLASS_HTTP_CLIENT,
    CLASS_HTTP_CLIENT_B,
    CLASS_HTTP_CLIENT_SILENT,
    CLASS_HTTP_SILENT,
    CLASS_PLAIN,
    CLASS_SILENT,
    COMMANDS,
    AdapterBroken,
    Event,
)


# Commands that are one method of a class, by command.
def _methods_of(class_name: str) -> dict[str, str]:
    forms = ((name, form.python.partition(".")) for name, form in COMMANDS.items())
    return {name: method for name, (owner, dot, method) in forms if dot and owner == class_name}


#: Commands that are one method of `Server`, by command; and of `Client`, where the same is not one of `Server` already.
METHODS: Final = _methods_of("Server")
CLIENT_METHODS: Final = _methods_of("Client")
HTTP_METHODS: Final = _methods_of("HttpServer")
HTTP_CLIENT_METHODS: Final = _methods_of("HttpClient")
#: And all of these, by class.
METHODS_OF: Final = {
    "Server": METHODS,
    "Client": CLIENT_METHODS,
    "HttpServer": HTTP_METHODS,
    "HttpClient": HTTP_CLIENT_METHODS,
}

#: Commands that are one function of the module, by command.
FUNCTIONS: Final = {name: form.python for name, form in COMMANDS.items() if form.python and "." not in form.python}

#: The classes of object that are derived from `Client`.
CLIENT_CLASSES: Final = frozenset((CLASS_CLIENT, CLASS_CLIENT_B, CLASS_CLIENT_SILENT))
#: And those derived from `HttpServer`.
HTTP_CLASSES: Final = frozenset((CLASS_HTTP, CLASS_HTTP_B, CLASS_HTTP_SILENT))
#: And those derived from `HttpClient`.
HTTP_CLIENT_CLASSES: Final = frozenset((CLASS_HTTP_CLIENT, CLASS_HTTP_CLIENT_B, CLASS_HTTP_CLIENT_SILENT))
#: The class of a module, by the numbers of those derived from it; a module may do without all but one.
BASES: Final = {
    **dict.fromkeys((CLASS_A, CLASS_B, CLASS_SILENT), "Server"),
    **dict.fromkeys(CLIENT_CLASSES, "Client"),
    **dict.fromkeys(HTTP_CLASSES, "HttpServer"),
    **dict.fromkeys(HTTP_CLIENT_CLASSES, "HttpClient"),
}

# So many of the last data callbacks are looked at again.
_MOST_KEPT: Final = 64

#: The attribute of a recording object that leads to its `Record`.
RECORD: Final = "_dasnet_record"


class Plain:
    """An object that is no server and no client: it has neither field and no callback."""


class Listener(Protocol):
    """Whoever wants to know of callbacks: the host of the object."""

    def fired(self, record: Record, event: Event) -> None:
        """A callback of the object was entered. An exception raised here leaves the callback."""


class Record:
    """What is known of one object: its number, who listens, the object itself, and its reactions by callback."""

    __slots__ = ("class_info", "class_number", "connected_with", "instance", "kept", "listener", "number", "reactions")

    def __init__(self, listener: Listener, number: int, class_info: type, class_number: int) -> None:
        self.listener = listener
        self.number = number
        self.class_info = class_info
        self.class_number = class_number
        self.instance: Any = None
        self.reactions: dict[str, tuple[str, tuple[Any, ...]]] = {}
        #: The arguments of its last command `connect`, the number first; none before there was one.
        self.connected_with: tuple[int, str, int, int] | None = None
        #: What data callbacks gave, as they gave it, beside a copy; what cannot change is not kept.
        self.kept: deque[tuple[Any, bytes]] = deque(maxlen=_MOST_KEPT)


def _on_connect(self: Any) -> None:
    record: Record = self._dasnet_record
    record.listener.fired(record, Event(record.number, "connect"))


def _on_disconnect(self: Any) -> None:
    record: Record = self._dasnet_record
    record.listener.fired(record, Event(record.number, "disconnect"))


def _on_data(self: Any, data: Any) -> None:
    record: Record = self._dasnet_record
    # Through a memoryview, so that a number is an error and not as many zeros; a copy, as buffers may be reused.
    if type(data) is bytes:
        given = data
    else:
        given = bytes(memoryview(data))
        # The object itself, since a view of it would keep its owner from resizing it.
        record.kept.append((data, given))
    record.listener.fired(record, Event(record.number, "data", given, len(given)))


def _on_error(self: Any, message: Any, code: Any) -> None:
    record: Record = self._dasnet_record
    # A code that is no number counts as none given, which is what a check on codes then finds.
    number = int(code) if isinstance(code, int) else 0
    record.listener.fired(record, Event(record.number, "error", code=number, message=str(message)))


def _on_log(self: Any, message: Any) -> None:
    record: Record = self._dasnet_record
    record.listener.fired(record, Event(record.number, "log", message=str(message)))


def _on_request(
    self: Any, exchange: int, method: str, target: str, version: str, headers: Iterable[tuple[Any, Any]], body: Any
) -> None:
    record: Record = self._dasnet_record
    given = bytes(memoryview(body))
    event = Event(
        record.number,
        "request",
        data=given,
        size=len(given),
        exchange=exchange,
        method=str(method),
        target=str(target),
        version=str(version),
        headers=_field_lines(headers),
    )
    record.listener.fired(record, event)


def _on_response(
    self: Any, exchange: int, status: int, reason: Any, headers: Iterable[tuple[Any, Any]], body: Any
) -> None:
    record: Record = self._dasnet_record
    given = bytes(memoryview(body))
    event = Event(
        record.number,
        "response",
        data=given,
        size=len(given),
        exchange=exchange,
        status=int(status),
        reason=str(reason),
        headers=_field_lines(headers),
    )
    record.listener.fired(record, event)


def _on_failure(self: Any, exchange: int, message: Any, code: Any) -> None:
    record: Record = self._dasnet_record
    number = int(code) if isinstance(code, int) else 0
    record.listener.fired(record, Event(record.number, "failure", code=number, message=str(message), exchange=exchange))


def _field_lines(headers: Iterable[tuple[Any, Any]]) -> bytes:
    return b"".join(_field_bytes(name) + b": " + _field_bytes(value) + b"\r\n" for name, value in headers)


# A name or value of a field, which a module gives as bytes or as text of one byte a character.
def _field_bytes(part: Any) -> bytes:
    return part.encode("latin-1") if isinstance(part, str) else bytes(memoryview(part))


_HTTP_CALLBACKS: Final = {"on_request": _on_request, "on_error": _on_error, "on_log": _on_log}
_HTTP_CLIENT_CALLBACKS: Final = {
    "on_response": _on_response,
    "on_failure": _on_failure,
    "on_error": _on_error,
    "on_log": _on_log,
}
_CALLBACKS: Final = {
    "on_connect": _on_connect,
    "on_disconnect": _on_disconnect,
    "on_data": _on_data,
    "on_error": _on_error,
    "on_log": _on_log,
}


# A class derived from one of the module's, which tells its record of every callback.
def _recording(name: str, base: type, callbacks: Mapping[str, Any] = _CALLBACKS) -> Any:
    return types.new_class(name, (base,), {}, lambda space: space.update(callbacks))


#: What an optional class has to have to be the documented one, what its recording classes are called, the numbers of
#: the two that record and of the one that does not, and the callbacks.
_OPTIONAL: Final = {
    "Client": ("make_client_adapter", "Client", (CLASS_CLIENT, CLASS_CLIENT_B, CLASS_CLIENT_SILENT), _CALLBACKS),
    "HttpServer": (
        "make_http_server_adapter",
        "Http",
        (CLASS_HTTP, CLASS_HTTP_B, CLASS_HTTP_SILENT),
        _HTTP_CALLBACKS,
    ),
    "HttpClient": (
        "make_http_client_adapter",
        "HttpClient",
        (CLASS_HTTP_CLIENT, CLASS_HTTP_CLIENT_B, CLASS_HTTP_CLIENT_SILENT),
        _HTTP_CLIENT_CALLBACKS,
    ),
}


# Whose objects are given the commands of a class as well.
_SHARED: Final = {"Server": tuple(_OPTIONAL), "Client": ("HttpClient",)}


# Those derived from a class that a module may do without. None where there is no such class, or it is something else of
# that name: a port that has the server half alone must not notice that there is another.
def _optional_classes(name: str, base: Any) -> dict[int, Any]:
    adapter, called, (first, second, silent), callbacks = _OPTIONAL[name]
    if not isinstance(base, type) or not callable(getattr(base, adapter, None)):
        return {}
    try:
        return {
            first: _recording(f"Recording{called}", base, callbacks),
            second: _recording(f"Recording{called}B", base, callbacks),
            silent: types.new_class(f"Silent{called}", (base,)),
        }
    except TypeError:
        return {}


# What a module without any documented class has instead: perhaps one of that name, whose handle nobody can make.
def _nothing_of(module: Any) -> str:
    for name, (adapter, *_) in _OPTIONAL.items():
        if isinstance(getattr(module, name, None), type):
            return f"no class Server, and its {name} has no method {adapter}"
    *names, last = _OPTIONAL
    return f"no class Server, and no {', '.join(names)} or {last} either"


def offered_classes(module: Any) -> tuple[str, ...]:
    """The documented classes that a module has, or an object that offers the API as a module would, by name."""
    server = ("Server",) if isinstance(getattr(module, "Server", None), type) else ()
    return (*server, *(name for name in _OPTIONAL if _optional_classes(name, getattr(module, name, None))))


class PythonModule:
    """What one imported module offers to a host.

    Arguments: `module`, the imported module; `label`, what to call it in messages.
    Raises `AdapterBroken` (culprit "caller") when it has no class `Server` that can be derived from, nor another one of
    the documented classes.
    """

    def __init__(self, module: types.ModuleType, label: str) -> None:
        base = getattr(module, "Server", None)
        optional: dict[int, Any] = {}
        for name in _OPTIONAL:
            optional |= _optional_classes(name, getattr(module, name, None))
        if not isinstance(base, type) and not optional:
            raise AdapterBroken(
                f"{label} has {_nothing_of(module)}",
                culprit="caller",
                hint="name the module that offers the documented API: Server, SharedOrphan, make_server, ...",
            )
        self.module = module
        self.label = label
        #: The class `Server`, None where the module has none.
        self.server: Any = base if isinstance(base, type) else None
        self.orphan_class: Any = getattr(module, "SharedOrphan", None)
        try:
            self.classes: dict[int, Any] = {CLASS_PLAIN: Plain, **optional}
            if self.server is not None:
                self.classes |= {
                    CLASS_A: _recording("RecordingA", self.server),
                    CLASS_B: _recording("RecordingB", self.server),
                    CLASS_SILENT: types.new_class("Silent", (self.server,)),
                }
        except TypeError as error:
            raise AdapterBroken(
                f"no class can be derived from {label}.Server: {error}",
                culprit="caller",
                hint="users of the module derive their own class from Server, so it has to allow that",
            ) from error
        #: Why a command cannot be carried out, for those that cannot.
        self.missing = self._find_missing()

    # Commands are those of other classes as well: where a module has such a one, and not the one they are named after.
    def _has_method(self, owner: str, command: str, name: str) -> bool:
        if callable(getattr(getattr(self.module, owner, None), name, None)):
            return True
        others = () if isinstance(getattr(self.module, owner, None), type) else _SHARED.get(owner, ())
        names = {each: _OPTIONAL[each][0] if command == "adapter" else name for each in others}
        return any(callable(getattr(getattr(self.module, each, None), names[each], None)) for each in others)

    def _find_missing(self) -> dict[str, str]:
        missing = {}
        for owner, methods in METHODS_OF.items():
            for command, name in methods.items():
                if not self._has_method(owner, command, name):
                    missing[command] = f"{self.label} has no {owner}.{name}"
        for command, name in FUNCTIONS.items():
            if not callable(getattr(self.module, name, None)):
                missing[command] = f"{self.label} has no {name}"
        if not callable(self.orphan_class):
            for command in ("save", "restore", "holds"):
                missing.setdefault(command, f"{self.label} has no SharedOrphan")
        return missing
