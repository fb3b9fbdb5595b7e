"""Faults of section buffers: memory that two think is theirs, in sending and in delivering."""

from __future__ import annotations

from typing import Any, cast

from dasnet_conformance.proof.faults.both_halves import Referring
from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle


class _Referring(Referring, Handle):
    """Of the server."""


@fault("buffers.waiting-then-overwritten")
class QueuesTheCallersMemory(_Referring):
    """What the system does not take at once waits in the caller's own buffer, which the caller uses again."""


@fault("buffers.sent-then-overwritten", "buffers.waiting-then-overwritten", may_kill=("send.without-further-tick",))
class SendsFromTheBufferLater(_Referring):
    """send notes where the buffer is and leaves the writing to the next tick, which finds other bytes there."""

    def send(self, data: bytes, size: int) -> bool:
        self.later = True
        try:
            return super().send(data, size)
        finally:
            self.later = False

    later = False

    def flush(self) -> bool:
        return True if self.later else super().flush()


@fault("buffers.waiting-then-overwritten")
class CopiesSmallMessagesOnly(_Referring):
    """A message of up to 4,096 bytes is copied into the queue; a longer one is only referred to."""

    def enqueue(self, part: Any) -> None:
        super().enqueue(memoryview(bytes(part)) if len(part) <= 4_096 else part)


@fault("buffers.waiting-then-overwritten")
class CopiesLargeMessagesOnly(_Referring):
    """A long message is copied into the queue; one of up to 256 bytes was to be sent at once, and is referred to."""

    def enqueue(self, part: Any) -> None:
        super().enqueue(memoryview(bytes(part)) if len(part) > 256 else part)


@fault("buffers.waiting-then-overwritten")
class ReloadReadsTheBuffersAgain(Handle):
    """A restore builds the queue anew from the buffers that the sends were given, and finds other bytes in them."""

    def __init__(self) -> None:
        self.given: list[memoryview] = []
        super().__init__()

    def check_size(self, data: bytes, size: int) -> None:
        super().check_size(data, size)
        self.given.append(memoryview(data)[:size])

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        if self.outgoing:
            self.outgoing = bytearray(b"".join(self.given)[-len(self.outgoing) :])

    def drop_client(self) -> None:
        self.given.clear()
        super().drop_client()


class _Lending(Handle):
    """Delivers in memory of its own, and remembers what it gave."""

    def __init__(self) -> None:
        super().__init__()
        self.lent: list[bytearray] = []

    def tell_data(self, data: bytes) -> None:
        given: Any = bytearray(data)
        self.lent.append(given)
        super().tell_data(given)

    def take_back(self) -> None:
        """Use for something else what was given so far."""
        for given in self.lent:
            given[:] = bytes(len(given))
        self.lent.clear()


@fault("buffers.delivered-stays", may_kill=("buffers.delivered-outlives-client", "buffers.delivered-outlives-server"))
class ReadsIntoOneBuffer(Handle):
    """Every read goes into one buffer, and every data callback is given a view of it."""

    def __init__(self) -> None:
        super().__init__()
        self.buffer = bytearray(self.CHUNK)

    def tell_data(self, data: bytes) -> None:
        self.buffer[: len(data)] = data
        given: Any = memoryview(self.buffer)[: len(data)]
        super().tell_data(given)


@fault("buffers.delivered-stays", may_kill=("buffers.delivered-outlives-client", "buffers.delivered-outlives-server"))
class ClearsAfterTheTick(_Lending):
    """What a tick delivered is cleared at its end, since the callbacks are over."""

    def turn(self) -> None:
        try:
            super().turn()
        finally:
            self.take_back()


@fault("buffers.delivered-stays")
class SendsInTheDeliveredBuffer(_Lending):
    """send puts its bytes together in the buffer that was delivered last, to save another one."""

    def enqueue(self, part: bytes) -> None:
        self.take_back()
        super().enqueue(part)


@fault("buffers.delivered-outlives-client")
class BuffersEndWithTheClient(_Lending):
    """What a client said is kept in memory of the connection, which is used again when the client leaves."""

    def drop_client(self) -> None:
        self.take_back()
        super().drop_client()


@fault("buffers.delivered-outlives-server")
class BuffersMoveInASave(_Lending):
    """A save moves the connection's memory, and leaves behind it what was delivered there."""

    def disown(self) -> None:
        self.take_back()
        super().disown()


@fault("buffers.delivered-outlives-server")
class BuffersEndWithTheServer(_Lending):
    """Destroying the server clears every buffer that it ever delivered from."""

    def close(self) -> None:
        self.take_back()
        super().close()


@fault("buffers.delivered-stays")
class FullReadsShareTheirMemory(Handle):
    """A read that fills the buffer is handed over without a copy, and the next one overwrites it."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = bytearray(self.CHUNK)

    def tell_data(self, data: bytes) -> None:
        if len(data) == self.CHUNK:
            self.memory[:] = data
            data = cast("bytes", self.memory)
        super().tell_data(data)
