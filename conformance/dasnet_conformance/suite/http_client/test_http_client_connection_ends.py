"""Section http-client-connection: connections that end in an odd way, or beside others, and what comes of requests."""

from __future__ import annotations

import socket

import pytest

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect, many
from dasnet_conformance.stage.bounds import CONNECT_WAIT, FRUITLESS_TICKS, MORE_THAN_HELD, pause_before
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_client_side import (
    PIECE,
    ClientLimits,
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
    init,
    is_refused,
    made_client,
    outcome_of,
    outcomes_of,
    request,
    site_of,
    talk,
    unread_upload,
)
from dasnet_conformance.stage.peer import Peer, reset_on_close
from dasnet_conformance.stage.waiting import wait_readable
from dasnet_conformance.suite.leaks import SLACK, WARM_UP, descriptors, expect_no_leak

#: A body beyond what a buffer of 16 or of 20 million bytes holds.
_LARGE = 24 << 20

#: Ticks of a limit.
_PATIENCE = 48


@check("http-client-connection.idle-end-noticed")
@pytest.mark.parametrize("how", ["half-close", "close", "reset"])
def test_idle_end_noticed(host: Host, how: str) -> None:
    """Nothing is asked. A server that has shut down writing keeps its half until the client ends the other."""
    site = asking(host)
    peer = talk(site, "/first", needs="http-client-request.get")
    if how == "half-close":
        peer.half_close()
        host.await_closed(peer, site.client)
    elif how == "close":
        peer.close()
    else:
        peer.reset()
    host.silence()
    # A connection that was made ahead of the next request is one as well, be it made in the tick that notices.
    if len(site.peers) == 1 and site.listener.nobody_came():
        host.until(
            lambda: site.client.is_connected() == Value(False) or not site.listener.nobody_came(),
            site.client,
            what=f"is_connected false after a {how} of the server",
            got=lambda: "true",
        )


@check("http-client-connection.early-answer-reset")
def test_early_answer_reset(host: Host) -> None:
    """It is there when the reset comes, which is what becomes of a body that nobody reads; and of none at all."""
    if not _answers_outlive_resets():
        raise expect.Moot("this system drops what has arrived when a reset comes")
    for size in (MORE_THAN_HELD, 0):
        _answered_and_reset(host, size)


def _answered_and_reset(host: Host, size: int) -> None:
    site = asking(host)
    number, peer = unread_upload(site, size)
    peer.send(answer_of(b"too much", "Connection: close", status="413 Content Too Large"))
    host.silence()
    peer.reset()
    host.silence()
    event = await_response(host, site.client, number)
    expect.equal(event.status, 413, "the status")
    expect.same_bytes(event.data, b"too much", "the body")
    talk(site, "/next")


@check("http-client-connection.retry-once")
def test_retry_once(host: Host) -> None:
    """A GET may be asked once more, or not. On a fresh connection, and on one that was kept; there a second one may be
    answered, and is what the first one was.
    """
    for kept in (False, True):
        site = asking(host)
        if kept:
            talk(site, "/before", needs="http-client-request.get")
        number = ask(site.client, "/again")
        for _ in range(2):
            host.until(
                lambda site=site, number=number: (  # type: ignore[misc]
                    outcome_of(site.client, number) is not None or site.find("/again") is not None
                ),
                site.client,
                what="a request for /again at the server, or its outcome",
                got=site.told,
            )
            found = site.find("/again")
            if found is not None:
                site.finish(found[0])
                found[0].close()
        await_failure(host, site.client, number)
        expect_no_more(host, site.client, 2 if kept else 1)
    for method, headers, body in (("GET", b"Connection: close\r\n", b""), ("HEAD", b"", b""), ("PUT", b"", b"a body")):
        _expect_the_same_again(host, method, b"X-Field: a\r\n" + headers, body)


# Another request waits, and has its turn behind it.
def _expect_the_same_again(host: Host, method: str, headers: bytes, body: bytes) -> None:
    site = asking(host)
    talk(site, "/before", needs="http-client-request.get")
    numbers = [ask(site.client, "/again", method, headers, body), ask(site.client, "/waits", "POST", body=b"waits")]
    peer, first = site.await_request("/again")
    site.finish(peer)
    peer.close()
    host.until(
        lambda: outcome_of(site.client, numbers[0]) is not None or site.find("/again") is not None,
        site.client,
        what="the request for /again once more, or its outcome",
        got=site.told,
    )
    found = site.find("/again")
    if found is None:
        await_failure(host, site.client, numbers[0])
    else:
        again, second = found
        for name in ("host", "x-field"):
            expect.equal(second.values(name), first.values(name), f"the field {name} of the second {method}")
        expect.equal(second.method, method, "the method of the second request")
        expect.same_bytes(second.body, body, f"the body of the second {method}")
        again.send(answer_of(b"a body")[: -6 if method == "HEAD" else None])
        await_response(host, site.client, numbers[0])
    next_peer, _ = site.await_request("/waits", needs="")
    if found is not None and found[1].closes:
        expect.that(next_peer is not found[0], "the connection behind a close", expected="another", got="the same one")
    next_peer.send(answer_of())
    await_response(host, site.client, numbers[1])
    expect.equal([event.exchange for event in outcomes_of(site.client)][1:], numbers, "the order of the outcomes")


@check("http-client-connection.large-upload")
def test_large_upload(host: Host) -> None:
    """24 MiB. A client may say that it is too much, and does not begin it then."""
    site = asking(host)
    outcome = request(site.client, "/upload", "PUT", body=PIECE, repeat=_LARGE // len(PIECE))
    if not is_refused(outcome):
        number = accepted(outcome, "a request with a large body")
        peer, arrived = site.await_request("/upload", needs="")
        expect.equal(len(arrived.body), _LARGE, "bytes of the body at the server")
        expect.same_tail(arrived.body, 0, PIECE, "the body at the server", repeat=_LARGE // len(PIECE))
        peer.send(answer_of())
        await_response(host, site.client, number)
    talk(site, "/next")


@check("http-client-connection.refused-each")
def test_refused_each(host: Host) -> None:
    """All of them are told, and none twice; then somebody listens."""
    client = made_client(host)
    site = site_of(host, client, "refuse")
    for number in [ask(client, f"/{place}") for place in range(3)]:
        await_failure(host, client, number)
    expect_no_more(host, client, 3)
    site.listener.open()
    talk(site, "/next")


@check("http-client-connection.no-leak-unmade")
def test_no_leak_unmade(host: Host) -> None:
    """Refused, and given up by cancel and by close while the server has not answered; then both ask somebody."""
    refused, silent = site_of(host, made_client(host), "refuse"), site_of(host, made_client(host), "silent")
    before = None
    for place in range(WARM_UP + 3 * SLACK):
        if place == WARM_UP:
            before = descriptors(host)
        await_failure(host, refused.client, ask(refused.client, f"/{place}"))
        number = ask(silent.client, f"/{place}")
        host.tick_once(silent.client)
        host.tick_once(silent.client)
        if place % 2:
            silent.client.call("cancel", number)
        else:
            silent.client.close()
            expect.returns(init(silent.client, silent.listener), True, "http_init after close")
        await_outcome(host, silent.client, number)
    expect_no_leak(host, before, f"{6 * SLACK} attempts to connect")
    refused.listener.open()
    talk(refused, "/next")
    silent.client.close()
    talk(site_of(host, silent.client), "/next")


@check("http-client-connection.one-server-two-clients")
def test_one_server_two_clients(host: Host) -> None:
    """Their connections are kept, and the first client is closed, or destroyed, while the other waits."""
    for end in ("close", "destroy"):
        first = asking(host)
        second = Site(host, made_client(host), first.listener)
        expect.returns(init(second.client, second.listener), True, "http_init of a second client")
        second.peers = first.peers
        talk(first, "/one")
        talk(second, "/two")
        number, peer = asked(second, "/waits")
        expect.returns(first.client.close() if end == "close" else first.client.destroy(), None, end)
        host.settle(second.client)
        expect.equal(peer.closed, None, f"what the server sees of the other client's connection after {end}")
        peer.send(answer_of(b"still there"))
        event = await_response(host, second.client, number)
        expect.same_bytes(event.data, b"still there", "the answer to the other client")
        talk(second, "/next")
        # What the first one has left free is what the system gives to the third one.
        third = Site(host, made_client(host), first.listener)
        expect.returns(init(third.client, third.listener), True, "http_init of a third client")
        third.peers = first.peers
        number, peer = asked(third, "/three")
        expect.one_of(first.client.close(), ("none", "refused"), "close of a client that is over")
        host.settle(third.client)
        expect.equal(peer.closed, None, "what the server sees of a third client's connection after another close")
        peer.send(answer_of(b"there as well"))
        await_response(host, third.client, number)


# Whether what has arrived can still be read on this system when a reset came behind it: RFC 9112, section 9.6 warns.
def _answers_outlive_resets() -> bool:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        with socket.create_connection(listener.getsockname(), CONNECT_WAIT) as ours:
            theirs, _ = listener.accept()
            theirs.sendall(b"x")
            reset_on_close(theirs)
            theirs.close()
            # Until it has come, as who sends notices it.
            for fruitless in range(FRUITLESS_TICKS):
                wait_readable([], pause_before(fruitless))
                try:
                    ours.send(b"x")
                except OSError:
                    break
            try:
                return ours.recv(1) == b"x"
            except OSError:
                return False


@check("http-client-connection.no-leak")
@pytest.mark.parametrize("end", ["said", "waited for"])
def test_no_leak(host: Host, end: str) -> None:
    """Ended by close in an answer, by an answer that was none, by the server, and by the program that gives up; or by
    the limits of ticks, one after the other.
    """
    sites = [asking(host)]
    if end == "waited for":
        limits = (ClientLimits(stall=_PATIENCE), ClientLimits(deadline=_PATIENCE))
        sites = [site_of(host, made_client(host, limits=each)) for each in limits]
    before = None
    for place in range(WARM_UP + 5 * SLACK):
        if place == WARM_UP:
            before = descriptors(host)
        site = sites[place % len(sites)]
        number, peer = asked(site, f"/{place}", "POST", b"a body")
        if end == "waited for":
            many.ticks(host, site.client, _PATIENCE)
        else:
            _ended(site, peer, number, place)
        await_outcome(host, site.client, number)
        # Its own end is of this process too, where the client shares that.
        host.dismiss(peer)
        site.peers.remove(peer)
    expect_no_leak(host, before, f"{5 * SLACK} connections")
    if end == "said":
        _ends_behind_the_server(sites[0])


# Behind HTTP/1.0, and behind bytes that nobody asked for; one connection each, so that its end is what is looked at.
def _ends_behind_the_server(site: Site) -> None:
    for target, data in (("/old", answer_of(version="HTTP/1.0")), ("/extra", answer_of() + b"and more")):
        number, peer = asked(site, target)
        peer.send(data)
        await_outcome(site.host, site.client, number)
        peer.half_close()
        site.host.await_closed(peer, site.client)


def _ended(site: Site, peer: Peer, number: int, place: int) -> None:
    if place % 4 == 0:
        peer.send(answer_of(b"", "Connection: close"))
    elif place % 4 == 1:
        peer.send(b"no answer\r\n\r\n")
    elif place % 4 == 2:
        site.client.call("cancel", number)
    else:
        peer.close()
