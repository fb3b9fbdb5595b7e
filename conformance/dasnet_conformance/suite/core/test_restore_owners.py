"""Section restore, who hears what: errors and log lines after it, and what the old owner was never told."""

from __future__ import annotations

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject, spell_event
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.scenes import (
    ANSWER,
    fill,
    put_aside,
    take_over,
    tick_whatever,
    until_fired,
    until_received,
)

EARLY = b"early words"
LAST = b"last words"
#: More than the system's buffers hold for a client that does not read.
WAITING = 6 << 20
#: Ticks between a departure and the reload, by the name of the case.
TICKS_BETWEEN = {"one tick": 1, "two ticks": 2, "three ticks": 3}


def _trouble(host: Host, server: HostObject, trouble: str) -> None:
    if trouble == "send without a client":
        expect.returns(server.send(ANSWER), False, "send without a client")
    elif trouble == "init on a taken port":
        other = host.listening()
        server.call("init", other.port)
    else:
        peer = host.take_client(server)
        if trouble == "reset with bytes waiting":
            fill(host, server, peer, host.random.randbytes(WAITING))
            peer.reset()
        else:
            peer.close()
        until_fired(host, server, "disconnect", 1)


@check("restore.errors-to-new-object")
@pytest.mark.parametrize(
    "trouble", ["send without a client", "init on a taken port", "reset with bytes waiting", "a client comes and goes"]
)
def test_errors_to_new_object(host: Host, trouble: str) -> None:
    """Whether the new one is told is another question; the old one has nothing to do with it any more."""
    server = host.listening()
    # The first error is the old one's, and so is no later one.
    server.send(b"nobody")
    put_aside(server)
    taker = take_over(host, server)
    before = len(server.fired)
    _trouble(host, taker, trouble)
    host.settle(taker)
    tick_whatever(host, server, 2)
    told = [spell_event(fired.event) for fired in server.fired[before:]]
    expect.equal(told, [], f"callbacks on the object that was saved, with {trouble} on the one that restored")


@check("restore.send-error-is-told")
def test_send_error_is_told(host: Host) -> None:
    """As before the reload: once for each call, whether a tick came in between or not."""
    server = host.listening()
    put_aside(server)
    taker = take_over(host, server)
    for number in range(1, 4):
        expect.returns(taker.send(ANSWER), False, "send without a client, after a restore")
        told = taker.count("error")
        expect.that(told >= number, f"error callbacks after send {number}", expected=f"{number} or more", got=str(told))
        host.tick_once(taker)


@check("restore.untold-client-not-lost")
@pytest.mark.parametrize(
    "moment",
    ["before a tick", "after one tick", "after two ticks", "inside disconnect", "inside data", "behind a client"],
)
def test_untold_client_not_lost(host: Host, moment: str) -> None:
    """How many ticks it takes from coming to being told is a choice; a save in between costs nobody a word."""
    server = host.listening()
    earlier = moment.startswith(("inside", "behind"))
    if earlier:
        first = host.take_client(server)
        callback = moment.removeprefix("inside ")
        if moment.startswith("inside"):
            server.react(callback, "save", 1)
    peer = host.peer(server.port)
    peer.send(EARLY)
    host.silence()
    if moment == "inside data":
        first.send(LAST)
    elif moment == "inside disconnect":
        first.close()
    if moment.startswith("inside"):
        host.until(lambda: bool(server.did("save")), server, what=f"a {callback} callback, which saves the object")
    else:
        for _ in range({"before a tick": 0, "after one tick": 1}.get(moment, 2)):
            host.tick_once(server)
        put_aside(server)
    taker = take_over(host, server)
    if moment in ("inside data", "behind a client"):
        host.settle(taker)
        first.close()
    wanted = (LAST if moment == "inside data" else b"") + EARLY
    host.until(
        lambda: len(server.received) + len(taker.received) >= len(wanted),
        taker,
        what=f"{len(wanted)} bytes in data callbacks of both owners",
        got=lambda: host.came(server.received + taker.received),
    )
    host.settle(taker)
    expect.same_bytes(server.received + taker.received, wanted, "what both owners were given")
    connects = server.count("connect") + taker.count("connect")
    expect.equal(connects, 2 if earlier else 1, "connect callbacks on both owners")
    departures = server.count("disconnect") + taker.count("disconnect")
    expect.equal(departures, 1 if earlier else 0, "disconnect callbacks on both owners")


@check("restore.untold-departure-not-lost")
@pytest.mark.parametrize("size", [len(LAST), 60_000, "one tick", "two ticks", "three ticks"])
def test_untold_departure_not_lost(host: Host, size: int | str) -> None:
    """A console's last command is the reload, and its user is gone when the new script is there.

    Or the reload comes so many ticks behind a departure, which one of them may have seen and none told.
    """
    server, peer = host.connected()
    if isinstance(size, str):
        _told_by_either(host, server, peer, TICKS_BETWEEN[size])
        return
    server.react("data", "save", 1)
    content = LAST if size == len(LAST) else host.random.randbytes(size)
    peer.send(content)
    host.silence()
    # What the two systems have not taken without a tick was never sent.
    content = content[: len(content) - peer.unsent]
    peer.close()
    host.silence()
    host.until(lambda: bool(server.did("save")), server, what="a data callback, which saves the object")
    heard = len(server.received)
    taker = take_over(host, server)
    until_received(host, taker, len(content) - heard)
    until_fired(host, taker, "disconnect", 1)
    host.settle(taker)
    expect.same_bytes(server.received + taker.received, content, "what both owners were given")
    expect.equal([server.count("disconnect"), taker.count("disconnect")], [0, 1], "disconnect callbacks on the two")


def _told_by_either(host: Host, server: HostObject, peer: Peer, ticks: int) -> None:
    peer.close()
    host.silence()
    for _ in range(ticks):
        host.tick_once(server)
    put_aside(server)
    told = server.count("disconnect")
    taker = take_over(host, server)
    if not told:
        until_fired(host, taker, "disconnect", 1)
    host.settle(taker)
    tick_whatever(host, server, 2)
    expect.equal(server.count("disconnect") + taker.count("disconnect"), 1, "disconnect callbacks on both owners")
    expect.returns(taker.is_connected(), False, "is_connected of the one that restored, whose client had left")
    host.take_client(taker)
