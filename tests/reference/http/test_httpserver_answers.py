"""Answers of `HttpServer`, byte for byte, and what `respond` refuses."""

from __future__ import annotations

import contextlib
import re
from email.utils import parsedate_to_datetime

import pytest
from http_server_tools import Site, all_of_it, browser, exchange, get, later, push, read_until, statuses, until

from dasnet_reference import HttpServer, NoHandleError, _http_server


def answered(site: Site, status: int, headers: list[tuple[str, str]], body: bytes, method: str = "GET") -> bytes:
    site.answering = lambda asked: site.respond(asked.exchange, status, headers, body)
    with contextlib.closing(browser(site)) as client:
        push(site, client, get("/").replace(b"GET", method.encode()))
        return read_until(site, client, lambda got: b"\r\n\r\n" in got)


def fields(answer: bytes) -> dict[bytes, bytes]:
    lines = answer.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    pairs = [line.split(b": ", 1) for line in lines]
    assert len(dict(pairs)) == len(pairs), lines  # type: ignore[arg-type]
    return dict(pairs)  # type: ignore[arg-type]


def test_an_answer(site: Site) -> None:
    answer = answered(site, 200, [("X-One", "1"), ("X-Two", "\xe9")], b"body")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\nX-One: 1\r\nX-Two: \xe9\r\n")
    assert fields(answer)[b"Content-Length"] == b"4"
    date = fields(answer)[b"Date"].decode()
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", date)
    assert parsedate_to_datetime(date)
    assert body == b"body"


def test_the_space_stays_where_a_status_has_no_name(site: Site) -> None:
    assert answered(site, 299, [], b"").startswith(b"HTTP/1.1 299 \r\n")


def test_head_has_the_fields_of_get_and_no_body(site: Site) -> None:
    answer = answered(site, 200, [], b"twelve bytes", "HEAD")
    assert answer.endswith(b"\r\n\r\n")
    assert fields(answer)[b"Content-Length"] == b"12"


@pytest.mark.parametrize("status", [204, 304])
def test_without_content_nothing_is_said_of_its_length(site: Site, status: int) -> None:
    answer = answered(site, status, [("Content-Length", "4")], b"body")
    assert answer.endswith(b"\r\n\r\n")
    assert b"Content-Length" not in fields(answer)


def test_framing_is_the_servers_own(site: Site) -> None:
    given = [("Content-Length", "99"), ("Transfer-Encoding", "chunked"), ("Connection", "keep-alive")]
    assert fields(answered(site, 200, given[:1], b"body"))[b"Content-Length"] == b"4"
    assert b"Transfer-Encoding" not in fields(answered(site, 200, given[1:], b"body"))


@pytest.mark.parametrize("status", [-1, 0, 99, 100, 101, 199, 600, 999, 2000])
def test_a_status_that_ends_no_request_is_refused(site: Site, status: int) -> None:
    site.answering = later
    with contextlib.closing(browser(site)) as client:
        push(site, client, get("/"))
        until(site, lambda: site.asked)
        with pytest.raises(ValueError, match="status must be 200 to 599"):
            site.respond(1, status, [], b"")
        # Nothing was sent, and the request waits on.
        assert site.respond(1, 200, [], b"good")
        assert statuses(read_until(site, client, lambda got: got.endswith(b"good"))) == [200]


@pytest.mark.parametrize(
    "pair",
    [
        ("X", "a\r\nY: b"),
        ("X", "a\nb"),
        ("X", "a\rb"),
        ("X", "a\0b"),
        ("X\r\nY", "a"),
        ("X Y", "a"),
        ("X:", "a"),
        ("", "a"),
        ("X\xe9", "a"),
        ("X", "\u20ac"),
    ],
)
def test_a_field_that_http_forbids_is_refused(site: Site, pair: tuple[str, str]) -> None:
    site.answering = later
    with contextlib.closing(browser(site)) as client:
        push(site, client, get("/"))
        until(site, lambda: site.asked)
        with pytest.raises(ValueError):
            site.respond(1, 200, [pair], b"")
        assert site.respond(1, 200, [], b"good")


def test_what_is_no_status_or_body_is_a_mistake_of_the_caller(site: Site) -> None:
    for status, body in (("200", b""), (True, b""), (200, "text"), (200, None)):
        with pytest.raises(TypeError):
            site.respond(1, status, [], body)  # type: ignore[arg-type]


def test_a_second_answer_and_one_to_nobody_are_refused(site: Site) -> None:
    given: list[bool] = []
    site.answering = lambda asked: given.extend(site.respond(asked.exchange, 200, [], b"") for _ in range(2))
    exchange(site, get("/"))
    assert given == [True, False]
    assert not site.respond(1, 200, [], b"")
    assert not site.respond(99, 200, [], b"")
    assert not HttpServer().respond(1, 200, [], b"")


def test_a_callback_that_raises_is_heard_of_on_both_sides(site: Site) -> None:
    def fail(asked: object) -> None:
        raise RuntimeError("the page is broken")

    site.answering = fail
    with contextlib.closing(browser(site)) as client:
        client.send(get("/"))
        with pytest.raises(RuntimeError, match="the page is broken"):
            until(site, lambda: False)
        assert statuses(all_of_it(site, client)) == [500]
    site.answering = later
    with contextlib.closing(browser(site)) as client:
        push(site, client, get("/next"))
        until(site, lambda: site.targets() == ["/", "/next"])


def test_one_that_raises_after_its_answer_has_answered(site: Site) -> None:
    def fail(asked: object) -> None:
        site.respond(1, 200, [], b"answered")
        raise RuntimeError("afterwards")

    site.answering = fail
    with contextlib.closing(browser(site)) as client:
        client.send(get("/"))
        with pytest.raises(RuntimeError, match="afterwards"):
            until(site, lambda: False)
        assert statuses(read_until(site, client, lambda got: got.endswith(b"answered"))) == [200]


def test_a_class_that_overrides_nothing_answers_404(site: Site) -> None:
    with HttpServer() as plain:
        plain.make_http_server_adapter()
        assert plain.init(0)
        assert statuses(exchange(plain, get("/"))) == [404]  # type: ignore[arg-type]


def test_without_h11_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_http_server, "h11", None)
    with pytest.raises(ImportError, match=re.escape("dasnet-conformance[http]")):
        HttpServer()


def test_a_port_that_is_taken_is_an_error_and_no_exception(site: Site) -> None:
    with Site() as second:
        second.make_http_server_adapter()
        assert not second.init(site.port or 0)
        assert not second.is_open()
        assert len(second.errors) == 1
        assert second.errors[0][1] != 0


def test_what_can_be_no_port_is_refused(site: Site) -> None:
    with Site() as second:
        with pytest.raises(NoHandleError):
            second.init(0)
        second.make_http_server_adapter()
        for port in ("80", True, None):
            with pytest.raises(TypeError):
                second.init(port)  # type: ignore[arg-type]
        for port in (-1, 65536):
            assert not second.init(port)
        assert second.init(0)
        port = second.port
        assert not second.init(0)
        assert second.port == port
        assert [code != 0 for _, code in second.errors] == [True] * 3
        # Made anew, it has given its port back.
        second.make_http_server_adapter()
        assert not second.is_open()
        assert second.init(port)
