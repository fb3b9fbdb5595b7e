"""What the checks by vectors of answers do: a request, and as its answer bytes that come whole and byte by byte.

What may come of it stands in the vector. It is judged by what was called back, by where the next request goes, and by
nothing else.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dasnet_adapters.contract import Event
from dasnet_conformance.catalogue.response_vectors import Responded, ResponseVector, load_response_vectors
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_client_side import (
    Site,
    asked,
    asking,
    await_outcome,
    drip,
    fields_of,
    outcome_of,
    outcomes_of,
    says_close,
    spell_outcome,
    talk,
)
from dasnet_conformance.stage.peer import Peer


def check_answers(requirement: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Mark a function as the check of a requirement by its vectors of answers, a case each."""

    def mark(function: Callable[..., None]) -> Callable[..., None]:
        vectors = load_response_vectors()[requirement]
        cases = pytest.mark.parametrize("vector", vectors, ids=lambda vector: vector.name)
        marked: Callable[..., None] = check(requirement)(cases(function))
        return marked

    return mark


def judge(host: Host, vector: ResponseVector) -> None:
    """Answer by the vector whole, and to another client byte by byte; each has to come to an allowed outcome.

    Whatever came of it, the next request is answered by its own answer.
    """
    played: list[tuple[Site, Peer, Responded | None]] = []
    for whole in (True, False):
        site = asking(host)
        number, peer = asked(site, "/vector", vector.method, b"a body" if vector.method == "POST" else b"")
        if whole:
            peer.send(vector.data)
        else:
            drip(site, peer, vector.data, lambda site=site, number=number: _failed(site, number))  # type: ignore[misc]
        if vector.closes:
            peer.close()
        if vector.waits:
            host.settle(site.client)
            if not outcomes_of(site.client):
                if host.requirement.allowed:
                    host.observe("waits")
                continue
        played.append((site, peer, _judge_outcome(site, vector, number)))
    # What was sent behind the answers has arrived before anything else is asked: one time for both, as it is most of
    # what a vector takes.
    host.silence()
    host.settle(*(site.client for site, _, _ in played))
    for site, peer, matched in played:
        _judge_next(site, peer, vector, matched)


def _failed(site: Site, number: int) -> bool:
    outcome = outcome_of(site.client, number)
    return outcome is not None and outcome.what == "failure"


# What of the vector the outcome is: None for a failure.
def _judge_outcome(site: Site, vector: ResponseVector, number: int) -> Responded | None:
    host = site.host
    event = await_outcome(host, site.client, number)
    matched: Responded | None = None
    if event.what == "failure":
        expect.that(vector.fail, _about(vector), expected=_allowed(vector), got=spell_outcome(event))
    else:
        faults = [_differs(responded, event) for responded in vector.respond]
        told = faults[-1] if faults else spell_outcome(event)
        expect.that("" in faults, _about(vector), expected=_allowed(vector), got=told)
        matched = vector.respond[faults.index("")]
    if host.requirement.allowed:
        host.observe("responded" if matched else "failed")
    return matched


def _judge_next(site: Site, peer: Peer, vector: ResponseVector, matched: Responded | None) -> None:
    client = site.client
    next_peer = talk(site, "/next")
    expect.that(
        len(outcomes_of(client)) == 2,
        f"outcomes of two requests ({vector.name})",
        expected="2",
        got="; ".join(map(spell_outcome, outcomes_of(client))),
    )
    # A client that keeps no connection, and says so, need not keep this one.
    if matched is not None and matched.keeps is not None and not (matched.keeps and says_close(site, "/vector")):
        expect.that(
            (next_peer is peer) == matched.keeps,
            f"the connection of the next request ({vector.name})",
            expected="the same one" if matched.keeps else "another one",
            got="the same one" if next_peer is peer else "another one",
        )


# In what a response differs from one that is allowed; empty if in nothing.
def _differs(responded: Responded, event: Event) -> str:
    if responded.status != event.status:
        return f"a response with the status {event.status}"
    if responded.reason is not None and responded.reason != event.reason:
        return f"a response with the reason {event.reason!r}"
    if responded.body is not None and responded.body != event.data:
        return f"a response with the body {event.data!r}"
    fields = fields_of(event)
    for field, allowed in responded.fields.items():
        # Of several lines, joined with and without a space.
        values = [value for each, value in fields if each == field]
        joined = {b", ".join(values)} if values else set()
        if (joined or allowed) and not joined & set(allowed):
            return f"a response with the field {field} {b', '.join(values)!r}" if values else f"none of {field}"
    return ""


def _about(vector: ResponseVector) -> str:
    ended = ", and then the end" if vector.closes else ""
    return f"{vector.name}: {vector.data[:200]!r}{ended}"


def _allowed(vector: ResponseVector) -> str:
    ways = ["a failure"] if vector.fail else []
    for responded in vector.respond:
        parts = [f"the status {responded.status}"]
        parts += [
            f"{name} {value!r}"
            for name, value in (("the reason", responded.reason), ("the body", responded.body))
            if value is not None
        ]
        parts += [
            f"{field} {b' or '.join(values)!r}" if values else f"no {field}"
            for field, values in responded.fields.items()
        ]
        ways.append(f"a response with {', '.join(parts)}")
    return " or ".join(ways)
