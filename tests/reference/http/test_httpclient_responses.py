"""Requests of `HttpClient` as they go out, and responses that are whole, broken, or too large."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from http_client_tools import OK, Asker, Server, answered, receive

from dasnet_reference import HttpClient


def test_a_request_and_its_response(asker: Asker, server: Server) -> None:
    assert asker.request("GET", "/a?b=%2F", [("X-One", "1")]) == 1
    assert not asker.is_connected()
    connection = server.take(asker)
    head = receive(asker, connection)
    assert head == f"GET /a?b=%2F HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nX-One: 1\r\n\r\n".encode()
    connection.sendall(b"HTTP/1.1 404 Not here\r\nX-Two: a\r\nX-TWO: b\r\nContent-Length: 4\r\n\r\nbody")
    asker.until(lambda: asker.outcomes)
    fields = [(b"x-two", b"a"), (b"x-two", b"b"), (b"content-length", b"4")]
    assert asker.outcomes == [(1, 404, "Not here", fields, b"body")]
    assert asker.is_connected()


@pytest.mark.parametrize(
    ("method", "body", "length"),
    [
        ("GET", b"", None),
        ("POST", b"", b"0"),
        ("PUT", b"abc", b"3"),
        ("DELETE", b"abc", b"3"),
    ],
)
def test_the_length_is_told_where_there_may_be_a_body(
    asker: Asker, server: Server, method: str, body: bytes, length: bytes | None
) -> None:
    asker.request(method, "", [("Content-Length", "99"), ("Transfer-Encoding", "chunked")], body)
    request = receive(asker, server.take(asker), b"\r\n\r\n" + body)
    assert request.startswith(method.encode() + b" / HTTP/1.1\r\n")
    assert re.findall(rb"Content-Length: (\d+)\r\n", request) == ([length] if length else [])
    assert b"Transfer-Encoding" not in request


@pytest.mark.parametrize(
    ("method", "target", "headers"),
    [
        ("GET /", "/", []),
        ("", "/", []),
        ("GET\r\n", "/", []),
        ("CONNECT", "a:80", []),
        ("GET", "a", []),
        ("GET", "*", []),
        ("GET", "http://a/", []),
        ("GET", "/a b", []),
        ("GET", "/a\r\nb", []),
        ("GET", "/a\0", []),
        ("GET", "/\xe9", []),
        ("GET", "/#part", []),
        ("GET", "/", [("X", "a\r\nY: b")]),
        ("GET", "/", [("X", "a\nb")]),
        ("GET", "/", [("X", "a\0b")]),
        ("GET", "/", [("X Y", "a")]),
        ("GET", "/", [("", "a")]),
        ("GET", "/", [("X", "\u20ac")]),
        ("GET", "/", [("Host", "a"), ("Host", "a")]),
        ("GET", "/", [("Host", "a/b")]),
    ],
)
def test_what_http_forbids_is_refused(
    asker: Asker, server: Server, method: str, target: str, headers: list[tuple[str, str]]
) -> None:
    assert asker.request(method, target, headers) == 0
    assert len(asker.errors) == 1
    assert asker.errors[0][1] != 0
    for _ in range(5):
        asker.tick()
    assert server.nobody_else()
    assert asker.outcomes == []


WHOLE = {
    "length": (OK, "stay", 200, b"ok"),
    "chunks": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a\r\no\r\n01\r\nk\r\n0\r\nX: y\r\n\r\n",
        "stay",
        200,
        b"ok",
    ),
    "until the end": (b"HTTP/1.1 200 OK\r\n\r\nok", "leave", 200, b"ok"),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\n\r\nok", "leave", 200, b"ok"),
    "no reason": (b"HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n", "stay", 299, b""),
    "999": (b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", "stay", 999, b""),
    "204": (b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "stay", 204, b""),
    "304": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "stay", 304, b""),
    "several before": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
        + OK,
        "stay",
        200,
        b"ok",
    ),
    "redirect": (b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n", "stay", 302, b""),
    "folded": (b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok", "stay", 200, b"ok"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_responses_at_once_and_byte_by_byte(ask: Callable[..., Asker], server: Server, name: str) -> None:
    data, then, status, body = WHOLE[name]
    outcome = answered(ask(), server, data, then)
    assert (outcome[1], outcome[4]) == (status, body)
    slow = ask()
    slow.request("GET", "/")
    connection = server.take(slow)
    receive(slow, connection)
    for byte in data:
        assert slow.outcomes == []
        connection.sendall(bytes((byte,)))
        slow.tick()
    if then == "leave":
        connection.close()
    slow.until(lambda: slow.outcomes)
    assert slow.outcomes == [outcome]


def test_an_answer_to_head_has_no_body(asker: Asker, server: Server) -> None:
    assert answered(asker, server, OK[:-2], method="HEAD")[1:] == (200, "OK", [(b"content-length", b"2")], b"")
    assert asker.is_connected()


BROKEN = {
    "nothing": (b"", "leave"),
    "half a status line": (b"HTTP/1.1 200", "leave"),
    "half a head": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", "leave"),
    "half a body": (OK[:-1], "leave"),
    "reset in the body": (OK[:-1], "reset"),
    "half a chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "leave"),
    "no last chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", "leave"),
    "no end of the trailer": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n", "leave"),
    "only 100": (b"HTTP/1.1 100 Continue\r\n\r\n", "leave"),
    "101": (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\nConnection: upgrade\r\n\r\n", "stay"),
    "another protocol": (b"SSH-2.0-OpenSSH_9\r\n\r\n", "stay"),
    "two digits": (b"HTTP/1.1 20 OK\r\n\r\n", "leave"),
    "version 2": (b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", "stay"),
    "lengths that differ": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", "stay"),
    "length with a sign": (b"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok", "stay"),
    "length and chunks": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "stay",
    ),
    "a size that is none": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x2\r\nok\r\n0\r\n\r\n", "stay"),
    "an endless size": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 40 + b"\r\n", "stay"),
    "a name with a blank": (b"HTTP/1.1 200 OK\r\nX : a\r\nContent-Length: 0\r\n\r\n", "stay"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_whole_response_is_one_failure(asker: Asker, server: Server, name: str) -> None:
    outcome = answered(asker, server, *BROKEN[name])
    assert len(outcome) == 2, outcome
    assert outcome[0] == 1
    assert outcome[1] != 0
    for _ in range(5):
        asker.tick()
    assert len(asker.outcomes) == 1
    assert not asker.is_connected()
    # The object is good for the next request.
    asker.request("GET", "/")
    connection = server.take(asker)
    receive(asker, connection)
    connection.sendall(OK)
    asker.until(lambda: len(asker.outcomes) == 2)
    assert asker.outcomes[1][:2] == (2, 200)


@pytest.mark.parametrize(
    ("limits", "data"),
    [
        ({"largest_body": 10}, b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n"),
        ({"largest_body": 10}, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nabcdef\r\n"),
        ({"largest_body": 10}, b"HTTP/1.1 200 OK\r\n\r\n0123456789a"),
        ({"largest_head": 100}, b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200),
        ({"largest_head": 100}, b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200 + b"\r\nContent-Length: 0\r\n\r\n"),
    ],
)
def test_what_is_too_large_is_a_failure(
    ask: Callable[..., Asker], server: Server, limits: dict[str, int], data: bytes
) -> None:
    assert len(answered(ask(**limits), server, data)) == 2


@pytest.mark.parametrize("limit", ["stall_ticks", "deadline_ticks", "largest_head", "largest_body"])
def test_a_limit_below_one_is_refused(limit: str) -> None:
    with pytest.raises(ValueError, match=f"{limit} must be at least 1, not 0"):
        HttpClient(**{limit: 0})
