"""Faults of section restore: two servers that are saved at the same time get into each other's way."""

from __future__ import annotations

from typing import Any, ClassVar

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound import Server, SharedOrphan
from dasnet_conformance.proof.faults.sound_handle import Handle


@fault("restore.exchanged")
class QueuesComeBackInTheOtherOrder(Handle):
    """Saved handles are put on a stack: one that is not its top when it is restored has no queue any more."""

    saved: ClassVar[list[Handle]] = []

    def disown(self) -> None:
        super().disown()
        self.saved.append(self)

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        if self in self.saved:
            if self.saved[-1] is not self:
                self.outgoing.clear()
            self.saved.remove(self)


@fault("restore.into-occupied-apart")
class ReplacedServersQueueStays(Server):
    """restore into an object that has a client moves what waited for that one to the client of the restored server."""

    def take(self, handle: Handle, shared_orphan: SharedOrphan) -> None:
        if self._server is not None:
            handle.outgoing[:0] = self._server.outgoing
        super().take(handle, shared_orphan)
