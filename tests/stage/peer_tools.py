"""What the tests of the peer share: waiting for it, and reading what it sent."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable

from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.transcript import Transcript

HOST = "127.0.0.1"


MEBIBYTE = 1 << 20


#: Seconds after which what does not happen counts as missing.
PATIENCE = 20.0


def until(peer: Peer, reached: Callable[[], bool]) -> None:
    """Step the peer until it is so; wakes up as soon as there is anything for it to do."""
    end = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < end, "the peer did not get there"
        if not peer.step() and peer.socket is not None:
            wants = [peer.socket] if peer.unsent else []
            select.select([peer.socket] if peer.reading else [], wants, [], 0.01)


def await_something(peer: Peer) -> None:
    """Wait until the peer has something to read, and leave it there."""
    assert peer.socket is not None
    assert select.select([peer.socket], [], [], PATIENCE)[0]


def exactly(server: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        part = server.recv(MEBIBYTE)
        assert part, "the connection ended too early"
        data += part
    return bytes(data)


def texts(transcript: Transcript) -> list[str]:
    return [entry["text"] for entry in transcript.entries()]
