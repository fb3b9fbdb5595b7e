"""What may arrive at the peers of an HTTP server: the answers that were given, whole, in the order of the requests.

What a server may choose is said where it is checked. Every function raises `Divergence` for what is not allowed.
"""

from __future__ import annotations

import re
from typing import Final

from dasnet_conformance.explore.http_server.content import Unit
from dasnet_conformance.explore.scripts import http_server_words as words
from dasnet_conformance.explore.shared.verdicts import Divergence
from dasnet_conformance.stage.answer_reader import HttpAnswer, read_answers
from dasnet_conformance.stage.expect import Mismatch

from .answer_check import check_given
from .request_check import missing_callback
from .state import WebConnection, WebState

#: RFC 9110, section 5.6.7.
_DATE: Final = re.compile(
    rb"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT"
)


#: Characters of a message that quotes what arrived.
_MOST_TOLD: Final = 400


def look_at_answers(state: WebState) -> None:
    """Judge what has arrived since the last time, and how connections ended."""
    for connection in state.connections:
        if connection.ended:
            continue
        # What a server says to the clients of an object that is destroyed is nowhere said.
        connection.wild = connection.wild or connection.handle.state == "closed"
        # Whose answers these are is not known any more once all is allowed.
        if not connection.wild and (len(connection.wire.received) > connection.consumed or connection.wire.closed):
            _read(state, connection)
        if connection.wire.closed:
            connection.ended = True
            if not connection.wild:
                _judge_end(state, connection)


def _read(state: WebState, connection: WebConnection) -> None:
    wire = connection.wire
    rest = bytes(memoryview(wire.received)[connection.consumed :])
    methods = [unit.method for unit in connection.units[connection.final :]]
    try:
        answers = read_answers(rest, methods, ended=wire.closed == "end of file")
    except Mismatch as mismatch:
        told = f"at {_name(connection)}: {mismatch}"[:_MOST_TOLD]
        raise Divergence(_of_garbage(connection, mismatch), told) from mismatch
    for answer in answers:
        _judge(state, connection, answer)
        if connection.wild:
            return
        connection.consumed += answer.size
    if len(wire.received) > connection.consumed:
        _may_begin(state, connection, bytes(wire.received[connection.consumed : connection.consumed + 60]))


def _name(connection: WebConnection) -> str:
    return f"peer {connection.peer}"


# Bytes that are no answer.
def _of_garbage(connection: WebConnection, mismatch: Mismatch) -> str:
    unit, before = connection.unit, connection.units[connection.final - 1] if connection.final else None
    if unit is not None and unit.given is not None and unit.given.kind in words.INJECTIONS:
        return "http-response.injection"
    if unit is not None and unit.given is not None and unit.given.kind in words.FRAMING_FIELDS:
        return "http-response.framing-fields-given"
    if connection.paused:
        return "http-connection.slow-reader-whole"
    if unit is not None and unit.vector is not None and mismatch.what != "the first line of an answer":
        return "http-response.error-answers-are-whole"
    if mismatch.what in ("the framing of an answer", "Content-Length of an answer", "Transfer-Encoding of an answer"):
        return "http-response.framing"
    if before is not None and mismatch.what in ("the first line of an answer", "a status line"):
        if before.method == "HEAD":
            return "http-response.head-has-no-content"
        if before.received is not None and before.received.status in (204, 304):
            return "http-response.no-content"
        return "http-response.error-answers-are-whole" if before.given is None else "http-response.body-exact"
    return "http-response.status-line"


# The beginning of an answer is there: it has to be one that is due.
def _may_begin(state: WebState, connection: WebConnection, begun: bytes) -> None:
    unit = connection.unit
    if connection.over:
        raise Divergence(_of_too_much(connection), f"{begun!r} at {_name(connection)} behind its last answer")
    if unit is None or unit.began is None:
        raise Divergence(_of_too_much(connection), f"{begun!r} at {_name(connection)}, which asked for nothing")
    if unit.waits and not unit.raised:
        told = f"{begun!r} at {_name(connection)}, whose request was not answered"
        raise Divergence(_of_strayed(state, connection, unit), told)


# Of an answer to a request that waits for one: it is that of another, or what was turned down.
def _of_strayed(state: WebState, connection: WebConnection, unit: Unit) -> str:
    if unit.turned_down:
        return unit.turned_down
    under_way = {
        each is connection
        for each in state.connections
        for other in each.units
        if other.given is not None and other.received is None
    }
    if True in under_way:
        return "http-connection.pipelining-crossed"
    if any(each.vector is not None for each in connection.units[connection.final :]):
        return "http-connection.pipelining-faulty"
    return "http-callbacks.answers-crossed" if under_way else "http-callbacks.answered-later"


def _of_too_much(connection: WebConnection) -> str:
    before = connection.units[connection.final - 1] if connection.final else None
    if before is None:
        return "http-connection.upgrade-of-nothing"
    if before.raised:
        return "http-callbacks.raises-alone"
    if before.method == "HEAD":
        return "http-response.head-has-no-content"
    if before.received is not None and before.received.status in (204, 304):
        return "http-response.no-content"
    if before.turned_down:
        return "http-callbacks.respond-twice"
    return connection.over or "http-connection.upgrade-of-nothing"


# One whole answer


def _judge(state: WebState, connection: WebConnection, answer: HttpAnswer) -> None:
    said = f"an answer {answer.status} at {_name(connection)}"
    unit = connection.unit
    if connection.over:
        raise Divergence(connection.over, f"{said} behind its last one")
    if unit is None or unit.began is None:
        raise Divergence(_of_too_much(connection), f"{said}, which asked for nothing")
    if not unit.called and connection.handle.ticks <= unit.began:
        raise Divergence("http-callbacks.nothing-between-ticks", f"{said} before any tick after it had asked")
    if answer.interim:
        _judge_interim(connection, unit, answer, said)
        return
    _judge_form(unit, answer, said)
    if unit.hides:
        connection.wild = True
    elif unit.vector is not None:
        _judge_rejection(connection, unit, answer, said)
    elif unit.raised and 500 <= answer.status < 600:
        pass  # its callback raised: a 5xx is what it gets, where the host gave no answer that goes before
    elif unit.given is not None:
        _not_of_another(state, connection, unit, answer, said)
        check_given(unit, unit.given, answer, said)
    elif unit.raised:
        raise Divergence("http-callbacks.raises", f"{said}, whose callback raised")
    else:
        _not_of_another(state, connection, unit, answer, said)
        _judge_own(state, connection, unit, answer, said)
    _after(connection, unit, answer)


# Bodies are told apart, but for those given inside callbacks.
def _not_of_another(state: WebState, connection: WebConnection, unit: Unit, answer: HttpAnswer, said: str) -> None:
    if not answer.body or (unit.given is not None and unit.given.body == answer.body):
        return
    for other in state.connections:
        for each in other.units:
            if each is not unit and each.given is not None and each.given.body == answer.body:
                own = other is connection
                requirement = "http-connection.pipelining-crossed" if own else "http-callbacks.answers-crossed"
                raise Divergence(requirement, f"{said} to {unit.target}, given to {each.target}")


# What holds for every final answer.
def _judge_form(unit: Unit, answer: HttpAnswer, said: str) -> None:
    if answer.version != "HTTP/1.1":
        raise Divergence("http-response.version", f"{said} in {answer.version}")
    if unit.version == "HTTP/1.0" and answer.values("transfer-encoding"):
        raise Divergence("http-response.old-version-framing", f"{said} in chunks to HTTP/1.0")
    words_of_connection = answer.words("connection")
    if b"close" in words_of_connection and b"keep-alive" in words_of_connection:
        raise Divergence("http-response.framing-fields-given", f"{said} says both close and keep-alive")
    # Beyond 499 a server may have no clock that it trusts, or no time for it.
    dates = answer.values("date")
    if answer.status < 500 and (len(dates) != 1 or not _DATE.fullmatch(dates[0])):
        requirement = "http-response.date" if unit.given is not None else "http-response.error-answers-have-date"
        raise Divergence(requirement, f"{said} with the Date {dates!r}")


def _judge_interim(connection: WebConnection, unit: Unit, answer: HttpAnswer, said: str) -> None:
    if unit.vector is not None:
        return
    # Where the body has come with the head, or there is none, 100 is left out or sent; and it may go ahead of the
    # answers to those before it, for a client passes over a 100 that it did not expect (RFC 9110, section 15.2).
    for asking in connection.units[connection.final :] if answer.status == 100 else ():
        if asking.asks_for_word and not asking.invited and connection.taken - asking.start >= asking.head:
            asking.invited = True
            return
    if unit.version == "HTTP/1.0":
        raise Divergence("http-connection.expect-old-version", f"{said}, to HTTP/1.0")
    if answer.status in (100, 101):  # any other asks for nothing, and is passed over
        raise Divergence("http-connection.upgrade-of-nothing", f"{said}, which did not ask for it")


def _judge_rejection(connection: WebConnection, unit: Unit, answer: HttpAnswer, said: str) -> None:
    vector = unit.vector
    assert vector is not None
    # A client that has left in the middle is told whatever fits: its request never came to its end.
    if not vector.rejects_with(answer.status) and not (connection.end and answer.status >= 400):
        told = f"{said}, which asked what is wrong ({vector.name}): expected {' or '.join(vector.reject)}"
        raise Divergence(vector.requirement, told)


# An answer that the server made by itself to a request that nothing is wrong with.
def _judge_own(state: WebState, connection: WebConnection, unit: Unit, answer: HttpAnswer, said: str) -> None:
    if unit.called:
        raise Divergence(_of_strayed(state, connection, unit), f"{said}, whose request waits for its answer")
    allowed: set[int] = set()
    if unit.method not in ("GET", "HEAD", "POST"):
        allowed |= {405, 501}  # a server need not have these methods
    if unit.framing == "no body" and unit.method in ("POST", "PUT", "DELETE"):
        allowed.add(411)  # it may insist on a length
    if unit.framing != "no body" and unit.method not in ("POST", "PUT"):
        allowed |= {400, 405, 413, 501}  # a body that means nothing may be turned down
    # Half a request of a client that left, and a body that waits for its word, may be turned down by any error.
    half = connection.taken < unit.end and bool(connection.end)
    any_error = answer.status >= 400 and (half or unit.expects)
    if answer.status not in allowed and not any_error:
        raise Divergence(missing_callback(connection, unit), f"{said}, and the request {unit.target} is a right one")
    connection.wild = True


# What follows from the answer for the connection.
def _after(connection: WebConnection, unit: Unit, answer: HttpAnswer) -> None:
    unit.received = answer
    connection.final += 1
    if unit.vector is not None:
        if unit.vector.ends:
            connection.over = unit.vector.requirement
        elif answer.closes:
            connection.over = "http-connection.keep-alive"
        return
    if unit.manner in words.CLOSING:
        connection.over = "http-connection.close"
        if unit.version == "HTTP/1.1" and not answer.closes:
            told = f"the last answer at {_name(connection)} does not say close"
            raise Divergence("http-connection.close-said", told)
    elif answer.closes:
        # A server may end a connection whenever it likes, as long as it says so and does it.
        given = unit.given is not None and unit.given.kind == "a close"
        connection.over = "http-response.framing-fields-given" if given else "http-connection.keep-alive"
    elif unit.version == "HTTP/1.0" and b"keep-alive" not in answer.words("connection"):
        # Kept only where keep-alive was asked for and is confirmed.
        connection.over = "http-connection.old-version"
    elif unit.closes:
        connection.over = "http-connection.old-version"


# The end of a connection


def _judge_end(state: WebState, connection: WebConnection) -> None:
    unit, wire = connection.unit, connection.wire
    said = f"{_name(connection)} sees {wire.closed}"
    if connection.over or any(each.raised for each in connection.units):
        return  # it had to end, or could because a callback of it raised
    if len(wire.received) > connection.consumed:
        late = connection.paused or connection.handle.reloads
        requirement = "http-connection.slow-reader-whole" if late else "http-response.body-exact"
        raise Divergence(requirement, f"{said} in the middle of an answer")
    if unit is not None and unit.vector is not None:
        _judge_silent_rejection(connection, unit, said)
    elif connection.end == "half-closed":
        if unit is not None and connection.taken >= unit.end:
            raise Divergence("http-connection.half-close", f"{said} instead of the answer to {unit.target}")
    else:
        raise Divergence(_of_end(state, connection, unit), f"{said}, and nobody had said close")


def _judge_silent_rejection(connection: WebConnection, unit: Unit, said: str) -> None:
    vector = unit.vector
    assert vector is not None
    if vector.hidden or "close" in vector.reject or connection.end:
        return
    if connection.wire.closed == "reset" and connection.sent > unit.end:
        return  # what follows it may have reset the connection, and the system thrown the answer away
    told = f"{said} instead of an answer {' or '.join(vector.reject)} to what is wrong: {vector.name}"
    raise Divergence(vector.requirement, told)


def _of_end(state: WebState, connection: WebConnection, unit: Unit | None) -> str:
    if state.raised:
        return "http-callbacks.raises-alone"
    if any(each.vector is not None for each in connection.units[connection.final :]):
        return "http-connection.pipelining-faulty"
    if connection.handle.reloads:
        if unit is None or not unit.called:
            return "http-reload.idle-connection"
        return "http-reload.unanswered" if unit.given is None else "http-reload.queued"
    if unit is not None and unit.began is not None:
        if unit.given is not None:
            return "http-callbacks.answered-later"
        return "http-callbacks.never-answered" if unit.called else missing_callback(connection, unit)
    if connection.final:
        before = connection.units[connection.final - 1]
        old = before.version == "HTTP/1.0"
        return "http-connection.old-version-confirmed" if old else "http-connection.close-said"
    return "http-connection.stays-open"
