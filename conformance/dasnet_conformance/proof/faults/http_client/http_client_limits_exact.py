"""Faults of section http-client-limits: limits that hold nearly, or not everywhere."""

from __future__ import annotations

import errno
from typing import Any, ClassVar

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Asked
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_response import BrokenError, ClientLimits, HttpResponse


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


@fault("http-client-limits.never-blocks", hangs=True)
class CallbacksAreWorkedOff(HttpClientHandle):
    """What a callback asks for is done in the same tick, and what comes of that told, as long as there is any."""

    def tell_all(self) -> None:
        while self.outcomes:
            super().tell_all()
            self.turn()


@fault("http-client-limits.stall-not-by-drops")
class WaitedIsStalled(HttpClientHandle):
    """The ticks that a request has waited for its turn are held against it as soon as that comes."""

    def begin(self, asked: Asked) -> None:
        super().begin(asked)
        if self.limits.stall is not None and self.ticks - asked.since >= self.limits.stall:
            raise BrokenError("nothing has moved since it was asked", errno.ETIMEDOUT)


@fault("http-client-limits.deadline")
class DeadlineOfAll(HttpClientHandle):
    """Where the request under way is late all that wait fail with it."""

    def count_ticks(self) -> None:
        late = self.current is not None and self.is_late(self.current)
        super().count_ticks()
        while late and self.queue:
            self.fail(self.queue.popleft(), "it took too many ticks", errno.ETIMEDOUT)


@fault("http-client-limits.stall-not-idle")
class IdleIsStalledWhileConnecting(HttpClientHandle):
    """Ticks without a byte are counted on while a connection is made, from the last byte of whatever was before."""

    def begin(self, asked: Asked) -> None:
        moved = self.moved
        super().begin(asked)
        if self.connection is None:
            self.moved = moved


@fault("http-client-limits.deadline")
class LateInAnAnswerIsToldTwice(HttpClientHandle):
    """A request whose deadline comes while its answer is read fails for the one and for the other."""

    def count_ticks(self) -> None:
        asked = self.current
        twice = asked is not None and self.is_late(asked) and self.response is not None and self.response.begun
        super().count_ticks()
        if asked is not None and twice:
            self.fail(asked, "its answer was cut off", errno.ETIMEDOUT)


@fault("http-client-limits.stall-not-idle")
class CancelledTicksCount(HttpClientHandle):
    """Behind a request that was cancelled the next one has the ticks that were left of it."""

    since = 0
    cancelled = False

    def cancel_current(self) -> None:
        self.since, self.cancelled = self.moved, True
        super().cancel_current()

    def is_stalled(self) -> bool:
        limit = self.limits.stall
        spent = self.cancelled and limit is not None and self.ticks - self.since >= limit
        return super().is_stalled() or spent


@fault("http-client-limits.stall")
class OneCountForAll(HttpClientHandle):
    """Ticks are counted in one place for all clients of the process, so that each counts those of the others."""

    EVERY: ClassVar[list[int]] = [0]

    def turn(self) -> None:
        self.EVERY[0] += 1
        self.ticks = self.EVERY[0]
        super().turn()


@fault("http-client-limits.stall")
class LimitsOfTheLastOne(HttpClientHandle):
    """Limits are kept in one place for all clients of the process: those of the last one hold."""

    LATEST: ClassVar[list[ClientLimits]] = []

    def bind(self, owner: Any) -> None:
        self.LATEST[:] = [self.limits]
        super().bind(owner)

    def is_stalled(self) -> bool:
        self.limits = self.LATEST[0]
        return super().is_stalled()


@fault("http-client-limits.stall")
class SilenceIsTheEnd(HttpClientHandle):
    """An answer that lasts until the connection ends is whole when nothing has come for as long as the limit says."""

    def count_ticks(self) -> None:
        silent = self.current is not None and self.is_stalled()
        if silent and self.response is not None and self.response.state == "end":
            self.response.end()
            self.respond()
            self.retire()
        super().count_ticks()


@fault("http-client-limits.deadline")
class DeadlineOfTheHead(HttpClientHandle):
    """A request whose answer has begun with its whole head is not late any more."""

    def is_late(self, asked: Asked) -> bool:
        reading = asked is self.current and self.response is not None and self.response.state in ("length", "end")
        return super().is_late(asked) and not reading
