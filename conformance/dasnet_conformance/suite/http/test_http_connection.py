"""Section http-connection: what several requests on one connection are, and what its end leaves out."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import Outcome, Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.http_side import (
    GREETING,
    answers_at,
    await_answer,
    await_answers,
    await_end,
    await_request,
    client_of,
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
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.scenes import Forgiving

#: How many requests stand in one write: more than a table of a round size has places for.
MANY = 137
#: Bytes of an answer that its client does not read.
UNREAD = 1 << 16


@check("http-connection.behind-close")
@pytest.mark.parametrize(
    "said",
    ["by the request", "by the program", "by the program, later", "by the version", "where the callback raises"],
)
def test_behind_close(host: Host, said: str) -> None:
    """In the same write, and later, when the answer is there. Whoever answers close has told of the last request,
    though it was not the client that asked for that (RFC 9112, section 9.6).
    """
    if said == "by the program, later":
        _closed_by_the_program_later(host)
        return
    server = greeting(host)
    if said == "by the program":
        server.react("request", "respond", 200, b"Connection: close\r\n", GREETING)
    elif said == "where the callback raises":
        server.react("request", "raise")
    # The tick in which a callback raises may end in an error.
    ticked = Forgiving(server) if said == "where the callback raises" else server
    version = "HTTP/1.0" if said == "by the version" else "HTTP/1.1"
    fields = ["Connection: close"] if said == "by the request" else []
    peer = client_of(host, server)
    peer.send(request_of("/last", *fields, version=version) + request_of("/behind", version=version))
    host.until(
        lambda: bool(finals_at(peer) or peer.closed or server.did("respond")), ticked, what="an answer, or the end"
    )
    host.settle(ticked)
    if said != "by the request" and not (finals_at(peer) and finals_at(peer)[0].closes):
        raise expect.Moot("this server does not say close then")
    if peer.closed is None:
        peer.send(request_of("/later"))
    host.settle(ticked)
    expect.equal(targets_of(server), ["/last"], "the targets called back")


# Both are told of, and the second has its answer already: it is not sent behind one that says close.
def _closed_by_the_program_later(host: Host) -> None:
    server = serving(host)
    peer = client_of(host, server)
    peer.send(request_of("/last") + request_of("/behind"))
    event = await_request(host, server)
    host.settle(server)
    for other in requests_of(server)[1:]:
        server.call("respond", other.exchange, 200, b"", b"behind", 1)
    if server.call("respond", event.exchange, 200, b"Connection: close\r\n", GREETING, 1) != Value(True):
        raise expect.Moot("this server takes no Connection of the program")
    answer = await_answer(host, server, peer)
    if not answer.closes:
        raise expect.Moot("this server does not say close then")
    await_end(host, server, peer)
    expect.equal(final_bytes(peer), answer.size, "bytes at the client, all of the answer that says close")


def _answer_by_targets(
    host: Host, server: HostObject, peer: Peer, wanted: list[str], *, backwards: bool = False
) -> None:
    # Answers each request by its target, as it is told of; the client gets these answers in the order of `wanted`.
    outcomes: dict[int, Outcome] = {}

    def answer_all() -> bool:
        if backwards:
            # Only when nothing more comes, so that all that is told of beforehand is there to be turned round.
            host.settle(server)
        told = [event for event in requests_of(server) if event.exchange not in outcomes]
        for event in reversed(told) if backwards else told:
            body = event.target.encode()
            outcomes[event.exchange] = server.call("respond", event.exchange, 200, b"", body, 1)
        return len(finals_at(peer)) >= len(wanted) or peer.closed is not None

    host.until(answer_all, server, what=f"{len(wanted)} answers", got=lambda: f"{len(finals_at(peer))} of them")
    answers = finals_at(peer)[: len(wanted)]
    bodies = [answer.body.decode("latin-1") for answer in answers]
    expect.equal(bodies, wanted[: len(bodies)], "the bodies of the answers")
    if len(answers) < len(wanted) and answers and answers[-1].closes:
        raise expect.Moot("this server ends its connections behind fewer answers")
    for exchange, outcome in outcomes.items():
        expect.returns(outcome, True, f"respond to exchange {exchange}, which waits for its answer")
    expect.equal(bodies, wanted, "the bodies of the answers")


@check("http-connection.pipelining")
@pytest.mark.parametrize(
    "answered",
    ["as they are told of", "when no more is told of", "when no more is read", "with a large body behind"],
)
def test_pipelining(host: Host, answered: str) -> None:
    """Many requests in one write, some with bodies; each is told of once and answered by what it asked for.

    Behind the first one stands more than a mebibyte in the last case: a server may leave it unread, as long as there
    is no room.
    """
    server = serving(host)
    peer = client_of(host, server)
    targets = [f"/{number}" for number in range(MANY)]
    if answered == "with a large body behind":
        _large_behind_another(host, server, peer)
        return
    long = [f"X-Filler-{number}: {'f' * 2_000}" for number in range(4)] if answered == "when no more is read" else []
    peer.send(
        b"".join(
            request_of(target, *long, method="POST" if number % 3 else "GET", body=b"b" * (number % 3))
            for number, target in enumerate(targets)
        )
    )
    if answered != "as they are told of":
        await_request(host, server)
        host.settle(server)
    _answer_by_targets(host, server, peer, targets)
    expect.equal(targets_of(server), targets, "the targets called back")


# More than what waits behind an unanswered request, and not more than what a request may have.
def _large_behind_another(host: Host, server: HostObject, peer: Peer) -> None:
    body = host.random.randbytes(200_000)
    peer.send(request_of("/0") + request_of("/1", method="POST", body=body))
    event = await_request(host, server)
    host.settle(server)
    respond(server, event.exchange)
    if await_answer(host, server, peer).closes:
        raise expect.Moot("this server ends every connection behind its first answer")
    event = await_request(host, server, 2, needs="", size=len(body))
    expect.same_bytes(event.data, body, "a body that came behind a request which waited")
    respond(server, event.exchange)
    await_answers(host, server, peer, 2)


@check("http-connection.pipelining-crossed")
def test_pipelining_crossed(host: Host) -> None:
    """Answered last first, as far as the server has told of them; a server may tell of one at a time."""
    server = serving(host)
    peer = client_of(host, server)
    targets = [f"/{number}" for number in range(4)]
    peer.send(b"".join(request_of(target) for target in targets))
    _answer_by_targets(host, server, peer, targets, backwards=True)


@check("http-connection.pipelining-faulty")
@pytest.mark.parametrize(
    "faulty",
    [
        pytest.param(b"no request\r\n\r\n", id="no request"),
        pytest.param(request_of("/", "Expect: 100-continue", f"Content-Length: {'9' * 30}"), id="too large, and asks"),
    ],
)
@pytest.mark.parametrize("sent", ["in one write", "when the first is told of"])
def test_pipelining_faulty(host: Host, faulty: bytes, sent: str) -> None:
    """Three good ones and a faulty one behind them: three answers, then an error or the end."""
    server = serving(host)
    peer = client_of(host, server)
    targets = ["/0", "/1", "/2"]
    peer.send(b"".join(request_of(target) for target in targets))
    if sent != "in one write":
        await_request(host, server)
        host.settle(server)
    peer.send(faulty)
    if sent != "in one write":
        host.settle(server)
    _answer_by_targets(host, server, peer, targets)
    host.until(lambda: len(finals_at(peer)) > 3 or peer.closed is not None, server, what="an error answer, or the end")
    for answer in finals_at(peer)[3:]:
        expect.that(answer.status >= 400, "the fourth answer", expected="an error", got=f"status {answer.status}")


@check("http-connection.pipelining-bounded")
def test_pipelining_bounded(host: Host) -> None:
    """Requests behind one that nobody answers: sixteen mebibytes at most are taken, with what the system holds.

    Whoever reads on and on would take all that there are, in memory.
    """
    server = serving(host)
    peer = client_of(host, server)
    peer.send(request_of("/first") + request_of("/next", "X-Filler: " + "f" * 4_000) * 5_000)
    most = 16 << 20
    sent = peer.unsent
    before = -1
    for _ in range(2_000):
        host.settle(server)
        if peer.unsent == before or peer.closed is not None or sent - peer.unsent > most:
            break
        before = peer.unsent
    taken = sent - peer.unsent
    expect.that(
        taken <= most or peer.closed is not None,
        "bytes that a server takes of a client whose first request is not answered",
        expected=f"{most >> 20} MiB at most, with what the system holds",
        got=f"{taken >> 20} MiB and no end",
    )


@check("http-connection.unread-bounded")
def test_unread_bounded(host: Host) -> None:
    """Fifteen hundred small requests, each answered inside its callback by 64 KiB: what is told of them is bounded, for
    so are the answers that wait, by thirty-two mebibytes with what the system holds. Others are served.
    """
    server = serving(host)
    server.react("request", "respond", 200, b"", bytes(UNREAD))
    peer = client_of(host, server)
    peer.pause_reading()
    peer.send(request_of() * 1_500)
    most = (32 << 20) // UNREAD
    before = -1
    while before < server.count("request") <= most:
        before = server.count("request")
        host.settle(server)
    told = server.count("request")
    expect.that(
        told <= most,
        "requests called back of a client that reads no answer, with answers of 64 KiB",
        expected=f"{most} at most",
        got=f"{told}",
    )
    server.react("request", "respond", 200, b"", GREETING)
    still_serves(host, server)


@check("http-connection.upgrade-of-nothing")
def test_upgrade_of_nothing(host: Host) -> None:
    """No 101: exactly one final answer, of the status that was given; other interim ones mean nothing."""
    server = greeting(host)
    peer = client_of(host, server)
    peer.send(request_of("/", "Connection: Upgrade", "Upgrade: websocket", method="POST", body=b"body"))
    await_answer(host, server, peer)
    host.settle(server)
    expect.equal([answer.status for answer in finals_at(peer)], [200], "the statuses of the final answers")
    interim = [answer.status for answer in answers_at(peer) if answer.interim]
    expect.that(101 not in interim, "the interim answers", expected="no 101", got=str(interim))
    still_serves(host, server)


@check("http-connection.answers-in-one-piece")
def test_answers_in_one_piece(host: Host) -> None:
    """Whoever writes head and body apart, and lets the second wait for an acknowledgement, is late every time.

    Forty answers; each is looked at when its first byte has come and nothing was waited for. That one is caught between
    two writes is no fault; that most are is.
    """
    server = greeting(host)
    peer = client_of(host, server)
    rounds, broken = 40, 0
    peer = client_of(host, server)
    for number in range(rounds):
        if peer.closed:
            peer = client_of(host, server)
        broken += _came_broken(host, server, peer, request_of(f"/{number}"))
    expect.that(
        broken <= rounds // 2,
        "answers whose body was not there with their head",
        expected=f"{rounds // 2} of {rounds} at most",
        got=str(broken),
    )


# Whether an answer was not there as a whole with its first byte.
def _came_broken(host: Host, server: HostObject, peer: Peer, data: bytes) -> bool:
    before, seen = final_bytes(peer), len(finals_at(peer))
    peer.send(data)
    host.until(lambda: final_bytes(peer) > before or bool(peer.closed), server, what="the first byte of an answer")
    host.step_peers()
    broken = len(finals_at(peer)) == seen
    host.until(lambda: len(finals_at(peer)) > seen or bool(peer.closed), server, what="the whole answer")
    return broken


@check("http-connection.destroyed")
def test_destroyed(host: Host) -> None:
    """Silent ones, one in the middle of a head, one that waits for its answer, and one that no tick has taken yet."""
    server = serving(host)
    silent, halved, waiting = (client_of(host, server) for _ in range(3))
    halved.send(b"GET / HTTP/1.1\r\n")
    waiting.send(request_of())
    await_request(host, server)
    host.settle(server)
    fresh = client_of(host, server)
    expect.returns(server.destroy(), None, "destroy")
    for peer in (silent, halved, waiting, fresh):
        host.until(lambda peer=peer: peer.closed is not None, what=f"the end of the connection of {peer.name}")  # type: ignore[misc]
    host.await_refusal(server.port, "a port on which nobody listens any more")
