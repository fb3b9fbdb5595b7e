"""What an HTTP client has to do sooner or later: ask, tell of each outcome, end the connections that are at an end.

Each duty is a requirement and what is missing, in words.
"""

from __future__ import annotations

from collections.abc import Iterator

from . import asker_words as words
from .asker_hearing import requirement_of
from .asker_state import Asked, AskerHandle, AskerState


def due_of_askers(state: AskerState) -> Iterator[tuple[str, str]]:
    """All that is due, the most telling first."""
    for handle in state.handles:
        if handle.hears is not None:
            yield from _outcomes(handle)
    for connection in state.connections():
        gone = connection.wire.closed is not None or connection.wire.socket is None
        saved = connection.handle.hears is None and not connection.handle.closed
        if connection.owed_end and not gone and not saved:
            yield connection.owed_end, f"the end of {connection.wire.name}, expected of the client"


def _outcomes(handle: AskerHandle) -> Iterator[tuple[str, str]]:
    front = True
    for asked in handle.waiting():
        if asked.doomed:
            yield _of_doomed(asked), f"a failure of exchange {asked.number}"
        elif asked.answered:
            yield requirement_of(asked), f"the outcome of exchange {asked.number}, which was answered"
        elif asked.of_nobody:
            yield "http-client-connection.refused", f"a failure of exchange {asked.number}, asked where nobody listens"
        elif front and not asked.on_the_way:
            yield _of_missing(handle, asked), f"{asked.method} {asked.target} at the server, or its outcome"
        front = False


def _of_doomed(asked: Asked) -> str:
    return "http-client-reload.failure-to-tell" if asked.reloaded else asked.doomed


def _of_missing(handle: AskerHandle, asked: Asked) -> str:
    if asked.reloaded:
        return "http-client-reload.before-connecting" if not asked.arrived else "http-client-reload.waiting"
    if asked.target.endswith("/inside"):
        return "http-client-outcome.request-inside"
    if handle.towards != words.NOBODY and len(handle.listeners) > 1:
        return "http-client-outcome.init-again"
    failed = any(each.outcome is not None and each.outcome.what == "failure" for each in handle.asked)
    if asked.arrived or failed:
        return "http-client-connection.after-failure"
    if any(connection.end for connection in handle.connections):
        return "http-client-connection.idle-end"
    if handle.asked[0] is asked:
        return words.BY_PLACE.get(handle.towards, "http-client-request.get")
    return "http-client-connection.order"
