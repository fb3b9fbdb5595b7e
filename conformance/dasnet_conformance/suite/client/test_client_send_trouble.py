"""Section client-send: servers that left, that do not read, and that flood."""

from __future__ import annotations

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.client_side import connected_client, serves_again
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.reading import reading_meanwhile
from dasnet_conformance.suite.pace import pace_of
from dasnet_conformance.suite.scenes import (
    accepted_echoes,
    fill,
    send_many_small,
    to_one_that_does_not_read,
    until_fired,
    until_received,
)

MEBIBYTE = 1 << 20
#: Steps of a server that reads a little: a system tells of room for more once a third of its buffer is free again.
GO = 4


@check("client-send.to-departed")
@pytest.mark.parametrize("how", ["closed", "reset"])
def test_to_departed(host: Host, how: str) -> None:
    """What each send says is left open; the process that sends must not be ended for it."""
    client, peer = connected_client(host)
    if how == "closed":
        peer.close()
    else:
        peer.reset()
    host.silence()
    for _ in range(5):
        expect.one_of(client.send(b"anybody?"), ("true", "false", "refused"), f"send to a server that {how}")
    until_fired(host, client, "disconnect", 1)
    host.settle(client)
    expect.equal(client.count("disconnect"), 1, "disconnect callbacks of one connection")
    serves_again(host, client)


@check("client-send.stalled-returns")
def test_stalled_returns(host: Host) -> None:
    """More than the system's buffers hold; each call may say yes or no."""
    client, peer = connected_client(host)
    peer.pause_reading()
    piece = host.random.randbytes(4096)
    for _ in range(24):
        outcome = client.send(piece, repeat=256)
        expect.one_of(outcome, ("true", "false"), "send of a mebibyte to a server that does not read")


@check("client-send.stalled-accepted-arrives")
def test_stalled_accepted_arrives(host: Host) -> None:
    """Until all is accepted or a part refused; then the server reads. What asks for nothing or too much is no part."""
    client, peer = connected_client(host)
    content = host.random.randbytes(12 * MEBIBYTE)
    accepted = fill(host, client, peer, content, needs="client-send.stalled-returns")
    expected = bytearray(content[:accepted])
    for size in (0, -1, 1_000_005):
        client.send(b"short", size)
    # There is room in the system for a small one, and still it has its place behind all that waits.
    peer.resume_reading()
    for _ in range(GO):
        host.step_peers()
    peer.pause_reading()
    with to_one_that_does_not_read(host, "client-send.stalled-returns"):
        for part in (b"!", b"a short one"):
            if expect.one_of(client.send(part), ("true", "false"), "send of a short message") == "true":
                expected += part
    expected += b"".join(send_many_small(host, client, "client-send.stalled-returns"))
    peer.resume_reading()
    host.await_peer(peer, len(expected), client)
    host.settle(client)
    received = peer.received[: len(expected)]
    expect.same_bytes(received, expected, "what the server received of what was accepted")


@check("client-send.both-flood")
def test_both_flood(host: Host) -> None:
    """Whoever waits until the other one reads waits for ever."""
    client, peer = connected_client(host)
    client.react("data", "echo")
    pace = pace_of(host, client, peer, lambda: len(client.received))
    content = host.random.randbytes(4096) * (pace.within(8 * MEBIBYTE) // 4096)
    heard, sent_back = len(client.received), len(peer.received)
    with reading_meanwhile(host):
        peer.send(content)
        until_received(host, client, heard + len(content))
        expected = accepted_echoes(client)
        host.await_peer(peer, len(expected), client)
        host.settle(client)
    expect.same_bytes(client.received[heard:], content, "what was delivered")
    expect.same_bytes(peer.received[sent_back:], expected[sent_back:], "what came back of what send accepted")
