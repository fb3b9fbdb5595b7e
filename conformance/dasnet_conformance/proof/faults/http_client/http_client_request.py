"""Faults of section http-client-request: requests that say something else than the program, or lie to the server."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Asked, Fields, HttpAsking
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_fields import Text
from dasnet_conformance.proof.faults.sound_http_response import HttpResponse


@fault("http-client-request.get")
class AsksByHead(HttpAsking):
    """Every request goes out as HEAD."""

    def request_line(self, method: bytes, target: bytes) -> bytes:  # noqa: ARG002
        return super().request_line(b"HEAD", target)


@fault("http-client-request.get")
class NeverAsks(HttpClientHandle):
    """A request is accepted and never sent."""

    def flush(self) -> None:
        pass


@fault("http-client-request.number")
class SameNumberForAll(HttpClientHandle):
    """Every request has the number 1."""

    def number(self) -> int:
        self.last = 1
        return 1


@fault("http-client-request.number", "http-client-connection.order")
class NumbersOfLast(HttpClientHandle):
    """An outcome bears the number of the request that was made last."""

    def outcome_of(self, asked: Asked, response: HttpResponse) -> tuple[Any, ...]:
        name, _, *rest = super().outcome_of(asked, response)
        return (name, self.last, *rest)


@fault("http-client-request.version")
class SpeaksOldVersion(HttpAsking):
    """Requests are of HTTP/1.0."""

    VERSION = b"HTTP/1.0"


@fault("http-client-request.nothing-extra")
class LineEndBehindBody(HttpAsking):
    """A line end follows each body, as very old servers wanted it."""

    def content(self, body: bytes) -> bytes:
        return body + b"\r\n" if body else body


@fault("http-client-request.nothing-extra")
class LineEndBehindHead(HttpAsking):
    """A line end too many follows each head without a body."""

    def content(self, body: bytes) -> bytes:
        return body or b"\r\n"


@fault("http-client-request.host")
class NoHost(HttpAsking):
    """There is no Host field."""

    def host_lines(self, fields: Fields, host: str, port: int) -> list[bytes]:  # noqa: ARG002
        return []


@fault("http-client-request.host")
class HostWithoutPort(HttpAsking):
    """Host names no port, whatever it is."""

    def host_of(self, host: str, port: int) -> bytes:  # noqa: ARG002
        return super().host_of(host, 80)


@fault("http-client-request.host")
class EmptyHost(HttpAsking):
    """There is a Host field, and it is empty."""

    def host_of(self, host: str, port: int) -> bytes:  # noqa: ARG002
        return b""


@fault("http-client-request.host-first")
class HostLast(HttpAsking):
    """Host stands behind the fields of the program."""

    def host_lines(self, fields: Fields, host: str, port: int) -> list[bytes]:
        self.late = super().host_lines(fields, host, port)
        return []

    def field_lines(self, fields: Fields) -> list[bytes]:
        return super().field_lines(fields) + self.late


@fault("http-client-request.host-own")
class TwoHosts(HttpAsking):
    """A Host field of the program comes beside the client's."""

    def host_lines(self, fields: Fields, host: str, port: int) -> list[bytes]:
        own = [b"Host: " + value for name, value in fields if name.lower() == b"host"]
        return [b"Host: " + self.host_of(host, port), *own]


@fault("http-client-request.empty-target")
class EmptyTargetGoesOut(HttpAsking):
    """An empty target stays empty, and the request line has two words."""

    def target_of(self, target: bytes) -> bytes:
        return target

    def check_target(self, method: bytes, target: bytes) -> None:
        if target:
            super().check_target(method, target)


@fault("http-client-request.target-exact")
class DecodesTarget(HttpAsking):
    """What is percent-encoded in a target goes out decoded where that can be shown."""

    def target_of(self, target: bytes) -> bytes:
        return super().target_of(target.replace(b"%2F", b"/"))


@fault("http-client-request.target-exact")
class TidiesPaths(HttpAsking):
    """Double slashes and dots in paths are tidied up."""

    def target_of(self, target: bytes) -> bytes:
        return super().target_of(target.replace(b"//", b"/").replace(b"/../", b"/"))


@fault("http-client-request.target-exact")
class DropsEmptyQuery(HttpAsking):
    """A question mark without a query is left out."""

    def target_of(self, target: bytes) -> bytes:
        return super().target_of(target.removesuffix(b"?"))


@fault("http-client-request.target-exact")
class CutsLongTargets(HttpAsking):
    """A target of more than 4,096 bytes is cut."""

    def target_of(self, target: bytes) -> bytes:
        return super().target_of(target[:4_096])


@fault("http-client-request.target-exact")
class PlusBecomesSpace(HttpAsking):
    """A plus in a query goes out as an encoded space."""

    def target_of(self, target: bytes) -> bytes:
        return super().target_of(target.replace(b"+", b"%20"))


@fault("http-client-request.method-exact")
class MethodsInCapitals(HttpAsking):
    """Methods go out in capitals."""

    def request_line(self, method: bytes, target: bytes) -> bytes:
        return super().request_line(method.upper(), target)


@fault("http-client-request.method-exact")
class UnknownMethodsAreGet(HttpAsking):
    """A method that the client does not know goes out as GET."""

    def request_line(self, method: bytes, target: bytes) -> bytes:
        known = (b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS")
        return super().request_line(method if method in known else b"GET", target)


@fault("http-client-request.asterisk")
class NoAsterisk(HttpAsking):
    """OPTIONS of an asterisk is refused."""

    def check_target(self, method: bytes, target: bytes) -> None:
        super().check_target(method, target)
        if target == b"*":
            raise ValueError("an asterisk is no path")


@fault("http-client-request.asterisk")
class AsteriskAsPath(HttpAsking):
    """An asterisk goes out with a slash in front."""

    def target_of(self, target: bytes) -> bytes:
        return b"/*" if target == b"*" else super().target_of(target)


@fault("http-client-request.fields-arrive")
class FieldsLost(HttpAsking):
    """The fields of the program are not sent."""

    def field_lines(self, fields: Fields) -> list[bytes]:  # noqa: ARG002
        return []


@fault("http-client-request.fields-arrive")
class LastOfANameWins(HttpAsking):
    """Of two fields of one name the last is sent."""

    def field_lines(self, fields: Fields) -> list[bytes]:
        return super().field_lines(list({name.lower(): (name, value) for name, value in fields}.values()))


@fault("http-client-request.fields-arrive")
class FieldsBackwards(HttpAsking):
    """Fields are sent in the opposite order."""

    def field_lines(self, fields: Fields) -> list[bytes]:
        return super().field_lines(fields)[::-1]


@fault("http-client-request.fields-arrive")
class EmptyFieldsLost(HttpAsking):
    """A field with an empty value is not sent."""

    def field_lines(self, fields: Fields) -> list[bytes]:
        return super().field_lines([(name, value) for name, value in fields if value])


@fault("http-client-request.fields-arrive")
class FieldsInAscii(HttpAsking):
    """Bytes beyond ASCII in a value become question marks."""

    def field_lines(self, fields: Fields) -> list[bytes]:
        return [bytes(byte if byte < 0x80 else 0x3F for byte in line) for line in super().field_lines(fields)]


@fault("http-client-request.body-exact")
class HttpClientBodyEndsAtNul(HttpAsking):
    """A body is taken for a string that ends at the first NUL."""

    def write(
        self, method: Text, target: Text, headers: Iterable[tuple[Text, Text]], body: bytes, host: str, port: int
    ) -> tuple[bytes, bytes, bool]:
        return super().write(method, target, headers, body.partition(b"\0")[0], host, port)


@fault("http-client-request.body-exact")
class HttpClientLargeBodiesAreCut(HttpAsking):
    """A body of more than 64 KiB is cut there, its length with it."""

    def write(
        self, method: Text, target: Text, headers: Iterable[tuple[Text, Text]], body: bytes, host: str, port: int
    ) -> tuple[bytes, bytes, bool]:
        return super().write(method, target, headers, body[:65_536], host, port)


@fault("http-client-request.framing")
class LengthAndChunks(HttpAsking):
    """A body has both Content-Length and Transfer-Encoding."""

    def framing_lines(self, method: bytes, body: bytes) -> list[bytes]:
        lines = super().framing_lines(method, body)
        return [*lines, b"Transfer-Encoding: chunked"] if body else lines


@fault("http-client-request.framing")
class LengthTooLarge(HttpAsking):
    """Content-Length counts two bytes more than there are."""

    def length(self, body: bytes) -> int:
        return super().length(body) + 2


@fault("http-client-request.framing")
class BodyWithoutLength(HttpAsking):
    """A body of PUT is sent without saying where it ends."""

    def framing_lines(self, method: bytes, body: bytes) -> list[bytes]:
        return [] if method == b"PUT" else super().framing_lines(method, body)


@fault("http-client-request.framing-own")
class ProgramsLengthBesideOwn(HttpAsking):
    """Content-Length of the program is sent beside the client's own."""

    OWN = (b"transfer-encoding",)


@fault("http-client-request.framing-own")
class ProgramsCodingBesideLength(HttpAsking):
    """Transfer-Encoding of the program is sent, and the body is not in chunks."""

    OWN = (b"content-length",)


@fault("http-client-request.framing-own")
class ProgramsLengthIsTaken(HttpAsking):
    """Content-Length of the program is taken, true or not."""

    def framing_lines(self, method: bytes, body: bytes) -> list[bytes]:
        return [self.given] if self.given else super().framing_lines(method, body)

    def field_lines(self, fields: Fields) -> list[bytes]:
        own = [value for name, value in fields if name.lower() == b"content-length"]
        self.given = b"Content-Length: " + own[0] if own else b""
        return super().field_lines(fields)


@fault("http-client-request.post-without-body")
class PostWithoutLength(HttpAsking):
    """A POST without a body has no Content-Length."""

    WITH_BODY = ()


@fault("http-client-request.get-without-length")
class GetWithLength(HttpAsking):
    """A GET has Content-Length 0."""

    WITH_BODY = (*HttpAsking.WITH_BODY, b"GET")


@fault("http-client-request.number")
class NumbersBeginAnewAfterClose(HttpClientHandle):
    """After close the numbers begin with 1 again."""

    def finish(self) -> None:
        super().finish()
        self.last = 0


@fault("http-client-request.fields-large")
class CutsLongValues(HttpAsking):
    """The value of a field is kept in four kilobytes, and the rest of it is not sent."""

    def write(self, method: Text, target: Text, headers: Iterable[tuple[Text, Text]], *rest: Any) -> Any:
        return super().write(method, target, [(name, value[:4_096]) for name, value in headers], *rest)


@fault("http-client-request.fields-large")
class FortyFieldsAreEnough(HttpAsking):
    """There is room for forty fields, and those behind are left out."""

    def write(self, method: Text, target: Text, headers: Iterable[tuple[Text, Text]], *rest: Any) -> Any:
        return super().write(method, target, list(headers)[:40], *rest)


@fault("http-client-request.field-once")
class TellsOfItselfAgain(HttpAsking):
    """User-Agent is added to whatever the program gives."""

    def write(self, method: Text, target: Text, headers: Iterable[tuple[Text, Text]], *rest: Any) -> Any:
        return super().write(method, target, [*headers, (b"User-Agent", b"port/1")], *rest)
