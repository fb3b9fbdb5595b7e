"""Section http-request: how the bytes of a head arrive, and what that must not change."""

from __future__ import annotations

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
    finals_at,
    greeting,
    request_of,
    requests_of,
    serving,
    targets_of,
)

#: A request of 1,024 bytes, the largest of which one tick is asked.
LARGEST_PROMPT = request_of("/prompt", "X-Filler: " + "f" * 961)

RICH = request_of(
    "/rich?a=b%20c", "Accept: text/html, */*", "X-Empty:", "Cookie: a=1", "X-Spaces: \t padded \t ", "Cookie: b=2"
)


@check("http-request.in-next-tick")
def test_in_next_tick(host: Host) -> None:
    """The connection has had an exchange, so it is taken; loopback has brought the bytes before send returns."""
    server = greeting(host)
    peer = client_of(host, server)
    peer.send(request_of("/first"))
    if await_answer(host, server, peer).closes:
        raise expect.Moot("this server ends every connection behind its first answer")
    peer.send(LARGEST_PROMPT)
    host.silence()
    host.tick_once(server)
    expect.equal(targets_of(server), ["/first", "/prompt"], "what was called back after one tick")
    host.silence()
    expect.equal(len(finals_at(peer)), 2, "answers at the client after one tick")


@check("http-request.partial-head")
def test_partial_head(host: Host) -> None:
    """Whole on one connection, byte by byte on another: the callbacks are equal but for their numbers."""
    server = greeting(host)
    seen: list[tuple[str, str, str, bytes, bytes]] = []
    for whole in (True, False):
        peer = client_of(host, server)
        if whole:
            peer.send(RICH)
        else:
            drip(host, server, peer, RICH)
        event = await_request(host, server, len(seen) + 1, needs="")
        seen.append((event.method, event.target, event.version, event.headers, event.data))
        await_answer(host, server, peer)
    host.settle(server)
    expect.equal(server.count("request"), 2, "request callbacks")
    expect.equal(seen[1], seen[0], "what the callback gave of a request that came byte by byte")


@check("http-request.after-head")
def test_after_head(host: Host) -> None:
    """All but the last byte, then the rest of that line end, which is where the head ends."""
    server = greeting(host)
    peer = client_of(host, server)
    data = request_of("/late", "X-Field: a")
    already = 0
    for place in (len("GET /late HTTP/1.1\r\n"), len(data) - 2, len(data) - 1):
        peer.send(data[already:place])
        already = place
        host.settle(server)
        expect.equal(server.count("request"), 0, f"request callbacks after {place} of {len(data)} bytes")
    peer.send(data[-1:])
    await_request(host, server)
    await_answer(host, server, peer)


@check("http-request.clients-apart")
def test_clients_apart(host: Host) -> None:
    """Three heads whose bytes arrive in turns; each client gets the answer, and each target is told as it was sent."""
    server = greeting(host)
    peers = [client_of(host, server) for _ in range(3)]
    heads = [request_of(f"/client-{number}", f"X-Number: {number}") for number in range(3)]
    for place in range(max(map(len, heads))):
        for peer, head in zip(peers, heads, strict=True):
            peer.send(head[place : place + 1])
        host.tick_once(server)
    for peer in peers:
        await_answers(host, server, peer)
    expect.equal(sorted(targets_of(server)), ["/client-0", "/client-1", "/client-2"], "the targets called back")
    for event in requests_of(server):
        own = [value.decode() for name, value in fields_of(event) if name == "x-number"]
        expect.equal(own, [event.target[-1]], f"the values of X-Number of the request for {event.target}")


@check("http-request.fields-large")
@pytest.mark.parametrize("fields", ["a long one", "sixty"])
def test_fields_large(host: Host, fields: str) -> None:
    """6,000 bytes that never repeat themselves, or sixty short ones, one of them with a long name: what is too large is
    said to be so, not cut.
    """
    if fields == "sixty":
        given = [(f"x-field-{number}", b"%d" % (7 * number)) for number in range(60)]
        given[30] = ("x-" + "long-" * 60 + "name", b"long")
    else:
        given = [("x-field", b" ".join(b"%d" % number for number in range(1_000, 2_200)))]
    server = greeting(host)
    peer = client_of(host, server)
    peer.send(request_of("/", *(f"{name}: {value.decode()}" for name, value in given)))
    host.until(
        lambda: bool(server.count("request") or finals_at(peer) or peer.closed),
        server,
        what="a request callback, or an error of the client",
    )
    if server.count("request"):
        found = dict(fields_of(requests_of(server)[0]))
        missing = [name for name, _ in given if name not in found]
        expect.equal(missing, [], "the fields that were not handed over")
        for name, value in given:
            expect.same_bytes(found[name], value, f"the value of {name}")
        return
    statuses = [answer.status for answer in finals_at(peer)]
    refused = len(statuses) == 1 and 400 <= statuses[0] < 500
    expect.that(refused, "what came of the request", expected="a callback, or an answer of 4xx", got=str(statuses))


@check("http-request.empty-line-between")
def test_empty_line_between(host: Host) -> None:
    """Behind a body, at once and when the answer is there: Content-Length does not count it."""
    server = greeting(host)
    for late in (False, True):
        peer = client_of(host, server)
        before = server.count("request")
        peer.send(request_of("/first", method="POST", body=b"a body") + (b"" if late else b"\r\n"))
        if await_answer(host, server, peer).closes:
            raise expect.Moot("this server ends every connection behind its first answer")
        if late:
            peer.send(b"\r\n")
            host.settle(server)
        peer.send(request_of("/second"))
        answer = await_answers(host, server, peer, 2, errors=True)[1]
        expect.equal(answer.status, 200, "the status of the answer to a request behind an empty line")
        expect.equal(targets_of(server)[before:], ["/first", "/second"], "the targets called back")
        for number in range(3, 20):
            # One behind each body, as such a client sends it; together they are many.
            peer.send(request_of(f"/{number}", method="POST", body=b"a body") + b"\r\n")
            if await_answers(host, server, peer, number)[number - 1].closes:
                break
        host.dismiss(peer)


@check("http-request.version-told")
def test_version_told(host: Host) -> None:
    """The version is handed over as it came, so that a host knows what its client understands; also where a request of
    the other one has been there before it, on a connection that goes on.
    """
    server = serving(host)
    server.react("request", "respond", 200, b"", b"ok")
    told = 0
    for versions in (("HTTP/1.1",), ("HTTP/1.0",), ("HTTP/1.0", "HTTP/1.1", "HTTP/1.0")):
        peer = client_of(host, server)
        for number, version in enumerate(versions):
            peer.send(request_of("/", "Connection: keep-alive", version=version))
            told += 1
            event = await_request(host, server, told)
            expect.equal(event.version.upper().removeprefix("HTTP/"), version.removeprefix("HTTP/"), "the version told")
            answer = await_answers(host, server, peer, number + 1)[-1]
            if answer.closes or (version == "HTTP/1.0" and b"keep-alive" not in answer.words("connection")):
                break
