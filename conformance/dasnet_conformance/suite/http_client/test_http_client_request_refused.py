"""Section http-client-request: what a client refuses to send."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

import pytest

from dasnet_adapters.contract import CLASS_HTTP_CLIENT, Refusal
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_client_side import (
    Site,
    accepted,
    answer_of,
    ask,
    asking,
    await_response,
    expect_no_more,
    is_refused,
    made_client,
    outcomes_of,
    request,
    site_of,
    talk,
)
from dasnet_conformance.stage.request_reader import read_requests

# At either end too: to many a pattern the end of a text is also what stands before an LF there.
INJECTIONS = {
    "a lone CR": [b"X-Field: a\rX-Other: b\r\n"],
    "a lone LF": [b"X-Field: a\nX-Other: b\r\n", b"X-Field: a\n\r\n", b"X-Field: \na\r\n"],
    "NUL": [b"X-Field: a\0b\r\n", b"X-Field: a\0\r\n"],
    "LF in the name": [b"X-Field\nX: a\r\n", b"X-Field\n: a\r\n", b"\nX-Field: a\r\n"],
    "CR in the name": [b"X-Field\rX: a\r\n"],
    "NUL in the name": [b"X-Field\0X: a\r\n"],
}


#: What no token has, beyond what has a case of its own.
NO_TOKEN = b'"),/;<=>?@[\\]{}\x01\x1b\x7f'

#: Targets with what none has, and of which some libraries make something else: characters that would be cut to those of
#: a line end, marks that have to be percent-encoded, and one that is taken for a slash.
ODD_TARGETS = {
    "/caf\u00e9": "beyond ASCII",
    "/a\u0120b\u010ac": "beyond Latin-1",
    '/a"<>^`{|}b': "what no address has",
    "/a\\b": "a backslash",
}


@check("http-client-request.field-injection")
@pytest.mark.parametrize("headers", INJECTIONS.values(), ids=INJECTIONS)
def test_field_injection(host: Host, headers: list[bytes]) -> None:
    """Whoever reads a lone CR or LF as a line end has a field that the program never gave."""
    _expect_refused(asking(host), *(("/", "GET", b"X-Good: a\r\n" + each) for each in headers))


@check("http-client-request.method-invalid")
@pytest.mark.parametrize(
    "methods",
    [
        [""],
        ["GE T"],
        ["GET\r\nX: y", "GET\n", "GET\r\n", "\nGET"],
        ["G\0T"],
        ["GET ", " GET"],
        ["G\u00cbT"],
        [f"GE{chr(mark)}T" for mark in b"(:" + NO_TOKEN],
    ],
    ids=["none", "a space", "a line end", "NUL", "a space behind", "a letter beyond ASCII", "each other mark"],
)
def test_method_invalid(host: Host, methods: list[str]) -> None:
    """A space would move what follows into the target."""
    _expect_refused(asking(host), *(("/", method, b"") for method in methods))


@check("http-client-request.value-controls")
def test_value_controls(host: Host) -> None:
    """Each of those that end no line; the tab is none of them."""
    site = asking(host)
    for byte in (0x01, 0x08, 0x0B, 0x1B, 0x1F, 0x7F):
        target = f"/{byte}"
        outcome = request(site.client, target, headers=b"X-Field: a%cb\r\n" % byte)
        if is_refused(outcome):
            continue
        number = accepted(outcome, f"request with the byte {byte} in a field")
        peer, arrived = site.await_request(target, needs="")
        values = b"".join(arrived.values("x-field"))
        expect.that(byte not in values, "the value at the server", expected=f"no byte {byte} in it", got=repr(values))
        peer.send(answer_of())
        await_response(host, site.client, number)
    talk(site, "/next")


@check("http-client-request.name-invalid")
@pytest.mark.parametrize(
    "names",
    [
        [b"X Field"],
        [b""],
        [b"X(Field"],
        [b"X\tField"],
        [b"X-Field "],
        [b"X-F\xe9"],
        [b"X%cField" % mark for mark in NO_TOKEN],
    ],
    ids=["a space", "none", "a bracket", "a tab", "a space behind", "a letter beyond ASCII", "each other mark"],
)
def test_name_invalid(host: Host, names: list[bytes]) -> None:
    """Servers answer it with 400, and some read it apart from others."""
    _expect_refused(asking(host), *(("/", "GET", name + b": a\r\n") for name in names))


@check("http-client-request.target-invalid")
@pytest.mark.parametrize(
    "targets",
    [
        ["/a b"],
        ["/a HTTP/1.1\r\nX: y"],
        ["/a\nb", "/a\n", "/a\r\n", "\n/a"],
        ["/a\rb"],
        ["/a\0b"],
        ["/a\tb"],
        ["/a\x7fb"],
        [" /a", "/a "],
        ["/a\x01b"],
        *([target] for target in ODD_TARGETS),
    ],
    ids=[
        "a space",
        "a whole line",
        "LF",
        "CR",
        "NUL",
        "a tab",
        "DEL",
        "a space in front",
        "SOH",
        *ODD_TARGETS.values(),
    ],
)
def test_target_invalid(host: Host, targets: list[str]) -> None:
    """A line end would begin a second request."""
    target = targets[0]
    if target not in ODD_TARGETS:
        _expect_refused(asking(host), *((each, "GET", b"") for each in targets))
        return
    site = asking(host)
    outcome = request(site.client, target)
    if not is_refused(outcome):
        accepted(outcome, f"request of the target {target!r}")
        peer = site.await_peer()
        host.until(lambda: bool(read_requests(peer.received)), site.client, what="a whole request", got=site.told)
        sent = unquote_to_bytes(read_requests(peer.received)[0].target)
        codings = [target.encode(coding, "replace") for coding in ("utf-8", "latin-1")]
        expect.that(sent in codings, "the target, percent-decoded", expected=repr(codings[0]), got=repr(sent))


@check("http-client-request.refusal-told")
def test_refusal_told(host: Host) -> None:
    """A code of 0 would say that nothing is wrong. Of what nobody may ask for, and of what there is nobody to ask."""
    for client, target in ((asking(host).client, "/a b"), (made_client(host), "/")):
        outcome = request(client, target)
        if isinstance(outcome, Refusal):
            continue
        expect.returns(outcome, 0, f"request of the target {target!r}, which is refused")
        told = [fired.event for fired in client.fired if fired.event.what == "error"]
        expect.that(bool(told), "what the refusal told", expected="an error callback", got="none")
        expect.that(told[0].code != 0, "the code of the error callback", expected="a number other than 0", got="0")


@check("http-client-request.refusal-harmless")
def test_refusal_harmless(host: Host) -> None:
    """One in front, one between, one behind, and one while each is under way; one whose error callback raises before
    all of them.
    """
    site = asking(host)
    site.client.react("error", "raise")
    _refusal_of(site, "/a b", "GET", b"")
    site.client.react("error", "none")
    numbers = []
    for place in range(3):
        _refusal_of(site, "/a b", "GET", b"")
        numbers.append(ask(site.client, f"/{place}"))
    _refusal_of(site, "/a b", "GET", b"")
    for place, number in enumerate(numbers):
        peer, _ = site.await_request(f"/{place}", needs="")
        _refusal_of(site, "/a b", "GET", b"")
        peer.send(answer_of(b"%d" % place))
        expect.same_bytes(await_response(host, site.client, number).data, b"%d" % place, f"the answer to /{place}")
    expect_no_more(host, site.client, 3)


@check("http-client-request.before-init")
def test_before_init(host: Host) -> None:
    """Nobody could be asked; nothing of it is left when somebody can. So it is behind close, and without a handle."""
    bare = host.new(CLASS_HTTP_CLIENT)
    expect.one_of(request(bare, "/early"), ("0", "refused"), "request of an object without a handle")
    client = made_client(host)
    for place in ("before init", "behind close"):
        outcome = request(client, "/early")
        expect.one_of(outcome, ("0", "refused"), f"request {place}")
        host.settle(client)
        expect.equal(outcomes_of(client), [], "outcomes of what was refused")
        site = site_of(host, client)
        host.settle(client)
        client.close()
        expect.equal(site.times("/early"), 0, "requests at the server")
    expect.returns(client.destroy(), None, "destroy")
    expect.one_of(request(client, "/early"), ("0", "refused"), "request of an object that is destroyed")


def _refusal_of(site: Site, target: str, method: str, headers: bytes) -> None:
    outcome = request(site.client, target, method, headers)
    what = f"request {method!r} {target!r} with {headers!r}"
    expect.that(is_refused(outcome), what, expected="0 or refused", got=expect.spell(outcome))


# Of requests, each a target, a method and fields.
def _expect_refused(site: Site, *requests_made: tuple[str, str, bytes]) -> None:
    for target, method, headers in requests_made:
        _refusal_of(site, target, method, headers)
    site.host.settle(site.client)
    talk(site, "/next")
    requests = [each for peer in site.peers for each in read_requests(peer.received)]
    expect.equal([each.target for each in requests], ["/next"], "what was asked for")
    expect.equal(requests[0].values("x-good"), [], "a field of what was refused")
    expect.equal(
        sum(each.size for each in requests), sum(len(peer.received) for peer in site.peers), "bytes at the server"
    )
    expect_no_more(site.host, site.client, 1)
