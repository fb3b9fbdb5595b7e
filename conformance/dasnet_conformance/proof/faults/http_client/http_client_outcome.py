"""Faults of section http-client-outcome: what is told of requests, and what a client does in its life."""

from __future__ import annotations

from typing import Any, ClassVar

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Asked
from dasnet_conformance.proof.faults.sound_http_client import HttpClient
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_response import HttpResponse


@fault("http-client-outcome.one-each")
class FailuresAreToldTwice(HttpClientHandle):
    """A failure is told twice."""

    def fail(self, asked: Asked, message: str, code: int) -> None:
        super().fail(asked, message, code)
        super().fail(asked, message, code)


@fault("http-client-outcome.one-each")
class CutAnswerIsBoth(HttpClientHandle):
    """An answer that is cut is handed over, and told as a failure as well."""

    def fail_current(self, message: str, code: int) -> None:
        if self.current is not None and self.response is not None and self.response.head.status:
            self.outcomes.append(self.outcome_of(self.current, self.response))
        super().fail_current(message, code)


@fault("http-client-outcome.one-each")
class CancelledIsForgotten(HttpClientHandle):
    """A cancelled request has no outcome."""

    def cancel(self, number: int) -> None:
        before = len(self.outcomes)
        super().cancel(number)
        while len(self.outcomes) > before:
            self.outcomes.pop()


@fault("http-client-outcome.inside-tick")
class CancelTellsAtOnce(HttpClientHandle):
    """cancel calls back by itself."""

    def cancel(self, number: int) -> None:
        super().cancel(number)
        if not self.ticking:
            self.tell_all()


@fault("http-client-outcome.inside-tick")
class QueriesDoTheWork(HttpClientHandle):
    """is_connected reads what has come, and tells of it."""

    def is_connected(self) -> bool:
        self.tick()
        return super().is_connected()


@fault("http-client-outcome.failure-code")
class FailuresHaveCodeZero(HttpClientHandle):
    """A failure has the code 0."""

    def fail(self, asked: Asked, message: str, code: int) -> None:  # noqa: ARG002
        super().fail(asked, message, 0)


@fault("http-client-outcome.failure-code")
class FailuresSayNothing(HttpClientHandle):
    """A failure has an empty message."""

    def fail(self, asked: Asked, message: str, code: int) -> None:  # noqa: ARG002
        super().fail(asked, "", code)


@fault("http-client-outcome.cancel-waiting")
class CancelledGoesOutAllTheSame(HttpClientHandle):
    """A cancelled request that waits fails, and is sent when its turn has come."""

    def cancel(self, number: int) -> None:
        kept = [asked for asked in self.queue if asked.number == number]
        super().cancel(number)
        self.queue.extendleft(kept)


@fault("http-client-outcome.cancel-waiting")
class CancelTakesTheNext(HttpClientHandle):
    """cancel of a request that waits takes the next one with it."""

    def cancel(self, number: int) -> None:
        waits = any(asked.number == number for asked in self.queue)
        super().cancel(number)
        if waits and self.queue:
            self.fail(self.queue.popleft(), "it was cancelled", 125)


@fault("http-client-outcome.cancel-under-way")
class CancelledKeepsItsConnection(HttpClientHandle):
    """Behind a cancelled request the next goes out on the same connection, and gets its answer."""

    def cancel_current(self) -> None:
        asked, self.current = self.current, None
        assert asked is not None
        self.outgoing.clear()
        self.fail(asked, "it was cancelled", 125)

    def watch_idle(self) -> None:
        pass


@fault("http-client-outcome.cancel-under-way")
class UnderWayCannotBeCancelled(HttpClientHandle):
    """A request that is under way goes on although it is cancelled."""

    def cancel_current(self) -> None:
        pass


@fault("http-client-outcome.cancel-next-tick")
class CancelledFailsLate(HttpClientHandle):
    """A cancelled request fails some ticks later."""

    due = 0

    def cancel(self, number: int) -> None:
        super().cancel(number)
        self.due = self.ticks + 6

    def tell_all(self) -> None:
        if self.ticks >= self.due:
            super().tell_all()


@fault("http-client-outcome.cancel-nothing")
class CancelOfNobodyTakesCurrent(HttpClientHandle):
    """cancel of a number that is none gives up what is under way."""

    def cancel(self, number: int) -> None:
        known = [asked.number for asked in self.queue]
        super().cancel(number if number in known or self.current is None else self.current.number)


@fault("http-client-outcome.cancel-nothing")
class CancelOfNobodyFails(HttpClientHandle):
    """cancel of a request that had its outcome tells a failure."""

    def cancel(self, number: int) -> None:
        before = len(self.outcomes)
        super().cancel(number)
        if len(self.outcomes) == before:
            self.fail(Asked(number, b"", b"", 0), "there is no such request", 2)


@fault("http-client-outcome.is-open")
class OpenWhenConnected(HttpClientHandle):
    """is_open says whether there is a connection."""

    def is_open(self) -> bool:
        return self.connection is not None


@fault("http-client-outcome.is-open")
class StaysOpen(HttpClientHandle):
    """is_open stays true behind a close."""

    opened = False

    def is_open(self) -> bool:
        self.opened = self.opened or super().is_open()
        return self.opened


@fault("http-client-outcome.is-connected")
class ConnectedWhenOpen(HttpClientHandle):
    """is_connected says whether there is a server to ask."""

    def is_connected(self) -> bool:
        return self.server is not None


@fault("http-client-outcome.is-connected")
class NeverConnected(HttpClientHandle):
    """is_connected is false."""

    def is_connected(self) -> bool:
        return False


@fault("http-client-outcome.init-port")
class AnyPort(HttpClientHandle):
    """init takes any number for a port."""

    def port_exists(self, port: int) -> bool:  # noqa: ARG002
        return True


@fault("http-client-outcome.init-port")
class PortsWrap(HttpClientHandle):
    """A port beyond 16 bits wraps."""

    def port_exists(self, port: int) -> bool:
        return super().port_exists(port) or port > 65_535


@fault("http-client-outcome.destroy-silent")
class DestroyTells(HttpClient):
    """Destroying an object tells of what was under way."""

    def close(self) -> None:
        super().close()
        if self._client is not None and self._client.owner is not None and self._client.outcomes:
            self._client.tell_all()


@fault("http-client-outcome.destroy-silent")
class DestroyLeavesConnection(HttpClient):
    """A destroyed object leaves its connection open."""

    def close(self) -> None:
        pass


@fault("http-client-outcome.request-inside")
class NoRequestsInside(HttpClientHandle):
    """A request inside a callback is refused."""

    def request(self, *arguments: Any) -> int:
        return 0 if self.ticking else super().request(*arguments)


@fault("http-client-outcome.request-inside")
class RequestsInsideAreLost(HttpClientHandle):
    """A request inside a failure callback is lost."""

    def tell_all(self) -> None:
        failing = bool(self.outcomes) and self.outcomes[0][0] == "on_failure"
        super().tell_all()
        if failing:
            self.queue.clear()


@fault("http-client-outcome.tick-inside")
class TicksNest(HttpClientHandle):
    """A tick inside a callback works, and tells once more what the outer one tells."""

    def tick(self) -> None:
        if self.owner is None:
            return
        self.ticks += 1
        self.ticking = True
        self.turn()
        self.count_ticks()
        self.tell_all()
        self.ticking = False

    depth = 0

    def tell_all(self) -> None:
        # Taken out of the list only when all of it was told.
        self.depth += 1
        try:
            if self.depth > 5:
                return
            for name, *rest in list(self.outcomes):
                getattr(self.owner, name)(*rest)
        finally:
            self.depth -= 1
        self.outcomes.clear()


@fault("http-client-outcome.close-inside")
class CloseInsideLosesOutcomes(HttpClientHandle):
    """close inside a callback drops what is still to be told."""

    def finish(self) -> None:
        super().finish()
        if self.ticking:
            self.outcomes.clear()


@fault("http-client-outcome.destroy-inside")
class DestroyInsideRaises(HttpClientHandle):
    """To destroy an object inside its callback is an error, and leaves its connection open."""

    def finish(self) -> None:
        if self.ticking:
            raise RuntimeError("not inside a callback")
        super().finish()


@fault("http-client-outcome.raise-inside")
class RaisingBlocksTicks(HttpClientHandle):
    """After a callback that raised no tick does anything."""

    def tick(self) -> None:
        if self.ticking or self.owner is None:
            return
        self.ticking = True
        self.ticks += 1
        self.turn()
        self.count_ticks()
        self.tell_all()
        self.ticking = False


@fault("http-client-outcome.raise-inside")
class RaisingTellsAgain(HttpClientHandle):
    """An outcome whose callback raised is told again."""

    def tell_all(self) -> None:
        while self.outcomes and self.owner is not None:
            name, *rest = self.outcomes[0]
            getattr(self.owner, name)(*rest)
            self.outcomes.popleft()


@fault("http-client-outcome.silent-class")
class NeedsCallbacks(HttpClientHandle):
    """An object whose class overrides no callback asks nothing."""

    def go_on(self) -> bool:
        return type(self.owner).on_response is not HttpClient.on_response and super().go_on()


@fault("http-client-outcome.two-clients")
class AnswersAreShared(HttpClientHandle):
    """All clients share one answer, that of who asked last."""

    shared: ClassVar[list[HttpResponse]] = []

    def begin(self, asked: Asked) -> None:
        super().begin(asked)
        assert self.response is not None
        self.shared[:] = [self.response]

    def take(self, data: bytes) -> None:
        self.response = self.shared[0]
        super().take(data)


@fault("http-client-outcome.two-clients")
class CloseClosesAll(HttpClientHandle):
    """close of one client ends the connections of all."""

    all_of_them: ClassVar[list[HttpClientHandle]] = []

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.all_of_them[:] = [*self.all_of_them[-3:], self]

    def finish(self) -> None:
        super().finish()
        for other in self.all_of_them:
            if other is not self and other.server is not None:
                other.server = None
