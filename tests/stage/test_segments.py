"""The segments of the suite's own ends, seen from the other side. Loopback sockets."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator

import pytest

from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.segments import SEGMENT, shorten_segments
from dasnet_conformance.stage.transcript import Transcript

HOST = "127.0.0.1"

#: What part of it a connection holds of which nobody reads anything, of what one with the segments of loopback holds,
#: which is twice as much: how much that is depends on the system and its version.
PART = 0.75
#: Bytes after which nobody looks on, whatever the system still takes.
ENOUGH = 64 << 20


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server((HOST, 0)) as listener:
        yield listener


@pytest.fixture
def peer() -> Iterator[Peer]:
    peer = Peer("peer 1", Transcript())
    yield peer
    peer.dispose()


@pytest.mark.skipif(sys.platform != "linux", reason="how much a connection holds is each system's own affair")
def test_a_connection_of_which_nobody_reads_is_full_soon(listener: socket.socket, peer: Peer) -> None:
    peer.connect(HOST, listener.getsockname()[1])
    server, _ = listener.accept()
    with server, socket.create_connection(listener.getsockname()), listener.accept()[0] as usual:
        assert _taken(server) < PART * _taken(usual)


def _taken(end: socket.socket) -> int:
    # How many bytes the system takes before it would wait.
    end.setblocking(False)
    taken = 0
    while taken < ENOUGH:
        try:
            taken += end.send(bytes(4096))
        except BlockingIOError:
            break
    return taken


def test_who_is_accepted_has_the_segments_of_the_listener() -> None:
    with socket.socket() as listener, socket.socket() as client:
        listener.bind((HOST, 0))
        shorten_segments(listener)
        listener.listen()
        client.connect(listener.getsockname())
        if sys.platform == "linux":
            assert client.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG) <= SEGMENT


def test_a_system_without_the_option_goes_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "TCP_MAXSEG", raising=False)
    with socket.socket() as end:
        shorten_segments(end)


def test_a_socket_that_does_not_have_it_goes_without() -> None:
    with socket.socket(socket.AF_UNIX) if hasattr(socket, "AF_UNIX") else socket.socket() as end:
        shorten_segments(end)
