"""Memory that its owner goes on using, of a server and of a client alike: the caller after a send, the program after a
delivery.

The driver does the overwriting, and the looking again (`send_reused`, `kept`); where it does not offer that, the
question cannot be put. They know `Host` and nothing else.
"""

from __future__ import annotations

from typing import Final

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.optional import offered
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.reading import reading_meanwhile
from dasnet_conformance.suite.scenes import to_one_that_does_not_read, until_received

#: Sizes of messages that follow each other while the peer does not read: small ones between large ones.
STALLED_SIZES: Final = (96, 262_144, 8, 1_000_000, 1, 4_096)
#: Bytes in all, more than the system takes for a peer that does not read.
STALLED_TOTAL: Final = 8 << 20

#: Sizes of deliveries, smaller after larger, so that a buffer which is used again is overwritten in part and whole.
DELIVERIES: Final = (5_000, 10, 5_000, 1, 20_000, 300)
#: Several reads of most servers, each as large as it has room for.
BURST: Final = 300_000


def send_reused(host: Host, sender: HostObject, data: bytes, size: int | None = None, repeat: int = 1) -> bool:
    """A send from a buffer that is overwritten as soon as it has returned; whether it was accepted."""
    whole = len(data) * repeat
    outcome = offered(host, "send_reused", sender.number, data, repeat, whole if size is None else size)
    return expect.one_of(outcome, ("true", "false"), "send from a buffer that is used again") == "true"


def sent_then_overwritten(host: Host, sender: HostObject, peer: Peer, length: int, size: int) -> None:
    """Messages to a peer that reads: what was accepted arrives as it was during the call, and a last byte behind it."""
    expected = bytearray()
    with reading_meanwhile(host):
        for _ in range(3):
            content = host.random.randbytes(length)
            if send_reused(host, sender, content, size):
                expected += content[:size]
    # Before that a queue may be full to its last byte.
    host.await_peer(peer, len(expected), sender)
    expect.returns(sender.send(b"!"), True, "send of one byte afterwards")
    expected += b"!"
    host.await_peer(peer, len(expected), sender)
    host.settle(sender)
    expect.same_bytes(peer.received, expected, f"what {peer.name} received from buffers that were used again at once")


def fill_reused(host: Host, sender: HostObject, needs: str = "send.stalled-returns") -> tuple[bytearray, bytes]:
    """Numbered messages of changing size to a peer that does not read, up to a total or a refusal.

    Returns what was accepted, and what was refused.
    """
    accepted = bytearray()
    number = 0
    with to_one_that_does_not_read(host, needs):
        while len(accepted) < STALLED_TOTAL:
            size = STALLED_SIZES[number % len(STALLED_SIZES)]
            piece = b"%07d|" % (number + 1)
            repeat = -(-size // len(piece))
            if not send_reused(host, sender, piece, size, repeat):
                return accepted, (piece * repeat)[:size]
            accepted += (piece * repeat)[:size]
            number += 1
    return accepted, b""


def reads_at_last(host: Host, sender: HostObject, peer: Peer, accepted: bytearray, refused: bytes) -> None:
    """The peer reads on: what waited arrives as it was during its call."""
    peer.resume_reading()
    host.until(
        lambda: len(peer.received) >= len(accepted) or (bool(refused) and peer.closed is not None),
        sender,
        what=f"{len(accepted)} bytes that send accepted",
        got=lambda: host.reached(peer),
    )
    # Where a send was refused, the connection may have been closed; what a refused call leaves is judged elsewhere.
    arrived = min(len(peer.received), len(accepted))
    expect.same_bytes(peer.received[:arrived], accepted[:arrived], "what waited, from buffers that were used again")


def deliver(host: Host, receiver: HostObject, peer: Peer) -> None:
    """Bytes of the peer one after the other, so that each is a delivery of its own."""
    for size in DELIVERIES:
        heard = len(receiver.received)
        peer.send(host.random.randbytes(size))
        until_received(host, receiver, heard + size)


def is_kept(host: Host, receiver: HostObject, after: str) -> None:
    """Expect that what was delivered is what it was, or that looking at it is refused."""
    outcome = offered(host, "kept", receiver.number)
    expect.one_of(outcome, host.allowed(), f"whether what was delivered is what it was, after {after}")


def delivered_stays(host: Host, receiver: HostObject, peer: Peer) -> None:
    """A program that collects what comes until a message is whole."""
    peer.send(host.random.randbytes(BURST))
    until_received(host, receiver, BURST)
    is_kept(host, receiver, "the deliveries of one burst")
    deliver(host, receiver, peer)
    is_kept(host, receiver, "later deliveries")
    for size in DELIVERIES:
        receiver.send(b"x" * size)
        host.tick_once(receiver)
    is_kept(host, receiver, "sends")
    host.settle(receiver)
    is_kept(host, receiver, "ticks")
    receiver.react("data", "echo")
    deliver(host, receiver, peer)
    is_kept(host, receiver, "echoes")
