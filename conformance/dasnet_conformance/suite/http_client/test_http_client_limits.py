"""Section http-client-limits: what a client does not let a server do to its host."""

from __future__ import annotations

from dasnet_adapters.contract import Command
from dasnet_conformance.stage import expect, many
from dasnet_conformance.stage.bounds import MORE_THAN_HELD
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_client_side import (
    PIECE,
    REPLY,
    ClientLimits,
    Site,
    answer_of,
    ask,
    asked,
    asking,
    await_failure,
    await_response,
    chunked_answer_of,
    expect_no_more,
    made_client,
    outcome_of,
    outcomes_of,
    site_of,
    spell_outcome,
    talk,
    unread_upload,
)
from dasnet_conformance.stage.recording import Called

_HEAD = 8_192
_BODY = 65_536
_LIMITS = ClientLimits(head=_HEAD, body=_BODY)
#: Ticks of the limits that are counted in ticks.
_STALL = 48
_DEADLINE = 96
#: Windows of silence between two ticks of a host that is slow.
_SILENCES = 3


@check("http-client-limits.head")
def test_head(host: Host) -> None:
    """One field that is too long, and many that are short."""
    fields = (["X-Long: " + "a" * 2 * _HEAD], [f"X-{place}: {'a' * 50}" for place in range(_HEAD // 25)])
    for place, given in enumerate(fields):
        _expect_failure(host, f"/{place}", answer_of(b"", *given))


@check("http-client-limits.head-endless")
def test_head_endless(host: Host) -> None:
    """No empty line, no line end; and the line of a chunk, and a trailer, without end."""
    endless = {
        "/lines": b"HTTP/1.1 200 OK\r\n" + b"X-Field: a value\r\n" * (8 * _HEAD // 18),
        "/line": b"HTTP/1.1 200 " + b"a" * 8 * _HEAD,
        "/chunk-line": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;" + b"a" * 8 * _HEAD,
        "/trailer": chunked_answer_of(b"a body")[:-2] + b"X-Field: a value\r\n" * (8 * _HEAD // 18),
    }
    for target, data in endless.items():
        _expect_failure(host, target, data)


@check("http-client-limits.body-length")
def test_body_length(host: Host) -> None:
    """It says so itself, and nothing of it need come. One byte too many is too many, also where all of them come."""
    _expect_failure(host, "/large", b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (8 * _BODY))
    _expect_failure(host, "/one-byte", answer_of(b"a" * (_BODY + 1)))


@check("http-client-limits.no-content")
def test_no_content(host: Host) -> None:
    """A program asks by HEAD whether a file is too large to be fetched."""
    site = asking(host, limits=_LIMITS)
    large = b"Content-Length: %d\r\n\r\n" % (8 * _BODY)
    for target, method, status in (("/head", "HEAD", b"200 OK"), ("/cached", "GET", b"304 Not Modified")):
        number, peer = asked(site, target, method)
        peer.send(b"HTTP/1.1 %s\r\n%s" % (status, large))
        event = await_response(host, site.client, number)
        expect.same_bytes(event.data, b"", f"the body of the answer to {method}")


@check("http-client-limits.body-chunked")
def test_body_chunked(host: Host) -> None:
    """A large chunk, small ones without end, and one byte too many."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    _expect_failure(host, "/one", head + b"%x\r\n" % (8 * _BODY) + b"a" * (2 * _BODY))
    _expect_failure(host, "/one-byte", chunked_answer_of(b"a" * _BODY, b"a"))
    _expect_failure(host, "/many", head + (b"400\r\n" + b"a" * 1024 + b"\r\n") * (4 * _BODY // 1024))


@check("http-client-limits.body-until-close")
def test_body_until_close(host: Host) -> None:
    """It would last as long as the server wants."""
    _expect_failure(host, "/endless", b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * (4 * _BODY))


@check("http-client-limits.within")
def test_within(host: Host) -> None:
    """As much as is allowed, in each framing, and in chunks whose lines are more than a head may have."""
    site = asking(host, limits=_LIMITS)
    body = host.random.randbytes(_BODY)
    answers = {
        "/length": answer_of(body, "X-Long: " + "a" * (_HEAD - 300)),
        "/chunks": chunked_answer_of(body[:1_000], body[1_000:]),
        "/small-chunks": chunked_answer_of(*(body[at : at + 30] for at in range(0, len(body), 30))),
        "/end": b"HTTP/1.1 200 OK\r\n\r\n" + body,
    }
    for target, data in answers.items():
        number, peer = asked(site, target)
        peer.send(data)
        if target == "/end":
            peer.half_close()
        event = await_response(host, site.client, number, size=len(data))
        expect.same_bytes(event.data, body, f"the body of {target}")


def _expect_failure(host: Host, target: str, data: bytes) -> None:
    site = asking(host, limits=_LIMITS)
    number, peer = asked(site, target)
    peer.send(data)
    await_failure(host, site.client, number, size=len(data))
    # What the server has still to send of it would be taken for the next answer.
    expect.that(talk(site, "/next") is not peer, "the connection behind it", expected="another", got="the same one")


@check("http-client-limits.stall")
def test_stall(host: Host) -> None:
    """Before any byte of an answer, and within one, be it in chunks or until the end. The ticks before the last byte
    moved may count, or not; those of another client, which has no limit, do not. What waits does not stall.
    """
    for data in (b"", chunked_answer_of(b"a body")[:-3], b"HTTP/1.1 200 OK\r\n\r\na body"):
        site = asking(host, limits=ClientLimits(stall=_STALL))
        number, peer = asked(site)
        waiting = ask(site.client, "/waits")
        many.ticks(host, made_client(host), 2 * _STALL)
        if data:
            peer.send(data)
            host.settle(site.client)
        used = _ticks_so_far(host, site)
        _ticks_without_outcome(host, site, number, _STALL - used - 1, "the stall limit")
        many.ticks(host, site.client, used + 2)
        await_failure(host, site.client, number)
        # Where the client has asked on a second connection, or in advance, nothing moves there either.
        if outcome_of(site.client, waiting) is not None:
            host.until(
                lambda site=site: site.times("/waits") > 0,  # type: ignore[misc]
                site.client,
                what="that what has failed was asked",
                got=site.told,
            )
            continue
        next_peer, _ = site.await_request("/waits", needs="")
        expect.that(next_peer is not peer, "the connection behind it", expected="another", got="the same one")
        next_peer.send(answer_of())
        await_response(host, site.client, waiting)


@check("http-client-limits.stall-not-idle")
def test_stall_not_idle(host: Host) -> None:
    """A client that had nothing to do for longer than the limit, with a connection that it keeps, without, and with one
    still to be made, which the server is slow to answer.
    """
    for closing in (False, True):
        site = asking(host, limits=ClientLimits(stall=_STALL))
        number, peer = asked(site, "/first")
        peer.send(answer_of(b"first", *(["Connection: close"] if closing else [])))
        await_response(host, site.client, number)
        many.ticks(host, site.client, _STALL + 2)
        number, peer = asked(site, "/next", needs="")
        peer.send(answer_of())
        await_response(host, site.client, number)
    # What a request that was cancelled had waited is no matter of the next.
    site = asking(host, limits=ClientLimits(stall=_STALL))
    number, _ = asked(site, "/given-up")
    many.ticks(host, site.client, _STALL // 2)
    site.client.call("cancel", number)
    number = ask(site.client, "/behind")
    _ticks_without_outcome(host, site, number, _STALL * 3 // 4, "the stall limit")
    site = site_of(host, made_client(host, limits=ClientLimits(stall=_STALL)), "silent")
    many.ticks(host, site.client, _STALL + 2)
    number = ask(site.client, "/nobody")
    _ticks_without_outcome(host, site, number, _STALL // 2, "the stall limit")


@check("http-client-limits.counts-ticks", waits=True)
def test_counts_ticks(host: Host) -> None:
    """A few ticks less than both limits, with silence between them, in all longer than the limits have at sixty ticks
    a second.
    """
    site = asking(host, limits=ClientLimits(stall=_STALL, deadline=_STALL))
    number, peer = asked(site)
    for _ in range(_STALL - 16 - _ticks_so_far(host, site)):
        for _ in range(_SILENCES):
            host.silence()
        _ticks_without_outcome(host, site, number, 1, "either limit")
    peer.send(answer_of())
    await_response(host, site.client, number)


@check("http-client-limits.stall-not-by-drops")
def test_stall_not_by_drops(host: Host) -> None:
    """Longer than the limit in all, and never without a byte for half of it; another request waits meanwhile."""
    site = asking(host, limits=ClientLimits(stall=_STALL))
    number, peer = asked(site)
    waiting = ask(site.client, "/waits")
    data = answer_of(b"abcd")
    for place in range(0, len(data), 6):
        peer.send(data[place : place + 6])
        host.silence()
        many.ticks(host, site.client, _STALL // 4)
        _expect_none_but_response(site, number)
        # Where the client has asked on a second connection, nothing moves there.
        if not site.times("/waits"):
            early = outcome_of(site.client, waiting)
            told = spell_outcome(early) if early is not None else "none"
            expect.that(early is None, "an outcome of what waits", expected="none", got=told)
    await_response(host, site.client, number)
    if site.times("/waits") and outcome_of(site.client, waiting) is not None:
        return
    # Its turn has come: what it waited is not held against it.
    peer, _ = site.await_request("/waits", needs="")
    peer.send(answer_of())
    await_response(host, site.client, waiting)


@check("http-client-limits.deadline")
def test_deadline(host: Host) -> None:
    """Whatever still comes, of a body too, begun after half of the ticks. What is asked late has a deadline of
    its own, and its own answer on its own connection.
    """
    site = asking(host, limits=ClientLimits(deadline=_DEADLINE))
    number, peer = asked(site)
    _ticks_without_outcome(host, site, number, _DEADLINE // 2 - _ticks_so_far(host, site), "the deadline")
    used = _ticks_so_far(host, site)
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(0, _DEADLINE - used - 8, 8):
        peer.send(b"X")
        _ticks_without_outcome(host, site, number, 8, "the deadline")
    late = ask(site.client, "/late")
    for _ in range(_DEADLINE + 10 - _ticks_so_far(host, site)):
        peer.send(b"X")
        host.tick_once(site.client)
    await_failure(host, site.client, number)
    next_peer, _ = site.await_request("/late", needs="")
    next_peer.send(answer_of())
    event = await_response(host, site.client, late)
    expect.same_bytes(event.data, REPLY, "the answer to what was asked late")
    expect.that(next_peer is not peer, "the connection behind it", expected="another", got="the same one")
    talk(site, "/next")
    expect_no_more(host, site.client, 3)


@check("http-client-limits.no-limit-of-its-own")
def test_no_limit_of_its_own(host: Host) -> None:
    """A host may tick a thousand times in a second, or stand in a debugger."""
    site = asking(host)
    number, peer = asked(site)
    many.ticks(host, site.client, 2_000)
    expect.equal(outcomes_of(site.client), [], "outcomes of a request whose server takes its time")
    peer.send(answer_of())
    await_response(host, site.client, number)


@check("http-client-limits.never-blocks")
def test_never_blocks(host: Host) -> None:
    """A server that never answers a connection, one that reads nothing of a body larger than the system holds, and one
    that is not there, while each failure is answered by another request.
    """
    client = made_client(host)
    silent = site_of(host, client, "silent")
    numbers = [ask(client, "/nobody"), ask(client, "/nobody-either", "POST", body=PIECE, repeat=1 << 16)]
    host.settle(client)
    expect.equal(outcomes_of(client), [], "outcomes while the server has not answered")
    client.close()
    silent.listener.free()
    for number in numbers:
        await_failure(host, client, number)
    site = asking(host)
    number, peer = unread_upload(site, MORE_THAN_HELD, needs="")
    expect.equal(outcomes_of(site.client), [], "outcomes while the server reads nothing")
    peer.resume_reading()
    site.await_request("/upload", needs="")
    peer.send(answer_of())
    await_response(host, site.client, number)
    client = made_client(host)
    site_of(host, client, "refuse")
    client.react("failure", "request", "GET", "/again", b"", b"")
    ask(client, "/again")
    host.settle(client)
    client.react("failure", "none")


# The ticks that the client has had, all of which a request may have waited.
def _ticks_so_far(host: Host, site: Site) -> int:
    wanted = Command("tick", (site.client.number,))
    return sum(isinstance(row, Called) and row.command == wanted for row in host.recording.rows)


def _ticks_without_outcome(host: Host, site: Site, number: int, count: int, what: str) -> None:
    for _ in range(max(count, 0)):
        host.tick_once(site.client)
        expect.that(outcome_of(site.client, number) is None, f"an outcome before {what}", expected="none", got="one")


def _expect_none_but_response(site: Site, number: int) -> None:
    event = outcome_of(site.client, number)
    expect.that(
        event is None or event.what == "response",
        "the outcome while bytes still come",
        expected="none, or the response",
        got="a failure",
    )
