"""Checks of section `restore`: what happened on the network before the save or in between is told after the restore."""

from __future__ import annotations

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.suite.scenes import (
    fill,
    order,
    passed_on,
    put_aside,
    take_over,
    tick_whatever,
    until_fired,
    until_received,
)

#: More than the system's buffers hold for a client that does not read.
WAITING = 6 << 20


@check("restore.bytes-while-orphaned")
@pytest.mark.parametrize("size", [1, 1_500, 200_000])
def test_bytes_while_orphaned(host: Host, size: int) -> None:
    """Sent in three goes while no object has the handle; more than the system's buffers hold goes on afterwards."""
    server, peer = host.connected()
    put_aside(server)
    contents = host.random.randbytes(3 * size)
    for start in range(0, 3 * size, size):
        peer.send(contents[start : start + size])
    host.silence()
    taker = take_over(host, server)
    # The object that was saved is ticked on, with bytes there that are another one's.
    tick_whatever(host, server, 2)
    until_received(host, taker, 3 * size)
    host.settle(taker)
    expect.same_bytes(taker.received, contents, "what the new object was given")
    expect.same_bytes(server.received, b"", "what the old object was given")


@check("restore.unread-before-save")
@pytest.mark.parametrize(("size", "ticks"), [(15, 0), (300_000, 0), (300_000, 1), (300_000, 2)])
def test_unread_before_save(host: Host, size: int, ticks: int) -> None:
    """The bytes had arrived, no tick came, or too few to deliver them all; then the reload."""
    server, peer = host.connected()
    content = host.random.randbytes(size)
    peer.send(content)
    host.silence()
    for _ in range(ticks):
        host.tick_once(server)
    heard = len(server.received)
    put_aside(server)
    taker = take_over(host, server)
    until_received(host, taker, size - heard)
    host.settle(taker)
    expect.same_bytes(server.received, content[:heard], "what the old object was given")
    expect.same_bytes(taker.received, content[heard:], "what the new object was given")


@check("restore.departure-while-orphaned")
@pytest.mark.parametrize("how", ["close", "reset"])
def test_departure_while_orphaned(host: Host, how: str) -> None:
    """Told once, to the new object."""
    server, peer = host.connected()
    put_aside(server)
    if how == "close":
        peer.close()
    else:
        peer.reset()
    host.silence()
    taker = take_over(host, server)
    until_fired(host, taker, "disconnect", 1)
    host.settle(taker)
    expect.equal(taker.count("disconnect"), 1, "disconnect callbacks on the new object")
    expect.equal(server.count("disconnect"), 0, "disconnect callbacks on the old object")
    expect.returns(taker.is_connected(), False, "is_connected after the departure was told")


@check("restore.departed-with-data")
def test_departed_with_data(host: Host) -> None:
    """A client's last words are not lost because it left before somebody listened."""
    server, peer = host.connected()
    put_aside(server)
    contents = host.random.randbytes(2_000)
    peer.send(contents)
    peer.close()
    host.silence()
    taker = take_over(host, server)
    until_fired(host, taker, "disconnect", 1)
    host.settle(taker)
    expect.same_bytes(taker.received, contents, "what the new object was given")
    expect.equal(order(taker), ["data", "disconnect"], "client callbacks on the new object")
    expect.equal(taker.count("disconnect"), 1, "disconnect callbacks on the new object")


@check("restore.arrival-while-orphaned")
def test_arrival_while_orphaned(host: Host) -> None:
    """The client waits in the listen queue until an object has the handle again."""
    server = host.listening()
    put_aside(server)
    peer = host.peer(server.port)
    peer.send(b"anybody there?")
    host.silence()
    taker = take_over(host, server)
    until_received(host, taker, 14)
    expect.same_bytes(taker.received, b"anybody there?", "what the new object was given")
    expect.equal(order(taker), ["connect", "data"], "client callbacks on the new object")
    expect.equal(order(server), [], "client callbacks on the old object")


@check("restore.exchange-while-orphaned")
def test_exchange_while_orphaned(host: Host) -> None:
    """The object must not take the second client for the first."""
    server, first = host.connected()
    put_aside(server)
    first.close()
    second = host.peer(server.port)
    second.send(b"I am another")
    host.silence()
    taker = take_over(host, server)
    until_received(host, taker, 12)
    expect.same_bytes(taker.received, b"I am another", "what the new object was given")
    expect.equal(order(taker), ["disconnect", "connect", "data"], "client callbacks on the new object")
    expect.equal(second.closed, None, "what the second client sees")


@check("restore.waiting-client-kept")
def test_waiting_client_kept(host: Host) -> None:
    """The queue of waiting clients belongs to the listener and comes along."""
    server, first = host.connected()
    second = host.peer(server.port)
    second.send(b"after you")
    host.silence()
    put_aside(server)
    taker = take_over(host, server)
    host.settle(taker)
    expect.equal(order(taker), [], "client callbacks on the new object while the first client is there")
    first.close()
    until_received(host, taker, 9)
    expect.same_bytes(taker.received, b"after you", "what the new object was given")
    expect.equal(order(taker), ["disconnect", "connect", "data"], "client callbacks on the new object")
    expect.equal(second.closed, None, "what the second client sees")


@check("restore.other-server-meanwhile")
def test_other_server_meanwhile(host: Host) -> None:
    """A save inside the data callback, so that more may have been read than was told: to whom is open (see save)."""
    server, peer = host.connected()
    other, other_peer = host.connected()
    content, words = host.random.randbytes(150_000), host.random.randbytes(3_000)
    server.react("data", "save", 1)
    peer.send(content)
    other_peer.send(words)
    with expect.needing("save.from-data-callback"):
        host.until(lambda: bool(server.did("save")), server, what="a data callback, in which the object is saved")
    until_received(host, other, len(words))
    host.settle(other)
    expect.same_bytes(other.received, words, "what the other server delivered")
    taker = take_over(host, server)
    host.until(
        lambda: len(server.received) + len(taker.received) >= len(content),
        taker,
        other,
        what=f"{len(content)} bytes at the two objects together",
        got=lambda: f"{len(server.received)} of them at the old, {len(taker.received)} at the new",
    )
    host.settle(taker, other)
    expect.same_bytes(server.received + taker.received, content, "what the old and then the new object were given")
    expect.same_bytes(other.received, words, "what the other server delivered in all")


@check("restore.exchanged")
def test_exchanged(host: Host) -> None:
    """More waits for each client than its system holds, and each has said something."""
    served = [host.connected() for _ in range(2)]
    contents = [host.random.randbytes(WAITING) for _ in served]
    words = [b"to the first", b"and to the second"]
    accepted = [fill(host, *pair, content) for pair, content in zip(served, contents, strict=True)]
    for (server, peer), said, orphan in zip(served, words, (1, 2), strict=True):
        peer.send(said)
        put_aside(server, orphan)
    takers = [served[1][0], served[0][0]]
    ports = [server.port for server, _ in served]
    for number in (0, 1):
        with expect.needing("restore.takes-handle"):
            expect.returns(takers[number].restore(number + 1), None, f"restore of orphan {number + 1} crosswise")
        takers[number].port = ports[number]
    for taker, (_, peer), content, size, said in zip(takers, served, contents, accepted, words, strict=True):
        if passed_on(host, peer, content, size, *takers):
            until_received(host, taker, len(said), *takers)
            expect.same_bytes(taker.received, said, f"what the new owner of {peer.name} was given")
