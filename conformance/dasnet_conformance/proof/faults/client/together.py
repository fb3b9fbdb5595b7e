"""Faults of section together: what goes wrong only where a client and a server of one implementation meet."""

from __future__ import annotations

import errno
import socket
import weakref
from collections.abc import Iterator
from typing import Any, ClassVar

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_client import ClientHandle
from dasnet_conformance.proof.faults.sound_conversation import Conversation
from dasnet_conformance.proof.faults.sound_handle import Handle


class _Known(ClientHandle):
    # A client that the server of its implementation knows of.
    every: ClassVar[weakref.WeakSet[_Known]] = weakref.WeakSet()

    def __init__(self) -> None:
        super().__init__()
        self.every.add(self)


def _connected() -> Iterator[_Known]:
    for handle in list(_Known.every):
        if handle.client is not None and handle.owner is not None:
            yield handle


class _TakingEndsOwn(Handle):
    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        for handle in _connected():
            handle.drop_client()


@fault("together.connect", also=(_TakingEndsOwn,))
class OneConnectionForTheModule(_Known):
    """The module has room for one connection: that of the server takes the place of the client's."""


class _RemembersItself(Handle):
    latest: ClassVar[list[Any]] = []

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.latest[:] = [owner]


@fault("together.talk", also=(_RemembersItself,))
class ServerHearsWhatIsForTheClient(ClientHandle):
    """Both halves call back through one variable, which holds the server where there is one."""

    def tell_data(self, data: bytes) -> None:
        if _RemembersItself.latest and self.owner is not None:
            _RemembersItself.latest[0].on_data(data)
        else:
            super().tell_data(data)


class _CountsServed(Handle):
    heard: ClassVar[list[int]] = [0]

    def tell_data(self, data: bytes) -> None:
        self.heard[0] += len(data)
        super().tell_data(data)


@fault("together.large", also=(_CountsServed,))
class BothHalvesShareABuffer(ClientHandle):
    """Both halves fill one buffer of six mebibytes, and what the client hears beyond that is lost."""

    heard = 0

    def __init__(self) -> None:
        super().__init__()
        _CountsServed.heard[0] = 0

    def tell_data(self, data: bytes) -> None:
        self.heard += len(data)
        if not _CountsServed.heard[0] or self.heard + _CountsServed.heard[0] <= 6 << 20:
            super().tell_data(data)


class _Served(Handle):
    every: ClassVar[weakref.WeakSet[_Served]] = weakref.WeakSet()

    def __init__(self) -> None:
        super().__init__()
        self.every.add(self)


@fault("together.client-closes", also=(_Served,))
class CloseCleansUpBothEnds(ClientHandle):
    """close finds the other end in the same process, and cleans that up as well, without a word."""

    def close(self) -> None:
        if self.client is not None:
            for handle in _Served.every:
                handle.drop_client()
        super().close()


class _CleansUpClients(Handle):
    def close(self) -> None:
        for handle in _connected() if self.client is not None else ():
            handle.drop_client()
        super().close()


@fault("together.server-destroyed", also=(_CleansUpClients,))
class DestructionCleansUpBothEnds(_Known):
    """The destruction of a server finds its client in the same process, and lets go of that as well, without a word."""


class _SavingEndsClients(Handle):
    def disown(self) -> None:
        super().disown()
        for handle in _connected():
            handle.depart()


@fault("together.reload", may_kill=("together.reconnect",), also=(_SavingEndsClients,))
class ReloadEndsTheModulesClients(_Known):
    """Saving a server takes the module for unloaded, and ends the connections of its clients."""


@fault("together.reload-queued")
class SavingForgetsItsQueue(Handle):
    """What waits to be sent belongs to the object, and goes with it when the handle is saved."""

    def disown(self) -> None:
        self.outgoing.clear()
        super().disown()


@fault("together.second-waits")
class ListensForOneClientAtATime(Handle):
    """With its client there the server stops listening, and listens again when that has left."""

    where: int = 0

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        if self.listener is not None:
            self.where = self.listener.getsockname()[1]
            self.close_listener()

    def drop_client(self) -> None:
        was = self.client is not None
        super().drop_client()
        if was and self.owner is not None and self.listener is None:
            self.listener = self.open_listener(self.where)

    def is_open(self) -> bool:
        return super().is_open() or self.client is not None


@fault("together.many-in-turn")
class ServesTenClients(Handle):
    """After ten clients the server takes the next ones and hears nothing of them."""

    taken = 0

    def adopt(self, client: socket.socket) -> None:
        self.taken += 1
        super().adopt(client)

    def receive(self) -> None:
        if self.taken <= 10:
            super().receive()


@fault("together.reconnect")
class RestoredServerServesItsClientAlone(Handle):
    """A restored server goes on with the client that it had, and takes no other."""

    owners = 0

    def bind(self, owner: Any) -> None:
        self.owners += 1
        super().bind(owner)

    def accept(self) -> None:
        if self.owners == 1:
            super().accept()


#: Handles of the module with bytes that wait.
_WAITING: weakref.WeakSet[Any] = weakref.WeakSet()


class _OneBound(Conversation):
    # One bound for all that waits in the program.

    def __init__(self) -> None:
        super().__init__()
        _WAITING.add(self)

    def send(self, data: bytes, size: int) -> bool:
        if self.client is not None and sum(len(each.outgoing) for each in list(_WAITING)) + size > self.QUEUE_LIMIT:
            return self.fail_send(data, size, "nothing sent: too much waits to be sent", errno.ENOBUFS)
        return super().send(data, size)


class _ServerOfOneBound(_OneBound, Handle):
    pass


@fault("together.queues-apart", also=(_ServerOfOneBound,))
class OneBoundForAll(_OneBound, ClientHandle):
    """Bytes that wait are counted for the whole program: a peer of one object that does not read stops the others."""
