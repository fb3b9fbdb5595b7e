"""What a client connects to: a port that listens, refuses or does not answer, as it did when it was recorded."""

from __future__ import annotations

import select
import socket

from .segments import shorten
from .trouble import Unusable


class Listener:
    """A port on loopback. `port` is today's number."""

    def __init__(self, kind: str, wanted: int, address: str) -> None:
        self._socket = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        try:
            self._socket.bind((address, wanted))
        except OSError:
            self._socket.bind((address, 0))
        self.port: int = self._socket.getsockname()[1]
        self._fillers: list[socket.socket] = []
        shorten(self._socket)
        if kind != "refuse":
            self._socket.listen(0 if kind == "silent" else 128)
        if kind == "silent":
            for _ in range(4):
                filler = socket.socket(self._socket.family, socket.SOCK_STREAM)
                filler.setblocking(False)
                filler.connect_ex(self._socket.getsockname())
                self._fillers.append(filler)

    def open(self) -> None:
        """Listen, where it refused so far."""
        self._socket.listen(128)

    def has_more(self) -> bool:
        """Whether somebody has connected whom the script does not take."""
        return not self._fillers and bool(select.select([self._socket], [], [], 0)[0])

    def accept(self) -> socket.socket:
        """The next who connected. Raises Unusable when nobody comes."""
        if not select.select([self._socket], [], [], 10.0)[0]:
            raise Unusable(f"the client did not connect to port {self.port}")
        return self._socket.accept()[0]
