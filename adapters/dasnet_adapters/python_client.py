"""The commands of the profiles `client` and `client-lowlevel` against a Python module, for the host of a session.

The host makes the objects, gives every command its way and turns errors into refusals; here stands how each is one call
of `Client` or of a function on the handle in its `_client`. A module without the class costs a session a dictionary
entry per command and nothing else. May import the standard library, the contract and what the host stands on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .contract import Outcome
from .python_outcomes import NOTHING, boolean, repeated
from .python_recording import Record


def client_commands(functions: Any, record_of: Callable[[int], Record]) -> dict[str, Callable[..., Outcome]]:
    """How each command of the two profiles is carried out, by name.

    Arguments: `functions`, the module; `record_of`, the record of an object by its number, which raises for none.
    """

    # Object 0 is the null handle, and so is that of an object which has no such field.
    def handle(number: int) -> Any:
        return None if number == 0 else getattr(record_of(number).instance, "_client", None)

    def connect(number: int, host: str, port: int, timeout: int) -> Outcome:
        record = record_of(number)
        record.connected_with = (number, host, port, timeout)
        return boolean(record.instance.connect(host, port, timeout), "connect")

    def close(number: int) -> Outcome:
        record_of(number).instance.close()
        return NOTHING

    def make_client(number: int) -> Outcome:
        target = None if number == 0 else record_of(number).instance
        return boolean(functions.make_client(target, type(target)), "make_client")

    def client_connect(number: int, host: str, port: int, timeout: int) -> Outcome:
        return boolean(functions.client_connect(handle(number), host, port, timeout), "client_connect")

    def client_is_connected(number: int) -> Outcome:
        return boolean(functions.client_is_connected(handle(number)), "client_is_connected")

    def client_tick(number: int) -> Outcome:
        functions.client_tick(handle(number))
        return NOTHING

    def client_send(number: int, data: bytes, repeat: int, size: int) -> Outcome:
        return boolean(functions.client_send(handle(number), repeated(data, repeat), size), "client_send")

    def client_close(number: int) -> Outcome:
        functions.client_close(handle(number))
        return NOTHING

    return {
        "connect": connect,
        "close": close,
        "make_client": make_client,
        "client_connect": client_connect,
        "client_is_connected": client_is_connected,
        "client_tick": client_tick,
        "client_send": client_send,
        "client_close": client_close,
    }
