"""`NetworkHttpServer`, the handle of an `HttpServer`: the listener, its connections, and what a tick does with them.

A tick turns the loop, which reads and writes in bounds, then goes through the connections outside the loop: so a
callback may do anything. It does a bounded amount of work; what is left over waits for the next tick, and nobody's
second request is told of before everybody's first.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Final

from ._http_answer import check_answer
from ._http_connection import CHUNK, HttpConnection
from ._listening import Listening

if TYPE_CHECKING:
    from ._http_limits import HttpLimits
    from ._running import Running

# What one tick does at most: steps of reading, in all and for one client in its turn; requests that are called back.
_STEPS: Final = 1000
_STEPS_IN_TURN: Final = 100
_REQUESTS: Final = 40


class NetworkHttpServer(Listening):
    """A listener, its connections, and the object whose callbacks they cause. It outlives the object.

    Argument: `limits`, those of the object that makes it.
    """

    ADAPTER: ClassVar[str] = "make_http_server_adapter"

    def __init__(self, limits: HttpLimits) -> None:
        super().__init__()
        self._limits = limits
        # In the order of their turns.
        self._connections: dict[HttpConnection, None] = {}
        self._asked: dict[int, HttpConnection] = {}
        self._exchanges = 0
        self._room = asyncio.Event()
        self._room.set()
        # Why a client cannot be taken, until that is told; and whether it was, since the last one who could.
        self._trouble: OSError | None = None
        self._reported = False

    async def _serve(self, listener: socket.socket, running: Running) -> None:  # noqa: ARG002
        loop = asyncio.get_running_loop()
        scratch = bytearray(CHUNK)
        with listener:
            async with asyncio.TaskGroup() as beginning:
                while True:
                    # Without a place for it, a client waits in the system's queue.
                    await self._room.wait()
                    try:
                        accepted, name = await loop.sock_accept(listener)
                    except OSError as error:
                        # Out of descriptors, say: the client keeps waiting and is tried again.
                        self._trouble = error
                        await asyncio.sleep(0)
                        continue
                    self._trouble, self._reported = None, False
                    connection = HttpConnection(accepted, f"{name[0]}:{name[1]}", self._limits, scratch)
                    self._connections[connection] = None
                    if len(self._connections) >= self._limits.most_connections:
                        self._room.clear()
                    beginning.create_task(connection.begin())

    # --- one tick

    def tick(self) -> None:
        """Do what is ready, in bounds, and tell of it. Never waits."""
        owner, running = self._owner, self._running
        # A tick from inside a callback returns at once: the outer one goes on with the work.
        if owner is None or running is None or self._ticking:
            return
        self._ticking = True
        try:
            running.turn()
            self._look_after(owner)
            self._read(owner)
            if self._owner is owner and self._trouble is not None and not self._reported:
                self._reported = True
                trouble = self._trouble
                owner.on_error(f"a client cannot be taken yet: {trouble.strerror}", trouble.errno or errno.EIO)
        finally:
            self._ticking = False

    # Those that are over make room for others. A callback may give the handle away or close it, here as everywhere.
    def _look_after(self, owner: Any) -> None:
        for connection in list(self._connections):
            if not connection.is_over and connection.has_stalled(self._limits.stall_ticks):
                connection.time_out()
            if not connection.is_over:
                continue
            del self._connections[connection]
            self._asked.pop(connection.exchange, None)
            self._room.set()
            left = connection.has_begun
            connection.close()
            if left:
                owner.on_log(f"client {connection.address} left in the middle of a request")
                if self._owner is not owner:
                    return

    def _read(self, owner: Any) -> None:
        steps, requests = _STEPS, _REQUESTS
        busy = list(self._connections)
        while busy and steps > 0 and self._owner is owner:
            going = []
            for connection in busy:
                if self._owner is not owner or steps <= 0:
                    return
                done = self._read_in_turn(connection, min(steps, _STEPS_IN_TURN))
                steps -= done
                if connection.rejected is not None:
                    self._turn_down(owner, connection)
                elif connection.request is not None and not connection.exchange and requests > 0:
                    requests -= 1
                    self._tell(owner, connection)
                    going.append(connection)
                elif done and connection.request is None:
                    going.append(connection)
            busy = going

    # Whoever had a turn stands behind the others, which are the first in the next tick.
    def _read_in_turn(self, connection: HttpConnection, most: int) -> int:
        done = 0
        while done < most and connection.step():
            done += 1
        if done and connection in self._connections:
            del self._connections[connection]
            self._connections[connection] = None
        return done

    # A stranger's bad request is a line in the log, and no error.
    def _turn_down(self, owner: Any, connection: HttpConnection) -> None:
        rejected = connection.turn_down()
        if rejected is not None:
            owner.on_log(f"client {connection.address} turned down: {rejected.status}, {rejected}")

    def _tell(self, owner: Any, connection: HttpConnection) -> None:
        request = connection.request
        assert request is not None
        self._exchanges += 1
        number = connection.exchange = self._exchanges
        self._asked[number] = connection
        try:
            owner.on_request(number, request.method, request.target, request.version, request.headers, request.body)
        except BaseException:
            # The host hears of it, and the client that there is no answer.
            if self._asked.pop(number, None) is not None:
                connection.fail()
            raise

    # --- answers

    def respond(
        self, exchange: int, status: int, headers: Iterable[tuple[bytes | str, bytes | str]], body: bytes
    ) -> bool:
        """See `HttpServer.respond`."""
        fields, content, ends = check_answer(status, headers, body)
        connection = self._asked.pop(exchange, None)
        return connection is not None and connection.respond(status, fields, content, ends)

    def close(self) -> None:
        """End every connection and the listener. Calls nothing back; may be called twice."""
        self._closed = True
        self._owner = self.port = None
        running, self._running = self._running, None
        self._asked.clear()
        if running is not None:
            running.turn()  # a last attempt to send what waits
            running.stop()  # nobody else is taken
            for connection in self._connections:
                connection.abort()
            self._connections.clear()
            running.turn()
            running.end()
