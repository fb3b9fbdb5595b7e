"""Callbacks that raise, give the handle away or do not exist: each is made once, and nothing is lost."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from typing import Any

import pytest
from reference_tools import Recorder, dial, pump, reset

from dasnet_reference import (
    NetworkServer,
    SharedOrphan,
    make_server,
    server_init,
    server_is_connected,
    server_restore,
    server_tick,
)

Listen = Callable[..., Recorder]
Join = Callable[[Recorder], socket.socket]


def visit(server: Recorder, word: bytes) -> None:
    """A client that speaks and goes, the hard way."""
    with dial(server) as client:
        client.sendall(word)
        client.shutdown(socket.SHUT_WR)


def test_a_reset_is_an_error_and_one_departure(listen: Listen, join: Join) -> None:
    server = listen()
    reset(join(server))
    pump(server, lambda: not server.is_connected())
    assert server.seen() == ["connect", "error", "disconnect"]
    assert server.errors()[0][1] == errno.ECONNRESET


def test_the_log_tells_of_listening_coming_and_leaving(listen: Listen, join: Join) -> None:
    server = listen()
    client = join(server)
    name = "{}:{}".format(*client.getsockname())
    for _ in range(3):
        server.tick()
        server.is_connected()
    client.close()
    pump(server, lambda: not server.is_connected())
    logged = [event[1] for event in server.events if event[0] == "log"]
    assert len(logged) == 3
    assert str(server.port) in logged[0]
    assert name in logged[1]
    assert name in logged[2]


@pytest.mark.parametrize("callback", ["connect", "data", "disconnect", "log"])
def test_an_exception_passes_through_and_the_next_tick_goes_on(listen: Listen, queue_up: Join, callback: str) -> None:
    server = listen()

    def fail() -> None:
        raise RuntimeError(callback)

    server.reactions[callback] = fail
    raised = 0
    for word in (b"one", b"two"):
        client = queue_up(server)
        client.sendall(word)
        client.close()
    for _ in range(20):
        try:
            server.tick()
        except RuntimeError:
            raised += 1
    assert raised == (4 if callback == "log" else 2)
    assert server.seen() == ["connect", "data", "disconnect"] * 2
    assert server.data() == b"onetwo"
    assert len([name for name, *_ in server.events if name == "log"]) == 5


def test_an_exception_about_a_reset_does_not_swallow_the_departure(listen: Listen, join: Join) -> None:
    server = listen()

    def fail() -> None:
        raise RuntimeError("error")

    server.reactions["error"] = fail
    reset(join(server))
    with pytest.raises(RuntimeError, match="error"):
        pump(server, lambda: not server.is_connected())
    assert not server.is_connected()
    pump(server, lambda: "disconnect" in server.seen())
    visit(server, b"next")
    pump(server, lambda: server.seen().count("disconnect") == 2)
    assert server.seen() == ["connect", "error", "disconnect", "connect", "data", "disconnect"]


@pytest.mark.parametrize("callback", ["connect", "data", "disconnect", "log"])
@pytest.mark.parametrize("at_once", [True, False], ids=["restored inside", "restored after"])
def test_giving_the_handle_away_in_a_callback_loses_nothing(
    listen: Listen, queue_up: Join, callback: str, at_once: bool
) -> None:
    first = listen(tick_budget=4)
    second, orphan = Recorder(), SharedOrphan()

    def save() -> None:
        first.save(orphan)
        if at_once:
            second.restore(orphan)

    first.reactions[callback] = save
    client = queue_up(first)
    client.sendall(b"onetwothree")
    client.close()
    pump(first, lambda: first._server is None)
    settled = list(first.events)
    if not at_once:
        second.restore(orphan)
    with second:
        pump(second, lambda: "disconnect" in first.seen() + second.seen())
        for _ in range(3):
            second.tick()
    assert first.events == settled
    heard = [event[0] for event in first.events + second.events]
    assert (heard.count("connect"), heard.count("disconnect"), heard.count("log")) == (1, 1, 3)
    assert first.data() + second.data() == b"onetwothree"


def test_giving_the_handle_away_over_a_reset_hands_the_departure_on(listen: Listen, join: Join) -> None:
    first, second, orphan = listen(), Recorder(), SharedOrphan()
    client = join(first)
    first.reactions["error"] = lambda: first.save(orphan)
    reset(client)
    pump(first, lambda: first._server is None)
    assert first.seen() == ["connect", "error"]
    with second:
        second.restore(orphan)
        assert not second.is_connected()
        second.tick()
        assert second.seen() == ["disconnect"]


def test_another_owner_from_inside_a_callback_gets_the_rest(listen: Listen, join: Join) -> None:
    first, second = listen(tick_budget=4), Recorder(tick_budget=4)
    client = join(first)
    handle = first._server

    first.reactions["data"] = lambda: server_restore(handle, second, type(second))
    client.sendall(b"onetwothree")
    pump(first, lambda: first.data() + second.data() == b"onetwothree")
    assert first.data() == b"onet"


def test_saving_and_restoring_at_once_ends_the_tick_all_the_same(listen: Listen, join: Join) -> None:
    server, orphan = listen(), SharedOrphan()
    client = join(server)

    def there_and_back() -> None:
        server.save(orphan)
        server.restore(orphan)

    server.reactions["data"] = there_and_back
    client.sendall(b"x" * 200_000)
    while len(server.data()) < 200_000:
        before = len(server.events)
        server.tick()
        assert len(server.events) - before <= 1


@pytest.mark.parametrize("callback", ["connect", "data", "disconnect", "log", "error"])
def test_closing_in_a_callback_ends_everything(listen: Listen, queue_up: Join, callback: str) -> None:
    server = listen()
    server.reactions[callback] = server.close
    client = queue_up(server)
    client.sendall(b"word")
    if callback == "error":
        server.tick()
        reset(client)
    else:
        client.close()
    pump(server, lambda: server._server is None)
    noted = len(server.events)
    server.tick()
    assert len(server.events) == noted
    assert server.events[-1][0] == callback
    server.reactions.clear()
    server.make_server_adapter()
    assert server.init(0)
    visit(server, b"again")
    pump(server, lambda: server.seen()[-3:] == ["connect", "data", "disconnect"])


def test_another_adapter_made_in_a_callback_is_served(listen: Listen, join: Join) -> None:
    server = listen()
    client = join(server)

    def begin_again() -> None:
        server.reactions.clear()
        server.make_server_adapter()
        assert server.init(0)

    server.reactions["data"] = begin_again
    client.sendall(b"anew")
    pump(server, lambda: server.data() == b"anew")
    assert client.recv(1) == b""
    assert not server.is_connected()
    visit(server, b"word")
    pump(server, lambda: "disconnect" in server.seen())


def test_an_exception_in_on_error_comes_out_of_send(listen: Listen) -> None:
    server = listen()

    def fail() -> None:
        raise RuntimeError("error")

    server.reactions["error"] = fail
    with pytest.raises(RuntimeError, match="error"):
        server.send(b"x")
    assert server.is_open()


def test_an_object_need_not_be_a_server_nor_have_every_callback() -> None:
    class Half:
        _server: NetworkServer | None = None
        received = b""

        def on_data(self, data: bytes) -> None:
            self.received += data

    half: Any = Half()
    assert make_server(half, Half)
    assert server_init(half._server, 0)
    with socket.create_connection(("127.0.0.1", half._server.port)) as client:
        client.sendall(b"half")
        while half.received != b"half":
            server_tick(half._server)
    while server_is_connected(half._server):
        server_tick(half._server)
    half._server.close()
