"""Lines in and out of a driver, with deadlines: what a conversation is held over.

`Channel` is the shape; `PollChannel` keeps it over file descriptors (pipes, sockets) in one thread, and on the way
reads what the driver writes aside, so that no flood of either can stop it. Knows nothing of the protocol. May import
the standard library only.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable
from typing import Final, Protocol

#: The longest line by default, in bytes: 16 MiB in one data event are 32 MiB of hex.
LONGEST_LINE: Final = 64 << 20
#: How much of what a driver writes aside is kept, in bytes.
KEPT_ASIDE: Final = 64 << 10

_CHUNK: Final = 256 << 10
#: How often a driver is looked after while nothing comes, in seconds; only for drivers whose pipe outlives them.
_LOOK: Final = 0.1
#: The most chunks that `drain` takes at once, lest a driver that never stops talking holds it forever.
_DRAINED: Final = 64


class ChannelError(Exception):
    """The channel gave no line."""


class DeadlineError(ChannelError):
    """The deadline passed before there was a line, or before all was written."""


class ClosedError(ChannelError):
    """The other side has closed, or is gone."""


class UnreadError(ClosedError):
    """The other side no longer reads."""


class LongLineError(ChannelError):
    """A line is longer than the limit."""


class Channel(Protocol):
    """Lines to and from a driver. Deadlines are times of `time.monotonic`, None for no end."""

    @property
    def unfinished(self) -> bytes:
        """What has come of a line that has not ended."""

    @property
    def held(self) -> int:
        """How many bytes have come of a line that has not ended."""

    def quiet_for(self) -> float:
        """Seconds since anything came of a line."""

    # A deadline is a time of `time.monotonic`, in seconds; None is for ever.

    def write(self, data: bytes, deadline: float | None) -> None:
        """Write all of it. Raises `DeadlineError`, `ClosedError`, or `UnreadError` where the driver does not read."""

    def read_line(self, deadline: float | None) -> bytes:
        """The next line without its line feed. Raises `DeadlineError`, `ClosedError` or `LongLineError`."""

    def drain(self) -> list[bytes]:
        """The lines that are there already, without waiting. Raises `LongLineError`."""

    def idle(self, seconds: float) -> None:
        """Keep reading for up to `seconds`, so that the driver is not held up; lines stay for `drain`."""

    def close(self) -> None:
        """Close both directions. May be called twice."""


class LineBuffer:
    """Cuts what comes in pieces into lines. `limit` is the longest line, in bytes."""

    def __init__(self, limit: int = LONGEST_LINE) -> None:
        self._limit = limit
        self._held = bytearray()
        self._searched = 0
        self._fed = time.monotonic()

    @property
    def unfinished(self) -> bytes:
        """The start of what is held, at most 200 bytes."""
        return bytes(self._held[:200])

    @property
    def held(self) -> int:
        """How many bytes are held."""
        return len(self._held)

    def quiet_for(self) -> float:
        """Seconds since anything was added."""
        return time.monotonic() - self._fed

    def feed(self, data: bytes) -> None:
        """Add what came."""
        self._held += data
        self._fed = time.monotonic()

    def next_line(self) -> bytes | None:
        """The next whole line without its line feed, or None. Raises `LongLineError`."""
        end = self._held.find(b"\n", self._searched)
        if (end if end >= 0 else len(self._held)) > self._limit:
            raise LongLineError(f"a line of more than {self._limit} bytes")
        if end < 0:
            self._searched = len(self._held)
            return None
        line = bytes(self._held[:end])
        del self._held[: end + 1]
        self._searched = 0
        return line


class Aside:
    """The end of what a driver wrote aside (its standard error). `limit` is how many bytes are kept."""

    def __init__(self, limit: int = KEPT_ASIDE) -> None:
        self._limit = limit
        self._kept = b""
        self._dropped = 0

    def feed(self, data: bytes) -> None:
        """Add what came, and drop what is too old."""
        kept = self._kept + data
        over = max(0, len(kept) - self._limit)
        self._dropped += over
        self._kept = kept[over:]

    def mark(self) -> int:
        """A place in the stream, for `since`."""
        return self._dropped + len(self._kept)

    def since(self, mark: int = 0) -> str:
        """What came after the mark and is still kept, as text; bytes that are no UTF-8 are replaced."""
        return self._kept[max(0, mark - self._dropped) :].decode("utf-8", "replace")


class PollChannel:
    """A channel over two descriptors that do not block.

    Arguments: `reader` and `writer`, descriptors; `receive(size)` and `send(data)`, which move bytes without blocking;
    `close`, which closes them; `aside`, a descriptor and what to feed from it, or None; `alive`, which says whether
    anyone is still behind the reader (None: the end of the stream tells); `limit`, the longest line in bytes.
    """

    def __init__(
        self,
        reader: int,
        writer: int,
        *,
        receive: Callable[[int], bytes],
        send: Callable[[bytes], int],
        close: Callable[[], None],
        aside: tuple[int, Aside] | None = None,
        alive: Callable[[], bool] | None = None,
        limit: int = LONGEST_LINE,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._receive = receive
        self._send = send
        self._close = close
        self._aside = aside
        self._alive = alive
        self._lines = LineBuffer(limit)
        self._ended = False
        self._closed = False
        self._wanted = [reader, *([aside[0]] if aside else [])]

    @property
    def unfinished(self) -> bytes:
        """What has come of a line that has not ended, at most 200 bytes."""
        return self._lines.unfinished

    @property
    def held(self) -> int:
        """How many bytes have come of a line that has not ended."""
        return self._lines.held

    def quiet_for(self) -> float:
        """Seconds since anything came of a line."""
        return self._lines.quiet_for()

    def write(self, data: bytes, deadline: float | None) -> None:
        """Write all of it, reading meanwhile. Raises `DeadlineError`, `ClosedError` or `UnreadError`."""
        rest = data
        while rest:
            if self._closed:
                raise ClosedError("the channel is closed")
            try:
                rest = rest[self._send(rest) :]
            except BlockingIOError:
                # The driver may be stuck in a write of its own until someone reads it.
                self._pump(_remaining(deadline, self._alive), writing=True)
                if self._alive is not None and not self._alive():
                    raise ClosedError("the driver is gone") from None
            except OSError as error:
                raise UnreadError(f"the driver does not read: {error.strerror}") from None

    def read_line(self, deadline: float | None) -> bytes:
        """The next line without its line feed. Raises `DeadlineError`, `ClosedError` or `LongLineError`."""
        while True:
            line = self._lines.next_line()
            if line is not None:
                return line
            if self._ended:
                raise ClosedError("the driver's output has ended")
            if self._pump(_remaining(deadline, self._alive)) or self._alive is None or self._alive():
                continue
            # Dead, but its pipe is open: someone else holds it. What it wrote before is there by now.
            if not self._pump(0):
                self._ended = True

    def drain(self) -> list[bytes]:
        """The lines that are there already, without waiting. Raises `LongLineError`."""
        for _ in range(_DRAINED):
            if not self._pump(0):
                break
        lines = []
        while (line := self._lines.next_line()) is not None:
            lines.append(line)
        return lines

    def idle(self, seconds: float) -> None:
        """Keep reading for up to `seconds`, so that the driver is not held up; lines stay for `drain`."""
        self._pump(seconds)

    def close(self) -> None:
        """Close both directions. May be called twice."""
        if not self._closed:
            self._closed = self._ended = True
            self._wanted.clear()
            self._close()

    # Waits until something can be read (or written, if wanted) and reads it. Whether anything happened.
    def _pump(self, seconds: float | None, *, writing: bool = False) -> bool:
        ready = _wait(self._wanted, [self._writer] if writing else [], seconds)
        for descriptor in ready:
            if descriptor == self._reader and descriptor in self._wanted:
                data = self._take(lambda: self._receive(_CHUNK))
                if data:
                    self._lines.feed(data)
                elif data is not None:
                    self._ended = True
                    self._wanted.remove(descriptor)
            elif self._aside is not None and descriptor == self._aside[0]:
                data = self._take(lambda: os.read(descriptor, _CHUNK))  # noqa: B023
                if data:
                    self._aside[1].feed(data)
                elif data is not None:
                    self._wanted.remove(descriptor)
        return bool(ready)

    # What a read gave: bytes, none of them at the end of the stream, None if there was nothing after all.
    @staticmethod
    def _take(read: Callable[[], bytes]) -> bytes | None:
        try:
            return read()
        except BlockingIOError:
            return None
        except OSError:
            return b""  # a reset connection has ended as well


# Seconds to wait now: the rest until the deadline, or less where someone has to be looked after meanwhile.
def _remaining(deadline: float | None, alive: object) -> float | None:
    look = None if alive is None else _LOOK
    if deadline is None:
        return look
    left = deadline - time.monotonic()
    if left <= 0:
        raise DeadlineError("the deadline has passed")
    return left if look is None else min(left, look)


def _wait(reads: list[int], writes: list[int], seconds: float | None) -> list[int]:
    if not hasattr(select, "poll"):  # sockets where there is no poll
        if not reads and not writes:
            time.sleep(seconds or 0)
            return []
        readable, writable, _ = select.select(reads, writes, [], seconds)
        return [*readable, *writable]
    poll = select.poll()
    for descriptor in reads:
        poll.register(descriptor, select.POLLIN)
    for descriptor in writes:
        # A connection is one descriptor for both, and registering it twice keeps the last mask alone.
        poll.register(descriptor, select.POLLOUT | (select.POLLIN if descriptor in reads else 0))
    # Rounded up: a wait of under a millisecond is not to become a busy loop.
    return [descriptor for descriptor, _ in poll.poll(None if seconds is None else -int(-seconds * 1000 // 1))]
