"""Variants of HTTP servers: what RFC 9110 and RFC 9112 leave open, and how an answer may look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dasnet_conformance.proof.faults.sound_http_answer import HttpAnswer
from dasnet_conformance.proof.faults.sound_http_connection import HttpConnection
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Refused, Request

from .registry import variant

_KNOWN = (b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS")


@variant("a method that nobody knows", shows={"http-request.method-unknown": "rejected"})
class KnowsSixMethods(HttpParser):
    """Answers 501 to a method beyond six: a server need not have more (RFC 9110, 9.1)."""

    def check_method(self, method: bytes) -> None:
        """One of six."""
        super().check_method(method)
        if method not in _KNOWN:
            raise Refused(501, "no such method here")


@variant("white space in a request line", shows={"http-request.line-spaces": "served"})
class WordsApartByWhiteSpace(HttpParser):
    """Splits a request line at any white space, which RFC 9112, section 3 allows; four words are still too many."""

    def split_request_line(self, line: bytes) -> tuple[bytes, bytes, bytes]:
        """Three words, whatever is between them."""
        words = line.split()
        if len(words) != 3:
            raise Refused(400, "the request line is not method, target and version")
        return words[0], words[1], words[2]


@variant("a line that LF alone ends", shows={"http-request.bare-lf": "served"})
class LineFeedEndsLine(HttpParser):
    """Takes LF alone for a line end in a head, as RFC 9112, section 2.2 allows; not in the framing of a body."""

    def bare_line_feed(self, line: bytes) -> bytes:
        """The line without it, in a head."""
        if self.head_complete:
            return super().bare_line_feed(line)
        return line.removesuffix(b"\n")


@variant("HTTP/1.0 without a Host", shows={"http-request.host-old-version": "rejected"})
class OldVersionNeedsHost(HttpParser):
    """Answers 400 to HTTP/1.0 without a Host field: several names may share its address."""

    def check_hosts(self, request: Request) -> None:
        """One, in any version."""
        if not request.values(b"host"):
            self.host_missing()
        super().check_hosts(request)


@variant("equal values of Content-Length", shows={"http-framing.length-same": "served"})
class EqualLengthsAreOne(HttpParser):
    """Takes equal values of Content-Length for one, as RFC 9110, section 8.6 allows."""

    def length_of(self, values: list[bytes]) -> int:
        """The one that they all are."""
        several = {value.strip(b" \t") for line in values for value in line.split(b",")}
        return self.length_number(several.pop()) if len(several) == 1 else self.lengths_differ(values)


@variant("a Content-Length with leading zeros", shows={"http-framing.length-leading-zero": "rejected"})
class NoLeadingZeros(HttpParser):
    """Answers 400 to a Content-Length with leading zeros: hardly an honest client writes one."""

    def length_number(self, value: bytes) -> int:
        """Digits, of which a further one does not follow a zero."""
        if value[:1] == b"0" and len(value) > 1:
            raise Refused(400, "a Content-Length that begins with zero")
        return super().length_number(value)


@variant("100 for a body that is there", shows={"http-connection.expect-body-there": "with 100"})
class AlwaysInvites(HttpConnection):
    """Sends 100 to whoever expects it, also when the body is there already."""

    def complete(self, deliver: Callable[[HttpConnection, Request], bool]) -> bool:
        """Before the request is called back."""
        if self.parser.request.expects and not self.continued:
            self.outgoing += self.answers.CONTINUE
        return super().complete(deliver)


@variant("an expectation that nobody knows", shows={"http-connection.expect-unknown": "ignored"})
class IgnoresExpectations(HttpParser):
    """Ignores an expectation that it does not know, as RFC 9110, section 10.1.1 allows."""

    def unknown_expectation(self) -> None:
        """None of its business."""


@variant("a folded field")
class Unfolds(HttpParser):
    """Joins a field that goes on in the next line by a space, as RFC 9112, section 5.2 allows; not before the first."""

    def folded(self, request: Request, line: bytes) -> None:
        """The value goes on."""
        if not request.fields:
            raise Refused(400, "white space before the first field")
        name, value = request.fields.pop()
        self.check_value(line.strip(b" \t"))
        request.fields.append((name, (value + b" " + line.strip(b" \t")).strip()))


@variant("Transfer-Encoding beside Content-Length")
class CodingGoesFirst(HttpParser):
    """Reads a body with both by its chunks, and ends the connection behind the answer (RFC 9112, 6.1)."""

    def both(self, request: Request) -> None:
        """The last one on its connection."""
        request.persistent = False


@variant("the names of fields")
class NamesInSmallLetters(HttpHandle):
    """Hands names over in small letters: their case has no meaning."""

    def tell_request(self, number: int, request: Request) -> None:
        """With other letters."""
        request.fields = [(name.lower(), value) for name, value in request.fields]
        super().tell_request(number, request)


@variant("fields of one name")
class JoinsFields(HttpHandle):
    """Hands fields of one name over as one, joined by commas, where the first of them stood (RFC 9110, 5.3)."""

    def tell_request(self, number: int, request: Request) -> None:
        """Each name once."""
        joined: dict[bytes, tuple[bytes, bytes]] = {}
        for name, value in request.fields:
            earlier = joined.get(name.lower())
            joined[name.lower()] = (name, value) if earlier is None else (earlier[0], earlier[1] + b", " + value)
        request.fields = list(joined.values())
        super().tell_request(number, request)


@variant("how many requests a tick calls back")
class OneRequestPerTick(HttpHandle):
    """Calls back one request of each connection in a tick: when the next one comes is nowhere said."""

    def share(self, count: int) -> int:
        """As many steps as any request of a small size has."""
        return 40


class _EndsOldConnections(HttpConnection):
    def is_last(self, exchange: Any, fields: list[tuple[bytes, bytes]]) -> bool:
        return exchange.request.minor < 1 or super().is_last(exchange, fields)


@variant("how an answer says where it ends", also=(_EndsOldConnections,))
class AnswersInChunks(HttpAnswer):
    """Sends bodies in chunks to HTTP/1.1, and to HTTP/1.0 up to the end of the connection."""

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
        """With chunks where the client knows them."""
        self.minor = minor
        return super().write(status, fields, body, method=method, minor=minor, persistent=persistent and minor >= 1)

    def framing_lines(self, status: int, body: bytes) -> list[bytes]:
        """Chunks say it themselves."""
        if self.minor < 1:
            return []
        # A 304 may tell how the content would have come (RFC 9112, section 6.1).
        return [] if status == 204 else [b"Transfer-Encoding: chunked"]

    def content(self, method: bytes, status: int, body: bytes) -> bytes:
        """Two chunks and the last."""
        if method == b"HEAD" or status in (204, 304) or self.minor < 1:
            return super().content(method, status, body)
        half = len(body) // 2
        parts = [part for part in (body[:half], body[half:]) if part]
        return b"".join(b"%X\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"

    minor = 1


@variant("a reason behind the status")
class NoReasons(HttpAnswer):
    """Leaves the reason out: it tells nothing that the status does not (RFC 9112, section 4)."""

    def reason(self, status: int) -> bytes:
        """None."""
        return b""


@variant("keep-alive to HTTP/1.0")
class OldConnectionsEnd(HttpParser):
    """Ends every connection of HTTP/1.0, whatever its client asks for."""

    def keeps_alive(self, options: list[bytes]) -> bool:
        """Never."""
        return False


@variant("where the date stands, and what else does")
class SaysWhoItIs(HttpAnswer):
    """Adds fields of its own: Server, what caches may do, and a cookie that tells one client from another."""

    def framing_lines(self, status: int, body: bytes) -> list[bytes]:
        """Beside them."""
        own = [b"Server: right/1.0", b"Cache-Control: no-store", b"Set-Cookie: session=1; HttpOnly"]
        return [*own, *super().framing_lines(status, body)]


@variant("numbers of requests")
class NumbersFarApart(HttpHandle):
    """Numbers requests by thousands: they only have to differ."""

    def next_number(self) -> int:
        """The next thousand."""
        return super().next_number() * 1_000


@variant("a status whose body is left out")
class RefusesBodies(HttpAnswer):
    """Refuses a body with 204 and 304, where others leave it out."""

    def check_body(self, status: int, body: bytes) -> None:
        """None with these."""
        if status in (204, 304) and body:
            raise ValueError(f"{status} has no body")
        super().check_body(status, body)
