"""The limits of `HttpServer`: that they hold before memory is taken, and that a tick does a bounded amount."""

from __future__ import annotations

import contextlib
import tracemalloc

import pytest
from http_server_tools import Site, all_of_it, browser, get, later, post, push, read_until, statuses, until

from dasnet_reference import HttpServer, _http_handle
from dasnet_reference._http_limits import HTTP_DEFAULTS
from dasnet_reference._http_reader import Request, RequestReader


@pytest.mark.parametrize(
    "limit", ["longest_request_line", "largest_head", "most_fields", "largest_body", "most_connections", "stall_ticks"]
)
def test_a_limit_below_one_is_refused(limit: str) -> None:
    with pytest.raises(ValueError, match=f"{limit} must be at least 1, not 0"):
        HttpServer(**{limit: 0})  # type: ignore[arg-type]


ENDLESS = {
    "target": (b"GET /", b"a" * 4096, 414),
    "method": (b"", b"A" * 4096, 501),
    "value": (b"GET / HTTP/1.1\r\nHost: a\r\nX: ", b"a" * 4096, 431),
    "fields": (b"GET / HTTP/1.1\r\nHost: a\r\n", b"X: a\r\n" * 600, 431),
    "empty lines": (b"", b"\r\n" * 2048, 400),
    "chunk extension": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"a" * 4096, 400),
    "trailer": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: a\r\n" * 600, 431),
    "chunks": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", b"a\r\n0123456789\r\n" * 300, 413),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_has_no_end_is_turned_down_in_bounded_memory(site: Site, name: str) -> None:
    site._limits = type(site._limits)(largest_body=256 * 1024)
    site.make_http_server_adapter()
    assert site.init(0)
    start, more, status = ENDLESS[name]
    with contextlib.closing(browser(site)) as client:
        push(site, client, start)
        tracemalloc.start()
        try:
            # Two megabytes, of which most are forgotten as they come.
            for _ in range(512):
                push(site, client, more)
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert statuses(all_of_it(site, client)) == [status]
    assert most < 1024 * 1024
    assert site.asked == []


@pytest.mark.parametrize(("largest", "status"), [(64 * 1024, 431), (256 * 1024, 200)])
def test_a_head_larger_than_what_is_read_ahead_is_judged_by_its_limit(site: Site, largest: int, status: int) -> None:
    site._limits = type(site._limits)(largest_head=largest)
    site.make_http_server_adapter()
    assert site.init(0)
    with contextlib.closing(browser(site)) as client:
        push(site, client, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: " + b"a" * (200 * 1024) + b"\r\n\r\n")
        assert statuses(all_of_it(site, client)) == [status]


def test_a_body_in_the_smallest_chunks_takes_no_multiple_of_its_memory() -> None:
    size = 32 * 1024
    reader = RequestReader(HTTP_DEFAULTS)
    reader.feed(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    tracemalloc.start()
    try:
        for _ in range(size // 2):
            reader.feed(b"2\r\nab\r\n")
            while reader.step():
                pass
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    reader.feed(b"0\r\n\r\n")
    while not isinstance(found := reader.step(), Request):
        assert found
    assert found.body == b"ab" * (size // 2)
    assert most < 4 * size


def test_a_body_that_is_too_large_is_answered_before_it_comes(serve: type[Site]) -> None:
    site = serve(largest_body=1000)
    with contextlib.closing(browser(site)) as client:
        push(site, client, post("/", b"x" * 1001, "Expect: 100-continue")[:-1001])
        answer = all_of_it(site, client)
    assert statuses(answer) == [413]
    with contextlib.closing(browser(site)) as client:
        push(site, client, post("/", b"x" * 1000))
        assert statuses(read_until(site, client, lambda got: got)) == [200]


def test_the_answer_to_a_body_that_is_too_large_reaches_whoever_goes_on_sending(site: Site) -> None:
    for _ in range(20):
        with contextlib.closing(browser(site)) as client:
            push(site, client, post("/", b"")[:-4].replace(b"Length: 0", b"Length: 99999999") + b"\r\n\r\n")
            push(site, client, bytes(8 * 1024 * 1024))
            assert statuses(all_of_it(site, client)) == [413]


def test_steps_and_requests_of_a_tick_are_bounded(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with contextlib.closing(browser(site)) as client:
        client.send(get("/").join([b""] * 501))
        most = 0
        while len(site.asked) < 500:
            before = len(site.asked)
            site.tick()
            most = max(most, len(site.asked) - before)
    assert 0 < most <= _http_handle.REQUEST_BUDGET


def test_a_flood_holds_up_nobody(site: Site) -> None:
    flood = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 10_000
    with contextlib.closing(browser(site)) as busy, contextlib.closing(browser(site)) as other:
        busy.send(flood)
        until(site, lambda: site.connections() == 2)
        other.send(get("/other"))
        for _ in range(8):
            site.tick()
        assert site.targets() == ["/other"]


def test_behind_an_unanswered_request_little_is_read(site: Site) -> None:
    site.answering = later
    with contextlib.closing(browser(site)) as client:
        client.send(get("/first"))
        until(site, lambda: site.asked)
        sent = 0
        idle = 0
        while idle < 50:
            try:
                sent += client.send(get("/more") * 1000)
                idle = 0
            except BlockingIOError:
                idle += 1
            for _ in range(4):
                site.tick()
        assert site._server is not None
        assert site._server._endpoint is not None
        (connection,) = site._server._endpoint.connections.values()
        assert connection._reader.waiting <= 128 * 1024
    assert site.targets() == ["/first"]


def test_whoever_does_not_read_is_read_no_further(site: Site) -> None:
    site.answering = lambda asked: site.respond(asked.exchange, 200, [], bytes(8 * 1024 * 1024))
    with contextlib.closing(browser(site)) as lazy, contextlib.closing(browser(site)) as other:
        lazy.send(get("/lazy") * 20)
        until(site, lambda: site.asked)
        site.answering = lambda asked: site.respond(asked.exchange, 200, [], b"short")
        other.send(get("/other"))
        assert statuses(read_until(site, other, lambda got: got.endswith(b"short"))) == [200]
        assert site.targets() == ["/lazy", "/other"]


def test_with_a_stall_limit_a_silent_client_is_ended_at_that_tick(serve: type[Site]) -> None:
    site = serve(stall_ticks=50)
    with contextlib.closing(browser(site)) as silent, contextlib.closing(browser(site)) as begun:
        until(site, lambda: site.connections() == 2)
        push(site, begun, b"GET / HT")
        for _ in range(48):
            site.tick()
        assert site.connections() == 2
        assert all_of_it(site, silent) == b""
        assert statuses(all_of_it(site, begun)) == [408]


def test_a_stall_limit_is_about_clients_and_not_about_the_host(serve: type[Site]) -> None:
    site = serve(stall_ticks=10)
    site.answering = later
    with contextlib.closing(browser(site)) as client:
        push(site, client, get("/slow"))
        until(site, lambda: site.asked)
        for _ in range(50):
            site.tick()
        assert site.respond(1, 200, [], b"at last")
        assert read_until(site, client, lambda got: got.endswith(b"at last"))


def test_clients_beyond_the_limit_wait_for_a_place(serve: type[Site]) -> None:
    site = serve(most_connections=2)
    first, second, third = (browser(site) for _ in range(3))
    with contextlib.closing(second), contextlib.closing(third):
        third.send(get("/third"))
        for _ in range(10):
            site.tick()
        assert site.connections() == 2
        assert site.asked == []
        first.close()
        assert statuses(read_until(site, third, lambda got: got)) == [200]
