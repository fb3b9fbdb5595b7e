"""The sound server's handle: a small, plain and correct one, cut into steps that a fault can replace one by one.

What it does with its client is in `sound_conversation`, how it listens in `sound_listening`; here is how it takes one.
It imports nothing of ours but those.
"""

from __future__ import annotations

from .sound_conversation import Conversation
from .sound_listening import Listening


class Handle(Conversation, Listening):
    """A listener, at most one client, the bytes that wait for it, and the object whose callbacks they cause."""

    # Ownership

    def disown(self) -> None:
        """Be saved: call back nobody until the next `bind`."""
        self.owner = None

    def close(self) -> None:
        """Close client and listener and call back nobody any more."""
        self.owner = None
        self.drop_client()
        self.close_listener()

    # Queries

    def has_session(self) -> bool:
        """Whether there is a client to talk to."""
        return self.client is not None

    # Ticking

    def turn(self) -> None:
        """Take a client if there is none; then send what waits for it and deliver what it sent."""
        owner = self.owner
        if self.client is None:
            self.accept()
        # Any callback may have saved or destroyed the object.
        if self.client is not None and self.owner is owner:
            self.flush()
            self.receive()

    def accept(self) -> None:
        """Take a client that waits, if one does, and tell."""
        client = self.take_waiting()
        if client is not None:
            self.adopt(client)
            self.tell_connect()
