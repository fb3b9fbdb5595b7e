"""A port that has only begun: its `tick` does nothing."""

from __future__ import annotations

import dasnet_reference
from dasnet_reference import *  # noqa: F403 - a module that offers what the reference offers, but for what follows


class Server(dasnet_reference.Server):
    """Never takes a client."""

    def tick(self) -> None:
        """Nothing."""


def server_tick(handle: object) -> None:
    """Nothing."""
