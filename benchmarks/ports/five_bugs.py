"""A port with five bugs at once, in five parts of it."""

from __future__ import annotations

import dasnet_reference
from dasnet_reference import *  # noqa: F403 - a module that offers what the reference offers, but for what follows


class Server(dasnet_reference.Server):
    """Answers, sends, saves, counts ports and ticks wrongly."""

    _ticks = 0

    def is_connected(self) -> bool:
        """True as long as it listens, client or none."""
        return self.is_open()

    def send(self, data: bytes, size: int) -> bool:
        """The last byte of each message is lost."""
        return super().send(data, size - 1) if size > 1 else super().send(data, size)

    def save(self, orphan: object) -> None:
        """The handle stays where it is."""

    def init(self, port: int) -> bool:
        """A port number that is too large is cut."""
        return super().init(port % 65536)

    def tick(self) -> None:
        """Every other tick does nothing."""
        self._ticks += 1
        if self._ticks % 2:
            super().tick()
