"""Section http-client-outcome: two clients of one host, side by side in each state of a request."""

from __future__ import annotations

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_client_side import (
    Site,
    answer_of,
    ask,
    asked,
    asking,
    await_failure,
    await_response,
    fields_of,
    outcomes_of,
    talk,
)

#: More than a system holds of what is sent.
_UPLOAD = 6 << 20
#: The same in chunks as by length, each with a status and fields of its own, and cut in head, body and chunk.
_ANSWERS = (
    (
        b"HTTP/1.1 200 OK\r\nX-Server: 0\r\nX-Own",
        b"-0: a\r\nContent-Length: 6\r\n\r\nfr",
        b"om 0",
    ),
    (
        b"HTTP/1.1 404 Not Found\r\nX-Server: 1\r\nX-Own",
        b"-1: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nfro\r\n3\r\nm",
        b" 1\r\n0\r\n\r\n",
    ),
)


@check("http-client-outcome.two-clients")
@pytest.mark.parametrize("what", ["answers", "requests", "uploads", "ends"])
def test_two_clients(host: Host, what: str) -> None:
    """Of two servers: answers come crosswise and in pieces; each has a request that waits; both send at once; and one
    gives up.
    """
    sites = [asking(host), asking(host)]
    if what == "answers":
        _answered_crosswise(sites)
    elif what == "requests":
        _asked_crosswise(sites)
    elif what == "uploads":
        _sent_at_once(sites)
    else:
        _ended(sites)


def _answered_crosswise(sites: list[Site]) -> None:
    asked_of = [asked(site, f"/{place}") for place, site in enumerate(sites)]
    for piece in range(2):
        for place in (0, 1):
            asked_of[place][1].send(_ANSWERS[place][piece])
            sites[place].host.settle(sites[place].client)
    for place in (1, 0):
        number, peer = asked_of[place]
        peer.send(_ANSWERS[place][2])
        event = await_response(sites[place].host, sites[place].client, number)
        expect.equal(event.status, (200, 404)[place], f"the status of server {place}")
        expect.same_bytes(event.data, b"from %d" % place, f"the answer of server {place}")
        own = sorted(pair for pair in fields_of(event) if pair[0].startswith("x-"))
        expect.equal(own, [(f"x-own-{place}", b"a"), ("x-server", b"%d" % place)], f"the fields of server {place}")


# All of it is asked before either has a tick, the one first that has its ticks last.
def _asked_crosswise(sites: list[Site]) -> None:
    numbers = {(place, turn): ask(sites[place].client, f"/{place}/{turn}") for turn in range(2) for place in (1, 0)}
    for (place, turn), number in sorted(numbers.items()):
        site = sites[place]
        site.await_request(f"/{place}/{turn}", needs="")[0].send(answer_of(b"%d" % turn))
        event = await_response(site.host, site.client, number)
        expect.same_bytes(event.data, b"%d" % turn, f"answer {turn} of server {place}")


def _sent_at_once(sites: list[Site]) -> None:
    under_way = []
    for place, site in enumerate(sites):
        number = ask(site.client, "/upload", "POST", body=b"%d23456789abcdef" % place, repeat=_UPLOAD >> 4)
        peer = site.await_peer()
        peer.pause_reading()
        site.host.settle(site.client)
        under_way.append((number, peer))
    for place, site in enumerate(sites):
        number, peer = under_way[place]
        peer.resume_reading()
        _, arrived = site.await_request("/upload", needs="")
        expect.same_bytes(arrived.body, (b"%d23456789abcdef" % place) * (_UPLOAD >> 4), f"the body at server {place}")
        peer.send(answer_of())
        await_response(site.host, site.client, number)


# The number that one cancels and had not given is the other's.
def _ended(sites: list[Site]) -> None:
    host = sites[0].host
    talk(sites[0], "/first")
    talk(sites[1], "/first")
    talk(sites[1], "/second")
    number, peer = asked(sites[1], "/still")
    sites[0].client.call("cancel", number)
    given_up = ask(sites[0].client, "/given-up")
    sites[0].client.close()
    peer.send(answer_of(b"still there"))
    event = await_response(host, sites[1].client, number)
    expect.same_bytes(
        event.data, b"still there", "the answer to one when the other has cancelled that number, and closed"
    )
    await_failure(host, sites[0].client, given_up)
    expect.equal([event.what for event in outcomes_of(sites[1].client)], ["response"] * 3, "outcomes of the other")
    talk(sites[1], "/after")
