"""The steps of clients of the implementation, and of what they are connected to: what each calls, and what comes of it.

A step that cannot be meant where it stands does nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Final

from dasnet_adapters.contract import CLASS_CLIENT, CLASS_CLIENT_B, Outcome, Value
from dasnet_conformance.explore.scripts.steps import Step
from dasnet_conformance.explore.shared.content import FROM_CALLBACK, parcel, shared_out, stream
from dasnet_conformance.explore.shared.limits import LONGEST_SEND, LONGEST_STREAM, MOST_CONNECTIONS, MUCH_AT_ONCE
from dasnet_conformance.explore.shared.verdicts import Divergence, NoVerdict, expect_one
from dasnet_conformance.explore.tcp.client_model.state import Caller, OwnWire, on_its_way
from dasnet_conformance.explore.tcp.server_model.state import Connection, Handle
from dasnet_conformance.stage.bounds import CONNECT_TIMEOUT, SHORT_TIMEOUT
from dasnet_conformance.stage.expect import Mismatch
from dasnet_conformance.stage.listener import LOOPBACK, Listener
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.reading import reading_meanwhile

from .wire_steps import both_ends_up, half_close, leave, send_on, set_reading, takes_another
from .world import TcpWorld

_CLASSES: Final = {"A": CLASS_CLIENT, "B": CLASS_CLIENT_B}
_NEVER_TRUE: Final = ("false", "refused", "none")
#: Ticks of one step at most.
_MOST_TICKS: Final = 100


def _caller(world: TcpWorld, step: Step) -> Caller | None:
    return world.callers.get(step.number("object"))


# Construction


def _new(world: TcpWorld, step: Step) -> None:
    label = step.number("object")
    if label < 1 or label in world.state.objects or label in world.callers:
        return

    def construct() -> Outcome:
        world.enlist(label, world.host.new(_CLASSES[str(step.get("class"))], needs="client-construct.succeeds"))
        return Value(None)

    world.callers[label] = Caller(label)
    world.judged("new", label, construct)


def _adapter(world: TcpWorld, step: Step) -> None:
    caller = _caller(world, step)
    if caller is None or caller.destroyed or caller.made:
        return
    outcome = world.call("adapter", caller.label)
    expect_one(outcome, ("none", "true"), "client-construct.adapter", f"the adapter of client {caller.label}")
    caller.made = True


def _open(world: TcpWorld, step: Step) -> None:
    _new(world, step)
    _adapter(world, step)


# Connecting


def _through(step: Step) -> str:
    return "client_connect" if step.name == "client_connect" else "connect"


def _connect(world: TcpWorld, step: Step) -> None:
    caller, place = _caller(world, step), str(step.get("place"))
    # What a destroyed client does when it is to connect is nowhere said.
    if caller is None or caller.destroyed or len(world.state.connections) >= MOST_CONNECTIONS:
        return
    if caller.connection is not None and caller.certain is None:
        return  # whether it still counts as connected is not said
    if not caller.made and step.name == "client_connect":
        return
    listener = world.refuser() if place == "nobody" else world.listener()
    port = {"a negative port": -1, "a port beyond a listener's": listener.port + 65_536}.get(place, listener.port)
    what = f"{step.name} of client {caller.label} to {place}"
    if place == "a listener" and caller.made and caller.connection is None:
        _reach(world, caller, step, listener, what)
        return
    refused = "connect.refused-tells-of-no-connection"
    world.caller_hearing.unwanted = refused if place == "nobody" else "connect.port-never-wrapped"
    outcome = world.call(_through(step), caller.label, LOOPBACK, port, CONNECT_TIMEOUT)
    if not caller.made:
        expect_one(outcome, _NEVER_TRUE, "client-construct.connect-without-handle", what)
        return
    if caller.connection is not None:
        expect_one(outcome, _NEVER_TRUE, "connect.twice", what)
        if place == "a listener" and not any(event.message.strip() for event in world.last_call.errors):
            raise Divergence("connect.twice-reports", f"{what}, which is connected: no error callback with a text")
    else:
        requirement = "connect.refused" if place == "nobody" else "connect.port-never-wrapped"
        expect_one(outcome, _NEVER_TRUE, requirement, what)
        caller.without = "connect-failed"
        if place == "nobody" and not any(e.message.strip() and e.code for e in world.last_call.errors):
            raise Divergence("connect.refused-reports", f"{what}: no error callback with a message and a code")
    if place != "nobody" and not listener.nobody_came():
        requirement = "connect.twice" if caller.connection is not None else "connect.port-never-wrapped"
        raise Divergence(requirement, f"{what}: the listener got a connection")


def _succeeds(caller: Caller) -> str:
    if caller.without == "handle-made":
        return "connect.succeeds"
    return {"connect-failed": "connect.after-failure", "closed": "connect.after-close"}.get(
        caller.without, "connect.after-departure"
    )


def _reach(world: TcpWorld, caller: Caller, step: Step, listener: Listener, what: str) -> None:
    requirement = _succeeds(caller)
    connection = world.enlist_connection(None, caller.label, OwnWire(), called="the server of client")
    connection.of_listener = True
    _call_connect(world, caller, step, connection, listener.port, requirement, what)
    try:
        world.wires[connection.serial] = connection.wire = listener.accept()
    except Mismatch as mismatch:
        raise Divergence(requirement, f"{what}: {mismatch}") from mismatch
    world.current_of_caller[caller.label] = connection


def _call_connect(
    world: TcpWorld,
    caller: Caller,
    step: Step,
    connection: Connection,
    port: int,
    requirement: str,
    what: str,
    handle: Handle | None = None,
) -> None:
    # The model takes the connection for made as soon as it is told of; it has to be told of before connect returns.
    hearing = world.caller_hearing
    hearing.coming = connection
    # Behind one that waits, its place in the listen queue is the server's to give: there need not be one.
    waits = handle is not None and bool(handle.queue or len(handle.client) > 1)
    timeout = SHORT_TIMEOUT if waits else CONNECT_TIMEOUT
    outcome = world.call(_through(step), caller.label, LOOPBACK, port, timeout)
    hearing.coming = None
    if waits and outcome != Value(True):
        raise NoVerdict("a client found no place in the listen queue of a server that has not taken the one before it")
    closed_inside = world.last_call.heard_connect and caller.connection is not connection
    if closed_inside or caller.shaken:
        expect_one(outcome, ("true", "false", "refused", "none"), requirement, what)
        return
    expect_one(outcome, ("true",), requirement, what)
    if not world.last_call.heard_connect:
        raise Divergence("connect.fires-before-return", f"{what}: true, and no connect callback")


def _join(world: TcpWorld, step: Step) -> None:
    caller, obj = _caller(world, step), world.state.objects.get(step.number("server"))
    handle = obj.last if obj is not None else None
    if caller is None or not caller.made or caller.destroyed or caller.connection is not None:
        return
    if handle is None or not takes_another(world, handle):
        return
    connection = world.enlist_connection(handle, caller.label, OwnWire(), called="client")
    what = f"client {caller.label} connects to object {step.number('server')}"
    _call_connect(world, caller, step, connection, handle.port, "together.connect", what, handle)


# Ticks, queries, sends


def _tick(world: TcpWorld, step: Step) -> None:
    caller = _caller(world, step)
    if caller is None:
        return
    through = "client_tick" if step.name == "client_tick" else "tick"
    if through == "client_tick" and not caller.made:
        return
    for _ in range(min(step.number("count"), _MOST_TICKS)):
        world.tick_caller(caller, through)
        world.step_peers()


def _query(world: TcpWorld, step: Step) -> None:
    caller = _caller(world, step)
    if caller is not None:
        world.ask_caller(caller)


def _send(world: TcpWorld, step: Step) -> None:
    caller, size, length = _caller(world, step), step.number("size"), step.number("length")
    if caller is None or not 0 <= length <= LONGEST_SEND:
        return
    through = "client_send" if step.name == "client_send" else "send"
    connection = caller.connection
    if through == "client_send" and (not caller.made or caller.destroyed):
        return
    if connection is not None and not connection.of_listener:
        # A server of the implementation tells connections apart by their streams.
        if size != length or connection.queued + size > LONGEST_STREAM:
            return
        piece, repeat = stream(connection.serial)[connection.queued : connection.queued + size], 1
    else:
        world.sends += 1
        part, repeat = shared_out(length)
        piece = parcel(world.sends, part)
    with reading_meanwhile(world.host) if size > MUCH_AT_ONCE else nullcontext():
        outcome = world.call(through, caller.label, piece, repeat, size)
    what = f"{through} of {size} of {length} bytes on client {caller.label}"
    name = world.caller_hearing.sent(caller, piece * repeat, size, outcome, what)
    told = any(event.message.strip() for event in world.last_call.errors)
    alone = caller.made and not caller.destroyed and caller.connection is None
    if alone and name == "false" and 0 < size <= length and not told:
        raise Divergence("client-send.without-connection-reports", f"{what}: no error callback with a text")


# Ends


def _close(world: TcpWorld, step: Step) -> None:
    caller = _caller(world, step)
    if caller is None or caller.destroyed or (step.name == "client_close" and not caller.made):
        return
    outcome = world.call("client_close" if step.name == "client_close" else "close", caller.label)
    what = f"close of client {caller.label}"
    if not caller.made:
        expect_one(outcome, ("none", "true", "refused"), "client-construct.harmless", what)
        return
    requirement = "close.server-sees-end" if caller.connection is not None else "close.twice"
    if caller.connection is None and caller.without == "handle-made":
        requirement = "close.before-connect"
    expect_one(outcome, ("none", "true"), requirement, what)
    caller.end("closed", "close.server-sees-end")
    caller.without = "closed"


def _destroy(world: TcpWorld, step: Step) -> None:
    caller = _caller(world, step)
    if caller is None:
        return
    allowed = ("none", "refused") if caller.destroyed else ("none", "true")
    requirement = "client-destroy.twice" if caller.destroyed else "client-destroy.ends-connection"
    expect_one(world.call("destroy", caller.label), allowed, requirement, f"destroy of client {caller.label}")
    connection = caller.connection
    caller.end("closed", "client-destroy.ends-connection")
    if connection is not None and on_its_way(connection) > 0:
        # Whether what waits is still sent, and by whose ticks, is a choice: nobody ticks a client that is destroyed.
        connection.given_up = True
    for ended, _ in caller.ended:
        ended.given_up = ended.given_up or on_its_way(ended) > 0
    caller.destroyed = True


def _react(world: TcpWorld, step: Step) -> None:
    caller, callback, action = _caller(world, step), str(step.get("callback")), str(step.get("own_action"))
    if caller is None or caller.destroyed or (action == "echo" and callback != "data"):
        return
    if action in ("send", "echo") and any(not each.of_listener for each in world.state.connections):
        return  # what it says to a server of the implementation has to be that connection's stream
    named = {"nothing": "none", "query": "is_connected"}.get(action, action)
    world.call("react", caller.label, callback, named, FROM_CALLBACK if action == "send" else "")
    caller.reactions[callback] = action


# The other end


def _remote(world: TcpWorld, step: Step) -> tuple[Connection, Peer] | None:
    return both_ends_up(world, world.current_of_caller.get(step.number("object")))


def _remote_send(world: TcpWorld, step: Step) -> None:
    found = _remote(world, step)
    if found is None or not send_on(world, *found, step.number("count")):
        return
    if any(found[0] is ended for caller in world.callers.values() for ended, _ in caller.ended):
        found[0].loss_allowed = True  # the system answers with a reset


def _remote_half_close(world: TcpWorld, step: Step) -> None:
    found = _remote(world, step)
    if found is not None:
        half_close(world, *found)


def _remote_end(world: TcpWorld, step: Step) -> None:
    found = _remote(world, step)
    if found is not None:
        leave(world, *found, step.name.removeprefix("remote_"))


def _remote_read(world: TcpWorld, step: Step) -> None:
    found = _remote(world, step)
    if found is not None:
        set_reading(world, found[1], step.name == "remote_resume")


CALLER_STEPS: Final[dict[str, Callable[[TcpWorld, Step], None]]] = {
    "caller_new": _new,
    "caller_open": _open,
    "caller_adapter": _adapter,
    "caller_connect": _connect,
    "client_connect": _connect,
    "caller_join": _join,
    "caller_tick": _tick,
    "client_tick": _tick,
    "caller_query": _query,
    "caller_send": _send,
    "client_send": _send,
    "caller_close": _close,
    "client_close": _close,
    "caller_destroy": _destroy,
    "caller_react": _react,
    "remote_send": _remote_send,
    "remote_half_close": _remote_half_close,
    "remote_reset": _remote_end,
    "remote_close": _remote_end,
    "remote_pause": _remote_read,
    "remote_resume": _remote_read,
}
