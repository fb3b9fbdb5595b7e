"""The frame loop of a check: it ticks objects and steps peers until something happened or patience is at an end.

Every wait of a check is here, and every bound of one is in `bounds`. It gives commands through `Calls`, and sleeps only
as long as no peer has anything to read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Protocol

from dasnet_adapters.contract import Argument, Outcome, Session, Value

from . import expect
from .black_box import BlackBox, NoBlackBox
from .bounds import (
    FRUITLESS_TICKS,
    IDLE_AT_LEAST,
    IDLE_GLANCE,
    IDLE_PAUSE,
    IDLE_WINDOW,
    NEWS_AT_MOST,
    SETTLING_AT_MOST,
    SETTLING_TICKS,
    SILENCE_WINDOW,
    pause_before,
)
from .calls import Calls
from .expect import Mismatch
from .host_object import Fired, HostObject
from .peer import Peer
from .recording import Paused, Recording, Waited
from .transcript import Transcript, spell_bytes
from .waiting import wait_readable
from .waits import Waits


class Closable(Protocol):
    """What ends with the check."""

    def close(self) -> None:
        """End it."""


class FrameLoop:
    """A loop over one fresh session: objects that are ticked and peers that are stepped, in turns.

    Arguments: `seed`, of the contents that the recording can draw again; `black_box`, where calls are noted beforehand.
    """

    def __init__(self, session: Session, seed: str, black_box: BlackBox | NoBlackBox | None = None) -> None:
        self.transcript = Transcript()
        self.recording = Recording(seed)
        self.peers: list[Peer] = []
        #: What a client under test connects to.
        self.listeners: list[Closable] = []
        self._calls = Calls(session, self.transcript, self.recording, black_box)
        self.waits = Waits()
        self._moved = 0

    def call(self, name: str, *arguments: Argument, tolerate_unsupported: bool = False) -> Outcome:
        """Send one command, record it, and hand out its events.

        Raises `PartUnsupported` when the implementation has no such part, unless that is tolerated.
        """
        return self._calls.call(name, *arguments, tolerate_unsupported=tolerate_unsupported)

    @property
    def strays(self) -> list[Fired]:
        """What fired while no command ran."""
        return self._calls.strays

    def tick_once(self, *objects: HostObject, through: str = "tick") -> None:
        """One tick of each object, expected to return normally, and one step of each peer."""
        for each in objects:
            outcome = each.call(through)
            if not isinstance(outcome, Value) or outcome.value is not None:
                raise Mismatch(f"{through} of {each}", "a normal return", expect.spell(outcome))
        self.step_peers()

    def drip(self, peer: Peer, data: bytes, each: HostObject, over: Callable[[], bool] = lambda: False) -> None:
        """Have a peer send byte by byte, with a tick of the object for each, until it has left or it is `over`."""
        self.transcript.add(peer.name, "send", f"byte by byte, a tick for each: {spell_bytes(data)}")
        for place in range(len(data)):
            if peer.closed is not None or over():
                self.transcript.add("suite", "note", f"it sent {place} of the {len(data)} bytes")
                return
            peer.send(data[place : place + 1], told=False)
            self.tick_once(each)

    def step_peers(self) -> None:
        """Move the bytes of every peer that the system takes and has."""
        for peer in self.peers:
            if peer.closed is None:  # most of a long check are of clients that have left
                self._moved += peer.step()

    def until(
        self,
        reached: Callable[[], bool],
        *objects: HostObject,
        what: str,
        got: Callable[[], str] = lambda: "nothing",
        through: str = "tick",
        patience: int = FRUITLESS_TICKS,
    ) -> None:
        """Tick the objects and step the peers until `reached`.

        Patience is counted in ticks without progress (no byte moved, no callback fired) in a row, and ends as well for
        a server that tells of clients in tick after tick while no byte moves. Raises `Mismatch` with `what` as the
        expectation when it ends.
        """
        fruitless = told = 0
        idle_s = longest_s = 0.0
        self.step_peers()
        self.recording.add(Waited(self.transcript.tick, what))
        while not reached():
            if fruitless >= patience:
                self.waits.gave_up(what)
                raise Mismatch(f"within {patience} ticks", what, got())
            if told >= NEWS_AT_MOST:
                raise Mismatch(f"within {told} ticks that told of clients", what, got())
            idle_s += self._pause(fruitless)
            longest_s = max(longest_s, idle_s)
            bytes_before = self._moved, self._calls.delivered
            if self._progresses(objects, through):
                fruitless, idle_s = 0, 0.0
            else:
                fruitless += 1
            told += not fruitless and (self._moved, self._calls.delivered) == bytes_before
        self.waits.came(what, longest_s)

    def settle(self, *objects: HostObject, ticks: int = SETTLING_TICKS, through: str = "tick") -> None:
        """Give the objects every chance to do what they must not do: silence, then ticks until nothing moves."""
        self.recording.add(Paused(self.transcript.tick, SILENCE_WINDOW))
        self._wait(SILENCE_WINDOW)
        quiet = 0
        for _ in range(SETTLING_AT_MOST):
            quiet = 0 if self._progresses(objects, through) else quiet + 1
            if quiet >= ticks:
                break

    def silence(self) -> None:
        """Let the silence window pass without a tick; callbacks that fire in it become strays."""
        self.transcript.add("suite", "note", f"silence for {SILENCE_WINDOW:g} s, no tick")
        self.recording.add(Paused(self.transcript.tick, SILENCE_WINDOW))
        self.step_peers()
        self._wait(SILENCE_WINDOW)
        self.step_peers()
        self._calls.drain_strays()

    def idle(self, *objects: HostObject, enough: Callable[[], bool] = lambda: False) -> float:
        """Let the idle window pass, with a tick of each object now and then: a program with nothing to do.

        Arguments: `enough`, asked now and then whether it may end before its time. Returns the seconds that passed.
        """
        self.transcript.add("suite", "note", f"idle for {IDLE_WINDOW:g} s, a tick each {IDLE_PAUSE:g} s")
        begun = time.monotonic()
        passed = 0.0
        while passed < IDLE_WINDOW and not (passed >= IDLE_AT_LEAST and enough()):
            self.tick_once(*objects)
            self.recording.add(Paused(self.transcript.tick, IDLE_PAUSE))
            following = time.monotonic() + IDLE_PAUSE
            while time.monotonic() < following and not (passed >= IDLE_AT_LEAST and enough()):
                wait_readable([], IDLE_GLANCE)
            passed = time.monotonic() - begun
        if passed < IDLE_WINDOW:
            self.transcript.add("suite", "note", f"nothing else is left of the run: enough of it after {passed:.1f} s")
        self.tick_once(*objects)
        return passed

    # Whether one round moved a byte or let a callback fire.
    def _progresses(self, objects: Iterable[HostObject], through: str) -> bool:
        before = self._moved, self._calls.progress
        self.tick_once(*objects, through=through)
        return (self._moved, self._calls.progress) != before

    def pause(self, fruitless: int) -> None:
        """The pause before one more tick, after so many in vain; peers that have something to read do not cut it short.

        For checks that tick in a way of their own.
        """
        self.waits.paused = True
        if fruitless >= FRUITLESS_TICKS - 1:
            self.waits.gave_up("a loop of the check's own")
        wait_readable([], pause_before(fruitless))

    def _pause(self, fruitless: int) -> float:
        # The pause before one more tick; returns its length, at most.
        seconds = pause_before(fruitless)
        if seconds:
            self.waits.paused = True
            self._wait(seconds)
        return seconds

    def _wait(self, seconds: float) -> None:
        # Wakes early when a peer has something to read: then there is progress to see.
        if seconds <= 0:
            return
        wait_readable(
            [p.socket for p in self.peers if p.socket is not None and p.reading and p.closed is None], seconds
        )

    def close(self) -> None:
        """End every peer, then the session. The peers go first, by reset, so that no port keeps leftovers."""
        for peer in self.peers:
            peer.dispose()
        for listener in self.listeners:
            listener.close()
        self._calls.close()
