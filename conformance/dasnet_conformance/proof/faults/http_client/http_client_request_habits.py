"""Faults of section http-client-request: what libraries and languages make of what a program gives."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Fields, HttpAsking
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_fields import Text


@fault("http-client-request.version")
class SpeaksAsItIsSpokenTo(HttpClientHandle):
    """Behind an answer of HTTP/1.0 requests are of HTTP/1.0."""

    def respond(self) -> None:
        assert self.response is not None
        self.asking.VERSION = b"HTTP/1.0" if self.response.head.minor == 0 else b"HTTP/1.1"
        super().respond()


@fault("http-client-request.empty-target")
class QueriesWithoutAPath(HttpAsking):
    """A query without a path goes out as it is."""

    def check_target(self, method: bytes, target: bytes) -> None:
        super().check_target(method, b"/" + target if target.startswith(b"?") else target)


@fault("http-client-request.empty-target")
class PathsWithoutASlash(HttpAsking):
    """A path without a slash in front goes out as it is."""

    def check_target(self, method: bytes, target: bytes) -> None:
        super().check_target(method, b"/" + target if target[:1].isalpha() else target)


@fault("http-client-request.empty-target")
class AsteriskWithAnyMethod(HttpAsking):
    """An asterisk goes out with any method."""

    def check_target(self, method: bytes, target: bytes) -> None:
        super().check_target(b"OPTIONS" if target == b"*" else method, target)


@fault("http-client-request.target-invalid")
class TargetsAreCutToBytes(HttpAsking):
    """A target is looked at as text, and then each character is cut to a byte, some to those of a line end."""

    cut = False

    def write(
        self, method: Text, target: Text, headers: Iterable[tuple[Text, Text]], body: bytes, host: str, port: int
    ) -> tuple[bytes, bytes, bool]:
        self.cut = isinstance(target, str) and target.isprintable() and not target.isascii()
        given = bytes(ord(each) & 0xFF for each in target) if self.cut and isinstance(target, str) else target
        return super().write(method, given, headers, body, host, port)

    def check_target(self, method: bytes, target: bytes) -> None:
        if not self.cut:
            super().check_target(method, target)


@fault("http-client-request.target-invalid")
class TargetsInUnicode(HttpAsking):
    """A target beyond ASCII goes out in UTF-8, as it is."""

    def to_bytes(self, text: Text) -> bytes:
        return text if isinstance(text, bytes) else text.encode("utf-8")

    def check_target(self, method: bytes, target: bytes) -> None:
        super().check_target(method, bytes(byte for byte in target if byte < 0x80))


@fault("http-client-request.target-invalid")
class BackslashesAreSlashes(HttpAsking):
    """A backslash in a target becomes a slash, as in the bar of a browser."""

    def target_of(self, target: bytes) -> bytes:
        return super().target_of(target).replace(b"\\", b"/")


@fault("http-client-request.fields-arrive")
class BlanksOfValuesAreOne(HttpAsking):
    """Several blanks within a value go out as one."""

    def check_field(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        return super().check_field(name, re.sub(rb" +", b" ", value))


@fault("http-client-request.fields-arrive")
class TabsOfValuesAreBlanks(HttpAsking):
    """A tab within a value goes out as a blank."""

    def check_field(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        return super().check_field(name, value.replace(b"\t", b" "))


@fault("http-client-request.fields-arrive")
class SomeFieldsAreItsOwn(HttpAsking):
    """Cookie and Referer are for the library to say, and those of the program are left out in silence."""

    OWN = (*HttpAsking.OWN, b"cookie", b"referer")


@fault("http-client-request.fields-arrive")
class FieldsAreAddedToADefault(HttpAsking):
    """The fields of a request are added to a list that all requests begin with."""

    def __init__(self) -> None:
        self.always: Fields = []

    def field_lines(self, fields: Fields) -> list[bytes]:
        always = list(self.always)
        self.always += [pair for pair in fields if pair[0].lower().startswith(b"x-")]
        return super().field_lines(always + fields)


@fault("http-client-request.field-injection")
class RefusedFieldsStay(HttpAsking):
    """The fields that were read before one was found wrong stay for the next request."""

    def __init__(self) -> None:
        self.read: Fields = []

    def check_field(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        pair = super().check_field(name, value)
        self.read.append(pair)
        return pair

    def field_lines(self, fields: Fields) -> list[bytes]:
        read, self.read = self.read, []
        return super().field_lines(read or fields)


@fault("http-client-request.post-without-body")
class OnlyPostMeansABody(HttpAsking):
    """A PUT without a body has no Content-Length."""

    WITH_BODY = (b"POST",)


@fault("http-client-request.te-named")
class OffersAnUpgradeUnnamed(HttpAsking):
    """Each request offers HTTP/2 in Upgrade, and Connection does not name it."""

    def field_lines(self, fields: Fields) -> list[bytes]:
        return [b"Upgrade: h2c", *super().field_lines(fields)]


@fault("http-client-request.name-invalid")
class LettersOfAnyAlphabet(HttpAsking):
    """The name of a field may have letters of any alphabet."""

    def check_name(self, name: bytes) -> None:
        super().check_name(bytes(byte for byte in name if byte < 0x80))


@fault("http-client-request.method-invalid")
class MethodsOfAnyAlphabet(HttpAsking):
    """A method may have letters of any alphabet."""

    def check_method(self, method: bytes) -> None:
        super().check_method(bytes(byte for byte in method if byte < 0x80))


@fault("http-client-request.method-invalid")
class MethodsAreStripped(HttpAsking):
    """White space around a method is passed over where it is looked at, and goes out."""

    def check_method(self, method: bytes) -> None:
        super().check_method(method.strip())


@fault("http-client-request.before-init")
class AcceptsBehindClose(HttpClientHandle):
    """Behind close a request is accepted for the server that was, and waits for it to come back."""

    before: tuple[str, int] | None = None

    def finish(self) -> None:
        self.before = self.server or self.before
        super().finish()

    def request(self, method: Text, target: Text, headers: Iterable[tuple[Text, Text]], body: bytes) -> int:
        gone = self.server is None and self.before is not None
        if gone:
            self.server = self.before
        number = super().request(method, target, headers, body)
        if gone:
            self.server = None
        return number

    def go_on(self) -> bool:
        return self.server is not None and super().go_on()
