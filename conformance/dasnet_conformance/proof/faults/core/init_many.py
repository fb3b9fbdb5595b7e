"""Faults of section init: tables of a few places for servers, clients and orphans; and of ports that were in use."""

from __future__ import annotations

import errno
import socket
from typing import Any, ClassVar

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound import Server, SharedOrphan
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import LOST

_ELSEWHERE = ("endurance.many-failed-inits", "lifetime.failed-inits-leak-nothing")


class _InATable(Handle):
    # Every handle that listens has a place in a table of its class.

    table: ClassVar[list[_InATable]]

    def __init_subclass__(cls) -> None:
        cls.table = []

    def open_listener(self, port: int) -> socket.socket:
        listener = super().open_listener(port)
        self.table.append(self)
        return listener

    def close_listener(self) -> None:
        if self in self.table:
            self.table.remove(self)
        super().close_listener()


@fault("init.many-servers-at-once", may_kill=_ELSEWHERE)
class NinthServerTakesThePlaceOfTheFirst(_InATable):
    """There are eight places for servers, and the ninth is put into that of the first, which listens no more."""

    def open_listener(self, port: int) -> socket.socket:
        listener = super().open_listener(port)
        if len(self.table) > 8:
            self.table[0].close_listener()
        return listener


@fault("init.many-servers-at-once", may_kill=_ELSEWHERE)
class WaitsForSixtyThree(_InATable):
    """The system waits for 64 things at once, one of which wakes it up: the 64th server cannot be opened."""

    def open_listener(self, port: int) -> socket.socket:
        if len(self.table) >= 63:
            raise OSError(errno.EMFILE, "no more than 63")
        return super().open_listener(port)


@fault("init.many-servers-at-once")
class EightClientsInAll(Handle):
    """The program has places for eight clients, whichever server they came to; the ninth is not taken."""

    served: ClassVar[set[Handle]] = set()

    def accept(self) -> None:
        if len(self.served) < 8:
            super().accept()

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        self.served.add(self)

    def drop_client(self) -> None:
        self.served.discard(self)
        super().drop_client()


@fault("init.many-servers-at-once")
class FourOrphansAtATime(Server):
    """Four handles can be saved at the same time; at the fifth the first is closed."""

    saved: ClassVar[list[Any]] = []

    def save(self, shared_orphan: SharedOrphan) -> None:
        super().save(shared_orphan)
        self.saved.append(shared_orphan.server)
        if len(self.saved) > 4:
            self.saved.pop(0).close()

    def restore(self, shared_orphan: SharedOrphan) -> None:
        handle = shared_orphan.server
        super().restore(shared_orphan)
        if handle in self.saved:
            self.saved.remove(handle)


_BUSY: set[int] = set()


class _RemembersPorts(Handle):
    # Keeps the ports on which an init has failed; whose table it is, is each fault's to say.

    busy: set[int]

    def open_listener(self, port: int) -> socket.socket:
        if port in self.busy:
            raise OSError(errno.EADDRINUSE, "the port is in use")
        try:
            return super().open_listener(port)
        except OSError:
            self.busy.add(port)
            raise


@fault("init.retry-on-the-same-port")
class BusyPortStaysBusyForTheObject(_RemembersPorts):
    """An object remembers a port that was in use, and does not ask the system again."""

    def __init__(self) -> None:
        super().__init__()
        self.busy = set()


@fault("init.retry-on-the-same-port")
class BusyPortStaysBusyForAll(_RemembersPorts):
    """A port that was in use once is in a table of the module, and no object asks the system again."""

    busy = _BUSY


@fault("init.without-handle-leaves-no-port")
class InitWithoutHandleListensForNobody(Server):
    """init makes a handle where there is none, listens, and finds then that the object has no place for it."""

    def init(self, port: int) -> bool:
        if self._server is None:
            handle = Handle()
            LOST.append(handle)
            handle.init(port)
        return super().init(port)


@fault("init.without-handle-leaves-no-port", may_kill=("agreement.bad-port-in-every-state",))
class InitWithoutHandleSaysTrue(Server):
    """init of an object that has no handle says true, as nothing went wrong, and listens nowhere."""

    def init(self, port: int) -> bool:
        return self._server is None or super().init(port)
