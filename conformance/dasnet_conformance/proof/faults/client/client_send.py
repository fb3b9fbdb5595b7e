"""Faults of section client-send: bytes to the server."""

from __future__ import annotations

import errno
import select
import socket

from dasnet_conformance.proof.faults.both_halves import (
    FullBlockIsSentAgainBySize,
    HalfALargeSend,
    TableOfWaitingMessages,
    TellsNoFailedSendInATick,
)
from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_client import ClientHandle
from dasnet_conformance.proof.faults.tools import die


@fault("client-send.arrives")
class ClientCutsSizeToSixteenBits(ClientHandle):
    """The size of what is for the server is kept in 16 bits, so that of 65,536 bytes none is sent."""

    def portion(self, data: bytes, size: int) -> bytes:
        return super().portion(data, size & 0xFFFF)


@fault("client-send.takes-ordinary-messages")
class ClientTakesShortMessagesOnly(ClientHandle):
    """A message of more than 1,400 bytes fits no packet and is turned down."""

    def send(self, data: bytes, size: int) -> bool:
        if size > 1400 and self.client is not None:
            return self.fail_send(data, size, "the message is too long", errno.EMSGSIZE)
        return super().send(data, size)


@fault("client-send.large")
class ClientTakesHalfALargeSend(HalfALargeSend, ClientHandle):
    """Of a call with six to sixteen mebibytes the server gets one half, and then send says false for the other."""


@fault("client-send.large")
class ClientSendsFourMebibytesAtMost(ClientHandle):
    """One call sends the server at most four mebibytes, and claims to have sent all."""

    def portion(self, data: bytes, size: int) -> bytes:
        return super().portion(data, min(size, 4 << 20))


@fault("client-send.large", "client-send.stalled-accepted-arrives")
class ClientForgetsWhatTheSystemDidNotTake(ClientHandle):
    """How much of a client's bytes the system took is not looked at: what did not fit is lost, and send says true."""

    def sent(self, count: int) -> None:  # noqa: ARG002
        self.outgoing.clear()


@fault("client-send.many-calls")
class ClientSendsFullBlockAgain(FullBlockIsSentAgainBySize, ClientHandle):
    """A client's message that fills a block of two kibibytes exactly goes out with it, and once more behind it."""


@fault("client-send.many-calls")
class ClientLosesEveryHundredthCall(ClientHandle):
    """A client's table of messages wraps around at a hundred, and the call that falls on the seam is lost."""

    calls = 0

    def enqueue(self, part: bytes) -> None:
        self.calls += 1
        if self.calls % 100:
            super().enqueue(part)


@fault("client-send.all-byte-values")
class ClientSendsInTextMode(ClientHandle):
    """A carriage return is put before each line feed on the way to the server."""

    def portion(self, data: bytes, size: int) -> bytes:
        return super().portion(data, size).replace(b"\n", b"\r\n")


@fault("client-send.first-size-bytes", may_kill=("client-send.size-zero", "client-send-function.arrives"))
class ClientSendsWholeBuffer(ClientHandle):
    """The size is not looked at, and the whole buffer goes to the server."""

    def portion(self, data: bytes, size: int) -> bytes:  # noqa: ARG002
        return data


@fault("client-send.first-size-bytes")
class ClientSendsLastSizeBytes(ClientHandle):
    """The pointer is moved to the wrong end: the server gets the last size bytes of the buffer, not the first."""

    def portion(self, data: bytes, size: int) -> bytes:
        return data[len(data) - size :]


@fault("client-send.without-connection-reports")
class ClientFailsToSendSilently(ClientHandle):
    """A send without a connection says false and tells nobody why."""

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:  # noqa: ARG002
        return False


@fault("client-send.without-connection-reports")
class ClientFailsToSendSilentlyInsideACallback(TellsNoFailedSendInATick, ClientHandle):
    """A client's send that fails inside a callback of a tick says false and tells nobody why."""


@fault("client-send.without-connection-reports")
class ClientFailsToSendWithoutWords(ClientHandle):
    """A send without a connection tells an error that has no message."""

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:  # noqa: ARG002
        self.tell_error(" ", code)
        return False


@fault("client-send.not-to-the-next-server")
class ClientKeepsWhatItRefused(ClientHandle):
    """Without a connection send says false, but the bytes stay in the queue and go to the next server."""

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:
        self.enqueue(self.portion(data, size))
        return super().fail_send(data, size, message, code)


@fault("client-send.size-zero")
class ClientTakesZeroForAll(ClientHandle):
    """A size of 0 means the whole buffer."""

    def portion(self, data: bytes, size: int) -> bytes:
        return super().portion(data, size or len(data))


@fault("client-send.size-beyond-buffer")
class ClientReadsBeyondTheBuffer(ClientHandle):
    """A size beyond the buffer is believed, and what lies behind it goes out with it."""

    def check_size(self, data: bytes, size: int) -> None:
        super().check_size(data, min(size, len(data)))

    def portion(self, data: bytes, size: int) -> bytes:
        return data[:size].ljust(size, b"\xaa")


@fault("client-send.size-negative")
class ClientCountsNegativeSizeFromTheEnd(ClientHandle):
    """A negative size leaves so many bytes off the end, and the rest is sent."""

    def check_size(self, data: bytes, size: int) -> None:
        super().check_size(data, max(size, 0))


class _Inside(ClientHandle):
    # Sends nothing while one of its callbacks runs.
    inside = False

    def send(self, data: bytes, size: int) -> bool:
        if self.inside:
            return self.fail_send(data, size, "not from inside a callback", errno.EDEADLK)
        return super().send(data, size)


@fault("client-send.inside-connect")
class ClientCannotSendInsideConnect(_Inside):
    """The connection counts from the end of its connect callback, and a send inside says false."""

    def tell_connect(self) -> None:
        self.inside = True
        super().tell_connect()
        self.inside = False


@fault("client-send.inside-data")
class ClientCannotSendInsideData(_Inside):
    """While data are delivered the connection is locked, and a send inside says false."""

    def tell_data(self, data: bytes) -> None:
        self.inside = True
        super().tell_data(data)
        self.inside = False


@fault("client-send.delivers-nothing")
class ClientSendDelivers(ClientHandle):
    """send makes use of the occasion, and reads what has come."""

    def send(self, data: bytes, size: int) -> bool:
        sent = super().send(data, size)
        self.tick()
        return sent


@fault("client-send.to-departed", may_kill=("client-state.server-gone.send",))
class ClientDiesOfASignal(ClientHandle):
    """Sending to a server that reset the connection raises a signal that ends the process."""

    def fail_flush(self, error: OSError) -> bool:  # noqa: ARG002
        die()


@fault("client-send.to-departed")
class ClientTellsTwoDepartures(ClientHandle):
    """The departure that shows in sending is told at the next tick, and the one that shows in reading as well."""

    broken = False

    def fail_flush(self, error: OSError) -> bool:
        self.broken = True
        return super().fail_flush(error)

    def turn(self) -> None:
        if self.broken:
            self.broken = False
            self.tell_disconnect()
        super().turn()


@fault("client-send.stalled-returns", "together.echo-flood", hangs=True)
class ClientSendWaitsForItsReader(ClientHandle):
    """send comes back when the system has taken all of it, and waits for the server to read."""

    def send(self, data: bytes, size: int) -> bool:
        sent = super().send(data, size)
        while self.outgoing and self.client is not None:
            select.select([], [self.client], [], 0.05)
            self.flush()
        return sent


@fault("client-send.both-flood")
class ClientQueueOverflowsUnseen(ClientHandle):
    """After six mebibytes a counter of the queue overflows, and what send accepts then is lost."""

    total = 0

    def enqueue(self, part: bytes) -> None:
        self.total += len(part)
        if self.total < 6 << 20 or len(part) > 1 << 17:
            super().enqueue(part)


@fault("client-send.stalled-accepted-arrives")
class ClientBadSizeEmptiesTheQueue(ClientHandle):
    """A size that a client's buffer does not have is taken for a broken message, and what waits goes with it."""

    def check_size(self, data: bytes, size: int) -> None:
        if not 0 <= size <= len(data):
            self.outgoing.clear()
        super().check_size(data, size)


@fault("client-send.stalled-accepted-arrives")
class ClientSizeZeroEmptiesTheQueue(ClientHandle):
    """A client's send of size 0 begins anew: what waited for the server is forgotten."""

    def portion(self, data: bytes, size: int) -> bytes:
        if not size:
            self.outgoing.clear()
        return super().portion(data, size)


@fault("client-send.stalled-accepted-arrives")
class ClientHasATableOfWaitingMessages(TableOfWaitingMessages, ClientHandle):
    """What waits for the server is a table of 1,024 messages, and what finds no place there is dropped."""


@fault("client-send.stalled-accepted-arrives")
class ClientSmallOnesOvertake(ClientHandle):
    """A client's short message goes out at once where the system has room, though longer ones wait for the server."""

    def send(self, data: bytes, size: int) -> bool:
        self.check_size(data, size)
        if self.client is not None and self.outgoing and 0 < size <= 16:
            try:
                if self.client.send(data[:size]) == size:
                    return True
            except OSError:
                # No room after all: behind the others.
                return super().send(data, size)
        return super().send(data, size)


@fault("client-send.all-byte-values")
class ClientTakesZeroForAnEmptyMessage(ClientHandle):
    """A client's message that is one zero byte is an empty string: send says true, and nothing is sent."""

    def portion(self, data: bytes, size: int) -> bytes:
        part = super().portion(data, size)
        return b"" if part == b"\0" else part


@fault("client-send.not-to-the-next-server")
class ClientsFarewellGoesToTheNext(ClientHandle):
    """A send inside disconnect says true, and its bytes are kept for the next server."""

    departing = False
    kept = b""

    def depart(self) -> None:
        self.departing = True
        try:
            super().depart()
        finally:
            self.departing = False

    def send(self, data: bytes, size: int) -> bool:
        if self.departing and self.client is None:
            self.kept += bytes(data[:size])
            return True
        return super().send(data, size)

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        self.enqueue(self.kept)
        self.kept = b""
