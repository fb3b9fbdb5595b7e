"""Faults of section close: what is left of a closed connection, and errors inside which the object closes or ends."""

from __future__ import annotations

import socket
from typing import Any, ClassVar

from dasnet_conformance.proof.faults.both_halves import RoomStaysTaken
from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_client import ClientHandle
from dasnet_conformance.proof.faults.tools import die, peek

_LATER = ("close.accepted-arrives-at-each", "close.accepted-arrives", "close.unread-cuts-nothing")


class _Leaving(ClientHandle):
    def cut(self) -> None:
        """End everything that was left behind."""
        while self.leaving:
            self.leaving.pop()[0].close()


@fault("close.left-behind-apart", may_kill=_LATER)
class SecondCloseCutsTheFirst(_Leaving):
    """A close without a connection ends what an earlier close has left to be sent."""

    def close(self) -> None:
        if self.client is None:
            self.cut()
        super().close()


@fault("close.left-behind-apart", may_kill=_LATER)
class FailedConnectCutsWhatWasLeft(_Leaving):
    """A connect that fails clears up, and with it what an earlier close has left to be sent."""

    def fail_connect(self, message: str, code: int) -> bool:
        self.cut()
        return super().fail_connect(message, code)


@fault("close.left-behind-apart", may_kill=_LATER)
class DepartureCutsWhatWasLeft(_Leaving):
    """A departure ends all connections of the object, also the one that was closed and owes bytes."""

    def depart(self) -> None:
        self.cut()
        super().depart()


@fault("close.left-behind-apart", may_kill=_LATER)
class EndOfTheClosedIsADeparture(_Leaving):
    """When a closed connection owes nothing more, or breaks off, its end is told as a departure."""

    def see_off(self) -> None:
        before = len(self.leaving)
        super().see_off()
        if len(self.leaving) < before:
            self.tell_disconnect()


@fault("close.left-behind-apart", may_kill=_LATER)
class HearsTheClosedConnection(_Leaving):
    """What comes over a connection that was closed and owes bytes is delivered in the time of the next."""

    def see_off(self) -> None:
        for connection, _ in list(self.leaving):
            heard = peek(connection)
            if heard:
                connection.recv(len(heard))
                self.tell_data(heard)
        super().see_off()


@fault("close.calls-nothing-back")
class CloseTellsWhatItFindsLater(ClientHandle):
    """close finds that the server has left already, and the next tick tells of that departure."""

    late = False

    def close(self) -> None:
        self.late = self.client is not None and peek(self.client) == b""
        super().close()

    def turn(self) -> None:
        super().turn()
        if self.late:
            self.late = False
            self.tell_disconnect()


class _KnowsItsEnd(ClientHandle):
    ended = False

    def close(self) -> None:
        super().close()
        self.ended = True

    def connect(self, host: str, port: int, timeout_ms: int) -> bool:
        self.ended = False
        return super().connect(host, port, timeout_ms)


@fault("close.inside-error", "client-destroy.inside-error", may_kill=("connect.inside-error",))
class ConnectGoesOnBehindItsError(_KnowsItsEnd):
    """A connect that fails goes on with its connection behind the error callback, which has closed or destroyed it."""

    def fail_connect(self, message: str, code: int) -> bool:
        super().fail_connect(message, code)
        if self.ended:
            die()
        return False


@fault("close.inside-error", "client-destroy.inside-error")
class SendGoesOnBehindItsError(ClientHandle):
    """A send that finds the server gone cleans up behind the error callback, which has closed or destroyed it."""

    def fail_flush(self, error: OSError) -> bool:
        super().fail_flush(error)
        if self.client is None:
            die()
        return False


@fault("client-callbacks.once", may_kill=("close.left-behind-apart", "client-callbacks.order"))
class FailedConnectsRegisterAgain(ClientHandle):
    """Each connect registers the callbacks, also one that fails: the next departure is told once for each of them."""

    failures = 0

    def fail_connect(self, message: str, code: int) -> bool:
        self.failures += 1
        return super().fail_connect(message, code)

    def tell_disconnect(self) -> None:
        failures, self.failures = self.failures, 0
        for _ in range(1 + failures):
            super().tell_disconnect()


@fault("client-robustness.never-reading-server")
class RoomOfTheLastServerStaysTaken(RoomStaysTaken, ClientHandle):
    """The bytes that wait are counted for the object, and those for a server that left are never taken off."""


@fault("connect.many-at-once")
class NinthClientTakesThePlaceOfTheFirst(ClientHandle):
    """There are eight places for connections, and the ninth takes that of the first, which is closed."""

    table: ClassVar[list[Any]] = []

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        self.table.append(self)
        if len(self.table) > 8:
            self.table[0].drop_client()

    def drop_client(self) -> None:
        if self in self.table:
            self.table.remove(self)
        super().drop_client()


class _KnowsTheHalfClose(ClientHandle):
    found = False

    def adopt(self, client: socket.socket) -> None:
        self.found = False
        super().adopt(client)

    def end_of_input(self) -> None:
        self.found = True
        super().end_of_input()


@fault("close.half-closed-server")
class EndThatWaitedIsOfTheNext(ClientHandle):
    """An end that was found while bytes waited is noted in the object, and close leaves it to the next connection."""

    ended = False

    def end_of_input(self) -> None:
        self.ended = True
        super().end_of_input()

    def depart(self) -> None:
        self.ended = False
        super().depart()

    def receive(self) -> None:
        if self.ended and not self.outgoing:
            self.depart()
        else:
            super().receive()


@fault("close.half-closed-server")
class CloseOwesAHalfClosedServerNothing(_KnowsTheHalfClose):
    """A server that has shut down writing is taken for gone when close comes, and what waits for it is dropped."""

    def close(self) -> None:
        if self.found:
            self.outgoing.clear()
        super().close()


@fault("close.half-closed-server")
class CloseLeavesAHalfClosedServerToTicks(_KnowsTheHalfClose):
    """close does nothing where the end is on its way: a later tick tells the departure, and the object is connected."""

    def close(self) -> None:
        if self.client is None or not self.found:
            super().close()


@fault("close.inside-data")
class ClosedInsideDataReadsOnWhileItOwes(ClientHandle):
    """A connection that still owes bytes when it is closed stays open for them, and what is read of it is told."""

    def receive(self) -> None:
        client, owner, data = self.client, self.owner, self.read()
        while data and client is not None and self.owner is owner:
            self.tell_data(data)
            if client.fileno() < 0:
                return
            try:
                data = client.recv(self.CHUNK)
            except OSError:
                return
        if data == b"" and self.client is client:
            self.end_of_input()
