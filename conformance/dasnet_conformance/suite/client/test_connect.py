"""Section connect: how a client comes to a connection, and what it says when there is none."""

from __future__ import annotations

import time

import pytest

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import ANSWERS_AFTER, ATTEMPTS, CONNECT_TIMEOUT, LATE, SHORT_TIMEOUT
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.client_side import (
    connect,
    connected_client,
    departed_client,
    errors_of,
    expect_error,
    join,
    made_client,
    serves_again,
    talk,
)
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.listener import LOOPBACK, Listener, freed_meanwhile, listen
from dasnet_conformance.stage.many import ticks
from dasnet_conformance.suite.scenes import fill, outcome_inside

#: A name with a part that is longer than a name's part can be: no resolver asks anybody for it.
IMPOSSIBLE_NAME = f"{'x' * 80}.invalid"

#: An address of this machine beside the usual one, which some systems have.
SECOND_LOOPBACK = "127.0.0.2"

#: More than the system's buffers hold for a server that does not read.
WAITING = 6 << 20

#: Milliseconds of who wants no limit: the largest that an int holds, where microseconds of them do not fit.
LONGEST_TIMEOUT = (1 << 31) - 1


@check("connect.succeeds")
def test_succeeds(host: Host) -> None:
    """The plain case; and one connection is one, also after ticks. Where this machine has a second address of the older
    protocol, it is the one that was named."""
    for listener in (listen(host), *_elsewhere(host)):
        client = made_client(host)
        expect.returns(connect(client, listener), True, f"connect to port {listener.port} of {listener.address}")
        peer = listener.accept()
        host.settle(client)
        expect.equal(peer.closed, None, "the connection's end")
        expect.that(listener.nobody_came(), "further connections", expected="none", got="one")


def _elsewhere(host: Host) -> list[Listener]:
    try:
        return [listen(host, address=SECOND_LOOPBACK)]
    except expect.Moot:
        return []


@check("connect.fires-connect")
def test_fires_connect(host: Host) -> None:
    """In connect itself or in a tick after it, and no second time."""
    client, _ = connected_client(host)
    host.until(lambda: client.count("connect") > 0, client, what="a connect callback")
    host.settle(client)
    expect.equal(client.client_callbacks(), ["connect"], "what was told of a connection that was made")


@check("connect.fires-before-return")
def test_fires_before_return(host: Host) -> None:
    """A host that connects may go on at once with what its callback prepared."""
    client, _ = connected_client(host)
    during = [fired.during for fired in client.fired if fired.event.what == "connect"]
    expect.equal(during, ["connect"], "the calls in which the connect callback fired")


@check("connect.connected-inside")
def test_connected_inside(host: Host) -> None:
    """The state changes first, the callback comes second."""
    client, listener = made_client(host), listen(host)
    client.react("connect", "is_connected")
    expect.returns(connect(client, listener), True, "connect")
    host.until(lambda: client.count("connect") > 0, client, what="a connect callback")
    expect.returns(outcome_inside(client, "is_connected"), True, "is_connected inside the connect callback")


@check("connect.name")
def test_name(host: Host) -> None:
    """The one name that every machine has, and that asks nobody."""
    client, listener = made_client(host), listen(host)
    expect.returns(client.connect("localhost", listener.port, CONNECT_TIMEOUT), True, "connect to localhost")
    talk(host, client, listener.accept())


@check("connect.ipv-six")
def test_ipv_six(host: Host) -> None:
    """The loopback address of the sixth protocol; a machine without it is not asked."""
    client, listener = made_client(host), listen(host, address="::1")
    expect.returns(connect(client, listener), True, "connect to ::1")
    talk(host, client, listener.accept())


def _refused(host: Host, times: int = 1) -> HostObject:
    client, nobody = made_client(host), listen(host, "refuse")
    for _ in range(times):
        with expect.needing("connect.refused"):
            outcome = connect(client, nobody, SHORT_TIMEOUT)
            expect.one_of(outcome, ("false", "refused"), "connect where nobody listens")
    return client


@check("connect.refused")
def test_refused(host: Host) -> None:
    """The port is held, and nobody listens on it."""
    client, nobody = made_client(host), listen(host, "refuse")
    expect.one_of(connect(client, nobody), host.allowed(), "connect where nobody listens")
    expect.returns(client.is_connected(), False, "is_connected after it")


@check("connect.refused-reports")
def test_refused_reports(host: Host) -> None:
    """What it says is the implementation's own. More than one is too many to act on."""
    client = _refused(host)
    expect_error(client, 0, "after a connect that was refused")
    expect.equal(len(errors_of(client)), 1, "error callbacks of one connect that was refused")


@check("connect.refused-tells-of-no-connection")
def test_refused_tells_of_no_connection(host: Host) -> None:
    """There was none to tell of."""
    client = _refused(host, times=3)
    host.settle(client)
    expect.equal(client.client_callbacks(), [], "what was told of connections that were refused")


@check("connect.unknown-name")
def test_unknown_name(host: Host) -> None:
    """A name that no resolver can take leaves the machine in no question."""
    client, listener = made_client(host), listen(host)
    outcome = client.connect(IMPOSSIBLE_NAME, listener.port, CONNECT_TIMEOUT)
    expect.one_of(outcome, host.allowed(), "connect to a name that nobody can have")
    expect_error(client, 0, "after a name that nobody can have")
    expect.that(listener.nobody_came(), "connections to this machine", expected="none", got="one")
    serves_again(host, client)


@check("connect.host-empty")
def test_host_empty(host: Host) -> None:
    """Recorded, not judged."""
    client, listener = made_client(host), listen(host)
    host.observe(expect.name_of(client.connect("", listener.port, CONNECT_TIMEOUT)))


@check("connect.port-never-wrapped")
@pytest.mark.parametrize("turns", [1, -1, 2, 65_536])
def test_port_never_wrapped(host: Host, turns: int) -> None:
    """What is left of the number in 16 bits is the port of a server that is not meant."""
    client, listener = made_client(host), listen(host)
    port = listener.port + turns * 65_536
    outcome = client.connect(LOOPBACK, port, SHORT_TIMEOUT)
    came = not listener.nobody_came()
    expect.that(not came, f"connections to port {listener.port} from connect to {port}", expected="none", got="one")
    expect.one_of(outcome, host.allowed(), f"connect to port {port}")


@check("connect.port-zero")
def test_port_zero(host: Host) -> None:
    """No server can have it."""
    client = made_client(host)
    expect.one_of(client.connect(LOOPBACK, 0, SHORT_TIMEOUT), host.allowed(), "connect to port 0")
    serves_again(host, client)


@check("connect.silence-ends")
def test_silence_ends(host: Host) -> None:
    """The listen queue is full. Left alone, the system would try for minutes.

    That one attempt takes longer than it was told to may be the machine's doing; that each of several does is not.
    """
    client, silent = made_client(host), listen(host, "silent")
    most = SHORT_TIMEOUT / 1000 + LATE
    for number in range(1, ATTEMPTS + 1):
        begun = time.monotonic()
        outcome = connect(client, silent, SHORT_TIMEOUT)
        seconds = time.monotonic() - begun
        expect.one_of(outcome, host.allowed(), "connect where nobody answers")
        expect.returns(client.is_connected(), False, "is_connected after it")
        if seconds < most:
            return
        host.pause(number)
    raise expect.Mismatch(
        f"connect where nobody answers, with a timeout of {SHORT_TIMEOUT} ms, {ATTEMPTS} times",
        f"back within {most:g} seconds at least once",
        f"back after {seconds:.1f} seconds the last time",
    )


@check("connect.silence-reports")
def test_silence_reports(host: Host) -> None:
    """The host hears why."""
    client, silent = made_client(host), listen(host, "silent")
    with expect.needing("connect.silence-ends"):
        connect(client, silent, SHORT_TIMEOUT)
    expect_error(client, 0, "after a connect that got no answer")


@check("connect.waits-for-an-answer")
@pytest.mark.parametrize("timeout", [CONNECT_TIMEOUT, LONGEST_TIMEOUT])
def test_waits_for_an_answer(host: Host, timeout: int) -> None:
    """The queue gets room while connect waits; the system tries again a second after the first attempt."""
    client, slow = made_client(host), listen(host, "silent")
    with freed_meanwhile(slow, ANSWERS_AFTER):
        expect.returns(connect(client, slow, timeout), True, "connect to a server that answers late")
    expect.returns(client.is_connected(), True, "is_connected after it")


@check("connect.timeout-zero")
def test_timeout_zero(host: Host) -> None:
    """No time at all: what the system has at once, or nothing."""
    _odd_timeout(host, 0)


@check("connect.timeout-negative")
@pytest.mark.parametrize("timeout", [-1, -5000])
def test_timeout_negative(host: Host, timeout: int) -> None:
    """Whatever it is taken for, the call comes back and says what is so."""
    _odd_timeout(host, timeout)
    if timeout == -1:
        # For system calls that is without end, which nobody has asked for.
        client = made_client(host)
        outcome = connect(client, listen(host, "silent"), timeout)
        expect.one_of(outcome, ("false", "refused"), "connect with a timeout of -1 where nobody answers")


def _odd_timeout(host: Host, timeout: int) -> None:
    client, listener = made_client(host), listen(host)
    outcome = connect(client, listener, timeout)
    host.observe(expect.one_of(outcome, host.allowed(), f"connect with a timeout of {timeout}"))
    connected = outcome == Value(True)
    expect.returns(client.is_connected(), connected, f"is_connected after connect with a timeout of {timeout}")
    if connected:
        talk(host, client, listener.accept())
    else:
        serves_again(host, client)


@check("connect.timeout-ends-with-it")
def test_timeout_ends_with_it(host: Host) -> None:
    """More ticks and more milliseconds than connect was given; on a slow machine it is given more."""
    for timeout in (SHORT_TIMEOUT // 2, 4 * SHORT_TIMEOUT, CONNECT_TIMEOUT // 8):
        client, listener = made_client(host), listen(host)
        begun = time.monotonic()
        if connect(client, listener, timeout) == Value(True):
            break
    else:
        raise expect.Moot("not asked: a connection on this machine takes a second")
    peer = listener.accept()
    ticks(host, client, 2 * timeout)
    while time.monotonic() < begun + 1.5 * timeout / 1000:
        host.silence()
    host.settle(client)
    expect.equal(peer.closed, None, f"what the server sees of a connection that was made within {timeout} ms, later")
    expect.returns(client.is_connected(), True, "is_connected after more time than connect was given")
    talk(host, client, peer)
    expect.equal(client.client_callbacks(), ["connect", "data"], "what was told")


@check("connect.twice")
def test_twice(host: Host) -> None:
    """To the same server, to a port that does not exist, and to another server."""
    client, listener = made_client(host), listen(host)
    peer = join(client, listener)
    for port in (-1, 0, 65_536):
        outcome = client.connect(listener.address, port, CONNECT_TIMEOUT)
        expect.one_of(outcome, host.allowed(), f"connect to port {port} while there is a connection")
    for other in (listener, listen(host)):
        expect.one_of(connect(client, other), host.allowed(), "connect while there is a connection")
        expect.that(other.nobody_came(), "further connections", expected="none", got="one")
    expect.returns(client.is_connected(), True, "is_connected after that")
    talk(host, client, peer)
    expect.equal(client.client_callbacks(), ["connect", "data"], "what was told")


@check("connect.twice-loses-nothing")
def test_twice_loses_nothing(host: Host) -> None:
    """Bytes wait in both directions: more than the system takes for a server that does not read, and no tick came."""
    client, listener = made_client(host), listen(host)
    peer = join(client, listener)
    content, words = host.random.randbytes(WAITING), host.random.randbytes(3_000)
    accepted = fill(host, client, peer, content, needs="client-send.stalled-returns")
    peer.send(words)
    host.silence()
    for other, port in ((listener, listener.port), (listener, 65_536), (listen(host, "refuse"), None)):
        outcome = client.connect(other.address, port or other.port, CONNECT_TIMEOUT)
        expect.one_of(outcome, ("false", "refused"), "connect while there is a connection")
    peer.resume_reading()
    # A send that was refused may have ended the connection, with a part of its call on the way.
    gave_up = accepted < len(content)
    host.until(
        lambda: (
            (len(peer.received) >= accepted and len(client.received) >= len(words)) or client.count("disconnect") > 0
        ),
        client,
        what=f"{accepted} bytes at the server, as send accepted, and {len(words)} in data callbacks",
        got=lambda: f"{host.reached(peer)}; and {len(client.received)}",
    )
    host.settle(client)
    if gave_up and (peer.closed is not None or client.count("disconnect")):
        raise expect.Moot("not asked: a send that was refused ended the connection")
    expect.same_bytes(peer.received, content[:accepted], "what the server received of what was accepted")
    expect.same_bytes(client.received, words, "what the server had sent")
    talk(host, client, peer)


@check("connect.twice-reports")
def test_twice_reports(host: Host) -> None:
    """The host hears that it asked for what it has."""
    client, _ = connected_client(host)
    before = len(errors_of(client))
    connect(client, listen(host))
    expect_error(client, before, "after connect with a connection there")


@check("connect.after-departure")
def test_after_departure(host: Host) -> None:
    """A tool that waits for its server to be started anew."""
    serves_again(host, departed_client(host))


@check("connect.after-close")
def test_after_close(host: Host) -> None:
    """Closed by the host, and opened by it again."""
    client, _ = connected_client(host)
    expect.returns(client.close(), None, "close")
    serves_again(host, client)


@check("connect.after-failure")
def test_after_failure(host: Host) -> None:
    """Refused twice, and once not answered; then where it was refused, as a tool does that waits for its server."""
    client = made_client(host)
    late = listen(host, "refuse")
    for _ in range(2):
        with expect.needing("connect.refused"):
            expect.one_of(connect(client, late, SHORT_TIMEOUT), ("false", "refused"), "connect where nobody listens")
    connect(client, listen(host, "silent"), SHORT_TIMEOUT)
    serves_again(host, client)
    late.open()
    for each in (client, made_client(host)):
        expect.returns(connect(each, late), True, "connect to a port that refused before, where somebody listens now")
        talk(host, each, late.accept())
