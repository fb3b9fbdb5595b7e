"""Faults of section pressure: what goes wrong with the order only while bytes wait for the client."""

from __future__ import annotations

import errno
import socket
from typing import Any

from dasnet_conformance.proof.faults.both_halves import TableOfWaitingMessages
from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound import Server
from dasnet_conformance.proof.faults.sound_handle import Handle

_OTHERS = (
    "pressure.mixed-sizes-in-order",
    "pressure.order-across-reload",
    "pressure.refused-whole",
    "pressure.sends-inside-callbacks-in-order",
    "save.queued-bytes-survive",
    "send.many-calls",
    "send.stalled-accepted-arrives",
    "send.stalled-refused-is-clean",
)


def _besides(*kills: str) -> tuple[str, ...]:
    # What else of these can fail on a fault that has to fail on some of them.
    return tuple(each for each in _OTHERS if each not in kills)


@fault("pressure.mixed-sizes-in-order", may_kill=_besides("pressure.mixed-sizes-in-order"))
class SmallOnesOvertake(Handle):
    """A small message is offered to the system first and queued only if it does not fit, whatever waits before it."""

    def enqueue(self, part: bytes) -> None:
        if self.outgoing and self.client is not None and len(part) < 1_024:
            try:
                part = part[self.client.send(part) :]
            except OSError:
                pass
        super().enqueue(part)


@fault("pressure.mixed-sizes-in-order", may_kill=_besides("pressure.mixed-sizes-in-order"))
class SmallOnesAreCollected(Server):
    """While bytes wait, small messages are collected in the object and sent after the next large one."""

    held = b""

    def send(self, data: bytes, size: int | None = None) -> bool:
        size = len(data) if size is None else size
        handle: Any = self._server
        if handle is not None and handle.outgoing and 0 < size <= 16:
            self.held += data[:size]
            return True
        return super().send(data, size) and self.release()

    def tick(self) -> None:
        super().tick()
        handle: Any = self._server
        if handle is not None and handle.client is not None and not handle.outgoing:
            self.release()

    def release(self) -> bool:
        """Send what was collected."""
        held, self.held = self.held, b""
        return not held or super().send(held)


@fault("pressure.mixed-sizes-in-order", may_kill=_besides("pressure.mixed-sizes-in-order"))
class SingleByteIsOffByOne(Handle):
    """A message of a single byte takes the place of the last byte that waits, as the end of the queue is off by one."""

    def enqueue(self, part: bytes) -> None:
        if len(self.outgoing) > 0 and len(part) == 1:
            del self.outgoing[-1:]
        super().enqueue(part)


@fault("pressure.sends-inside-callbacks-in-order", may_kill=_besides("pressure.sends-inside-callbacks-in-order"))
class AnswersJumpTheQueue(Handle):
    """What is sent inside a callback goes before everything that waits, as an answer should be quick."""

    def enqueue(self, part: bytes) -> None:
        if self.ticking:
            self.outgoing[:0] = part
        else:
            super().enqueue(part)


@fault("pressure.sends-inside-callbacks-in-order", may_kill=_besides("pressure.sends-inside-callbacks-in-order"))
class AnswersWaitForAnEmptyQueue(Handle):
    """What is sent inside a callback is kept apart until the queue is empty, and later sends overtake it."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = bytearray()

    def enqueue(self, part: bytes) -> None:
        if self.ticking and self.outgoing:
            self.answers += part
        else:
            super().enqueue(part)

    def flush(self) -> bool:
        done = super().flush()
        if done and not self.outgoing and self.answers:
            self.outgoing, self.answers = self.answers, bytearray()
            return super().flush()
        return done


@fault("pressure.sends-inside-callbacks-in-order", may_kill=_besides("pressure.sends-inside-callbacks-in-order"))
class AnswersReplaceEachOther(Handle):
    """While bytes wait there is one place for an answer from inside a callback, and the next one takes it."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = b""

    def enqueue(self, part: bytes) -> None:
        if self.ticking and self.outgoing:
            self.answer = part
        else:
            super().enqueue(part)

    def turn(self) -> None:
        if self.answer and not self.outgoing:
            part, self.answer = self.answer, b""
            super().enqueue(part)
        super().turn()


@fault("pressure.order-across-reload", may_kill=_besides("pressure.order-across-reload"))
class NewOwnerGoesFirst(Handle):
    """What waited at the save is set aside, and sent once the new owner's bytes are out."""

    def __init__(self) -> None:
        super().__init__()
        self.aside = bytearray()

    def disown(self) -> None:
        super().disown()
        self.aside += self.outgoing
        self.outgoing.clear()

    def flush(self) -> bool:
        done = super().flush()
        if done and not self.outgoing and self.aside:
            self.outgoing, self.aside = self.aside, bytearray()
            return super().flush()
        return done


@fault("pressure.order-across-reload", may_kill=_besides("pressure.order-across-reload"))
class ThirdReloadLosesQueue(Handle):
    """The queue moves through two spare places at a reload; at the third in a row what waits falls out of the last."""

    reloads = 0

    def disown(self) -> None:
        super().disown()
        self.reloads += 1
        if self.reloads == 3:
            self.outgoing.clear()


@fault("pressure.order-across-reload", may_kill=_besides("pressure.order-across-reload"))
class OtherClassStartsAnew(Handle):
    """An object of another class is not trusted with what its predecessor queued, and the queue is cleared."""

    kind: Any = None

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        if self.kind is not None and type(owner) is not self.kind:
            self.outgoing.clear()
        self.kind = type(owner)


@fault("pressure.refused-whole", may_kill=_besides("pressure.refused-whole"))
class RefusedFillsTheQueue(Handle):
    """A message over the bound fills the queue with its beginning, and send says false for the rest."""

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:
        if code == errno.ENOBUFS:
            room = 1_024
            self.enqueue(self.portion(data, size)[:room])
        return super().fail_send(data, size, message, code)


@fault("pressure.refused-whole", may_kill=_besides("pressure.refused-whole"))
class RefusedEmptiesTheQueue(Handle):
    """When a message does not fit, the queue is cleared with it, and bytes that had been accepted are gone."""

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:
        if code == errno.ENOBUFS:
            self.outgoing.clear()
        return super().fail_send(data, size, message, code)


@fault("pressure.refused-whole", may_kill=_besides("pressure.refused-whole"))
class RefusedMutesTheNext(Handle):
    """After a message that did not fit, the next send says true and its bytes are dropped."""

    full = False

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:
        self.full = code == errno.ENOBUFS
        return super().fail_send(data, size, message, code)

    def enqueue(self, part: bytes) -> None:
        if self.full:
            self.full = False
        else:
            super().enqueue(part)


@fault("pressure.mixed-sizes-in-order")
class WaitingMessagesInATable(TableOfWaitingMessages, Handle):
    """What waits for the client is a table of 1,024 messages, as one call takes them, and the others are dropped."""


@fault("pressure.odd-size-costs-nothing", may_kill=("agreement.after-bad-size",))
class BadSizeEmptiesTheQueue(Handle):
    """A size that the buffer does not have is taken for a broken message, and what waits is thrown away with it."""

    def check_size(self, data: bytes, size: int) -> None:
        if not 0 <= size <= len(data):
            self.outgoing.clear()
        super().check_size(data, size)


@fault("pressure.odd-size-costs-nothing")
class SizeZeroEmptiesTheQueue(Handle):
    """A send of size 0 begins anew: what waited is forgotten."""

    def portion(self, data: bytes, size: int) -> bytes:
        if not size:
            self.outgoing.clear()
        return super().portion(data, size)


@fault("pressure.refilled-in-order")
class SecondHalfOfTheRingFirst(Handle):
    """The queue is a ring of eight mebibytes, and when it has gone round, its second half is sent first."""

    RING = 8 << 20
    passed = 0

    def adopt(self, client: socket.socket) -> None:
        self.passed = 0
        super().adopt(client)

    def sent(self, count: int) -> None:
        self.passed += count
        super().sent(count)

    def flush(self) -> bool:
        seam = -self.passed % self.RING
        if 0 < seam < len(self.outgoing) <= self.RING and self.passed:
            self.outgoing[:] = self.outgoing[seam:] + self.outgoing[:seam]
            self.passed += seam
        return super().flush()


@fault("pressure.refused-whole", may_kill=("send.stalled-refused-is-clean", "endings.half-closed-leaves"))
class RefusedIsADeparture(Handle):
    """A message that does not fit is taken for the end of the connection, which is told, and the connection goes on."""

    QUEUE_LIMIT = 1 << 20
    untold = False

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:
        self.untold = self.client is not None
        return super().fail_send(data, size, message, code)

    def turn(self) -> None:
        if self.untold:
            self.untold = False
            self.tell_disconnect()
        super().turn()
