"""Checks of section endurance: counters that wrap, buffers that never empty, places that are used up, idle limits.

Numbers go past 2 to the power of 8, 10 and 16 where a driver does many operations in one command (see `stage.many`),
and past 2 to the power of 24 bytes; queries are asked on the way, since a counter may spoil what they say alone.
"""

from __future__ import annotations

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.many import reloads, ticks
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.reading import reading_if_awaited, reading_meanwhile
from dasnet_conformance.suite.pace import pace_of, rounds
from dasnet_conformance.suite.scenes import (
    put_aside,
    send_in_the_end,
    serve_one,
    take_over,
    talk,
    to_one_that_does_not_read,
    until_fired,
    until_received,
    visit,
)

#: How many operations have been done when the state is asked: behind the powers of two, where counters end, or turn
#: negative until they have come round.
STAGES = (31, 100, 200, 257, 1_025, 4_097, 33_000, 66_000)
MESSAGES = 1_200
VISITS = 300
WAITING = 40
CLIENTS = 3
#: Bytes of each of them; together past 2 to the power of 24.
EACH = 6 << 20
PIECE = 48_000
FAILED_INITS = 300
#: Ticks for which a client waits, and after how many is looked.
LONG_WAIT = 5_000
WAITED_AT_ONCE = 500
#: What is sent to a client that does not read: more than the buffers of a system take, in pieces.
QUEUED_PIECES = 32
QUEUED_PIECE = 1 << 18


def _session(server: HostObject) -> str:
    return expect.spell(server.has_session())


def _is_as_ever(server: HostObject, *, connected: bool, session: str, after: str) -> None:
    # What has_session says at the start is judged elsewhere; here, that it goes on saying so.
    expect.equal(_session(server), session, f"has_session after {after}")
    expect.returns(server.is_open(), True, f"is_open after {after}")
    expect.returns(server.is_connected(), connected, f"is_connected after {after}")


@check("endurance.many-reloads")
def test_many_reloads(host: Host) -> None:
    """A script that is edited all day; the client talks in between."""
    server, peer = host.connected()
    session = _session(server)
    done = 0
    for stage in STAGES:
        done += reloads(host, server, stage - done)
        _is_as_ever(server, connected=True, session=session, after=f"{done} reloads")
        talk(host, server, peer)
    peer.close()
    until_fired(host, server, "disconnect", 1)
    serve_one(host, server)


@check("endurance.many-idle-ticks")
def test_many_idle_ticks(host: Host) -> None:
    """A frame loop with a client that has nothing to say, for some twenty minutes of frames."""
    server, peer = host.connected()
    session = _session(server)
    done = 0
    for stage in STAGES:
        told = len(peer.received)
        done += ticks(host, server, stage - done)
        _is_as_ever(server, connected=True, session=session, after=f"{done} idle ticks")
        expect.equal(server.client_callbacks().count("disconnect"), 0, f"disconnect callbacks in {done} idle ticks")
        expect.equal(len(peer.received) - told, 0, f"bytes to a silent client in {done} idle ticks")
        talk(host, server, peer)


@check("endurance.many-ticks-alone")
def test_many_ticks_alone(host: Host) -> None:
    """A program that waits for somebody to look at it."""
    server = host.listening()
    session = _session(server)
    done = 0
    for stage in STAGES:
        done += ticks(host, server, stage - done)
        _is_as_ever(server, connected=False, session=session, after=f"{done} ticks without a client")
        visit(host, server)


@check("endurance.many-bytes-in")
def test_many_bytes_in(host: Host) -> None:
    """No client alone brings it to the count; the handle does."""
    server = host.listening()
    for number in range(CLIENTS):
        peer = host.take_client(server)
        pace = pace_of(host, server, peer, lambda: len(server.received))
        content = host.random.randbytes(pace.within(EACH, of=CLIENTS))
        heard = len(server.received)
        peer.send(content)
        until_received(host, server, heard + len(content))
        host.settle(server)
        expect.same_tail(server.received, heard, content, f"what client {number + 1} sent, as delivered")
        peer.close()
        host.await_departure(server)
        host.dismiss(peer)


@check("endurance.many-bytes-out")
def test_many_bytes_out(host: Host) -> None:
    """Pieces of an odd size, so that the count falls into the middle of one."""
    server = host.listening()
    piece = host.random.randbytes(PIECE)
    for number in range(CLIENTS):
        peer = host.take_client(server)
        count = EACH // PIECE
        with reading_meanwhile(host):
            for _ in range(count):
                send_in_the_end(host, server, piece, "send of a piece")
            host.await_peer(peer, count * PIECE, server)
            host.settle(server)
        expect.same_tail(peer.received, 0, piece, f"what client {number + 1} received", repeat=count)
        peer.close()
        host.await_departure(server)
        host.dismiss(peer)


@check("endurance.many-deliveries")
def test_many_deliveries(host: Host) -> None:
    """A question and an answer at a time, so that each is a delivery and a send of its own."""
    server, peer = host.connected()
    said = b""
    for number in rounds(MESSAGES):
        word = b"%d;" % number
        said += word
        peer.send(word)
        until_received(host, server, len(said))
        expect.returns(server.send(word), True, f"send number {number}")
    host.await_peer(peer, len(said), server)
    host.settle(server)
    expect.same_bytes(server.received, said, "what was delivered")
    expect.same_bytes(peer.received, said, "what the client received")


@check("endurance.many-visits")
def test_many_visits(host: Host) -> None:
    """A tool that connects for each question."""
    server = host.listening()
    alone, taken = _session(server), ""
    for number in rounds(VISITS):
        peer = host.peer(server.port)
        until_fired(host, server, "connect", number)
        taken = taken or _session(server)
        _is_as_ever(server, connected=True, session=taken, after=f"client {number} was taken")
        talk(host, server, peer)
        peer.close()
        until_fired(host, server, "disconnect", number)
        _is_as_ever(server, connected=False, session=alone, after=f"client {number} was seen off")
        host.dismiss(peer)


@check("endurance.many-waiting")
def test_many_waiting(host: Host) -> None:
    """One waits at a time, and is the next to be served; never is the server without anybody."""
    server = host.listening()
    current = host.take_client(server)
    for number in rounds(WAITING):
        waiting = host.peer(server.port)
        talk(host, server, current)
        current.close()
        until_fired(host, server, "connect", number + 1)
        host.dismiss(current)
        current = waiting
    talk(host, server, current)


@check("endurance.long-wait")
def test_long_wait(host: Host) -> None:
    """Time is ticks: whatever the server counts while somebody waits, it counts in vain."""
    server, first = host.connected()
    second = host.peer(server.port)
    early = host.random.randbytes(3_000)
    second.send(early)
    for _ in range(LONG_WAIT // WAITED_AT_ONCE):
        ticks(host, server, WAITED_AT_ONCE)
        expect.equal(second.closed, None, "what the waiting client sees")
        expect.equal(server.client_callbacks(), ["connect"], "callbacks while the second client waits")
    talk(host, server, first)
    heard = len(server.received)
    first.close()
    until_fired(host, server, "connect", 2)
    until_received(host, server, heard + len(early))
    host.settle(server)
    expect.same_bytes(server.received[heard:], early, "what the second client sent while it waited")
    talk(host, server, second)


@check("endurance.many-failed-inits")
def test_many_failed_inits(host: Host) -> None:
    """A program that tries its port until it is free."""
    holder = host.listening()
    server = host.made()
    for number in rounds(FAILED_INITS):
        if server.init(holder.port) == Value(True):
            raise expect.Mismatch(f"init number {number} on a port in use", "not true", "true")
    expect.returns(host.init_free(server), True, f"init on a free port after {FAILED_INITS} that failed")
    serve_one(host, server)


@check("endurance.idle-seconds")
def test_idle_seconds(host: Host) -> None:
    """All of them in one window, since it is the window that takes time. Ticks are few: their number is asked above."""
    silent, first = host.connected()
    second = host.peer(silent.port)
    early = host.random.randbytes(3_000)
    second.send(early)
    spoken, third = host.connected()
    talk(host, spoken, third)
    fourth = host.peer(spoken.port)
    alone = host.listening()
    saved, fifth = host.connected()
    put_aside(saved)
    stalled, sixth = host.connected()
    accepted, refused = _queue(host, stalled, sixth)

    host.idle(silent, spoken, alone, stalled)

    _is_kept(silent, first, second)
    _is_kept(spoken, third, fourth)
    _gives_way(host, silent, first, second, early)
    _gives_way(host, spoken, third, fourth, b"")
    expect.returns(alone.is_open(), True, "is_open of a server to which nobody came for seconds")
    serve_one(host, alone)
    expect.equal(fifth.closed, None, "what a client sees whose server is saved for seconds")
    talk(host, take_over(host, saved), fifth)
    _drains(host, stalled, sixth, accepted, refused=refused)


# Bytes to a client that does not read: those that were accepted, and whether a piece was refused.
def _queue(host: Host, server: HostObject, peer: Peer) -> tuple[bytes, bool]:
    content = host.random.randbytes(QUEUED_PIECES * QUEUED_PIECE)
    with to_one_that_does_not_read(host), reading_if_awaited(peer):
        for start in range(0, len(content), QUEUED_PIECE):
            if server.send(content[start : start + QUEUED_PIECE]) != Value(True):
                return content[:start], True
    return content, False


# The client that is served and the one behind it see nothing, and neither does the server.
def _is_kept(server: HostObject, served: Peer, waiting: Peer) -> None:
    told = server.client_callbacks()
    expect.equal([what for what in told if what != "data"], ["connect"], f"callbacks on {server} in idle seconds")
    expect.returns(server.is_connected(), True, f"is_connected of {server}, whose client was idle for seconds")
    expect.equal(served.closed, None, "what a client sees that was idle for seconds")
    expect.equal(waiting.closed, None, "what a client sees that waited for seconds behind an idle one")


# The idle client is still heard; then it leaves, and the one behind it is taken, with what it sent early.
def _gives_way(host: Host, server: HostObject, served: Peer, waiting: Peer, early: bytes) -> None:
    talk(host, server, served)
    heard = len(server.received)
    served.close()
    until_fired(host, server, "connect", 2)
    until_received(host, server, heard + len(early))
    host.settle(server)
    expect.same_bytes(server.received[heard:], early, "what the waiting client had sent")
    talk(host, server, waiting)


# What was accepted arrives once the client reads. A server that refused a piece may have let go of the client for it.
def _drains(host: Host, server: HostObject, peer: Peer, accepted: bytes, *, refused: bool) -> None:
    peer.resume_reading()
    host.until(
        lambda: len(peer.received) >= len(accepted) or (refused and peer.closed is not None),
        server,
        what=f"{len(accepted)} bytes at the client, which reads again after idle seconds",
        got=lambda: f"{len(peer.received)} bytes{f', then {peer.closed}' if peer.closed else ''}",
    )
    host.settle(server)
    what = "what send accepted for a client that read only seconds later"
    if refused and len(peer.received) > len(accepted):
        # A part of the refused piece may be on its way if the end of the connection follows it.
        host.await_closed(peer, server)
    if refused and peer.closed is not None:
        expect.same_bytes(peer.received[: len(accepted)], accepted[: len(peer.received)], what)
        return
    expect.same_bytes(peer.received, accepted, what)
    talk(host, server, peer)
