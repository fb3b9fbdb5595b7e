"""Section http-limits: what strangers may send, set by the command `http_new` where a driver has it."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect, many
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.http_side import (
    Limits,
    await_answer,
    await_answers,
    await_request,
    client_of,
    finals_at,
    greeting,
    made_server,
    request_of,
    requests_of,
    respond,
    serving,
    still_serves,
    targets_of,
)
from dasnet_conformance.stage.peer import Peer

#: Bytes beyond a limit that a server may have read before it says no.
GRACE = 64 << 10
CHUNKED = request_of("/", "Transfer-Encoding: chunked", method="POST")


@check("http-limits.line-served")
def test_line_served(host: Host) -> None:
    """By the server's own limits: 8,000 bytes in all."""
    server = greeting(host)
    target = "/" + "a" * (8_000 - len("GET / HTTP/1.1"))
    peer = client_of(host, server)
    peer.send(request_of(target))
    expect.equal(await_answer(host, server, peer).status, 200, "the status of the answer")
    expect.equal(requests_of(server)[0].target, target, "the target")


def _rejected(host: Host, server: HostObject, data: bytes) -> int:
    # The status with which a request beyond a limit is rejected. It is not called back, and others are served.
    peer = client_of(host, server)
    peer.send(data)

    def decided() -> bool:
        return bool(finals_at(peer) or peer.closed)

    many.work_off(host, server, decided, len(data))
    host.until(decided, server, what="an error answer")
    answers = finals_at(peer)
    expect.equal(server.count("request"), 0, "request callbacks for what is beyond the limit")
    expect.that(
        bool(answers) and 400 <= answers[0].status < 500,
        "the answer to what is beyond the limit",
        expected="an error of 4xx",
        got=str(answers[0].status) if answers else f"none, then {peer.closed}",
    )
    host.dismiss(peer)
    still_serves(host, server)
    return answers[0].status


def _one_of(status: int, allowed: tuple[int, ...]) -> None:
    expect.that(status in allowed, "the status", expected=" or ".join(str(each) for each in allowed), got=str(status))


LONG_LINE = request_of("/" + "a" * 3_000)
LONG_HEAD = request_of("/", *(f"X-Field-{number}: {'a' * 100}" for number in range(80)))
MANY_FIELDS = request_of("/", *(f"X-{number}: a" for number in range(60)))


@check("http-limits.line-too-long")
def test_line_too_long(host: Host) -> None:
    """3,000 bytes with a limit of 1,000."""
    _rejected(host, greeting(host, limits=Limits(line=1_000)), LONG_LINE)


@check("http-limits.line-too-long-code")
def test_line_too_long_code(host: Host) -> None:
    """414 says best what it is."""
    _one_of(_rejected(host, greeting(host, limits=Limits(line=1_000)), LONG_LINE), (414, 400, 431))


@check("http-limits.head-too-large")
@pytest.mark.parametrize("limit", [4_000, 1 << 17], ids=["8,000 bytes", "more than is read ahead"])
def test_head_too_large(host: Host, limit: int) -> None:
    """8,000 bytes with a limit of 4,000; and with a limit of 128 KiB a field of 200,000 bytes, which is more than waits
    unread elsewhere.
    """
    data = LONG_HEAD if limit == 4_000 else request_of("/", "X-Field: " + "a" * 200_000)
    _rejected(host, greeting(host, limits=Limits(head=limit)), data)


@check("http-limits.head-too-large-code")
def test_head_too_large_code(host: Host) -> None:
    """431 says best what it is."""
    _one_of(_rejected(host, greeting(host, limits=Limits(head=4_000)), LONG_HEAD), (431, 400))


@check("http-limits.fields-too-many")
def test_fields_too_many(host: Host) -> None:
    """Sixty and Host, with a limit of twenty."""
    _rejected(host, greeting(host, limits=Limits(fields=20)), MANY_FIELDS)


@check("http-limits.fields-at-limit")
def test_fields_at_limit(host: Host) -> None:
    """Twenty with Host, three times on one connection, as the limit is that of one request; then twenty-one, of two
    names.
    """
    server = greeting(host, limits=Limits(fields=20))
    peer, seen = client_of(host, server), 0
    for number in range(3):
        peer.send(request_of(f"/{number}", *(f"X-{each}: a" for each in range(19))))
        answer = await_answers(host, server, peer, seen + 1)[seen]
        seen += 1
        if answer.closes:
            peer, seen = client_of(host, server), 0
    beyond = client_of(host, server)
    beyond.send(request_of("/beyond", *["X-Same: a"] * 20))
    status = await_answer(host, server, beyond, errors=True).status
    expect.that(400 <= status < 500, "the answer to twenty-one fields", expected="an error of 4xx", got=str(status))
    expect.equal(targets_of(server), ["/0", "/1", "/2"], "the targets called back")


@check("http-limits.body-declared")
def test_body_declared(host: Host) -> None:
    """No byte of the body is sent; and a gigabyte is announced to the server's own limit, if it has one."""
    server = greeting(host, limits=Limits(body=10_000))
    _rejected(host, server, request_of("/", "Content-Length: 10001", method="POST"))


@check("http-limits.body-declared-code")
def test_body_declared_code(host: Host) -> None:
    """413 is made for it."""
    server = greeting(host, limits=Limits(body=10_000))
    _one_of(_rejected(host, server, request_of("/", "Content-Length: 10001", method="POST")), (413,))


@check("http-limits.body-chunked")
@pytest.mark.parametrize("how", ["without an end", "one byte more"])
def test_body_chunked(host: Host, how: str) -> None:
    """Chunks of 1,000 bytes without a last one: the twelfth is beyond the limit; and a whole body of one byte more."""
    server = greeting(host, limits=Limits(body=10_000))
    chunk = b"3e8\r\n%b\r\n" % bytes(1_000)
    body = chunk * (12 if how != "one byte more" else 10)
    if how == "one byte more":
        body += b"1\r\na\r\n0\r\n\r\n"
    _one_of(_rejected(host, server, CHUNKED + body), (413, 400))


@check("http-limits.body-at-limit")
@pytest.mark.parametrize("framing", ["Content-Length", "chunks"])
def test_body_at_limit(host: Host, framing: str) -> None:
    """Exactly as many bytes as the limit; three times on one connection, as the limit is that of one body.

    The limits of line and head are smaller, and come in one write with it: none of its bytes are theirs. And those of
    another object, made behind this one, are that one's.
    """
    server = greeting(host, limits=Limits(line=500, head=1_000, body=10_000))
    made_server(host, limits=Limits(body=100))
    body = host.random.randbytes(10_000)
    data = request_of("/", method="POST", body=body)
    if framing == "chunks":
        data = CHUNKED + b"".join(b"3e8\r\n%b\r\n" % body[at : at + 1_000] for at in range(0, 10_000, 1_000))
        data += b"0\r\n\r\n"
    peer = client_of(host, server)
    for number in range(3):
        seen = len(finals_at(peer))
        peer.send(data)
        answer = await_answers(host, server, peer, seen + 1)[seen]
        expect.equal(answer.status, 200, f"the status of the answer to body number {number + 1}")
        expect.same_bytes(requests_of(server)[number].data, body, f"body number {number + 1}")
        if answer.closes:
            peer = client_of(host, server)


def _endless(host: Host, server: HostObject, begun: bytes, piece: bytes, limit: int) -> None:
    # Sends a piece again and again, a tick for each, until an answer or the end has come; that has to be soon.
    peer = client_of(host, server)
    peer.send(begun)
    sent = len(begun)
    while not (finals_at(peer) or peer.closed):
        expect.that(
            sent <= limit + GRACE,
            "bytes of what has no end before the server says no",
            expected=f"{limit + GRACE} at most",
            got=f"{sent}, and no answer",
        )
        peer.send(piece)
        sent += len(piece)
        host.tick_once(server)
        if peer.unsent:
            host.until(lambda: not peer.unsent or bool(peer.closed), server, what="bytes taken, or the end")
    for answer in finals_at(peer):
        # 501 is for a method that is longer than any (RFC 9112, section 3).
        allowed = 400 <= answer.status < 500 or answer.status == 501
        expect.that(allowed, "the answer", expected="an error of 4xx, or 501", got=str(answer.status))
    _ends(host, server, peer)
    expect.equal(server.count("request"), 0, "request callbacks")
    still_serves(host, server)


# The connection of a client that has been told no ends, when it has nothing more to say.
def _ends(host: Host, server: HostObject, peer: Peer) -> None:
    if peer.closed is None:
        peer.half_close()
        host.until(lambda: peer.closed is not None, server, what="the end of the connection behind an error answer")


@check("http-limits.line-endless")
@pytest.mark.parametrize("begun", [b"GET /", b"G"], ids=["in the target", "in the method"])
def test_line_endless(host: Host, begun: bytes) -> None:
    """No line end ever comes."""
    _endless(host, greeting(host, limits=Limits(line=2_000, head=4_000)), begun, b"a" * 1_000, 4_000)


@check("http-limits.head-endless")
@pytest.mark.parametrize(
    "piece",
    [pytest.param(b"X-Field: value\r\n" * 50, id="fields"), pytest.param(b"a" * 1_000, id="one field")],
)
def test_head_endless(host: Host, piece: bytes) -> None:
    """Field after field, and one field that does not end."""
    server = greeting(host, limits=Limits(line=2_000, head=4_000, fields=10_000))
    _endless(host, server, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Begun: ", piece, 4_000)


@check("http-limits.empty-lines-endless")
def test_empty_lines_endless(host: Host) -> None:
    """Before any request line; how many are skipped is open, as long as there is an end to it."""
    server = greeting(host, limits=Limits(line=2_000, head=4_000))
    _endless(host, server, b"", b"\r\n" * 30, 4_000)


@check("http-limits.extension-endless")
def test_extension_endless(host: Host) -> None:
    """In the line of a chunk."""
    _endless(host, greeting(host, limits=Limits(head=4_000)), CHUNKED + b"1;a=", b"b" * 4_000, GRACE)


@check("http-limits.trailer-endless")
@pytest.mark.parametrize(
    "piece", [pytest.param(b"X-Trailer: a\r\n" * 200, id="fields"), pytest.param(b"a" * 4_000, id="one field")]
)
def test_trailer_endless(host: Host, piece: bytes) -> None:
    """Behind the last chunk."""
    server = greeting(host, limits=Limits(head=4_000, fields=10_000))
    _endless(host, server, CHUNKED + b"1\r\na\r\n0\r\nX-Begun: ", piece, GRACE)


@check("http-limits.declared-takes-no-memory")
def test_declared_takes_no_memory(host: Host) -> None:
    """Sixteen connections announce sixteen mebibytes each and send nothing: what is in use grows by far less."""
    server = greeting(host, limits=Limits(body=16 << 20, connections=64))
    before = _memory(host)
    for _ in range(16):
        peer = client_of(host, server)
        peer.send(request_of("/", f"Content-Length: {16 << 20}", method="POST"))
        host.tick_once(server)
    host.settle(server)
    grown = _memory(host) - before
    expect.that(
        grown < 64 << 20,
        "memory of the host behind 256 MiB that were announced",
        expected="64 MiB more at most",
        got=f"{grown >> 20} MiB more",
    )
    still_serves(host, server)


def _memory(host: Host) -> int:
    outcome = host.call("memory", tolerate_unsupported=True)
    if not isinstance(outcome, Value) or outcome.value is None:
        raise expect.Moot("the driver does not tell how much memory is in use")
    return outcome.value


@check("http-limits.connections")
@pytest.mark.parametrize("four", ["silent", "waiting", "waiting, behind some that were turned down"])
def test_connections(host: Host, four: str) -> None:
    """Four places; the fifth waits for one or is told 503, or is ended, and the four go on."""
    if four != "silent":
        _all_places_wait(host, turned_down=12 if four != "waiting" else 0)
        return
    server = greeting(host, limits=Limits(connections=4))
    inside = [client_of(host, server) for _ in range(4)]
    host.settle(server)
    beyond = client_of(host, server)
    beyond.send(request_of("/beyond"))
    host.settle(server)
    for number, peer in enumerate(inside):
        # One that says nothing may be ended to make room, but that is no reason to end them all.
        if peer.closed is None:
            peer.send(request_of(f"/inside/{number}"))
            await_answer(host, server, peer)
    expect.that(
        any(peer.closed is None for peer in inside) or all(finals_at(peer) for peer in inside),
        "connections inside the limit, when another one came",
        expected="some that go on",
        got="the end of all of them",
    )
    for answer in finals_at(beyond):
        _one_of(answer.status, (503, 200))
    for peer in inside:
        host.dismiss(peer)
    # Whoever takes clients before it sees that others have left has no place until then.
    host.settle(server)
    if beyond.closed is None and not finals_at(beyond):
        await_answer(host, server, beyond, errors=True)
    still_serves(host, server)


# Clients who wait for their answers are no reason to go beyond the limit, nor is it one to end them. Those that were
# turned down before leave as many places as there were.
def _all_places_wait(host: Host, turned_down: int) -> None:
    # More than some look at in one tick.
    places = 4 if turned_down else 40
    server = serving(host, limits=Limits(connections=places))
    for _ in range(turned_down):
        faulty = client_of(host, server)
        faulty.send(b"no request\r\n\r\n")
        host.until(lambda peer=faulty: bool(finals_at(peer) or peer.closed), server, what="an answer, or the end")  # type: ignore[misc]
        host.dismiss(faulty)
        host.settle(server, ticks=2)
    waiting = [client_of(host, server) for _ in range(places)]
    # A server may take one in each tick.
    many.ticks(host, server, places)
    for peer in waiting:
        peer.send(request_of("/inside"))
    await_request(host, server, places, needs="")
    beyond = [host.peer(server.port) for _ in range(2)]
    for peer in beyond:
        peer.send(request_of("/beyond"))
    host.settle(server)
    expect.equal(targets_of(server), ["/inside"] * places, f"the targets called back, with places for {places}")
    for event in requests_of(server):
        respond(server, event.exchange)
    for peer in waiting:
        await_answer(host, server, peer)
