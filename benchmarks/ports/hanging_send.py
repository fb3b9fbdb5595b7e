"""A port whose `send` never returns."""

from __future__ import annotations

import threading

import dasnet_reference
from dasnet_reference import *  # noqa: F403 - a module that offers what the reference offers, but for what follows


class Server(dasnet_reference.Server):
    """Hangs in send."""

    def send(self, *_: object) -> bool:
        """Wait for ever."""
        return threading.Event().wait()


def server_send(*_: object) -> bool:
    """Wait for ever."""
    return threading.Event().wait()
