"""Faults of section http-client-reload: what a reload does to requests in each of their states."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Asked
from dasnet_conformance.proof.faults.sound_http_client import HttpClient
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle


@fault("http-client-reload.open")
class SavingForgetsTheServer(HttpClientHandle):
    """After a reload init has to be called again."""

    def disown(self) -> None:
        super().disown()
        self.server = None


@fault("http-client-reload.open")
class SameClassOnly(HttpClient):
    """A handle goes back to an object of the class that it came from."""

    def save(self, shared_orphan: Any) -> None:
        super().save(shared_orphan)
        shared_orphan.server.came_from = type(self)

    def restore(self, shared_orphan: Any) -> None:
        if shared_orphan.server.came_from is not type(self):
            raise ValueError("another class")
        super().restore(shared_orphan)


@fault("http-client-reload.idle-connection")
class SavingEndsIdleConnection(HttpClientHandle):
    """A connection that is kept ends with a reload."""

    def disown(self) -> None:
        super().disown()
        if self.current is None:
            self.retire()


@fault("http-client-reload.waiting")
class SavingFailsWhatWaits(HttpClientHandle):
    """What waits for its answer fails with a reload."""

    def disown(self) -> None:
        super().disown()
        if self.current is not None:
            self.fail_current("the script was reloaded", 125)


@fault("http-client-reload.waiting")
class AsksAgainAfterReload(HttpClientHandle):
    """What waits for its answer is asked for again after a reload."""

    def disown(self) -> None:
        super().disown()
        if self.current is not None and self.response is not None and not self.response.begun:
            asked = self.current
            self.retire()
            self.begin(asked)


@fault("http-client-reload.waiting")
class SavingForgetsWhatWaits(HttpClientHandle):
    """What waits for its answer is forgotten with a reload."""

    def disown(self) -> None:
        super().disown()
        self.current = None


@fault("http-client-reload.in-head")
class SavingForgetsHalfAHead(HttpClientHandle):
    """Of a head the part that had come is forgotten."""

    def disown(self) -> None:
        super().disown()
        if self.response is not None and self.response.state in ("line", "field"):
            self.response.buffer.clear()


@fault("http-client-reload.in-head")
class SavingForgetsFields(HttpClientHandle):
    """A head begins anew after a reload."""

    def disown(self) -> None:
        super().disown()
        if self.response is not None and self.response.state == "field":
            self.response.state = "line"


@fault("http-client-reload.in-body")
class SavingForgetsHalfABody(HttpClientHandle):
    """Of a body the part that had come is forgotten."""

    def disown(self) -> None:
        super().disown()
        if self.response is not None:
            self.response.body.clear()


@fault("http-client-reload.in-body")
class SavingForgetsHalfASize(HttpClientHandle):
    """Of a chunk's size the part that had come is forgotten."""

    def disown(self) -> None:
        super().disown()
        if self.response is not None and self.response.state == "size":
            self.response.buffer.clear()


@fault("http-client-reload.queued")
class SavingForgetsTheQueue(HttpClientHandle):
    """Requests that wait for their turn are forgotten."""

    def disown(self) -> None:
        super().disown()
        self.queue.clear()


@fault("http-client-reload.queued")
class SavingTurnsTheQueue(HttpClientHandle):
    """Requests that wait for their turn are asked in the opposite order."""

    def disown(self) -> None:
        super().disown()
        self.queue.reverse()


@fault("http-client-reload.sending")
class SavingForgetsTheUnsent(HttpClientHandle):
    """The part of a body that was not yet sent is forgotten."""

    def disown(self) -> None:
        super().disown()
        self.outgoing.clear()


@fault("http-client-reload.before-connecting")
class UnsentRequestsAreLost(HttpClientHandle):
    """A request of which nothing was sent is lost."""

    def disown(self) -> None:
        super().disown()
        if self.connection is None:
            self.queue.clear()


@fault("http-client-reload.while-saved")
class ReadsWhileSaved(HttpClientHandle):
    """What the server sends while nobody has the handle is read and dropped."""

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        if self.connection is not None and not self.connecting:
            try:
                self.connection.recv(65_536)
            except OSError:
                pass


@fault("http-client-reload.numbers-go-on")
class NumbersBeginAnew(HttpClientHandle):
    """After a reload numbers begin at 1."""

    def disown(self) -> None:
        super().disown()
        self.last = 0


@fault("http-client-reload.old-is-silent")
class OldObjectKeepsHandle(HttpClient):
    """The object that was saved keeps its handle as well."""

    def save(self, shared_orphan: Any) -> None:
        handle = self._client
        super().save(shared_orphan)
        self._client = handle


@fault("http-client-reload.old-is-silent")
class OldObjectIsTold(HttpClientHandle):
    """Outcomes are told to the object that asked."""

    first: Any = None

    def bind(self, owner: Any) -> None:
        self.first = self.first or owner
        super().bind(owner)

    def tell_all(self) -> None:
        owner, self.owner = self.owner, self.first
        try:
            super().tell_all()
        finally:
            self.owner = owner


@fault("http-client-reload.failure-to-tell")
class SavingForgetsFailures(HttpClientHandle):
    """A failure that was still to be told is forgotten."""

    def disown(self) -> None:
        super().disown()
        self.outcomes.clear()


@fault("http-client-reload.failure-to-tell")
class CancelledIsToldBeforeSaving(HttpClientHandle):
    """A failure that was still to be told is marked as told with a reload, but for those of close."""

    cancelled: Asked | None = None

    def cancel_current(self) -> None:
        self.cancelled = self.current
        super().cancel_current()

    def disown(self) -> None:
        super().disown()
        if self.cancelled is not None:
            self.outcomes.clear()


@fault("http-client-reload.deadline-goes-on")
class ReloadBeginsTheDeadlineAnew(HttpClientHandle):
    """Whoever takes over the handle gives every request all its ticks again."""

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        for asked in (*self.queue, *([self.current] if self.current else [])):
            asked.since = self.ticks


@fault("http-client-reload.before-connecting")
class ReloadDropsAnAttempt(HttpClientHandle):
    """A connection that is not made yet is dropped when the handle is saved, and its request with it."""

    def disown(self) -> None:
        super().disown()
        if self.connecting:
            self.current = None
            self.retire()


@fault("http-client-reload.deadline-goes-on")
class ReloadEndsTheDeadline(HttpClientHandle):
    """The ticks of a request are held against those of the object that takes the handle, and are over at once."""

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        if self.current is not None and self.limits.deadline is not None:
            self.current.since = self.ticks - self.limits.deadline
