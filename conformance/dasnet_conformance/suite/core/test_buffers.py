"""Section buffers: memory that its owner goes on using, the caller after a send and the program after a delivery."""

from __future__ import annotations

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.suite.scenes import put_aside, serve_one, take_over, until_received
from dasnet_conformance.suite.used_buffers import (
    deliver,
    delivered_stays,
    fill_reused,
    is_kept,
    reads_at_last,
    sent_then_overwritten,
)


@check("buffers.sent-then-overwritten")
@pytest.mark.parametrize(("length", "size"), [(1, 1), (600, 600), (5_000, 4_096), (65_536, 65_536)])
def test_sent_then_overwritten(host: Host, length: int, size: int) -> None:
    """Refused is fine, as nothing is promised about sizes; what was accepted has to be what was given."""
    server, peer = host.connected()
    sent_then_overwritten(host, server, peer, length, size)


@check("buffers.waiting-then-overwritten")
@pytest.mark.parametrize("meanwhile", ["ticks", "bytes come in", "a reload"])
def test_waiting_then_overwritten(host: Host, meanwhile: str) -> None:
    """Small messages between large ones, so that whatever is copied only up to a size, or from one on, shows."""
    server, peer = host.connected()
    peer.pause_reading()
    accepted, refused = fill_reused(host, server)
    if meanwhile == "ticks":
        for _ in range(3):
            host.tick_once(server)
    elif meanwhile == "a reload":
        put_aside(server)
        server = take_over(host, server)
    elif not refused:
        peer.send(bytes(3_000))
        until_received(host, server, 3_000)
    reads_at_last(host, server, peer, accepted, refused)


@check("buffers.delivered-stays")
def test_delivered_stays(host: Host) -> None:
    """Through later deliveries, sends, ticks and echoes."""
    server, peer = host.connected()
    delivered_stays(host, server, peer)


@check("buffers.delivered-outlives-client")
def test_delivered_outlives_client(host: Host) -> None:
    """A program that looks through what was said when the talk is over."""
    server, peer = host.connected()
    deliver(host, server, peer)
    peer.close()
    host.await_departure(server)
    is_kept(host, server, "its client left")
    serve_one(host, server)
    is_kept(host, server, "another client")


@check("buffers.delivered-outlives-server")
def test_delivered_outlives_server(host: Host) -> None:
    """A reload, with the old object still at hand, then the end."""
    server, peer = host.connected()
    deliver(host, server, peer)
    put_aside(server)
    is_kept(host, server, "a save")
    new = take_over(host, server)
    deliver(host, new, peer)
    is_kept(host, server, "a restore into another object")
    with expect.needing("destroy.closes-client"):
        expect.returns(new.destroy(), None, "destroy")
    for each in (server, new):
        is_kept(host, each, "the server was destroyed")
