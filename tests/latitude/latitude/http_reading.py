"""Variants of what an HTTP server makes of a request: how strict it is, and in which form it hands fields over."""

from __future__ import annotations

from collections.abc import Callable

from dasnet_conformance.proof.faults.sound_http_connection import Exchange, HttpConnection
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Refused, Request

from .registry import variant


@variant("the form in which fields are handed over")
class FieldsAreJoined(HttpParser):
    """Hands names over in small letters and the values of one name joined by commas, in their order, which RFC 9110,
    section 5.3, lets a recipient do."""

    def read_head(self, request: Request) -> None:
        """Joined when all are there, and after they have been looked at one by one."""
        super().read_head(request)
        joined: dict[bytes, list[bytes]] = {}
        for name, value in request.fields:
            joined.setdefault(name.lower(), []).append(value)
        # Cookies are joined by semicolons (RFC 9113, section 8.2.3), or they would not be cookies any more.
        request.fields = [
            (name, (b"; " if name == b"cookie" else b", ").join(values)) for name, values in joined.items()
        ]


@variant(
    "how much of what is faulty is repaired, where RFC 9112 leaves that open",
    shows={
        "http-request.line-spaces": "served",
        "http-request.bare-lf": "served",
        "http-framing.length-same": "served",
    },
)
class Lenient(HttpParser):
    """Repairs all that RFC 9112 lets a server repair: a line that LF alone ends, a folded field, lines that begin with
    white space before the first field, any white space in a request line, a CR or a NUL in a value, a Content-Length
    that is told twice."""

    def split_request_line(self, line: bytes) -> tuple[bytes, bytes, bytes]:
        """At any white space."""
        return super().split_request_line(b" ".join(line.split()))

    def bare_line_feed(self, line: bytes) -> bytes:
        """A line end like any other in a head; not in the framing of a body."""
        if self.head_complete:
            return super().bare_line_feed(line)
        return line[:-1]

    def folded(self, request: Request, line: bytes) -> None:
        """A space, and the value goes on; before the first field the line is passed over."""
        if self.head_complete or not request.fields:
            return
        self.check_value(line)
        name, value = request.fields[-1]
        request.fields[-1] = (name, value + b" " + line.strip(b" \t"))

    def split_field(self, line: bytes) -> tuple[bytes, bytes]:
        """With a space where a CR or a NUL was, but not in the name."""
        name, colon, value = line.partition(b":")
        return super().split_field(name + colon + value.replace(b"\r", b" ").replace(b"\0", b" "))

    def lengths_differ(self, values: list[bytes]) -> int:
        """One of those that are equal."""
        if len({self.length_number(value) for value in values}) > 1:
            raise Refused(400, "lengths that differ")
        return self.length_number(values[0])

    def length_number(self, value: bytes) -> int:
        """One number, or a list of equal ones."""
        numbers = {HttpParser.length_number(self, part.strip(b" \t")) for part in value.split(b",")}
        if len(numbers) > 1:
            raise Refused(400, "lengths that differ")
        return numbers.pop()


@variant("Transfer-Encoding beside Content-Length")
class ChunksGoBeforeLength(HttpParser):
    """Reads a body of chunks where a Content-Length is told as well, and ends the connection behind the answer, which
    is the other way that RFC 9112, section 6.3, leaves; so does it with chunks of HTTP/1.0."""

    def both(self, request: Request) -> None:
        """Chunks count."""
        request.persistent = False

    def check_transfer_allowed(self, request: Request) -> None:
        """And are the last that is read."""
        if request.minor < 1:
            request.persistent = False


@variant("methods that a server does not know", shows={"http-request.method-unknown": "rejected"})
class FewMethods(HttpParser):
    """Knows seven methods and answers 501 to any other, as RFC 9110, section 9.1, says."""

    KNOWN = frozenset({b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"PATCH"})

    def check_method(self, method: bytes) -> None:
        """One of them."""
        super().check_method(method)
        if method not in self.KNOWN:
            raise Refused(501, "an unknown method")


@variant("the status of a rejection")
class OneStatusForAll(HttpParser):
    """Answers 400 wherever a request is faulty, too large or beyond it: the other codes say more, and RFC 9110 lets a
    server use the general one. What has no other code keeps it: 413 for a body, 417 for an expectation, 501 for
    a coding."""

    def step(self) -> bool:
        """With that status."""
        try:
            return super().step()
        except Refused as refused:
            raise Refused(refused.status if refused.status in (413, 417, 501) else 400, refused.why) from None


class _IgnoresExpectations(HttpParser):
    def unknown_expectation(self) -> None:
        """As if it were not there."""


@variant(
    "Expect",
    also=(_IgnoresExpectations,),
    shows={"http-connection.expect-unknown": "ignored", "http-connection.expect-body-there": "sent"},
)
class ExpectIsAlwaysAnswered(HttpConnection):
    """Sends 100 whenever a client expects it, also when the body is there already, which RFC 9110, section 10.1.1,
    leaves open; an expectation that it does not know it passes over."""

    def body_missing(self) -> bool:
        """It does not look."""
        return True

    def complete(self, deliver: Callable[[HttpConnection, Request], bool]) -> bool:
        """Before the request is handed over."""
        self.invite()
        return super().complete(deliver)


class _KeepsFaults(HttpParser):
    # Keeps what is wrong with a head until the request has ended, whose end is plain all the same.

    fault: Refused | None = None

    def begin(self) -> None:
        """Without one."""
        super().begin()
        self.fault = None

    def kept_fault(self, look: Callable[[], None]) -> None:
        """The first one is kept."""
        try:
            look()
        except Refused as refused:
            self.fault = self.fault or refused

    def check_hosts(self, request: Request) -> None:
        """Later."""
        check = super().check_hosts
        self.kept_fault(lambda: check(request))

    def check_target_form(self, method: bytes, target: bytes) -> None:
        """Later."""
        check = super().check_target_form
        self.kept_fault(lambda: check(method, target))

    def unknown_expectation(self) -> None:
        """Later."""
        self.kept_fault(super().unknown_expectation)

    def end_of_request(self) -> None:
        """Now."""
        super().end_of_request()
        if self.fault is not None:
            raise self.fault


@variant("a rejected request whose end is known", also=(_KeepsFaults,))
class GoesOnBehindRejections(HttpConnection):
    """Reads a request to its end whose Host, target or expectation it rejects, and goes on behind the answer: only a
    faulty framing has to end a connection (RFC 9112, section 6.3)."""

    def refuse(self, status: int, why: str) -> None:
        """Ended, unless the request has come to its own end."""
        if not self.parser.complete or not self.parser.request.persistent:
            super().refuse(status, why)
            return
        request = self.parser.request
        self.owe(Exchange(0, request, self.write(request, status, [], b"", persistent=True)))
        self.parser.begin()
        self.continued = False
        self.release()


@variant("the host of a target in absolute form")
class AbsoluteIsTakenApart(HttpParser):
    """Hands a target in absolute form over as its path, with its host in the place of the Host field (RFC 9112, section
    3.2.2)."""

    def read_head(self, request: Request) -> None:
        """Taken apart when the head has been looked at."""
        super().read_head(request)
        scheme, separator, rest = request.target.partition(b"://")
        if not separator or b"/" in scheme:
            return
        place = next((at for at, byte in enumerate(rest) if byte in b"/?"), len(rest))
        path = rest[place:]
        request.target = path if path.startswith(b"/") else b"/" + path
        others = [(name, value) for name, value in request.fields if name.lower() != b"host"]
        request.fields = [(b"Host", rest[:place]), *others]


@variant("the framing fields of a request that is handed over")
class ChunksBecomeLength(HttpParser):
    """Hands a body of chunks over as what it is then: without Transfer-Encoding, and with its length (RFC 9112, section
    7.1.3)."""

    def end_of_request(self) -> None:
        """When the length is known."""
        super().end_of_request()
        request = self.request
        if request.chunked:
            others = [(name, value) for name, value in request.fields if name.lower() != b"transfer-encoding"]
            request.fields = [*others, (b"content-length", b"%d" % len(request.body))]


@variant("empty lines before a request")
class OneEmptyLine(HttpParser):
    """Skips one empty line before a request, and no second one: RFC 9112, section 2.2, asks for at least one."""

    skipped = False

    def begin(self) -> None:
        """None so far."""
        super().begin()
        self.skipped = False

    def empty_line_before(self) -> None:
        """One."""
        if self.skipped:
            raise Refused(400, "more than one empty line")
        self.skipped = True


@variant(
    "what HTTP/1.0 and old readers did in another way",
    shows={"http-request.host-old-version": "rejected", "http-framing.length-leading-zero": "rejected"},
)
class Careful(HttpParser):
    """Refuses what an old reader might take for something else: HTTP/1.0 without a Host, and a Content-Length that
    begins with a zero."""

    def check_hosts(self, request: Request) -> None:
        """In any version."""
        super().check_hosts(request)
        if not request.values(b"host"):
            self.host_missing()

    def length_number(self, value: bytes) -> int:
        """Not octal, and not what could be."""
        if len(value) > 1 and value.startswith(b"0"):
            raise Refused(400, "a length that begins with a zero")
        return super().length_number(value)
