"""Faults of section lowlevel: what the functions do to that which waits, to owners, and to a handle that is there."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.proof.faults.both_halves import OneBufferForAll
from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound import LowLevel
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import LOST


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


@fault("server-restore.costs-nothing")
class LowRestoreIsForGood(LowLevel):
    """The object that server_restore was given stays the one that is called back, whichever one restores the handle."""

    FOR_METHODS = True

    def server_restore(self, handle: Handle | None, obj: Any, class_info: type) -> None:
        needed: Any = self.need(handle, "server_restore")
        if needed.owner is not None:
            needed.pinned = obj
        super().server_restore(handle, getattr(needed, "pinned", obj), class_info)


@fault("make-server.twice-leaves-nobody")
class MakeServerOverwritesTheHandle(LowLevel):
    """make_server puts the new handle over the one in the object's field, which is not released."""

    def replace(self, obj: Any, handle: Handle) -> None:
        LOST.append(obj._server)
        obj._server = handle


@fault("server-restore.costs-nothing", may_kill=("lowlevel.mixes-with-methods", "server-send.reaches-client"))
class LowSendForgetsWhatWaits(LowLevel):
    """server_send looks at what the system took at once, and what waits by then is gone, though it says true."""

    def server_send(self, handle: Handle | None, data: bytes, size: int) -> bool:
        needed = self.need(handle, "server_send")
        took = super().server_send(handle, data, size)
        needed.outgoing.clear()
        return took


@fault("lowlevel.two-handles-one-object")
class OneReadingBufferForAllHandles(OneBufferForAll, Handle):
    """All handles read into one buffer, of which parts are handed over while another handle reads."""


@fault("server-restore.rebinds")
class LowRestoreForgetsTheErrors(LowLevel):
    """server_restore binds connect, disconnect and data, and leaves out the error callback, which is called no more."""

    def server_restore(self, handle: Handle | None, obj: Any, class_info: type) -> None:
        super().server_restore(handle, obj, class_info)
        muted: Any = self.need(handle, "server_restore")
        muted.tell_error = lambda _message, _code: None
