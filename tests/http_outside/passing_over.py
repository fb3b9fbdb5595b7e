"""A server for the tests of `http-port`: it answers whatever was asked for, and then passes over the body.

`python passing_over.py MANNER` prints its port. MANNER says what it does where a body cannot be read, or is too large
to pass over: `ends` says close and ends the connection; `goes on` takes what follows for the next request; `always
ends` says close to whomever it answers, and takes any body. `redirects` is as `ends`, and answers 301 to a request
line that it cannot read.
"""

from __future__ import annotations

import re
import socket
import socketserver
import sys

LARGEST = 1 << 16
MANNER = " ".join(sys.argv[1:])


def answer(connection: socket.socket, status: str, *, close: bool) -> None:
    """Send an answer without content."""
    fields = "Date: Sat, 01 Jan 2000 00:00:00 GMT\r\nContent-Length: 0\r\n" + "Connection: close\r\n" * close
    connection.sendall(f"HTTP/1.1 {status}\r\n{fields}\r\n".encode())


class Visit(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        """Answer one request after the other."""
        while self.answered():
            pass

    def answered(self) -> bool:
        """Read a request and answer it; whether another may follow."""
        line = self.rfile.readline(4096)
        if not line:
            return False
        fields = {}
        while (field := self.rfile.readline(4096)) not in (b"\r\n", b""):
            name, _, value = field.partition(b":")
            fields[name.lower()] = value.strip().lower()
        if not re.fullmatch(rb"([A-Z]+ (/[!-~]*|https?://[!-.0-~][!-~]*)|OPTIONS \*) HTTP/1\.[01]\r\n", line):
            answer(self.connection, "301 Moved Permanently" if MANNER == "redirects" else "400 Bad Request", close=True)
            return False
        passed = self.passed_over(fields)
        close = (
            MANNER == "always ends"
            or (not passed and MANNER != "goes on")
            or b"close" in fields.get(b"connection", b"")
        )
        answer(self.connection, "200 OK", close=close)
        return not close

    def passed_over(self, fields: dict[bytes, bytes]) -> bool:
        """Whether the body could be read to its end."""
        if fields.get(b"transfer-encoding") == b"chunked":
            while True:
                size = re.fullmatch(rb"([0-9a-f]{1,5})(;[ -~]*)?\r\n", self.rfile.readline(4096), re.IGNORECASE)
                if size is None:
                    return False
                count = int(size[1], 16)
                if not count:
                    while (line := self.rfile.readline(4096)) not in (b"\r\n", b""):
                        if not line.endswith(b"\r\n"):
                            return False
                    return True
                if len(self.rfile.read(count)) < count or self.rfile.read(2) != b"\r\n":
                    return False
        length = int(fields.get(b"content-length", b"0"))
        return length <= LARGEST and len(self.rfile.read(length)) == length


class Server(socketserver.ThreadingTCPServer):
    """On any port of loopback. A client that breaks off is none of its business."""

    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    with Server(("127.0.0.1", 0), Visit) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()
