"""Faults of section http-response, continued: answers that have no content."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_answer import HttpAnswer
from dasnet_conformance.proof.faults.sound_http_connection import Exchange, HttpConnection
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Refused, Request

Fields = list[tuple[bytes, bytes]]


@fault("http-response.length-without-content")
class NothingIsLengthZero(HttpAnswer):
    """An answer 304 says that its length is 0, and caches take that for the length of what they keep."""

    def framing_lines(self, status: int, body: bytes) -> list[bytes]:
        return super().framing_lines(200 if status == 304 else status, body)


@fault("http-response.length-without-content")
class HeadOfNothing(HttpAnswer):
    """The body is left out of an answer to HEAD before its length is taken, which is 0 then."""

    def write(self, status: int, fields: Fields, body: bytes, **more: Any) -> bytes:
        return super().write(status, fields, b"" if more["method"] == b"HEAD" else body, **more)


class _EachAnswerIsTheLast(HttpConnection):
    def is_last(self, exchange: Exchange, fields: Fields) -> bool:  # noqa: ARG002
        return True


@fault("http-response.delimited", also=(_EachAnswerIsTheLast,))
class EndsTellTheLength(HttpAnswer):
    """The end of each answer is that of its connection, though all of it is there when its head is written."""

    def framing_lines(self, status: int, body: bytes) -> list[bytes]:  # noqa: ARG002
        return []


@fault("http-response.allow")
class NothingIsAllowed(HttpParser):
    """A method that the server does not have is answered 405, and not a word of those that it has."""

    def check_method(self, method: bytes) -> None:
        super().check_method(method)
        if method not in (b"GET", b"HEAD", b"POST"):
            raise Refused(405, "no such method here")


@fault("http-response.no-content")
class LengthForNoContent(HttpAnswer):
    """An answer 204 says that its length is 0."""

    def framing_lines(self, status: int, body: bytes) -> list[bytes]:
        return super().framing_lines(200 if status == 204 else status, body)


@fault("http-response.no-content")
class CodingForNoContent(HttpAnswer):
    """An answer 204 says that it is chunked, and is not."""

    def framing_lines(self, status: int, body: bytes) -> list[bytes]:
        return [b"Transfer-Encoding: chunked"] if status == 204 else super().framing_lines(status, body)


@fault("http-response.no-content")
class BodiesWhereNoneMayBe(HttpAnswer):
    """A body that is given with 204 or 304 is sent."""

    def check_body(self, status: int, body: bytes) -> None:
        pass


@fault("http-response.reset-content")
class BodiesWithReset(HttpAnswer):
    """A body that is given with 205 is sent, with its length."""

    def check_body(self, status: int, body: bytes) -> None:
        super().check_body(200 if status == 205 else status, body)


@fault("http-response.reset-content")
class NoLengthWithReset(HttpAnswer):
    """An answer 205 says nothing of a length, as 204 does, and its client reads until the connection ends."""

    def framing_lines(self, status: int, body: bytes) -> list[bytes]:
        return super().framing_lines(204 if status == 205 else status, body)


@fault("http-response.error-answers-are-whole")
class ErrorsBehindAHeadAreCutShort(HttpConnection):
    """That a HEAD was asked for is kept until the next request is read whole: a faulty one gets the fields alone."""

    after_head = False

    def complete(self, *arguments: Any) -> bool:
        self.after_head = self.parser.request.method == b"HEAD"
        return super().complete(*arguments)

    def refuse(self, status: int, why: str) -> None:
        if self.after_head:
            self.parser.request.method = b"HEAD"
        super().refuse(status, why)

    def write(self, request: Request, status: int, fields: Fields, body: bytes, *, persistent: bool) -> bytes:
        text = b"an error\n" if status >= 400 else body
        return super().write(request, status, fields, text, persistent=persistent)
