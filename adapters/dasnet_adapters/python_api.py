"""What a Python module has to offer to be judged by `python:MODULE`, as protocols that a type checker can hold it to.

A port checks itself with one line, which mypy then judges:

    api: LowlevelModule = my_port  # or CoreModule, for a port without the low-level functions
    client: ClientLowlevelModule = my_port  # or ClientModule; a port without the class Client leaves this line out
    http: HttpModule = my_port  # likewise
    http_client: HttpClientModule = my_port  # likewise

Nothing beyond this page is needed of a module; names of parameters are free. `find_shortcomings` asks a module for each
part at run time. May import the standard library and the contract; calls nothing of the module.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, Final, Protocol

from .contract import CLIENT, CLIENT_LOWLEVEL, CORE, HTTP, HTTP_CLIENT, LOWLEVEL


class ServerObject(Protocol):
    """An object of the module's class `Server`, or of one derived from it, which is made without arguments.

    Derived classes may define `on_connect()`, `on_disconnect()`, `on_data(data)`, `on_error(message, code)` and
    `on_log(message)`; a derived class that defines none of them has to work.
    """

    @property
    def _server(self) -> Any:
        """The handle, None while there is none. It is what the low-level functions are given."""

    def make_server_adapter(self) -> None:
        """Make the handle."""

    def init(self, port: int, /) -> bool:
        """Listen on a port."""

    def has_session(self) -> bool:
        """Whether there is a client to talk to."""

    def is_open(self) -> bool:
        """Whether it listens."""

    def is_connected(self) -> bool:
        """Whether a client is connected."""

    def tick(self) -> None:
        """Do what is ready, and call back."""

    def send(self, data: Any, size: int, /) -> bool:
        """Send the first `size` bytes of `data`, which is bytes or a bytearray."""

    def save(self, orphan: Any, /) -> None:
        """Move the handle into an orphan, which is of the module's class `SharedOrphan`."""

    def restore(self, orphan: Any, /) -> None:
        """Move the handle out of an orphan into this object."""

    def close(self) -> None:
        """End client and listener: what the destruction of the object is elsewhere."""


class _WithOrphan(Protocol):
    """What the modules have in common whose objects can be saved."""

    @property
    def SharedOrphan(self) -> Callable[[], Any]:  # noqa: N802
        """Makes an empty orphan, without arguments.

        Whether it holds a handle is told by an attribute `server`, which is the handle or None, or else by its truth
        (`__bool__`). With neither, the command `holds` is unsupported, and what asks for it cannot be judged.
        """


class CoreModule(_WithOrphan, Protocol):
    """A module that offers the profile `core`."""

    @property
    def Server(self) -> type[ServerObject]:  # noqa: N802
        """The class to derive from; made without arguments."""


class LowlevelModule(CoreModule, Protocol):
    """A module that offers the profile `lowlevel` as well. `handle` is the field `_server` of an object, or None."""

    def make_server(self, obj: Any, class_info: type, /) -> bool:
        """Make a handle that calls back `obj`, an object of the class `class_info`, and store it in its `_server`."""

    def server_init(self, handle: Any, port: int, /) -> bool:
        """As `Server.init`."""

    def server_is_open(self, handle: Any, /) -> bool:
        """As `Server.is_open`."""

    def server_is_connected(self, handle: Any, /) -> bool:
        """As `Server.is_connected`."""

    def server_tick(self, handle: Any, /) -> None:
        """As `Server.tick`."""

    def server_send(self, handle: Any, data: Any, size: int, /) -> bool:
        """As `Server.send`."""

    def server_restore(self, handle: Any, obj: Any, class_info: type, /) -> None:
        """Call back `obj`, an object of the class `class_info`, from now on."""


class ClientObject(Protocol):
    """An object of the module's class `Client`, or of one derived from it, which is made without arguments.

    Derived classes may define the same five callbacks as those of `Server`.
    """

    @property
    def _client(self) -> Any:
        """The handle, None while there is none. It is what the low-level functions are given."""

    def make_client_adapter(self) -> None:
        """Make the handle."""

    def connect(self, host: str, port: int, timeout_ms: int = 5000, /) -> bool:
        """Connect to a server, within so many milliseconds."""

    def is_connected(self) -> bool:
        """Whether there is a connection."""

    def tick(self) -> None:
        """Do what is ready, and call back."""

    def send(self, data: Any, size: int, /) -> bool:
        """Send the first `size` bytes of `data`, which is bytes or a bytearray."""

    def close(self) -> None:
        """End the connection; another may follow. It is also what the destruction of the object is elsewhere."""


class ClientModule(Protocol):
    """A module that offers the profile `client`."""

    @property
    def Client(self) -> type[ClientObject]:  # noqa: N802
        """The class to derive from; made without arguments."""


class ClientLowlevelModule(ClientModule, Protocol):
    """A module that offers `client-lowlevel` as well. `handle` is the field `_client` of an object, or None."""

    def make_client(self, obj: Any, class_info: type, /) -> bool:
        """Make a handle that calls back `obj`, an object of the class `class_info`, and store it in its `_client`."""

    def client_connect(self, handle: Any, host: str, port: int, timeout_ms: int, /) -> bool:
        """As `Client.connect`."""

    def client_is_connected(self, handle: Any, /) -> bool:
        """As `Client.is_connected`."""

    def client_tick(self, handle: Any, /) -> None:
        """As `Client.tick`."""

    def client_send(self, handle: Any, data: Any, size: int, /) -> bool:
        """As `Client.send`."""

    def client_close(self, handle: Any, /) -> None:
        """As `Client.close`."""


class HttpServerObject(Protocol):
    """An object of the module's class `HttpServer`, or of one derived from it, which is made without arguments.

    With keyword arguments, if it has limits that can be set: `longest_request_line`, `largest_head`, `largest_body` in
    bytes, `most_fields`, `most_connections`, `stall_ticks`. Derived classes may define `on_request(exchange, method,
    target, version, headers, body)`, `on_error(message, code)` and `on_log(message)`; `headers` are pairs of name and
    value, bytes or text of one byte a character.
    """

    @property
    def _server(self) -> Any:
        """The handle, None while there is none."""

    def make_http_server_adapter(self) -> None:
        """Make the handle."""

    def init(self, port: int, /) -> bool:
        """Listen on a port."""

    def is_open(self) -> bool:
        """Whether it listens."""

    def tick(self) -> None:
        """Do what is ready, and call back."""

    def respond(self, exchange: int, status: int, headers: Any, body: bytes, /) -> bool:
        """Answer the request of that number; `headers` are pairs of name and value."""

    def save(self, orphan: Any, /) -> None:
        """Move the handle into an orphan, which is of the module's class `SharedOrphan`."""

    def restore(self, orphan: Any, /) -> None:
        """Move the handle out of an orphan into this object."""

    def close(self) -> None:
        """End connections and listener: what the destruction of the object is elsewhere."""


class HttpModule(_WithOrphan, Protocol):
    """A module that offers the profile `http`. It need not have a class `Server`."""

    @property
    def HttpServer(self) -> type[HttpServerObject]:  # noqa: N802
        """The class to derive from."""


class HttpClientObject(Protocol):
    """An object of the module's class `HttpClient`, or of one derived from it, which is made without arguments.

    With keyword arguments, if it has limits that can be set: `largest_head` and `largest_body` of an answer in bytes,
    `stall_ticks`, `deadline_ticks`. Derived classes may define `on_response(exchange, status, reason, headers, body)`,
    `on_failure(exchange, message, code)`, `on_error(message, code)` and `on_log(message)`; `headers` are pairs of name
    and value, bytes or text of one byte a character.
    """

    def make_http_client_adapter(self) -> None:
        """Make the handle."""

    def init(self, host: str, port: int, /) -> bool:
        """Name the server."""

    def is_open(self) -> bool:
        """Whether there is a server to ask."""

    def is_connected(self) -> bool:
        """Whether there is a connection to it."""

    def tick(self) -> None:
        """Do what is ready, and call back."""

    def request(self, method: str, target: str, headers: Any, body: bytes, /) -> int:
        """Ask for something; the number of the exchange, or 0."""

    def cancel(self, exchange: int, /) -> Any:
        """Give up the request of that number."""

    def save(self, orphan: Any, /) -> None:
        """Move the handle into an orphan, which is of the module's class `SharedOrphan`."""

    def restore(self, orphan: Any, /) -> None:
        """Move the handle out of an orphan into this object."""

    def close(self) -> None:
        """Forget the server; `init` may follow. It is also what the destruction of the object is elsewhere."""


class HttpClientModule(_WithOrphan, Protocol):
    """A module that offers the profile `http-client`. It need not have a class `Server`."""

    @property
    def HttpClient(self) -> type[HttpClientObject]:  # noqa: N802
        """The class to derive from."""


def _functions(protocol: type) -> dict[str, int]:
    return {
        name: len(inspect.signature(member).parameters) - 1
        for name, member in vars(protocol).items()
        if inspect.isfunction(member) and not name.startswith("_")
    }


#: The methods of `Server`, and how many arguments each takes.
METHODS: Final = _functions(ServerObject)

#: The low-level functions, and how many arguments each takes.
FUNCTIONS: Final = _functions(LowlevelModule)

#: The same of the class `Client`, and of the functions beneath it.
CLIENT_METHODS: Final = _functions(ClientObject)
CLIENT_FUNCTIONS: Final = _functions(ClientLowlevelModule)

#: And of the class `HttpServer`.
HTTP_METHODS: Final = _functions(HttpServerObject)

#: And of the class `HttpClient`.
HTTP_CLIENT_METHODS: Final = _functions(HttpClientObject)

#: The class of each profile that has one, with its methods; and the functions of each that has some.
CLASSES_OF: Final = {
    CORE: ("Server", METHODS),
    CLIENT: ("Client", CLIENT_METHODS),
    HTTP: ("HttpServer", HTTP_METHODS),
    HTTP_CLIENT: ("HttpClient", HTTP_CLIENT_METHODS),
}
FUNCTIONS_OF: Final = {LOWLEVEL: FUNCTIONS, CLIENT_LOWLEVEL: CLIENT_FUNCTIONS}


def tells_holding(orphan: Any) -> bool:
    """Whether it can be told if an orphan holds a handle."""
    return hasattr(orphan, "server") or hasattr(type(orphan), "__bool__")


def is_holding(orphan: Any) -> bool:
    """Whether an orphan that tells so holds a handle."""
    return orphan.server is not None if hasattr(orphan, "server") else bool(orphan)


def find_shortcomings(module: Any, profiles: tuple[str, ...]) -> tuple[str, ...]:
    """What a module lacks of the profiles that it claims, a phrase each: parts, and arguments that a part cannot take.

    Arguments: `module`, or an object that offers the API as a module would; `profiles`, names.
    """
    return tuple(_shortcomings(module, profiles))


def _shortcomings(module: Any, profiles: tuple[str, ...]) -> Iterator[str]:
    for profile, (owner, methods) in CLASSES_OF.items():
        if profile not in profiles:
            continue
        base = getattr(module, owner, None)
        yield from _cannot_take(base, owner, 0)
        for name, count in methods.items():
            yield from _cannot_take(getattr(base, name, None), f"{owner}.{name}", count + 1)
    if {CORE, HTTP, HTTP_CLIENT}.intersection(profiles):
        orphan_class = getattr(module, "SharedOrphan", None)
        yield from _cannot_take(orphan_class, "SharedOrphan", 0)
        if isinstance(orphan_class, type) and not _may_tell_holding(orphan_class):
            yield "SharedOrphan has neither an attribute server nor __bool__ (so 'holds' is unsupported)"
    for profile, functions in FUNCTIONS_OF.items():
        if profile in profiles:
            for name, count in functions.items():
                yield from _cannot_take(getattr(module, name, None), name, count)


# An attribute that __init__ sets is seen on an orphan only, and making one holds nothing.
def _may_tell_holding(orphan_class: type) -> bool:
    try:
        return tells_holding(orphan_class())
    except Exception:
        return True  # Making one fails, which every check with an orphan tells better.


def _cannot_take(part: Any, name: str, count: int) -> Iterator[str]:
    if not callable(part):
        yield f"there is no {name}"
        return
    try:
        signature = inspect.signature(part)
    except (TypeError, ValueError):
        return  # Some of what is written in C does not tell its arguments.
    try:
        signature.bind(*[None] * count)
    except TypeError:
        given = count - ("." in name)
        yield f"{name} cannot be called with {given} argument{'' if given == 1 else 's'}, it is {name}{signature}"
