"""What the world of every conversation has: a session, a host, and how calls are made, bounded, and told to a model.

A world is lenient with scripts: a step that cannot be meant where it stands (a peer that is not connected sends, an
object is made twice) is passed over, so that a script from which steps were taken away is still a script. It is strict
with the implementation: each call's events and outcome go to the model at once, and so does what arrived at the peers.
"""

from __future__ import annotations

import select
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import ClassVar, Final

from dasnet_adapters.contract import Adapter, AdapterBroken, Argument, Event, Outcome
from dasnet_conformance.catalogue.loader import Requirement
from dasnet_conformance.stage.bounds import FRUITLESS_TICKS, pause_before
from dasnet_conformance.stage.deadline import TimeIsUp, deadline
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.ports import Ports

from .tap import Tap
from .verdicts import Divergence
from .wire import Wire

#: The script as the place of a check, which a `Host` wants to know.
EXPLORATION: Final = Requirement("explore", "explore", "MUST", "core", "a conversation made up by chance", ())

#: Ticks without any change after which a settle believes that nothing more comes.
_QUIET_TICKS: Final = 3
#: Ticks of one settle at most: an implementation that never comes to rest is stopped by the bound of the whole.
_MOST_TICKS: Final = 5000


class World(ABC):
    """One script's worth of host, peers and model.

    Arguments: `adapter`, the way to the implementation; `ports`, fresh port numbers; `call_bound`, seconds after which
    a call counts as one that never returns; `trace`, told before each call its name and the requirement that it would
    violate by never returning. Raises `AdapterBroken` when no session can be opened.
    """

    #: The requirement that a mismatch is laid to that belongs to nothing else.
    fallback: ClassVar[str]
    #: The requirement that error or log callbacks in every tick violate; empty where nothing is said against them.
    noise: ClassVar[str] = ""

    def __init__(
        self, adapter: Adapter, ports: Ports, call_bound: float, trace: Callable[[str, str], None] | None = None
    ) -> None:
        self.objects: dict[int, HostObject] = {}
        #: The peers by the serial numbers of their connections.
        self.wires: dict[int, Peer] = {}
        #: Ports on which nothing may listen any more, each with the requirement that says so.
        self.freed: dict[int, str] = {}
        #: Sends, requests or answers so far, of which no two are alike.
        self.sends = 0
        #: Grows with whatever a step leads to: calls, what peers do, waits.
        self.deeds = 0
        self._tap = Tap(adapter.open_session(), call_bound)
        self._bound = call_bound
        self._trace = trace
        self.host = Host(self._tap, EXPLORATION, ports, adapter.peer_host, 0)
        self._labels: dict[int, int] = {}
        #: Events that tell of clients and reactions, and those that are mere words.
        self._events = self._words = 0

    def close(self) -> None:
        """End every peer and the session, whatever state they are in."""
        if self._trace is not None:
            # What is left of the objects is destroyed, and so are those that were.
            self._trace("the end of the session", "destroy.twice")
        try:
            with deadline(self._bound):
                self.host.close()
        except (TimeIsUp, AdapterBroken):
            pass

    # What a kind of conversation says of itself

    @property
    @abstractmethod
    def began(self) -> bool:
        """Whether any object was made."""

    @abstractmethod
    def step_peers(self) -> None:
        """Move the peers' bytes, and judge what arrived."""

    def read_again(self) -> None:
        """Let every peer read that stopped."""
        for wire in self.wires.values():
            if not wire.reading and wire.socket is not None:
                wire.resume_reading()

    @abstractmethod
    def tick_all(self, through: str) -> None:
        """One tick, `through` that command, of every object that was not destroyed, and one step of the peers."""

    # A call is about to be made.
    @abstractmethod
    def _begin(self, name: str, label: int) -> None: ...

    # An event on the object of that label (0: on none that there is); a stray one came while no command ran.
    @abstractmethod
    def _hear(self, label: int, event: Event, *, stray: bool) -> None: ...

    # The call is over.
    def _end(self, label: int, outcome: Outcome) -> None:  # noqa: B027 - most have nothing to say then
        pass

    # The requirement that a call would violate by never returning.
    @abstractmethod
    def _at_stake(self, name: str, label: int) -> str: ...

    # The suite's ends of the connections there are.
    @abstractmethod
    def _wires(self) -> Iterable[Wire]: ...

    # What has to happen sooner or later: the requirement, and a sentence on what is missing.
    @abstractmethod
    def _due(self, *, low: bool = False) -> Iterator[tuple[str, str]]: ...

    # Fruitless ticks in a row after which what is due does not come.
    def _patience(self) -> int:
        return FRUITLESS_TICKS

    # Every question that may be asked once nothing moves any more.
    @abstractmethod
    def _ask_everything(self) -> None: ...

    # Calls

    def enlist(self, label: int, made: HostObject) -> None:
        """The host object behind a label, from now on."""
        self.objects[label] = made
        self._labels[made.number] = label

    def call(self, name: str, label: int, *arguments: Argument) -> Outcome:
        """One command on the object of that label (0: the command has none), with its events judged."""
        return self.judged(name, label, lambda: self._direct(name, label, arguments))

    def _direct(self, name: str, label: int, arguments: Sequence[Argument]) -> Outcome:
        if label:
            return self.objects[label].call(name, *arguments)
        return self.host.call(name, *arguments)

    def optional(self, name: str, label: int, command: str, *arguments: Argument) -> Outcome:
        """A command that a driver may do without, with its events judged as those of a call of that name."""
        number = self.objects[label].number
        return self.judged(name, label, lambda: self.host.call(command, number, *arguments, tolerate_unsupported=True))

    def judged(self, name: str, label: int, action: Callable[[], Outcome]) -> Outcome:
        """Carry out what leads to one command, and judge its events. Raises `Divergence`."""
        self.deeds += 1
        self._begin(name, label)
        if self._trace is not None:
            self._trace(name, self._at_stake(name, label))
        try:
            outcome = action()
        except AdapterBroken as broken:
            # The call was answered, with an event that belongs to nobody.
            strangers = [event for event in self._tap.last if event.object not in self._labels]
            if strangers:
                told = f"{strangers[0].what} on an object that does not exist"
                raise Divergence("callbacks.own-object-only", told) from broken
            died = f"{name}: the implementation died: {broken.told()}"
            raise Divergence(self._at_stake(name, label), died) from broken
        except TimeIsUp:
            raise Divergence(
                self._at_stake(name, label), f"{name} did not return within {self._bound:g} seconds"
            ) from None
        for event in self._tap.last:
            if event.what in ("error", "log"):
                self._words += 1
            else:
                self._events += 1
        for event in self._tap.last:
            self._hear(self._labels.get(event.object, 0), event, stray=False)
        self.judge_strays()
        self._end(label, outcome)
        return outcome

    def judge_strays(self) -> None:
        """Events that fired while no command ran."""
        strays, self._tap.strays = self._tap.strays, []
        for event in strays:
            self._hear(self._labels.get(event.object, 0), event, stray=True)

    # Settling

    # What moves when anything does: events, bytes and ends that arrived, bytes that wait to be sent.
    def _mark(self) -> tuple[int, int, int]:
        wires = list(self._wires())
        return (
            self._events,
            sum(1 + len(wire.received) + (wire.closed is not None) for wire in wires),
            sum(wire.unsent for wire in wires),
        )

    def settle(self, through: str) -> None:
        """Tick until nothing is due and nothing moves; then ask every query. Patience as in `Host.until`."""
        fruitless = ticks = 0
        self.deeds += 1
        self.step_peers()
        while (missing := next(self._due(low=through == "server_tick"), None)) is not None:
            if fruitless >= self._patience() or ticks >= _MOST_TICKS:
                raise Divergence(missing[0], f"{missing[1]} within {fruitless} ticks")
            self.wait(pause_before(fruitless))
            before = self._mark()
            self.tick_all(through)
            ticks += 1
            fruitless = 0 if self._mark() != before else fruitless + 1
        quiet = noisy = 0
        while quiet < _QUIET_TICKS and ticks < _MOST_TICKS:
            before, words = self._mark(), self._words
            self.tick_all(through)
            ticks += 1
            quiet, noisy = (quiet + 1, noisy) if self._mark() == before else (0, 0)
            if self._words != words:
                quiet, noisy = 0, noisy + 1
            if noisy > FRUITLESS_TICKS and self.noise:
                told = f"error or log in each of {noisy} ticks in a row, though nothing happens"
                raise Divergence(self.noise, told)
        # A tick may have had something to tell that made more due (a client left, the next one waits).
        if ticks < _MOST_TICKS and next(self._due(), None) is not None:
            self.settle(through)
            return
        self._freed_ports()
        self._ask_everything()

    def _freed_ports(self) -> None:
        for port, requirement in list(self.freed.items()):
            self.expect_freed(port, requirement)

    def expect_freed(self, port: int, requirement: str) -> None:
        """Nothing may listen there any more, after a while."""
        for fruitless in range(FRUITLESS_TICKS):
            if self.host.refuses_connections(port):
                self.freed.pop(port, None)
                return
            self.wait(pause_before(fruitless))
        raise Divergence(requirement, f"port {port} still takes connections, and no server should be there")

    # Waiting

    def wait(self, seconds: float) -> None:
        """Let time pass; wakes early when a peer has something to read."""
        if seconds <= 0:
            return
        sockets = [p.socket for p in self.host.peers if p.socket is not None and p.reading and p.closed is None]
        if sockets:
            select.select(sockets, [], [], seconds)
        else:
            threading.Event().wait(seconds)

    def silence(self) -> None:
        """The silence window without a tick: nothing may fire."""
        self.deeds += 1
        self.host.silence()
        self.judge_strays()
