"""The shape of a driver behind a channel: a process of ours, or somebody else's at the end of a connection.

May import the standard library and the channels.
"""

from __future__ import annotations

from typing import Protocol

from .channel import Aside, Channel


class Peer(Protocol):
    """The driver behind a channel: a process, or a connection."""

    @property
    def channel(self) -> Channel:
        """Its lines."""

    @property
    def aside(self) -> Aside:
        """What it wrote aside."""

    def obituary(self, *, unread: bool) -> tuple[str, str]:
        """What became of it, for people, and the symptom in `HINTS`.

        Arguments: `unread`, whether it was its input that turned out to be closed, and not its output.
        """

    def dismiss(self, seconds: float) -> tuple[str, str] | None:
        """After `bye`: let it stop by itself for that long, then see to it. What went wrong, as in `obituary`."""

    def is_alive(self) -> bool:
        """Whether the driver can still answer, as far as that is seen from here."""

    def is_ending(self) -> bool:
        """Whether the driver has ended, or does so within a moment, as far as that is seen from here."""

    def ask_for_stack(self) -> str:
        """What it writes aside when it is asked where it hangs, if it is one that can; it is of no use after that."""

    def close_input(self) -> None:
        """End the driver's input, and keep reading its output."""

    def abandon(self) -> None:
        """Let go at once, by force where it takes force. May be called twice."""
