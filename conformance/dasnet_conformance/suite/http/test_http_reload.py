"""Section http-reload: save and restore in every state of a connection."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import CLASS_HTTP, CLASS_HTTP_B, Outcome
from dasnet_conformance.stage import expect, many
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.http_side import (
    GREETING,
    await_answer,
    await_answers,
    await_end,
    await_request,
    client_of,
    final_bytes,
    finals_at,
    greeting,
    is_open,
    reloaded,
    request_of,
    requests_of,
    respond,
    serving,
    still_serves,
    targets_of,
)
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.scenes import Forgiving

CHUNKED = (
    b"POST /chunked HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\nhello\r\n3;a=b\r\nyou\r\n0\r\nX-Trailer: a\r\n\r\n"
)


#: A field by which twenty requests are forty kilobytes: more than what some read ahead and keep.
LONG = "X-Filler: " + "f" * 2_000


@check("http-reload.open")
@pytest.mark.parametrize("class_number", [CLASS_HTTP, CLASS_HTTP_B], ids=["the same class", "another class"])
def test_open(host: Host, class_number: int) -> None:
    """The port is the same, and the old object has nothing left that could answer."""
    server = greeting(host)
    still_serves(host, server)
    fresh = reloaded(host, server, class_number)
    fresh.react("request", "respond", 200, b"", GREETING)
    expect.that(is_open(fresh), "is_open of the object with the handle", expected="true", got="something else")
    still_serves(host, fresh)
    expect.equal(server.count("request"), 1, "request callbacks on the old object")


@check("http-reload.idle-connection")
def test_idle_connection(host: Host) -> None:
    """One that has had its answer, and one that has said nothing yet."""
    server = greeting(host)
    used, silent = client_of(host, server), client_of(host, server)
    used.send(request_of("/before"))
    closes = await_answer(host, server, used).closes
    host.settle(server)
    fresh = reloaded(host, server)
    fresh.react("request", "respond", 200, b"", GREETING)
    silent.send(request_of("/silent"))
    await_answer(host, fresh, silent)
    if not closes:
        used.send(request_of("/after"))
        await_answers(host, fresh, used, 2)


def _halved(host: Host, data: bytes, body: bytes, target: str) -> None:
    # Reloaded between any two of a few places: each half is read by another object.
    # From the end, so that what is wrong with the first byte does not stand before all others.
    for cut in reversed(range(1, len(data), 7)):
        server = greeting(host)
        peer = client_of(host, server)
        peer.send(data[:cut])
        host.settle(server, ticks=2)
        expect.equal(server.count("request"), 0, f"request callbacks after {cut} of {len(data)} bytes")
        fresh = reloaded(host, server)
        fresh.react("request", "respond", 200, b"", GREETING)
        peer.send(data[cut:])
        event = await_request(host, fresh, needs="")
        expect.equal(event.target, target, f"the target of a request that a reload cut behind byte {cut}")
        expect.same_bytes(event.data, body, f"the body of a request that a reload cut behind byte {cut}")
        await_answer(host, fresh, peer)
        host.dismiss(peer)
        fresh.destroy()


@check("http-reload.in-head")
def test_in_head(host: Host) -> None:
    """In the request line, in a field, between them."""
    _halved(host, request_of("/cut", "X-Field: value"), b"", "/cut")


@check("http-reload.in-body")
def test_in_body(host: Host) -> None:
    """In the head of a request with a body, and in the body."""
    body = b"a body of some length that is cut\r\n\r\n"
    _halved(host, request_of("/cut", method="POST", body=body), body, "/cut")


@check("http-reload.in-chunk")
def test_in_chunk(host: Host) -> None:
    """In the line of a chunk, in its data, in the trailer."""
    _halved(host, CHUNKED, b"helloyou", "/chunked")


@check("http-reload.unanswered")
@pytest.mark.parametrize(
    ("reloads", "method", "field"),
    [(1, "GET", ""), (2, "GET", ""), (1, "HEAD", ""), (1, "GET", "Connection: close")],
    ids=["one reload", "two reloads", "HEAD", "the last one"],
)
def test_unanswered(host: Host, reloads: int, method: str, field: str) -> None:
    """By its number, which is all that the new script knows; it is told of once, to the object that had it."""
    server = serving(host)
    peer = client_of(host, server)
    peer.send(request_of("/waits", *([field] if field else []), method=method))
    event = await_request(host, server)
    holder = server
    for _ in range(reloads):
        holder = reloaded(host, holder)
        host.settle(holder)
    expect.equal(holder.count("request"), 0, "request callbacks on the object that got the handle")
    respond(holder, event.exchange)
    answer = await_answer(host, holder, peer, method)
    expect.same_bytes(answer.body, b"" if method == "HEAD" else GREETING, "the answer given after the reload")
    # What the request asked for, the answer knows after the reload as well.
    if field:
        await_end(host, holder, peer)
    host.settle(holder)
    expect.equal(final_bytes(peer, (method,)), answer.size, "bytes at the client, all of one answer")


@check("http-reload.pipelined")
@pytest.mark.parametrize("count", [3, 20], ids=["three", "forty kilobytes"])
def test_pipelined(host: Host, count: int) -> None:
    """In one write; whatever was told before the reload is not told again, and nothing is left out."""
    server = serving(host)
    peer = client_of(host, server)
    targets = [f"/{number}" for number in range(1, count + 1)]
    peer.send(b"".join(request_of(target, *([LONG] if count > 3 else [])) for target in targets))
    await_request(host, server)
    fresh = reloaded(host, server)
    outcomes: list[Outcome] = []
    told = requests_of(server)

    def answer_all() -> bool:
        for event in [*told, *requests_of(fresh)][len(outcomes) :]:
            outcomes.append(fresh.call("respond", event.exchange, 200, b"", event.target.encode(), 1))
        return len(finals_at(peer)) >= count or peer.closed is not None

    host.until(answer_all, fresh, what=f"{count} answers", got=lambda: f"{len(finals_at(peer))} of them")
    answers = finals_at(peer)
    if len(answers) < count and answers and answers[-1].closes:
        raise expect.Moot("this server ends its connections behind fewer answers")
    for outcome in outcomes:
        expect.returns(outcome, True, "respond to a request that waits for its answer")
    expect.equal(targets_of(server) + targets_of(fresh), targets, "the targets, before and after")
    expect.equal([answer.body.decode() for answer in answers], targets, "the answers")


@check("http-reload.queued")
@pytest.mark.parametrize("field", ["", "Connection: close"], ids=["goes on", "last answer"])
def test_queued(host: Host, field: str) -> None:
    """Sixteen mebibytes, more than the system holds for a client that does not read; what follows is as without a
    reload: another request, or the end.
    """
    server = serving(host)
    peer = client_of(host, server)
    peer.pause_reading()
    peer.send(request_of("/", *([field] if field else [])))
    event = await_request(host, server)
    respond(server, event.exchange, body=bytes(range(256)), repeat=16 << 12)
    host.tick_once(server)
    fresh = reloaded(host, server)
    fresh.react("request", "respond", 200, b"", GREETING)
    host.settle(fresh)
    peer.resume_reading()
    answer = await_answer(host, fresh, peer)
    expect.same_bytes(answer.body, bytes(range(256)) * (16 << 12), "a body that left partly after a reload")
    if field or answer.closes:
        await_end(host, fresh, peer)
    else:
        peer.send(request_of("/again"))
        await_answers(host, fresh, peer, 2)


# So many answers, unless one before them says close.
def _all_answers(host: Host, server: HostObject, peer: Peer, count: int) -> None:
    def got() -> str:
        return f"{len(finals_at(peer))}{f', then {peer.closed}' if peer.closed else ''}"

    def enough() -> bool:
        return len(finals_at(peer)) >= count or peer.closed is not None

    host.until(enough, server, what=f"{count} answers", got=got)
    answers = finals_at(peer)
    if len(answers) < count and answers and answers[-1].closes:
        raise expect.Moot("this server ends its connections behind fewer answers")
    expect.that(len(answers) >= count, f"answers at {peer.name}", expected=f"{count} whole ones", got=got())


@check("http-reload.answered")
@pytest.mark.parametrize("field", ["", "Connection: close"], ids=["goes on", "last answer"])
@pytest.mark.parametrize("behind", [0, 20], ids=["alone", "with others behind it"])
def test_answered(host: Host, field: str, behind: int) -> None:
    """Between the answer and the save there is no tick: it has left with respond, or is queued and small. Requests
    behind one that says close were never asked.
    """
    server = serving(host)
    peer = client_of(host, server)
    others = [request_of(f"/{number}", LONG) for number in range(behind)]
    peer.send(request_of("/first", *([field] if field else [])) + b"".join(others))
    event = await_request(host, server)
    respond(server, event.exchange)
    fresh = reloaded(host, server)
    fresh.react("request", "respond", 200, b"", GREETING)
    answer = await_answer(host, fresh, peer)
    expect.same_bytes(answer.body, GREETING, "the answer given before the reload")
    if not (field or answer.closes):
        for each in requests_of(server)[1:]:
            fresh.call("respond", each.exchange, 200, b"", GREETING, 1)
        _all_answers(host, fresh, peer, 1 + behind)
        return
    await_end(host, fresh, peer)
    host.settle(fresh)
    if field:
        expect.equal(targets_of(server) + targets_of(fresh), ["/first"], "the targets, before and after")


@check("http-reload.inside-callback")
@pytest.mark.parametrize("count", [1, 20], ids=["one behind", "forty kilobytes behind"])
def test_inside_callback(host: Host, count: int) -> None:
    """The handle is saved while a request is told of; another object takes it, answers that one, and serves others.

    One of the clients has other requests in the same write: they belong to the object that has the handle.
    """
    server = serving(host)
    server.react("request", "save", 1)
    first, second = client_of(host, server), client_of(host, server)
    first.send(request_of("/first"))
    behind = [f"/behind/{number}" for number in range(count)]
    long = [LONG] if count > 1 else []
    second.send(request_of("/second") + b"".join(request_of(target, *long) for target in behind))
    host.until(lambda: server.count("request") >= 1, Forgiving(server), what="a request callback")
    host.settle(Forgiving(server))
    expect.equal(server.count("request"), 1, "request callbacks on the object whose handle was saved in the first")
    fresh = host.new(CLASS_HTTP)
    fresh.port = server.port
    expect.returns(fresh.restore(), None, "restore from what was saved inside a callback")
    for event in requests_of(server):
        respond(fresh, event.exchange)
    fresh.react("request", "respond", 200, b"", GREETING)
    await_answer(host, fresh, first)
    closes = await_answer(host, fresh, second).closes
    wanted = ["/first", "/second"]
    if not closes:
        _all_answers(host, fresh, second, 1 + count)
        wanted = [*behind, *wanted]
    told = targets_of(server) + targets_of(fresh)
    expect.equal(sorted(told), sorted(wanted), "the targets, before and after")


@check("http-reload.exchanges-go-on")
def test_exchanges_go_on(host: Host) -> None:
    """One waits through the reload, so that a number given twice would answer the wrong client."""
    server = serving(host)
    first = client_of(host, server)
    first.send(request_of("/first"))
    before = await_request(host, server)
    fresh = reloaded(host, server)
    second = client_of(host, fresh)
    second.send(request_of("/second"))
    after = await_request(host, fresh)
    expect.that(
        before.exchange != after.exchange,
        "the numbers of two requests, one before and one after a reload",
        expected="different ones",
        got=f"{before.exchange} twice",
    )
    respond(fresh, after.exchange, body=b"second")
    respond(fresh, before.exchange, body=b"first")
    for peer, body in ((first, b"first"), (second, b"second")):
        expect.same_bytes(await_answer(host, fresh, peer).body, body, "the body of the answer")


@check("http-reload.many-reloads")
def test_many_reloads(host: Host) -> None:
    """A request byte by byte, three hundred reloads between two bytes."""
    server = greeting(host)
    peer = client_of(host, server)
    data = request_of("/patient")
    for place in range(len(data)):
        peer.send(data[place : place + 1])
        host.tick_once(server)
        if place % 16 == 0:
            many.reloads(host, server, 300)
    await_answer(host, server, peer)
    expect.equal(targets_of(server), ["/patient"], "the targets called back")
