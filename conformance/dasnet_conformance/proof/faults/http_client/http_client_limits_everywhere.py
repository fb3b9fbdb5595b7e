"""Faults of section http-client-limits: limits that are kept in some states of a request and not in others."""

from __future__ import annotations

import time

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Asked
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle


@fault("http-client-limits.each-answer")
class BodiesOfAConnectionAreAdded(HttpClientHandle):
    """The limit of a body is that of all bodies on a connection together."""

    together = 0

    def begin(self, asked: Asked) -> None:
        super().begin(asked)
        response, together = self.response, self.together
        assert response is not None
        alone = response.check_body
        response.check_body = lambda size: alone(size + together)  # type: ignore[method-assign]

    def respond(self) -> None:
        assert self.response is not None
        self.together += len(self.response.body)
        super().respond()

    def retire(self) -> None:
        super().retire()
        self.together = 0


@fault("http-client-limits.each-answer")
class HeadsOfAConnectionAreAdded(HttpClientHandle):
    """The limit of a head is that of all heads on a connection together."""

    together = 0

    def begin(self, asked: Asked) -> None:
        super().begin(asked)
        assert self.response is not None
        self.response.head_size = self.together

    def respond(self) -> None:
        assert self.response is not None
        self.together += sum(len(name) + len(value) + 4 for name, value in self.response.head.fields)
        super().respond()

    def retire(self) -> None:
        super().retire()
        self.together = 0


@fault("http-client-limits.counts-ticks")
class StallsBySixtieths(HttpClientHandle):
    """A tick is taken for a sixtieth of a second, and silence is counted by a clock."""

    heard = (0, 0.0)

    def is_stalled(self) -> bool:
        if self.heard[0] != self.moved:
            self.heard = self.moved, time.monotonic()
        return self.limits.stall is not None and time.monotonic() - self.heard[1] >= self.limits.stall / 60


@fault("http-client-limits.counts-ticks")
class IsLateBySixtieths(HttpClientHandle):
    """A tick is taken for a sixtieth of a second, and a deadline is counted by a clock."""

    def is_late(self, asked: Asked) -> bool:
        begun = vars(asked).setdefault("by_the_clock", time.monotonic())
        return self.limits.deadline is not None and time.monotonic() - begun >= self.limits.deadline / 60


@fault("http-client-limits.stall-everywhere")
class ConnectingNeverStalls(HttpClientHandle):
    """A server may leave a connection unanswered for ever."""

    def is_stalled(self) -> bool:
        return not self.connecting and super().is_stalled()


@fault("http-client-limits.stall-everywhere")
class SendingNeverStalls(HttpClientHandle):
    """A server may leave a body unread for ever."""

    def is_stalled(self) -> bool:
        return not self.outgoing and super().is_stalled()


@fault("http-client-limits.stall-not-while-sending")
class SentBytesAreNoMove(HttpClientHandle):
    """Only what is received counts as a move, and a large body that goes out is cut off."""

    def flush(self) -> None:
        before = self.moved
        super().flush()
        self.moved = before


@fault("http-client-limits.deadline-everywhere")
class ConnectingIsNeverLate(HttpClientHandle):
    """The deadline is not looked at while there is no connection."""

    def is_late(self, asked: Asked) -> bool:
        return not self.connecting and super().is_late(asked)


@fault("http-client-limits.deadline-everywhere")
class SendingIsNeverLate(HttpClientHandle):
    """The deadline is not looked at while the request is still going out."""

    def is_late(self, asked: Asked) -> bool:
        return not self.outgoing and super().is_late(asked)


@fault("http-client-limits.deadline-everywhere")
class WaitingIsNeverLate(HttpClientHandle):
    """The deadline is counted from when a request has its turn."""

    def begin(self, asked: Asked) -> None:
        super().begin(asked)
        asked.since = self.ticks

    def is_late(self, asked: Asked) -> bool:
        return asked is self.current and super().is_late(asked)


@fault("http-client-limits.deadline-everywhere")
class InterimBeginsTheDeadlineAnew(HttpClientHandle):
    """Every interim answer gives the request all its ticks again."""

    def take(self, data: bytes) -> None:
        super().take(data)
        if self.current is not None and data.startswith(b"HTTP/1.1 1"):
            self.current.since = self.ticks


@fault("http-client-limits.deadline-everywhere")
class TheDeadlineBeginsWithTheTurn(HttpClientHandle):
    """A request that waits is late with its deadline, and one that has waited long has all its ticks once more."""

    def begin(self, asked: Asked) -> None:
        super().begin(asked)
        asked.since = self.ticks
