"""The world of a conversation about TCP servers and clients: how calls are judged, ticks made, questions asked.

The steps themselves are in `server_steps`, `peer_steps` and `client_steps`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dasnet_adapters.contract import (
    Adapter,
    Event,
    Outcome,
    Unsupported,
    Value,
)
from dasnet_conformance.explore.scripts.steps import Step
from dasnet_conformance.explore.shared.limits import MOST_ONE_BY_ONE
from dasnet_conformance.explore.shared.verdicts import Divergence, expect_one
from dasnet_conformance.explore.shared.wire import Wire
from dasnet_conformance.explore.shared.world import World
from dasnet_conformance.explore.tcp.client_model.duties import due_to_callers, look_at_servers
from dasnet_conformance.explore.tcp.client_model.hearing import CallerHearing
from dasnet_conformance.explore.tcp.client_model.state import Caller, connected_answers
from dasnet_conformance.explore.tcp.client_model.survival import survival_of_client
from dasnet_conformance.explore.tcp.server_model.allowed import QUERIES, answers
from dasnet_conformance.explore.tcp.server_model.duties import due
from dasnet_conformance.explore.tcp.server_model.hearing import Call, Hearing
from dasnet_conformance.explore.tcp.server_model.received import look
from dasnet_conformance.explore.tcp.server_model.state import Connection, Handle, ModelObject, State
from dasnet_conformance.explore.tcp.server_model.survival import survival
from dasnet_conformance.stage.expect import Mismatch, spell
from dasnet_conformance.stage.listener import Listener, listen
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.ports import Ports


class TcpWorld(World):
    """One script's worth of host, peers and model, where that is about TCP. Arguments as of `World`."""

    fallback = "init.connectable-before-tick"
    noise = "tick.idle-fires-nothing"

    def __init__(
        self, adapter: Adapter, ports: Ports, call_bound: float, trace: Callable[[str, str], None] | None = None
    ) -> None:
        super().__init__(adapter, ports, call_bound, trace)
        self.state = State(freed=self.freed)
        self.hearing = Hearing(self.state)
        #: Clients of the implementation, whose labels are no other object's, and what each is or was connected to last.
        self.callers: dict[int, Caller] = {}
        self.current_of_caller: dict[int, Connection] = {}
        self.caller_hearing = CallerHearing(self.state)
        self._tells_kept = True
        self._listener: Listener | None = None
        self._refuser: Listener | None = None

    @property
    def began(self) -> bool:
        """Whether any object was made."""
        return bool(self.state.objects or self.callers)

    # Calls

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

    def _begin(self, name: str, label: int) -> None:
        obj = self.state.objects.get(label)
        #: The last call, with what came of it.
        self.last_call = Call(name, label, obj.handle if obj is not None else None)

    def _hear(self, label: int, event: Event, *, stray: bool) -> None:
        call = Call("", 0) if stray else self.last_call
        caller = self.callers.get(label)
        if caller is not None:
            self.caller_hearing.event(call, caller, event)
        else:
            self.hearing.event(call, label, event)

    def _end(self, label: int, outcome: Outcome) -> None:
        if label in self.callers:
            self.caller_hearing.end(self.last_call, outcome)
        else:
            self.hearing.end(self.last_call, outcome)

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
        if count > MOST_ONE_BY_ONE:
            outcome = self.optional("tick", obj.label, "ticks", count)
            if not isinstance(outcome, Unsupported):
                # One of the ticks may have had the object give its handle away; the later ones may then be refused.
                if obj.handle is handle or isinstance(outcome, Value):
                    self._ticked(obj, handle, "tick", outcome)
                self.step_peers()
                return
        for _ in range(min(count, MOST_ONE_BY_ONE)):
            self.tick(obj, "tick")
            self.step_peers()

    def reload_often(self, obj: ModelObject, orphan: int, count: int) -> Outcome:
        """So many reloads of one object through an empty orphan, in one command."""
        return self.optional("save", obj.label, "reloads", orphan, count)

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

    def _wires(self) -> list[Wire]:
        return [connection.wire for connection in self.state.connections]

    def _due(self, *, low: bool = False) -> Iterator[tuple[str, str]]:
        yield from due(self.state, low=low)
        yield from due_to_callers(self.callers.values())

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
        outcome = self.optional("kept", obj.label, "kept")
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
