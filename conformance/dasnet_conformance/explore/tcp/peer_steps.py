"""The peers' steps: what each one does on its socket, and what the model is told of it.

A step of a peer that is not connected does nothing, and neither does one after the server ended the connection.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dasnet_conformance.explore.scripts.steps import Step
from dasnet_conformance.explore.shared.verdicts import Divergence, NoVerdict
from dasnet_conformance.explore.tcp.server_model.state import Connection, Handle
from dasnet_conformance.stage.expect import Mismatch
from dasnet_conformance.stage.peer import Peer

from .wire_steps import both_ends_up, half_close, leave, send_on, set_reading, takes_another
from .world import TcpWorld


def _wire(world: TcpWorld, step: Step) -> tuple[Connection, Peer] | None:
    return both_ends_up(world, world.state.current.get(step.number("peer")))


def _connect(world: TcpWorld, step: Step) -> None:
    obj, peer = world.state.objects.get(step.number("object")), step.number("peer")
    handle = obj.last if obj is not None else None
    if handle is None or not takes_another(world, handle):
        return
    earlier = world.state.current.get(peer)
    if (earlier is not None and not earlier.gone) or not 1 <= peer <= 3:
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


def _send(world: TcpWorld, step: Step) -> None:
    found = _wire(world, step)
    if found is None or not send_on(world, *found, step.number("count")):
        return
    connection, _ = found
    handle = world.state.handle_of(connection)
    if handle is not None and connection in handle.queue:
        connection.early = connection.queued
    if handle is not None and handle.holder is None:
        connection.before_restore = connection.queued


def _half_close(world: TcpWorld, step: Step) -> None:
    found = _wire(world, step)
    if found is not None:
        half_close(world, *found)


def _end(world: TcpWorld, step: Step) -> None:
    found = _wire(world, step)
    if found is None:
        return
    handle = world.state.handle_of(found[0])
    if leave(world, *found, step.name):
        found[0].left_orphan = handle is not None and handle.holder is None


def _read(world: TcpWorld, step: Step) -> None:
    found = _wire(world, step)
    if found is not None:
        set_reading(world, found[1], step.name == "resume")


PEER_STEPS: Final[dict[str, Callable[[TcpWorld, Step], None]]] = {
    "connect": _connect,
    "peer_send": _send,
    "half_close": _half_close,
    "reset": _end,
    "close": _end,
    "pause": _read,
    "resume": _read,
}
