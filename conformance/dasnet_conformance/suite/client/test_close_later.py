"""Section close, and what comes later: what is left of a closed connection, and a close or an end inside an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import SETTLING_TICKS
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.client_side import (
    connect,
    connected_client,
    join,
    made_client,
    serves_again,
    talk,
)
from dasnet_conformance.stage.descriptors import many_at_once
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.listener import listen
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.scenes import fill, fill_to_the_brim, tick_whatever, until_fired

#: Bytes that are left behind, more than the system's buffers hold for a server that does not read, and of each call.
LEFT = 4 << 20
PIECE = 1 << 18
#: Milliseconds for a connect that is refused at once.
SHORT_TIMEOUT = 1_000
#: Sends to a server that has left: the first may still find room.
SENDS = 50


@check("close.left-behind-apart")
@pytest.mark.parametrize("then", ["reads", "speaks", "breaks off"])
def test_left_behind_apart(host: Host, then: str) -> None:
    """A second close, a connect that fails, a server that comes and goes: none is the first one's business."""
    client = made_client(host)
    first = join(client, listen(host))
    content = host.random.randbytes(LEFT)
    accepted = fill(host, client, first, content, PIECE, needs="client-send.stalled-returns")
    for again in ("", " again"):
        expect.returns(client.close(), None, f"close{again}")
    outcome = connect(client, listen(host, "refuse"), SHORT_TIMEOUT)
    expect.one_of(outcome, ("false", "refused"), "connect where nobody listens")
    with expect.needing("connect.after-close"):
        second = join(client, listen(host))
    second.close()
    until_fired(host, client, "disconnect", 1)
    with expect.needing("connect.after-departure"):
        third = join(client, listen(host))
    if then == "reads":
        first.resume_reading()
        host.await_closed(first, client)
        # Of a call that was refused a part may have come, since the connection is closed.
        more = accepted < LEFT and accepted < len(first.received) < accepted + PIECE
        got = first.received[:accepted] if more else first.received
        expect.same_bytes(got, content[:accepted], "what the first server received")
    elif then == "speaks":
        first.send(b"from the first")
    else:
        first.reset()
    host.settle(client)
    expect.same_bytes(client.received, b"", f"what was delivered, when the first server {then}")
    talk(host, client, third)
    host.settle(client)
    told = [name for name in client.client_callbacks() if name != "data"]
    wanted = ["connect", "connect", "disconnect", "connect"]
    expect.equal(told, wanted, f"what was told beside data, when the first server {then}")


def _refused(host: Host, client: HostObject, action: str) -> Peer | None:
    client.react("error", action)
    outcome = connect(client, listen(host, "refuse"), SHORT_TIMEOUT)
    expect.one_of(outcome, ("false", "refused"), "connect where nobody listens")
    return None


def _one_too_many(host: Host, client: HostObject, action: str) -> Peer | None:
    peer = join(client, listen(host))
    client.react("error", action)
    expect.one_of(connect(client, listen(host)), ("false", "refused"), "connect with a connection there")
    return peer


def _to_nobody(_: Host, client: HostObject, action: str) -> Peer | None:
    client.react("error", action)
    expect.one_of(client.send(b"to nobody"), ("false", "refused"), "send without a connection")
    return None


def _to_one_that_left(host: Host, client: HostObject, action: str) -> Peer | None:
    peer = join(client, listen(host))
    client.react("error", action)
    peer.reset()
    host.silence()
    for _ in range(SENDS):
        if client.send(b"to one that left") != Value(True):
            break
    return None


#: What a client's error callback comes from; gives the server that is there then, if any.
_TROUBLE: Final[dict[str, Callable[[Host, HostObject, str], Peer | None]]] = {
    "a connect that is refused": _refused,
    "a connect too many": _one_too_many,
    "a send to nobody": _to_nobody,
    "a send to one that left": _to_one_that_left,
}

_of_each = pytest.mark.parametrize("trouble", _TROUBLE)


def _inside(host: Host, trouble: str, action: str) -> HostObject:
    client = made_client(host)
    peer = _TROUBLE[trouble](host, client, action)
    if not client.did(action):
        raise expect.Moot(f"{trouble} fired no error callback: whether it has to is judged elsewhere")
    client.react("error", "none")
    if peer is not None:
        host.await_closed(peer, *([client] if action == "close" else []))
    return client


@check("close.inside-error")
@_of_each
def test_inside_error(host: Host, trouble: str) -> None:
    """A host that gives up; the call that failed finds no connection, and the next connect begins anew."""
    client = _inside(host, trouble, "close")
    expect.returns(client.is_connected(), False, "is_connected after it")
    departures = client.count("disconnect")
    host.settle(client)
    expect.equal(client.count("disconnect"), departures, "disconnect callbacks of ticks after it")
    serves_again(host, client)


@check("client-destroy.inside-error")
@_of_each
def test_destroy_inside_error(host: Host, trouble: str) -> None:
    """The call that failed comes back to an object that is no more."""
    client = _inside(host, trouble, "destroy")
    before = client.heard()
    tick_whatever(host, client, SETTLING_TICKS)
    expect.equal(client.heard() - before, 0, "callbacks after the object was destroyed")
    serves_again(host, made_client(host))


@check("client-robustness.never-reading-server")
def test_never_reading_server(host: Host) -> None:
    """How much waits at most is a choice; what waited for a server that left is no part of it any more."""
    client, peer = connected_client(host)
    content = host.random.randbytes(2 * LEFT)
    fill(host, client, peer, content, PIECE, needs="client-send.stalled-returns")
    with expect.needing("client-send.stalled-returns"):
        fill_to_the_brim(host, client, PIECE // 4)
    peer.reset()
    until_fired(host, client, "disconnect", 1)
    serves_again(host, client)


#: Clients at the same time: past what a system waits for at once that takes 64.
MANY = 70


@check("connect.many-at-once")
def test_many_at_once(host: Host) -> None:
    """Nobody promises how many, and a table of a few places is none that a user could see."""
    with many_at_once():
        _all_connected(host)


def _all_connected(host: Host) -> None:
    listener = listen(host)
    clients = [made_client(host) for _ in range(MANY)]
    peers: list[Peer] = []
    for number, client in enumerate(clients, start=1):
        expect.returns(connect(client, listener), True, f"connect of client {number}")
        peers.append(listener.accept())
    for number, (client, peer) in enumerate(zip(clients, peers, strict=True), start=1):
        expect.returns(client.is_connected(), True, f"is_connected of client {number} of {MANY}")
        peer.send(b"!")
        host.until(lambda heard=client: heard.received == b"!", client, what=f"a byte at client {number}")  # type: ignore[misc]
