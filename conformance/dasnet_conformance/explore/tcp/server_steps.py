"""The host's steps: what each one calls, and what the model makes of the outcome.

A step that cannot be meant where it stands does nothing. What an implementation may choose (to refuse or to replace,
to stay or to move) is found out from the outcome, and the model follows.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Final

from dasnet_adapters.contract import CLASS_A, CLASS_B, Outcome, Unsupported, Value
from dasnet_conformance.explore.scripts.steps import Step
from dasnet_conformance.explore.shared.content import FROM_CALLBACK, parcel, shared_out
from dasnet_conformance.explore.shared.limits import LONGEST_SEND, MOST_AT_ONCE, MOST_CONNECTIONS, MUCH_AT_ONCE
from dasnet_conformance.explore.shared.steps import settle, silence
from dasnet_conformance.explore.shared.verdicts import Divergence, NoVerdict, expect_one
from dasnet_conformance.explore.tcp.server_model.allowed import answers_of_handle
from dasnet_conformance.explore.tcp.server_model.state import Handle, ModelObject
from dasnet_conformance.stage.expect import name_of
from dasnet_conformance.stage.reading import reading_meanwhile

from .reload_steps import RELOAD_STEPS
from .world import TcpWorld

_CLASSES: Final = {"A": CLASS_A, "B": CLASS_B}
#: Ticks of one step at most by a low-level function, which are calls of their own.
_LOW_TICKS: Final = 100
_NEVER_TRUE: Final = ("false", "refused", "none")
#: The ports that do not exist; to the last, one that is free is added.
_BAD_PORTS: Final = {"negative": -1, "65536": 65536, "wrapped": 65536}


# Construction


def _new(world: TcpWorld, step: Step) -> None:
    label, kind = step.number("object"), str(step.get("class"))
    if label in world.state.objects or label < 1:
        return

    def construct() -> Outcome:
        made = world.host.new(_CLASSES[kind])
        world.enlist(label, made)
        return Value(None)

    world.state.objects[label] = ModelObject(label, kind)
    world.judged("new", label, construct)


def _open(world: TcpWorld, step: Step) -> None:
    if step.number("object") in world.state.objects:
        return
    _new(world, step)
    obj = world.object_of(step)
    if obj is not None:
        _make(world, obj, "adapter")
        _init(world, obj, "init", "free")


def _adapter(world: TcpWorld, step: Step) -> None:
    obj = world.object_of(step)
    # What a destroyed object does with a new adapter is nowhere said, nor who hears of it while it hears another's.
    if obj is not None and not obj.destroyed and world.state.hearing(obj.label) is None:
        _make(world, obj, step.name)


def _make(world: TcpWorld, obj: ModelObject, name: str) -> None:
    what, before = f"{name} of object {obj.label}", obj.handle
    outcome = world.call(name, obj.label)
    if before is None:
        if name == "make_server":
            expect_one(outcome, ("true",), "make-server.true", what)
        else:
            expect_one(outcome, ("none", "true"), "adapter.opens-nothing", what)
        world.state.made(obj)
        return
    expect_one(outcome, ("none", "true", "false", "refused"), "adapter.twice-before-init", what)
    if name_of(outcome) in ("false", "refused") or _still_open(world, obj, before):
        return
    world.state.closed(before, *["adapter.twice-leaks-no-listener"] * 3)
    world.state.made(obj)


def _still_open(world: TcpWorld, obj: ModelObject, before: Handle) -> bool:
    # Replaced or kept: both are fine, and which it was shows in whether it still listens.
    return before.state == "listening" and world.call("is_open", obj.label) == Value(True)


# Init


def _init_step(world: TcpWorld, step: Step) -> None:
    obj = world.object_of(step)
    if obj is not None:
        _init(world, obj, step.name, str(step.get("port")))


def _init(world: TcpWorld, obj: ModelObject, name: str, port: str) -> None:
    handle, what = obj.handle, f"{name} of object {obj.label} on a port that is {port}"
    if handle is None:
        if name == "init":
            requirement = "destroy.calls-after" if obj.destroyed else "state.new-object.is-open"
            expect_one(world.call(name, obj.label, world.host.port()), _NEVER_TRUE, requirement, what)
    elif handle.state == "listening":
        _init_again(world, obj, handle, name, port)
    elif port == "free":
        _init_free(world, obj, handle, name, what)
    elif port == "taken":
        _init_taken(world, obj, handle, name, what)
    elif port == "former":
        _init_former(world, obj, handle, name, what)
    elif port != "same":
        _init_bad(world, obj, handle, name, port)


def _opened(handle: Handle, port: int) -> None:
    handle.state, handle.port = "listening", port


def _init_free(world: TcpWorld, obj: ModelObject, handle: Handle, name: str, what: str) -> None:
    port, outcome = world.host.on_free_port(
        lambda port: world.call(name, obj.label, port), lambda: world.call("is_open", obj.label)
    )
    if handle.init_failed and outcome != Value(True):
        requirement = "init.retry-after-failure"
    else:
        requirement = "server-init.free-port" if name == "server_init" else "init.free-port"
    expect_one(outcome, ("true",), requirement, what)
    _opened(handle, port)


def _init_taken(world: TcpWorld, obj: ModelObject, handle: Handle, name: str, what: str) -> None:
    taken = [each.port for each in world.state.handles if each.state == "listening"]
    if not taken:
        return
    outcome = world.call(name, obj.label, taken[-1])
    low = name == "server_init"
    expect_one(outcome, ("false",), "server-init.port-in-use" if low else "init.port-in-use", what)
    _failed(world, handle, what)


def _init_former(world: TcpWorld, obj: ModelObject, handle: Handle, name: str, what: str) -> None:
    gone = [each.port for each in world.state.handles if each.state == "closed" and each.port]
    gone = [port for port in gone if not any(h.state == "listening" and h.port == port for h in world.state.handles)]
    if not gone:
        return
    if gone[-1] in world.state.freed:
        world.expect_freed(gone[-1], world.state.freed[gone[-1]])
    expect_one(world.call(name, obj.label, gone[-1]), ("true",), "init.port-reusable-after-destroy", what)
    _opened(handle, gone[-1])


def _init_bad(world: TcpWorld, obj: ModelObject, handle: Handle, name: str, port: str) -> None:
    low = world.host.port() if port == "wrapped" else 0
    number = _BAD_PORTS[port] + low
    outcome = world.call(name, obj.label, number)
    requirement = "init.port-negative" if number < 0 else "init.port-beyond-range"
    if name == "server_init":
        requirement = "server-init.bad-port"
    expect_one(outcome, ("false", "refused"), requirement, f"{name} of object {obj.label} on port {number}")
    if low and not world.host.refuses_connections(low):
        raise Divergence("init.port-not-wrapped", f"{name} on port {number}, and something listens on port {low}")
    if outcome == Value(False):
        _failed(world, handle, f"{name} on port {number}")
    handle.init_failed = True


def _failed(world: TcpWorld, handle: Handle, what: str) -> None:
    handle.init_failed = True
    if not any(event.message.strip() and event.code for event in world.last_call.errors):
        raise Divergence("init.failure-reports", f"{what}: no error callback with a message and a code")


def _init_again(world: TcpWorld, obj: ModelObject, handle: Handle, name: str, port: str) -> None:
    if port in _BAD_PORTS or port == "taken":
        _init_again_in_vain(world, obj, handle, name, port)
    elif port == "same":
        # Its client may be kept or thrown out by that; whether it serves on is what the model then sees.
        if not handle.client and not handle.queue:
            world.call(name, obj.label, handle.port)
    elif port == "free" and not handle.client and not handle.queue and len(world.state.connections) < MOST_CONNECTIONS:
        number = world.host.port()
        world.call(name, obj.label, number)
        if world.listens(handle, number):
            world.state.freed[handle.port] = "init.already-open"
            handle.port = number


def _init_again_in_vain(world: TcpWorld, obj: ModelObject, handle: Handle, name: str, port: str) -> None:
    # Refused or false; the server stays what it was, or has given up its port, which is judged elsewhere.
    if port == "taken":
        others = [each.port for each in world.state.handles if each.state == "listening" and each is not handle]
        if not others:
            return
        number, requirement = others[-1], "init.port-in-use"
    else:
        number = _BAD_PORTS[port] + (world.host.port() if port == "wrapped" else 0)
        requirement = f"{'twins' if name == 'server_init' else 'agreement'}.bad-port-in-every-state"
    what = f"{name} of object {obj.label}, which is open, on port {number}"
    expect_one(world.call(name, obj.label, number), _NEVER_TRUE, requirement, what)
    if world.call("is_open", obj.label) != Value(True):
        raise NoVerdict(f"{what} closed it")


# Queries


def _query(world: TcpWorld, step: Step) -> None:
    obj = world.object_of(step)
    if obj is not None:
        world.ask_queries(obj)


def _server_query(world: TcpWorld, step: Step) -> None:
    obj = world.object_of(step)
    if obj is not None:
        for query in ("is_open", "is_connected"):
            outcome = world.call(f"server_{query}", obj.label)
            expect_one(outcome, *answers_of_handle(obj, query), f"server_{query} of object {obj.label}")


# Ticks, sends


def _tick(world: TcpWorld, step: Step) -> None:
    obj = world.object_of(step)
    if obj is None:
        return
    if step.name == "tick":
        world.tick_often(obj, min(step.number("count"), MOST_AT_ONCE))
        return
    for _ in range(min(step.number("count"), _LOW_TICKS)):
        world.tick(obj, step.name)
        world.step_peers()


def _send(world: TcpWorld, step: Step) -> None:
    obj, size, length = world.object_of(step), step.number("size"), step.number("length")
    if obj is None or not 0 <= length <= LONGEST_SEND:
        return
    world.sends += 1
    part, repeat = shared_out(length)
    piece = parcel(world.sends, part)
    # Of a lot it may wait for a client that reads.
    with reading_meanwhile(world.host) if size > MUCH_AT_ONCE else nullcontext():
        outcome = _call_send(world, obj, step.name, piece, repeat, size)
    buffer = piece * repeat
    what = f"{step.name} of {size} of {length} bytes on object {obj.label}"
    name = world.hearing.sent(obj, buffer, size, outcome, what, through=step.name)
    handle = obj.handle
    alone = handle is not None and handle.state == "listening" and not handle.client and not handle.shaken
    told = any(event.message.strip() for event in world.last_call.errors)
    if alone and name == "false" and 0 < size <= length and not told:
        raise Divergence("send.without-client-reports", f"{what}, without a client: no error callback with a text")


def _call_send(world: TcpWorld, obj: ModelObject, name: str, piece: bytes, repeat: int, size: int) -> Outcome:
    if name == "send_reused":
        outcome = world.optional("send", obj.label, name, piece, repeat, size)
        if not isinstance(outcome, Unsupported):
            return outcome
        name = "send"
    return world.call(name, obj.label, piece, repeat, size)


def _destroy(world: TcpWorld, step: Step) -> None:
    obj = world.object_of(step)
    if obj is None or world.state.hearing(obj.label) is not None:
        return
    what = f"destroy of object {obj.label}"
    outcome = world.call("destroy", obj.label)
    if obj.destroyed:
        expect_one(outcome, ("none", "refused"), "destroy.twice", what)
    elif obj.handle is None or obj.handle.state == "made":
        expect_one(outcome, ("none", "true"), "destroy.without-handle", what)
    else:
        expect_one(outcome, ("none", "true"), "destroy.closes-client", what)
    world.hearing.destroyed(obj)


def _react(world: TcpWorld, step: Step) -> None:
    obj, callback, action = world.object_of(step), str(step.get("callback")), str(step.get("action"))
    if obj is None or obj.destroyed or (action == "echo" and callback != "data"):
        return
    if action == "destroy" and world.state.hearing(obj.label) is not None:
        return
    if action.startswith("save"):
        world.call("react", obj.label, callback, "save", int(action[-1]))
    elif action == "send":
        world.call("react", obj.label, callback, "send", FROM_CALLBACK)
    else:
        world.call("react", obj.label, callback, "none" if action == "nothing" else action, "")
    obj.reactions[callback] = action


HOST_STEPS: Final[dict[str, Callable[[TcpWorld, Step], None]]] = {
    "new": _new,
    "open": _open,
    "adapter": _adapter,
    "make_server": _adapter,
    "init": _init_step,
    "server_init": _init_step,
    "tick": _tick,
    "server_tick": _tick,
    "settle": settle,
    "server_settle": settle,
    "silence": silence,
    "query": _query,
    "server_query": _server_query,
    "send": _send,
    "send_reused": _send,
    "server_send": _send,
    "destroy": _destroy,
    "react": _react,
    **RELOAD_STEPS,
}
