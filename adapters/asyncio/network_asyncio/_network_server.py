"""`NetworkServer`, the handle of the server half: it comes to its connections by listening."""

from __future__ import annotations

import asyncio
import socket
from typing import ClassVar

from ._handle import Handle
from ._listening import Listening
from ._running import Connection, Running


class NetworkServer(Listening, Handle):
    """The handle: the listener, at most one client, and the object whose callbacks they cause. It outlives the object.

    Clause: NetworkServer
    """

    PEER: ClassVar[str] = "client"
    ADAPTER: ClassVar[str] = "make_server_adapter"

    def close(self) -> None:
        """Close the client and the listener. Calls nothing back; may be called twice."""
        self._closed = True
        self._owner = self._connection = self.port = None
        running, self._running = self._running, None
        if running is not None:
            running.turn()  # a last attempt to send what waits
            running.end()

    # One client after the other, the next only after the departure of the last was told. Who comes meanwhile waits in
    # the system's queue.
    async def _serve(self, listener: socket.socket, running: Running) -> None:
        loop, news = asyncio.get_running_loop(), running.news
        reported = False
        with listener:
            while True:
                try:
                    accepted, name = await loop.sock_accept(listener)
                except OSError as error:
                    # Out of descriptors, say: the client keeps waiting and is tried again, but one report will do.
                    if not reported:
                        await news.put(("a client cannot be taken yet", error))
                    reported = True
                    await asyncio.sleep(0)
                    continue
                reported = False
                with accepted:
                    client = Connection(accepted, f"{name[0]}:{name[1]}")
                    await news.put(client)
                    await client.follow(news)
                await news.join()
