"""What an HTTP server has to do sooner or later: tell of whole requests, send what was given, end what is at an end.

Only a server that is ticked owes anything, so a handle in an orphan does not; and nothing is owed to a peer that left,
or that does not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from dasnet_conformance.explore.http_server.content import Unit

from .request_check import missing_callback
from .state import WebConnection, WebState

#: What is due: the requirement that would be violated, and a sentence.
Due = tuple[str, str]


def due_by_http(state: WebState) -> Iterator[Due]:
    """All that is due now."""
    for connection in state.connections:
        if connection.ended or connection.gone or not connection.wire.reading:
            continue
        if connection.handle.state == "closed":
            yield "http-connection.destroyed", f"peer {connection.peer} does not see the end of its server"
        elif connection.handle.hears is not None and not connection.wild:
            found = _of(state, connection)
            if found is not None:
                yield found


def _of(state: WebState, connection: WebConnection) -> Due | None:
    who = f"peer {connection.peer}"
    if connection.over:
        return connection.over, f"{who} does not see the end of its connection behind the last answer"
    unit = connection.unit
    if unit is None or unit.began is None:
        return None
    if not connection.whole(unit):
        return _of_half(connection, unit)
    if unit.vector is not None:
        # Of some a server may wait for more, or make whatever it likes.
        if unit.hides or "waits" in unit.vector.reject:
            return None
        behind = connection.final > 0 and connection.units[connection.final - 1].vector is None
        requirement = "http-connection.pipelining-faulty" if behind else unit.vector.requirement
        return requirement, f"{who} asked what is wrong ({unit.vector.name}), and gets neither an error nor an end"
    if not unit.called:
        return _of_untold(state, connection, unit), f"the request {unit.target} of {who} is not called back"
    if unit.given is not None:
        return _of_unsent(connection, unit), f"the answer to {unit.target} does not come to {who}"
    if unit.raised:
        return "http-callbacks.raises", f"{who}, whose callback raised, gets neither a 5xx nor the end"
    return None


# Of a request that is not there as a whole: a client that waits for a word gets one.
def _of_half(connection: WebConnection, unit: Unit) -> Due | None:
    invited = unit.invited or connection.end != ""
    if unit.expects and connection.sent == unit.start + unit.head and not invited:
        return "http-connection.expect-continue", f"peer {connection.peer} waits with its body, and gets no word"
    return None


def _of_untold(state: WebState, connection: WebConnection, unit: Unit) -> str:
    if state.raised:
        return "http-callbacks.raises"
    others = [each for each in state.of(connection.handle) if each is not connection]
    if not connection.final and not unit.cut and not unit.reloaded:
        if any(each.unit is not None and each.unit.waits for each in others):
            return "http-callbacks.never-answered"
        if any(each.end for each in others):
            return "http-connection.leaves-in-head"
        if others:
            return "http-connection.many"
    return missing_callback(connection, unit)


def _of_unsent(connection: WebConnection, unit: Unit) -> str:
    given = unit.given
    assert given is not None
    if given.status in (204, 304) or unit.method == "HEAD":
        return "http-response.framing"
    if not given.body:
        return "http-response.empty-body"
    if len(connection.wire.received) > connection.consumed:
        return "http-connection.slow-reader-whole" if connection.paused else "http-response.framing"
    if unit.reloaded:
        return "http-reload.queued"
    return "http-callbacks.answered-inside" if given.when == "inside" else "http-callbacks.answered-between-ticks"
