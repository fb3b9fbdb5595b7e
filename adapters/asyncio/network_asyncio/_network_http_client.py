"""`NetworkHttpClient`, the handle of an `HttpClient`: which requests wait, on what connection, and what a tick does.

One connection, one request on it at a time. It is made when a request needs it, on a loop of its own, and kept for the
next. What comes of requests is noted first and told at the end of a tick, outside the loop: so a callback may do
anything.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections import deque
from collections.abc import Iterable
from typing import ClassVar, Final

from ._handle import Owned
from ._http_asking import Asked, ask, host_field
from ._http_limits import HttpClientLimits
from ._http_response import Response, ResponseReader
from ._http_rules import RejectedError
from ._reaching import dial, look_up
from ._running import Connection, News, Running

# What one tick does at most: steps of reading, and requests.
_STEPS: Final = 1000
_REQUESTS: Final = 40
# Bytes that are put to be sent at a time: so much has moved when it has left.
_PIECE: Final = 16 << 10
# What a failure is told as, that the response itself is the cause of, by the status that a server would answer.
_CODES: Final = {413: errno.EMSGSIZE, 431: errno.EMSGSIZE}


class ToServer(Connection):
    """A connection to a server of HTTP: when that has no more to say, nothing is waited for."""

    async def _heard_out(self, news: asyncio.Queue[News]) -> None:
        pass


class NetworkHttpClient(Owned):
    """Requests to one server, and the object that hears what comes of them. It outlives the object.

    Argument: `limits`, those of the object that makes it.
    """

    ADAPTER: ClassVar[str] = "make_http_client_adapter"

    def __init__(self, limits: HttpClientLimits) -> None:
        super().__init__()
        self._limits = limits
        self._server: tuple[str, int] | None = None
        self._connection: Connection | None = None
        # Requests that wait, the one under way, its response once it is sent, and what is to be told.
        self._queue: deque[Asked] = deque()
        self._current: Asked | None = None
        self._reader: ResponseReader | None = None
        self._outcomes: deque[tuple[str, *tuple[object, ...]]] = deque()
        # Whether an earlier request had this connection.
        self._used = False
        # Ticks, the last one in which a byte moved, bytes that waited to be sent then, and requests that were accepted.
        self._ticks = self._moved = self._waiting = self._exchanges = 0

    @property
    def is_open(self) -> bool:
        """Whether it knows a server to ask."""
        return self._server is not None

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection."""
        return self._connection is not None

    def init(self, host: str, port: int) -> bool:
        """See `HttpClient.init`."""
        self._refuse_if_closed()
        if self._server is not None:
            return self._fail("it asks a server already: close() it first", errno.EALREADY)
        if not 1 <= port <= 65535:
            return self._fail(f"there is no port {port}", errno.EINVAL)
        try:
            host_field(host, port)
        except ValueError as error:
            return self._fail(str(error), errno.EINVAL)
        self._server = (host, port)
        return True

    # --- asking

    def request(
        self,
        method: str | bytes,
        target: str | bytes,
        headers: Iterable[tuple[bytes | str, bytes | str]],
        body: bytes,
    ) -> int:
        """See `HttpClient.request`."""
        if self._server is None:
            self._fail("nothing asked: there is no server, init comes first", errno.ENOTCONN)
            return 0
        try:
            asked = ask(self._exchanges + 1, self._ticks, self._server, method, target, headers, body)
        except ValueError as error:
            self._fail(f"nothing asked: {error}", errno.EINVAL)
            return 0
        self._exchanges += 1
        self._queue.append(asked)
        return asked.number

    def cancel(self, exchange: int) -> bool:
        """See `HttpClient.cancel`."""
        if self._current is not None and self._current.number == exchange:
            self._give_up("it was cancelled", errno.ECANCELED)
            return True
        for asked in self._queue:
            if asked.number == exchange:
                self._queue.remove(asked)
                self._failed(asked, "it was cancelled", errno.ECANCELED)
                return True
        return False

    def close(self) -> None:
        """See `HttpClient.close`."""
        self._give_up("the client was closed", errno.ECANCELED)
        while self._queue:
            self._failed(self._queue.popleft(), "the client was closed", errno.ECANCELED)
        self._server = None

    def discard(self) -> None:
        """End it for good, and call nobody back any more: its object has another handle."""
        self._closed = True
        self._owner = None
        self.close()
        self._outcomes.clear()

    # --- one tick

    def tick(self) -> None:
        """Do what is ready, in bounds, and tell of it. Never waits."""
        owner = self._owner
        # A tick from inside a callback returns at once: the outer one goes on with the work.
        if owner is None or self._ticking:
            return
        self._ticking = True
        try:
            self._ticks += 1
            for _ in range(_REQUESTS):
                self._go_on()
                if self._current is not None or not self._queue:
                    break
            self._count()
            # Not what these callbacks lead to: that is for the next tick. They may give the handle away or close it.
            for _ in range(len(self._outcomes)):
                if self._owner is not owner or not self._outcomes:
                    break
                name, *arguments = self._outcomes.popleft()
                getattr(owner, name)(*arguments)
        finally:
            self._ticking = False

    def _go_on(self) -> None:
        if self._running is not None:
            self._running.turn()
        if self._current is None:
            self._look_at_idle()
            if not self._queue:
                return
            self._current, self._moved = self._queue.popleft(), self._ticks - 1
            if self._connection is not None:
                self._send(self._connection)
        if self._running is None:
            self._begin()
        try:
            self._read()
        except RejectedError as error:
            self._give_up(f"the response is broken: {error}", _CODES.get(error.status, errno.EPROTO))
        except OSError as error:
            self._give_up(error.strerror or str(error), error.errno or errno.EIO)

    # A connection that nobody uses: its server may have left, and has nothing to say.
    def _look_at_idle(self) -> None:
        if self._running is not None and not self._running.news.empty():
            if isinstance(self._running.news.get_nowait(), bytes):
                self._outcomes.append(("on_log", "the server said something unasked, and is left"))
            self._retire()

    def _begin(self) -> None:
        assert self._server is not None
        self._running = Running()
        self._running.start(_life(*self._server, self._running.news))
        self._running.turn()

    def _send(self, connection: Connection) -> None:
        current, running = self._current, self._running
        assert current is not None
        assert running is not None
        self._reader = ResponseReader(self._limits, current.is_head)
        # In one piece as far as that goes: a head alone would wait in the system for its body.
        whole = memoryview(current.head + current.body)
        for start in range(0, len(whole), _PIECE):
            connection.put(bytes(whole[start : start + _PIECE]))
        self._waiting = connection.queued
        running.turn()

    def _read(self) -> None:
        for _ in range(_STEPS):
            reader = self._reader
            result = reader.step() if reader is not None and reader.begun else False
            if isinstance(result, Response):
                self._respond(result)
                return
            if not result and not self._hear():
                return

    # Take one piece of news. Whether there was any, and more may follow.
    def _hear(self) -> bool:
        running, reader = self._running, self._reader
        assert running is not None
        if running.news.empty():
            return False
        self._moved = self._ticks
        news = running.news.get_nowait()
        running.news.task_done()
        if isinstance(news, Connection):
            self._connection = news
            self._outcomes.append(("on_log", f"connected to {news.address}"))
            self._send(news)
            return True
        if isinstance(news, tuple):
            self._lost(news[1])
            return False
        assert reader is not None
        if news is not None:
            reader.feed(news)
            return True
        if reader.begun:
            self._respond(reader.end())
        else:
            self._lost(ConnectionResetError(errno.ECONNRESET, "the server left without a response"))
        return False

    # The server has left. Before any byte of a response, on a connection that an earlier request had, it may just have
    # been closed for being idle: RFC 9112, section 9.3.1.
    def _lost(self, error: OSError) -> None:
        current, reader = self._current, self._reader
        assert current is not None
        if self._used and reader is not None and not reader.begun and current.may_be_repeated:
            self._retire()
            return
        raise error

    def _respond(self, response: Response) -> None:
        current, connection = self._current, self._connection
        assert current is not None
        assert connection is not None
        self._current = self._reader = None
        self._outcomes.append(
            ("on_response", current.number, response.status, response.reason, response.headers, response.body)
        )
        if response.goes_on and not current.ends and connection.queued == 0 and connection.failure is None:
            self._used = True
        else:
            self._retire()

    def _count(self) -> None:
        stall, deadline, current = self._limits.stall_ticks, self._limits.deadline_ticks, self._current
        if self._connection is not None and self._connection.queued != self._waiting:
            self._waiting, self._moved = self._connection.queued, self._ticks
        if deadline is not None:
            why = f"not done in {deadline} ticks"
            if current is not None and self._ticks - current.since >= deadline:
                self._give_up(why, errno.ETIMEDOUT)
            while self._queue and self._ticks - self._queue[0].since >= deadline:
                self._failed(self._queue.popleft(), why, errno.ETIMEDOUT)
        if stall is not None and self._current is not None and self._ticks - self._moved >= stall:
            self._give_up(f"nothing has moved for {stall} ticks", errno.ETIMEDOUT)

    # --- ends

    # The request under way has failed, and its connection is of no use to another.
    def _give_up(self, why: str, code: int) -> None:
        current, self._current = self._current, None
        if current is not None:
            self._failed(current, why, code)
        self._retire()

    def _failed(self, asked: Asked, why: str, code: int) -> None:
        self._outcomes.append(("on_failure", asked.number, why, code))

    # End the connection, with what waits to be sent.
    def _retire(self) -> None:
        running, self._running = self._running, None
        self._connection = self._reader = None
        self._used = False
        if running is not None:
            running.end()


# From the look-up of a name to the end of the connection, or to the reason why there is none.
async def _life(host: str, port: int, news: asyncio.Queue[News]) -> None:
    failure = OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
    try:
        for family, _, _, _, where in await look_up(host, port):
            try:
                connection = ToServer(await dial(family, where), f"{where[0]}:{where[1]}")
                break
            except OSError as error:
                failure = error
        else:
            raise failure
    except OSError as error:
        await news.put(("cannot connect", error))
        return
    with connection.socket:
        await news.put(connection)
        await connection.follow(news)
