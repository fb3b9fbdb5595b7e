"""A callback that fails, of a server and of a client alike, and what it must not cost: bytes of either direction.

They know `Host` and nothing else, and lay a failure to the requirement that is being checked.
"""

from __future__ import annotations

from typing import Final

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.scenes import Forgiving, fill

#: More than one read of most servers, so that the failure comes in the middle of a burst.
BURST: Final = 150_000
#: More than the system's buffers hold for a peer that does not read.
QUEUED: Final = 8 << 20
#: What makes a data callback fail.
WORDS: Final = b"words that fail"


def until_failed(host: Host, served: HostObject, what: str, count: int) -> None:
    """Tick until the callback has fired so often, though ticks end in an error."""
    host.until(
        lambda: served.count(what) >= count,
        Forgiving(served),
        what=f"{what} callback number {count}",
        got=lambda: f"{served.count(what)} of them",
    )


def ended(served: HostObject, peer: Peer) -> bool:
    """Whether the connection is at its end, on either side."""
    return peer.closed is not None or served.count("disconnect") > 0


def _until_heard_or_ended(host: Host, served: HostObject, peer: Peer, count: int) -> None:
    host.until(
        lambda: len(served.received) >= count or ended(served, peer),
        Forgiving(served),
        what=f"{count} bytes in data callbacks, or the end of the connection",
        got=lambda: host.came(served.received),
    )


def loses_no_waiting_data(host: Host, served: HostObject, peer: Peer, callback: str, how_often: str) -> None:
    """Bytes wait and come later while a callback raises, "once" or "each time": all are delivered once, in order.

    To keep the connection and to end it are both fine; a gap, or bytes told twice, is neither.
    """
    content = host.random.randbytes(2 * BURST)
    peer.send(content[:BURST])
    host.silence()
    until_failed(host, served, callback, 1)
    if how_often == "once":
        served.react(callback, "none")
    _until_heard_or_ended(host, served, peer, BURST)
    peer.send(content[BURST:])
    _until_heard_or_ended(host, served, peer, 2 * BURST)
    host.settle(Forgiving(served))
    over = ended(served, peer)
    wanted = content[: len(served.received)] if over else content
    expect.same_bytes(served.received, wanted, f"what was delivered, with a failure inside {callback}")
    host.observe("closed" if over else "kept")


def loses_no_queued_bytes(host: Host, served: HostObject, peer: Peer, needs: str) -> None:
    """A data callback raises while accepted bytes wait: they reach the peer once and in order, or the connection ends.

    Arguments: `needs`, see `to_one_that_does_not_read`.
    """
    content = host.random.randbytes(QUEUED)
    accepted = fill(host, served, peer, content, needs=needs)
    served.react("data", "raise")
    peer.send(WORDS)
    # Where a send was refused, its connection may have been ended for that.
    host.until(
        lambda: served.count("data") > 0 or served.count("disconnect") > 0,
        Forgiving(served),
        what="a data callback, which raises",
    )
    host.settle(Forgiving(served))
    peer.resume_reading()
    host.until(
        lambda: len(peer.received) >= accepted or ended(served, peer),
        Forgiving(served),
        what=f"{accepted} bytes at {peer.name}, as send accepted before the failure, or the end of the connection",
        got=lambda: host.reached(peer),
    )
    host.settle(Forgiving(served))
    over = ended(served, peer)
    wanted = content[: len(peer.received) if over else accepted]
    expect.same_bytes(peer.received, wanted, f"what {peer.name} received")
    expect.same_bytes(served.received, WORDS if served.received else b"", "what was delivered")
    host.observe("closed" if over else "kept")
