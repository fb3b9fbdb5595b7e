"""Checks of section `save`: an object gives its handle to an orphan, and nobody on the network notices."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import CLASS_B, Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import SETTLING_TICKS
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.suite.scenes import (
    fill,
    hear,
    order,
    outcome_inside,
    passed_on,
    put_aside,
    take_over,
    tick_whatever,
    until_received,
    visit,
)

#: What is sent to a client that does not read: more than the system's buffers take, so that some of it must be queued.
QUEUED_PIECE = 1 << 18
QUEUED_PIECES = 32


def _in_state(host: Host, state: str) -> HostObject:
    if state == "made":
        return host.made()
    return host.listening() if state == "listening" else host.connected()[0]


@check("save.moves-handle")
@pytest.mark.parametrize("state", ["made", "listening", "connected"])
def test_moves_handle(host: Host, state: str) -> None:
    """The orphan has the handle; the object has no session and claims neither port nor client."""
    server = _in_state(host, state)
    expect.returns(server.save(), None, f"save of an object that is {state}")
    expect.returns(host.holds(), True, "whether the orphan holds a handle after the save")
    expect.returns(server.has_session(), False, "has_session after the save")
    # Without a handle these two may say false or that there is none; they may not claim what the orphan has.
    expect.one_of(server.is_open(), ("false", "refused"), "is_open after the save")
    expect.one_of(server.is_connected(), ("false", "refused"), "is_connected after the save")


@check("save.fires-nothing")
@pytest.mark.parametrize("waiting", ["nothing", "bytes", "departure", "arrival"])
def test_fires_nothing(host: Host, waiting: str) -> None:
    """No client callback fires in the save, whatever a tick would have to tell."""
    server, peer = host.connected()
    if waiting == "bytes":
        peer.send(b"unread")
    elif waiting == "departure":
        peer.close()
    elif waiting == "arrival":
        host.peer(server.port)
    host.silence()
    before = server.heard()
    expect.returns(server.save(), None, "save")
    host.silence()
    expect.equal(server.heard() - before, 0, f"client callbacks in a save while {waiting} waits")


@check("save.listener-stays")
def test_listener_stays(host: Host) -> None:
    """A client can connect while no object has the handle, and is kept."""
    server = host.listening()
    expect.returns(server.save(), None, "save")
    peer = host.peer(server.port)
    host.silence()
    expect.equal(peer.closed, None, "what a client sees that connected while the handle is in the orphan")


@check("save.client-stays")
def test_client_stays(host: Host) -> None:
    """The client sees no end of its connection while no object has the handle."""
    server, peer = host.connected()
    expect.returns(server.save(), None, "save")
    host.silence()
    expect.equal(peer.closed, None, "what the client sees while the handle is in the orphan")
    # Nor is it thrown out later, by the object that no longer has it.
    tick_whatever(host, server, SETTLING_TICKS)
    host.silence()
    expect.equal(peer.closed, None, "what the client sees after ticks of the saved object")


@check("save.saved-object-delivers-nothing")
@pytest.mark.parametrize("happening", ["bytes", "departure", "arrival"])
def test_saved_object_delivers_nothing(host: Host, happening: str) -> None:
    """Ticks of the saved object tell of nothing; whether they return or are refused is another matter."""
    server = host.listening()
    peer = host.take_client(server) if happening != "arrival" else None
    expect.returns(server.save(), None, "save")
    before = server.heard()
    if peer is None:
        host.peer(server.port)
    elif happening == "bytes":
        peer.send(b"while orphaned")
    else:
        peer.close()
    host.silence()
    tick_whatever(host, server, SETTLING_TICKS)
    expect.equal(server.heard() - before, 0, f"client callbacks on the saved object after {happening}")


@check("save.saved-object-tick-harmless")
def test_saved_object_tick_harmless(host: Host) -> None:
    """A tick without a handle may do nothing or be refused; the handle in the orphan is none the worse."""
    server, peer = host.connected()
    put_aside(server)
    for _ in range(SETTLING_TICKS):
        expect.one_of(server.tick(), host.allowed(), "a tick of the saved object")
    expect.returns(host.holds(), True, "whether the orphan still holds the handle")
    hear(host, take_over(host, server), peer)


@check("save.without-handle")
@pytest.mark.parametrize("why", ["never made", "saved before"])
def test_without_handle(host: Host, why: str) -> None:
    """There is nothing to save: doing nothing and refusing are both fine, an orphan that holds something is not."""
    server = host.new() if why == "never made" else host.listening()
    if why == "saved before":
        put_aside(server, orphan=1)
    outcome = server.save(2)
    expect.one_of(outcome, host.allowed(), f"save without a handle ({why})")
    expect.returns(host.holds(2), False, "whether the orphan holds a handle")


@check("save.without-handle-loses-no-port")
def test_without_handle_loses_no_port(host: Host) -> None:
    """Nothing took the place of a server: to leave it where it is, and to close it, are fine; a lost port is not."""
    server, empty = host.listening(), host.new()
    put_aside(server)
    expect.one_of(empty.save(), ("none", "refused"), "save without a handle into an orphan that holds one")
    if host.holds() == Value(True):
        host.observe("kept")
        visit(host, take_over(host, server))
        return
    host.observe("closed")
    host.await_refusal(server.port, "the port of the handle that the orphan held is freed")


@check("save.into-full-orphan")
def test_into_full_orphan(host: Host) -> None:
    """Refusing keeps both servers, overwriting closes the first; a port that nobody owns any more is neither."""
    first, second = host.listening(), host.listening()
    put_aside(first)
    outcome = second.save()
    host.observe(expect.one_of(outcome, host.allowed(), "save into an orphan that holds another handle"))
    replaced = outcome == Value(None)
    visit(host, take_over(host, second if replaced else first))
    if replaced:
        host.await_refusal(first.port, "the port of the replaced handle is freed")
    else:
        visit(host, second)


@check("save.queued-bytes-survive")
@pytest.mark.parametrize("saved", ["between ticks", "inside data"])
def test_queued_bytes_survive(host: Host, saved: str) -> None:
    """What send accepted for a client that does not read comes through save and restore."""
    server, peer = host.connected()
    contents = host.random.randbytes(QUEUED_PIECE * QUEUED_PIECES)
    # Nothing obliges an implementation to accept all of it; what it accepted is what counts.
    accepted = fill(host, server, peer, contents, QUEUED_PIECE)
    if saved == "inside data" and accepted == len(contents):
        server.react("data", "save", 1)
        peer.send(b"reload")
        with expect.needing("save.from-data-callback"):
            host.until(lambda: bool(server.did("save")), server, what="a data callback, which saves the object")
    else:
        put_aside(server)
    _call_on_what_was_saved(host, server)
    passed_on(host, peer, contents, accepted, take_over(host, server))


def _call_on_what_was_saved(host: Host, server: HostObject) -> None:
    # What comes of them is judged elsewhere; the object has no server to do it to.
    port = server.port
    for call in (server.has_session, server.is_open, server.is_connected, server.tick):
        call()
    server.send(b"from nobody")
    server.init(host.listening().port)
    server.port = port
    server.destroy()


@check("save.from-data-callback")
def test_from_data_callback(host: Host) -> None:
    """A console that reloads on command: the command's callback saves, an object of another class goes on."""
    server, peer = host.connected()
    server.react("data", "save", 1)
    peer.send(b"reload")
    host.until(lambda: bool(server.did("save")), server, what="a data callback, in which the object is saved")
    expect.returns(outcome_inside(server, "save"), None, "save inside the data callback")
    expect.returns(host.holds(), True, "whether the orphan holds the handle")
    new = take_over(host, server, host.new(CLASS_B))
    peer.send(b", then go on")
    # The first bytes may have come in pieces, of which the new object then has the rest.
    host.until(
        lambda: len(server.received) + len(new.received) >= 18,
        new,
        what="18 bytes at the two objects",
        got=lambda: host.came(server.received + new.received),
    )
    expect.same_bytes(server.received + new.received, b"reload, then go on", "what the two objects were given")
    hear(host, new, peer)


@check("save.same-packet-not-lost")
@pytest.mark.parametrize("size", [64, 300_000])
def test_same_packet_not_lost(host: Host, size: int) -> None:
    """What follows the reload command at once is given to the old object or to the new one, and to one of them only.

    To either: what a tick has read when its callback saves, the documentation gives to nobody in particular.
    """
    server, peer = host.connected()
    server.react("data", "save", 1)
    contents = host.random.randbytes(size)
    peer.send(contents)
    with expect.needing("save.from-data-callback"):
        host.until(lambda: bool(server.did("save")), server, what="a data callback, in which the object is saved")
    new = take_over(host, server)
    host.until(
        lambda: len(server.received) + len(new.received) >= size,
        new,
        what=f"{size} bytes at the two objects together",
        got=lambda: f"{len(server.received)} of them at the old; of both, {host.came(server.received + new.received)}",
    )
    host.settle(new)
    expect.same_bytes(server.received + new.received, contents, "what the old and then the new object were given")


@check("save.from-connect-callback")
def test_from_connect_callback(host: Host) -> None:
    """The client that had just been taken is the next object's, without being told of twice."""
    server = host.listening()
    server.react("connect", "save", 1)
    peer = host.peer(server.port)
    peer.send(b"early")
    host.until(lambda: bool(server.did("save")), server, what="a connect callback, in which the object is saved")
    expect.returns(outcome_inside(server, "save"), None, "save inside the connect callback")
    new = take_over(host, server)
    until_received(host, new, len(b"early"))
    hear(host, new, peer)
    expect.equal(new.count("connect"), 0, "connect callbacks on the new object")


@check("save.from-disconnect-callback")
def test_from_disconnect_callback(host: Host) -> None:
    """The departure has been told; the next object begins with the next client."""
    server, peer = host.connected()
    server.react("disconnect", "save", 1)
    peer.close()
    host.until(lambda: bool(server.did("save")), server, what="a disconnect callback, in which the object is saved")
    expect.returns(outcome_inside(server, "save"), None, "save inside the disconnect callback")
    new = take_over(host, server)
    visit(host, new)
    expect.equal(order(new), ["connect", "data", "disconnect"], "client callbacks on the new object")
