"""Heads and bodies as `HttpServer` takes them: what is handed over, what is turned down; cuts change nothing."""

from __future__ import annotations

import contextlib

import pytest
from http_server_tools import Site, browser, exchange, get, post, push, read_until, statuses, until


def head(line: str, *fields: str) -> bytes:
    return "".join(f"{each}\r\n" for each in (line, *fields, "")).encode("latin-1")


def test_a_request_is_handed_over_as_it_came(site: Site) -> None:
    answer = exchange(site, post("/a%2Fb?c=%00", b"body", "X-Field: \t one\t two \t", "x-field: three"))
    (asked,) = site.asked
    assert (asked.exchange, asked.method, asked.target, asked.version) == (1, "POST", "/a%2Fb?c=%00", "HTTP/1.1")
    assert [value for name, value in asked.headers if name == b"x-field"] == [b"one\t two", b"three"]
    assert asked.body == b"body"
    assert answer.endswith(b"\r\n\r\n/a%2Fb?c=%00")


REJECTED = {
    "no target": (head("GET HTTP/1.1", "Host: a"), 400),
    "no version": (head("GET /", "Host: a"), 400),
    "two spaces": (head("GET  / HTTP/1.1", "Host: a"), 400),
    "a tab": (head("GET\t/ HTTP/1.1", "Host: a"), 400),
    "a blank in the target": (head("GET /a b HTTP/1.1", "Host: a"), 400),
    "a high byte in the target": (head("GET /\xe9 HTTP/1.1", "Host: a"), 400),
    "a fragment of a target": (head("GET a/b HTTP/1.1", "Host: a"), 400),
    "asterisk with GET": (head("GET * HTTP/1.1", "Host: a"), 400),
    "authority with GET": (head("GET a:80 HTTP/1.1", "Host: a"), 400),
    "another scheme": (head("GET ftp://a/ HTTP/1.1", "Host: a"), 400),
    "userinfo in the target": (head("GET http://u@a/ HTTP/1.1", "Host: a"), 400),
    "CONNECT": (head("CONNECT a:80 HTTP/1.1", "Host: a:80"), 501),
    "lower-case version": (head("GET / http/1.1", "Host: a"), 400),
    "two digits": (head("GET / HTTP/1.10", "Host: a"), 400),
    "version 2": (head("GET / HTTP/2.0", "Host: a"), 505),
    "version 0.9": (head("GET / HTTP/0.9", "Host: a"), 505),
    "preface of version 2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "no Host": (head("GET / HTTP/1.1"), 400),
    "Host twice": (head("GET / HTTP/1.1", "Host: a", "Host: a"), 400),
    "Host with a path": (head("GET / HTTP/1.1", "Host: a/b"), 400),
    "Host with userinfo": (head("GET / HTTP/1.1", "Host: u@a"), 400),
    "Host with a blank": (head("GET / HTTP/1.1", "Host: a b"), 400),
    "Host with a bad port": (head("GET / HTTP/1.1", "Host: a:8x"), 400),
    "Host with a second colon": (head("GET / HTTP/1.1", "Host: a:1:2"), 400),
    "blank before the colon": (head("GET / HTTP/1.1", "Host: a", "X : b"), 400),
    "no colon": (head("GET / HTTP/1.1", "Host: a", "X"), 400),
    "no name": (head("GET / HTTP/1.1", "Host: a", ": b"), 400),
    "a folded line": (head("GET / HTTP/1.1", "Host: a", "X: b", " c"), 400),
    "a blank before the first field": (head("GET / HTTP/1.1", " Host: a", "Host: a"), 400),
    "NUL in a value": (head("GET / HTTP/1.1", "Host: a", "X: b\0c"), 400),
    "CR in a value": (head("GET / HTTP/1.1", "Host: a", "X: b\rc"), 400),
    "LF alone": (b"GET / HTTP/1.1\nHost: a\n\n", 400),
    "length with a sign": (head("POST / HTTP/1.1", "Host: a", "Content-Length: +5"), 400),
    "two lengths": (head("POST / HTTP/1.1", "Host: a", "Content-Length: 5", "Content-Length: 6"), 400),
    "a length of a hundred digits": (head("POST / HTTP/1.1", "Host: a", "Content-Length: " + "9" * 100), 413),
    "length and chunks": (
        head("POST / HTTP/1.1", "Host: a", "Content-Length: 5", "Transfer-Encoding: chunked"),
        400,
    ),
    "chunks twice": (head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked, chunked"), 400),
    "chunks with a parameter": (head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked;q=1"), 400),
    "chunks not last": (head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked, gzip"), 400),
    "an unknown coding": (head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: gzip, chunked"), 501),
    "chunks in HTTP/1.0": (head("POST / HTTP/1.0", "Transfer-Encoding: chunked"), 400),
    "an unknown expectation": (head("GET / HTTP/1.1", "Host: a", "Expect: tea"), 417),
}


@pytest.mark.parametrize("name", REJECTED)
def test_what_is_turned_down(site: Site, name: str) -> None:
    data, status = REJECTED[name]
    answer = exchange(site, data + get("/smuggled"))
    assert statuses(answer) == [status]
    assert b"\r\nConnection: close\r\n" in answer
    assert site.asked == []
    assert site.errors == []
    until(site, lambda: site.connections() == 0)


ACCEPTED = {
    "empty Host": head("GET / HTTP/1.1", "Host:"),
    "Host with a port": head("GET / HTTP/1.1", "Host: a:80"),
    "IPv6 literal": head("GET / HTTP/1.1", "Host: [::1]:80"),
    "HTTP/1.0 without Host": head("GET / HTTP/1.0"),
    "a later minor version": head("GET / HTTP/1.2", "Host: a"),
    "empty lines before": b"\r\n\r\n" + head("GET / HTTP/1.1", "Host: a"),
    "OPTIONS of all": head("OPTIONS * HTTP/1.1", "Host: a"),
    "high bytes in a value": head("GET / HTTP/1.1", "Host: a", "X: \xe9\xff"),
    "an unknown method": head("BREW / HTTP/1.1", "Host: a"),
    "Upgrade": head("GET / HTTP/1.1", "Host: a", "Connection: Upgrade", "Upgrade: websocket"),
    "equal lengths": head("GET / HTTP/1.1", "Host: a", "Content-Length: 0", "Content-Length: 0"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_served(site: Site, name: str) -> None:
    assert statuses(exchange(site, ACCEPTED[name])) == [200]
    assert len(site.asked) == 1


def test_the_host_of_an_absolute_target_goes_before_the_field(site: Site) -> None:
    exchange(site, head("GET http://there:81/a HTTP/1.1", "Host: here"))
    (asked,) = site.asked
    assert asked.value(b"host") == b"there:81"


CHUNKED = head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: CHUNKED")
BODIES = {
    "none": (b"0\r\n\r\n", b""),
    "one": (b"4\r\nwiki\r\n0\r\n\r\n", b"wiki"),
    "leading zeros and both cases": (b"0000a\r\n0123456789\r\n0A\r\n0123456789\r\n0\r\n\r\n", b"0123456789" * 2),
    "extensions": (b'4;a=b;c="d e"\r\nwiki\r\n0;e\r\n\r\n', b"wiki"),
    "trailer": (b"4\r\nwiki\r\n0\r\nHost: b\r\nContent-Length: 9\r\n\r\n", b"wiki"),
}


@pytest.mark.parametrize("name", BODIES)
def test_chunks_cut_at_every_byte(site: Site, name: str) -> None:
    data, body = BODIES[name]
    with contextlib.closing(browser(site)) as client:
        for byte in CHUNKED + data:
            assert site.asked == []
            push(site, client, bytes((byte,)))
        until(site, lambda: site.asked)
    (asked,) = site.asked
    assert asked.body == body
    assert asked.value(b"host") == b"a"


@pytest.mark.parametrize(
    "data",
    [
        b"\r\n",
        b"x\r\n",
        b"0x4\r\nwiki\r\n",
        b"+4\r\nwiki\r\n",
        b"4 \r\nwiki\r\n",
        b" 4\r\nwiki\r\n",
        b"4\nwiki\r\n",
        b"4;a\nwiki\r\n",
        b"4\r\nwiki\n",
        b"4\r\nwikipedia\r\n",
        b"4\r\nwik\r\n0\r\n",
        b"00000000000000004\r\nwiki\r\n",
    ],
)
def test_chunks_that_are_turned_down(site: Site, data: bytes) -> None:
    answer = exchange(site, CHUNKED + data + b"0\r\n\r\n" + get("/smuggled"))
    assert statuses(answer) == [400]
    assert site.asked == []


def test_requests_in_one_packet_are_called_back_in_order(site: Site) -> None:
    targets = [f"/{number}" for number in range(100)]
    data = b"".join(post(target, b"x" * 10) if number % 3 else get(target) for number, target in enumerate(targets))
    with contextlib.closing(browser(site)) as client:
        push(site, client, data)
        answers = read_until(site, client, lambda got: got.endswith(b"/99"))
    assert site.targets() == targets
    assert [int(part.rpartition(b"/")[2]) for part in answers.split(b"HTTP/1.1 ")[1:]] == list(range(100))


def test_a_bad_request_behind_good_ones_does_not_take_their_answers(site: Site) -> None:
    answers = exchange(site, get("/one") + get("/two") + b"nonsense\r\n\r\n" + get("/three"))
    assert statuses(answers) == [200, 200, 400]
    assert site.targets() == ["/one", "/two"]


def test_requests_before_a_half_close_are_all_answered(site: Site) -> None:
    assert statuses(exchange(site, get("/") * 200)) == [200] * 200
    until(site, lambda: site.connections() == 0)
    # Nothing of it is worth a line in a log.
    assert len(site.logs) == 1
    assert statuses(exchange(site, get("/") * 200 + b"GET /half")) == [200] * 200
    until(site, lambda: site.connections() == 0)


@pytest.mark.parametrize("kind", ["fields", "chunks"])
def test_a_request_ends_with_any_step_of_a_turn(site: Site, kind: str) -> None:
    """The parser has so many steps in its turn; with whichever of them all has been read, the request is told of."""
    head = "POST /{} HTTP/1.1\r\nHost: localhost\r\n"
    for count in range(140):
        client = browser(site)
        begin = head.format(count).encode()
        if kind == "fields":
            client.send(begin + b"A: b\r\n" * count + b"\r\n")
        else:
            client.send(begin + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * count + b"0\r\n\r\n")
        for _ in range(5):
            site.tick()
        client.close()
        assert site.targets()[-1:] == [f"/{count}"]
