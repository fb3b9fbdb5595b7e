"""Section http-client-reload: the objects that a handle leaves and comes to, inside a callback among others."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import CLASS_HTTP_CLIENT, Value
from dasnet_conformance.stage import expect, many
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.http_client_side import (
    ClientLimits,
    Site,
    answer_of,
    ask,
    asked,
    asking,
    await_failure,
    await_outcome,
    await_response,
    expect_no_more,
    limited_client,
    made_client,
    outcomes_of,
    reloaded,
    talk,
)
from dasnet_conformance.suite.scenes import Forgiving

_BODY = 65_536
#: Ticks after which a request fails in which nothing moves.
_STALL = 48


@check("http-client-reload.inside-callback")
@pytest.mark.parametrize("callback", ["response", "failure"])
def test_inside_callback(host: Host, callback: str) -> None:
    """The console that reloads itself. Two others are cancelled, so that their failures may be due in the same tick."""
    site = asking(host)
    old = site.client
    number, peer = asked(site, "/first", "POST", b"a body")
    cancelled = [ask(old, f"/cancelled-{place}") for place in range(2)]
    waiting = [ask(old, f"/waits-{place}") for place in range(3)]
    if callback == "response":
        peer.send(answer_of())
    else:
        peer.close()
    host.silence()
    for each in cancelled:
        old.call("cancel", each)
    old.react(callback, "save", 1)
    host.until(lambda: bool(old.did("save")), Forgiving(old), what=f"a save inside a {callback} callback")
    old.react(callback, "none")
    saved = old.did("save")[0].outcome
    expect.equal(saved, Value(None), f"what came of save inside a {callback} callback")
    host.settle(Forgiving(old))
    told = len(outcomes_of(old))
    site.client = host.new(CLASS_HTTP_CLIENT)
    expect.returns(site.client.restore(), None, "restore from what was saved inside a callback")
    for place, each in enumerate(waiting):
        site.await_request(f"/waits-{place}", needs="")[0].send(answer_of(b"waited"))
        event = await_response(host, site.client, each)
        expect.same_bytes(event.data, b"waited", "the answer to a request that waited")
    host.settle(site.client, Forgiving(old))
    expect.equal(len(outcomes_of(old)), told, "outcomes on the object that was saved, in all")
    both = sorted(event.exchange for event in outcomes_of(old) + outcomes_of(site.client))
    expect.equal(both, sorted([number, *cancelled, *waiting]), "the exchanges that had an outcome, on either object")
    behind = outcomes_of(old)[1:] if callback == "failure" else []
    expect.equal(behind, [], "outcomes on the object that was saved in the first failure")


@check("http-client-reload.cancelled-behind")
def test_cancelled_behind(host: Host) -> None:
    """One under way, one that waits; and two more, which close ends."""
    site = asking(host)
    numbers = [asked(site, "/first")[0], *(ask(site.client, f"/waits-{place}") for place in range(3))]
    old = site.client
    _reload(site)
    for number in (numbers[1], numbers[0]):
        site.client.call("cancel", number)
        await_failure(host, site.client, number)
    site.client.close()
    for number in numbers[2:]:
        await_failure(host, site.client, number)
    expect_no_more(host, site.client, 4)
    expect.equal(outcomes_of(old), [], "outcomes on the object that was saved")


@check("http-client-reload.limits")
def test_limits(host: Host) -> None:
    """Whose limits count is not asked, for both have the same. A body that is too large, and a server that stalls, for
    half of the time before a reload and half of it behind.
    """
    limits = ClientLimits(body=_BODY, stall=_STALL)
    site = asking(host, limits=limits)
    large, peer = asked(site, "/large")
    _reload(site, limited_client(host, limits))
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (8 * _BODY))
    await_failure(host, site.client, large)
    stalled, _ = asked(site, "/stalled")
    many.ticks(host, site.client, _STALL // 2)
    old = site.client
    _reload(site, limited_client(host, limits))
    many.ticks(host, site.client, _STALL // 2 + 2)
    told = [event.what for each in (old, site.client) for event in outcomes_of(each) if event.exchange == stalled]
    expect.equal(told, ["failure"], "outcomes behind as many ticks as a server may stall, a reload in between")
    talk(site, "/next")


@check("http-client-reload.from-empty")
@pytest.mark.parametrize("orphan", ["never filled", "emptied"])
def test_from_empty(host: Host, orphan: str) -> None:
    """There is no client to restore, and the caller has to learn it."""
    if orphan == "emptied":
        _reload(asking(host))
    expect.one_of(host.new(CLASS_HTTP_CLIENT).restore(), ("refused",), f"restore from an orphan that was {orphan}")


@check("http-client-reload.from-empty-keeps-object")
def test_from_empty_keeps_object(host: Host) -> None:
    """Whatever the call says, what was asked is answered."""
    site = asking(host)
    number, peer = asked(site)
    waiting = ask(site.client, "/waits")
    site.client.restore()
    host.settle(site.client)
    expect.equal(peer.closed, None, "what the server sees")
    expect.returns(site.client.is_connected(), True, "is_connected after restoring from an empty orphan")
    peer.send(answer_of())
    await_response(host, site.client, number)
    site.await_request("/waits", needs="")[0].send(answer_of())
    await_response(host, site.client, waiting)


@check("http-client-reload.into-occupied")
@pytest.mark.parametrize("state", ["made", "open", "asking"])
def test_into_occupied(host: Host, state: str) -> None:
    """Refusing keeps both, replacing ends what the object had; of what it had asked, nobody hears an answer."""
    site = asking(host)
    number, peer = asked(site, "/moved")
    occupied = asking(host) if state != "made" else Site(host, made_client(host), site.listener)
    own = [asked(occupied, "/own")] if state == "asking" else []
    expect.returns(site.client.save(), None, "save")
    outcome = occupied.client.restore()
    host.observe(expect.one_of(outcome, host.allowed(), f"restore into an object with a handle that is {state}"))
    if outcome == Value(None):
        for _, lost in own:
            host.await_closed(lost, occupied.client)
        peer.send(answer_of(b"moved"))
        host.until(
            lambda: any(event.what == "response" for event in outcomes_of(occupied.client)),
            occupied.client,
            what="the response to the request that was moved",
        )
        came = [event for event in outcomes_of(occupied.client) if event.what == "response"]
        expect.equal([(event.exchange, event.data) for event in came], [(number, b"moved")], "the responses")
        host.settle(occupied.client)
        failed = [event for event in outcomes_of(occupied.client) if event.what == "failure"]
        expect.that(
            len(failed) <= len(own), "failures of what was replaced", expected="1 at most", got=str(len(failed))
        )
        expect_no_more(host, occupied.client, 1 + len(failed))
        return
    expect.returns(host.holds(), True, "whether the orphan still holds what was not restored")
    for own_number, own_peer in own:
        own_peer.send(answer_of(b"own"))
        expect.same_bytes(await_response(host, occupied.client, own_number).data, b"own", "the object's own answer")
    site.client = _taker(host)
    peer.send(answer_of(b"moved"))
    expect.same_bytes(await_response(host, site.client, number).data, b"moved", "the answer that was moved")


@check("http-client-reload.into-full-orphan")
def test_into_full_orphan(host: Host) -> None:
    """Refusing keeps both; replacing ends what was put in first, as nobody owns it any more."""
    sites = [asking(host), asking(host)]
    under_way = [asked(site, f"/{place}") for place, site in enumerate(sites)]
    expect.returns(sites[0].client.save(), None, "save")
    outcome = sites[1].client.save()
    host.observe(expect.one_of(outcome, host.allowed(), "save into an orphan that holds a client"))
    if outcome == Value(None):
        host.await_closed(under_way[0][1])
        kept = [1]
        sites[1].client = _taker(host)
    else:
        kept = [0, 1]
        sites[0].client = _taker(host)
    for place in kept:
        number, peer = under_way[place]
        peer.send(answer_of(b"from %d" % place))
        event = await_response(host, sites[place].client, number)
        expect.same_bytes(event.data, b"from %d" % place, f"the answer of server {place}")


@check("http-client-reload.two-orphans")
def test_two_orphans(host: Host) -> None:
    """Their requests may have the same number, and have their own answers."""
    sites = [asking(host), asking(host)]
    under_way = [asked(site, f"/{place}") for place, site in enumerate(sites)]
    for place, site in enumerate(sites):
        expect.returns(site.client.save(place + 1), None, "save")
    for place in (1, 0):
        sites[place].client = _taker(host, place + 1)
    for place, (number, peer) in enumerate(under_way):
        peer.send(answer_of(b"from %d" % place))
        event = await_outcome(host, sites[place].client, number)
        expect.same_bytes(event.data, b"from %d" % place, f"the answer of server {place}")
        expect_no_more(host, sites[place].client, 1)


def _reload(site: Site, fresh: HostObject | None = None) -> None:
    with expect.needing("http-client-reload.open"):
        reloaded(site, fresh)


def _taker(host: Host, orphan: int = 1) -> HostObject:
    fresh = host.new(CLASS_HTTP_CLIENT)
    expect.returns(fresh.restore(orphan), None, "restore")
    return fresh
