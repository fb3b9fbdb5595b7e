"""The steps of a conversation over HTTP: what each calls or sends, and what the model makes of it.

A step that cannot be meant where it stands does nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Final

from dasnet_adapters.contract import CLASS_HTTP, CLASS_HTTP_B, Outcome, Value
from dasnet_conformance.explore.http_server.model.state import WebConnection, WebObject
from dasnet_conformance.explore.scripts import http_server_words as words
from dasnet_conformance.explore.scripts.steps import Step
from dasnet_conformance.explore.shared.limits import LONGEST_SEND, MOST_CONNECTIONS, MUCH_AT_ONCE
from dasnet_conformance.explore.shared.steps import settle, silence
from dasnet_conformance.explore.shared.verdicts import Divergence, expect_one
from dasnet_conformance.stage.expect import Mismatch
from dasnet_conformance.stage.reading import reading_meanwhile

from .content import Given, Unit, answer_body, answer_fields, inside_body, request, wrong
from .world import HttpServerWorld

_CLASSES: Final = {"A": CLASS_HTTP, "B": CLASS_HTTP_B}
_PEERS: Final = 3
#: Requests of one connection, bytes of one body and bytes that wait to be sent, at most.
_MOST_REQUESTS: Final = 40
_LONGEST_BODY: Final = 300_000
_MOST_TICKS: Final = 100_000
_MOST_RELOADS: Final = 300


def _object(world: HttpServerWorld, step: Step) -> WebObject | None:
    return world.web.objects.get(step.number("object"))


# Objects


def _new(world: HttpServerWorld, step: Step) -> None:
    label, kind = step.number("object"), str(step.get("class"))
    if label < 1 or label in world.web.objects:
        return

    def construct() -> Outcome:
        world.enlist(label, world.host.new(_CLASSES[kind], needs="http-request.get"))
        return Value(None)

    world.web.objects[label] = WebObject(label, kind)
    world.judged("new", label, construct)


def _open(world: HttpServerWorld, step: Step) -> None:
    if step.number("object") in world.web.objects:
        return
    _new(world, step)
    obj = _object(world, step)
    if obj is None:
        return
    made = world.call("adapter", obj.label)
    expect_one(made, ("none", "true"), "http-request.get", f"the adapter of object {obj.label}")
    port, outcome = world.host.on_free_port(
        lambda port: world.call("init", obj.label, port), lambda: world.call("is_open", obj.label)
    )
    expect_one(outcome, ("true",), "http-request.get", f"init of object {obj.label} on a free port")
    world.web.opened(obj, port)


def _destroy(world: HttpServerWorld, step: Step) -> None:
    obj = _object(world, step)
    if obj is None or obj.destroyed:
        return
    outcome = world.call("destroy", obj.label)
    expect_one(outcome, ("none", "true"), "http-connection.destroyed", f"destroy of object {obj.label}")
    if obj.handle is not None:
        world.freed[obj.handle.port] = "http-connection.destroyed"
        world.web.closed(obj.handle)
    obj.destroyed = True


def _react(world: HttpServerWorld, step: Step) -> None:
    obj, action = _object(world, step), str(step.get("inside"))
    if obj is None or obj.destroyed:
        return
    if action in ("an answer", "a large answer"):
        world.call("react", obj.label, "request", "respond", 200, b"", inside_body(action))
    elif action.startswith("save"):
        world.call("react", obj.label, "request", "save", int(action[-1]))
    else:
        world.call("react", obj.label, "request", "none" if action == "nothing" else action, "")
    obj.reaction = action


# Ticks and questions


def _tick(world: HttpServerWorld, step: Step) -> None:
    obj = _object(world, step)
    if obj is not None:
        world.tick_web_often(obj, min(step.number("count"), _MOST_TICKS))


def _query(world: HttpServerWorld, step: Step) -> None:
    obj = _object(world, step)
    if obj is not None:
        world.ask_web(obj)


# Reloads


def _save(world: HttpServerWorld, step: Step) -> None:
    obj, orphan = _object(world, step), step.number("orphan")
    if obj is None or obj.handle is None or orphan in world.web.orphans or not 1 <= orphan <= 2:
        return
    outcome = world.call("save", obj.label, orphan)
    world.web_hearing.saved(obj, orphan, outcome, f"save of object {obj.label}", "http-reload.open")


def _restore(world: HttpServerWorld, step: Step) -> None:
    obj, orphan = _object(world, step), step.number("orphan")
    if obj is None or obj.destroyed or obj.handle is not None or orphan not in world.web.orphans:
        return
    outcome = world.call("restore", obj.label, orphan)
    expect_one(outcome, ("none", "true"), "http-reload.open", f"restore of object {obj.label} from orphan {orphan}")
    world.web.restored(obj, orphan)


def _reloads(world: HttpServerWorld, step: Step) -> None:
    obj = _object(world, step)
    if obj is None or obj.handle is None or 1 in world.web.orphans:
        return
    for _ in range(min(step.number("count"), _MOST_RELOADS)):
        outcome = world.call("save", obj.label, 1)
        world.web_hearing.saved(obj, 1, outcome, f"save of object {obj.label}", "http-reload.many-reloads")
        expect_one(world.call("restore", obj.label, 1), ("none", "true"), "http-reload.many-reloads", "restore")
        world.web.restored(obj, 1)


# Answers


def _respond(world: HttpServerWorld, step: Step) -> None:
    obj, size, kind = _object(world, step), step.number("size"), str(step.get("given"))
    if obj is None or not 0 <= size <= LONGEST_SEND or not -1000 <= step.number("status") <= 100_000:
        return
    found, number = _meant(obj, str(step.get("request")))
    if number is None:
        return
    world.sends += 1
    body, repeat = answer_body(world.sends, size)
    headers, fields = answer_fields(kind)
    connection, unit = found if found is not None else (None, None)
    when = "reloaded" if unit is not None and unit.reloaded else "later"
    given = Given(step.number("status"), fields, body * repeat, when, kind)
    with reading_meanwhile(world.host) if size > MUCH_AT_ONCE else nullcontext():
        outcome = world.call("respond", obj.label, number, given.status, headers, body, repeat)
    what = f"respond to exchange {number}, {step.get('request')}, with status {given.status} and {kind}"
    world.web_hearing.responded(obj, connection, unit, given, outcome, what)


# The exchange that is meant, and its number; None and a number for one that never was; no number if there is none.
def _meant(obj: WebObject, which: str) -> tuple[tuple[WebConnection, Unit] | None, int | None]:
    handle = obj.last
    if handle is None:
        return None, 1 if which == words.NEVER_WAS else None
    exchanges = handle.exchanges
    if which == words.NEVER_WAS:
        return None, max(exchanges, default=0) + 1
    waiting = [number for number, (_, unit) in exchanges.items() if unit.waits]
    answered = [number for number, (_, unit) in exchanges.items() if unit.given is not None]
    if which == words.ANSWERED:
        number = answered[-1] if answered else None
    else:
        number = (waiting[0] if which == words.FIRST_WAITING else waiting[-1]) if waiting else None
    return (None, None) if number is None else (exchanges[number], number)


# Peers


def _peer(world: HttpServerWorld, step: Step) -> WebConnection | None:
    connection = world.web.current.get(step.number("peer"))
    if connection is None or connection.gone or connection.wire.closed is not None:
        return None
    return connection


def _connect(world: HttpServerWorld, step: Step) -> None:
    obj, peer = _object(world, step), step.number("peer")
    handle = obj.last if obj is not None else None
    if handle is None or handle.state != "listening" or not 1 <= peer <= _PEERS:
        return
    if _peer(world, step) is not None or len(world.web.connections) >= MOST_CONNECTIONS:
        return
    world.deeds += 1
    try:
        world.enlist_web(handle, peer, world.host.peer(handle.port))
    except Mismatch as mismatch:
        requirement = "http-reload.open" if handle.reloads or handle.hears is None else "http-connection.many"
        if world.web.somebody_left():
            requirement = "http-connection.leaves-in-head"
        raise Divergence(requirement, f"peer {peer} connects: {mismatch.got}") from mismatch


# Whether the peer may ask something more: not behind what may be read in many ways.
def _may_add(connection: WebConnection) -> bool:
    last = connection.units[-1].vector if connection.units else None
    if connection.end or connection.wild or len(connection.units) >= _MOST_REQUESTS:
        return False
    return last is None or last.ends


def _add(connection: WebConnection, unit: Unit) -> None:
    unit.start = len(connection.text)
    connection.text += unit.data
    connection.units.append(unit)


def _request(world: HttpServerWorld, step: Step) -> None:
    connection, size = _peer(world, step), step.number("size")
    if connection is None or not _may_add(connection) or not 0 <= size <= _LONGEST_BODY:
        return
    word = {field: str(step.get(field)) for field in ("method", "version", "framing", "manner")}
    # HTTP/1.0 knows no chunks: that is a wrong request, whose like is among the vectors.
    if word["version"] == "HTTP/1.0" and word["framing"].startswith("chunks"):
        return
    _add(connection, request(connection.serial, len(connection.units), size=size, **word))
    world.deeds += 1
    if step.name == "ask":
        _push(world, connection, len(connection.text) - connection.sent)


def _wrong(world: HttpServerWorld, step: Step) -> None:
    connection, unit = _peer(world, step), wrong(str(step.get("wrong")))
    if connection is None or unit is None or not _may_add(connection):
        return
    _add(connection, unit)
    world.deeds += 1
    _push(world, connection, len(connection.text) - connection.sent)


def _push(world: HttpServerWorld, connection: WebConnection, count: int) -> None:
    start = connection.sent
    end = min(start + count, len(connection.text))
    ticks = connection.handle.ticks
    for unit in connection.units:
        if unit.start < end and unit.end > start:
            unit.cut = unit.cut or unit.began not in (None, ticks) or end < unit.end
            unit.began = ticks if unit.began is None else unit.began
    world.deeds += 1
    connection.sent = end
    connection.wire.send(bytes(connection.text[start:end]))


def _send(world: HttpServerWorld, step: Step) -> None:
    connection = _peer(world, step)
    left = len(connection.text) - connection.sent if connection is not None else 0
    if connection is None or connection.end or not left:
        return
    if step.name == "peer_send":
        count = step.number("count")
    elif step.name == "rest":
        count = left
    else:
        ends = (unit.start + unit.head for unit in connection.units if unit.start + unit.head > connection.sent)
        count = next(ends, connection.sent) - connection.sent
    if count > 0:
        _push(world, connection, count)


def _half_close(world: HttpServerWorld, step: Step) -> None:
    connection = _peer(world, step)
    if connection is not None and not connection.end:
        world.deeds += 1
        connection.wire.half_close()
        connection.end = "half-closed"


def _leave(world: HttpServerWorld, step: Step) -> None:
    connection = _peer(world, step)
    if connection is None:
        return
    world.step_peers()
    if connection.wire.closed is not None:
        return
    world.deeds += 1
    connection.sent -= connection.wire.unsent
    connection.end = "closed" if step.name == "close" else "reset"
    if step.name == "close":
        connection.wire.close()
    else:
        connection.wire.reset()


def _reading(world: HttpServerWorld, step: Step) -> None:
    connection = _peer(world, step)
    if connection is None:
        return
    world.deeds += 1
    if step.name == "pause":
        connection.wire.pause_reading()
        connection.paused = True
    else:
        connection.wire.resume_reading()


HTTP_STEPS: Final[dict[str, Callable[[HttpServerWorld, Step], None]]] = {
    "http_new": _new,
    "http_open": _open,
    "http_react": _react,
    "respond": _respond,
    "ask": _request,
    "prepare": _request,
    "wrong": _wrong,
    "head": _send,
    "rest": _send,
    "tick": _tick,
    "settle": settle,
    "silence": silence,
    "query": _query,
    "save": _save,
    "restore": _restore,
    "reloads": _reloads,
    "destroy": _destroy,
    "connect": _connect,
    "peer_send": _send,
    "half_close": _half_close,
    "reset": _leave,
    "close": _leave,
    "pause": _reading,
    "resume": _reading,
}
