"""Faults of section http-client-request: what a program gives beyond the usual, and what a client says by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Asked, Fields, HttpAsking
from dasnet_conformance.proof.faults.sound_http_client import HttpClient
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_fields import Text
from dasnet_conformance.proof.faults.sound_http_response import HttpResponse


@fault("http-client-request.fragment")
class FragmentsGoOut(HttpAsking):
    """A target goes out with its fragment."""

    def check_target(self, method: bytes, target: bytes) -> None:
        super().check_target(method, target.replace(b"#", b""))


@fault("http-client-request.target-absolute")
class WholeUrisGoOut(HttpAsking):
    """A whole URI goes out as it was given, as to a proxy."""

    def check_target(self, method: bytes, target: bytes) -> None:
        super().check_target(method, re.sub(rb"^[Hh][Tt][Tt][Pp]:/", b"", target))


@fault("http-client-request.target-exact")
class TwoSlashesAreAHost(HttpAsking):
    """A path that begins with two slashes is read as the name of a host and what follows, and loses the name."""

    def target_of(self, target: bytes) -> bytes:
        return super().target_of(re.sub(rb"^//[^/]*", b"", target))


@fault("http-client-request.target-exact")
class NeedlessPercentsAreUndone(HttpAsking):
    """What need not be percent-encoded goes out decoded, and what has to be in capitals."""

    def target_of(self, target: bytes) -> bytes:
        target = target.replace(b"%7e", b"~").replace(b"%2E", b".")
        return super().target_of(re.sub(rb"%[0-9a-f]{2}", lambda found: found[0].upper(), target))


@fault("http-client-request.host-injection")
class HostAsItIsGiven(HttpClientHandle):
    """What stands behind the name of a host goes into the field Host, and is not looked up."""

    def look_up(self, host: str, port: int) -> list[tuple[int, Any]]:
        return super().look_up(re.split(r"[\s/#]", host)[0].rpartition("@")[2], port)


@fault("http-client-request.body-of-any-method")
class NoBodyWithGet(HttpAsking):
    """The body of a GET is left out."""

    def write(self, method: Any, target: Any, headers: Any, body: bytes, host: str, port: int) -> Any:
        return super().write(method, target, headers, b"" if method == "GET" else body, host, port)


@fault("http-client-request.body-of-any-method")
class BodiesOfKnownMethods(HttpAsking):
    """A body goes out with POST, PUT and DELETE, and is left out with another method."""

    def write(self, method: Any, target: Any, headers: Any, body: bytes, host: str, port: int) -> Any:
        known = method in ("POST", "PUT", "DELETE")
        return super().write(method, target, headers, body if known else b"", host, port)


@fault("http-client-request.framing-own")
class OwnFieldsInTheirUsualCase(HttpAsking):
    """Content-Length and Transfer-Encoding of the program are known as they are usually written."""

    def field_lines(self, fields: Fields) -> list[bytes]:
        usual = (b"Content-Length", b"Transfer-Encoding")
        return [name + b": " + value for name, value in fields if name not in usual and name.lower() != b"host"]


@fault("http-client-request.host-own")
class HostInItsUsualCase(HttpAsking):
    """A Host field of the program is known as it is usually written, and sent beside the client's in another case."""

    def host_lines(self, fields: Fields, host: str, port: int) -> list[bytes]:
        others = [b"host: " + value for name, value in fields if name == b"host"]
        return [*super().host_lines([pair for pair in fields if pair[0] != b"host"], host, port), *others]


@fault("http-client-connection.close-sent")
class CloseGivenAlone(HttpAsking):
    """The program's close is known where it stands alone, in small letters."""

    def closes(self, fields: Fields) -> bool:
        return (b"Connection", b"close") in fields


@fault("http-client-connection.close-sent")
class CloseBehindABlank(HttpAsking):
    """The program's close is known in a list whose words have a blank between them."""

    def closes(self, fields: Fields) -> bool:
        lists = [value.lower().split(b", ") for name, value in fields if name.lower() == b"connection"]
        return any(b"close" in words for words in lists)


class _Remembers(HttpClientHandle):
    # What an answer said, by the request that it was the answer to; `kept` at the beginning of the next such request.

    answers: dict[bytes, HttpResponse] | None = None

    def begin(self, asked: Asked) -> None:
        super().begin(asked)
        earlier = (self.answers or {}).get(asked.data)
        if earlier is not None:
            self.outgoing[:] = asked.data.replace(b"\r\n", self.line(earlier), 1)

    def line(self, earlier: HttpResponse) -> bytes:  # noqa: ARG002
        return b"\r\n"

    def respond(self) -> None:
        assert self.current is not None
        assert self.response is not None
        self.answers = {**(self.answers or {}), self.current.data: self.response}
        super().respond()


@fault("http-client-request.nothing-remembered")
class CookiesComeBack(_Remembers):
    """A cookie of an answer goes out with the next request."""

    def line(self, earlier: HttpResponse) -> bytes:
        cookies = earlier.head.values(b"set-cookie")
        return b"\r\nCookie: %s\r\n" % cookies[0].partition(b";")[0] if cookies else b"\r\n"


@fault("http-client-request.nothing-remembered")
class AsksWhetherItHasChanged(_Remembers):
    """What was asked for before is asked for with a condition, and a 304 is handed over as what was kept."""

    def line(self, earlier: HttpResponse) -> bytes:
        tags = earlier.head.values(b"etag")
        return b"\r\nIf-None-Match: %s\r\n" % tags[0] if tags else b"\r\n"


@fault("http-client-request.nothing-remembered")
class AnswersFromAStore(_Remembers):
    """What may be kept is not asked for again."""

    def turn(self) -> None:
        for asked in [each for each in self.queue if each.data in (self.answers or {})]:
            earlier = (self.answers or {})[asked.data]
            if earlier.head.values(b"cache-control"):
                self.queue.remove(asked)
                self.outcomes.append(self.outcome_of(asked, earlier))
        super().turn()


@fault("http-client-request.te-named")
class TeUnnamed(HttpAsking):
    """TE is sent, and Connection does not name it."""

    def field_lines(self, fields: Fields) -> list[bytes]:
        return [*super().field_lines(fields), b"TE: trailers"]


@fault("http-client-request.length-known", "http-client-request.old-server")
class EveryBodyInChunks(HttpAsking):
    """A body goes out in chunks, whatever is known of its length and of the server."""

    def framing_lines(self, method: bytes, body: bytes) -> list[bytes]:
        return [b"Transfer-Encoding: chunked"] if body else super().framing_lines(method, body)

    def content(self, body: bytes) -> bytes:
        return b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if body else b""


@fault("http-client-request.old-server")
class LargeBodiesInChunksToAnyone(EveryBodyInChunks):
    """A large body goes out in chunks, also to a server that has answered in HTTP/1.0."""

    def framing_lines(self, method: bytes, body: bytes) -> list[bytes]:
        return (
            super().framing_lines(method, body) if len(body) > 65_536 else HttpAsking.framing_lines(self, method, body)
        )

    def content(self, body: bytes) -> bytes:
        return super().content(body) if len(body) > 65_536 else body


@fault("http-client-request.fields-large")
class RefusesLongTargets(HttpAsking):
    """A target of more than 4,096 bytes is refused."""

    def check_target(self, method: bytes, target: bytes) -> None:
        if len(target) > 4_096:
            raise ValueError("a target that is too long")
        super().check_target(method, target)


@fault("http-client-request.te-named")
class TeNamesChunked(HttpAsking):
    """TE names chunked, as if somebody could do without."""

    def field_lines(self, fields: Fields) -> list[bytes]:
        return [*super().field_lines(fields), b"TE: chunked", b"Connection: TE"]


@fault("http-client-request.expect-content")
class ExpectsWithoutContent(HttpAsking):
    """Expect is sent with every request, whether it has content or not."""

    def field_lines(self, fields: Fields) -> list[bytes]:
        return [*super().field_lines(fields), b"Expect: 100-continue"]


@fault("http-client-request.expect-not-for-ever")
class WaitsForTheWord(HttpClientHandle):
    """Where the program expects 100 the body is held back until it comes."""

    held = b""

    def begin(self, asked: Asked) -> None:
        super().begin(asked)
        head, end, body = asked.data.partition(b"\r\n\r\n")
        self.held = body if b"100-continue" in head else b""
        if self.held:
            self.outgoing[:] = head + end

    def take(self, data: bytes) -> None:
        if self.held and data.startswith(b"HTTP/1.1 100"):
            self.outgoing += self.held
            self.held = b""
        super().take(data)

    def goes_on(self, asked: Asked, response: HttpResponse) -> bool:
        return not self.held and super().goes_on(asked, response)


@fault("http-client-request.expect-refused")
class BodyIsLeftOutAndGoesOn(WaitsForTheWord):
    """Behind a final answer in the place of 100 the body is left out, and the next request follows."""

    def goes_on(self, asked: Asked, response: HttpResponse) -> bool:
        self.held = b""
        return super().goes_on(asked, response)


@fault("http-client-request.expect-refused")
class WaitsForNothingElse(WaitsForTheWord):
    """While 100 is waited for, any other answer is passed over."""

    def take(self, data: bytes) -> None:
        if not self.held or data.startswith(b"HTTP/1.1 100"):
            super().take(data)


@fault("http-client-request.method-exact")
class AnyHeadHasNoBody(HttpClientHandle):
    """The method head, in small letters, goes out as it is and is answered as HEAD would be, without a body."""

    def begin(self, asked: Asked) -> None:
        super().begin(asked)
        if self.response is not None:
            self.response.method = asked.method.upper()


@fault("http-client-request.get-without-length")
class HeadHasALength(HttpAsking):
    """HEAD says a length of 0, as POST does."""

    WITH_BODY = (*HttpAsking.WITH_BODY, b"HEAD")


@fault("http-client-request.framing-own")
class OtherCodingsStay(HttpAsking):
    """Of the program's codings chunked is left out, and any other sent beside the length."""

    OWN = (b"content-length",)

    def field_lines(self, fields: Fields) -> list[bytes]:
        chunked = [(name, value) for name, value in fields if value.lower() == b"chunked"]
        return super().field_lines([pair for pair in fields if pair not in chunked])


@fault("http-client-request.framing-own")
class TrueLengthsStay(HttpAsking):
    """A Content-Length of the program is sent beside the client's own, where it is true."""

    given: tuple[bytes, ...] = ()

    def field_lines(self, fields: Fields) -> list[bytes]:
        self.given = tuple(value for name, value in fields if name.lower() == b"content-length")
        return super().field_lines(fields)

    def framing_lines(self, method: bytes, body: bytes) -> list[bytes]:
        lines = super().framing_lines(method, body)
        return lines * 2 if b"%d" % len(body) in self.given else lines


@fault("http-client-request.framing-own")
class FramingStaysWithoutABody(HttpAsking):
    """Fields of framing are the client's where it writes them, and the program's where there is no body."""

    given: tuple[bytes, ...] = ()

    def framing_lines(self, method: bytes, body: bytes) -> list[bytes]:
        given = list(self.given)
        return super().framing_lines(method, body) or given

    def field_lines(self, fields: Fields) -> list[bytes]:
        self.given = tuple(name + b": " + value for name, value in fields if name.lower() in self.OWN)
        return super().field_lines(fields)


@fault("http-client-request.before-init")
class NumbersWithoutAHandle(HttpClient):
    """An object without a handle gives numbers for what nobody will send."""

    def request(self, method: Text, target: Text, headers: Iterable[tuple[Text, Text]] = (), body: bytes = b"") -> int:
        return super().request(method, target, headers, body) if self._client is not None else 1


@fault("http-client-request.host-own")
class AnythingIsAHost(HttpAsking):
    """What the program gives as Host goes out, whatever it is."""

    def is_host(self, value: bytes) -> bool:  # noqa: ARG002
        return True


@fault("http-client-request.target-absolute")
class AnyServerIsThisOne(HttpAsking):
    """Of a whole URI path and query go out, whatever server it names."""

    def target_of(self, target: bytes) -> bytes:
        found = re.match(rb"(?i)http://[^/]*(/.*)", target)
        return super().target_of(found[1] if found else target)
