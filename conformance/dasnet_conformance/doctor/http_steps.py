"""The step of the pre-flight for the profile `http`: requests with a real client, told of and answered.

It returns what to tell when all is well, and raises what is not, as those of `steps`. It reaches the implementation
through `Host`.
"""

from __future__ import annotations

from dasnet_adapters.contract import Event, Session
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_side import (
    await_answer,
    await_request,
    client_of,
    fields_of,
    request_of,
    respond,
    serving,
)

from .findings import broken_because

_TARGET = "/doctor?a=b%20c"
_BODY = b"\x00hello\r\n"
_REQUEST = request_of(_TARGET, "X-Field: a", method="POST", body=_BODY)


def requests(host: Host, session: Session) -> str:
    """A request is told of as it was sent; it is answered in its callback, and another one by its number."""
    server = serving(host)
    server.react("request", "respond", 201, b"X-Answer: b\r\n", b"inside")
    client = client_of(host, server)
    client.send(_REQUEST)
    _examine(await_request(host, server), session)
    if not server.did("respond"):
        raise broken_because(
            session, "'react request respond' was answered, the request came, no did line", "reaction-untold"
        )
    answer = await_answer(host, server, client)
    expect.equal(answer.status, 201, "the status of an answer inside")
    expect.equal(answer.values("x-answer"), [b"b"], "its field X-Answer")
    expect.same_bytes(answer.body, b"inside", "its body")
    server.react("request", "none")
    other = client_of(host, server)
    other.send(_REQUEST)
    event = await_request(host, server, 2)
    respond(server, event.exchange, body=b"ab", repeat=3)
    body = await_answer(host, server, other)
    if body.body != b"ababab":
        raise broken_because(session, f"'ab' given 3 times: the client got {body.body[:40]!r}", "repeat-ignored")
    return "a request, an answer in its callback, and one by its number"


def _examine(event: Event, session: Session) -> None:
    lines = event.headers.split(b"\r\n")
    if lines.pop() or not all(b": " in line and b"\n" not in line for line in lines):
        raise broken_because(session, f"the fields of a request are {event.headers[:80]!r}", "bad-headers")
    expect.equal((event.method, event.target), ("POST", _TARGET), "method and target of a request")
    expect.same_bytes(event.data, _BODY, "its body")
    expect.that(
        ("x-field", b"a") in fields_of(event), "its fields", expected="X-Field: a among them", got=repr(event.headers)
    )
