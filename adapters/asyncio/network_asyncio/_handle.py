"""`NetworkServer`, the handle: its coroutines, and what one tick does.

Theory of operation. A handle that listens has an event loop of its own, which runs for a few turns inside `tick`, and
inside `send` to pass the bytes on, and at no other time. On it, `_serve` takes one client after the other; it puts what
happens into a queue of news and never calls anybody back. `tick` runs the loop, then tells the news through callbacks,
outside the loop: so a callback may tick, send, save or close as it likes. The queue is short, and a full one keeps the
loop from reading, which is what bounds both a tick and the memory.

As the loop runs inside `tick`, the host itself cannot tick from inside a coroutine: asyncio runs one loop per thread.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
from contextlib import suppress
from typing import Any, Final

from ._errors import ClosedHandleError

#: Bytes that may wait to be sent. A send beyond it is refused as a whole.
QUEUE_LIMIT: Final = 64 << 20
#: The most bytes of one `on_data`.
CHUNK: Final = 64 << 10
#: Pieces of news that wait to be told. Times `CHUNK` it is the budget of a tick: 1 MiB, or as many pieces as this.
NEWS_LIMIT: Final = 16
_BACKLOG: Final = 128


class _Client:
    # A client being served: its socket, and the bytes that wait to be sent.

    def __init__(self, connection: socket.socket, address: str) -> None:
        self.connection = connection
        self.address = address
        self.outgoing: asyncio.Queue[bytes] = asyncio.Queue()
        self.queued = 0
        #: Why nothing can be sent any more. What arrived before that can still be read.
        self.failure: OSError | None = None

    def put(self, data: bytes) -> None:
        self.outgoing.put_nowait(data)
        self.queued += len(data)

    async def write(self) -> None:
        """Send what is put, for ever; after a failure throw it away, so that nobody waits for it."""
        loop = asyncio.get_running_loop()
        while True:
            data = await self.outgoing.get()
            if self.failure is None:
                try:
                    await loop.sock_sendall(self.connection, data)
                except OSError as error:
                    self.fail(error)
            self.queued -= len(data)
            self.outgoing.task_done()

    def fail(self, error: OSError) -> None:
        """No more sending; reading comes to an end by itself, once what has arrived is read."""
        self.failure = self.failure or error
        with suppress(OSError):  # not connected any more is what was wanted
            self.connection.shutdown(socket.SHUT_RDWR)


#: What a tick can have to tell: a client came, bytes of it, why it broke or could not be taken, it left (None).
_News = _Client | bytes | tuple[str, OSError] | None


class NetworkServer:
    """The handle: the listener, at most one client, and the object whose callbacks they cause. It outlives the object.

    Clause: NetworkServer
    """

    def __init__(self) -> None:
        self._owner: Any = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._serving: asyncio.Task[None] | None = None
        #: The port it listens on, None while it does not.
        self.port: int | None = None
        self._client: _Client | None = None
        self._news: asyncio.Queue[_News] = asyncio.Queue(NEWS_LIMIT)
        self._ticking = False
        self._closed = False

    @property
    def is_open(self) -> bool:
        """Whether it listens."""
        return self._loop is not None

    @property
    def is_connected(self) -> bool:
        """Whether a client came and did not leave, as far as ticks have told."""
        return self._client is not None

    def bind(self, owner: object) -> None:
        """Call back `owner` from now on; None: nobody, until the next bind. Everything else stays as it is."""
        self._refuse_if_closed()
        self._owner = owner

    def init(self, port: int) -> bool:
        """Listen on a port. False, after `on_error`, when it cannot be had."""
        self._refuse_if_closed()
        if self._loop is not None:
            # Server: one listening socket. A second init is turned down, whichever port it asks for.
            return self._fail("already listening: close() it first", errno.EALREADY)
        if not 0 <= port <= 65535:
            return self._fail(f"there is no port {port}", errno.EINVAL)
        try:
            listener = _listen(getattr(self._owner, "host", "127.0.0.1"), port)
        except OSError as error:
            return self._fail(f"cannot listen on port {port}: {error.strerror}", error.errno or errno.EIO)
        self._loop = asyncio.new_event_loop()
        self._serving = self._loop.create_task(self._serve(listener))
        self.port = listener.getsockname()[1]
        if self._owner is not None:
            self._owner.on_log(f"listening on port {self.port}")
        return True

    def tick(self) -> None:
        """Do what is ready and tell of it. Never waits."""
        owner = self._owner
        # A tick from inside a callback returns at once: the outer one goes on with the work.
        if owner is None or self._loop is None or self._ticking:
            return
        self._ticking = True
        try:
            self._turn()
            # Counted, as a callback that sends lets more news in. Whoever saves or closes the object in a callback ends
            # the telling; the rest waits for the next owner.
            for _ in range(NEWS_LIMIT):
                if self._owner is not owner or self._news.empty():
                    break
                self._tell(owner, self._news.get_nowait())
        finally:
            self._ticking = False

    # State first, callback second: a callback sees the new state, and when it raises, the next tick goes on behind it.
    def _tell(self, owner: Any, news: _News) -> None:
        try:
            if isinstance(news, bytes):
                owner.on_data(news)
            elif isinstance(news, _Client):
                self._client = news
                owner.on_connect()
            elif news is None:
                self._client = None
                owner.on_disconnect()
            else:
                what, error = news
                owner.on_error(f"{what}: {error.strerror or error}", error.errno or errno.EIO)
        finally:
            # Only now: `_serve` waits for this before it ends the connection, and the callback may want to answer.
            self._news.task_done()

    def send(self, data: bytes | bytearray | memoryview, size: int) -> bool:
        """Send the first `size` bytes, now or by later ticks. False, after `on_error`, if that cannot be."""
        with memoryview(data) as given:
            if not 0 <= size <= given.nbytes:
                raise ValueError(f"size must be 0 to {given.nbytes}, the bytes that data holds, not {size}")
            kept = bytes(given.cast("B")[:size])  # a copy, for the caller may reuse the buffer
        client = self._client
        if client is None:
            return self._fail("nothing sent: no client is connected", errno.ENOTCONN)
        if client.failure is None and client.queued + size > QUEUE_LIMIT:
            return self._fail(f"nothing sent: more than {QUEUE_LIMIT} bytes would wait", errno.ENOBUFS)
        if client.failure is None and kept:
            client.put(kept)
            self._turn()
        if client.failure is not None:
            return self._fail(f"not sent: {client.failure.strerror}", client.failure.errno or errno.EIO)
        return True

    def close(self) -> None:
        """Close the client and the listener. Calls nothing back; may be called twice."""
        self._closed = True
        self._owner = self._client = self.port = None
        loop, self._loop = self._loop, None
        if loop is None or self._serving is None:
            return
        try:
            loop.run_until_complete(asyncio.sleep(0))  # a last attempt to send what waits
            self._serving.cancel()
            with suppress(asyncio.CancelledError):
                loop.run_until_complete(self._serving)
        finally:
            loop.close()

    # --- on the loop

    # Let the loop do what is ready: sleep(0) takes three turns, enough to hear of an event and to act on it.
    def _turn(self) -> None:
        assert self._loop is not None
        assert self._serving is not None
        self._loop.run_until_complete(asyncio.sleep(0))
        if self._serving.done():
            self._serving.result()  # raises: it ends by a defect alone, and that must not look like an idle server

    # The life of the listener: one client after the other, the next only after the departure of the last was told. Who
    # comes meanwhile waits in the system's queue.
    async def _serve(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        reported = False
        with listener:
            while True:
                try:
                    connection, name = await loop.sock_accept(listener)
                except OSError as error:
                    # Out of descriptors, say: the client keeps waiting and is tried again, but one report will do.
                    if not reported:
                        await self._news.put(("a client cannot be taken yet", error))
                    reported = True
                    await asyncio.sleep(0)
                    continue
                reported = False
                with connection:
                    await self._attend(_Client(connection, f"{name[0]}:{name[1]}"))
                await self._news.put(None)
                await self._news.join()

    # One client, from its arrival until there is nothing more to hear from it nor to be sent to it.
    async def _attend(self, client: _Client) -> None:
        loop = asyncio.get_running_loop()
        with suppress(OSError):  # macOS refuses options on a client that has already gone; reading will tell
            client.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await self._news.put(client)
        async with asyncio.TaskGroup() as tasks:
            writing = tasks.create_task(client.write())
            try:
                while data := await loop.sock_recv(client.connection, CHUNK):
                    await self._news.put(data)
                # A client that closed only its sending side still gets the answers to all that it sent: to the system
                # the two ends look alike until those are written.
                await self._news.join()
                await client.outgoing.join()
            except OSError as error:
                client.fail(error)
            writing.cancel()
        if client.failure is not None:
            await self._news.put((f"the connection to {client.address} broke", client.failure))
        client.failure = BrokenPipeError(errno.EPIPE, "the client has left")  # for a send before the tick that tells it

    # --- failure

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise ClosedHandleError("the handle is closed: make another with make_server_adapter()")

    # False for the caller, the reason for the object.
    def _fail(self, message: str, code: int) -> bool:
        if self._owner is not None:
            self._owner.on_error(message, code)
        return False


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket()
    try:
        listener.setblocking(False)
        if sys.platform != "win32":
            # Connections of an earlier server linger in the system and must not keep the port from its next user.
            # On Windows they do not, and the option would share the port with whoever listens there already.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener
