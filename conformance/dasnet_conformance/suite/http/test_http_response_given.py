"""Section http-response: what a program gives that HTTP forbids, or that is the server's own to say."""

from __future__ import annotations

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_side import (
    GREETING,
    await_answer,
    await_end,
    await_request,
    client_of,
    final_bytes,
    request_of,
    respond,
    serving,
)


@check("http-response.interim-refused")
@pytest.mark.parametrize("status", [100, 101, 103, 199])
def test_interim_refused(host: Host, status: int) -> None:
    """The request is answered afterwards, by the one answer that its client gets."""
    _refused_then_answered(host, status=status)


@check("http-response.status-refused")
@pytest.mark.parametrize("status", [0, -200, 20, 99, 600, 1000, 2000, 99_999])
def test_status_refused(host: Host, status: int) -> None:
    """Not three digits, or none of the five classes; RFC 9110 leaves 600 to 999 invalid (section 15)."""
    _refused_then_answered(host, status=status)


@check("http-response.name-refused")
@pytest.mark.parametrize(
    "line",
    [b"X Field: a", b": a", b"X(: a", b"X-F\xe9: a", b"X\x01: a", b"X/Y: a", b"X-Field: a\x01b", b"X-Field: a\x7f"],
    ids=[
        "a space",
        "empty",
        "a bracket",
        "beyond ASCII",
        "a control character",
        "a slash",
        "a value",
        "DEL in a value",
    ],
)
def test_name_refused(host: Host, line: bytes) -> None:
    """Nothing goes out by halves: the answer that is given then is the only one. What is done about a value is free, as
    long as nobody gets it.
    """
    if line.startswith(b"X-Field: "):
        _control_is_kept_back(host, line)
    else:
        _refused_then_answered(host, headers=line + b"\r\n")


def _control_is_kept_back(host: Host, line: bytes) -> None:
    server = serving(host)
    peer = client_of(host, server)
    peer.send(request_of())
    event = await_request(host, server)
    outcome = server.call("respond", event.exchange, 200, line + b"\r\n", GREETING, 1)
    if expect.name_of(outcome) in ("false", "refused"):
        respond(server, event.exchange)
    for value in await_answer(host, server, peer).values("x-field"):
        kept_back = not any(byte in value for byte in (b"\x01", b"\x7f"))
        expect.that(kept_back, "the value of X-Field", expected="no control character", got=repr(value))


def _refused_then_answered(host: Host, status: int = 200, headers: bytes = b"") -> None:
    server = serving(host)
    peer = client_of(host, server)
    peer.send(request_of())
    event = await_request(host, server)
    outcome = server.call("respond", event.exchange, status, headers, b"never", 1)
    expect.one_of(outcome, ("false", "refused"), f"respond with status {status} and the fields {headers!r}")
    host.settle(server)
    expect.equal(final_bytes(peer), 0, "bytes at the client behind an answer that was refused")
    respond(server, event.exchange)
    answer = await_answer(host, server, peer)
    expect.same_bytes(answer.body, GREETING, "the answer given then")


@check("http-response.injection")
@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"X-Field: a\rX-Other: b", id="CR in a value"),
        pytest.param(b"X-Field: a\nX-Other: b", id="LF in a value"),
        pytest.param(b"X-Field: a\n\nbody", id="two LF in a value"),
        pytest.param(b"X-Field: a\n b", id="LF and a blank in a value"),
        pytest.param(b"X-Field: a\x00b", id="NUL in a value"),
        pytest.param(b"X-Field\n: a", id="LF in a name"),
        pytest.param(b"X-Field\rX-Other: a", id="CR in a name"),
        pytest.param(b"X-Field: \n", id="LF alone"),
        pytest.param(b"\nX-Other: a", id="LF before a name"),
    ],
)
def test_injection(host: Host, line: bytes) -> None:
    """Refused, or false, or cleaned; the client sees no field X-Other, no control character, and one answer."""
    server = serving(host)
    peer = client_of(host, server)
    peer.send(request_of())
    event = await_request(host, server)
    outcome = server.call("respond", event.exchange, 200, b"X-Before: a\r\n" + line + b"\r\n", GREETING, 1)
    if expect.name_of(outcome) in ("false", "refused"):
        host.settle(server)
        expect.equal(final_bytes(peer), 0, "bytes at the client behind an answer that was refused")
        respond(server, event.exchange)
    answer = await_answer(host, server, peer)
    host.settle(server)
    expect.equal(answer.values("x-other"), [], "a field that was smuggled in")
    expect.same_bytes(answer.body, GREETING, "the body")
    expect.equal(final_bytes(peer), answer.size, "bytes at the client, all of one answer")


@check("http-response.framing-fields-given")
@pytest.mark.parametrize(
    "line",
    [
        b"Content-Length: 3",
        b"Content-Length: 999",
        b"content-length: 12",
        b"Transfer-Encoding: chunked",
        b"transfer-encoding: chunked",
        b"Transfer-Encoding: gzip",
        b"Connection: close",
        b"CONNECTION: close",
        b"Connection: keep-alive",
    ],
    ids=lambda line: line.decode(),
)
def test_framing_fields_given(host: Host, line: bytes) -> None:
    """Refused, or true; then the answer is whole, of one framing, and what it says of its connection is so. The fields
    of an answer to HEAD are held to that as well.
    """
    if line in (b"Content-Length: 999", b"Transfer-Encoding: chunked"):
        _framing_fields_of_head(host, line)
    server = serving(host)
    peer = client_of(host, server)
    peer.send(request_of())
    event = await_request(host, server)
    outcome = server.call("respond", event.exchange, 200, line + b"\r\n", GREETING, 1)
    if expect.name_of(outcome) in ("false", "refused"):
        return
    answer = await_answer(host, server, peer)
    expect.same_bytes(answer.body, GREETING, f"the body of an answer that was given {line.decode()}")
    words = answer.words("connection")
    expect.that(not {b"close", b"keep-alive"} <= set(words), "Connection", expected="one of the two", got=repr(words))
    if answer.closes:
        await_end(host, server, peer)
    else:
        peer.send(request_of("/again"))
        await_request(host, server, 2)


# The reader insists on one framing, though nothing follows.
def _framing_fields_of_head(host: Host, line: bytes) -> None:
    server = serving(host)
    peer = client_of(host, server)
    peer.send(request_of(method="HEAD"))
    event = await_request(host, server)
    outcome = server.call("respond", event.exchange, 200, line + b"\r\n", GREETING, 1)
    if expect.name_of(outcome) not in ("false", "refused"):
        await_answer(host, server, peer, "HEAD")
