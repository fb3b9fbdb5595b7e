"""Section http-callbacks: when requests are told of, how often, and under which numbers."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import CLASS_HTTP_SILENT
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_side import (
    GREETING,
    PLAIN,
    await_answer,
    await_answers,
    await_end,
    await_request,
    client_of,
    final_bytes,
    finals_at,
    greeting,
    request_of,
    requests_of,
    respond,
    serving,
    still_serves,
    targets_of,
)
from dasnet_conformance.suite.scenes import Forgiving


@check("http-callbacks.nothing-between-ticks")
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(PLAIN, id="a good request"),
        pytest.param(b"no request\r\n\r\n", id="a faulty one"),
        pytest.param(b"", id="a request while another one is answered"),
    ],
)
def test_nothing_between_ticks(host: Host, data: bytes) -> None:
    """On a connection that no tick has seen, and on one that has been taken: neither a callback nor a byte."""
    if not data:
        _respond_is_no_tick(host)
        return
    server = greeting(host)
    fresh = client_of(host, server)
    fresh.send(data)
    host.silence()
    expect.equal(len(fresh.received), 0, "bytes at the client before any tick")
    expect.equal(server.count("request"), 0, "request callbacks before any tick")
    taken = client_of(host, server)
    host.settle(server)
    before = server.count("request")
    taken.send(data)
    host.silence()
    # A query is no tick, whatever it says.
    server.is_open()
    host.silence()
    expect.equal(len(taken.received), 0, "bytes at a client whose connection is taken, without a tick")
    expect.equal(server.count("request"), before, "request callbacks without a tick")
    expect.equal([str(fired.event.what) for fired in host.between_calls()], [], "callbacks between commands")
    host.until(lambda: bool(final_bytes(taken) or taken.closed), server, what="an answer, by ticks")


# The answer to one client, given between ticks, is no occasion to tell of what another one asks.
def _respond_is_no_tick(host: Host) -> None:
    server = serving(host)
    first, second = client_of(host, server), client_of(host, server)
    first.send(request_of("/first"))
    event = await_request(host, server)
    host.settle(server)
    second.send(request_of("/second"))
    host.silence()
    respond(server, event.exchange)
    host.silence()
    expect.equal(targets_of(server), ["/first"], "the targets called back, with no tick after the second request")
    await_request(host, server, 2)


# A request that waits for its answer is told of once, however many ticks it waits.
def _once_until_answered(host: Host) -> None:
    server = serving(host)
    peer = client_of(host, server)
    peer.send(PLAIN)
    event = await_request(host, server)
    host.settle(server)
    expect.equal(server.count("request"), 1, "request callbacks while the request waits")
    respond(server, event.exchange)
    await_answer(host, server, peer)
    host.settle(server)
    expect.equal(server.count("request"), 1, "request callbacks when it is answered")


@check("http-callbacks.once")
@pytest.mark.parametrize("answered", ["inside", "later", "inside, of any size"])
def test_once(host: Host, answered: str) -> None:
    """Twenty requests on five connections, four on each, one after the other; one that waits for its answer; and each
    number of fields and of chunks, as one of them may be where a tick's work or a table ends.
    """
    if answered == "later":
        _once_until_answered(host)
        return
    if answered != "inside":
        _once_of_any_size(host)
        return
    server = greeting(host)
    sent = []
    for number in range(5):
        peer = client_of(host, server)
        for turn in range(4):
            target = f"/{number}/{turn}"
            sent.append(target)
            seen = len(finals_at(peer))
            peer.send(request_of(target))
            host.until(
                lambda peer=peer, seen=seen: len(finals_at(peer)) > seen,  # type: ignore[misc]
                server,
                what="an answer",
            )
            if finals_at(peer)[-1].closes:
                await_end(host, server, peer)
                peer = client_of(host, server)
    host.settle(server)
    expect.equal(targets_of(server), sent, "the targets called back")


def _once_of_any_size(host: Host) -> None:
    server = greeting(host)
    fields = [request_of(f"/fields/{count}", *[f"X-{each}: a" for each in range(count)]) for count in range(70)]
    chunked = "Transfer-Encoding: chunked"
    chunks = [
        request_of(f"/chunks/{count}", chunked, method="POST") + b"1\r\na\r\n" * count + b"0\r\n\r\n"
        for count in range(130)
    ]
    peer, answered = client_of(host, server), 0
    for count, data in enumerate([*fields, *chunks], 1):
        peer.send(data)
        await_request(host, server, count, needs="")
        answered += 1
        if await_answers(host, server, peer, answered)[-1].closes:
            await_end(host, server, peer)
            host.dismiss(peer)
            peer, answered = client_of(host, server), 0
    host.settle(server)
    expect.equal(server.count("request"), len(fields) + len(chunks), "request callbacks")


#: More than the thousand or two to the tenth at which a table of exchanges may begin anew.
MANY_EXCHANGES = 1_100


# One waits for its answer all the while, and what is given to another of its number would be its own.
def _exchanges_of_many(host: Host) -> None:
    server = serving(host)
    waiting = client_of(host, server)
    waiting.send(request_of("/waits"))
    first = await_request(host, server)
    server.react("request", "respond", 200, b"", GREETING)
    peer, answered = client_of(host, server), 0
    while server.count("request") <= MANY_EXCHANGES:
        peer.send(PLAIN * 50)
        with expect.needing("http-connection.pipelining"):
            host.until(
                lambda peer=peer, most=answered + 50: len(finals_at(peer)) >= most or bool(peer.closed),  # type: ignore[misc]
                server,
                what="fifty answers, or the end",
            )
        answered += 50
        if peer.closed:
            host.dismiss(peer)
            peer, answered = client_of(host, server), 0
    numbers = [event.exchange for event in requests_of(server)]
    expect.equal(len(set(numbers)), len(numbers), "different numbers among those of many requests")
    respond(server, first.exchange, body=b"the first")
    expect.same_bytes(await_answer(host, server, waiting).body, b"the first", "the answer to the one that waited")


@check("http-callbacks.exchanges-differ")
@pytest.mark.parametrize("many", [False, True], ids=["several connections", "many requests"])
def test_exchanges_differ(host: Host, many: bool) -> None:
    """Over several connections, one after the other and at the same time; a number tells a request for good."""
    if many:
        _exchanges_of_many(host)
        return
    server = serving(host)
    peers = [client_of(host, server) for _ in range(4)]
    for peer in peers:
        peer.send(PLAIN)
    host.until(lambda: server.count("request") >= 4, server, what="four request callbacks")
    for event in requests_of(server):
        server.call("respond", event.exchange, 200, b"", GREETING, 1)
    for peer in peers:
        await_answer(host, server, peer)
        host.dismiss(peer)
    # Two that nobody answers before they leave.
    for number in (5, 6):
        leaving = client_of(host, server)
        leaving.send(PLAIN)
        await_request(host, server, number)
        leaving.reset()
        host.settle(server)
        host.dismiss(leaving)
    server.react("request", "respond", 200, b"", GREETING)
    for _ in range(4):
        still_serves(host, server)
    numbers = [event.exchange for event in requests_of(server)]
    expect.equal(len(set(numbers)), 10, f"different numbers among {numbers}")


@check("http-callbacks.strangers-are-no-errors")
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"no request\r\n\r\n", id="no request"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="no Host"),
        pytest.param(request_of("/", "Content-Length: x"), id="a faulty length"),
    ],
)
def test_strangers_are_no_errors(host: Host, data: bytes) -> None:
    """A log line is fine: nobody can do anything about what strangers send."""
    server = greeting(host)
    peer = client_of(host, server)
    peer.send(data)
    host.until(lambda: bool(final_bytes(peer) or peer.closed), server, what="an answer, or the end of the connection")
    host.settle(server)
    expect.equal(server.count("error"), 0, "error callbacks")
    still_serves(host, server)


@check("http-callbacks.bad-request-needs-no-callback")
def test_bad_request_needs_no_callback(host: Host) -> None:
    """The program never sees what it would have to be protected from."""
    server = greeting(host)
    for data in (b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/x.y\r\nHost: localhost\r\n\r\n", b"\x16\x03\x01\x02\r\n\r\n"):
        peer = client_of(host, server)
        peer.send(data)
        host.until(lambda peer=peer: bool(final_bytes(peer) or peer.closed), server, what="an answer, or an end")  # type: ignore[misc]
        host.settle(server)
        expect.equal(server.count("request"), 0, f"request callbacks for {data!r}")


@check("http-callbacks.raises")
def test_raises(host: Host) -> None:
    """A status of 5xx or the end of the connection, for two requests in one write; another client is served."""
    server = serving(host)
    server.react("request", "raise")
    peer = client_of(host, server)
    peer.send(PLAIN * 2)
    host.until(
        lambda: len(finals_at(peer)) >= 2 or peer.closed is not None,
        Forgiving(server),
        what="two answers of 5xx, or the end of the connection",
    )
    for answer in finals_at(peer):
        expect.that(500 <= answer.status < 600, "the answer", expected="a status of 5xx", got=f"status {answer.status}")
    server.react("request", "respond", 200, b"", GREETING)
    still_serves(host, server)


@check("http-callbacks.no-callbacks")
def test_no_callbacks(host: Host) -> None:
    """No verdict on what the client gets: an error, the end, or nothing. No greeting, for nobody gave one."""
    server = serving(host, CLASS_HTTP_SILENT)
    peer = client_of(host, server)
    peer.send(PLAIN)
    host.settle(server)
    for answer in finals_at(peer):
        expect.that(
            answer.status >= 400, "an answer that nobody gave", expected="an error", got=f"status {answer.status}"
        )
    host.dismiss(peer)
    host.settle(server)
    # It goes on: the next one is taken, whatever becomes of it, and the ticks return.
    client_of(host, server, needs="").send(PLAIN)
    host.settle(server)


@check("http-callbacks.destroyed-inside")
def test_destroyed_inside(host: Host) -> None:
    """The object is gone with its connections, and the host is not; it hears nothing of a second request, nor of those
    of another client.
    """
    server = serving(host)
    server.react("request", "destroy")
    peer, beside = client_of(host, server), client_of(host, server)
    for each in (peer, beside):
        each.send(PLAIN * 2)
    # What a tick of an object that is gone by then leads to is for the section `lifetime`.
    for each in (peer, beside):
        host.until(
            lambda each=each: each.closed is not None,  # type: ignore[misc]
            Forgiving(server),
            what="the end of the connection",
        )
    expect.equal(server.count("request"), 1, "request callbacks on an object that was destroyed in the first")
    still_serves(host, greeting(host))


@check("http-callbacks.ticked-inside")
def test_ticked_inside(host: Host) -> None:
    """Refused or carried out; either way the requests of two clients are told once each."""
    server = serving(host)
    server.react("request", "tick")
    peers = [client_of(host, server) for _ in range(2)]
    for number, peer in enumerate(peers):
        peer.send(request_of(f"/{number}"))
    host.until(lambda: server.count("request") >= 2, Forgiving(server), what="two request callbacks")
    host.settle(Forgiving(server))
    expect.equal(sorted(targets_of(server)), ["/0", "/1"], "the targets called back")
    for event in requests_of(server):
        server.call("respond", event.exchange, 200, b"", GREETING, 1)
    for peer in peers:
        await_answer(host, server, peer)
