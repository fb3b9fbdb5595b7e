"""What has to happen sooner or later: the model's liveness. Asked only at a settle, when ticks have gone on for long.

Each duty is a requirement and a sentence on what is missing. Nothing is asked of a handle that nobody ticks, or whose
client cannot be told for certain; what is the system's to lose is not asked for either.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dasnet_conformance.explore.shared.limits import SOME_QUEUED

from .state import Connection, Handle, State

Duty = tuple[str, str]

#: The requirement of the low-level function that stands in when the ticks are its.
_LOW: Final = {
    "tick.takes-pending-client": "server-tick.takes-client",
    "tick.delivers-data": "server-tick.delivers",
    "tick.notices-departure": "server-tick.departure",
}


def due(state: State, *, low: bool = False) -> Iterator[Duty]:
    """All that is still missing; `low` when it was server_tick that ticked."""
    for handle in state.handles:
        for requirement, what in _of_handle(handle):
            yield (_LOW.get(requirement, requirement) if low else requirement), what
    for connection in state.connections:
        yield from _owed(connection)


def _of_handle(handle: Handle) -> Iterator[Duty]:
    if handle.state == "closed":
        yield from _ends(handle)
    elif handle.state == "listening" and handle.holder is not None and handle.hears is not None:
        if handle.client:
            yield from _of_client(handle)
        else:
            yield from _taking(handle)


# Whoever was there when a server closed has to see it.
def _ends(handle: Handle) -> Iterator[Duty]:
    client, waiting, _ = handle.closing
    for connections, requirement in ((handle.client, client), (handle.queue, waiting)):
        for connection in connections:
            if not connection.gone and connection.wire.closed is None and connection.wire.reading:
                yield requirement, f"{connection} sees no end of its connection"


# What was accepted for a client that shut down writing and reads on, where that counts as its departure.
def _owed(connection: Connection) -> Iterator[Duty]:
    handle = connection.owed_by
    if handle is None or handle.state != "listening" or handle.holder is None or handle.hears is None:
        return
    if connection.end in ("half-closed", "dropped") and connection.wire.reading and connection.unread > 0:
        missing = (
            f"{connection.unread} of {len(connection.sent_to)} bytes sent to {connection}, which had shut down writing"
        )
        yield "endings.accepted-before-half-close", f"{missing}, have not arrived"


def _waits(handle: Handle) -> Connection | None:
    return next((connection for connection in handle.queue if not connection.skippable), None)


def _taking(handle: Handle) -> Iterator[Duty]:
    waiting = _waits(handle)
    if waiting is None:
        return
    if handle.shaken:
        requirement = "callbacks.raise-keeps-serving"
    elif handle.fresh:
        requirement = "restore.arrival-while-orphaned"
    elif handle.served:
        requirement = "tick.second-client-taken-after"
    elif waiting.end == "closed":
        requirement = "data.connect-send-close"
    else:
        requirement = "tick.takes-pending-client"
    yield requirement, f"{waiting} waits and is not taken: no connect callback on object {handle.hears}"


def _of_client(handle: Handle) -> Iterator[Duty]:
    if handle.shaken or any(connection.given_up for connection in handle.client):
        if all(connection.gone for connection in handle.client) and _waits(handle) is not None:
            yield "callbacks.raise-keeps-serving", f"{_waits(handle)} is not served after a callback raised"
        yield from _of_kept(handle.client)
        return
    if len(handle.client) == 1:
        yield from _bytes(handle, handle.client[0])
        client = handle.client[0]
        if client.excess and not client.gone and client.wire.closed is None:
            yield (
                "send.stalled-refused-is-clean",
                f"a part of what send refused arrived, and the connection is open: {client.excess}",
            )
    if all(connection.gone for connection in handle.client):
        yield _departure(handle), f"{handle.client[0]} left, and no disconnect callback tells so"


# A client on which a callback raised, and whose connection the server did not end: it is served as before.
def _of_kept(candidates: list[Connection]) -> Iterator[Duty]:
    client = candidates[0]
    if (
        len(candidates) > 1
        or client.given_up
        or client.end
        or client.wire.closed is not None
        or not client.wire.reading
    ):
        return
    if not client.complete and client.unread <= SOME_QUEUED:
        missing = f"{client.queued - client.delivered} of {client.queued} bytes of {client} are not delivered"
        yield "exceptions.data-waiting", f"{missing} after a callback raised, and its connection is open"
    if client.unread > 0:
        missing = f"{client.unread} of {len(client.sent_to)} bytes sent to {client} have not arrived"
        yield "exceptions.queued-bytes", f"{missing} after a callback raised, and its connection is open"


def _departure(handle: Handle) -> str:
    client = handle.client[0]
    if handle.fresh:
        return "restore.departure-while-orphaned"
    if client.was_half_closed:
        return "data.half-close-then-close"
    return "data.abortive-close" if client.end == "reset" else "tick.notices-departure"


def _bytes(handle: Handle, client: Connection) -> Iterator[Duty]:
    if not client.complete and client.unread <= SOME_QUEUED:
        missing = f"{client.queued - client.delivered} of {client.queued} bytes of {client} are not delivered"
        yield missing_bytes(handle, client), missing
    if client.wire.reading and not client.gone and client.wire.closed is None and client.unread > 0:
        requirement = "save.queued-bytes-survive" if handle.reloads else "send.arrives"
        yield requirement, f"{client.unread} of {len(client.sent_to)} bytes sent to {client} have not arrived"


def missing_bytes(handle: Handle, client: Connection) -> str:
    """The requirement that a gap in the delivery of a client's bytes violates, at the place where it stands."""
    if client.delivered < client.before_restore:
        if handle.saved_inside:
            return "save.same-packet-not-lost"
        if client.delivered < client.before_save:
            return "restore.unread-before-save"
        return "restore.departed-with-data" if client.left_orphan else "restore.bytes-while-orphaned"
    if client.end in ("closed", "dropped"):
        return "data.send-and-close" if client.early < client.queued else "data.connect-send-close"
    if client.delivered < client.early:
        return "tick.second-client-early-data" if handle.served else "tick.delivers-data"
    return "data.half-close" if client.end == "half-closed" else "tick.delivers-data"
