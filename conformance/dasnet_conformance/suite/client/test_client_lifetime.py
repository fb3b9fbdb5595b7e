"""Section client-lifetime: destroying a client, and what many lives use up."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dasnet_adapters.contract import CLASS_CLIENT_SILENT, Outcome
from dasnet_conformance.stage import expect, many
from dasnet_conformance.stage.bounds import FRUITLESS_TICKS, SHORT_TIMEOUT, TICKS_TO_NOTICE
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.client_side import (
    await_departure,
    connect,
    connected_client,
    join,
    made_client,
    serves_again,
    talk,
)
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.listener import LOOPBACK, Listener, listen
from dasnet_conformance.suite.leaks import COUNTED_EVERY, SLACK, WARM_UP, child_process, descriptors, expect_no_leak
from dasnet_conformance.suite.memory import is_held_up, memory_comes_to_rest, read_away
from dasnet_conformance.suite.pace import rounds
from dasnet_conformance.suite.scenes import fill

ROUNDS = 1_000
FAILURES = 200
#: A name with a part that is longer than a name's part can be: no resolver asks anybody for it.
IMPOSSIBLE_NAME = f"{'x' * 80}.invalid"
#: Connects that get no answer within a millisecond: more than descriptors may be left for a while.
UNANSWERED = 24
#: Bytes of a block: what is kept of them for good is more than a block may grow by.
SENT = 2 << 20
#: Bytes that a client owes when it is destroyed, more than the system's buffers hold, and of each call.
LEFT = 4 << 20
PIECE = 1 << 18
#: Connections that are broken off while they are owed bytes: more than descriptors may be left for a while.
BROKEN_OFF = SLACK + 4


@check("client-destroy.ends-connection")
def test_ends_connection(host: Host) -> None:
    """End of file and reset are both an end. So it is where the client was closed before, and owes bytes."""
    client, peer = connected_client(host)
    expect.returns(client.destroy(), None, "destroy")
    host.await_closed(peer)
    client, peer = connected_client(host)
    fill(host, client, peer, host.random.randbytes(LEFT), PIECE, needs="client-send.stalled-returns")
    expect.returns(client.close(), None, "close")
    expect.returns(client.destroy(), None, "destroy")
    peer.resume_reading()
    fruitless = 0
    # Whether such an object can still be ticked is its language's to say; where it can, that may be what it waits for.
    while peer.closed is None and fruitless < FRUITLESS_TICKS:
        before = len(peer.received)
        client.tick()
        host.step_peers()
        host.pause(fruitless)
        fruitless = 0 if len(peer.received) > before else fruitless + 1
    expect.that(
        peer.closed is not None, "what the server of a client that is destroyed sees", expected="an end", got="none"
    )


@check("client-destroy.twice")
@pytest.mark.parametrize("state", ["made", "connected", "closed", "departed"])
def test_twice(host: Host, state: str) -> None:
    """A client that was made in between must not be hit by it; nor by the first, where the connection was over."""
    client, other, listener = made_client(host), made_client(host), listen(host)
    if state != "made":
        peer = join(client, listener)
    if state == "closed":
        expect.returns(client.close(), None, "close")
    elif state == "departed":
        peer.close()
        await_departure(host, client)
    else:
        expect.returns(client.destroy(), None, "destroy")
    # What the first one leaves free is what the system gives to this one.
    peer = join(other, listener)
    expect.one_of(client.destroy(), ("none", "refused"), "destroy again")
    host.settle(other)
    expect.equal(peer.closed, None, "the end of another's connection")
    expect.returns(other.is_connected(), True, "is_connected of another")


@check("client-destroy.inside-callback")
@pytest.mark.parametrize("callback", ["connect", "data", "disconnect", "error"])
def test_inside_callback(host: Host, callback: str) -> None:
    """The object goes while one of its callbacks runs; that of a connect that is turned down is an error."""
    client, listener = made_client(host), listen(host)
    if callback == "error":
        peer = join(client, listener)
        client.react(callback, "destroy")
        expect.one_of(connect(client, listener), ("false", "refused"), "connect with a connection there")
        if client.did("destroy"):
            host.await_closed(peer)
        serves_again(host, made_client(host))
        return
    client.react(callback, "destroy")
    outcome = connect(client, listener)
    if callback != "connect":
        with expect.needing("connect.succeeds"):
            expect.returns(outcome, True, "connect")
    peer = listener.accept()
    if callback == "disconnect":
        peer.close()
    else:
        peer.send(host.random.randbytes(100_000))
    host.until(
        lambda: client.count(callback) > 0,
        *([] if callback == "connect" else [client]),
        what=f"a {callback} callback, in which the object ends",
    )
    if callback != "disconnect":
        host.await_closed(peer)
    expect.equal(client.count(callback), 1, f"{callback} callbacks, of which the first destroyed the object")
    serves_again(host, made_client(host))


@check("client-lifetime.rounds-leak-nothing")
def test_rounds_leak_nothing(host: Host) -> None:
    """In turns one object that connects again and again, and one that is made for the round."""
    lasting, listener = made_client(host), listen(host)
    before: int | None = None
    for number in rounds(ROUNDS):
        client = lasting if number % 2 else made_client(host)
        with expect.needing("connect.after-close"):
            peer = join(client, listener)
        expect.returns(client.close() if number % 2 else client.destroy(), None, "close, or destroy")
        host.await_closed(peer, *([client] if number % 2 else []))
        host.dismiss(peer)
        if number == WARM_UP:
            before = descriptors(host)
        elif number % COUNTED_EVERY == 0:
            expect_no_leak(host, before, f"{number} connections")
    _broken_off_leave_nothing(host, lasting, listener)
    serves_again(host, lasting)


# Closed with bytes that are still to be sent, and then the server breaks the connection off.
def _broken_off_leave_nothing(host: Host, client: HostObject, listener: Listener) -> None:
    content = host.random.randbytes(LEFT)
    before: int | None = None
    for number in range(BROKEN_OFF + 1):
        peer = join(client, listener)
        fill(host, client, peer, content, PIECE, needs="client-send.stalled-returns")
        expect.returns(client.close(), None, "close")
        peer.reset()
        host.silence()
        many.ticks(host, client, TICKS_TO_NOTICE)
        host.dismiss(peer)
        if not number:
            before = descriptors(host)
    expect_no_leak(host, before, f"{BROKEN_OFF} connections that owed bytes and were broken off")


@check("client-lifetime.failures-leak-nothing")
def test_failures_leak_nothing(host: Host) -> None:
    """A program that tries again and again until its server is there."""
    client, nobody = made_client(host), listen(host, "refuse")
    before: int | None = None
    for number in range(1, FAILURES + 1):
        with expect.needing("connect.refused"):
            outcome = connect(client, nobody, SHORT_TIMEOUT)
            expect.one_of(outcome, ("false", "refused"), "connect where nobody listens")
        if number == WARM_UP:
            before = descriptors(host)
    expect_no_leak(host, before, f"{FAILURES} failed connects")
    silent, before = listen(host, "silent"), None
    for number in rounds(UNANSWERED, least=1):
        with expect.needing("connect.silence-ends"):
            outcome = connect(client, silent, 1)
            expect.one_of(outcome, ("false", "refused"), "connect where nobody answers")
        if number == 1:
            before = descriptors(host)
    expect_no_leak(host, before, f"{UNANSWERED} connects that got no answer")
    _impossible_ones_leak_nothing(host, client)
    serves_again(host, client)


# A port that cannot be, a name that nobody can have, and a connect where there is a connection.
def _impossible_ones_leak_nothing(host: Host, client: HostObject) -> None:
    connected, _ = connected_client(host)
    attempts: tuple[tuple[str, Callable[[], Outcome]], ...] = (
        ("a port that cannot be", lambda: client.connect(LOOPBACK, 65_536, SHORT_TIMEOUT)),
        ("a name that nobody can have", lambda: client.connect(IMPOSSIBLE_NAME, 1, SHORT_TIMEOUT)),
        ("a connection there", lambda: connected.call("connect", LOOPBACK, 1, SHORT_TIMEOUT)),
    )
    before = descriptors(host)
    for why, attempt in attempts:
        for number in range(1, FAILURES + 1):
            expect.one_of(attempt(), ("false", "refused"), f"connect with {why}")
            if number == WARM_UP:
                before = descriptors(host)
        expect_no_leak(host, before, f"{FAILURES} connects with {why}")


@check("client-lifetime.child-leaves-connection")
def test_child_leaves_connection(host: Host) -> None:
    """The server reads the end of the connection, as it does without a child process."""
    client, peer = connected_client(host)
    with child_process(host):
        talk(host, client, peer)
        with expect.needing("close.server-sees-end"):
            expect.returns(client.close(), None, "close")
        host.await_closed(peer, client)


@check("client-lifetime.memory-per-byte-sent")
def test_memory_per_byte_sent(host: Host) -> None:
    """A program that sends its log to somebody all day; what has been read, nobody needs a second time."""
    client, peer = connected_client(host, CLASS_CLIENT_SILENT)
    memory_comes_to_rest(host, lambda: read_away(host, client, peer, SENT), 1, f"{SENT >> 20} MiB to the server each")


@check("client-lifetime.unread-waits-outside")
def test_unread_waits_outside(host: Host) -> None:
    """A level that takes a minute to load: no frame comes, and the server floods."""
    _, peer = connected_client(host, CLASS_CLIENT_SILENT)
    is_held_up(host, peer)
