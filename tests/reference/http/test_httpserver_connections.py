"""Connections of `HttpServer`: how they go on and end, who may leave when, and that one poller watches all of them."""

from __future__ import annotations

import contextlib
import socket
from typing import Any

import pytest
from http_server_tools import (
    Site,
    all_of_it,
    browser,
    connected,
    exchange,
    get,
    later,
    post,
    push,
    read_until,
    statuses,
    until,
)
from reference_tools import reset

from dasnet_reference import _http_endpoint, _http_handle, _poller


def whole(site: Site, client: socket.socket, body: bytes) -> bytes:
    return read_until(site, client, lambda got: got.endswith(b"\r\n\r\n" + body))


def test_a_connection_goes_on(site: Site) -> None:
    with contextlib.closing(browser(site)) as client:
        for number in range(5):
            push(site, client, get(f"/{number}"))
            assert b"close" not in whole(site, client, b"/%d" % number)
    assert site.targets() == ["/0", "/1", "/2", "/3", "/4"]


@pytest.mark.parametrize("field", ["Connection: close", "connection: Keep-Alive, CLOSE"])
def test_close_is_answered_once_and_ends_the_connection(site: Site, field: str) -> None:
    with contextlib.closing(browser(site)) as client:
        push(site, client, get("/last", field) + get("/behind"))
        answer = all_of_it(site, client)
    assert statuses(answer) == [200]
    assert b"\r\nConnection: close\r\n" in answer
    assert site.targets() == ["/last"]


def test_http_1_0_is_answered_and_closed(site: Site) -> None:
    with contextlib.closing(browser(site)) as client:
        push(site, client, b"GET /old HTTP/1.0\r\n\r\n")
        assert statuses(all_of_it(site, client)) == [200]
    assert site.asked[0].version == "HTTP/1.0"


def test_the_host_may_end_the_connection(site: Site) -> None:
    site.answering = lambda asked: site.respond(asked.exchange, 200, [("Connection", "close")], b"bye")
    with contextlib.closing(browser(site)) as client:
        push(site, client, get("/"))
        answer = all_of_it(site, client)
    assert answer.count(b"Connection: close") == 1


def test_answers_in_any_order_go_out_in_the_order_of_connections(site: Site) -> None:
    site.answering = later
    clients = list(connected(site, 4))
    for number, client in enumerate(clients):
        push(site, client, get(f"/{number}"))
        until(site, lambda number=number: len(site.asked) == number + 1)
    for number in (2, 0, 3, 1):
        assert site.respond(number + 1, 200, [], b"body %d" % number)
    for number, client in enumerate(clients):
        assert whole(site, client, b"body %d" % number)
        client.close()


def test_continue_is_said_to_whoever_waits_for_it(site: Site) -> None:
    request = post("/", b"body", "Expect: 100-continue")
    with contextlib.closing(browser(site)) as client:
        push(site, client, request[:-4])
        assert read_until(site, client, lambda got: got) == b"HTTP/1.1 100 Continue\r\n\r\n"
        push(site, client, request[-4:])
        assert whole(site, client, b"/")
        # Nobody waits where the body is there already.
        push(site, client, request)
        assert b"100" not in whole(site, client, b"/")


def test_continue_is_not_said_to_http_1_0(site: Site) -> None:
    request = post("/", b"body", "Expect: 100-continue").replace(b"HTTP/1.1", b"HTTP/1.0")
    with contextlib.closing(browser(site)) as client:
        push(site, client, request[:-4])
        for _ in range(10):
            site.tick()
        push(site, client, request[-4:])
        assert statuses(all_of_it(site, client)) == [200]


PARTS = {
    "nothing": b"",
    "an empty line": b"\r\n",
    "half a line": b"GET / HT",
    "half a head": b"GET / HTTP/1.1\r\nHost: a\r\n",
    "half a body": post("/", b"body")[:-1],
    "half a chunk line": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4",
    "half a chunk": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwi",
    "all but the end": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
}


@pytest.mark.parametrize("how", ["close", "half-close", "reset"])
@pytest.mark.parametrize("part", PARTS)
def test_whoever_leaves_early_takes_the_connection_along(site: Site, part: str, how: str) -> None:
    client = browser(site)
    push(site, client, PARTS[part])
    until(site, lambda: site.connections() == 1)
    site.tick()
    if how == "half-close":
        client.shutdown(socket.SHUT_WR)
    elif how == "reset":
        reset(client)
    else:
        client.close()
    until(site, lambda: site.connections() == 0)
    client.close()
    assert site.asked == []
    assert site.errors == []


def test_an_answer_to_whoever_has_left_is_refused(site: Site) -> None:
    site.answering = later
    client = browser(site)
    push(site, client, get("/"))
    until(site, lambda: site.asked)
    reset(client)
    until(site, lambda: site.connections() == 0)
    assert not site.respond(1, 200, [], b"nobody reads this")


def test_a_client_that_only_writes_no_more_is_answered_later(site: Site) -> None:
    site.answering = later
    with contextlib.closing(browser(site)) as client:
        push(site, client, get("/"))
        client.shutdown(socket.SHUT_WR)
        until(site, lambda: site.asked)
        for _ in range(10):
            site.tick()
        assert site.respond(1, 200, [], b"still here")
        assert all_of_it(site, client).endswith(b"still here")


def test_a_large_answer_arrives_whole_behind_a_half_close(site: Site) -> None:
    body = bytes(range(256)) * 40_000
    site.answering = lambda asked: site.respond(asked.exchange, 200, [], body)
    assert exchange(site, get("/")).partition(b"\r\n\r\n")[2] == body


def test_requests_behind_an_answer_that_waits_are_served_after_it(site: Site) -> None:
    body = bytes(8 * 1024 * 1024)
    site.answering = lambda asked: site.respond(asked.exchange, 200, [], body if asked.target == "/large" else b"end")
    with contextlib.closing(browser(site)) as client:
        push(site, client, get("/large") + get("/behind"))
        got = read_until(site, client, lambda got: got.endswith(b"end"))
    assert statuses(got) == [200, 200]


class CountedPoller:
    """A poller whose calls are counted."""

    def __init__(self, poller: Any) -> None:
        self._poller = poller
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        self.calls += 1
        return getattr(self._poller, name)


def test_an_idle_tick_with_many_connections_asks_the_system_once(site: Site) -> None:
    clients = list(connected(site, 64))
    until(site, lambda: site.connections() == 64)
    site.tick()
    assert site._server is not None
    endpoint = site._server._endpoint
    assert endpoint is not None
    counted = CountedPoller(endpoint._poller)
    endpoint._poller = counted  # type: ignore[assignment]
    endpoint.poll = counted.poll
    site.tick()
    assert counted.calls == 1
    for client in clients:
        client.close()


AVAILABLE = [_poller.best_poller(), _poller.PollPoller, _poller.SelectPoller]


@pytest.mark.parametrize("factory", AVAILABLE)
def test_every_poller_will_do(serve: type[Site], monkeypatch: pytest.MonkeyPatch, factory: Any) -> None:
    monkeypatch.setattr(_http_endpoint, "make_poller", factory)
    site = serve()
    assert statuses(exchange(site, get("/one") + get("/two"))) == [200, 200]
    until(site, lambda: site.connections() == 0)


def test_one_turned_down_that_neither_reads_nor_leaves_is_not_waited_for_for_ever(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_http_handle, "DRAINING_SECONDS", 0.0)
    with contextlib.closing(browser(site)) as client:
        push(site, client, b"nonsense\r\n\r\n")
        assert statuses(all_of_it(site, client)) == [400]
        for _ in range(_http_handle.DRAINING_TICKS - 100):
            site.tick()
        assert site.connections() == 1
        until(site, lambda: site.connections() == 0)


def test_close_in_the_middle_of_everything(site: Site) -> None:
    site.answering = lambda asked: site.close()
    with contextlib.closing(browser(site)) as client, contextlib.closing(browser(site)) as other:
        other.send(b"GET / HT")
        client.send(get("/") * 3)
        until(site, lambda: site.asked)
        assert not site.is_open()
        site.tick()
        assert not site.respond(1, 200, [], b"")
    assert site.targets() == ["/"]
