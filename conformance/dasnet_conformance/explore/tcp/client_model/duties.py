"""What has to happen sooner or later to clients of the implementation, and what may arrive at what they talk to.

As `duties` and `received` of `server_model` for its servers. It judges, and carries nothing out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dasnet_conformance.explore.shared.limits import MUCH_AT_ONCE
from dasnet_conformance.explore.shared.verdicts import Divergence
from dasnet_conformance.explore.tcp.server_model.received import difference, first_difference
from dasnet_conformance.explore.tcp.server_model.state import Connection

from .state import Caller, left_waiting, missing


def due_to_callers(callers: Iterable[Caller]) -> Iterator[tuple[str, str]]:
    """All that is still missing: the requirement, and a sentence."""
    for caller in callers:
        connection = caller.connection
        if connection is not None and not caller.destroyed:
            yield from _of_connection(caller, connection)
        for ended, requirement in caller.ended:
            yield from _of_ended(caller, ended, requirement)


def _of_connection(caller: Caller, connection: Connection) -> Iterator[tuple[str, str]]:
    client = f"client {caller.label}"
    if not connection.of_listener:
        if connection.orphaned and not caller.shaken:
            yield "together.server-destroyed", f"{client}, whose server was destroyed, is told of no departure"
        return
    if connection.given_up or (caller.shaken and (connection.end or connection.wire.closed is not None)):
        return
    if missing(connection) and not connection.loss_allowed and not left_waiting(connection):
        left = f"{missing(connection)} of {connection.queued} bytes sent to {client} are not delivered"
        yield missing_at(caller, connection), left
    if connection.wire.reading and not connection.gone and connection.wire.closed is None and connection.unread > 0:
        some = f"{connection.unread} of {len(connection.sent_to)} bytes that {client} sent have not arrived"
        yield "client-callbacks.raise-in-data" if caller.shaken else "client-send.arrives", some
    if connection.gone and not caller.shaken:
        requirement = "client-data.reset" if connection.end == "reset" else "client-tick.notices-departure"
        yield requirement, f"the server of {client} left, and no disconnect callback tells so"


def _of_ended(caller: Caller, connection: Connection, requirement: str) -> Iterator[tuple[str, str]]:
    if connection.gone or connection.given_up or not connection.wire.reading:
        return
    if connection.unread > 0 and not connection.loss_allowed and not connection.refused:
        some = f"{connection.unread} of {len(connection.sent_to)} bytes that client {caller.label} had sent"
        yield "close.accepted-arrives", f"{some} when it ended its connection have not arrived"
    elif connection.wire.closed is None:
        yield requirement, f"what client {caller.label} was connected to sees no end of the connection"


def missing_at(caller: Caller, connection: Connection) -> str:
    """The requirement that a gap in what a client is given violates."""
    if caller.shaken:
        return "client-callbacks.raise-in-data"
    if not connection.of_listener:
        return "together.talk"
    if connection.end in ("closed", "dropped"):
        return "client-data.send-and-leave"
    if connection.end == "half-closed":
        return "client-data.half-close"
    return "client-tick.delivers"


def look_at_servers(callers: Iterable[Caller]) -> None:
    """Judge what has arrived from clients at what they are connected to. Raises `Divergence`."""
    for caller in callers:
        held = [(caller.connection, "")] if caller.connection is not None else []
        for connection, ended in (*held, *caller.ended):
            if connection.of_listener:
                _bytes(caller, connection)
                _end(caller, connection, ended)


def _bytes(caller: Caller, connection: Connection) -> None:
    received, place, wanted = connection.wire.received, connection.compared, connection.sent_to
    connection.compared = len(received)
    if connection.given_up or received[place:] == wanted[place : len(received)]:
        return
    if connection.refused:
        connection.given_up = True
        return
    beyond = connection.beyond[:8]
    requirement = "client-send.many-calls"
    if beyond and beyond in received[place:]:
        requirement = connection.beyond_requirement
    elif caller.turns > 1 and not first_difference(connection, place):
        requirement = "client-send.not-to-the-next-server"
    elif len(wanted) > MUCH_AT_ONCE:
        requirement = "client-send.large"
    raise Divergence(requirement, difference(connection, place))


def _end(caller: Caller, connection: Connection, ended: str) -> None:
    if connection.wire.closed is None or connection.gone:
        return
    expected = ended or connection.end or connection.refused or connection.given_up or caller.shaken
    connection.end, connection.loss_allowed = "dropped", True
    if not expected:
        saw = connection.wire.closed
        raise Divergence("client-tick.idle", f"the server of client {caller.label} sees {saw}, though nobody closed it")
