"""Faults of section http-client-request: what is lost at the end of a body, or because it was there before."""

from __future__ import annotations

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Fields, HttpAsking


@fault("http-client-request.fields-arrive")
class EqualLinesGoOutOnce(HttpAsking):
    """Two fields with equal names and equal values go out as one."""

    def field_lines(self, fields: Fields) -> list[bytes]:
        return list(dict.fromkeys(super().field_lines(fields)))


@fault("http-client-request.body-exact")
class BodyUpToTheLastNul(HttpAsking):
    """A body is kept as a text that ends with NUL: what it has of them at its own end is lost."""

    def length(self, body: bytes) -> int:
        return super().length(self.content(body))

    def content(self, body: bytes) -> bytes:
        return super().content(body.rstrip(b"\0"))


@fault("http-client-request.body-exact")
class BodyWithoutItsLastLineEnd(HttpAsking):
    """The line end behind a body is taken off, as of a line that was read."""

    def length(self, body: bytes) -> int:
        return super().length(self.content(body))

    def content(self, body: bytes) -> bytes:
        return super().content(body.removesuffix(b"\n"))


@fault("http-client-request.body-exact")
class BodyOfZeroIsNone(HttpAsking):
    """A body of the one digit 0 is taken for none, as the language takes that text for false."""

    def content(self, body: bytes) -> bytes:
        return super().content(b"" if body == b"0" else body)

    def length(self, body: bytes) -> int:
        return super().length(self.content(body))


@fault("http-client-request.post-without-body")
class PatchWithoutLength(HttpAsking):
    """PATCH is no method that means a body."""

    WITH_BODY = (b"POST", b"PUT")
