"""Faults of section restore: an object takes a handle from an orphan."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound import Server, SharedOrphan
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import LOST, overrides


class Reloaded(Handle):
    """Knows a restore, which binds again, from the first binding."""

    bound = 0

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.bound += 1
        if self.bound > 1:
            self.reloaded()

    def reloaded(self) -> None:
        """What goes wrong at a restore."""


@fault("restore.takes-handle")
class RestoreStartsAfresh(Server):
    """restore makes a new handle in place of the one that was saved, and the server begins at nothing."""

    def take(self, handle: Handle, shared_orphan: SharedOrphan) -> None:
        super().take(handle, shared_orphan)
        self.make_server_adapter()


@fault("restore.empties-orphan", may_kill=("restore.from-empty",))
class OrphanKeepsHandle(Server):
    """restore copies the handle and leaves it in the orphan, where a second restore finds it."""

    def take(self, handle: Handle, shared_orphan: SharedOrphan) -> None:
        super().take(handle, shared_orphan)
        shared_orphan.server = handle


@fault("restore.fires-nothing")
class RestoreTicksAtOnce(Reloaded):
    """restore ticks once, to catch up, and callbacks fire in the middle of the reload."""

    def reloaded(self) -> None:
        self.tick()


@fault("restore.no-second-connect", "server-restore.no-second-connect")
class ConnectAgainAfterRestore(Reloaded):
    """The first tick after a restore tells the new object of the client as if it had just come."""

    greet = False

    def reloaded(self) -> None:
        self.greet = self.client is not None

    def turn(self) -> None:
        if self.greet:
            self.greet = False
            self.tell_connect()
        super().turn()


@fault("restore.callbacks-to-new-object", "restore.old-object-silent", "server-restore.rebinds")
class OldCallbacksRemain(Handle):
    """restore moves the sockets but leaves the old object's callbacks in place."""

    first: Any = None

    def bind(self, owner: Any) -> None:
        self.first = self.first or owner
        super().bind(self.first)


@fault("restore.old-object-silent", "server-restore.old-object-silent")
class OldAndNewObjectHear(Handle):
    """Callbacks are added and never taken away: after a restore the old object hears along with the new one."""

    def __init__(self) -> None:
        super().__init__()
        self.owners: list[Any] = []

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.owners.append(owner)

    def tell_data(self, data: bytes) -> None:
        super().tell_data(data)
        for other in self.owners:
            if other is not self.owner:
                other.on_data(data)


@fault("restore.same-object")
class NotIntoTheSameObject(Server):
    """restore refuses the object that saved, which it takes for a mistake."""

    has_saved = False

    def save(self, shared_orphan: SharedOrphan) -> None:
        super().save(shared_orphan)
        self.has_saved = True

    def restore(self, shared_orphan: SharedOrphan) -> None:
        if self.has_saved:
            raise ValueError("this object has given its server away")
        super().restore(shared_orphan)


@fault("restore.new-object", "restore.takes-handle")
class OnlyIntoTheSameObject(Server):
    """restore takes back only what the same object has saved, so that a reloaded script cannot."""

    has_saved = False

    def save(self, shared_orphan: SharedOrphan) -> None:
        super().save(shared_orphan)
        self.has_saved = True

    def restore(self, shared_orphan: SharedOrphan) -> None:
        if not self.has_saved:
            raise ValueError("this object never had the server")
        super().restore(shared_orphan)


@fault("restore.other-class", "server-restore.other-class")
class OnlyIntoTheSameClass(Handle):
    """A handle remembers the class that it was made for and refuses an object of a changed one."""

    class_info: type | None = None

    def bind(self, owner: Any) -> None:
        self.class_info = self.class_info or type(owner)
        # A class without callbacks of its own is told apart by another fault.
        if overrides(owner, "on_connect") and type(owner) is not self.class_info:
            raise TypeError("the handle was made for another class")
        super().bind(owner)


@fault("restore.other-class")
class CallsTheFirstClass(Handle):
    """Which callbacks there are is looked up in the class that the handle was made for, and never again."""

    overridden: bool | None = None

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        if self.overridden is None:
            self.overridden = overrides(owner, "on_data")

    def tell_data(self, data: bytes) -> None:
        if self.overridden:
            super().tell_data(data)


@fault("restore.class-without-callbacks")
class RestoreNeedsCallbacks(Server):
    """restore looks up all callbacks of the class, and fails when one of them is not overridden."""

    def restore(self, shared_orphan: SharedOrphan) -> None:
        if not overrides(self, "on_data"):
            raise TypeError("the class has no data callback")
        super().restore(shared_orphan)


@fault("restore.needs-no-adapter")
class RestoreNeedsAdapter(Server):
    """restore fails on an object whose adapter was not made before, since it has nothing to put the handle into."""

    def restore(self, shared_orphan: SharedOrphan) -> None:
        if self._server is None:
            raise ValueError("make the adapter first")
        super().restore(shared_orphan)


@fault("restore.ten-times")
class EveryReloadCosts(Reloaded):
    """Each reload leaves a reference behind, and at the fifth the client is closed by the collector."""

    def reloaded(self) -> None:
        if self.bound > 5:
            self.drop_client()


@fault("restore.ten-times")
class ReloadsLoseBytes(Reloaded):
    """From the third reload on, the first byte after it is lost, which one reload alone does not show."""

    skip = False

    def reloaded(self) -> None:
        self.skip = self.bound > 3

    def tell_data(self, data: bytes) -> None:
        part = data[1:] if self.skip else data
        self.skip = False
        if part:
            super().tell_data(part)


@fault("restore.before-init")
class RestoredCannotInit(Reloaded):
    """A restored handle counts as initialised, though it was saved before init, and init is turned down."""

    def port_exists(self, port: int) -> bool:
        return self.bound < 2 and super().port_exists(port)


@fault("restore.listening")
class RestoredPortIsDeaf(Reloaded):
    """The listener is not entered into the new poll set: after a restore nobody is taken any more."""

    def accept(self) -> None:
        if self.bound < 2:
            super().accept()


@fault("restore.connected")
class RestoreForgetsClient(Reloaded):
    """Only the listener is restored; the client is closed."""

    def reloaded(self) -> None:
        self.drop_client()


@fault("restore.send-works")
class SendWorksAfterATick(Reloaded):
    """After a restore send says false until the first tick has looked at the client."""

    seen = True

    def reloaded(self) -> None:
        self.seen = False

    def turn(self) -> None:
        self.seen = True
        super().turn()

    def send(self, data: bytes, size: int) -> bool:
        return self.seen and super().send(data, size)


class _OneForAll(SharedOrphan):
    # The orphan's field is one variable of the process.

    held: Any = None

    def __init__(self) -> None:
        pass

    @property
    def server(self) -> Any:
        """What the process holds."""
        return _OneForAll.held

    @server.setter
    def server(self, handle: Any) -> None:
        if handle is not None and _OneForAll.held is not None:
            LOST.append(_OneForAll.held)
        _OneForAll.held = handle


@fault("restore.two-orphans", also=(_OneForAll,), may_kill=("save.without-handle", "save.into-full-orphan"))
class OneOrphanForAll(Server):
    """All orphans are one global variable: a second server that is saved replaces the first."""

    def save(self, shared_orphan: SharedOrphan) -> None:
        if self._server is None:
            raise ValueError("there is no handle to save")
        self._server.disown()
        self.hand_over(self._server, shared_orphan)


@fault("restore.old-object-destroyed", "destroy.after-save-keeps-orphan")
class HandleDiesWithOldObject(Server):
    """Destroying the old object closes the handle that it gave away."""

    saved: Any = None

    def hand_over(self, handle: Handle, shared_orphan: SharedOrphan) -> None:
        super().hand_over(handle, shared_orphan)
        self.saved = handle

    def close(self) -> None:
        super().close()
        if self.saved is not None:
            self.saved.drop_client()
            self.saved.close_listener()


@fault("restore.from-empty")
class RestoreFromNothingIsSilent(Server):
    """restore from an empty orphan does nothing and says nothing."""

    def restore(self, shared_orphan: SharedOrphan) -> None:
        if shared_orphan.server is not None:
            super().restore(shared_orphan)


@fault("restore.from-empty-keeps-object")
class RestoreFromNothingTakesHandle(Server):
    """restore from an empty orphan lets go of the object's own server before it finds that there is no other."""

    def restore(self, shared_orphan: SharedOrphan) -> None:
        if shared_orphan.server is None:
            self.close()
        super().restore(shared_orphan)


@fault("restore.into-occupied")
class ReplacedServerKeepsPort(Server):
    """restore into an object that listens forgets to close what the object had, and that port is lost."""

    def take(self, handle: Handle, shared_orphan: SharedOrphan) -> None:
        if self._server is not None:
            LOST.append(self._server)
            self._server = None
        super().take(handle, shared_orphan)


@fault("restore.into-occupied")
class RefusedRestoreEmptiesOrphan(Server):
    """restore into an object that has a server is turned down, but the orphan is empty afterwards."""

    def restore(self, shared_orphan: SharedOrphan) -> None:
        if self._server is not None:
            LOST.append(shared_orphan.server)
            shared_orphan.server = None
            raise ValueError("the object has a server")
        super().restore(shared_orphan)


@fault("restore.into-occupied")
class ReplacedServerKeepsClient(Server):
    """restore into an object that has a client frees the port of what the object had, and the client is lost."""

    def take(self, handle: Handle, shared_orphan: SharedOrphan) -> None:
        if self._server is not None:
            self._server.close_listener()
            LOST.append(self._server)
            self._server = None
        super().take(handle, shared_orphan)
