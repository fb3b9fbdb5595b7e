"""Faults of section callbacks: what an error callback does to its object, seen by the call that told of the error."""

from __future__ import annotations

import errno
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import die


class _KnowsItsEnd(Handle):
    # Whether the object was destroyed.

    ended = False

    def close(self) -> None:
        super().close()
        self.ended = True

    def go_on(self) -> None:
        """What a call does that goes on with memory that was freed."""
        if self.ended:
            die()


@fault("callbacks.destroy-inside-error")
class InitGoesOnWithADestroyedObject(_KnowsItsEnd):
    """An init that fails looks at its object once more behind the error callback, and that has destroyed it."""

    def fail_init(self, message: str, code: int) -> bool:
        super().fail_init(message, code)
        self.go_on()
        return False


@fault("callbacks.destroy-inside-error")
class SendGoesOnWithADestroyedObject(_KnowsItsEnd):
    """A send to nobody looks at its object once more behind the error callback, and that has destroyed it."""

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:
        super().fail_send(data, size, message, code)
        self.go_on()
        return False


@fault("callbacks.destroy-inside-error")
class ResetGoesOnWithADestroyedObject(_KnowsItsEnd):
    """A reset is told as an error before the client is let go of, and by then the object may be destroyed."""

    def read_broken(self) -> bytes | None:
        self.tell_error("the connection was reset", errno.ECONNRESET)
        self.go_on()
        return b""


class _TakesItselfBack(Handle):
    # Puts itself into its object again, whatever the callback has done.

    def back(self, owner: Any) -> None:
        """Bind it, and enter it in the object's field."""
        if self.owner is None and owner is not None and self.listener is not None:
            self.owner, owner._server = owner, self


@fault("callbacks.save-inside-error")
class FailedInitTakesItselfBack(_TakesItselfBack):
    """An init that is turned down enters the handle in its object again, though the error callback has saved it."""

    def fail_init(self, message: str, code: int) -> bool:
        owner = self.owner
        super().fail_init(message, code)
        self.back(owner)
        return False


@fault("callbacks.save-inside-error", may_kill=("callbacks.destroy-inside-error",))
class FailedSendTakesItselfBack(_TakesItselfBack):
    """A send to nobody enters the handle in its object again, though the error callback has saved it."""

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:
        owner = self.owner
        super().fail_send(data, size, message, code)
        self.back(owner)
        return False


@fault("callbacks.tick-inside-error")
class TickInsideAnErrorLocksIt(Handle):
    """A tick inside the error callback of a send marks itself as under way, and the send takes no mark away."""

    sending = False

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:
        self.sending = True
        super().fail_send(data, size, message, code)
        self.sending = False
        return False

    def tick(self) -> None:
        if self.sending:
            self.ticking = True
            return
        super().tick()
