"""Faults of section init: listening on a port."""

from __future__ import annotations

import os
import socket
import weakref
from contextlib import suppress
from typing import Any, ClassVar

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import close_quietly, shut_quietly


@fault("init.free-port")
class SuccessIsZero(Handle):
    """init hands on the return value of listen, where 0 means success, and the host reads it as false."""

    def init(self, port: int) -> bool:
        had_one = self.listener is not None
        made = super().init(port)
        return made if had_one else not made


@fault("init.connectable-before-tick")
class ListensAtFirstTick(Handle):
    """init only binds the port; it is made to listen by the first tick, and until then clients are refused."""

    listening = False

    def open_listener(self, port: int) -> socket.socket:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            self.prepare_listener(listener)
            listener.bind((self.HOST, port))
        except OSError:
            listener.close()
            raise
        listener.setblocking(False)
        return listener

    def turn(self) -> None:
        if self.listener is not None and not self.listening:
            self.listening = True
            self.listener.listen(self.BACKLOG)
        super().turn()


@fault("init.listens-on-given-port")
class ListensOnAnyPort(Handle):
    """The port is not handed on to bind, and the server listens on whichever the system picks."""

    def open_listener(self, port: int) -> socket.socket:  # noqa: ARG002
        return super().open_listener(0)


@fault("init.listens-on-given-port", attempts=5)
class SwapsBytesOfPort(Handle):
    """The bytes of the port are not put into network order: 10240 becomes 40."""

    def open_listener(self, port: int) -> socket.socket:
        return super().open_listener(socket.ntohs(port))


@fault("init.port-in-use", may_kill=("server-init.port-in-use",))
class SharesPortsOfOthers(Handle):
    """The listener is opened with SO_REUSEPORT, so that a second server succeeds on a port that the first has."""

    def prepare_listener(self, listener: socket.socket) -> None:
        super().prepare_listener(listener)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)


@fault("init.port-in-use", may_kill=("server-init.port-in-use",))
class IgnoresBindResult(Handle):
    """init does not look at what bind returned, and claims success on a port that somebody else has."""

    def fail_init(self, message: str, code: int) -> bool:
        super().fail_init(message, code)
        return True


_OPEN: weakref.WeakSet[StealsBusyPort] = weakref.WeakSet()


@fault("init.port-in-use-disturbs-nobody", may_kill=("server-init.port-in-use",))
class StealsBusyPort(Handle):
    """On a busy port init closes whichever server of the process listens there, and fails all the same."""

    asked_for = 0

    def open_listener(self, port: int) -> socket.socket:
        for other in list(_OPEN):
            if other is not self and other.asked_for == port and other.listener is not None:
                other.drop_client()
                other.close_listener()
                raise OSError(98, "busy")
        listener = super().open_listener(port)
        self.asked_for = port
        _OPEN.add(self)
        return listener


@fault("init.failure-reports")
class FailsToInitSilently(Handle):
    """A failed init returns false and tells nobody why."""

    def fail_init(self, message: str, code: int) -> bool:  # noqa: ARG002
        return False


@fault("init.failure-reports")
class FailsWithoutCode(Handle):
    """A failed init tells its error with code 0, since the system's error number was overwritten meanwhile."""

    def fail_init(self, message: str, code: int) -> bool:  # noqa: ARG002
        self.tell_error(message, 0)
        return False


@fault("init.failure-reports")
class FailsWithoutWords(Handle):
    """A failed init tells an error without a message."""

    def fail_init(self, message: str, code: int) -> bool:  # noqa: ARG002
        self.tell_error("", code)
        return False


@fault("init.retry-after-failure")
class FailedOnceFailedForever(Handle):
    """After a busy port the handle keeps the socket that could not be bound, and every later init fails on it."""

    failed = False

    def discard_listener(self, listener: socket.socket) -> None:
        super().discard_listener(listener)
        self.failed = True

    def port_exists(self, port: int) -> bool:
        return not self.failed and super().port_exists(port)


@fault("init.port-negative", may_kill=("server-init.bad-port",))
class NegativePortMeansAny(Handle):
    """A negative port is taken for 'any port', and init succeeds."""

    def init(self, port: int) -> bool:
        return super().init(max(port, 0))


@fault("init.port-beyond-range", may_kill=("server-init.bad-port",))
class HugePortMeansLast(Handle):
    """A port beyond the range is brought down to 0, where the system picks one, and init succeeds."""

    def init(self, port: int) -> bool:
        return super().init(0 if port > 65_535 else port)


@fault("init.port-highest")
class LastPortDoesNotExist(Handle):
    """Whether a port exists is decided with 'less than 65,535', and the last of them is turned down."""

    def port_exists(self, port: int) -> bool:
        return port < 65_535 and super().port_exists(port)


@fault("init.port-not-wrapped", may_kill=("init.port-negative", "init.port-beyond-range", "server-init.bad-port"))
class CutsPortTo16Bits(Handle):
    """The port is cut to 16 bits on its way into the address: 65,536 too much is not noticed."""

    def init(self, port: int) -> bool:
        return super().init(port & 0xFFFF)


@fault("init.retry-after-bad-port")
class BadPortForever(Handle):
    """After a number that is no port the handle counts as broken, and every later init fails."""

    broken = False

    def port_exists(self, port: int) -> bool:
        self.broken = self.broken or not super().port_exists(port)
        return not self.broken


@fault("init.returns-at-once", hangs=True)
class InitWaitsForClient(Handle):
    """init accepts the first client itself and returns when it has come."""

    def init(self, port: int) -> bool:
        made = super().init(port)
        if made and self.listener is not None:
            self.listener.setblocking(True)
            self.adopt(self.listener.accept()[0])
        return made


@fault("init.fires-no-client-callback")
class FailedInitTellsDeparture(Handle):
    """A failed init cleans up by the way of a departure, and tells that a client has gone."""

    def fail_init(self, message: str, code: int) -> bool:
        self.depart()
        return super().fail_init(message, code)


@fault("init.fires-no-client-callback", may_kill=("server-tick.only-in-tick",))
class OpenCountsAsConnect(Handle):
    """A successful init calls the connect callback, since 'connected' and 'listening' are the same to it."""

    def init(self, port: int) -> bool:
        made = super().init(port)
        if made:
            self.tell_connect()
        return made


@fault("init.port-reusable-after-destroy")
class NoAddressReuse(Handle):
    """The listener is opened without SO_REUSEADDR, so that the port is taken for a minute after a restart."""

    def prepare_listener(self, listener: socket.socket) -> None:
        pass


@fault("init.two-servers-independent")
class SendsToLatestClient(Handle):
    """The client's socket is kept in a global, so that what any server sends goes to the client taken last."""

    latest: socket.socket | None = None

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        type(self).latest = client

    def send(self, data: bytes, size: int) -> bool:
        mine, self.client = self.client, type(self).latest if self.client is not None else None
        try:
            return super().send(data, size)
        finally:
            self.client = mine


@fault("init.two-servers-independent")
class ReadsTheFirstDescriptor(Handle):
    """The number of the first client's descriptor is kept and read from for good, whoever has that number by now."""

    number = -1

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        if self.number < 0:
            self.number = client.fileno()

    def read(self) -> bytes | None:
        try:
            return os.read(self.number, self.CHUNK)
        except BlockingIOError:
            return None
        except OSError:
            return b""


@fault("init.two-servers-independent")
class ClosesTwice(Handle):
    """The descriptor of a client that left is closed once more with the server: by then it may be another one's."""

    number = -1

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        self.number = client.fileno()

    def close(self) -> None:
        left = self.client is None
        super().close()
        if left and self.number >= 0:
            with suppress(OSError):
                os.close(self.number)
        self.number = -1


@fault("init.two-servers-independent")
class ClosingOneClosesAll(Handle):
    """Destroying one server shuts the network down for the whole process."""

    everyone: ClassVar[weakref.WeakSet[Any]] = weakref.WeakSet()

    def __init__(self) -> None:
        super().__init__()
        self.everyone.add(self)

    def close(self) -> None:
        super().close()
        for other in list(self.everyone):
            other.drop_client()
            other.close_listener()


@fault("init.failure-keeps-nothing", may_kill=("construct.objects-independent",))
class FailedInitKeepsNumber(Handle):
    """An init that failed keeps the number of its descriptor, and closes it once more when the object ends."""

    number = -1

    def discard_listener(self, listener: socket.socket) -> None:
        self.number = listener.fileno()
        super().discard_listener(listener)

    def close(self) -> None:
        super().close()
        if self.number >= 0:
            close_quietly(self.number)
            self.number = -1


@fault("init.failure-keeps-nothing")
class NextInitClosesFailedOne(Handle):
    """Before another attempt, init closes the descriptor of the one that failed, which was closed then already."""

    number = -1

    def discard_listener(self, listener: socket.socket) -> None:
        self.number = listener.fileno()
        super().discard_listener(listener)

    def init(self, port: int) -> bool:
        if self.number >= 0:
            close_quietly(self.number)
            self.number = -1
        return super().init(port)


@fault("init.failure-keeps-nothing")
class FailedInitAcceptsElsewhere(Handle):
    """An init that failed keeps its descriptor's number, and ticks accept on it whoever it belongs to by then."""

    number = -1

    def discard_listener(self, listener: socket.socket) -> None:
        self.number = listener.fileno()
        super().discard_listener(listener)

    def turn(self) -> None:
        if self.number >= 0 and self.listener is None:
            shut_quietly(self.number)
            self.number = -1
        super().turn()
