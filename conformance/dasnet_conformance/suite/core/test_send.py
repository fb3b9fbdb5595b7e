"""Section send: bytes to the client. What a stalled or departed client means for send is in test_send_trouble."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import SETTLING_TICKS
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.reading import reading_meanwhile
from dasnet_conformance.suite.many_messages import KINDS, send_many
from dasnet_conformance.suite.scenes import (
    fill,
    outcome_inside,
    passed_on,
    send_in_the_end,
    to_one_that_does_not_read,
    true_to_what_arrives,
    until_fired,
    until_received,
)

SIZES = (1, 2, 1023, 1024, 1025, 4096, 65_535, 65_536, 65_537)
MEBIBYTE = 1 << 20
#: More than the system's buffers hold for a client that does not read.
WAITING = 4 << 20
#: Sends to nobody, each of which is told.
FAILURES = 20


def reaches(host: Host, server: HostObject, peer: Peer, content: bytes | bytearray) -> None:
    """Expect exactly this content at the peer: not less, and after settling not more."""
    host.await_peer(peer, len(content), server)
    host.settle(server)
    expect.same_bytes(peer.received, content, "what the client received")


@check("send.arrives")
@pytest.mark.parametrize("size", SIZES)
def test_arrives(host: Host, size: int) -> None:
    """One call of this size: true, and all of it arrives, or false, and nothing does; then one byte, which is taken."""
    server, peer = host.connected()
    content = host.random.randbytes(size)
    true_to_what_arrives(host, server, peer, content, f"send of {size} bytes")
    received = bytes(peer.received)
    expect.returns(server.send(b"!"), True, "send of one byte")
    reaches(host, server, peer, received + b"!")


@check("send.takes-ordinary-messages")
@pytest.mark.parametrize("size", [size for size in SIZES if size <= 65_536])
def test_takes_ordinary_messages(host: Host, size: int) -> None:
    """Up to this size a host need not cut its messages into pieces: the first send to a client that reads."""
    server, peer = host.connected()
    content = host.random.randbytes(size)
    with reading_meanwhile(host):
        expect.returns(server.send(content), True, f"send of {size} bytes")
    reaches(host, server, peer, content)


@check("send.large")
@pytest.mark.parametrize("mebibytes", [1, 8, 16])
def test_large(host: Host, mebibytes: int) -> None:
    """More than the system takes at once; one buffer of repeated, uneven pieces. Refused, nothing of it may arrive."""
    server, peer = host.connected()
    piece = host.random.randbytes(4096)
    repeat = mebibytes * MEBIBYTE // len(piece)
    if not true_to_what_arrives(host, server, peer, piece, f"send of {mebibytes} MiB", repeat=repeat):
        host.observe("refused whole")
        if peer.closed is None:
            expect.returns(server.send(b"!"), True, "send of one byte after the refusal")
            reaches(host, server, peer, b"!")
    else:
        host.observe("taken")


@check("send.many-calls")
@pytest.mark.parametrize("kind", KINDS)
def test_many_calls(host: Host, kind: str) -> None:
    """Calls of changing size, now and then a tick; together no more than one call may hold.

    The many come without a tick in between while they are taken: no client can read that fast, and the system's buffers
    run full on the way, at the end of a call as well as in the middle of one.
    """
    server, peer = host.connected()
    with reading_meanwhile(host):
        sent = send_many(host, server, kind, 2_500)
        reaches(host, server, peer, sent)


@check("send.all-byte-values")
def test_all_byte_values(host: Host) -> None:
    """Binary content, and the pairs that text modes spoil."""
    server, peer = host.connected()
    content = bytes(range(256)) + b"\r\n\n\r\0\0\x1a\xff\xfe" + bytes(range(255, -1, -1))
    expect.returns(server.send(content), True, "send")
    reaches(host, server, peer, content)


@check("send.first-size-bytes")
@pytest.mark.parametrize(("length", "size"), [(10, 1), (10, 9), (5000, 4096), (200_000, 100_000)])
def test_first_size_bytes(host: Host, length: int, size: int) -> None:
    """The buffer is longer than the size says."""
    server, peer = host.connected()
    content = host.random.randbytes(length)
    with reading_meanwhile(host):
        taken = expect.one_of(server.send(content, size), ("true", "false"), f"send of {size} bytes out of {length}")
        send_in_the_end(host, server, b"end", "send of the end mark")
        reaches(host, server, peer, (content[:size] if taken == "true" else b"") + b"end")


@check("send.without-client")
def test_without_client(host: Host) -> None:
    """Three ways to have no client."""
    server = host.listening()
    expect.returns(server.send(b"nobody"), False, "send before the first client")
    peer = host.peer(server.port)
    host.silence()
    expect.returns(server.send(b"nobody yet"), False, "send while a client waits to be taken")
    host.await_taken(server)
    peer.close()
    host.await_departure(server)
    expect.returns(server.send(b"nobody any more"), False, "send after the client left")


@check("send.without-client-reports")
@pytest.mark.parametrize("where", ["alone", "inside disconnect"])
def test_without_client_reports(host: Host, where: str) -> None:
    """The host hears why, in the implementation's own words; in a callback by the end of its tick."""
    if where == "alone":
        server = host.listening()
        for _ in range(FAILURES):
            server.send(b"nobody")
        told = server.count("error")
        expect.that(
            told >= FAILURES,
            f"after {FAILURES} sends without a client",
            expected=f"{FAILURES} error callbacks",
            got=str(told),
        )
    else:
        server, peer = host.connected()
        server.react("disconnect", "send", b"farewell")
        peer.close()
        host.await_departure(server)
        if outcome_inside(server, "send") != Value(False):
            raise expect.Moot("not asked: send is not false inside the disconnect callback")
    errors = [fired.event for fired in server.fired if fired.event.what == "error"]
    expect.that(bool(errors), "after a send without a client", expected="an error callback", got="none")
    expect.that(bool(errors[0].message.strip()), "the error's message", expected="some text", got="an empty one")


@check("send.refused-is-not-kept")
def test_refused_is_not_kept(host: Host) -> None:
    """The next client gets what was sent to it, from its first byte on."""
    server = host.listening()
    server.send(b"too early")
    peer = host.peer(server.port)
    server.send(b"still too early")
    host.await_taken(server)
    expect.returns(server.send(b"now"), True, "send to the client")
    reaches(host, server, peer, b"now")


@check("send.not-to-the-next-client")
def test_not_to_the_next_client(host: Host) -> None:
    """The first client stalls, so that bytes are left over when it goes; bytes wait for a later one, which reads."""
    server, first = host.connected()
    first.pause_reading()
    with to_one_that_does_not_read(host):
        for _ in range(8):
            server.send(b"for the first ", repeat=75_000)
    host.settle(server)
    first.reset()
    # It may have been told already, by a server that does not wait for a client which takes nothing.
    with expect.needing("tick.notices-departure"):
        until_fired(host, server, "disconnect", 1)
    second = host.take_client(server)
    expect.returns(server.send(b"for the second"), True, "send to the second client")
    reaches(host, server, second, b"for the second")
    # What waits for this one is sent as well.
    third = _next_in_turn(host, server, second)
    content = host.random.randbytes(WAITING)
    accepted = fill(host, server, third, content)
    passed_on(host, third, content, accepted, server)


def _next_in_turn(host: Host, server: HostObject, peer: Peer) -> Peer:
    peer.close()
    host.await_departure(server)
    return host.take_client(server)


@check("send.fires-no-client-callback")
def test_fires_no_client_callback(host: Host) -> None:
    """Bytes wait, then a departure waits; send brings neither out."""
    server, peer = host.connected()
    peer.send(b"for a tick to deliver")
    host.silence()
    server.send(b"x")
    expect.equal(server.client_callbacks(), ["connect"], "callbacks after a send with bytes waiting")
    peer.reset()
    host.silence()
    for _ in range(3):
        server.send(b"x")
    expect.equal(server.client_callbacks(), ["connect"], "callbacks after sends with a departure waiting")


@check("send.size-zero")
def test_size_zero(host: Host) -> None:
    """True, false and an error are all fine, as nothing is asked for; bytes or a hang are not."""
    server, peer = host.connected()
    expect.one_of(server.send(b"not this", 0), host.allowed(), "send of size 0")
    expect.one_of(server.send(b"", 0), host.allowed(), "send of size 0 from an empty buffer")
    expect.returns(server.send(b"but this"), True, "send afterwards")
    reaches(host, server, peer, b"but this")
    expect.returns(server.is_connected(), True, "is_connected afterwards")


def _tells_nothing(host: Host, server: HostObject, peer: Peer, given: bytes, what: str) -> None:
    # A few ticks, and no settling: what sends gigabytes of memory does not come to rest.
    host.silence()
    for _ in range(SETTLING_TICKS):
        host.tick_once(server)
    arrived = bytes(peer.received)
    if arrived not in given:
        raise expect.Mismatch(what, "nothing", f"memory of the process reached the client: {len(arrived)} bytes")
    expect.same_bytes(arrived, b"", f"what the client received of {what}")


@check("send.size-beyond-buffer")
@pytest.mark.parametrize("beyond", [1, 1_000_000, 2**31 - 6, 2**32 - 3])
def test_size_beyond_buffer(host: Host, beyond: int) -> None:
    """An error, or false: what matters is that no foreign memory travels."""
    server, peer = host.connected()
    outcome = server.send(b"short", 5 + beyond)
    _tells_nothing(host, server, peer, b"short", f"a send of {5 + beyond} bytes from a buffer of 5")
    expect.one_of(outcome, host.allowed(), "send of a size beyond the buffer")
    expect.returns(server.send(b"whole"), True, "send afterwards")
    reaches(host, server, peer, b"whole")


@check("send.size-negative")
@pytest.mark.parametrize("size", [-1, -5, -(2**31)])
def test_size_negative(host: Host, size: int) -> None:
    """An error, or false; the connection goes on."""
    server, peer = host.connected()
    outcome = server.send(b"minus", size)
    _tells_nothing(host, server, peer, b"minus", f"a send of size {size}")
    expect.one_of(outcome, host.allowed(), f"send of size {size}")
    expect.returns(server.send(b"whole"), True, "send afterwards")
    reaches(host, server, peer, b"whole")


@check("send.inside-connect")
def test_inside_connect(host: Host) -> None:
    """A banner, for two clients in a row."""
    server = host.listening()
    server.react("connect", "send", b"welcome\r\n")
    for _ in range(2):
        peer = host.take_client(server)
        reaches(host, server, peer, b"welcome\r\n")
        peer.close()
        host.await_departure(server)
    outcomes = [expect.spell(event.outcome) for event in server.did("send") if event.outcome is not None]
    expect.equal(outcomes, ["true", "true"], "what send returned inside connect")


@check("send.inside-data")
def test_inside_data(host: Host) -> None:
    """An echo of pieces that come one by one and of one that comes at once."""
    server, peer = host.connected()
    server.react("data", "echo")
    sent = bytearray()
    for part in (b"a", b"line\r\n", host.random.randbytes(5000), host.random.randbytes(20_000)):
        peer.send(part)
        sent += part
        host.await_peer(peer, len(sent), server)
    reaches(host, server, peer, sent)


@check("send.between-deliveries")
def test_between_deliveries(host: Host) -> None:
    """Fifty exchanges, both sides speaking at once."""
    server, peer = host.connected()
    to_server, to_peer = bytearray(), bytearray()
    for number in range(50):
        question, answer = b"question %d." % number, b"answer %d." % number
        peer.send(question)
        send_in_the_end(host, server, answer, "send")
        to_server += question
        to_peer += answer
        host.tick_once(server)
    until_received(host, server, len(to_server))
    expect.same_bytes(server.received, to_server, "what was delivered")
    reaches(host, server, peer, to_peer)


@check("send.without-further-tick")
def test_without_further_tick(host: Host) -> None:
    """For information only."""
    server, peer = host.connected()
    expect.returns(server.send(b"on its way?"), True, "send")
    host.silence()
    host.observe("left in send" if peer.received else "left with a tick")
