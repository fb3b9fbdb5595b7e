"""Section http-client-request: what a program gives beyond the usual, and what a client may say of its own accord."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect, many
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_client_side import (
    Site,
    accepted,
    answer_of,
    ask,
    asking,
    await_outcome,
    await_response,
    expect_no_more,
    is_refused,
    made_client,
    request,
    talk,
)
from dasnet_conformance.stage.listener import listen
from dasnet_conformance.stage.request_reader import HttpRequest, read_requests

#: Ticks after which nobody waits for a word of the server any more.
_LONG = 2_000
_EXPECTS = b"Expect: 100-continue\r\n"


@check("http-client-request.fragment")
def test_fragment(host: Host) -> None:
    """It is for who asks, and no server has it."""
    site = asking(host)
    outcome = request(site.client, "/page?a=b#part")
    if not is_refused(outcome):
        accepted(outcome, "request of a target with a fragment")
        expect.equal(_first(site).target, "/page?a=b", "the target")


@check("http-client-request.target-absolute")
def test_target_absolute(host: Host) -> None:
    """With the server's own name, and with its own in capitals. Under another name it asks for something else."""
    for scheme in ("http", "HTTP"):
        site = asking(host)
        outcome = request(site.client, f"{scheme}://{site.listener.address}:{site.listener.port}/page?a=b")
        if not is_refused(outcome):
            accepted(outcome, "request of a whole URI")
            expect.equal(_first(site).target, "/page?a=b", "the target")
    site = asking(host)
    outcome = request(site.client, "http://other.example/page?a=b")
    if not is_refused(outcome):
        accepted(outcome, "request of a whole URI of another server")
        expect.equal(_first(site).values("host"), [b"other.example"], "Host of a request for another server")


@check("http-client-request.host-injection")
@pytest.mark.parametrize(
    "name",
    ["127.0.0.1\r\nX-Other: a", "127.0.0.1 ", "127.0.0.1/page", "user@127.0.0.1", "127.0.0.1#", "127.0.0.1\t", ""],
    ids=["a whole line", "a space behind", "a path", "a user", "a mark", "a tab behind", "nothing"],
)
def test_host_injection(host: Host, name: str) -> None:
    """Turned down by init or by request, or nobody is found; or it was mended before anything was sent."""
    site = Site(host, made_client(host), listen(host))
    if site.client.call("http_init", name, site.listener.port) != Value(True):
        return
    outcome = request(site.client)
    if is_refused(outcome):
        return
    accepted(outcome, f"request of the host {name!r}")
    host.settle(site.client)
    site.look()
    # Whoever came is read from.
    host.silence()
    host.settle(site.client)
    for arrived in [each for peer in site.peers for each in read_requests(peer.received)]:
        names = [f"{known}:{site.listener.port}".encode() for known in ("127.0.0.1", "localhost")]
        hosts = arrived.values("host")
        expect.that(len(hosts) == 1 and hosts[0] in names, "Host", expected=str(names[0]), got=repr(hosts))
        expect.equal(arrived.values("x-other"), [], "a field that the program never gave")


@check("http-client-request.body-of-any-method")
@pytest.mark.parametrize("method", ["GET", "DELETE", "OPTIONS", "PATCH"])
def test_body_of_any_method(host: Host, method: str) -> None:
    """Whether it makes sense is for the program to know, and whether it is taken for the client to say; 0 is one."""
    site = asking(host)
    outcome = request(site.client, "/body", method, body=b"0")
    if not is_refused(outcome):
        number = accepted(outcome, f"request {method} with a body")
        peer, arrived = site.await_request("/body", needs="")
        expect.same_bytes(arrived.body, b"0", f"the body of {method} at the server")
        peer.send(answer_of())
        await_response(host, site.client, number)
    talk(site, "/next")


@check("http-client-request.length-known")
def test_length_known(host: Host) -> None:
    """The program gives all of it at once."""
    site = asking(host)
    for method in ("POST", "PUT"):
        number = ask(site.client, f"/{method}", method, body=b"a body")
        peer, arrived = site.await_request(f"/{method}")
        expect.equal(arrived.values("content-length"), [b"6"], f"Content-Length of a {method} with a body")
        peer.send(answer_of())
        await_response(host, site.client, number)


@check("http-client-request.old-server")
@pytest.mark.parametrize("field", ["X-Field: a", "Connection: keep-alive"], ids=["that ends", "that goes on"])
def test_old_server(host: Host, field: str) -> None:
    """Its answer has told of its version; a small body, and one that is more than a client puts together at once."""
    site = asking(host)
    number = ask(site.client, "/before")
    peer, _ = site.await_request("/before")
    peer.send(answer_of(b"", field, version="HTTP/1.0"))
    await_response(host, site.client, number)
    for target, repeat in (("/small", 1), ("/large", 200_000)):
        number = ask(site.client, target, "POST", body=b"b", repeat=repeat)
        peer, arrived = site.await_request(target)
        expect.equal(arrived.values("transfer-encoding"), [], f"Transfer-Encoding of {repeat} bytes to HTTP/1.0")
        peer.send(answer_of(b"", field, version="HTTP/1.0"))
        await_response(host, site.client, number)


@check("http-client-request.nothing-remembered")
def test_nothing_remembered(host: Host) -> None:
    """An answer that could be kept, with a mark to ask by and a cookie; and then one without content."""
    site = asking(host)
    fields = ["Cache-Control: max-age=3600", 'ETag: "a"', "Set-Cookie: a=b; Path=/"]
    for place, status in enumerate(("200 OK", "200 OK", "304 Not Modified")):
        number = ask(site.client, "/same")
        host.until(
            lambda place=place: site.times("/same") > place,  # type: ignore[misc]
            site.client,
            what=f"request {place + 1} for the same at the server",
            got=site.told,
        )
        peer, arrived = [
            (peer, each) for peer in site.peers for each in read_requests(peer.received) if each.target == "/same"
        ][-1]
        for name in ("cookie", "if-none-match", "if-modified-since"):
            expect.equal(arrived.values(name), [], f"the field {name}, which the program did not give")
        told = answer_of(b"%d" % place, *fields, status=status)
        peer.send(told if place < 2 else told[:-1])
        event = await_response(host, site.client, number)
        expect.equal(event.status, int(status[:3]), "the status")
        expect.same_bytes(event.data, b"%d" % place if place < 2 else b"", "the body")


@check("http-client-request.te-named")
def test_te_named(host: Host) -> None:
    """Without a field of the program, with and without content."""
    for arrived in _own_of(host):
        codings = b",".join(arrived.values("te")).lower()
        expect.that(b"chunked" not in codings, "TE", expected="chunked not among it", got=repr(codings))
        options = [option.strip().lower() for option in b",".join(arrived.values("connection")).split(b",")]
        for name in ("te", "upgrade"):
            if arrived.values(name):
                beside = f"Connection beside {name}"
                expect.that(name.encode() in options, beside, expected=f"{name} among it", got=repr(options))


@check("http-client-request.expect-content")
def test_expect_content(host: Host) -> None:
    """There is nothing to go on with."""
    for arrived in _own_of(host):
        if not arrived.body:
            expect.equal(arrived.values("expect"), [], "Expect of a request without content")


@check("http-client-request.expect-not-for-ever")
def test_expect_not_for_ever(host: Host) -> None:
    """The server does not know the word, as one of HTTP/1.0 does not."""
    site = asking(host)
    site.invites = False
    outcome = request(site.client, "/order", "POST", _EXPECTS, b"a body")
    if is_refused(outcome):
        return
    number = accepted(outcome, "request with Expect")
    host.settle(site.client)
    if site.find("/order") is None:
        many.ticks(host, site.client, _LONG)
    peer, arrived = site.await_request("/order", needs="")
    expect.same_bytes(arrived.body, b"a body", "the body at the server")
    peer.send(answer_of())
    await_response(host, site.client, number)


@check("http-client-request.expect-refused")
@pytest.mark.parametrize("status", ["413 Content Too Large", "200 OK"])
def test_expect_refused(host: Host, status: str) -> None:
    """Whether the body was sent by then is for the client to choose; on a connection that goes on it is not missing."""
    site = asking(host)
    site.invites = False
    outcome = request(site.client, "/order", "POST", _EXPECTS, b"a body")
    if is_refused(outcome):
        return
    number = accepted(outcome, "request with Expect")
    peer = site.await_peer()
    host.until(
        lambda: b"\r\n\r\n" in peer.received, site.client, what="the head of the request at the server", got=site.told
    )
    peer.send(answer_of(b"final", status=status))
    event = await_outcome(host, site.client, number)
    expect.equal((event.what, event.status), ("response", int(status[:3])), "the outcome")
    talk(site, "/next")
    expect_no_more(host, site.client, 2)


def _first(site: Site) -> HttpRequest:
    peer = site.await_peer()
    site.host.until(lambda: bool(read_requests(peer.received)), site.client, what="a whole request", got=site.told)
    return read_requests(peer.received)[0]


def _own_of(host: Host) -> list[HttpRequest]:
    site = asking(host)
    found = []
    for method, body in (("GET", b""), ("POST", b""), ("PUT", b"a body")):
        number = ask(site.client, f"/{method}", method, body=body)
        peer, arrived = site.await_request(f"/{method}")
        found.append(arrived)
        peer.send(answer_of())
        await_response(host, site.client, number)
    return found
