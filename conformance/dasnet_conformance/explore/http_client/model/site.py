"""What may arrive at the server that HTTP clients ask: requests as they were made, each once, in order, where they may.

And what the ends of its connections lead to. It judges what has come, and asks for nothing that is missing.
"""

from __future__ import annotations

from typing import Final

from dasnet_conformance.explore.scripts import http_client_words as words
from dasnet_conformance.explore.shared.verdicts import Divergence, NoVerdict
from dasnet_conformance.stage.answer_reader import BY_LENGTH, BY_NATURE
from dasnet_conformance.stage.arrival import has_arrived
from dasnet_conformance.stage.expect import Mismatch
from dasnet_conformance.stage.request_reader import HttpRequest, expects_continue, read_head, read_requests

from .limits import may_be_given_up
from .state import Asked, AskerHandle, AskerState, SiteConnection

#: Bytes in which it is looked whether a request waits for a word.
_LONGEST_HEAD: Final = 16_384


def look_at_requests(state: AskerState) -> None:
    """Take whoever has connected, and judge what has come. Raises `Divergence`."""
    for handle in state.handles:
        for listener in handle.listeners:
            while (peer := listener.take()) is not None:
                connection = SiteConnection(peer, handle)
                handle.connections.append(connection)
                if handle.closed or not handle.open:
                    connection.owed_end = "http-client-outcome.close-fails-all"
                if handle.paused:
                    connection.narrow = True
                    peer.pause_reading()
        for connection in handle.connections:
            # Who reads no bodies reads heads, and has to know what it answers.
            if not connection.wire.reading and connection.incoming is None:
                connection.wire.pull()
            _read(state, handle, connection)
            _time(handle, connection)


# What is certain of when something moved, where a limit asks for that.
def _time(handle: AskerHandle, connection: SiteConnection) -> None:
    if not handle.limits.stall:
        return
    traffic, total = connection.traffic, len(connection.wire.received)
    if traffic.leaving and has_arrived(connection.wire):
        traffic.arrives(handle.ticks)
    traffic.marked(handle.ticks, total, unread=connection.narrow and connection.hidden)


def _read(state: AskerState, handle: AskerHandle, connection: SiteConnection) -> None:
    total = len(connection.wire.received)
    if total == connection.looked:
        return
    connection.looked = total
    if total - connection.consumed >= connection.needs:
        _parse(state, handle, connection)
    connection.traffic.receives(handle.ticks, whole=connection.incoming is None)
    # Whoever would like a word before it sends a body gets it, once for each request.
    rest = connection.wire.received[connection.consumed : connection.consumed + _LONGEST_HEAD]
    if connection.live and connection.invited <= connection.consumed and expects_continue(rest):
        connection.invited = connection.consumed + 1
        connection.say(b"HTTP/1.1 100 Continue\r\n\r\n")


def _parse(state: AskerState, handle: AskerHandle, connection: SiteConnection) -> None:
    rest = bytes(connection.wire.received[connection.consumed :])
    try:
        came = read_requests(rest)
        head = read_head(rest[sum(request.size for request in came) :])
    except Mismatch as mismatch:
        raise Divergence(_of_nonsense(connection), f"what {connection.wire.name} received: {mismatch}") from mismatch
    for request in came:
        connection.consumed += request.size
        said = f"{request.method} {request.target} at {connection.wire.name}"
        asked = connection.incoming or _begun(state, handle, connection, request.target, said)
        connection.incoming, connection.needs = None, 0
        _check(handle, asked, request, said)
        asked.arrived.append(connection)
        # A client may also say so by itself.
        closes = b"close" in b",".join(request.values("connection")).lower()
        if (asked.given == words.CLOSE_ASKED or closes) and not connection.last:
            connection.last = "http-client-connection.close-sent"
    if head is not None and connection.incoming is None:
        method, target, connection.needs = head
        said = f"{method} {target}, as far as it goes, at {connection.wire.name}"
        connection.incoming = _begun(state, handle, connection, target, said)


def _of_nonsense(connection: SiteConnection) -> str:
    before = connection.asked[-1] if connection.asked else None
    if before is not None and before.reply is not None and before.reply.early:
        return "http-client-connection.early-body-whole"
    if before is None or connection.incoming is before:
        return "http-client-request.framing"
    return "http-client-request.nothing-extra"


# A request of which the head has come.
def _begun(state: AskerState, handle: AskerHandle, connection: SiteConnection, target: str, said: str) -> Asked:
    asked = _find(handle, target, said)
    if asked.unsent:
        raise Divergence("http-client-outcome.cancel-waiting", f"{said}, which was given up before any tick")
    _once(asked, said)
    if connection.last:
        raise Divergence(connection.last, f"{said}, on a connection on which nothing may be asked any more")
    if connection.owed_end and not asked.doomed:
        raise Divergence("http-client-outcome.init-again", f"{said}, where it asks nobody any more")
    _in_order(state, handle, asked, said)
    for other in handle.connections:
        if other is not connection and other.serves_again and not state.raised and not connection.asked:
            requirement = (
                "http-client-reload.idle-connection" if asked.reloaded else "http-client-connection.keep-alive"
            )
            raise Divergence(requirement, f"{said}, while the connection before it could be used")
    asked.seen.append(connection)
    connection.asked.append(asked)
    return asked


def _find(handle: AskerHandle, target: str, said: str) -> Asked:
    same = [each for each in handle.asked if each.target == target]
    # What a callback asks for has one target: the first that is not there yet, or not any more.
    fresh = [each for each in same if each.waits and not (each.seen and each.seen[-1].live)]
    if fresh or same:
        return (fresh or same)[0] if fresh else same[-1]
    if handle.asked and not target.startswith("/forbidden"):
        raise Divergence("http-client-request.target-exact", f"{said}, which nobody asked for")
    raise Divergence("http-client-request.refusal-harmless", f"{said}, which nobody asked for")


def _once(asked: Asked, said: str) -> None:
    if not asked.seen:
        return
    before = asked.seen[-1]
    requirement = "http-client-reload.waiting" if asked.reloaded else "http-client-connection.not-sent-twice"
    if not asked.waits or asked.method not in words.IDEMPOTENT or before.live:
        raise Divergence(requirement, f"{said}, which was there before")
    if asked.reply is not None and asked.reply.sent:
        raise NoVerdict("what may be repeated was repeated after a part of its answer")


def _check(handle: AskerHandle, asked: Asked, request: HttpRequest, said: str) -> None:
    if request.method != asked.method:
        raise Divergence("http-client-request.method-exact", f"{said}: the method was {asked.method}")
    if request.version != "HTTP/1.1":
        raise Divergence("http-client-request.version", f"{said} of {request.version}")
    if request.body != asked.body:
        requirement = "http-client-reload.sending" if asked.reloaded else "http-client-request.body-exact"
        if asked.reply is not None and asked.reply.early:
            requirement = "http-client-connection.early-body-whole"
        raise Divergence(requirement, f"{said}: a body of {len(request.body)} bytes for one of {len(asked.body)}")
    hosts = request.values("host")
    places = zip(handle.hosts, handle.listeners, strict=True)
    ports = [f"{named}:{listener.port}".encode() for named, listener in places]
    # Whether that of the program goes before its own is the client's to choose.
    wanted = [b"example.org:81", *ports] if asked.given == words.OWN_HOST else ports
    if len(hosts) != 1 or hosts[0] not in wanted:
        requirement = words.BY_PLACE.get(handle.towards, "http-client-request.host")
        if asked.given == words.OWN_HOST:
            requirement = "http-client-request.host-own"
        raise Divergence(requirement, f"{said}: Host is {hosts} for one of {wanted}")
    if not asked.body and asked.method in ("GET", "HEAD") and request.framing != BY_NATURE:
        raise Divergence("http-client-request.get-without-length", f"{said}: a length, and no body")
    if not asked.body and asked.method in ("POST", "PUT", "PATCH") and request.framing != BY_LENGTH:
        raise Divergence("http-client-request.post-without-body", f"{said}: no Content-Length")
    if asked.given in (words.OWN_HOST, *words.FRAMING_GIVEN):
        return
    pairs = [tuple(line.split(b": ", 1)) for line in asked.fields]
    for name in dict.fromkeys(name for name, _ in pairs):
        values = [value for each, value in pairs if each == name]
        came = request.values(name.decode().lower())
        if came != values and came != [b", ".join(values)] and came != [b",".join(values)]:
            raise Divergence("http-client-request.fields-arrive", f"{said}: {name!r} is {came} for {values}")


def _in_order(state: AskerState, handle: AskerHandle, asked: Asked, said: str) -> None:
    if state.raised:
        return
    for earlier in handle.asked[: handle.asked.index(asked)]:
        settled = not earlier.waits or earlier.doomed or earlier.may_fail or may_be_given_up(handle, earlier)
        if not settled and not earlier.seen and not earlier.of_nobody and not earlier.of_silence:
            requirement = "http-client-reload.queued" if asked.reloaded else "http-client-connection.order"
            raise Divergence(requirement, f"{said}, before {earlier.method} {earlier.target}")


def site_ends(connection: SiteConnection, how: str, *, there: bool = False) -> None:
    """The server ends a connection: "half-closed", "closed" or "reset".

    `there` says that all it had sent was certainly with the client's system, where a reset leaves it.
    """
    if connection.end:
        connection.end = how
        for each in connection.asked:
            each.may_fail = each.may_fail or each.waits
        return
    connection.end = how
    handle, current = connection.handle, connection.current
    surprised = how == "reset" or len(connection.wire.received) > connection.consumed
    for each in connection.asked:
        if surprised and there and each.answered and each.waits and each.reply is not None:
            each.reply.broken_behind = True
            continue
        # What was sent may be lost by a reset, also by that of a close over bytes that were not read.
        each.may_fail = each.may_fail or (each.waits and (surprised or not each.answered))
    if current is not None:
        _cut_short(connection, current, how)
    else:
        # Of those that wait, the next one may be on its way.
        following = next((each for each in handle.waiting() if not each.seen and not each.doomed), None)
        if following is not None:
            following.may_fail = True


def _cut_short(connection: SiteConnection, current: Asked, how: str) -> None:
    reply = current.reply
    if reply is None or not reply.sent:
        return
    if reply.lasts and reply.sent >= reply.head and how != "reset":
        reply.body, reply.complete = reply.body[: reply.sent - reply.head], True
        current.may_fail = current.may_fail and len(connection.asked) > connection.answered + 1
        connection.answered += 1
    else:
        current.doomed = current.doomed or _of_cut(current, how)


def _of_cut(current: Asked, how: str) -> str:
    reply = current.reply
    assert reply is not None
    if reply.sent < reply.head:
        return "http-client-answer.cut"
    if reply.framing.startswith("chunks"):
        last = reply.data.rfind(b"\r\n0")
        end = reply.sent > last + 4 and last >= reply.head
        return "http-client-framing.chunk-no-final-line" if end else "http-client-framing.chunk-truncated"
    return "http-client-framing.length-short" if how != "reset" else "http-client-answer.cut"
