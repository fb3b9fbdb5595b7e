"""The commands of the profile `lowlevel` against a Python module, for the host of a session: one function of it each.

May import the standard library, the contract and what the host stands on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .contract import Outcome
from .python_outcomes import NOTHING, boolean, repeated
from .python_recording import Record


def lowlevel_commands(functions: Any, record_of: Callable[[int], Record]) -> dict[str, Callable[..., Outcome]]:
    """How each command of the profile is carried out, by name.

    Arguments: `functions`, the module; `record_of`, the record of an object by its number, which raises for none.
    """

    # Object 0 is the null handle, and so is that of an object which has no such field.
    def handle(number: int) -> Any:
        return None if number == 0 else getattr(record_of(number).instance, "_server", None)

    def make_server(number: int) -> Outcome:
        target = None if number == 0 else record_of(number).instance
        return boolean(functions.make_server(target, type(target)), "make_server")

    def server_tick(number: int) -> Outcome:
        functions.server_tick(handle(number))
        return NOTHING

    def server_restore(number: int, target: int) -> Outcome:
        record = record_of(target)
        functions.server_restore(handle(number), record.instance, record.class_info)
        return NOTHING

    return {
        "make_server": make_server,
        "server_init": lambda number, port: boolean(functions.server_init(handle(number), port), "server_init"),
        "server_is_open": lambda number: boolean(functions.server_is_open(handle(number)), "server_is_open"),
        "server_is_connected": lambda number: boolean(
            functions.server_is_connected(handle(number)), "server_is_connected"
        ),
        "server_tick": server_tick,
        "server_send": lambda number, data, repeat, size: boolean(
            functions.server_send(handle(number), repeated(data, repeat), size), "server_send"
        ),
        "server_restore": server_restore,
    }
