"""Faults of section client-data: bytes from the server."""

from __future__ import annotations

from typing import ClassVar

from dasnet_conformance.proof.faults.both_halves import (
    HangUpEndsTheReading,
    LeavesMarksOut,
    NoByteOrderMark,
    PutsTheEndOff,
    SignedByte,
    TakesForATelnetCommand,
    TellsTheEndAndTheReset,
    TurnsBrowsersAway,
)
from dasnet_conformance.proof.faults.core.data import CountsWideCharacters
from dasnet_conformance.proof.faults.registry import Fault, fault, register
from dasnet_conformance.proof.faults.sound_client import ClientHandle
from dasnet_conformance.proof.faults.tools import drain


@fault("client-data.sizes", may_kill=("client-data.large",))
class ClientBufferEndsInZero(ClientHandle):
    """A read that fills the buffer of 1,024 bytes loses its last byte to a terminating zero."""

    CHUNK = 1024

    def tell_data(self, data: bytes) -> None:
        super().tell_data(data[:1023])


@fault("client-data.large")
class ClientHearsEightMebibytes(ClientHandle):
    """A buffer of eight mebibytes is never emptied, and what comes beyond it is lost."""

    heard = 0

    def tell_data(self, data: bytes) -> None:
        self.heard += len(data)
        if self.heard <= 8 << 20:
            super().tell_data(data)


@fault("client-data.content")
class ClientReadsInTextMode(ClientHandle):
    """A carriage return before a line feed is dropped on the way in."""

    def tell_data(self, data: bytes) -> None:
        super().tell_data(data.replace(b"\r\n", b"\n"))


@fault("client-data.content")
class ClientReadsUpToZero(ClientHandle):
    """What came is taken for a C string and handed on up to its first zero."""

    def tell_data(self, data: bytes) -> None:
        text = data.partition(b"\0")[0]
        if text:
            super().tell_data(text)


@fault("client-data.byte-per-packet", may_kill=("client-data.sizes",))
class ClientSkipsKeystrokes(ClientHandle):
    """A single byte is waited for to be followed by others, and the next one overwrites it."""

    kept = False

    def tell_data(self, data: bytes) -> None:
        if len(data) == 1 and not self.kept:
            self.kept = True
            return
        self.kept = False
        super().tell_data(data)


@fault("client-data.many-small-sends")
class ClientDeliversBackwards(ClientHandle):
    """What one tick reads is put on a stack, and delivered from its top."""

    CHUNK = 500

    def receive(self) -> None:
        pieces: list[bytes] = []
        while (data := self.read()) and len(pieces) < 100:
            pieces.insert(0, data)
        for piece in pieces:
            self.tell_data(piece)
        if data == b"":
            self.end_of_input()


@fault("client-data.never-empty")
class ClientTellsTheEndAsData(ClientHandle):
    """The end is told as data without bytes, and then as the end."""

    def end_of_input(self) -> None:
        self.tell_data(b"")
        super().end_of_input()


register(
    Fault(
        name="client_counts_wide_characters",
        section="client-data",
        sentence="The size that a client's data callback is given counts characters of two bytes, and not bytes.",
        kills=("client-data.size-matches",),
        twist=CountsWideCharacters,
    )
)


@fault(
    "client-data.after-connect",
    may_kill=("client-tick.delivers", "client-data.sizes"),
)
class ClientStartsWithAnEmptyBuffer(ClientHandle):
    """The first tick of a connection empties the buffer, with the server's greeting in it."""

    fresh = False

    def tell_connect(self) -> None:
        self.fresh = True
        super().tell_connect()

    def turn(self) -> None:
        if self.fresh:
            self.fresh = False
            drain(self.client)
        super().turn()


class _EndComesFirst(ClientHandle):
    def receive(self) -> None:
        data, ended = drain(self.client)
        if ended:
            self.when_ended(data)
        elif data:
            self.tell_data(data)

    def when_ended(self, data: bytes) -> None:
        """What comes of bytes that came with the end."""


@fault("client-data.send-and-leave", "client-data.half-close", may_kill=("client-callbacks.order",))
class EndSwallowsWhatCameWithIt(_EndComesFirst):
    """The end of the connection is looked for first, and what came with it is thrown away."""

    def when_ended(self, data: bytes) -> None:  # noqa: ARG002
        self.depart()


@fault("client-data.reset")
class ClientTellsResetTwice(ClientHandle):
    """A reset is told by the one who reads and by the one who cleans up."""

    def read_broken(self) -> bytes | None:
        self.tell_disconnect()
        return super().read_broken()


@fault("client-data.reset", may_kill=("client-send.to-departed", "client-robustness.noise"))
class ClientNeverNoticesReset(ClientHandle):
    """An error in reading is taken for nothing to read, for ever."""

    deaf = False

    def read(self) -> bytes | None:
        return None if self.deaf else super().read()

    def read_broken(self) -> bytes | None:
        self.deaf = True
        return None


@fault("client-data.belongs-to-its-connection")
class ClientKeepsTheUnreadForTheNext(ClientHandle):
    """What close finds unread stays in the buffer, and is delivered in the time of the next connection."""

    carried = b""

    def close(self) -> None:
        self.carried = drain(self.client)[0]
        super().close()

    def turn(self) -> None:
        if self.carried and self.client is not None:
            carried, self.carried = self.carried, b""
            self.tell_data(carried)
        super().turn()


@fault("client-data.belongs-to-its-connection", may_kill=("client-tick.only-inside",))
class ClientRepeatsTheLastOfTheOneBefore(ClientHandle):
    """The buffer is not cleared between two connections, so that the second begins with the last piece of the first."""

    last: ClassVar[bytes] = b""

    def tell_data(self, data: bytes) -> None:
        self.last = data  # type: ignore[misc]
        super().tell_data(data)

    def turn(self) -> None:
        if self.last and self.client is not None and self.begun:
            self.begun = False
            super().tell_data(self.last)
        super().turn()

    begun = False

    def tell_connect(self) -> None:
        self.begun = bool(self.last)
        super().tell_connect()


@fault("client-data.byte-per-packet")
class ClientTakesSignedByteForTheEnd(SignedByte, ClientHandle):
    """A lone byte of value 255 of the server becomes -1 in a signed char, which is how the end is told."""


@fault("client-data.content")
class ClientDropsByteOrderMark(NoByteOrderMark, ClientHandle):
    """A byte order mark at the beginning of what the server sends is dropped, as a reader of text does."""


@fault("client-data.first-words")
class ClientObeysTelnet(TakesForATelnetCommand, ClientHandle):
    """Three bytes of a server that begin with one of value 255 are a command of telnet to its client, and swallowed."""


@fault("client-data.first-words")
class ClientTurnsWebServersAway(TurnsBrowsersAway, ClientHandle):
    """A server whose first words look like HTTP is not the one that was meant: the client gives the connection up."""


@fault("client-data.first-words")
class ClientLeavesMarksOut(LeavesMarksOut, ClientHandle):
    """A byte order mark at the beginning of what is sent to the server is left out, since text on the wire has none."""


@fault("client-data.half-closed-leaves")
class ClientPutsTheEndOff(PutsTheEndOff, ClientHandle):
    """A server's half-close that is found while bytes wait for it is not found again once they are sent."""


@fault("client-data.send-and-leave")
class ClientSeesTheHangUpFirst(HangUpEndsTheReading, ClientHandle):
    """After as much as one tick reads, a server that has hung up is told to have left, and the rest is lost."""


@fault("client-data.half-closed-leaves")
class HalfClosedServerBreaksOffAgain(TellsTheEndAndTheReset, ClientHandle):
    """A server's half-close is told as its departure while bytes wait for it, and its reset is told as another one."""
