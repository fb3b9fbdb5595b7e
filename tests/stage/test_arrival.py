"""That what a peer sent has come to the other end is said where it is certain, and nowhere else. Loopback sockets."""

from __future__ import annotations

import socket
import sys
import time

import pytest

from dasnet_conformance.stage.arrival import has_arrived
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.transcript import Transcript

#: Seconds after which what does not happen counts as missing.
PATIENCE = 20.0


@pytest.mark.skipif(sys.platform != "linux", reason="no other system is asked")
def test_what_has_arrived_can_be_read() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        peer = Peer("peer 1", Transcript()).connect(*listener.getsockname())
        server, _ = listener.accept()
        with server:
            peer.send(b"a few")
            until = time.monotonic() + PATIENCE
            while not has_arrived(peer):
                assert time.monotonic() < until
                time.sleep(0.001)
            server.setblocking(False)
            assert server.recv(100) == b"a few"
        peer.dispose()


def test_what_the_system_does_not_take_has_not_arrived() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        peer = Peer("peer 1", Transcript()).connect(*listener.getsockname())
        server, _ = listener.accept()
        with server:
            peer.send(bytes(64 << 20))
            assert peer.unsent
            assert not has_arrived(peer)
        peer.dispose()
        assert not has_arrived(peer)
