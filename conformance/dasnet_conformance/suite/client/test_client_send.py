"""Section client-send: bytes to the server. What a stalled or departed server means is in test_client_send_trouble."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.client_side import (
    await_departure,
    await_received,
    connect,
    connected_client,
    departed_client,
    expect_error,
    join,
    made_client,
    talk,
)
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.listener import listen
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.reading import reading_meanwhile
from dasnet_conformance.suite.many_messages import KINDS, send_many
from dasnet_conformance.suite.scenes import outcome_inside, send_in_the_end, true_to_what_arrives

SIZES = (1, 2, 1023, 1024, 1025, 4096, 65_535, 65_536, 65_537)
MEBIBYTE = 1 << 20


def reaches(host: Host, client: HostObject, peer: Peer, content: bytes | bytearray) -> None:
    """Expect exactly this content at the server: not less, and after settling not more."""
    host.await_peer(peer, len(content), client)
    host.settle(client)
    expect.same_bytes(peer.received, content, "what the server received")


@check("client-send.arrives")
@pytest.mark.parametrize("size", SIZES)
def test_arrives(host: Host, size: int) -> None:
    """One call of this size, whose answer is true to what arrives; then one byte, which is taken."""
    client, peer = connected_client(host)
    true_to_what_arrives(host, client, peer, host.random.randbytes(size), f"send of {size} bytes")
    received = bytes(peer.received)
    expect.returns(client.send(b"!"), True, "send of one byte")
    reaches(host, client, peer, received + b"!")


@check("client-send.takes-ordinary-messages")
@pytest.mark.parametrize("size", [size for size in SIZES if size <= 65_536])
def test_takes_ordinary_messages(host: Host, size: int) -> None:
    """Up to this size a host need not cut its messages into pieces."""
    client, peer = connected_client(host)
    content = host.random.randbytes(size)
    with reading_meanwhile(host):
        expect.returns(client.send(content), True, f"send of {size} bytes")
    reaches(host, client, peer, content)


@check("client-send.large")
@pytest.mark.parametrize("mebibytes", [1, 8, 16])
def test_large(host: Host, mebibytes: int) -> None:
    """More than the system takes at once. Refused, nothing of it may arrive."""
    client, peer = connected_client(host)
    piece = host.random.randbytes(4096)
    repeat = mebibytes * MEBIBYTE // len(piece)
    if true_to_what_arrives(host, client, peer, piece, f"send of {mebibytes} MiB", repeat=repeat):
        host.observe("taken")
        return
    host.observe("refused whole")
    if peer.closed is None:
        expect.returns(client.send(b"!"), True, "send of one byte after the refusal")
        reaches(host, client, peer, b"!")


@check("client-send.many-calls")
@pytest.mark.parametrize("kind", KINDS)
def test_many_calls(host: Host, kind: str) -> None:
    """Calls of changing size, now and then a tick; the many come without one while they are taken."""
    client, peer = connected_client(host)
    with reading_meanwhile(host):
        sent = send_many(host, client, kind, 4_000)
        reaches(host, client, peer, sent)


@check("client-send.all-byte-values")
def test_all_byte_values(host: Host) -> None:
    """Binary content, the pairs that text modes spoil, and what is no message for a C string or a signed char."""
    client, peer = connected_client(host)
    sent = b""
    for content in (b"\0", b"\xff", bytes(range(256)) + b"\r\n\n\r\0\0\x1a\xff\xfe" + bytes(range(255, -1, -1))):
        expect.returns(client.send(content), True, "send")
        sent += content
        reaches(host, client, peer, sent)


@check("client-send.first-size-bytes")
@pytest.mark.parametrize(("length", "size"), [(10, 1), (10, 9), (5000, 4096), (200_000, 100_000)])
def test_first_size_bytes(host: Host, length: int, size: int) -> None:
    """The buffer is longer than the size says."""
    client, peer = connected_client(host)
    content = host.random.randbytes(length)
    with reading_meanwhile(host):
        taken = expect.one_of(client.send(content, size), ("true", "false"), f"send of {size} bytes out of {length}")
        send_in_the_end(host, client, b"end", "send of the end mark")
        reaches(host, client, peer, (content[:size] if taken == "true" else b"") + b"end")


@check("client-send.without-connection-reports")
@pytest.mark.parametrize("state", ["never connected", "departing", "departed", "closed"])
def test_without_connection_reports(host: Host, state: str) -> None:
    """The host hears why, in the implementation's own words; inside the disconnect callback by the end of its tick."""
    if state == "departing":
        _departing_reports(host)
        return
    if state == "never connected":
        client = made_client(host)
    elif state == "departed":
        client = departed_client(host)
    else:
        client, _ = connected_client(host)
        client.close()
    before = client.count("error")
    client.send(b"to nobody")
    expect_error(client, before, f"after a send, {state}")


def _departing_reports(host: Host) -> None:
    client, peer = connected_client(host)
    client.react("disconnect", "send", b"farewell")
    peer.close()
    await_departure(host, client)
    if outcome_inside(client, "send") != Value(False):
        raise expect.Moot("not asked: send is not false inside the disconnect callback")
    expect_error(client, 0, "after a send inside the disconnect callback")


@check("client-send.not-to-the-next-server")
@pytest.mark.parametrize("state", ["never connected", "gone", "departing", "departed", "closed"])
def test_not_to_the_next_server(host: Host, state: str) -> None:
    """The next server gets what was sent to it, from its first byte on. Departing is inside the disconnect callback."""
    client = made_client(host)
    if state == "departing":
        client.react("disconnect", "send", b"of another time")
    if state != "never connected":
        peer = join(client, listen(host))
        if state == "closed":
            client.close()
        else:
            peer.close()
            host.silence()
            if state in ("departing", "departed"):
                await_departure(host, client)
    if state != "departing":
        client.send(b"of another time")
    if state == "gone":
        await_departure(host, client)
    listener = listen(host)
    with expect.needing("connect.after-departure" if state != "never connected" else "connect.succeeds"):
        expect.returns(connect(client, listener), True, "connect to the next server")
    peer = listener.accept()
    expect.returns(client.send(b"now"), True, "send to the next server")
    reaches(host, client, peer, b"now")
    talk(host, client, peer)


@check("client-send.size-zero")
def test_size_zero(host: Host) -> None:
    """There is nothing to send, and the buffer is not empty."""
    client, peer = connected_client(host)
    host.observe(expect.one_of(client.send(b"no", 0), host.allowed(), "send of 0 bytes"))
    expect.returns(client.send(b"!"), True, "send of one byte after it")
    reaches(host, client, peer, b"!")


@check("client-send.size-beyond-buffer")
def test_size_beyond_buffer(host: Host) -> None:
    """What lies behind the buffer is nobody's business."""
    _turned_down(host, 4)


@check("client-send.size-negative")
def test_size_negative(host: Host) -> None:
    """Less than nothing."""
    _turned_down(host, -1)


def _turned_down(host: Host, size: int) -> None:
    client, peer = connected_client(host)
    host.observe(expect.one_of(client.send(b"abc", size), host.allowed(), f"send of {size} bytes out of 3"))
    if client.is_connected() == Value(True):
        expect.returns(client.send(b"!"), True, "send of one byte after it")
        reaches(host, client, peer, b"!")


@check("client-send.inside-connect")
def test_inside_connect(host: Host) -> None:
    """A greeting, as soon as there is somebody to greet."""
    client, listener = made_client(host), listen(host)
    client.react("connect", "send", b"hello, server")
    expect.returns(connect(client, listener), True, "connect")
    peer = listener.accept()
    reaches(host, client, peer, b"hello, server")
    talk(host, client, peer)


@check("client-send.inside-data")
def test_inside_data(host: Host) -> None:
    """An echo."""
    client, peer = connected_client(host)
    client.react("data", "echo")
    content = host.random.randbytes(50_000)
    peer.send(content)
    reaches(host, client, peer, content)


@check("client-send.delivers-nothing")
def test_delivers_nothing(host: Host) -> None:
    """Bytes wait, then the departure does."""
    client, peer = connected_client(host)
    host.settle(client)
    before = client.heard()
    peer.send(b"waiting")
    host.silence()
    client.send(b"x")
    expect.equal(client.heard(), before, "callbacks in a send, as bytes waited")
    peer.close()
    host.silence()
    client.send(b"y")
    client.send(b"z")
    expect.equal(client.heard(), before, "callbacks in sends, as the departure waited")
    with expect.needing("client-tick.delivers"):
        host.until(lambda: client.count("disconnect") > 0, client, what="a disconnect callback")
    await_received(host, client, 0)
