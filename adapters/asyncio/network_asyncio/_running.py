"""An event loop that runs a few turns at a time, and a connection on it: coroutines that call nobody back.

What they have to tell goes into a short queue of news, which a handle empties after the loop has stopped. A full queue
keeps the loop from reading, which is what bounds both a tick and the memory.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Coroutine
from contextlib import suppress
from typing import Final

#: The most bytes of one `on_data`.
CHUNK: Final = 64 << 10
#: Pieces of news that wait to be told. Times `CHUNK` it is the budget of a tick: 1 MiB, or as many pieces as this.
NEWS_LIMIT: Final = 16


class Connection:
    """A connection that stands: its socket, and the bytes that wait to be sent."""

    def __init__(self, connected: socket.socket, address: str) -> None:
        self.socket = connected
        self.address = address
        self.queued = 0
        #: Why nothing can be sent any more. What arrived before that can still be read.
        self.failure: OSError | None = None
        self._outgoing: asyncio.Queue[bytes] = asyncio.Queue()
        self._reading: asyncio.Task[None] | None = None
        self._left = False

    def put(self, data: bytes) -> None:
        """Have it sent by coming turns of the loop."""
        self._outgoing.put_nowait(data)
        self.queued += len(data)

    def leave(self) -> None:
        """Nobody wants to hear of it any more: `follow` reads no further, and ends once all is sent that was put."""
        self._left = True
        if self._reading is not None:
            self._reading.cancel()

    async def follow(self, news: asyncio.Queue[News]) -> None:
        """From its arrival until there is nothing more to hear from the other end nor to be sent to it."""
        with self.socket:
            with suppress(OSError):  # macOS refuses options on a socket whose other end has gone; reading will tell
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                async with asyncio.TaskGroup() as tasks:
                    writing = tasks.create_task(self._write())
                    self._reading = tasks.create_task(self._read(news))
                    await asyncio.wait([self._reading])
                    if self._left:
                        await self._outgoing.join()
                    writing.cancel()
            finally:
                self._discard_input()
        if self._left:
            return
        if self.failure is not None:
            await news.put((f"the connection to {self.address} broke", self.failure))
        self.failure = BrokenPipeError(
            errno.EPIPE, "the other end has left"
        )  # for a send before the tick that tells it
        await news.put(None)

    # A system resets a connection that is closed with bytes unread, and what it has not sent yet is lost.
    def _discard_input(self) -> None:
        with suppress(OSError):
            for _ in range(NEWS_LIMIT):
                if not self.socket.recv(CHUNK):
                    break

    async def _read(self, news: asyncio.Queue[News]) -> None:
        loop = asyncio.get_running_loop()
        try:
            while data := await loop.sock_recv(self.socket, CHUNK):
                await news.put(data)
            await self._heard_out(news)
        except OSError as error:
            self._fail(error)

    # One that closed only its sending side still gets the answers to all that it sent: to the system the two ends look
    # alike until those are written.
    async def _heard_out(self, news: asyncio.Queue[News]) -> None:
        await news.join()
        await self._outgoing.join()

    # Send what is put, for ever; after a failure throw it away, so that nobody waits for it.
    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            data = await self._outgoing.get()
            if self.failure is None:
                try:
                    await loop.sock_sendall(self.socket, data)
                except OSError as error:
                    self._fail(error)
            self.queued -= len(data)
            self._outgoing.task_done()

    # No more sending; reading comes to an end by itself, once what has arrived is read.
    def _fail(self, error: OSError) -> None:
        self.failure = self.failure or error
        with suppress(OSError):  # not connected any more is what was wanted
            self.socket.shutdown(socket.SHUT_RDWR)


#: What a tick can have to tell: a connection, bytes of it, why it broke or could not be made, its end (None).
News = Connection | bytes | tuple[str, OSError] | None


class Running:
    """A loop, and the one coroutine on it that matters."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.news: asyncio.Queue[News] = asyncio.Queue(NEWS_LIMIT)
        self._task: asyncio.Task[None] | None = None

    def start(self, life: Coroutine[None, None, None]) -> None:
        """Have the loop's turns carry this on."""
        self._task = self.loop.create_task(life)

    def turn(self) -> bool:
        """Let the loop do what is ready; whether the coroutine has come to its end.

        sleep(0) takes three turns, enough to hear of an event and to act on it.
        """
        self.loop.run_until_complete(asyncio.sleep(0))
        if self._task is None or not self._task.done():
            return False
        self._task.result()  # raises: it fails by a defect alone, and that must not look like an idle handle
        return True

    def stop(self) -> None:
        """End the coroutine."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                self.loop.run_until_complete(task)

    def end(self) -> None:
        """End coroutine and loop."""
        try:
            self.stop()
        finally:
            self.loop.close()
