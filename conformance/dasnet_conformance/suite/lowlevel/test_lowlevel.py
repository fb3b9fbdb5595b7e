"""Checks of section `lowlevel`: make_server, server_init, the queries, and every function without a handle."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import CLASS_A, CLASS_B, CLASS_PLAIN, CLASS_SILENT, Outcome
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import SETTLING_TICKS
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.suite.scenes import (
    serve_one,
    tick_whatever,
    until_fired,
    unused_port,
)

#: What the two low-level queries say, by state.
STATES = {
    "made": {"is_open": False, "is_connected": False},
    "listening": {"is_open": True, "is_connected": False},
    "connected": {"is_open": True, "is_connected": True},
    "departed": {"is_open": True, "is_connected": False},
    "init failed": {"is_open": False, "is_connected": False},
}


def _in_state(host: Host, state: str) -> HostObject:
    if state == "made":
        return host.made()
    if state == "init failed":
        return _init_failed(host)
    server = host.listening()
    if state != "listening":
        peer = host.take_client(server)
        if state == "departed":
            peer.close()
            host.await_departure(server)
    return server


def _init_failed(host: Host) -> HostObject:
    occupied, server = host.listening(), host.made()
    with expect.needing("init.port-in-use"):
        expect.returns(server.init(occupied.port), False, "init on a port that is taken")
    return server


def _made_low(host: Host, class_number: int = CLASS_A) -> HostObject:
    server = host.new(class_number)
    with expect.needing("make-server.true"):
        expect.returns(server.call("make_server"), True, "make_server")
    return server


@check("make-server.true")
@pytest.mark.parametrize("class_number", [CLASS_A, CLASS_B, CLASS_SILENT])
def test_make_server_true(host: Host, class_number: int) -> None:
    """With all callbacks overridden or none."""
    outcome = host.new(class_number).call("make_server")
    expect.returns(outcome, True, f"make_server of an object of class {class_number}")


@check("make-server.stores-handle")
def test_make_server_stores_handle(host: Host) -> None:
    """The low-level functions find a handle on the object, and save has something to move."""
    server = host.new()
    expect.returns(server.call("make_server"), True, "make_server")
    expect.returns(server.call("server_is_open"), False, "server_is_open on the handle that was made")
    expect.returns(server.save(), None, "save of the object")
    expect.returns(host.holds(), True, "whether the orphan holds the handle")


@check("make-server.binds-object")
def test_make_server_binds_object(host: Host) -> None:
    """Made one after the other, each handle calls its own object."""
    first, second = _made_low(host), _made_low(host)
    for server in (first, second):
        with expect.needing("server-init.free-port"):
            expect.returns(host.init_free(server, "server_init"), True, "server_init")
    host.peer(first.port)
    until_fired(host, first, "connect", 1, first, second, through="server_tick")
    expect.equal(second.heard(), 0, "client callbacks on the object without a client")
    before = first.heard()
    host.peer(second.port)
    until_fired(host, second, "connect", 1, first, second, through="server_tick")
    expect.equal(first.heard() - before, 0, "client callbacks on the first object when the second gets its client")


@check("make-server.plain-object")
def test_make_server_plain_object(host: Host) -> None:
    """Nowhere to put the handle: the result says so, or an error does; what matters is that the host hears it."""
    plain = host.new(CLASS_PLAIN)
    host.observe(expect.one_of(plain.call("make_server"), host.allowed(), "make_server of an object without the field"))


@check("make-server.opens-nothing")
def test_make_server_opens_nothing(host: Host) -> None:
    """A handle is no listener yet, and does not become one by being ticked."""
    server = _made_low(host)
    for moment in ("before", "after"):
        expect.returns(server.call("server_is_open"), False, f"server_is_open {moment} ticks")
        expect.returns(server.call("server_is_connected"), False, f"server_is_connected {moment} ticks")
        # A tick of a handle that is not open yet may be refused.
        tick_whatever(host, server, SETTLING_TICKS, through="server_tick")
    expect.equal(server.heard(), 0, "client callbacks")


@check("server-init.free-port")
def test_server_init_free_port(host: Host) -> None:
    """The listen queue takes the client, without a tick."""
    server = _made_low(host)
    expect.returns(host.init_free(server, "server_init"), True, "server_init on a free port")
    host.peer(server.port)
    expect.returns(server.call("server_is_open"), True, "server_is_open after server_init")


@check("server-init.port-in-use")
def test_server_init_port_in_use(host: Host) -> None:
    """The other server keeps its port, and its clients."""
    occupied, server = host.listening(), _made_low(host)
    expect.returns(server.call("server_init", occupied.port), False, "server_init on a port that is taken")
    expect.returns(server.call("server_is_open"), False, "server_is_open after that")
    expect.returns(occupied.is_open(), True, "is_open of the server that has the port")


@check("server-init.bad-port")
@pytest.mark.parametrize("offset", [None, 65_536, 131_072])
def test_server_init_bad_port(host: Host, offset: int | None) -> None:
    """False and a refusal are both fine, for a number can be wrong in either way; a port of the low 16 bits is not."""
    server, port = _made_low(host), unused_port(host)
    number = -1 if offset is None else port + offset
    expect.one_of(server.call("server_init", number), host.allowed(), f"server_init with {number}")
    expect.returns(server.call("server_is_open"), False, "server_is_open after that")
    expect.that(
        host.refuses_connections(port),
        f"port {port} after server_init with {number}",
        expected="no listener",
        got="a listener",
    )


@check("server-init.already-open")
def test_server_init_already_open(host: Host) -> None:
    """To stay and to move are both fine, as for the method; a port that nobody can close any more is not."""
    server = _made_low(host)
    with expect.needing("server-init.free-port"):
        expect.returns(host.init_free(server, "server_init"), True, "server_init on a free port")
    old, new = server.port, unused_port(host)
    server.call("server_init", new)
    at = [port for port in (old, new) if not host.refuses_connections(port)]
    for peer in host.peers:
        peer.dispose()
    host.settle(server)
    expect.equal(len(at), 1, "ports of the two that somebody listens on after server_init on an open handle")
    host.observe("stayed" if at == [old] else "moved")
    server.port = at[0]
    serve_one(host, server)


@check("server-is-open.agrees")
@pytest.mark.parametrize("state", list(STATES))
def test_server_is_open_agrees(host: Host, state: str) -> None:
    """Both answers, and twice, for a query changes nothing."""
    server = _in_state(host, state)
    for _ in range(2):
        expect.returns(server.call("server_is_open"), STATES[state]["is_open"], f"server_is_open, {state}")
        expect.returns(server.is_open(), STATES[state]["is_open"], f"is_open, {state}")


@check("server-is-connected.agrees")
@pytest.mark.parametrize("state", list(STATES))
def test_server_is_connected_agrees(host: Host, state: str) -> None:
    """Both answers, and twice, for a query changes nothing."""
    server = _in_state(host, state)
    for _ in range(2):
        wanted = STATES[state]["is_connected"]
        expect.returns(server.call("server_is_connected"), wanted, f"server_is_connected, {state}")
        expect.returns(server.is_connected(), wanted, f"is_connected, {state}")


# Without a handle. The number 0 stands for none; an object that never had its adapter made has none either.

no_handle = pytest.mark.parametrize("handle", ["none", "of an object without one"])


def _refused(host: Host, handle: str, name: str, *arguments: int | bytes) -> Outcome:
    # Another server is alive, so that a global that is taken for the handle would show.
    other = host.listening()
    number = 0 if handle == "none" else host.new().number
    outcome = host.call(name, number, *arguments)
    expect.one_of(outcome, ("refused",), f"{name} with a null handle ({handle})")
    expect.returns(other.is_open(), True, "is_open of another server after that")
    expect.equal(other.heard(), 0, "client callbacks on another server")
    return outcome


@check("server-init.null-handle")
@no_handle
def test_server_init_null_handle(host: Host, handle: str) -> None:
    """Nothing is there that could listen."""
    port = unused_port(host)
    _refused(host, handle, "server_init", port)
    expect.that(host.refuses_connections(port), f"port {port}", expected="no listener", got="a listener")


@check("server-is-open.null-handle")
@no_handle
def test_server_is_open_null_handle(host: Host, handle: str) -> None:
    """No answer is right."""
    _refused(host, handle, "server_is_open")


@check("server-is-connected.null-handle")
@no_handle
def test_server_is_connected_null_handle(host: Host, handle: str) -> None:
    """No answer is right."""
    _refused(host, handle, "server_is_connected")


@check("server-tick.null-handle")
@no_handle
def test_server_tick_null_handle(host: Host, handle: str) -> None:
    """The low-level function insists on a handle, though the method need not."""
    _refused(host, handle, "server_tick")


@check("server-send.null-handle")
@no_handle
def test_server_send_null_handle(host: Host, handle: str) -> None:
    """Bytes without a server go nowhere."""
    _refused(host, handle, "server_send", b"to nobody", 1, 9)


@check("server-restore.null-handle")
@no_handle
def test_server_restore_null_handle(host: Host, handle: str) -> None:
    """There is nothing that could call the object back."""
    target = host.new()
    _refused(host, handle, "server_restore", target.number)
    expect.returns(target.has_session(), False, "has_session of the object that was to be bound")
