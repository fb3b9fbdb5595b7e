"""Section http-client-request: what a client sends."""

from __future__ import annotations

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_client_side import (
    REPLY,
    Site,
    accepted,
    answer_of,
    ask,
    asked,
    asking,
    await_response,
    expect_no_more,
    fields_of,
    init,
    is_refused,
    outcomes_of,
    request,
    talk,
)
from dasnet_conformance.stage.request_reader import HttpRequest, read_requests


@check("http-client-request.get")
def test_get(host: Host) -> None:
    """From the call to the callback, and nothing else on the way."""
    site = asking(host)
    number = ask(site.client, "/page")
    peer, arrived = site.await_request("/page", needs="")
    expect.equal(arrived.method, "GET", "the method")
    expect.equal(arrived.body, b"", "the body")
    peer.send(answer_of(REPLY, "X-Field: a value"))
    event = await_response(host, site.client, number)
    expect.equal(event.status, 200, "the status")
    expect.same_bytes(event.data, REPLY, "the body of the response")
    expect.that(
        ("x-field", b"a value") in fields_of(event),
        "the fields of the response",
        expected="X-Field: a value among them",
        got=repr(event.headers),
    )
    expect_no_more(host, site.client, 1)
    # One that is made ahead of the next request has nothing on it.
    expect.equal(sum(bool(each.received) for each in site.peers), 1, "connections on which something was sent")


@check("http-client-request.number")
def test_number(host: Host) -> None:
    """Asked for one after the other, and three at once."""
    site = asking(host)
    numbers = [asked(site, "/first")[0]]
    site.peers[0].send(answer_of())
    await_response(host, site.client, numbers[0])
    numbers += [ask(site.client, f"/more-{place}") for place in range(3)]
    for place in range(3):
        site.await_request(f"/more-{place}")[0].send(answer_of(b"%d" % place))
        event = await_response(host, site.client, numbers[place + 1])
        expect.same_bytes(event.data, b"%d" % place, f"the response to exchange {numbers[place + 1]}")
    site.client.close()
    expect.returns(init(site.client, site.listener), True, "http_init after close")
    numbers.append(ask(site.client, "/after-close"))
    expect.equal(len(set(numbers)), 5, f"different numbers among {numbers}")


@check("http-client-request.version")
def test_version(host: Host) -> None:
    """What a client of the two RFCs conforms to, whatever the server does."""
    site = asking(host)
    for target in ("/first", "/next"):
        number, peer = asked(site, target)
        expect.equal(site.await_request(target)[1].version, "HTTP/1.1", f"the version of the request for {target}")
        peer.send(answer_of(version="HTTP/1.0"))
        await_response(host, site.client, number)


@check("http-client-request.nothing-extra")
def test_nothing_extra(host: Host) -> None:
    """Without a body and with one; the next request begins where the one before ended."""
    site = asking(host)
    for target, body in (("/one", b""), ("/two", b"a body"), ("/three", b"")):
        number, peer = asked(site, target, "POST" if body else "GET", body, needs="")
        host.settle(site.client)
        requests = read_requests(peer.received)
        expect.same_bytes(
            peer.received[sum(each.size for each in requests) :], b"", f"what follows the request for {target}"
        )
        peer.send(answer_of())
        await_response(host, site.client, number)


@check("http-client-request.host")
def test_host(host: Host) -> None:
    """A name or an address, and the port, for it is not 80."""
    site = asking(host)
    _, arrived = _sent(site)
    _expect_hosts(site, arrived, f"{site.listener.address}:{site.listener.port}".encode())


@check("http-client-request.host-first")
def test_host_first(host: Host) -> None:
    """Whatever fields the program gives."""
    arrived = _arrived(host, headers=b"X-Field: a\r\n")
    expect.equal(arrived.fields[0][0] if arrived.fields else "none", "host", "the first field")


@check("http-client-request.host-own")
def test_host_own(host: Host) -> None:
    """There may be a good reason for another name, but not for two, nor for what is none."""
    for name in ("Host", "host"):
        site = asking(host)
        outcome = request(site.client, headers=f"{name}: other.example\r\n".encode())
        if is_refused(outcome):
            continue
        accepted(outcome, f"request with a field {name}")
        arrived = site.await_request()[1]
        own = f"{site.listener.address}:{site.listener.port}".encode()
        _expect_hosts(site, arrived, own, b"other.example")
    for value in ("a b", "a/b", "user@a", "a:b:c"):
        site = asking(host)
        outcome = request(site.client, headers=f"Host: {value}\r\n".encode())
        if not is_refused(outcome):
            accepted(outcome, f"request with Host {value!r}")
            _expect_hosts(site, site.await_request()[1], f"{site.listener.address}:{site.listener.port}".encode())


@check("http-client-request.empty-target")
def test_empty_target(host: Host) -> None:
    """A path is never empty on the wire; nor is one without a slash a path, nor the asterisk, but for OPTIONS."""
    for given, sent in (("", "/"), ("?a=b", "/?a=b"), ("a/b", "/a/b"), ("*", "/*")):
        site = asking(host)
        outcome = request(site.client, given)
        if not is_refused(outcome):
            accepted(outcome, f"request of the target {given!r}")
            site.await_request(sent, needs="")


@check("http-client-request.target-exact")
@pytest.mark.parametrize(
    "target",
    [
        "/a%20b/%E4?q=%2F&r=a+b",
        "/?",
        "/a//b/../c?x",
        "/;a,b:@!$'()*-._~",
        "/" + "t" * 7_900,
        "//two/slashes?in=front",
        "/a/./b/%7e%2E/%c3%a4",
    ],
    ids=["percent", "empty query", "dots", "marks", "long", "slashes", "needless percent"],
)
def test_target_exact(host: Host, target: str) -> None:
    """Whoever decodes, tidies or cuts it asks for something else."""
    site = asking(host)
    outcome = request(site.client, target)
    if is_refused(outcome) and len(target) > 4_000:
        return
    accepted(outcome, "request of a target")
    peer = site.await_peer()
    host.until(lambda: bool(read_requests(peer.received)), site.client, what="a whole request", got=site.told)
    expect.equal(read_requests(peer.received)[0].target, target, "the target")


@check("http-client-request.method-exact")
@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "REPORT", "get", "head", "X-Own!"])
def test_method_exact(host: Host, method: str) -> None:
    """A method that is not known may be refused, and never be another one, nor be answered like one."""
    site = asking(host)
    outcome = request(site.client, "/", method)
    if is_refused(outcome) and method not in ("PUT", "DELETE", "OPTIONS"):
        return
    number = accepted(outcome, f"request {method}")
    peer, arrived = site.await_request()
    expect.equal(arrived.method, method, "the method")
    if method == "head":
        peer.send(answer_of())
        event = await_response(host, site.client, number)
        expect.same_bytes(event.data, REPLY, "the body of the answer to head, which is not HEAD")


@check("http-client-request.asterisk")
def test_asterisk(host: Host) -> None:
    """It asks for no path at all."""
    site = asking(host)
    ask(site.client, "*", "OPTIONS")
    site.await_request("*", needs="")


@check("http-client-request.fields-arrive")
def test_fields_arrive(host: Host) -> None:
    """Empty ones, three of a name of which two are equal, bytes beyond ASCII, blanks, and what browsers keep for
    themselves; with one request, and not with the next.
    """
    site = asking(host)
    headers = b'X-One: a\r\nX-Two: b, "c  d"\r\nX-One: d\r\nX-Empty: \r\nX-Bytes: caf\xe9\r\nX-Tab: "a\tb"\r\n'
    headers += b"X-Zero: 0\r\nX-One: d\r\nCookie: a=b\r\nAuthorization: a b\r\nReferer: /a\r\n"
    number, arrived = _sent(site, headers=headers)
    for name, wanted in (
        ("x-one", b"a, d, d"),
        ("x-two", b'b, "c  d"'),
        ("x-empty", b""),
        ("x-zero", b"0"),
        ("x-bytes", b"caf\xe9"),
        ("x-tab", b'"a\tb"'),
        ("cookie", b"a=b"),
        ("authorization", b"a b"),
        ("referer", b"/a"),
    ):
        values = arrived.values(name)
        expect.that(
            bool(values) and b", ".join(values) in (wanted, wanted.replace(b", ", b",")),
            f"the field {name}",
            expected=repr(wanted),
            got=repr(values) if values else "none",
        )
    site.await_request()[0].send(answer_of())
    await_response(host, site.client, number)
    ask(site.client, "/next")
    names = ("x-one", "x-two", "x-empty", "x-bytes", "x-tab", "cookie", "authorization", "referer")
    carried = [name for name, _ in site.await_request("/next")[1].fields if name in names]
    expect.equal(carried, [], "fields of one request that go out with the next")


@check("http-client-request.fields-large")
def test_fields_large(host: Host) -> None:
    """A cookie, or a token, and a program that has much to say; and an address that has."""
    site = asking(host)
    target = "/" + "t" * 7_900
    ask(site.client, target)
    site.await_request(target)
    long = b"v" * 6_000
    arrived = _arrived(host, headers=b"X-Long: " + long + b"\r\n")
    expect.same_bytes(b"".join(arrived.values("x-long")), long, "the value of a long field")
    names = [f"x-many-{place}" for place in range(60)]
    arrived = _arrived(host, headers="".join(f"{name}: {name}\r\n" for name in names).encode())
    missing = [name for name in names if arrived.values(name) != [name.encode()]]
    expect.equal(missing, [], "fields of sixty that did not arrive")


@check("http-client-request.field-once")
def test_field_once(host: Host) -> None:
    """What a client tells of itself, of the time and of the body; whose name and clock it is it may say itself."""
    names = ["user-agent", "content-type", "date", "authorization"]
    site = asking(host)
    if is_refused(request(site.client, "/", "POST", _lines(*names))):
        names = ["content-type", "authorization"]
        ask(site.client, "/", "POST", _lines(*names))
    arrived = site.await_request("/")[1]
    twice = {name: arrived.values(name) for name in names if len(arrived.values(name)) > 1}
    expect.equal(twice, {}, "fields that stand there twice")


@check("http-client-request.body-exact")
@pytest.mark.parametrize(
    ("size", "repeat", "end"),
    [(1, 1, b"0"), (101, 1, b"\0"), (70_000, 1, b"\n"), (65_536, 16, b" ")],
    ids=["a zero", "a NUL at the end", "a line end at the end", "a blank at the end"],
)
def test_body_exact(host: Host, size: int, repeat: int, end: bytes) -> None:
    """Line ends and NUL among them, and what some take for no part of a text where it ends, or for no text; a text with
    fewer characters than bytes.
    """
    site = asking(host)
    filling = "\u00e9".encode() * size if size == 101 else host.random.randbytes(size)
    body = (b"\r\n\r\n0\r\n\r\n\x00" + filling)[: size - 1] + end
    number = ask(site.client, "/body", "POST", body=body, repeat=repeat)
    peer, arrived = site.await_request("/body")
    expect.same_bytes(arrived.body, body * repeat, "the body at the server")
    peer.send(answer_of())
    await_response(host, site.client, number)


@check("http-client-request.framing")
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "GET", "HEAD"])
def test_framing(host: Host, method: str) -> None:
    """The reader of requests lets no double framing pass; where it waits, something is missing."""
    site = asking(host)
    for target, body in (("/none", b""), ("/some", b"a body")):
        if body and method in ("GET", "HEAD"):
            break
        outcome = request(site.client, target, method, body=body)
        # What a body of DELETE means nobody says.
        if body and method == "DELETE" and is_refused(outcome):
            break
        number = accepted(outcome, f"request {method} {target}")
        peer, _ = site.await_request(target, needs="")
        expect.same_bytes(site.await_request(target)[1].body, body, f"the body of {method} {target}")
        peer.send(answer_of(b""))
        await_response(host, site.client, number)


@check("http-client-request.framing-own")
@pytest.mark.parametrize(
    "field",
    [
        "Content-Length: 2",
        "Content-Length: 200",
        "Transfer-Encoding: chunked",
        "content-length: 2",
        "transfer-encoding: chunked",
        "Content-Length: 6",
        "Transfer-Encoding: gzip",
    ],
)
def test_framing_own(host: Host, field: str) -> None:
    """A length that is not true would make another request of a part of the body, or of the next one a body."""
    site = asking(host)
    for target, method, body in (("/own", "POST", b"a body"), ("/none", "GET", b"")):
        outcome = request(site.client, target, method, f"{field}\r\n".encode(), body)
        if not is_refused(outcome):
            accepted(outcome, f"request with {field}")
            peer, arrived = site.await_request(target, needs="")
            expect.same_bytes(arrived.body, body, "the body at the server")
            peer.send(answer_of())
    talk(site, "/next")


@check("http-client-request.post-without-body")
def test_post_without_body(host: Host) -> None:
    """Some servers wait for a length, and answer 411 without one."""
    for method in ("POST", "PUT", "PATCH"):
        site = asking(host)
        outcome = request(site.client, "/", method)
        # A client need not know every method.
        if is_refused(outcome) and method == "PATCH":
            return
        accepted(outcome, f"request {method}")
        arrived = site.await_request("/")[1]
        expect.equal(arrived.values("content-length"), [b"0"], f"Content-Length of {method}")


@check("http-client-request.get-without-length")
def test_get_without_length(host: Host) -> None:
    """A GET with a length makes some servers look for a body, and so does a HEAD."""
    for method in ("GET", "HEAD"):
        arrived = _arrived(host, method)
        expect.equal(arrived.values("content-length"), [], f"Content-Length of {method}")
        expect.equal(arrived.values("transfer-encoding"), [], f"Transfer-Encoding of {method}")


def _sent(site: Site, method: str = "GET", headers: bytes = b"") -> tuple[int, HttpRequest]:
    number = ask(site.client, "/", method, headers)
    return number, site.await_request("/")[1]


def _lines(*names: str) -> bytes:
    return "".join(f"{name}: own/1\r\n" for name in names).encode()


def _arrived(host: Host, method: str = "GET", headers: bytes = b"") -> HttpRequest:
    return _sent(asking(host), method, headers)[1]


def _expect_hosts(site: Site, arrived: HttpRequest, *allowed: bytes) -> None:
    values = arrived.values("host")
    expect.that(
        len(values) == 1 and values[0] in allowed,
        "Host",
        expected=f"one, {' or '.join(map(repr, allowed))}",
        got=repr(values) if values else f"none ({site.told()})",
    )


@check("http-client-request.in-ticks")
def test_in_ticks(host: Host) -> None:
    """A connection may be begun at once, but a frame that is over has nothing on its way."""
    site = asking(host)
    ask(site.client, "/")
    host.silence()
    site.look()
    host.step_peers()
    for peer in site.peers:
        expect.same_bytes(peer.received, b"", "what is at the server before a tick")
    expect.equal(outcomes_of(site.client), [], "outcomes before a tick")
    site.await_request("/")
