"""Faults of section send: bytes to the client."""

from __future__ import annotations

import errno
import signal
import socket

from dasnet_conformance.proof.faults.both_halves import (
    FullBlockIsSentAgainBySize,
    HalfALargeSend,
    TellsNoFailedSendInATick,
)
from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import drain, peek


@fault("send.arrives")
class CutsSizeTo16Bits(Handle):
    """The size is kept in 16 bits, so that of 65,536 bytes none is sent."""

    def portion(self, data: bytes, size: int) -> bytes:
        return super().portion(data, size & 0xFFFF)


@fault("send.arrives")
class SuccessfulSendSaysFalse(Handle):
    """send hands on the error code of the system, where 0 means success, and the host reads it as false."""

    def send(self, data: bytes, size: int) -> bool:
        had_client = self.client is not None
        return not super().send(data, size) if had_client else super().send(data, size)


@fault("send.large")
class LargeSendIsTakenHalf(HalfALargeSend, Handle):
    """Of a call with six to sixteen mebibytes the client gets one half, and then send says false for the other."""


@fault("send.large")
class SendsWhatFitsIn4Mebibytes(Handle):
    """One call sends at most four mebibytes, and claims to have sent all."""

    def portion(self, data: bytes, size: int) -> bytes:
        return super().portion(data, min(size, 4 << 20))


@fault(
    "send.large",
    "send.stalled-accepted-arrives",
    may_kill=("save.queued-bytes-survive",),
)
class ForgetsWhatTheSystemDidNotTake(Handle):
    """The return value of the system's send is not looked at: what did not fit is lost, and send says true."""

    def sent(self, count: int) -> None:  # noqa: ARG002
        self.outgoing.clear()


@fault("send.many-calls")
class FullBlockIsSentAgain(FullBlockIsSentAgainBySize, Handle):
    """A message that fills a block of two kibibytes exactly is sent with the block, and once more as what is left."""


@fault("send.many-calls")
class EveryHundredthCallIsLost(Handle):
    """A table of messages wraps around at a hundred, and the call that falls on the seam is lost."""

    calls = 0

    def enqueue(self, part: bytes) -> None:
        self.calls += 1
        if self.calls % 100:
            super().enqueue(part)


@fault("send.many-calls")
class EveryHundredthCallComesTwice(Handle):
    """An interrupted send is done again from its beginning, so that now and then bytes arrive twice."""

    calls = 0

    def enqueue(self, part: bytes) -> None:
        self.calls += 1
        super().enqueue(part if self.calls % 100 else part + part)


@fault("send.all-byte-values")
class SendsInTextMode(Handle):
    """A carriage return is put before each line feed on the way out."""

    def portion(self, data: bytes, size: int) -> bytes:
        return super().portion(data, size).replace(b"\n", b"\r\n")


@fault("send.all-byte-values")
class SendsUpToZero(Handle):
    """The buffer is taken for a C string and sent up to its first zero."""

    def portion(self, data: bytes, size: int) -> bytes:
        return super().portion(data, size).partition(b"\0")[0]


@fault("send.first-size-bytes", may_kill=("server-send.first-size-bytes", "send.size-zero"))
class SendsWholeBuffer(Handle):
    """The size is not looked at, and the whole buffer is sent."""

    def portion(self, data: bytes, size: int) -> bytes:  # noqa: ARG002
        return data


@fault("send.first-size-bytes")
class SendsLastSizeBytes(Handle):
    """The pointer is moved to the wrong end: the last size bytes of the buffer are sent, not the first."""

    def portion(self, data: bytes, size: int) -> bytes:
        return data[len(data) - size :]


@fault("send.first-size-bytes", may_kill=("server-send.first-size-bytes", "send.size-zero"))
class SendsOneByteMore(Handle):
    """One byte more than size is sent, where a terminating zero would be."""

    def portion(self, data: bytes, size: int) -> bytes:
        return super().portion(data, size + 1)


@fault("send.without-client", may_kill=("server-send.without-client", "server-send.agrees", "send.refused-is-not-kept"))
class AcceptsForLater(Handle):
    """Without a client send says true and keeps the bytes for whoever comes."""

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:  # noqa: ARG002
        self.enqueue(self.portion(data, size))
        return True


@fault("send.without-client", may_kill=("server-send.without-client", "server-send.agrees"))
class RaisesWithoutClient(Handle):
    """Without a client send raises an error in place of saying false."""

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:
        super().fail_send(data, size, message, code)
        raise ConnectionError(message)


@fault("send.without-client-reports")
class TellsTenErrors(Handle):
    """After ten errors the log has seen enough of this handle, and nobody is told of the eleventh."""

    told = 0

    def tell_error(self, message: str, code: int) -> None:
        self.told += 1
        if self.told <= 10:
            super().tell_error(message, code)


@fault("send.without-client-reports")
class FailsToSendSilently(Handle):
    """A send without a client says false and tells nobody why."""

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:  # noqa: ARG002
        return False


@fault("send.without-client-reports")
class FailsToSendSilentlyInsideACallback(TellsNoFailedSendInATick, Handle):
    """A send that fails inside a callback of a tick says false and tells nobody why."""


@fault("send.without-client-reports")
class FailsToSendWithoutWords(Handle):
    """A send without a client tells an error that has no message."""

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:  # noqa: ARG002
        self.tell_error(" ", code)
        return False


@fault("send.refused-is-not-kept")
class KeepsWhatItRefused(Handle):
    """Without a client send says false, but the bytes stay in the queue and go to the next client."""

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:
        self.enqueue(self.portion(data, size))
        return super().fail_send(data, size, message, code)


@fault("send.not-to-the-next-client")
class FlushesForTheFirstClientAlone(Handle):
    """Whether bytes wait is a mark that belongs to the first client of a handle: ticks send nothing to later ones."""

    taken = 0

    def adopt(self, client: socket.socket) -> None:
        self.taken += 1
        super().adopt(client)

    def turn(self) -> None:
        owner = self.owner
        if self.client is None:
            self.accept()
        if self.client is not None and self.owner is owner:
            if self.taken == 1:
                self.flush()
            self.receive()


@fault("send.not-to-the-next-client", "robustness.never-reading-client")
class QueueOutlivesClient(Handle):
    """What waited for a client that left stays in the queue and goes to the next one."""

    def drop_client(self) -> None:
        kept = bytes(self.outgoing)
        super().drop_client()
        self.outgoing += kept

    def fail_flush(self, error: OSError) -> bool:
        kept = bytes(self.outgoing)
        super().fail_flush(error)
        self.outgoing += kept
        return False

    def end_of_input(self) -> None:
        # What waits is the next one's by now, and no reason to keep this one.
        self.depart()


@fault("send.fires-no-client-callback")
class SendReadsFirst(Handle):
    """send looks for incoming bytes before it writes, and delivers them."""

    def send(self, data: bytes, size: int) -> bool:
        if self.client is not None and not self.ticking:
            self.receive()
        return super().send(data, size)


@fault("send.fires-no-client-callback")
class SendTellsDeparture(Handle):
    """A send that finds the connection broken tells the departure itself, outside a tick."""

    def fail_flush(self, error: OSError) -> bool:
        super().fail_flush(error)
        self.depart()
        return False


@fault("send.size-zero")
class SizeZeroMeansAll(Handle):
    """A size of 0 is taken for 'not given', and the whole buffer is sent."""

    def portion(self, data: bytes, size: int) -> bytes:
        return super().portion(data, size or len(data))


@fault("send.size-zero", hangs=True)
class SizeZeroNeverEnds(Handle):
    """send repeats until the system has taken something, which for a size of 0 is never."""

    def send(self, data: bytes, size: int) -> bool:
        while size == 0 and self.client is not None:
            signal.pause() if hasattr(signal, "pause") else None
        return super().send(data, size)


@fault("send.size-zero")
class SizeZeroEndsConnection(Handle):
    """A send of no bytes is taken for the end: the connection is closed."""

    def enqueue(self, part: bytes) -> None:
        super().enqueue(part)
        if not part:
            self.drop_client()


@fault("send.size-beyond-buffer")
class SendsWhatLiesBehindTheBuffer(Handle):
    """A size beyond the buffer is not noticed, and foreign memory goes to the client."""

    def check_size(self, data: bytes, size: int) -> None:
        if size < 0:
            super().check_size(data, size)

    def portion(self, data: bytes, size: int) -> bytes:
        return super().portion(data, size) + bytes(min(size - len(data), 4096))


@fault("send.size-beyond-buffer")
class CutsSizeToBuffer(Handle):
    """A size beyond the buffer is cut down to it, and the host's mistake is told to nobody."""

    def check_size(self, data: bytes, size: int) -> None:
        if size < 0:
            super().check_size(data, size)


@fault("send.size-negative")
class NegativeCountsFromTheEnd(Handle):
    """A negative size counts from the end of the buffer, and part of it is sent."""

    def check_size(self, data: bytes, size: int) -> None:
        if size >= 0:
            super().check_size(data, size)


@fault("send.size-negative")
class NegativeIsVeryLarge(Handle):
    """A negative size is read as an unsigned number, and memory of the process goes to the client."""

    def check_size(self, data: bytes, size: int) -> None:
        if size >= 0:
            super().check_size(data, size)

    def portion(self, data: bytes, size: int) -> bytes:
        return super().portion(data, size) if size >= 0 else data + bytes(range(256)) * 16


@fault("send.inside-connect", "callbacks.connected-inside-connect")
class ConnectIsToldTooEarly(Handle):
    """connect is called before the client is entered, so that the callback finds none to greet."""

    def accept(self) -> None:
        client = self.take_waiting()
        if client is not None:
            self.tell_connect()
            self.adopt(client)


@fault("send.inside-data", may_kill=("send.echo-flood",))
class LockedWhileReading(Handle):
    """The connection is locked while its bytes are delivered, and a send from the data callback says false."""

    reading = False

    def tell_data(self, data: bytes) -> None:
        self.reading = True
        try:
            super().tell_data(data)
        finally:
            self.reading = False

    def send(self, data: bytes, size: int) -> bool:
        return not self.reading and super().send(data, size)


@fault("send.between-deliveries")
class OneBufferForBothWays(Handle):
    """One buffer serves both directions: a send overwrites what has come in and was not delivered yet."""

    def enqueue(self, part: bytes) -> None:
        if not self.ticking and peek(self.client):
            drain(self.client)
        super().enqueue(part)


@fault("send.between-deliveries", may_kill=("send.inside-data",))
class EchoesWhatItReads(Handle):
    """What comes in goes back out, since the terminal's echo was left on."""

    def tell_data(self, data: bytes) -> None:
        self.enqueue(data)
        super().tell_data(data)


@fault("send.takes-ordinary-messages")
class RefusesAboveAPage(Handle):
    """A message of more than 4,096 bytes is turned down, since it is to fit into one page."""

    def send(self, data: bytes, size: int) -> bool:
        if size > 4096:
            return self.fail_send(data, size, "too large", errno.EMSGSIZE)
        return super().send(data, size)


@fault("send.takes-ordinary-messages")
class LengthInSixteenBits(Handle):
    """The length of a message is kept in sixteen bits, so that one of 65,536 bytes is turned down."""

    def send(self, data: bytes, size: int) -> bool:
        if size > 0xFFFF:
            return self.fail_send(data, size, "too large", errno.EMSGSIZE)
        return super().send(data, size)
