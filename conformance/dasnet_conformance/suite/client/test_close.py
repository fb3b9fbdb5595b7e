"""Section close: the client ends its connection."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import SHORT_TIMEOUT
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.client_side import (
    await_departure,
    connect,
    connected_client,
    departed_client,
    join,
    made_client,
    serves_again,
    talk,
)
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.listener import LOOPBACK, listen
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.scenes import fill, to_one_that_does_not_read

#: Bytes that are left behind with each server, more than the system's buffers hold for one that does not read, and of
#: each call.
LEFT = 4 << 20
PIECE = 1 << 18


@check("close.server-sees-end")
def test_server_sees_end(host: Host) -> None:
    """End of file and reset are both an end."""
    client, peer = connected_client(host)
    expect.returns(client.close(), None, "close")
    host.await_closed(peer, client)


@check("close.calls-nothing-back")
@pytest.mark.parametrize("waiting", ["bytes", "the departure", "bytes and the departure"])
def test_calls_nothing_back(host: Host, waiting: str) -> None:
    """Whoever closes knows it."""
    client, peer = connected_client(host)
    host.settle(client)
    if waiting != "the departure":
        peer.send(b"too late")
    if waiting != "bytes":
        peer.close()
    host.silence()
    before = client.heard()
    expect.returns(client.close(), None, "close")
    host.settle(client)
    expect.equal(client.heard(), before, "callbacks in close and in ticks after it")


@check("close.twice")
@pytest.mark.parametrize("state", ["closed", "departed", "refused"])
def test_twice(host: Host, state: str) -> None:
    """Of a connection, of one that is gone, and of one that was never made; another client is none of theirs."""
    other, listener = made_client(host), listen(host)
    if state == "refused":
        client, nobody = made_client(host), listen(host, "refuse")
        with expect.needing("connect.refused"):
            expect.one_of(connect(client, nobody, SHORT_TIMEOUT), ("false", "refused"), "connect where nobody listens")
    else:
        client = departed_client(host) if state == "departed" else connected_client(host)[0]
    if state == "closed":
        expect.returns(client.close(), None, "close")
    # What the first one has left free is what the system gives to this one.
    peer = join(other, listener)
    errors = client.count("error")
    expect.returns(client.close(), None, f"close of a client that is {state}")
    expect.equal(client.count("error"), errors, "error callbacks when there was nothing to close")
    talk(host, other, peer)
    serves_again(host, client)


@check("close.before-connect")
def test_before_connect(host: Host) -> None:
    """There is nothing to end."""
    client = made_client(host)
    expect.returns(client.close(), None, "close before any connect")
    serves_again(host, client)


@check("close.accepted-arrives")
@pytest.mark.parametrize("parts", [1, 5, 16, 256])
def test_accepted_arrives(host: Host, parts: int) -> None:
    """A farewell, and more than the system's buffers hold, or as much as is accepted; the server reads after close."""
    client, peer = connected_client(host)
    _closes_behind(host, client, peer, parts, unread=False)


@check("close.half-closed-server")
@pytest.mark.parametrize("seen", [False, True], ids=["unseen", "seen by ticks"])
def test_half_closed_server(host: Host, *, seen: bool) -> None:
    """Whether the end of its words counts as its departure is open before close, and behind close nothing is told."""
    client, peer = connected_client(host)
    content = host.random.randbytes(LEFT)
    accepted = fill(host, client, peer, content, PIECE, needs="client-send.stalled-returns")
    peer.half_close()
    host.silence()
    if seen:
        host.settle(client)
    before = client.heard()
    expect.returns(client.close(), None, "close")
    expect.returns(client.is_connected(), False, "is_connected after close")
    peer.resume_reading()
    host.await_closed(peer, client)
    host.settle(client)
    expect.equal(client.heard(), before, "callbacks in close and in ticks after it")
    # Of a call that was refused a part may have come, since the connection is closed.
    received = peer.received[:accepted] if accepted < LEFT else peer.received
    expect.same_bytes(received, content[:accepted], "what the server received before the end")
    serves_again(host, client)


@check("close.unread-cuts-nothing")
@pytest.mark.parametrize("parts", [1, 16])
def test_unread_cuts_nothing(host: Host, parts: int) -> None:
    """That the server had a word in between must not make its end a reset, which overtakes what was sent."""
    client, peer = connected_client(host)
    peer.pause_reading()
    _closes_behind(host, client, peer, parts, unread=True)


# Sends in pieces to a server that does not read meanwhile, and closes: what was accepted arrives before the end.
def _closes_behind(host: Host, client: HostObject, peer: Peer, parts: int, *, unread: bool) -> None:
    content = host.random.randbytes(parts * 65_536)
    accepted = 0
    with to_one_that_does_not_read(host, "client-send.stalled-returns"):
        while accepted < len(content) and client.send(content[accepted : accepted + 65_536]) == Value(True):
            accepted += 65_536
    refused = accepted < len(content)
    # A refusal may have ended the connection, and what is sent to one that has ended is answered by a reset.
    if unread and not refused:
        peer.send(b"one more thing")
        host.silence()
    expect.returns(client.close(), None, "close")
    if unread:
        host.settle(client)
        peer.resume_reading()
    host.await_closed(peer, client)
    # Of a call that was refused a part may have come, since the connection is closed.
    arrived = len(peer.received) if accepted < len(peer.received) < accepted + 65_536 else accepted
    wanted = content[: arrived if refused else accepted]
    expect.same_bytes(peer.received, wanted, "what the server received before the end")


@check("close.accepted-arrives-at-each")
def test_accepted_arrives_at_each(host: Host) -> None:
    """Two servers that do not read are left with more than the system's buffers hold, and a third one listens."""
    client = made_client(host)
    left: list[tuple[Peer, bytes, bool]] = []
    for _ in range(2):
        with expect.needing("connect.after-close" if left else "connect.succeeds"):
            peer = join(client, listen(host))
        content = host.random.randbytes(LEFT)
        accepted = fill(host, client, peer, content, PIECE, needs="client-send.stalled-returns")
        expect.returns(client.close(), None, "close")
        left.append((peer, content[:accepted], accepted < LEFT))
    with expect.needing("connect.after-close"):
        third = join(client, listen(host))
    talk(host, client, third)
    for peer, wanted, refused in left:
        peer.resume_reading()
        host.await_closed(peer, client)
        # Of a call that was refused a part may have come, since the connection is closed.
        more = refused and len(wanted) < len(peer.received) < len(wanted) + PIECE
        expect.same_bytes(peer.received[: len(wanted)] if more else peer.received, wanted, "what a server received")
    talk(host, client, third)


@check("close.inside-connect")
def test_inside_connect(host: Host) -> None:
    """A client that thinks better of it. What connect says of it is left open."""
    client, listener = made_client(host), listen(host)
    client.react("connect", "close")
    expect.one_of(connect(client, listener), ("true", "false", "refused"), "connect, closed in its callback")
    peer = listener.accept()
    host.until(lambda: client.count("connect") > 0, client, what="a connect callback")
    host.await_closed(peer, client)
    expect.returns(client.is_connected(), False, "is_connected after it")
    client.react("connect", "none")
    serves_again(host, client)


@check("close.inside-data")
@pytest.mark.parametrize("owing", [False, True], ids=["owing nothing", "with bytes still to be sent"])
def test_inside_data(host: Host, *, owing: bool) -> None:
    """It has heard enough; what came with it, and after it, is not delivered."""
    client, peer = connected_client(host)
    if owing and fill(host, client, peer, bytes(LEFT), PIECE, needs="client-send.stalled-returns") < LEFT:
        # Who refuses may have ended the connection for it.
        raise expect.Moot("not asked: not so much is accepted for a server that does not read")
    client.react("data", "close")
    peer.send(host.random.randbytes(500_000))
    host.until(lambda: client.count("data") > 0, client, what="a data callback")
    host.settle(client)
    expect.equal(client.count("data"), 1, "data callbacks, of which the first closed the connection")
    expect.equal(client.count("disconnect"), 0, "disconnect callbacks of a client that closed")
    expect.returns(client.is_connected(), False, "is_connected after it")
    peer.resume_reading()
    host.await_closed(peer, client)
    client.react("data", "none")
    serves_again(host, client)


@check("close.inside-disconnect")
def test_inside_disconnect(host: Host) -> None:
    """A host that cleans up; also where an error tells it that a connect was turned down."""
    client, peer = connected_client(host)
    client.react("error", "close")
    expect.one_of(client.connect(LOOPBACK, 1, SHORT_TIMEOUT), ("false", "refused"), "connect with a connection there")
    if client.did("close"):
        expect.returns(client.is_connected(), False, "is_connected after close inside the error callback")
        host.await_closed(peer, client)
    client.react("error", "none")
    client, peer = connected_client(host)
    client.react("disconnect", "close")
    peer.close()
    await_departure(host, client)
    host.settle(client)
    expect.equal(client.count("disconnect"), 1, "disconnect callbacks of one connection")
    client.react("disconnect", "none")
    serves_again(host, client)


@check("close.of-one-alone")
def test_of_one_alone(host: Host) -> None:
    """Two clients of one server."""
    listener = listen(host)
    one, other = made_client(host), made_client(host)
    join(one, listener)
    peer = join(other, listener)
    one.close()
    one.destroy()
    host.settle(other)
    expect.equal(peer.closed, None, "the other connection's end")
    talk(host, other, peer)
