"""Faults of section endurance: what goes well until a counter ends, a table is full or a sum has grown too large."""

from __future__ import annotations

import errno
import socket
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import ready


@fault("endurance.many-reloads")
class ReloadsInAByte(Handle):
    """Reloads are counted in a byte, and at 0 the handle takes itself for a new one without a client."""

    reloads = 0

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.reloads = (self.reloads + 1) % 256
        if self.reloads == 0:
            self.drop_client()


@fault("endurance.many-reloads")
class OwnersInAList(Handle):
    """Earlier owners are kept in a list of 32 places, and a restore that finds it full binds nobody."""

    earlier: list[Any]

    def bind(self, owner: Any) -> None:
        self.earlier = [*getattr(self, "earlier", []), 1][:64]
        if len(self.earlier) < 34:
            super().bind(owner)


@fault("endurance.many-reloads")
class ReloadsInSixteenBits(Handle):
    """The generation of the handle is kept in sixteen bits; at its end the queries take it for one that was saved."""

    generation = 0

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.generation += 1

    def is_connected(self) -> bool:
        return super().is_connected() and self.generation < 1 << 16


@fault("endurance.many-reloads")
class ReloadsCopyTheQueue(Handle):
    """Each reload moves the client by a slot in a table of 4,096, at whose end the listener is forgotten."""

    slot = 0

    def disown(self) -> None:
        super().disown()
        self.slot += 1
        if self.slot == 4_096:
            self.close_listener()


@fault("endurance.many-idle-ticks")
class SilentClientAges(Handle):
    """A client that was silent for a thousand ticks is taken for dead and let go."""

    silent = 0

    def turn(self) -> None:
        super().turn()
        self.silent += 1
        if self.client is not None and self.silent == 1_000:
            self.depart()

    def tell_data(self, data: bytes) -> None:
        self.silent = 0
        super().tell_data(data)


@fault("endurance.many-idle-ticks", may_kill=("endurance.many-ticks-alone",))
class FrameNumberInSixteenBits(Handle):
    """The number of the frame has sixteen bits, and what comes in after its end belongs to a frame of the past."""

    frame = 0

    def turn(self) -> None:
        self.frame += 1
        if self.frame < 1 << 16:
            super().turn()


@fault("endurance.many-idle-ticks", "endurance.many-ticks-alone")
class FrameNumberTurnsNegative(Handle):
    """The number of the frame is a signed one of sixteen bits, and nothing happens in frames below zero."""

    frame = 0

    def turn(self) -> None:
        self.frame = (self.frame + 1) & 0xFFFF
        if self.frame < 1 << 15:
            super().turn()


@fault("endurance.many-idle-ticks")
class ConnectedForSomeFrames(Handle):
    """is_connected looks at a countdown of 256 ticks since the client was last heard, though the client is kept."""

    countdown = 256

    def turn(self) -> None:
        super().turn()
        self.countdown -= 1

    def tell_data(self, data: bytes) -> None:
        self.countdown = 256
        super().tell_data(data)

    def is_connected(self) -> bool:
        return super().is_connected() and self.countdown > 0


@fault("endurance.many-ticks-alone")
class NobodyCameForLong(Handle):
    """After four thousand ticks without a client the listener is closed, to save the port."""

    alone = 0

    def turn(self) -> None:
        super().turn()
        self.alone = 0 if self.client is not None else self.alone + 1
        if self.alone == 4_000:
            self.close_listener()


@fault("endurance.many-ticks-alone")
class LooksLessOften(Handle):
    """Each thousand ticks in which nobody came, the server looks half as often whether somebody has."""

    alone = 0

    def accept(self) -> None:
        self.alone += 1
        if self.alone % (1 << self.alone // 1_000) == 0:
            super().accept()
        if self.client is not None:
            self.alone = 0


@fault("endurance.many-bytes-in")
class CountsBytesInTwentyFourBits(Handle):
    """The bytes that came are counted in twenty-four bits, and the piece at which they overflow is lost."""

    total = 0

    def tell_data(self, data: bytes) -> None:
        before, self.total = self.total >> 24, self.total + len(data)
        if self.total >> 24 == before:
            super().tell_data(data)


@fault("endurance.many-bytes-in")
class AllowanceOfSixteenMebibytes(Handle):
    """Sixteen mebibytes may come in over the life of a handle; from then on nothing is delivered."""

    total = 0

    def tell_data(self, data: bytes) -> None:
        self.total += len(data)
        if self.total <= 16 << 20:
            super().tell_data(data)


@fault("endurance.many-bytes-out")
class SendsNoMoreThanSixteenMebibytes(Handle):
    """What goes out is limited to sixteen mebibytes over the life of a handle, and send still says true."""

    total = 0

    def enqueue(self, part: bytes) -> None:
        self.total += len(part)
        if self.total <= 16 << 20:
            super().enqueue(part)


@fault("endurance.many-bytes-out")
class OffsetOfFloatingPoint(Handle):
    """The offset of what was sent is a float of single precision: past 2^24 bytes it loses the last bit."""

    total = 0

    def enqueue(self, part: bytes) -> None:
        self.total += len(part)
        super().enqueue(part[:-1] if self.total > 1 << 24 and self.total % 2 == 0 else part)


@fault("endurance.many-deliveries")
class MessagesInATable(Handle):
    """Messages are numbered in a table of 1,024 places, and the one after the last is dropped."""

    number = 0

    def tell_data(self, data: bytes) -> None:
        self.number += 1
        if self.number % 1_025:
            super().tell_data(data)


@fault("endurance.many-deliveries", "endurance.many-visits")
class SendsCountedInAByte(Handle):
    """Sends are counted in a byte, and number 256 says that it failed."""

    number = 0

    def send(self, data: bytes, size: int) -> bool:
        self.number += 1
        if self.number % 256 == 0:
            return self.fail_send(data, size, "nothing sent", errno.ENOBUFS)
        return super().send(data, size)


@fault("endurance.many-visits")
class SessionsInAByte(Handle):
    """The client's number is a byte in which 0 means none, so that every 256th is served and not known of."""

    number = 0

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        self.number = (self.number + 1) % 256

    def has_session(self) -> bool:
        return super().has_session() and self.number != 0


@fault("endurance.many-visits", may_kill=("robustness.connection-storm", "robustness.reset-storm"))
class TwoHundredClientsAreEnough(Handle):
    """A server that has seen off two hundred clients takes no other."""

    seen = 0

    def depart(self) -> None:
        self.seen += 1
        super().depart()

    def take_waiting(self) -> socket.socket | None:
        return super().take_waiting() if self.seen < 200 else None


@fault("endurance.many-waiting", may_kill=("robustness.silent-clients", "robustness.connection-storm"))
class TenPlacesToWait(Handle):
    """A client that waited behind another took one of ten places, and no place is ever given back."""

    places = 10

    def depart(self) -> None:
        waited = ready(self.listener)
        super().depart()
        self.places -= waited

    def take_waiting(self) -> socket.socket | None:
        return super().take_waiting() if self.places > 0 else None


@fault("endurance.many-failed-inits")
class FailedInitsAreRemembered(Handle):
    """After a hundred inits that failed, the next fails too, wherever it is to listen."""

    failed = 0

    def fail_init(self, message: str, code: int) -> bool:
        self.failed += 1
        return super().fail_init(message, code)

    def init(self, port: int) -> bool:
        if self.failed >= 100:
            return self.fail_init("tried too often", errno.EAGAIN)
        return super().init(port)


class _Waiting(Handle):
    # Counts the ticks for which somebody waits behind the client.
    waited = 0

    def turn(self) -> None:
        super().turn()
        self.waited = self.waited + 1 if self.client is not None and ready(self.listener) else 0
        self.after_waiting()

    def after_waiting(self) -> None:
        """What is done for, or to, those who wait."""


@fault("endurance.long-wait")
class WaitsInVain(_Waiting):
    """A client that has waited for three hundred ticks is turned away, so that it may try elsewhere."""

    def after_waiting(self) -> None:
        if self.waited == 300:
            turned_away = self.take_waiting()
            if turned_away is not None:
                turned_away.close()


@fault("endurance.long-wait")
class SilentClientMakesRoom(_Waiting):
    """A client that is silent while another waits for a thousand ticks is put out, to be fair."""

    def after_waiting(self) -> None:
        if self.waited == 1_000:
            self.depart()


@fault("endurance.long-wait")
class EarlyBytesGrowOld(_Waiting):
    """What a client sent before it was taken is dropped when it had to wait for more than four thousand ticks."""

    stale = False

    def after_waiting(self) -> None:
        self.stale = self.stale or self.waited > 4_000

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        if self.stale:
            self.read()


@fault("endurance.long-wait")
class TakesTheNextInAdvance(_Waiting):
    """After two thousand ticks of waiting the next client is taken beside the first, and told of at once."""

    def after_waiting(self) -> None:
        if self.waited == 2_000:
            self.tell_connect()
