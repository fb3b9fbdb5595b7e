"""Variants of what goes with a callback: log lines, what becomes of an exception, and a tick inside one."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable

from dasnet_conformance.proof.faults.sound import Server
from dasnet_conformance.proof.faults.sound_client import ClientHandle
from dasnet_conformance.proof.faults.sound_conversation import Conversation
from dasnet_conformance.proof.faults.sound_handle import Handle

from .registry import variant


@variant("the log callback")
class LogsEverything(Handle):
    """Writes a log line with each callback and with init, send and save: what is logged is its own choice, as long as
    an idle tick says nothing."""

    def log(self, message: str) -> None:
        """A line for the owner, if there is one."""
        if self.owner is not None:
            self.owner.on_log(message)

    def tell_connect(self) -> None:
        """With a line."""
        super().tell_connect()
        self.log("a client was taken")

    def tell_data(self, data: bytes) -> None:
        """With a line."""
        super().tell_data(data)
        self.log(f"{len(data)} bytes came")

    def tell_disconnect(self) -> None:
        """With a line."""
        super().tell_disconnect()
        self.log("the client has left")

    def tell_error(self, message: str, code: int) -> None:
        """With a line."""
        super().tell_error(message, code)
        self.log(f"failed: {message}")

    def init(self, port: int) -> bool:
        """With a line."""
        self.log(f"to listen on port {port}")
        return super().init(port)

    def send(self, data: bytes, size: int) -> bool:
        """With a line."""
        self.log(f"to send {size} bytes")
        return super().send(data, size)

    def bind(self, owner: object) -> None:
        """With a line for the new owner."""
        super().bind(owner)
        self.log("bound")

    def disown(self) -> None:
        """With a line for the old one."""
        self.log("saved")
        super().disown()


class _ToldBehind(Conversation):
    # Sends that failed inside a callback of the tick that is under way.

    def __init__(self) -> None:
        super().__init__()
        self.untold: list[tuple[str, int]] = []

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:
        """Noted, inside a tick."""
        if self.ticking:
            self.untold.append((message, code))
            return False
        return super().fail_send(data, size, message, code)

    def tick(self) -> None:
        """Then the errors; what they lead to is told by the next one."""
        super().tick()
        untold, self.untold = ([], self.untold) if self.ticking else (self.untold, [])
        for message, code in untold:
            self.tell_error(message, code)


@variant("when an error inside a callback is told")
class FailedSendIsToldBehindTheTick(_ToldBehind, Handle):
    """Tells of a send that failed inside a callback at the end of that tick: no callback is called inside another."""


@variant("when an error inside a callback is told")
class ClientsFailedSendIsToldBehindTheTick(_ToldBehind, ClientHandle):
    """Tells of a client's send that failed inside a callback at the end of that tick."""


@variant("an exception in a callback", shows={"callbacks.raise-reaches-host": "error"})
class ErrorsAreTold(Handle):
    """Tells of an exception in a callback by the error callback, and the tick goes on: the host hears of it."""

    def guarded(self, tell: Callable[[], None]) -> None:
        """Call back; what goes wrong is told, once."""
        try:
            tell()
        except Exception as error:
            try:
                self.tell_error(f"a callback failed: {error}", errno.EIO)
            except Exception:
                # Nobody is left to be told.
                pass

    def tell_connect(self) -> None:
        """Guarded."""
        self.guarded(super().tell_connect)

    def tell_data(self, data: bytes) -> None:
        """Guarded."""
        tell = super().tell_data
        self.guarded(lambda: tell(data))

    def tell_disconnect(self) -> None:
        """Guarded."""
        self.guarded(super().tell_disconnect)


@variant(
    "an exception in a callback",
    shows={"exceptions.data-waiting": "closed", "exceptions.queued-bytes": "closed"},
)
class FailureEndsConnection(Handle):
    """Ends the connection of a client whose connect or data callback raises, and tells the departure: the host does not
    know how far it had got with that client."""

    def guarded(self, tell: Callable[[], None]) -> None:
        """Call back; where that fails, the client goes."""
        try:
            tell()
        except Exception:
            self.depart()
            raise

    def tell_connect(self) -> None:
        """Guarded."""
        self.guarded(super().tell_connect)

    def tell_data(self, data: bytes) -> None:
        """Guarded."""
        tell = super().tell_data
        self.guarded(lambda: tell(data))


class _FailureShutsDown(Conversation):
    # A connection on which a callback fails is shut down: what has come is still told, and then the departure.

    def tell_connect(self) -> None:
        try:
            super().tell_connect()
        except Exception:
            self.shut_down()
            raise

    def tell_data(self, data: bytes) -> None:
        try:
            super().tell_data(data)
        except Exception:
            self.shut_down()
            raise

    def shut_down(self) -> None:
        """The end is found by reading, as any other."""
        if self.client is not None:
            self.client.shutdown(socket.SHUT_RDWR)


@variant("a callback that fails")
class FailureShutsConnectionDown(_FailureShutsDown, Handle):
    """Shuts the connection of a client down whose connect or data callback raises, and still tells what it had sent:
    the departure comes behind it, as always."""


@variant(
    "a client's callback that fails",
    shows={
        "client-callbacks.raise-in-data": "closed",
        "client-callbacks.raise-loses-no-data": "closed",
        "client-callbacks.raise-loses-no-queued-bytes": "closed",
    },
)
class ClientFailureShutsConnectionDown(_FailureShutsDown, ClientHandle):
    """Shuts the connection down when a client's connect or data callback raises, and tells the departure: the host does
    not know how far it had got, and can connect anew."""


@variant("a tick inside a callback")
class InnerTickIsRefused(Handle):
    """Raises an error for a tick inside a callback: the outer one does the work."""

    def tick(self) -> None:
        """One at a time."""
        if self.ticking:
            raise RuntimeError("a tick is under way")
        super().tick()


@variant("a tick inside a callback")
class InnerTickWorks(Handle):
    """Does the work of a tick inside a callback as well, one level deep: what the inner one has told, the outer one
    finds done."""

    DEEPEST = 2

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0

    def tick(self) -> None:
        """As deep as that."""
        if self.depth >= self.DEEPEST or self.owner is None:
            return
        self.depth += 1
        try:
            self.turn()
        finally:
            self.depth -= 1


@variant("when the sockets close of an object that is destroyed inside a callback")
class DestroyWaitsForTheTick(Server):
    """Destroyed inside a callback, it lets go of its handle at once and closes the sockets at the end of that tick: the
    client sees its end all the same."""

    ending: Handle | None = None

    def close(self) -> None:
        """Later, if a tick is under way."""
        handle, self._server = self._server, None
        if handle is None:
            return
        if not handle.ticking:
            handle.close()
            return
        handle.disown()
        self.ending = handle

    def tick(self) -> None:
        """And then what was to end."""
        try:
            super().tick()
        finally:
            ending, self.ending = self.ending, None
            if ending is not None:
                ending.close()
