"""Section http-connection: clients that wait for a word before they send their body."""

from __future__ import annotations

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import MORE_THAN_HELD
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.http_side import (
    GREETING,
    Limits,
    answers_at,
    await_answer,
    await_answers,
    await_request,
    client_of,
    finals_at,
    greeting,
    request_of,
    requests_of,
    respond,
    serving,
    targets_of,
)
from dasnet_conformance.stage.peer import Peer

EXPECTING = "Expect: 100-continue"
BODY = b"a body that waits for its word"


def _expecting(version: str = "HTTP/1.1", word: str = EXPECTING, target: str = "/") -> bytes:
    return request_of(target, word, f"Content-Length: {len(BODY)}", method="POST", version=version)


# What tells a client that waits what to do with its body: the statuses of what it has, without other interim ones.
def _words_at(peer: Peer) -> list[int]:
    return [answer.status for answer in answers_at(peer) if answer.status == 100 or not answer.interim]


@check("http-connection.expect-continue")
@pytest.mark.parametrize("how", ["as usual", "in other case", "for chunks", "by HTTP/1.2"])
def test_expect_continue(host: Host, how: str) -> None:
    """The body does not come before; without a word the client would wait for ever. A body may come in chunks too."""
    server = greeting(host)
    peer = client_of(host, server)
    head = _expecting(word="expect: 100-Continue" if how == "in other case" else EXPECTING)
    if how == "for chunks":
        head = request_of("/", EXPECTING, "Transfer-Encoding: chunked", method="PUT")
    if how == "by HTTP/1.2":
        head = _expecting("HTTP/1.2")
    peer.send(head)
    host.until(lambda: bool(_words_at(peer) or peer.closed), server, what="100, or a final answer")
    got = f"none, then {peer.closed}"
    expect.that(
        bool(_words_at(peer)), "what the client got before its body", expected="100, or a final answer", got=got
    )


@check("http-connection.expect-then-body")
def test_expect_then_body(host: Host) -> None:
    """One 100, one callback with the whole body, one final answer."""
    server = greeting(host)
    peer = client_of(host, server)
    peer.send(_expecting())
    host.until(lambda: bool(_words_at(peer) or peer.closed), server, what="100, or a final answer")
    expect.equal(server.count("request"), 0, "request callbacks before the body")
    if finals_at(peer) or peer.closed:
        raise expect.Moot("this server answers at once, without the body")
    peer.send(BODY)
    event = await_request(host, server, needs="")
    expect.same_bytes(event.data, BODY, "the body")
    await_answer(host, server, peer)
    host.settle(server)
    expect.equal(_words_at(peer), [100, 200], "the statuses at the client")
    # RFC 9110, section 8.6, and RFC 9112, section 6.1.
    for interim in [each for each in answers_at(peer) if each.interim]:
        framing = interim.values("content-length") + interim.values("transfer-encoding")
        expect.equal(framing, [], f"Content-Length and Transfer-Encoding of an answer {interim.status}")
    expect.equal(server.count("request"), 1, "request callbacks")


@check("http-connection.expect-body-there")
def test_expect_body_there(host: Host) -> None:
    """Sent with the head, so that nobody waits."""
    server = greeting(host)
    peer = client_of(host, server)
    peer.send(_expecting() + BODY)
    event = await_request(host, server)
    expect.same_bytes(event.data, BODY, "the body")
    await_answer(host, server, peer)
    host.settle(server)
    statuses = _words_at(peer)
    expect.that(
        statuses in ([200], [100, 200]), "the statuses at the client", expected="200, or 100 and 200", got=str(statuses)
    )
    host.observe("with 100" if 100 in statuses else "without 100")


@check("http-connection.expect-again")
def test_expect_again(host: Host) -> None:
    """Three in a row on one connection, each of which sends its body when it has been told to, and one between them
    that expects nothing.
    """
    server = greeting(host)
    peer = client_of(host, server)
    for number in range(3):
        served = len(finals_at(peer))
        _invited(host, server, peer, _expecting(target=f"/{number}"))
        peer.send(BODY)
        await_answers(host, server, peer, served + 1)
        peer.send(request_of(f"/between/{number}"))
        if await_answers(host, server, peer, served + 1)[-1].closes:
            raise expect.Moot("this server ends every connection behind its first answer")
        await_answers(host, server, peer, served + 2)
    expect.equal(targets_of(server)[::2], ["/0", "/1", "/2"], "the targets called back of those that expect 100")


# A request that waits for a word, which has to come; what is no 100 ends the check, for others see to that.
def _invited(host: Host, server: HostObject, peer: Peer, data: bytes) -> None:
    before = len(_words_at(peer))
    peer.send(data)
    what = f"100, or a final answer, to the client's word number {before + 1}"
    host.until(lambda: len(_words_at(peer)) > before or bool(peer.closed), server, what=what)
    words = _words_at(peer)[before:]
    expect.that(bool(words), "what the client got before its body", expected="an answer", got=f"none, {peer.closed}")
    if words != [100]:
        raise expect.Moot("this server answers at once, without the body")


# The client loses patience while the request before waits. The answer to its own is final: no 100 comes behind it.
def _body_comes_unasked(host: Host) -> None:
    server = serving(host)
    peer = client_of(host, server)
    peer.send(request_of("/first") + _expecting(target="/second"))
    event = await_request(host, server)
    host.settle(server)
    peer.send(BODY)
    host.settle(server)
    respond(server, event.exchange)
    if await_answer(host, server, peer).closes:
        raise expect.Moot("this server ends every connection behind its first answer")
    host.until(
        lambda: server.count("request") >= 2 or len(finals_at(peer)) >= 2 or peer.closed is not None,
        server,
        what="a second request callback, or its answer",
    )
    if server.count("request") < 2:
        return
    respond(server, requests_of(server)[1].exchange)
    if await_answers(host, server, peer, 2)[1].closes:
        return
    host.settle(server)
    server.react("request", "respond", 200, b"", GREETING)
    peer.send(request_of("/third"))
    await_answers(host, server, peer, 3)
    answers = answers_at(peer)
    second = [place for place, answer in enumerate(answers) if not answer.interim][1]
    behind = [answer.status for answer in answers[second + 1 :]]
    what = "the answers behind the one to the request that expected"
    expect.that(100 not in behind, what, expected="no 100", got=str(behind))


@check("http-connection.expect-in-turn")
@pytest.mark.parametrize("before", ["a request that waits", "an answer that is not read yet", "and patience is lost"])
def test_expect_in_turn(host: Host, before: str) -> None:
    """A word that comes too early is taken for one about the request before it, or is lost in the middle of its answer;
    then its own client waits for ever. One that comes too late belongs to the next request, or to none.
    """
    if before == "and patience is lost":
        _body_comes_unasked(host)
        return
    server = serving(host)
    peer = client_of(host, server)
    if before == "a request that waits":
        peer.send(request_of("/first") + _expecting(target="/second"))
        event = await_request(host, server)
        host.settle(server)
        piece, count = GREETING, 1
    else:
        peer.pause_reading()
        peer.send(request_of("/first"))
        event = await_request(host, server)
        piece, count = bytes(256), MORE_THAN_HELD // 256
    respond(server, event.exchange, body=piece, repeat=count)
    if before != "a request that waits":
        host.tick_once(server)
        peer.send(_expecting(target="/second"))
        host.settle(server)
        peer.resume_reading()
    first = await_answer(host, server, peer)
    expect.same_bytes(first.body, piece * count, "the body of the answer before")
    if first.closes:
        raise expect.Moot("this server ends every connection behind its first answer")

    def words() -> list[int]:
        answers = answers_at(peer)
        place = next(place for place, answer in enumerate(answers) if not answer.interim)
        return [answer.status for answer in answers[place + 1 :] if answer.status == 100 or not answer.interim]

    host.until(lambda: bool(words() or peer.closed), server, what="100, or a final answer, behind the answer before")
    expect.that(bool(words()), "what the client got before its body", expected="an answer", got=f"none, {peer.closed}")
    if words() != [100]:
        return
    server.react("request", "respond", 200, b"", GREETING)
    peer.send(BODY)
    event = await_request(host, server, 2, needs="")
    expect.same_bytes(event.data, BODY, "the body that was waited with")
    await_answers(host, server, peer, 2)


@check("http-connection.expect-old-version")
@pytest.mark.parametrize("place", ["first", "behind one of HTTP/1.1 that expects"])
def test_expect_old_version(host: Host, place: str) -> None:
    """A client of HTTP/1.0 takes the first thing that comes for its answer."""
    server = greeting(host)
    peer = client_of(host, server)
    served = 0
    if place != "first":
        _invited(host, server, peer, _expecting())
        peer.send(BODY)
        served = 1
        if await_answer(host, server, peer).closes:
            raise expect.Moot("this server ends every connection behind its first answer")
    seen = len(answers_at(peer))
    old = _expecting("HTTP/1.0")
    if place != "first":
        # Whether the one before expected something is nothing to this one.
        old = request_of("/", f"Content-Length: {len(BODY)}", method="POST", version="HTTP/1.0")
    peer.send(old)
    host.settle(server)
    expect.equal([a.status for a in answers_at(peer)[seen:] if a.interim], [], "interim answers to HTTP/1.0")
    peer.send(BODY)
    await_answers(host, server, peer, served + 1)
    expect.equal([a.status for a in answers_at(peer)[seen:]], [200], "the statuses at the client")


@check("http-connection.expect-unknown")
def test_expect_unknown(host: Host) -> None:
    """417, or as if it were not there."""
    server = greeting(host)
    peer = client_of(host, server)
    peer.send(_expecting(word="Expect: the-unexpected") + BODY)
    answer = await_answer(host, server, peer, errors=True)
    expect.that(answer.status in (200, 417), "the answer", expected="417 or 200", got=f"status {answer.status}")
    host.observe("417" if answer.status == 417 else "ignored")


@check("http-connection.expect-too-large")
def test_expect_too_large(host: Host) -> None:
    """The client learns it before it has sent anything, which is what the expectation is for."""
    server = greeting(host, limits=Limits(body=1_000))
    peer = client_of(host, server)
    peer.send(request_of("/", EXPECTING, "Content-Length: 1001", method="POST"))
    host.until(lambda: bool(_words_at(peer) or peer.closed), server, what="an error answer")
    statuses = _words_at(peer)
    expect.that(
        len(statuses) == 1 and 400 <= statuses[0] < 500,
        "what the client got before its body",
        expected="an error of 4xx alone",
        got=str(statuses),
    )
