"""Each poller carries a whole conversation, and the best one that a system has is chosen."""

from __future__ import annotations

import select
import socket
from collections.abc import Callable

import pytest
from reference_tools import Recorder, pump, read_exactly

from dasnet_reference import _endpoint, _poller
from dasnet_reference._poller import Poller, PollPoller, SelectPoller, best_poller

AVAILABLE: list[Callable[[], Poller]] = [SelectPoller]
if hasattr(select, "poll"):
    AVAILABLE.append(PollPoller)
if hasattr(select, "epoll"):
    AVAILABLE.append(select.epoll)


@pytest.fixture(params=AVAILABLE, ids=lambda factory: factory.__name__)
def poller(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_endpoint, "make_poller", request.param)


Listen = Callable[..., Recorder]
Join = Callable[[Recorder], socket.socket]


@pytest.mark.usefixtures("poller")
def test_a_conversation_with_two_clients_in_turn(listen: Listen, join: Join, queue_up: Join) -> None:
    server = listen()
    first = join(server)
    second = queue_up(server)
    second.sendall(b"early")
    first.sendall(b"hello")
    pump(server, lambda: server.data() == b"hello")
    server.tick()
    assert server.seen() == ["connect", "data"]
    first.close()
    pump(server, lambda: "disconnect" in server.seen())
    pump(server, lambda: server.data() == b"helloearly")
    assert server.seen() == ["connect", "data", "disconnect", "connect", "data"]


@pytest.mark.usefixtures("poller")
def test_what_the_kernel_did_not_take_is_sent_by_ticks(listen: Listen, join: Join) -> None:
    server = listen()
    client = join(server)
    much = bytes(range(256)) * 65536
    assert server.send(much)
    received = bytearray()
    client.setblocking(False)
    while len(received) < len(much):
        server.tick()
        try:
            received += client.recv(1 << 20)
        except BlockingIOError:
            select.select([client], [], [], 0.001)
    assert received == much


@pytest.mark.usefixtures("poller")
def test_closing_with_a_client_gives_the_port_back(listen: Listen, join: Join) -> None:
    server = listen()
    client = join(server)
    port = server.port
    assert port is not None
    assert server.send(b"bye")
    server.close()
    assert read_exactly(client, 3) == b"bye"
    assert client.recv(1) == b""
    server.make_server_adapter()
    assert server.init(port)


@pytest.mark.usefixtures("poller")
def test_a_port_that_was_refused_leaves_nothing_behind(listen: Listen) -> None:
    first, second = listen(), Recorder()
    second.make_server_adapter()
    assert first.port is not None
    assert not second.init(first.port)
    assert second.init(0)
    second.close()


def test_select_with_nothing_wanted_asks_nobody() -> None:
    poller = SelectPoller()
    assert not poller.poll(0, 1)
    poller.register(0, 0)
    assert not poller.poll(0, 1)


@pytest.mark.skipif(not hasattr(select, "epoll"), reason="the choice can be taken away only where it exists")
def test_the_best_that_exists_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _poller.make_poller is select.epoll
    monkeypatch.delattr(select, "epoll")
    assert best_poller() is PollPoller
    monkeypatch.delattr(select, "poll")
    assert best_poller() is SelectPoller
