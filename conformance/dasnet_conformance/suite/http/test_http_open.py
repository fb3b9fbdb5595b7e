"""Section http-open: listening on a port, and servers that come and go. What `Server` promises, of an HTTP server."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import CLASS_HTTP, Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import SETTLING_TICKS
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.http_side import (
    GREETING,
    PLAIN,
    Limits,
    await_answer,
    await_request,
    client_of,
    expect_no_answer,
    final_bytes,
    finals_at,
    greeting,
    made_server,
    request_of,
    respond,
    serving,
    still_serves,
    targets_of,
)
from dasnet_conformance.suite.leaks import COUNTED_EVERY, WARM_UP, descriptors, expect_no_leak
from dasnet_conformance.suite.pace import rounds
from dasnet_conformance.suite.scenes import Forgiving, tick_whatever, unused_port

#: What is_open may say of an object that does not listen.
NOT_OPEN = ("false", "refused")
#: More than a table of 256 holds.
CLIENTS = 280
#: Ticks behind which a silent client is ended, where there is such a limit.
STALL = 8
SERVERS = 100


@check("http-open.free-port")
def test_free_port(host: Host) -> None:
    """The listen queue takes a client by itself, and its bytes."""
    server = made_server(host)
    expect.returns(host.init_free(server), True, "init on a free port")
    peer = host.peer(server.port)
    peer.send(request_of("/early"))
    host.silence()
    expect.equal(peer.closed, None, "the connection's end, before any tick")
    await_request(host, server, needs="")
    expect.equal(targets_of(server), ["/early"], "the targets called back")


@check("http-open.is-open")
def test_is_open(host: Host) -> None:
    """Before, and then with nobody, while one is asking, waits for its answer, has it, and has left."""
    server = made_server(host)
    expect.one_of(server.is_open(), NOT_OPEN, "is_open before init")
    expect.returns(host.init_free(server), True, "init on a free port")

    def is_still_open(when: str) -> None:
        expect.returns(server.is_open(), True, f"is_open {when}")

    is_still_open("after init")
    host.settle(server)
    is_still_open("after ticks with nobody there")
    peer = client_of(host, server)
    peer.send(PLAIN[:16])
    host.settle(server)
    is_still_open("in the middle of a request")
    peer.send(PLAIN[16:])
    event = await_request(host, server)
    is_still_open("with a request that waits for its answer")
    respond(server, event.exchange)
    await_answer(host, server, peer)
    is_still_open("after the answer")
    peer.send(b"no request\r\n\r\n")
    host.settle(server)
    is_still_open("after a faulty request")
    peer.reset()
    host.settle(server)
    is_still_open("after a reset")


# An object whose init has failed, since the port is taken.
def _fail_on_busy_port(host: Host, occupant: HostObject) -> HostObject:
    server = made_server(host)
    with expect.needing("http-open.port-in-use"):
        expect.returns(server.init(occupant.port), False, "init on a port in use")
    return server


@check("http-open.port-in-use")
def test_port_in_use(host: Host) -> None:
    """A second server cannot have the port of the first."""
    occupant = serving(host)
    server = made_server(host)
    expect.returns(server.init(occupant.port), False, "init on a port in use")
    expect.one_of(server.is_open(), NOT_OPEN, "is_open after init returned false")


@check("http-open.port-in-use-disturbs-nobody")
def test_port_in_use_disturbs_nobody(host: Host) -> None:
    """One client is there before, and one comes afterwards."""
    occupant = greeting(host)
    peer = client_of(host, occupant)
    peer.send(PLAIN[:16])
    host.settle(occupant)
    unlucky = made_server(host)
    unlucky.init(occupant.port)
    tick_whatever(host, unlucky, SETTLING_TICKS)
    unlucky.destroy()
    peer.send(PLAIN[16:])
    answer = await_answer(host, occupant, peer)
    expect.same_bytes(answer.body, GREETING, "the body of the answer to the client that was there before")
    still_serves(host, occupant)
    expect.equal(targets_of(unlucky), [], "the targets called back on the object whose init failed")


@check("http-open.retry-after-failure")
def test_retry_after_failure(host: Host) -> None:
    """A busy port is no dead end for the object."""
    server = _fail_on_busy_port(host, serving(host))
    server.react("request", "respond", 200, b"", GREETING)
    expect.returns(host.init_free(server), True, "init on another port")
    still_serves(host, server)


@check("http-open.failure-reports")
def test_failure_reports(host: Host) -> None:
    """The error callback says why; what it says is the implementation's own."""
    server = _fail_on_busy_port(host, serving(host))
    errors = [fired.event for fired in server.fired if fired.event.what == "error"]
    expect.that(bool(errors), "after a failed init", expected="an error callback", got="none")
    for error in errors:
        expect.that(bool(error.message.strip()), "the error's message", expected="some text", got="an empty one")
        expect.that(error.code != 0, "the error's code", expected="a code other than 0", got="0")


@check("http-open.no-port")
@pytest.mark.parametrize("port", [-1, -(2**31), 65_536, 100_000, 2**31 - 1])
def test_no_port(host: Host, port: int) -> None:
    """False and an error both say that there is no such port."""
    server = made_server(host)
    expect.one_of(server.init(port), host.allowed(), f"init on port {port}")
    expect.one_of(server.is_open(), NOT_OPEN, f"is_open after init on port {port}")


@check("http-open.port-again")
def test_port_again(host: Host) -> None:
    """An answer that is the last, one that waits and a silent one: with each the server's side is closed first, and the
    system keeps what is left of the connection for a while.
    """
    server = greeting(host)
    last, silent = client_of(host, server), client_of(host, server)
    last.send(request_of("/", "Connection: close"))
    await_answer(host, server, last)
    host.settle(server)
    expect.returns(server.destroy(), None, "destroy")
    for peer in (last, silent):
        host.await_closed(peer)
        peer.close()
    successor = made_server(host)
    successor.react("request", "respond", 200, b"", GREETING)
    expect.returns(successor.init(server.port), True, "init on the port of a server that was destroyed")
    still_serves(host, successor)


@check("http-open.one-listener")
@pytest.mark.parametrize("again", ["init", "adapter", "restore"])
def test_one_listener(host: Host, again: str) -> None:
    """Whichever it chooses, nobody is let in at a door behind which there is nobody."""
    server = greeting(host)
    old, new = server.port, unused_port(host)
    if again == "restore":
        other = serving(host)
        peer = client_of(host, server)
        host.settle(server)
        expect.returns(other.save(), None, "save of another object")
        if server.restore() == Value(None):
            host.await_refusal(old, "the port of the handle that gave way to the one that was restored")
            host.await_closed(peer)
            server.port = other.port
        still_serves(host, server)
        return
    if again == "adapter":
        server.adapter()
        if server.is_open() != Value(True):
            server = made_server(host)
            server.react("request", "respond", 200, b"", GREETING)
            expect.returns(server.init(old), True, "init of another object on the port that was let go of")
        still_serves(host, server)
        return
    server.init(new)
    at_old, at_new = not host.refuses_connections(old), not host.refuses_connections(new)
    for peer in host.peers:
        peer.dispose()
    host.settle(server)
    expect.that(
        at_old != at_new,
        "after init on an open object",
        expected="one listener",
        got="listeners on both ports" if at_old else "no listener",
    )
    server.port = old if at_old else new
    still_serves(host, server)


@check("http-open.without-handle")
@pytest.mark.parametrize("state", ["that never had a handle", "whose handle was saved", "that was destroyed"])
def test_without_handle(host: Host, state: str) -> None:
    """False, nothing or a refusal, as the call has it; never true, for there is nothing left to be true of."""
    if state == "that never had a handle":
        server, exchange = host.new(CLASS_HTTP), 1
    else:
        server = serving(host)
        client_of(host, server).send(request_of())
        exchange = await_request(host, server).exchange
        with expect.needing("http-reload.open" if state == "whose handle was saved" else "http-connection.destroyed"):
            expect.returns(
                server.save() if state == "whose handle was saved" else server.destroy(), None, "its handle's end"
            )
    for _ in range(3):
        expect.one_of(server.tick(), ("none", "refused"), f"tick of an object {state}")
        expect.one_of(server.is_open(), NOT_OPEN, f"is_open of an object {state}")
        expect_no_answer(server, exchange, f"respond of an object {state}")
    if state != "that was destroyed":
        expect.returns(server.destroy(), None, f"destroy of an object {state}")
    expect.one_of(server.destroy(), ("none", "refused"), "a second destroy")
    still_serves(host, greeting(host))


# A further client of a server that answers nothing by itself is served.
def _still_serves_by_hand(host: Host, server: HostObject) -> None:
    count = server.count("request")
    peer = client_of(host, server)
    peer.send(request_of("/further"))
    event = await_request(host, server, count + 1)
    respond(server, event.exchange)
    expect.same_bytes(await_answer(host, server, peer).body, GREETING, "the body of the answer to a further client")


@check("http-open.objects-independent")
def test_objects_independent(host: Host) -> None:
    """Both have a request that waits; the numbers of their exchanges may be the same, and are each its own object's."""
    servers = [serving(host), serving(host)]
    peers = [client_of(host, server) for server in servers]
    events = []
    for server, peer, target in zip(servers, peers, ("/first", "/second"), strict=True):
        peer.send(request_of(target))
        events.append(await_request(host, server, needs=""))
    for server, target in zip(servers, ("/first", "/second"), strict=True):
        host.settle(server)
        expect.equal(targets_of(server), [target], f"the targets called back on {server}")
    if events[0].exchange != events[1].exchange:
        expect_no_answer(servers[0], events[1].exchange, "respond of one server to the exchange of the other")
        expect_no_answer(servers[1], events[0].exchange, "respond of one server to the exchange of the other")
        host.settle(*servers)
        expect.equal([len(finals_at(peer)) for peer in peers], [0, 0], "answers, when each was asked for the other's")
    respond(servers[1], events[1].exchange, body=b"of the second")
    answer = await_answer(host, servers[1], peers[1])
    expect.same_bytes(answer.body, b"of the second", "the body at the client of the second")
    expect.equal(final_bytes(peers[0]), 0, "bytes at the client of the first, which was not answered")
    servers[1].destroy()
    respond(servers[0], events[0].exchange, body=b"of the first")
    answer = await_answer(host, servers[0], peers[0])
    expect.same_bytes(answer.body, b"of the first", "the body at the client of the first")
    expect_no_answer(servers[0], events[0].exchange, "a second answer of the first")
    _still_serves_by_hand(host, servers[0])


# Clients that are turned down, or that the server ends because nothing comes of them, or whose callback raises.
def _turned_down(host: Host, how: str) -> None:
    server = greeting(host, limits=Limits(stall=STALL) if how == "stalled" else None)
    if how == "raising":
        server.react("request", "raise")
    before: int | None = None
    count = CLIENTS if how == "faulty" else CLIENTS // 4
    ticked = Forgiving(server) if how == "raising" else server
    for number in rounds(count):
        peer = client_of(host, server)
        peer.send({"faulty": b"no request\r\n\r\n", "stalled": PLAIN[:20], "raising": PLAIN}[how])
        if how == "stalled":
            for _ in range(2 * STALL):
                host.tick_once(server)
        if how == "raising":
            # What its client gets is for another check.
            host.settle(ticked, ticks=2)
        else:
            host.until(lambda peer=peer: bool(finals_at(peer) or peer.closed), server, what="an answer, or the end")  # type: ignore[misc]
        host.dismiss(peer)
        host.tick_once(ticked)
        if number == WARM_UP:
            host.settle(server)
            before = descriptors(host)
    host.settle(server)
    expect_no_leak(host, before, f"{count} clients that were turned down")
    server.react("request", "respond", 200, b"", GREETING)
    still_serves(host, server)


@check("http-open.clients-leak-nothing")
@pytest.mark.parametrize("how", ["leaving", "faulty", "stalled", "raising"])
def test_clients_leak_nothing(host: Host, how: str) -> None:
    """Four ways to leave, in turn, each in the orderly way and by a reset; and clients that the server turns down."""
    if how != "leaving":
        _turned_down(host, how)
        return
    server = serving(host)
    before: int | None = None
    for number in rounds(CLIENTS):
        peer = client_of(host, server)
        asked = server.count("request")
        way = number % 4
        if way == 1:
            peer.send(PLAIN[:20])
        elif way > 1:
            peer.send(PLAIN)
            event = await_request(host, server, asked + 1)
            if way == 3:
                respond(server, event.exchange)
                await_answer(host, server, peer)
        host.tick_once(server)
        if number % 8 < 4:
            peer.close()
        else:
            peer.reset()
        host.tick_once(server)
        if way == 2:
            # One that only closed its side might still wait for the answer: nobody lets go of it before.
            server.call("respond", event.exchange, 200, b"", GREETING, 1)
            host.tick_once(server)
        host.dismiss(peer)
        if number == WARM_UP:
            host.settle(server)
            before = descriptors(host)
    host.settle(server)
    expect_no_leak(host, before, f"{CLIENTS} clients")
    _still_serves_by_hand(host, server)


@check("http-open.failed-inits-leak-nothing")
def test_failed_inits_leak_nothing(host: Host) -> None:
    """A program that tries its port until it is free; another server has it meanwhile."""
    holder = serving(host)
    server = made_server(host)
    before: int | None = None
    for number in rounds(CLIENTS):
        if server.init(holder.port) == Value(True):
            raise expect.Mismatch(f"init number {number} on a port in use", "not true", "true")
        if number == WARM_UP:
            before = descriptors(host)
    expect_no_leak(host, before, f"{CLIENTS} inits that failed")
    holder.destroy()
    expect.returns(host.init_free(server), True, "init on a free port behind those that failed")


@check("http-open.rounds-leak-nothing")
def test_rounds_leak_nothing(host: Host) -> None:
    """The client stays to the end, and sees it."""
    before: int | None = None
    for number in rounds(SERVERS):
        server = made_server(host, CLASS_HTTP)
        server.react("request", "respond", 200, b"", GREETING)
        expect.returns(host.init_free(server), True, f"init of server number {number}")
        peer = client_of(host, server)
        peer.send(PLAIN)
        await_answer(host, server, peer)
        expect.returns(server.destroy(), None, "destroy")
        host.await_closed(peer)
        host.dismiss(peer)
        if number == WARM_UP:
            before = descriptors(host)
        elif number % COUNTED_EVERY == 0:
            expect_no_leak(host, before, f"{number} servers")
