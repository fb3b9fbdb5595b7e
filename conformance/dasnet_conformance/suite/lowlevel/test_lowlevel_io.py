"""Checks of section `lowlevel`: server_tick, server_send and server_restore, on handles that listen."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import CLASS_A, CLASS_B, Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.scenes import fill, passed_on, put_aside, take_over, until_fired, until_received

LOW = "server_tick"
#: More than the system's buffers hold for a client that does not read.
WAITING = 6 << 20
#: Bytes of each of two clients: more than one read brings.
EACH = 150_000


@check("server-tick.takes-client")
def test_server_tick_takes_client(host: Host) -> None:
    """The client waits in the listen queue until the function is called."""
    server = host.listening()
    host.peer(server.port)
    until_fired(host, server, "connect", 1, through=LOW)
    expect.returns(server.call("server_is_connected"), True, "server_is_connected after the connect callback")


@check("server-tick.delivers")
@pytest.mark.parametrize("size", [1, 5_000, 200_000])
def test_server_tick_delivers(host: Host, size: int) -> None:
    """Whatever the chunking, nothing is lost, doubled or exchanged."""
    server, peer = host.connected()
    contents = host.random.randbytes(size)
    peer.send(contents)
    until_received(host, server, size, through=LOW)
    host.settle(server, through=LOW)
    expect.same_bytes(server.received, contents, "what the data callbacks brought")


@check("server-tick.departure")
@pytest.mark.parametrize("how", ["close", "reset"])
def test_server_tick_departure(host: Host, how: str) -> None:
    """One callback, and the queries know."""
    server, peer = host.connected()
    if how == "close":
        peer.close()
    else:
        peer.reset()
    until_fired(host, server, "disconnect", 1, through=LOW)
    host.settle(server, through=LOW)
    expect.equal(server.count("disconnect"), 1, f"disconnect callbacks after a {how}")
    expect.returns(server.call("server_is_connected"), False, "server_is_connected after the disconnect callback")


@check("server-tick.only-in-tick")
def test_server_tick_only_in_tick(host: Host) -> None:
    """Nothing fires while the queries are asked or nothing is called at all; the ticks then tell of it."""
    server = host.listening()
    peer = host.peer(server.port)
    peer.send(b"first words")
    _nothing_fires(host, server, "a client arrived and sent")
    expect.returns(server.call("server_is_connected"), False, "server_is_connected of a client that no tick took")
    until_received(host, server, 11, through=LOW)
    peer.send(b", more words")
    _nothing_fires(host, server, "the client sent more")
    until_received(host, server, 23, through=LOW)
    peer.close()
    _nothing_fires(host, server, "the client left")
    until_fired(host, server, "disconnect", 1, through=LOW)
    outside = [fired.event.what for fired in server.fired if fired.event.what != "log" and fired.during != LOW]
    expect.equal(outside, [], "callbacks outside server_tick")


def _nothing_fires(host: Host, server: HostObject, after: str) -> None:
    before = server.heard()
    host.silence()
    server.call("server_is_open")
    server.call("server_is_connected")
    expect.equal(server.heard() - before, 0, f"client callbacks without a tick, after {after}")


@check("server-send.reaches-client")
def test_server_send_reaches_client(host: Host) -> None:
    """Calls of several sizes, compared as one row of bytes."""
    server, peer = host.connected()
    said = b""
    for size in (1, 10, 1_000, 40_000, 3):
        part = host.random.randbytes(size)
        expect.returns(server.send(part, through="server_send"), True, f"server_send of {size} bytes")
        said += part
    host.await_peer(peer, len(said), server)
    expect.same_bytes(peer.received, said, "what the client received")


@check("server-send.first-size-bytes")
def test_server_send_first_size_bytes(host: Host) -> None:
    """The rest of the buffer stays at home; the mark that follows would come after it."""
    server, peer = host.connected()
    expect.returns(server.send(b"meant, not meant", 5, through="server_send"), True, "server_send of 5 bytes of 16")
    expect.returns(server.send(b"|", through="server_send"), True, "server_send of the mark")
    host.await_peer(peer, 6, server)
    host.settle(server)
    expect.same_bytes(peer.received, b"meant|", "what the client received")


def _without_client(host: Host, state: str) -> HostObject:
    if state == "made":
        return host.made()
    server = host.listening()
    if state == "departed":
        host.take_client(server).close()
        host.await_departure(server)
    return server


@check("server-send.without-client")
@pytest.mark.parametrize("state", ["made", "listening", "departed"])
def test_server_send_without_client(host: Host, state: str) -> None:
    """An error callback may come with it; the result is false."""
    server = _without_client(host, state)
    expect.returns(server.send(b"to nobody", through="server_send"), False, f"server_send, {state}")


@check("server-send.agrees")
@pytest.mark.parametrize("state", ["made", "listening", "connected", "departed"])
def test_server_send_agrees(host: Host, state: str) -> None:
    """Asked in both ways, in both orders."""
    server, wanted = (host.connected()[0], True) if state == "connected" else (_without_client(host, state), False)
    for through in ("server_send", "send", "server_send"):
        expect.returns(server.send(b"word", through=through), wanted, f"{through}, {state}")


def _bound_anew(host: Host, class_number: int = CLASS_A) -> tuple[HostObject, HostObject, Peer]:
    # The object whose field keeps the handle, the object that is called back from now on, and the client.
    keeper, peer = host.connected()
    target = host.new(class_number)
    _bind(keeper, target)
    return keeper, target, peer


def _bind(keeper: HostObject, target: HostObject) -> None:
    outcome = keeper.call("server_restore", target.number)
    expect.returns(outcome, None, f"server_restore of the handle of {keeper} to {target}")


@check("server-restore.rebinds")
def test_server_restore_rebinds(host: Host) -> None:
    """Data, departure and the next arrival are all told to the new object, and errors, if the old one was told any."""
    lonely, heir = host.listening(), host.new()
    lonely.send(b"nobody", through="server_send")
    _bind(lonely, heir)
    errors = lonely.count("error")
    lonely.send(b"nobody", through="server_send")
    expect.equal(lonely.count("error"), errors, "errors on the old object, with those before")
    expect.equal(heir.count("error") > 0, errors > 0, "whether a send without a client is told on the new object")
    keeper, target, peer = _bound_anew(host)
    peer.send(b"for another")
    until_received(host, target, 11, keeper, through=LOW)
    expect.same_bytes(target.received, b"for another", "what the new object was given")
    peer.close()
    until_fired(host, target, "disconnect", 1, keeper, through=LOW)
    host.peer(keeper.port)
    until_fired(host, target, "connect", 1, keeper, through=LOW)


@check("server-restore.old-object-silent")
def test_server_restore_old_object_silent(host: Host) -> None:
    """The object in whose field the handle still is hears nothing more."""
    keeper, _, peer = _bound_anew(host)
    before = keeper.heard()
    peer.send(b"for another")
    host.settle(keeper, through=LOW)
    peer.close()
    host.settle(keeper, through=LOW)
    host.peer(keeper.port)
    host.settle(keeper, through=LOW)
    expect.equal(keeper.heard() - before, 0, "client callbacks on the old object")


@check("server-restore.fires-nothing")
@pytest.mark.parametrize("waiting", ["bytes", "departure"])
def test_server_restore_fires_nothing(host: Host, waiting: str) -> None:
    """What waits is told by the next tick, not by the call."""
    keeper, peer = host.connected()
    if waiting == "bytes":
        peer.send(b"waiting")
    else:
        peer.close()
    host.silence()
    target, before = host.new(), keeper.heard()
    _bind(keeper, target)
    host.silence()
    expect.equal(keeper.heard() - before, 0, f"client callbacks on the old object while {waiting} waits")
    expect.equal(target.heard(), 0, f"client callbacks on the new object while {waiting} waits")


@check("server-restore.no-second-connect")
def test_server_restore_no_second_connect(host: Host) -> None:
    """The client did not connect again, however often it changes hands."""
    keeper, target, peer = _bound_anew(host)
    host.settle(keeper, through=LOW)
    peer.send(b"still here")
    until_received(host, target, 10, keeper, through=LOW)
    expect.equal(target.client_callbacks(), ["data"], "client callbacks on the new object")
    for owner in (keeper, target):
        _bind(keeper, owner)
        host.settle(keeper, through=LOW)
    expect.equal([keeper.count("connect"), target.count("connect")], [1, 0], "connect callbacks on both, in the end")


@check("server-restore.keeps-client")
def test_server_restore_keeps_client(host: Host) -> None:
    """The connection is the handle's, whoever is called back."""
    keeper, _, peer = _bound_anew(host)
    expect.returns(keeper.call("server_is_connected"), True, "server_is_connected at once")
    host.settle(keeper, through=LOW)
    expect.returns(keeper.call("server_is_connected"), True, "server_is_connected some ticks later")
    expect.returns(keeper.send(b"still yours", through="server_send"), True, "server_send")
    host.until(
        lambda: len(peer.received) >= 11,
        keeper,
        what="11 bytes at the client",
        got=lambda: host.reached(peer),
        through=LOW,
    )
    expect.same_bytes(peer.received, b"still yours", "what the client received")
    expect.equal(peer.closed, None, "what the client sees")


@check("server-restore.costs-nothing")
def test_server_restore_costs_nothing(host: Host) -> None:
    """Whom a handle calls back is all that changes, of it and of the server that the object has beside."""
    keeper, peer = host.connected()
    content, words = host.random.randbytes(WAITING), b"for whoever is called back"
    accepted = fill(host, keeper, peer, content)
    if accepted == WAITING and keeper.send(words, through="server_send") == Value(True):
        content, accepted = content + words, accepted + len(words)
    peer.send(words)
    _bind(keeper, keeper)
    host.tick_once(keeper)
    _bind(keeper, host.new())
    owner, own = host.connected()
    _bind(keeper, owner)
    heard = len(keeper.received)
    if not passed_on(host, peer, content, accepted, keeper, through=LOW):
        return
    until_received(host, owner, len(words) - heard, keeper, through=LOW)
    expect.same_bytes(keeper.received + owner.received, words, "what the objects were given")
    own.send(b"!")
    until_received(host, owner, len(words) - heard + 1)
    for _ in range(2):
        _bind(keeper, keeper)
    peer.send(b"?")
    until_received(host, keeper, heard + 1, through=LOW)
    # A restore after that binds the object that it is given, as ever.
    put_aside(keeper)
    taker = take_over(host, keeper)
    peer.send(b".")
    until_received(host, taker, 1)


@check("server-restore.other-class")
def test_server_restore_other_class(host: Host) -> None:
    """There and back, each time with words for the object of the moment."""
    keeper, target, peer = _bound_anew(host, CLASS_B)
    peer.send(b"to B")
    until_received(host, target, 4, keeper, through=LOW)
    _bind(keeper, keeper)
    peer.send(b"to A")
    until_received(host, keeper, 4, through=LOW)
    host.settle(keeper, through=LOW)
    expect.same_bytes(target.received, b"to B", "what the object of class B was given")
    expect.same_bytes(keeper.received, b"to A", "what the object of class A was given")


@check("lowlevel.two-handles-one-object")
def test_two_handles_one_object(host: Host) -> None:
    """How far an inner tick goes is free; bytes below 128 are those of the one client, and the others of the other."""
    (keeper, first), (owner, second) = host.connected(), host.connected()
    _bind(keeper, owner)
    owner.react("data", "tick")
    low = bytes(byte & 127 for byte in host.random.randbytes(EACH))
    high = bytes(byte | 128 for byte in host.random.randbytes(EACH))
    for peer, content in ((first, low), (second, high)):
        peer.send(content)
        host.until(lambda sent=peer: not sent.unsent, what="the client could send everything")  # type: ignore[misc]
    host.silence()
    # The one that is handed over first is the other's: its object ticks its own server inside.
    host.tick_once(keeper, through=LOW)
    owner.react("data", "none")
    host.until(lambda: len(owner.received) >= 2 * EACH, keeper, owner, what="all bytes", through=LOW)
    host.settle(keeper, owner, through=LOW)
    for wanted, highest in ((low, False), (high, True)):
        got = bytes(byte for byte in owner.received if (byte > 127) is highest)
        expect.same_bytes(got, wanted, f"what the object was given of {'its own' if highest else 'the other'} server")


@check("lowlevel.mixes-with-methods")
def test_lowlevel_mixes_with_methods(host: Host) -> None:
    """Each step of a conversation through the other layer than the step before."""
    server = host.made()
    expect.returns(host.init_free(server, "server_init"), True, "server_init after make_server_adapter")
    expect.returns(server.is_open(), True, "is_open after server_init")
    peer = host.peer(server.port)
    peer.send(b"hello")
    until_fired(host, server, "connect", 1, through="tick")
    until_received(host, server, 5, through=LOW)
    expect.returns(server.send(b"by method, "), True, "send")
    expect.returns(server.send(b"by function", through="server_send"), True, "server_send")
    host.await_peer(peer, 22, server)
    expect.same_bytes(peer.received, b"by method, by function", "what the client received")
    peer.close()
    until_fired(host, server, "disconnect", 1, through=LOW)
    host.settle(server)
    host.settle(server, through=LOW)
    expect.same_bytes(server.received, b"hello", "what the data callbacks brought")
    expect.equal([server.count(name) for name in ("connect", "disconnect")], [1, 1], "connect and disconnect callbacks")


@check("make-server.twice-leaves-nobody")
def test_make_server_twice_leaves_nobody(host: Host) -> None:
    """As of the adapter: what the object had is kept, or ended; a port or a client that nobody owns is neither."""
    server, peer = host.connected()
    outcome = server.call("make_server")
    expect.one_of(outcome, ("true", "false", "refused"), "make_server of an object that has a server with a client")
    if server.is_connected() == Value(True):
        peer.send(b"!")
        until_received(host, server, 1)
        return
    host.await_closed(peer, server)
    if server.is_open() != Value(True):
        host.await_refusal(server.port, f"port {server.port} is freed")
