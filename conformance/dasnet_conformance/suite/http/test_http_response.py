"""Section http-response: what an answer looks like on the wire."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

import pytest

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect, many
from dasnet_conformance.stage.answer_reader import BY_END, HttpAnswer
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.http_side import (
    GREETING,
    await_answer,
    await_answers,
    await_request,
    client_of,
    final_bytes,
    finals_at,
    greeting,
    request_of,
    requests_of,
    respond,
    serving,
)
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.scenes import Forgiving

#: RFC 9110, section 5.6.7.
FIXED_DATE = re.compile(
    rb"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT"
)

DAYS = (b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun")


def _answered(
    host: Host,
    *,
    method: str = "GET",
    version: str = "HTTP/1.1",
    status: int = 200,
    headers: bytes = b"",
    body: bytes = GREETING,
    repeat: int = 1,
) -> tuple[HttpAnswer, Peer, HostObject]:
    # One request, answered as said, and the answer at its client.
    server = serving(host)
    peer = client_of(host, server)
    peer.send(request_of("/", method=method, version=version))
    event = await_request(host, server)
    respond(server, event.exchange, status, headers, body, repeat)
    return await_answer(host, server, peer, method, errors=True), peer, server


@check("http-response.status-line")
@pytest.mark.parametrize("status", [200, 201, 299, 301, 404, 418, 499, 500, 599])
def test_status_line(host: Host, status: int) -> None:
    """Statuses with a name and without one, whose reason may be empty; the reader insists on the form, spaces too."""
    answer, _, _ = _answered(host, status=status)
    expect.equal(answer.status, status, "the status")
    expect.equal(answer.version, "HTTP/1.1", "the version in the status line")


@check("http-response.framing")
@pytest.mark.parametrize("status", [200, 301, 404, 500])
@pytest.mark.parametrize("size", [0, 1, 65_537])
def test_framing(host: Host, status: int, size: int) -> None:
    """By length, by chunks, or by the end; the reader refuses two at once, and a length that is no number."""
    answer, peer, server = _answered(host, status=status, body=b"x", repeat=size)
    expect.same_bytes(answer.body, b"x" * size, "the body")
    if answer.framing == BY_END:
        return
    host.settle(server)
    expect.equal(final_bytes(peer), answer.size, "bytes at the client, all of one answer")


@check("http-response.delimited")
@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/1.0"])
def test_delimited(host: Host, version: str) -> None:
    """The program has given all of it, so that its length is known; whoever reads can tell it from what was cut off."""
    answer, _, _ = _answered(host, version=version)
    told = "the end of the connection" if answer.framing == BY_END else "a length, or chunks"
    expect.equal(told, "a length, or chunks", f"what tells the end of an answer to {version}")


@check("http-response.body-exact")
@pytest.mark.parametrize("size", [1, 2, 1_000, 65_535, 65_536, 1 << 20, 3_000_001])
def test_body_exact(host: Host, size: int) -> None:
    """Bytes of every value; a length that counts characters would show. What its client would accept is for the program
    to heed.
    """
    server = serving(host)
    if size == 1:
        _every_end_arrives(host, server)
    peer = client_of(host, server)
    peer.send(request_of("/", "Accept-Encoding: gzip, deflate, br", "TE: gzip, trailers"))
    event = await_request(host, server, server.count("request") + 1)
    # A piece that is repeated, so that a large body is a short command; its length divides each size but for a rest.
    piece = bytes(range(256)) + "äöü€".encode()
    repeat, rest = divmod(size, len(piece))
    body, count = (piece, repeat) if repeat and not rest else (host.random.randbytes(size), 1)
    if size > 100_000:
        body, count = piece, size // len(piece)
    respond(server, event.exchange, body=body, repeat=count)
    answer = await_answer(host, server, peer)
    expect.same_bytes(answer.body, body * count, f"a body of {len(body) * count} bytes")


# What others take for the end of a text, or for nothing.
def _every_end_arrives(host: Host, server: HostObject) -> None:
    for number, body in enumerate((b"\0", b"a\0\0", b"\r\n", b"\n", b" "), 1):
        peer = client_of(host, server)
        peer.send(request_of())
        respond(server, await_request(host, server, number).exchange, body=body)
        expect.same_bytes(await_answer(host, server, peer).body, body, "a short body")
        host.dismiss(peer)


@check("http-response.fields-arrive")
def test_fields_arrive(host: Host) -> None:
    """Their order among those of one name; each name in whatever case; cookies never joined (RFC 9110, section 5.3)."""
    headers = (
        b"Content-Type: text/plain; charset=utf-8\r\nX-One: a\r\nSet-Cookie: a=1\r\nX-Two: \r\n"
        b"X-One: b\r\nSet-Cookie: b=2\r\nX-Bytes: caf\xe9  \xff\r\n"
    )
    many = b"".join(b"X-Field-%d: value %d\r\n" % (number, number) for number in range(100))
    known = {b"Content-Type": b"text/html", b"Cache-Control": b"no-store", b"ETag": b'"a"', b"Location": b"/a"}
    known |= {b"WWW-Authenticate": b'Basic realm="a"', b"Vary": b"Accept", b"Set-Cookie": b"c=3; Path=/a"}
    many += b"".join(b"%b: %b\r\n" % pair for pair in known.items()) + b"Set-Cookie: c=3; Path=/b\r\n"
    answer, _, _ = _answered(host, headers=many)
    for name, value in known.items():
        values = answer.values(name.decode().lower())
        expect.that(value in values, f"a field {name.decode()}", expected=repr(value), got=repr(values))
    expect.that(b"c=3; Path=/b" in answer.values("set-cookie"), "two cookies", expected="both", got="one of them")
    for number in range(100):
        expect.equal(answer.values(f"x-field-{number}"), [b"value %d" % number], f"field {number + 1} of a hundred")
    answer, _, _ = _answered(host, headers=headers)
    expect.equal(answer.values("content-type"), [b"text/plain; charset=utf-8"], "Content-Type")
    expect.equal(b", ".join(answer.values("x-one")), b"a, b", "the values of X-One, joined")
    cookies = [value for value in answer.values("set-cookie") if value[:2] in (b"a=", b"b=")]
    expect.equal(cookies, [b"a=1", b"b=2"], "Set-Cookie, which cannot be joined, but for cookies of the server's own")
    expect.equal(answer.values("x-two"), [b""], "a field without a value")
    expect.equal(answer.values("x-bytes"), [b"caf\xe9  \xff"], "a value beyond ASCII, with two blanks")
    _long_field_arrives(host)
    _fields_stay_with_their_answer(host)


# What a program has said to one client is not for another one, nor for the same one again.
def _fields_stay_with_their_answer(host: Host) -> None:
    server = serving(host)
    peer = client_of(host, server)
    peer.send(request_of("/with"))
    respond(server, await_request(host, server).exchange, headers=b"X-Once: a\r\nSet-Cookie: once=a\r\n")
    closes = await_answer(host, server, peer).closes
    others = [client_of(host, server)] if closes else [peer, client_of(host, server)]
    for number, other in enumerate(others, 2):
        seen = len(finals_at(other))
        other.send(request_of("/without"))
        respond(server, await_request(host, server, number).exchange)
        answer = await_answers(host, server, other, seen + 1)[seen]
        expect.equal(answer.values("x-once"), [], "X-Once, which the program gave with an earlier answer")
        cookies = [value for value in answer.values("set-cookie") if value.startswith(b"once=")]
        expect.equal(cookies, [], "Set-Cookie, which the program gave with an earlier answer")


# Six kilobytes, or not at all: what is cut says something else.
def _long_field_arrives(host: Host) -> None:
    server = serving(host)
    peer = client_of(host, server)
    peer.send(request_of())
    value = b" ".join(b"%d" % number for number in range(1_000, 2_200))
    event = await_request(host, server)
    if server.call("respond", event.exchange, 200, b"X-Long: " + value + b"\r\n", GREETING, 1) == Value(True):
        got = b", ".join(await_answer(host, server, peer).values("x-long"))
        expect.same_bytes(got, value, "the value of a long field")
    # Seventy kilobytes in fields of a kilobyte, likewise.
    other = client_of(host, server)
    other.send(request_of())
    event = await_request(host, server, 2)
    many = b"".join(b"X-Part: %d %s\r\n" % (number, value[:999]) for number in range(70))
    if server.call("respond", event.exchange, 200, many, GREETING, 1) == Value(True):
        parts = b", ".join(await_answer(host, server, other).values("x-part"))
        expect.same_bytes(parts, many[8:-2].replace(b"\r\nX-Part: ", b", "), "the values of seventy long fields")


@check("http-response.empty-body")
@pytest.mark.parametrize("status", [200, 404])
def test_empty_body(host: Host, status: int) -> None:
    """A Content-Length of 0 or an empty last chunk; or the end of the connection, if it comes by itself."""
    answer, _, _ = _answered(host, status=status, body=b"")
    expect.same_bytes(answer.body, b"", "the body")


@check("http-response.head-has-no-content")
@pytest.mark.parametrize("sent", ["alone", "for what is not there", "before a GET", "in error", "raising"])
def test_head_has_no_content(host: Host, sent: str) -> None:
    """A body was given, or is the server's own; what follows the empty line would be taken for the next answer."""
    if sent in ("in error", "raising"):
        _head_in_error(host, raising=sent == "raising")
        return
    if sent == "before a GET":
        _head_before_another(host)
        return
    answer, peer, server = _answered(host, method="HEAD", status=200 if sent == "alone" else 404)
    host.settle(server)
    expect.equal(final_bytes(peer, ("HEAD",)), answer.size, "bytes at the client, all of the head")


# Two hosts are one too many, or the callback raises; the request line says what was asked for.
def _head_in_error(host: Host, *, raising: bool) -> None:
    server = serving(host)
    server.react("request", "raise")
    peer = client_of(host, server)
    peer.send(request_of("/", *([] if raising else ["Host: other"]), method="HEAD"))
    # The tick in which a callback raises may end in an error.
    ticked = Forgiving(server)
    host.until(
        lambda: bool(finals_at(peer, ("HEAD",)) or peer.closed), ticked, what="an answer, or the end of the connection"
    )
    host.settle(ticked)
    answers = finals_at(peer, ("HEAD",))
    if answers:
        expect.equal(final_bytes(peer, ("HEAD",)), answers[0].size, "bytes at the client, all of the head")


def _head_before_another(host: Host) -> None:
    # Both in one write, answered when both were told of, or the second when its turn has come.
    server = serving(host)
    peer = client_of(host, server)
    peer.send(request_of("/head", method="HEAD") + request_of("/get"))
    await_request(host, server)
    host.settle(server)
    for event in requests_of(server):
        respond(server, event.exchange)
    server.react("request", "respond", 200, b"", GREETING)
    if await_answer(host, server, peer, "HEAD").closes:
        raise expect.Moot("this server ends every connection behind its first answer")
    answers = await_answers(host, server, peer, 2, ("HEAD", "GET"))
    expect.equal([answer.body for answer in answers], [b"", GREETING], "the bodies of the answers to HEAD and GET")


@check("http-response.head-has-the-fields")
def test_head_has_the_fields(host: Host) -> None:
    """Date may differ, and what is about the connection; Content-Length is GET's, or is not there."""
    found = []
    for method in ("GET", "HEAD"):
        answer, _, _ = _answered(host, method=method, headers=b"X-One: a\r\nContent-Type: text/plain\r\n")
        found.append(answer)
    get, head = found
    for name in ("x-one", "content-type"):
        expect.equal(head.values(name), get.values(name), f"{name} of the answer to HEAD")
    if head.values("content-length"):
        told = [int(value) for value in head.values("content-length")]
        expect.equal(told, [len(GREETING)], "Content-Length of HEAD's answer")


@check("http-response.date")
@pytest.mark.parametrize("status", [200, 301, 404])
def test_date(host: Host, status: int) -> None:
    """One of them, also when the program gives none, or its own, which may be refused or overridden."""
    answer, _, _ = _answered(host, status=status)
    _expect_date(answer)
    if status == 200:
        for method, without in (("HEAD", 200), ("GET", 204), ("GET", 304)):
            answer, _, _ = _answered(host, method=method, status=without, body=b"")
            _expect_date(answer)
    for name in (b"Date", b"date", b"DATE"):
        server = serving(host)
        peer = client_of(host, server)
        peer.send(request_of())
        event = await_request(host, server)
        given = name + b": Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        if server.call("respond", event.exchange, status, given, GREETING, 1) == Value(True):
            _expect_date(await_answer(host, server, peer, errors=True))


@check("http-response.version")
@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/1.0", "of its own"])
def test_version(host: Host, version: str) -> None:
    """The server's own version, not its client's; also of an answer that it gives by itself, to a request with which
    nothing is wrong but that it asks for too much.
    """
    if version != "of its own":
        answer, _, _ = _answered(host, version=version)
        expect.equal(answer.version, "HTTP/1.1", f"the version of the answer to {version}")
        return
    server = serving(host)
    peer = client_of(host, server)
    peer.send(request_of("/", "Transfer-Encoding: gzip, chunked", method="POST"))
    host.until(lambda: bool(finals_at(peer) or peer.closed), server, what="an answer, or the end of the connection")
    for error in finals_at(peer):
        expect.equal(error.version, "HTTP/1.1", f"the version of the server's own answer {error.status}")


@check("http-response.old-version-framing")
@pytest.mark.parametrize("size", [0, 12, 200_000, 3_000_001])
def test_old_version_framing(host: Host, size: int) -> None:
    """HTTP/1.0 knows no chunks."""
    answer, _, _ = _answered(host, version="HTTP/1.0", body=b"x", repeat=size)
    expect.equal(answer.values("transfer-encoding"), [], "Transfer-Encoding of an answer to HTTP/1.0")
    expect.same_bytes(answer.body, b"x" * size, "the body")


@check("http-response.error-answers-are-whole")
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"no request\r\n\r\n", id="no request"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="no Host"),
        pytest.param(request_of("/", "Content-Length: x"), id="a faulty length"),
        pytest.param(b"GET / HTTP/3.0\r\nHost: localhost\r\n\r\n", id="another major version"),
        pytest.param(request_of(method="HEAD") + b"GET / HTTP/1.1\r\n\r\n", id="no Host, behind a HEAD"),
    ],
)
def test_error_answers_are_whole(host: Host, data: bytes) -> None:
    """The reader insists on the form; an end without an answer is for other checks. What was asked before is nothing to
    an answer: behind a HEAD it has the body that its fields tell of.
    """
    server = greeting(host)
    peer = client_of(host, server)
    methods = ("HEAD",) if data.startswith(b"HEAD") else ()
    before = len(methods)
    peer.send(data)

    def behind() -> list[HttpAnswer]:
        return finals_at(peer, methods)[before:]

    host.until(
        lambda: bool(behind() or peer.closed),
        server,
        what="a whole answer, or the end",
        got=lambda: f"{len(peer.received)} bytes",
    )
    host.settle(server)
    answers = behind()
    expect.that(
        len(answers) <= 1, "answers to one faulty request", expected="one", got=str([a.status for a in answers])
    )
    size = sum(answer.size for answer in finals_at(peer, methods))
    expect.equal(final_bytes(peer, methods), size, "bytes at the client, all of them of whole answers")


@check("http-response.allow")
def test_allow(host: Host) -> None:
    """Nobody has to have more than GET and HEAD, and nobody has to answer 405; to an empty Allow nothing is said."""
    server = greeting(host)
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "BREW", "get"):
        peer = client_of(host, server)
        peer.send(request_of("/", method=method))
        host.until(
            lambda peer=peer: bool(finals_at(peer) or peer.closed),  # type: ignore[misc]
            server,
            what=f"an answer to {method}, or the end of the connection",
        )
        for answer in finals_at(peer):
            if answer.status == 405:
                expect.that(bool(answer.values("allow")), f"Allow of the 405 to {method}", expected="one", got="none")
        host.dismiss(peer)


@check("http-response.error-answers-have-date")
def test_error_answers_have_date(host: Host) -> None:
    """The server's own answers of 4xx are answers like any other, whatever they turn down."""
    server = greeting(host)
    for data in (
        b"GET / HTTP/1.1\r\n\r\n",
        request_of("/", f"Content-Length: {'9' * 30}", method="POST"),
        request_of("/", "Expect: the-unexpected", method="POST", body=b"hello"),
        request_of("/", "X-Field: " + "a" * 300_000),
    ):
        peer = client_of(host, server)
        peer.send(data)

        def decided(peer: Peer = peer) -> bool:
            return bool(finals_at(peer) or peer.closed)

        many.work_off(host, server, decided, len(data))
        host.until(decided, server, what="a whole answer, or the end")
        for answer in finals_at(peer):
            if 400 <= answer.status < 500:
                _expect_date(answer)
        host.dismiss(peer)


def _expect_date(answer: HttpAnswer) -> None:
    dates = answer.values("date")
    expect.equal(len(dates), 1, f"fields Date of an answer {answer.status}")
    expect.that(
        FIXED_DATE.fullmatch(dates[0]) is not None, "Date", expected="the fixed form of RFC 9110", got=repr(dates[0])
    )
    # Whatever the clock says: a day has one name.
    day = DAYS[parsedate_to_datetime(dates[0].decode("ascii")).weekday()]
    expect.that(dates[0].startswith(day), "the day of a Date", expected=day.decode(), got=repr(dates[0]))
