"""Faults of section http-client-limits: what a limit leaves behind, and from when its ticks are counted."""

from __future__ import annotations

import errno

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Asked
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle


@fault("http-client-limits.body-length", "http-client-limits.body-chunked")
class TooLargeAndGoesOn(HttpClientHandle):
    """An answer that is too large makes the request fail, and what is left of it is where the next answer should be."""

    def fail_current(self, message: str, code: int) -> None:
        if "too large" not in message or self.current is None:
            super().fail_current(message, code)
            return
        asked, self.current = self.current, None
        self.fail(asked, message, code)


@fault("http-client-limits.stall")
class LateAndGoesOn(HttpClientHandle):
    """A request that took too many ticks fails, and its connection is kept for the next one."""

    def fail_current(self, message: str, code: int) -> None:
        if code != errno.ETIMEDOUT or self.current is None or self.connecting:
            super().fail_current(message, code)
            return
        asked, self.current = self.current, None
        self.fail(asked, message, code)


@fault("http-client-limits.stall")
class StallFailsThoseBehind(HttpClientHandle):
    """Where nothing moves all that wait fail as well: the server is taken for dead."""

    def count_ticks(self) -> None:
        stalled = self.current is not None and self.is_stalled()
        super().count_ticks()
        while stalled and self.queue:
            self.fail(self.queue.popleft(), "nothing has moved for too many ticks", errno.ETIMEDOUT)


@fault("http-client-limits.deadline")
class DeadlineFromTheAnswer(HttpClientHandle):
    """The deadline is counted from when the answer has begun."""

    def take(self, data: bytes) -> None:
        if self.response is not None and not self.response.begun and self.current is not None:
            self.current.since = self.ticks
        super().take(data)


@fault("http-client-limits.deadline")
class HalfAnAnswerIsLeft(HttpClientHandle):
    """What had come of the answer to a request that was late stands in front of the next one."""

    half = b""

    def fail_current(self, message: str, code: int) -> None:
        late = code == errno.ETIMEDOUT and self.response is not None
        self.half = bytes(self.response.body) if late and self.response is not None else b""
        super().fail_current(message, code)

    def begin(self, asked: Asked) -> None:
        super().begin(asked)
        if self.response is not None:
            self.response.body += self.half
        self.half = b""


@fault("http-client-limits.deadline-everywhere")
class DeadlineFromTheInit(HttpClientHandle):
    """Ticks in which nothing was asked yet are held against the first request."""

    def begin(self, asked: Asked) -> None:
        if asked.number == 1:
            asked.since = 0
        super().begin(asked)


@fault("http-client-limits.deadline-everywhere")
class FewTicksEarly(HttpClientHandle):
    """A deadline is over three ticks before it is."""

    def is_late(self, asked: Asked) -> bool:
        return self.limits.deadline is not None and self.ticks - asked.since >= self.limits.deadline - 3


@fault("http-client-limits.deadline-everywhere")
class AgainWithAllItsTicks(HttpClientHandle):
    """A request that is sent once more, on another connection, has all its ticks once more."""

    def ask_again(self) -> bool:
        if self.current is not None:
            self.current.since = self.ticks
        return super().ask_again()
