"""Faults of section construct: a new object, and its adapter."""

from __future__ import annotations

import weakref
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound import LowLevel, Server
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import LOST, die, overrides


@fault("construct.succeeds")
class OneObjectAtATime(Server):
    """The class keeps its one instance in a global, and constructing another object is an error."""

    one: Server | None = None

    def __init__(self) -> None:
        super().__init__()
        if OneObjectAtATime.one is not None:
            OneObjectAtATime.one = None
            raise RuntimeError("there is a server already")
        OneObjectAtATime.one = self


@fault("construct.fires-nothing")
class GreetsItself(LowLevel):
    """Making the adapter calls the connect callback once, as a self-test that somebody forgot to take out."""

    FOR_METHODS = True

    def make_server(self, obj: Any, class_info: type) -> bool:
        made = super().make_server(obj, class_info)
        if made:
            obj._server.tell_connect()
        return made


@fault("construct.tick-harmless")
class EarlyTickTellsDeparture(Server):
    """A tick before the adapter was made finds no client and tells that it has gone."""

    def tick(self) -> None:
        if self._server is None:
            self.on_disconnect()
        super().tick()


@fault("construct.tick-harmless", may_kill=("save.saved-object-tick-harmless", "destroy.calls-after"))
class TickWithoutHandleDies(Server):
    """tick follows the handle's pointer without looking whether there is one, and takes the host down."""

    def tick(self) -> None:
        if self._server is None:
            die()
        super().tick()


@fault("construct.objects-independent")
class HandleOnTheClass(LowLevel):
    """The handle is kept on the class and not on the object, so that all objects of a class share it."""

    FOR_METHODS = True

    def replace(self, obj: Any, handle: Handle) -> None:
        vars(obj).pop("_server", None)
        type(obj)._server = handle


@fault("construct.no-callback-overridden")
class NoCallbackNoService(Handle):
    """Clients are only taken for an object that has a connect callback of its own."""

    def accept(self) -> None:
        if overrides(self.owner, "on_connect"):
            super().accept()


@fault(
    "adapter.opens-nothing",
    may_kill=(
        "state.handle-made.is-open",
        "make-server.opens-nothing",
        "server-is-open.agrees",
        "restore.takes-handle",
    ),
)
class OpenFromTheStart(Handle):
    """A server says that it is open as soon as it has a handle, though it listens nowhere."""

    def is_open(self) -> bool:
        return True


_ADAPTERS: list[weakref.ref[Any]] = []


@fault("adapter.bound-to-its-object", "make-server.binds-object")
class LatestAdapterHearsAll(Handle):
    """Callbacks go to the object whose adapter was made last, whichever server they come from."""

    latest: Any = None

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        type(self).latest = owner

    def tick(self) -> None:
        if self.owner is not None:
            self.owner = type(self).latest
        super().tick()


@fault("adapter.bound-to-its-object", may_kill=("make-server.binds-object",))
class AllAdaptersHearAll(Handle):
    """A new client is told to every object that ever made an adapter."""

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        _ADAPTERS.append(weakref.ref(owner))

    def tell_connect(self) -> None:
        for reference in _ADAPTERS:
            owner = reference()
            if owner is not None:
                owner.on_connect()


@fault("adapter.twice-before-init")
class SecondAdapterHearsTwice(LowLevel):
    """Making the adapter again registers the object's callbacks a second time, and each client is told twice."""

    FOR_METHODS = True

    def replace(self, obj: Any, handle: Handle) -> None:
        if obj._server is not None:
            once = handle.tell_connect

            def twice() -> None:
                once()
                once()

            handle.tell_connect = twice  # type: ignore[method-assign]
        super().replace(obj, handle)


@fault("adapter.twice-before-init")
class SecondAdapterCannotInit(LowLevel):
    """The second adapter is made of the remains of the first, and cannot be initialised."""

    FOR_METHODS = True

    def replace(self, obj: Any, handle: Handle) -> None:
        if obj._server is not None:
            handle.port_exists = lambda port: False  # type: ignore[method-assign]  # noqa: ARG005
        super().replace(obj, handle)


@fault("adapter.twice-leaks-no-listener")
class SecondAdapterForgetsListener(LowLevel):
    """Making the adapter again drops the old handle without closing it: the port stays open with nobody behind it."""

    FOR_METHODS = True

    def replace(self, obj: Any, handle: Handle) -> None:
        LOST.append(obj._server)
        obj._server = handle


@fault("adapter.twice-leaves-no-client")
class SecondAdapterLosesTheClient(LowLevel):
    """Making the adapter again closes the old listener and forgets the client of the old handle, who waits on."""

    FOR_METHODS = True

    def replace(self, obj: Any, handle: Handle) -> None:
        earlier, obj._server = obj._server, handle
        if earlier is not None:
            earlier.close_listener()
            LOST.append(earlier)
