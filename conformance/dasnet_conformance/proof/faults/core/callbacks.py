"""Faults of section callbacks: which fire, in which order, and what may be done in them."""

from __future__ import annotations

import errno
import socket
import weakref
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound import Server
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import LOST, die, ready


@fault("callbacks.one-connect-per-client")
class ConnectWithEveryPacket(Handle):
    """connect is told again whenever bytes arrive, since the flag 'told' is cleared by reading."""

    def tell_data(self, data: bytes) -> None:
        self.tell_connect()
        super().tell_data(data)


@fault("callbacks.every-client-is-told")
class ConnectAfterResetIsForgotten(Handle):
    """The client behind one that broke off is taken for the same one, come back, and its connect is not told."""

    broke = False

    def read_broken(self) -> bytes | None:
        self.broke = True
        return super().read_broken()

    def tell_connect(self) -> None:
        broke, self.broke = self.broke, False
        if not broke:
            super().tell_connect()


@fault("callbacks.every-client-is-told")
class ConnectNumbersInBytes(Handle):
    """Clients are numbered by a byte, and number 0 is nobody: its connect is not told."""

    number = 0

    def tell_connect(self) -> None:
        self.number = (self.number + 1) % 256
        if self.number:
            super().tell_connect()


@fault("callbacks.every-client-is-told")
class SilentResetIsNoDeparture(Handle):
    """A client that said nothing and broke off is taken for a port scan, and its disconnect is not told."""

    spoke = False
    broke = False

    def tell_data(self, data: bytes) -> None:
        self.spoke = True
        super().tell_data(data)

    def read_broken(self) -> bytes | None:
        self.broke = True
        return super().read_broken()

    def tell_disconnect(self) -> None:
        scan = self.broke and not self.spoke
        self.broke = self.spoke = False
        if not scan:
            super().tell_disconnect()


@fault("callbacks.one-disconnect-per-client", may_kill=("tick.notices-departure", "server-tick.departure"))
class DepartureIsToldAgain(Handle):
    """The departure is told once more in the tick after, when its record is cleared."""

    again = False

    def tell_disconnect(self) -> None:
        super().tell_disconnect()
        self.again = not self.again

    def turn(self) -> None:
        if self.again:
            self.tell_disconnect()
        super().turn()


@fault("callbacks.order")
class ConnectAfterData(Handle):
    """connect is told at the end of the tick, after the data that came in the same one."""

    late = False

    def accept(self) -> None:
        client = self.take_waiting()
        if client is not None:
            self.adopt(client)
            self.late = True

    def receive(self) -> None:
        data = self.read() if self.late else None
        if data:
            self.tell_data(data)
        if self.late:
            self.late = False
            self.tell_connect()
        super().receive()


@fault("callbacks.connected-inside-data")
class NotConnectedWhileReading(Handle):
    """The client is taken out of its place while its bytes are delivered, and is_connected is false meanwhile."""

    def tell_data(self, data: bytes) -> None:
        client, self.client = self.client, None
        try:
            super().tell_data(data)
        finally:
            self.client = client


@fault("callbacks.open-inside")
class NotOpenWhileTicking(Handle):
    """is_open is false inside every callback, as the listener is set aside while the client is served."""

    def is_open(self) -> bool:
        return super().is_open() and not self.ticking


@fault("callbacks.open-inside")
class NotOpenInsideDisconnect(Handle):
    """is_open is false inside disconnect, where the listener is armed again only afterwards."""

    leaving = False

    def tell_disconnect(self) -> None:
        self.leaving = True
        try:
            super().tell_disconnect()
        finally:
            self.leaving = False

    def is_open(self) -> bool:
        return super().is_open() and not self.leaving


@fault("callbacks.raise-reaches-host")
class SwallowsExceptions(Handle):
    """An exception in a callback is caught and forgotten, and the user looks for the mistake for hours."""

    def turn(self) -> None:
        try:
            super().turn()
        except Exception:
            pass


@fault("callbacks.raise-reaches-host")
class SwallowsExceptionsOfDisconnect(Handle):
    """An exception in the disconnect callback is lost, since cleaning up must not fail."""

    def tell_disconnect(self) -> None:
        try:
            super().tell_disconnect()
        except Exception:
            pass


@fault("callbacks.raise-inside-error")
class FailedErrorHidesDeparture(Handle):
    """A reset clears the client away, tells an error, then the departure: when the error fails, nobody comes back."""

    def read_broken(self) -> bytes | None:
        self.drop_client()
        self.tell_error("the connection was reset", errno.ECONNRESET)
        self.tell_disconnect()
        return None


@fault("callbacks.raise-keeps-serving")
class ExceptionLocksTick(Handle):
    """After an exception in a callback the handle counts as being in a tick for ever, and nothing happens any more."""

    def tick(self) -> None:
        if self.ticking or self.owner is None:
            return
        self.ticking = True
        self.turn()
        self.ticking = False


@fault("callbacks.raise-keeps-serving", "callbacks.raise-reaches-host")
class ExceptionKillsHost(Handle):
    """An exception in a callback passes through code that cannot be unwound, and takes the host down."""

    def turn(self) -> None:
        try:
            super().turn()
        except Exception:
            die()


@fault("callbacks.destroy-inside")
class DestroyInsideIsPutOff(Handle):
    """An object that is destroyed inside a callback is only marked, and nobody comes back to close it."""

    def close(self) -> None:
        if self.ticking:
            self.owner = None
            LOST.append(self)
            return
        super().close()


@fault("callbacks.destroy-inside")
class DestroyInsideDies(Handle):
    """The tick goes on with an object that its callback has destroyed, and takes the host down."""

    def turn(self) -> None:
        super().turn()
        if self.owner is None:
            die()


@fault("callbacks.destroy-inside")
class DestroyInsideIsMissed(Handle):
    """After a departure was told, the tick looks for the next client at a listener that the callback has closed."""

    def depart(self) -> None:
        super().depart()
        listener: Any = self.listener
        listener.fileno()


@fault("callbacks.destroy-inside")
class DestroyInsideStillDelivers(Handle):
    """After a callback has destroyed the object, the rest of the tick is still told to it."""

    def tell_connect(self) -> None:
        owner: Any = self.owner
        super().tell_connect()
        if self.owner is None:
            owner.on_data(b"left over")

    def tell_data(self, data: bytes) -> None:
        owner: Any = self.owner
        super().tell_data(data)
        if self.owner is None:
            owner.on_data(data)


_SERVED: list[DestroyedServersAreServed] = []


@fault("callbacks.none-after-destroy")
class DestroyedServersAreServed(Handle):
    """A destroyed server stays in the list that every tick goes through, and its object is called back."""

    ghost: Any = None

    def __init__(self) -> None:
        super().__init__()
        _SERVED.append(self)

    def close(self) -> None:
        self.ghost = self.owner
        super().close()

    def tick(self) -> None:
        super().tick()
        for other in _SERVED:
            if other.ghost is not None:
                other.ghost.on_disconnect()
                other.ghost = None


@fault("callbacks.none-after-destroy")
class DestroyTellsLater(Server):
    """The object is told of its client's departure by the next call on it, long after it was destroyed."""

    def close(self) -> None:
        if self._server is not None and self._server.client is not None:
            GraveTicks.owed.append(self)
        super().close()

    def tick(self) -> None:
        super().tick()
        while GraveTicks.owed:
            GraveTicks.owed.pop().on_disconnect()


class GraveTicks:
    """Objects that are owed a departure by whichever server ticks next."""

    owed: list[Any] = []  # noqa: RUF012


@fault("callbacks.own-object-only")
class ReadsOfOthersToo(Handle):
    """A tick polls the sockets of all servers together, and delivers bytes of the others as well."""

    def __init__(self) -> None:
        super().__init__()
        _POLLED.add(self)

    def turn(self) -> None:
        super().turn()
        for other in list(_POLLED):
            if other is not self and other.owner is not None and other.client is not None:
                other.receive()


_POLLED: weakref.WeakSet[ReadsOfOthersToo] = weakref.WeakSet()


class SaysFarewell(Handle):
    """Knows when it is inside disconnect."""

    leaving = False

    def tell_disconnect(self) -> None:
        self.leaving = True
        try:
            super().tell_disconnect()
        finally:
            self.leaving = False


@fault("callbacks.sends-inside-disconnect")
class FarewellWaitsForTheNext(SaysFarewell):
    """A send inside disconnect says true, and its bytes are kept for the next client."""

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:
        if self.leaving:
            self.enqueue(self.portion(data, size))
            return True
        return super().fail_send(data, size, message, code)


@fault("callbacks.sends-inside-disconnect")
class FarewellDies(SaysFarewell):
    """A send inside disconnect writes to the socket that was just closed, and takes the host down."""

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:
        if self.leaving:
            die()
        return super().fail_send(data, size, message, code)


@fault("callbacks.no-error-when-all-is-well")
class LogsThroughError(Handle):
    """What is meant for the log comes through the error callback, with the code 0."""

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        self.tell_error("a client was taken", 0)


@fault("callbacks.no-error-when-all-is-well")
class DepartureIsAnError(Handle):
    """The orderly end of a connection is told as an error before the disconnect."""

    def depart(self) -> None:
        self.tell_error("end of file", errno.ECONNRESET)
        super().depart()


@fault("callbacks.no-error-when-all-is-well")
class NothingToReadIsAnError(Handle):
    """That there is nothing to read yet is told as an error, in each tick with a client that is silent."""

    def receive(self) -> None:
        if self.client is not None and not ready(self.client):
            self.tell_error("resource temporarily unavailable", errno.EAGAIN)
        super().receive()


@fault("callbacks.no-error-when-all-is-well")
class SuccessIsAnError(Handle):
    """After each send the error callback is given errno, whatever it holds."""

    def send(self, data: bytes, size: int) -> bool:
        sent = super().send(data, size)
        self.tell_error("sent", 0)
        return sent
