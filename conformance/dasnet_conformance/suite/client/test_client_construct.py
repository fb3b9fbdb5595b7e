"""Section client-construct: a new client object, and its handle."""

from __future__ import annotations

from dasnet_adapters.contract import CLASS_CLIENT, CLASS_CLIENT_B, CLASS_CLIENT_SILENT, Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import CONNECT_TIMEOUT
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.client_side import (
    connect,
    connected_client,
    join,
    made_client,
    new_client,
    serves_again,
    talk,
)
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.listener import listen
from dasnet_conformance.suite.scenes import tick_whatever


@check("client-construct.succeeds")
def test_succeeds(host: Host) -> None:
    """Of each class that a client can have."""
    for class_number in (CLASS_CLIENT, CLASS_CLIENT_B, CLASS_CLIENT_SILENT):
        new_client(host, class_number)


@check("client-construct.adapter")
def test_adapter(host: Host) -> None:
    """It returns; what it returns, if anything, is true."""
    made_client(host)


@check("client-construct.fires-nothing")
def test_fires_nothing(host: Host) -> None:
    """The suite listens meanwhile, in vain."""
    listener = listen(host)
    client = made_client(host)
    host.settle(client)
    expect.returns(client.is_connected(), False, "is_connected before any connect")
    expect.equal([fired.event.what for fired in client.fired if fired.event.what != "log"], [], "callbacks")
    expect.that(listener.nobody_came(), "connections before any connect", expected="none", got="one")


@check("client-construct.harmless")
def test_harmless(host: Host) -> None:
    """What a host does that forgot the adapter, or got an error from it."""
    client = new_client(host)
    tick_whatever(host, client, 3)
    expect.one_of(client.close(), ("none", "refused"), "close without a handle")
    client.adapter()
    serves_again(host, client)


@check("client-construct.connect-without-handle")
def test_connect_without_handle(host: Host) -> None:
    """False and an error both say that it cannot be."""
    listener = listen(host)
    client = new_client(host)
    expect.one_of(connect(client, listener), host.allowed(), "connect without a handle")
    client.adapter()
    serves_again(host, client)


@check("client-construct.no-callbacks")
def test_no_callbacks(host: Host) -> None:
    """All callbacks are optional. The server alone can tell what happens."""
    client, peer = connected_client(host, CLASS_CLIENT_SILENT)
    expect.returns(client.send(b"silent"), True, "send of an object without callbacks")
    host.await_peer(peer, 6, client)
    expect.same_bytes(peer.received, b"silent", "what the server received")
    peer.send(b"nobody listens to this")
    host.settle(client)
    peer.close()
    host.until(lambda: client.is_connected() == Value(False), client, what="is_connected false after the server left")
    # Who looks at the connection when asked may know of the end before a tick has noticed it.
    host.settle(client)
    expect.returns(connect(client, listen(host)), True, "connect to the next server")


@check("client-construct.several")
def test_several(host: Host) -> None:
    """Three objects, two classes, one server: each connection is known by what the server says over it."""
    listener = listen(host)
    clients = [made_client(host, number) for number in (CLASS_CLIENT, CLASS_CLIENT_B, CLASS_CLIENT)]
    peers = [join(client, listener) for client in clients]
    for number, peer in enumerate(peers):
        peer.send(b"for client %d" % number)
    host.until(lambda: all(len(client.received) >= 12 for client in clients), *clients, what="each client's bytes")
    host.settle(*clients)
    for number, client in enumerate(clients):
        expect.same_bytes(client.received, b"for client %d" % number, f"what came to {client}")
        expect.equal(client.count("connect"), 1, f"connect callbacks of {client}")
        expect.returns(client.send(b"of client %d" % number), True, f"send of {client}")
    for number, peer in enumerate(peers):
        host.await_peer(peer, 11, *clients)
        expect.same_bytes(peer.received, b"of client %d" % number, f"what {peer.name} received")
    first, *others = clients
    before = [client.count("error") for client in others]
    expect.one_of(connect(first, listener), ("false", "refused"), f"connect of {first}, which has a connection")
    expect.equal([client.count("error") for client in others], before, f"errors at the others, for what {first} did")


@check("client-construct.adapter-twice")
def test_adapter_twice(host: Host) -> None:
    """The second call may make another handle or be refused; the object is to work in either case."""
    client = made_client(host)
    expect.one_of(client.adapter(), ("none", "true", "refused", "false"), "making the adapter again")
    listener = listen(host)
    outcome = client.connect(listener.address, listener.port, CONNECT_TIMEOUT)
    expect.returns(outcome, True, "connect after the second adapter")
    peer = listener.accept()
    expect.equal(client.count("connect"), 1, "connect callbacks")
    expect.one_of(client.adapter(), ("none", "true", "refused", "false"), "making the adapter while connected")
    if client.is_connected() == Value(True):
        talk(host, client, peer)
    else:
        host.await_closed(peer, client)
