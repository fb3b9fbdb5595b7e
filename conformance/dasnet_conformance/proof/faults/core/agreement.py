"""Faults of section agreement: right on the straight way, and wrong in a state that was reached by a detour."""

from __future__ import annotations

import errno
import socket
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound import Server, SharedOrphan
from dasnet_conformance.proof.faults.sound_handle import Handle


@fault("agreement.after-reload")
class SessionEndsWithItsOwner(Handle):
    """A reload in the moment in which a client waits makes the queries count that client as one that is there."""

    early = False

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.early = self.listener is not None and self.client is None

    def adopt(self, client: Any) -> None:
        super().adopt(client)
        self.early = False

    def has_session(self) -> bool:
        return super().has_session() or self.early


@fault("agreement.after-reload")
class OpenIsForgottenOnceAlone(Handle):
    """A server that is reloaded after its client left takes itself for closed until the next one comes."""

    served = closed = False

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.closed = self.served and self.client is None

    def depart(self) -> None:
        self.served = True
        super().depart()

    def adopt(self, client: Any) -> None:
        super().adopt(client)
        self.closed = False

    def is_open(self) -> bool:
        return super().is_open() and not self.closed


@fault("agreement.after-departure")
class SecondClientHasNoSession(Handle):
    """The session is entered for the first client of a server; the later ones are connected and have none."""

    served = 0

    def depart(self) -> None:
        self.served += 1
        super().depart()

    def has_session(self) -> bool:
        return super().has_session() and self.served == 0


@fault("agreement.after-failed-init")
class FailureSticks(Handle):
    """An init that failed leaves a mark at which is_open goes on saying false after one that succeeded."""

    failed = False

    def fail_init(self, message: str, code: int) -> bool:
        self.failed = self.failed or self.listener is None
        return super().fail_init(message, code)

    def is_open(self) -> bool:
        return super().is_open() and not self.failed


@fault("agreement.after-failed-init")
class BadPortOpensTheSession(Handle):
    """A number that is no port is noted before it is looked at, and has_session says true of an object with a port."""

    noted = 0

    def init(self, port: int) -> bool:
        self.noted = port if self.listener is None and not self.port_exists(port) else 0
        return super().init(port)

    def has_session(self) -> bool:
        return super().has_session() or self.noted > 0


@fault("agreement.after-second-init")
class RefusedInitDropsTheClient(Handle):
    """An init on an open server is refused, but the client of the moment has been let go before that is found out."""

    def init_again(self, port: int) -> bool:
        self.drop_client()
        return super().init_again(port)


@fault("agreement.after-second-init")
class RefusedInitShutsTheClientOut(Handle):
    """An init on an open server is refused, and shuts the client's connection down without noticing that it did."""

    def init_again(self, port: int) -> bool:
        if self.client is not None:
            self.client.shutdown(socket.SHUT_WR)
        return super().init_again(port)


@fault("agreement.after-second-init")
class SecondInitResetsTheQueries(Handle):
    """A second init that is refused has cleared what is_connected looks at; the client is there and is served."""

    cleared = False

    def init_again(self, port: int) -> bool:
        self.cleared = True
        return super().init_again(port)

    def adopt(self, client: Any) -> None:
        super().adopt(client)
        self.cleared = False

    def is_connected(self) -> bool:
        return super().is_connected() and not self.cleared


@fault("agreement.after-exception")
class SessionIsEnteredAfterTheCallback(Handle):
    """has_session is set after the connect callback has returned, which it does not do when it fails."""

    entered = False
    telling = False

    def tell_connect(self) -> None:
        self.telling = True
        self.entered = False
        super().tell_connect()
        self.telling, self.entered = False, True

    def has_session(self) -> bool:
        return super().has_session() and (self.entered or not self.telling)


@fault("agreement.after-exception")
class FailedDisconnectKeepsConnected(Handle):
    """The client is forgotten after the disconnect callback, and stays for is_connected when that one fails."""

    leaving = False

    def tell_disconnect(self) -> None:
        self.leaving = True
        super().tell_disconnect()
        self.leaving = False

    def adopt(self, client: Any) -> None:
        super().adopt(client)
        self.leaving = False

    def is_connected(self) -> bool:
        return super().is_connected() or self.leaving


@fault("agreement.after-empty-orphan")
class EmptyOrphanTakesTheSession(Server):
    """A restore from an empty orphan is an error, but has unbound the object from its session by then."""

    unbound = False

    def restore(self, shared_orphan: SharedOrphan) -> None:
        self.unbound = shared_orphan.server is None
        super().restore(shared_orphan)

    def has_session(self) -> bool:
        return super().has_session() and not self.unbound


@fault("agreement.after-full-orphan")
class FullOrphanClosesTheServer(Server):
    """A save into a full orphan is refused, but the client of the server that was to be saved was let go before."""

    def save(self, shared_orphan: SharedOrphan) -> None:
        if shared_orphan.server is not None and self._server is not None:
            self._server.drop_client()
        super().save(shared_orphan)


@fault("agreement.after-bad-size")
class BadSizeBreaksTheConnection(Handle):
    """A size that the buffer does not have is refused, and from then on the connection counts as broken."""

    broken = False

    def check_size(self, data: bytes, size: int) -> None:
        try:
            super().check_size(data, size)
        except ValueError:
            self.broken = True
            raise

    def is_connected(self) -> bool:
        return super().is_connected() and not self.broken


@fault("agreement.bad-port-in-every-state")
class OpenServerTakesAnyPort(Handle):
    """init of a server that is open answers true before it looks at the port: open it is."""

    def init_again(self, port: int) -> bool:
        return True if not self.port_exists(port) else super().init_again(port)


@fault("agreement.bad-port-in-every-state")
class BadPortIsFineAfterAClient(Handle):
    """Once a client has come and gone, init with a number that is no port says that the server is up."""

    served = False

    def depart(self) -> None:
        self.served = True
        super().depart()

    def init(self, port: int) -> bool:
        return (self.served and not self.port_exists(port)) or super().init(port)


@fault("agreement.bad-size-in-every-state")
class SizeIsTrustedWithoutClient(Handle):
    """Without a client send says true to a size that is wrong, since nothing will be read from the buffer."""

    def check_size(self, data: bytes, size: int) -> None:
        if self.client is not None:
            super().check_size(data, size)

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:
        return super().fail_send(data, size, message, code) or not 0 <= size <= len(data)


@fault("agreement.size-zero-without-client")
class NothingIsAlwaysSent(Handle):
    """A send of size 0 says true at once, whether there is anybody to send to or not."""

    def send(self, data: bytes, size: int) -> bool:
        return size == 0 or super().send(data, size)


@fault("agreement.size-zero-without-client")
class NothingIsSentToThoseWhoWait(Handle):
    """A send of size 0 says true after an earlier client has left, from what was kept of that one."""

    served = False

    def depart(self) -> None:
        self.served = True
        super().depart()

    def send(self, data: bytes, size: int) -> bool:
        if size == 0 and self.served and self.client is None:
            return not super().fail_send(data, size, "nothing to send", errno.ENOTCONN)
        return super().send(data, size)
