"""The host side of a check: objects of the implementation under test, driven command by command through the adapter.

`Host` plays the frame loop: it calls, records every call and callback in the transcript, and ticks until something
happened or patience (`bounds`) is at an end. It reaches the implementation through a `Session` of the contract only.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

from dasnet_adapters.contract import (
    CLASS_A,
    AdapterBroken,
    Answer,
    Argument,
    Command,
    Outcome,
    Refusal,
    Session,
    Unsupported,
    Value,
)
from dasnet_adapters.hints import HINTS
from dasnet_conformance.catalogue.loader import Requirement

from . import expect
from .bounds import FRUITLESS_TICKS, SETTLING_AT_MOST, SETTLING_TICKS, SILENCE_WINDOW, pause_before
from .expect import Mismatch, PartUnsupported
from .host_object import CLIENT_CALLBACKS, Fired, HostObject, spell_argument, spell_event
from .peer import Peer
from .ports import PORT_ATTEMPTS, Ports, foreign
from .recording import Acted, Paused, Recording, Strayed, Waited
from .transcript import Transcript
from .waiting import wait_readable

#: The kind of refusal that is no finding about the implementation.
DRIVER_KIND = "driver"

_TICKS = frozenset({"tick", "server_tick"})


class Host:
    """The frame loop of one check, over one fresh session."""

    def __init__(self, session: Session, requirement: Requirement, ports: Ports, peer_host: str, seed: int) -> None:
        self.requirement = requirement
        self.transcript = Transcript()
        self.recording = Recording(f"{seed}:{requirement.id}")
        self.random = random.Random(f"{seed}:{requirement.id}")
        #: Which of several legal outcomes was seen, for requirements that only inform.
        self.observed = ""
        #: What fired while no command ran.
        self.strays: list[Fired] = []
        self.peers: list[Peer] = []
        self._session = session
        self._ports = ports
        self._peer_host = peer_host
        self._objects: dict[int, HostObject] = {}
        self._peer_count = 0
        self._progress = 0

    # Commands

    def call(self, name: str, *arguments: Argument, tolerate_unsupported: bool = False) -> Outcome:
        """Send one command, record it, and hand out its events.

        Raises `PartUnsupported` when the implementation has no such part, unless that is tolerated.
        """
        if name in _TICKS:
            self.transcript.tick += 1
        told = f"{name} {' '.join(map(spell_argument, arguments))}".rstrip()
        command = Command(name, arguments)
        try:
            answer = self._session.call(command)
        except AdapterBroken:
            self.transcript.add("host", "call", f"{told} -> (no answer)")
            self.recording.called(self.transcript.tick, command, "(no answer)")
            raise
        except BaseException:  # the deadline struck: the transcript must say in which call
            self.transcript.add("host", "call", f"{told} -> (did not return)")
            self.recording.called(self.transcript.tick, command, "(did not return)")
            raise
        self.recording.called(self.transcript.tick, command, answer)
        self._record(told, name, answer)
        self._drain_strays()
        if isinstance(answer.outcome, Refusal) and answer.outcome.kind == DRIVER_KIND:
            # Reserved by the protocol: no finding about the port, so no check may take it for a legal refusal.
            raise AdapterBroken(
                f"the driver turned {name} down as a mistake of the suite: {answer.outcome.message}",
                culprit="driver",
                hint=HINTS["driver-refusal"].text,
            )
        for event in answer.events:
            if isinstance(event.outcome, Unsupported):
                raise PartUnsupported(f"{event.action} inside a callback: {event.outcome.reason}")
        if isinstance(answer.outcome, Unsupported) and not tolerate_unsupported:
            raise PartUnsupported(f"{name}: {answer.outcome.reason or 'the implementation has no such part'}")
        return answer.outcome

    def _record(self, told: str, during: str, answer: Answer) -> None:
        self.transcript.add("host", "call", f"{told} -> {expect.spell(answer.outcome)}")
        for event in answer.events:
            self._keep(Fired(event, during, self.transcript.tick))
            self.transcript.add("host", "event", spell_event(event))

    def _keep(self, fired: Fired) -> None:
        # A log line or an error in every tick, or a delivery without a byte, is no progress: patience must still end.
        event = fired.event
        if event.data if event.what == "data" else event.what in CLIENT_CALLBACKS:
            self._progress += 1
        target = self._objects.get(fired.event.object)
        if target is None:
            self.strays.append(fired)
            return
        target.keep(fired)

    def _drain_strays(self) -> None:
        for event in self._session.stray_events():
            fired = Fired(event, "", self.transcript.tick)
            self.recording.add(Strayed(self.transcript.tick, event))
            self._keep(fired)
            # An event of an object that nobody made is among them already.
            if event.object in self._objects:
                self.strays.append(fired)
            self.transcript.add("host", "event", f"OUTSIDE ANY CALL: {spell_event(event)}")

    def new(self, class_number: int = CLASS_A) -> HostObject:
        """Construct an object of a class of the contract. One that cannot be constructed is `construct.succeeds`."""
        number = len(self._objects) + 1
        made = HostObject(self.call, number)
        self._objects[number] = made
        with expect.needing("construct.succeeds"):
            expect.returns(
                self.call("new", number, class_number), None, f"constructing an object of class {class_number}"
            )
        return made

    def object(self, number: int) -> HostObject:
        """The object of that number, for checks that built it in a helper."""
        return self._objects[number]

    def note(self, text: str) -> None:
        """A line of the suite's own in the transcript."""
        self.transcript.add("suite", "note", text)

    def holds(self, orphan: int = 1) -> Outcome:
        """Whether an orphan holds a handle."""
        return self.call("holds", orphan)

    def port(self) -> int:
        """A port number that no other check uses."""
        return self._ports.take()

    def init_free(self, server: HostObject, through: str = "init") -> Outcome:
        """Init on a port of our own (`server.port`); one that turns out to be another program's is exchanged.

        An object that says no and listens all the same holds the port itself, and gets no other.
        """
        outcome: Outcome = Value(False)
        for _ in range(PORT_ATTEMPTS):
            server.port = self.port()
            outcome = server.call(through, server.port)
            if outcome == Value(True) or not foreign(server.port) or server.is_open() == Value(True):
                break
            self.note(f"port {server.port} belongs to another program; trying the next")
        return outcome

    def peer(self, port: int, *, wait: bool = True) -> Peer:
        """A new peer, connected to the port; see `Peer.connect`."""
        self._peer_count += 1
        peer = Peer(f"peer {self._peer_count}", self.transcript, self.recording)
        self.peers.append(peer)
        return peer.connect(self._peer_host, port, wait=wait)

    def dismiss(self, peer: Peer) -> None:
        """End a peer, by reset if it is still there, and forget it: for checks that go through many."""
        if peer.socket is not None:
            self.recording.add(Acted(self.transcript.tick, peer.name, "reset"))
        peer.dispose()
        self.peers.remove(peer)

    def refuses_connections(self, port: int) -> bool:
        """Whether a connection to the port is refused right away; the attempt is undone."""
        try:
            self.peer(port).reset()
        except Mismatch:
            return True
        return False

    # States, each reached from a fresh object. A mismatch on the way is laid to the requirement it belongs to.

    def made(self, class_number: int = CLASS_A) -> HostObject:
        """An object with a handle, not listening."""
        made = self.new(class_number)
        with expect.needing("adapter.opens-nothing"):
            expect.one_of(made.adapter(), ("none", "true"), "making the adapter")
        return made

    def listening(self, class_number: int = CLASS_A) -> HostObject:
        """An object that listens on a port of its own (`.port`)."""
        with expect.needing("init.free-port"):
            made = self.made(class_number)
            expect.returns(self.init_free(made), True, "init on a free port")
        return made

    def connected(self, class_number: int = CLASS_A) -> tuple[HostObject, Peer]:
        """A listening object that has taken a client by a tick, and that client."""
        server = self.listening(class_number)
        return server, self.take_client(server)

    def take_client(self, server: HostObject) -> Peer:
        """Connect a peer to the server and tick until it is taken."""
        with expect.needing("init.connectable-before-tick"):
            peer = self.peer(server.port)
        self.await_taken(server)
        return peer

    def await_taken(self, server: HostObject) -> None:
        """Tick until the server has taken the client that waits."""
        before = server.count("connect")
        with expect.needing("tick.takes-pending-client"):
            self.until(lambda: server.count("connect") > before, server, what="a connect callback")

    def await_departure(self, server: HostObject) -> None:
        """Tick until the server has noticed that its client left."""
        before = server.count("disconnect")
        with expect.needing("tick.notices-departure"):
            self.until(lambda: server.count("disconnect") > before, server, what="a disconnect callback")

    def await_received(self, server: HostObject, count: int) -> None:
        """Tick until the server's data callbacks have brought so many bytes in all."""
        with expect.needing("tick.delivers-data"):
            self.until(
                lambda: len(server.received) >= count,
                server,
                what=f"{count} bytes in data callbacks",
                got=lambda: f"{len(server.received)} bytes",
            )

    # Ticks

    def tick_once(self, *objects: HostObject, through: str = "tick") -> None:
        """One tick of each object, expected to return normally, and one step of each peer."""
        for each in objects:
            outcome = each.call(through)
            if outcome != Value(None):
                raise Mismatch(f"{through} of {each}", "a normal return", expect.spell(outcome))
        self.step_peers()

    def step_peers(self) -> None:
        """Move the bytes of every peer that the system takes and has."""
        for peer in self.peers:
            self._progress += peer.step()

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

        Patience is counted in ticks without progress (no byte moved, no callback fired) in a row. Raises `Mismatch`
        with `what` as the expectation when it ends.
        """
        fruitless = 0
        self.step_peers()
        self.recording.add(Waited(self.transcript.tick, what))
        while not reached():
            if fruitless >= patience:
                raise Mismatch(f"within {patience} ticks", what, got())
            self._wait(pause_before(fruitless))
            before = self._progress
            self.tick_once(*objects, through=through)
            fruitless = 0 if self._progress != before else fruitless + 1

    def settle(self, *objects: HostObject, ticks: int = SETTLING_TICKS, through: str = "tick") -> None:
        """Give the objects every chance to do what they must not do: silence, then ticks until nothing moves."""
        self.recording.add(Paused(self.transcript.tick, SILENCE_WINDOW))
        self._wait(SILENCE_WINDOW)
        quiet = 0
        for _ in range(SETTLING_AT_MOST):
            before = self._progress
            self.tick_once(*objects, through=through)
            quiet = quiet + 1 if self._progress == before else 0
            if quiet >= ticks:
                break

    def silence(self) -> None:
        """Let the silence window pass without a tick; callbacks that fire in it become strays."""
        self.transcript.add("suite", "note", f"silence for {SILENCE_WINDOW:g} s, no tick")
        self.recording.add(Paused(self.transcript.tick, SILENCE_WINDOW))
        self.step_peers()
        self._wait(SILENCE_WINDOW)
        self.step_peers()
        self._drain_strays()

    def _wait(self, seconds: float) -> None:
        # Wakes early when a peer has something to read: then there is progress to see.
        if seconds <= 0:
            return
        wait_readable(
            [p.socket for p in self.peers if p.socket is not None and p.reading and p.closed is None], seconds
        )

    # Ends

    def await_peer(self, peer: Peer, count: int, *objects: HostObject, what: str = "") -> None:
        """Tick until the peer has received so many bytes in all."""
        self.until(
            lambda: len(peer.received) >= count,
            *objects,
            what=what or f"{count} bytes at {peer.name}",
            got=lambda: f"{len(peer.received)} bytes{f', then {peer.closed}' if peer.closed else ''}",
        )

    def await_closed(self, peer: Peer, *objects: HostObject) -> None:
        """Step (and tick the objects) until the peer sees the end of its connection."""
        self.until(lambda: peer.closed is not None, *objects, what=f"{peer.name} sees end of file or reset")

    def observe(self, outcome: str) -> None:
        """Record which legal outcome was seen. It must be one that the catalogue allows for this requirement."""
        if outcome not in self.requirement.allowed:
            raise Mismatch(self.requirement.text, " or ".join(self.requirement.allowed), outcome)
        self.observed = outcome

    def allowed(self) -> Iterable[str]:
        """The outcomes that the catalogue allows for this requirement."""
        return self.requirement.allowed

    def close(self) -> None:
        """End every peer, then the session. The peers go first, by reset, so that no port keeps leftovers."""
        for peer in self.peers:
            peer.dispose()
        self._session.close()
