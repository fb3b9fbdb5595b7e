"""Variants of how what cannot be done is turned down: by false where an error is allowed, and the other way round."""

from __future__ import annotations

import errno
from typing import Any

from dasnet_conformance.proof.faults.sound import LowLevel, Server, SharedOrphan
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import peek

from .registry import variant


@variant("a send of size 0", shows={"send.size-zero": "false"})
class SizeZeroIsFalse(Handle):
    """Answers false to a send of size 0: nothing was sent."""

    def send(self, data: bytes, size: int) -> bool:
        """Not of nothing."""
        self.check_size(data, size)
        return False if size == 0 else super().send(data, size)


@variant("a send of size 0", shows={"send.size-zero": "refused"})
class SizeZeroIsRefused(Handle):
    """Raises an error for a send of size 0 to a client: there is nothing to send, and most callers did not mean it."""

    def send(self, data: bytes, size: int) -> bool:
        """Not of nothing."""
        if size == 0 and self.client is not None:
            raise ValueError("there is nothing to send")
        return super().send(data, size)


@variant(
    "a size that the buffer does not have",
    shows={
        "send.size-beyond-buffer": "false",
        "send.size-negative": "false",
        "twins.bad-size-in-every-state": "false",
    },
)
class WrongSizeIsFalse(Handle):
    """Answers false to a size beyond the buffer or below zero, with an error told: the call did not succeed."""

    def send(self, data: bytes, size: int) -> bool:
        """Not of what is not there."""
        if not 0 <= size <= len(data):
            return self.fail_send(data, size, f"the buffer has {len(data)} bytes, not {size}", errno.EINVAL)
        return super().send(data, size)


class _NeedsHandle(Server):
    # What an object without a handle is asked may be turned down.

    def need_handle(self) -> None:
        """Raise an error without one."""
        if self._server is None:
            raise RuntimeError("the object has no handle")


@variant(
    "questions to an object without a handle",
    shows={
        "state.new-object.is-open": "refused",
        "state.new-object.is-connected": "refused",
        "state.saved.is-open": "refused",
        "state.saved.is-connected": "refused",
    },
)
class QueriesNeedHandle(_NeedsHandle):
    """Raises an error when an object without a handle is asked whether it is open or connected: there is nothing to
    ask."""

    def is_open(self) -> bool:
        """With a handle only."""
        self.need_handle()
        return super().is_open()

    def is_connected(self) -> bool:
        """With a handle only."""
        self.need_handle()
        return super().is_connected()


@variant(
    "a send without a handle",
    shows={
        "state.new-object.send": "refused",
        "state.saved.send": "refused",
        "state.destroyed.send": "refused",
        "agreement.size-zero-without-client": "refused",
    },
)
class SendNeedsHandle(_NeedsHandle):
    """Raises an error for a send without a handle: false is for want of a client, this is a mistake."""

    def send(self, data: bytes, size: int | None = None) -> bool:
        """With a handle only."""
        self.need_handle()
        return super().send(data, size)


@variant(
    "a tick without a handle",
    shows={"construct.tick-harmless": "refused", "save.saved-object-tick-harmless": "refused"},
)
class TickNeedsHandle(_NeedsHandle):
    """Raises an error for a tick without a handle: the host ticks too early, or the wrong object."""

    def tick(self) -> None:
        """With a handle only."""
        self.need_handle()
        super().tick()


@variant("a tick before init", shows={"tick.before-init": "refused"})
class TickNeedsPort(Server):
    """Raises an error for a tick of an object that is not open: the host ticks too early."""

    def tick(self) -> None:
        """Only when it listens."""
        if self._server is not None and not self._server.is_open():
            raise RuntimeError("the object is not open")
        super().tick()


@variant("a tick before init", shows={"tick.before-init": "refused"})
class EveryTickNeedsPort(Handle):
    """Raises an error for a tick of what is not open, the method and the function alike: the two agree."""

    def tick(self) -> None:
        """Only when it listens."""
        if self.listener is None:
            raise RuntimeError("the handle is not open")
        super().tick()


@variant(
    "calls on a destroyed object",
    shows={
        "state.destroyed.has-session": "refused",
        "state.destroyed.is-open": "refused",
        "state.destroyed.is-connected": "refused",
        "state.destroyed.send": "refused",
        "destroy.twice": "refused",
        "destroy.calls-after": "refused",
    },
)
class DestroyedIsGone(Server):
    """Raises an error for every call on an object that was destroyed, a second destroy included: whoever uses what is
    gone has made a mistake."""

    destroyed = False

    def need_life(self) -> None:
        """Raise an error after the end."""
        if self.destroyed:
            raise RuntimeError("the object was destroyed")

    def close(self) -> None:
        """Once."""
        self.need_life()
        super().close()
        self.destroyed = True

    def has_session(self) -> bool:
        """While it lives."""
        self.need_life()
        return super().has_session()

    def is_open(self) -> bool:
        """While it lives."""
        self.need_life()
        return super().is_open()

    def is_connected(self) -> bool:
        """While it lives."""
        self.need_life()
        return super().is_connected()

    def tick(self) -> None:
        """While it lives."""
        self.need_life()
        super().tick()

    def send(self, data: bytes, size: int | None = None) -> bool:
        """While it lives."""
        self.need_life()
        return super().send(data, size)


@variant(
    "a send to a client that has left, before a tick noticed",
    shows={
        "state.client-gone.send": "false",
        "send.to-departed-survives": "false",
        "send.to-reset-survives": "false",
        "endings.answer-to-last-words": "refused",
    },
)
class SendSeesDeparture(Handle):
    """Looks at the connection before it sends, and answers false when the client has left: the departure shows in
    sending."""

    def send(self, data: bytes, size: int) -> bool:
        """Only while there is no end to be seen."""
        self.check_size(data, size)
        if self.client is not None and peek(self.client) == b"":
            return self.fail_send(data, size, "nothing sent: the client has left", errno.EPIPE)
        return super().send(data, size)


@variant(
    "a send to a client that has left, before a tick noticed",
    shows={
        "state.client-gone.send": "refused",
        "send.to-departed-survives": "refused",
        "send.to-reset-survives": "refused",
        "callbacks.sends-inside-disconnect": "refused",
        "endings.answer-to-last-words": "refused",
    },
)
class SendToDepartedIsRefused(Handle):
    """Raises an error for a send to a client that has left, and inside the disconnect callback: the host learns it by
    name."""

    def __init__(self) -> None:
        super().__init__()
        self.telling_departure = False

    def tell_disconnect(self) -> None:
        """Knowing of it meanwhile."""
        self.telling_departure = True
        try:
            super().tell_disconnect()
        finally:
            self.telling_departure = False

    def send(self, data: bytes, size: int) -> bool:
        """Only while there is no end to be seen."""
        self.check_size(data, size)
        if self.telling_departure or (self.client is not None and peek(self.client) == b""):
            raise BrokenPipeError(errno.EPIPE, "the client has left")
        return super().send(data, size)


@variant("an object that cannot keep a handle", shows={"make-server.plain-object": "refused"})
class PlainObjectIsRefused(LowLevel):
    """make_server raises an error for an object without the field: false or an error, the host learns that there is no
    handle."""

    FOR_METHODS = True

    def make_server(self, obj: Any, class_info: type) -> bool:
        """For an object with the field."""
        if not hasattr(obj, "_server"):
            raise TypeError("the object has no field for a handle")
        return super().make_server(obj, class_info)


@variant("saving without a handle", shows={"save.without-handle": "none"})
class SavesNothing(Server):
    """Does nothing when an object without a handle is saved: there is nothing to move, and nothing was moved."""

    def save(self, shared_orphan: SharedOrphan) -> None:
        """If there is something."""
        if self._server is not None:
            super().save(shared_orphan)
