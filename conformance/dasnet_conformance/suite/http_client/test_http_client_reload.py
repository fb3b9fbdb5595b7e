"""Section http-client-reload: save and restore in every state of a request."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import CLASS_HTTP_CLIENT, CLASS_HTTP_CLIENT_B
from dasnet_conformance.stage import expect, many
from dasnet_conformance.stage.bounds import MORE_THAN_HELD
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_client_side import (
    PIECE,
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
    fields_of,
    made_client,
    outcomes_of,
    reloaded,
    site_of,
    talk,
    unread_upload,
)
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.recording import Called

#: Ticks after which a request fails, and of the time between two reloads.
_DEADLINE = 64
_RELOADED_EVERY = 16


def _reload(site: Site, class_number: int = CLASS_HTTP_CLIENT) -> None:
    """Move the client's handle into a new object, which is the one of the site from now on."""
    with expect.needing("http-client-reload.open"):
        reloaded(site, site.host.new(class_number))


@check("http-client-reload.open")
@pytest.mark.parametrize(
    "class_number", [CLASS_HTTP_CLIENT, CLASS_HTTP_CLIENT_B], ids=["the same class", "another class"]
)
def test_open(host: Host, class_number: int) -> None:
    """Before any request, and between two."""
    site = asking(host)
    _reload(site, class_number)
    expect.returns(site.client.is_open(), True, "is_open of the object with the handle")
    talk(site, "/first")
    _reload(site)
    talk(site, "/second")


@check("http-client-reload.idle-connection")
def test_idle_connection(host: Host) -> None:
    """Where the client keeps connections at all."""
    site = asking(host)
    first = talk(site, "/first", needs="http-client-request.get")
    if talk(site, "/second", needs="http-client-request.get") is not first:
        raise expect.Moot("the client keeps no connection")
    _reload(site)
    expect.that(
        talk(site, "/third") is first, "the connection after a reload", expected="the same one", got="another one"
    )


@check("http-client-reload.waiting")
def test_waiting(host: Host) -> None:
    """Six times, with ticks between and without, and the answer comes after it. What was asked stays known: that it
    was a HEAD, and that nothing follows.
    """
    site = asking(host)
    number, peer = asked(site)
    for _ in range(3):
        _reload(site)
        host.settle(site.client)
        _reload(site)
    peer.send(answer_of(b"late"))
    event = await_response(host, site.client, number)
    expect.same_bytes(event.data, b"late", "the answer")
    expect.equal(site.times("/"), 1, "requests at the server")
    expect_no_more(host, site.client, 1)
    number = ask(site.client, "/head", "HEAD", b"Connection: close\r\n")
    peer, _ = site.await_request("/head")
    _reload(site)
    peer.send(answer_of(b"a body")[:-6])
    await_response(host, site.client, number)
    _expect_another(peer, talk(site, "/next"))


@check("http-client-reload.in-head")
def test_in_head(host: Host) -> None:
    """Cut in the status line, in a field, and before the empty line; and behind an interim answer."""
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    _reloaded_within(host, early + answer_of(b"a body"), len(early))
    data = answer_of(b"a body", "X-Field: a value")
    for cut in (9, data.index(b"value"), data.index(b"\r\n\r\n") + 2):
        _reloaded_within(host, data, cut)


@check("http-client-reload.in-body")
def test_in_body(host: Host) -> None:
    """Between head and body, and behind: by length, in chunks with a trailer (at each turn), and until the end."""
    length = answer_of(b"a body that is cut", "X-Field: a value", status="404 Not Found at All")
    chunks = chunked_answer_of(b"a body ", b"that is cut")[:-2] + b"X-Trailer: a\r\n\r\n"
    site = asking(host)
    # Whether a client tells of the reason is its own to say, but not to change.
    number, peer = asked(site, "/without")
    peer.send(length)
    usual = await_response(host, site.client, number).reason
    for data, places in (
        (length, (b"a body", b"that")),
        (chunks, (b"7", b"\r\na body", b"a body", b"\r\nb\r\n", b"\nb\r\n", b"that", b"0\r\n", b"X-", b"\r\n\r\n")),
    ):
        start = data.index(b"\r\n\r\n") + 4
        for place in places:
            cut = data.index(place, start)
            number, peer = asked(site, f"/{len(data)}/{cut}")
            peer.send(data[:cut])
            host.settle(site.client)
            _reload(site)
            peer.send(data[cut:])
            event = await_response(host, site.client, number)
            expect.same_bytes(event.data, b"a body that is cut", f"the body that was cut behind {data[:cut]!r}")
            if data is length:
                expect.equal((event.status, event.reason), (404, usual), "status and reason")
                expect.that(("x-field", b"a value") in fields_of(event), "X-Field", expected="there", got="missing")
    expect_no_more(host, site.client, 1)
    number, peer = asked(site, "/close")
    last = answer_of(b"a body", "Connection: close")
    peer.send(last[:-3])
    host.settle(site.client)
    _reload(site)
    peer.send(last[-3:])
    await_response(host, site.client, number)
    _expect_another(peer, talk(site, "/next"))
    for cut in (19, 25):
        _reloaded_within(host, b"HTTP/1.1 200 OK\r\n\r\na body that is cut", cut, ends=True)


def _expect_another(peer: Peer, next_peer: Peer) -> None:
    expect.that(next_peer is not peer, "the connection behind a close", expected="another", got="the same one")


def _reloaded_within(host: Host, data: bytes, cut: int, *, ends: bool = False) -> None:
    site = asking(host)
    number, peer = asked(site)
    peer.send(data[:cut])
    host.settle(site.client)
    _reload(site)
    peer.send(data[cut:])
    if ends:
        peer.close()
    event = await_response(host, site.client, number)
    expect.same_bytes(event.data, data[-6:] if data.endswith(b"a body") else b"a body that is cut", "the body")
    expect_no_more(host, site.client, 1)


@check("http-client-reload.queued")
def test_queued(host: Host) -> None:
    """Three requests, of which one is under way."""
    site = asking(host)
    numbers = [ask(site.client, f"/{place}") for place in range(3)]
    site.await_request("/0")
    _reload(site)
    for place, number in enumerate(numbers):
        peer, _ = site.await_request(f"/{place}", needs="")
        peer.send(answer_of(b"%d" % place))
        expect.same_bytes(await_response(host, site.client, number).data, b"%d" % place, f"the answer to /{place}")
    expect.equal([event.exchange for event in outcomes_of(site.client)], numbers, "the order of the outcomes")


@check("http-client-reload.sending")
def test_sending(host: Host) -> None:
    """More than the system holds, and the server reads it after the reload."""
    site = asking(host)
    number, peer = unread_upload(site, MORE_THAN_HELD)
    _reload(site)
    peer.resume_reading()
    _, arrived = site.await_request("/upload", needs="")
    expect.same_bytes(arrived.body, PIECE * (MORE_THAN_HELD // len(PIECE)), "the body at the server")
    peer.send(answer_of())
    await_response(host, site.client, number)


@check("http-client-reload.before-connecting")
def test_before_connecting(host: Host) -> None:
    """No tick was between the request and the reload, with a connection that is kept and without; or some were, and the
    server has not answered the connection.
    """
    silent = site_of(host, made_client(host), "silent")
    waiting = ask(silent.client, "/nobody")
    host.settle(silent.client)
    _reload(silent)
    host.settle(silent.client)
    expect.equal(outcomes_of(silent.client), [], "outcomes while the server has not answered")
    silent.client.close()
    await_failure(host, silent.client, waiting)
    for kept in (False, True):
        site = asking(host)
        if kept:
            talk(site, "/before", needs="http-client-request.get")
        numbers = [ask(site.client, f"/{place}") for place in range(3)]
        _reload(site)
        for place, number in enumerate(numbers):
            site.await_request(f"/{place}", needs="")[0].send(answer_of())
            await_response(host, site.client, number)
            expect.equal(site.times(f"/{place}"), 1, "requests at the server")


@check("http-client-reload.while-saved")
def test_while_saved(host: Host) -> None:
    """The whole answer, and the end behind it."""
    site = asking(host)
    number, peer = asked(site)
    old = site.client
    with expect.needing("http-client-reload.open"):
        expect.returns(old.save(), None, "save")
    peer.send(answer_of(b"meanwhile", "Connection: close"))
    peer.close()
    host.silence()
    with expect.needing("http-client-reload.open"):
        site.client = host.new(CLASS_HTTP_CLIENT)
        expect.returns(site.client.restore(), None, "restore")
    event = await_response(host, site.client, number)
    expect.same_bytes(event.data, b"meanwhile", "the answer")
    expect.equal(outcomes_of(old), [], "outcomes on the object that was saved")


@check("http-client-reload.deadline-goes-on")
def test_deadline_goes_on(host: Host) -> None:
    """A script that is edited time and again, and a server that never answers: one request is under way, and one waits.
    A reload ends no deadline either.
    """
    site = asking(host, limits=ClientLimits(deadline=_DEADLINE))
    with expect.needing("http-client-limits.deadline"):
        number, _ = asked(site)
        waiting = ask(site.client, "/waits")
    ticks = sum(isinstance(row, Called) and row.command.name == "tick" for row in host.recording.rows)
    for _ in range(0, 2 * _DEADLINE, _RELOADED_EVERY):
        _reload(site)
        many.ticks(host, site.client, _RELOADED_EVERY)
        ticks += _RELOADED_EVERY
        if outcomes_of(site.client):
            expect.that(ticks >= _DEADLINE, "ticks before the failure", expected=f"{_DEADLINE}", got=str(ticks))
            break
    await_failure(host, site.client, number)
    await_failure(host, site.client, waiting)
    expect_no_more(host, site.client, 2)


@check("http-client-reload.numbers-go-on")
def test_numbers_go_on(host: Host) -> None:
    """A program that remembers what it asked for must not take one for the other."""
    site = asking(host)
    numbers = [asked(site, "/first")[0]]
    site.peers[0].send(answer_of())
    await_response(host, site.client, numbers[0])
    for place in range(2):
        numbers.append(ask(site.client, f"/waits-{place}"))
        _reload(site)
    numbers.append(ask(site.client, "/last"))
    expect.equal(len(set(numbers)), 4, f"different numbers among {numbers}")


@check("http-client-reload.old-is-silent")
def test_old_is_silent(host: Host) -> None:
    """It has no handle any more, whatever happens to the new one; nor is the new one's its to close, or to destroy."""
    site = asking(host)
    old = site.client
    number, peer = asked(site)
    _reload(site)
    for query in ("is_open", "is_connected"):
        expect.returns(old.call(query), False, f"{query} of the object that was saved")
    peer.send(answer_of())
    host.silence()
    outcome = old.tick()
    expect.one_of(outcome, ("none", "refused"), "tick of the object that was saved")
    # A script that is unloaded destroys what it had.
    old.close()
    old.destroy()
    await_response(host, site.client, number)
    expect.equal(outcomes_of(old), [], "outcomes on the object that was saved")


@check("http-client-reload.failure-to-tell")
def test_failure_to_tell(host: Host) -> None:
    """Cancelled, or lost by close, and no tick since."""
    for lost in ("cancel", "close"):
        site = asking(host)
        number, _ = asked(site)
        if lost == "cancel":
            site.client.call("cancel", number)
        else:
            site.client.close()
        _reload(site)
        await_failure(host, site.client, number)
        expect_no_more(host, site.client, 1)
