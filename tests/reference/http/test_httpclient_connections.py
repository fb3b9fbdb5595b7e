"""Connections of `HttpClient`: what they are used for again, what ends them, and what is sent once only."""

from __future__ import annotations

import contextlib
import errno
import socket
import time

import pytest
from http_client_tools import OK, PATIENCE, Asker, Server, answered, receive


def test_a_connection_goes_on_and_outcomes_are_in_order(asker: Asker, server: Server) -> None:
    assert [asker.request("GET", f"/{number}") for number in range(5)] == [1, 2, 3, 4, 5]
    connection = server.take(asker)
    for number in range(5):
        assert receive(asker, connection).startswith(b"GET /%d " % number)
        connection.sendall(OK)
    asker.until(lambda: len(asker.outcomes) == 5)
    assert [outcome[0] for outcome in asker.outcomes] == [1, 2, 3, 4, 5]
    assert server.nobody_else()


@pytest.mark.parametrize(
    "first",
    [
        OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"),
        OK.replace(b"1.1", b"1.0"),
        OK + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
    ],
)
def test_the_next_request_takes_a_connection_of_its_own(asker: Asker, server: Server, first: bytes) -> None:
    asker.request("GET", "/first")
    asker.request("GET", "/second")
    connection = server.take(asker)
    receive(asker, connection)
    connection.sendall(first)
    connection = server.take(asker)
    assert receive(asker, connection).startswith(b"GET /second ")
    connection.sendall(OK)
    asker.until(lambda: len(asker.outcomes) == 2)
    assert [outcome[4] for outcome in asker.outcomes] == [b"ok", b"ok"]


def test_what_comes_unasked_is_no_response(asker: Asker, server: Server) -> None:
    answered(asker, server, OK)
    server.connections[0].sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
    asker.until(lambda: not asker.is_connected())
    assert len(asker.outcomes) == 1
    assert len(asker.logs) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_idle_connection_that_was_closed_is_made_anew(asker: Asker, server: Server, method: str) -> None:
    answered(asker, server, OK)
    server.connections[0].close()
    asker.until(lambda: not asker.is_connected())
    assert answered(asker, server, OK, method=method)[:2] == (2, 200)


@pytest.mark.parametrize(("method", "again"), [("GET", True), ("POST", False)])
def test_where_nobody_knows_whether_it_arrived_only_some_are_sent_again(
    asker: Asker, server: Server, method: str, again: bool
) -> None:
    answered(asker, server, OK)
    asker.request(method, "/once", (), b"")
    receive(asker, server.connections[0])
    server.connections[0].close()
    if again:
        connection = server.take(asker)
        assert receive(asker, connection).startswith(b"GET /once ")
        connection.close()
    # And nothing is sent a third time.
    asker.until(lambda: len(asker.outcomes) == 2)
    assert asker.outcomes[1] == (2, errno.ECONNRESET)
    assert server.nobody_else()


def test_an_answer_before_the_body_has_left_is_handed_over(asker: Asker, server: Server) -> None:
    asker.request("POST", "/", (), bytes(16 * 1024 * 1024))
    connection = server.take(asker)
    deadline = time.monotonic() + PATIENCE
    got = b""
    while b"\r\n\r\n" not in got:
        assert time.monotonic() < deadline
        asker.tick()
        with contextlib.suppress(BlockingIOError):
            got += connection.recv(1000)
    connection.sendall(b"HTTP/1.1 413 Too large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    asker.until(lambda: asker.outcomes)
    assert asker.outcomes[0][:2] == (1, 413)
    assert not asker.is_connected()


def test_a_large_body_arrives_whole(asker: Asker, server: Server) -> None:
    body = bytes(range(256)) * 20_000
    asker.request("POST", "/", (), body)
    got = receive(asker, server.take(asker), b"\xfe\xff" if len(body) < 2 else body[-4096:])
    deadline = time.monotonic() + PATIENCE
    while len(got.partition(b"\r\n\r\n")[2]) < len(body):
        assert time.monotonic() < deadline
        asker.tick()
        with contextlib.suppress(BlockingIOError):
            got += server.connections[0].recv(1 << 20)
    assert got.partition(b"\r\n\r\n")[2] == body


def test_nobody_listens(cleanup: contextlib.ExitStack) -> None:
    # Bound, so that nobody else takes the port, and not listening.
    deaf = cleanup.enter_context(socket.socket())
    deaf.bind(("127.0.0.1", 0))
    asker = cleanup.enter_context(Asker())
    asker.make_http_client_adapter()
    assert asker.init("127.0.0.1", deaf.getsockname()[1])
    asker.request("GET", "/")
    asker.until(lambda: asker.outcomes)
    assert asker.outcomes == [(1, errno.ECONNREFUSED)]
    assert asker.is_open()
