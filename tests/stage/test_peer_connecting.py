"""The peer, against plain sockets: how it connects, and what becomes of a connection that does not come about."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from peer_tools import HOST, exactly, until

from dasnet_conformance.stage.expect import Mismatch
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.ports import NoPortsLeft
from dasnet_conformance.stage.transcript import Transcript


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that nobody listens on, and that nobody else gets either."""
    with socket.socket() as holder:
        holder.bind((HOST, 0))
        yield holder.getsockname()[1]


def test_it_connects_to_a_listener_that_does_not_accept(peer: Peer, listener: socket.socket) -> None:
    assert peer.connect(HOST, listener.getsockname()[1]) is peer
    assert peer.socket is not None
    assert peer.closed is None


def test_a_refused_connection_is_a_mismatch(peer: Peer, closed_port: int) -> None:
    with pytest.raises(Mismatch, match=rf"^connecting to port {closed_port}: expected a connection, got .*refused$"):
        peer.connect(HOST, closed_port)
    assert (peer.socket, peer.closed) == (None, "reset")


def test_a_refusal_seen_later_names_the_port_too(peer: Peer, closed_port: int) -> None:
    def connect_later() -> None:
        peer.connect(HOST, closed_port, wait=False)
        until(peer, lambda: False)

    with pytest.raises(Mismatch, match=rf"^connecting to port {closed_port}: "):
        connect_later()


def test_what_the_system_refuses_at_once_is_a_mismatch(peer: Peer) -> None:
    with pytest.raises(Mismatch, match=r"^connecting to port 9: expected a connection, got \w+"):
        peer.connect("255.255.255.255", 9)


def test_a_system_without_a_port_to_connect_from_says_nothing_of_the_server(
    peer: Peer, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Portless(socket.socket):
        def connect(self, address: Any) -> None:
            raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")

    monkeypatch.setattr(socket, "socket", Portless)
    with pytest.raises(NoPortsLeft, match="the system has no port left to connect from"):
        peer.connect("127.0.0.1", listener.getsockname()[1])


@pytest.fixture
def full_listener() -> Iterator[int]:
    """The port of a listener whose queue has no place left."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        fillers = [Peer(f"peer {number}", Transcript()).connect(HOST, port, wait=False) for number in range(2, 6)]
        yield port
        for filler in fillers:
            filler.dispose()


def test_a_connection_that_does_not_come_about_is_given_up(peer: Peer, full_listener: int) -> None:
    with pytest.raises(Mismatch, match=r"got no connection within 0\.01 seconds$"):
        peer.connect(HOST, full_listener, seconds=0.01)


def test_without_waiting_a_connection_may_still_be_pending(peer: Peer, full_listener: int) -> None:
    peer.connect(HOST, full_listener, wait=False)
    peer.send(b"early")
    assert peer.step() == 0
    assert (peer.unsent, peer.closed) == (5, None)


def test_without_waiting_what_was_sent_early_follows_the_connection(peer: Peer, listener: socket.socket) -> None:
    peer.connect(HOST, listener.getsockname()[1], wait=False)
    peer.send(b"early")
    until(peer, lambda: peer.unsent == 0)
    taken, _ = listener.accept()
    with taken:
        assert exactly(taken, 5) == b"early"
