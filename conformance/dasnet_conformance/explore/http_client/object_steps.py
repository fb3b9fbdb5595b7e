"""The steps of HTTP clients that are about the objects: their life, whom they ask, ticks and questions.

As of `http_steps`: a step that cannot be meant where it stands does nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dasnet_adapters.contract import CLASS_HTTP_CLIENT, CLASS_HTTP_CLIENT_B, Outcome, Value
from dasnet_conformance.explore.http_client.model.hearing import closed, inside_target
from dasnet_conformance.explore.http_client.model.state import Asker, AskerHandle, Limits
from dasnet_conformance.explore.scripts import http_client_words as words
from dasnet_conformance.explore.scripts.steps import Step
from dasnet_conformance.explore.shared.steps import settle, silence
from dasnet_conformance.explore.shared.verdicts import expect_one
from dasnet_conformance.stage.expect import Moot
from dasnet_conformance.stage.http_client_side import ClientLimits, limited_client
from dasnet_conformance.stage.listener import Kind, listen

from .world import HttpClientWorld

_CLASSES: Final = {"A": CLASS_HTTP_CLIENT, "B": CLASS_HTTP_CLIENT_B}
_KINDS: Final[dict[str, Kind]] = {words.NOBODY: "refuse", words.SILENT: "silent"}
_MOST_LISTENERS: Final = 8
#: The least limit of a client in ticks: with fewer nothing would ever come of a request.
_LEAST_LIMIT: Final = 20
_MOST_TICKS: Final = 100_000
#: What a call answers that was carried out.
DONE: Final = ("none", "true")


def object_of(world: HttpClientWorld, step: Step) -> Asker | None:
    """The object that a step names, where there is one."""
    return world.asking.objects.get(step.number("object"))


# Life


def _new(world: HttpClientWorld, step: Step) -> None:
    label = step.number("object")
    if label < 1 or label in world.asking.objects:
        return

    kind, limits = _CLASSES[str(step.get("class"))], world.limits

    def construct() -> Outcome:
        if limits == Limits():
            made = world.host.new(kind, needs="http-client-request.get")
        else:
            made = limited_client(world.host, ClientLimits(stall=limits.stall, deadline=limits.deadline), kind)
        world.enlist(label, made)
        return Value(None)

    try:
        world.judged("new", label, construct)
    except Moot:
        # The driver knows no limits.
        world.limits = Limits()
        _new(world, step)
        return
    world.asking.objects[label] = Asker(label, limits=limits)


def _limits(world: HttpClientWorld, step: Step) -> None:
    stall, deadline = step.number("stall"), step.number("deadline")
    if all(limit == 0 or limit >= _LEAST_LIMIT for limit in (stall, deadline)):
        world.deeds += 1
        world.limits = Limits(stall, deadline)


def _open(world: HttpClientWorld, step: Step) -> None:
    if step.number("object") in world.asking.objects:
        return
    _new(world, step)
    obj = object_of(world, step)
    if obj is None:
        return
    made = world.call("adapter", obj.label)
    expect_one(made, DONE, "http-client-request.get", f"the adapter of object {obj.label}")
    obj.handle = obj.last = AskerHandle(obj.label, limits=obj.limits)
    world.asking.handles.append(obj.handle)
    _init(world, step)


def _init(world: HttpClientWorld, step: Step) -> None:
    obj, towards = object_of(world, step), str(step.get("towards"))
    handle = obj.handle if obj is not None else None
    if obj is None or handle is None or handle.open:
        return
    if sum(len(each.listeners) for each in world.asking.handles) >= _MOST_LISTENERS:
        return
    named, address = words.PLACES[towards]
    try:
        listener = listen(world.host, _KINDS.get(towards, "listen"), address)
    except Moot:
        return  # this machine has no such address, or no such silence
    outcome = world.call("http_init", obj.label, named, listener.port)
    requirement = words.BY_PLACE.get(towards, "http-client-request.get")
    requirement = "http-client-outcome.init-again" if handle.listeners else requirement
    expect_one(outcome, ("true",), requirement, f"init of object {obj.label} for {towards}")
    handle.open, handle.towards = True, towards
    if towards not in words.UNHEARD:
        handle.listeners.append(listener)
        handle.hosts.append(f"[{named}]" if ":" in named else named)


def _close(world: HttpClientWorld, step: Step) -> None:
    obj = object_of(world, step)
    if obj is None or obj.handle is None:
        return
    outcome = world.call("close", obj.label)
    expect_one(outcome, DONE, "http-client-outcome.close-fails-all", f"close of object {obj.label}")
    world.step_peers()
    closed(obj.handle)


def _destroy(world: HttpClientWorld, step: Step) -> None:
    obj = object_of(world, step)
    if obj is None or obj.destroyed:
        return
    outcome = world.call("destroy", obj.label)
    expect_one(outcome, DONE, "http-client-outcome.destroy-silent", f"destroy of object {obj.label}")
    world.step_peers()
    if obj.handle is not None:
        world.asking.ended(obj.handle, "http-client-outcome.destroy-silent")
    obj.destroyed = True


def _react(world: HttpClientWorld, step: Step) -> None:
    obj, action = object_of(world, step), str(step.get("asker_inside"))
    if obj is None or obj.destroyed:
        return
    if action == "a request":
        world.call("react", obj.label, "response", "request", "GET", inside_target(obj), b"", b"")
    else:
        named = "none" if action == "nothing" else action
        world.call("react", obj.label, "response", named, words.SAVED_INSIDE if action == "save" else "")
    obj.reactions["response"] = action


def _react_failure(world: HttpClientWorld, step: Step) -> None:
    obj, action = object_of(world, step), str(step.get("asker_inside_failure"))
    if obj is None or obj.destroyed:
        return
    named = "none" if action == "nothing" else action
    world.call("react", obj.label, "failure", named, words.SAVED_INSIDE if action == "save" else "")
    obj.reactions["failure"] = action


# Ticks and questions


def _tick(world: HttpClientWorld, step: Step) -> None:
    obj = object_of(world, step)
    if obj is not None:
        world.tick_asker_often(obj, min(step.number("count"), _MOST_TICKS))


def _query(world: HttpClientWorld, step: Step) -> None:
    obj = object_of(world, step)
    if obj is not None:
        world.ask_asker(obj)


OBJECT_STEPS: Final[dict[str, Callable[[HttpClientWorld, Step], None]]] = {
    "asker_limits": _limits,
    "asker_new": _new,
    "asker_open": _open,
    "asker_init": _init,
    "asker_close": _close,
    "asker_react": _react,
    "asker_react_failure": _react_failure,
    "tick": _tick,
    "settle": settle,
    "silence": silence,
    "query": _query,
    "destroy": _destroy,
}
