"""Faults of section http-client-limits: limits that hold nearly, or not everywhere."""

from __future__ import annotations

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_response import BrokenError, HttpResponse


@fault("http-client-limits.within")
class TheLimitItselfIsTooMuch(HttpResponse):
    """A body of exactly as many bytes as are allowed is too large."""

    def check_body(self, size: int) -> None:
        super().check_body(size + 1 if size else 0)


@fault("http-client-limits.body-length", "http-client-limits.body-chunked")
class OneByteBeyondIsFine(HttpResponse):
    """A body may have one byte more than the limit."""

    def check_body(self, size: int) -> None:
        super().check_body(max(size - 1, 0))


@fault("http-client-limits.body-length", "http-client-limits.body-chunked")
class LimitsAreDoubled(HttpResponse):
    """A body may have twice as many bytes as the limit, for the buffer grows by doubling."""

    def check_body(self, size: int) -> None:
        if size > 2 * self.limits.body:
            raise BrokenError("the buffer is as large as it gets")


@fault("http-client-limits.head-endless")
class TrailersWithoutEnd(HttpResponse):
    """The limit of a head is not looked at in a trailer."""

    def check_head_size(self, size: int) -> None:
        if self.state != "trailer":
            super().check_head_size(size)
