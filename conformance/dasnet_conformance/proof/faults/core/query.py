"""Faults of section query: is_open, is_connected and has_session."""

from __future__ import annotations

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import ready


@fault("query.is-open-independent-of-client")
class NotOpenWhileServing(Handle):
    """is_open says whether a client could be taken now, and so turns false while one is served."""

    def is_open(self) -> bool:
        return super().is_open() and self.client is None


@fault("query.is-connected-follows-client")
class ConnectedForEver(Handle):
    """is_connected says whether there ever was a client: nobody sets the flag back."""

    ever = False

    def tell_connect(self) -> None:
        self.ever = True
        super().tell_connect()

    def is_connected(self) -> bool:
        return self.ever


@fault("query.has-session-follows-client")
class SessionForEver(Handle):
    """has_session stays true after the client has left, since the session's record is kept for the next one."""

    ever = False

    def tell_connect(self) -> None:
        self.ever = True
        super().tell_connect()

    def has_session(self) -> bool:
        return self.ever


@fault("query.is-connected-follows-client")
class ConnectedOnlyOnce(Handle):
    """is_connected is true for the first client and for no later one: the flag is set in the constructor only."""

    clients = 0

    def tell_connect(self) -> None:
        self.clients += 1
        super().tell_connect()

    def is_connected(self) -> bool:
        return super().is_connected() and self.clients < 2


@fault("query.changes-nothing")
class AskingUsesUp(Handle):
    """is_open reads a counter that asking counts down, and is false from the fiftieth time on."""

    asked = 0

    def is_open(self) -> bool:
        self.asked += 1
        return super().is_open() and self.asked < 50


@fault("query.changes-nothing")
class AskingTogglesSession(Handle):
    """has_session answers from a cache that it makes invalid by looking, so that every second answer is wrong."""

    asked = 0

    def has_session(self) -> bool:
        self.asked += 1
        return super().has_session() and self.asked % 2 == 1


@fault("query.fires-nothing", "tick.data-only-in-tick", may_kill=("server-tick.only-in-tick",))
class AskingDelivers(Handle):
    """is_connected finds out by reading, and delivers what it reads."""

    def is_connected(self) -> bool:
        if self.client is not None and not self.ticking:
            self.receive()
        return super().is_connected()


@fault("query.fires-nothing", "tick.connect-only-in-tick")
class AskingTakesClients(Handle):
    """has_session takes a client that waits, so that it can say yes."""

    def has_session(self) -> bool:
        if self.client is None:
            self.accept()
        return super().has_session()


@fault("query.answers-boolean")
class SessionIsASocket(Handle):
    """is_open hands out the listening socket in place of true."""

    def is_open(self) -> bool:
        return self.listener  # type: ignore[return-value]


@fault("query.answers-boolean")
class ConnectedIsANumber(Handle):
    """is_connected answers 0 or 1, which is not the boolean that the signature promises."""

    def is_connected(self) -> bool:
        return int(super().is_connected())  # type: ignore[return-value]


@fault("query.is-open-after-many-clients")
class ClosesAfterEightClients(Handle):
    """The server closes its port after the eighth client, a limit that a test once needed."""

    clients = 0

    def depart(self) -> None:
        self.clients += 1
        if self.clients == 8:
            self.close_listener()
        super().depart()


@fault("query.not-connected-by-waiting-client", may_kill=("tick.connect-only-in-tick",))
class WaitingCountsAsConnected(Handle):
    """is_connected counts a client that waits in the listen queue, which no callback has told of."""

    def is_connected(self) -> bool:
        return super().is_connected() or ready(self.listener)
