"""Checks of section `pressure`: the order of what is sent while earlier bytes still wait for the client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from dasnet_adapters.contract import CLASS_B, Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.scenes import (
    MANY_SMALL,
    fill,
    put_aside,
    send_many_small,
    take_over,
    to_one_that_does_not_read,
    until_received,
    unused_port,
)

#: More than the system's buffers hold for a client that does not read: some of it waits in the server, if it queues.
WAITING = 6 << 20
#: Sizes of messages in turn: small after large, and around the borders of common buffers.
SIZES = (300_000, 1, 65_537, 3, 4_096, 1, 250_000, 17, 1_025, 65_536, 2)
#: Steps of a client that reads a little: a system tells of room for more once a third of its buffer is free again.
GO = 4
#: What is sent at first, and again each time that the client has read as much; in pieces of an odd size.
FIRST_FILL = 4 << 20
REFILL = 1 << 20
REFILLS = 8
ODD_PIECE = 100_003
#: What the client says meanwhile: some of it is read, and not delivered, where a tick delivers in small pieces.
EARLY = 200_000
#: Over any sensible bound of an outgoing queue.
HUGE = 72 << 20


def _send(host: Host, server: HostObject, content: bytes, accepted: bytearray) -> bool:
    # One message to a client that does not read now; what was accepted is noted in the order of the calls.
    with to_one_that_does_not_read(host):
        took = expect.one_of(server.send(content), ("true", "false"), f"send of {len(content)} bytes") == "true"
    if took:
        accepted += content
    return took


def _read_some(host: Host, peer: Peer) -> None:
    # The client reads what there is, and stops again: there is room in the system for a part of what waits.
    peer.resume_reading()
    for _ in range(GO):
        host.step_peers()
    peer.pause_reading()


def _read_all(host: Host, server: HostObject, peer: Peer, accepted: bytes | bytearray, refused: bool) -> bool:
    # The client reads at last. Returns whether the connection had ended, which a refusal before allows.
    peer.resume_reading()
    host.until(
        lambda: len(peer.received) >= len(accepted) or (refused and peer.closed is not None),
        server,
        what=f"{len(accepted)} bytes at the client, as were accepted",
        got=lambda: f"{len(peer.received)} bytes{f', then {peer.closed}' if peer.closed else ''}",
    )
    host.settle(server)
    ended = refused and peer.closed is not None
    # Before the end that a refusal led to, a part of the refused call may have come behind what was accepted.
    wanted = accepted[: len(peer.received)] if ended else accepted
    got = peer.received[: len(accepted)] if ended else peer.received
    expect.same_bytes(got, wanted, "what the client received of what was accepted")
    return ended


@check("pressure.mixed-sizes-in-order")
@pytest.mark.parametrize("reader", ["late", "in goes"])
def test_mixed_sizes_in_order(host: Host, reader: str) -> None:
    """How much is taken nobody promises; what is taken stays in line, also where a small one would still fit."""
    server, peer = host.connected()
    content = host.random.randbytes(WAITING)
    accepted = bytearray(content[: fill(host, server, peer, content)])
    refused = len(accepted) < WAITING
    for _ in range(4):
        for size in SIZES:
            refused |= not _send(host, server, host.random.randbytes(size), accepted)
            if reader == "in goes" and size > 1_000:
                _read_some(host, peer)
        if peer.closed is not None or server.count("disconnect"):
            break
        host.tick_once(server)
    if reader == "late" and not refused:
        taken = send_many_small(host, server)
        accepted += b"".join(taken)
        refused = len(taken) < MANY_SMALL
    _read_all(host, server, peer, accepted, refused)


@check("pressure.sends-inside-callbacks-in-order")
def test_sends_inside_callbacks_in_order(host: Host) -> None:
    """An answer does not jump the queue because its callback runs in a tick that also flushes."""
    server, peer = host.connected()
    content = host.random.randbytes(WAITING)
    accepted = bytearray(content[: fill(host, server, peer, content)])
    refused = len(accepted) < WAITING
    for number in range(6):
        refused |= not _asked(host, server, peer, number, accepted, refused)
        if server.count("disconnect"):
            break
        refused |= not _send(host, server, b"-later %d-" % number, accepted)
        if number == 2:
            _read_some(host, peer)
    _read_all(host, server, peer, accepted, refused)


def _asked(host: Host, server: HostObject, peer: Peer, number: int, accepted: bytearray, refused: bool) -> bool:
    # The client asks, and the data callback answers, as often as it is called. Returns whether all answers were taken.
    words = b"question %d" % number
    answer = b"|answer %d|" % number * (1 if number % 2 else 9_000)
    server.react("data", "send", answer)
    heard, answered = len(server.received), len(server.did("send"))
    peer.send(words)
    with to_one_that_does_not_read(host):
        host.until(
            lambda: len(server.received) >= heard + len(words) or (refused and server.count("disconnect") > 0),
            server,
            what="a data callback",
        )
    server.react("data", "none")
    outcomes = [each.outcome for each in server.did("send")[answered:]]
    for outcome in outcomes:
        if outcome == Value(True):
            accepted += answer
    return all(outcome == Value(True) for outcome in outcomes)


@check("pressure.order-across-reload")
def test_order_across_reload(host: Host) -> None:
    """The queue belongs to the connection; each owner's bytes stand behind those of the one before."""
    server, peer = host.connected()
    content = host.random.randbytes(WAITING)
    accepted = bytearray(content[: fill(host, server, peer, content)])
    refused = len(accepted) < WAITING
    for number in range(4):
        put_aside(server)
        server = take_over(host, server, host.new(CLASS_B) if number % 2 else None)
        # Before any tick of the new owner, inside its callback, and after.
        refused |= not _send(host, server, b"<owner %d>" % number * (1 if number % 2 else 20_000), accepted)
        refused |= not _asked(host, server, peer, number, accepted, refused)
        if peer.closed is not None or server.count("disconnect"):
            break
        refused |= not _send(host, server, b"</owner %d>" % number, accepted)
    _read_all(host, server, peer, accepted, refused)


def _init_elsewhere(server: HostObject, port: int) -> bool:
    before = server.port
    if server.init(port) == Value(True):
        return True
    server.port = before
    return False


def _save_into_a_full_orphan(host: Host, server: HostObject) -> bool:
    filler = host.made()
    put_aside(filler)
    if server.save() == Value(None):
        # It has taken the place of the other, and comes back.
        take_over(host, server, server)
    return False


def _restore_nothing(_: Host, server: HostObject) -> bool:
    server.restore(2)
    return False


#: Calls that are turned down while a client is there; each tells whether the server has moved instead.
_MISTAKES: Final[tuple[Callable[[Host, HostObject], bool], ...]] = (
    _restore_nothing,
    lambda host, server: _init_elsewhere(server, host.listening().port),
    _save_into_a_full_orphan,
    lambda _, server: _init_elsewhere(server, server.port + 65_536),
    lambda host, server: _init_elsewhere(server, unused_port(host)),
)


@check("pressure.mistakes-cost-nothing")
def test_mistakes_cost_nothing(host: Host) -> None:
    """No send comes after them that could set right what they did to the queue."""
    server, peer = host.connected()
    content, words = host.random.randbytes(WAITING), host.random.randbytes(EARLY)
    accepted = fill(host, server, peer, content)
    peer.send(words)
    for mistaken in _MISTAKES:
        host.tick_once(server)
        if mistaken(host, server):
            host.observe("moved")
            return
    if not _read_all(host, server, peer, content[:accepted], accepted < WAITING):
        until_received(host, server, len(words))
        expect.same_bytes(server.received, words, "what the client sent meanwhile")
    host.observe("stayed")


@check("pressure.refused-whole")
@pytest.mark.parametrize("waiting", ["a little", "a lot"])
def test_refused_whole(host: Host, waiting: str) -> None:
    """Where it is taken it has to arrive; where it is not, the small ones around it are all that does."""
    server, peer = host.connected()
    content = host.random.randbytes(WAITING if waiting == "a lot" else 1_000)
    accepted = bytearray(content[: fill(host, server, peer, content)])
    refused = len(accepted) < len(content)
    words = host.random.randbytes(EARLY)
    peer.send(words)
    host.tick_once(server)
    for size in (HUGE, HUGE):
        pattern = b"too much|"
        with to_one_that_does_not_read(host):
            outcome = server.send(pattern, repeat=size // len(pattern))
        took = expect.one_of(outcome, ("true", "false"), f"send of {size} bytes") == "true"
        if took:
            accepted += pattern * (size // len(pattern))
        refused |= not took
        refused |= not _send(host, server, b"a small one after it", accepted)
        if peer.closed is not None or server.count("disconnect"):
            break
        host.tick_once(server)
    ended = _read_all(host, server, peer, accepted, refused)
    if peer.closed is None:
        expect.equal(server.count("disconnect"), 0, "disconnect callbacks of a client whose connection goes on")
    if not ended and peer.closed is None:
        until_received(host, server, len(words))
        expect.same_bytes(server.received, words, "what the client sent meanwhile")
        expect.returns(server.send(b"and on it goes"), True, "send once the client has read")
        host.await_peer(peer, len(accepted) + 14, server)
        expect.same_bytes(peer.received[len(accepted) :], b"and on it goes", "what arrived afterwards")
    host.observe("the connection was closed" if ended else "refused whole" if refused else "taken")


@check("pressure.odd-size-costs-nothing")
def test_odd_size_costs_nothing(host: Host) -> None:
    """What is turned down, or asks for nothing, has nothing to do with what was accepted before it."""
    server, peer = host.connected()
    content = host.random.randbytes(WAITING)
    accepted = bytearray(content[: fill(host, server, peer, content)])
    refused = len(accepted) < WAITING
    for size in (0, -1, 1_000_005):
        server.send(b"short", size)
    _read_all(host, server, peer, accepted, refused)


@check("pressure.refilled-in-order")
def test_refilled_in_order(host: Host) -> None:
    """A buffer that is a ring has gone round several times by then; an odd size puts its seam into messages."""
    server, peer = host.connected()
    content = host.random.randbytes(FIRST_FILL + REFILLS * REFILL)
    accepted = bytearray(content[: fill(host, server, peer, content[:FIRST_FILL])])
    refused = len(accepted) < FIRST_FILL
    for number in range(REFILLS):
        _read_up_to(host, server, peer, min((number + 1) * REFILL, len(accepted)), refused)
        if peer.closed is not None or server.count("disconnect"):
            break
        for _ in range(REFILL // ODD_PIECE):
            if not _send(host, server, content[len(accepted) : len(accepted) + ODD_PIECE], accepted):
                refused = True
                break
    _read_all(host, server, peer, accepted, refused)


def _read_up_to(host: Host, server: HostObject, peer: Peer, count: int, refused: bool) -> None:
    # The client reads what there is, again and again, until it has so many bytes. Its buffer stays as it is: a smaller
    # one would throw away what is on its way, and the system would send that again in its own time.
    def reached() -> bool:
        peer.pull()
        return len(peer.received) >= count or (refused and peer.closed is not None)

    host.until(reached, server, what=f"{count} bytes at the client", got=lambda: host.reached(peer))
