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
    Limits,
    await_answer,
    await_answers,
    await_end,
    await_request,
    client_of,
    expect_no_answer,
    final_bytes,
    finals_at,
    greeting,
    is_open,
    made_server,
    request_of,
    requests_of,
    respond,
    serving,
    still_serves,
    targets_of,
)
from dasnet_conformance.suite.scenes import Forgiving

CHUNKED = (
    b"POST /chunked HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\nhello\r\n3;a=b\r\nyou\r\n0\r\nX-Trailer: a\r\n\r\n"
)


def _reloaded(host: Host, server: HostObject, class_number: int = CLASS_HTTP) -> HostObject:
    # The server's handle in a new object, which answers as the one before was told to by `greeting`.
    with expect.needing("http-reload.open"):
        fresh = host.new(class_number)
        expect.returns(server.save(), None, "save")
        expect.returns(fresh.restore(), None, "restore")
    fresh.port = server.port
    return fresh


@check("http-reload.open")
@pytest.mark.parametrize("class_number", [CLASS_HTTP, CLASS_HTTP_B], ids=["the same class", "another class"])
def test_open(host: Host, class_number: int) -> None:
    """The port is the same, and the old object has nothing left that could answer."""
    server = greeting(host)
    still_serves(host, server)
    fresh = _reloaded(host, server, class_number)
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
    fresh = _reloaded(host, server)
    fresh.react("request", "respond", 200, b"", GREETING)
    silent.send(request_of("/silent"))
    await_answer(host, fresh, silent)
    if not closes:
        used.send(request_of("/after"))
        await_answers(host, fresh, used, 2)


def _halved(host: Host, data: bytes, body: bytes, target: str) -> None:
    # Reloaded between any two of a few places: each half is read by another object.
    for cut in range(1, len(data), 7):
        server = greeting(host)
        peer = client_of(host, server)
        peer.send(data[:cut])
        host.settle(server, ticks=2)
        expect.equal(server.count("request"), 0, f"request callbacks after {cut} of {len(data)} bytes")
        fresh = _reloaded(host, server)
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
        holder = _reloaded(host, holder)
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
def test_pipelined(host: Host) -> None:
    """Three in one write; whatever was told before the reload is not told again, and nothing is left out."""
    server = serving(host)
    peer = client_of(host, server)
    peer.send(request_of("/1") + request_of("/2") + request_of("/3"))
    await_request(host, server)
    fresh = _reloaded(host, server)
    outcomes: list[Outcome] = []
    told = requests_of(server)

    def answer_all() -> bool:
        for event in [*told, *requests_of(fresh)][len(outcomes) :]:
            outcomes.append(fresh.call("respond", event.exchange, 200, b"", event.target.encode(), 1))
        return len(finals_at(peer)) >= 3 or peer.closed is not None

    host.until(answer_all, fresh, what="three answers")
    answers = finals_at(peer)
    if len(answers) < 3 and answers and answers[-1].closes:
        raise expect.Moot("this server ends its connections behind fewer answers")
    for outcome in outcomes:
        expect.returns(outcome, True, "respond to a request that waits for its answer")
    expect.equal(targets_of(server) + targets_of(fresh), ["/1", "/2", "/3"], "the targets, before and after")
    expect.equal([answer.body for answer in answers], [b"/1", b"/2", b"/3"], "the answers")


@check("http-reload.queued")
def test_queued(host: Host) -> None:
    """Sixteen mebibytes, more than the system holds for a client that does not read."""
    server = serving(host)
    peer = client_of(host, server)
    peer.pause_reading()
    peer.send(request_of())
    event = await_request(host, server)
    respond(server, event.exchange, body=bytes(range(256)), repeat=16 << 12)
    host.tick_once(server)
    fresh = _reloaded(host, server)
    host.settle(fresh)
    peer.resume_reading()
    answer = await_answer(host, fresh, peer)
    expect.same_bytes(answer.body, bytes(range(256)) * (16 << 12), "a body that left partly after a reload")


@check("http-reload.inside-callback")
def test_inside_callback(host: Host) -> None:
    """The handle is saved while a request is told of; another object takes it, answers that one, and serves others.

    One of the clients has another request in the same write: it belongs to the object that has the handle.
    """
    server = serving(host)
    server.react("request", "save", 1)
    first, second = client_of(host, server), client_of(host, server)
    first.send(request_of("/first"))
    second.send(request_of("/second") + request_of("/behind"))
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
        await_answers(host, fresh, second, 2)
        wanted = ["/behind", *wanted]
    told = sorted(targets_of(server) + targets_of(fresh))
    expect.equal(told, wanted, "the targets, before and after")


@check("http-reload.exchanges-go-on")
def test_exchanges_go_on(host: Host) -> None:
    """One waits through the reload, so that a number given twice would answer the wrong client."""
    server = serving(host)
    first = client_of(host, server)
    first.send(request_of("/first"))
    before = await_request(host, server)
    fresh = _reloaded(host, server)
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


@check("http-reload.class-changes")
def test_class_changes(host: Host) -> None:
    """There and back, with a request each time."""
    server = greeting(host)
    holder = server
    for number, class_number in enumerate((CLASS_HTTP_B, CLASS_HTTP, CLASS_HTTP_B)):
        earlier, holder = holder, _reloaded(host, holder, class_number)
        holder.react("request", "respond", 200, b"", b"from the new one %d" % number)
        told = earlier.count("request")
        peer = client_of(host, holder)
        peer.send(request_of(f"/{number}"))
        answer = await_answer(host, holder, peer)
        expect.same_bytes(answer.body, b"from the new one %d" % number, "the answer of the object with the handle")
        expect.equal(targets_of(holder), [f"/{number}"], "the targets on the object with the handle")
        expect.equal(earlier.count("request"), told, "request callbacks on the object without it")


@check("http-reload.old-object")
def test_old_object(host: Host) -> None:
    """While the handle waits in the orphan, and when another object has it."""
    server = serving(host)
    peer = client_of(host, server)
    peer.send(request_of())
    event = await_request(host, server)
    fresh = host.new(CLASS_HTTP)
    expect.returns(server.save(), None, "save")
    expect_no_answer(server, event.exchange, "respond of the object whose handle was saved")
    other = client_of(host, server)
    other.send(request_of("/meanwhile"))
    host.settle(Forgiving(server))
    expect.equal(targets_of(server), ["/"], "the targets called back on the object whose handle was saved")
    expect.returns(fresh.restore(), None, "restore")
    expect_no_answer(server, event.exchange, "respond of the object whose handle another one has")
    host.settle(fresh)
    expect.equal(final_bytes(peer), 0, "bytes at the client")
    respond(fresh, event.exchange)
    await_answer(host, fresh, peer)


@check("http-reload.is-open")
def test_is_open(host: Host) -> None:
    """With the handle in an orphan neither is; what a query of one without a handle says is no, or that it is none."""
    server = serving(host)
    fresh = host.new(CLASS_HTTP)
    expect.one_of(fresh.is_open(), ("false", "refused"), "is_open of an object that never had a handle")
    expect.returns(server.save(), None, "save")
    expect.one_of(server.is_open(), ("false", "refused"), "is_open of the object whose handle was saved")
    expect.returns(fresh.restore(), None, "restore")
    expect.returns(fresh.is_open(), True, "is_open of the object with the handle")
    expect.one_of(server.is_open(), ("false", "refused"), "is_open of the object whose handle another one has")


@check("http-reload.limits")
def test_limits(host: Host) -> None:
    """One client has sent a part of its head before; whose limits count is not asked, for both have the same."""
    limits = Limits(body=10_000)
    server = greeting(host, limits=limits)
    too_large = request_of("/", "Content-Length: 10001", method="POST")
    early = client_of(host, server)
    early.send(too_large[:20])
    host.settle(server)
    fresh = made_server(host, limits=limits)
    with expect.needing("http-reload.open"):
        expect.returns(server.save(), None, "save")
        expect.returns(fresh.restore(), None, "restore")
    fresh.port = server.port
    fresh.react("request", "respond", 200, b"", GREETING)
    early.send(too_large[20:])
    late = client_of(host, fresh)
    late.send(too_large)
    for peer in (early, late):
        answer = await_answer(host, fresh, peer)
        expect.that(
            400 <= answer.status < 500,
            f"the answer to a body beyond the limit, at {peer.name}",
            expected="an error of the client",
            got=str(answer.status),
        )
    expect.equal(targets_of(fresh), [], "the targets called back")
    still_serves(host, fresh)


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
