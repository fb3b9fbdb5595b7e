"""Faults of section agreement: right after each detour alone, and wrong where one comes behind another."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.proof.faults.former_handle import RemembersItsHandle
from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound import Server, SharedOrphan
from dasnet_conformance.proof.faults.sound_handle import Handle


@fault("agreement.any-order", "restore.exchanged", may_kill=("agreement.any-order-of-mistakes",))
class RestoreEndsTheFormerHandle(RemembersItsHandle):
    """A restore ends the handle that the object had last, which is another object's by now."""

    def restore(self, shared_orphan: SharedOrphan) -> None:
        handle, former = shared_orphan.server, self.former
        super().restore(shared_orphan)
        self.former = None
        if former is not None and former is not handle:
            former.close()


@fault("agreement.any-order-of-mistakes")
class AdapterEndsTheFormerHandle(RemembersItsHandle):
    """An object that has saved and makes an adapter anew ends its first handle, which waits in the orphan."""

    def make_server_adapter(self) -> None:
        former, self.former = self.former, None
        if former is not None:
            former.close()
        super().make_server_adapter()


@fault("agreement.any-order-of-mistakes")
class DestroyEndsBothHandles(RemembersItsHandle):
    """An object that has saved and was opened anew ends both of its handles when it is destroyed."""

    def close(self) -> None:
        former, own = self.former, self._server
        super().close()
        if own is not None and former is not None and former is not own:
            former.close()


@fault("agreement.any-order-of-mistakes", may_kill=("save.queued-bytes-survive", "agreement.bad-port-in-every-state"))
class InitEndsTheFormerListener(RemembersItsHandle):
    """init of an object that has saved makes room for its port by closing the listener that it had."""

    def init(self, port: int) -> bool:
        if self._server is None and self.former is not None:
            self.former.close_listener()
        return super().init(port)


@fault("agreement.any-order-of-mistakes")
class DestroyedObjectSwallowsTheHandle(Server):
    """A restore into a destroyed object empties the orphan, and nobody gets at the handle any more."""

    ended = False
    swallowed: Any = None

    def close(self) -> None:
        super().close()
        self.ended = True

    def restore(self, shared_orphan: SharedOrphan) -> None:
        if self.ended and shared_orphan.server is not None:
            self.swallowed, shared_orphan.server = shared_orphan.server, None
            return
        super().restore(shared_orphan)


@fault("agreement.any-order", may_kill=("agreement.any-order-of-mistakes", "agreement.after-reload"))
class WhoComesBackTakesNobody(Handle):
    """The listener is watched for each new owner, and not again for one that it has had before."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Any] = []

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        if owner in self.seen[:-1]:
            self.deaf = True
        self.seen.append(owner)

    deaf = False

    def accept(self) -> None:
        if not self.deaf:
            super().accept()
