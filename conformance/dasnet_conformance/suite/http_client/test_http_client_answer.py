"""Section http-client-answer: what a client makes of the head of an answer."""

from __future__ import annotations

from dasnet_conformance.catalogue.response_vectors import ResponseVector
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_client_side import (
    answer_of,
    asked,
    asking,
    await_response,
    chunked_answer_of,
    drip,
    expect_no_more,
    fields_of,
)
from dasnet_conformance.suite.http_client_vectors import check_answers, judge


@check_answers("http-client-answer.status-line")
def test_status_line(host: Host, vector: ResponseVector) -> None:
    """A reason is for people, and no check of status or body."""
    judge(host, vector)


@check("http-client-answer.reason")
def test_reason(host: Host) -> None:
    """One of several words, none, and one that has much to say."""
    site = asking(host)
    for target, reason in (("/words", "Not Found,  at all: 'a'"), ("/none", ""), ("/long", "Not " + "a" * 200)):
        number, peer = asked(site, target)
        peer.send(answer_of(b"", status=f"404 {reason}"))
        expect.equal(await_response(host, site.client, number).reason, reason, f"the reason of the answer to {target}")


@check_answers("http-client-answer.status-no-space")
def test_status_no_space(host: Host, vector: ResponseVector) -> None:
    """The space is the server's duty, and many leave it out."""
    judge(host, vector)


@check_answers("http-client-answer.status-beyond")
def test_status_beyond(host: Host, vector: ResponseVector) -> None:
    """A client may say what it got, or what it takes it for."""
    judge(host, vector)


@check_answers("http-client-answer.status-line-invalid")
def test_status_line_invalid(host: Host, vector: ResponseVector) -> None:
    """What is handed over as an answer was one."""
    judge(host, vector)


@check_answers("http-client-answer.protocol-other")
def test_protocol_other(host: Host, vector: ResponseVector) -> None:
    """Some servers of sound streams begin so."""
    judge(host, vector)


@check_answers("http-client-answer.version-major")
def test_version_major(host: Host, vector: ResponseVector) -> None:
    """Another major version is another protocol."""
    judge(host, vector)


@check_answers("http-client-answer.version-minor")
def test_version_minor(host: Host, vector: ResponseVector) -> None:
    """A later minor version is understood by those of an earlier one."""
    judge(host, vector)


@check_answers("http-client-answer.version-old")
def test_version_old(host: Host, vector: ResponseVector) -> None:
    """HTTP/1.0 ends its connections unless it says otherwise."""
    judge(host, vector)


@check_answers("http-client-answer.empty-line-before")
def test_empty_line_before(host: Host, vector: ResponseVector) -> None:
    """A server has to skip one before a request; of answers nothing is said."""
    judge(host, vector)


@check_answers("http-client-answer.spaces")
def test_spaces(host: Host, vector: ResponseVector) -> None:
    """A lenient reader is allowed."""
    judge(host, vector)


@check_answers("http-client-answer.folded")
def test_folded(host: Host, vector: ResponseVector) -> None:
    """A client has to read it, where a server may refuse it."""
    judge(host, vector)


@check_answers("http-client-answer.value-trimmed")
def test_value_trimmed(host: Host, vector: ResponseVector) -> None:
    """Spaces and tabs on both sides."""
    judge(host, vector)


@check_answers("http-client-answer.value-bytes")
def test_value_bytes(host: Host, vector: ResponseVector) -> None:
    """Bytes beyond ASCII have no meaning, and are not lost."""
    judge(host, vector)


@check_answers("http-client-answer.fields-in-order")
def test_fields_in_order(host: Host, vector: ResponseVector) -> None:
    """Joined or apart."""
    judge(host, vector)


@check("http-client-answer.cookies-apart")
def test_cookies_apart(host: Host) -> None:
    """A date of expiry has a comma of its own. Those who speak HTTP/2 as well write names in small letters."""
    cookies = [b"a=1; Expires=Wed, 09 Jun 2100 10:18:14 GMT", b"b=2; Path=/", b"c=3"]
    names = ["Set-Cookie", "set-cookie", "set-cookie"]
    site = asking(host)
    number, peer = asked(site)
    peer.send(answer_of(b"", *(f"{name}: {cookie.decode()}" for name, cookie in zip(names, cookies, strict=True))))
    event = await_response(host, site.client, number)
    came = [value for name, value in fields_of(event) if name == "set-cookie"]
    expect.equal(came, cookies, "the values of Set-Cookie")


@check_answers("http-client-answer.value-line-ends")
def test_value_line_ends(host: Host, vector: ResponseVector) -> None:
    """A lone CR that ended a line for the client would be a field that nobody else sees."""
    judge(host, vector)


@check_answers("http-client-answer.name-invalid")
def test_name_invalid(host: Host, vector: ResponseVector) -> None:
    """Proxies have to mend such a line; of clients nothing is said."""
    judge(host, vector)


@check_answers("http-client-answer.bare-lf")
def test_bare_lf(host: Host, vector: ResponseVector) -> None:
    """Some programs write nothing else; whoever knows CR LF alone sees a head that goes on."""
    judge(host, vector)


@check_answers("http-client-answer.cut")
def test_cut(host: Host, vector: ResponseVector) -> None:
    """Some clients call such a head an answer with the status that it began with."""
    judge(host, vector)


@check_answers("http-client-answer.interim")
def test_interim(host: Host, vector: ResponseVector) -> None:
    """Whatever they say, the answer is the one behind them."""
    judge(host, vector)


@check_answers("http-client-answer.content-as-sent")
def test_content_as_sent(host: Host, vector: ResponseVector) -> None:
    """What the bytes mean is for the program, which asked for them as they are."""
    judge(host, vector)


@check("http-client-answer.interim-fields")
def test_interim_fields(host: Host) -> None:
    """What is said early is said of what may come."""
    site = asking(host)
    number, peer = asked(site)
    peer.send(b"HTTP/1.1 103 Early Hints\r\nX-Early: yes\r\n\r\n" + answer_of(b"final", "X-Final: yes"))
    event = await_response(host, site.client, number)
    names = [name for name, _ in fields_of(event)]
    expect.that("x-final" in names, "the field of the final answer", expected="there", got="missing")
    expect.that("x-early" not in names, "the field of the interim answer", expected="left out", got="handed over")


@check_answers("http-client-answer.switching-unasked")
def test_switching_unasked(host: Host, vector: ResponseVector) -> None:
    """What follows would be in a protocol that nobody here speaks."""
    judge(host, vector)


@check("http-client-answer.byte-by-byte")
def test_byte_by_byte(host: Host) -> None:
    """Three framings, a byte for each tick, on a connection that goes on."""
    site = asking(host)
    answers = {
        "/length": answer_of(b"one\r\n\r\ntwo", "X-Field: a"),
        "/chunks": chunked_answer_of(b"one\r\n", b"\r\n", b"two"),
        "/interim": b"HTTP/1.1 100 Continue\r\n\r\n" + answer_of(b"one\r\n\r\ntwo"),
    }
    for target, data in answers.items():
        number, peer = asked(site, target)
        drip(site, peer, data)
        event = await_response(host, site.client, number)
        expect.equal(event.status, 200, f"the status of the answer to {target}")
        expect.same_bytes(event.data, b"one\r\n\r\ntwo", f"the body of the answer to {target}")
    number, peer = asked(site, "/until-the-end")
    drip(site, peer, b"HTTP/1.1 200 OK\r\n\r\none\r\n\r\ntwo")
    peer.close()
    event = await_response(host, site.client, number)
    expect.same_bytes(event.data, b"one\r\n\r\ntwo", "the body of the answer that lasts until the end")
    expect_no_more(host, site.client, len(answers) + 1)


@check("http-client-answer.name-any-token")
def test_name_any_token(host: Host) -> None:
    """Names are mostly letters, and need not be; some languages have words of their own for what every table has."""
    names = ["X_Under", "x.dot", "X-9", "9", "X!#$%&'*+^`|~", "__proto__", "constructor", "toString"]
    site = asking(host)
    number, peer = asked(site)
    peer.send(answer_of(b"", *(f"{name}: a" for name in names)))
    event = await_response(host, site.client, number)
    came = dict(fields_of(event))
    lost = [name for name in names if came.get(name.lower()) != b"a"]
    expect.equal(lost, [], "fields that were not handed over, or with another value")


@check("http-client-answer.fields-large")
def test_fields_large(host: Host) -> None:
    """A cookie, or a policy, and a server that has much to say."""
    site = asking(host)
    number, peer = asked(site)
    names = [f"x-many-{place}" for place in range(60)]
    long = "v" * 6_000
    peer.send(answer_of(b"", f"X-Long: {long}", *(f"{name}: {name}" for name in names)))
    event = await_response(host, site.client, number)
    came = dict(fields_of(event))
    expect.same_bytes(came.get("x-long", b""), long.encode(), "the value of a long field")
    expect.equal([name for name in names if came.get(name) != name.encode()], [], "fields of sixty that are missing")


@check("http-client-answer.one-after-other")
def test_one_after_other(host: Host) -> None:
    """HEAD, chunks, no content and a length, each behind each other one, on one connection where it is kept."""
    kinds = {
        "head": ("HEAD", answer_of(b"five!", "X-Head: a")[:-5], b""),
        "chunks": ("GET", chunked_answer_of(b"in ", b"chunks"), b"in chunks"),
        "no-content": ("GET", b"HTTP/1.1 204 No Content\r\nX-None: a\r\n\r\n", b""),
        "length": ("GET", answer_of(b"by length", "X-Length: a"), b"by length"),
        "post": ("POST", answer_of(b"posted", "X-Posted: a"), b"posted"),
    }
    site = asking(host)
    for first in kinds:
        for second in kinds:
            for place, kind in enumerate((first, second)):
                method, data, body = kinds[kind]
                number, peer = asked(site, f"/{first}/{second}/{place}", method)
                peer.send(data)
                event = await_response(host, site.client, number)
                expect.same_bytes(event.data, body, f"the body of {second} behind {first}, answer {place + 1}")
                own = {name for name, _ in fields_of(event) if name.startswith("x-")}
                sent = {name for name, _ in _fields_sent(data) if name.startswith("x-")}
                expect.equal(own, sent, f"the fields of {second} behind {first}, answer {place + 1}")


def _fields_sent(data: bytes) -> list[tuple[str, bytes]]:
    lines = data.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    pairs = (line.partition(b": ") for line in lines)
    return [(name.decode("latin-1").lower(), value) for name, _, value in pairs]
