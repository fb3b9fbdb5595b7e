"""A server of the standard library that answers with the body that came, for clients that are tried on it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Mirror(BaseHTTPRequestHandler):
    """Answers with the body that came, in chunks where it is long."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """A request with a body."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        if len(body) > 1000:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
        else:
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Nothing."""


@contextmanager
def serving() -> Iterator[int]:
    """The port of it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Mirror) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
