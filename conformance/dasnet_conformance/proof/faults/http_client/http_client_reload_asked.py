"""Faults of section http-client-reload: what of a request, or of half an answer, is not known any more."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle


@fault("http-client-reload.waiting")
class SavingForgetsHead(HttpClientHandle):
    """Saved while the answer to HEAD is waited for, it is read as one to GET."""

    def disown(self) -> None:
        super().disown()
        if self.response is not None and not self.response.begun:
            self.response.method = b"GET"


@fault("http-client-reload.waiting")
class SavingForgetsThatNothingFollows(HttpClientHandle):
    """Saved while its answer is waited for, it is forgotten that a request says close."""

    def disown(self) -> None:
        super().disown()
        if self.current is not None:
            self.current.closes = False


@fault("http-client-reload.in-body")
class SavingForgetsTheServersClose(HttpClientHandle):
    """Saved within a body, it is forgotten that its head said close."""

    def disown(self) -> None:
        super().disown()
        if self.response is not None and self.response.state == "length":
            head = self.response.head
            head.fields = [pair for pair in head.fields if pair[0].lower() != b"connection"]


@fault("http-client-reload.in-body")
class SavingForgetsTheStatus(HttpClientHandle):
    """Saved within a body, the status is 200 again."""

    def disown(self) -> None:
        super().disown()
        if self.response is not None and self.response.state == "length":
            self.response.head.status = 200


@fault("http-client-reload.in-body")
class SavingForgetsWhatTheHeadSaid(HttpClientHandle):
    """Saved within a body, of the fields those are left that say where it ends, and the reason is gone."""

    def disown(self) -> None:
        super().disown()
        if self.response is not None and self.response.state == "length":
            head = self.response.head
            head.reason = b""
            head.fields = [pair for pair in head.fields if not pair[0].lower().startswith(b"x-")]


@fault("http-client-reload.limits")
class ReloadCountsAsAMove(HttpClientHandle):
    """A reload begins the ticks in which nothing moves anew."""

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.moved = self.ticks


@fault("http-client-reload.deadline-goes-on")
class ReloadBeginsTheWaitAnew(HttpClientHandle):
    """Whoever takes over the handle gives the requests that wait for their turn all their ticks again."""

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        for asked in self.queue:
            asked.since = self.ticks
