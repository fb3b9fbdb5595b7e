"""The step of the pre-flight for the profile `http-client`: requests to a server of the suite, and what came of them.

It returns what to tell when all is well, and raises what is not, as those of `steps`. It reaches the implementation
through `Host`.
"""

from __future__ import annotations

from dasnet_adapters.contract import Event, Session
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_client_side import (
    answer_of,
    ask,
    asking,
    await_failure,
    await_response,
    fields_of,
)

from .findings import broken_because

_TARGET = "/doctor?a=b%20c"
_BODY = b"\x00hello\r\n"


def outcomes(host: Host, session: Session) -> str:
    """A response is told of as it was sent, another request made in its callback; a cancelled one has failed."""
    site = asking(host)
    client = site.client
    client.react("response", "request", "PUT", "/inside", b"X-Inside: b\r\n", _BODY)
    number = ask(client, _TARGET, "POST", b"X-Field: a\r\n", b"ab", repeat=3)
    peer, arrived = site.await_request(_TARGET)
    if arrived.body != b"ababab":
        raise broken_because(session, f"'ab' given 3 times: the server got {arrived.body[:40]!r}", "repeat-ignored")
    expect.equal(arrived.method, "POST", "the method at the server")
    expect.equal(arrived.values("x-field"), [b"a"], "the field X-Field at the server")
    peer.send(answer_of(_BODY, "X-Answer: c", status="404 Not Found at All"))
    _examine(await_response(host, client, number), session)
    client.react("response", "none")
    if not client.did("request"):
        raise broken_because(
            session, "'react response request' was answered, the response came, no did line", "reaction-untold"
        )
    peer, arrived = site.await_request("/inside")
    expect.same_bytes(arrived.body, _BODY, "the body of the request made inside")
    cancelled = ask(client, "/cancelled")
    client.call("cancel", cancelled)
    await_failure(host, client, cancelled)
    return "a response, a request made in its callback, and a failure"


def _examine(event: Event, session: Session) -> None:
    lines = event.headers.split(b"\r\n")
    if lines.pop() or not all(b": " in line and b"\n" not in line for line in lines):
        raise broken_because(session, f"the fields of a response are {event.headers[:80]!r}", "bad-headers")
    expect.equal((event.status, event.reason), (404, "Not Found at All"), "status and reason of a response")
    expect.same_bytes(event.data, _BODY, "its body")
    expect.that(
        ("x-answer", b"c") in fields_of(event), "its fields", expected="X-Answer: c among them", got=repr(event.headers)
    )
