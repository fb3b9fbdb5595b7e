"""Section send, the clients that make trouble: departed, reset, not reading, flooding."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dasnet_adapters.contract import Outcome, Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import TICKS_TO_NOTICE
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.reading import reading_meanwhile
from dasnet_conformance.suite.pace import pace_of
from dasnet_conformance.suite.scenes import (
    accepted_echoes,
    put_aside,
    serve_one,
    take_over,
    to_one_that_does_not_read,
    until_fired,
    until_received,
)

MEBIBYTE = 1 << 20

#: What the checks of a stalled client send: enough to fill the system's buffers many times over.
STALLED_TOTAL = 8 * MEBIBYTE
#: The same of small pieces, each of them a call: more than a connection holds whose segments are those of a network.
STALLED_SMALL = 2 * MEBIBYTE
#: Ticks in which a client must be heard that reads all the while.
BUSY_TICKS = TICKS_TO_NOTICE
#: How often it reads before each: a system tells of room for more once a third of its buffer is free again.
BUSY_STEPS = 8
#: What they send at most to see a refusal: over any sensible bound of an outgoing queue.
STALLED_MOST = 72 * MEBIBYTE
#: How many different pieces there are among them.
_DIFFERENT = 8


def _next_client_is_served(host: Host, server: HostObject) -> None:
    until_fired(host, server, "disconnect", server.count("connect"))
    serve_one(host, server)


@check("send.to-departed-survives")
def test_to_departed_survives(host: Host) -> None:
    """A pipe that broke: true, false and an error are all fine, a dead host is not."""
    server, peer = host.connected()
    peer.close()
    host.silence()
    for _ in range(5):
        expect.one_of(server.send(b"into the void", repeat=1000), host.allowed(), "send to a client that left")
        host.silence()
    _next_client_is_served(host, server)


@check("send.to-reset-survives")
def test_to_reset_survives(host: Host) -> None:
    """The reset is known to the system already; the second send is the one that raises a signal."""
    server, peer = host.connected()
    peer.reset()
    host.silence()
    for _ in range(5):
        expect.one_of(server.send(b"into the void"), host.allowed(), "send to a client that reset")
    _next_client_is_served(host, server)


@check("send.to-departed-one-departure")
@pytest.mark.parametrize("behind", ["at once", "a reload", "an init too many"])
def test_to_departed_one_departure(host: Host, behind: str) -> None:
    """Neither the failing send nor the tick after it may count the departure twice, or forget it.

    Nor may what comes between the two.
    """
    server, peer = host.connected()
    peer.close()
    host.silence()
    for _ in range(3):
        server.send(b"into the void")
        host.silence()
    told = ["connect", "disconnect"]
    if behind == "a reload":
        put_aside(server)
        server, told = take_over(host, server), told[1:]
    elif behind == "an init too many":
        port = server.port
        server.init(host.listening().port)
        server.port = port
    until_fired(host, server, "disconnect", 1)
    host.settle(server)
    expect.equal(server.client_callbacks(), told, f"callbacks, with {behind} behind the sends")


class _Pieces:
    """Pieces of a size, told apart by their contents, which come round again after so many.

    Whoever has one queue tens of mebibytes of them need not find as much memory for what it is compared with, or make
    each anew. A piece that is lost shows in the length.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._patterns = [b"%07d|" % number for number in range(_DIFFERENT)]
        self._repeat = size // len(self._patterns[0])
        self.count = 0

    def __len__(self) -> int:
        return self.count * self._size

    def send_one(self, server: HostObject) -> Outcome:
        """Send the piece that is next; it counts if that said true."""
        outcome = server.send(self._patterns[self.count % _DIFFERENT], repeat=self._repeat)
        self.count += outcome == Value(True)
        return outcome

    def expect_in(self, got: bytearray, length: int, what: str, *, refused: bool = False) -> None:
        """Expect the first so many bytes to be those of the pieces; one more may be there if it was refused."""
        bodies = [pattern * self._repeat for pattern in self._patterns]
        whole, rest = divmod(length, self._size)
        if whole + bool(rest) > self.count + refused:
            expect.equal(length, len(self), f"length of {what}")
        held = all(got.startswith(bodies[number % _DIFFERENT], number * self._size) for number in range(whole))
        if not held or not got.startswith(bodies[whole % _DIFFERENT][:rest], whole * self._size):
            wanted = b"".join(bodies[number % _DIFFERENT] for number in range(whole + 1))
            expect.same_bytes(got[:length], wanted[:length], what)


def _stall(host: Host, total: int, size: int = MEBIBYTE // 4) -> tuple[_Pieces, bool]:
    """Send pieces of a size to a client that does not read, up to a total or a refusal.

    Returns what was accepted, and whether the piece behind it was refused. Ticks go on meanwhile.
    """
    server, peer = host.connected()
    peer.pause_reading()
    accepted = _Pieces(size)
    with to_one_that_does_not_read(host):
        while len(accepted) < total:
            outcome = accepted.send_one(server)
            if outcome != Value(True):
                expect.returns(outcome, False, "send to a client that does not read")
                return accepted, True
            if accepted.count % 8 == 0:
                host.tick_once(server)
    return accepted, False


@check("send.stalled-returns")
def test_stalled_returns(host: Host) -> None:
    """A send that waits for the client never returns, for this client will not read."""
    _stall(host, STALLED_TOTAL)


def _never_idle(host: Host, server: HostObject, peer: Peer, heard: Callable[[], bool]) -> bool:
    """Tick until the client is heard, with bytes to send and room for them in each tick.

    What the client has read is sent anew, and then it reads again. Returns false for a client that was not heard in
    `BUSY_TICKS` of these; where a send was refused in between nothing can be said, which is as good as heard.
    """
    made_up_for = len(peer.received)
    for number in range(BUSY_TICKS):
        if heard():
            return True
        # As in every wait: a server that reads on a thread of its own may need a moment.
        host.pause(number)
        read = len(peer.received) - made_up_for
        made_up_for += read
        if read and server.send(b"m", repeat=read) != Value(True):
            return True
        for _ in range(BUSY_STEPS):
            host.step_peers()
        host.tick_once(server)
    return heard()


@check("send.waiting-still-heard")
@pytest.mark.parametrize("client", ["does not read", "reads"])
def test_waiting_still_heard(host: Host, client: str) -> None:
    """What waits to go out is no reason not to take in what comes, whether it waits for good or goes on and on."""
    _, refused = _stall(host, STALLED_TOTAL)
    peer, server = host.peers[0], host.object(1)
    contents = host.random.randbytes(1000)

    def heard() -> bool:
        return len(server.received) >= len(contents) or (refused and server.count("disconnect") > 0)

    peer.send(contents)
    if client == "reads" and not refused:
        peer.resume_reading()
        in_time = _never_idle(host, server, peer, heard)
        got = host.came(server.received)
        what = f"{BUSY_TICKS} ticks in which more was sent"
        expect.that(in_time, what, expected=f"{len(contents)} bytes of the client", got=got)
    host.until(
        heard,
        server,
        what=f"{len(contents)} bytes of a client for which bytes wait",
        got=lambda: host.came(server.received),
    )
    if server.count("disconnect"):
        host.observe("the connection was closed")
        return
    expect.same_bytes(server.received, contents, "what was delivered")
    host.observe("delivered")


@check("send.stalled-accepted-arrives")
@pytest.mark.parametrize("size", [1024, MEBIBYTE // 4])
def test_stalled_accepted_arrives(host: Host, size: int) -> None:
    """The client reads at last, and finds every byte that was accepted.

    When its buffers are nearly full, the system takes a part of a large piece, and of a small one all or nothing.
    """
    accepted, _ = _stall(host, STALLED_SMALL if size < 4096 else STALLED_TOTAL, size)
    peer = host.peers[0]
    server = host.object(1)
    peer.resume_reading()
    host.await_peer(peer, len(accepted), server)
    accepted.expect_in(peer.received, len(accepted), "what was accepted")


# A bound is a connection's own: the client of another server, which reads, has taken nothing of it.
def _another_is_answered(host: Host) -> None:
    other, reader = host.connected()
    outcome = other.send(b"for one that reads")
    expect.returns(
        outcome, True, "send to the client of another server, after a send to one that does not read said false"
    )
    host.await_peer(reader, 18, other)
    reader.close()


@check("send.stalled-refused-is-clean")
def test_stalled_refused_is_clean(host: Host) -> None:
    """No refusal, one without a trace, one that ends the connection: all fine. A gap or half a piece is not."""
    accepted, refused = _stall(host, STALLED_MOST)
    peer = host.peers[0]
    server = host.object(1)
    if refused:
        _another_is_answered(host)
    peer.resume_reading()
    host.until(
        lambda: len(peer.received) >= len(accepted) or peer.closed is not None,
        server,
        what=f"{len(accepted)} accepted bytes, or the end of the connection",
        got=lambda: host.reached(peer),
    )
    host.settle(server)
    if not refused:
        expect.equal(len(peer.received), len(accepted), "bytes that arrived, all of them accepted")
        accepted.expect_in(peer.received, len(accepted), "what arrived of what was accepted")
        host.observe("all accepted")
        return
    if peer.closed is not None:
        accepted.expect_in(peer.received, len(peer.received), "what came before the end", refused=True)
        host.observe("the connection was closed")
        return
    expect.equal(len(peer.received), len(accepted), "bytes that arrived, beside a refused call")
    accepted.expect_in(peer.received, len(accepted), "what arrived, beside what was accepted")
    expect.returns(server.send(b"after"), True, "send once the client has read")
    host.await_peer(peer, len(accepted) + 5, server)
    expect.same_bytes(peer.received[len(accepted) :], b"after", "what arrived after the refused call")
    host.observe("nothing of the refused call arrived")


@check("send.echo-flood")
def test_echo_flood(host: Host) -> None:
    """Eight mebibytes go out and come back; nobody waits for the other."""
    server, peer = host.connected()
    server.react("data", "echo")
    pace = pace_of(host, server, peer, lambda: len(server.received))
    content = host.random.randbytes(pace.within(8 * MEBIBYTE))
    peer.send(content)
    heard = len(server.received)
    with reading_meanwhile(host):
        until_received(host, server, heard + len(content))
        expected = accepted_echoes(server)
        host.await_peer(peer, len(expected), server)
        host.settle(server)
    expect.same_tail(server.received, heard, content, "what was delivered")
    expect.same_bytes(peer.received, expected, "what came back of what send accepted")
