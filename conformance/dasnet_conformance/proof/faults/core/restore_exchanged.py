"""Faults of section restore: two servers that are saved at the same time get into each other's way."""

from __future__ import annotations

from typing import Any, ClassVar

from dasnet_conformance.proof.faults.registry import fault
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
