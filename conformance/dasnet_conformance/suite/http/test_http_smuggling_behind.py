"""Section http-smuggling: what stands behind a request that was rejected for its framing, whenever it comes."""

from __future__ import annotations

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_side import (
    client_of,
    finals_at,
    greeting,
    request_of,
    still_serves,
    targets_of,
)

HIDDEN = request_of("/hidden")
HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\n"


@check("http-smuggling.behind-rejected")
@pytest.mark.parametrize("when", ["at once", "after the answer"])
@pytest.mark.parametrize(
    "faulty",
    [
        pytest.param(HEAD + b"Content-Length: +5\r\n\r\nhello", id="a length with a sign"),
        pytest.param(HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", id="lengths that differ"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", id="a coding that is not the last"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", id="a size that is none"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\nhello\r\n", id="data without an end"),
    ],
)
def test_behind_rejected(host: Host, faulty: bytes, when: str) -> None:
    """In the same write, and in one of its own when the answer is there: the connection has lost its bearings."""
    server = greeting(host)
    peer = client_of(host, server)
    peer.send(faulty + HIDDEN if when == "at once" else faulty)
    host.until(lambda: bool(peer.closed or finals_at(peer)), server, what="an answer, or the end of the connection")
    if when != "at once":
        peer.send(HIDDEN)
    host.settle(server)
    expect.that(
        "/hidden" not in targets_of(server),
        "what follows a request that was rejected for its framing",
        expected="no callback",
        got=f"callbacks for {', '.join(targets_of(server))}",
    )
    still_serves(host, server)
