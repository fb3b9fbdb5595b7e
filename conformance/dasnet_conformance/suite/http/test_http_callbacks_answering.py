"""Section http-callbacks: answers, given inside the callback or later, and those that are refused."""

from __future__ import annotations

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_side import (
    GREETING,
    PLAIN,
    await_answer,
    await_answers,
    await_request,
    client_of,
    expect_no_answer,
    final_bytes,
    finals_at,
    greeting,
    request_of,
    requests_of,
    respond,
    serving,
    still_serves,
    targets_of,
)
from dasnet_conformance.suite.scenes import Forgiving


@check("http-callbacks.answered-inside")
def test_answered_inside(host: Host) -> None:
    """The status, a field and the body."""
    server = serving(host)
    server.react("request", "respond", 201, b"X-Answer: inside\r\n", b"made")
    peer = client_of(host, server)
    peer.send(PLAIN)
    answer = await_answer(host, server, peer)
    expect.equal([str(event.outcome) for event in server.did("respond")], ["Value(value=True)"], "respond inside")
    expect.equal(answer.status, 201, "the status")
    expect.equal(answer.values("x-answer"), [b"inside"], "the field X-Answer")
    expect.same_bytes(answer.body, b"made", "the body")


@check("http-callbacks.answered-later")
@pytest.mark.parametrize("ticks", [0, 1, 40])
def test_answered_later(host: Host, ticks: int) -> None:
    """In the same frame, in the next, and in one much later; before it there is no answer."""
    server = serving(host)
    peer = client_of(host, server)
    peer.send(PLAIN)
    event = await_request(host, server)
    for _ in range(ticks):
        host.tick_once(server)
    expect.equal(len(finals_at(peer)), 0, "answers before one was given")
    respond(server, event.exchange)
    answer = await_answer(host, server, peer)
    expect.same_bytes(answer.body, GREETING, "the body of an answer that was given later")
    host.settle(server)
    expect.equal(len(finals_at(peer)), 1, "answers in all")


@check("http-callbacks.answered-between-ticks")
def test_answered_between_ticks(host: Host) -> None:
    """Whether respond sends at once, or leaves it to the next tick, is open: after that tick it has left."""
    server = serving(host)
    peer = client_of(host, server)
    peer.send(PLAIN)
    event = await_request(host, server)
    respond(server, event.exchange)
    host.tick_once(server)
    host.silence()
    expect.equal(len(finals_at(peer)), 1, "answers at the client, after respond and one tick")


@check("http-callbacks.answers-crossed")
def test_answers_crossed(host: Host) -> None:
    """Three clients, answered last first, each by a body of its own."""
    server = serving(host)
    peers = {f"/{name}": client_of(host, server) for name in ("first", "second", "third")}
    for target, peer in peers.items():
        peer.send(request_of(target))
    host.until(lambda: server.count("request") >= 3, server, what="three request callbacks")
    for event in reversed(requests_of(server)):
        respond(server, event.exchange, body=f"for {event.target}".encode())
    for target, peer in peers.items():
        answer = await_answer(host, server, peer)
        expect.same_bytes(answer.body, f"for {target}".encode(), f"the body of the answer to {target}")


@check("http-callbacks.answers-own-request")
@pytest.mark.parametrize("other", ["the next of its client", "one of the next client"])
def test_answers_own_request(host: Host, other: str) -> None:
    """What respond says of it is another matter. A client that has left gives its place, and maybe its descriptor, to
    the next one.
    """
    server = serving(host)
    peer = client_of(host, server)
    peer.send(request_of("/first"))
    first = await_request(host, server)
    answered = 0
    if other == "the next of its client":
        respond(server, first.exchange)
        answered = 1
        if await_answer(host, server, peer).closes:
            raise expect.Moot("this server ends every connection behind its first answer")
    else:
        peer.reset()
        host.settle(server, ticks=8)
        peer = client_of(host, server)
    peer.send(request_of("/second"))
    second = await_request(host, server, 2)
    server.call("respond", first.exchange, 200, b"", b"for /first", 1)
    host.settle(server)
    expect.equal(len(finals_at(peer)) - answered, 0, "answers to /second, which nobody has answered")
    respond(server, second.exchange, body=b"for /second")
    answer = await_answers(host, server, peer, answered + 1)[-1]
    expect.same_bytes(answer.body, b"for /second", "the body of the answer to /second")


@check("http-callbacks.respond-unknown")
def test_respond_unknown(host: Host) -> None:
    """Numbers that nobody was given: before any request, and while one waits, whose client hears nothing of it."""
    server = serving(host)
    for exchange in (0, 1, -1, 1 << 40):
        expect_no_answer(server, exchange, f"respond to exchange {exchange} before any request")
    peer = client_of(host, server)
    peer.send(PLAIN)
    event = await_request(host, server)
    for exchange in {event.exchange + 1, event.exchange - 1, -event.exchange - 2, 1 << 40} - {event.exchange}:
        expect_no_answer(server, exchange, f"respond to exchange {exchange}, which never was")
    host.settle(server)
    expect.equal(final_bytes(peer), 0, "bytes at the client, whose request was not answered")
    respond(server, event.exchange)
    await_answer(host, server, peer)


@check("http-callbacks.respond-twice")
@pytest.mark.parametrize("when", ["at once", "when it has been sent"])
def test_respond_twice(host: Host, when: str) -> None:
    """The client gets the first, and nothing behind it."""
    server = serving(host)
    peer = client_of(host, server)
    peer.send(PLAIN)
    event = await_request(host, server)
    respond(server, event.exchange)
    if when != "at once":
        await_answer(host, server, peer)
    expect_no_answer(server, event.exchange, f"a second answer, {when}")
    answer = await_answer(host, server, peer)
    host.settle(server)
    expect.same_bytes(answer.body, GREETING, "the body of the first answer")
    expect.equal(final_bytes(peer), answer.size, "bytes at the client, all of the first answer")


@check("http-callbacks.respond-departed")
def test_respond_departed(host: Host) -> None:
    """It left by a reset, which cannot be taken for a client that only writes no more, and ticks have gone by. It has
    asked twice, of which a server may have told both.
    """
    server = serving(host)
    peer = client_of(host, server)
    peer.send(PLAIN * 2)
    event = await_request(host, server)
    host.settle(server)
    peer.reset()
    host.settle(server, ticks=8)
    told = requests_of(server)
    for each in reversed(told):
        expect_no_answer(server, each.exchange, "respond to a client that has reset its connection")
    # Who has its place, and maybe its descriptor, gets nothing that was another's.
    other = client_of(host, server)
    other.send(request_of("/other"))
    await_request(host, server, len(told) + 1)
    expect_no_answer(server, event.exchange, "respond to a client that has left, when another one has come")
    host.settle(server)
    expect.equal(len(finals_at(other)), 0, "answers at the other client, whose request nobody has answered")
    host.dismiss(other)
    server.react("request", "respond", 200, b"", GREETING)
    still_serves(host, server)


@check("http-callbacks.never-answered")
def test_never_answered(host: Host) -> None:
    """One waits for good; five others come after it, and go."""
    server = serving(host)
    waiting = client_of(host, server)
    waiting.send(request_of("/never"))
    await_request(host, server)
    server.react("request", "respond", 200, b"", GREETING)
    for _ in range(5):
        still_serves(host, server)
    expect.equal(final_bytes(waiting), 0, "bytes at the client whose request nobody answered")
    expect.equal(waiting.closed, None, "the end of its connection")


@check("http-callbacks.raises-alone")
@pytest.mark.parametrize("others", ["waiting for an answer", "asking in the same tick", "asked before by its client"])
def test_raises_alone(host: Host, others: str) -> None:
    """A client waits for its answer while the callback of another raises; each has one answer, or its end. Clients that
    ask in the same tick are told of all the same, each once.
    """
    if others == "asked before by its client":
        _raises_behind_another(host)
        return
    if others != "waiting for an answer":
        _raises_for_each(host)
        return
    server = serving(host)
    first = client_of(host, server)
    first.send(request_of("/first"))
    event = await_request(host, server)
    server.react("request", "raise")
    second = client_of(host, server)
    second.send(request_of("/second"))
    host.until(lambda: server.count("request") >= 2, Forgiving(server), what="a second request callback")
    host.settle(Forgiving(server))
    respond(server, event.exchange)
    server.react("request", "respond", 200, b"", GREETING)
    answer = await_answer(host, server, first)
    host.settle(server)
    expect.same_bytes(answer.body, GREETING, "the answer to the client beside the one whose callback raised")
    expect.equal(len(finals_at(first)), 1, "answers to that client")
    expect.that(
        len(finals_at(second)) <= 1,
        "answers to the client whose callback raised",
        expected="one, or none",
        got=str(len(finals_at(second))),
    )
    outcome = server.call("respond", requests_of(server)[1].exchange, 200, b"", b"too late", 1)
    host.settle(server)
    if finals_at(second):
        expect.one_of(outcome, ("false", "refused"), "an answer to a request that had got its 5xx")
        expect.equal(len(finals_at(second)), 1, "answers to the client whose callback raised, in the end")
    still_serves(host, greeting(host))


# What comes of the second request of a client comes behind the answer to its first, unless the connection ends.
def _raises_behind_another(host: Host) -> None:
    server = serving(host)
    ticked = Forgiving(server)
    peer = client_of(host, server)
    peer.send(request_of("/first"))
    event = await_request(host, server)
    server.react("request", "raise")
    peer.send(request_of("/second"))
    host.settle(ticked)
    expect.equal(
        final_bytes(peer), 0, "bytes at a client whose first request waits, when the callback of its second raised"
    )
    if peer.closed is not None:
        return
    respond(server, event.exchange)
    host.until(lambda: len(finals_at(peer)) > 1 or bool(peer.closed), ticked, what="both answers, or the end")
    answers = finals_at(peer)
    expect.that(bool(answers), "answers to a client whose first request was answered", expected="that one", got="none")
    expect.same_bytes(answers[0].body, GREETING, "the answer before that to the request whose callback raised")
    for later in answers[1:]:
        expect.that(500 <= later.status < 600, "the answer behind it", expected="5xx", got=f"status {later.status}")


# Five clients whose requests are there when the tick comes: what is told behind a callback that raises is not lost.
def _raises_for_each(host: Host) -> None:
    server = serving(host)
    server.react("request", "raise")
    peers = [client_of(host, server) for _ in range(5)]
    host.settle(server)
    for number, peer in enumerate(peers):
        peer.send(request_of(f"/{number}"))
    host.silence()
    host.until(
        lambda: all(finals_at(peer) or peer.closed for peer in peers),
        Forgiving(server),
        what="an answer of 5xx, or the end of the connection, for each of five clients",
        got=lambda: f"{len(targets_of(server))} callbacks",
    )
    host.settle(Forgiving(server))
    expect.equal(sorted(targets_of(server)), [f"/{number}" for number in range(5)], "the targets called back")
    for answer in [answer for peer in peers for answer in finals_at(peer)]:
        expect.that(500 <= answer.status < 600, "the answer", expected="a status of 5xx", got=f"status {answer.status}")
    server.react("request", "respond", 200, b"", GREETING)
    still_serves(host, server)
