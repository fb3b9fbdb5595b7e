"""Section http-client-limits: limits in each state of a request, and over several answers."""

from __future__ import annotations

from functools import partial

import pytest

from dasnet_conformance.stage import expect, many
from dasnet_conformance.stage.bounds import MORE_THAN_HELD
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_client_side import (
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

_HEAD = 8_192
_BODY = 65_536
#: Ticks of the limits that are counted in ticks.
_STALL = 48
_DEADLINE = 96
#: Of a server that pauses: the limit, which leaves the system time between two pauses, and the bytes that it reads in
#: between, more than a system keeps for who sends.
_LONG_STALL = 400
_GULP = 3 << 20


@check("http-client-limits.each-answer")
def test_each_answer(host: Host) -> None:
    """Ten in a row, each of a third of what is allowed: by length, in chunks, and with a head that is large itself."""
    site = asking(host, limits=ClientLimits(head=_HEAD, body=_BODY))
    body = host.random.randbytes(_BODY // 3)
    for place in range(10):
        number, peer = asked(site, f"/{place}")
        long = "X-Long: " + "a" * (_HEAD // 3)
        data = answer_of(body, long) if place % 2 else chunked_answer_of(body[:9_000], body[9_000:])
        peer.send(data)
        event = await_response(host, site.client, number, size=len(data))
        expect.same_bytes(event.data, body, f"the body of answer {place}")


@check("http-client-limits.stall-everywhere")
@pytest.mark.parametrize("state", ["connecting", "uploading"])
def test_stall_everywhere(host: Host, state: str) -> None:
    """The server answers no connection, or reads nothing of a body. Another request waits, and has its own ticks."""
    client = made_client(host, limits=ClientLimits(stall=_STALL))
    if state == "connecting":
        site = site_of(host, client, "silent")
        number = ask(client)
    else:
        site = site_of(host, client)
        number, _ = unread_upload(site, MORE_THAN_HELD)
    many.ticks(host, client, 4 * _STALL)
    await_failure(host, client, number)
    expect_no_more(host, client, 1)


@check("http-client-limits.stall-not-while-sending")
def test_stall_not_while_sending(host: Host) -> None:
    """It takes longer than the limit in all, and reads nothing for half of it time and again."""
    site = asking(host, limits=ClientLimits(stall=_LONG_STALL))
    number, peer = unread_upload(site, 16 << 20)
    peer.resume_reading()

    def has_come(size: int) -> bool:
        site.look()  # where a client waits to be told to go on
        return len(peer.received) >= size

    for place in range(4):
        host.until(
            partial(has_come, (place + 1) * _GULP),
            site.client,
            what="more of the body at the server",
            got=site.told,
        )
        # In which the peer, which takes turns with the ticks, reads nothing.
        many.ticks(host, site.client, _LONG_STALL // 2)
        early = outcome_of(site.client, number)
        told = spell_outcome(early) if early is not None else "none"
        expect.that(early is None, "an outcome while the body still goes out", expected="none", got=told)
    site.await_request("/upload", needs="")
    peer.send(answer_of())
    await_response(host, site.client, number)


@check("http-client-limits.deadline-everywhere")
@pytest.mark.parametrize("state", ["connecting", "uploading", "waiting", "waited", "interim answers", "again"])
def test_deadline_everywhere(host: Host, state: str) -> None:
    """No connection, a body that nobody reads, another request in front, which is answered in the end or not, and a
    server that is always just about to, or leaves a connection that was kept and is asked again. Ticks in which nothing
    was asked are none of a request's.
    """
    client = made_client(host, limits=ClientLimits(deadline=_DEADLINE))
    site = site_of(host, client, "silent" if state == "connecting" else "listen")
    if state == "uploading":
        numbers = [unread_upload(site, MORE_THAN_HELD)[0]]
    elif state == "interim answers":
        numbers = [_put_off(site)]
    elif state == "waited":
        numbers = [_waited(site)]
    elif state == "again":
        numbers = [_left_alone(site)]
    else:
        many.ticks(host, client, _DEADLINE)
        numbers = [ask(client, f"/{place}") for place in range(2)]
        many.ticks(host, client, _DEADLINE - 1)
        expect.equal([event.what for event in outcomes_of(client)], [], f"outcomes after {_DEADLINE - 1} ticks")
    if state != "interim answers":
        many.ticks(host, client, (_DEADLINE // 4 if state in ("waited", "again") else _DEADLINE) + 2)
    for number in numbers:
        expect.that(
            outcome_of(client, number) is not None, "an outcome behind the deadline", expected="a failure", got="none"
        )
        await_failure(host, client, number)
    if state != "connecting":
        talk(site, "/next")


# Most of its ticks it has waited for its turn: what is left of them is for the server.
def _waited(site: Site) -> int:
    number, peer = asked(site, "/first")
    waiting = ask(site.client, "/second")
    many.ticks(site.host, site.client, _DEADLINE * 3 // 4)
    peer.send(answer_of(b"the first"))
    await_response(site.host, site.client, number)
    return waiting


def _left_alone(site: Site) -> int:
    talk(site, "/before", needs="http-client-request.get")
    number, peer = asked(site, "/again")
    many.ticks(site.host, site.client, _DEADLINE * 3 // 4)
    site.finish(peer)
    peer.close()
    return number


def _put_off(site: Site) -> int:
    number, peer = asked(site)
    for _ in range(_DEADLINE + 2):
        if outcome_of(site.client, number) is None and peer.closed is None:
            peer.send(b"HTTP/1.1 102 Processing\r\n\r\n")
        site.host.tick_once(site.client)
    return number
