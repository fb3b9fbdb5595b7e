"""A peer with a transcript, and a listener for it."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from peer_tools import HOST, PATIENCE

from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.transcript import Transcript


@pytest.fixture
def transcript() -> Transcript:
    return Transcript()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server((HOST, 0)) as listener:
        listener.settimeout(PATIENCE)
        yield listener


@pytest.fixture
def peer(transcript: Transcript) -> Iterator[Peer]:
    peer = Peer("peer 1", transcript)
    yield peer
    peer.dispose()
