"""Section construct: a new object, and its adapter."""

from __future__ import annotations

from dasnet_adapters.contract import CLASS_A, CLASS_B, CLASS_SILENT, Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import CLIENT_CALLBACKS
from dasnet_conformance.suite.scenes import hear, until_received


@check("construct.succeeds")
def test_succeeds(host: Host) -> None:
    """Objects of each class, several of them, side by side."""
    for class_number in (CLASS_A, CLASS_B, CLASS_SILENT) * 2:
        host.new(class_number)


@check("construct.fires-nothing")
def test_fires_nothing(host: Host) -> None:
    """A new object with its adapter has been called back about no client."""
    server = host.made()
    host.silence()
    expect.equal([name for name in CLIENT_CALLBACKS if server.count(name)], [], "callbacks that fired")


@check("construct.tick-harmless")
def test_tick_harmless(host: Host) -> None:
    """A tick without a handle does nothing or says so, and takes nothing from the object."""
    server = host.new()
    for _ in range(3):
        expect.one_of(server.tick(), host.allowed(), "tick of a new object")
    expect.equal(server.client_callbacks(), [], "callbacks that fired")
    with expect.needing("adapter.opens-nothing"):
        expect.one_of(server.adapter(), ("none", "true"), "making the adapter afterwards")
    expect.returns(host.init_free(server), True, "init afterwards")


@check("construct.objects-independent")
def test_objects_independent(host: Host) -> None:
    """An object stays new while another one of its class listens, has a client, and is destroyed."""
    bystander = host.made()
    queries = ("has_session", "is_open", "is_connected")
    before = [expect.spell(bystander.call(query)) for query in queries]
    server, _ = host.connected()
    after = [expect.spell(bystander.call(query)) for query in queries]
    # What a query says of a handle that was never opened is judged elsewhere; here, that it says the same.
    expect.equal(after, before, f"{', '.join(queries)} of the other object, before and after")
    expect.returns(bystander.is_connected(), False, "is_connected of the other object")
    server.destroy()
    expect.returns(host.init_free(bystander), True, "init of the other object, the first destroyed")
    expect.equal(bystander.client_callbacks(), [], "callbacks on the other object")


@check("construct.no-callback-overridden")
def test_no_callback_overridden(host: Host) -> None:
    """A class without callbacks is served by its queries alone: taken, sent to, gone, next one taken."""
    server = host.listening(CLASS_SILENT)
    for _ in range(2):
        peer = host.peer(server.port)
        host.until(lambda: server.is_connected() == Value(True), server, what="is_connected is true")
        peer.send(b"nobody listens to this")
        host.settle(server)
        expect.returns(server.send(b"hello"), True, "send")
        host.await_peer(peer, 5, server)
        expect.same_bytes(peer.received, b"hello", "what the client got")
        peer.close()
        host.until(lambda: server.is_connected() == Value(False), server, what="is_connected is false again")


@check("adapter.opens-nothing")
def test_adapter_opens_nothing(host: Host) -> None:
    """With a handle and before init the object is not open."""
    server = host.new()
    expect.one_of(server.adapter(), ("none", "true"), "making the adapter")
    expect.returns(server.is_open(), False, "is_open before init")
    expect.returns(server.is_connected(), False, "is_connected before init")


@check("adapter.bound-to-its-object")
def test_adapter_bound_to_its_object(host: Host) -> None:
    """Of two objects whose adapters were made in turn, each hears of its own client."""
    first, second = host.listening(), host.listening()
    for server, other in ((first, second), (second, first)):
        before = len(other.fired)
        host.peer(server.port).send(b"for one object only")
        until_received(host, server, 19)
        expect.equal(len(other.fired), before, "callbacks on the object that has no part in it")


@check("adapter.twice-before-init")
def test_adapter_twice_before_init(host: Host) -> None:
    """Refused or replaced: either way the object has one handle, which serves."""
    server = host.made()
    expect.one_of(server.adapter(), host.allowed(), "making the adapter again")
    expect.returns(host.init_free(server), True, "init after the second adapter")
    peer = host.take_client(server)
    peer.send(b"once")
    host.await_received(server, 4)
    host.settle(server)
    expect.equal(server.client_callbacks(), ["connect", "data"], "callbacks")


@check("adapter.twice-leaks-no-listener")
def test_adapter_twice_leaks_no_listener(host: Host) -> None:
    """Both choices are fine; a port that nobody answers for is a leak."""
    server = host.listening()
    server.adapter()
    if server.is_open() == Value(True):
        host.observe("goes on listening")
        host.take_client(server)
        return
    host.observe("freed the port")
    successor = host.made()
    expect.returns(successor.init(server.port), True, "init of another object on the port that was let go")
    host.take_client(successor)


@check("adapter.twice-leaves-no-client")
def test_adapter_twice_leaves_no_client(host: Host) -> None:
    """Both choices are fine; a client to whom nobody listens any more waits for ever."""
    server, peer = host.connected()
    expect.one_of(server.adapter(), ("none", "true", "false", "refused"), "making the adapter again")
    if server.is_connected() == Value(True):
        host.observe("goes on with its client")
        hear(host, server, peer)
        return
    host.observe("ended the connection")
    host.await_closed(peer, server)
