"""Faults of section http-response, continued: answers that have no content."""

from __future__ import annotations

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_answer import HttpAnswer


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
