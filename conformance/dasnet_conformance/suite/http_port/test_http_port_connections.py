"""Section http-port: connections and answers of a server that is seen from outside."""

from __future__ import annotations

import re

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_side import answers_at, final_bytes, finals_at, request_of
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.http_outside import await_answer, end_in_order, is_rejection, status_of, visitor

_DATE = re.compile(rb"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")
_LARGE = 8 << 20
_EXPECTING = ("Expect: 100-continue", "Content-Length: 4")


@check("http-port.response-version")
def test_response_version(host: Host) -> None:
    """The server's own version, to clients of either."""
    for version in ("HTTP/1.1", "HTTP/1.0"):
        peer = visitor(host)
        peer.send(request_of(version=version))
        expect.equal(await_answer(host, peer)[0].version, "HTTP/1.1", f"the version of the answer to {version}")


@check("http-port.response-framing")
def test_response_framing(host: Host) -> None:
    """The reader refuses two framings and a length that is no number; nothing follows the answer."""
    for target in ("/", "/there-is-hardly-such-a-thing"):
        peer = visitor(host)
        peer.send(request_of(target))
        await_answer(host, peer)
        _nothing_between(host, peer)


@check("http-port.response-head")
def test_response_head(host: Host) -> None:
    """What follows the empty line would be taken for the next answer."""
    peer = visitor(host)
    peer.send(request_of(method="HEAD"))
    await_answer(host, peer, 1, ("HEAD",))
    _nothing_between(host, peer, ("HEAD",))


# The client has whole answers and not a byte more, up to the end of its connection behind a last request.
def _nothing_between(host: Host, peer: Peer, methods: tuple[str, ...] = ()) -> None:
    end_in_order(host, peer)
    sizes = [answer.size for answer in finals_at(peer, methods)]
    expect.equal(final_bytes(peer, methods), sum(sizes), f"bytes at the client, all of answers of {sizes} bytes")


@check("http-port.response-date")
def test_response_date(host: Host) -> None:
    """Of whatever answer `/` has, unless it is of 5xx."""
    peer = visitor(host)
    peer.send(request_of())
    answer = await_answer(host, peer)[0]
    if answer.status >= 500:
        raise expect.Moot("the server answers / by 5xx")
    dates = answer.values("date")
    right = len(dates) == 1 and _DATE.fullmatch(dates[0]) is not None
    expect.that(right, "Date", expected="one, in the fixed form", got=repr(dates))


@check("http-port.connection-keeps-alive")
def test_connection_keeps_alive(host: Host) -> None:
    """A second request on the same connection."""
    peer = visitor(host)
    peer.send(request_of())
    await_answer(host, peer)
    peer.send(request_of())
    await_answer(host, peer, 2)


@check("http-port.connection-old-version")
def test_connection_old_version(host: Host) -> None:
    """With keep-alive and without."""
    for fields in ((), ("Connection: keep-alive",)):
        peer = visitor(host)
        peer.send(request_of("/", *fields, version="HTTP/1.0"))
        answer = await_answer(host, peer)[0]
        if not (fields and b"keep-alive" in answer.words("connection")):
            host.until(lambda peer=peer: peer.closed is not None, what="the end of a connection of HTTP/1.0")  # type: ignore[misc]


@check("http-port.connection-close")
def test_connection_close(host: Host) -> None:
    """In any case, and in a list; what stands behind it is not answered."""
    for field in ("Connection: close", "connection: x-other, CLOSE"):
        peer = visitor(host)
        peer.send(request_of("/", field) + request_of())
        await_answer(host, peer)
        host.until(lambda peer=peer: peer.closed is not None, what="the end of the connection")  # type: ignore[misc]
        expect.equal(len(finals_at(peer)), 1, "answers on a connection whose first request said close")


@check("http-port.connection-close-said")
def test_connection_close_said(host: Host) -> None:
    """The answer says what is going to happen."""
    peer = visitor(host)
    peer.send(request_of("/", "Connection: close"))
    answer = await_answer(host, peer)[0]
    words = answer.words("connection")
    expect.that(b"close" in words, "Connection of the last answer", expected="close", got=repr(words))


@check("http-port.connection-pipelining")
def test_connection_pipelining(host: Host) -> None:
    """Ten in one write: HEAD and GET in turns, told apart by their content."""
    peer = visitor(host)
    methods = ("GET", "HEAD") * 5
    peer.send(b"".join(request_of(method=method) for method in methods))
    first = await_answer(host, peer, 1, methods)[0]
    if first.closes:
        raise expect.Moot("this server ends every connection behind its first answer")
    answers = await_answer(host, peer, len(methods), methods)
    expect.equal(len(answers), len(methods), "answers")
    expect.equal(status_of(answers[::2]), [first.status] * 5, "the statuses of the answers to GET")


@check("http-port.connection-expect-continue")
def test_connection_expect_continue(host: Host) -> None:
    """100, or whatever the server has to say to a POST."""
    peer = visitor(host)
    peer.send(request_of("/", *_EXPECTING, method="POST"))

    def words() -> list[int]:
        return [answer.status for answer in answers_at(peer) if answer.status == 100 or not answer.interim]

    host.until(lambda: bool(words() or peer.closed), what="100, or a final answer")
    expect.that(bool(words()), "what the client got before its body", expected="an answer", got="the end")


@check("http-port.connection-expect-old-version")
def test_connection_expect_old_version(host: Host) -> None:
    """The body follows a little later."""
    peer = visitor(host)
    peer.send(request_of("/", *_EXPECTING, method="POST", version="HTTP/1.0"))
    host.settle()
    peer.send(b"body")
    await_answer(host, peer)
    interim = [answer.status for answer in answers_at(peer) if answer.interim]
    expect.equal(interim, [], "interim answers to HTTP/1.0")


@check("http-port.connection-error-arrives")
def test_connection_error_arrives(host: Host) -> None:
    """It reads only when it has sent all, as most clients do, or when the server takes no more."""
    peer = visitor(host)
    peer.reading = False
    peer.send(request_of("/", "Content-Length: x", method="POST") + bytes(_LARGE))
    before = -1
    while peer.unsent not in (0, before):
        before = peer.unsent
        host.settle()
    peer.reading = True
    host.until(lambda: bool(finals_at(peer) or peer.closed), what="an error answer")
    answers = finals_at(peer)
    expect.that(
        bool(answers) and is_rejection(answers[0].status),
        "what a client got that went on sending",
        expected="an error answer",
        got=str(status_of(answers)) if answers else f"nothing, then {peer.closed}",
    )


@check("http-port.connection-half-close")
def test_connection_half_close(host: Host) -> None:
    """It has asked, and will say nothing more, and it reads. The end is there with the request: whoever takes it for a
    departure sees it before it answers, whatever the pace of either side.

    On a connection that is taken first, and on one that is there with its request; several times each.
    """
    for version in ("HTTP/1.1", "HTTP/1.0") * 4:
        for taken in (False, True):
            peer = visitor(host)
            if taken:
                host.silence()
            peer.send_last(request_of(version=version))
            await_answer(host, peer)
            host.dismiss(peer)


@check("http-port.connection-many")
def test_connection_many(host: Host) -> None:
    """Ten that say nothing, as a browser opens them ahead, and six that ask; then the ten ask as well."""
    silent = [visitor(host) for _ in range(10)]
    asking = [visitor(host) for _ in range(6)]
    for peer in (*asking, *silent):
        peer.send(request_of())
        await_answer(host, peer)


@check("http-port.arriving-bytes")
def test_arriving_bytes(host: Host) -> None:
    """Byte by byte, as far as the system lets them go apart."""
    peers = [visitor(host) for _ in range(2)]
    data = request_of("/", "Accept: */*", "X-Field: value")
    peers[0].send(data)
    for place in range(len(data)):
        peers[1].send(data[place : place + 1])
        if place % 8 == 0:
            host.silence()
    statuses = [await_answer(host, peer)[0].status for peer in peers]
    expect.equal(statuses[1], statuses[0], "the status of the answer to a request that came in pieces")


@check("http-port.line-served")
def test_line_served(host: Host) -> None:
    """A query makes it so long; 414 says so, where it is too long after all."""
    peer = visitor(host)
    peer.send(request_of("/?" + "a" * (8_000 - len("GET /? HTTP/1.1"))))
    status = await_answer(host, peer)[0].status
    expect.that(not is_rejection(status), "a request line of 8,000 bytes", expected="an answer for it", got=str(status))
