"""What may arrive at a peer: exactly what its server sent to it, and no end of the connection that it did not make."""

from __future__ import annotations

from dasnet_conformance.explore.shared.limits import MUCH_AT_ONCE
from dasnet_conformance.explore.shared.verdicts import Divergence

from .state import Connection, Handle, State

#: Bytes that show whether a buffer was overwritten, which the driver does with zeros.
_ZEROS = 12


def look(state: State) -> None:
    """Judge what has arrived at the peers since the last look. Raises `Divergence`."""
    for connection in state.connections:
        if connection.of_listener:
            continue
        if len(connection.wire.received) > connection.compared:
            _bytes(state, connection)
        if connection.wire.closed is not None and not connection.gone:
            _end(state, connection)


def _bytes(state: State, connection: Connection) -> None:
    received, place = connection.wire.received, connection.compared
    handle = state.handle_of(connection)
    if handle is not None and connection in handle.client:
        if connection.sent_to:
            handle.settle_on(connection)
    elif not (connection.departed or connection.given_up or (connection.orphaned and connection.sent_to)):
        raise Divergence(_to_waiting(handle), f"{connection} was not taken, and received {bytes(received[:24])!r}")
    connection.compared = len(received)
    if connection.given_up or connection.excess:
        return
    if received[place:] != connection.sent_to[place : len(received)]:
        told = difference(connection, place)
        if connection.refused and received.startswith(connection.sent_to):
            connection.excess = told
            return
        raise Divergence(_wrong(handle, connection, place), told)


def _to_waiting(handle: Handle | None) -> str:
    if handle is not None and handle.client:
        return "tick.second-client-gets-nothing"
    return "send.not-to-the-next-client" if handle is not None and handle.served else "send.refused-is-not-kept"


def _wrong(handle: Handle | None, connection: Connection, place: int) -> str:
    beyond = connection.beyond[:8]
    if beyond and beyond in connection.wire.received[place:]:
        return connection.beyond_requirement
    if connection.reused and not any(connection.wire.received[first_difference(connection, place) :][:_ZEROS]):
        large = len(connection.sent_to) > MUCH_AT_ONCE
        return "buffers.waiting-then-overwritten" if large else "buffers.sent-then-overwritten"
    if handle is not None and handle.reloads:
        return "save.queued-bytes-survive"
    return "send.not-to-the-next-client" if handle is not None and handle.served and not place else "send.many-calls"


def first_difference(connection: Connection, place: int) -> int:
    """From `place` on, the first byte that is another than was sent, or of which no more was sent."""
    got, wanted = connection.wire.received, connection.sent_to
    shorter = min(len(got), len(wanted))
    return next((at for at in range(place, shorter) if got[at] != wanted[at]), shorter)


def difference(connection: Connection, place: int) -> str:
    """The same in words."""
    got, wanted = connection.wire.received, connection.sent_to
    first = first_difference(connection, place)
    there = bytes(wanted[first : first + 12])
    expected = repr(there) if there else "nothing (no more was sent)"
    return f"at byte {first} of what {connection} received: expected {expected}, got {bytes(got[first : first + 12])!r}"


def _end(state: State, connection: Connection) -> None:
    handle = state.handle_of(connection)
    saw = connection.wire.closed
    shaken = handle is not None and handle.shaken and connection in handle.client
    fine = (
        connection.orphaned
        or connection.departed
        or connection.given_up
        or shaken
        or connection.end
        or connection.refused
    )
    if handle is not None and connection in handle.client and len(handle.client) > 1:
        handle.settle_on(connection)
    if handle is not None:
        connection.let_go(handle)
    connection.end, connection.loss_allowed = "dropped", True
    if fine:
        return
    where = "while it waited"
    if handle is not None and handle.holder is None:
        requirement, where = "save.client-stays", "while the handle was in an orphan"
    elif handle is not None and connection in handle.queue:
        requirement = "tick.second-client-not-lost"
    elif handle is not None and handle.reloads:
        requirement, where = "restore.connected", "after a reload"
    else:
        requirement, where = "query.is-connected-follows-client", "while it was the client"
    raise Divergence(requirement, f"{connection} sees {saw} {where}, though nobody closed its server")
