"""Faults of section save: an object gives its handle to an orphan."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound import Server, SharedOrphan
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import LOST, die


@fault("save.moves-handle")
class SaveCopiesHandle(Server):
    """save copies the handle's pointer and leaves it in the object, which goes on to claim port and client."""

    def hand_over(self, handle: Handle, shared_orphan: SharedOrphan) -> None:
        shared_orphan.server = handle


@fault("save.moves-handle")
class SaveLeavesOrphanEmpty(Server):
    """save takes the handle from the object and forgets to put it into the orphan, which was passed by value."""

    def hand_over(self, handle: Handle, shared_orphan: SharedOrphan) -> None:
        super().hand_over(handle, SharedOrphan())
        LOST.append((handle, shared_orphan))


@fault("save.fires-nothing")
class SaveTellsDeparture(Handle):
    """save tells the old object that its client has gone, though it has not."""

    def disown(self) -> None:
        if self.client is not None:
            self.tell_disconnect()
        super().disown()


@fault("save.fires-nothing")
class SaveTicksOnceMore(Handle):
    """save ticks a last time, so as to leave nothing undone, and delivers what waits."""

    def disown(self) -> None:
        self.tick()
        super().disown()


@fault("save.listener-stays", may_kill=("restore.arrival-while-orphaned",))
class SaveClosesPort(Handle):
    """The port is closed while the handle is in the orphan, and opened again by the restore."""

    port = 0

    def disown(self) -> None:
        super().disown()
        if self.listener is not None:
            self.port = self.listener.getsockname()[1]
            self.close_listener()

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        if self.port:
            self.listener, self.port = self.open_listener(self.port), 0


@fault("save.client-stays")
class SaveDropsClient(Handle):
    """save closes the client's connection, which the new object then lacks."""

    def disown(self) -> None:
        super().disown()
        self.drop_client()


class RemembersHandle(Server):
    """Keeps a second pointer to the handle that it has saved."""

    saved: Any = None

    def hand_over(self, handle: Handle, shared_orphan: SharedOrphan) -> None:
        super().hand_over(handle, shared_orphan)
        self.saved = handle


@fault("save.saved-object-delivers-nothing", may_kill=("restore.old-object-silent",))
class SavedObjectGoesOn(RemembersHandle):
    """The saved object keeps a second pointer to its handle, and its ticks go on to deliver."""

    def tick(self) -> None:
        if self._server is None and self.saved is not None:
            owner, self.saved.owner = self.saved.owner, self
            self.saved.tick()
            self.saved.owner = owner
        super().tick()


@fault("save.saved-object-tick-harmless", may_kill=("save.client-stays",))
class SavedTickClosesServer(RemembersHandle):
    """A tick of the saved object takes the missing handle for the end and closes what it remembers of it."""

    def tick(self) -> None:
        if self._server is None and self.saved is not None:
            self.saved.drop_client()
        super().tick()


@fault("save.saved-object-tick-harmless")
class SavedTickDies(Server):
    """A tick of the saved object uses the pointer that was moved away, and takes the host down."""

    saved = False

    def hand_over(self, handle: Handle, shared_orphan: SharedOrphan) -> None:
        super().hand_over(handle, shared_orphan)
        self.saved = True

    def tick(self) -> None:
        if self._server is None and self.saved:
            die()
        super().tick()


@fault("save.without-handle")
class SaveOfNothingFillsOrphan(Server):
    """save without a handle makes one for the occasion and puts that into the orphan."""

    def save(self, shared_orphan: SharedOrphan) -> None:
        if self._server is None:
            self.make_server_adapter()
        super().save(shared_orphan)


@fault("save.without-handle")
class SaveOfNothingDies(Server):
    """save without a handle follows a null pointer, and takes the host down."""

    def save(self, shared_orphan: SharedOrphan) -> None:
        if self._server is None:
            die()
        super().save(shared_orphan)


@fault("save.into-full-orphan")
class FullOrphanLosesServer(Server):
    """save overwrites what the orphan holds without closing it, and the first server's port is lost for good."""

    def save(self, shared_orphan: SharedOrphan) -> None:
        if self._server is not None and shared_orphan.server is not None:
            LOST.append(shared_orphan.server)
            shared_orphan.server = None
        super().save(shared_orphan)


@fault("save.queued-bytes-survive")
class QueueIsLostAtSave(Handle):
    """The outgoing queue is not part of what is saved: bytes that send accepted never arrive."""

    def disown(self) -> None:
        super().disown()
        self.outgoing.clear()


@fault("save.queued-bytes-survive")
class QueueIsSentAgain(Handle):
    """The outgoing queue is saved as it was before the last flush, so that some of it arrives twice."""

    def disown(self) -> None:
        super().disown()
        self.outgoing[:0] = self.outgoing[:1000]


class _Delivering(Handle):
    # Knows in which callback it is.

    inside = ""

    def _within(self, name: str, action: Any) -> None:
        self.inside = name
        try:
            action()
        finally:
            self.inside = ""

    def tell_connect(self) -> None:
        self._within("connect", super().tell_connect)

    def tell_data(self, data: bytes) -> None:
        tell = super().tell_data
        self._within("data", lambda: tell(data))

    def tell_disconnect(self) -> None:
        self._within("disconnect", super().tell_disconnect)


@fault("save.from-data-callback")
class NoSaveWhileDelivering(_Delivering):
    """The handle is locked while data is delivered: a console that reloads itself on command gets an error."""

    def disown(self) -> None:
        if self.inside == "data":
            raise RuntimeError("the handle is in use")
        super().disown()


@fault("save.same-packet-not-lost")
class RestOfPacketIsLost(Handle):
    """A packet is delivered in pieces, and when a callback saves the object the remaining pieces are dropped."""

    def tell_data(self, data: bytes) -> None:
        owner = self.owner
        for start in range(0, len(data), 16):
            if self.owner is owner:
                super().tell_data(data[start : start + 16])


@fault("save.same-packet-not-lost", may_kill=("save.from-data-callback",))
class PacketIsDeliveredTwice(_Delivering):
    """A packet leaves the buffer after its callback: when that saves the object, the new one is given it again."""

    again = b""

    def tell_data(self, data: bytes) -> None:
        super().tell_data(data)
        if self.owner is None:
            self.again = data

    def turn(self) -> None:
        again, self.again = self.again, b""
        if again:
            super().tell_data(again)
        super().turn()


@fault("save.from-connect-callback")
class SaveInsideConnectUndoesIt(_Delivering):
    """A client whose connect callback saves the object was not quite taken yet, and is dropped."""

    def tell_connect(self) -> None:
        super().tell_connect()
        if self.owner is None:
            self.drop_client()


@fault("save.from-connect-callback")
class SaveInsideConnectTellsAgain(_Delivering):
    """When the connect callback saves the object, the new one is told of the same client once more."""

    unfinished = False

    def tell_connect(self) -> None:
        super().tell_connect()
        self.unfinished = self.owner is None

    def turn(self) -> None:
        if self.unfinished:
            self.tell_connect()
        super().turn()


@fault("save.from-disconnect-callback")
class SaveInsideDisconnectTellsAgain(Handle):
    """The client is let go of after its disconnect callback: when that saves the object, the new one is told again."""

    def depart(self) -> None:
        owner = self.owner
        self.tell_disconnect()
        if self.owner is owner:
            self.drop_client()


@fault("save.from-disconnect-callback")
class SaveInsideDisconnectClosesPort(_Delivering):
    """A server that is saved by its disconnect callback is taken for one that is given up, and its port is closed."""

    def disown(self) -> None:
        super().disown()
        if self.inside == "disconnect":
            self.close_listener()


@fault("save.without-handle-loses-no-port")
class EmptySaveDropsTheOrphan(Server):
    """save without a handle overwrites what the orphan holds with nothing, and a port stays open that nobody owns."""

    def save(self, shared_orphan: SharedOrphan) -> None:
        if self._server is None and shared_orphan.server is not None:
            LOST.append(shared_orphan.server)
            shared_orphan.server = None
        super().save(shared_orphan)
