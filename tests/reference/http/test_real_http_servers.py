"""`HttpClient` and servers that people have: Python's own and node's, each in a process of its own."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence

from http_client_tools import PATIENCE, Asker

from toolchains import needs

PYTHON = """
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        self.send_response(302)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *told):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
"""

# It answers in chunks, where nobody tells it the length.
NODE = """
const server = require("http").createServer((request, response) => {
  if (request.method === "GET") response.writeHead(302, { Location: "/elsewhere" }).end();
  else request.pipe(response);
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
"""


@contextlib.contextmanager
def asking(command: Sequence[str]) -> Iterator[Asker]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.fullmatch(r"(\d+)\n", process.stdout.readline())
            assert found
            with Asker() as asker:
                asker.make_http_client_adapter()
                assert asker.init("localhost", int(found[1]))
                yield asker
        finally:
            process.kill()


def converse(command: Sequence[str]) -> None:
    bodies = [b"", b"short", bytes(range(256)) * 4096]
    with asking(command) as asker:
        for body in bodies:
            asker.request("POST", "/echo", [("Content-Type", "application/octet-stream")], body)
        asker.request("GET", "/")
        deadline = time.monotonic() + 6 * PATIENCE
        while len(asker.outcomes) < 4:
            assert time.monotonic() < deadline, asker.outcomes
            asker.tick()
            time.sleep(0.0002)
        assert [(outcome[0], outcome[1], outcome[4]) for outcome in asker.outcomes[:3]] == [
            (number + 1, 200, body) for number, body in enumerate(bodies)
        ]
        number, status, _, fields, _ = asker.outcomes[3]
        assert (number, status, dict(fields)[b"location"]) == (4, 302, b"/elsewhere")


def test_pythons_own() -> None:
    converse([sys.executable, "-c", PYTHON])


@needs(["node"], "Node.js (Debian: apt-get install nodejs)")
def test_node() -> None:
    converse(["node", "-e", NODE])
