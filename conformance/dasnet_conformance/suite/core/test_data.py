"""Section data: bytes from the client."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.pace import pace_of
from dasnet_conformance.suite.scenes import until_fired, until_received

#: Sizes around the buffers that implementations use.
SIZES = (1, 2, 1023, 1024, 1025, 4096, 65_535, 65_536, 65_537)
#: Sizes that buffers have, and their neighbours: whoever waits for a read that is not full waits for ever on one.
BUFFERS = sorted(
    {(1 << power) + more for power in range(3, 18) for more in (-2, -1, 0, 1)}
    | {512 * number for number in range(1, 12)}
    | {1_000, 1_448, 1_460, 1_500, 2_000, 5_000, 8_000, 9_000, 10_000, 16_000, 20_000, 50_000, 60_000, 64_000, 65_000}
)
MEBIBYTE = 1 << 20

#: Rounds for orders that only show over time: data and departure in one tick, or one after the other.
ROUNDS = 5


def _arrives(host: Host, parts: Iterable[bytes], *, tick_between: bool = False) -> HostObject:
    server, peer = host.connected()
    sent = bytearray()
    for part in parts:
        peer.send(part)
        sent += part
        if tick_between:
            host.tick_once(server)
    until_received(host, server, len(sent))
    host.settle(server)
    expect.same_bytes(server.received, sent, "what was delivered")
    return server


@check("data.sizes")
@pytest.mark.parametrize("size", SIZES)
def test_sizes(host: Host, size: int) -> None:
    """One send of this size."""
    _arrives(host, [host.random.randbytes(size)])


@check("data.buffer-sizes")
def test_buffer_sizes(host: Host) -> None:
    """One message of each size that a buffer may have, the next one only when it is there."""
    server, peer = host.connected()
    for size in BUFFERS:
        before = len(server.received)
        content = host.random.randbytes(size)
        peer.send(content)
        until_received(host, server, before + size)
        expect.same_bytes(server.received[before:], content, f"what was delivered of a message of {size} bytes")


@check("data.large")
@pytest.mark.parametrize("mebibytes", [1, 16])
def test_large(host: Host, mebibytes: int) -> None:
    """More than any buffer holds, so that it takes many ticks."""
    server, peer = host.connected()
    pace = pace_of(host, server, peer, lambda: len(server.received))
    heard = len(server.received)
    content = host.random.randbytes(pace.within(mebibytes * MEBIBYTE))
    peer.send(content)
    until_received(host, server, heard + len(content))
    host.settle(server)
    expect.same_tail(server.received, heard, content, "what was delivered")


@check("data.all-byte-values")
def test_all_byte_values(host: Host) -> None:
    """Up and down, so that each value has two neighbours."""
    values = bytes(range(256))
    _arrives(host, [values + values[::-1]])


@check("data.zeros")
def test_zeros(host: Host) -> None:
    """Zeros alone, first, last and between."""
    _arrives(host, [bytes(1000), b"\0first", b"last\0", b"bet\0\0ween", b"\0"])


@check("data.line-ends")
@pytest.mark.parametrize("tick_between", [False, True])
def test_line_ends(host: Host, tick_between: bool) -> None:
    """Nothing is translated, split off or trimmed, inside a delivery and at its end."""
    parts = [b"\r\n", b"\n", b"\r", b"\n\r", b"a\rb\nc\r\nd", b"\r\r\n\n", b"\x1a"]
    _arrives(host, parts, tick_between=tick_between)


@check("data.not-text")
def test_not_text(host: Host) -> None:
    """Broken UTF-8, a byte order mark, a lone surrogate, an overlong form; each mark is once the first of all."""
    parts = [b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\x28", b"\xed\xa0\x80", b"\xc0\xaf", b"\x80\x81"]
    _arrives(host, parts)
    _arrives(host, parts[1:])


@check("data.byte-per-packet")
def test_byte_per_packet(host: Host) -> None:
    """One byte, one tick, three hundred times; each value is once a message of its own, 255 the first of all."""
    content = bytes(range(255, -1, -1)) + host.random.randbytes(44)
    _arrives(host, (content[i : i + 1] for i in range(300)), tick_between=True)


@check("data.many-small-sends")
def test_many_small_sends(host: Host) -> None:
    """A thousand numbered sends that pile up before the first tick."""
    _arrives(host, (b"<%d>" % number for number in range(1000)))


@check("data.interleaved-with-ticks")
def test_interleaved_with_ticks(host: Host) -> None:
    """Sizes that jump up and down, a tick after each."""
    _arrives(host, (host.random.randbytes(n * 97 % 5000 + 1) for n in range(100)), tick_between=True)


@check("data.never-empty")
def test_never_empty(host: Host) -> None:
    """Where an empty read happens: with nothing there, at a half-close, at a close, and with the last words."""
    server, peer = host.connected()
    host.settle(server)
    peer.send(b"something")
    host.await_received(server, 9)
    host.settle(server)
    peer.half_close()
    host.settle(server)
    peer.close()
    host.until(lambda: server.count("disconnect") >= 1, server, what="a disconnect callback")
    host.settle(server)
    for earlier, served in enumerate((True, False), start=1):
        peer = host.take_client(server) if served else host.peer(server.port)
        peer.send(b"words and the end")
        peer.close()
        host.silence()
        with expect.needing("data.send-and-close"):
            until_fired(host, server, "disconnect", earlier + 1)
    empty = [f for f in server.fired if f.event.what == "data" and not f.event.data]
    expect.equal(len(empty), 0, "data callbacks without a byte")


@check("data.size-matches")
def test_size_matches(host: Host) -> None:
    """For small, odd and large deliveries, with zeros among them."""
    server, peer = host.connected()
    total = 0
    for part in (b"x", bytes(7), host.random.randbytes(1025), host.random.randbytes(200_000)):
        peer.send(part)
        total += len(part)
        host.await_received(server, total)
    for fired in server.fired:
        if fired.event.what == "data":
            expect.equal(fired.event.size, len(fired.event.data), "the size given to a data callback")


@check("data.none-before-connect")
def test_none_before_connect(host: Host) -> None:
    """The bytes were there before the client was taken."""
    server = host.listening()
    for round_number in range(1, ROUNDS + 1):
        peer = host.peer(server.port)
        peer.send(b"early")
        host.silence()
        until_received(host, server, 5 * round_number)
        peer.close()
        host.await_departure(server)
    expect.equal(server.client_callbacks(), ["connect", "data", "disconnect"] * ROUNDS, "callbacks")


@check("data.none-after-disconnect")
def test_none_after_disconnect(host: Host) -> None:
    """The bytes and the end came together."""
    server = host.listening()
    for _ in range(ROUNDS):
        peer = host.take_client(server)
        peer.send(host.random.randbytes(3000))
        peer.close()
        host.await_departure(server)
        host.settle(server)
        last = server.fired[-1].event.what
        expect.that(last != "data", "the last callback", expected="no data callback", got="one")
        names = server.client_callbacks()
        expect.equal(names[-1], "disconnect", "the last callback about the client")


@check("data.belongs-to-its-client")
def test_belongs_to_its_client(host: Host) -> None:
    """Clients that send and leave at once, one taken and one waiting: each is credited with its own bytes.

    No more than one waits at a time, since nobody promises a longer listen queue.
    """
    server = host.listening()
    for number in range(0, 2 * ROUNDS, 2):
        taken = host.take_client(server)
        waiting = host.peer(server.port)
        for peer, name in ((taken, number), (waiting, number + 1)):
            peer.send(b"%d" % name * 2000)
            peer.close()
        with expect.needing("tick.notices-departure"):
            until_fired(host, server, "disconnect", number + 2)
    visits: list[bytes] = []
    for fired in server.fired:
        if fired.event.what == "connect":
            visits.append(b"")
        elif fired.event.what == "data":
            expect.that(bool(visits), "data", expected="a connect before it", got="none")
            visits[-1] += fired.event.data
    for visit in visits:
        expect.same_bytes(visit, visit[:1] * 2000, "what one client was credited with")
    expect.equal([visit[:1] for visit in visits], [b"%d" % n for n in range(2 * ROUNDS)], "whose bytes came, in order")


def _heard_and_gone(host: Host, server: HostObject, peer: Peer, content: bytes) -> None:
    peer.send(content)
    host.until(lambda: peer.unsent == 0, server, what="the client could send everything")
    peer.close()
    until_fired(host, server, "disconnect", 1)
    host.settle(server)
    expect.same_bytes(server.received, content, "what was delivered before the departure")
    expect.equal(server.client_callbacks(), ["connect", "data", "disconnect"], "callbacks")


@check("data.send-and-close")
@pytest.mark.parametrize("size", [1, 4096, 65_537, MEBIBYTE, 8 * MEBIBYTE])
def test_send_and_close(host: Host, size: int) -> None:
    """The farewell of a client that has been taken; the longest is more than one tick may read, with the end there."""
    server, peer = host.connected()
    _heard_and_gone(host, server, peer, host.random.randbytes(size))


@check("data.connect-send-close")
@pytest.mark.parametrize("size", [1, 5000])
def test_connect_send_close(host: Host, size: int) -> None:
    """A visit that was over before the first tick."""
    server = host.listening()
    content = host.random.randbytes(size)
    peer = host.peer(server.port)
    peer.send(content)
    peer.close()
    host.silence()
    until_fired(host, server, "disconnect", 1)
    host.settle(server)
    expect.same_bytes(server.received, content, "what was delivered")
    expect.equal(server.client_callbacks(), ["connect", "data", "disconnect"], "callbacks")


@check("data.half-close")
def test_half_close(host: Host) -> None:
    """To count as gone and to stay connected are both fine; to lose the bytes is not."""
    server, peer = host.connected()
    content = host.random.randbytes(70_000)
    peer.send(content)
    peer.half_close()
    # The bytes and their end are both there before the first tick.
    host.silence()
    until_received(host, server, len(content))
    host.settle(server)
    expect.same_bytes(server.received, content, "what was sent before the half-close")
    names = server.client_callbacks()
    if names == ["connect", "data", "disconnect"]:
        host.observe("departure reported")
        expect.returns(server.is_connected(), False, "is_connected after the departure")
    else:
        expect.equal(names, ["connect", "data"], "callbacks after the half-close")
        host.observe("stays connected")
        expect.returns(server.is_connected(), True, "is_connected without a departure")


@check("data.half-close-then-close")
def test_half_close_then_close(host: Host) -> None:
    """At the half-close or at the close: one departure."""
    server, peer = host.connected()
    peer.half_close()
    host.settle(server)
    peer.close()
    host.until(lambda: server.count("disconnect") >= 1, server, what="a disconnect callback")
    host.settle(server)
    expect.equal(server.client_callbacks(), ["connect", "disconnect"], "callbacks")


@check("data.abortive-close")
@pytest.mark.parametrize("unread", [0, 5000])
def test_abortive_close(host: Host, unread: int) -> None:
    """With and without bytes on the way, which a reset may destroy: those are the system's to give or not."""
    server, peer = host.connected()
    content = host.random.randbytes(unread)
    if content:
        peer.send(content)
    peer.reset()
    until_fired(host, server, "disconnect", 1)
    host.settle(server)
    expect.equal(server.count("disconnect"), 1, "disconnect callbacks")
    expect.equal(server.count("connect"), 1, "connect callbacks")
    expect.same_bytes(server.received, content[: len(server.received)], "bytes delivered before the reset, if any")


@check("data.abortive-close-error")
def test_abortive_close_error(host: Host) -> None:
    """For information only."""
    server, peer = host.connected()
    peer.reset()
    host.await_departure(server)
    host.settle(server)
    host.observe("error fired" if server.count("error") else "no error fired")
