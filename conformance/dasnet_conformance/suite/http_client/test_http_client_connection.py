"""Section http-client-connection: which connection a request goes out on, and whose answer is whose."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import Value
from dasnet_conformance.catalogue.response_vectors import ResponseVector
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import MORE_THAN_HELD
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_client_side import (
    PIECE,
    Site,
    accepted,
    answer_of,
    ask,
    asked,
    asking,
    await_failure,
    await_outcome,
    await_response,
    expect_no_more,
    is_refused,
    made_client,
    outcomes_of,
    request,
    says_close,
    site_of,
    talk,
    unread_upload,
)
from dasnet_conformance.stage.listener import Listener, listen
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.http_client_vectors import check_answers, judge
from dasnet_conformance.suite.pace import rounds

#: More than a byte counts; and after how many the server ends the connection.
REQUESTS = 300
LEAVES_EVERY = 40
#: Connections that a client keeps side by side.
_KEPT_AT_MOST = 8
#: A name with a part that is longer than a name's part can be: no resolver asks anybody for it.
IMPOSSIBLE_NAME = f"{'x' * 80}.invalid"


@check_answers("http-client-connection.keep-alive")
def test_keep_alive(host: Host, vector: ResponseVector) -> None:
    """A connection for each request costs a round trip each."""
    judge(host, vector)


@check("http-client-connection.says-close")
def test_says_close(host: Host) -> None:
    """A server that is not told keeps what nobody uses. From the first on, or since another server said close, or the
    program did.
    """
    site = asking(host)
    for first, second in (("/first", "/second"), ("/third", "/fourth"), ("/fifth", "/sixth")):
        if first != "/first":
            told, said = ("", "Connection: close") if first == "/third" else ("Connection: close\r\n", "X-Field: a")
            number = ask(site.client, f"/before{first}", headers=told.encode())
            peer, _ = site.await_request(f"/before{first}")
            peer.send(answer_of(b"", said))
            await_response(host, site.client, number)
        used = [talk(site, first, needs="http-client-request.get")]
        # One that keeps several may take turns with them.
        for place in range(_KEPT_AT_MOST):
            peer = talk(site, f"{second}{place or ''}", needs="http-client-request.get")
            if peer in used:
                break
            used.append(peer)
        else:
            told = "Connection of a client that keeps none"
            expect.that(says_close(site, first), told, expected="close", got="something else")


@check_answers("http-client-connection.close")
def test_close(host: Host, vector: ResponseVector) -> None:
    """What is sent there would be lost."""
    judge(host, vector)


@check("http-client-connection.close-ends")
def test_close_ends(host: Host) -> None:
    """Two who wait for each other's end wait for ever. Where the request has said it, an answer need not."""
    site = asking(host)
    number, peer = asked(site, "/last")
    peer.send(answer_of(b"the last one", "Connection: close"))
    await_response(host, site.client, number)
    host.await_closed(peer, site.client)
    outcome = request(site.client, "/own", headers=b"Connection: close\r\n")
    if is_refused(outcome):
        return
    number = accepted(outcome, "request with Connection: close")
    peer, arrived = site.await_request("/own")
    peer.send(answer_of(b"the last one"))
    await_response(host, site.client, number)
    if arrived.closes:
        host.await_closed(peer, site.client)


@check("http-client-connection.close-sent")
def test_close_sent(host: Host) -> None:
    """Whoever said that nothing follows sends nothing. In its usual form; in a list; in other letters."""
    for line in (b"Connection: close", b"Connection: x-other,close", b"connection: Close"):
        _close_sent(host, line)


def _close_sent(host: Host, line: bytes) -> None:
    site = asking(host)
    number = ask(site.client, "/last", headers=line + b"\r\n")
    next_number = ask(site.client, "/next")
    peer, arrived = site.await_request("/last")
    expect.that(arrived.closes, "Connection of a request that says close", expected="close", got="something else")
    host.settle(site.client)
    peer.send(answer_of())
    await_response(host, site.client, number)
    next_peer, _ = site.await_request("/next")
    expect.that(next_peer is not peer, "the connection of the next request", expected="another one", got="the same one")
    next_peer.send(answer_of())
    await_response(host, site.client, next_number)


@check_answers("http-client-connection.extra-bytes")
def test_extra_bytes(host: Host, vector: ResponseVector) -> None:
    """An answer that nobody asked for is how another's answer is replaced."""
    judge(host, vector)


@check("http-client-connection.unsolicited")
def test_unsolicited(host: Host) -> None:
    """It is there before the next request is; ticks have seen it by then, or the first one behind it asks."""
    for seen in (True, False):
        site, _ = _unsolicited(host, seen=seen)
        if seen:
            expect_no_more(host, site.client, 1)
        talk(site, "/next")
        expect_no_more(host, site.client, 2)


@check("http-client-connection.unsolicited-closes")
def test_unsolicited_closes(host: Host) -> None:
    """Nobody can say any more whose bytes come next."""
    site, peer = _unsolicited(host)
    if peer.closed is None:
        number = ask(site.client, "/next")
        next_peer, _ = site.await_request("/next")
        expect.that(next_peer is not peer, "the connection of the next request", expected="another", got="the same one")
        next_peer.send(answer_of())
        await_response(host, site.client, number)
        host.await_closed(peer, site.client)


def _unsolicited(host: Host, *, seen: bool = True) -> tuple[Site, Peer]:
    site = asking(host)
    peer = talk(site, "/first", needs="http-client-request.get")
    if peer.closed is None:
        peer.send(answer_of(b"hidden"))
    host.silence()
    if seen:
        host.settle(site.client)
    return site, peer


@check("http-client-connection.idle-end")
def test_idle_end(host: Host) -> None:
    """By an orderly end, and by a reset; noticed in a tick before, or not until it is used. So it is, where it was
    noticed, for a request that nobody may send twice.
    """
    for target, method, reset, noticed in (
        ("/a", "POST", False, True),
        ("/b", "GET", False, False),
        ("/c", "POST", True, True),
        ("/d", "GET", True, False),
    ):
        site = asking(host)
        peer = talk(site, "/first", needs="http-client-request.get")
        if reset:
            peer.reset()
        else:
            peer.close()
        host.silence()
        if noticed:
            host.settle(site.client)
        number = ask(site.client, target, method)
        next_peer, _ = site.await_request(target, needs="")
        next_peer.send(answer_of())
        await_response(host, site.client, number)
        expect.that(next_peer is not peer, "the connection of the next request", expected="another", got="the same one")
        expect.equal(site.times(target), 1, f"requests for {target}")


@check("http-client-connection.not-sent-twice")
def test_not_sent_twice(host: Host) -> None:
    """What it asked for may have been done. On a fresh connection, and on one that was kept; by end and by reset; with
    a body, and without one; also of a method that only looks like one that may be repeated.
    """
    for kept, method, reset, body in (
        (False, "POST", False, b"ten of them"),
        (True, "POST", False, b"ten of them"),
        (True, "POST", True, b"ten of them"),
        (True, "POST", False, b""),
        (True, "PATCH", False, b"ten of them"),
        (True, "get", False, b"ten of them"),
    ):
        site = asking(host)
        if kept:
            talk(site, "/before", needs="http-client-request.get")
        outcome = request(site.client, "/order", method, body=body)
        # A client need not know every method.
        if method != "POST" and is_refused(outcome):
            continue
        with expect.needing("http-client-request.get"):
            number = accepted(outcome, f"request {method} /order")
        peer, _ = site.await_request("/order")
        if reset:
            peer.reset()
        else:
            peer.close()
        await_failure(host, site.client, number)
        host.settle(site.client)
        expect.equal(site.times("/order"), 1, "requests for /order at the server")


@check("http-client-connection.order")
@pytest.mark.parametrize("outcome", ["answered", "given up"])
def test_order(host: Host, outcome: str) -> None:
    """Whether they go out one by one or all at once; also of those that one tick tells of, all given up."""
    site = asking(host)
    if outcome == "given up":
        _in_order_behind_close(host, site)
        return
    numbers = [ask(site.client, f"/{place}") for place in range(6)]
    for place in range(6):
        peer, _ = site.await_request(f"/{place}", needs="")
        # What a client has sent in advance behind an answer that says close, it sends again.
        peer.send(answer_of(b"answer %d" % place, *(["Connection: close"] if place == 2 else [])))
        event = await_response(host, site.client, numbers[place])
        expect.same_bytes(event.data, b"answer %d" % place, f"the answer to /{place}")
        if place == 2:
            site.finish(peer)
    expect.equal([event.exchange for event in outcomes_of(site.client)], numbers, "the order of the outcomes")
    expect_no_more(host, site.client, 6)


def _in_order_behind_close(host: Host, site: Site) -> None:
    numbers = [ask(site.client, f"/{place}") for place in range(6)]
    site.await_request("/0", needs="")
    site.client.close()
    host.until(lambda: len(outcomes_of(site.client)) >= 6, site.client, what="six failures", got=site.told)
    expect.equal([event.exchange for event in outcomes_of(site.client)], numbers, "the order of the failures")


@check("http-client-connection.after-failure")
def test_after_failure(host: Host) -> None:
    """An answer that is none, one whose length is none, and an end before any."""
    site = asking(host)
    faulty = b"HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\nhello"
    for target, data in (("/broken", b"no answer at all\r\n\r\n"), ("/length", faulty), ("/ended", b"")):
        number, peer = asked(site, target, "POST", b"a body")
        if data:
            peer.send(data)
        else:
            peer.close()
        await_failure(host, site.client, number)
        next_peer = talk(site, f"{target}-next")
        expect.that(next_peer is not peer, "the connection of the next request", expected="another", got="the same one")
        if data is faulty:
            host.await_closed(peer, site.client)


@check("http-client-connection.early-answer")
def test_early_answer(host: Host) -> None:
    """The body is more than the system holds, and the server says no before it has read any, by length or until it
    shuts down writing.
    """
    for ends in (False, True):
        site = asking(host)
        number, peer = unread_upload(site, MORE_THAN_HELD)
        if ends:
            peer.send(b"HTTP/1.1 413 Content Too Large\r\n\r\ntoo much")
            peer.half_close()
        else:
            peer.send(answer_of(b"too much", "Connection: close", status="413 Content Too Large"))
        event = await_response(host, site.client, number)
        expect.equal(event.status, 413, "the status")
        expect.same_bytes(event.data, b"too much", "the body")
        talk(site, "/next")


@check("http-client-connection.early-body-whole")
def test_early_body_whole(host: Host) -> None:
    """A server that goes on reading has the whole body; one that does not sees the connection end. Behind an interim
    answer, which is none, it has to be the body.
    """
    early = asking(host)
    put_off, interim = unread_upload(early, MORE_THAN_HELD)
    interim.send(b"HTTP/1.1 103 Early Hints\r\n\r\n")
    host.silence()
    host.settle(early.client)
    interim.resume_reading()
    early.await_request("/upload", needs="")[0].send(answer_of())
    await_response(host, early.client, put_off)
    site = asking(host)
    number, peer = unread_upload(site, MORE_THAN_HELD)
    peer.send(answer_of(b"fine"))
    event = await_response(host, site.client, number, needs="http-client-connection.early-answer")
    expect.same_bytes(event.data, b"fine", "the answer")
    peer.resume_reading()
    host.until(
        lambda: site.find("/upload") is not None or peer.closed is not None,
        site.client,
        what="the whole body at the server, or the end of the connection",
        got=lambda: f"{len(peer.received)} bytes",
    )
    talk(site, "/next")


@check("http-client-connection.refused")
def test_refused(host: Host) -> None:
    """The port is held, and nobody listens on it; then somebody does."""
    client = made_client(host)
    site = site_of(host, client, "refuse")
    for target in ("/first", "/second"):
        number = ask(client, target)
        event = await_failure(host, client, number)
        expect.that(event.code != 0, "the code of the failure", expected="a number other than 0", got="0")
    expect_no_more(host, client, 2)
    site.listener.open()
    talk(site, "/third")


@check("http-client-connection.many-requests")
def test_many_requests(host: Host) -> None:
    """More than a byte counts, one after the other, and the last ones as if they were the first."""
    site = asking(host)
    for place in rounds(REQUESTS):
        peer = talk(site, f"/{place}")
        if not place % LEAVES_EVERY:
            # Nothing of a connection that is over is looked through again; one that was made ahead of a request is not.
            peer.close()
            host.settle(site.client)
            site.peers.remove(peer)
            host.dismiss(peer)
    numbers = {event.exchange for event in outcomes_of(site.client)}
    expect.equal(len(numbers), len(outcomes_of(site.client)), "different numbers of exchanges")


@check("http-client-connection.by-name")
def test_by_name(host: Host) -> None:
    """Of several addresses that a name has, one at which nobody listens is no reason to fail."""
    _asked_by(host, "localhost", listen(host), "localhost")


@check("http-client-connection.unknown-name")
def test_unknown_name(host: Host) -> None:
    """A name that no resolver can take leaves the machine in no question."""
    client, listener = made_client(host), listen(host)
    outcome = client.call("http_init", IMPOSSIBLE_NAME, listener.port)
    if outcome == Value(True):
        taken = request(client)
        if not is_refused(taken):
            await_failure(host, client, accepted(taken, "request of a name that nobody can have"))
    else:
        expect.one_of(outcome, ("false", "refused"), "http_init for a name that nobody can have")
    expect.that(listener.nobody_came(), "connections to this machine", expected="none", got="one")


@check("http-client-connection.ipv-six")
def test_ipv_six(host: Host) -> None:
    """The brackets are no part of the address."""
    _asked_by(host, "::1", listen(host, address="::1"), "[::1]")


def _asked_by(host: Host, name: str, listener: Listener, named: str) -> None:
    client = made_client(host)
    site = Site(host, client, listener)
    expect.returns(client.call("http_init", name, listener.port), True, f"http_init for {name}")
    number = ask(client)
    peer, arrived = site.await_request("/", needs="")
    expect.equal(arrived.values("host"), [f"{named}:{listener.port}".encode()], "Host")
    peer.send(answer_of())
    await_response(host, client, number)


@check("http-client-connection.server-slow-to-read")
def test_server_slow_to_read(host: Host) -> None:
    """Nothing is read for a while, and then all of it."""
    site = asking(host)
    size = 4 << 20
    number, peer = unread_upload(site, size, "PUT")
    peer.resume_reading()
    _, arrived = site.await_request("/upload", needs="")
    expect.same_bytes(arrived.body, PIECE * (size // len(PIECE)), "the body at the server")
    peer.send(answer_of())
    expect.equal(await_outcome(host, site.client, number).what, "response", "the outcome")
