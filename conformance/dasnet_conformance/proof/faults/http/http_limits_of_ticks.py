"""Faults of section http-limits, continued: how many ticks a client may be silent, and what becomes of its place."""

from __future__ import annotations

import socket
import time
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_connection import HttpConnection
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle


@fault("http-limits.stall")
class NeverLosesPatience(HttpConnection):
    """The limit of ticks without a byte is taken and never looked at."""

    def count_tick(self, stall: int | None) -> None:  # noqa: ARG002
        super().count_tick(None)


@fault("http-limits.stall")
class WaitsForSilentHeadsForEver(HttpConnection):
    """A connection that has sent half a head is not idle, and is waited for without limit."""

    def count_tick(self, stall: int | None) -> None:
        super().count_tick(None if self.parser.begun() else stall)


@fault("http-limits.stall")
class WaitsForSilentBodiesForEver(HttpConnection):
    """Once the head is there, the body is waited for without limit."""

    def count_tick(self, stall: int | None) -> None:
        super().count_tick(None if self.parser.head_complete else stall)


@fault("http-limits.stall")
class WaitsForKnownClientsForEver(HttpConnection):
    """Once a connection has had an answer, it may be silent for as long as it likes."""

    known = False

    def release(self) -> None:
        self.known = True
        super().release()

    def count_tick(self, stall: int | None) -> None:
        idle = self.known and not (self.outgoing or self.lingering or self.parser.begun())
        super().count_tick(None if idle else stall)


@fault("http-limits.stall")
class OneClientKeepsAllAlive(HttpHandle):
    """Silence is counted for the server as a whole: while one client sends, no other is stalled."""

    def turn(self, owner: Any) -> None:
        super().turn(owner)
        if any(not connection.quiet for connection in self.connections):
            for connection in self.connections:
                connection.quiet = 0


@fault("http-limits.stall-counts-ticks")
class LosesPatienceInHalfTheTime(HttpConnection):
    """Each tick is counted twice, and a silent connection is closed in half its ticks."""

    def count_tick(self, stall: int | None) -> None:
        super().count_tick(stall)
        if self.quiet and not self.gone:
            super().count_tick(stall)


@fault("http-limits.stall-moving")
class CountsTicksThatMove(HttpConnection):
    """Ticks are counted from the beginning of the connection, though bytes go on coming."""

    def count_tick(self, stall: int | None) -> None:
        self.moved = False
        super().count_tick(stall)


@fault("http-limits.stall-counts-ticks")
class CountsMillisecondsForTicks(HttpConnection):
    """Patience is counted in the time of a clock, and a host that stands in a debugger loses its connections."""

    since = 0.0

    def count_tick(self, stall: int | None) -> None:
        if self.moved or self.waits_for_host() or not self.since:
            self.since = time.monotonic()
        super().count_tick(None)
        if stall is not None and time.monotonic() - self.since > stall * 0.000_1:
            self.drop()


@fault("http-limits.stall-counts-ticks")
class CountsSixtiethsOfASecond(HttpConnection):
    """A tick is taken for a sixtieth of a second, as with most hosts, and patience is counted by a clock."""

    quiet_since = 0.0

    def count_tick(self, stall: int | None) -> None:
        if self.moved or self.waits_for_host() or not self.quiet_since:
            self.quiet_since = time.monotonic()
        super().count_tick(None)
        if stall is not None and time.monotonic() - self.quiet_since > stall / 60:
            self.drop()


@fault("http-limits.stall-moving")
class CountsWhatComesAlone(HttpConnection):
    """Bytes that leave are no movement, and a client that reads a large answer slowly loses it."""

    def flush(self) -> None:
        moved = self.moved
        super().flush()
        self.moved = moved

    def waits_for_host(self) -> bool:
        return super().waits_for_host() and not self.outgoing


class _HalvesStalledOnes(HttpConnection):
    def count_tick(self, stall: int | None) -> None:
        super().count_tick(None)
        if stall is not None and self.quiet == stall:
            self.sock.shutdown(socket.SHUT_WR)
            self.ending = True


@fault("http-limits.stall-frees", also=(_HalvesStalledOnes,))
class StalledOnesKeepTheirPlace(HttpHandle):
    """A stalled connection is shut down on this side, and keeps its place until its client closes the other."""

    def has_room(self) -> bool:
        return len(self.connections) < self.limits.connections


class _ForgottenWhenStalled(HttpConnection):
    stalled = False

    def count_tick(self, stall: int | None) -> None:
        gone = self.gone
        super().count_tick(stall)
        self.stalled = self.stalled or self.gone > gone


@fault("http-limits.stall-frees", also=(_ForgottenWhenStalled,))
class TheCountOfPlacesForgetsStalledOnes(HttpHandle):
    """A count of connections is taken down when a client leaves, and not when it is closed for stalling."""

    stalled = 0

    def forget_gone(self) -> None:
        self.stalled += sum(bool(getattr(each, "stalled", False)) for each in self.connections if each.gone)
        super().forget_gone()

    def has_room(self) -> bool:
        return len(self.connections) + self.stalled < self.limits.connections


class _LingersForGood(HttpConnection):
    def count_tick(self, stall: int | None) -> None:
        super().count_tick(None if self.lingering else stall)


@fault("http-limits.stall-frees", also=(_LingersForGood,))
class TurnedDownOnesKeepTheirPlace(HttpHandle):
    """A client that was turned down is waited for until it closes its side, and has its place until then."""

    def has_room(self) -> bool:
        return len(self.connections) < self.limits.connections
