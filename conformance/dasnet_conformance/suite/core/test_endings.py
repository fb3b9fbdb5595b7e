"""Checks of section `endings`: the last bytes to a client that has shut down writing, or that the server sees off."""

from __future__ import annotations

import socket

import pytest

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.reading import reading_meanwhile
from dasnet_conformance.suite.last_words import (
    PATTERN,
    REPEATS,
    WAITING,
    accepted_before_half_close,
    answer_to_last_words,
    arrives,
    leaves_half_closed,
)
from dasnet_conformance.suite.scenes import serve_one, to_one_that_does_not_read

#: An answer that any system takes at once for a client that reads.
ORDINARY = 32 << 10

in_sizes = pytest.mark.parametrize("repeat", REPEATS, ids=["small", "large"])


@check("endings.accepted-before-half-close")
@pytest.mark.parametrize("reads", ["before a tick saw it", "after"])
def test_accepted_before_half_close(host: Host, reads: str) -> None:
    """A client that says all it has to say, shuts down writing, and then reads what it was sent, as many do."""
    server, peer = host.connected()
    accepted_before_half_close(host, server, peer, reads == "after", "send.stalled-returns")


@check("endings.answer-to-half-closed")
@pytest.mark.parametrize("moment", ["before a tick saw it", "after"])
@in_sizes
def test_answer_to_half_closed(host: Host, moment: str, repeat: int) -> None:
    """To refuse is fine, and to deliver; to promise and not to deliver is not."""
    server, peer = host.connected()
    peer.half_close()
    host.silence()
    if moment == "after":
        host.settle(server)
    with reading_meanwhile(host):
        outcome = server.send(PATTERN, repeat=repeat)
        # An error says as well as false that the departure was noticed.
        legal = ("true", "false", "refused")
        accepted = expect.one_of(outcome, legal, "send to a client that has shut down writing") == "true"
        whole = PATTERN * repeat
        arrives(host, server, peer, whole if accepted else b"", refused=b"" if accepted else whole)
    host.observe("accepted" if accepted else "refused")


@check("endings.answer-to-last-words")
@in_sizes
def test_answer_to_last_words(host: Host, repeat: int) -> None:
    """A request whose end is the half-close, answered where it is heard: what every one-shot client does."""
    server, peer = host.connected()
    answer_to_last_words(host, server, peer, repeat)


@check("endings.destroy-cuts-nothing")
@pytest.mark.parametrize("unread", ["nothing unread", "something unread"])
def test_destroy_cuts_nothing(host: Host, unread: str) -> None:
    """A farewell and the end; that the client had a word in between must not turn its connection's end into a reset."""
    server, peer = host.connected()
    content = host.random.randbytes(ORDINARY)
    peer.pause_reading()
    with to_one_that_does_not_read(host):
        if server.send(content) != Value(True):
            raise expect.Moot(f"a message of {ORDINARY} bytes was refused")
    host.until(lambda: _arrived(peer) >= ORDINARY, server, what=f"{ORDINARY} bytes in the client's system")
    if unread == "something unread":
        peer.send(b"one more thing")
        host.silence()
    expect.returns(server.destroy(), None, "destroy")
    peer.resume_reading()
    host.await_closed(peer)
    expect.same_bytes(peer.received, content, f"what the client received before it saw {peer.closed}")


def _arrived(peer: Peer) -> int:
    # Bytes that have come to the client's system and that it has not read yet.
    if peer.socket is None:
        return 0
    try:
        return len(peer.socket.recv(ORDINARY, socket.MSG_PEEK))
    except BlockingIOError:
        return 0


@check("endings.half-closed-leaves")
@pytest.mark.parametrize("how", ["stays", "is reloaded", "client breaks off"])
def test_half_closed_leaves(host: Host, how: str) -> None:
    """The end of what it said is there before that of what it is told: who puts off the one must come back to it.

    At which of the two it counts as gone is open; its close tells a system nothing new, its reset no host.
    """
    server, peer = host.connected()
    content, breaks_off = host.random.randbytes(WAITING), how == "client breaks off"
    last = leaves_half_closed(host, server, peer, content, reload=how == "is reloaded", breaks_off=breaks_off)
    serve_one(host, last)
