"""The peers' steps: what each one does on its socket, and what the model is told of it.

A step of a peer that is not connected does nothing, and neither does one after the server ended the connection.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dasnet_conformance.stage.expect import Mismatch
from dasnet_conformance.stage.peer import Peer

from .content import LONGEST_STREAM, MOST_CONNECTIONS, stream
from .state import Connection, Divergence, Handle, NoVerdict
from .steps import Step
from .world import World

#: Connections that may wait at once: how many more a listen queue holds is the system's matter.
_MOST_WAITING: Final = 2


def _wire(world: World, step: Step) -> tuple[Connection, Peer] | None:
    # The peer's connection while both ends are up.
    connection = world.state.current.get(step.number("peer"))
    if connection is None or connection.gone or connection.wire.closed is not None:
        return None
    return connection, world.wires[connection.serial]


def _connect(world: World, step: Step) -> None:
    obj, peer = world.state.objects.get(step.number("object")), step.number("peer")
    handle = obj.last if obj is not None else None
    if handle is None or handle.state != "listening" or len(world.state.connections) >= MOST_CONNECTIONS:
        return
    earlier = world.state.current.get(peer)
    if (earlier is not None and not earlier.gone) or not 1 <= peer <= 3:
        return
    # Candidates beyond the first may still be in the queue.
    if len(handle.queue) + max(len(handle.client) - 1, 0) >= _MOST_WAITING:
        return
    world.deeds += 1
    try:
        wire = world.host.peer(handle.port)
    except Mismatch as mismatch:
        if "within" in mismatch.got and (handle.queue or handle.client):
            raise NoVerdict("the listen queue is full") from mismatch
        told = f"peer {peer} connects to the port of object {step.number('object')}: {mismatch.got}"
        raise Divergence(_unreachable(handle), told) from mismatch
    world.state.current[peer] = world.enlist_connection(handle, peer, wire)


def _unreachable(handle: Handle) -> str:
    if handle.holder is None:
        return "save.listener-stays"
    if handle.client:
        return "tick.second-client-not-lost"
    if handle.reloads:
        return "restore.listening"
    return "query.is-open-after-many-clients" if handle.served else "init.connectable-before-tick"


def _send(world: World, step: Step) -> None:
    found, count = _wire(world, step), step.number("count")
    if found is None or found[0].end or not 0 < count <= LONGEST_STREAM - found[0].queued:
        return
    world.deeds += 1
    connection, wire = found
    wire.send(stream(connection.serial)[connection.queued : connection.queued + count])
    connection.queued += count
    handle = world.state.handle_of(connection)
    if handle is not None and connection in handle.queue:
        connection.early = connection.queued
    if handle is not None and handle.holder is None:
        connection.before_restore = connection.queued


def _half_close(world: World, step: Step) -> None:
    found = _wire(world, step)
    if found is not None and not found[0].end:
        world.deeds += 1
        found[1].half_close()
        found[0].end, found[0].was_half_closed = "half-closed", True


def _end(world: World, step: Step) -> None:
    found = _wire(world, step)
    if found is None:
        return
    connection, wire = found
    # What has arrived is read first: closing over unread bytes is a reset, and the system may lose bytes by it.
    world.step_peers()
    if wire.closed is not None:
        return
    world.deeds += 1
    connection.queued -= wire.unsent
    handle = world.state.handle_of(connection)
    connection.left_orphan = handle is not None and handle.holder is None
    if step.name == "close":
        connection.loss_allowed = connection.loss_allowed or connection.unread > 0 or connection.given_up
        wire.close()
        connection.end = "closed"
    else:
        connection.loss_allowed = True
        wire.reset()
        connection.end = "reset"


def _pause(world: World, step: Step) -> None:
    found = _wire(world, step)
    if found is not None:
        world.deeds += 1
        found[1].pause_reading()


def _resume(world: World, step: Step) -> None:
    found = _wire(world, step)
    if found is not None:
        world.deeds += 1
        found[1].resume_reading()


PEER_STEPS: Final[dict[str, Callable[[World, Step], None]]] = {
    "connect": _connect,
    "peer_send": _send,
    "half_close": _half_close,
    "reset": _end,
    "close": _end,
    "pause": _pause,
    "resume": _resume,
}
