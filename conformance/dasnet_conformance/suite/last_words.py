"""A peer that shuts down writing and reads on, of a server and of a client alike: what it is still owed.

They know `Host` and nothing else, and lay a failure to the requirement that is being checked.
"""

from __future__ import annotations

from typing import Final

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.reading import reading_meanwhile
from dasnet_conformance.suite.scenes import fill, put_aside, take_over

#: More than the system's buffers hold for a peer that does not read.
WAITING: Final = 8 << 20
#: Bytes of each call that fills them.
FILLING: Final = 1 << 18
#: Of a pattern that shows a place: the answers, small and large.
PATTERN: Final = b"0123456789abcdef"
REPEATS: Final = (1, WAITING // len(PATTERN))


def arrives(host: Host, served: HostObject, peer: Peer, wanted: bytes | bytearray, refused: bytes = b"") -> None:
    """Expect that all that was accepted comes to the peer.

    Arguments: `refused`, what a refused call was to send: it may have ended the connection, with a part of it on the
    way; one that arrives whole was no refusal.
    """
    host.until(
        lambda: len(peer.received) >= len(wanted) or peer.closed is not None,
        served,
        what=f"{len(wanted)} bytes at {peer.name}, which has shut down writing",
        got=lambda: host.reached(peer),
    )
    host.settle(served)
    what = f"what {peer.name} received{f' before it saw {peer.closed}' if peer.closed else ''}"
    whole = bytes(wanted) + refused
    if refused and peer.closed is not None and len(peer.received) < len(whole):
        expect.same_bytes(peer.received, whole[: len(peer.received)], what)
    else:
        expect.same_bytes(peer.received, wanted, what)


def accepted_before_half_close(host: Host, served: HostObject, peer: Peer, seen: bool, needs: str) -> None:
    """A peer that does not read, shuts down writing, and reads then: what was accepted before comes to it.

    Arguments: `seen`, whether ticks come between the two; `needs`, see `to_one_that_does_not_read`.
    """
    content = host.random.randbytes(WAITING)
    accepted = fill(host, served, peer, content, FILLING, needs)
    peer.half_close()
    if seen:
        host.settle(served)
    peer.resume_reading()
    arrives(host, served, peer, content[:accepted], refused=content[accepted : accepted + FILLING])
    host.observe("departure reported" if served.count("disconnect") else "stays connected")


def answer_to_last_words(host: Host, served: HostObject, peer: Peer, repeat: int) -> None:
    """A request whose end is the half-close, answered inside the data callback: what was accepted comes to the peer.

    Arguments: `repeat`, of the pattern in the answer; above 1 the answer is an echo of the request.
    """
    words = PATTERN * min(repeat, 1 << 12)
    served.react("data", "send" if repeat == 1 else "echo", *([PATTERN] if repeat == 1 else []))
    peer.send(words)
    peer.half_close()
    host.silence()
    with reading_meanwhile(host):
        host.until(
            lambda: served.received.endswith(words),
            served,
            what="the last words in data callbacks",
            got=lambda: host.came(served.received),
        )
        wanted, refused = bytearray(), b""
        data = b""
        for fired in served.fired:
            if fired.event.what == "data":
                data = fired.event.data
            elif fired.event.action in ("send", "echo"):
                answer = PATTERN if repeat == 1 else data
                if fired.event.outcome == Value(True):
                    wanted += answer
                else:
                    refused = refused or answer
        arrives(host, served, peer, wanted, refused)
    host.observe("refused" if refused else "accepted")


def leaves_half_closed(
    host: Host,
    served: HostObject,
    peer: Peer,
    content: bytes,
    needs: str = "send.stalled-returns",
    *,
    reload: bool = False,
    breaks_off: bool = False,
) -> HostObject:
    """A peer that shuts down writing while bytes wait for it, reads them then, and leaves: told of once.

    Arguments: `reload`, whether the server is saved and restored in between; `breaks_off`, whether the peer resets the
    connection and reads nothing. Returns the object that it is in then.
    """
    accepted = fill(host, served, peer, content, needs=needs)
    peer.half_close()
    host.settle(served)
    told: list[str] = []
    if reload:
        put_aside(served)
        told, served = served.client_callbacks(), take_over(host, served)
    if breaks_off:
        peer.reset()
    else:
        _reads_the_rest(host, served, peer, content, accepted)
        peer.close()
    host.until(
        lambda: "disconnect" in told + served.client_callbacks(),
        served,
        what="a disconnect callback",
    )
    host.settle(served)
    expect.equal(told + served.client_callbacks(), ["connect", "disconnect"], "what was told, in order")
    return served


def _reads_the_rest(host: Host, served: HostObject, peer: Peer, content: bytes, accepted: int) -> None:
    peer.resume_reading()
    host.until(
        lambda: len(peer.received) >= accepted or peer.closed is not None,
        served,
        what=f"{accepted} bytes at {peer.name}, which has shut down writing",
        got=lambda: host.reached(peer),
    )
    if accepted == len(content):
        # A refusal may have ended the connection before its time.
        expect.same_bytes(peer.received, content, f"what {peer.name} received")
