"""Faults of section exceptions: what a callback that raises leaves undone, or does again."""

from __future__ import annotations

import socket

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound import Server
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import drain, ready

_OTHERS = (
    "callbacks.raise-keeps-serving",
    "callbacks.raise-inside-error",
    "exceptions.client-gone",
    "exceptions.data-waiting",
    "exceptions.disconnect-leaves-nobody",
    "exceptions.every-client-told-once",
    "exceptions.queue-ends-with-its-client",
    "exceptions.queued-bytes",
    "exceptions.second-client-waiting",
)


def _besides(*kills: str) -> tuple[str, ...]:
    # What else of these can fail on a fault that has to fail on some of them.
    return tuple(each for each in _OTHERS if each not in kills)


@fault(
    "exceptions.every-client-told-once",
    "exceptions.client-gone",
    may_kill=_besides("exceptions.every-client-told-once", "exceptions.client-gone"),
)
class FailedConnectIsToldAgain(Handle):
    """A connect callback that raised counts as not told, and the next tick tells the same client once more."""

    owed = False

    def tell_connect(self) -> None:
        self.owed = not self.owed
        super().tell_connect()
        self.owed = False

    def turn(self) -> None:
        if self.owed and self.client is not None:
            self.tell_connect()
        super().turn()


@fault("exceptions.data-waiting", may_kill=_besides("exceptions.data-waiting"))
class FailedDataIsDeliveredAgain(Handle):
    """Bytes are struck off only when their callback has returned; after one that raised they are given again."""

    unread = b""

    def tell_data(self, data: bytes) -> None:
        again, self.unread = bool(self.unread), data
        if again:
            self.unread = b""
        super().tell_data(data)
        self.unread = b""

    def receive(self) -> None:
        if self.unread:
            self.tell_data(self.unread)
        super().receive()


@fault("exceptions.data-waiting", may_kill=_besides("exceptions.data-waiting"))
class FailedDataLosesTheRest(Handle):
    """When the data callback raises, what else had arrived is thrown away, so that the stream starts clean."""

    def tell_data(self, data: bytes) -> None:
        try:
            super().tell_data(data)
        except Exception:
            drain(self.client)
            raise


@fault("exceptions.data-waiting", may_kill=_besides("exceptions.data-waiting"))
class FailedConnectLosesEarlyBytes(Handle):
    """The first read belongs to the connect: where its callback raised, what the client had sent by then is gone."""

    def tell_connect(self) -> None:
        try:
            super().tell_connect()
        except Exception:
            drain(self.client)
            raise


@fault(
    "exceptions.every-client-told-once",
    "exceptions.client-gone",
    may_kill=_besides("exceptions.every-client-told-once", "exceptions.client-gone"),
)
class FailedConnectIsNeverSeenOff(Handle):
    """A client whose connect callback raised is not entered in the list of those who get a disconnect."""

    entered = True

    def tell_connect(self) -> None:
        self.entered = False
        super().tell_connect()
        self.entered = True

    def tell_disconnect(self) -> None:
        if self.entered:
            super().tell_disconnect()


@fault(
    "exceptions.disconnect-leaves-nobody",
    "exceptions.client-gone",
    may_kill=_besides("exceptions.disconnect-leaves-nobody", "exceptions.client-gone"),
)
class FailedDisconnectIsToldForEver(Handle):
    """The departure is told before the client is let go, so a callback that raises hears of it in every tick."""

    def depart(self) -> None:
        self.tell_disconnect()
        self.drop_client()


@fault("exceptions.disconnect-leaves-nobody", may_kill=_besides("exceptions.disconnect-leaves-nobody"))
class FailedDisconnectLeavesSession(Handle):
    """The session is closed after the disconnect callback; one that raises leaves has_session true."""

    session = False

    def tell_connect(self) -> None:
        self.session = True
        super().tell_connect()

    def tell_disconnect(self) -> None:
        super().tell_disconnect()
        self.session = False

    def has_session(self) -> bool:
        return self.session


@fault("exceptions.disconnect-leaves-nobody", may_kill=_besides("exceptions.disconnect-leaves-nobody"))
class FailedDisconnectTakesSends(Handle):
    """After a disconnect callback that raised, send says true to a client that is not there."""

    failed = False

    def tell_disconnect(self) -> None:
        self.failed = True
        super().tell_disconnect()
        self.failed = False

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:
        return self.failed or super().fail_send(data, size, message, code)


@fault("exceptions.queued-bytes", may_kill=_besides("exceptions.queued-bytes"))
class FailedDataClearsQueue(Handle):
    """When a callback raises, the outgoing queue is cleared as well, though its bytes had been accepted."""

    def tell_data(self, data: bytes) -> None:
        try:
            super().tell_data(data)
        except Exception:
            self.outgoing.clear()
            raise


@fault("exceptions.queued-bytes", may_kill=_besides("exceptions.queued-bytes"))
class FailedDataSendsAgain(Handle):
    """What was sent is struck off the queue after the callbacks of the tick; when one raises, it is sent again."""

    def turn(self) -> None:
        before, client = bytes(self.outgoing[: self.CHUNK]), self.client
        try:
            super().turn()
        except Exception:
            if self.client is client:
                self.outgoing[:0] = before
            raise


@fault("exceptions.queue-ends-with-its-client", may_kill=_besides("exceptions.queue-ends-with-its-client"))
class FailedDisconnectKeepsQueue(Handle):
    """The queue is cleared after the disconnect callback; one that raises leaves it to the next client."""

    def fail_flush(self, error: OSError) -> bool:  # noqa: ARG002
        return False

    def end_of_input(self) -> None:
        self.depart()

    def depart(self) -> None:
        waiting = bytes(self.outgoing)
        self.drop_client()
        self.outgoing += waiting
        self.tell_disconnect()
        self.outgoing.clear()


@fault("exceptions.queue-ends-with-its-client", may_kill=_besides("exceptions.queue-ends-with-its-client"))
class FailedErrorKeepsQueue(Handle):
    """A write that failed tells the error before it clears the queue; where that raises, each tick ends there anew."""

    def fail_flush(self, error: OSError) -> bool:
        self.tell_error(f"the client is gone: {error.strerror}", error.errno or 1)
        self.outgoing.clear()
        return False


@fault("exceptions.second-client-waiting", may_kill=_besides("exceptions.second-client-waiting"))
class FailureTakesTheNextClient(Handle):
    """After an exception the handle looks for a client though it has one, and takes the one that waits in its place."""

    failed = False

    def turn(self) -> None:
        if self.failed and ready(self.listener):
            self.failed = False
            self.accept()
        try:
            super().turn()
        except Exception:
            self.failed = True
            raise


@fault("exceptions.second-client-waiting", may_kill=_besides("exceptions.second-client-waiting"))
class FailureTurnsAwayWhoWaits(Handle):
    """When a callback raises, everybody in the listen queue is let in and thrown out, to begin anew."""

    def turn(self) -> None:
        try:
            super().turn()
        except Exception:
            while ready(self.listener):
                waiting = self.take_waiting()
                if waiting is not None:
                    waiting.close()
            raise


@fault("exceptions.second-client-waiting", may_kill=_besides("exceptions.second-client-waiting"))
class FailureLosesEarlyBytesOfTheNext(Handle):
    """After an exception the buffer is reset when the next client is taken, and what that one sent early is lost."""

    failed = False

    def turn(self) -> None:
        try:
            super().turn()
        except Exception:
            self.failed = True
            raise

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        if self.failed:
            self.failed = False
            drain(client)


@fault("exceptions.every-client-told-once", may_kill=_besides("exceptions.every-client-told-once"))
class FailedTicksNest(Server):
    """The object counts how deep its ticks are nested; after four that raised it takes itself to be in a loop."""

    depth = 0

    def tick(self) -> None:
        if self.depth > 3:
            return
        self.depth += 1
        super().tick()
        self.depth -= 1


@fault("exceptions.every-client-told-once", may_kill=_besides("exceptions.every-client-told-once"))
class FourthFailureMutesIt(Handle):
    """After three callbacks that raised, the object is taken to be broken, and nothing is told to it any more."""

    failures = 0

    def turn(self) -> None:
        try:
            super().turn()
        except Exception:
            self.failures += 1
            if self.failures < 4:
                raise
            self.drop_client()
