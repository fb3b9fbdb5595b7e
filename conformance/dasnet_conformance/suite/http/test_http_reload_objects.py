"""Section http-reload: the objects that a handle leaves and comes to, and what they hold it to."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import CLASS_HTTP, CLASS_HTTP_B
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_side import (
    GREETING,
    Limits,
    await_answer,
    await_request,
    client_of,
    expect_no_answer,
    final_bytes,
    greeting,
    limited,
    reloaded,
    request_of,
    requests_of,
    respond,
    serving,
    still_serves,
    targets_of,
)
from dasnet_conformance.suite.scenes import Forgiving


@check("http-reload.class-changes")
def test_class_changes(host: Host) -> None:
    """There and back, with a request each time."""
    server = greeting(host)
    holder = server
    for number, class_number in enumerate((CLASS_HTTP_B, CLASS_HTTP, CLASS_HTTP_B)):
        earlier, holder = holder, reloaded(host, holder, class_number)
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


# As long as it takes a client to stall, and some ticks more.
STALL = 48


@check("http-reload.limits")
@pytest.mark.parametrize("limit", ["body", "fields", "head", "connections", "stall"])
def test_limits(host: Host, limit: str) -> None:
    """One client has sent a part of its head before; whose limits count is not asked, for both have the same."""
    if limit == "stall":
        _stalls_through_a_reload(host)
        return
    if limit == "connections":
        _places_through_a_reload(host)
        return
    limits = {"body": Limits(body=10_000), "fields": Limits(fields=20), "head": Limits(head=4_000)}[limit]
    server = greeting(host, limits=limits)
    too_large = {
        "body": request_of("/", "Content-Length: 10001", method="POST"),
        "fields": request_of("/", *(f"X-{number}: a" for number in range(60))),
        "head": request_of("/", *(f"X-{number}: {'a' * 1_000}" for number in range(8))),
    }[limit]
    early = client_of(host, server)
    early.send(too_large[:20])
    host.settle(server)
    fresh = limited(host, CLASS_HTTP, limits)
    with expect.needing("http-reload.open"):
        expect.returns(server.save(), None, "save")
        expect.returns(fresh.restore(), None, "restore")
    fresh.port = server.port
    fresh.react("request", "respond", 200, b"", GREETING)
    early.send(too_large[20:])
    late = client_of(host, fresh)
    late.send(too_large)
    for peer in (early, late):
        answer = await_answer(host, fresh, peer, errors=True)
        expect.that(
            400 <= answer.status < 500,
            f"the answer to what is beyond the limit, at {peer.name}",
            expected="an error of the client",
            got=str(answer.status),
        )
    expect.equal(targets_of(fresh), [], "the targets called back")
    still_serves(host, fresh)


# Four places, all of them taken by clients who wait for their answers: whoever comes then, waits or is turned down.
def _places_through_a_reload(host: Host) -> None:
    limits = Limits(connections=4)
    server = serving(host, limits=limits)
    inside = [client_of(host, server) for _ in range(4)]
    for peer in inside:
        peer.send(request_of("/inside"))
    await_request(host, server, 4)
    fresh = limited(host, CLASS_HTTP, limits)
    with expect.needing("http-reload.open"):
        expect.returns(server.save(), None, "save")
        expect.returns(fresh.restore(), None, "restore")
    fresh.port = server.port
    for _ in range(2):
        host.peer(server.port).send(request_of("/beyond"))
    host.settle(fresh)
    expect.equal(targets_of(fresh), [], "the targets called back beyond four that wait, behind a reload")
    for event in requests_of(server):
        respond(fresh, event.exchange)
    for peer in inside:
        await_answer(host, fresh, peer)


# A client is silent before the reload and behind it; whether its ticks are counted anew is open. The server is an old
# one by then, so that the count of its ticks is far above the limit.
def _stalls_through_a_reload(host: Host) -> None:
    limits = Limits(stall=STALL)
    server = greeting(host, limits=limits)
    for _ in range(4 * STALL):
        host.tick_once(server)
    peers = [client_of(host, server) for _ in range(2)]
    peers[0].send(b"GET / HTTP/1.1\r\n")
    for _ in range(STALL // 4):
        host.tick_once(server)
    fresh = limited(host, CLASS_HTTP, limits)
    with expect.needing("http-reload.open"):
        expect.returns(server.save(), None, "save")
        expect.returns(fresh.restore(), None, "restore")
    for _ in range(3 * STALL):
        host.tick_once(fresh)
    host.silence()
    for peer in peers:
        expect.that(
            peer.closed is not None,
            f"the connection of {peer.name}, which stalled through a reload",
            expected=f"its end {STALL} ticks behind the reload",
            got="none",
        )
