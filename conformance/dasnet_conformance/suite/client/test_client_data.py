"""Section client-data: bytes from the server."""

from __future__ import annotations

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.client_side import (
    await_departure,
    await_received,
    connect,
    connected_client,
    join,
    made_client,
    serves_again,
)
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.listener import listen
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.first_words import FIRST_WORDS
from dasnet_conformance.suite.last_words import leaves_half_closed
from dasnet_conformance.suite.scenes import until_fired, until_received

SIZES = (1, 2, 1023, 1024, 1025, 4096, 65_535, 65_536, 65_537)
MEBIBYTE = 1 << 20
#: More than the system's buffers hold for a server that does not read.
WAITING = 8 * MEBIBYTE
CONTENT = bytes(range(256)) + b"\r\n\n\r\0\0\x1a\xff\xfe\xc3\x28\xf0\x9f" + bytes(range(255, -1, -1))


def arrives(host: Host, client: HostObject, content: bytes | bytearray) -> None:
    """Expect exactly this content in data callbacks: not less, and after settling not more."""
    until_received(host, client, len(content))
    host.settle(client)
    expect.same_bytes(client.received, content, "what the server sent")


@check("client-data.sizes")
@pytest.mark.parametrize("size", SIZES)
def test_sizes(host: Host, size: int) -> None:
    """Sizes around the buffers that are usual."""
    client, peer = connected_client(host)
    content = host.random.randbytes(size)
    peer.send(content)
    arrives(host, client, content)


@check("client-data.large")
@pytest.mark.parametrize("mebibytes", [1, 16])
def test_large(host: Host, mebibytes: int) -> None:
    """More than any buffer of the system holds; a repeated piece of a length that divides nothing."""
    client, peer = connected_client(host)
    content = host.random.randbytes(4093) * (mebibytes * MEBIBYTE // 4093 + 1)
    peer.send(content)
    arrives(host, client, content)


@check("client-data.content")
def test_content(host: Host) -> None:
    """What text modes and C strings spoil, and a byte order mark, which is a mark at the beginning alone."""
    for content in (CONTENT, b"\xef\xbb\xbfmarked"):
        client, peer = connected_client(host)
        peer.send(content)
        arrives(host, client, content)


@check("client-data.byte-per-packet")
def test_byte_per_packet(host: Host) -> None:
    """As somebody types."""
    client, peer = connected_client(host)
    content = bytes(range(255, -1, -1))
    for byte in content:
        peer.send(bytes([byte]))
        host.tick_once(client)
    arrives(host, client, content)


@check("client-data.many-small-sends")
def test_many_small_sends(host: Host) -> None:
    """No tick until all were sent."""
    client, peer = connected_client(host)
    parts = [b"<%d>" % number for number in range(1000)]
    for part in parts:
        peer.send(part)
    arrives(host, client, b"".join(parts))


@check("client-data.never-empty")
def test_never_empty(host: Host) -> None:
    """The end of a connection reads as nothing, in most systems, also where it is read right behind the last words."""
    client, peer = connected_client(host)
    host.settle(client)
    peer.send(b"something")
    await_received(host, client, 9)
    peer.close()
    await_departure(host, client)
    with expect.needing("connect.after-departure"):
        peer = join(client, listen(host))
    peer.send(b"words and the end")
    peer.close()
    host.silence()
    await_departure(host, client)
    sizes = [len(fired.event.data) for fired in client.fired if fired.event.what == "data"]
    expect.that(0 not in sizes, "the sizes of data callbacks", expected="above 0", got=str(sizes))


@check("client-data.size-matches")
def test_size_matches(host: Host) -> None:
    """Of each piece, however they were cut."""
    client, peer = connected_client(host)
    for size in (1, 700, 70_000):
        peer.send(host.random.randbytes(size))
        host.tick_once(client)
    await_received(host, client, 70_701)
    for fired in client.fired:
        if fired.event.what == "data":
            expect.equal(fired.event.size, len(fired.event.data), "the size that a data callback was given")


@check("client-data.after-connect")
def test_after_connect(host: Host) -> None:
    """A banner, which is there when the first tick comes, or earlier."""
    client, listener = made_client(host), listen(host)
    with expect.needing("connect.succeeds"):
        expect.returns(connect(client, listener), True, "connect")
    listener.accept().send(b"220 ready\r\n")
    host.silence()
    arrives(host, client, b"220 ready\r\n")
    expect.equal(client.client_callbacks(), ["connect", "data"], "what was told, in order")


@check("client-data.send-and-leave")
@pytest.mark.parametrize("size", [5, 200_000, 8 * MEBIBYTE])
def test_send_and_leave(host: Host, size: int) -> None:
    """A server that answers and hangs up, before any tick where the system's buffers hold it."""
    client, peer = connected_client(host)
    content = host.random.randbytes(size)
    peer.send(content)
    host.until(lambda: not peer.unsent, client, what="the system takes what the server sends")
    peer.close()
    until_fired(host, client, "disconnect", 1)
    host.settle(client)
    expect.same_bytes(client.received, content, "what the server sent")
    expect.equal(client.client_callbacks(), ["connect", "data", "disconnect"], "what was told, in order")


@check("client-data.half-close")
def test_half_close(host: Host) -> None:
    """All that the server will say has been said."""
    client, peer = connected_client(host)
    content = host.random.randbytes(100_000)
    peer.send(content)
    peer.half_close()
    arrives(host, client, content)
    departures = client.count("disconnect")
    expect.that(departures <= 1, "disconnect callbacks", expected="one or none", got=str(departures))
    host.observe("departure reported" if departures else "stays connected")


def _reset(host: Host) -> HostObject:
    client, peer = connected_client(host)
    peer.send(b"and away")
    await_received(host, client, 8)
    peer.reset()
    return client


@check("client-data.reset")
def test_reset(host: Host) -> None:
    """A server that died."""
    client = _reset(host)
    until_fired(host, client, "disconnect", 1)
    host.settle(client)
    expect.equal(client.count("disconnect"), 1, "disconnect callbacks of one connection")


@check("client-data.reset-error")
def test_reset_error(host: Host) -> None:
    """Recorded, not judged."""
    client = _reset(host)
    await_departure(host, client)
    host.observe("error fired" if client.count("error") else "no error")


@check("client-data.belongs-to-its-connection")
@pytest.mark.parametrize("end", ["the server leaves", "the client closes"])
def test_belongs_to_its_connection(host: Host, end: str) -> None:
    """What waits when the first one ends is told before that, or never."""
    client, listener = made_client(host), listen(host)
    first: Peer = join(client, listener)
    first.send(b"of the first")
    host.silence()
    if end == "the client closes":
        with expect.needing("close.server-sees-end"):
            expect.returns(client.close(), None, "close")
    else:
        first.close()
        await_departure(host, client)
    heard = len(client.received)
    with expect.needing("connect.after-close" if end == "the client closes" else "connect.after-departure"):
        second = join(client, listener)
    second.send(b"of the second")
    until_received(host, client, heard + 13)
    host.settle(client)
    expect.same_bytes(client.received[heard:], b"of the second", "what came over the second connection")


@check("client-data.first-words")
def test_first_words(host: Host) -> None:
    """Each over a connection of its own, alone in its packet; then the client says the same, and the server again."""
    client, listener = made_client(host), listen(host)
    heard = b""
    for words in FIRST_WORDS:
        peer = join(client, listener)
        for answer in (words, b""):
            peer.send(words)
            heard += words
            arrives(host, client, heard)
            expect.equal(peer.closed, None, f"what a server sees whose first words were {words!r}")
            if answer:
                expect.same_bytes(peer.received, b"", f"what a server received whose first words were {words!r}")
                expect.returns(client.send(answer), True, f"send of {words!r}")
        host.await_peer(peer, len(words), client)
        host.settle(client)
        expect.same_bytes(peer.received, words, "what the server received")
        peer.close()
        await_departure(host, client)


@check("client-data.half-closed-leaves")
@pytest.mark.parametrize("breaks_off", [False, True], ids=["leaves", "breaks off"])
def test_half_closed_leaves(host: Host, *, breaks_off: bool) -> None:
    """At the end of its words or at the end of its connection, which may look the same; in either case once."""
    client, peer = connected_client(host)
    content = host.random.randbytes(WAITING)
    leaves_half_closed(host, client, peer, content, "client-send.stalled-returns", breaks_off=breaks_off)
    serves_again(host, client)
