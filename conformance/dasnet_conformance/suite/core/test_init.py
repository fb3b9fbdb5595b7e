"""Section init: listening on a port."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import SETTLING_TICKS, TURN_WAIT
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.descriptors import many_at_once
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import CLIENT_CALLBACKS, HostObject
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.ports import alone_on, foreign
from dasnet_conformance.suite.pace import rounds
from dasnet_conformance.suite.scenes import (
    hear,
    put_aside,
    serve_one,
    take_over,
    talk,
    tick_whatever,
    until_fired,
    unused_port,
    visit,
)

HIGHEST_PORT = 65_535


def _fail_on_busy_port(host: Host) -> HostObject:
    occupant = host.listening()
    server = host.made()
    with expect.needing("init.port-in-use"):
        expect.returns(server.init(occupant.port), False, "init on a port in use")
    return server


@check("init.free-port")
def test_free_port(host: Host) -> None:
    """The plain case."""
    server = host.listening()
    expect.returns(server.is_open(), True, "is_open after init returned true")


@check("init.connectable-before-tick")
def test_connectable_before_tick(host: Host) -> None:
    """The listen queue takes a client by itself."""
    peer = host.peer(host.listening().port)
    host.silence()
    expect.equal(peer.closed, None, "the connection's end")


@check("init.listens-on-given-port")
def test_listens_on_given_port(host: Host) -> None:
    """Three objects, three ports: the client of each port belongs to the object that was given it."""
    servers = [host.listening() for _ in range(3)]
    for server in reversed(servers):
        peer = host.peer(server.port)
        peer.send(b"port %d" % server.port)
    host.until(
        lambda: all(len(server.received) >= 10 for server in servers),
        *servers,
        what="each server's greeting, 10 bytes",
        got=lambda: ", ".join(f"{len(server.received)} at {server}" for server in servers),
    )
    for server in servers:
        expect.same_bytes(server.received, b"port %d" % server.port, f"what arrived at port {server.port}")


@check("init.port-in-use")
@pytest.mark.parametrize("occupied", ["by an object", "by a server that is saved"])
def test_port_in_use(host: Host, occupied: str) -> None:
    """A second server cannot have the port of the first, whoever has that."""
    occupant = host.listening()
    if occupied != "by an object":
        put_aside(occupant)
    expect.returns(host.made().init(occupant.port), False, f"init on a port in use {occupied}")
    if occupied != "by an object":
        occupant = take_over(host, occupant)
        expect.returns(occupant.is_open(), True, "is_open of what was restored after that")
        visit(host, occupant)


@check("init.port-in-use-disturbs-nobody")
def test_port_in_use_disturbs_nobody(host: Host) -> None:
    """The server that was there first goes on, with the client it has and with the next."""
    occupant, peer = host.connected()
    host.made().init(occupant.port)
    talk(host, occupant, peer)
    peer.close()
    until_fired(host, occupant, "disconnect", 1)
    serve_one(host, occupant)


@check("init.failure-reports")
def test_failure_reports(host: Host) -> None:
    """The error callback says why; what it says is the implementation's own."""
    server = _fail_on_busy_port(host)
    errors = [fired.event for fired in server.fired if fired.event.what == "error"]
    expect.that(bool(errors), "after a failed init", expected="an error callback", got="none")
    for error in errors:
        expect.that(bool(error.message.strip()), "the error's message", expected="some text", got="an empty one")
        expect.that(error.code != 0, "the error's code", expected="a code other than 0", got="0")


@check("init.retry-after-failure")
def test_retry_after_failure(host: Host) -> None:
    """A busy port is no dead end for the object."""
    server = _fail_on_busy_port(host)
    expect.returns(host.init_free(server), True, "init on another port")
    serve_one(host, server)


@check("init.retry-on-the-same-port")
@pytest.mark.parametrize("by", ["the same object", "another object"])
def test_retry_on_the_same_port(host: Host, by: str) -> None:
    """Whether a port is taken, the system is asked each time: nobody was ever connected there."""
    occupant = host.listening()
    server = host.made()
    with expect.needing("init.port-in-use"):
        expect.returns(server.init(occupant.port), False, "init on a port in use")
    occupant.destroy()
    with expect.needing("destroy.frees-port"):
        host.await_refusal(occupant.port, f"port {occupant.port} is freed")
    if by != "the same object":
        server = host.made()
    outcome = server.init(occupant.port)
    if outcome != Value(True) and foreign(occupant.port):
        raise expect.Moot("another program has taken the port meanwhile")
    expect.returns(outcome, True, f"init by {by} on a port that was in use before")
    serve_one(host, server)


@check("init.failure-keeps-nothing")
@pytest.mark.parametrize("end", ["destroyed", "opened at last", "ticked"])
def test_failure_keeps_nothing(host: Host, end: str) -> None:
    """The socket of the attempt was closed, and its number is another's now, who is hit by what is left of it."""
    unlucky = _fail_on_busy_port(host)
    others = [host.listening() for _ in range(3)]
    if end == "destroyed":
        unlucky.destroy()
    elif end == "ticked":
        tick_whatever(host, unlucky, SETTLING_TICKS)
    else:
        host.init_free(unlucky)
        unlucky.destroy()
    for other in others:
        expect.returns(other.is_open(), True, f"is_open of another server, the object whose init failed {end}")
        serve_one(host, other)
    expect.equal(unlucky.client_callbacks(), [], "callbacks on the object whose init failed")


def _never_open(host: Host, port: int) -> None:
    server = host.made()
    expect.one_of(server.init(port), host.allowed(), f"init on port {port}")
    expect.one_of(server.is_open(), ("false", "refused"), f"is_open after init on port {port}")


@check("init.port-negative")
@pytest.mark.parametrize("port", [-1, -80, -65_535, -(2**31)])
def test_port_negative(host: Host, port: int) -> None:
    """False and an error both say that there is no such port."""
    _never_open(host, port)


@check("init.port-beyond-range")
@pytest.mark.parametrize("port", [65_536, 65_537, 100_000, 2**31 - 1])
def test_port_beyond_range(host: Host, port: int) -> None:
    """False and an error both say that there is no such port."""
    _never_open(host, port)


@check("init.port-highest")
def test_port_highest(host: Host) -> None:
    """The one port whose number is given, for it is the last; who else has it is asked after a refusal."""
    taken = "taken by another program"
    with alone_on(HIGHEST_PORT, TURN_WAIT) as alone:
        server = host.made()
        outcome = server.init(HIGHEST_PORT)
        server.destroy()
        if outcome != Value(True) and (not alone or foreign(HIGHEST_PORT)):
            host.observe(taken)
            return
    expect.returns(outcome, True, f"init on port {HIGHEST_PORT}")
    host.observe("true")


@check("init.port-not-wrapped")
@pytest.mark.parametrize("distance", [65_536, -65_536, 2 * 65_536, 2**32])
def test_port_not_wrapped(host: Host, distance: int) -> None:
    """Cut to 16 bits the number would name a free port: nobody may listen there."""
    port = unused_port(host)
    host.made().init(port + distance)
    expect.that(host.refuses_connections(port), f"port {port}", expected="nobody listens", got="a connection")


@check("init.retry-after-bad-port")
@pytest.mark.parametrize("port", [-1, 65_536])
def test_retry_after_bad_port(host: Host, port: int) -> None:
    """A mistaken number is no dead end for the object."""
    server = host.made()
    server.init(port)
    expect.returns(host.init_free(server), True, "init on a free port afterwards")
    serve_one(host, server)


@check("init.port-zero")
def test_port_zero(host: Host) -> None:
    """For information only: the documentation is silent on port 0."""
    host.observe(expect.name_of(host.made().init(0)))


@check("init.returns-at-once")
def test_returns_at_once(host: Host) -> None:
    """No client comes, and init returns all the same: a wait would strike the check's deadline."""
    server = host.listening()
    expect.equal(server.count("connect"), 0, "connect callbacks")


@check("init.fires-no-client-callback")
def test_fires_no_client_callback(host: Host) -> None:
    """Neither success nor failure of init tells of a client."""
    server = host.listening()
    other = host.made()
    other.init(server.port)
    other.init(-1)
    fired = [name for each in (server, other) for name in CLIENT_CALLBACKS if each.count(name)]
    expect.equal(fired, [], "callbacks in init")


@check("init.port-reusable-after-destroy")
def test_port_reusable_after_destroy(host: Host) -> None:
    """The server closes first, so the old connection lingers in the system; the next server binds all the same."""
    server, peer = host.connected()
    server.destroy()
    with expect.needing("destroy.closes-client"):
        host.await_closed(peer)
    peer.close()
    successor = host.made()
    expect.returns(successor.init(server.port), True, "init on the same port, right after destroy")
    serve_one(host, successor)


@check("init.already-open")
@pytest.mark.parametrize("where", ["a free port", "a taken port", "no port"])
def test_already_open(host: Host, where: str) -> None:
    """To stay and to move are both fine; two listeners of one object, or none, are not."""
    if where != "a free port":
        _goes_on_where_it_was(host, host.listening().port if where == "a taken port" else 65_536)
        return
    server = host.listening()
    old, new = server.port, unused_port(host)
    server.init(new)
    at_old, at_new = not host.refuses_connections(old), not host.refuses_connections(new)
    for peer in host.peers:
        peer.dispose()
    with expect.needing("robustness.leaves-while-waiting", hanging="tick.idle-returns"):
        host.settle(server)
    expect.that(
        at_old != at_new,
        "after init on an open object",
        expected="one listener",
        got="listeners on both ports" if at_old else "no listener",
    )
    host.observe("stayed" if at_old else "moved")
    server.port = old if at_old else new
    serve_one(host, server)


# There is nowhere to move to, so only staying is left, with the client that is there.
def _goes_on_where_it_was(host: Host, port: int) -> None:
    server, peer = host.connected()
    # Past the object's own note of its port.
    outcome = server.call("init", port)
    with expect.needing("init.port-in-use" if port <= HIGHEST_PORT else "init.port-beyond-range"):
        expect.one_of(outcome, ("false", "refused"), f"init on port {port}, which cannot be had")
    expect.returns(server.is_open(), True, "is_open of an open object, after an init that failed")
    talk(host, server, peer)
    peer.close()
    host.await_departure(server)
    serve_one(host, server)


@check("init.already-open-same-port")
def test_already_open_same_port(host: Host) -> None:
    """Whatever the second call returns, the server is there afterwards."""
    server = host.listening()
    server.init(server.port)
    expect.returns(server.is_open(), True, "is_open after a second init on the same port")
    serve_one(host, server)


@check("init.without-handle-leaves-no-port")
@pytest.mark.parametrize("state", ["new", "saved", "destroyed"])
def test_without_handle_leaves_no_port(host: Host, state: str) -> None:
    """A listener that belongs to no object is one that nobody can close."""
    server = host.new() if state == "new" else host.listening()
    if state == "saved":
        put_aside(server)
    elif state == "destroyed":
        server.destroy()
    port = unused_port(host)
    # Past the object's own note of its port.
    outcome = expect.one_of(server.call("init", port), host.allowed(), f"init on an object that is {state}")
    if outcome == "true":
        expect.returns(server.is_open(), True, "is_open after an init that said true")
        server.destroy()
    host.await_refusal(port, "no listener that belongs to no object")
    host.observe(outcome)


@check("init.two-servers-independent")
@pytest.mark.parametrize("clients", ["at the same time", "in turns", "one goes, its server too"])
def test_two_servers_independent(host: Host, clients: str) -> None:
    """Two conversations at the same time, and the end of one leaves the other up.

    In turns, as a system gives the descriptor of a client that left to the next one, whoever's that is.
    """
    if clients != "at the same time":
        _in_turns(host, ends=clients != "in turns")
        return
    first, first_peer = host.connected()
    second, second_peer = host.connected()
    first_peer.send(b"to the first")
    second_peer.send(b"to the second")
    host.until(
        lambda: len(first.received) >= 12 and len(second.received) >= 13,
        first,
        second,
        what="bytes at both servers",
        got=lambda: f"at the first {bytes(first.received)!r}, at the second {bytes(second.received)!r}",
    )
    expect.same_bytes(first.received, b"to the first", "at the first server")
    expect.same_bytes(second.received, b"to the second", "at the second server")
    expect.returns(first.send(b"from the first"), True, "send of the first server")
    expect.returns(second.send(b"from the second"), True, "send of the second server")
    host.await_peer(first_peer, 14, first, second)
    host.await_peer(second_peer, 15, first, second)
    expect.same_bytes(first_peer.received, b"from the first", "at the first client")
    expect.same_bytes(second_peer.received, b"from the second", "at the second client")
    first.destroy()
    expect.equal(second.is_connected(), Value(True), "is_connected of the second server")
    second_peer.send(b"!")
    host.await_received(second, 14)


def _in_turns(host: Host, *, ends: bool) -> None:
    first, leaving = host.connected()
    second = host.listening()
    leaving.close()
    host.await_departure(first)
    peer = host.take_client(second)
    if ends:
        expect.returns(first.destroy(), None, "destroy of the first server")
    else:
        following = host.take_client(first)
        talk(host, first, following)
    talk(host, second, peer)
    if not ends:
        talk(host, first, following)
    expect.equal(second.client_callbacks(), ["connect", "data"], "callbacks of the second server, whose client stays")


#: Servers at the same time: past what a system waits for at once that takes 64.
MANY = 70
#: Fewer where each takes long.
SOME = 20


@check("init.many-servers-at-once")
def test_many_servers_at_once(host: Host) -> None:
    """Nobody promises how many, and a table of a few places is none that a user could see."""
    with many_at_once():
        _all_served(host)


def _all_served(host: Host) -> None:
    served = [_served(host) for _ in rounds(MANY, SOME)]
    for number, (server, _) in enumerate(served, start=1):
        expect.returns(server.is_open(), True, f"is_open of server {number} of {len(served)}")
        put_aside(server, number)
    for number, (server, peer) in reversed(list(enumerate(served, start=1))):
        hear(host, take_over(host, server, orphan=number), peer)


def _served(host: Host) -> tuple[HostObject, Peer]:
    # No setup: that one more can be had is the question.
    server = host.made()
    expect.returns(host.init_free(server), True, "init of one server more")
    peer = host.peer(server.port)
    until_fired(host, server, "connect", 1)
    return server, peer
