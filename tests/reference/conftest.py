"""Fixtures of the reference's tests: servers and clients that are closed when their test ends."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from reference_tools import Recorder, dial, pump


@pytest.fixture
def cleanup() -> Iterator[contextlib.ExitStack]:
    with contextlib.ExitStack() as stack:
        yield stack


@pytest.fixture
def listen(cleanup: contextlib.ExitStack) -> Callable[..., Recorder]:
    """Makes a server that listens on a free port."""

    def make(**settings: Any) -> Recorder:
        server = cleanup.enter_context(Recorder(**settings))
        server.make_server_adapter()
        assert server.init(0)
        return server

    return make


@pytest.fixture
def join(cleanup: contextlib.ExitStack) -> Callable[[Recorder], socket.socket]:
    """Makes a client of a server, and ticks until it is taken."""

    def make(server: Recorder) -> socket.socket:
        client = cleanup.enter_context(dial(server))
        pump(server, server.is_connected)
        return client

    return make


@pytest.fixture
def queue_up(cleanup: contextlib.ExitStack) -> Callable[[Recorder], socket.socket]:
    """Makes a client that waits to be taken."""
    return lambda server: cleanup.enter_context(dial(server))
