"""What a model wants to know of the suite's end of a connection."""

from __future__ import annotations

from typing import Protocol


class Wire(Protocol):
    """What the model wants to know of a peer's end of a connection; `Peer` has it."""

    received: bytearray
    closed: str | None
    reading: bool

    @property
    def unsent(self) -> int:
        """Bytes that were queued and that the system has not taken yet."""
