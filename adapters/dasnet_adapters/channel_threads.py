"""A channel over pipes that can only be read by blocking, as on Windows: a thread for each direction.

Slower than `PollChannel` by the hand-over between threads, and the same to its users. Its threads are daemons and end
when their pipe does. May import the standard library and the shape of a channel.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable

from .channel import LONGEST_LINE, Aside, ClosedError, DeadlineError, LineBuffer, UnreadError

_CHUNK = 64 << 10
_LOOK = 0.1


class ThreadChannel:
    """A channel over three pipes that block.

    Arguments: `reader`, `writer`, `aside`, descriptors, closed by `close`; `kept`, what `aside` is fed to; `alive`,
    which says whether anyone is still behind the reader; `limit`, the longest line in bytes.
    """

    def __init__(
        self,
        reader: int,
        writer: int,
        aside: int,
        *,
        kept: Aside,
        alive: Callable[[], bool],
        close: Callable[[], None],
        limit: int = LONGEST_LINE,
    ) -> None:
        self._alive = alive
        self._close = close
        self._closed = False
        self._lines = LineBuffer(limit)
        self._ended = False
        self._incoming: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._outgoing: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._unwritable = threading.Event()
        self._aside_thread = threading.Thread(target=_read_all, args=(aside, kept.feed), daemon=True)
        self._threads = [
            self._aside_thread,
            threading.Thread(target=_read_all, args=(reader, self._incoming.put), daemon=True),
            threading.Thread(target=self._write_all, args=(writer,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

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

    def write(self, data: bytes, deadline: float | None) -> None:  # noqa: ARG002
        """Hand it over for writing; the wait for the answer is what the deadline then ends. Raises `UnreadError`."""
        if self._closed or self._unwritable.is_set():
            raise UnreadError("the driver does not read")
        self._outgoing.put(data)

    def read_line(self, deadline: float | None) -> bytes:
        """The next line without its line feed. Raises `DeadlineError`, `ClosedError` or `LongLineError`."""
        while True:
            line = self._lines.next_line()
            if line is not None:
                return line
            if self._ended:
                raise ClosedError("the driver's output has ended")
            left = _LOOK if deadline is None else min(_LOOK, deadline - time.monotonic())
            if left <= 0:
                raise DeadlineError("the deadline has passed")
            alive = self._alive()
            # Asked before the wait: what a driver wrote before it died is in the pipe, and comes within the wait.
            if not self._take(left) and not alive:
                self._ended = True

    def drain(self) -> list[bytes]:
        """The lines that are there already, without waiting. Raises `LongLineError`."""
        while self._take(0):
            pass
        lines = []
        while (line := self._lines.next_line()) is not None:
            lines.append(line)
        return lines

    def idle(self, seconds: float) -> None:
        """Wait for up to `seconds`; the threads read meanwhile."""
        if self._ended:
            time.sleep(seconds)
        else:
            self._take(seconds)
        if not self._alive():
            self._aside_thread.join(_LOOK)  # its last words are on their way

    def close(self) -> None:
        """Close both directions, as far as the threads let go of them. May be called twice."""
        if self._closed:
            return
        self._closed = self._ended = True
        self._outgoing.put(b"")
        for thread in self._threads:
            thread.join(_LOOK)
        # A descriptor that a thread still reads stays open: closing it would hand its number to a stranger.
        if not any(thread.is_alive() for thread in self._threads):
            self._close()

    def _take(self, seconds: float) -> bool:
        try:
            data = self._incoming.get(timeout=seconds) if seconds else self._incoming.get_nowait()
        except queue.Empty:
            return False
        if data:
            self._lines.feed(data)
        else:
            self._ended = True
        return bool(data)

    def _write_all(self, writer: int) -> None:
        while rest := self._outgoing.get():
            try:
                while rest:
                    rest = rest[os.write(writer, rest) :]
            except OSError:
                self._unwritable.set()
                return


# Hands on what a descriptor gives until its end, and an empty piece then.
def _read_all(descriptor: int, hand_on: Callable[[bytes], None]) -> None:
    data = b" "
    while data:
        try:
            data = os.read(descriptor, _CHUNK)
        except OSError:
            data = b""
        hand_on(data)
