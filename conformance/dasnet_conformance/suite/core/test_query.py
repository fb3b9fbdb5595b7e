"""Section query: is_open, is_connected and has_session."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dasnet_adapters.contract import Outcome
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject

QUERIES = ("has_session", "is_open", "is_connected")
WORD = b"!"


@check("query.is-open-independent-of-client")
def test_is_open_independent_of_client(host: Host) -> None:
    """Before, with and after a client."""
    server = host.listening()
    expect.returns(server.is_open(), True, "is_open without a client")
    peer = host.take_client(server)
    expect.returns(server.is_open(), True, "is_open with a client")
    peer.close()
    host.await_departure(server)
    expect.returns(server.is_open(), True, "is_open after the client left")


def _follows_client(host: Host, ask: Callable[[HostObject], Outcome], name: str) -> None:
    server = host.listening()
    for _ in range(2):
        expect.returns(ask(server), False, f"{name} without a client")
        peer = host.take_client(server)
        expect.returns(ask(server), True, f"{name} with a client")
        peer.close()
        host.await_departure(server)
    expect.returns(ask(server), False, f"{name} after the client left")


@check("query.is-connected-follows-client")
def test_is_connected_follows_client(host: Host) -> None:
    """Two clients, one after the other."""
    _follows_client(host, HostObject.is_connected, "is_connected")


@check("query.has-session-follows-client")
def test_has_session_follows_client(host: Host) -> None:
    """Two clients, one after the other."""
    _follows_client(host, HostObject.has_session, "has_session")


def _departed(host: Host) -> HostObject:
    server, peer = host.connected()
    peer.close()
    host.await_departure(server)
    return server


SETTLED: dict[str, Callable[[Host], HostObject]] = {
    "handle-made": Host.made,
    "listening": Host.listening,
    "connected": lambda host: host.connected()[0],
    "departed": _departed,
}


@check("query.changes-nothing")
@pytest.mark.parametrize("state", SETTLED)
def test_changes_nothing(host: Host, state: str) -> None:
    """States in which nothing waits to be noticed, so that only the asking could change an answer."""
    server = SETTLED[state](host)
    for query in QUERIES:
        first = server.call(query)
        for _ in range(99):
            expect.equal(expect.spell(server.call(query)), expect.spell(first), f"{query}, asked again")


@check("query.fires-nothing")
@pytest.mark.parametrize("waiting", ["client", "bytes", "departure"])
def test_fires_nothing(host: Host, waiting: str) -> None:
    """Something waits for a tick; asking a hundred times must not bring it out."""
    if waiting == "client":
        server = host.listening()
        host.peer(server.port)
    else:
        server, peer = host.connected()
        if waiting == "bytes":
            peer.send(b"for the next tick")
        else:
            peer.close()
    host.silence()
    before = len(server.fired)
    for _ in range(100):
        for query in QUERIES:
            server.call(query)
    fired = [f.event.what for f in server.fired[before:]]
    expect.equal(fired, [], "callbacks that fired in queries")


@check("query.answers-boolean")
@pytest.mark.parametrize("state", SETTLED)
def test_answers_boolean(host: Host, state: str) -> None:
    """Either answer is a boolean; an error or no value is none."""
    server = SETTLED[state](host)
    for query in QUERIES:
        expect.one_of(server.call(query), host.allowed(), query)


@check("query.is-open-after-many-clients")
def test_is_open_after_many_clients(host: Host) -> None:
    """Ten clients wear nothing out."""
    server = host.listening()
    for _ in range(10):
        host.take_client(server).close()
        host.await_departure(server)
        expect.returns(server.is_open(), True, "is_open after a client left")
    host.take_client(server)


@check("query.not-connected-by-waiting-client")
def test_not_connected_by_waiting_client(host: Host) -> None:
    """Whenever is_connected is true, there is somebody to send to, whether the connect has fired already or not."""
    server, first = host.connected()
    second = host.peer(server.port)
    first.close()
    promised = b""

    def taken() -> bool:
        nonlocal promised
        connected = expect.name_of(server.is_connected()) == "true"
        balance = server.count("connect") - server.count("disconnect")
        if connected and not balance:
            # Taken by one tick, and told by a later one.
            expect.returns(server.send(WORD), True, "send while is_connected is true, and no connect has fired")
            promised += WORD
        elif server.count("disconnect"):
            expect.equal(connected, balance == 1, "is_connected, compared with connects less disconnects")
        return server.count("connect") == 2

    host.until(taken, server, what="the second client is taken")
    host.await_peer(second, len(promised), server)
    expect.same_bytes(second.received, promised, "what the second client received")
    expect.equal(second.closed, None, "the second client's end")
