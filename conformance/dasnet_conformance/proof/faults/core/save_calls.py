"""Faults of section save: what is called on an object that was saved reaches the server in the orphan."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound import Server, SharedOrphan

_ALSO = ("destroy.after-save-keeps-orphan", "restore.old-object-destroyed", "pressure.order-across-reload")


class _Remembers(Server):
    # Keeps a pointer to the handle that it has saved.

    former: Any = None

    def save(self, shared_orphan: SharedOrphan) -> None:
        former = self._server
        super().save(shared_orphan)
        self.former = former


@fault("save.queued-bytes-survive", may_kill=_ALSO)
class SavedObjectStillSends(_Remembers):
    """send of an object that was saved says false, and the bytes go to the client by the old pointer."""

    def send(self, data: bytes, size: int | None = None) -> bool:
        if self._server is None and self.former is not None and self.former.client is not None:
            self.former.enqueue(data[:size])
        return super().send(data, size)


@fault("save.queued-bytes-survive", may_kill=_ALSO)
class DestroyOfTheSavedEmptiesTheQueue(_Remembers):
    """Destroying an object that was saved frees the queue that it once had, with what waits in it."""

    def close(self) -> None:
        if self._server is None and self.former is not None:
            self.former.outgoing.clear()
        super().close()


@fault("save.queued-bytes-survive", may_kill=_ALSO)
class QueryOfTheSavedEmptiesTheQueue(_Remembers):
    """is_connected of an object that was saved finds that it is not, and clears away what was to be sent."""

    def is_connected(self) -> bool:
        if self._server is None and self.former is not None:
            self.former.outgoing.clear()
        return super().is_connected()
