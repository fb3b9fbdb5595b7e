"""The world of a conversation over HTTP: ticks, questions, and the peers that ask.

A script is about HTTP or about the rest of the module: the model of the one knows nothing of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from dasnet_adapters.contract import Adapter, Event, Outcome, Unsupported, Value
from dasnet_conformance.explore.http_server.model.duties import due_by_http
from dasnet_conformance.explore.http_server.model.hearing import WebHearing
from dasnet_conformance.explore.http_server.model.received import look_at_answers
from dasnet_conformance.explore.http_server.model.state import WebConnection, WebHandle, WebObject, WebState
from dasnet_conformance.explore.shared.limits import MOST_ONE_BY_ONE
from dasnet_conformance.explore.shared.verdicts import Divergence, expect_one
from dasnet_conformance.explore.shared.wire import Wire
from dasnet_conformance.explore.shared.world import World
from dasnet_conformance.stage.bounds import FRUITLESS_TICKS, LEAST_READ_IN_A_TICK
from dasnet_conformance.stage.expect import spell
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.ports import Ports

#: The requirement that a call violates by never returning, or by ending the process.
_SURVIVAL: Final = {
    "respond": "http-connection.leaves-before-answer",
    "save": "http-reload.open",
    "restore": "http-reload.open",
    "destroy": "http-connection.destroyed",
    "react": "http-request.get",
}
#: The same of a tick while a reaction was set, which is the likelier cause.
_INSIDE: Final = {
    "tick": "http-callbacks.ticked-inside",
    "destroy": "http-callbacks.destroyed-inside",
    "raise": "http-callbacks.raises",
    "save to 1": "http-reload.inside-callback",
    "save to 2": "http-reload.inside-callback",
}


class HttpServerWorld(World):
    """One script's worth of host, peers and model, where that is about HTTP servers. Arguments as of `World`."""

    fallback = "http-request.get"

    def __init__(
        self, adapter: Adapter, ports: Ports, call_bound: float, trace: Callable[[str, str], None] | None = None
    ) -> None:
        super().__init__(adapter, ports, call_bound, trace)
        self.web = WebState()
        self.web_hearing = WebHearing(self.web)

    @property
    def began(self) -> bool:
        """Whether any object was made."""
        return bool(self.web.objects)

    # Calls

    def _begin(self, name: str, label: int) -> None:
        self.web_hearing.begin(name, label)

    def _hear(self, label: int, event: Event, *, stray: bool) -> None:
        self.web_hearing.event(label, event, stray=stray)

    def _at_stake(self, name: str, label: int) -> str:
        obj = self.web.objects.get(label)
        if name != "tick" or obj is None:
            return _SURVIVAL.get(name, "http-request.get")
        if obj.reaction in _INSIDE:
            return _INSIDE[obj.reaction]
        for connection in self.web.of(obj.handle) if obj.handle is not None else ():
            if connection.wrong:
                return "http-request.line-rejected"
            if connection.paused and not connection.gone:
                return "http-connection.slow-reader"
            if connection.end:
                return "http-connection.resets-in-answer" if connection.paused else "http-connection.leaves-in-head"
        return "http-request.get"

    # Peers

    def enlist_web(self, handle: WebHandle, peer: int, wire: Peer) -> WebConnection:
        """A connection that was just made."""
        connection = WebConnection(len(self.web.connections), peer, wire, handle)
        self.wires[connection.serial] = wire
        self.web.connections.append(connection)
        self.web.current[peer] = connection
        return connection

    def step_peers(self) -> None:
        """Move the peers' bytes, and judge what arrived."""
        self.host.step_peers()
        look_at_answers(self.web)

    # Ticks

    def tick_web(self, obj: WebObject) -> None:
        """One tick of one object; it may be refused where there is nothing to tick, or when a callback raised."""
        handle = obj.handle
        if handle is not None:
            handle.ticks += 1
        self._web_ticked(obj, handle, self.call("tick", obj.label))

    def _web_ticked(self, obj: WebObject, handle: WebHandle | None, outcome: Outcome) -> None:
        if outcome == Value(None) or self.web_hearing.call.raised or handle is None or obj.handle is not handle:
            return
        requirement = "http-connection.stays-open"
        if any(connection.wrong for connection in self.web.of(handle)):
            requirement = "http-callbacks.strangers-are-no-errors"
        elif self.web.somebody_left():
            requirement = "http-connection.leaves-in-head"
        raise Divergence(requirement, f"tick of object {obj.label}: {spell(outcome)}")

    def tick_web_often(self, obj: WebObject, count: int) -> None:
        """So many ticks of one object: in one command, or fewer one by one where the driver does without that."""
        handle = obj.handle
        # With a reaction that raises, or gives the handle away, each tick is looked at.
        if count > MOST_ONE_BY_ONE and handle is not None and obj.reaction in ("nothing", "an answer"):
            handle.ticks += count
            outcome = self.optional("tick", obj.label, "ticks", count)
            if not isinstance(outcome, Unsupported):
                self._web_ticked(obj, handle, outcome)
                self.step_peers()
                return
        for _ in range(min(count, MOST_ONE_BY_ONE)):
            self.tick_web(obj)
            self.step_peers()

    def tick_all(self, through: str) -> None:  # noqa: ARG002
        """One tick of every object that was not destroyed, and one step of the peers."""
        for obj in self.web.objects.values():
            if not obj.destroyed:
                self.tick_web(obj)
        self.step_peers()

    def _wires(self) -> list[Wire]:
        return [connection.wire for connection in self.web.connections]

    def _due(self, *, low: bool = False) -> Iterator[tuple[str, str]]:  # noqa: ARG002
        yield from due_by_http(self.web)

    # A large body has come without a tick that shows it: so many more ticks may read it.
    def _patience(self) -> int:
        unread = 0
        for connection in self.web.connections:
            if not connection.ended and not connection.gone:
                unread += sum(len(unit.data) for unit in connection.units[connection.final :])
        return FRUITLESS_TICKS + unread // LEAST_READ_IN_A_TICK

    def _settled(self) -> None:
        for connection in self.web.connections:
            if connection.handle.hears is not None:
                connection.noticed = connection.noticed or connection.end == "reset"

    def _ask_everything(self) -> None:
        self._settled()
        for obj in self.web.objects.values():
            self.ask_web(obj)

    def ask_web(self, obj: WebObject) -> None:
        """Whether an object is open, judged; without a handle that is for other sections."""
        outcome = self.call("is_open", obj.label)
        if obj.handle is not None:
            requirement = "http-reload.open" if obj.handle.reloads else "http-connection.stays-open"
            if self.web.somebody_left():
                requirement = "http-connection.leaves-in-head"
            expect_one(outcome, ("true",), requirement, f"is_open of object {obj.label}")
        else:
            expect_one(outcome, ("false", "refused"), "http-connection.destroyed", f"is_open of object {obj.label}")
