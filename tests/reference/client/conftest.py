"""Clients of the reference that are closed in the end, and what they connect to."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from client_tools import LOCAL, RecordingClient, port_of


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server((LOCAL, 0)) as made:
        yield made


@pytest.fixture
def make(cleanup: contextlib.ExitStack) -> Callable[..., RecordingClient]:
    def maker(**settings: Any) -> RecordingClient:
        client = cleanup.enter_context(RecordingClient(**settings))
        client.make_client_adapter()
        return client

    return maker


@pytest.fixture
def client(make: Callable[..., RecordingClient]) -> RecordingClient:
    return make()


@pytest.fixture
def joined(
    client: RecordingClient, listener: socket.socket, cleanup: contextlib.ExitStack
) -> tuple[RecordingClient, socket.socket]:
    assert client.connect(LOCAL, port_of(listener))
    return client, cleanup.enter_context(listener.accept()[0])
