"""The reference's HttpServer in a loop of its own: answers 200."""

from __future__ import annotations

import sys
import time

from dasnet_reference import HttpServer


class Hello(HttpServer):
    """Whatever is asked for."""

    def on_request(self, exchange: int, *_: object) -> None:
        self.respond(exchange, 200, [("Content-Type", "text/plain")], b"hello\n")


with Hello() as server:
    server.make_http_server_adapter()
    server.init(int(sys.argv[1]))
    while True:
        server.tick()
        time.sleep(0.001)
