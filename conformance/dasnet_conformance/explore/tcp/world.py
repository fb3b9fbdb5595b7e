"""The world in which steps are carried out: a real host, real peers, and a model that is told what came of each call.

The steps themselves are in `server_steps`, `peer_steps` and `client_steps`. The world is lenient with
scripts: a step that cannot be meant where it stands (a peer that is not connected sends, an object is made twice) is
passed over, so that a script from which steps were taken away is still a script. It is strict with the implementation:
each call's events and outcome go to the model at once, and so does what arrived at the peers.
"""

from __future__ import annotations

import select
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from dasnet_adapters.contract import (
    Adapter,
    AdapterBroken,
    Argument,
    Event,
    Outcome,
    Unsupported,
    Value,
)
from dasnet_conformance.catalogue.loader import Requirement
from dasnet_conformance.explore.scripts.steps import Step
from dasnet_conformance.explore.shared.tap import Tap
from dasnet_conformance.explore.shared.verdicts import Divergence, expect_one
from dasnet_conformance.explore.tcp.client_model.duties import due_to_callers, look_at_servers
from dasnet_conformance.explore.tcp.client_model.hearing import CallerHearing
from dasnet_conformance.explore.tcp.client_model.state import Caller, connected_answers
from dasnet_conformance.explore.tcp.server_model.allowed import QUERIES, answers
from dasnet_conformance.explore.tcp.server_model.duties import due
from dasnet_conformance.explore.tcp.server_model.hearing import Call, Hearing
from dasnet_conformance.explore.tcp.server_model.received import look
from dasnet_conformance.explore.tcp.server_model.state import Connection, Handle, ModelObject, State, Wire
from dasnet_conformance.explore.tcp.server_model.survival import survival, survival_of_client
from dasnet_conformance.stage.bounds import FRUITLESS_TICKS, pause_before
from dasnet_conformance.stage.deadline import TimeIsUp, deadline
from dasnet_conformance.stage.expect import Mismatch, spell
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.listener import Listener, listen
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.ports import Ports

#: The script as the place of a check, which a `Host` wants to know.
EXPLORATION: Final = Requirement("explore", "explore", "MUST", "core", "a conversation made up by chance", ())

#: Ticks without any change after which a settle believes that nothing more comes.
_QUIET_TICKS: Final = 3
_ONE_BY_ONE: Final = 20
#: Ticks of one settle at most: an implementation that never comes to rest is stopped by the bound of the whole.
_MOST_TICKS: Final = 5000


class World:
    """One script's worth of host, peers and model.

    Arguments: `adapter`, the way to the implementation; `ports`, fresh port numbers; `call_bound`, seconds after which
    a call counts as one that never returns; `trace`, told before each call its name and the requirement that it would
    violate by never returning. Raises `AdapterBroken` when no session can be opened.
    """

    #: What a mismatch is laid to that belongs to nothing else, and error or log callbacks in every tick, if at all.
    fallback = "init.connectable-before-tick"
    noise = "tick.idle-fires-nothing"

    def __init__(
        self, adapter: Adapter, ports: Ports, call_bound: float, trace: Callable[[str, str], None] | None = None
    ) -> None:
        self.state = State()
        self.hearing = Hearing(self.state)
        #: Clients of the implementation, whose labels are no other object's, and what each is or was connected to last.
        self.callers: dict[int, Caller] = {}
        self.current_of_caller: dict[int, Connection] = {}
        self.caller_hearing = CallerHearing(self.state)
        self.objects: dict[int, HostObject] = {}
        self.wires: dict[int, Peer] = {}
        self.sends = 0
        #: Grows with whatever a step leads to: calls, what peers do, waits.
        self.deeds = 0
        self._tap = Tap(adapter.open_session(), call_bound)
        self._bound = call_bound
        self._trace = trace
        self.host = Host(self._tap, EXPLORATION, ports, adapter.peer_host, 0)
        self._labels: dict[int, int] = {}
        self._tells_kept = True
        self._listener: Listener | None = None
        self._refuser: Listener | None = None
        #: Events that tell of clients and reactions, and those that are mere words.
        self._events = self._words = 0

    @property
    def began(self) -> bool:
        """Whether any object was made."""
        return bool(self.state.objects or self.callers)

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

    # Calls

    def enlist(self, label: int, made: HostObject) -> None:
        """The host object behind a label, from now on."""
        self.objects[label] = made
        self._labels[made.number] = label

    def object_of(self, step: Step, field: str = "object") -> ModelObject | None:
        """The object that a step names, where there is one."""
        return self.state.objects.get(step.number(field))

    def enlist_connection(self, handle: Handle | None, peer: int, wire: Wire, called: str = "peer") -> Connection:
        """A connection that was just made, or is about to be. It waits at the handle, if it is one to a server.

        Arguments: `peer`, the number of its other end, and what that is `called`; `wire`, that end.
        """
        turn = 1 + sum((earlier.called, earlier.peer) == (called, peer) for earlier in self.state.connections)
        connection = Connection(len(self.state.connections), peer, wire, turn, called)
        if isinstance(wire, Peer):
            self.wires[connection.serial] = wire
        self.state.connections.append(connection)
        if handle is not None:
            handle.queue.append(connection)
        return connection

    def call(self, name: str, label: int, *arguments: Argument) -> Outcome:
        """One command on the object of that label (0: the command has none), with its events judged."""
        return self.judged(name, label, lambda: self._direct(name, label, arguments))

    def _direct(self, name: str, label: int, arguments: Sequence[Argument]) -> Outcome:
        if label:
            return self.objects[label].call(name, *arguments)
        return self.host.call(name, *arguments)

    def judged(self, name: str, label: int, action: Callable[[], Outcome]) -> Outcome:
        """Carry out what leads to one command, and judge its events; `last_call` tells of it afterwards."""
        self.deeds += 1
        obj = self.state.objects.get(label)
        call = self.last_call = Call(name, label, obj.handle if obj is not None else None)
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
            self._hear(call, event)
        self.judge_strays()
        if label in self.callers:
            self.caller_hearing.end(call, outcome)
        else:
            self.hearing.end(call, outcome)
        return outcome

    def _hear(self, call: Call, event: Event) -> None:
        label = self._labels.get(event.object, 0)
        caller = self.callers.get(label)
        if caller is not None:
            self.caller_hearing.event(call, caller, event)
        else:
            self.hearing.event(call, label, event)

    def judge_strays(self) -> None:
        """Events that fired while no command ran."""
        strays, self._tap.strays = self._tap.strays, []
        for event in strays:
            self._hear(Call("", 0), event)

    # The requirement that a call would violate by never returning.
    def _at_stake(self, name: str, label: int) -> str:
        if label in self.callers:
            return survival_of_client(name)
        return survival(name, self.state.objects.get(label))

    def step_peers(self) -> None:
        """Move the peers' bytes, and judge what arrived."""
        self.host.step_peers()
        look(self.state)
        look_at_servers(self.callers.values())

    def read_again(self) -> None:
        """Let every peer read that stopped."""
        for wire in self.wires.values():
            if not wire.reading and wire.socket is not None:
                wire.resume_reading()

    # Ticks

    def tick(self, obj: ModelObject, through: str) -> None:
        """One tick of one object; it may be refused where there is nothing to tick, or when a callback raised."""
        handle = obj.handle
        self._ticked(obj, handle, through, self.call(through, obj.label))

    def _ticked(self, obj: ModelObject, handle: Handle | None, through: str, outcome: Outcome) -> None:
        if through == "server_tick" and handle is None:
            if outcome == Value(None):
                raise Divergence("server-tick.null-handle", "server_tick of a null handle: no error")
            return
        idle = handle is None or handle.state != "listening"
        if outcome == Value(None) or self.last_call.raised or (idle and not isinstance(outcome, Value)):
            return
        if handle is not None and handle.shaken:
            return
        raise Divergence("tick.idle-returns", f"{through} of object {obj.label}: {spell(outcome)}")

    def tick_often(self, obj: ModelObject, count: int) -> None:
        """So many ticks of one object: in one command, or fewer one by one where the driver does without that."""
        handle = obj.handle
        if count > _ONE_BY_ONE:
            outcome = self.optional("tick", obj, "ticks", count)
            if not isinstance(outcome, Unsupported):
                # One of the ticks may have had the object give its handle away; the later ones may then be refused.
                if obj.handle is handle or isinstance(outcome, Value):
                    self._ticked(obj, handle, "tick", outcome)
                self.step_peers()
                return
        for _ in range(min(count, _ONE_BY_ONE)):
            self.tick(obj, "tick")
            self.step_peers()

    def reload_often(self, obj: ModelObject, orphan: int, count: int) -> Outcome:
        """So many reloads of one object through an empty orphan, in one command."""
        return self.optional("save", obj, "reloads", orphan, count)

    def optional(self, name: str, obj: ModelObject, command: str, *arguments: Argument) -> Outcome:
        """A command that a driver may do without, with its events judged as those of a call of that name."""
        number = self.objects[obj.label].number
        return self.judged(
            name, obj.label, lambda: self.host.call(command, number, *arguments, tolerate_unsupported=True)
        )

    def tick_all(self, through: str) -> None:
        """One tick of every object that was not destroyed, and one step of the peers."""
        for obj in self.state.objects.values():
            if not obj.destroyed and (through == "tick" or obj.handle is not None):
                self.tick(obj, through)
        for caller in self.callers.values():
            if not caller.destroyed:
                self.tick_caller(caller, "tick")
        self.step_peers()

    def tick_caller(self, caller: Caller, through: str) -> None:
        """One tick of one client; it may be refused where there is nothing to tick, or when a callback raised."""
        outcome = self.call(through, caller.label)
        idle = caller.destroyed or not caller.made
        if outcome == Value(None) or self.last_call.raised or (idle and not isinstance(outcome, Value)):
            return
        requirement = "client-construct.harmless" if idle else "client-tick.idle"
        raise Divergence(requirement, f"{through} of client {caller.label}: {spell(outcome)}")

    def ask_caller(self, caller: Caller) -> None:
        """Whether a client is connected, judged."""
        outcome = self.call("is_connected", caller.label)
        expect_one(outcome, *connected_answers(caller), f"is_connected of client {caller.label}")

    def listener(self) -> Listener:
        """The listener of this script to which clients connect."""
        if self._listener is None:
            self._listener = listen(self.host)
        return self._listener

    def refuser(self) -> Listener:
        """A port of this script on which nobody listens."""
        if self._refuser is None:
            self._refuser = listen(self.host, "refuse")
        return self._refuser

    def _mark(self) -> tuple[int, int, int]:
        wires = [connection.wire for connection in self.state.connections]
        return (
            self._events,
            sum(len(wire.received) + (wire.closed is not None) for wire in wires),
            sum(wire.unsent for wire in wires),
        )

    def _due(self, *, low: bool = False) -> Iterator[tuple[str, str]]:
        yield from due(self.state, low=low)
        yield from due_to_callers(self.callers.values())

    # Fruitless ticks in a row after which what is due does not come.
    def _patience(self) -> int:
        return FRUITLESS_TICKS

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

    def listens(self, handle: Handle, port: int) -> bool:
        """Whether connections are taken on the port. The one that finds out resets, and waits at that handle then."""
        try:
            wire = self.host.peer(port)
        except Mismatch:
            return False
        wire.reset()
        visitor = self.enlist_connection(handle, 0, wire)
        visitor.end, visitor.loss_allowed = "reset", True
        return True

    def _freed_ports(self) -> None:
        for port, requirement in list(self.state.freed.items()):
            self.expect_freed(port, requirement)

    def expect_freed(self, port: int, requirement: str) -> None:
        """Nothing may listen there any more, after a while."""
        for fruitless in range(FRUITLESS_TICKS):
            if self.host.refuses_connections(port):
                self.state.freed.pop(port, None)
                return
            self.wait(pause_before(fruitless))
        raise Divergence(requirement, f"port {port} still takes connections, and no server should be there")

    def _ask_everything(self) -> None:
        for obj in self.state.objects.values():
            self.ask_queries(obj)
            self._ask_kept(obj)
        for caller in self.callers.values():
            self.ask_caller(caller)
        for orphan in self.state.orphans:
            self.ask_holds(orphan, "save.moves-handle")

    # Whether what the object was given stays as it was, asked of those that have heard anything.
    def _ask_kept(self, obj: ModelObject) -> None:
        if not self.objects[obj.label].count("data") or not self._tells_kept:
            return
        outcome = self.optional("kept", obj, "kept")
        self._tells_kept = not isinstance(outcome, Unsupported)
        if outcome == Value(False):
            raise Divergence("buffers.delivered-stays", f"what object {obj.label} was given has changed since")

    def ask_queries(self, obj: ModelObject) -> None:
        """The three queries of an object, each judged."""
        for query in QUERIES:
            outcome = self.call(query, obj.label)
            expect_one(outcome, *answers(obj, query), f"{query} of object {obj.label}")

    def ask_holds(self, orphan: int, requirement: str) -> None:
        """Whether the orphan holds a handle, as the model has it."""
        wanted = orphan in self.state.orphans
        outcome = self.call("holds", 0, orphan)
        if outcome != Value(wanted):
            raise Divergence(requirement, f"whether orphan {orphan} holds a handle: {spell(outcome)}")

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
