"""Section http-request: how the bytes of a head arrive, and what that must not change."""

from __future__ import annotations

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_side import (
    await_answer,
    await_answers,
    await_request,
    client_of,
    drip,
    finals_at,
    greeting,
    request_of,
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


@check("http-request.version-told")
def test_version_told(host: Host) -> None:
    """The version is handed over as it came, so that a host knows what its client understands."""
    server = serving(host)
    server.react("request", "respond", 200, b"", b"ok")
    for number, version in enumerate(("HTTP/1.1", "HTTP/1.0")):
        peer = client_of(host, server)
        peer.send(request_of(version=version))
        event = await_request(host, server, number + 1)
        expect.equal(event.version.upper().removeprefix("HTTP/"), version.removeprefix("HTTP/"), "the version told")
        await_answer(host, server, peer)
