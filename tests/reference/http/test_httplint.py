"""What httplint has to say of the answers of `HttpServer`, its own and those of a host. Loopback sockets alone."""

from __future__ import annotations

import pytest
from http_server_tools import Site, exchange, get, post
from httplint import HttpRequestLinter, HttpResponseLinter
from httplint.note import levels

#: Complaints that are about what the host said, or about the request, and not about how the answer is on the wire.
OF_OTHERS = {
    "FRESHNESS_HEURISTIC",  # no Cache-Control was given
    "STATUS_BAD_REQUEST",
    "STATUS_URI_TOO_LONG",
    "STATUS_VERSION_NOT_SUPPORTED",
}

CLOSE = "Connection: close"


def complaints(request: bytes, answer: bytes) -> list[str]:
    """The notes that are warnings or worse, by name. It insists that the answer is whole."""
    method, target, _ = request.split(b"\r\n", 1)[0].split(b" ", 2)
    asked = HttpRequestLinter()
    asked.process_request_topline(method, target, b"HTTP/1.1")
    asked.process_headers([])
    asked.finish_content(True)
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    version, status, reason = first.split(b" ", 2)
    linter = HttpResponseLinter()
    linter.request = asked
    linter.is_head_response = method == b"HEAD"
    linter.process_response_topline(version, status, reason)
    linter.process_headers([tuple(line.split(b": ", 1)) for line in lines])  # type: ignore[misc]
    linter.feed_content(body)
    linter.finish_content(True)
    bad = [type(note).__name__ for note in linter.notes if note.level in (levels.BAD, levels.WARN)]
    return [name for name in bad if name not in OF_OTHERS]


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (200, [("Content-Type", "text/plain")], b"a body"),
        (200, [("Content-Type", "text/plain")], b""),
        (204, [], b""),
        (304, [("ETag", '"a"')], b""),
        (301, [("Location", "/elsewhere")], b""),
        (404, [("Content-Type", "text/plain")], b"no such page"),
        (500, [("Content-Type", "text/plain")], b"broken"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_answer_of_the_host(
    site: Site, status: int, headers: list[tuple[str, str]], body: bytes, method: str
) -> None:
    site.answering = lambda asked: site.respond(asked.exchange, status, headers, body)
    request = get("/", CLOSE).replace(b"GET", method.encode())
    assert complaints(request, exchange(site, request)) == []


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", 400, id="no Host"),
        pytest.param(get("/" + "a" * 20_000), 414, id="a long line"),
        pytest.param(get("/", *[f"X-{number}: 1" for number in range(400)]), 431, id="many fields"),
        pytest.param(
            post("/", b"", "Content-Length: 999999999999").replace(b"Content-Length: 0\r\n", b""), 413, id="large"
        ),
        pytest.param(get("/", "Transfer-Encoding: gzip, chunked"), 501, id="a coding"),
        pytest.param(get("/").replace(b"1.1", b"2.0"), 505, id="a version"),
    ],
)
def test_an_answer_of_the_servers_own(site: Site, request_: bytes, status: int) -> None:
    answer = exchange(site, request_)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert complaints(request_, answer) == []


def test_it_would_say_so() -> None:
    """An answer with two lengths, without a Date and with a blank in a name."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\nX Y: 1\r\n\r\na"
    assert len(complaints(get("/"), answer)) > 1
