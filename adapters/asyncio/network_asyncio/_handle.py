"""`Handle`, what the handles of both halves have in common: one tick, sending, and whom they call back.

Theory of operation. A handle at work has an event loop of its own, which runs for a few turns inside `tick`, and inside
`send` to pass the bytes on, and at no other time (`_running`). What the coroutines on it have to tell waits in a queue
of news. `tick` runs the loop, then tells the news through callbacks, outside the loop: so a callback may tick, send,
save or close as it likes.

As the loop runs inside `tick`, the host itself cannot tick from inside a coroutine: asyncio runs one loop per thread.
"""

from __future__ import annotations

import errno
from typing import Any, ClassVar, Final

from ._errors import ClosedHandleError
from ._running import NEWS_LIMIT, Connection, News, Running

#: Bytes that may wait to be sent. A send beyond it is refused as a whole.
QUEUE_LIMIT: Final = 64 << 20


class Owned:
    """What every handle has: the object whose callbacks it causes, and a loop while it is at work."""

    #: The method that makes another handle.
    ADAPTER: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self._owner: Any = None
        self._running: Running | None = None
        self._ticking = False
        self._closed = False

    def bind(self, owner: object) -> None:
        """Call back `owner` from now on; None: nobody, until the next bind. Everything else stays as it is."""
        self._refuse_if_closed()
        self._owner = owner

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise ClosedHandleError(f"the handle is closed: make another with {self.ADAPTER}()")

    # False for the caller, the reason for the object.
    def _fail(self, message: str, code: int) -> bool:
        if self._owner is not None:
            self._owner.on_error(message, code)
        return False


class Handle(Owned):
    """At most one connection, and the object whose callbacks it causes. A derived class says how it comes to one."""

    #: What the other end is called in messages.
    PEER: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self._connection: Connection | None = None

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection, as far as ticks have told."""
        return self._connection is not None

    def tick(self) -> None:
        """Do what is ready and tell of it. Never waits."""
        owner, running = self._owner, self._running
        # A tick from inside a callback returns at once: the outer one goes on with the work.
        if owner is None or running is None or self._ticking:
            return
        self._ticking = True
        try:
            running.turn()
            # Counted, as a callback that sends lets more news in. Whoever gives the handle away or ends the connection
            # in a callback ends the telling; the rest waits for the next owner, or is nobody's.
            for _ in range(NEWS_LIMIT):
                if self._owner is not owner or self._running is not running or running.news.empty():
                    break
                self._tell(owner, running)
        finally:
            self._ticking = False

    # The next piece of news. State first, callback second: a callback sees the new state, and when it raises, the next
    # tick goes on behind it.
    def _tell(self, owner: Any, running: Running) -> None:
        news: News = running.news.get_nowait()
        try:
            if isinstance(news, bytes):
                owner.on_data(news)
            elif isinstance(news, Connection):
                self._connection = news
                owner.on_connect()
            elif news is None:
                self._connection = None
                owner.on_disconnect()
            else:
                what, error = news
                owner.on_error(f"{what}: {error.strerror or error}", error.errno or errno.EIO)
        finally:
            # Only now: who reads waits for this before it ends the connection, and the callback may want to answer.
            running.news.task_done()

    def send(self, data: bytes | bytearray | memoryview, size: int) -> bool:
        """Send the first `size` bytes, now or by later ticks. False, after `on_error`, if that cannot be."""
        with memoryview(data) as given:
            if not 0 <= size <= given.nbytes:
                raise ValueError(f"size must be 0 to {given.nbytes}, the bytes that data holds, not {size}")
            kept = bytes(given.cast("B")[:size])  # a copy, for the caller may reuse the buffer
        connection, running = self._connection, self._running
        if connection is None or running is None:
            return self._fail(f"nothing sent: no {self.PEER} is connected", errno.ENOTCONN)
        if connection.failure is None and connection.queued + size > QUEUE_LIMIT:
            return self._fail(f"nothing sent: more than {QUEUE_LIMIT} bytes would wait", errno.ENOBUFS)
        if connection.failure is None and kept:
            connection.put(kept)
            running.turn()
        if connection.failure is not None:
            return self._fail(f"not sent: {connection.failure.strerror}", connection.failure.errno or errno.EIO)
        return True
