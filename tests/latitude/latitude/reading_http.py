"""Variants of what an HTTP server makes of a request: what it repairs, and in which form it hands things over."""

from __future__ import annotations

import re
from collections.abc import Callable

from dasnet_conformance.proof.faults.sound_http_connection import Exchange, HttpConnection
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Refused, Request

from .registry import variant


@variant("what is faulty and may be repaired")
class RepairsValues(HttpParser):
    """Puts a space where a CR or a NUL is in a value (RFC 9110, section 5.5), and passes over lines that begin with
    white space before the first field (RFC 9112, section 2.2): neither has to be a 400."""

    def folded(self, request: Request, line: bytes) -> None:
        """Passed over before the first field."""
        if self.head_complete or request.fields:
            super().folded(request, line)

    def split_field(self, line: bytes) -> tuple[bytes, bytes]:
        """With a space in their places, but not in the name."""
        name, colon, value = line.partition(b":")
        return super().split_field(name + colon + value.replace(b"\r", b" ").replace(b"\0", b" "))


@variant("chunks in HTTP/1.0")
class ReadsChunksOfOldClients(HttpParser):
    """Reads a body of chunks in HTTP/1.0, and ends the connection behind the answer (RFC 9112, section 6.1)."""

    def check_transfer_allowed(self, request: Request) -> None:
        """It is the last that is read."""
        if request.minor < 1:
            request.persistent = False


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
class HostBesideAbsoluteIsNotRead(HttpParser):
    """Looks at no value of a Host field beside a target in absolute form, which tells the host (RFC 9112, section
    3.2.2: the field is ignored); two of them are a 400 all the same."""

    def check_hosts(self, request: Request) -> None:
        """Unless they are several."""
        if not self.is_absolute(request.target) or len(request.values(b"host")) != 1:
            super().check_hosts(request)


@variant("the host of a target in absolute form")
class AbsoluteIsTakenApart(HttpParser):
    """Hands a target in absolute form over as its path, with its host in the place of the Host field (RFC 9112, section
    3.2.2), but for one of another scheme, which the path would not tell of."""

    def read_head(self, request: Request) -> None:
        """Taken apart when the head has been looked at."""
        super().read_head(request)
        scheme, separator, rest = request.target.partition(b"://")
        if not separator or scheme.lower() != b"http":
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


@variant("a request that has no length")
class LengthIsRequired(HttpParser):
    """Answers 411 to PUT and POST that say nothing of a body: RFC 9110, section 15.5.12, lets a server ask for it."""

    def read_framing(self, request: Request) -> None:
        """Asked for, where such methods have neither of the two fields."""
        super().read_framing(request)
        names = {name.lower() for name, _ in request.fields}
        if request.method in (b"PUT", b"POST") and not names & {b"content-length", b"transfer-encoding"}:
            raise Refused(411, "a request without a length")


@variant("a request that names no host at all")
class HostHasAName(HttpParser):
    """Answers 400 to an empty Host: it has no name of its own to put there, and may reject the request then (RFC 9112,
    section 3.3)."""

    def is_host(self, value: bytes) -> bool:
        """One that is something."""
        return bool(value) and super().is_host(value)


@variant("a scheme that asks for another connection")
class PlainAlone(HttpParser):
    """Answers 400 to a target of https, which is for a connection under TLS (RFC 9110, section 7.4), instead of leaving
    that to the program."""

    def check_target_form(self, method: bytes, target: bytes) -> None:
        """Not that one."""
        super().check_target_form(method, target)
        if target.lower().startswith(b"https:"):
            raise Refused(400, "no TLS here")


class _TellsWhatIsAllowed(HttpConnection):
    def write(
        self, request: Request, status: int, fields: list[tuple[bytes, bytes]], body: bytes, *, persistent: bool
    ) -> bytes:
        """With Allow where that has to be."""
        more = [(b"Allow", b"GET, HEAD, POST, PUT, DELETE, OPTIONS")] if status == 405 else []
        return super().write(request, status, [*fields, *more], body, persistent=persistent)


@variant("a method that nobody knows", shows={"http-request.method-unknown": "rejected"}, also=(_TellsWhatIsAllowed,))
class OthersAreNotAllowed(HttpParser):
    """Answers 405 to a method beyond six, and says which they are (RFC 9110, section 15.5.6): it knows the others, and
    no resource of it has them."""

    def check_method(self, method: bytes) -> None:
        """One of six."""
        super().check_method(method)
        if method not in (b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS"):
            raise Refused(405, "no resource has that method")


@variant("a line end that is LF alone", shows={"http-request.bare-lf": "waits"})
class RequestsOfCrLfAlone(HttpParser):
    """Knows no line end but CR LF, and waits for that (RFC 9112, section 2.2); LF in a value is a space (RFC 9110,
    section 5.5)."""

    def take_line(self, most: int, too_long: int) -> bytes | None:
        """Up to CR LF."""
        found = self.buffer.find(b"\r\n", max(self.searched - 1, 0))
        size = found if found >= 0 else len(self.buffer) - self.buffer.endswith(b"\r")
        self.searched = len(self.buffer)
        if size > most:
            self.line_too_long(too_long)
        return None if found < 0 else self.take(found + 2)[:-2]

    def split_field(self, line: bytes) -> tuple[bytes, bytes]:
        """With a space in its place, but not in the name."""
        name, colon, value = line.partition(b":")
        return super().split_field(name + colon + value.replace(b"\n", b" "))


@variant("a target with a byte that no target has", falls_short=("http-request.line-rejected",))
class OddTargetsAreThePrograms(HttpParser):
    """Hands a control character in a target over as it came, for a program that answers 400 itself: RFC 9112, section
    3.2, wants that with SHOULD, and nothing guessed.
    """

    def check_target_bytes(self, target: bytes) -> None:
        """As if they were others; CR is white space there (section 3)."""
        super().check_target_bytes(re.sub(rb"[\x00-\x0c\x0e-\x1f\x7f]", b"_", target))


@variant("the limit of chunk extensions")
class FewExtensions(HttpParser):
    """Takes 256 bytes of chunk extensions in a body, and answers 400 to more: how many there may be is the server's to
    say (RFC 9112, section 7.1.1)."""

    EXTENSIONS = 256


@variant("a connection behind chunks")
class EndsBehindChunks(HttpParser):
    """Ends the connection behind each request in chunks: its framing may have been faulty in a way that it does not see
    (RFC 9112, sections 6.1 and 9.3: whoever says close may)."""

    def end_of_head(self) -> None:
        """It is the last one then."""
        super().end_of_head()
        self.request.persistent = self.request.persistent and not self.request.chunked


@variant("trailers that say what only a head may")
class RefusesTrailersThatFrame(HttpParser):
    """Answers 400 to a trailer that frames, routes or ends something: it is not to be sent there (RFC 9110, section
    6.5.1)."""

    FORBIDDEN = (b"content-length", b"transfer-encoding", b"host", b"connection", b"authorization", b"cookie")

    def read_trailer(self, request: Request, name: bytes, value: bytes) -> None:
        """Unless it is harmless."""
        if name.lower() in self.FORBIDDEN:
            raise Refused(400, "a trailer of that name")
        super().read_trailer(request, name, value)


@variant("the host of a target in absolute form")
class AbsoluteLeavesNoHost(HttpParser):
    """Hands a target in absolute form over as its path, without any Host (RFC 9112, section 3.2.2: the field is
    ignored), but for one of another scheme, which the path would not tell of."""

    def read_head(self, request: Request) -> None:
        """Taken apart when the head has been looked at."""
        super().read_head(request)
        found = re.fullmatch(rb"(?i:http)://[^/?]+(/?.*)", request.target)
        if found is not None:
            request.target = found[1] if found[1].startswith(b"/") else b"/" + found[1]
            request.fields = [(name, value) for name, value in request.fields if name.lower() != b"host"]


@variant("the length of a field's name")
class ShortNames(HttpParser):
    """Answers 431 to a field whose name is longer than 128 bytes (RFC 6585, section 5): no name in use is."""

    def check_name(self, name: bytes) -> None:
        """A short one."""
        super().check_name(name)
        if len(name) > 128:
            raise Refused(431, "the name of a field is too long")


@variant("a transfer coding that is not there")
class RefusesEmptyCodings(HttpParser):
    """Answers 400 to a list of codings with an empty element: who writes one may mean to mislead (RFC 9112, section
    11.2)."""

    def is_chunked(self, values: list[bytes]) -> bool:
        """Each element is one."""
        if any(not element.strip() for value in values for element in value.split(b",")):
            raise Refused(400, "an empty coding")
        return super().is_chunked(values)
