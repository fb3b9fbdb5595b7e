"""Checks of section `lifetime`: destroying an object, and what many lives use up."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import SETTLING_TICKS
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.suite.leaks import COUNTED_EVERY, WARM_UP, descriptors, expect_no_leak
from dasnet_conformance.suite.pace import rounds
from dasnet_conformance.suite.scenes import (
    fill,
    hear,
    put_aside,
    take_over,
    to_one_that_does_not_read,
    until_fired,
    until_fired_soon,
    visit,
)

MEBIBYTE = 1 << 20
#: More than the system's buffers hold for a client that does not read.
WAITING = 6 * MEBIBYTE

ROUNDS = 500
CLIENTS = 200
FAILED_INITS = 200

#: Ports that the rounds may go through. One is enough where a port can be taken again at once.
PORTS = 100


@check("destroy.closes-client")
@pytest.mark.parametrize("client", ["at rest", "half-closed with bytes waiting"])
def test_closes_client(host: Host, client: str) -> None:
    """End of file and reset are both an end."""
    server, peer = host.connected()
    if client != "at rest":
        fill(host, server, peer, host.random.randbytes(WAITING))
        peer.half_close()
        host.settle(server)
        peer.resume_reading()
    expect.returns(server.destroy(), None, "destroy")
    host.await_closed(peer)


@check("destroy.frees-port")
@pytest.mark.parametrize(
    "state", ["listening", "connected", "departed", "restored", "bytes waiting", "reset with bytes waiting"]
)
def test_frees_port(host: Host, state: str) -> None:
    """A connection attempt is refused. Bytes that wait for the client, or for one that left, are no reason to stay."""
    server = host.listening()
    if state != "listening":
        peer = host.take_client(server)
        if state == "departed":
            peer.close()
            host.await_departure(server)
        elif state == "restored":
            put_aside(server)
            server = take_over(host, server)
        if "waiting" in state:
            peer.pause_reading()
            with to_one_that_does_not_read(host):
                server.send(b"for nobody", repeat=MEBIBYTE)
        if state.startswith("reset"):
            peer.reset()
            host.silence()
    expect.returns(server.destroy(), None, "destroy")
    if state == "restored":
        host.await_closed(peer)
    host.await_refusal(server.port, f"port {server.port} refuses connections")


@check("destroy.waiting-client")
@pytest.mark.parametrize("others", ["no client before it", "a client before it"])
def test_waiting_client(host: Host, others: str) -> None:
    """Nobody will ever take it, so it must not wait for ever."""
    server = host.listening()
    if others == "a client before it":
        host.take_client(server)
    waiting = host.peer(server.port)
    server.destroy()
    host.await_closed(waiting)


@check("destroy.disconnect-callback")
def test_disconnect_callback(host: Host) -> None:
    """Fired is fine, for the client goes; silent is fine, for no tick found it gone."""
    server, _ = host.connected()
    server.destroy()
    host.silence()
    count = server.count("disconnect")
    expect.that(count <= 1, "disconnect callbacks of one client", expected="one or none", got=str(count))
    host.observe("fired" if count else "silent")


@check("destroy.after-save-keeps-orphan")
def test_after_save_keeps_orphan(host: Host) -> None:
    """The usual order of a reload: save, throw the old object away, make a new one, restore."""
    server, peer = host.connected()
    put_aside(server)
    server.destroy()
    host.silence()
    expect.equal(peer.closed, None, "what the client sees after the saved object was destroyed")
    expect.returns(host.holds(), True, "whether the orphan still holds the handle")
    new = take_over(host, server)
    hear(host, new, peer)
    peer.close()
    until_fired(host, new, "disconnect", 1)
    visit(host, new)


@check("destroy.twice")
@pytest.mark.parametrize("state", ["made", "listening", "connected"])
def test_twice(host: Host, state: str) -> None:
    """The second time may do nothing or be refused; a server made in between must not be hit by it."""
    if state == "made":
        server = host.made()
    else:
        server = host.listening() if state == "listening" else host.connected()[0]
    server.destroy()
    other, peer = host.connected()
    expect.one_of(server.destroy(), host.allowed(), "destroy of an object that was destroyed")
    hear(host, other, peer)


@check("destroy.without-handle")
@pytest.mark.parametrize("state", ["new", "made"])
def test_without_handle(host: Host, state: str) -> None:
    """A program that gives up before it has begun."""
    server = host.new() if state == "new" else host.made()
    expect.returns(server.destroy(), None, f"destroy of an object that is {state}")
    visit(host, host.listening())


@check("destroy.calls-after")
def test_calls_after(host: Host) -> None:
    """False, nothing or a refusal, as the call has it; never true, for there is nothing left to be true of."""
    server, _ = host.connected()
    server.destroy()
    calls = (server.has_session, server.is_open, server.is_connected, server.tick, lambda: server.send(b"to nobody"))
    for _ in range(SETTLING_TICKS):
        for call in calls:
            expect.one_of(call(), host.allowed(), "a call on an object that was destroyed")
    visit(host, host.listening())


class _Rounds:
    """Servers that come and go, on one port as long as that can be taken again, else on as few as will do."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._ports = [host.port()]

    def turn(self) -> None:
        """One server: made, initialised, a client taken, destroyed; the client sees the end."""
        host = self._host
        server = host.made()
        self._init(server)
        peer = host.peer(server.port)
        until_fired_soon(host, server, "connect", 1)
        expect.returns(server.destroy(), None, "destroy")
        host.await_closed(peer)
        # By reset, on top of the server's own closing: so no port keeps a leftover of the connection.
        host.dismiss(peer)

    def _init(self, server: HostObject) -> None:
        outcome = server.init(self._ports[0])
        while outcome != Value(True) and len(self._ports) < PORTS:
            self._ports.insert(0, self._host.port())
            outcome = server.init(self._ports[0])
        if outcome != Value(True):
            # The one that was let go of longest ago.
            self._ports.insert(0, self._ports.pop())
            outcome = server.init(self._ports[0])
        expect.returns(outcome, True, f"init on a port of which a server was destroyed, or one of {PORTS}")


@check("lifetime.rounds-leak-nothing")
def test_rounds_leak_nothing(host: Host) -> None:
    """What one server leaves open, a host that reloads all day has a thousand of."""
    servers = _Rounds(host)
    for _ in range(WARM_UP):
        servers.turn()
    before = descriptors(host)
    for number in rounds(ROUNDS - WARM_UP):
        servers.turn()
        # Now and then, so that a leak is told before it exhausts what the suite itself needs.
        if number % COUNTED_EVERY == 0:
            expect_no_leak(host, before, f"{number} servers")


@check("lifetime.clients-leak-nothing")
def test_clients_leak_nothing(host: Host) -> None:
    """A server that does not close its side of a client that left runs out of descriptors in the end."""
    server = host.listening()
    before: int | None = None
    for number in rounds(CLIENTS):
        peer = host.peer(server.port)
        until_fired_soon(host, server, "connect", number)
        if number % 2:
            peer.close()
        else:
            peer.reset()
        until_fired_soon(host, server, "disconnect", number)
        host.dismiss(peer)
        if number == WARM_UP:
            before = descriptors(host)
    expect_no_leak(host, before, f"{CLIENTS} clients")
    visit(host, server)


@check("lifetime.failed-inits-leak-nothing")
@pytest.mark.parametrize("why", ["the port is taken", "there is no such port", "open already, and the port is taken"])
def test_failed_inits_leak_nothing(host: Host, why: str) -> None:
    """A program that tries again and again until the port is free, or tries what can never be."""
    occupied = host.listening()
    server = host.listening() if why.startswith("open") else host.made()
    before: int | None = None
    for number in range(1, FAILED_INITS + 1):
        # Past the object's own note of its port: it stays where it was.
        outcome = server.call("init", 65_535 + number if "no such" in why else occupied.port)
        if "no such" in why and outcome == Value(True):
            raise expect.Moot("not asked: an init on a port that cannot be does not fail, see init.port-beyond-range")
        with expect.needing("init.port-beyond-range" if "no such" in why else "init.port-in-use"):
            # An error says as well as false that there is no such port, or that it is not the time for it.
            legal = ("false",) if why == "the port is taken" else ("false", "refused")
            expect.one_of(outcome, legal, f"init where {why}")
        if number == WARM_UP:
            before = descriptors(host)
    expect_no_leak(host, before, f"{FAILED_INITS} failed inits")
    if not why.startswith("open"):
        # Whether one that is open stays so is judged elsewhere.
        expect.returns(host.init_free(server), True, "init on a free port after that")
        visit(host, server)
