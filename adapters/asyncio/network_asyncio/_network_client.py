"""`NetworkClient`, the handle of the client half: it comes to its connection by connecting."""

from __future__ import annotations

import asyncio
import errno
import os
import time
from typing import ClassVar

from ._handle import Handle
from ._reaching import dial, look_up
from ._running import Connection, Running


class NetworkClient(Handle):
    """The handle: at most one connection to a server, and the object whose callbacks it causes.

    Each connection has a loop of its own, so that a client without one costs nothing.

    Clause: NetworkClient
    """

    PEER: ClassVar[str] = "server"
    ADAPTER: ClassVar[str] = "make_client_adapter"

    def __init__(self) -> None:
        super().__init__()
        # Of connections that were closed with bytes still to be sent.
        self._leaving: list[Running] = []

    def connect(self, host: str, port: int, timeout_ms: int) -> bool:
        """Connect within `timeout_ms`. True after `on_connect`; false, with `on_error`, when there is no connection."""
        self._refuse_if_closed()
        if timeout_ms < 0:
            raise ValueError(f"timeout_ms must be 0 or more milliseconds, not {timeout_ms}")
        if self._connection is not None:
            return self._fail(f"connected to {self._connection.address}: close() it first", errno.EISCONN)
        if not 1 <= port <= 65535:
            return self._fail(f"there is no port {port}", errno.EINVAL)
        if not host:
            return self._fail("the host is empty: name a server", errno.EINVAL)
        self._retire()
        running = Running()
        try:
            connection = running.loop.run_until_complete(_reach(host, port, time.monotonic() + timeout_ms / 1000))
        except OSError as error:
            running.end()
            reason = "no answer in time" if isinstance(error, TimeoutError) else error.strerror or error
            code = error.errno or (errno.ETIMEDOUT if isinstance(error, TimeoutError) else errno.EIO)
            return self._fail(f"cannot connect to {host} port {port}: {reason}", code)
        except BaseException:
            running.end()
            raise
        running.start(connection.follow(running.news))
        running.news.put_nowait(connection)
        self._running = running
        owner = self._owner
        self._tell(owner, running)
        if self._running is running:
            owner.on_log(f"connected to {connection.address}")
        return True

    def tick(self) -> None:
        """As of every handle; what was closed with bytes still to be sent is carried on."""
        for running in list(self._leaving):
            if running.turn():
                self._leaving.remove(running)
                running.end()
        super().tick()
        if self._connection is None and not self._ticking:
            self._retire()

    def close(self) -> None:
        """End the connection; ticks still send what `send` accepted. Calls nothing back; may be called twice."""
        connection, self._connection = self._connection, None
        running, self._running = self._running, None
        if running is None:
            return
        if connection is not None and connection.queued and connection.failure is None:
            connection.leave()
            self._leaving.append(running)
        else:
            running.end()

    def discard(self) -> None:
        """End it for good, with what waits to be sent: its object has another handle."""
        self.close()
        self._closed = True
        self._owner = None
        while self._leaving:
            self._leaving.pop().end()

    # The loop of a connection whose end was told.
    def _retire(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.end()


# A connection to the first address of the host that takes one before `end`, of the monotonic clock. Raises `OSError`.
async def _reach(host: str, port: int, end: float) -> Connection:
    async with asyncio.timeout(max(end - time.monotonic(), 0)):
        addresses = await look_up(host, port)
    failure = OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
    for number, (family, _, _, _, where) in enumerate(addresses):
        try:
            # Those that come after it have to have their share.
            async with asyncio.timeout(max(end - time.monotonic(), 0) / (len(addresses) - number)):
                return Connection(await dial(family, where), f"{where[0]}:{where[1]}")
        except OSError as error:
            failure = error
    raise failure
