"""Faults of section http-client-outcome: cancel at odd moments, and what a second init leaves of the first."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from typing import Any, ClassVar

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Asked
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_fields import Text


@fault("http-client-outcome.cancel-early")
class CancelNeedsOneUnderWay(HttpClientHandle):
    """cancel does nothing while no request is under way, although some wait."""

    def cancel(self, number: int) -> None:
        if self.current is not None:
            super().cancel(number)


@fault("http-client-outcome.cancel-early")
class CancelNeedsAConnection(HttpClientHandle):
    """cancel does nothing for a request whose connection is still being made."""

    def cancel_current(self) -> None:
        if not self.connecting:
            super().cancel_current()


@fault("http-client-outcome.cancel-under-way")
class CancelComesTooLateForAHead(HttpClientHandle):
    """A request whose answer has begun cannot be cancelled."""

    def cancel_current(self) -> None:
        if self.response is None or not self.response.begun:
            super().cancel_current()


@fault("http-client-outcome.cancel-nothing")
class CancelledTwiceFailsTwice(HttpClientHandle):
    """A second cancel before the tick makes a second failure."""

    def cancel(self, number: int) -> None:
        waits = any(each[1] == number for each in self.outcomes)
        super().cancel(number)
        if waits:
            self.outcomes.append(("on_failure", number, "it was cancelled", errno.ECANCELED))


@fault("http-client-outcome.close-fails-all")
class InitForgetsWhatFailed(HttpClientHandle):
    """init clears what was still to be told."""

    def init(self, host: str, port: int) -> bool:
        self.outcomes.clear()
        return super().init(host, port)


@fault("http-client-outcome.init-again")
class HostIsThatOfTheFirstInit(HttpClientHandle):
    """Host names the server of the first init for ever."""

    named: tuple[str, int] | None = None

    def request(self, method: Text, target: Text, headers: Iterable[tuple[Text, Text]], body: bytes) -> int:
        server = self.server
        self.named = self.named or server
        self.server = self.named if server is not None else None
        try:
            return super().request(method, target, headers, body)
        finally:
            self.server = server


@fault("http-client-outcome.cancel-under-way")
class CancelLooksFirst(HttpClientHandle):
    """cancel looks whether the answer has come meanwhile, and where it has, that is the outcome."""

    def cancel_current(self) -> None:
        if self.connection is None or self.connecting or self.outgoing or not self.receive():
            super().cancel_current()


@fault("http-client-outcome.cancel-nothing")
class CancelsAhead(HttpClientHandle):
    """Numbers that were cancelled are kept, also those that nobody was given yet: who gets one later fails."""

    cancelled: frozenset[int] = frozenset()

    def cancel(self, number: int) -> None:
        self.cancelled |= {number}
        super().cancel(number)

    def begin(self, asked: Asked) -> None:
        super().begin(asked)
        if asked.number in self.cancelled:
            self.fail_current("it was cancelled", 125)


@fault("http-client-outcome.two-clients")
class CancelsWhoeverHasTheNumber(HttpClientHandle):
    """Requests stand in one table of the process, by number: cancel takes that of another client, for want of one."""

    EVERY: ClassVar[list[HttpClientHandle]] = []

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.EVERY.append(self)

    def cancel(self, number: int) -> None:
        for each in (self, *self.EVERY):
            if each.current is not None and each.current.number == number:
                each.cancel_current()
                return
        super().cancel(number)
