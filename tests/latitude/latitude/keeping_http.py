"""Variants of HTTP clients: which connections there are, how many requests wait, and what a reload meets."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from dasnet_conformance.proof.faults.sound_http_asking import Asked, Fields, HttpAsking
from dasnet_conformance.proof.faults.sound_http_client import HttpClient
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_fields import Text
from dasnet_conformance.proof.faults.sound_http_response import HttpResponse

from .registry import variant


@variant("a second adapter of an HTTP client", shows={"http-client-outcome.adapter-again": "refused"})
class HttpClientAdapterOnce(HttpClient):
    """Raises an error when an object that has an adapter makes another one: so no request is lost unasked."""

    def make_http_client_adapter(self) -> None:
        """Once."""
        if self._client is not None:
            raise ValueError("there is an adapter already")
        super().make_http_client_adapter()


@variant("init of an HTTP client that is open", shows={"http-client-outcome.init-again-open": "moves"})
class HttpInitMoves(HttpClientHandle):
    """A second init moves to the other server, as if close had come before it: what was asked fails, and is told."""

    def init(self, host: str, port: int) -> bool:
        """The last word counts."""
        if self.server is not None and self.port_exists(port):
            self.finish()
        return super().init(host, port)


@variant("how a request that says close ends")
class HalfClosesBehindClose(HttpClientHandle):
    """Shuts down writing behind a request that says close: nothing follows, and the answer can be read all the same."""

    def flush(self) -> None:
        """Then the server sees the end, and still has to answer."""
        going_out = bool(self.outgoing)
        super().flush()
        last = self.current is not None and self.current.closes
        if last and going_out and not self.outgoing and self.connection is not None:
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_WR)


@variant(
    "restoring an HTTP client into an object that has a handle",
    shows={"http-client-reload.into-occupied": "refused"},
)
class HttpRestoreNeedsEmptyObject(HttpClient):
    """Raises an error for a restore into an object that has a handle, so that no request is lost: both keep theirs."""

    def restore(self, shared_orphan: Any) -> None:
        """Into one without."""
        if self._client is not None:
            raise ValueError("the object has a handle")
        super().restore(shared_orphan)


@variant("what a handle had asked that another one takes the place of")
class ReplacedRequestsFail(HttpClient):
    """Tells the failures of what a replaced handle had been asked: an accepted request has an outcome, if it can be."""

    def replace(self, handle: HttpClientHandle) -> None:
        """In the next tick of the other one."""
        earlier, self._client = self._client, handle
        if earlier is not None:
            earlier.finish()
            handle.outcomes.extendleft(reversed(earlier.outcomes))
            earlier.close()


@variant(
    "saving into an orphan that holds an HTTP client",
    shows={"http-client-reload.into-full-orphan": "none"},
)
class HttpSaveReplaces(HttpClient):
    """Puts the handle in the place of the one that the orphan holds, and ends that: nobody owns it any more."""

    def save(self, shared_orphan: Any) -> None:
        """What was there goes."""
        if self._client is not None and shared_orphan.server is not None:
            shared_orphan.server.close()
            shared_orphan.server = None
        super().save(shared_orphan)


@variant("how many requests may wait")
class SixteenMayWait(HttpClientHandle):
    """Refuses a request where sixteen wait, and says so: nobody promises how many a client keeps."""

    def request(self, *arguments: Any) -> int:
        """While there is room."""
        if len(self.queue) >= 16:
            return self.refuse("too many requests wait", errno.ENOBUFS)
        return super().request(*arguments)


@variant("bodies that are refused")
class RefusesSomeBodies(HttpAsking):
    """Refuses a body with GET, and one of more than 20 million bytes, and says so: nothing of them is sent."""

    def write(self, method: Any, target: Any, headers: Any, body: bytes, host: str, port: int) -> Any:
        """Others are as good as ever."""
        if len(body) > 20_000_000 or (body and method == "GET"):
            raise ValueError("no such body is sent")
        return super().write(method, target, headers, body, host, port)


@variant("what a target may be")
class TakesWholeUris(HttpAsking):
    """Takes a whole URI of the server, or a fragment, and asks for path and query alone, as RFC 9112, section 3.2.1
    wants.
    """

    def write(
        self, method: Text, target: Text, headers: Iterable[tuple[Text, Text]], body: bytes, host: str, port: int
    ) -> tuple[bytes, bytes, bool]:
        """What another server has is not asked for here."""
        scheme, _, rest = self.to_bytes(target).partition(b"://")
        if scheme.lower() == b"http" and rest.partition(b"/")[0] != self.host_of(host, port):
            raise ValueError(f"{target!r} is another server's")
        return super().write(method, target, headers, body, host, port)

    def target_of(self, target: bytes) -> bytes:
        """Without scheme and authority, and without the fragment."""
        target = target.partition(b"#")[0]
        if target[:7].lower() == b"http://":
            target = b"/" + target[7:].partition(b"/")[2]
        return super().target_of(target)


@variant("what a client says of itself")
class SaysMore(HttpAsking):
    """Says by itself who it is, what it accepts, that it keeps connections, that it speaks another protocol as well,
    and how its log calls the request, but where the program says it.
    """

    MORE: Fields = [  # noqa: RUF012
        (b"User-Agent", b"port/1"),
        (b"Accept", b"*/*"),
        (b"Content-Type", b"application/octet-stream"),
        (b"X-Request-Id", b"1"),
        (b"TE", b"trailers"),
        (b"Upgrade", b"h2c"),
        (b"Connection", b"keep-alive, TE, Upgrade"),
    ]

    def field_lines(self, fields: Fields) -> list[bytes]:
        """Behind those of the program."""
        names = {name.lower() for name, _ in fields}
        skipped = {*names, b"te", b"upgrade"} if b"connection" in names else names
        more = [name + b": " + value for name, value in self.MORE if name.lower() not in skipped]
        return super().field_lines(fields) + more


@variant("fields as they are handed over")
class FieldsAreSorted(HttpClientHandle):
    """Hands fields over by name, without those of the connection: lines of one name keep their order."""

    def outcome_of(self, asked: Asked, response: HttpResponse) -> tuple[Any, ...]:
        """Those that are of the connection alone are done with."""
        name, number, status, reason, fields, body = super().outcome_of(asked, response)
        done = (b"connection", b"transfer-encoding", b"keep-alive")
        kept = [pair for pair in fields if pair[0].lower() not in done]
        return (name, number, status, reason, sorted(kept, key=lambda pair: pair[0].lower()), body)


@variant("requests that wait where a connection fails")
class FailureIsForAll(HttpClientHandle):
    """Where nobody listens it fails all requests that wait, and not one by one: they would find nobody either."""

    def fail_current(self, message: str, code: int) -> None:
        """Each once."""
        super().fail_current(message, code)
        while code == errno.ECONNREFUSED and self.queue:
            self.fail(self.queue.popleft(), message, code)


@variant("a connection that nobody uses")
class EndsIdleConnections(HttpClientHandle):
    """Ends a connection on which nothing was asked for sixty ticks: RFC 9112, section 9.5 lets either side do that."""

    idle = 0

    def watch_idle(self) -> None:
        """Ticks in a row without a request."""
        self.idle = 0 if self.queue else self.idle + 1
        if self.idle > 60:
            self.retire()
        super().watch_idle()


@variant("a connection ahead of the next request")
class KeepsSpareConnection(HttpClientHandle):
    """Has a second connection made while it asks on the first, as browsers do, and uses it when that has ended."""

    spare: socket.socket | None = None

    def flush(self) -> None:
        """One ahead, once the first is made."""
        if self.spare is None and self.server is not None:
            family, address = self.look_up(*self.server)[0]
            self.spare = socket.socket(family, socket.SOCK_STREAM)
            self.spare.setblocking(False)
            self.spare.connect_ex(address)
        super().flush()

    def try_next(self, failure: OSError) -> None:
        """The spare one first."""
        if self.spare is None:
            super().try_next(failure)
            return
        self.connection, self.connecting, self.spare = self.spare, True, None

    def finish(self) -> None:
        """It has no use any more."""
        if self.spare is not None:
            self.spare.close()
            self.spare = None
        super().finish()


@variant("an idle connection that the server ended")
class ConnectsAgainAtOnce(HttpClientHandle):
    """Makes another in the tick that notices it, as a pool does, so that the next request finds one."""

    def watch_idle(self) -> None:
        """One for one."""
        kept = self.connection is not None and not self.connecting
        super().watch_idle()
        if kept and self.connection is None and self.server is not None:
            self.addresses = self.look_up(*self.server)
            self.try_next(OSError(errno.EADDRNOTAVAIL, "no address"))
        if self.connecting and self.current is None:
            self.go_on_connecting()


@variant("an answer that says to come again")
class AsksAgainBehindTimeout(HttpClientHandle):
    """Sends a GET once more on another connection where the answer is 408: RFC 9110, section 15.5.9 allows that."""

    again = 0

    def respond(self) -> None:
        """Once."""
        assert self.current is not None
        assert self.response is not None
        asked = self.current
        if self.response.head.status == 408 and asked.method == b"GET" and self.again != asked.number:
            self.again = asked.number
            self.retire()
            self.begin(asked)
            return
        super().respond()


@variant("how a request goes out")
class SendsLittle(HttpClientHandle):
    """Sends 512 bytes in a tick, or an eighth of what is left: the server waits for the end of a request anyway."""

    def flush(self) -> None:
        """One piece."""
        assert self.connection is not None
        if not self.outgoing:
            return
        try:
            count = self.connection.send(self.outgoing[: max(512, len(self.outgoing) // 8)])
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.outgoing.clear()
            self.used = False
            return
        del self.outgoing[:count]
        self.moved = self.ticks
