"""The commands that a driver may do without, against a Python module, for the host of a session.

They are for checks of long use, of waste, of buffers and of child processes: many calls in one command, a buffer that
is used again, what the process has in use, and a child process that inherits from it. May import the standard library,
the contract and what the host stands on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .contract import Outcome, Unsupported
from .python_child import HostChild
from .python_outcomes import (
    FALSE,
    NOTHING,
    TRUE,
    CallerError,
    boolean,
    count_descriptors,
    count_threads,
    memory_in_use,
)
from .python_recording import Record


def optional_commands(
    record_of: Callable[[int], Record], orphan_of: Callable[[int], Any], process: HostChild
) -> dict[str, Callable[..., Outcome]]:
    """How each of these commands is carried out, by name.

    Arguments: `record_of`, the record of an object by its number, which raises for none; `orphan_of`, an orphan by its
    number, made when first asked for; `process`, the child process that the host owns and ends with its session.
    """

    def ticks(number: int, count: int) -> Outcome:
        instance = record_of(number).instance
        for _ in range(count):
            instance.tick()
        return NOTHING

    def reloads(number: int, orphan: int, count: int) -> Outcome:
        instance, shared = record_of(number).instance, orphan_of(orphan)
        for _ in range(count):
            instance.save(shared)
            instance.restore(shared)
        return NOTHING

    def send_reused(number: int, data: bytes, repeat: int, size: int) -> Outcome:
        buffer = bytearray(data * repeat)
        try:
            return boolean(record_of(number).instance.send(buffer, size), "send")
        finally:
            buffer[:] = bytes(len(buffer))

    def kept(number: int) -> Outcome:
        return TRUE if all(bytes(memoryview(given)) == copy for given, copy in record_of(number).kept) else FALSE

    def child() -> Outcome:
        if process.lives:
            raise CallerError("the host has a child process already")
        try:
            process.start()
        except OSError as error:
            return Unsupported(f"no child process can be started: {error.strerror}")
        return NOTHING

    def reap() -> Outcome:
        if not process.lives:
            raise CallerError("the host has no child process")
        process.end()
        return NOTHING

    return {
        "ticks": ticks,
        "reloads": reloads,
        "send_reused": send_reused,
        "kept": kept,
        "child": child,
        "reap": reap,
        "descriptors": count_descriptors,
        "memory": memory_in_use,
        "threads": count_threads,
    }
