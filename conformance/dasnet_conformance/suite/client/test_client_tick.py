"""Section client-tick: where everything about a connection is told."""

from __future__ import annotations

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import SHORT_TIMEOUT
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.client_side import (
    await_departure,
    await_received,
    connect,
    connected_client,
    departed_client,
    join,
    made_client,
    serves_again,
    talk,
)
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.listener import listen
from dasnet_conformance.stage.many import ticks
from dasnet_conformance.suite.scenes import until_fired

IDLE_TICKS = 50
#: Ticks of a program that waits: beyond the thousand at which something is thought to be over.
MANY_IDLE_TICKS = 1_100


@check("client-tick.delivers")
def test_delivers(host: Host) -> None:
    """The plain case."""
    client, peer = connected_client(host)
    peer.send(b"hello, client")
    host.until(lambda: len(client.received) >= 13, client, what="13 bytes in data callbacks")
    expect.same_bytes(client.received, b"hello, client", "what the server sent")


@check("client-tick.only-inside")
def test_only_inside(host: Host) -> None:
    """Bytes wait, then the end waits; both are told when a tick comes."""
    client, peer = connected_client(host)
    host.settle(client)
    before, fired = client.heard(), len(client.fired)
    peer.send(b"not yet")
    host.silence()
    expect.equal(client.heard(), before, "callbacks without a tick, as bytes came")
    peer.close()
    host.silence()
    expect.equal(client.heard(), before, "callbacks without a tick, as the server left")
    await_departure(host, client)
    during = {each.during for each in client.fired[fired:] if each.event.what in ("data", "disconnect")}
    expect.equal(during, {"tick"}, "the calls in which they were told")
    expect.same_bytes(client.received, b"not yet", "what the server sent")


@check("client-tick.notices-departure")
def test_notices_departure(host: Host) -> None:
    """The server closes in the orderly way."""
    client, peer = connected_client(host)
    peer.close()
    until_fired(host, client, "disconnect", 1)


@check("client-tick.idle")
def test_idle(host: Host) -> None:
    """Some that are seen one by one, and many, as in a program that waits."""
    client, peer = connected_client(host)
    host.settle(client)
    fired = len(client.fired)
    for _ in range(IDLE_TICKS):
        host.tick_once(client)
    count = IDLE_TICKS + ticks(host, client, MANY_IDLE_TICKS)
    told = [each.event.what for each in client.fired[fired:] if each.event.what != "log"]
    expect.equal(told, [], f"callbacks in {count} idle ticks")
    expect.equal(peer.closed, None, "the connection's end")
    talk(host, client, peer)


@check("client-tick.without-connection")
def test_without_connection(host: Host) -> None:
    """Four ways to have none."""
    fresh, failed, left = made_client(host), made_client(host), departed_client(host)
    connect(failed, listen(host, "refuse"), SHORT_TIMEOUT)
    closed, _ = connected_client(host)
    closed.close()
    for client in (fresh, failed, left, closed):
        before = client.heard()
        for _ in range(IDLE_TICKS):
            host.tick_once(client)
        expect.equal(client.heard(), before, f"callbacks in ticks of {client}, which has no connection")


@check("client-tick.inside-callback")
@pytest.mark.parametrize("callback", ["connect", "data", "disconnect", "error"])
def test_inside_callback(host: Host, callback: str) -> None:
    """It may do more at once, do nothing, or be refused; the server speaks and leaves, and each is told once."""
    client, listener = made_client(host), listen(host)
    client.react(callback, "tick")
    if callback == "error":
        outcome = connect(client, listen(host, "refuse"), SHORT_TIMEOUT)
        expect.one_of(outcome, ("false", "refused"), "connect where nobody listens")
        serves_again(host, client)
        return
    peer = join(client, listener)
    content = host.random.randbytes(300_000)
    peer.send(content)
    await_received(host, client, len(content))
    peer.close()
    until_fired(host, client, "disconnect", 1)
    host.settle(client)
    expect.same_bytes(client.received, content, "what the server sent")
    told = [name for name in client.client_callbacks() if name != "data"]
    expect.equal(told, ["connect", "disconnect"], "what was told beside data, in order")
    serves_again(host, client)


@check("client-tick.query-changes-nothing")
def test_query_changes_nothing(host: Host) -> None:
    """Bytes wait meanwhile."""
    client, peer = connected_client(host)
    host.settle(client)
    peer.send(b"waiting")
    host.silence()
    before = len(client.fired)
    for _ in range(IDLE_TICKS):
        expect.returns(client.is_connected(), True, "is_connected with a connection")
    expect.equal(len(client.fired), before, "callbacks while is_connected was asked")
    await_received(host, client, 7)
    expect.same_bytes(client.received, b"waiting", "what the server sent")
