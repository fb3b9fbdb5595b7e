"""A client under test and who it is connected to: the states that the checks of the client half begin with.

As of `Host`, a mismatch on the way is laid to the requirement that it belongs to. It knows the host and its listeners.
"""

from __future__ import annotations

from dasnet_adapters.contract import CLASS_CLIENT, Outcome

from . import expect
from .bounds import CONNECT_TIMEOUT
from .host import Host
from .host_object import HostObject
from .listener import LOOPBACK, Listener, listen
from .peer import Peer


def new_client(host: Host, class_number: int = CLASS_CLIENT) -> HostObject:
    """A client object without a handle."""
    return host.new(class_number, needs="client-construct.succeeds")


def made_client(host: Host, class_number: int = CLASS_CLIENT) -> HostObject:
    """A client object with a handle, not connected."""
    client = new_client(host, class_number)
    with expect.needing("client-construct.adapter"):
        expect.one_of(client.adapter(), ("none", "true"), "making the adapter")
    return client


def connect(client: HostObject, listener: Listener, timeout: int = CONNECT_TIMEOUT) -> Outcome:
    """Connect to a listener by its address."""
    return client.connect(listener.address, listener.port, timeout)


def join(client: HostObject, listener: Listener) -> Peer:
    """Connect the client to the listener, as setup; the peer that it is connected to."""
    with expect.needing("connect.succeeds"):
        expect.returns(connect(client, listener), True, f"connect to port {listener.port}, where somebody listens")
        return listener.accept()


def connected_client(host: Host, class_number: int = CLASS_CLIENT) -> tuple[HostObject, Peer]:
    """A client that is connected, and the peer that it is connected to."""
    client = made_client(host, class_number)
    return client, join(client, listen(host))


def await_departure(host: Host, client: HostObject) -> None:
    """Tick until the client has noticed that its server left."""
    before = client.count("disconnect")
    with expect.needing("client-tick.notices-departure"):
        host.until(lambda: client.count("disconnect") > before, client, what="a disconnect callback")


def await_received(host: Host, client: HostObject, count: int) -> None:
    """Tick until the client's data callbacks have brought so many bytes in all."""
    with expect.needing("client-tick.delivers"):
        host.until(
            lambda: len(client.received) >= count,
            client,
            what=f"{count} bytes in data callbacks",
            got=lambda: f"{len(client.received)} bytes",
        )


def departed_client(host: Host) -> HostObject:
    """A client whose server left, which a tick has noticed."""
    client, peer = connected_client(host)
    peer.close()
    await_departure(host, client)
    return client


def talk(host: Host, client: HostObject, peer: Peer) -> None:
    """Bytes both ways, compared at either end."""
    heard, told = len(client.received), len(peer.received)
    peer.send(_QUESTION)
    host.until(
        lambda: len(client.received) >= heard + len(_QUESTION),
        client,
        what=f"{len(_QUESTION)} bytes in data callbacks on {client}",
        got=lambda: f"{len(client.received) - heard} bytes",
    )
    expect.same_bytes(client.received[heard:], _QUESTION, f"what the server sent, at {client}")
    expect.returns(client.send(_ANSWER), True, f"send from {client}, which is connected")
    host.await_peer(peer, told + len(_ANSWER), client)
    expect.same_bytes(peer.received[told:], _ANSWER, f"what {client} sent, at its server")


def serves_again(host: Host, client: HostObject) -> None:
    """The object connects to a new server, talks to it, and hears it leave: it is in order."""
    departures = client.count("disconnect")
    listener = listen(host)
    expect.returns(connect(client, listener), True, "connect to another server")
    peer = listener.accept()
    talk(host, client, peer)
    peer.close()
    host.until(lambda: client.count("disconnect") > departures, client, what="a disconnect callback")


def errors_of(client: HostObject) -> list[tuple[str, int]]:
    """Message and code of each error callback so far."""
    return [(fired.event.message, fired.event.code) for fired in client.fired if fired.event.what == "error"]


def expect_error(client: HostObject, before: int, when: str) -> None:
    """Expect an error callback beyond the first `before`, with a message and a code."""
    told = errors_of(client)[before:]
    expect.that(bool(told), when, expected="an error callback", got="none")
    for message, code in told:
        expect.that(bool(message.strip()), f"the error's message {when}", expected="some text", got="an empty one")
        expect.that(code != 0, f"the error's code {when}", expected="a code other than 0", got="0")


_QUESTION = b"from the server\r\n"
_ANSWER = b"from the client\r\n"

__all__ = [
    "LOOPBACK",
    "await_departure",
    "await_received",
    "connect",
    "connected_client",
    "departed_client",
    "errors_of",
    "expect_error",
    "join",
    "made_client",
    "new_client",
    "serves_again",
    "talk",
]
