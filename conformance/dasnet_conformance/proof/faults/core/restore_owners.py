"""Faults of section restore: callbacks that go to the wrong owner, and news that no owner is told."""

from __future__ import annotations

import errno
import socket
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound import Server, SharedOrphan
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import peek, ready

_OTHERS = (
    "callbacks.no-error-when-all-is-well",
    "restore.errors-to-new-object",
    "restore.send-error-is-told",
    "restore.untold-client-not-lost",
    "restore.untold-departure-not-lost",
    "restore.departure-while-orphaned",
    "restore.departed-with-data",
    "restore.exchange-while-orphaned",
    "restore.waiting-client-kept",
    "restore.arrival-while-orphaned",
)


def _besides(*kills: str) -> tuple[str, ...]:
    # What else of these can fail on a fault that has to fail on some of them.
    return tuple(each for each in _OTHERS if each not in kills)


@fault(
    "restore.errors-to-new-object",
    "restore.send-error-is-told",
    may_kill=_besides("restore.errors-to-new-object", "restore.send-error-is-told"),
)
class ErrorsStayWithTheMaker(Handle):
    """The error callback is bound when the handle is made, and a restore changes only the other three."""

    maker: Any = None

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.maker = self.maker or owner

    def tell_error(self, message: str, code: int) -> None:
        if self.owner is not None:
            self.maker.on_error(message, code)


@fault("restore.errors-to-new-object")
class ErrorsStayWithWhoHadTheFirst(Handle):
    """The error callback is looked up when there is an error to tell for the first time, and kept from then on."""

    first: Any = None

    def tell_error(self, message: str, code: int) -> None:
        self.first = self.first or self.owner
        if self.first is not None:
            self.first.on_error(message, code)


@fault("restore.errors-to-new-object", may_kill=_besides("restore.errors-to-new-object"))
class BrokenConnectionsAreToldToBoth(Handle):
    """A restore adds the new owner to those who are told that a connection broke, and leaves the old one there."""

    def __init__(self) -> None:
        super().__init__()
        self.owners: list[Any] = []

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.owners.append(owner)

    def fail_flush(self, error: OSError) -> bool:
        for owner in self.owners:
            owner.on_error(f"the client is gone: {error.strerror}", error.errno or errno.EPIPE)
        self.outgoing.clear()
        return False


@fault("restore.errors-to-new-object", may_kill=_besides("restore.errors-to-new-object"))
class LogStaysWithTheMaker(Handle):
    """The log of a handle is the one of the object that it was made for, whoever has it now."""

    maker: Any = None

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.maker = self.maker or owner

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        self.maker.on_log("a client was taken")


@fault("restore.errors-to-new-object", may_kill=_besides("restore.errors-to-new-object"))
class FailedSendTellsWhoSaved(Server):
    """A send that fails is told to the object that saved the handle, which the orphan still refers to."""

    predecessor: Any = None

    def save(self, shared_orphan: SharedOrphan) -> None:
        super().save(shared_orphan)
        shared_orphan.server.saved_by = self

    def restore(self, shared_orphan: SharedOrphan) -> None:
        super().restore(shared_orphan)
        handle: Any = self._server
        self.predecessor = getattr(handle, "saved_by", None)

    def send(self, data: bytes, size: int | None = None) -> bool:
        if self.predecessor is not None and not self.is_connected():
            self.predecessor.on_error("nothing sent: no client is connected", errno.ENOTCONN)
        return super().send(data, size)


@fault("restore.send-error-is-told", may_kill=_besides("restore.send-error-is-told"))
class FirstErrorAfterReloadIsLost(Handle):
    """Errors are told again only after the first tick of the new owner, and those before it are lost."""

    fresh = False
    reloads = 0

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.fresh = self.reloads > 0
        self.reloads += 1

    def turn(self) -> None:
        self.fresh = False
        super().turn()

    def tell_error(self, message: str, code: int) -> None:
        if not self.fresh:
            super().tell_error(message, code)


class TakesThenTells(Handle):
    """Takes a client in one tick and tells in the next."""

    untold = False

    def accept(self) -> None:
        client = self.take_waiting()
        if client is not None:
            self.adopt(client)
            self.untold = True

    def turn(self) -> None:
        if self.untold:
            self.untold = False
            self.tell_connect()
        elif self.client is None:
            self.accept()
            return
        super().turn()


@fault("restore.untold-client-not-lost", may_kill=_besides("restore.untold-client-not-lost"))
class SaveDropsUntold(TakesThenTells):
    """A client is taken in one tick and told in the next; a save in between drops it."""

    def disown(self) -> None:
        super().disown()
        if self.untold:
            self.untold = False
            self.drop_client()


@fault("restore.untold-client-not-lost", may_kill=_besides("restore.untold-client-not-lost"))
class RestoreForgetsUntold(TakesThenTells):
    """A client is taken in one tick and told in the next; after a save in between it counts as told."""

    def disown(self) -> None:
        super().disown()
        self.untold = False


@fault("restore.untold-client-not-lost", may_kill=_besides("restore.untold-client-not-lost"))
class SaveDropsWhoWasLetInAhead(Handle):
    """The next client is let in while one is served, and a save forgets it, since it belongs to no session yet."""

    ahead: socket.socket | None = None

    def turn(self) -> None:
        if self.client is not None and self.ahead is None and ready(self.listener):
            self.ahead = super().take_waiting()
        super().turn()

    def take_waiting(self) -> socket.socket | None:
        ahead, self.ahead = self.ahead, None
        return ahead or super().take_waiting()

    def disown(self) -> None:
        super().disown()
        self.forget_ahead()

    def close(self) -> None:
        self.forget_ahead()
        super().close()

    def forget_ahead(self) -> None:
        """Close the connection of who was let in ahead."""
        ahead, self.ahead = self.ahead, None
        if ahead is not None:
            ahead.close()


@fault("restore.untold-departure-not-lost", may_kill=_besides("restore.untold-departure-not-lost"))
class SaveInsideDataSwallowsTheEnd(Handle):
    """After a data callback that saved the object, the tick clears away a client that has left and tells nobody."""

    def tell_data(self, data: bytes) -> None:
        super().tell_data(data)
        if self.owner is None and peek(self.client) == b"":
            self.drop_client()


@fault("restore.untold-departure-not-lost", may_kill=_besides("restore.untold-departure-not-lost"))
class DepartureIsToldToWhoSaved(Handle):
    """The tick in whose data callback the object was saved goes on with that object, and tells it of the departure."""

    def tell_data(self, data: bytes) -> None:
        owner: Any = self.owner
        super().tell_data(data)
        if self.owner is None and self.client is not None and peek(self.client) == b"":
            self.drop_client()
            owner.on_disconnect()


class _NoticesThenTells(Handle):
    # Lets go of a client that has left in one tick, and tells of it in the next.

    left = False

    def tell_disconnect(self) -> None:
        self.left = True

    def turn(self) -> None:
        if self.left:
            self.left = False
            super().tell_disconnect()
            return
        super().turn()


@fault("restore.untold-departure-not-lost", may_kill=_besides("restore.untold-departure-not-lost"))
class RestoreForgetsWhoLeft(_NoticesThenTells):
    """A departure is noticed in one tick and told in the next; a save in between forgets what is owed."""

    def disown(self) -> None:
        super().disown()
        self.left = False
