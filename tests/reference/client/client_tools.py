"""What the tests of the client half share: a client that remembers, and ports that refuse or keep silent."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

from reference_tools import CallbackNotes

from dasnet_reference import (
    Client,
)

LOCAL = "127.0.0.1"


class RecordingClient(CallbackNotes, Client):
    """A client that remembers every callback."""


def port_of(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port


def refusing() -> socket.socket:
    """A socket that holds a port on which nobody listens."""
    held = socket.socket()
    held.bind((LOCAL, 0))
    return held


@contextlib.contextmanager
def silent() -> Iterator[int]:
    """A port that answers nothing: its listen queue is full."""
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind((LOCAL, 0))
        full.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        yield port_of(full)
