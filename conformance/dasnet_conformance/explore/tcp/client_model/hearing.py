"""What may be called back on a client of the implementation, and when: the model's judgement of each event.

error and log may come with any call. connect belongs to the call of connect, data and disconnect to a tick, and all of
them to the connection of the client that was called.
"""

from __future__ import annotations

from typing import Final

from dasnet_adapters.contract import Event, Outcome, Value
from dasnet_conformance.explore.shared.content import FROM_CALLBACK, stream
from dasnet_conformance.explore.shared.limits import LONGEST_STREAM, MUCH_AT_ONCE
from dasnet_conformance.explore.shared.verdicts import Divergence, NoVerdict, expect_one
from dasnet_conformance.explore.tcp.server_model.hearing import Call, sound_delivery
from dasnet_conformance.explore.tcp.server_model.state import Connection, State

from .duties import missing_at
from .state import Caller, connected_answers, given, incoming, may_leave, on_its_way, send_answers

CALLER_TICKS: Final = ("tick", "client_tick")
CONNECTS: Final = ("connect", "client_connect")
#: What a call must not fire, by the call; where nothing stands here, it is as with the silence between calls.
_FIRES_NOTHING: Final = {
    "new": "client-construct.fires-nothing",
    "adapter": "client-construct.fires-nothing",
    "send": "client-send.delivers-nothing",
    "client_send": "client-send.delivers-nothing",
    "close": "close.calls-nothing-back",
    "client_close": "close.calls-nothing-back",
    "is_connected": "client-tick.query-changes-nothing",
}
_WITHOUT: Final = {
    "handle-made": "client-tick.without-connection",
    "connect-failed": "connect.refused-tells-of-no-connection",
    "departure-noticed": "client-callbacks.once",
    "closed": "close.calls-nothing-back",
}


class CallerHearing:
    """Judges the events of clients and moves their state along. Every method raises `Divergence` for what is wrong."""

    def __init__(self, state: State) -> None:
        self._state = state
        #: The connection that a call of connect would make, while that runs.
        self.coming: Connection | None = None
        #: The requirement that a connection would violate which a call of connect must not make.
        self.unwanted = "connect.refused-tells-of-no-connection"

    def event(self, call: Call, caller: Caller, event: Event) -> None:
        """One event on that client."""
        if event.what == "log":
            return
        if event.what == "error":
            call.errors.append(event)
            return
        if event.what == "did":
            self._did(call, caller, event)
            return
        self._of_its_own_call(call, caller, event.what)
        if event.what == "connect":
            self._connect(call, caller)
        elif event.what == "data":
            self._data(caller, event)
        else:
            self._disconnect(caller)
        self._react(call, caller, event)

    def end(self, call: Call, outcome: Outcome) -> None:
        """The call is over; a failure inside a callback of it must have shown by now."""
        if call.raised and isinstance(outcome, Value) and not call.errors:
            callback = "connect" if call.name in CONNECTS else "data"
            told = f"a callback raised; {call.name} returned, and no error callback told of it"
            raise Divergence(f"client-callbacks.raise-in-{callback}", told)

    def _of_its_own_call(self, call: Call, caller: Caller, what: str) -> None:
        said = f"{what} on client {caller.label}"
        if not call.name:
            raise Divergence("client-tick.only-inside", f"{said} while no call was made")
        if call.label != caller.label:
            raise Divergence("client-construct.several", f"{said} in a call of {call.name} on object {call.label}")
        if caller.destroyed:
            raise Divergence("client-destroy.inside-callback", f"{said}, which was destroyed")
        allowed = CONNECTS if what == "connect" else CALLER_TICKS
        if call.name in allowed:
            return
        if what == "connect":
            raise Divergence("client-callbacks.once", f"{said} in a call of {call.name}")
        requirement = _FIRES_NOTHING.get(call.name, "client-tick.only-inside")
        raise Divergence(requirement, f"{said} in a call of {call.name}")

    def _connect(self, call: Call, caller: Caller) -> None:
        said = f"connect on client {caller.label}"
        if caller.connection is not None:
            raise Divergence("client-callbacks.once", f"{said}, which is connected")
        if self.coming is None:
            raise Divergence(self.unwanted, f"{said}, and nobody takes its connection")
        caller.connected(self.coming)
        self.coming = None
        call.heard_connect = True

    def _data(self, caller: Caller, event: Event) -> None:
        data, said, connection = event.data, f"data on client {caller.label}", caller.connection
        sound_delivery(event, said, "client-")
        if connection is None:
            raise Divergence(_WITHOUT[caller.without], f"{said}, which has no connection")
        whole, place = incoming(connection), given(connection)
        if connection.given_up:
            return
        if whole[place : place + len(data)] != data:
            raise Divergence(*self._wrong(caller, connection, data, said))
        if connection.of_listener:
            connection.delivered += len(data)
        else:
            connection.wire.received += data

    def _wrong(self, caller: Caller, connection: Connection, data: bytes, said: str) -> tuple[str, str]:
        place, sent = given(connection), len(incoming(connection))
        told = f"{said}: {len(data)} bytes at byte {place} of the {sent} that were sent to it are not what was sent"
        if not connection.of_listener:
            return "together.talk", told
        others = (each for each in self._state.connections if each is not connection and each.of_listener)
        if len(data) >= 4 and any(stream(each.serial).find(data[:64]) >= 0 for each in others):
            once = "client-data.belongs-to-its-connection"
            return (once if caller.turns > 1 else "client-construct.several"), told
        if caller.shaken:
            return "client-callbacks.raise-in-data", told
        return "client-data.sizes" if sent <= MUCH_AT_ONCE else "client-data.large", told

    def _disconnect(self, caller: Caller) -> None:
        said, connection = f"disconnect on client {caller.label}", caller.connection
        if connection is None:
            raise Divergence(_WITHOUT[caller.without], f"{said}, which has no connection")
        if not may_leave(caller, connection):
            if connection.end:
                left = len(incoming(connection)) - given(connection)
                raise Divergence(missing_at(caller, connection), f"{said} with {left} bytes of its server undelivered")
            requirement = "client-tick.idle" if connection.of_listener else "together.talk"
            raise Divergence(requirement, f"{said}, and its server is still there")
        if not connection.of_listener:
            connection.wire.closed = "disconnect"
        caller.left("departure-noticed")

    # Reactions

    def _react(self, call: Call, caller: Caller, event: Event) -> None:
        action = caller.reactions.get(event.what, "nothing")
        if action == "raise":
            connection = caller.connection
            caller.shaken = connection is not None
            if connection is not None and not connection.of_listener:
                connection.given_up = True
            call.raised = call.raised or not call.running
        elif action != "nothing":
            call.running.append((event.what, action, event.data))

    def _did(self, call: Call, caller: Caller, event: Event) -> None:
        outcome = event.outcome
        if not call.running or outcome is None:
            raise Divergence("client-construct.several", f"client {caller.label} did {event.action}, unasked")
        callback, action, data = call.running.pop()
        what = f"{action} inside {callback} on client {caller.label}"
        if action in ("send", "echo"):
            self.sent(caller, data if action == "echo" else FROM_CALLBACK, None, outcome, what, inside=callback)
        elif action == "query":
            allowed, requirement = connected_answers(caller)
            if callback == "disconnect":
                requirement = "client-callbacks.not-connected-inside-disconnect"
            elif callback == "connect":
                requirement = "connect.connected-inside"
            expect_one(outcome, allowed, requirement, what)
        elif action == "close":
            expect_one(outcome, ("none", "true", "refused"), f"close.inside-{callback}", what)
            caller.end("closed", f"close.inside-{callback}")
        else:
            expect_one(outcome, ("none", "true", "false", "refused"), "client-tick.inside-callback", what)

    def sent(
        self,
        caller: Caller,
        buffer: bytes,
        size: int | None,
        outcome: Outcome,
        what: str,
        *,
        inside: str = "",
    ) -> str:
        """A send was made; returns the name of its outcome."""
        size = len(buffer) if size is None else size
        allowed, requirement = send_answers(caller, len(buffer), size, inside)
        name = expect_one(outcome, allowed, requirement, what)
        connection = caller.connection
        if connection is None:
            return name
        if connection.gone:
            connection.loss_allowed = True
        if name == "true":
            self._accepted(connection, buffer[:size])
            connection.beyond = buffer[size:]
            connection.beyond_requirement = "client-send.first-size-bytes" if size else "client-send.size-zero"
        elif on_its_way(connection) + size > MUCH_AT_ONCE:
            connection.refused = True
        return name

    @staticmethod
    def _accepted(connection: Connection, content: bytes) -> None:
        if connection.of_listener:
            connection.sent_to += content
            return
        # A server of the implementation is judged by the stream of the connection.
        if content != stream(connection.serial)[connection.queued : connection.queued + len(content)]:
            raise NoVerdict("a client sent a server of the implementation what the model cannot tell apart")
        if connection.queued + len(content) > LONGEST_STREAM:
            raise NoVerdict("a client sent more than the model can tell apart")
        connection.queued += len(content)
