"""The sound HTTP server by itself, on raw sockets: what the suite judges, without the suite."""

from __future__ import annotations

import re
import socket

import pytest

from proof.http_talk import BODIES, ask, serving

BAD = {
    "no version": b"GET /\r\n\r\n",
    "no target": b"GET HTTP/1.1\r\nHost: a\r\n\r\n",
    "control in target": b"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n",
    "authority": ask("a:80"),
    "four words": b"GET / x HTTP/1.1\r\nHost: a\r\n\r\n",
    "two spaces": b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
    "small version": b"GET / http/1.1\r\nHost: a\r\n\r\n",
    "long version": b"GET / HTTP/1.10\r\nHost: a\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
    "host with path": b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
    "host with user": b"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n",
    "host with bad port": b"GET / HTTP/1.1\r\nHost: a:8x\r\n\r\n",
    "space before colon": ask("/", "X : y"),
    "no colon": ask("/", "X"),
    "no name": ask("/", ": y"),
    "fold": ask("/", "X: a", " b"),
    "fold like a field": ask("/", "X: a", " Y: b"),
    "bare cr like a line": ask("/", "X: a\rY: b"),
    "control in value": ask("/", "X: a\x01b"),
    "non-ascii name": ask("/", "X\xe9: a"),
    "based length": ask("/", "Content-Length: 0x5") + b"hello",
    "space first": b"GET / HTTP/1.1\r\n X: y\r\nHost: a\r\n\r\n",
    "bare cr": ask("/", "X: a\rb"),
    "bare lf": b"GET / HTTP/1.1\nHost: a\n\n",
    "nul": ask("/", "X: a\0b"),
    "relative": ask("a"),
    "star": ask("*"),
    "non-ascii target": ask("/\xe9"),
    "plus length": ask("/", "Content-Length: +5") + b"hello",
    "minus length": ask("/", "Content-Length: -5") + b"hello",
    "empty length": ask("/", "Content-Length:") + b"hello",
    "list length": ask("/", "Content-Length: 5, 6") + b"hello",
    "two lengths": ask("/", "Content-Length: 5", "Content-Length: 6") + b"hello",
    "both": ask("/", "Content-Length: 5", "Transfer-Encoding: chunked") + b"0\r\n\r\n",
    "not final": ask("/", "Transfer-Encoding: chunked, gzip") + b"0\r\n\r\n",
    "identity": ask("/", "Transfer-Encoding: identity"),
    "chunked twice": ask("/", "Transfer-Encoding: chunked, chunked") + b"0\r\n\r\n",
    "vertical tab": ask("/", "Transfer-Encoding: \x0bchunked") + b"0\r\n\r\n",
    "parameter": ask("/", "Transfer-Encoding: chunked;q=1") + b"0\r\n\r\n",
    "coding in old version": ask("/", "Transfer-Encoding: chunked", version="HTTP/1.0") + b"0\r\n\r\n",
    "chunk prefix": ask("/", "Transfer-Encoding: chunked") + b"0x5\r\nhello\r\n0\r\n\r\n",
    "quoted coding": ask("/", 'Transfer-Encoding: "chunked"') + b"0\r\n\r\n",
    "chunk without size": ask("/", "Transfer-Encoding: chunked") + b"\r\n\r\n",
    "chunk sign": ask("/", "Transfer-Encoding: chunked") + b"+5\r\nhello\r\n0\r\n\r\n",
    "chunk underscore": ask("/", "Transfer-Encoding: chunked") + b"0_5\r\nhello\r\n0\r\n\r\n",
    "chunk garbage": ask("/", "Transfer-Encoding: chunked") + b"5g\r\nhello\r\n0\r\n\r\n",
    "chunk short": ask("/", "Transfer-Encoding: chunked") + b"5\r\nhelloX\r\n0\r\n\r\n",
    "chunk bare lf": ask("/", "Transfer-Encoding: chunked") + b"5\nhello\r\n0\r\n\r\n",
    "chunk lf behind": ask("/", "Transfer-Encoding: chunked") + b"5\r\nhello\n0\r\n\r\n",
    "long extension": ask("/", "Transfer-Encoding: chunked") + b"5;" + b"x" * 65_536 + b"\r\nhello\r\n0\r\n\r\n",
}
OTHER = {
    "version two": (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    "preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "tunnel": (b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", 501),
    "huge length": (ask("/", "Content-Length: 18446744073709551621") + b"hello", 413),
    "endless length": (ask("/", "Content-Length: " + "0" * 100 + "1" + "0" * 18 + "5") + b"hello", 413),
    "longer length": (ask("/", "Content-Length: 1" + "0" * 99 + "5") + b"hello", 413),
    "huge chunk": (ask("/", "Transfer-Encoding: chunked") + b"10000000000000005\r\nhello\r\n0\r\n\r\n", 413),
    "long line": (b"GET /" + b"x" * 20_000, 414),
    "long field": (ask("/", "X: " + "x" * 70_000), 431),
    "many fields": (ask("/", *["X: y"] * 300), 431),
    "other coding on its line": (ask("/", "Transfer-Encoding: x", "Transfer-Encoding: chunked") + b"0\r\n\r\n", 501),
    "other coding": (ask("/", "Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n", 501),
    "expectation": (ask("/", "Expect: tea"), 417),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_request_is_refused_and_ends_the_connection(name: str) -> None:
    with serving() as host:
        talk = host.connect()
        got = talk.say(BAD[name] + ask("/smuggled"), 5)
        assert got.startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert got.count(b"HTTP/1.1") == 1
        assert b"Connection: close\r\n" in got
        assert talk.ended
        assert not host.heard
        assert not host.errors
        assert len(host.lines) == 1


@pytest.mark.parametrize("name", OTHER)
def test_other_refusals(name: str) -> None:
    data, status = OTHER[name]
    with serving() as host:
        talk = host.connect()
        assert talk.say(data + ask("/smuggled"), 5).startswith(b"HTTP/1.1 %d " % status)
        assert talk.ended
        assert not host.heard


LAST = [(b"Empty", b""), (b"Colon", b"a://b")]


def test_a_request_and_its_answer() -> None:
    with serving() as host:
        talk = host.connect()
        host.tick()
        talk.sock.send(ask("/a%2Fb?c=%00", "X-Case:  some value\t", "x-case: \xe9", "Empty:", "Colon: a://b"))
        host.tick()
        got = talk.read().decode("latin-1")
        assert re.fullmatch(
            r"HTTP/1.1 200 OK\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n"
            r"X-Target: /a%2Fb\?c=%00\r\nContent-Length: 12\r\n\r\n/a%2Fb\?c=%00",
            got,
        )
        (number, method, target, version, headers, body), *_ = host.heard
        assert (number, method, target, version, body) == (1, "GET", "/a%2Fb?c=%00", "HTTP/1.1", b"")
        assert headers == [(b"Host", b"a"), (b"X-Case", b"some value"), (b"x-case", b"\xe9"), *LAST]


def test_forms_and_methods_that_are_the_hosts_to_decide() -> None:
    with serving() as host:
        talk = host.connect()
        talk.say(ask("*", method="OPTIONS") + ask("/", method="get") + ask("/", method="M-SEARCH"))
        assert [request[1] for request in host.heard] == ["OPTIONS", "get", "M-SEARCH"]


def test_the_host_may_be_empty_and_written_in_any_case() -> None:
    with serving() as host:
        assert b" 200 " in host.connect().say(b"GET / HTTP/1.1\r\nhOST:\r\n\r\n")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "DELETE", "POST", "PUT"])
@pytest.mark.parametrize("body", [b"", bytes(range(256)) * 300 + b"\r\n\0"])
def test_a_body_is_exactly_what_was_sent_with_every_method(method: str, body: bytes) -> None:
    with serving() as host:
        talk = host.connect()
        talk.say(ask("/", f"Content-Length: {len(body)}", method=method) + body)
        assert host.heard[-1][5] == body
        talk.say(ask("/next", method=method))
        assert host.heard[-1][5] == b""
        assert host.targets == ["/", "/next"]


@pytest.mark.parametrize("name", BODIES)
def test_bodies_whole_cut_at_each_byte_and_byte_by_byte(name: str) -> None:
    data = BODIES[name]
    pieces = [[data], *([data[:at], data[at:]] for at in range(1, len(data))), [bytes([each]) for each in data]]
    with serving() as host:
        talk = host.connect()
        for number, cuts in enumerate(pieces):
            for piece in cuts:
                talk.say(piece, 0)
            talk.say(b"", 2)
            assert len(host.heard) == number + 1
            assert host.heard[-1][5] == b"hello"
            assert host.heard[-1][0] == number + 1
            assert b"content-length" not in [name.lower() for name, value in host.heard[-1][4] if value == b"9"]


def test_answers_go_out_in_the_order_of_their_requests() -> None:
    with serving() as host:
        host.react = None
        talk = host.connect()
        talk.say(b"".join(ask(f"/{number}") for number in range(100)))
        assert host.targets == [f"/{number}" for number in range(100)]
        for request in reversed(host.heard):
            assert host.respond(request[0], 200, [], request[2].encode())
            assert not host.respond(request[0], 200, [], b"")
        assert not talk.read()
        assert re.findall(rb"\r\n\r\n/(\d+)", talk.say(b"")) == [b"%d" % number for number in range(100)]


def test_behind_an_unanswered_request_little_waits() -> None:
    with serving() as host:
        host.react = None
        talk = host.connect()
        talk.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)
        sent = 0
        data = ask("/" + "x" * 959)
        for _ in range(20_000):
            try:
                sent += talk.sock.send(data[sent % len(data) :])
            except BlockingIOError:
                host.tick()
        assert len(host.heard) <= 66
        other = host.connect()
        host.react = host.echo
        assert b"/other" in other.say(ask("/other"))


def test_what_the_host_may_answer() -> None:
    with serving() as host:
        host.react = None
        talk = host.connect()
        talk.say(ask("/"))
        for status, headers, body in [
            (100, [], b""),
            (600, [], b""),
            (204, [], b"x"),
            (200, [("a\r\nb", "c")], b""),
            (200, [("a", "b\r\nc: d")], b""),
            (200, [("a", "b\nc: d")], b""),
            (200, [("a", "b\0c")], b""),
            (200, [("", "b")], b""),
            (200, [("a", "\u20ac")], b""),
        ]:
            with pytest.raises(ValueError):
                host.respond(1, status, headers, body)  # type: ignore[arg-type]
        assert not talk.say(b"")
        assert not host.respond(2, 200, [], b"")
        own = [("Content-Length", "9"), ("Transfer-Encoding", "chunked"), ("Date", "today"), ("Connection", "x")]
        assert host.respond(1, 299, own, b"abc")
        assert talk.say(b"") == b"HTTP/1.1 299 \r\nDate: today\r\nContent-Length: 3\r\n\r\nabc"


@pytest.mark.parametrize(("method", "status", "end"), [("HEAD", 200, b"3\r\n\r\n"), ("GET", 204, b"\r\n\r\n")])
def test_answers_without_content(method: str, status: int, end: bytes) -> None:
    with serving() as host:
        host.react = lambda number: host.respond(number, status, [("X", "y")], b"abc" if status == 200 else b"")
        got = host.connect().say(ask("/", method=method))
        assert got.endswith(end)
        assert b"X: y\r\n" in got
        assert b"Transfer-Encoding" not in got
        assert (b"Content-Length" in got) == (status == 200)


@pytest.mark.parametrize(
    ("data", "goes_on"),
    [
        (ask("/"), True),
        (ask("/", "Connection: x, CLOSE"), False),
        (ask("/", version="HTTP/1.0"), False),
        (ask("/", "Connection: keep-alive", version="HTTP/1.0"), True),
    ],
)
def test_whether_the_connection_goes_on(data: bytes, *, goes_on: bool) -> None:
    with serving() as host:
        talk = host.connect()
        got = talk.say(data + ask("/next"), 5)
        assert (b"Connection: close" in got) != goes_on
        assert talk.ended != goes_on
        assert host.targets == (["/", "/next"] if goes_on else ["/"])
        assert (b"Connection: keep-alive" in got) == (b"keep-alive" in data)


def test_a_client_that_expects_is_invited_once_its_turn_comes() -> None:
    with serving() as host:
        host.react = None
        talk = host.connect()
        expecting = ask("/b", "Content-Length: 5", "Expect: 100-Continue")
        assert not talk.say(ask("/a") + expecting)
        host.respond(1, 200, [], b"")
        got = talk.say(b"")
        assert got.endswith(b"\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n")
        talk.say(b"hello")
        assert host.heard[-1][5] == b"hello"
        host.respond(2, 200, [], b"")
        assert talk.say(expecting + b"hello").count(b" 100 ") == 1
        assert not host.connect().say(expecting.replace(b"HTTP/1.1", b"HTTP/1.0"))
        assert b"413" in host.connect().say(ask("/", "Content-Length: 99999999", "Expect: 100-continue"))


@pytest.mark.parametrize("read_first", [True, False])
def test_an_early_answer_arrives_while_the_client_sends(*, read_first: bool) -> None:
    with serving(largest_body=1_000) as host:
        talk = host.connect()
        if not read_first:
            talk.read = lambda: b""  # type: ignore[method-assign]
        talk.say(ask("/", f"Content-Length: {8 << 20}") + b"x" * (8 << 20))
        if not read_first:
            del talk.read
        assert b" 413 " in talk.say(b"")
        assert talk.ended


def test_a_bad_request_behind_a_good_one() -> None:
    with serving() as host:
        host.react = None
        talk = host.connect()
        assert not talk.say(ask("/") + b"bad\r\n\r\n")
        host.respond(1, 200, [], b"")
        assert re.findall(rb"HTTP/1.1 (\d+)", talk.say(b"")) == [b"200", b"400"]


def test_a_coding_by_another_name_is_none() -> None:
    with serving() as host:
        talk = host.connect()
        assert b" 400 " in talk.say(ask("/", "Transfer_Encoding: chunked") + b"5\r\nhello\r\n0\r\n\r\n")
        assert [request[5] for request in host.heard] == [b""]


def test_chunks_of_any_size() -> None:
    with serving() as host:
        body = b"".join(b"%X\r\n%s\r\n" % (size, b"x" * size) for size in (1, 10, 16, 255, 4_096, 70_000))
        host.connect().say(ask("/", "Transfer-Encoding: chunked") + body + b"000\r\n\r\n")
        assert host.heard[0][5] == b"x" * 74_378
