"""Section http-reload: save and restore in every state of a connection."""

from __future__ import annotations

import re

import pytest

from dasnet_adapters.contract import CLASS_HTTP, CLASS_HTTP_B, Event, Outcome, Value
from dasnet_conformance.stage import expect, many
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_side import (
    GREETING,
    answers_at,
    await_answer,
    await_answers,
    await_end,
    await_request,
    client_of,
    fields_of,
    final_bytes,
    finals_at,
    greeting,
    is_open,
    reloaded,
    request_of,
    requests_of,
    respond,
    serving,
    still_serves,
    targets_of,
)

CHUNKED = (
    b"POST /chunked HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\nhel\xffo\r\n3;a=b\r\nyou\r\n0\r\nX-Trailer: a\r\n\r\n"
)


#: A field by which twenty requests are forty kilobytes: more than what some read ahead and keep.
LONG = "X-Filler: " + "f" * 2_000


@check("http-reload.open")
@pytest.mark.parametrize("class_number", [CLASS_HTTP, CLASS_HTTP_B], ids=["the same class", "another class"])
def test_open(host: Host, class_number: int) -> None:
    """The port is the same, and the old object has nothing left that could answer."""
    server = greeting(host)
    still_serves(host, server)
    fresh = reloaded(host, server, class_number)
    fresh.react("request", "respond", 200, b"", GREETING)
    expect.that(is_open(fresh), "is_open of the object with the handle", expected="true", got="something else")
    expect.one_of(host.new(class_number).restore(), ("refused",), "restore from an orphan that was emptied")
    used = client_of(host, fresh)
    host.settle(fresh)
    # As a reload does that throws the old script away.
    expect.returns(server.destroy(), None, "destroy of the object whose handle another one has")
    host.settle(fresh)
    expect.equal(used.closed, None, "the end of a connection, when the old object was destroyed")
    still_serves(host, fresh)
    expect.equal(server.count("request"), 1, "request callbacks on the old object")


@check("http-reload.idle-connection")
def test_idle_connection(host: Host) -> None:
    """One that has had its answer, and one that has said nothing yet; and ten more of these."""
    server = greeting(host)
    used, silent = client_of(host, server), client_of(host, server)
    others = [client_of(host, server) for _ in range(10)]
    used.send(request_of("/before"))
    closes = await_answer(host, server, used).closes
    host.settle(server)
    fresh = reloaded(host, server)
    fresh.react("request", "respond", 200, b"", GREETING)
    silent.send(request_of("/silent"))
    await_answer(host, fresh, silent)
    if not closes:
        used.send(request_of("/after"))
        await_answers(host, fresh, used, 2)
    for other in others:
        other.send(request_of("/other"))
        await_answer(host, fresh, other)


# What is told of a request, but for its number.
def _told(event: Event) -> tuple[str, str, str, list[tuple[str, bytes]], bytes]:
    return event.method, event.target, event.version, fields_of(event), event.data


def _halved(host: Host, data: bytes, body: bytes) -> None:
    # Reloaded at each of a few places, between CR and LF, and behind the head: each half is read by another object,
    # which tells of it what is told of one that came whole. From the end, so that what is wrong with the first byte
    # does not stand before all others.
    server = greeting(host)
    peer = client_of(host, server)
    peer.send(data)
    whole = await_request(host, server)
    host.dismiss(peer)
    server.destroy()
    ends = [found.start() + 1 for found in re.finditer(b"\r\n", data)]
    head = data.index(b"\r\n\r\n") + 4
    for cut in sorted({*range(1, len(data), 7), *ends, head} - {len(data)}, reverse=True):
        server = greeting(host)
        peer = client_of(host, server)
        peer.send(data[:cut])
        host.settle(server, ticks=2)
        expect.equal(server.count("request"), 0, f"request callbacks after {cut} of {len(data)} bytes")
        fresh = reloaded(host, server)
        fresh.react("request", "respond", 200, b"", GREETING)
        peer.send(data[cut:])
        event = await_request(host, fresh, needs="")
        expect.equal(_told(event), _told(whole), f"what is told of a request that a reload cut behind byte {cut}")
        expect.same_bytes(event.data, body, f"the body of a request that a reload cut behind byte {cut}")
        await_answer(host, fresh, peer)
        host.dismiss(peer)
        fresh.destroy()


@check("http-reload.meanwhile")
def test_meanwhile(host: Host) -> None:
    """While it is in the orphan: the rest of a head, a client that comes and asks, and two that leave, one of them in
    the middle of asking and one whose request waits.
    """
    server = serving(host)
    halved, leaving, asked = (client_of(host, server) for _ in range(3))
    halved.send(b"GET /halved HTTP/1.1\r\n")
    leaving.send(b"GET /leaving HTTP/1.1\r\n")
    asked.send(request_of("/asked"))
    event = await_request(host, server)
    host.settle(server)
    fresh = host.new(CLASS_HTTP)
    expect.returns(server.save(), None, "save")
    halved.send(b"Host: localhost\r\n\r\n")
    leaving.close()
    asked.reset()
    coming = host.peer(server.port)
    coming.send(request_of("/coming"))
    host.silence()
    expect.returns(fresh.restore(), None, "restore")
    fresh.port = server.port
    fresh.react("request", "respond", 200, b"", GREETING)
    for peer in (halved, coming):
        expect.same_bytes(await_answer(host, fresh, peer).body, GREETING, f"the answer at {peer.name}")
    host.settle(fresh, ticks=8)
    expect.equal(sorted(targets_of(fresh)), ["/coming", "/halved"], "the targets called back on the new object")
    outcome = fresh.call("respond", event.exchange, 200, b"", GREETING, 1)
    expect.one_of(outcome, ("false", "refused"), "respond to a client that left while the handle was in the orphan")
    still_serves(host, fresh)


@check("http-reload.in-head")
def test_in_head(host: Host) -> None:
    """In the request line, in a field, between them."""
    _halved(host, request_of("/cut?a=%20b", "X-One: a", "X-One: caf\xe9", version="HTTP/1.0"), b"")


@check("http-reload.in-body")
def test_in_body(host: Host) -> None:
    """In the head of a request with a body, and in the body."""
    body = b"a body \x00\xff of some length that is cut\r\n\r\n"
    _halved(host, request_of("http://localhost:81/cut", method="POST", body=body), body)


@check("http-reload.in-chunk")
def test_in_chunk(host: Host) -> None:
    """In the line of a chunk, in its data, in the trailer."""
    _halved(host, CHUNKED, b"hel\xffoyou")


@check("http-reload.unanswered")
@pytest.mark.parametrize(
    ("reloads", "method", "field", "version"),
    [
        (1, "GET", "", "HTTP/1.1"),
        (2, "GET", "", "HTTP/1.1"),
        (1, "HEAD", "", "HTTP/1.1"),
        (1, "GET", "Connection: close", "HTTP/1.1"),
        (1, "GET", "", "HTTP/1.0"),
    ],
    ids=["one reload", "two reloads", "HEAD", "the last one", "HTTP/1.0"],
)
def test_unanswered(host: Host, reloads: int, method: str, field: str, version: str) -> None:
    """By its number, which is all that the new script knows; it is told of once, to the object that had it."""
    server = serving(host)
    peer = client_of(host, server)
    peer.send(request_of("/waits", *([field] if field else []), method=method, version=version))
    event = await_request(host, server)
    holder = server
    for _ in range(reloads):
        holder = reloaded(host, holder)
        host.settle(holder)
    expect.equal(holder.count("request"), 0, "request callbacks on the object that got the handle")
    last = bool(field) or version == "HTTP/1.0"
    if last:
        # What follows the last request is none, whoever has the handle by then.
        peer.send(request_of("/behind"))
        host.settle(holder)
    respond(holder, event.exchange)
    answer = await_answer(host, holder, peer, method)
    expect.same_bytes(answer.body, b"" if method == "HEAD" else GREETING, "the answer given after the reload")
    # What the request asked for, the answer knows after the reload as well.
    if last:
        await_end(host, holder, peer)
    host.settle(holder)
    expect.equal(final_bytes(peer, (method,)), answer.size, "bytes at the client, all of one answer")
    expect.equal(holder.count("request"), 0, "request callbacks behind the one that waited")


@check("http-reload.pipelined")
@pytest.mark.parametrize(
    "count",
    [3, 20, 4, 2, 5],
    ids=["three", "forty kilobytes", "answered last first", "one that expects a word", "one of each kind"],
)
def test_pipelined(host: Host, count: int) -> None:
    """In one write; whatever was told before the reload is not told again, and nothing is left out. Nor is an answer
    that waits for the one before it, nor a word for which a client waits.
    """
    if count in (2, 5):
        _expects_behind_another(host) if count == 2 else _each_kind_behind_another(host)
        return
    server = serving(host)
    peer = client_of(host, server)
    targets = [f"/{number}" for number in range(1, count + 1)]
    peer.send(b"".join(request_of(target, *([LONG] if count > 3 else [])) for target in targets))
    await_request(host, server)
    answered: set[int] = set()
    if count == 4:
        host.settle(server)
        for event in requests_of(server)[:0:-1]:
            answered.add(event.exchange)
            if server.call("respond", event.exchange, 200, b"", event.target.encode(), 1) != Value(True):
                raise expect.Moot("this server takes no answer out of turn, which another check asks for")
    fresh = reloaded(host, server)
    outcomes: list[Outcome] = []
    told = requests_of(server)

    def answer_all() -> bool:
        waiting = [event for event in [*told, *requests_of(fresh)] if event.exchange not in answered]
        for event in waiting[len(outcomes) :]:
            outcomes.append(fresh.call("respond", event.exchange, 200, b"", event.target.encode(), 1))
        return len(finals_at(peer)) >= count or peer.closed is not None

    host.until(answer_all, fresh, what=f"{count} answers", got=lambda: f"{len(finals_at(peer))} of them")
    answers = finals_at(peer)
    if len(answers) < count and answers and answers[-1].closes:
        raise expect.Moot("this server ends its connections behind fewer answers")
    for outcome in outcomes:
        expect.returns(outcome, True, "respond to a request that waits for its answer")
    expect.equal(targets_of(server) + targets_of(fresh), targets, "the targets, before and after")
    expect.equal([answer.body.decode() for answer in answers], targets, "the answers")


# What each of them was is known of it behind the reload, and of the last one, whose body is half there, what has come.
def _each_kind_behind_another(host: Host) -> None:
    server = serving(host)
    peer = client_of(host, server)
    methods = ("GET", "HEAD", "GET", "POST")
    last = request_of("/4", "Connection: close", method="POST", body=b"\xff a body")
    peer.send(b"".join(request_of(f"/{number}", method=method) for number, method in enumerate(methods[:3], 1)))
    peer.send(last[:-4])
    await_request(host, server)
    host.settle(server)
    fresh = reloaded(host, server)
    for event in requests_of(server):
        respond(fresh, event.exchange)
    fresh.react("request", "respond", 200, b"", GREETING)
    peer.send(last[-4:])
    answers = await_answers(host, fresh, peer, 1, methods)
    if answers[-1].closes and len(answers) < len(methods):
        raise expect.Moot("this server ends its connections behind fewer answers")
    answers = await_answers(host, fresh, peer, 4, methods)
    bodies = [b"" if method == "HEAD" else GREETING for method in methods]
    expect.equal([answer.body for answer in answers], bodies, "the bodies of the answers")
    await_end(host, fresh, peer)
    told = [*requests_of(server), *requests_of(fresh)]
    expect.equal([event.target for event in told], ["/1", "/2", "/3", "/4"], "the targets, before and after")
    expect.same_bytes(told[-1].data, b"\xff a body", "the body that was half there")


# The head has come, perhaps it has been read; its turn comes when another object has the handle.
def _expects_behind_another(host: Host) -> None:
    server = serving(host)
    peer = client_of(host, server)
    expecting = request_of("/second", "Expect: 100-continue", "Content-Length: 5", method="POST")
    peer.send(request_of("/first") + expecting)
    event = await_request(host, server)
    host.settle(server)
    fresh = reloaded(host, server)
    respond(fresh, event.exchange)
    fresh.react("request", "respond", 200, b"", GREETING)
    if await_answer(host, fresh, peer).closes:
        raise expect.Moot("this server ends every connection behind its first answer")
    host.until(
        lambda: len(answers_at(peer)) > 1 or bool(peer.closed), fresh, what="100, or a final answer, behind the reload"
    )
    if len(finals_at(peer)) > 1 or peer.closed:
        return
    peer.send(b"hello")
    expect.same_bytes(await_request(host, fresh, needs="").data, b"hello", "the body that was waited with")
    await_answers(host, fresh, peer, 2)


@check("http-reload.exchanges-go-on")
def test_exchanges_go_on(host: Host) -> None:
    """One waits through the reload, so that a number given twice would answer the wrong client. Others behind it have
    had their answers; their numbers are not given again either.
    """
    server = serving(host)
    first = client_of(host, server)
    first.send(request_of("/first"))
    before = await_request(host, server)
    server.react("request", "respond", 200, b"", GREETING)
    for _ in range(3):
        still_serves(host, server)
    server.react("request", "none")
    fresh = reloaded(host, server)
    second = client_of(host, fresh)
    second.send(request_of("/second"))
    after = await_request(host, fresh)
    answered = [event.exchange for event in requests_of(server)[1:]]
    expect.that(
        after.exchange not in answered,
        "the number of a request behind a reload",
        expected=f"none of those that were answered before it, {answered}",
        got=str(after.exchange),
    )
    expect.that(
        before.exchange != after.exchange,
        "the numbers of two requests, one before and one after a reload",
        expected="different ones",
        got=f"{before.exchange} twice",
    )
    respond(fresh, after.exchange, body=b"second")
    respond(fresh, before.exchange, body=b"first")
    for peer, body in ((first, b"first"), (second, b"second")):
        expect.same_bytes(await_answer(host, fresh, peer).body, body, "the body of the answer")


@check("http-reload.many-reloads")
def test_many_reloads(host: Host) -> None:
    """A request byte by byte, three hundred reloads between two bytes."""
    server = greeting(host)
    peer = client_of(host, server)
    data = request_of("/patient")
    for place in range(len(data)):
        peer.send(data[place : place + 1])
        host.tick_once(server)
        if place % 16 == 0:
            many.reloads(host, server, 300)
    await_answer(host, server, peer)
    expect.equal(targets_of(server), ["/patient"], "the targets called back")
