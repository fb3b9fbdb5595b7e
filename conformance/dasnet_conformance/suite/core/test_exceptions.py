"""Checks of section `exceptions`: each callback that fails, and what waits meanwhile: bytes, clients, departures."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import CLIENT_CALLBACKS, HostObject
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.failing import (
    BURST,
    QUEUED,
    WORDS,
    loses_no_queued_bytes,
    loses_no_waiting_data,
    until_failed,
)
from dasnet_conformance.suite.scenes import (
    ANSWER,
    QUESTION,
    Forgiving,
    fill,
    hear,
    order,
    put_aside,
    serve_in_the_end,
    serve_one,
    take_over,
    until_fired,
    until_received,
    unused_port,
    visit,
)

#: Clients in a row on which a callback fails.
FAILURES = 5

EARLY = b"early words of the second"

in_each_callback = pytest.mark.parametrize("callback", CLIENT_CALLBACKS)


def _failing(host: Host, callback: str) -> tuple[HostObject, Peer]:
    # A server whose callback raises, and the client on which it will, before any further tick.
    if callback == "connect":
        server = host.listening()
        server.react(callback, "raise")
        return server, host.peer(server.port)
    server, peer = host.connected()
    server.react(callback, "raise")
    return server, peer


@check("exceptions.data-waiting")
@pytest.mark.parametrize("callback", ["connect", "data"])
@pytest.mark.parametrize("how_often", ["once", "each time"])
def test_data_waiting(host: Host, callback: str, how_often: str) -> None:
    """The failure comes in the middle of a burst, or as the client is told of."""
    server, peer = _failing(host, callback)
    loses_no_waiting_data(host, server, peer, callback, how_often)


@check("exceptions.client-gone")
@pytest.mark.parametrize(
    ("callback", "how"),
    [("connect", "close"), ("data", "close"), ("data", "reset"), ("disconnect", "close"), ("disconnect", "reset")],
)
def test_client_gone(host: Host, callback: str, how: str) -> None:
    """A reset may take bytes with it, and who gives up on a failed connect need deliver none; twice is never right."""
    server, peer = _failing(host, callback)
    peer.send(WORDS)
    if how == "close":
        peer.close()
    else:
        peer.reset()
    host.silence()
    until_failed(host, server, "disconnect", 1)
    host.settle(Forgiving(server))
    told = [server.count(name) for name in ("connect", "disconnect")]
    expect.equal(told, [1, 1], f"connect and disconnect callbacks, with a failure inside {callback}")
    expect.equal([name for name in order(server) if name != "data"], ["connect", "disconnect"], "their order")
    whole = callback != "connect" and how == "close"
    wanted = WORDS if whole or server.received else b""
    expect.same_bytes(server.received, wanted, f"what was delivered, with a failure inside {callback}")
    expect.equal(order(server)[-1], "disconnect", "the last client callback")


@check("exceptions.second-client-waiting")
@in_each_callback
def test_second_client_waiting(host: Host, callback: str) -> None:
    """It connects before the failure, and nothing that the failure leaves undone may be its loss."""
    server, first = _failing(host, callback)
    second = host.peer(server.port, wait=False)
    second.send(EARLY)
    if callback == "data":
        first.send(WORDS)
    elif callback == "disconnect":
        first.close()
    host.silence()
    until_failed(host, server, callback, 1)
    if server.count(callback) > 1:
        # A server that ends a connection on which a callback failed may have come to the second in the same tick.
        server.react(callback, "none")
        serve_in_the_end(host, server)
        return
    server.react(callback, "none")
    host.settle(server)
    first.close()
    host.until(
        lambda: server.received.endswith(EARLY) and server.count("connect") > 1,
        server,
        what="the second client taken, and what it sent early delivered",
        got=lambda: f"{server.count('connect')} connect callbacks and {host.came(server.received)}",
    )
    expect.returns(server.send(ANSWER), True, "send to the second client")
    host.await_peer(second, len(ANSWER), server)
    second.close()
    until_failed(host, server, "disconnect", 2)
    host.settle(server)
    expect.same_bytes(second.received, ANSWER, "what the second client received")
    wanted = (WORDS if callback == "data" else b"") + EARLY
    expect.same_bytes(server.received, wanted, "what was delivered of both clients")
    names = [name for name in server.client_callbacks() if name != "data"]
    expect.equal(names, ["connect", "disconnect"] * 2, "connect and disconnect callbacks of both clients")


@check("exceptions.queued-bytes")
def test_queued_bytes(host: Host) -> None:
    """The client reads at last what was promised to it before its words made a callback fail."""
    server, peer = host.connected()
    loses_no_queued_bytes(host, server, peer, "send.stalled-returns")


@check("exceptions.queue-ends-with-its-client")
@pytest.mark.parametrize("callback", ["error", "disconnect"])
@pytest.mark.parametrize("how", ["close", "reset"])
def test_queue_ends_with_its_client(host: Host, callback: str, how: str) -> None:
    """Clearing up must not stand behind a call that can fail."""
    server, peer = host.connected()
    content = host.random.randbytes(QUEUED)
    fill(host, server, peer, content)
    server.react(callback, "raise")
    if how == "close":
        peer.close()
    else:
        peer.reset()
    until_failed(host, server, "disconnect", 1)
    server.react(callback, "none")
    host.settle(server)
    with expect.needing("callbacks.raise-keeps-serving"):
        following = host.take_client(server)
    host.settle(server)
    expect.same_bytes(following.received, b"", "what the next client received, to which nothing was sent")


@check("exceptions.every-client-told-once")
@pytest.mark.parametrize("failing", [*CLIENT_CALLBACKS, "all three", "log"])
def test_every_client_told_once(host: Host, failing: str) -> None:
    """What a single failure leaves behind may only add up over several. Who logs nothing cannot fail in a log."""
    server = host.listening()
    callbacks = CLIENT_CALLBACKS if failing == "all three" else (failing,)
    for callback in callbacks:
        server.react(callback, "raise")
    sent: list[tuple[bytes, bool]] = []
    for number in range(1, FAILURES + 1):
        words = b"client %d|" % number
        peer = host.peer(server.port)
        peer.send(words)
        until_failed(host, server, "connect", number)
        host.until(
            lambda words=words, peer=peer: server.received.endswith(words) or peer.closed is not None,  # type: ignore[misc]
            Forgiving(server),
            what=f"what client {number} sent in data callbacks, or the end of its connection",
        )
        sent.append((words, peer.closed is None or failing in ("data", "disconnect")))
        peer.close()
        until_failed(host, server, "disconnect", number)
    host.settle(Forgiving(server))
    names = [name for name in server.client_callbacks() if name != "data"]
    expect.equal(names, ["connect", "disconnect"] * FAILURES, f"with failures inside {failing}, the callbacks")
    content = bytearray()
    for words, whole in sent:
        # Of a client whose connection was ended for a failed connect, what it had sent may still be told.
        content += words if whole or server.received[len(content) :].startswith(words) else b""
    expect.same_bytes(server.received, content, f"what was delivered, with failures inside {failing}")
    for callback in callbacks:
        server.react(callback, "none")
    serve_in_the_end(host, server)


@check("exceptions.disconnect-leaves-nobody")
@pytest.mark.parametrize("how", ["close", "reset"])
def test_disconnect_leaves_nobody(host: Host, how: str) -> None:
    """The state after a departure, as if the callback had returned."""
    server, peer = _failing(host, "disconnect")
    if how == "close":
        peer.close()
    else:
        peer.reset()
    until_failed(host, server, "disconnect", 1)
    host.settle(Forgiving(server))
    expect.equal(server.count("disconnect"), 1, "disconnect callbacks, the first of which failed")
    expect.returns(server.has_session(), False, "has_session after a failure inside disconnect")
    expect.returns(server.is_open(), True, "is_open after a failure inside disconnect")
    expect.returns(server.is_connected(), False, "is_connected after a failure inside disconnect")
    expect.returns(server.send(ANSWER), False, "send after a failure inside disconnect")


@check("exceptions.inside-init")
@pytest.mark.parametrize("callback", ["log", "error"])
def test_inside_init(host: Host, callback: str) -> None:
    """What init itself says is open: the object is open and serves, or it is not and nothing is left of the attempt."""
    occupied, server = host.listening(), host.made()
    port = unused_port(host)
    server.react(callback, "raise")
    server.init(occupied.port if callback == "error" else port)
    server.react(callback, "none")
    if server.is_open() == Value(True):
        expect.equal(callback, "log", "the callback that failed in an init after which the server is open")
        server.port = port
    else:
        if callback == "log":
            host.await_refusal(port, "nobody listens on the port of an init after which the server is not open")
        expect.returns(host.init_free(server), True, f"init after the {callback} callback failed inside one")
    serve_one(host, server)


@check("exceptions.before-reload")
@in_each_callback
def test_before_reload(host: Host, callback: str) -> None:
    """A script that fails is what one mends and reloads: the next owner finds what this one would have found."""
    server, peer = _failing(host, callback)
    content = host.random.randbytes(BURST)
    peer.send(content)
    if callback == "disconnect":
        peer.close()
    until_failed(host, server, callback, 1)
    put_aside(server)
    taker = take_over(host, server)
    host.settle(taker)
    told = [server.count(name) + taker.count(name) for name in ("connect", "disconnect")]
    kept = taker.is_connected() == Value(True)
    expect.equal(told, [1, 0 if kept else 1], f"connects and disconnects on both owners, {callback} having failed once")
    if kept:
        until_received(host, taker, len(content) - len(server.received))
        hear(host, taker, peer)
        expect.same_bytes(server.received + taker.received, content + QUESTION, "what both owners were given")
        peer.close()
        until_fired(host, taker, "disconnect", 1)
    visit(host, taker)


@check("exceptions.before-destroy")
@in_each_callback
def test_before_destroy(host: Host, callback: str) -> None:
    """What the failure left half done is no reason to leave it behind."""
    server, peer = _failing(host, callback)
    peer.send(WORDS)
    if callback == "disconnect":
        peer.close()
    until_failed(host, server, callback, 1)
    expect.returns(server.destroy(), None, f"destroy, once a {callback} callback has failed")
    if callback != "disconnect":
        host.await_closed(peer)
    host.await_refusal(server.port, f"port {server.port} is freed")
