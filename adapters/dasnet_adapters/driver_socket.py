"""The adapter `tcp:HOST:PORT`: the line protocol with a driver that runs already and listens.

The driver is someone else's process: nothing is started or killed here, only connected to and let go. May import the
standard library and the modules beside it.
"""

from __future__ import annotations

import contextlib
import socket

from .channel import LONGEST_LINE, Aside, Channel, PollChannel
from .contract import AdapterBroken
from .driver_peer import Peer
from .driver_session import DEFAULT_STOP, DriverAdapter
from .hints import HINTS
from .patience import DEFAULT_DEADLINE


class SocketPeer:
    """A driver at the other end of a connection.

    Arguments: `connection`, connected; `limit`, the longest line in bytes.
    """

    def __init__(self, connection: socket.socket, limit: int = LONGEST_LINE) -> None:
        connection.setblocking(False)
        # Commands are short and each waits for its answer; holding them back to fill a packet would double that wait.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection = connection
        descriptor = connection.fileno()
        self._channel = PollChannel(
            descriptor,
            descriptor,
            receive=connection.recv,
            send=connection.send,
            close=connection.close,
            limit=limit,
        )
        self._aside = Aside()

    @property
    def channel(self) -> Channel:
        """The connection's lines."""
        return self._channel

    @property
    def aside(self) -> Aside:
        """Nothing: what this driver writes aside stays on its own console."""
        return self._aside

    def obituary(self, *, unread: bool) -> tuple[str, str]:  # noqa: ARG002
        """The connection is all that can be seen from here."""
        return "the driver closed the connection", "connection-lost"

    def dismiss(self, seconds: float) -> tuple[str, str] | None:  # noqa: ARG002
        """Close the connection; whether the driver then stops is its own affair."""
        self._channel.close()
        return None

    def is_alive(self) -> bool:
        """The connection is there, and no more can be seen from here."""
        return True

    def is_ending(self) -> bool:
        """No: a connection that ends tells so when it is read."""
        return False

    def ask_for_stack(self) -> str:
        """Nothing: what it writes aside stays on its own console."""
        return ""

    def close_input(self) -> None:
        """Say that no command follows; what the driver still says is read."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)

    def abandon(self) -> None:
        """Close the connection."""
        self._channel.close()


class DriverSocketAdapter(DriverAdapter):
    """The way to a driver that listens.

    Arguments: `host` and `port` of the driver; `deadline`, seconds for one command and for the connection, None for no
    end; `peer_host`, the address at which peers reach the implementation's server (None: the driver's host); `start`,
    seconds for its first answer (None: as for any command); `stop`, seconds for the answer to `bye`; `limit`, the
    longest line in bytes.
    """

    reached = "driver on TCP"

    def __init__(
        self,
        host: str,
        port: int,
        *,
        deadline: float | None = DEFAULT_DEADLINE,
        peer_host: str | None = None,
        start: float | None = None,
        stop: float = DEFAULT_STOP,
        limit: int = LONGEST_LINE,
    ) -> None:
        def connect() -> Peer:
            try:
                return SocketPeer(socket.create_connection((host, port), timeout=deadline), limit)
            except OSError as error:
                raise AdapterBroken(
                    f"no driver at {f'[{host}]' if ':' in host else host}:{port}: {error.strerror or error}",
                    culprit="caller",
                    hint=HINTS["not-connected"].text,
                ) from None

        super().__init__(connect, deadline=deadline, start=start, stop=stop, peer_host=peer_host or host)
