"""Faults of section tick: accepting, data and departure happen in a tick, and nowhere else."""

from __future__ import annotations

import errno
import socket
import weakref

from dasnet_conformance.proof.faults.both_halves import OneBufferForAll
from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import LOST, die, drain, peek, ready


@fault("tick.disconnect-only-in-tick", may_kill=("query.fires-nothing", "server-tick.only-in-tick"))
class AskingNoticesDeparture(Handle):
    """is_connected looks at the socket and tells the departure that it finds."""

    def is_connected(self) -> bool:
        if not self.ticking and peek(self.client) == b"":
            self.depart()
        return super().is_connected()


@fault("tick.takes-pending-client")
class TakesClientsRarely(Handle):
    """The listen queue is only looked at in every hundredth tick, to save time."""

    ticks = 0

    def accept(self) -> None:
        self.ticks += 1
        if self.ticks % 100 == 0:
            super().accept()


@fault("tick.delivers-data")
class WaitsForWholeLines(Handle):
    """Bytes are kept until a line end comes, so that what has none is never delivered."""

    line = b""

    def tell_data(self, data: bytes) -> None:
        whole, end, self.line = (self.line + data).rpartition(b"\n")
        if end:
            super().tell_data(whole + end)


@fault("tick.delivers-data")
class DeliversEveryHundredthTick(Handle):
    """Reading is done once in a hundred ticks."""

    ticks = 0

    def receive(self) -> None:
        self.ticks += 1
        if self.ticks % 100 == 0:
            super().receive()


@fault("tick.notices-departure")
class DepartureShowsOnlyInSending(Handle):
    """The end of the stream is taken for 'nothing there', and a departure is only found by sending."""

    def read(self) -> bytes | None:
        return super().read() or None

    def fail_flush(self, error: OSError) -> bool:
        super().fail_flush(error)
        self.depart()
        return False


@fault("tick.idle-returns", hangs=True)
class TickWaitsForClient(Handle):
    """The listener blocks: a tick without a client waits for one."""

    def take_waiting(self) -> socket.socket | None:
        if self.listener is not None:
            self.listener.setblocking(True)
        return super().take_waiting()


@fault("tick.idle-returns", hangs=True)
class TickWaitsForBytes(Handle):
    """The client's socket blocks: a tick waits until the client says something."""

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        client.setblocking(True)


@fault("tick.idle-fires-nothing")
class LogsEveryTick(Handle):
    """Every tick without a client writes a line to the log callback."""

    def turn(self) -> None:
        if self.owner is not None and not ready(self.listener):
            self.owner.on_log("nothing to do")
        super().turn()


@fault("tick.idle-fires-nothing")
class NobodyIsAnError(Handle):
    """accept without a client is told as an error, though 'would block' is no failure."""

    def take_waiting(self) -> socket.socket | None:
        client = super().take_waiting()
        if client is None:
            self.tell_error("accept: would block", 11)
        return client


@fault("tick.idle-repeatable")
class ThrowsOutIdleClient(Handle):
    """A client that says nothing for five hundred ticks is thrown out without a word."""

    idle = 0

    def read(self) -> bytes | None:
        data = super().read()
        self.idle = self.idle + 1 if data is None else 0
        if self.idle > 500:
            self.drop_client()
        return data


@fault("tick.idle-repeatable")
class RunsOutOfTicks(Handle):
    """A counter of ticks is a byte that sticks at its end, and nothing is done any more after 255 of them."""

    ticks = 0

    def turn(self) -> None:
        if self.client is None:
            self.ticks += 1
        if self.ticks < 255:
            super().turn()


@fault("tick.before-init")
class EarlyTickSpoilsInit(Handle):
    """A tick before init marks the handle as started, and init then finds that it is too late."""

    started = False

    def turn(self) -> None:
        self.started = self.started or self.listener is None
        super().turn()

    def port_exists(self, port: int) -> bool:
        return not self.started and super().port_exists(port)


@fault("tick.before-init", may_kill=("tick.idle-returns",))
class TickBeforeInitDies(Handle):
    """A tick polls the listener without looking whether there is one, and takes the host down before init."""

    def turn(self) -> None:
        if self.listener is None:
            die()
        super().turn()


_EVERYONE: weakref.WeakSet[OneTickForAll] = weakref.WeakSet()


@fault("tick.only-its-own-server", "callbacks.own-object-only")
class OneTickForAll(Handle):
    """One tick works for every server of the process, whichever object was ticked."""

    def __init__(self) -> None:
        super().__init__()
        _EVERYONE.add(self)

    def tick(self) -> None:
        for handle in list(_EVERYONE):
            super(OneTickForAll, handle).tick()


@fault("tick.second-client-waits", may_kill=("tick.second-client-data-withheld",))
class LatestClientWins(Handle):
    """A second client takes the place of the first, which is closed without being told of."""

    def turn(self) -> None:
        if self.client is not None and ready(self.listener):
            self.drop_client()
        super().turn()


class _TakesEveryone(Handle):
    # Takes whoever waits at once, without telling, and lets them be clients in turn.

    def __init__(self) -> None:
        super().__init__()
        self.queue: list[socket.socket] = []

    def turn(self) -> None:
        while (client := super().take_waiting()) is not None:
            self.queue.append(client)
        super().turn()

    def take_waiting(self) -> socket.socket | None:
        return self.queue.pop(0) if self.queue else None

    def close(self) -> None:
        super().close()
        while self.queue:
            self.queue.pop().close()


@fault("tick.second-client-waits")
class TellsWaitingClients(_TakesEveryone):
    """Each client that arrives is told by a connect callback at once, also while another one is served."""

    def turn(self) -> None:
        known, busy = len(self.queue), self.client is not None
        super().turn()
        for _ in self.queue[known:] if busy else ():
            self.tell_connect()


@fault("tick.second-client-data-withheld")
class ReadsFromEveryone(_TakesEveryone):
    """Whatever any connection sends is delivered at once, as if it came from the one client."""

    def receive(self) -> None:
        super().receive()
        for waiting in self.queue:
            if peek(waiting):
                self.tell_data(drain(waiting)[0])


@fault("tick.second-client-not-lost")
class TurnsSecondClientAway(Handle):
    """While a client is served, others are taken and closed: 'busy'."""

    def turn(self) -> None:
        if self.client is not None and (other := self.take_waiting()) is not None:
            other.close()
        super().turn()


@fault("tick.second-client-gets-nothing")
class SendsToEveryone(_TakesEveryone):
    """send writes to every connection there is, so that those who wait read along."""

    def enqueue(self, part: bytes) -> None:
        super().enqueue(part)
        for waiting in self.queue:
            waiting.send(part)


@fault("tick.second-client-gets-nothing")
class WaitingClientHoldsUpQueue(Handle):
    """A tick asks for one ready socket and finds the listener: while somebody waits there, no queued byte is sent."""

    def flush(self) -> bool:
        return True if self.ticking and ready(self.listener) else super().flush()


@fault("tick.second-client-taken-after")
class DepartureEmptiesQueue(Handle):
    """When the client leaves, everybody who waited is closed along with it."""

    def depart(self) -> None:
        while (other := self.take_waiting()) is not None:
            other.close()
        super().depart()


@fault("tick.second-client-early-data")
class EarlyBytesAreThrownAway(Handle):
    """A new client's buffer is emptied when it is taken, in case the one before left something there."""

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        if peek(client):
            drain(client)


@fault("tick.second-client-gives-up", "robustness.leaves-while-waiting")
class QuitterClosesListener(Handle):
    """A client that is gone when its turn comes is taken for a failure of the listener, which is closed."""

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        if peek(client) == b"":
            self.close_listener()


@fault("tick.waiting-clients-all-served")
class TakesTheLastOfThoseWaiting(Handle):
    """Of those who wait together the one that came last is taken, and the others are never heard of again."""

    def take_waiting(self) -> socket.socket | None:
        client = None
        while (later := super().take_waiting()) is not None:
            if client is not None:
                LOST.append(client)
            client = later
        return client


@fault("tick.fifty-clients")
class EveryTenthDepartureTwice(Handle):
    """Every tenth departure is told twice, when the log of sessions is turned over."""

    departures = 0

    def tell_disconnect(self) -> None:
        super().tell_disconnect()
        self.departures += 1
        if self.departures % 10 == 0:
            super().tell_disconnect()


@fault("tick.fifty-clients")
class TableOfThirtyTwo(Handle):
    """The table of sessions has thirty-two places which are never given back, and the next client is not taken."""

    clients = 0

    def accept(self) -> None:
        if self.clients < 32:
            super().accept()

    def tell_connect(self) -> None:
        self.clients += 1
        super().tell_connect()


class _Recursive(Handle):
    # Ticks inside ticks go all the way down.

    def tick(self) -> None:
        self.turn()


@fault("tick.inside-callback")
class NestedTickDeliversAgain(_Recursive):
    """Bytes are taken from the buffer after the callback, so that a tick inside it delivers them once more."""

    def receive(self) -> None:
        client = self.client
        data = peek(client)
        if data == b"":
            self.depart()
        elif data and client is not None:
            self.tell_data(data)
            if self.client is client:
                client.recv(len(data))


@fault("tick.inside-callback", may_kill=("client-tick.inside-callback",))
class NestedTickReadsIntoTheSamePiece(OneBufferForAll, _Recursive):
    """What was read is handed over in parts, and a tick inside one of them reads into the buffer of the others."""


@fault("tick.inside-callback")
class NestedTickDepartsAgain(_Recursive):
    """The client is let go of after the disconnect callback, so that a tick inside it finds it gone once more."""

    def depart(self) -> None:
        self.tell_disconnect()
        self.drop_client()


_HELD: list[socket.socket] = []


@fault("tick.only-its-own-server", may_kill=("callbacks.own-object-only", "tick.waiting-clients-all-served"))
class OneWaitingRoomForAll(Handle):
    """Whoever waits is taken from the system at once, into a list of the module from which any server serves."""

    def take_waiting(self) -> socket.socket | None:
        waiting = super().take_waiting()
        while waiting is not None:
            _HELD.append(waiting)
            waiting = super().take_waiting()
        return _HELD.pop(0) if _HELD else None


@fault("tick.idle-fires-nothing")
class FailedInitIsToldInEachTick(Handle):
    """After an init that failed each tick asks for what there is at a descriptor that is none, and tells the error."""

    failed = False

    def fail_init(self, message: str, code: int) -> bool:
        self.failed = True
        return super().fail_init(message, code)

    def turn(self) -> None:
        if self.failed and self.listener is None:
            self.tell_error("cannot ask what is there: bad descriptor", errno.EBADF)
        super().turn()
