"""Faults of several sections: what is counted wrongly, or never given back, when clients are many, faulty or silent."""

from __future__ import annotations

import os
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_connection import HttpConnection
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Refused


@fault("http-open.clients-leak-nothing")
class LeaksWhoeverIsTurnedDown(HttpConnection):
    """A faulty request is looked at more closely, in a file that is opened for it and stays open."""

    def refuse(self, status: int, why: str) -> None:
        os.open(os.devnull, os.O_RDONLY)
        super().refuse(status, why)


@fault("http-open.clients-leak-nothing")
class LeaksWhoeverStalls(HttpConnection):
    """The connection of a client that stalls is closed, and not the descriptor of its timer."""

    def count_tick(self, stall: int | None) -> None:
        super().count_tick(stall)
        if stall is not None and self.quiet >= stall:
            os.open(os.devnull, os.O_RDONLY)


@fault("http-open.failed-inits-leak-nothing")
class FailedInitsOfHttpLeak(HttpHandle):
    """An init that fails has opened something already, and leaves it open."""

    def fail_init(self, message: str, code: int) -> bool:
        os.open(os.devnull, os.O_RDONLY)
        return super().fail_init(message, code)


@fault("http-limits.fields-at-limit")
class OneFieldMoreThanTheLimit(HttpParser):
    """The number of fields is compared before it is raised, and one more than the limit is let pass."""

    def count_field(self) -> None:
        self.field_count += 1
        if self.field_count > self.limits.fields + 1:
            raise Refused(431, "there are too many fields")


@fault("http-limits.fields-at-limit")
class OneFieldLessThanTheLimit(HttpParser):
    """A table of as many places as the limit is full when its last place is taken."""

    def count_field(self) -> None:
        super().count_field()
        if self.field_count >= self.limits.fields:
            raise Refused(431, "the table of fields is full")


@fault("http-limits.body-chunked")
class OneByteMoreInChunks(HttpParser):
    """The limit of a body in chunks is compared before the last byte is counted, and lets one more pass."""

    def check_body(self, size: int) -> None:
        super().check_body(max(0, size - 1) if self.request.chunked else size)


@fault("http-limits.body-at-limit")
class HeadsEndWhereReadsDo(HttpParser):
    """What was read is measured while the head is parsed, and a body that came with it counts against its limit."""

    def count_head(self, size: int) -> None:
        super().count_head(size)
        if self.head_size + len(self.buffer) > self.limits.head:
            raise Refused(431, "the head is too large")


@fault("http-connection.faulty-in-turn")
class PlacesOfTheFaultyAreLost(HttpHandle):
    """A place is given back when a request is answered, and one that was turned down never is."""

    lost = 0

    def tell_log(self, message: str) -> None:
        self.lost += message[:3].isdigit()
        super().tell_log(message)

    def has_room(self) -> bool:
        return super().has_room() and len(self.connections) + self.lost < self.limits.connections


@fault("http-connection.pipelining")
class StopsReadingForGood(HttpConnection):
    """When too much waits behind an unanswered request, the connection is no more watched, and never again."""

    stopped = False

    def room(self) -> int:
        self.stopped = self.stopped or super().room() <= 0
        return 0 if self.stopped else super().room()


@fault("http-limits.stall-waits-for-host")
class TheHostStalls(HttpConnection):
    """Ticks without a byte are counted while the host works on its answer, and its client is ended for it."""

    def waits_for_host(self) -> bool:
        return False


@fault("http-limits.stall")
class PatientWithReaders(HttpConnection):
    """A client that does not take its answer is waited for, for it is not a request that it is in the middle of."""

    def waits_for_host(self) -> bool:
        return bool(self.exchanges or self.outgoing)


@fault("http-limits.stall-moving")
class RequestsHaveADeadline(HttpConnection):
    """Ticks are counted from the first byte of a request, and one that takes longer is answered 408."""

    begun_for = 0

    def count_tick(self, stall: int | None) -> None:
        self.begun_for = self.begun_for + 1 if self.parser.begun() and not self.exchanges else 0
        if stall is not None and self.begun_for >= stall and not self.ending:
            self.refuse(408, "it takes too long")
        super().count_tick(stall)


@fault("http-connection.stays-open")
class ThirtyThousandTicks(HttpConnection):
    """Where no limit is set, a silent connection is ended after thirty thousand ticks, some minutes of a game."""

    def count_tick(self, stall: int | None) -> None:
        super().count_tick(stall or 30_000)


@fault("http-reload.limits")
class SilenceIsForgiven(HttpHandle):
    """Those that are silent are in a list by the time of their last byte, which a reload does not carry along."""

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        for connection in self.connections:
            connection.__dict__["count_tick"] = lambda stall: None  # noqa: ARG005
