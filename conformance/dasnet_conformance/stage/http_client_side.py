"""An HTTP client under test and the server that it asks: the states that the checks of `http-client` begin with.

As of `Host`, a mismatch on the way is laid to the requirement that it belongs to. It knows the host, its listeners and
the reader of requests.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

from dasnet_adapters.contract import CLASS_HTTP_CLIENT, Event, Outcome, Refusal, Unsupported, Value

from . import expect, many
from .host import Host
from .host_object import HostObject
from .listener import LOOPBACK, Kind, Listener, listen
from .peer import Peer
from .request_reader import HttpRequest, RequestsSoFar, expects_continue

#: What a large body is made of.
PIECE = b"0123456789abcdef"

#: The body of an answer that nothing is special about.
REPLY = b"a reply\r\n"


@dataclass(frozen=True)
class ClientLimits:
    """The limits of a client, 0 where it is to have its own: bytes of head and body, ticks."""

    head: int = 0
    body: int = 0
    stall: int = 0
    deadline: int = 0


def answer_of(body: bytes = REPLY, *fields: str, status: str = "200 OK", version: str = "HTTP/1.1") -> bytes:
    """An answer with a Content-Length, and with these fields."""
    lines = [f"{version} {status}", *fields, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def chunked_answer_of(*parts: bytes) -> bytes:
    """An answer in chunks."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def made_client(host: Host, class_number: int = CLASS_HTTP_CLIENT, limits: ClientLimits | None = None) -> HostObject:
    """An HTTP client with a handle that asks nobody yet.

    A driver that knows no limits is given none, which is for checks to ask.
    """
    if limits is None:
        client = host.new(class_number, needs="http-client-request.get")
    else:
        client = limited_client(host, limits, class_number)
    with expect.needing("http-client-request.get"):
        expect.one_of(client.adapter(), ("none", "true"), "making the adapter of an HTTP client")
    return client


def limited_client(host: Host, limits: ClientLimits, class_number: int = CLASS_HTTP_CLIENT) -> HostObject:
    """An HTTP client with these limits and without a handle. Raises `Moot` where the driver knows no limits."""
    made = host.reserve()
    numbers = (limits.head, limits.body, limits.stall, limits.deadline)
    outcome = host.call("http_client_new", made.number, class_number, *numbers, tolerate_unsupported=True)
    if isinstance(outcome, Unsupported):
        raise expect.Moot("the driver makes no HTTP client with limits")
    expect.returns(outcome, None, "making an HTTP client with limits")
    return made


class Site:
    """The server that a client under test asks: a listener of the suite, and who has connected to it.

    Every request has a target of its own, by which it is found on whatever connection it came.
    """

    def __init__(self, host: Host, client: HostObject, listener: Listener) -> None:
        self.host = host
        self.client = client
        self.listener = listener
        #: Who has connected, in order; those who left among them.
        self.peers: list[Peer] = []
        #: Whether who waits for a word before it sends a body is told to go on.
        self.invites = True
        #: Where on its connection the last request begins whose client was told to go on.
        self._told_to_go_on: dict[Peer, int] = {}
        self._finished: set[Peer] = set()
        # Read after each tick: a connection may bring a thousand.
        self._requests: dict[Peer, RequestsSoFar] = {}

    def look(self) -> None:
        """Take whoever has connected, and tell who waits for a word before it sends a body to go on."""
        while (peer := self.listener.take()) is not None:
            self.peers.append(peer)
        for peer in self.peers if self.invites else ():
            place = self._requests.setdefault(peer, RequestsSoFar()).size
            if self._told_to_go_on.get(peer) != place and expects_continue(peer.received, place):
                self._told_to_go_on[peer] = place
                if peer.closed is None:
                    peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def finish(self, peer: Peer) -> None:
        """Answer nothing more on a connection: what was sent there in advance has to come again on another."""
        self._finished.add(peer)

    def forget(self, peer: Peer) -> None:
        """What has come on a connection is done with: what comes next is read as if it were the first."""
        peer.received.clear()
        self._requests.pop(peer, None)
        self._told_to_go_on.pop(peer, None)

    def find(self, target: str) -> tuple[Peer, HttpRequest] | None:
        """The first whole request for a target that is to be answered, and who sent it.

        A client that has shut down writing behind a request that says close may well wait for its answer.
        """
        self.look()
        for peer in sorted(self.peers, key=lambda each: each.closed is not None):
            if peer in self._finished or peer.closed == "reset":
                continue
            for request in self.requests_at(peer):
                if request.target == target and (request.closes or peer.closed is None):
                    peer.answers_behind_end = request.closes
                    return peer, request
        return None

    def times(self, target: str) -> int:
        """How often that was asked for, on all connections."""
        self.look()
        return sum(request.target == target for peer in self.peers for request in self.requests_at(peer))

    def requests_at(self, peer: Peer) -> list[HttpRequest]:
        """The whole requests that came on one connection. Raises `Mismatch` for bytes that are none."""
        return self._requests.setdefault(peer, RequestsSoFar()).read(peer.received)

    def await_request(self, target: str = "/", *, needs: str = "http-client-request.get") -> tuple[Peer, HttpRequest]:
        """Tick until the request for a target is whole; `needs` is what a missing one is laid to, or nothing."""
        # Kept as it was found: another look may find its connection reset since.
        found: list[tuple[Peer, HttpRequest]] = []

        def came() -> bool:
            found.extend(filter(None, [self.find(target)]))
            return bool(found)

        with expect.needing(needs) if needs else nullcontext():
            self.host.until(came, self.client, what=f"a request for {target} at the server", got=self.told)
        return found[0]

    def await_peer(self, count: int = 1, *, needs: str = "http-client-request.get") -> Peer:
        """Tick until so many connections were made in all; the last of them."""

        def came() -> bool:
            self.look()
            return len(self.peers) >= count

        with expect.needing(needs) if needs else nullcontext():
            self.host.until(came, self.client, what=f"connection {count} of the client")
        return self.peers[count - 1]

    def told(self) -> str:
        """What has come, in words."""
        came = [f"{peer.name} received {bytes(peer.received[:120])!r}" for peer in self.peers]
        outcomes = [spell_outcome(event) for event in outcomes_of(self.client)]
        return "; ".join([*came, *outcomes]) or "no connection"


def site_of(host: Host, client: HostObject, kind: Kind = "listen", address: str = LOOPBACK) -> Site:
    """Tell a client whom to ask: a listener of the suite's own."""
    site = Site(host, client, listen(host, kind, address))
    with expect.needing("http-client-request.get"):
        outcome = init(client, site.listener)
        expect.returns(outcome, True, f"http_init for port {site.listener.port}, where somebody listens")
    return site


def init(client: HostObject, listener: Listener) -> Outcome:
    """HttpClient.init for a listener, by its address."""
    return client.call("http_init", listener.address, listener.port)


def asking(host: Host, class_number: int = CLASS_HTTP_CLIENT, limits: ClientLimits | None = None) -> Site:
    """A client that was told whom to ask."""
    return site_of(host, made_client(host, class_number, limits))


def request(
    client: HostObject,
    target: str = "/",
    method: str = "GET",
    headers: bytes = b"",
    body: bytes = b"",
    repeat: int = 1,
) -> Outcome:
    """HttpClient.request."""
    return client.call("request", method, target, headers, body, repeat)


def ask(
    client: HostObject,
    target: str = "/",
    method: str = "GET",
    headers: bytes = b"",
    body: bytes = b"",
    repeat: int = 1,
) -> int:
    """Ask for something, which has to be accepted; the number of the exchange."""
    outcome = request(client, target, method, headers, body, repeat)
    return accepted(outcome, f"request {method} {target}")


def accepted(outcome: Outcome, what: str) -> int:
    """Expect a number above 0, and return it."""
    number = outcome.value if isinstance(outcome, Value) else None
    if number is None or isinstance(number, bool) or number < 1:
        raise expect.Mismatch(what, "a number above 0", expect.spell(outcome))
    return number


def is_refused(outcome: Outcome) -> bool:
    """Whether a request was turned down: 0, which is a number and no boolean, or an error."""
    if isinstance(outcome, Refusal):
        return True
    return outcome == Value(0) and not isinstance(getattr(outcome, "value", None), bool)


def asked(
    site: Site, target: str = "/", method: str = "GET", body: bytes = b"", *, needs: str = "http-client-request.get"
) -> tuple[int, Peer]:
    """Ask for something and tick until the request is at the server: its number, and the connection that it is on.

    Arguments: `needs`, what it is laid to when that does not come about, or nothing.
    """
    with expect.needing(needs) if needs else nullcontext():
        number = ask(site.client, target, method, body=body)
    return number, site.await_request(target, needs=needs)[0]


def unread_upload(
    site: Site, size: int, method: str = "POST", *, needs: str = "http-client-request.get"
) -> tuple[int, Peer]:
    """Ask for `/upload` with a body of so many bytes, of which the server reads nothing yet: number and connection.

    Arguments: `needs`, what a missing connection is laid to, or nothing.
    """
    number = ask(site.client, "/upload", method, body=PIECE, repeat=size // len(PIECE))
    peer = site.await_peer(needs=needs)
    peer.pause_reading()
    site.host.settle(site.client)
    return number, peer


def reloaded(site: Site, fresh: HostObject | None = None) -> HostObject:
    """Move the client's handle into another object, which is the one of the site from now on; a new one if not given.

    Returns the object that had it.
    """
    old = site.client
    if fresh is None:
        fresh = site.host.new(CLASS_HTTP_CLIENT)
    expect.returns(old.save(), None, "save")
    expect.returns(fresh.restore(), None, "restore")
    site.client = fresh
    return old


def outcomes_of(client: HostObject) -> list[Event]:
    """The outcomes of requests that were called back, in order."""
    return [fired.event for fired in client.fired if fired.event.what in ("response", "failure")]


def outcome_of(client: HostObject, number: int) -> Event | None:
    """The outcome of one exchange, None while there is none."""
    return client.outcomes.get(number)


def await_outcome(host: Host, client: HostObject, number: int, *, needs: str = "", size: int = 0) -> Event:
    """Tick until an exchange has its outcome.

    Arguments: `needs`, what a missing one is laid to, or nothing; `size`, the bytes that have to be read beforehand,
    where they are many.
    """
    many.work_off(host, client, lambda: outcome_of(client, number) is not None, size)
    with expect.needing(needs) if needs else nullcontext():
        host.until(
            lambda: outcome_of(client, number) is not None,
            client,
            what=f"the outcome of exchange {number}",
            got=lambda: "; ".join(map(spell_outcome, outcomes_of(client))) or "no outcome",
        )
    event = outcome_of(client, number)
    assert event is not None
    return event


def await_response(host: Host, client: HostObject, number: int, *, needs: str = "", size: int = 0) -> Event:
    """Tick until an exchange has its outcome, which has to be a response; as of `await_outcome`."""
    event = await_outcome(host, client, number, needs=needs, size=size)
    with expect.needing(needs) if needs else nullcontext():
        expect.that(
            event.what == "response",
            f"the outcome of exchange {number}",
            expected="a response",
            got=spell_outcome(event),
        )
    return event


def await_failure(host: Host, client: HostObject, number: int, *, size: int = 0) -> Event:
    """Tick until an exchange has its outcome, which has to be a failure; `size` is that of `await_outcome`."""
    event = await_outcome(host, client, number, size=size)
    expect.that(
        event.what == "failure", f"the outcome of exchange {number}", expected="a failure", got=spell_outcome(event)
    )
    return event


def says_close(site: Site, target: str) -> bool:
    """Whether the request for a target said that nothing follows on its connection."""
    options = (
        b",".join(request.values("connection")).lower()
        for peer in site.peers
        for request in site.requests_at(peer)
        if request.target == target
    )
    return any(b"close" in each for each in options)


def spell_outcome(event: Event) -> str:
    """An outcome in words, for messages."""
    if event.what == "response":
        return f"a response {event.status} to exchange {event.exchange} with {len(event.data)} bytes"
    return f"a failure of exchange {event.exchange} ({event.code}: {event.message})"


def fields_of(event: Event) -> list[tuple[str, bytes]]:
    """The fields of a response that was called back: names in lower case, and values."""
    pairs = (line.partition(b": ") for line in event.headers.split(b"\r\n")[:-1])
    return [(name.decode("latin-1").lower(), value) for name, _, value in pairs]


def talk(site: Site, target: str, *, needs: str = "") -> Peer:
    """Ask for something, answer it, and expect that answer as the outcome; the connection that it was on."""
    with expect.needing(needs) if needs else nullcontext():
        number = ask(site.client, target)
        peer, _ = site.await_request(target, needs=needs)
        body = f"for {target}".encode()
        peer.send(answer_of(body))
        event = await_response(site.host, site.client, number)
        expect.equal(event.status, 200, f"the status of the response to {target}")
        expect.same_bytes(event.data, body, f"the body of the response to {target}")
    return peer


def expect_no_more(host: Host, client: HostObject, count: int) -> None:
    """Expect so many outcomes and, whatever ticks follow, no more."""
    host.settle(client)
    came = outcomes_of(client)
    expect.that(
        len(came) == count,
        "outcomes that were called back",
        expected=str(count),
        got=f"{len(came)}: {'; '.join(map(spell_outcome, came))}",
    )


def drip(site: Site, peer: Peer, data: bytes, over: Callable[[], bool] = lambda: False) -> None:
    """Send byte by byte, a tick for each, until all is sent, the client has left, or it is `over`."""
    site.host.drip(peer, data, site.client, over)
