"""Faults of section save: what is called on an object that was saved reaches the server in the orphan."""

from __future__ import annotations

import socket
from typing import Any, ClassVar

from dasnet_conformance.proof.faults.former_handle import RemembersItsHandle
from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import drain

_ALSO = ("destroy.after-save-keeps-orphan", "restore.old-object-destroyed", "pressure.order-across-reload")


@fault("save.queued-bytes-survive", may_kill=_ALSO)
class SavedObjectStillSends(RemembersItsHandle):
    """send of an object that was saved says false, and the bytes go to the client by the old pointer."""

    def send(self, data: bytes, size: int | None = None) -> bool:
        if self._server is None and self.former is not None and self.former.client is not None:
            self.former.enqueue(data[:size])
        return super().send(data, size)


@fault("save.queued-bytes-survive", may_kill=_ALSO)
class DestroyOfTheSavedEmptiesTheQueue(RemembersItsHandle):
    """Destroying an object that was saved frees the queue that it once had, with what waits in it."""

    def close(self) -> None:
        if self._server is None and self.former is not None:
            self.former.outgoing.clear()
        super().close()


@fault("save.queued-bytes-survive", may_kill=_ALSO)
class QueryOfTheSavedEmptiesTheQueue(RemembersItsHandle):
    """is_connected of an object that was saved finds that it is not, and clears away what was to be sent."""

    def is_connected(self) -> bool:
        if self._server is None and self.former is not None:
            self.former.outgoing.clear()
        return super().is_connected()


@fault("save.queued-bytes-survive", may_kill=("pressure.order-across-reload",))
class SaveInsideDataLosesTheQueue(Handle):
    """The tick in whose data callback the object was saved clears up behind it, the queue included."""

    def tell_data(self, data: bytes) -> None:
        super().tell_data(data)
        if self.owner is None:
            self.outgoing.clear()


@fault("save.queued-bytes-survive", may_kill=("pressure.order-across-reload",))
class SaveInsideDataSendsAgain(Handle):
    """A save inside a data callback copies the head of the queue, which the interrupted tick counts as unsent too."""

    def tell_data(self, data: bytes) -> None:
        super().tell_data(data)
        if self.owner is None:
            self.outgoing[:0] = self.outgoing[:4]


@fault("restore.bytes-while-orphaned", may_kill=("restore.unread-before-save", "restore.old-object-silent"))
class TickOfTheSavedReadsOn(RemembersItsHandle):
    """A tick of an object that was saved reads from the client by the old pointer, and finds nobody to tell."""

    def tick(self) -> None:
        if self._server is None and self.former is not None and self.former.owner is not None:
            drain(self.former.client)
        super().tick()


@fault("init.port-in-use")
class InitSweepsTheOrphanAway(Handle):
    """An init whose port is that of a saved server takes it for one that nobody came back for, and closes it."""

    orphaned: ClassVar[list[Handle]] = []

    def disown(self) -> None:
        super().disown()
        self.orphaned.append(self)

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        if self in self.orphaned:
            self.orphaned.remove(self)

    def open_listener(self, port: int) -> socket.socket:
        for each in list(self.orphaned):
            if each.listener is not None and each.listener.getsockname()[1] == port:
                each.close_listener()
        return super().open_listener(port)
