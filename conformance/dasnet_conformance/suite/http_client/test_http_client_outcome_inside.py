"""Section http-client-outcome: what a program does inside the callback of an outcome."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.http_client_side import (
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
    outcome_of,
    site_of,
    talk,
)


@check("http-client-outcome.request-inside")
@pytest.mark.parametrize(
    ("callback", "waiting"),
    [("response", 0), ("response", 2), ("failure", 0), ("failure", 2), ("failure", None)],
    ids=[
        "a response, alone",
        "a response, others wait",
        "a failure, alone",
        "a failure, others wait",
        "three failures",
    ],
)
def test_request_inside(host: Host, callback: str, waiting: int | None) -> None:
    """How a program goes from one thing to the next."""
    site = asking(host)
    if waiting is None:
        _requests_of_one_tick(site)
        return
    number, peer = asked(site, "/first", "POST", b"a body")
    others = [ask(site.client, f"/waits-{place}") for place in range(waiting)]
    site.client.react(callback, "request", "GET", "/inside", b"X-Inside: yes\r\n", b"")
    if callback == "response":
        peer.send(answer_of())
    else:
        peer.close()
    await_outcome(host, site.client, number)
    site.client.react(callback, "none")
    did = site.client.did("request")
    expect.equal(len(did), 1, "requests made inside the callback")
    value = did[0].outcome.value if isinstance(did[0].outcome, Value) else None
    for place, other in enumerate(others):
        site.await_request(f"/waits-{place}", needs="")[0].send(answer_of(b"waited"))
        await_response(host, site.client, other)
    inside, arrived = site.await_request("/inside", needs="")
    expect.equal(arrived.values("x-inside"), [b"yes"], "the field of the request made inside")
    inside.send(answer_of(b"inside"))
    expect.that(
        isinstance(value, int) and value > number,
        "the number of the request made inside",
        expected=f"a number above {number}",
        got=str(value),
    )
    event = await_response(host, site.client, int(value or 0))
    expect.same_bytes(event.data, b"inside", "the answer to the request made inside")
    expect_no_more(host, site.client, 2 + waiting)


# Three failures are due, and each asks for something: none of it takes another's place.
def _requests_of_one_tick(site: Site) -> None:
    host = site.host
    for number in [ask(site.client, f"/{place}") for place in range(3)]:
        site.client.call("cancel", number)
    site.client.react("failure", "request", "GET", "/inside", b"", b"")
    host.until(lambda: len(site.client.did("request")) >= 3, site.client, what="three requests made inside callbacks")
    site.client.react("failure", "none")
    site.client.close()
    for did in site.client.did("request"):
        await_failure(host, site.client, accepted(did.outcome or Value(None), "a request made inside a callback"))
    expect_no_more(host, site.client, 6)


@check("http-client-outcome.tick-inside")
def test_tick_inside(host: Host) -> None:
    """Several requests, and a tick inside each callback."""
    site = asking(host)
    site.client.react("response", "tick")
    site.client.react("failure", "tick")
    numbers = [ask(site.client, f"/{place}") for place in range(3)]
    for place, number in enumerate(numbers):
        peer, _ = site.await_request(f"/{place}")
        if place == 2:
            site.client.call("cancel", number)
        else:
            peer.send(answer_of(b"%d" % place))
        event = await_outcome(host, site.client, number)
        expect.equal(event.what, "failure" if place == 2 else "response", f"the outcome of /{place}")
    expect_no_more(host, site.client, 3)


@check("http-client-outcome.close-inside")
@pytest.mark.parametrize("callback", ["response", "failure"])
def test_close_inside(host: Host, callback: str) -> None:
    """The others fail, and the object can be used again."""
    site = asking(host)
    numbers = [ask(site.client, f"/{place}", "POST", body=b"a body") for place in range(3)]
    site.client.react(callback, "close")
    peer, _ = site.await_request("/0")
    if callback == "response":
        peer.send(answer_of())
    else:
        peer.close()
    expect.equal(await_outcome(host, site.client, numbers[0]).what, callback, "the outcome of /0")
    site.client.react(callback, "none")
    for number in numbers[1:]:
        await_failure(host, site.client, number)
    expect_no_more(host, site.client, 3)
    talk(site_of(host, site.client), "/again")


@check("http-client-outcome.destroy-inside")
def test_destroy_inside(host: Host) -> None:
    """The host goes on with another object."""
    site = asking(host)
    number, peer = asked(site, "/first")
    ask(site.client, "/second")
    site.client.react("response", "destroy")
    peer.send(answer_of())
    await_response(host, site.client, number)
    expect.equal(len(site.client.did("destroy")), 1, "objects destroyed inside the callback")
    host.await_closed(peer)
    talk(asking(host), "/other")


@check("http-client-outcome.raise-inside")
@pytest.mark.parametrize("callback", ["response", "failure"])
def test_raise_inside(host: Host, callback: str) -> None:
    """What the tick says of the exception is the port's to choose."""
    site = asking(host)
    site.client.react(callback, "raise")
    number, peer = asked(site, "/first", "POST", b"a body")
    next_number = ask(site.client, "/next")
    if callback == "response":
        peer.send(answer_of())
    else:
        peer.close()
    _tick_until(host, site.client, number)
    site.client.react(callback, "none")
    next_peer, _ = site.await_request("/next")
    next_peer.send(answer_of(b"next"))
    event = await_response(host, site.client, next_number)
    expect.same_bytes(event.data, b"next", "the answer to the next request")
    expect_no_more(host, site.client, 2)


@check("http-client-outcome.raise-loses-none")
def test_raise_loses_none(host: Host) -> None:
    """Several requests are cancelled at once, so that their failures may be due in one tick; the first one raises."""
    site = asking(host)
    numbers = [ask(site.client, f"/{place}") for place in range(3)]
    for number in numbers:
        site.client.call("cancel", number)
    site.client.react("failure", "raise")
    _tick_until(host, site.client, numbers[0])
    site.client.react("failure", "none")
    for number in numbers[1:]:
        await_failure(host, site.client, number)
    expect_no_more(host, site.client, 3)
    talk(site, "/next")


# A tick whose callback raises may end in an error, which is no matter of the check.
def _tick_until(host: Host, client: HostObject, number: int) -> None:
    fruitless = 0
    while outcome_of(client, number) is None and fruitless < 32:
        client.tick()
        host.step_peers()
        host.pause(fruitless)
        fruitless += 1
    expect.that(outcome_of(client, number) is not None, f"the outcome of exchange {number}", expected="one", got="none")
