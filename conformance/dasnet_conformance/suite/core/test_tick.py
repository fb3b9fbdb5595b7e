"""Section tick: accepting, data and departure happen in a tick, and nowhere else."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject, spell_event
from dasnet_conformance.stage.many import ticks
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.scenes import to_one_that_does_not_read, until_fired, until_received


def _nothing_fires(host: Host, server: HostObject, what: str) -> None:
    before = len(server.fired)
    host.silence()
    for _ in range(3):
        server.has_session()
        server.is_connected()
    host.silence()
    fired = [f.event.what for f in server.fired[before:]]
    expect.equal(fired + [f.event.what for f in host.strays], [], f"callbacks outside a tick, {what}")


@check("tick.connect-only-in-tick")
def test_connect_only_in_tick(host: Host) -> None:
    """The client is there for long; the host has not ticked."""
    server = host.listening()
    host.peer(server.port)
    _nothing_fires(host, server, "a client having connected")
    expect.returns(server.is_connected(), False, "is_connected before the tick")
    host.await_taken(server)


@check("tick.data-only-in-tick")
def test_data_only_in_tick(host: Host) -> None:
    """The bytes are there for long; the host has not ticked."""
    server, peer = host.connected()
    peer.send(b"wait for it")
    _nothing_fires(host, server, "bytes having arrived")
    host.await_received(server, 11)
    strays = [f.event.what for f in host.strays]
    expect.equal(strays, [], "callbacks outside any call")


@check("tick.nothing-between-calls")
def test_nothing_between_calls(host: Host) -> None:
    """A conversation with a silence after each step. What other checks see between calls is added to this verdict."""
    server = host.listening()
    peer = host.peer(server.port)
    host.silence()
    until_fired(host, server, "connect", 1)
    peer.send(b"hello")
    host.silence()
    until_received(host, server, 5)
    server.send(b"hello")
    host.silence()
    host.await_peer(peer, 5, server)
    peer.close()
    host.silence()
    until_fired(host, server, "disconnect", 1)
    host.silence()
    told = [spell_event(fired.event) for fired in host.between_calls()]
    expect.equal(told, [], "callbacks while the host made no call")


@check("tick.disconnect-only-in-tick")
def test_disconnect_only_in_tick(host: Host) -> None:
    """The client is gone for long; the host has not ticked."""
    server, peer = host.connected()
    peer.close()
    _nothing_fires(host, server, "the client having left")
    host.await_departure(server)


@check("tick.takes-pending-client")
def test_takes_pending_client(host: Host) -> None:
    """Taken within the bound, once."""
    server = host.listening()
    host.peer(server.port)
    host.await_taken(server)
    host.settle(server)
    expect.equal(server.count("connect"), 1, "connect callbacks")


@check("tick.delivers-data")
def test_delivers_data(host: Host) -> None:
    """Delivered within the bound, as sent."""
    server, peer = host.connected()
    peer.send(b"deliver me")
    host.await_received(server, 10)
    expect.same_bytes(server.received, b"deliver me", "what was delivered")


@check("tick.notices-departure")
def test_notices_departure(host: Host) -> None:
    """Noticed within the bound, once."""
    server, peer = host.connected()
    peer.close()
    host.await_departure(server)
    host.settle(server)
    expect.equal(server.count("disconnect"), 1, "disconnect callbacks")


def _idle(host: Host, state: str) -> HostObject:
    if state in ("not open", "failed init"):
        server = host.made()
        if state == "failed init":
            with expect.needing("init.port-in-use"):
                expect.returns(server.init(host.listening().port), False, "init on a port that is taken")
        return server
    if state == "no client":
        return host.listening()
    return host.connected()[0]


IDLE_STATES = ("not open", "failed init", "no client", "silent client")


@check("tick.idle-returns")
@pytest.mark.parametrize("state", IDLE_STATES)
def test_idle_returns(host: Host, state: str) -> None:
    """A tick that waits for something to happen strikes the check's deadline."""
    server = _idle(host, state)
    # Before init an error is as good as a tick that does nothing (see tick.before-init); it returns, too.
    legal = ("none", "refused") if state in ("not open", "failed init") else ("none",)
    for _ in range(20):
        expect.one_of(server.tick(), legal, f"idle tick, {state}")


@check("tick.idle-fires-nothing")
@pytest.mark.parametrize("state", IDLE_STATES)
def test_idle_fires_nothing(host: Host, state: str) -> None:
    """Not even a log: there is nothing to tell."""
    server = _idle(host, state)
    host.silence()
    before = len(server.fired)
    for _ in range(50):
        server.tick()
    fired = [f.event.what for f in server.fired[before:]]
    expect.equal(fired, [], "callbacks in idle ticks")


# A hundred in one command, so that a server which sleeps in each is not taken for one that hangs.
def _a_thousand_ticks(host: Host, server: HostObject) -> None:
    for _ in range(10):
        ticks(host, server, 100)


@check("tick.idle-repeatable")
def test_idle_repeatable(host: Host) -> None:
    """A thousand ticks without and with a client, and all works as before."""
    server = host.listening()
    _a_thousand_ticks(host, server)
    peer = host.peer(server.port)
    until_fired(host, server, "connect", 1)
    _a_thousand_ticks(host, server)
    peer.send(b"awake?")
    until_received(host, server, 6)
    expect.same_bytes(server.received, b"awake?", "what was delivered")
    expect.equal(server.client_callbacks(), ["connect", "data"], "callbacks")


@check("tick.before-init")
def test_before_init(host: Host) -> None:
    """Too early is no crime: nothing happens, or an error says so, and init works afterwards."""
    occupant = host.listening()
    server = host.made()
    for attempt in ("before init", "after a failed init"):
        for _ in range(3):
            expect.one_of(server.tick(), host.allowed(), f"tick {attempt}")
        if attempt == "before init":
            server.init(occupant.port)
    expect.equal(server.client_callbacks(), [], "callbacks")
    expect.returns(host.init_free(server), True, "init afterwards")
    host.take_client(server)


@check("tick.only-its-own-server")
def test_only_its_own_server(host: Host) -> None:
    """One server is ticked; clients, bytes and departures of the other stay where they are.

    Of its two waiting clients one is there when the first is taken, and may be held with that one. There has to be room
    for one who waits; a further one may be turned away.
    """
    ticked, other = host.listening(), host.listening()
    peer = host.peer(other.port)
    # How many the queue holds is the system's matter.
    waiting = host.peer(other.port, wait=False)
    host.await_taken(other)
    peer.send(b"later")
    late = host.peer(other.port, wait=False)
    before = len(other.fired)
    host.settle(ticked)
    peer.close()
    host.settle(ticked)
    expect.equal(ticked.client_callbacks(), [], "callbacks of the server that nobody came to")
    expect.equal([f.event.what for f in other.fired[before:]], [], "callbacks of the server that was not ticked")
    host.await_received(other, 5)
    stay = sum(each.closed is None for each in (waiting, late))
    expect.that(stay >= 1, "clients that wait, of two", expected="one at least", got="both have seen their end")


#: How often a short text is sent at once, and how many such sends there are: more than the system's buffers take.
REPEATED = 1 << 13
FOR_THE_FIRST = 128


def _with_waiting_client(host: Host, early: bytes = b"") -> tuple[HostObject, Peer, Peer]:
    server, first = host.connected()
    second = host.peer(server.port)
    if early:
        second.send(early)
    host.settle(server)
    return server, first, second


@check("tick.second-client-waits")
def test_second_client_waits(host: Host) -> None:
    """One client at a time."""
    server, _, _ = _with_waiting_client(host)
    expect.equal(server.count("connect"), 1, "connect callbacks while the first client is there")
    expect.equal(server.count("disconnect"), 0, "disconnect callbacks while the first client is there")


@check("tick.second-client-data-withheld")
def test_second_client_data_withheld(host: Host) -> None:
    """The bytes of the one who waits do not mix with those of the one who is served."""
    server, first, _ = _with_waiting_client(host, b"not your turn")
    first.send(b"mine")
    host.await_received(server, 4)
    host.settle(server)
    expect.same_bytes(server.received, b"mine", "what was delivered while the first client is there")


@check("tick.second-client-not-lost")
def test_second_client_not_lost(host: Host) -> None:
    """Waiting is not being turned away."""
    server, first, second = _with_waiting_client(host)
    first.send(b"busy")
    host.await_received(server, 4)
    host.settle(server)
    expect.equal(second.closed, None, "the waiting client's end")
    expect.equal(first.closed, None, "the first client's end")


@check("tick.second-client-gets-nothing")
def test_second_client_gets_nothing(host: Host) -> None:
    """What is sent goes to the client that is connected, also what only later ticks can send."""
    server, first, second = _with_waiting_client(host)
    first.pause_reading()
    accepted = 0
    with to_one_that_does_not_read(host):
        for _ in range(FOR_THE_FIRST):
            accepted += server.send(b"for the first", repeat=REPEATED) == Value(True)
    first.resume_reading()
    host.until(
        lambda: len(first.received) >= 13 * REPEATED * accepted or first.closed is not None,
        server,
        what="what was accepted, at the first client, or the end of its connection",
        got=lambda: host.reached(first),
    )
    if server.count("connect") > 1:
        # The first was thrown out, as a server may do with a client that takes nothing.
        expect.same_bytes(second.received, b"", "what the second client got of what was sent to the first")
        return
    host.settle(server)
    expect.same_bytes(second.received, b"", "what the waiting client got")


@check("tick.second-client-taken-after")
def test_second_client_taken_after(host: Host) -> None:
    """The first leaves, and the one who waited is served."""
    server, first, _ = _with_waiting_client(host)
    first.close()
    host.until(lambda: server.count("connect") == 2, server, what="a second connect callback")
    expect.equal(server.client_callbacks(), ["connect", "disconnect", "connect"], "callbacks")


@check("tick.second-client-early-data")
def test_second_client_early_data(host: Host) -> None:
    """What it sent early was kept by the system, and is delivered now."""
    early = host.random.randbytes(3000)
    server, first, _ = _with_waiting_client(host, early)
    first.close()
    until_received(host, server, len(early))
    host.settle(server)
    expect.same_bytes(server.received, early, "what the second client sent while it waited")


@check("tick.second-client-gives-up")
def test_second_client_gives_up(host: Host) -> None:
    """Reported as a short visit or not at all, both fine; the first client and a third one notice nothing."""
    server, first, second = _with_waiting_client(host)
    second.close()
    first.send(b"still here")
    until_received(host, server, 10)
    expect.equal(server.client_callbacks(), ["connect", "data"], "callbacks while the first client is there")
    first.close()
    until_fired(host, server, "disconnect", 1)
    # The one that gave up may hold the only place in the listen queue until a tick takes it.
    third = host.peer(server.port, wait=False)
    third.send(b"third")
    host.until(
        lambda: bytes(server.received).endswith(b"third"),
        server,
        what="the bytes of the third client",
        got=lambda: host.came(server.received),
    )


@check("tick.waiting-clients-all-served")
def test_waiting_clients_all_served(host: Host) -> None:
    """Two wait together, and later two more; how many the queue holds is nobody's promise, so one may be connecting.

    More than one who waits while a client is there need not find room.
    """
    server = host.listening()
    peers: list[Peer] = []
    for served in range(1, 5):
        if served % 2:
            for _ in range(2):
                peers.append(host.peer(server.port, wait=False))
                peers[-1].send(b"%d" % (len(peers) - 1))
        host.until(
            lambda count=served: server.count("connect") == count and len(server.received) == count,  # type: ignore[misc]
            server,
            what=f"client {served} is taken and heard",
            patience=64,
        )
        peers[server.received[-1] - ord("0")].close()
        host.until(
            lambda count=served: server.count("disconnect") == count,  # type: ignore[misc]
            server,
            what=f"client {served} has left",
        )
    expect.equal(sorted(server.received), sorted(b"0123"), "who was heard")
    expect.equal(server.client_callbacks(), ["connect", "data", "disconnect"] * 4, "callbacks")


@check("tick.fifty-clients")
def test_fifty_clients(host: Host) -> None:
    """Each one connect and one disconnect, in turn."""
    server = host.listening()
    for number in range(1, 51):
        peer = host.peer(server.port)
        until_fired(host, server, "connect", number)
        peer.close()
        until_fired(host, server, "disconnect", number)
    host.settle(server)
    expect.equal(server.client_callbacks(), ["connect", "disconnect"] * 50, "callbacks")


@check("tick.inside-callback")
@pytest.mark.parametrize("farewell", ["once it was heard", "at once"])
@pytest.mark.parametrize("callback", ["connect", "data", "disconnect"])
def test_inside_callback(host: Host, callback: str, farewell: str) -> None:
    """What the inner tick does is free: nothing, part of the work, or an error; the sums must be right.

    Where the farewell is there with the bytes, an inner tick may find the end of what the outer one is delivering.
    """
    # More than one read, so that an inner tick finds some left, and in whose buffer.
    size = 200_000
    server = host.listening()
    server.react(callback, "tick")
    for count in (1, 2):
        peer = host.peer(server.port)
        content = host.random.randbytes(size)
        peer.send(content)
        if farewell == "at once":
            host.until(lambda sent=peer: not sent.unsent, server, what="the client could send everything")  # type: ignore[misc]
            peer.close()
        if farewell == "at once" or callback == "data":
            host.silence()
        host.until(
            lambda total=count * size: len(server.received) >= total,  # type: ignore[misc]
            server,
            what="all bytes",
            got=lambda: host.came(server.received),
        )
        if farewell != "at once":
            peer.close()
        host.until(lambda wanted=count: server.count("disconnect") == wanted, server, what="the departure")  # type: ignore[misc]
        expect.same_bytes(server.received[-size:], content, "what was delivered")
    host.settle(server)
    expect.equal(len(server.received), 2 * size, "bytes delivered in all")
    counts = (server.count("connect"), server.count("disconnect"))
    expect.equal(counts, (2, 2), "connects and disconnects")
    depth = len(server.did("tick"))
    fired = server.count(callback)
    expect.that(depth <= fired, "ticks inside the callback", expected=f"at most {fired}", got=str(depth))
