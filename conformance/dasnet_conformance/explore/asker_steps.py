"""The steps of a conversation in which HTTP clients ask. As of `http_steps`: one that cannot be meant does nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Final

from dasnet_adapters.contract import CLASS_HTTP_CLIENT, CLASS_HTTP_CLIENT_B, Outcome, Value
from dasnet_conformance.stage.expect import Moot, spell
from dasnet_conformance.stage.http_client_side import is_refused
from dasnet_conformance.stage.listener import listen
from dasnet_conformance.stage.reading import reading_meanwhile

from . import asker_words as words
from .allowed import expect_one
from .asker_content import UNASKED, reply
from .asker_hearing import accepted, closed, inside_target
from .asker_site import site_ends
from .asker_state import Asked, Asker, AskerHandle, SiteConnection
from .asker_world import AskerWorld
from .content import parcel
from .http_steps import settle, silence
from .state import MUCH_AT_ONCE, Divergence
from .steps import Step

_CLASSES: Final = {"A": CLASS_HTTP_CLIENT, "B": CLASS_HTTP_CLIENT_B}
_MOST_LISTENERS: Final = 8
_MOST_ASKED: Final = 60
_LONGEST_BODY: Final = 300_000
_MOST_TICKS: Final = 100_000
_MOST_RELOADS: Final = 300
_DONE: Final = ("none", "true")


def _object(world: AskerWorld, step: Step) -> Asker | None:
    return world.asking.objects.get(step.number("object"))


# Objects


def _new(world: AskerWorld, step: Step) -> None:
    label = step.number("object")
    if label < 1 or label in world.asking.objects:
        return

    def construct() -> Outcome:
        made = world.host.new(_CLASSES[str(step.get("class"))], needs="http-client-request.get")
        world.enlist(label, made)
        return Value(None)

    world.asking.objects[label] = Asker(label)
    world.judged("new", label, construct)


def _open(world: AskerWorld, step: Step) -> None:
    if step.number("object") in world.asking.objects:
        return
    _new(world, step)
    obj = _object(world, step)
    if obj is None:
        return
    made = world.call("adapter", obj.label)
    expect_one(made, _DONE, "http-client-request.get", f"the adapter of object {obj.label}")
    obj.handle = obj.last = AskerHandle(obj.label)
    world.asking.handles.append(obj.handle)
    _init(world, step)


def _init(world: AskerWorld, step: Step) -> None:
    obj, towards = _object(world, step), str(step.get("towards"))
    handle = obj.handle if obj is not None else None
    if obj is None or handle is None or handle.open:
        return
    if sum(len(each.listeners) for each in world.asking.handles) >= _MOST_LISTENERS:
        return
    named, address = words.PLACES[towards]
    try:
        listener = listen(world.host, "refuse" if towards == words.NOBODY else "listen", address)
    except Moot:
        return  # this machine has no such address
    outcome = world.call("http_init", obj.label, named, listener.port)
    requirement = words.BY_PLACE.get(towards, "http-client-request.get")
    requirement = "http-client-outcome.init-again" if handle.listeners else requirement
    expect_one(outcome, ("true",), requirement, f"init of object {obj.label} for {towards}")
    handle.open, handle.towards = True, towards
    if towards != words.NOBODY:
        handle.listeners.append(listener)
        handle.hosts.append(f"[{named}]" if ":" in named else named)


def _close(world: AskerWorld, step: Step) -> None:
    obj = _object(world, step)
    if obj is None or obj.handle is None:
        return
    outcome = world.call("close", obj.label)
    expect_one(outcome, _DONE, "http-client-outcome.close-fails-all", f"close of object {obj.label}")
    world.step_peers()
    closed(obj.handle)


def _destroy(world: AskerWorld, step: Step) -> None:
    obj = _object(world, step)
    if obj is None or obj.destroyed:
        return
    outcome = world.call("destroy", obj.label)
    expect_one(outcome, _DONE, "http-client-outcome.destroy-silent", f"destroy of object {obj.label}")
    world.step_peers()
    if obj.handle is not None:
        world.asking.ended(obj.handle, "http-client-outcome.destroy-silent")
    obj.destroyed = True


def _react(world: AskerWorld, step: Step) -> None:
    obj, action = _object(world, step), str(step.get("asker_inside"))
    if obj is None or obj.destroyed:
        return
    if action == "a request":
        world.call("react", obj.label, "response", "request", "GET", inside_target(obj), b"", b"")
    else:
        named = "none" if action == "nothing" else action
        world.call("react", obj.label, "response", named, words.SAVED_INSIDE if action == "save" else "")
    obj.reaction = action


# Ticks and questions


def _tick(world: AskerWorld, step: Step) -> None:
    obj = _object(world, step)
    if obj is not None:
        world.tick_asker_often(obj, min(step.number("count"), _MOST_TICKS))


def _query(world: AskerWorld, step: Step) -> None:
    obj = _object(world, step)
    if obj is not None:
        world.ask_asker(obj)


# Reloads


def _save(world: AskerWorld, step: Step) -> None:
    obj, orphan = _object(world, step), step.number("orphan")
    if obj is None or obj.handle is None or orphan in world.asking.orphans or not 1 <= orphan <= 2:
        return
    expect_one(world.call("save", obj.label, orphan), _DONE, "http-client-reload.open", f"save of object {obj.label}")
    world.asking.saved(obj, orphan)


def _restore(world: AskerWorld, step: Step) -> None:
    obj, orphan = _object(world, step), step.number("orphan")
    if obj is None or obj.destroyed or obj.handle is not None or orphan not in world.asking.orphans:
        return
    outcome = world.call("restore", obj.label, orphan)
    expect_one(outcome, _DONE, "http-client-reload.open", f"restore of object {obj.label}")
    world.asking.restored(obj, orphan)


def _reloads(world: AskerWorld, step: Step) -> None:
    obj = _object(world, step)
    if obj is None or obj.handle is None or 1 in world.asking.orphans:
        return
    for _ in range(min(step.number("count"), _MOST_RELOADS)):
        expect_one(world.call("save", obj.label, 1), _DONE, "http-client-reload.open", f"save of object {obj.label}")
        world.asking.saved(obj, 1)
        expect_one(world.call("restore", obj.label, 1), _DONE, "http-client-reload.open", "restore")
        world.asking.restored(obj, 1)


# Requests


def _request(world: AskerWorld, step: Step) -> None:
    obj, size = _object(world, step), step.number("size")
    handle = obj.handle if obj is not None else None
    if obj is None or obj.destroyed or not 0 <= size <= _LONGEST_BODY:
        return
    method, given = str(step.get("asked_method")), str(step.get("asked_fields"))
    lines = words.FIELDS[given]
    world.sends += 1
    target = f"/{obj.label}/{world.sends}?a=b%20c%2F+&d"
    body = parcel(world.sends, size)
    headers = b"".join(line + b"\r\n" for line in lines)
    if handle is None or not handle.open:
        outcome = world.call("request", obj.label, method, target, headers, body, 1)
        if not is_refused(outcome):
            raise Divergence("http-client-request.before-init", f"request of object {obj.label}: {spell(outcome)}")
        return
    if len(handle.asked) >= _MOST_ASKED:
        return
    since = handle.ticks
    with reading_meanwhile(world.host) if size > MUCH_AT_ONCE else nullcontext():
        outcome = world.call("request", obj.label, method, target, headers, body, 1)
    if (given in words.MAY_BE_REFUSED or method in words.MAY_BE_REFUSED) and is_refused(outcome):
        return
    number = outcome.value if isinstance(outcome, Value) else None
    accepted(handle, number, Asked(0, method, target, lines, given, body, since))


def _forbidden(world: AskerWorld, step: Step) -> None:
    obj = _object(world, step)
    if obj is None or obj.handle is None or not obj.handle.open:
        return
    method, target, headers, requirement = words.FORBIDDEN[str(step.get("forbidden"))]
    at = "/forbidden" + target.removeprefix("/") if target.startswith("/") else target
    outcome = world.call("request", obj.label, method, at, headers, b"", 1)
    if not is_refused(outcome):
        raise Divergence(requirement, f"a request with {step.get('forbidden')}: {spell(outcome)}")


def _cancel(world: AskerWorld, step: Step) -> None:
    obj, which = _object(world, step), str(step.get("which"))
    handle = obj.handle if obj is not None else None
    if obj is None or handle is None:
        return
    waiting = [each for each in handle.waiting() if not each.doomed]
    over = [each for each in handle.asked if not each.waits]
    asked = None
    if which in (words.FIRST, words.LAST):
        if not waiting:
            return
        asked = waiting[0 if which == words.FIRST else -1]
    elif which == words.OVER and not over:
        return
    number = asked.number if asked is not None else over[-1].number if which == words.OVER else 1_000_000
    outcome = world.call("cancel", obj.label, number)
    expect_one(
        outcome, ("none", "true", "false", "refused"), "http-client-outcome.cancel-nothing", f"cancel of {number}"
    )
    if asked is None:
        return
    world.step_peers()
    waited = "under-way" if asked.arrived else "waiting"
    asked.doomed, asked.unsent = f"http-client-outcome.cancel-{waited}", asked.since == handle.ticks
    # What was asked behind it on its connection, or may have been, is for the client to ask again or to fail.
    for connection in asked.arrived:
        for each in connection.asked[connection.asked.index(asked) + 1 :]:
            each.may_fail = True


# The server


def _site(world: AskerWorld, step: Step) -> SiteConnection | None:
    obj = _object(world, step)
    if obj is None or obj.last is None:
        return None
    world.step_peers()
    return obj.last.connection


def _prepare(world: AskerWorld, step: Step) -> SiteConnection | None:
    connection, size, status = _site(world, step), step.number("size"), step.number("status")
    current = connection.current if connection is not None else None
    if connection is None or current is None or not 0 <= size <= _LONGEST_BODY or not 200 <= status <= 599:
        return None
    if connection.last and connection.last != "http-client-connection.close-sent":
        return None
    if current.reply is None:
        world.deeds += 1
        world.replies += 1
        framing, manner = str(step.get("reply_framing")), str(step.get("reply_manner"))
        current.reply = reply(world.replies, current.method, status, framing, size, manner)
    return connection


def _send(world: AskerWorld, connection: SiteConnection, count: int) -> None:
    current = connection.current
    if current is None or current.reply is None:
        return
    made = current.reply
    piece = made.data[made.sent : made.until(count)]
    world.deeds += 1
    connection.wire.send(piece)
    made.sent += len(piece)
    if made.sent < len(made.data):
        made.cut = True
        return
    made.complete = True
    connection.answered += 1
    if made.lasts:
        connection.last = "http-client-connection.close"
        connection.wire.half_close()
        site_ends(connection, "half-closed")
    elif made.says_close:
        connection.last = "http-client-connection.close"
        connection.owed_end = connection.owed_end or "http-client-connection.close-ends"
    elif made.manner == words.EXTRA:
        connection.last = "http-client-connection.extra-bytes"
    if connection.last:
        _nothing_behind(connection)


# What was asked on a connection behind its last answer is for the client to ask again, or to fail.
def _nothing_behind(connection: SiteConnection) -> None:
    for each in connection.asked[connection.answered :]:
        each.may_fail = True


def _reply(world: AskerWorld, step: Step) -> None:
    connection = _prepare(world, step)
    if connection is not None:
        _send(world, connection, 1 << 30)


def _reply_prepare(world: AskerWorld, step: Step) -> None:
    _prepare(world, step)


def _reply_part(world: AskerWorld, step: Step) -> None:
    connection = _site(world, step)
    if connection is not None:
        _send(world, connection, step.number("count"))


def _reply_rest(world: AskerWorld, step: Step) -> None:
    connection = _site(world, step)
    if connection is not None:
        _send(world, connection, 1 << 30)


def _reply_wrong(world: AskerWorld, step: Step) -> None:
    connection = _site(world, step)
    current = connection.current if connection is not None else None
    vector = words.wrong_answers().get(str(step.get("wrong_answer")))
    if connection is None or current is None or vector is None or current.reply is not None or connection.last:
        return
    if current.method == "HEAD":
        return
    world.deeds += 1
    connection.wire.send(vector.data)
    current.doomed = current.doomed or vector.requirement
    connection.answered += 1
    connection.last = "http-client-connection.after-failure"
    _nothing_behind(connection)
    if vector.closes:
        connection.wire.half_close()
        site_ends(connection, "half-closed")


def _reply_unasked(world: AskerWorld, step: Step) -> None:
    connection = _site(world, step)
    if connection is None or not connection.serves_again or connection.handle.waiting():
        return
    if len(connection.wire.received) > connection.consumed:
        return
    world.deeds += 1
    connection.wire.send(UNASKED)
    connection.last = "http-client-connection.unsolicited"
    connection.owed_end = "http-client-connection.unsolicited-closes"


def _end(world: AskerWorld, step: Step) -> None:
    connection = _site(world, step)
    how = {"site_half_close": "half-closed", "site_close": "closed", "site_reset": "reset"}[step.name]
    # One that was never asked on may have been made ahead of any request, which nobody says is asked again.
    if connection is None or not connection.asked:
        return
    if how != "reset" and connection.wire.unsent + connection.wire.undelivered > 0:
        return
    world.deeds += 1
    if how == "half-closed":
        connection.wire.half_close()
    elif how == "closed":
        connection.wire.close()
    else:
        connection.wire.reset()
    site_ends(connection, how)


ASKER_STEPS: Final[dict[str, Callable[[AskerWorld, Step], None]]] = {
    "asker_new": _new,
    "asker_open": _open,
    "asker_init": _init,
    "asker_close": _close,
    "asker_react": _react,
    "asker_request": _request,
    "asker_forbidden": _forbidden,
    "asker_cancel": _cancel,
    "tick": _tick,
    "settle": settle,
    "silence": silence,
    "query": _query,
    "save": _save,
    "restore": _restore,
    "reloads": _reloads,
    "destroy": _destroy,
    "reply": _reply,
    "reply_prepare": _reply_prepare,
    "reply_part": _reply_part,
    "reply_rest": _reply_rest,
    "reply_wrong": _reply_wrong,
    "reply_unasked": _reply_unasked,
    "site_half_close": _end,
    "site_close": _end,
    "site_reset": _end,
}
