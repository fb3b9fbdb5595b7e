"""Faults of section http-client-connection: on which connection a client asks, and whose answer it takes."""

from __future__ import annotations

import socket
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Asked, HttpAsking
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_response import BrokenError, HttpResponse


@fault("http-client-connection.keep-alive", "http-client-connection.says-close")
class KeepsNoConnection(HttpClientHandle):
    """Every request has a connection of its own, and the server is not told."""

    def goes_on(self, asked: Asked, response: HttpResponse) -> bool:  # noqa: ARG002
        return False


@fault("http-client-connection.close")
class CloseIsIgnored(HttpResponse):
    """A connection is used again behind an answer that says close."""

    def keeps(self) -> bool:
        return not self.buffer and not self.ends_with_connection()


@fault("http-client-connection.close")
class CloseInSmallLetters(HttpResponse):
    """The word close is known in small letters, and alone."""

    def keeps(self) -> bool:
        said = self.head.values(b"connection")
        return not self.buffer and not self.ends_with_connection() and said != [b"close"]


@fault("http-client-connection.close-ends")
class LeavesClosedOpen(HttpClientHandle):
    """A connection whose answer says close is forgotten and left open."""

    left: list[socket.socket]

    def respond(self) -> None:
        connection = self.connection
        self.left = [*getattr(self, "left", []), connection.dup()] if connection is not None else []
        super().respond()

    def close(self) -> None:
        super().close()
        for each in getattr(self, "left", []):
            each.close()


@fault("http-client-connection.close-sent")
class OwnCloseIsIgnored(HttpAsking):
    """The client does not know that its program said close."""

    def closes(self, fields: list[tuple[bytes, bytes]]) -> bool:  # noqa: ARG002
        return False


@fault("http-client-connection.extra-bytes")
class ExtraBytesAreKept(HttpClientHandle):
    """What follows an answer is the beginning of the next."""

    rest = b""

    def goes_on(self, asked: Asked, response: HttpResponse) -> bool:
        self.rest = bytes(response.buffer)
        response.buffer.clear()
        return super().goes_on(asked, response)

    def begin(self, asked: Asked) -> None:
        super().begin(asked)
        assert self.response is not None
        if self.rest:
            self.response.feed(self.rest)

    def receive(self) -> bool:
        if self.response is not None and self.response.done:
            self.respond()
            return True
        return super().receive()


@fault("http-client-connection.extra-bytes")
class ExtraBytesAreDropped(HttpResponse):
    """What follows an answer is dropped, and the connection goes on as if nothing had been."""

    def keeps(self) -> bool:
        self.buffer.clear()
        return super().keeps()


@fault("http-client-connection.not-sent-twice")
class AsksAnythingAgain(HttpClientHandle):
    """A request that got no answer is sent again, whatever it is."""

    def may_ask_again(self) -> bool:
        assert self.response is not None
        return not self.response.begun and self.ticks < 200


@fault("http-client-connection.not-sent-twice")
class AsksAgainOnKept(HttpClientHandle):
    """A POST on a connection that was kept is sent again where that ends."""

    def may_ask_again(self) -> bool:
        assert self.response is not None
        return self.used and not self.response.begun


@fault("http-client-connection.not-sent-twice")
class AsksPatchAgainOnKept(HttpClientHandle):
    """POST is the one method that is not sent again on another connection."""

    def may_ask_again(self) -> bool:
        assert self.current is not None
        assert self.response is not None
        return self.used and not self.response.begun and self.current.method != b"POST"


@fault("http-client-connection.not-sent-twice")
class AsksAgainAfterReset(HttpClientHandle):
    """A reset of a connection that was kept makes the client send anything again."""

    def receive(self) -> bool:
        try:
            return super().receive()
        except ConnectionResetError:
            if not self.used:
                raise
            return self.ask_again()


@fault("http-client-connection.retry-once")
class AsksForEver(HttpClientHandle):
    """A GET is sent again as often as the server leaves without an answer."""

    def may_ask_again(self) -> bool:
        assert self.current is not None
        assert self.response is not None
        return self.current.method == b"GET" and not self.response.begun


@fault("http-client-connection.order")
class LastAskedFirst(HttpClientHandle):
    """Of the requests that wait the newest goes out first."""

    def begin(self, asked: Asked) -> None:
        if self.queue and self.current is None:
            self.queue.appendleft(asked)
            asked = self.queue.pop()
        super().begin(asked)


@fault("http-client-connection.order")
class AnswersAreToldBackwards(HttpClientHandle):
    """Outcomes are told two at a time, the later first."""

    def tell_all(self) -> None:
        if self.outcomes and self.last > 3 and len(self.outcomes) == 1 and (self.queue or self.current):
            return
        self.outcomes.reverse()
        super().tell_all()


@fault("http-client-connection.after-failure")
class FailureEndsAll(HttpClientHandle):
    """After a failure the client asks nothing any more."""

    failed = False

    def fail(self, asked: Asked, message: str, code: int) -> None:
        self.failed = True
        super().fail(asked, message, code)

    def go_on(self) -> bool:
        return not self.failed and super().go_on()


@fault("http-client-connection.after-failure")
class BrokenConnectionIsKept(HttpClientHandle):
    """After an answer that was none the connection is used again."""

    def turn(self) -> None:
        for _ in range(40):
            try:
                if not self.go_on():
                    return
            except BrokenError as broken:
                asked, self.current = self.current, None
                if asked is not None:
                    self.fail(asked, broken.why, broken.code)
                self.outgoing.clear()
            except OSError as error:
                self.fail_current(str(error), error.errno or 5)


@fault("http-client-connection.early-answer")
class ReadsWhenAllIsSent(HttpClientHandle):
    """An answer is read when the whole request is out."""

    def receive(self) -> bool:
        return False if self.outgoing else super().receive()


@fault("http-client-connection.early-body-whole")
class EarlyAnswerStopsTheBody(HttpClientHandle):
    """Behind an early answer the rest of the body is left out, and the next request sent on the connection."""

    def goes_on(self, asked: Asked, response: HttpResponse) -> bool:
        self.outgoing.clear()
        return super().goes_on(asked, response)


@fault("http-client-connection.refused")
class RefusalIsNotNoticed(HttpClientHandle):
    """A connection that is refused is waited for without end."""

    def has_answered(self, connection: socket.socket) -> bool:
        try:
            connection.getpeername()
        except OSError:
            return False
        return True


@fault("http-client-connection.refused")
class RefusedWithCodeZero(HttpClientHandle):
    """A refused connection is a failure with the code 0."""

    def fail(self, asked: Asked, message: str, code: int) -> None:
        super().fail(asked, message, 0 if self.connection is None else code)


@fault("http-client-connection.refused")
class RefusedOnceIsRefusedForEver(HttpClientHandle):
    """After a refused connection all requests fail twice."""

    def fail(self, asked: Asked, message: str, code: int) -> None:
        super().fail(asked, message, code)
        if self.last > 1:
            super().fail(asked, message, code)


@fault("http-client-connection.by-name")
class LiteralsOnly(HttpClientHandle):
    """A name is not looked up."""

    def look_up(self, host: str, port: int) -> list[tuple[int, Any]]:
        return super().look_up(host, port) if host[:1].isdigit() or ":" in host else []


@fault("http-client-connection.by-name")
class FirstAddressOnly(HttpClientHandle):
    """Of several addresses of a name the last is tried, and no other."""

    def look_up(self, host: str, port: int) -> list[tuple[int, Any]]:
        found = super().look_up(host, port)
        return [(socket.AF_INET6, ("::1", port, 0, 0))] if host == "localhost" else found


@fault("http-client-connection.by-name")
class HostIsTheAddress(HttpAsking):
    """Host has the address that a name was found to have."""

    def host_of(self, host: str, port: int) -> bytes:
        return super().host_of("127.0.0.1" if host == "localhost" else host, port)


@fault("http-client-connection.ipv-six")
class OlderProtocolOnly(HttpClientHandle):
    """Addresses of IPv6 are not known."""

    def look_up(self, host: str, port: int) -> list[tuple[int, Any]]:
        return [each for each in super().look_up(host, port) if each[0] == socket.AF_INET]


@fault("http-client-connection.ipv-six")
class NoBrackets(HttpAsking):
    """Host has an address of IPv6 without brackets."""

    def host_of(self, host: str, port: int) -> bytes:
        return super().host_of(host, port).replace(b"[", b"").replace(b"]", b"")


@fault("http-client-connection.no-leak")
class EndedConnectionsStay(HttpClientHandle):
    """A connection that the server has ended is forgotten, and its descriptor stays."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.forgotten: list[socket.socket] = []

    def retire(self) -> None:
        if self.connection is not None and self.server is not None:
            self.forgotten.append(self.connection.dup())
        super().retire()

    def close(self) -> None:
        super().close()
        while self.forgotten:
            self.forgotten.pop().close()


@fault("http-client-connection.close")
class ConnectionInItsUsualCase(HttpResponse):
    """The field Connection is known as it is usually written."""

    def keeps(self) -> bool:
        self.head.fields = [pair for pair in self.head.fields if pair[0] != b"connection"]
        return super().keeps()


@fault("http-client-connection.close")
class FirstConnectionCounts(HttpResponse):
    """Of several fields Connection the first counts."""

    def keeps(self) -> bool:
        first = self.head.values(b"connection")[:1]
        others = [pair for pair in self.head.fields if pair[0].lower() != b"connection"]
        self.head.fields = others + [(b"Connection", value) for value in first]
        return super().keeps()


@fault("http-client-connection.server-slow-to-read")
class UnsentIsLost(HttpClientHandle):
    """What the system does not take at once is lost."""

    def flush(self) -> None:
        super().flush()
        self.outgoing.clear()
