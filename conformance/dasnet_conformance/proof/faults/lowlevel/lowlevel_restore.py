"""Faults of section lowlevel: server_restore changes more than whom the handle calls back."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound import LowLevel
from dasnet_conformance.proof.faults.sound_handle import Handle


@fault("server-restore.costs-nothing")
class LowRestoreEmptiesTheQueue(LowLevel):
    """server_restore begins with an empty queue: what waited for the client is gone."""

    def server_restore(self, handle: Handle | None, obj: Any, class_info: type) -> None:
        self.need(handle, "server_restore").outgoing.clear()
        super().server_restore(handle, obj, class_info)


@fault("server-restore.costs-nothing")
class LowRestoreOfItsOwnObjectMutesIt(LowLevel):
    """server_restore enters the new object and then strikes out the old one, which may be the same."""

    def server_restore(self, handle: Handle | None, obj: Any, class_info: type) -> None:
        needed = self.need(handle, "server_restore")
        before = needed.owner
        super().server_restore(handle, obj, class_info)
        if before is obj:
            needed.disown()


@fault("server-restore.costs-nothing")
class LowRestoreMutesTheObjectsOwnServer(LowLevel):
    """An object is called back by one handle at a time: server_restore strikes it out of the one in its field."""

    def server_restore(self, handle: Handle | None, obj: Any, class_info: type) -> None:
        super().server_restore(handle, obj, class_info)
        own = getattr(obj, "_server", None)
        if own is not None and own is not handle:
            own.disown()
