"""Faults of section client-send: memory that the client takes for its own, and that is the caller's."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.proof.faults.both_halves import Referring
from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_client import ClientHandle


class _Referring(Referring, ClientHandle):
    """Of the client, which sends what it refers to when it is closed."""

    def end_of_input(self) -> None:
        if not self.views:
            self.depart()

    def close(self) -> None:
        self.outgoing += b"".join(self.views)
        self.views.clear()
        super().close()


@fault("client-send.from-used-buffer", may_kill=("connect.twice-loses-nothing",))
class ClientQueuesTheCallersMemory(_Referring):
    """What the system does not take at once for the server waits in the caller's buffer, and that is used again."""


@fault("client-send.from-used-buffer", may_kill=("connect.twice-loses-nothing",))
class ClientCopiesSmallMessagesOnly(_Referring):
    """A message of up to 4,096 bytes is copied into the client's queue; a longer one is only referred to."""

    def enqueue(self, part: Any) -> None:
        super().enqueue(memoryview(bytes(part)) if len(part) <= 4_096 else part)
