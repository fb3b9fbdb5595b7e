"""The sound HTTP server by itself, on raw sockets: connections that end, stall and flood, callbacks, and reloads."""

from __future__ import annotations

import re
import socket
import struct
import time
from email.utils import parsedate_to_datetime

import pytest

from dasnet_conformance.proof.faults.sound import HttpServer, SharedOrphan
from proof.http_talk import BODIES, Host, ask, serving


@pytest.mark.parametrize("cut", ["head", "length", "chunks"])
def test_half_a_request_is_none(cut: str) -> None:
    data = {"head": ask("/")[:-2], "length": BODIES["length"][:-1], "chunks": BODIES["chunks"][:-2]}[cut]
    with serving() as host:
        talk = host.connect()
        talk.say(data)
        talk.sock.shutdown(socket.SHUT_WR)
        assert not talk.say(b"", 5)
        assert talk.ended
        assert not host.heard
        assert not host._server.connections


def test_a_client_that_has_finished_writing_is_answered() -> None:
    with serving() as host:
        host.react = None
        talk = host.connect()
        talk.say(ask("/"))
        talk.sock.shutdown(socket.SHUT_WR)
        talk.say(b"", 5)
        assert host.respond(1, 200, [], b"late")
        assert talk.say(b"").endswith(b"late")
        assert talk.ended


def test_a_client_that_is_gone_is_not_answered() -> None:
    with serving() as host:
        host.react = None
        talk = host.connect()
        talk.say(ask("/") + ask("/" + "x" * 10_000) * 10)
        talk.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        talk.sock.close()
        host.tick()
        assert not host.respond(1, 200, [], b"")
        host.react = host.echo
        assert b"200" in host.connect().say(ask("/"))


def test_a_callback_that_raises_is_seen_and_answered() -> None:
    with serving() as host:

        def fail(number: int) -> None:
            raise KeyError(number)

        host.react = fail
        talk = host.connect()
        talk.sock.send(ask("/"))
        with pytest.raises(KeyError):
            talk.say(b"")
        assert b" 500 " in talk.say(b"")
        host.react = host.echo
        assert b"/next" in talk.say(ask("/next"))


def test_a_silent_connection_is_closed_at_its_tick() -> None:
    with serving(stall_ticks=5) as host:
        host.react = None
        waits, silent = host.connect(), host.connect()
        silent.sock.send(b"GET /")
        waits.say(ask("/"), 0)
        silent.say(b"", 4)
        assert not silent.ended
        silent.say(b"", 1)
        assert silent.ended
        waits.say(b"", 10)
        assert not waits.ended


def test_connections_beyond_the_most_wait() -> None:
    with serving(most_connections=2) as host:
        idle, other, third = host.connect(), host.connect(), host.connect()
        host.tick()
        assert not third.say(ask("/third"))
        assert b"/other" in other.say(ask("/other", "Connection: close"), 5)
        other.sock.close()
        assert b"/third" in third.say(b"", 5)
        assert not idle.ended


@pytest.mark.parametrize("flood", [ask("/") * 26_000, ask("/", "Transfer-Encoding: chunked") + b"1\r\nx\r\n" * 170_000])
def test_a_flood_lets_others_through(flood: bytes) -> None:
    with serving() as host:
        floods, other = host.connect(), host.connect()
        host.tick()
        floods.sock.send(flood)
        other.sock.send(ask("/other"))
        host.tick()
        assert b"/other" in other.read()
        assert len(host.heard) < 200


def test_a_reader_that_does_not_read_holds_nobody_up() -> None:
    with serving() as host:
        host.react = lambda number: host.respond(number, 200, [], b"x" * 60_000)
        slow, other = host.connect(), host.connect()
        slow.sock.send(ask("/") * 500)
        for _ in range(500):
            host.tick()
        assert len(host.heard) < 400
        assert b"200" in other.say(ask("/"))
        while len(host.heard) < 501:
            slow.say(b"")
        assert slow.say(b"", 50).count(b"HTTP/1.1 200") == 500


@pytest.mark.parametrize("state", ["head", "body", "unanswered", "queued", "inside"])
def test_a_reload_in_every_state(state: str) -> None:
    orphan = SharedOrphan()
    with serving() as host:
        new = Host()
        talk = host.connect()
        data = BODIES["length"]
        half = {"head": 10, "body": -2}.get(state, len(data))
        host.react = None
        if state == "queued":
            host.react = lambda number: host.respond(number, 200, [], b"x" * (8 << 20))
        if state == "inside":
            host.react = lambda number: host.save(orphan)
        talk.sock.send(data[:half])
        host.tick()
        host.tick()
        if state != "inside":
            host.save(orphan)
        assert not host.respond(1, 200, [], b"")
        new.restore(orphan)
        talk.host = new
        talk.say(data[half:] if half < len(data) else b"", 50)
        if state in ("unanswered", "inside"):
            assert new.respond(1, 200, [], b"/")
        assert [request[5] for request in [*host.heard, *new.heard]] == [b"hello"]
        wanted = (8 << 20) if state == "queued" else 1
        for _ in range(5_000):
            if len(talk.say(b"", 1).partition(b"\r\n\r\n")[2]) == wanted:
                break
        else:
            pytest.fail("the answer is not whole")
        talk.say(ask("/next"))
        assert new.heard[-1][0] == 2
        new.close()


def test_many_small_chunks_have_one_limit() -> None:
    with serving(largest_body=1_000) as host:
        for size, status in [(100, b" 200 "), (101, b" 413 ")]:
            body = b"".join([b"a\r\n%s\r\n" % (b"x" * 10)] * size) + b"0\r\n\r\n"
            assert status in host.connect().say(ask("/", "Transfer-Encoding: chunked") + body)


def test_a_silent_body_is_closed_at_its_tick() -> None:
    with serving(stall_ticks=5) as host:
        talk = host.connect()
        talk.say(ask("/", "Content-Length: 5"), 0)
        talk.say(b"h", 6)
        assert talk.ended
        assert not host.heard


def test_nothing_but_a_tick_calls_back() -> None:
    with serving() as host:
        talk = host.connect()
        host.tick()
        talk.sock.send(ask("/"))
        for _ in range(100):
            assert host.is_open()
            host.respond(1, 200, [], b"")
        assert not host.heard
        assert not talk.read()


def test_exchanges_are_counted_over_all_connections() -> None:
    with serving() as host:
        for _ in range(3):
            talk = host.connect()
            talk.say(ask("/") * 2)
        assert [request[0] for request in host.heard] == [1, 2, 3, 4, 5, 6]


def test_a_tick_inside_a_callback_calls_nobody_back() -> None:
    with serving() as host:
        inside: list[int] = []

        def tick_again(number: int) -> None:
            host.tick()
            inside.append(number)
            host.respond(number, 200, [], b"")

        host.react = tick_again
        host.connect().say(ask("/") * 3)
        assert inside == [1, 2, 3]


def test_an_object_that_is_destroyed_in_a_callback_hears_no_more() -> None:
    with serving() as host:
        host.react = lambda number: host.close()
        talk = host.connect()
        talk.say(ask("/") * 3)
        assert len(host.heard) == 1
        assert talk.ended


def test_an_object_without_callbacks_works() -> None:
    server = HttpServer()
    server.make_http_server_adapter()
    assert server.init(0)
    port = server._server.listener.getsockname()[1]
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.send(ask("/"))
        for _ in range(3):
            server.tick()
        assert server.respond(1, 200, [], b"")
        server.tick()
        client.settimeout(5)
        assert client.recv(100).startswith(b"HTTP/1.1 200")
    server.close()


def test_the_date_is_that_of_now() -> None:
    with serving() as host:
        got = host.connect().say(ask("/")).decode()
        date = re.search(r"Date: (.*)\r\n", got)
        assert date
        assert abs(parsedate_to_datetime(date[1]).timestamp() - time.time()) < 60


def test_a_large_answer_arrives_whole() -> None:
    with serving() as host:
        body = bytes(range(256)) * 20_000
        host.react = lambda number: host.respond(number, 200, [], body)
        talk = host.connect()
        talk.say(ask("/"), 200)
        assert talk.say(b"").partition(b"\r\n\r\n")[2] == body


def test_the_length_is_in_bytes() -> None:
    with serving() as host:
        host.react = lambda number: host.respond(number, 200, [("x", "a"), ("X", "b")], "\xe9\0\n".encode())
        got = host.connect().say(ask("/"))
        assert got.endswith(b"\r\nx: a\r\nX: b\r\nContent-Length: 4\r\n\r\n\xc3\xa9\0\n")


def test_a_connection_that_has_sent_nothing_holds_nobody_up() -> None:
    with serving() as host:
        for _ in range(20):
            host.connect()
        host.tick()
        assert b" 200 " in host.connect().say(ask("/"))
        flood, other = host.connect(), host.connect()
        flood.sock.send(ask("/", "Transfer-Encoding: chunked") + b"1\r\nx\r\n" * 5_000)
        host.tick()
        assert b" 200 " in other.say(ask("/"), 1)


def test_a_client_that_expects_in_an_old_version_or_not_at_all_is_not_invited() -> None:
    with serving() as host:
        assert not host.connect().say(ask("/", "Content-Length: 5"))
        assert not host.connect().say(ask("/", "Content-Length: 5", "Expect: 100-continue", version="HTTP/1.0"))
        assert host.connect().say(ask("/", "Content-Length: 5", "Expect: 100-continue"), 9).count(b"100") == 1


def test_an_upgrade_is_passed_over() -> None:
    with serving() as host:
        assert b" 101 " not in host.connect().say(ask("/", "Connection: Upgrade", "Upgrade: h2c"))


def test_a_reload_keeps_listening_limits_and_idle_connections() -> None:
    orphan = SharedOrphan()
    with serving(largest_body=1_000) as host:
        idle = host.connect()
        host.tick()
        waits = host.connect()
        host.save(orphan)
        idle.sock.send(ask("/"))
        for _ in range(5):
            host.tick()
        assert not host.heard
        new = Host()
        new.restore(orphan)
        idle.host = waits.host = new
        assert b" 413 " in waits.say(ask("/", "Content-Length: 1001"))
        assert b" 200 " in idle.say(b"")
        new.close()


def test_what_is_behind_a_save_in_a_callback_goes_to_the_new_object() -> None:
    orphan = SharedOrphan()
    with serving() as host:
        host.react = lambda number: host.save(orphan)
        talk = host.connect()
        talk.sock.send(ask("/a") + ask("/b"))
        host.tick()
        host.tick()
        assert host.targets == ["/a"]
        new = Host()
        new.restore(orphan)
        talk.host = new
        talk.say(b"")
        assert new.targets == ["/b"]
        assert new.respond(1, 200, [], b"a")
        assert talk.say(b"").endswith(b"/b")
        new.close()


@pytest.mark.parametrize(("begin", "status"), [(b"GET /", b" 414 "), (ask("/")[:-2] + b"X: ", b" 431 ")])
def test_a_line_without_end_is_refused_when_it_passes_its_limit(begin: bytes, status: bytes) -> None:
    with serving() as host:
        talk = host.connect()
        talk.say(begin)
        for _ in range(70):
            talk.say(b"x" * 1_000, 1)
        assert status in talk.got
        assert not host.heard


def test_a_client_that_resets_ends_nothing_else() -> None:
    with serving() as host:
        talk, other = host.connect(), host.connect()
        host.react = None
        talk.say(ask("/"))
        talk.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        talk.sock.close()
        host.tick()
        assert not host.respond(1, 200, [], b"")
        host.react = lambda number: host.respond(number, 200, [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")], b"")
        assert b"\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n" in other.say(ask("/"))
