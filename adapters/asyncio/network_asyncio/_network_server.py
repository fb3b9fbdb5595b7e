"""`NetworkServer`, the handle of the server half: it comes to its connections by listening."""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
from typing import ClassVar, Final

from ._handle import Handle
from ._running import Connection, News, Running

_BACKLOG: Final = 128


class NetworkServer(Handle):
    """The handle: the listener, at most one client, and the object whose callbacks they cause. It outlives the object.

    Clause: NetworkServer
    """

    PEER: ClassVar[str] = "client"
    ADAPTER: ClassVar[str] = "make_server_adapter"

    def __init__(self) -> None:
        super().__init__()
        #: The port it listens on, None while it does not.
        self.port: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether it listens."""
        return self._running is not None

    def init(self, port: int) -> bool:
        """Listen on a port. False, after `on_error`, when it cannot be had."""
        self._refuse_if_closed()
        if self._running is not None:
            # Server: one listening socket. A second init is turned down, whichever port it asks for.
            return self._fail("already listening: close() it first", errno.EALREADY)
        if not 0 <= port <= 65535:
            return self._fail(f"there is no port {port}", errno.EINVAL)
        try:
            listener = _listen(getattr(self._owner, "host", "127.0.0.1"), port)
        except OSError as error:
            return self._fail(f"cannot listen on port {port}: {error.strerror}", error.errno or errno.EIO)
        self._running = Running()
        self._running.start(_serve(listener, self._running.news))
        self.port = listener.getsockname()[1]
        if self._owner is not None:
            self._owner.on_log(f"listening on port {self.port}")
        return True

    def close(self) -> None:
        """Close the client and the listener. Calls nothing back; may be called twice."""
        self._closed = True
        self._owner = self._connection = self.port = None
        running, self._running = self._running, None
        if running is not None:
            running.turn()  # a last attempt to send what waits
            running.end()


# The life of the listener: one client after the other, the next only after the departure of the last was told. Who
# comes meanwhile waits in the system's queue.
async def _serve(listener: socket.socket, news: asyncio.Queue[News]) -> None:
    loop = asyncio.get_running_loop()
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
