"""Variants of save and restore: which of two handles stays, when the callbacks move, who gets the rest of a piece."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.proof.faults.sound import Server, SharedOrphan
from dasnet_conformance.proof.faults.sound_handle import Handle

from .registry import variant


@variant("saving into an orphan that holds a handle", shows={"save.into-full-orphan": "none"})
class SaveReplaces(Server):
    """Puts the handle in the place of the one that the orphan holds, and closes that: nobody owns it any more."""

    def save(self, shared_orphan: SharedOrphan) -> None:
        """What was there goes, if there is something to put in its place."""
        if self._server is not None and shared_orphan.server is not None:
            shared_orphan.server.close()
            shared_orphan.server = None
        super().save(shared_orphan)


@variant("saving nothing into an orphan that holds a handle", shows={"save.without-handle-loses-no-port": "closed"})
class SaveOfNothingReplaces(Server):
    """Puts nothing in the place of the handle that the orphan holds, as a pointer is moved, and closes that, which
    nobody owns any more."""

    def save(self, shared_orphan: SharedOrphan) -> None:
        """What was there goes, whatever comes in its place."""
        if self._server is None and shared_orphan.server is not None:
            shared_orphan.server.close()
            shared_orphan.server = None
            return
        super().save(shared_orphan)


@variant("restoring into an object that has a handle", shows={"restore.into-occupied": "refused"})
class RestoreNeedsEmptyObject(Server):
    """Raises an error for a restore into an object that has a handle, so that no server is lost: both keep what they
    have."""

    def restore(self, shared_orphan: SharedOrphan) -> None:
        """Into an object without one."""
        if self._server is not None and shared_orphan.server is not None:
            raise RuntimeError("the object has a handle of its own")
        super().restore(shared_orphan)


@variant("when the callbacks move after a restore")
class MovesCallbacksAtNextTick(Handle):
    """Moves the callbacks to the new object when there is something to tell, at the next tick at the earliest: nothing
    is told between the restore and that tick but errors, and those go to the new object."""

    def __init__(self) -> None:
        super().__init__()
        self.next_owner: Any = None

    def bind(self, owner: Any) -> None:
        """Remembered; nobody else is called back from now on."""
        self.owner, self.next_owner = None, owner

    def disown(self) -> None:
        """The remembered one as well."""
        super().disown()
        self.next_owner = None

    def close(self) -> None:
        """The remembered one as well."""
        self.next_owner = None
        super().close()

    def move_callbacks(self) -> None:
        """To the object that was remembered."""
        if self.next_owner is not None:
            self.owner, self.next_owner = self.next_owner, None

    def tick(self) -> None:
        """The moment for it."""
        self.move_callbacks()
        super().tick()

    def tell_error(self, message: str, code: int) -> None:
        """Another one."""
        self.move_callbacks()
        super().tell_error(message, code)


@variant("the rest of a piece whose first part made the callback save the object")
class OldObjectGetsTheRest(Handle):
    """Hands what was read at once over in parts of 4 KiB, and gives the rest to the object that is saved in between,
    within that tick: the documentation gives it to nobody in particular."""

    PART = 4096
    #: What was read and not handed over yet, as a callback raised; the next tick goes on with it.
    rest = b""

    def read(self) -> bytes | None:
        """First what is left."""
        rest, self.rest = self.rest, b""
        return rest or super().read()

    def drop_client(self) -> None:
        """With what is left of its bytes."""
        self.rest = b""
        super().drop_client()

    def tell_data(self, data: bytes) -> None:
        """To the owner at the time of reading, until a new one is bound or the handle ends."""
        owner, listener = self.owner, self.listener
        for start in range(0, len(data), self.PART):
            current = self.owner
            if current is not None and current is not owner:
                owner = current
            if current is None and self.listener is not listener:
                return
            if owner is not None:
                self.rest = data[start + self.PART :]
                owner.on_data(data[start : start + self.PART])
                self.rest = b""


class _TellsWhetherItFails(Handle):
    # Whether an error callback runs.

    failing = False

    def tell_error(self, message: str, code: int) -> None:
        """The callback, with a mark around it."""
        self.failing = True
        try:
            super().tell_error(message, code)
        finally:
            self.failing = False


@variant("saving inside an error callback", also=(_TellsWhetherItFails,))
class NoSaveInsideErrors(Server):
    """Raises an error for a save inside the error callback: the call that failed has not come back yet, and the
    documentation speaks of saves for a reload, not in the middle of a call."""

    def save(self, shared_orphan: SharedOrphan) -> None:
        """Not while an error is told."""
        if self._server is not None and self._server.failing:
            raise RuntimeError("an error is being told")
        super().save(shared_orphan)


@variant("restoring into an object that was destroyed")
class DestroyedTakesNothing(Server):
    """Raises an error for a restore into an object that was destroyed, and leaves the orphan as it is: the object is at
    its end."""

    ended = False

    def close(self) -> None:
        """The end, once for all."""
        super().close()
        self.ended = True

    def restore(self, shared_orphan: SharedOrphan) -> None:
        """Into an object that lives."""
        if self.ended:
            raise RuntimeError("the object was destroyed")
        super().restore(shared_orphan)
