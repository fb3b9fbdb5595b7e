"""Section http-client-outcome: what a client says of itself when something has ended, and many requests at once."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import Event, Refusal, Value
from dasnet_conformance.stage import expect, many
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_client_side import (
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
    outcomes_of,
    request,
    site_of,
    talk,
)
from dasnet_conformance.stage.listener import listen

#: Requests that are made at once: more than a table of a hundred holds.
_AT_ONCE = 120
#: Ticks of a limit.
_PATIENCE = 48


@check("http-client-outcome.failure-code")
@pytest.mark.parametrize("cause", ["the server's", "the program's", "a limit"])
def test_failure_code(host: Host, cause: str) -> None:
    """A code of 0 would say that nothing is wrong: with what a server does, what the program wants, time and size."""
    if cause == "a limit":
        for limits in (ClientLimits(stall=_PATIENCE), ClientLimits(deadline=_PATIENCE)):
            site = site_of(host, made_client(host, limits=limits))
            number, _ = asked(site)
            many.ticks(host, site.client, _PATIENCE)
            _expect_told(await_failure(host, site.client, number), "of a request that took too long")
        site = site_of(host, made_client(host, limits=ClientLimits(body=1_000)))
        number, peer = asked(site)
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        _expect_told(await_failure(host, site.client, number), "of a request whose answer is too large")
        return
    site = asking(host)
    if cause == "the program's":
        for end in ("cancel", "close"):
            number, _ = asked(site, f"/{end}")
            site.client.call(end, *([number] if end == "cancel" else []))
            _expect_told(await_failure(host, site.client, number), f"behind {end}")
        return
    for target, data in (("/ended", b""), ("/broken", b"no answer\r\n\r\n"), ("/cut", answer_of()[:-1])):
        number, peer = asked(site, target, "POST", b"a body")
        if data:
            peer.send(data)
        peer.close()
        _expect_told(await_failure(host, site.client, number), f"of {target}")


def _expect_told(event: Event, which: str) -> None:
    expect.that(event.code != 0, f"the code of the failure {which}", expected="a number other than 0", got="0")
    expect.that(event.message != "", f"the message of the failure {which}", expected="a sentence", got="nothing")


@check("http-client-outcome.not-connected")
@pytest.mark.parametrize("end", ["unanswered", "refused", "ended", "reset", "no answer", "close", "cancelled"])
def test_not_connected(host: Host, end: str) -> None:
    """Not made yet, refused, ended by the server, or by the client; one that is kept for the next request is one."""
    if end == "unanswered":
        site = site_of(host, made_client(host), "silent")
        ask(site.client)
        host.settle(site.client)
        expect.returns(site.client.is_connected(), False, "is_connected while no server has answered the connection")
        return
    if end == "refused":
        site = site_of(host, made_client(host), "refuse")
        await_failure(host, site.client, ask(site.client))
        expect.returns(site.client.is_connected(), False, "is_connected after a refused connection")
        return
    site = asking(host)
    number, peer = asked(site, "/", "POST", b"a body")
    if end == "ended":
        peer.close()
    elif end == "reset":
        peer.reset()
    elif end == "cancelled":
        site.client.call("cancel", number)
    else:
        peer.send(b"no answer\r\n\r\n" if end == "no answer" else answer_of(b"", "Connection: close"))
    await_outcome(host, site.client, number)
    host.silence()
    host.settle(site.client)
    site.look()
    if all(each.socket is None or each.closed is not None for each in site.peers):
        host.until(
            lambda: site.client.is_connected() == Value(False),
            site.client,
            what=f"is_connected false where no connection is left ({end})",
            got=lambda: "true",
        )


@check("http-client-outcome.close-fails-each")
def test_close_fails_each(host: Host) -> None:
    """None has been begun, on a new object and with a connection that is kept; one was cancelled just before. Closed
    twice, they fail once.
    """
    for kept in (False, True):
        site = asking(host)
        if kept:
            talk(site, "/before", needs="http-client-request.get")
        numbers = [ask(site.client, f"/{place}") for place in range(3)]
        site.client.call("cancel", numbers[1])
        site.client.close()
        site.client.close()
        for number in numbers:
            await_failure(host, site.client, number)
        expect_no_more(host, site.client, 4 if kept else 3)
        expect.equal([site.times(f"/{place}") for place in range(3)], [0, 0, 0], "requests at the server")


@check("http-client-outcome.many-waiting")
def test_many_waiting(host: Host) -> None:
    """A client may say that it is too much; then nothing of it is sent, and it says why."""
    site = asking(host)
    numbers = []
    for place in range(_AT_ONCE):
        outcome = request(site.client, f"/{place}")
        if not is_refused(outcome):
            numbers.append(accepted(outcome, f"request {place} of many"))
        elif not isinstance(outcome, Refusal):
            told = sum(fired.event.what == "error" for fired in site.client.fired)
            expect.that(told > place - len(numbers), "what the refusal told", expected="an error", got="none")
    expect.that(bool(numbers), "requests that were accepted", expected="one at least", got="none")
    for place, number in enumerate(numbers[:3]):
        site.await_request(f"/{place}", needs="")[0].send(answer_of(b"%d" % place))
        expect.same_bytes(await_response(host, site.client, number).data, b"%d" % place, f"the answer to /{place}")
    site.client.close()
    for number in numbers[3:]:
        await_failure(host, site.client, number)
    expect_no_more(host, site.client, len(numbers))


@check("http-client-outcome.adapter-again")
def test_adapter_again(host: Host) -> None:
    """What was asked through the one that is replaced is not answered any more; of its failure the host may hear."""
    site = asking(host)
    number, peer = asked(site)
    outcome = site.client.adapter()
    if isinstance(outcome, Refusal) or outcome == Value(False):
        host.observe("refused")
        peer.send(answer_of(b"goes on"))
        event = await_response(host, site.client, number)
        expect.same_bytes(event.data, b"goes on", "the answer after a second adapter that was refused")
        return
    host.observe("replaced")
    expect.one_of(outcome, ("none", "true"), "making the adapter a second time")
    host.await_closed(peer, site.client)
    host.settle(site.client)
    told = outcomes_of(site.client)
    expect.that(
        len(told) <= 1 and all(event.what == "failure" for event in told),
        "outcomes of what was asked before",
        expected="none, or a failure",
        got=f"{len(told)}: {[event.what for event in told]}",
    )
    expect.returns(site.client.is_open(), False, "is_open of another adapter, before init")
    expect.returns(init(site.client, site.listener), True, "http_init after a second adapter")
    # Its numbers may begin anew, and what has been told of the same one would be taken for its outcome.
    if not told:
        talk(Site(host, site.client, site.listener), "/next")


@check("http-client-outcome.init-again-open")
def test_init_again_open(host: Host) -> None:
    """Whichever it is, what it answered is true, and a request that was made before has its outcome."""
    site = asking(host)
    number, peer = asked(site)
    other = Site(host, site.client, listen(host))
    outcome = init(site.client, other.listener)
    moved = expect.one_of(outcome, ("true", "false", "refused"), "http_init of a client that is open") == "true"
    host.observe("moves" if moved else "refused")
    if moved:
        await_outcome(host, site.client, number)
    else:
        peer.send(answer_of(b"goes on"))
        expect.same_bytes(await_response(host, site.client, number).data, b"goes on", "the answer of the first server")
    expect.returns(site.client.is_open(), True, "is_open after another http_init")
    talk(other if moved else site, "/next")
    unasked = site if moved else other
    unasked.look()
    expect.equal(unasked.times("/next"), 0, "requests at the server that is not asked")


@check("http-client-outcome.destroyed-tick")
def test_destroyed_tick(host: Host) -> None:
    """Nothing says whether an object that was destroyed has still to tell of what it was asked."""
    site = asking(host)
    number, _ = asked(site)
    expect.returns(site.client.destroy(), None, "destroy")
    outcomes = [site.client.tick() for _ in range(4)]
    told = [(event.what, event.exchange) for event in outcomes_of(site.client)]
    expect.that(
        told in ([], [("failure", number)]), "outcomes after destroy", expected="none, or one failure", got=repr(told)
    )
    refused = isinstance(outcomes[0], Refusal)
    host.observe("told" if told else "refused" if refused else "silent")
