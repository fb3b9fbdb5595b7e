"""An object that goes on knowing the handle that it has saved: a part of faults, and no fault by itself."""

from __future__ import annotations

from typing import Any

from .sound import Server, SharedOrphan


class RemembersItsHandle(Server):
    """Keeps a pointer to the handle that it has saved."""

    former: Any = None

    def save(self, shared_orphan: SharedOrphan) -> None:
        former = self._server
        super().save(shared_orphan)
        self.former = former
