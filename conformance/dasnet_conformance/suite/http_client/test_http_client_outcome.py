"""Section http-client-outcome: what comes of a request, and the life of a client."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import CLASS_HTTP_CLIENT_SILENT
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import MORE_THAN_HELD
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_client_side import (
    REPLY,
    Site,
    answer_of,
    ask,
    asked,
    asking,
    await_failure,
    await_outcome,
    await_response,
    expect_no_more,
    init,
    made_client,
    outcome_of,
    outcomes_of,
    site_of,
    talk,
    unread_upload,
)
from dasnet_conformance.stage.listener import listen


@check("http-client-outcome.one-each")
def test_one_each(host: Host) -> None:
    """Answers, an end in the middle of one, an answer that is none, a cancellation: five requests, five outcomes. And a
    server that ends without a word while a body still goes out.
    """
    for reset in (False, True):
        uploading = asking(host)
        number, peer = unread_upload(uploading, MORE_THAN_HELD)
        if reset:
            peer.reset()
        else:
            peer.close()
        await_failure(host, uploading.client, number)
        talk(uploading, "/next")
        expect_no_more(host, uploading.client, 2)
    site = asking(host)
    numbers = [ask(site.client, f"/{place}", "POST", body=b"a body") for place in range(5)]
    site.await_request("/0")[0].send(answer_of())
    cut = site.await_request("/1")[0]
    cut.send(answer_of(b"a whole body")[:-1])
    cut.close()
    site.await_request("/2")[0].send(b"no answer\r\n\r\n")
    site.await_request("/3")
    site.client.call("cancel", numbers[3])
    site.await_request("/4")[0].send(answer_of())
    for number in numbers:
        await_outcome(host, site.client, number)
    expect_no_more(host, site.client, 5)
    words = [outcome_of(site.client, number) for number in numbers]
    expect.equal(
        [event.what if event else "none" for event in words],
        ["response", "failure", "failure", "failure", "response"],
        "the outcomes",
    )


@check("http-client-outcome.inside-tick")
def test_inside_tick(host: Host) -> None:
    """Everything is there, and nothing is told before the host says when."""
    site = asking(host)
    number, peer = asked(site)
    peer.send(answer_of())
    host.silence()
    for query in ("is_open", "is_connected"):
        site.client.call(query)
    next_number = ask(site.client, "/next")
    site.client.call("cancel", next_number)
    expect.equal(outcomes_of(site.client), [], "outcomes before a tick")
    for each in (number, next_number):
        await_outcome(host, site.client, each)
    for fired in site.client.fired:
        if fired.event.what in ("response", "failure"):
            expect.equal(fired.during, "tick", "the call that an outcome came in")
    expect.equal(host.between_calls(), [], "callbacks while no call was made")


@check("http-client-outcome.cancel-waiting")
def test_cancel_waiting(host: Host) -> None:
    """One of three; where it has gone out already there is nothing to be taken back, but it fails."""
    site = asking(host)
    first, peer = asked(site, "/first")
    second, third = ask(site.client, "/second"), ask(site.client, "/third")
    site.client.call("cancel", second)
    peer.send(answer_of(b"first"))
    expect.same_bytes(await_response(host, site.client, first).data, b"first", "the answer to /first")
    await_failure(host, site.client, second)
    peer, _ = site.await_request("/third", needs="")
    peer.send(answer_of(b"third"))
    expect.same_bytes(await_response(host, site.client, third).data, b"third", "the answer to /third")
    expect.equal(site.times("/second"), 0, "requests for /second at the server")
    expect_no_more(host, site.client, 3)


@check("http-client-outcome.cancel-early")
def test_cancel_early(host: Host) -> None:
    """Before any tick, and while the server has not answered the connection."""
    site = asking(host)
    number = ask(site.client, "/early")
    site.client.call("cancel", number)
    await_failure(host, site.client, number)
    talk(site, "/next")
    expect.equal(site.times("/early"), 0, "requests for /early at the server")
    expect_no_more(host, site.client, 2)
    client = made_client(host)
    silent = site_of(host, client, "silent")
    number = ask(client, "/nobody")
    host.settle(client)
    client.call("cancel", number)
    await_failure(host, client, number)
    expect_no_more(host, client, 1)
    silent.listener.free()


@check("http-client-outcome.cancel-under-way")
def test_cancel_under_way(host: Host) -> None:
    """The server answers all the same, before or after the next request; or has begun to; or has not read the body."""
    answer = answer_of(b"hidden")
    for before, early in ((0, True), (0, False), (len(answer) - 3, True)):
        site = asking(host)
        number, peer = asked(site, "/first")
        if before:
            peer.send(answer[:before])
            host.settle(site.client)
        site.client.call("cancel", number)
        if early and peer.closed is None:
            peer.send(answer[before:])
        await_failure(host, site.client, number)
        if not early and peer.closed is None:
            peer.send(answer)
        talk(site, "/next")
        expect_no_more(host, site.client, 2)
    site = asking(host)
    number, peer = asked(site, "/first")
    peer.send(answer)
    # It is there, and no tick has seen it.
    host.silence()
    site.client.call("cancel", number)
    await_failure(host, site.client, number)
    talk(site, "/next")
    expect_no_more(host, site.client, 2)
    site = asking(host)
    number, peer = unread_upload(site, MORE_THAN_HELD)
    site.client.call("cancel", number)
    peer.resume_reading()
    await_failure(host, site.client, number)
    talk(site, "/next")


@check("http-client-outcome.cancel-next-tick")
def test_cancel_next_tick(host: Host) -> None:
    """Waiting, or under way: nobody has to be asked."""
    site = asking(host)
    under_way, _ = asked(site, "/first")
    waiting = ask(site.client, "/second")
    for number in (waiting, under_way):
        site.client.call("cancel", number)
        host.tick_once(site.client)
        event = outcome_of(site.client, number)
        expect.equal(event.what if event else "none", "failure", f"the outcome of exchange {number} after one tick")


@check("http-client-outcome.cancel-nothing")
def test_cancel_nothing(host: Host) -> None:
    """Twice, too late, and a number that is none, be it that of the next request."""
    site = asking(host)
    number, peer = asked(site, "/first")
    peer.send(answer_of())
    await_response(host, site.client, number)
    next_number, next_peer = asked(site, "/next")
    waiting = ask(site.client, "/waits")
    for none in (number, number, waiting + 1, waiting + 1_000, 0, -1):
        site.client.call("cancel", none)
    next_peer.send(answer_of())
    await_response(host, site.client, next_number)
    site.await_request("/waits", needs="")[0].send(answer_of())
    await_response(host, site.client, waiting)
    talk(site, "/behind")
    expect_no_more(host, site.client, 4)
    last_number, _ = asked(site, "/last")
    site.client.call("cancel", last_number)
    site.client.call("cancel", last_number)
    await_failure(host, site.client, last_number)
    expect_no_more(host, site.client, 5)


@check("http-client-outcome.close-fails-all")
def test_close_fails_all(host: Host) -> None:
    """One under way, two that wait; also where another init comes before the next tick. And with nothing to fail."""
    idle = asking(host)
    kept = talk(idle, "/", needs="http-client-request.get")
    idle.client.close()
    host.await_closed(kept, idle.client)
    for again in (False, True):
        site = asking(host)
        number, peer = asked(site, "/first")
        numbers = [number, ask(site.client, "/second"), ask(site.client, "/third")]
        site.client.close()
        if again:
            expect.returns(init(site.client, site.listener), True, "http_init after close")
        for each in numbers:
            await_failure(host, site.client, each)
        expect_no_more(host, site.client, 3)
        host.await_closed(peer, site.client)


@check("http-client-outcome.init-again")
def test_init_again(host: Host) -> None:
    """The same server, and another one. A part of an answer had come by then, of its head or of its body."""
    site = asking(host)
    talk(site, "/first", needs="http-client-request.get")
    for place in range(2):
        given_up, cut = asked(site, f"/given-up-{place}")
        cut.send(answer_of(b"a body that is cut")[: -4 if place else 20])
        host.settle(site.client)
        site.client.close()
        await_failure(host, site.client, given_up)
        if place:
            site = Site(host, site.client, listen(host))
        expect.returns(init(site.client, site.listener), True, "http_init after close")
        number, peer = asked(site, f"/again-{place}", needs="")
        arrived = site.await_request(f"/again-{place}")[1]
        named = f"{site.listener.address}:{site.listener.port}".encode()
        expect.equal(arrived.values("host"), [named], "Host after another init")
        peer.send(answer_of())
        expect.same_bytes(await_response(host, site.client, number).data, REPLY, "the answer after another init")


@check("http-client-outcome.is-open")
def test_is_open(host: Host) -> None:
    """No server need be there for it, and one that was not is asked again."""
    client = made_client(host)
    absent = site_of(host, made_client(host), "refuse")
    await_failure(host, absent.client, ask(absent.client))
    expect.returns(absent.client.is_open(), True, "is_open after a connection that was refused")
    expect.returns(client.is_open(), False, "is_open before init")
    site = site_of(host, client)
    expect.returns(client.is_open(), True, "is_open after init")
    talk(site, "/", needs="http-client-request.get")
    expect.returns(client.is_open(), True, "is_open after a request")
    client.close()
    expect.returns(client.is_open(), False, "is_open after close")


@check("http-client-outcome.is-connected")
def test_is_connected(host: Host) -> None:
    """Whether a connection is kept behind an answer is the client's choice; one that is has been there all the time."""
    site = asking(host)
    client = site.client
    expect.returns(client.is_connected(), False, "is_connected before a request")
    number, peer = asked(site)
    expect.returns(client.is_connected(), True, "is_connected while an answer is waited for")
    peer.send(answer_of())
    await_response(host, client, number)
    idle = client.is_connected()
    if asked(site, "/next")[1] is peer:
        expect.returns(idle, True, "is_connected while the connection was kept that the next request was on")
    client.close()
    expect.returns(client.is_connected(), False, "is_connected after close")


@check("http-client-outcome.init-port")
@pytest.mark.parametrize("port", [0, -1, 65_536])
def test_init_port(host: Host, port: int) -> None:
    """It is as if it had not been called, before a server was named and behind."""
    client = made_client(host)
    outcome = client.call("http_init", "127.0.0.1", port)
    expect.one_of(outcome, ("false", "refused"), f"http_init for port {port}")
    expect.returns(client.is_open(), False, "is_open after an init that failed")
    site = site_of(host, client)
    talk(site, "/")
    outcome = client.call("http_init", "127.0.0.1", port)
    expect.one_of(outcome, ("false", "refused"), f"http_init for port {port} of a client that is open")
    talk(site, "/next")


@check("http-client-outcome.destroy-silent")
def test_destroy_silent(host: Host) -> None:
    """Who is gone can be told nothing. A connection that is kept is not asked on any more, and ends as well."""
    idle = asking(host)
    kept = talk(idle, "/", needs="http-client-request.get")
    expect.returns(idle.client.destroy(), None, "destroy")
    host.await_closed(kept)
    site = asking(host)
    _, peer = asked(site)
    expect.returns(site.client.destroy(), None, "destroy")
    host.silence()
    expect.equal(outcomes_of(site.client), [], "outcomes on an object that is destroyed")
    host.await_closed(peer)
    expect.equal(outcomes_of(site.client), [], "outcomes on an object that is destroyed")


@check("http-client-outcome.silent-class")
def test_silent_class(host: Host) -> None:
    """The callbacks of the base class do nothing."""
    site = asking(host, CLASS_HTTP_CLIENT_SILENT)
    for target in ("/first", "/second"):
        ask(site.client, target)
        peer, _ = site.await_request(target, needs="")
        peer.send(answer_of())
        host.settle(site.client)
