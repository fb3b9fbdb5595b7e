"""An HTTP server under test and its clients: the states that the checks of the profile `http` begin with.

As of `Host`, a mismatch on the way is laid to the requirement that it belongs to. It knows the host, its peers and the
reader of answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from dasnet_adapters.contract import CLASS_HTTP, Event, Unsupported, Value

from . import expect, many
from .answer_reader import AnswersSoFar, HttpAnswer, rest_of
from .host import Host
from .host_object import HostObject
from .peer import Peer

#: A request that nothing can be said against.
PLAIN = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

#: The body with which `greeting` answers.
GREETING = b"a greeting\r\n"

# A check asks for them after each tick, and a connection may bring a hundred.
_ANSWERS: Final[WeakKeyDictionary[Peer, AnswersSoFar]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Limits:
    """The limits of a server, 0 where it is to have its own: bytes, fields, connections, ticks."""

    line: int = 0
    head: int = 0
    fields: int = 0
    body: int = 0
    connections: int = 0
    stall: int = 0


def request_of(
    target: str = "/",
    *fields: str,
    method: str = "GET",
    version: str = "HTTP/1.1",
    body: bytes = b"",
    host: bool = True,
) -> bytes:
    """A request as bytes: its fields behind a Host field, and a Content-Length where there is a body."""
    lines = [f"{method} {target} {version}"]
    lines += ["Host: localhost"] * host
    lines += fields
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def made_server(host: Host, class_number: int = CLASS_HTTP, limits: Limits | None = None) -> HostObject:
    """An HTTP server with a handle that does not listen.

    Raises `Moot` for limits where the driver makes no server with any.
    """
    if limits is None:
        server = host.new(class_number, needs="http-request.get")
    else:
        server = limited(host, class_number, limits)
    with expect.needing("http-request.get"):
        expect.one_of(server.adapter(), ("none", "true"), "making the adapter of an HTTP server")
    return server


def limited(host: Host, class_number: int, limits: Limits) -> HostObject:
    """An object with limits and no handle: as `Host.new`, by the command that knows them."""
    made = host.reserve()
    numbers = (limits.line, limits.head, limits.fields, limits.body, limits.connections, limits.stall)
    outcome = host.call("http_new", made.number, class_number, *numbers, tolerate_unsupported=True)
    if isinstance(outcome, Unsupported):
        raise expect.Moot("the driver makes no server with limits")
    expect.returns(outcome, None, "making an HTTP server with limits")
    return made


def serving(host: Host, class_number: int = CLASS_HTTP, limits: Limits | None = None) -> HostObject:
    """An HTTP server that listens on a port of its own (`.port`), and answers nothing by itself."""
    server = made_server(host, class_number, limits)
    with expect.needing("http-request.get"):
        expect.returns(host.init_free(server), True, "init on a free port")
    return server


def greeting(host: Host, class_number: int = CLASS_HTTP, limits: Limits | None = None) -> HostObject:
    """An HTTP server that answers each request with 200 and `GREETING`, inside its callback."""
    server = serving(host, class_number, limits)
    server.react("request", "respond", 200, b"", GREETING)
    return server


def client_of(host: Host, server: HostObject, *, needs: str = "http-request.get") -> Peer:
    """A connection to the server, which the system has completed; `needs` is as of `await_request`."""
    with expect.needing(needs) if needs else nullcontext():
        return host.peer(server.port)


def reloaded(host: Host, server: HostObject, class_number: int = CLASS_HTTP) -> HostObject:
    """The server's handle in a new object, which answers nothing by itself."""
    with expect.needing("http-reload.open"):
        fresh = host.new(class_number)
        expect.returns(server.save(), None, "save")
        expect.returns(fresh.restore(), None, "restore")
    fresh.port = server.port
    return fresh


def requests_of(server: HostObject) -> list[Event]:
    """The requests that were called back on the object, in order."""
    return [fired.event for fired in server.fired if fired.event.what == "request"]


def targets_of(server: HostObject) -> list[str]:
    """Their targets."""
    return [event.target for event in requests_of(server)]


def fields_of(event: Event) -> list[tuple[str, bytes]]:
    """The fields of a request that was called back: names in lower case, and values."""
    lines = event.headers.split(b"\r\n")[:-1]
    pairs = (line.partition(b": ") for line in lines)
    return [(name.decode("latin-1").lower(), value) for name, _, value in pairs]


def answers_at(peer: Peer, methods: Sequence[str] = ()) -> list[HttpAnswer]:
    """The whole answers that a client has, interim ones among them."""
    so_far = _ANSWERS.get(peer)
    if so_far is None or so_far.methods != tuple(methods):
        so_far = _ANSWERS[peer] = AnswersSoFar(methods)
    return so_far.read(peer.received, ended=peer.closed == "end of file")


def finals_at(peer: Peer, methods: Sequence[str] = ()) -> list[HttpAnswer]:
    """The whole answers that a client has, without those of the class 1xx."""
    return [answer for answer in answers_at(peer, methods) if not answer.interim]


def final_bytes(peer: Peer, methods: Sequence[str] = ()) -> int:
    """How many bytes a client has that are no interim answers: those may come at any time (RFC 9110, section 15.2)."""
    if not peer.received:
        return 0  # which is asked after each byte of a request
    return len(peer.received) - sum(answer.size for answer in answers_at(peer, methods) if answer.interim)


def await_request(
    host: Host, server: HostObject, count: int = 1, *, needs: str = "http-request.get", size: int = 0
) -> Event:
    """Tick until so many requests were called back in all; the last of them.

    Arguments: `needs`, the requirement that a missing one is laid to, empty where that is what the check is about;
    `size`, the bytes that have to be read beforehand, where they are many.
    """

    def called() -> bool:
        return server.count("request") >= count

    many.work_off(host, server, called, size)
    with expect.needing(needs) if needs else nullcontext():
        host.until(
            called,
            server,
            what=f"{count} request callback{'' if count == 1 else 's'}",
            got=lambda: f"{server.count('request')}{_received(host)}",
        )
    return requests_of(server)[count - 1]


def await_answers(
    host: Host, server: HostObject, peer: Peer, count: int = 1, methods: Sequence[str] = (), *, errors: bool = False
) -> list[HttpAnswer]:
    """Tick until a client has so many final answers; all of them.

    Those that are waited for come from a program that answers by no error, unless `errors` says that there may be some:
    one among them is the server's own word.
    """
    host.until(
        lambda: len(finals_at(peer, methods)) >= count or peer.closed == "reset",
        server,
        what=f"{count} whole answer{'' if count == 1 else 's'} at {peer.name}",
        got=lambda: _told(peer, methods),
    )
    found = finals_at(peer, methods)
    expect.that(
        len(found) >= count, f"answers at {peer.name}", expected=f"{count} whole ones", got=_told(peer, methods)
    )
    expect.that(
        errors or all(answer.status < 400 for answer in found[:count]),
        f"answers at {peer.name}",
        expected="those that the program has given, and no error of the server's own",
        got=_told(peer, methods),
    )
    return found


def await_answer(
    host: Host, server: HostObject, peer: Peer, method: str = "GET", *, errors: bool = False
) -> HttpAnswer:
    """Tick until a client has its first final answer; that answer. `errors` is as of `await_answers`."""
    return await_answers(host, server, peer, 1, (method,), errors=errors)[0]


def await_end(host: Host, server: HostObject, peer: Peer) -> None:
    """Tick until a client sees the end of its connection, by end of file or by reset."""
    host.until(lambda: peer.closed is not None, server, what=f"the end of the connection of {peer.name}")


def ask(
    host: Host, server: HostObject, data: bytes = PLAIN, method: str = "GET", *, needs: str = "http-request.get"
) -> HttpAnswer:
    """A client of its own that sends a request and gets an answer; the client is dismissed."""
    peer = client_of(host, server, needs=needs)
    peer.send(data)
    answer = await_answer(host, server, peer, method)
    host.dismiss(peer)
    return answer


def still_serves(host: Host, server: HostObject) -> None:
    """Expect a new client of a server that answers by itself to be served: it is in order.

    What was done to it before is what this is about: that it cannot be reached any more is no fault of the setup.
    """
    answer = ask(host, server, needs="")
    expect.equal(answer.status, 200, "the status of the answer to a further client")
    expect.same_bytes(answer.body, GREETING, "the body of the answer to a further client")


def respond(
    server: HostObject, exchange: int, status: int = 200, headers: bytes = b"", body: bytes = GREETING, repeat: int = 1
) -> None:
    """Answer a request, which has to be true."""
    outcome = server.call("respond", exchange, status, headers, body, repeat)
    expect.returns(outcome, True, f"respond to exchange {exchange}, which waits for its answer")


def expect_no_answer(server: HostObject, exchange: int, what: str, body: bytes = b"once more") -> None:
    """Expect respond to refuse or to be false."""
    outcome = server.call("respond", exchange, 200, b"", body, 1)
    expect.one_of(outcome, ("false", "refused"), what)


def drip(host: Host, server: HostObject, peer: Peer, data: bytes) -> None:
    """Send byte by byte, a tick for each, until all is sent, an answer is there, or the connection has ended."""
    host.drip(peer, data, server, lambda: bool(final_bytes(peer)))


def pour(host: Host, server: HostObject, peer: Peer, data: bytes) -> bool:
    """Send much and tick until the system has taken it all; whether it has, before the server stopped taking it."""
    peer.send(data)
    while peer.unsent and peer.closed is None:
        before = peer.unsent

        def moved(before: int = before) -> bool:
            return peer.unsent < before or peer.closed is not None

        # The system takes more when much of what it holds has been read.
        many.work_off(host, server, moved, _HELD_BY_THE_SYSTEM)
        try:
            host.until(moved, server, what="a byte taken")
        except expect.Mismatch:
            return False
    return not peer.unsent


_HELD_BY_THE_SYSTEM = 1 << 20


# What clients have received, for messages.
def _received(host: Host) -> str:
    told = [f"{peer.name} received {bytes(peer.received[:80])!r}" for peer in host.peers if peer.received]
    return f"; {'; '.join(told)}" if told else ""


def _told(peer: Peer, methods: Sequence[str]) -> str:
    answers = answers_at(peer, methods)
    said = ", ".join(str(answer.status) for answer in answers) or "none"
    rest = rest_of(peer.received, answers)
    behind = f" and {len(rest)} bytes more: {rest[:80]!r}" if rest else ""
    return f"{said}{behind}{f'; then {peer.closed}' if peer.closed else ''}"


def is_open(server: HostObject) -> bool:
    """Whether the server says that it listens."""
    return server.is_open() == Value(True)
