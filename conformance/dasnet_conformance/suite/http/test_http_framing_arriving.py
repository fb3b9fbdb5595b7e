"""Section http-framing: how the bytes of a body arrive, where it ends, and what a client that leaves has not asked."""

from __future__ import annotations

import itertools
import re

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_side import (
    await_answer,
    await_answers,
    await_request,
    client_of,
    drip,
    fields_of,
    greeting,
    pour,
    request_of,
    requests_of,
    still_serves,
    targets_of,
)

CHUNKED = (
    b"POST /chunked HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5;name=value\r\nhello\r\n00A\r\n\r\n01234567\r\n0\r\nX-Trailer: a\r\n\r\n"
)
CHUNKED_BODY = b"hello\r\n01234567"
MEASURED_BODY = b"\r\n\r\n\x00\xff measured"
MEASURED = request_of("/measured", method="POST", body=MEASURED_BODY)

# Of each kind, and each behind another kind; what an earlier one had is nothing to those behind it.
ROW = (
    CHUNKED,
    request_of("/none", "Content-Length: 0", method="POST"),
    MEASURED,
    request_of("/fields", "X-One: a", "X-Two: b", "X-Three: c"),
    CHUNKED,
    MEASURED,
    request_of("http://localhost:81/whole", "X-Four: d"),
    request_of("/last", "X-Last: a"),
)
# A limit is one of a body; a hundred of them have twenty kilobytes of extensions, and three hundred trailers.
LADEN = (
    request_of("/laden", "Transfer-Encoding: chunked", method="POST")
    + b"5;name="
    + b"v" * 200
    + b"\r\nhello\r\n0\r\nX-One: a\r\nX-Two: b\r\nX-Three: c\r\n\r\n"
)


# Each comes when the one before it is answered, line by line, but for those of which there are many; and is told of as
# if it were alone.
def _in_a_row(host: Host, row: tuple[bytes, ...]) -> None:
    server = greeting(host)
    peer, seen = client_of(host, server), 0
    for number, data in enumerate(row, 1):
        for piece in [data] if data == LADEN else re.findall(rb".*?\r\n|.+", data, re.DOTALL):
            peer.send(piece)
            host.tick_once(server)
        event = await_request(host, server, number, needs="")
        head, _, content = data.replace(b"http://localhost:81", b"").partition(b"\r\n\r\n")
        what = f"of request {number} on a connection"
        if b"http:" not in data:
            expect.equal(
                [pair[1] for pair in fields_of(event) if pair[0] == "host"], [b"localhost"], f"the host {what}"
            )
        expect.equal(
            f"{event.method} {event.target.removeprefix('http://localhost:81')}".encode(),
            head.rpartition(b" HTTP/1.1\r\n")[0],
            f"the line {what}",
        )
        own = [(name.decode().lower(), value) for name, value in re.findall(rb"\r\n(X-[^:]+): (.*?)(?=\r\n|\Z)", head)]
        told = [pair for pair in fields_of(event) if pair[0].startswith("x-")]
        expect.equal(sorted(told), sorted(own), f"the fields {what}")
        body = {CHUNKED: CHUNKED_BODY, LADEN: b"hello"}.get(data, content)
        expect.same_bytes(event.data, body, f"the body {what}")
        answer = await_answers(host, server, peer, seen + 1)[-1]
        seen += 1
        if answer.closes:
            host.dismiss(peer)
            peer, seen = client_of(host, server), 0
    expect.equal(server.count("request"), len(row), "request callbacks")


@check("http-framing.body-then-request")
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(MEASURED, id="Content-Length"),
        pytest.param(CHUNKED, id="chunks"),
        pytest.param(ROW, id="each kind behind another"),
        pytest.param((LADEN,) * 100, id="a hundred with extensions and trailers"),
    ],
)
def test_body_then_request(host: Host, data: bytes | tuple[bytes, ...]) -> None:
    """Where the connection goes on, the byte behind a body is the first of the next request."""
    if isinstance(data, tuple):
        _in_a_row(host, data)
        return
    server = greeting(host)
    peer = client_of(host, server)
    peer.send(data.replace(b"\r\n", b"\r\nX-First: a\r\n", 1) + request_of("/next"))
    if await_answer(host, server, peer).closes:
        raise expect.Moot("this server ends every connection behind its first answer")
    await_request(host, server, 2, needs="")
    expect.equal(requests_of(server)[1].method, "GET", "the method of the request behind a body")
    expect.equal(targets_of(server)[1], "/next", "its target")
    expect.same_bytes(requests_of(server)[1].data, b"", "its body")
    expect.that(
        all(name != "x-first" for name, _ in fields_of(requests_of(server)[1])),
        "its fields",
        expected="none of the request before",
        got="X-First",
    )


@check("http-framing.partial-body")
@pytest.mark.parametrize(
    ("data", "body"),
    [
        pytest.param(MEASURED, MEASURED_BODY, id="Content-Length"),
        pytest.param(CHUNKED, CHUNKED_BODY, id="chunks"),
        pytest.param(
            request_of("/last", "Connection: close", method="POST", body=MEASURED_BODY), MEASURED_BODY, id="then close"
        ),
    ],
)
def test_partial_body(host: Host, data: bytes, body: bytes) -> None:
    """Cut in two at every place, and byte by byte."""
    server = greeting(host)
    # From the end, so that what is wrong with a cut in the head does not stand before all others.
    for number, cut in enumerate(range(len(data) - 1, -1, -1)):
        peer = client_of(host, server)
        if cut:
            peer.send(data[:cut])
            host.tick_once(server)
            peer.send(data[cut:])
        else:
            drip(host, server, peer, data)
        event = await_request(host, server, number + 1, needs="")
        where = f"cut behind byte {cut}" if cut else "byte by byte"
        expect.same_bytes(event.data, body, f"the body of a request that came {where}")
        await_answer(host, server, peer)
        host.dismiss(peer)
    host.settle(server)
    expect.equal(server.count("request"), len(data), "request callbacks, one for each request")


@check("http-framing.large-body")
@pytest.mark.parametrize(
    ("framing", "size"),
    [
        *itertools.product(["Content-Length", "chunks", "one chunk"], [65_535, 65_536, 65_537, 1 << 20]),
        ("more than a thousand chunks", 65_537),
    ],
)
def test_large_body(host: Host, framing: str, size: int) -> None:
    """Around the size of most buffers, and a mebibyte; chunks are of 10,000 bytes, or there is but one."""
    server = greeting(host)
    body = host.random.randbytes(size)
    if framing != "Content-Length":
        step = {"chunks": 10_000, "one chunk": size, "more than a thousand chunks": 48}[framing]
        parts = [body[place : place + step] for place in range(0, size, step)]
        data = request_of("/", "Transfer-Encoding: chunked", method="POST")
        data += b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    else:
        data = request_of("/", method="POST", body=body)
    peer = client_of(host, server)
    pour(host, server, peer, data)
    # A tick may be bounded by the chunks that it reads, as well as by bytes.
    work = 4 * len(data) if framing == "more than a thousand chunks" else len(data)
    event = await_request(host, server, needs="", size=work)
    expect.same_bytes(event.data, body, f"a body of {size} bytes, by {framing}")
    await_answer(host, server, peer)


@check("http-framing.bodies-apart")
@pytest.mark.parametrize("framing", ["Content-Length", "chunks", "both"])
def test_bodies_apart(host: Host, framing: str) -> None:
    """Three clients send theirs a piece each in turn, with a tick behind each piece; and each its own next one."""
    server = greeting(host)
    wanted = {}
    pieces = []
    for number in range(3):
        parts = [host.random.randbytes(3_000 + number) for _ in range(5)]
        body = b"".join(parts)
        wanted[f"/{number}"] = body
        if framing == "chunks" or (framing == "both" and number % 2):
            head = request_of(f"/{number}", "Transfer-Encoding: chunked", method="POST")
            pieces.append([head, *(b"%x\r\n%b\r\n" % (len(part), part) for part in parts), b"0\r\n\r\n"])
        else:
            head = request_of(f"/{number}", method="POST", body=body).removesuffix(body)
            pieces.append([head, *parts, b""])
    peers = [client_of(host, server) for _ in pieces]
    for each in zip(*pieces, strict=True):
        for peer, piece in zip(peers, each, strict=True):
            peer.send(piece)
            host.tick_once(server)
    for peer in peers:
        await_answer(host, server, peer)
    bodies = {event.target: event.data for event in requests_of(server)}
    for target, body in wanted.items():
        expect.same_bytes(bodies.get(target, b""), body, f"the body of the request for {target}")


def _leave(host: Host, data: bytes, how: str) -> None:
    server = greeting(host)
    for cut in (len(data) // 2, len(data) - 1):
        peer = client_of(host, server)
        peer.send(data[:cut])
        host.tick_once(server)
        if how == "half-close":
            peer.half_close()
        elif how == "reset":
            peer.reset()
        else:
            peer.close()
        host.settle(server)
        expect.equal(server.count("request"), 0, f"request callbacks for {cut} of {len(data)} bytes, then {how}")
    still_serves(host, server)


leaving = pytest.mark.parametrize("how", ["close", "half-close", "reset"])


@check("http-framing.length-truncated")
@leaving
def test_length_truncated(host: Host, how: str) -> None:
    """In the middle of the body, and one byte before its end."""
    _leave(host, request_of("/", method="POST", body=bytes(200)), how)


@check("http-framing.chunk-truncated")
@leaving
@pytest.mark.parametrize(
    "behind",
    [
        pytest.param(b"5\r\nhello\r\n", id="before the last chunk"),
        pytest.param(b"5\r\nhello\r\n0\r\n\r\n", id="before the last byte"),
        pytest.param(b"5\r\nhello\r\n0\r\nX-Trailer: a\r\n\r\n", id="in the trailer"),
    ],
)
def test_chunk_truncated(host: Host, how: str, behind: bytes) -> None:
    """Before the last chunk is there, and before the line end that ends the body."""
    _leave(host, request_of("/", "Transfer-Encoding: chunked", method="POST") + behind, how)
