"""Section http-response: answers whose status says that they have no content."""

from __future__ import annotations

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_side import (
    GREETING,
    await_answer,
    await_answers,
    await_request,
    client_of,
    final_bytes,
    finals_at,
    request_of,
    respond,
    serving,
)


@check("http-response.length-without-content")
@pytest.mark.parametrize("left_out", ["of HEAD", "of a 304"])
def test_length_without_content(host: Host, left_out: str) -> None:
    """The same resource as GET has it, which is not empty; the program gives its 304 no body, as it should."""
    server = serving(host)
    peer = client_of(host, server)
    method, status, body = ("HEAD", 200, GREETING) if left_out == "of HEAD" else ("GET", 304, b"")
    fields = () if method == "HEAD" else ('If-None-Match: "a"',)
    peer.send(request_of("/thing"))
    respond(server, await_request(host, server).exchange, headers=b'ETag: "a"\r\n')
    if await_answer(host, server, peer).closes:
        peer = client_of(host, server)
    before = len(finals_at(peer, ("GET", method)))
    peer.send(request_of("/thing", *fields, method=method))
    respond(server, await_request(host, server, 2).exchange, status, b'ETag: "a"\r\n', body)
    answer = await_answers(host, server, peer, before + 1, ("GET", method) if before else (method,))[-1]
    lengths = answer.values("content-length")
    expect.that(
        [length.lstrip(b"0") for length in lengths] in ([], [b"%d" % len(GREETING)]),
        f"Content-Length {left_out}",
        expected=f"none, or {len(GREETING)}, as GET has it",
        got=str(lengths),
    )


@check("http-response.no-content")
@pytest.mark.parametrize("status", [204, 304])
@pytest.mark.parametrize("body", [b"", GREETING], ids=["no body", "a body"])
def test_no_content(host: Host, status: int, body: bytes) -> None:
    """Refusing a body with such a status is as right as leaving it out; then it is given without one."""
    server = serving(host)
    peer = client_of(host, server)
    peer.send(request_of())
    event = await_request(host, server)
    # In a 204 no such field may stand, whoever gives it: it is refused, or left out.
    field = b"Transfer-Encoding: chunked\r\n" if body else b"Content-Length: 12\r\n"
    for given in (field, b"") if status == 204 else (b"",):
        outcome = server.call("respond", event.exchange, status, given, body, 1)
        if expect.name_of(outcome) == "true":
            break
    if expect.name_of(outcome) != "true":
        expect.that(bool(body), f"respond with {status} and no body", expected="true", got=expect.spell(outcome))
        respond(server, event.exchange, status, body=b"")
    answer = await_answer(host, server, peer)
    host.settle(server)
    expect.equal(answer.status, status, "the status")
    expect.equal(final_bytes(peer), answer.size, "bytes at the client, all of the head")
    # A 304 may tell of either (RFC 9112, section 6.1; RFC 9110, section 8.6).
    if status == 204:
        expect.equal(answer.values("transfer-encoding"), [], "Transfer-Encoding of 204")
        expect.equal(answer.values("content-length"), [], "Content-Length of 204")
    if not answer.closes:
        # That one answer had none is nothing to the next.
        peer.send(request_of("/next"))
        respond(server, await_request(host, server, 2).exchange)
        behind = await_answers(host, server, peer, 2)[1]
        expect.same_bytes(behind.body, GREETING, f"the body of the answer behind a {status}")


@check("http-response.reset-content")
@pytest.mark.parametrize("body", [b"", GREETING], ids=["no body", "a body"])
def test_reset_content(host: Host, body: bytes) -> None:
    """Refusing a body with it is as right as leaving it out; then it is given without one. An empty one is said so."""
    server = serving(host)
    peer = client_of(host, server)
    peer.send(request_of())
    event = await_request(host, server)
    outcome = server.call("respond", event.exchange, 205, b"", body, 1)
    if expect.name_of(outcome) != "true":
        expect.that(bool(body), "respond with 205 and no body", expected="true", got=expect.spell(outcome))
        respond(server, event.exchange, 205, body=b"")
    answer = await_answer(host, server, peer)
    host.settle(server)
    expect.equal(answer.status, 205, "the status")
    expect.same_bytes(answer.body, b"", "the content of 205")
    expect.equal(final_bytes(peer), answer.size, "bytes at the client, all of one answer")
