"""The suite's listeners: what somebody who connects to each kind meets, and that a port stays held."""

from __future__ import annotations

import errno
import socket

import pytest

from dasnet_adapters.contract import AdapterBroken, Answer, Command, Event, Value
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.stage.bounds import patience
from dasnet_conformance.stage.expect import Mismatch, Moot
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.listener import freed_meanwhile, listen
from dasnet_conformance.stage.ports import Ports
from dasnet_conformance.stage.recording import Acted


class _Idle:
    """A session that answers everything with nothing."""

    def call(self, command: Command) -> Answer:
        return Answer(Value())

    def stray_events(self) -> tuple[Event, ...]:
        return ()

    def diagnostics(self) -> str:
        return ""

    def close(self) -> None:
        """Nothing to close."""


def _host(ports: Ports, peer_host: str = "127.0.0.1") -> Host:
    return Host(_Idle(), load_catalogue().requirements["connect.succeeds"], ports, peer_host, 1)


@pytest.fixture
def host(ports: Ports) -> Host:
    return _host(ports)


def dial(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), 10)


def test_who_connects_is_a_peer(host: Host) -> None:
    listener = listen(host)
    with dial(listener.port) as client:
        peer = listener.accept()
        peer.send(b"hello")
        assert client.recv(5) == b"hello"
        client.sendall(b"you")
        host.until(lambda: bytes(peer.received) == b"you", what="three bytes")
        peer.close()
        assert client.recv(1) == b""
    host.close()
    acted = [row.action for row in host.recording.rows if isinstance(row, Acted)]
    assert acted == ["listen 127.0.0.1", "accept", "send", "close"]


def test_nobody_came_tells_once_of_each(host: Host) -> None:
    listener = listen(host)
    assert listener.nobody_came()
    with dial(listener.port):
        host.pause(8)
        assert not listener.nobody_came()
    assert listener.nobody_came()
    with patience(0.01), pytest.raises(Mismatch, match="a connection of the client"):
        listener.accept()
    host.close()


def test_one_that_refuses_holds_its_port(host: Host) -> None:
    listener = listen(host, "refuse")
    with pytest.raises(ConnectionRefusedError):
        dial(listener.port)
    with socket.socket() as other, pytest.raises(OSError, match=r"."):
        other.bind(("127.0.0.1", listener.port))
    host.close()


def test_a_silent_one_answers_when_it_is_freed(host: Host) -> None:
    try:
        listener = listen(host, "silent")
    except Moot as moot:
        pytest.skip(str(moot))
    with socket.socket() as client:
        client.setblocking(False)
        assert client.connect_ex(("127.0.0.1", listener.port)) == errno.EINPROGRESS
        with pytest.raises(OSError, match=r"."):
            client.getpeername()
    with freed_meanwhile(listener, 0.01), dial(listener.port) as client:
        assert client.getpeername()[1] == listener.port
    host.close()


def test_an_address_that_the_machine_lacks_is_moot(host: Host) -> None:
    with pytest.raises(Moot, match="has no address"):
        listen(host, address="192.0.2.1")


def test_an_implementation_elsewhere_cannot_be_asked(ports: Ports) -> None:
    for loopback in ("localhost", "127.0.0.2", "[::1]"):
        listen(_host(ports, loopback)).close()
    for elsewhere in ("192.0.2.1", "console.example"):
        with pytest.raises(AdapterBroken, match="reaches no loopback address") as caught:
            listen(_host(ports, elsewhere))
        assert caught.value.culprit == "caller"
