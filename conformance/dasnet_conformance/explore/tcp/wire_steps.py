"""What the suite's end of a connection does, whether a server or a client of the implementation is at the other one.

Each is told the connection in the model and the peer that plays it, and says whether it was done. May act on that peer.
"""

from __future__ import annotations

from typing import Final

from dasnet_conformance.explore.shared.content import stream
from dasnet_conformance.explore.shared.limits import LONGEST_STREAM, MOST_CONNECTIONS
from dasnet_conformance.explore.tcp.server_model.state import Connection, Handle
from dasnet_conformance.stage.peer import Peer

from .world import TcpWorld

#: Connections that may wait at once: how many more a listen queue holds is the system's matter.
_MOST_WAITING: Final = 2


def takes_another(world: TcpWorld, handle: Handle) -> bool:
    """Whether a script may have another connection to this server."""
    if handle.state != "listening" or len(world.state.connections) >= MOST_CONNECTIONS:
        return False
    # Candidates beyond the first may still be in the queue.
    return len(handle.queue) + max(len(handle.client) - 1, 0) < _MOST_WAITING


def both_ends_up(world: TcpWorld, connection: Connection | None) -> tuple[Connection, Peer] | None:
    """The connection and its peer while neither has ended it."""
    if connection is None or connection.gone or connection.wire.closed is not None:
        return None
    return connection, world.wires[connection.serial]


def send_on(world: TcpWorld, connection: Connection, wire: Peer, count: int) -> bool:
    """Send so many more bytes of the connection's stream."""
    if connection.end or not 0 < count <= LONGEST_STREAM - connection.queued:
        return False
    world.deeds += 1
    wire.send(stream(connection.serial)[connection.queued : connection.queued + count])
    connection.queued += count
    return True


def half_close(world: TcpWorld, connection: Connection, wire: Peer) -> None:
    """Shut down writing."""
    if not connection.end:
        world.deeds += 1
        wire.half_close()
        connection.end, connection.was_half_closed = "half-closed", True


def leave(world: TcpWorld, connection: Connection, wire: Peer, how: str) -> bool:
    """Leave by "close" or by "reset"."""
    # What has arrived is read first: closing over unread bytes is a reset, and the system may lose bytes by it.
    world.step_peers()
    if wire.closed is not None:
        return False
    world.deeds += 1
    connection.queued -= wire.unsent
    if how == "close":
        connection.loss_allowed = connection.loss_allowed or connection.unread > 0 or connection.given_up
        wire.close()
        connection.end = "closed"
    else:
        connection.loss_allowed = True
        wire.reset()
        connection.end = "reset"
    return True


def set_reading(world: TcpWorld, wire: Peer, reading: bool) -> None:
    """Stop reading, or read again."""
    world.deeds += 1
    if reading:
        wire.resume_reading()
    else:
        wire.pause_reading()
