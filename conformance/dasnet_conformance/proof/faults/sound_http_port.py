"""An HTTP server on a thread of its own, which ticks it: what the profile `http-port` sees from outside.

It answers each request with 200 and a line of text. It may start a thread, and imports nothing of ours but the server.
"""

from __future__ import annotations

import os
import threading
import time
from typing import Any

from .sound_http import HttpServer

#: Seconds between two ticks: little, for clients wait in earnest.
BETWEEN_TICKS = 0.0005


class HttpPort:
    """A port on which a server of the given class answers, from the first time that it is asked for in a process."""

    def __init__(self, server_class: type[HttpServer]) -> None:
        self.server_class = server_class
        self.process = 0
        self.port = 0

    def __call__(self) -> int:
        """The port. A copy of a process has no threads of the original, and gets a server of its own."""
        if self.process != os.getpid():
            self.process, self.port = os.getpid(), self.start()
        return self.port

    def start(self) -> int:
        """Start a server and its thread; the port."""
        made: Any = type("Answering", (self.server_class,), {"on_request": _answer})()
        made.make_http_server_adapter()
        if not made.init(0):
            raise OSError("no port is free")
        threading.Thread(target=_tick_on, args=(made,), daemon=True).start()
        return int(made._server.listener.getsockname()[1])


def _answer(self: Any, exchange: int, *request: object) -> None:  # noqa: ARG001
    self.respond(exchange, 200, [("Content-Type", "text/plain")], b"a greeting\r\n")


def _tick_on(server: HttpServer) -> None:
    while True:
        try:
            server.tick()
        except Exception:
            # What a wrong server raises is its own affair: the next tick may do better.
            pass
        time.sleep(BETWEEN_TICKS)  # the pace of its frame loop
