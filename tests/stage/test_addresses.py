"""Where peers look for a host: addresses of either family, names, and a host that nobody knows."""

from __future__ import annotations

import socket

import pytest

from dasnet_adapters.contract import AdapterBroken
from dasnet_conformance.stage import addresses
from dasnet_conformance.stage.addresses import addresses_of
from dasnet_conformance.stage.expect import Mismatch
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.transcript import Transcript


def test_an_address_is_tried_as_it_is() -> None:
    assert addresses_of("127.0.0.1", 8000) == [(socket.AF_INET, ("127.0.0.1", 8000))]


@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_an_address_of_the_sixth_protocol_may_stand_in_brackets(host: str) -> None:
    assert addresses_of(host, 8000) == [(socket.AF_INET6, ("::1", 8000, 0, 0))]


def test_a_name_leads_to_addresses() -> None:
    assert (socket.AF_INET, ("127.0.0.1", 8000)) in addresses_of("localhost", 8000)


def test_a_host_without_an_address_is_the_callers_mistake() -> None:
    with pytest.raises(AdapterBroken, match=r"peers find no address of 'no\.such\.host\.invalid': ") as caught:
        addresses_of("no.such.host.invalid", 8000)
    assert caught.value.culprit == "caller"
    assert "--peer-host" in caught.value.hint


def test_a_peer_talks_over_the_sixth_protocol() -> None:
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this system has no address ::1; switch IPv6 on for its loopback device")
    peer = Peer("peer 1", Transcript())
    with listener:
        peer.connect("::1", listener.getsockname()[1])
        peer.send(b"hello")
        server, _ = listener.accept()
        with server:
            assert server.recv(5) == b"hello"
        peer.dispose()


def _two(monkeypatch: pytest.MonkeyPatch, first: str, second: str) -> None:
    both = tuple((socket.AF_INET, (each, 0)) for each in (first, second))
    monkeypatch.setattr(addresses, "_resolved", lambda host: both)


def test_of_several_addresses_the_one_that_answers_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    _two(monkeypatch, "127.0.0.2", "127.0.0.1")
    peer = Peer("peer 1", Transcript())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        peer.connect("twice", listener.getsockname()[1])
        server, _ = listener.accept()
        server.close()
        peer.dispose()


def test_when_no_address_answers_the_last_refusal_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    _two(monkeypatch, "127.0.0.2", "127.0.0.1")
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]
        with pytest.raises(Mismatch, match="refused"):
            Peer("peer 1", Transcript()).connect("twice", port)
