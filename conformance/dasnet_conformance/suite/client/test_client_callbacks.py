"""Section client-callbacks: what is told, in which order, and what a callback that raises does."""

from __future__ import annotations

from dasnet_adapters.contract import Refusal, Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import FRUITLESS_TICKS
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.client_side import (
    await_departure,
    await_received,
    connect,
    connected_client,
    errors_of,
    made_client,
    serves_again,
    talk,
)
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.listener import Listener, listen
from dasnet_conformance.suite.scenes import Forgiving, outcome_inside

CONNECTIONS = 20


@check("client-callbacks.order")
def test_order(host: Host) -> None:
    """Bytes and the end wait together."""
    client, peer = connected_client(host)
    peer.send(b"all that there is to say")
    peer.close()
    host.until(lambda: client.count("disconnect") > 0, client, what="a disconnect callback")
    host.settle(client)
    expect.equal(client.client_callbacks(), ["connect", "data", "disconnect"], "what was told, in order")


@check("client-callbacks.once")
def test_once(host: Host) -> None:
    """One object, one server that ends each connection in the orderly way, and an attempt in vain before each."""
    client, listener, nobody = made_client(host), listen(host), listen(host, "refuse")
    for number in range(1, CONNECTIONS + 1):
        with expect.needing("connect.refused"):
            expect.one_of(connect(client, nobody), ("false", "refused"), "connect where nobody listens")
        with expect.needing("connect.after-departure"):
            expect.returns(connect(client, listener), True, f"connect number {number}")
            peer = listener.accept()
        peer.close()
        host.until(lambda: client.count("disconnect") >= number, client, what="a disconnect callback")  # noqa: B023
        host.dismiss(peer)
        host.settle(client)
        told = ["connect", "disconnect"] * number
        expect.equal(client.client_callbacks(), told, f"what was told of {number} connections")


@check("client-callbacks.not-connected-inside-disconnect")
def test_not_connected_inside_disconnect(host: Host) -> None:
    """The state changes first, the callback comes second."""
    client, peer = connected_client(host)
    client.react("disconnect", "is_connected")
    peer.close()
    await_departure(host, client)
    expect.returns(outcome_inside(client, "is_connected"), False, "is_connected inside the disconnect callback")


@check("client-callbacks.connected-inside-data")
def test_connected_inside_data(host: Host) -> None:
    """The callback may answer: the server is there."""
    client, peer = connected_client(host)
    client.react("data", "is_connected")
    peer.send(b"still there?")
    await_received(host, client, 12)
    expect.returns(outcome_inside(client, "is_connected"), True, "is_connected inside the data callback")


# Ticks until the callback that raises has fired so often; whether the host saw it: a refusal, or an error callback.
def _seen(host: Host, client: HostObject, callback: str) -> bool:
    count, errors = client.count(callback) + 1, client.count("error")
    for fruitless in range(FRUITLESS_TICKS):
        outcome = client.tick()
        host.step_peers()
        if client.count(callback) >= count:
            return isinstance(outcome, Refusal) or client.count("error") > errors
        host.pause(fruitless)
    raise expect.Mismatch(f"within {FRUITLESS_TICKS} ticks", f"a {callback} callback", "none")


@check("client-callbacks.raise-in-data")
def test_raise_in_data(host: Host) -> None:
    """Raised once; what comes later is delivered as ever, or the client ends the connection and can make another."""
    client, peer = connected_client(host)
    client.react("data", "raise")
    peer.send(b"trouble")
    seen = _seen(host, client, "data")
    expect.that(seen, "a data callback that raised", expected="the tick is refused, or an error fires", got="neither")
    client.react("data", "none")
    host.settle(Forgiving(client))
    if client.count("disconnect"):
        expect.equal(client.client_callbacks(), ["connect", "data", "disconnect"], "what was told")
        host.observe("closed")
        serves_again(host, client)
        return
    host.observe("kept")
    expect.returns(client.is_connected(), True, "is_connected after it")
    talk(host, client, peer)


@check("client-callbacks.raise-in-connect")
def test_raise_in_connect(host: Host) -> None:
    """The connection may stand afterwards or not; what is_connected says of it holds."""
    client, listener = made_client(host), listen(host)
    client.react("connect", "raise")
    outcome = connect(client, listener)
    peer = listener.accept()
    if client.count("connect"):
        seen = isinstance(outcome, Refusal) or client.count("error") > 0
    else:
        seen = _seen(host, client, "connect")
    expect.that(seen, "a connect callback that raised", expected="a refusal, or an error callback", got="neither")
    client.react("connect", "none")
    host.settle(client)
    if client.is_connected() == Value(True):
        talk(host, client, peer)
        expect.equal(client.count("connect"), 1, "connect callbacks of one connection")
    client.close()
    serves_again(host, client)


@check("client-callbacks.raise-in-disconnect")
def test_raise_in_disconnect(host: Host) -> None:
    """It was called, and is not called again for having raised."""
    client, peer = connected_client(host)
    client.react("disconnect", "raise")
    peer.send(b"farewell")
    await_received(host, client, 8)
    peer.close()
    seen = _seen(host, client, "disconnect")
    expect.that(seen, "a disconnect callback that raised", expected="a refusal, or an error callback", got="neither")
    client.react("disconnect", "none")
    host.settle(Forgiving(client))
    expect.equal(client.count("disconnect"), 1, "disconnect callbacks of one connection")
    serves_again(host, client)


@check("client-callbacks.error-code-of-its-failure")
def test_error_code_of_its_failure(host: Host) -> None:
    """A send after close, with a refused connect before it all and without; then a refused connect after that send."""
    nobody, listener = listen(host, "refuse"), listen(host)
    codes: dict[str, list[int]] = {"send": [], "connect": []}
    for refused_first in (False, True):
        client = made_client(host)
        if refused_first:
            codes["connect"].append(_code_of_refusal(client, nobody))
        with expect.needing("connect.after-failure" if refused_first else "connect.succeeds"):
            expect.returns(connect(client, listener), True, "connect")
        with expect.needing("close.server-sees-end"):
            expect.returns(client.close(), None, "close")
        before = len(errors_of(client))
        client.send(b"anybody?")
        codes["send"].append(_last_code(client, before))
        codes["connect"].append(_code_of_refusal(client, nobody))
    for failure, told in codes.items():
        expect.that(
            len(set(told)) == 1,
            f"the codes of a {failure} that fails, after different failures",
            expected="one and the same",
            got=", ".join(map(str, told)),
        )


def _code_of_refusal(client: HostObject, nobody: Listener) -> int:
    before = len(errors_of(client))
    with expect.needing("connect.refused"):
        expect.one_of(connect(client, nobody), ("false", "refused"), "connect where nobody listens")
    return _last_code(client, before)


# The code of the error that was told last; whether any is told is judged elsewhere.
def _last_code(client: HostObject, before: int) -> int:
    told = errors_of(client)[before:]
    if not told:
        raise expect.Moot("not asked: no error was told")
    return told[-1][1]
