"""What every check of vectors does: a request as bytes goes to a server that answers by itself, whole and byte by byte.

What may come of it stands in the vector. It is judged by what the client and the callbacks saw, and by nothing else.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dasnet_adapters.contract import Event
from dasnet_conformance.catalogue.vectors import Served, Vector, vectors_of
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.http_side import (
    GREETING,
    client_of,
    drip,
    fields_of,
    finals_at,
    greeting,
    requests_of,
    still_serves,
)
from dasnet_conformance.stage.peer import Peer


def check_vectors(requirement: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Mark a function as the check of a requirement by its vectors, a case each."""

    def mark(function: Callable[..., None]) -> Callable[..., None]:
        cases = pytest.mark.parametrize("vector", vectors_of(requirement), ids=lambda vector: vector.name)
        marked: Callable[..., None] = check(requirement)(cases(function))
        return marked

    return mark


def judge(host: Host, vector: Vector) -> None:
    """Send the vector whole, and then byte by byte on another connection; each has to come to an allowed outcome.

    Whatever came of it, the next client is served.
    """
    server = greeting(host)
    for whole in (True, False):
        peer = client_of(host, server)
        before = server.count("request")
        if whole:
            peer.send(vector.data)
        else:
            drip(host, server, peer, vector.data)
        _judge_one(host, server, peer, vector, before)
        host.dismiss(peer)
    still_serves(host, server)


def _judge_one(host: Host, server: HostObject, peer: Peer, vector: Vector, before: int) -> None:
    # A client that is closed has nothing more to come, and one that has an answer has what this is about.
    def decided() -> bool:
        return bool(peer.closed or finals_at(peer, (vector.method,)))

    if "waits" in vector.reject or not (vector.reject or vector.serve):
        host.settle(server)
    else:
        host.until(decided, server, what=f"an answer, or the end of the connection ({vector.name})")
    if vector.hidden:
        host.settle(server)
    called = requests_of(server)[before:]
    for event in called:
        expect.that(
            not vector.hidden or event.target != vector.hidden,
            f"what follows: {vector.name}",
            expected="no callback for the hidden request",
            got=f"one for {event.method} {event.target}",
        )
    if not (vector.reject or vector.serve):
        return
    if called:
        _judge_served(host, server, peer, vector, called[0])
    else:
        _judge_rejected(host, server, peer, vector)
    if host.requirement.allowed:
        decided_otherwise = "rejected" if decided() else "waits"
        host.observe("served" if called else decided_otherwise)


def _judge_rejected(host: Host, server: HostObject, peer: Peer, vector: Vector) -> None:
    answers = finals_at(peer, (vector.method,))
    if answers:
        status = answers[0].status
        expect.that(
            vector.rejects_with(status), _about(vector), expected=_allowed(vector), got=f"status {status}, no callback"
        )
        if vector.ends:
            host.until(
                lambda: peer.closed is not None, server, what=f"the end of the connection behind the answer {status}"
            )
        return
    word = "close" if peer.closed else "waits"
    came = {"close": "the end of the connection without an answer", "waits": "no answer and no callback"}[word]
    expect.that(word in vector.reject, _about(vector), expected=_allowed(vector), got=came)


def _judge_served(host: Host, server: HostObject, peer: Peer, vector: Vector, event: Event) -> None:
    faults = [_differs(served, event) for served in vector.serve]
    told = faults[-1] if faults else f"a callback for {event.method} {event.target}"
    expect.that("" in faults, _about(vector), expected=_allowed(vector), got=told)
    answers = finals_at(peer, (vector.method,))
    # The answer was given inside the callback, so it is there or on its way.
    if not answers:
        host.until(
            lambda: bool(finals_at(peer, (vector.method,)) or peer.closed), server, what="the answer to the request"
        )
        answers = finals_at(peer, (vector.method,))
    expect.that(
        bool(answers) and answers[0].status == 200,
        f"the answer to what was called back ({vector.name})",
        expected="status 200",
        got=f"status {answers[0].status}" if answers else "none",
    )
    if vector.method != "HEAD":
        expect.same_bytes(answers[0].body, GREETING, "the body of the answer")
    if vector.serve[faults.index("")].closes:
        host.until(lambda: peer.closed is not None, server, what="the end of the connection behind the answer")


# In what a callback differs from one that is allowed; empty if in nothing.
def _differs(served: Served, event: Event) -> str:
    for name, wanted, got in (
        ("method", served.method, event.method),
        ("target", served.target, event.target),
        ("body", served.body, event.data),
    ):
        if wanted is not None and wanted != got:
            return f"a callback with the {name} {got!r}"
    fields = fields_of(event)
    for field, allowed in served.fields.items():
        # Of several lines, joined with and without a space.
        values = [value for each, value in fields if each == field]
        joined = {b", ".join(values)} if values else set()
        if (joined or allowed) and not joined & set(allowed):
            return f"a callback with the field {field} {b', '.join(values)!r}" if values else f"none of {field}"
    return ""


def _about(vector: Vector) -> str:
    return f"{vector.name}: {vector.data[:200]!r}"


def _allowed(vector: Vector) -> str:
    spelled = {
        "error": "an answer of 4xx or 5xx",
        "close": "the end of the connection without an answer",
        "waits": "no answer and no callback",
    }
    ways = [spelled.get(word, f"status {word}") for word in vector.reject]
    for served in vector.serve:
        parts = [
            f"{name} {value!r}"
            for name, value in (("method", served.method), ("target", served.target), ("body", served.body))
            if value is not None
        ]
        parts += [
            f"{field} {b' or '.join(values)!r}" if values else f"no {field}" for field, values in served.fields.items()
        ]
        ways.append(f"a callback with {', '.join(parts)}")
    return " or ".join(ways)
