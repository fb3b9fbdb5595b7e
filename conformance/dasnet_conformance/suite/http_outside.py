"""What the checks of the profile `http-port` share: a server that nobody ticks, and what its answers tell.

From outside a request that was served looks like one that was not found or not allowed, for what stands behind the port
is nobody's business here; so those statuses count as served, and others of 4xx and 5xx as a rejection.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from dasnet_adapters.contract import Value
from dasnet_conformance.catalogue.vectors import Vector, vectors_of
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.answer_reader import AnswersSoFar, HttpAnswer
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_side import finals_at, request_of
from dasnet_conformance.stage.peer import Peer

#: Statuses of 4xx that speak of what was asked for, not of how: the request was read.
ABOUT_THE_RESOURCE: Final = frozenset(
    (401, 402, 403, 404, 405, 406, 407, 409, 410, 412, 415, 416, 418, 421, 422, 423, 451)
)

#: The last request of a connection. Where its end is there, all that was to be answered before it is there too, however
#: late a thread of the server is: with what must not come, nothing else than that tells when it would have come.
LAST: Final = request_of("/", "Connection: close")

_POST: Final = b"POST "
#: Requirements whose vectors are faulty in the body alone, or are right and have one that no server reads to its end.
_BODY: Final = re.compile(r"http-framing\.(chunk-|length-huge)")
#: Requirements whose vectors have no right request line, for which RFC 9112, section 3 lets a server redirect as well.
_LINE: Final = re.compile(r"http-request\.(line-|target-)")
_REDIRECTIONS: Final = (301, 308)


def port_of(host: Host) -> int:
    """The port of the server."""
    outcome = host.call("http_port")
    if not isinstance(outcome, Value) or not isinstance(outcome.value, int):
        raise expect.Mismatch("the port of the server", "a number", expect.spell(outcome))
    return outcome.value


def visitor(host: Host) -> Peer:
    """A connection to the server."""
    return host.peer(port_of(host))


def await_answer(host: Host, peer: Peer, count: int = 1, methods: tuple[str, ...] = ()) -> list[HttpAnswer]:
    """Wait until a client has so many final answers; all of them."""
    host.until(
        lambda: len(finals_at(peer, methods)) >= count or peer.closed is not None,
        what=f"{count} whole answer{'' if count == 1 else 's'} at {peer.name}",
        got=lambda: f"{len(finals_at(peer, methods))}, and {bytes(peer.received[-80:])!r} last",
    )
    found = finals_at(peer, methods)
    told = f"{[answer.status for answer in found]}, then {peer.closed}"
    expect.that(len(found) >= count, f"answers at {peer.name}", expected=f"{count} whole ones", got=told)
    return found


def came(host: Host, reached: Callable[[], bool], what: str) -> bool:
    """Wait as long as patience lasts for what need not come; whether it has."""
    try:
        host.until(reached, what=what)
    except expect.Mismatch:
        return False
    return True


def end_in_order(host: Host, peer: Peer) -> bool:
    """Send a last request, and wait for the end of the connection behind its answer; whether it came.

    It does not where a server takes that request for the rest of another one. Where the connection has ended already
    nothing is sent.
    """
    if peer.closed is None:
        peer.send(LAST)
    return came(host, lambda: peer.closed is not None, "the end of the connection behind a last request")


def check_outside(requirement: str, shown_by: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Mark a function as the check of a requirement by the vectors of one of the profile `http`, a case each."""

    def mark(function: Callable[..., None]) -> Callable[..., None]:
        cases = pytest.mark.parametrize("vector", vectors_of(shown_by), ids=lambda vector: vector.name)
        marked: Callable[..., None] = check(requirement)(cases(function))
        return marked

    return mark


def is_rejection(status: int) -> bool:
    """Whether a status says that the request itself was wrong, or more than the server can do."""
    return status >= 400 and status not in ABOUT_THE_RESOURCE


def judge_outside(host: Host, vector: Vector) -> None:
    """Send the vector whole, and then in two pieces on another connection.

    A server that has no POST is asked by GET, whose body is framed in the same way.
    """
    if vector.data.startswith(_POST) and not _takes_post(host):
        vector = replace(vector, data=b"GET " + vector.data.removeprefix(_POST))
    for cut in (0, len(vector.data) // 2):
        peer = visitor(host)
        if cut:
            peer.send(vector.data[:cut])
            host.silence()
        peer.send(vector.data[cut:])
        _judge_one(host, peer, vector)
        if _answers_at(peer, vector):
            # Whatever follows is answers, if it is anything; it is there by the end of the connection, and not before.
            end_in_order(host, peer)
            finals_at(peer, (vector.method,))
        host.dismiss(peer)


def _takes_post(host: Host) -> bool:
    peer = visitor(host)
    peer.send(request_of(method="POST", body=b"body"))
    status = await_answer(host, peer)[0].status
    host.dismiss(peer)
    return status not in (405, 501)


# Whether the server answers a request whose body has not come, as one of static files does.
def _answers_early(host: Host) -> bool:
    peer = visitor(host)
    peer.send(request_of("/", "Content-Length: 5"))
    answered = came(host, lambda: bool(peer.closed or finals_at(peer)), "an answer before the body")
    early = answered and bool(finals_at(peer)) and not is_rejection(finals_at(peer)[0].status)
    host.dismiss(peer)
    return early


# Whether the server ends the connection behind this answer, and keeps one whose body is in order: it has answered
# without a look at the body, and what it found when it passed over that is why it ends.
def _ends_for_the_body(host: Host, answer: HttpAnswer, method: str) -> bool:
    if not answer.closes:
        return False
    peer = visitor(host)
    peer.send(request_of("/", "Transfer-Encoding: chunked", method=method) + b"5\r\nhello\r\n0\r\n\r\n")
    sound = await_answer(host, peer, methods=(method,))[0]
    host.dismiss(peer)
    return not is_rejection(sound.status) and not sound.closes


def _judge_one(host: Host, peer: Peer, vector: Vector) -> None:
    def decided() -> bool:
        return bool(peer.closed or _answers_at(peer, vector))

    what = f"an answer, or the end of the connection ({vector.name})"
    if vector.hidden or "waits" in vector.reject:
        # A server that waits for more is right, and one that is late has time to be wrong.
        came(host, decided, what)
    else:
        host.until(decided, what=what)
    if vector.hidden:
        _expect_nothing_hidden(host, peer, vector)
        return
    answers = _answers_at(peer, vector)
    if not answers:
        word = "close" if peer.closed else "waits"
        expect.that(word in vector.reject, _about(vector), expected=_allowed(vector), got=f"none, then {peer.closed}")
        return
    status = answers[0].status
    rejected = is_rejection(status)
    if rejected or not vector.serve:
        right = vector.rejects_with(status) and (rejected or str(status) in vector.reject)
        if status in _REDIRECTIONS and "error" in vector.reject and _LINE.search(vector.requirement):
            return
        is_of_the_body = not right and not rejected and _BODY.search(vector.requirement)
        if is_of_the_body and (_ends_for_the_body(host, answers[0], vector.method) or _answers_early(host)):
            # The answer left before the body was looked at; that it cannot be read ends the connection then. Who may
            # wait for the rest of it does that, and takes what follows for a part of it.
            if "waits" in vector.reject:
                end_in_order(host, peer)
                told = status_of(finals_at(peer, (vector.method,)))
                behind = [later for later in told[1:] if not is_rejection(later)]
                expect.equal(behind, [], f"answers behind {vector.name}, whose chunk has not ended")
                return
            host.until(
                lambda: peer.closed is not None, what=f"a rejection, or the end of the connection ({vector.name})"
            )
            return
        expect.that(right, _about(vector), expected=_allowed(vector), got=f"status {status}")
        if vector.ends and right:
            host.until(lambda: peer.closed is not None, what="the end of the connection behind the error answer")
        return
    if all(served.closes for served in vector.serve):
        host.until(lambda: peer.closed is not None, what="the end of the connection behind the answer")
        # What follows is to a part of the request, which then was not read as the answer says.
        told = status_of(finals_at(peer, (vector.method,)))
        expect.equal(len(told), 1, f"answers to {vector.name}, of the statuses {told}")


# The answers so far, up to bytes that are none, if there are any behind the first: whether those have come by now is
# the server's pace. They are looked at when the connection has ended.
def _answers_at(peer: Peer, vector: Vector) -> list[HttpAnswer]:
    answers = AnswersSoFar((vector.method,), lenient=True).read(peer.received, ended=peer.closed == "end of file")
    return [answer for answer in answers if not answer.interim]


# An error answer to what is left over is fine; a second one that is none was for the hidden request. The last request
# is told from it by its number, and where the hidden one has ended the connection, by its status.
def _expect_nothing_hidden(host: Host, peer: Peer, vector: Vector) -> None:
    asked = peer.closed is None
    end_in_order(host, peer)
    answers = finals_at(peer, (vector.method,))
    served = [answer.status for answer in answers[1:] if not is_rejection(answer.status)]
    hidden = len(served) > asked or (bool(served) and served[0] != _status_of_last(host))
    expect.that(
        not hidden,
        f"what follows: {vector.name}",
        expected=f"no answer to the hidden request{', and one to that behind it' if asked else ''}",
        got=f"statuses {served}",
    )


def _status_of_last(host: Host) -> int:
    peer = visitor(host)
    end_in_order(host, peer)
    status = await_answer(host, peer)[0].status
    host.dismiss(peer)
    return status


def _about(vector: Vector) -> str:
    return f"the answer to {vector.name}: {vector.data[:200]!r}"


def _allowed(vector: Vector) -> str:
    ways = [f"status {word}" if word.isdigit() else word for word in vector.reject]
    return " or ".join([*ways, *(["an answer that the request was read for"] if vector.serve else [])])


def status_of(answers: list[HttpAnswer]) -> list[int]:
    """The statuses of answers, for messages."""
    return [answer.status for answer in answers]
