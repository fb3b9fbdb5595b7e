"""Section http-connection: whether a connection goes on behind an answer, and what says so."""

from __future__ import annotations

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_side import (
    GREETING,
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
    targets_of,
)


@check("http-connection.keep-alive")
def test_keep_alive(host: Host) -> None:
    """Whoever does not say close has promised to go on."""
    server = greeting(host)
    peer = client_of(host, server)
    peer.send(request_of("/first"))
    if await_answer(host, server, peer).closes:
        await_end(host, server, peer)
        return
    peer.send(request_of("/second"))
    await_answers(host, server, peer, 2)
    expect.equal(targets_of(server), ["/first", "/second"], "the targets called back")


@check("http-connection.keeps-alive")
@pytest.mark.parametrize(
    "fields",
    [
        (),
        ("Connection: x-close, closed", "Connection-Token: close", "X-Field: Connection: close"),
        "old",
        "last",
        "trailer",
    ],
    ids=[
        "no word of it",
        "words and names that only resemble it",
        "behind one of HTTP/1.0",
        "before one that says close",
        "in a trailer, where it says nothing",
    ],
)
def test_keeps_alive(host: Host, fields: tuple[str, ...] | str) -> None:
    """Neither side has said close. What another request of the connection said is nothing to this one."""
    if fields == "last":
        for last in (request_of("/second", "Connection: close"), request_of("/second", version="HTTP/1.0")):
            _keeps_alive_until_the_last(host, last)
        return
    server = greeting(host)
    peer = client_of(host, server)
    seen = 0
    if fields == "old":
        peer.send(request_of("/", "Connection: keep-alive", version="HTTP/1.0"))
        if b"keep-alive" not in await_answer(host, server, peer).words("connection"):
            raise expect.Moot("this server keeps no connection of HTTP/1.0")
        seen = 1
    if fields == "trailer":
        chunked = request_of("/", "Transfer-Encoding: chunked", method="POST") + b"0\r\n"
        peer.send(chunked + b"\r\n")
        if await_answer(host, server, peer).closes:
            raise expect.Moot("this server ends its connections behind chunks")
        seen = 1
        peer.send(chunked + b"Connection: close\r\n\r\n")
    else:
        peer.send(request_of("/", *(fields if isinstance(fields, tuple) else ())))
    answer = await_answers(host, server, peer, seen + 1, errors=fields == "trailer")[-1]
    if fields == "trailer" and answer.status >= 400:
        raise expect.Moot("this server refuses such a trailer")
    host.settle(server)
    expect.that(
        not answer.closes and peer.closed is None,
        "the connection behind an answer",
        expected="that it goes on",
        got=f"Connection: {answer.words('connection')}, then {peer.closed or 'nothing'}",
    )


# Both in one write; the answer to the first is the program's, when the server has read the second.
def _keeps_alive_until_the_last(host: Host, last: bytes) -> None:
    server = serving(host)
    peer = client_of(host, server)
    peer.send(request_of("/first") + last)
    event = await_request(host, server)
    expect.equal(event.target, "/first", "the target called back first")
    host.settle(server)
    respond(server, event.exchange)
    first = await_answer(host, server, peer)
    expect.that(not first.closes, "the answer before that to the last request", expected="not close", got="close")
    for each in requests_of(server)[1:]:
        respond(server, each.exchange)
    server.react("request", "respond", 200, b"", GREETING)
    expect.equal(len(await_answers(host, server, peer, 2)), 2, "answers")
    await_end(host, server, peer)


# Words and a name that only resemble what asks for it.
RESEMBLES = ("Connection: x-keep-alive", "Keep-Alive: timeout=5")


@check("http-connection.old-version")
@pytest.mark.parametrize(
    "fields",
    [(), ("Connection: keep-alive",), ("Connection: keep-alive, close",), RESEMBLES],
    ids=["nothing asked", "keep-alive asked", "both asked, of which close goes first", "a word that ends in it"],
)
def test_old_version(host: Host, fields: tuple[str, ...]) -> None:
    """It ends, unless keep-alive was asked for and the answer says it too; with a body or without."""
    server = greeting(host)
    for method, body in (("GET", b""), ("POST", b"a body")):
        peer = client_of(host, server)
        peer.send(request_of("/", *fields, version="HTTP/1.0", method=method, body=body))
        answer = await_answer(host, server, peer)
        if fields != ("Connection: keep-alive",) or b"keep-alive" not in answer.words("connection"):
            await_end(host, server, peer)
        expect.same_bytes(answer.body, GREETING, "the body")


@check("http-connection.old-version-confirmed")
def test_old_version_confirmed(host: Host) -> None:
    """Not confirming it is as right, and then nothing is asked."""
    server = greeting(host)
    peer = client_of(host, server)
    asking = request_of("/", "Connection: keep-alive", version="HTTP/1.0")
    peer.send(asking)
    answer = await_answer(host, server, peer)
    if b"keep-alive" not in answer.words("connection"):
        return
    peer.send(asking)
    await_answers(host, server, peer, 2)


#: Each with an answer of its own: 400, 505, 501, 417.
FAULTY = (
    request_of("/", "Content-Length: x"),
    b"no request\r\n\r\n",
    b"GET / HTTP/3.0\r\nHost: localhost\r\n\r\n",
    request_of("/", "Transfer-Encoding: gzip, chunked", method="POST"),
    request_of("/", "Expect: the-unexpected", method="POST", body=b"hello"),
)

in_any_form = pytest.mark.parametrize(
    "field",
    [
        "Connection: close",
        "connection: CLOSE",
        "Connection: x-other, close",
        "Connection: x-other,\tClose , x-more",
        "Connection: x-other\r\nConnection: close",
        "Connection: keep-alive, close",
        "Connection: , close",
    ],
    ids=[
        "alone",
        "in capitals",
        "in a list",
        "among blanks",
        "in a second line",
        "beside keep-alive",
        "behind nothing",
    ],
)


@check("http-connection.close")
@in_any_form
def test_close(host: Host, field: str) -> None:
    """One answer, whole, then the end; with a body or without."""
    server = greeting(host)
    for method, body in (("GET", b""), ("POST", b"a body")):
        peer = client_of(host, server)
        peer.send(request_of("/", field, method=method, body=body))
        answer = await_answer(host, server, peer)
        expect.same_bytes(answer.body, GREETING, "the body")
        await_end(host, server, peer)
        expect.equal(final_bytes(peer), answer.size, "bytes at the client, all of one answer")
    if field == "Connection: close":
        _ends_though_the_program_would_go_on(host, field)


# What the program says of the connection does not undo what its client has said; nor does it with HTTP/1.0.
def _ends_though_the_program_would_go_on(host: Host, field: str) -> None:
    server = serving(host)
    for number, (version, fields) in enumerate((("HTTP/1.1", [field]), ("HTTP/1.0", [])), 1):
        peer = client_of(host, server)
        peer.send(request_of("/", *fields, version=version))
        event = await_request(host, server, number)
        outcome = server.call("respond", event.exchange, 200, b"Connection: keep-alive\r\n", GREETING, 1)
        if expect.name_of(outcome) in ("false", "refused"):
            respond(server, event.exchange)
        await_answer(host, server, peer)
        await_end(host, server, peer)


@check("http-connection.close-said")
@in_any_form
def test_close_said(host: Host, field: str) -> None:
    """The answer says what is going to happen; and so does an error of the server's own that ends the connection."""
    server = greeting(host)
    for data in FAULTY:
        faulty = client_of(host, server)
        faulty.send(data)
        host.until(lambda peer=faulty: bool(finals_at(peer) or peer.closed), server, what="an answer, or the end")  # type: ignore[misc]
        host.settle(server)
        for error in finals_at(faulty):
            if faulty.closed is not None:
                expect.that(error.closes, f"an error answer {error.status}, then the end", expected="close", got="not")
        host.dismiss(faulty)
    peer = client_of(host, server)
    peer.send(request_of("/", field))
    answer = await_answer(host, server, peer)
    expect.that(
        b"close" in answer.words("connection"),
        "Connection of the last answer",
        expected="close",
        got=repr(answer.words("connection")),
    )
