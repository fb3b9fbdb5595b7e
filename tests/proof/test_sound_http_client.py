"""The sound HTTP client by itself, against the server of the standard library."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from dasnet_conformance.proof.faults.sound import HttpClient, SharedOrphan


class Handler(BaseHTTPRequestHandler):
    """Says what it was asked."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        body = f"{self.command} {self.path} ".encode() + self.rfile.read(length)
        if self.path == "/chunks":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"%x\r\n%s\r\n0\r\nX-Trailer: a\r\n\r\n" % (len(body), body))
            return
        self.send_response(404 if self.path == "/missing" else 200, "Whatever")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_HEAD = answer  # noqa: N815 - as the class has them

    def log_message(self, *anything: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


class Asker(HttpClient):
    """Keeps what it hears."""

    def __init__(self, **limits: int) -> None:
        super().__init__(**limits)
        self.heard: list[tuple[Any, ...]] = []

    def on_response(
        self, exchange: int, status: int, reason: str, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> None:
        self.heard.append((exchange, status, reason, body))

    def on_failure(self, exchange: int, message: str, code: int) -> None:
        self.heard.append((exchange, message, code))

    def wait_for(self, count: int) -> None:
        for _ in range(200_000):
            if len(self.heard) >= count:
                return
            self.tick()
        raise AssertionError(self.heard)


@pytest.fixture
def asker(port: int) -> Iterator[Asker]:
    made = Asker()
    made.make_http_client_adapter()
    assert made.init("127.0.0.1", port)
    yield made
    made.close()


def test_requests_are_answered_in_order_on_one_connection(asker: Asker) -> None:
    numbers = [
        asker.request("GET", "/a?b=c"),
        asker.request("POST", "/chunks", [("X-Field", "a")], b"body"),
        asker.request("HEAD", "/a"),
        asker.request("GET", "/missing"),
    ]
    asker.wait_for(4)
    assert asker.heard == [
        (numbers[0], 200, "Whatever", b"GET /a?b=c "),
        (numbers[1], 200, "OK", b"POST /chunks body"),
        (numbers[2], 200, "Whatever", b""),
        (numbers[3], 404, "Whatever", b"GET /missing "),
    ]


def test_a_reload_loses_nothing(asker: Asker) -> None:
    number = asker.request("POST", "/", (), b"0123456789" * 100_000)
    asker.tick()
    orphan = SharedOrphan()
    asker.save(orphan)
    fresh = Asker()
    fresh.restore(orphan)
    fresh.wait_for(1)
    assert fresh.heard == [(number, 200, "Whatever", b"POST / " + b"0123456789" * 100_000)]
    assert asker.heard == []
    fresh.close()


@pytest.mark.parametrize(
    ("method", "target", "headers"),
    [
        ("GE T", "/", ()),
        ("GET", "/a b", ()),
        ("GET", "a", ()),
        ("GET", "/", [("X", "a\rb")]),
        ("GET", "/", [("", "a")]),
    ],
)
def test_what_http_forbids_is_not_asked(asker: Asker, method: str, target: str, headers: list[tuple[str, str]]) -> None:
    assert asker.request(method, target, headers) == 0
    asker.tick()
    assert asker.heard == []


def test_limits_that_let_nothing_through_are_refused() -> None:
    with pytest.raises(ValueError, match="a limit is 1 or more"):
        Asker(largest_head=0)
    with pytest.raises(ValueError, match="there is no handle"):
        Asker().save(SharedOrphan())
    with pytest.raises(ValueError, match="no handle of an HTTP client"):
        Asker().restore(SharedOrphan())
