"""Section buffers: memory that its owner goes on using, the caller after a send and the program after a delivery.

The driver does the overwriting, and the looking again (`send_reused`, `kept`); where it does not offer that, the
question cannot be put.
"""

from __future__ import annotations

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.optional import offered
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.reading import reading_meanwhile
from dasnet_conformance.suite.scenes import put_aside, serve_one, take_over, to_one_that_does_not_read, until_received

#: Sizes of messages that follow each other while the client does not read: small ones between large ones.
STALLED_SIZES = (96, 262_144, 8, 1_000_000, 1, 4_096)
#: Bytes in all, more than the system takes for a client that does not read.
STALLED_TOTAL = 8 << 20

#: Sizes of deliveries, smaller after larger, so that a buffer which is used again is overwritten in part and whole.
DELIVERIES = (5_000, 10, 5_000, 1, 20_000, 300)
#: Several reads of most servers, each as large as it has room for.
BURST = 300_000


def _send_reused(host: Host, server: HostObject, data: bytes, size: int | None = None, repeat: int = 1) -> bool:
    whole = len(data) * repeat
    outcome = offered(host, "send_reused", server.number, data, repeat, whole if size is None else size)
    return expect.one_of(outcome, ("true", "false"), "send from a buffer that is used again") == "true"


@check("buffers.sent-then-overwritten")
@pytest.mark.parametrize(("length", "size"), [(1, 1), (600, 600), (5_000, 4_096), (65_536, 65_536)])
def test_sent_then_overwritten(host: Host, length: int, size: int) -> None:
    """Refused is fine, as nothing is promised about sizes; what was accepted has to be what was given."""
    server, peer = host.connected()
    expected = bytearray()
    with reading_meanwhile(host):
        for _ in range(3):
            content = host.random.randbytes(length)
            if _send_reused(host, server, content, size):
                expected += content[:size]
    # Before that a queue may be full to its last byte.
    host.await_peer(peer, len(expected), server)
    expect.returns(server.send(b"!"), True, "send of one byte afterwards")
    expected += b"!"
    host.await_peer(peer, len(expected), server)
    host.settle(server)
    expect.same_bytes(peer.received, expected, "what the client received from buffers that were used again at once")


# Numbered messages of changing size to a client that does not read, up to a total or a refusal: what was accepted, and
# what was refused.
def _fill(host: Host, server: HostObject) -> tuple[bytearray, bytes]:
    accepted = bytearray()
    number = 0
    with to_one_that_does_not_read(host):
        while len(accepted) < STALLED_TOTAL:
            size = STALLED_SIZES[number % len(STALLED_SIZES)]
            piece = b"%07d|" % (number + 1)
            repeat = -(-size // len(piece))
            if not _send_reused(host, server, piece, size, repeat):
                return accepted, (piece * repeat)[:size]
            accepted += (piece * repeat)[:size]
            number += 1
    return accepted, b""


def _reads_at_last(host: Host, server: HostObject, peer: Peer, accepted: bytearray, refused: bytes) -> None:
    peer.resume_reading()
    host.until(
        lambda: len(peer.received) >= len(accepted) or (bool(refused) and peer.closed is not None),
        server,
        what=f"{len(accepted)} bytes that send accepted",
        got=lambda: host.reached(peer),
    )
    # Where a send was refused, the connection may have been closed; what a refused call leaves is judged elsewhere.
    arrived = min(len(peer.received), len(accepted))
    expect.same_bytes(peer.received[:arrived], accepted[:arrived], "what waited, from buffers that were used again")


@check("buffers.waiting-then-overwritten")
@pytest.mark.parametrize("meanwhile", ["ticks", "bytes come in", "a reload"])
def test_waiting_then_overwritten(host: Host, meanwhile: str) -> None:
    """Small messages between large ones, so that whatever is copied only up to a size, or from one on, shows."""
    server, peer = host.connected()
    peer.pause_reading()
    accepted, refused = _fill(host, server)
    if meanwhile == "ticks":
        for _ in range(3):
            host.tick_once(server)
    elif meanwhile == "a reload":
        put_aside(server)
        server = take_over(host, server)
    elif not refused:
        peer.send(bytes(3_000))
        until_received(host, server, 3_000)
    _reads_at_last(host, server, peer, accepted, refused)


def _delivered(host: Host, server: HostObject, peer: Peer) -> None:
    # One after the other, so that each is a delivery of its own.
    for size in DELIVERIES:
        heard = len(server.received)
        peer.send(host.random.randbytes(size))
        until_received(host, server, heard + size)


def _is_kept(host: Host, server: HostObject, after: str) -> None:
    outcome = offered(host, "kept", server.number)
    expect.one_of(outcome, host.allowed(), f"whether what was delivered is what it was, after {after}")


@check("buffers.delivered-stays")
def test_delivered_stays(host: Host) -> None:
    """A program that collects what comes until a message is whole."""
    server, peer = host.connected()
    peer.send(host.random.randbytes(BURST))
    until_received(host, server, BURST)
    _is_kept(host, server, "the deliveries of one burst")
    _delivered(host, server, peer)
    _is_kept(host, server, "later deliveries")
    for size in DELIVERIES:
        server.send(b"x" * size)
        host.tick_once(server)
    _is_kept(host, server, "sends")
    host.settle(server)
    _is_kept(host, server, "ticks")
    server.react("data", "echo")
    _delivered(host, server, peer)
    _is_kept(host, server, "echoes")


@check("buffers.delivered-outlives-client")
def test_delivered_outlives_client(host: Host) -> None:
    """A program that looks through what was said when the talk is over."""
    server, peer = host.connected()
    _delivered(host, server, peer)
    peer.close()
    host.await_departure(server)
    _is_kept(host, server, "its client left")
    serve_one(host, server)
    _is_kept(host, server, "another client")


@check("buffers.delivered-outlives-server")
def test_delivered_outlives_server(host: Host) -> None:
    """A reload, with the old object still at hand, then the end."""
    server, peer = host.connected()
    _delivered(host, server, peer)
    put_aside(server)
    _is_kept(host, server, "a save")
    new = take_over(host, server)
    _delivered(host, new, peer)
    _is_kept(host, server, "a restore into another object")
    with expect.needing("destroy.closes-client"):
        expect.returns(new.destroy(), None, "destroy")
    for each in (server, new):
        _is_kept(host, each, "the server was destroyed")
