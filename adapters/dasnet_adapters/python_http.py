"""The commands of the profiles `http` and `http-client` against a Python module, for the host of a session.

The host makes the objects, gives every command its way and turns errors into refusals; here stands how `respond` and
`request` are one call each, and how fields look on the line. May import the standard library, the contract and what the
host stands on.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, Final

from .contract import Outcome
from .python_outcomes import boolean, number, repeated
from .python_recording import Record

#: The limits of the command `http_new`, in its order, as `HttpServer` names them.
LIMITS: Final = (
    "longest_request_line",
    "largest_head",
    "most_fields",
    "largest_body",
    "most_connections",
    "stall_ticks",
)


#: The limits of the command `http_client_new`, in its order, as `HttpClient` names them.
CLIENT_LIMITS: Final = ("largest_head", "largest_body", "stall_ticks", "deadline_ticks")


def http_limits(given: Iterable[int], names: Iterable[str] = LIMITS) -> dict[str, int]:
    """The limits of a command as arguments of the class; 0 leaves one to the implementation."""
    return {name: limit for name, limit in zip(names, given, strict=True) if limit}


def takes_limits(class_info: type, limits: dict[str, int]) -> bool:
    """Whether a class can be made with these limits, as far as it tells what it takes."""
    try:
        inspect.signature(class_info).bind(**limits)
    except TypeError:
        return False
    except ValueError:
        pass  # it tells nothing
    return True


def split_headers(headers: bytes) -> list[tuple[bytes, bytes]]:
    """Names and values of lines `name: value`, each ended by CR LF; without a colon a line is a name with no value."""
    pairs = (line.partition(b":") for line in headers.removesuffix(b"\r\n").split(b"\r\n") if headers)
    return [(name, value.removeprefix(b" ")) for name, _, value in pairs]


def http_commands(record_of: Callable[[int], Record]) -> dict[str, Callable[..., Outcome]]:
    """How each command of the profile is carried out, by name, but for the making of objects.

    Arguments: `record_of`, the record of an object by its number, which raises for none.
    """

    def respond(object: int, exchange: int, status: int, headers: bytes, body: bytes, repeat: int) -> Outcome:
        instance: Any = record_of(object).instance
        return boolean(instance.respond(exchange, status, split_headers(headers), repeated(body, repeat)), "respond")

    def request(object: int, method: str, target: str, headers: bytes, body: bytes, repeat: int) -> Outcome:
        instance: Any = record_of(object).instance
        return number(instance.request(method, target, split_headers(headers), repeated(body, repeat)), "request")

    return {"respond": respond, "request": request}
