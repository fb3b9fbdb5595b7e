"""Faults of section data: bytes from the client."""

from __future__ import annotations

import dataclasses
import errno
import socket

from dasnet_adapters.contract import Adapter, Answer, Command, Description, Event, Session
from dasnet_conformance.proof.faults.both_halves import NoByteOrderMark, SignedByte
from dasnet_conformance.proof.faults.registry import Fault, fault, register
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import drain, peek


@fault("data.sizes", may_kill=("data.interleaved-with-ticks", "data.many-small-sends"))
class DropsWhatTheBufferDoesNotHold(Handle):
    """A read fills a buffer of 1,024 bytes, and what it has no room for is thrown away."""

    def tell_data(self, data: bytes) -> None:
        super().tell_data(data[:1024])


@fault("data.sizes")
class CountsBytesInAByte(Handle):
    """The number of bytes of one read is kept in a byte, so that of a read of 1,023 the first 255 are delivered."""

    def tell_data(self, data: bytes) -> None:
        part = data[: len(data) & 0xFF]
        if part:
            super().tell_data(part)


@fault("data.buffer-sizes")
class WaitsForAReadThatIsNotFull(Handle):
    """Reads into 8,191 bytes, and hands on what it has once a read was not full: then that was a message."""

    CHUNK = 8_191

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        self.held = b""

    def tell_data(self, data: bytes) -> None:
        self.held += data
        if len(data) < self.CHUNK:
            whole, self.held = self.held, b""
            super().tell_data(whole)


@fault("data.large")
class StopsAfterTwoMebibytes(Handle):
    """The inbox of a client holds two mebibytes in all; what comes after them is read and forgotten."""

    total = 0

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        self.total = 0

    def tell_data(self, data: bytes) -> None:
        self.total += len(data)
        if self.total <= 2 << 20:
            super().tell_data(data)


@fault("data.all-byte-values")
class StripsTheEighthBit(Handle):
    """Bytes are taken for ASCII, and the eighth bit is cleared."""

    def tell_data(self, data: bytes) -> None:
        super().tell_data(bytes(byte & 0x7F for byte in data))


@fault("data.zeros")
class EndsAtZero(Handle):
    """Bytes are handed on as a C string, which ends at the first zero."""

    def tell_data(self, data: bytes) -> None:
        part = data.partition(b"\0")[0]
        if part:
            super().tell_data(part)


@fault("data.line-ends")
class ReadsInTextMode(Handle):
    """The stream is read in text mode: a carriage return before a line feed is lost."""

    def tell_data(self, data: bytes) -> None:
        super().tell_data(data.replace(b"\r\n", b"\n"))


@fault("data.line-ends")
class TrimsLines(Handle):
    """White space at the end of what came is trimmed, as a console would like it."""

    def tell_data(self, data: bytes) -> None:
        part = data.rstrip(b"\r\n")
        if part:
            super().tell_data(part)


@fault("data.not-text")
class DecodesText(Handle):
    """Bytes are decoded as UTF-8 on their way, and what is none is replaced."""

    def tell_data(self, data: bytes) -> None:
        super().tell_data(data.decode("utf-8", "replace").encode())


@fault("data.byte-per-packet", may_kill=("data.sizes", "robustness.small-packets"))
class LoneByteTakenForProbe(Handle):
    """A packet of one byte is taken for a keep-alive probe and dropped."""

    def tell_data(self, data: bytes) -> None:
        if len(data) > 1:
            super().tell_data(data)


@fault("data.many-small-sends", may_kill=("data.sizes", "data.interleaved-with-ticks"))
class RingBufferOverruns(Handle):
    """What piles up between two ticks goes through a ring of 512 bytes, where the new overwrites the old."""

    def tell_data(self, data: bytes) -> None:
        super().tell_data(data[-512:])


@fault("data.interleaved-with-ticks", may_kill=("data.byte-per-packet",))
class OddByteComesLate(Handle):
    """Bytes are handed on in pairs; an odd one is kept for the next time and put behind what comes then."""

    kept = b""

    def tell_data(self, data: bytes) -> None:
        whole = data + self.kept
        self.kept = whole[len(whole) & ~1 :]
        if whole[: len(whole) & ~1]:
            super().tell_data(whole[: len(whole) & ~1])

    def turn(self) -> None:
        # Nothing more has come since: out with it.
        if self.kept and peek(self.client) is None:
            kept, self.kept = self.kept, b""
            super().tell_data(kept)
        super().turn()


@fault("data.never-empty")
class EndIsAnEmptyDelivery(Handle):
    """The end of the stream is delivered as a data callback with no bytes before the departure is told."""

    def depart(self) -> None:
        self.tell_data(b"")
        super().depart()


@fault("data.never-empty")
class NothingIsAnEmptyDelivery(Handle):
    """A tick that finds nothing to read calls data with no bytes."""

    def receive(self) -> None:
        if self.client is not None and peek(self.client) is None:
            self.tell_data(b"")
        super().receive()


@fault("data.none-before-connect")
class DeliversBeforeTelling(Handle):
    """A new client is read from before it is told of, so that its early bytes come before the connect callback."""

    def tell_connect(self) -> None:
        data = peek(self.client)
        if data and self.client is not None:
            self.client.recv(len(data))
            self.tell_data(data)
        super().tell_connect()


@fault("data.none-after-disconnect", "callbacks.order")
class TellsDepartureFirst(Handle):
    """When data and the end come together, disconnect is told first and the data after it."""

    def receive(self) -> None:
        data, ended = drain(self.client)
        if ended:
            self.depart()
        if data:
            self.tell_data(data)


@fault("data.belongs-to-its-client")
class LastWordsGoToTheNext(Handle):
    """What came together with the end of one client is delivered when the next one has connected."""

    last_words = b""

    def tell_connect(self) -> None:
        super().tell_connect()
        last_words, self.last_words = self.last_words, b""
        if last_words:
            self.tell_data(last_words)

    def receive(self) -> None:
        data, ended = drain(self.client)
        if ended:
            self.last_words = data
            self.depart()
        elif data:
            self.tell_data(data)


@fault("data.send-and-close", may_kill=("data.connect-send-close", "callbacks.order"))
class LosesLastChunk(Handle):
    """When the client has closed, the last chunk before the end is lost."""

    def tell_data(self, data: bytes) -> None:
        if peek(self.client) != b"":
            super().tell_data(data)


@fault("data.send-and-close")
class ForgetsDepartureThatCameWithData(Handle):
    """A departure that is found right after data is not told, since the tick has something to tell already."""

    def receive(self) -> None:
        data, ended = drain(self.client)
        if data:
            self.tell_data(data)
            if ended:
                self.drop_client()
        elif ended:
            self.depart()


@fault("data.connect-send-close")
class IgnoresVisitsThatAreOver(Handle):
    """A client that has left again before it could be taken is closed without a word."""

    def take_waiting(self) -> socket.socket | None:
        client = super().take_waiting()
        self.early, ended = drain(client)
        if client is not None and ended:
            client.close()
            return None
        return client

    early = b""

    def tell_connect(self) -> None:
        super().tell_connect()
        if self.early:
            self.tell_data(self.early)


@fault("data.connect-send-close")
class ShortVisitsSayNothing(Handle):
    """A client that connected, sent and left before a tick is told of, but what it sent is not."""

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        data, ended = drain(client)
        self.unread = b"" if ended else data

    unread = b""

    def receive(self) -> None:
        unread, self.unread = self.unread, b""
        if unread:
            self.tell_data(unread)
        super().receive()


@fault("data.half-close")
class HalfCloseLeavesItConnected(Handle):
    """At a half-close the departure is told, but is_connected goes on to say true."""

    told = False

    def depart(self) -> None:
        self.outgoing.clear()
        if not self.told:
            self.told = True
            self.tell_disconnect()


@fault("data.half-close")
class HalfCloseDropsTheRest(Handle):
    """A hang-up is looked for first: when the client has shut down writing, what it sent before is not read."""

    def receive(self) -> None:
        data, ended = drain(self.client)
        if ended:
            self.depart()
        elif data:
            self.tell_data(data)


@fault("data.half-close-then-close", may_kill=("tick.notices-departure", "callbacks.one-disconnect-per-client"))
class EndAndCloseAreTwoDepartures(Handle):
    """The end of the stream is told as a departure, and the closing of the socket in the next tick as another."""

    closing = False

    def depart(self) -> None:
        if self.closing:
            self.closing = False
            super().depart()
        else:
            self.closing = True
            self.tell_disconnect()


@fault("data.abortive-close", may_kill=("server-tick.departure",))
class ResetIsNoDeparture(Handle):
    """A connection that was reset is closed and told as an error, but not as a departure."""

    def read_broken(self) -> bytes:
        self.tell_error("connection reset by peer", errno.ECONNRESET)
        self.drop_client()
        return b""

    def depart(self) -> None:
        if self.client is not None:
            super().depart()


@fault("data.abortive-close", may_kill=("callbacks.one-disconnect-per-client", "server-tick.departure"))
class ResetIsTwoDepartures(Handle):
    """A reset is told as a departure where the error is handled, and again where the end is."""

    def read_broken(self) -> bytes:
        self.tell_disconnect()
        return b""


class CountsWideCharacters:
    """The adapter of a port whose data callback counts in units of two bytes: its size is not that of the bytes.

    In Python a callback has no size of its own, so this is done on the way to the suite.
    """

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        self.peer_host = adapter.peer_host
        self.reached = adapter.reached

    def describe(self) -> Description:
        return self._adapter.describe()

    def open_session(self) -> Session:
        return _WideSession(self._adapter.open_session())

    def close(self) -> None:
        self._adapter.close()


class _WideSession:
    def __init__(self, session: Session) -> None:
        self._session = session

    def call(self, command: Command) -> Answer:
        answer = self._session.call(command)
        return dataclasses.replace(answer, events=tuple(self._wide(event) for event in answer.events))

    @staticmethod
    def _wide(event: Event) -> Event:
        return event._replace(size=event.size // 2) if event.what == "data" else event

    def stray_events(self) -> tuple[Event, ...]:
        return self._session.stray_events()

    def diagnostics(self) -> str:
        return self._session.diagnostics()

    def close(self) -> None:
        self._session.close()


register(
    Fault(
        name="counts_wide_characters",
        section="data",
        sentence="The size of a data callback counts characters of two bytes, and not bytes.",
        kills=("data.size-matches",),
        twist=CountsWideCharacters,
    )
)


@fault("data.byte-per-packet", may_kill=("robustness.small-packets",))
class SignedByteIsTheEnd(SignedByte, Handle):
    """A lone byte of value 255 becomes -1 in a signed char, which is how the end is told."""


@fault("data.not-text")
class DropsByteOrderMark(NoByteOrderMark, Handle):
    """A byte order mark at the beginning of what a client sends is dropped, as a reader of text does."""
