"""Section client-lowlevel: the functions on a client's handle, each against the method of its name."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import CLASS_CLIENT_B, CLASS_PLAIN, Outcome, Refusal, Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import CONNECT_TIMEOUT, FRUITLESS_TICKS, SHORT_TIMEOUT
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.client_side import errors_of, expect_error, new_client, talk
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.listener import LOOPBACK, Listener, listen
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.scenes import fill, passed_on

#: More than the system's buffers hold for a server that does not read.
WAITING = 4 << 20


def _made(host: Host, class_number: int = CLASS_CLIENT_B) -> HostObject:
    client = new_client(host, class_number)
    with expect.needing("make-client.makes"):
        expect.returns(client.call("make_client"), True, "make_client")
    return client


def _joined(host: Host) -> tuple[HostObject, Peer, Listener]:
    client, listener = _made(host), listen(host)
    with expect.needing("client-connect.connects"):
        outcome = client.connect(LOOPBACK, listener.port, CONNECT_TIMEOUT, through="client_connect")
        expect.returns(outcome, True, "client_connect")
        return client, listener.accept(), listener


@check("make-client.makes")
def test_makes(host: Host) -> None:
    """The handle is in its place: the method finds it."""
    client = new_client(host)
    expect.returns(client.call("make_client"), True, "make_client")
    listener = listen(host)
    expect.returns(client.connect(LOOPBACK, listener.port, CONNECT_TIMEOUT), True, "connect after make_client")
    peer = listener.accept()
    talk(host, client, peer)
    # As of the adapter: the connection is kept, or its server sees the end.
    expect.one_of(client.call("make_client"), ("true", "false", "refused"), "make_client while connected")
    if client.is_connected() == Value(True):
        talk(host, client, peer)
    else:
        host.await_closed(peer, client)


@check("make-client.plain-object")
def test_plain_object(host: Host) -> None:
    """False and an error both turn it down."""
    plain = host.new(CLASS_PLAIN)
    expect.one_of(plain.call("make_client"), host.allowed(), "make_client of an object without the field")
    _made(host)


@check("make-client.fires-nothing")
def test_fires_nothing(host: Host) -> None:
    """The suite listens meanwhile, in vain."""
    listener = listen(host)
    client = _made(host)
    host.settle(client, through="client_tick")
    expect.returns(client.call("client_is_connected"), False, "client_is_connected before any connect")
    expect.equal(client.client_callbacks(), [], "callbacks")
    expect.that(listener.nobody_came(), "connections before any connect", expected="none", got="one")


@check("client-connect.connects")
def test_connects(host: Host) -> None:
    """One connection, one callback."""
    client, listener = _made(host), listen(host)
    outcome = client.connect(LOOPBACK, listener.port, CONNECT_TIMEOUT, through="client_connect")
    expect.returns(outcome, True, "client_connect where somebody listens")
    peer = listener.accept()
    host.until(lambda: client.count("connect") > 0, client, what="a connect callback", through="client_tick")
    host.settle(client, through="client_tick")
    expect.equal(client.client_callbacks(), ["connect"], "what was told")
    expect.equal(peer.closed, None, "the connection's end")


@check("client-connect.refused")
def test_refused(host: Host) -> None:
    """As the method says it."""
    client, nobody = _made(host), listen(host, "refuse")
    outcome = client.connect(LOOPBACK, nobody.port, SHORT_TIMEOUT, through="client_connect")
    expect.one_of(outcome, host.allowed(), "client_connect where nobody listens")
    expect.returns(client.call("client_is_connected"), False, "client_is_connected after it")
    expect_error(client, 0, "after a client_connect that was refused")


@check("client-connect.port-never-wrapped")
@pytest.mark.parametrize("turns", [1, -1])
def test_port_never_wrapped(host: Host, turns: int) -> None:
    """What is left of the number in 16 bits is the port of a server that is not meant."""
    client, listener = _made(host), listen(host)
    port = listener.port + turns * 65_536
    outcome = client.connect(LOOPBACK, port, SHORT_TIMEOUT, through="client_connect")
    came = not listener.nobody_came()
    expect.that(not came, f"connections to port {listener.port} from {port}", expected="none", got="one")
    expect.one_of(outcome, host.allowed(), f"client_connect to port {port}")


@check("client-connect.agrees")
@pytest.mark.parametrize("first", ["connect", "client_connect"])
def test_connect_agrees(host: Host, first: str) -> None:
    """The other one finds the connection there."""
    client, listener = _made(host), listen(host)
    expect.returns(client.connect(LOOPBACK, listener.port, CONNECT_TIMEOUT, through=first), True, first)
    peer = listener.accept()
    second = "connect" if first == "client_connect" else "client_connect"
    outcome = client.connect(LOOPBACK, listener.port, CONNECT_TIMEOUT, through=second)
    expect.one_of(outcome, ("false", "refused"), f"{second} after {first}")
    expect.that(listener.nobody_came(), "further connections", expected="none", got="one")
    talk(host, client, peer)


@check("client-is-connected.agrees")
def test_is_connected_agrees(host: Host) -> None:
    """Four states, two ways to ask."""
    client = _made(host)
    listener = listen(host)
    _both(client, False, "with a handle")
    client.connect(LOOPBACK, listener.port, CONNECT_TIMEOUT)
    peer = listener.accept()
    _both(client, True, "with a connection")
    peer.close()
    with expect.needing("client-tick.notices-departure"):
        host.until(lambda: client.count("disconnect") > 0, client, what="a disconnect callback")
    _both(client, False, "after a departure")
    client.connect(LOOPBACK, listener.port, CONNECT_TIMEOUT)
    _both(client, True, "with a connection again")
    client.close()
    _both(client, False, "after close")


def _both(client: HostObject, wanted: bool, when: str) -> None:
    for name in ("client_is_connected", "is_connected"):
        expect.returns(client.call(name), wanted, f"{name} {when}")


@check("client-tick-function.delivers")
def test_tick_delivers(host: Host) -> None:
    """Bytes, then the end; and what a data callback raises is a mistake that the host hears of."""
    client, peer, _ = _joined(host)
    peer.send(b"to the handle")
    host.until(lambda: len(client.received) >= 13, client, what="13 bytes in data callbacks", through="client_tick")
    expect.same_bytes(client.received, b"to the handle", "what the server sent")
    peer.close()
    host.until(lambda: client.count("disconnect") > 0, client, what="a disconnect callback", through="client_tick")
    host.settle(client, through="client_tick")
    expect.equal(client.client_callbacks(), ["connect", "data", "disconnect"], "what was told")
    expect.returns(client.call("client_is_connected"), False, "client_is_connected after it")
    _hears_of_what_a_callback_raises(host)


def _hears_of_what_a_callback_raises(host: Host) -> None:
    failing, speaker, _ = _joined(host)
    try:
        failing.react("data", "raise")
    except expect.PartUnsupported:
        host.note("callbacks cannot raise here; only deliveries and the departure were checked")
        return
    speaker.send(b"trouble")
    outcomes: list[Outcome] = []
    for fruitless in range(FRUITLESS_TICKS):
        outcomes.append(failing.call("client_tick"))
        if failing.count("data"):
            break
        host.pause(fruitless)
    seen = isinstance(outcomes[-1], Refusal) or failing.count("error") > 0
    expect.that(
        seen, "a data callback that raised", expected="client_tick is refused, or an error fires", got="neither"
    )


@check("client-tick-function.sends-what-waits")
def test_tick_sends_what_waits(host: Host) -> None:
    """No method is called that could do it."""
    client, peer, _ = _joined(host)
    content = host.random.randbytes(WAITING)
    accepted = fill(host, client, peer, content, needs="client-send.stalled-returns")
    passed_on(host, peer, content, accepted, client, through="client_tick")


@check("client-close-function.accepted-arrives")
def test_close_accepted_arrives(host: Host) -> None:
    """As of the method: the end comes behind what was accepted."""
    client, peer, _ = _joined(host)
    content = host.random.randbytes(WAITING)
    accepted = fill(host, client, peer, content, needs="client-send.stalled-returns")
    expect.returns(client.call("client_close"), None, "client_close")
    peer.resume_reading()
    host.await_closed(peer, client)
    # Of a call that was refused a part may have come, since the connection is closed.
    got = peer.received[:accepted] if accepted < WAITING else peer.received
    expect.same_bytes(got, content[:accepted], "what the server received before the end")


@check("client-send-function.arrives")
def test_send_arrives(host: Host) -> None:
    """First without a connection, then with one."""
    lonely = _made(host)
    expect.returns(lonely.send(b"nobody", through="client_send"), False, "client_send without a connection")
    expect_error(lonely, 0, "after a client_send without a connection")
    client, peer, _ = _joined(host)
    expect.returns(client.send(b"meant, not meant", 5, through="client_send"), True, "client_send of 5 bytes")
    expect.returns(client.send(b"|", through="client_send"), True, "client_send of one byte")
    host.await_peer(peer, 6, client)
    host.settle(client)
    expect.same_bytes(peer.received, b"meant|", "what the server received")


@check("client-send-function.bad-size")
@pytest.mark.parametrize("size", [4, -1])
def test_send_bad_size(host: Host, size: int) -> None:
    """As the method does it; a connection that the mistake has ended got nothing of it either."""
    lonely = _made(host)
    outcome = lonely.send(b"abc", size, through="client_send")
    expect.one_of(outcome, host.allowed(), f"client_send of {size} bytes out of 3, without a connection")
    client, peer, _ = _joined(host)
    outcome = client.send(b"abc", size, through="client_send")
    expect.one_of(outcome, host.allowed(), f"client_send of {size} bytes out of 3")
    wanted = b"!" if client.is_connected() == Value(True) else b""
    if wanted:
        expect.returns(client.send(wanted, through="client_send"), True, "client_send of one byte after it")
        host.await_peer(peer, 1, client)
    host.settle(client, through="client_tick")
    expect.same_bytes(peer.received, wanted, "what the server received")


@check("client-close-function.ends")
def test_close_ends(host: Host) -> None:
    """Twice; the server sees the end."""
    client, peer, _ = _joined(host)
    host.settle(client)
    before = client.heard()
    for again in ("", " again"):
        expect.returns(client.call("client_close"), None, f"client_close{again}")
    expect.returns(client.call("client_is_connected"), False, "client_is_connected after it")
    host.await_closed(peer, client)
    expect.equal(client.heard(), before, "callbacks of client_close and the ticks after it")


@check("client-close-function.again")
def test_close_again(host: Host) -> None:
    """The handle is not used up."""
    client, _, listener = _joined(host)
    with expect.needing("client-close-function.ends"):
        expect.returns(client.call("client_close"), None, "client_close")
    outcome = client.connect(LOOPBACK, listener.port, CONNECT_TIMEOUT, through="client_connect")
    expect.returns(outcome, True, "client_connect after client_close")
    talk(host, client, listener.accept())


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        pytest.param(
            "client_connect", (LOOPBACK, 1, SHORT_TIMEOUT), marks=check("client-null.connect"), id="client-connect"
        ),
        pytest.param("client_is_connected", (), marks=check("client-null.is-connected"), id="client-is-connected"),
        pytest.param("client_tick", (), marks=check("client-null.tick"), id="client-tick"),
        pytest.param("client_send", (b"nobody", 1, 6), marks=check("client-null.send"), id="client-send"),
        pytest.param("client_close", (), marks=check("client-null.close"), id="client-close"),
    ],
)
def test_null_handle(host: Host, name: str, arguments: tuple[str | int | bytes, ...]) -> None:
    """No object at all, and an object whose field is empty; a client with a handle is not hit by it."""
    client, peer, _ = _joined(host)
    errors = len(errors_of(client))
    for number in (0, new_client(host).number):
        expect.one_of(host.call(name, number, *arguments), host.allowed(), f"{name} with a null handle")
    expect.equal(len(errors_of(client)), errors, "errors told to another")
    talk(host, client, peer)
