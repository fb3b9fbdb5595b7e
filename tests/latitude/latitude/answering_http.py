"""Variants of how an HTTP server writes its answers: their framing, their fields, and what a host may give."""

from __future__ import annotations

import errno
from collections.abc import Iterable

from dasnet_conformance.proof.faults.sound_http import HttpServer
from dasnet_conformance.proof.faults.sound_http_answer import HttpAnswer, Text
from dasnet_conformance.proof.faults.sound_http_connection import Exchange, HttpConnection
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle
from dasnet_conformance.proof.faults.sound_http_request import Request

from .registry import variant


class _LargeOnesEnd(HttpConnection):
    def answer(self, exchange: Exchange, status: int, fields: list[tuple[bytes, bytes]], body: bytes) -> None:
        """The last one, if it is large."""
        if len(body) > LargeAnswersEndTheConnection.LARGE:
            fields = [*fields, (b"Connection", b"close")]
        super().answer(exchange, status, fields, body)


@variant("the framing of an answer", also=(_LargeOnesEnd,))
class LargeAnswersEndTheConnection(HttpAnswer):
    """Tells the end of a large answer by the end of its connection, as if it came from a program that does not know its
    length, and says close."""

    LARGE = 10_000

    def framing_lines(self, status: int, body: bytes) -> list[bytes]:
        """Nothing, for such a one."""
        return [] if len(body) > self.LARGE else super().framing_lines(status, body)


@variant("how many requests a connection has")
class TheThirdAnswerCloses(HttpConnection):
    """Ends each connection with its third answer, and says close there: a server may set such a limit (RFC 9112,
    section 9.3)."""

    MOST = 3
    answered = 0

    def is_last(self, exchange: Exchange, fields: list[tuple[bytes, bytes]]) -> bool:
        """The third in their order is."""
        place = self.answered + self.exchanges.index(exchange) + 1
        return super().is_last(exchange, fields) or place >= self.MOST

    def release(self) -> None:
        """Counted as they go out."""
        before = len(self.exchanges)
        super().release()
        self.answered += before - len(self.exchanges)


@variant("the form of an answer's fields")
class PlainFields(HttpAnswer):
    """Writes no reason, names in small letters without a space behind the colon, and fields that nobody asked for; each
    of it is free (RFC 9112, sections 4 and 5)."""

    def reason(self, status: int) -> bytes:
        """None."""
        return b""

    def write(
        self,
        status: int,
        fields: list[tuple[bytes, bytes]],
        body: bytes,
        *,
        method: bytes,
        minor: int,
        persistent: bool,
    ) -> bytes:
        """With the head written anew."""
        written = super().write(status, fields, body, method=method, minor=minor, persistent=persistent)
        head, _, content = written.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        pairs = [line.partition(b": ") for line in lines]
        plain = [name.lower() + b":" + value for name, _, value in pairs]
        return b"\r\n".join([first, b"server:plain", *reversed(plain[:1]), *plain[1:], b"vary:*", b"", content])


@variant("what HEAD and 304 say of a length")
class LengthsDiffer(HttpAnswer):
    """Leaves Content-Length out of the answer to HEAD, and says with 304 how long the content would be (RFC 9110,
    section 8.6)."""

    def write(
        self,
        status: int,
        fields: list[tuple[bytes, bytes]],
        body: bytes,
        *,
        method: bytes,
        minor: int,
        persistent: bool,
    ) -> bytes:
        """That line alone is another one."""
        written = super().write(status, fields, body, method=method, minor=minor, persistent=persistent)
        if method == b"HEAD":
            return written.replace(b"Content-Length: %d\r\n" % len(body), b"", 1)
        if status == 304:
            return written.replace(b"\r\n", b"\r\nContent-Length: 12\r\n", 1)
        return written


@variant("an answer that cannot be given")
class RefusesByErrors(HttpHandle):
    """Raises an error for an answer to a request that nobody waits for, where others say false."""

    def unknown_exchange(self, number: int) -> bool:
        """An error."""
        raise LookupError(f"nobody waits for an answer to {number}")


@variant("an answer that HTTP forbids")
class FalseForWhatIsForbidden(HttpServer):
    """Says false to an answer that HTTP forbids, where others raise an error; the request stays open."""

    def respond(self, exchange: int, status: int, headers: Iterable[tuple[Text, Text]], body: bytes) -> bool:
        """False, as for a request that is answered already."""
        try:
            return super().respond(exchange, status, headers, body)
        except ValueError:
            return False


@variant("a body where there can be none, and fields that cannot be")
class DropsWhatIsForbidden(HttpAnswer):
    """Leaves out the body of an answer that has none, and the control characters of a value that is given to it."""

    def check_body(self, status: int, body: bytes) -> None:
        """It is not sent, so it is not looked at."""

    def check_value(self, value: bytes) -> None:
        """Made right below."""

    def check_field(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        """With spaces in their places."""
        clean = bytes(byte if (byte >= 0x20 and byte != 0x7F) or byte == 0x09 else 0x20 for byte in value)
        return super().check_field(name, clean)

    def content(self, method: bytes, status: int, body: bytes) -> bytes:
        """None with these."""
        return b"" if status in (204, 205, 304) else super().content(method, status, body)

    def framing_lines(self, status: int, body: bytes) -> list[bytes]:
        """A length of 0 with 205, which has none, but says so."""
        return super().framing_lines(status, b"" if status == 205 else body)


@variant("framing fields that a host gives")
class RefusesFramingFields(HttpAnswer):
    """Refuses Content-Length, Transfer-Encoding and Connection from a host: they are the server's own."""

    def check_name(self, name: bytes) -> None:
        """Not one of them."""
        super().check_name(name)
        if name.lower() in self.OWN:
            raise ValueError(f"{name!r} is the server's own")


@variant("the answer when a callback raises")
class EndsWhereCallbackRaises(HttpHandle):
    """Ends the connection of a request whose callback raises, without an answer: nobody knows what it had got to."""

    def callback_failed(self, exchange: Exchange) -> None:
        """The end."""
        found = self.pending.pop(exchange.number, None)
        if found is not None:
            found[0].drop()


@variant("answers of the server itself")
class ErrorsHaveBodies(HttpConnection):
    """Gives the answers that it makes by itself a page, and a type."""

    refusing = False

    def refuse(self, status: int, why: str) -> None:
        """By itself."""
        self.refusing = True
        super().refuse(status, why)
        self.refusing = False

    def write(
        self, request: Request, status: int, fields: list[tuple[bytes, bytes]], body: bytes, *, persistent: bool
    ) -> bytes:
        """With a page, if it is its own."""
        if self.refusing:
            fields, body = [*fields, (b"Content-Type", b"text/html")], b"<h1>%d</h1>\r\n\r\n" % status
        return super().write(request, status, fields, body, persistent=persistent)


@variant("an exception in a callback")
class ErrorsOfCallbacksAreTold(HttpHandle):
    """Tells of an exception in the request callback by the error callback, and the tick goes on."""

    def deliver(self, connection: HttpConnection, request: Request) -> bool:
        """Called back; what goes wrong is told."""
        try:
            return super().deliver(connection, request)
        except Exception as error:
            self.tell_error(f"a callback failed: {error}", errno.EIO)
            return self.owner is not None


@variant("answers that nobody asked for")
class HintsBeforeEachAnswer(HttpConnection):
    """Sends a 103 before each answer to a client of HTTP/1.1, also one of its own: a client reads any number of interim
    answers (RFC 9110, section 15.2)."""

    def write(
        self, request: Request, status: int, fields: list[tuple[bytes, bytes]], body: bytes, *, persistent: bool
    ) -> bytes:
        """With a hint, once it is known that the client is none of HTTP/1.0."""
        written = super().write(request, status, fields, body, persistent=persistent)
        hint = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
        return hint + written if request.target and request.minor >= 1 else written


@variant("answers that nobody asked for")
class SaysThatItWorks(HttpConnection):
    """Sends a 102 to a client of HTTP/1.1 as soon as its request has come and nothing before it waits: an interim
    answer tells that the final one takes a while (RFC 9110, section 15.2)."""

    def owe(self, exchange: Exchange) -> None:
        """Said when it is the first, and asked of the host."""
        super().owe(exchange)
        if exchange.number and exchange.request.minor >= 1 and len(self.exchanges) == 1:
            self.outgoing += b"HTTP/1.1 102 Processing\r\n\r\n"


@variant("the head of an answer")
class ShortHeads(HttpAnswer):
    """Refuses an answer with more than sixteen kibibytes of fields, which few clients would take."""

    def check(self, status: int, headers: Iterable[tuple[Text, Text]], body: bytes) -> list[tuple[bytes, bytes]]:
        """All of them, or none."""
        fields = super().check(status, headers, body)
        if sum(len(name) + len(value) + 4 for name, value in fields) > 16_384:
            raise ValueError("the head of the answer is too large")
        return fields


@variant("how an answer writes its length")
class LengthsHaveZeros(HttpAnswer):
    """Writes lengths with eight digits, zeros in front, into a place that was kept for them: a length is a row of
    digits (RFC 9110, section 8.6)."""

    def framing_lines(self, status: int, body: bytes) -> list[bytes]:
        """The same number."""
        lines = super().framing_lines(status, body)
        return [b"Content-Length: %08d" % int(line.rpartition(b" ")[2]) for line in lines]
