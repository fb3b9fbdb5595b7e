"""Checks of section `robustness`: clients at their worst, and the next one served all the same."""

from __future__ import annotations

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.suite.pace import rounds
from dasnet_conformance.suite.scenes import (
    fill_to_the_brim,
    serve_in_the_end,
    serve_one,
    to_one_that_does_not_read,
    until_fired,
    until_fired_soon,
    until_received,
)
from dasnet_conformance.suite.ways import QUERIES

#: More than a process has descriptors for, by the limit of most systems.
STORM = 1_100
SILENT_CLIENTS = 50
QUITTERS = 2
NOISE = 1 << 20
SMALL_PACKETS = 2_000
UNREAD_PIECE = 1 << 18
#: Together more than the system takes for a client that does not read, so that some of it must be left over.
UNREAD_PIECES = 32


def _storm(host: Host, how: str) -> None:
    # Each client is taken before it leaves, so at most two are under way: one that leaves and one that waits.
    server = host.listening()
    number = 0
    first: dict[str, str] = {}
    for number in rounds(STORM):
        peer = host.peer(server.port)
        until_fired_soon(host, server, "connect", number)
        # What they say of the first client is judged elsewhere; here, that they go on saying it.
        query = QUERIES[number % len(QUERIES)]
        said = expect.spell(server.call(query))
        expect.equal(
            said, first.setdefault(query, said), f"{query} with client number {number}, compared with the first"
        )
        if how == "close":
            peer.close()
        else:
            peer.reset()
        host.dismiss(peer)
    until_fired(host, server, "disconnect", number)
    host.settle(server)
    told = [server.count(name) for name in ("connect", "disconnect")]
    expect.equal(told, [number, number], "connect and disconnect callbacks")
    serve_one(host, server)


@check("robustness.connection-storm")
def test_connection_storm(host: Host) -> None:
    """A port scanner, or a client in a loop."""
    _storm(host, "close")


@check("robustness.reset-storm")
def test_reset_storm(host: Host) -> None:
    """The same, in the abortive way."""
    _storm(host, "reset")


@check("robustness.silent-clients")
def test_silent_clients(host: Host) -> None:
    """Nothing is owed to a client that says nothing."""
    server = host.listening()
    for number in rounds(SILENT_CLIENTS):
        peer = host.peer(server.port)
        until_fired_soon(host, server, "connect", number)
        for _ in range(3):
            host.tick_once(server)
        peer.close()
        until_fired_soon(host, server, "disconnect", number)
        host.dismiss(peer)
    expect.equal(server.count("data"), 0, "data callbacks of clients that sent nothing")
    serve_one(host, server)


@check("robustness.never-reading-client")
def test_never_reading_client(host: Host) -> None:
    """Sends may give false once enough waits; what waited for this client is not the next one's."""
    server, peer = host.connected()
    peer.pause_reading()
    piece = host.random.randbytes(UNREAD_PIECE)
    with to_one_that_does_not_read(host):
        for _ in range(UNREAD_PIECES):
            if server.send(piece) != Value(True):
                break
            host.tick_once(server)
        fill_to_the_brim(host, server, UNREAD_PIECE // 4)
    peer.reset()
    # It may have been told already, by a server that does not wait for a client which takes nothing.
    until_fired(host, server, "disconnect", 1)
    serve_one(host, server)


@check("robustness.noise")
def test_noise(host: Host) -> None:
    """Bytes are bytes: nothing in them means anything to the server."""
    server, peer = host.connected()
    noise = host.random.randbytes(NOISE)
    peer.send(noise)
    until_received(host, server, NOISE)
    expect.same_bytes(server.received, noise, "what the data callbacks brought")
    peer.close()
    until_fired(host, server, "disconnect", 1)
    serve_one(host, server)


@check("robustness.leaves-while-waiting")
def test_leaves_while_waiting(host: Host) -> None:
    """Whether a client that left the queue is told of at all is open; the one that stays is served."""
    server, first = host.connected()
    for number in range(QUITTERS):
        waiting = host.peer(server.port, wait=False)
        if number % 2:
            waiting.send(b"in vain")
            waiting.close()
        else:
            waiting.reset()
    host.settle(server)
    first.close()
    until_fired(host, server, "disconnect", 1)
    serve_in_the_end(host, server)


@check("robustness.small-packets")
def test_small_packets(host: Host) -> None:
    """Typed one key at a time, faster than anybody types."""
    server, peer = host.connected()
    contents = host.random.randbytes(SMALL_PACKETS)
    for place in range(SMALL_PACKETS):
        peer.send(contents[place : place + 1])
        if place % 20 == 0:
            host.tick_once(server)
    until_received(host, server, SMALL_PACKETS)
    expect.same_bytes(server.received, contents, "what the data callbacks brought")
    peer.close()
    until_fired(host, server, "disconnect", 1)
    serve_one(host, server)
