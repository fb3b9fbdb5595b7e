"""What one tick does: one system call when idle, all that is ready otherwise, but no more than its budget."""

from __future__ import annotations

import contextlib
import select
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from reference_tools import Recorder, connection_of, dial, pump

from dasnet_reference import _endpoint, _handle
from dasnet_reference._poller import Ready, make_poller

Listen = Callable[..., Recorder]
Join = Callable[[Recorder], socket.socket]


class CountingPoller:
    """A poller that counts the times it is asked."""

    asked = 0

    def __init__(self) -> None:
        self._real = make_poller()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def poll(self, timeout: int, maxevents: int, /) -> Ready:
        CountingPoller.asked += 1
        return self._real.poll(timeout, maxevents)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    monkeypatch.setattr(_endpoint, "make_poller", CountingPoller)
    monkeypatch.setattr(CountingPoller, "asked", 0)
    return lambda: CountingPoller.asked


@pytest.mark.parametrize("client_attached", [False, True])
def test_an_idle_tick_asks_once_and_does_nothing_else(
    client_attached: bool,
    listen: Listen,
    join: Join,
    queue_up: Join,
    asked: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = listen()
    if client_attached:
        join(server)
        # Whoever waits behind the client must not wake the tick either.
        queue_up(server)
        server.tick()
    before, noted = asked(), len(server.events)
    monkeypatch.setattr(_handle.Handle, "work", lambda *_: pytest.fail("an idle tick went to work"))
    for _ in range(10):
        server.tick()
    assert asked() == before + 10
    assert len(server.events) == noted


def test_a_handle_that_is_not_open_asks_nobody(asked: Callable[[], int]) -> None:
    server = Recorder()
    server.tick()
    server.make_server_adapter()
    server.tick()
    assert asked() == 0
    assert server.events == []


def test_the_tick_that_takes_a_client_reads_from_it(listen: Listen, queue_up: Join) -> None:
    server = listen()
    client = queue_up(server)
    client.sendall(b"at once")
    server.tick()
    assert server.seen() == ["connect", "data"]
    assert server.data() == b"at once"


def test_one_tick_may_see_a_whole_visit_but_not_the_next_one(listen: Listen, queue_up: Join) -> None:
    server = listen()
    for word in (b"one", b"two"):
        client = queue_up(server)
        client.sendall(word)
        client.close()
    server.tick()
    assert server.seen() == ["connect", "data", "disconnect"]
    assert not server.is_connected()
    server.tick()
    assert server.seen() == ["connect", "data", "disconnect"] * 2
    assert server.data() == b"onetwo"


def test_a_tick_delivers_its_budget_and_leaves_the_rest(listen: Listen, join: Join) -> None:
    server = listen(tick_budget=10_000)
    client = join(server)
    client.sendall(b"x" * 25_000)
    sizes = []
    for _ in range(3):
        before = len(server.data())
        server.tick()
        sizes.append(len(server.data()) - before)
    assert sizes == [10_000, 10_000, 5_000]


def test_a_client_that_answers_every_byte_does_not_hold_the_tick(listen: Listen, join: Join) -> None:
    server = listen(tick_budget=64 * 1024)
    client = join(server)
    client.sendall(b".")
    # Each callback brings the next byte, so that there is always something ready.
    server.reactions["data"] = lambda: client.sendall(b".")
    server.tick()
    assert 1 <= len(server.data()) <= 64 * 1024 // _handle.LEAST_COST


def test_a_tick_flushes_its_budget_at_most(listen: Listen, join: Join) -> None:
    server = listen(tick_budget=1000)
    client = join(server)
    connection = connection_of(server)
    while not connection.queue:
        assert server.send(b"x" * (1 << 20))
    queued = len(connection.queue)
    while not select.select([], [connection._socket], [], 0)[1]:
        assert client.recv(1 << 20)
    server.tick()
    assert len(connection.queue) == queued - 1000


@pytest.mark.parametrize("callback", ["connect", "data", "disconnect", "log"])
def test_a_tick_inside_a_callback_is_no_tick(listen: Listen, queue_up: Join, callback: str) -> None:
    server = listen()
    inside: list[int] = []

    def nested() -> None:
        before = len(server.events)
        server.tick()
        inside.append(len(server.events) - before)

    server.reactions[callback] = nested
    for word in (b"one", b"two"):
        client = queue_up(server)
        client.sendall(word)
        client.close()
    pump(server, lambda: server.seen().count("disconnect") == 2)
    assert server.seen() == ["connect", "data", "disconnect"] * 2
    assert set(inside) == {0}


def test_a_spurious_readiness_is_no_event(listen: Listen, join: Join) -> None:
    server = listen()
    join(server)
    handle = server._server
    assert handle is not None
    noted = len(server.events)
    handle.work([(0, 1)])
    assert len(server.events) == noted
    assert server.is_connected()


@pytest.fixture
def alarms() -> Iterator[Callable[[], int]]:
    if not hasattr(signal, "setitimer"):
        pytest.skip("no interval timer here")
    count = 0

    def handler(*_: object) -> None:
        nonlocal count
        count += 1

    earlier = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    yield lambda: count
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, earlier)


def test_signals_disturb_nothing(listen: Listen, alarms: Callable[[], int]) -> None:
    server = listen()
    word = b"signal" * 1000
    visits = 0
    while alarms() < 50:
        visits += 1
        with contextlib.closing(dial(server)) as client:
            client.sendall(word)
        pump(server, lambda: server.seen().count("disconnect") == visits)  # noqa: B023
    assert server.seen() == ["connect", "data", "disconnect"] * visits
    assert server.data() == word * visits
