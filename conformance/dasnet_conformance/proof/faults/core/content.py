"""Faults of section content: a server that takes bytes for text, or small messages for something special."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.proof.faults.both_halves import LeavesMarksOut, TakesForATelnetCommand, TurnsBrowsersAway
from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle


def _text(data: bytes) -> str | None:
    try:
        return bytes(data).decode()
    except UnicodeDecodeError:
        return None


# Where the last character of otherwise valid text begins, if the end of it is missing; None for anything else.
def _incomplete(data: bytes) -> int | None:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and error.start:
            return error.start
    return None


@fault("content.size-is-bytes")
class SizeInCharacters(Handle):
    """A buffer that is text is cut to so many characters, of which some have several bytes."""

    def portion(self, data: bytes, size: int) -> bytes:
        text = _text(data)
        return data[:size] if text is None else text[:size].encode()


@fault("content.size-is-bytes", may_kill=("content.small-after-large",))
class CutsBetweenCharacters(Handle):
    """Where the size ends inside a character, the send leaves out its first bytes, so that text stays text."""

    def portion(self, data: bytes, size: int) -> bytes:
        part = super().portion(data, size)
        at = _incomplete(part) if _text(data) is not None else None
        return part if at is None else part[:at]


@fault("content.sent-ends-kept", may_kill=("send.first-size-bytes", "content.small-after-large"))
class TrimsWhatItCuts(Handle):
    """What a size cuts off from a longer buffer is trimmed of zeros and blanks at its end."""

    def portion(self, data: bytes, size: int) -> bytes:
        part = super().portion(data, size)
        return part.rstrip(b"\0 \t") if size < len(data) else part


@fault("content.sent-ends-kept", may_kill=("content.across-reload",))
class CompletesLineEnds(Handle):
    """A message that ends in a carriage return gets the line feed that seems to be missing."""

    def enqueue(self, part: bytes) -> None:
        super().enqueue(part + b"\n" if part[-1:] == b"\r" and _text(part) is not None else part)


@fault("content.delivered-ends-kept", may_kill=("data.zeros", "content.across-reload"))
class EndsAtTheLastZero(Handle):
    """A delivery whose last byte is zero is taken for a string with its end, which is not delivered."""

    def tell_data(self, data: bytes) -> None:
        text = _text(data)
        if text is not None and text.endswith("\0") and len(data) > 1:
            data = data[:-1]
        super().tell_data(data)


@fault("content.delivered-ends-kept", may_kill=("data.line-ends", "data.zeros", "content.across-reload"))
class BlankMessagesAreNone(Handle):
    """A delivery of nothing but blanks, zeros and line ends is taken for a sign of life and dropped."""

    def tell_data(self, data: bytes) -> None:
        if data.strip(b"\0 \t\r\n"):
            super().tell_data(data)


@fault("content.delivered-ends-kept")
class FullBufferLosesItsZero(Handle):
    """A delivery that fills a kibibyte has its last byte overwritten by the zero that ends a string."""

    def tell_data(self, data: bytes) -> None:
        super().tell_data(data[:-1] + b"\0" if len(data) == 1_024 and _text(data) is not None else data)


@fault("content.characters-cut", may_kill=("content.characters-at-borders", "content.across-reload", "data.not-text"))
class WaitsForWholeCharacters(Handle):
    """The first bytes of a character are held back until the rest of it comes."""

    held = b""

    def tell_data(self, data: bytes) -> None:
        data, self.held = self.held + data, b""
        at = _incomplete(data)
        if at is not None:
            data, self.held = data[:at], data[at:]
        super().tell_data(data)


@fault("content.characters-cut", may_kill=("content.characters-at-borders", "content.across-reload", "data.not-text"))
class MendsCutCharacters(Handle):
    """A delivery that ends inside a character ends in the sign for a broken one."""

    def tell_data(self, data: bytes) -> None:
        at = _incomplete(data)
        super().tell_data(data if at is None else data[:at] + "\N{REPLACEMENT CHARACTER}".encode())


@fault("content.characters-at-borders")
class DecodesFullChunks(Handle):
    """Only a chunk that fills the buffer is decoded by itself, and the character that it cuts is lost."""

    def tell_data(self, data: bytes) -> None:
        at = _incomplete(data) if len(data) == self.CHUNK else None
        super().tell_data(data if at is None else data[:at])


@fault("content.characters-at-borders")
class EncodesLongMessages(Handle):
    """A message of more than 32 KiB is sent as text, and the halves of characters at its ends are left out."""

    def enqueue(self, part: bytes) -> None:
        if len(part) > 32_768 and self.looks_like_text(part):
            part = part.decode(errors="ignore").encode()
        super().enqueue(part)

    @staticmethod
    def looks_like_text(part: bytes) -> bool:
        """Whether all but the halves of characters at both ends can be decoded."""
        return any(_text(part[start : len(part) - end]) is not None for start in range(4) for end in range(4))


@fault(
    "content.small-after-large",
    may_kill=("send.many-calls", "send.stalled-accepted-arrives", "buffers.waiting-then-overwritten"),
)
class SmallOvertakesLarge(Handle):
    """A message of up to 64 bytes is put before what waits, since it may be urgent."""

    def enqueue(self, part: bytes) -> None:
        if self.outgoing and 1 < len(part) <= 64:
            self.outgoing[:0] = part
        else:
            super().enqueue(part)


@fault("content.small-after-large", may_kill=("buffers.waiting-then-overwritten", "send.many-calls"))
class SmallTakesTheLastOnesLength(Handle):
    """A small message that waits behind a large one is stored in its buffer, and a piece of the large one stays on."""

    last = b""

    def enqueue(self, part: bytes) -> None:
        stale = self.last[len(part) : len(part) + 8] if self.outgoing and len(part) < 64 else b""
        self.last = bytes(part)
        super().enqueue(part + stale)


@fault("content.across-reload")
class TextModeAfterReload(Handle):
    """A restore opens the connection anew, in text mode: of the two bytes of a line end only one is delivered."""

    binds = 0

    def bind(self, owner: Any) -> None:
        self.binds += 1
        super().bind(owner)

    def tell_data(self, data: bytes) -> None:
        super().tell_data(data.replace(b"\r\n", b"\n") if self.binds > 1 else data)


@fault("content.across-reload")
class LineEndAcrossReload(Handle):
    """A save ends the line that ended in a carriage return, and the line feed after the restore is passed over."""

    last = b""
    pass_over = False

    def disown(self) -> None:
        self.pass_over = self.last == b"\r"
        super().disown()

    def tell_data(self, data: bytes) -> None:
        if self.pass_over and data[:1] == b"\n":
            data = data[1:]
        self.pass_over, self.last = False, data[-1:]
        if data:
            super().tell_data(data)


@fault("content.across-reload")
class SendsStringsAfterReload(Handle):
    """After a restore what is sent ends at its first zero, since the length was not restored."""

    binds = 0

    def bind(self, owner: Any) -> None:
        self.binds += 1
        super().bind(owner)

    def portion(self, data: bytes, size: int) -> bytes:
        part = super().portion(data, size)
        return part.partition(b"\0")[0] if self.binds > 1 else part


@fault("content.first-words")
class ServerObeysTelnet(TakesForATelnetCommand, Handle):
    """Three bytes that begin with one of value 255 are taken for a command of telnet, which nobody is told of."""


@fault("content.first-words")
class ServerTurnsBrowsersAway(TurnsBrowsersAway, Handle):
    """A client whose first words are a request of HTTP is taken for a browser that lost its way, and seen off."""


@fault("content.first-words")
class ServerLeavesMarksOut(LeavesMarksOut, Handle):
    """A byte order mark at the beginning of what is sent to the client is left out, since text on the wire has none."""
