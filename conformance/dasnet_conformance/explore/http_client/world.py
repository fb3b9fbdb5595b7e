"""The world of a conversation in which HTTP clients ask: ticks, questions, and the server that is asked.

The suite is the server. A script is about HTTP clients or about the rest of the module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from dasnet_adapters.contract import Adapter, Event, Outcome, Unsupported, Value
from dasnet_conformance.explore.http_client.model.duties import due_of_askers
from dasnet_conformance.explore.http_client.model.hearing import AskerHearing
from dasnet_conformance.explore.http_client.model.limits import limited, may_be_given_up, stalled
from dasnet_conformance.explore.http_client.model.site import look_at_requests
from dasnet_conformance.explore.http_client.model.state import Asked, Asker, AskerHandle, AskerState, Limits
from dasnet_conformance.explore.shared.limits import MOST_ONE_BY_ONE
from dasnet_conformance.explore.shared.verdicts import Divergence, expect_one
from dasnet_conformance.explore.shared.wire import Wire
from dasnet_conformance.explore.shared.world import World
from dasnet_conformance.stage.bounds import FRUITLESS_TICKS, LEAST_READ_IN_A_TICK
from dasnet_conformance.stage.expect import spell
from dasnet_conformance.stage.ports import Ports

#: Ticks in one command where it matters in which of them something came about, as long as they are not many.
_KNOWN_AT_ONCE: Final = 10
_MANY: Final = 1_000
#: The requirement that a call violates by never returning, or by ending the process.
_SURVIVAL: Final = {
    "tick": "http-client-limits.never-blocks",
    "request": "http-client-limits.never-blocks",
    "cancel": "http-client-outcome.cancel-nothing",
    "close": "http-client-outcome.close-fails-all",
    "save": "http-client-reload.open",
    "restore": "http-client-reload.open",
    "destroy": "http-client-outcome.destroy-silent",
}
#: The same of a tick while a reaction was set, which is the likelier cause.
_INSIDE: Final = {
    "tick": "http-client-outcome.tick-inside",
    "destroy": "http-client-outcome.destroy-inside",
    "close": "http-client-outcome.close-inside",
    "raise": "http-client-outcome.raise-inside",
    "a request": "http-client-outcome.request-inside",
    "save": "http-client-reload.inside-callback",
}


class HttpClientWorld(World):
    """One script's worth of host, servers and model, where that is about HTTP clients. Arguments as of `World`."""

    fallback = "http-client-request.get"

    def __init__(
        self, adapter: Adapter, ports: Ports, call_bound: float, trace: Callable[[str, str], None] | None = None
    ) -> None:
        super().__init__(adapter, ports, call_bound, trace)
        self.asking = AskerState()
        self.asker_hearing = AskerHearing(self.asking)
        self.replies = self.uploads = 0
        #: The limits of what is made from now on.
        self.limits = Limits()

    @property
    def began(self) -> bool:
        """Whether any object was made."""
        return bool(self.asking.objects)

    # Calls

    def _begin(self, name: str, label: int) -> None:
        self.asker_hearing.begin(name, label)

    def _hear(self, label: int, event: Event, *, stray: bool) -> None:
        self.asker_hearing.event(label, event, stray=stray)

    def _at_stake(self, name: str, label: int) -> str:
        obj = self.asking.objects.get(label)
        inside = [action for action in obj.reacts() if action in _INSIDE] if name == "tick" and obj is not None else []
        if inside:
            return _INSIDE[inside[0]]
        return _SURVIVAL.get(name, "http-client-request.get")

    # The server

    def step_peers(self) -> None:
        """Move the connections' bytes, and judge what arrived."""
        self.host.step_peers()
        look_at_requests(self.asking)

    # Ticks

    def tick_asker(self, obj: Asker) -> None:
        """One tick of one object; it may be refused where there is nothing to tick, or when a callback raised."""
        # Nobody ticks one that was destroyed: whether it is like one that was closed is not said.
        if obj.destroyed:
            return
        handle = obj.handle
        if handle is not None:
            handle.before, handle.ticks = handle.ticks, handle.ticks + 1
        self._asker_ticked(obj, handle, self.call("tick", obj.label))

    def _asker_ticked(self, obj: Asker, handle: AskerHandle | None, outcome: Outcome) -> None:
        if outcome == Value(None) or self.asker_hearing.call.raised or handle is None or obj.handle is not handle:
            return
        requirement = "http-client-outcome.raise-inside" if self.asking.raised else "http-client-outcome.one-each"
        raise Divergence(requirement, f"tick of object {obj.label}: {spell(outcome)}")

    def tick_asker_often(self, obj: Asker, count: int) -> None:
        """So many ticks of one object: in one command, or fewer one by one where the driver does without that."""
        handle = obj.handle
        if handle is None or count <= MOST_ONE_BY_ONE or obj.reacts():
            self._one_by_one(obj, min(count, MOST_ONE_BY_ONE))
            return
        # Of what a limit ends, it has to be known in which ticks it was.
        at_once = _KNOWN_AT_ONCE if limited(handle) and count < _MANY else count
        for begun in range(0, count, at_once):
            these = min(at_once, count - begun)
            handle.before, handle.ticks = handle.ticks, handle.ticks + these
            outcome = self.optional("tick", obj.label, "ticks", these)
            if isinstance(outcome, Unsupported):
                handle.ticks = handle.before
                self._one_by_one(obj, min(count, MOST_ONE_BY_ONE))
                return
            self._asker_ticked(obj, handle, outcome)
            self.step_peers()

    def _one_by_one(self, obj: Asker, count: int) -> None:
        for _ in range(count):
            self.tick_asker(obj)
            self.step_peers()

    def tick_all(self, through: str) -> None:  # noqa: ARG002
        """One tick of every object that was not destroyed, and one step of the connections."""
        for obj in self.asking.objects.values():
            self.tick_asker(obj)
        self.step_peers()

    def _wires(self) -> list[Wire]:
        return [connection.wire for connection in self.asking.connections()]

    def _due(self, *, low: bool = False) -> Iterator[tuple[str, str]]:  # noqa: ARG002
        yield from due_of_askers(self.asking)

    # A large answer has come without a tick that shows it: so many more ticks may read it.
    def _patience(self) -> int:
        unread = sum(
            asked.reply.sent for handle in self.asking.handles for asked in handle.waiting() if asked.reply is not None
        )
        return FRUITLESS_TICKS + unread // LEAST_READ_IN_A_TICK + self._stalling()

    # What is taken to be at rest may have moved once more: then its ticks are counted anew.
    def _stalling(self) -> int:
        due = [
            handle.limits.stall
            for handle in self.asking.handles
            if any(stalled(handle, asked) and not asked.doomed for asked in handle.waiting())
        ]
        return max(due, default=0)

    def read_again(self) -> None:
        """Let every server read that stopped."""
        for handle in self.asking.handles:
            resume_reading(handle)

    def _ask_everything(self) -> None:
        for obj in self.asking.objects.values():
            self.ask_asker(obj)

    def ask_asker(self, obj: Asker) -> None:
        """Whether an object is open and connected, judged."""
        handle = obj.handle
        outcome = self.call("is_open", obj.label)
        what = f"is_open of object {obj.label}"
        if handle is not None and handle.open:
            requirement = "http-client-reload.open" if handle.reloads else "http-client-outcome.is-open"
            expect_one(outcome, ("true",), requirement, what)
        else:
            expect_one(outcome, ("false", "refused"), "http-client-outcome.is-open", what)
        outcome = self.call("is_connected", obj.label)
        what = f"is_connected of object {obj.label}"
        if handle is None or not handle.asked:
            expect_one(outcome, ("false", "refused"), "http-client-outcome.is-connected", what)
        elif any(_needs_connection(handle, each) for each in handle.asked):
            expect_one(outcome, ("true",), "http-client-outcome.is-connected", what)


def resume_reading(handle: AskerHandle) -> None:
    """The server of a client reads again."""
    handle.paused = False
    for connection in handle.connections:
        connection.narrow = False
        if not connection.wire.reading and connection.wire.socket is not None:
            connection.wire.resume_reading()


def _needs_connection(handle: AskerHandle, asked: Asked) -> bool:
    if not asked.on_the_way or not asked.waits or asked.doomed or asked.answered:
        return False
    return not may_be_given_up(handle, asked)
