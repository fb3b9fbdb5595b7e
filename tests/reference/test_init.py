"""Listening: which ports and hosts, what is refused, and what a failure leaves."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from reference_tools import Recorder, connection_of, pump

from dasnet_reference import Server
from dasnet_reference._endpoint import BACKLOG, display

Listen = Callable[..., Recorder]


@pytest.fixture
def made() -> Iterator[Recorder]:
    with Recorder() as server:
        server.make_server_adapter()
        yield server


@pytest.mark.parametrize("port", [True, False, "80", 80.0, None, b"80"])
def test_a_port_that_is_no_int_is_refused(made: Recorder, port: Any) -> None:
    with pytest.raises(TypeError, match=type(port).__name__):
        made.init(port)
    assert made.events == []
    assert made.init(0)


@pytest.mark.parametrize("port", [-1, 65536, 65536 + 8080, -(1 << 40), 1 << 40])
def test_a_port_that_does_not_exist_is_false(made: Recorder, port: int) -> None:
    assert made.init(port) is False
    assert made.errors() == [(made.errors()[0][0], errno.EINVAL)]
    assert str(port) in made.errors()[0][0]
    assert made.port is None
    assert not made.is_open()


def test_port_0_takes_a_free_one_and_port_tells_which(made: Recorder) -> None:
    assert made.init(0) is True
    port = made.port
    assert port is not None
    assert 0 < port < 65536
    assert [name for name, *_ in made.events] == ["log"]
    assert str(port) in made.events[0][1]


def test_a_port_can_be_had_again_and_none_is_told_in_between(listen: Listen) -> None:
    server = listen()
    port = server.port
    assert port is not None
    told = []
    server.close()
    told.append(server.port)
    server.make_server_adapter()
    told.append(server.port)
    assert server.init(port)
    told.append(server.port)
    assert told == [None, None, port]


def test_a_busy_port_is_false_and_another_try_may_follow(made: Recorder) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert made.init(port) is False
        (message, code), *more = made.errors()
        assert code == errno.EADDRINUSE
        assert str(port) in message
        assert not more
        assert not made.is_open()
    assert made.init(port)


def test_an_open_server_refuses_and_stays_as_it_was(listen: Listen) -> None:
    server = listen()
    port = server.port
    assert port is not None
    for other in (0, port, 70000):
        assert server.init(other) is False
    assert [code for _, code in server.errors()] == [errno.EALREADY] * 3
    assert server.port == port
    socket.create_connection(("127.0.0.1", port)).close()
    pump(server, lambda: "disconnect" in server.seen())


def test_only_loopback_unless_told_otherwise(listen: Listen) -> None:
    for settings, expected in (({}, "127.0.0.1"), ({"host": "localhost"}, "127.0.0.1"), ({"host": ""}, "0.0.0.0")):
        server = listen(**settings)
        assert server._server is not None
        assert server._server._endpoint is not None
        assert server._server._endpoint.address == f"{expected}:{server.port}"


def test_another_family(listen: Listen) -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError as error:
        pytest.skip(f"no IPv6 here: {error}")
    server = listen(host="::1")
    with socket.create_connection(("::1", server.port or 0)):
        pump(server, server.is_connected)
    assert "[::1]:" in server.events[0][1]


def test_addresses_are_written_the_usual_way() -> None:
    assert display(("127.0.0.1", 80)) == "127.0.0.1:80"
    assert display(("::1", 80, 0, 0)) == "[::1]:80"


@pytest.mark.parametrize("host", ["example.invalid", "no such host", "300.1.1.1", "ü" * 80, "203.0.113.77"])
def test_a_host_that_cannot_be_bound_is_false_and_nothing_is_looked_up(host: str) -> None:
    with Recorder(host=host) as server:
        server.make_server_adapter()
        assert server.init(0) is False
        (_, code), *more = server.errors()
        assert code == errno.EADDRNOTAVAIL
        assert not more


def test_a_default_timeout_of_the_process_makes_no_tick_wait(listen: Listen) -> None:
    socket.setdefaulttimeout(30)
    try:
        server = listen()
        assert server.port is not None
        with socket.create_connection(("127.0.0.1", server.port)):
            pump(server, server.is_connected)
            client = connection_of(server)
            assert server._server is not None
            assert server._server._endpoint is not None
            assert server._server._endpoint._listener.gettimeout() == 0
            assert client._socket.gettimeout() == 0
    finally:
        socket.setdefaulttimeout(None)


def test_many_clients_may_wait(listen: Listen) -> None:
    server = listen()
    assert server.port is not None
    waiting = [socket.create_connection(("127.0.0.1", server.port), 1) for _ in range(BACKLOG)]
    assert len(waiting) == BACKLOG >= 128
    for client in waiting:
        client.close()


def test_small_answers_leave_at_once(listen: Listen) -> None:
    server = listen()
    assert server.port is not None
    with socket.create_connection(("127.0.0.1", server.port)):
        pump(server, server.is_connected)
        client = connection_of(server)
        assert client._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("limit", ["queue_limit", "tick_budget"])
@pytest.mark.parametrize("value", [0, -1])
def test_a_limit_below_one_byte_is_refused(limit: str, value: int) -> None:
    with pytest.raises(ValueError, match=limit):
        Server(**{limit: value})  # type: ignore[arg-type]


def test_an_exception_from_the_log_finds_the_server_listening(made: Recorder) -> None:
    def fail() -> None:
        raise RuntimeError("log")

    made.reactions["log"] = fail
    with pytest.raises(RuntimeError, match="log"):
        made.init(0)
    assert made.is_open()
