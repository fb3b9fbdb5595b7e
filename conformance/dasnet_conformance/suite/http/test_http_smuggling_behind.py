"""Section http-smuggling: what stands behind a request that was rejected for its framing or size, whenever it comes."""

from __future__ import annotations

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_side import (
    Limits,
    client_of,
    finals_at,
    greeting,
    request_of,
    still_serves,
    targets_of,
)

HIDDEN = request_of("/hidden")
HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\n"
CODING = b"Transfer-Encoding: "
LENGTH = f"Content-Length: {len(HIDDEN)}"
# Too large by its last field, however it is counted, and what stands behind that is no field.
LARGE_HEAD = request_of(
    "/",
    LENGTH,
    *(f"X-{number}: {'a' * 100}" for number in range(7)),
    f"X-Last: {'a' * 300}",
    "GET /hidden HTTP/1.1",
    "Host: localhost",
    method="POST",
)
MANY_FIELDS = request_of("/", LENGTH, *(f"X-{number}: a" for number in range(12)), method="POST")
# Of the data more is there than any server takes that waits for what it counts.
LARGE_CHUNK = HEAD + CODING + b"chunked\r\n\r\n7d0\r\n" + (HIDDEN * 60)[:1_900]


@check("http-smuggling.behind-rejected")
@pytest.mark.parametrize("when", ["at once", "after the answer"])
@pytest.mark.parametrize(
    ("faulty", "limits"),
    [
        pytest.param(HEAD + b"Content-Length: +5\r\n\r\nhello", None, id="a length with a sign"),
        pytest.param(HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", None, id="lengths that differ"),
        pytest.param(HEAD + CODING + b"chunked, gzip\r\n\r\n0\r\n\r\n", None, id="a coding that is not the last"),
        pytest.param(HEAD + CODING + b"chunked\r\n\r\nzz\r\n", None, id="a size that is none"),
        pytest.param(HEAD + CODING + b"chunked\r\n\r\n1\r\nhello\r\n", None, id="data without an end"),
        pytest.param(LARGE_HEAD, Limits(head=1_000), id="a head too large"),
        pytest.param(MANY_FIELDS, Limits(fields=10), id="fields too many"),
        pytest.param(HEAD + b"Content-Length: 2000\r\n\r\n", Limits(body=1_000), id="a length too large"),
        pytest.param(LARGE_CHUNK, Limits(body=1_000), id="a chunk too large"),
    ],
)
def test_behind_rejected(host: Host, faulty: bytes, limits: Limits | None, when: str) -> None:
    """In the same write, and in one of its own when the answer is there: the connection has lost its bearings.

    What follows the ones that are too large is the body, or a part of it, that they announce.
    """
    server = greeting(host, limits=limits)
    peer = client_of(host, server)
    peer.send(faulty + HIDDEN if when == "at once" else faulty)
    host.until(lambda: bool(peer.closed or finals_at(peer)), server, what="an answer, or the end of the connection")
    if when != "at once":
        peer.send(HIDDEN)
    host.settle(server)
    expect.that(
        "/hidden" not in targets_of(server),
        "what follows a request that was rejected for its framing or its size",
        expected="no callback",
        got=f"callbacks for {', '.join(targets_of(server))}",
    )
    still_serves(host, server)
