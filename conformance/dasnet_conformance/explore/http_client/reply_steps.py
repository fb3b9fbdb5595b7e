"""The steps in which the server of the suite answers HTTP clients: whole, in pieces, wrongly, or unasked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dasnet_conformance.explore.http_client.model.limits import overdue
from dasnet_conformance.explore.http_client.model.site import site_ends
from dasnet_conformance.explore.http_client.model.state import Asked, SiteConnection
from dasnet_conformance.explore.scripts import http_client_words as words
from dasnet_conformance.explore.scripts.steps import Step
from dasnet_conformance.stage.bounds import TICKS_TO_NOTICE

from .content import UNASKED, WORKING, reply
from .end_steps import site_of
from .world import HttpClientWorld

_LONGEST_BODY: Final = 300_000


def _prepare(world: HttpClientWorld, step: Step) -> SiteConnection | None:
    connection, size, status = site_of(world, step), step.number("size"), step.number("status")
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


def _send(world: HttpClientWorld, connection: SiteConnection, count: int) -> None:
    current = connection.current
    if current is None or current.reply is None:
        return
    made = current.reply
    piece = made.data[made.sent : made.until(count)]
    world.deeds += 1
    _look_at_the_clock(connection, current)
    connection.say(piece)
    made.sent += len(piece)
    if made.sent < len(made.data):
        made.cut = True
        return
    made.complete, made.finished = True, connection.handle.ticks
    made.early = connection.incoming is current
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


# What comes for a request that has to have been given up long ago is no answer to it.
def _look_at_the_clock(connection: SiteConnection, current: Asked) -> None:
    if current.waits and current.arrived:
        current.doomed = current.doomed or overdue(connection.handle, current, TICKS_TO_NOTICE)


# What was asked on a connection behind its last answer is for the client to ask again, or to fail.
def _nothing_behind(connection: SiteConnection) -> None:
    for each in connection.asked[connection.answered :]:
        each.may_fail = True


def _reply(world: HttpClientWorld, step: Step) -> None:
    connection = _prepare(world, step)
    if connection is not None:
        _send(world, connection, 1 << 30)


def _reply_prepare(world: HttpClientWorld, step: Step) -> None:
    _prepare(world, step)


def _reply_part(world: HttpClientWorld, step: Step) -> None:
    connection = site_of(world, step)
    if connection is not None:
        _send(world, connection, step.number("count"))


def _reply_rest(world: HttpClientWorld, step: Step) -> None:
    connection = site_of(world, step)
    if connection is not None:
        _send(world, connection, 1 << 30)


def _reply_interim(world: HttpClientWorld, step: Step) -> None:
    connection = site_of(world, step)
    current = connection.current if connection is not None else None
    if connection is None or current is None or connection.last not in ("", "http-client-connection.close-sent"):
        return
    if current.reply is None or not current.reply.sent:
        world.deeds += 1
        _look_at_the_clock(connection, current)
        connection.say(WORKING)


def _reply_wrong(world: HttpClientWorld, step: Step) -> None:
    connection = site_of(world, step)
    current = connection.current if connection is not None else None
    vector = words.wrong_answers().get(str(step.get("wrong_answer")))
    if connection is None or current is None or vector is None or current.reply is not None or connection.last:
        return
    if current.method == "HEAD" or connection.incoming is current:
        return
    # Who gets no byte of an answer may ask again.
    if not vector.data and current.method in words.IDEMPOTENT:
        return
    world.deeds += 1
    connection.say(vector.data)
    current.doomed = current.doomed or vector.requirement
    connection.answered += 1
    connection.last = "http-client-connection.after-failure"
    _nothing_behind(connection)
    if vector.closes:
        connection.wire.half_close()
        site_ends(connection, "half-closed")


def _reply_unasked(world: HttpClientWorld, step: Step) -> None:
    connection = site_of(world, step)
    if connection is None or not connection.serves_again or connection.handle.waiting():
        return
    if len(connection.wire.received) > connection.consumed:
        return
    world.deeds += 1
    connection.say(UNASKED)
    connection.last = "http-client-connection.unsolicited"
    connection.owed_end = "http-client-connection.unsolicited-closes"


REPLY_STEPS: Final[dict[str, Callable[[HttpClientWorld, Step], None]]] = {
    "reply": _reply,
    "reply_prepare": _reply_prepare,
    "reply_part": _reply_part,
    "reply_rest": _reply_rest,
    "reply_interim": _reply_interim,
    "reply_wrong": _reply_wrong,
    "reply_unasked": _reply_unasked,
}
