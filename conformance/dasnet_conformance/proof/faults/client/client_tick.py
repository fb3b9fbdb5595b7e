"""Faults of section client-tick: where everything about a connection is told."""

from __future__ import annotations

import socket
import threading
import time
import weakref

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_client import ClientHandle
from dasnet_conformance.proof.faults.tools import peek


@fault("client-tick.delivers")
class ClientHearsNothing(ClientHandle):
    """What the server sends is read and thrown away."""

    def tell_data(self, data: bytes) -> None:
        pass


@fault("client-tick.only-inside", attempts=5)
class ClientDeliversOnAThread(ClientHandle):
    """A thread reads what the server sends and calls back at any time."""

    def __init__(self) -> None:
        super().__init__()
        threading.Thread(target=_work, args=(weakref.ref(self),), daemon=True).start()


def _work(reference: weakref.ref[ClientDeliversOnAThread]) -> None:
    while True:
        time.sleep(0.001)  # what is wrong with it: it works beside the host, in its own time
        handle = reference()
        if handle is None:
            return
        try:
            if handle.owner is not None and not handle.ticking and peek(handle.client) is not None:
                handle.receive()
        except OSError:
            return


@fault("client-tick.notices-departure")
class ClientNeverNoticesDeparture(ClientHandle):
    """The end of what the server sends is taken for a pause."""

    def end_of_input(self) -> None:
        pass


@fault("client-tick.idle", may_kill=("client-data.never-empty",))
class IdleClientTellsNothingness(ClientHandle):
    """A tick that has read nothing calls back with nothing."""

    def read(self) -> bytes | None:
        data = super().read()
        if data is None:
            self.tell_data(b"")
        return data


@fault("client-tick.idle", hangs=True)
class IdleClientWaitsForData(ClientHandle):
    """The socket blocks: a tick waits until the server says something."""

    def adopt(self, client: socket.socket) -> None:
        client.setblocking(True)
        super().adopt(client)


@fault(
    "client-tick.without-connection", may_kill=("connect.refused-tells-of-no-connection", "close.calls-nothing-back")
)
class TickWithoutConnectionTellsDisconnect(ClientHandle):
    """A tick that finds no connection takes it for one that has ended."""

    def turn(self) -> None:
        if self.client is None:
            self.tell_disconnect()
        super().turn()


@fault("client-tick.inside-callback")
class TickInsideCallbackDeliversAgain(ClientHandle):
    """A tick from inside the data callback delivers the piece again, which has not left the buffer yet."""

    piece = b""

    def tell_data(self, data: bytes) -> None:
        self.piece = data
        super().tell_data(data)
        self.piece = b""

    def tick(self) -> None:
        if self.ticking and self.piece:
            piece, self.piece = self.piece, b""
            super().tell_data(piece)
        else:
            super().tick()


@fault("client-tick.query-changes-nothing", may_kill=("client-tick.only-inside",))
class QueryDelivers(ClientHandle):
    """is_connected looks at the network first, and calls back what it finds."""

    def is_connected(self) -> bool:
        self.tick()
        return super().is_connected()


@fault("client-tick.idle")
class SilentServerAges(ClientHandle):
    """A server that was silent for a thousand ticks is taken for dead and let go."""

    silent_ticks = 0

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        self.silent_ticks = 0

    def tell_data(self, data: bytes) -> None:
        self.silent_ticks = 0
        super().tell_data(data)

    def turn(self) -> None:
        super().turn()
        self.silent_ticks += 1
        if self.client is not None and self.silent_ticks > 1_000:
            self.depart()


@fault("client-tick.inside-callback", may_kill=("client-callbacks.raise-in-disconnect",))
class TickInsideDisconnectTellsItAgain(ClientHandle):
    """The departure is struck off behind its callback, so that a tick inside it tells it once more."""

    departing = False

    def depart(self) -> None:
        self.drop_client()
        self.departing = True
        self.tell_disconnect()
        self.departing = False

    def tick(self) -> None:
        if self.departing and self.ticking:
            self.departing = False
            self.tell_disconnect()
        else:
            super().tick()


@fault("client-tick.inside-callback", may_kill=("client-callbacks.raise-in-connect",))
class TickInsideConnectTellsItAgain(ClientHandle):
    """The connection counts as told when its callback has returned, so that a tick inside it tells it once more."""

    untold = False

    def tell_connect(self) -> None:
        self.untold = True
        super().tell_connect()
        self.untold = False

    def turn(self) -> None:
        if self.untold and self.client is not None:
            self.untold = False
            super().tell_connect()
        super().turn()


@fault("client-tick.inside-callback")
class TickInsideDisconnectIsTheLast(ClientHandle):
    """A tick inside the disconnect callback finds the object between two states, and leaves it there for good."""

    over = False

    def tick(self) -> None:
        self.over = self.over or (self.ticking and self.client is None)
        if not self.over:
            super().tick()


@fault("client-tick.inside-callback")
class TickInsideAnErrorIsTheLast(ClientHandle):
    """A tick inside the error callback of a connect notes that it is under way, and the connect takes no note away."""

    telling = over = False

    def tell_error(self, message: str, code: int) -> None:
        self.telling = True
        super().tell_error(message, code)
        self.telling = False

    def tick(self) -> None:
        self.over = self.over or self.telling
        if not self.over:
            super().tick()
