"""What an HTTP client has to do sooner or later: ask, tell of each outcome, end the connections that are at an end.

Each duty is a requirement and what is missing, in words.
"""

from __future__ import annotations

from collections.abc import Iterator

from dasnet_conformance.explore.scripts import http_client_words as words

from .hearing import requirement_of
from .limits import may_be_given_up, overdue
from .state import Asked, AskerHandle, AskerState


def due_of_askers(state: AskerState) -> Iterator[tuple[str, str]]:
    """All that is due, the most telling first."""
    for connection in state.connections():
        incoming = connection.incoming
        halfway = connection.live and not connection.hidden and connection.handle.hears is not None
        if halfway and incoming is not None and incoming.reply is not None and incoming.reply.early:
            told = f"the rest of {incoming.method} {incoming.target}, or the end of {connection.wire.name}"
            yield "http-client-connection.early-body-whole", told
    for handle in state.handles:
        if handle.hears is not None:
            yield from _outcomes(handle)
    for connection in state.connections():
        gone = connection.wire.closed is not None or connection.wire.socket is None
        saved = connection.handle.hears is None and not connection.handle.closed
        if connection.owed_end and not gone and not saved and not connection.unread:
            yield connection.owed_end, f"the end of {connection.wire.name}, expected of the client"


def _outcomes(handle: AskerHandle) -> Iterator[tuple[str, str]]:
    front = True
    # Behind what the server does not read there may be another request.
    hidden = any(connection.hidden for connection in handle.connections)
    for asked in handle.waiting():
        if asked.doomed:
            yield _of_doomed(asked), f"a failure of exchange {asked.number}"
        elif asked.answered:
            yield requirement_of(asked), f"the outcome of exchange {asked.number}, which was answered"
        elif asked.of_nobody:
            told = f"a failure of exchange {asked.number}, asked where nobody listens"
            yield _of_refused(asked), told
        elif requirement := overdue(handle, asked):
            told = f"a failure of exchange {asked.number}, asked {handle.ticks - asked.since} ticks before"
            yield requirement, told
        elif front and not asked.of_silence and not hidden and not may_be_given_up(handle, asked):
            if (coming := asked.incoming_at()) is not None:
                yield _of_rest(asked), f"the rest of {asked.method} {asked.target} at {coming.wire.name}"
            elif not asked.on_the_way:
                yield _of_missing(handle, asked), f"{asked.method} {asked.target} at the server, or its outcome"
        front = False


def _of_refused(asked: Asked) -> str:
    return "http-client-reload.failure-to-tell" if asked.reloaded else "http-client-connection.refused"


def _of_rest(asked: Asked) -> str:
    return "http-client-reload.sending" if asked.reloaded else "http-client-connection.server-slow-to-read"


def _of_doomed(asked: Asked) -> str:
    return "http-client-reload.failure-to-tell" if asked.reloaded else asked.doomed


def _of_missing(handle: AskerHandle, asked: Asked) -> str:
    if asked.reloaded:
        return "http-client-reload.before-connecting" if not asked.seen else "http-client-reload.waiting"
    if asked.target.endswith("/inside"):
        return "http-client-outcome.request-inside"
    if handle.towards != words.NOBODY and len(handle.listeners) > 1:
        return "http-client-outcome.init-again"
    failed = any(each.outcome is not None and each.outcome.what == "failure" for each in handle.asked)
    if asked.seen or failed:
        return "http-client-connection.after-failure"
    if any(connection.end for connection in handle.connections):
        return "http-client-connection.idle-end"
    if handle.asked[0] is asked:
        return words.BY_PLACE.get(handle.towards, "http-client-request.get")
    return "http-client-connection.order"
