"""Section http-limits: how much one tick does, and how many of them a client may be silent."""

from __future__ import annotations

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.http_side import (
    GREETING,
    PLAIN,
    Limits,
    await_answer,
    await_answers,
    await_request,
    client_of,
    finals_at,
    greeting,
    made_server,
    request_of,
    respond,
    serving,
    still_serves,
)
from dasnet_conformance.stage.peer import Peer

# More than the ticks in which a byte has to be noticed.
STALL = 48
# Windows of silence between two ticks of a host that is slow.
SILENCES = 3

#: A request that lacks its body.
IN_A_BODY = request_of("/", "Content-Length: 5", method="POST")
#: The beginning of a head, whose client says no more while another one does.
BESIDE = b"GET /stalled HTTP/1.1\r\n"

#: Bytes of an answer that is read now and then: several times what the system holds of it.
PATIENTLY_READ = 16 << 20

#: Requests in one write, and how many of them one tick may call back: a frame has other things to do.
FLOOD = 4_000
AT_MOST_PER_TICK = 2_000


@check("http-limits.tick-bounded-requests")
def test_tick_bounded_requests(host: Host) -> None:
    """Counted by callbacks, not by time: the first ticks of a flood do not carry out all of it."""
    server = greeting(host)
    flooding = client_of(host, server)
    flooding.send(request_of() * FLOOD)
    host.silence()
    for _ in range(2):
        before = server.count("request")
        host.tick_once(server)
        called = server.count("request") - before
        expect.that(
            called <= AT_MOST_PER_TICK,
            "requests that one tick called back",
            expected=f"{AT_MOST_PER_TICK} at most",
            got=str(called),
        )
    _served_beside(host, server)


@check("http-limits.tick-bounded-chunks")
def test_tick_bounded_chunks(host: Host) -> None:
    """A body of a hundred thousand chunks of one byte is on its way; another client is served before it has ended."""
    server = greeting(host)
    flooding = client_of(host, server)
    flooding.send(request_of("/flood", "Transfer-Encoding: chunked", method="POST") + b"1\r\na\r\n" * 100_000)
    host.tick_once(server)
    _served_beside(host, server)
    expect.equal([e.event.target for e in server.fired if e.event.what == "request"], ["/beside"], "the targets")


def _served_beside(host: Host, server: HostObject) -> None:
    beside = client_of(host, server)
    beside.send(request_of("/beside"))
    await_answer(host, server, beside)


# Clients that say no more in other places: in a chunk, before a body that was asked for, and in a second request.
ELSEWHERE = (
    request_of("/", "Transfer-Encoding: chunked", method="POST") + b"5\r\nhel",
    request_of("/", "Expect: 100-continue", "Content-Length: 5", method="POST"),
    PLAIN + PLAIN[:-2],
    PLAIN + request_of("/", "Content-Length: 5", method="POST") + b"hel",
)


@check("http-limits.stall")
@pytest.mark.parametrize(
    "begun",
    [
        pytest.param(b"GET / HTTP/1.1\r\n", id="in a head"),
        pytest.param(IN_A_BODY, id="in a body"),
        pytest.param(b"", id="before the first byte"),
        pytest.param(PLAIN, id="behind an answer"),
        pytest.param(BESIDE, id="beside one that goes on"),
        pytest.param(None, id="in its answer"),
    ],
)
def test_stall(host: Host, begun: bytes | None) -> None:
    """At the limit or within a few ticks of it; 408 may come before the end, but not into the middle of an answer. What
    moves on another connection is nothing to this one.
    """
    if begun is None:
        _stalls_in_its_answer(host)
        return
    server = greeting(host, limits=Limits(stall=STALL))
    peer = client_of(host, server)
    if begun:
        peer.send(begun)
    if begun == PLAIN:
        _stalls_behind_its_answer(host, server, peer)
        return
    others = [client_of(host, server) for _ in ELSEWHERE] if begun == IN_A_BODY else []
    for other, data in zip(others, ELSEWHERE, strict=False):
        other.send(data)
    beside = client_of(host, server) if begun == BESIDE else None
    if beside is not None:
        beside.send(b"GET /beside HTTP/1.1\r\nX-Long: ")
    for tick in range(3 * STALL):
        if peer.closed and all(other.closed for other in others):
            break
        if beside is not None and tick % 8 == 0:
            beside.send(b"a")
        host.tick_once(server)
    host.silence()
    for stalled in (peer, *others):
        expect.that(
            stalled.closed is not None, "a stalled connection", expected=f"its end after {STALL} ticks", got="none"
        )
    for answer in finals_at(peer):
        expect.equal(answer.status, 408, "the answer to a request that did not come")
    expect.equal(server.count("request"), 2 if others else 0, "request callbacks")


# It has had its answer, and asks for nothing more; 408 tells of a request, which there is not.
def _stalls_behind_its_answer(host: Host, server: HostObject, peer: Peer) -> None:
    await_answer(host, server, peer)
    for _ in range(3 * STALL):
        if peer.closed:
            break
        host.tick_once(server)
    host.silence()
    expect.that(
        peer.closed is not None, "a connection that nobody uses", expected=f"its end after {STALL} ticks", got="none"
    )


# A client that reads nothing: what the system holds for it is all that it can get when it reads at last.
def _stalls_in_its_answer(host: Host) -> None:
    server = serving(host, limits=Limits(stall=STALL))
    peer = client_of(host, server)
    peer.pause_reading()
    peer.send(request_of())
    event = await_request(host, server)
    respond(server, event.exchange, body=bytes(256), repeat=PATIENTLY_READ // 256)
    for _ in range(3 * STALL):
        host.tick_once(server)
    peer.resume_reading()
    host.until(
        lambda: peer.closed is not None or len(peer.received) > PATIENTLY_READ,
        server,
        what=f"the end of a connection whose client read nothing of its answer for {3 * STALL} ticks",
        got=lambda: f"{len(peer.received)} bytes of it",
    )
    expect.that(
        len(peer.received) < PATIENTLY_READ,
        f"an answer of which nothing could be sent for {3 * STALL} ticks, with a limit of {STALL}",
        expected="the end of its connection",
        got="the whole answer",
    )


@check("http-limits.stall-waits-for-host")
@pytest.mark.parametrize("behind", [b"", PLAIN, b"GET /next"], ids=["alone", "another request behind", "half of one"])
def test_stall_waits_for_host(host: Host, behind: bytes) -> None:
    """Three times as many ticks as the limit: it is the program that takes its time."""
    server = serving(host, limits=Limits(stall=STALL))
    peer = client_of(host, server)
    peer.send(request_of("/slow") + behind)
    event = await_request(host, server)
    for _ in range(3 * STALL):
        host.tick_once(server)
    respond(server, event.exchange)
    answer = await_answer(host, server, peer)
    expect.same_bytes(answer.body, GREETING, "the body of an answer that took its time")
    if behind or answer.closes:
        return
    # The ticks that the program took are none of the client's, who has as many now as any other.
    for _ in range(STALL // 2):
        host.tick_once(server)
    peer.send(PLAIN)
    respond(server, await_request(host, server, 2, needs="").exchange)
    await_answers(host, server, peer, 2)


@check("http-limits.stall-counts-ticks", waits=True)
def test_stall_counts_ticks(host: Host) -> None:
    """A few ticks less than the limit, with silence between them, in all longer than the limit has at sixty ticks a
    second: whoever counts by a clock, or counts twice, shows.
    """
    server = greeting(host, limits=Limits(stall=STALL))
    # That another one has less patience is nothing to this one.
    made_server(host, limits=Limits(stall=4))
    peer = client_of(host, server)
    peer.send(b"GET / HTTP/1.1\r\n")
    host.tick_once(server)
    for _ in range(STALL - 16):
        for _ in range(SILENCES):
            host.silence()
        host.tick_once(server)
    expect.equal(peer.closed, None, f"the end of a connection before {STALL} ticks")
    peer.send(b"Host: localhost\r\n\r\n")
    host.silence()
    await_answer(host, server, peer)


@check("http-limits.stall-frees")
@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\n", b"no request\r\n\r\n"], ids=["in a head", "turned down"])
def test_stall_frees(host: Host, data: bytes) -> None:
    """Two places, and both clients stall; neither closes its side when the server has closed its own. Nor does one that
    was turned down, and says nothing more.
    """
    server = greeting(host, limits=Limits(connections=2, stall=STALL))
    stalled = [client_of(host, server) for _ in range(2)]
    for peer in stalled:
        peer.send(data)
    # What is left of a connection may be kept for as long as once more.
    for _ in range(5 * STALL):
        host.tick_once(server)
    # With patience, as a port that works on threads takes its time.
    host.until(
        lambda: all(peer.closed is not None for peer in stalled),
        server,
        what="the end of both connections, which stalled",
        got=lambda: f"that of {sum(peer.closed is not None for peer in stalled)}",
    )
    still_serves(host, server)


@check("http-limits.stall-moving")
@pytest.mark.parametrize("client", ["sends", "reads"])
def test_stall_moving(host: Host, client: str) -> None:
    """A few bytes now and then, for many times the limit; each of them has arrived before the ticks go on."""
    if client == "reads":
        _reads_now_and_then(host)
        return
    server = greeting(host, limits=Limits(stall=STALL))
    peer = client_of(host, server)
    data = request_of("/moving")
    for place in range(0, len(data), 4):
        peer.send(data[place : place + 4])
        host.silence()
        for _ in range(STALL // 2):
            host.tick_once(server)
    await_answer(host, server, peer)


# Sixteen mebibytes, of which the client reads all that has come every now and then, so that more can leave: for longer
# than the limit, unless the system holds all of it. It reads several times within the limit: no single one decides.
def _reads_now_and_then(host: Host) -> None:
    server = serving(host, limits=Limits(stall=STALL))
    peer = client_of(host, server)
    peer.pause_reading()
    peer.send(request_of())
    event = await_request(host, server)
    respond(server, event.exchange, body=bytes(256), repeat=PATIENTLY_READ // 256)
    # Three times the limit in all.
    for _ in range(12):
        for _ in range(STALL // 4):
            host.tick_once(server)
        _read_all(host, peer)
    peer.resume_reading()
    answer = await_answer(host, server, peer)
    expect.equal(len(answer.body), PATIENTLY_READ, "bytes of an answer that was read now and then")


# All that has come to a client, and what comes for its reading: until a silence brings nothing.
def _read_all(host: Host, peer: Peer) -> None:
    before = -1
    while len(peer.received) != before:
        before = len(peer.received)
        host.silence()
        had = -1
        while len(peer.received) != had:
            had = len(peer.received)
            peer.pull()
