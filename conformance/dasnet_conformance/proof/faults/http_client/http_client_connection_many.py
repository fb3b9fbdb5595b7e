"""Faults of section http-client-connection: servers that are not there, many requests, and what they leave open."""

from __future__ import annotations

import errno
from collections.abc import Iterable

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_fields import Text
from dasnet_conformance.proof.faults.tools import LOST


@fault("http-client-connection.refused")
class RefusedIsRefusedForGood(HttpClientHandle):
    """A server that was not there is remembered as one, and not tried again."""

    absent = False

    def try_next(self, failure: OSError) -> None:
        if self.absent:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "nobody was there before")
        try:
            super().try_next(failure)
        except ConnectionRefusedError:
            self.absent = True
            raise


@fault("http-client-connection.many-requests")
class NumbersInAByte(HttpClientHandle):
    """The number of a request is a byte, and after 255 it is 1 again."""

    def number(self) -> int:
        self.last = self.last % 255 + 1
        return self.last


@fault("http-client-connection.many-requests")
class AsksTwoHundredTimes(HttpClientHandle):
    """A table of two hundred requests is never cleared, and the next one is turned down."""

    def request(self, method: Text, target: Text, headers: Iterable[tuple[Text, Text]], body: bytes) -> int:
        return super().request(method, target, headers, body) if self.last < 200 else 0


@fault("http-client-connection.unknown-name")
class UnknownNameIsLookedUpForEver(HttpClientHandle):
    """A host without an address may have one later: it is looked up in every tick, and the request waits."""

    def go_on_connecting(self) -> bool:
        if self.connection is None and self.server is not None and not self.look_up(*self.server):
            return False
        return super().go_on_connecting()


@fault("http-client-connection.no-leak")
class CancelForgetsTheSocket(HttpClientHandle):
    """A request that is cancelled leaves its connection open."""

    def cancel_current(self) -> None:
        LOST.append(self.connection)
        self.connection = None
        super().cancel_current()


@fault("http-client-connection.order")
class TellsTheLastOneFirst(HttpClientHandle):
    """What is to be told lies on a heap, from whose top it is taken: of several outcomes the last comes first."""

    def tell_all(self) -> None:
        self.outcomes.reverse()
        super().tell_all()


@fault("http-client-connection.no-leak")
class LateOnesKeepTheirSocket(HttpClientHandle):
    """A request that has had all its ticks fails, and its connection is set aside for an answer that comes too late."""

    def count_ticks(self) -> None:
        if (
            self.current is not None
            and self.connection is not None
            and (self.is_stalled() or self.is_late(self.current))
        ):
            LOST.append(self.connection.dup())
        super().count_ticks()


@fault("http-client-connection.no-leak-unmade")
class CancelTakesAPlace(HttpClientHandle):
    """One of ten places is taken for a connection, and kept where the request is cancelled before it stands."""

    places = 10

    def cancel_current(self) -> None:
        self.places -= self.connecting
        super().cancel_current()

    def go_on_connecting(self) -> bool:
        return self.places > 0 and super().go_on_connecting()
