"""What may be called back, and when: the model's judgement of each event of a call, in the order in which they fired.

error and log may come with any call. connect, data and disconnect belong to a tick of the handle they tell of, go to
the object that the handle calls back, and tell a story that the connections of that handle can have led to. The only
latitude is a disconnect in a call that closes the handle itself (destroy, and whatever replaces a handle).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from dasnet_adapters.contract import Event, Outcome, Value
from dasnet_conformance.explore.shared.content import FROM_CALLBACK, stream
from dasnet_conformance.explore.shared.limits import MUCH_AT_ONCE
from dasnet_conformance.explore.shared.verdicts import Divergence, NoVerdict, expect_one

from .allowed import QUERIES, answers, send_results
from .duties import missing_bytes
from .state import Connection, Handle, ModelObject, State

TICKS: Final = ("tick", "server_tick")
#: Calls that may close the handle of the object they are made on, and so tell its client's departure.
_CLOSING: Final = ("destroy", "adapter", "make_server", "restore", "init", "server_init")
_FIRES_NOTHING: Final = {
    "new": "construct.fires-nothing",
    "adapter": "construct.fires-nothing",
    "make_server": "construct.fires-nothing",
    "react": "construct.fires-nothing",
    "init": "init.fires-no-client-callback",
    "server_init": "init.fires-no-client-callback",
    "send": "send.fires-no-client-callback",
    "server_send": "send.fires-no-client-callback",
    "save": "save.fires-nothing",
    "restore": "restore.fires-nothing",
    "server_restore": "server-restore.fires-nothing",
    "destroy": "callbacks.none-after-destroy",
}
_STRAY: Final = {
    "connect": "tick.connect-only-in-tick",
    "data": "tick.data-only-in-tick",
    "disconnect": "tick.disconnect-only-in-tick",
}


#: Bytes that stand in no two streams.
_TELLING: Final = 16


@dataclass
class Call:
    """One command while its events are judged."""

    name: str
    label: int
    #: The handle that the object held when the call began.
    handle: Handle | None = None
    #: The reactions that are running: callback, action, and what the callback was given.
    running: list[tuple[str, str, bytes]] = field(default_factory=list)
    raised: bool = False
    errors: list[Event] = field(default_factory=list)
    #: A client was told in it that it is connected.
    heard_connect: bool = False


def _comes_next(connection: Connection, data: bytes) -> bool:
    # Whether these bytes are the next of its stream, sent or not.
    return stream(connection.serial).startswith(data, connection.delivered)


def sound_delivery(event: Event, said: str, half: str = "") -> None:
    """Raises `Divergence` for a data callback that cannot be right, whatever was sent.

    Arguments: `said`, what to begin the message with; `half`, what the requirements of this half begin with.
    """
    if event.size != len(event.data):
        raise Divergence(f"{half}data.size-matches", f"{said}: {len(event.data)} bytes with the size {event.size}")
    if not event.data:
        raise Divergence(f"{half}data.never-empty", f"{said} with no bytes")


class Hearing:
    """Judges events and moves the state along. Every method raises `Divergence` for what is not allowed."""

    def __init__(self, state: State) -> None:
        self._state = state

    def event(self, call: Call, label: int, event: Event) -> None:
        """One event, on the object of that label (0: on none that there is)."""
        if event.what == "log":
            return
        if event.what == "error":
            self._error(call, label)
            call.errors.append(event)
            return
        obj = self._state.objects.get(label)
        if obj is None:
            raise Divergence("callbacks.own-object-only", f"{event.what} on an object that does not exist")
        if event.what == "did":
            self._did(call, obj, event)
            return
        handle = self._handle_for(call, obj, event.what)
        if event.what == "connect":
            self._connect(handle)
        elif event.what == "data":
            self._data(handle, event)
        else:
            self._disconnect(call, handle)
        handle.fresh = False
        self._react(call, obj, handle, event)

    def end(self, call: Call, outcome: Outcome) -> None:
        """The call is over; a failure inside a callback of a tick must have shown by now."""
        if call.handle is not None:
            call.handle.farewell = False
        if call.raised and call.name in TICKS and outcome == Value(None) and not call.errors:
            raise Divergence(
                "callbacks.raise-reaches-host", "a callback raised; the tick returned, and no error callback told of it"
            )

    # Who may hear of anything at all

    @staticmethod
    def _error(call: Call, label: int) -> None:
        # The object that was called may always be told; of a handle, nobody who had it before.
        handle = call.handle
        if handle is None or label == call.label or label not in handle.formers:
            return
        said = f"error on object {label} in a call of {call.name} on object {call.label}"
        requirement = "restore.callbacks-to-new-object" if handle.reloads else "server-restore.old-object-silent"
        raise Divergence(requirement, f"{said}, whose handle it had before")

    def _handle_for(self, call: Call, obj: ModelObject, what: str) -> Handle:
        handle = call.handle
        if not call.name:
            raise Divergence(_STRAY[what], f"{what} on object {obj.label} while no call was made")
        if call.name not in TICKS:
            own = handle is not None and obj.label in (call.label, handle.hears)
            if handle is not None and what == "disconnect" and own and call.name in _CLOSING and handle.client:
                return handle
            requirement = _FIRES_NOTHING.get(call.name, "query.fires-nothing")
            raise Divergence(requirement, f"{what} on object {obj.label} in a call of {call.name}")
        said = f"{what} on object {obj.label} in a tick of object {call.label}"
        if call.label not in self._state.objects:
            raise Divergence("together.talk", f"{said}, which is a client")
        if handle is None:
            raise Divergence(self._silent(self._state.objects[call.label], obj), f"{said}, which holds no handle")
        if handle.state == "closed":
            if what == "disconnect" and handle.farewell:
                return handle
            raise Divergence("callbacks.destroy-inside", f"{said}, which was destroyed inside a callback")
        if handle.hears is None:
            raise Divergence("save.saved-object-delivers-nothing", f"{said}, which was saved inside a callback")
        if obj.label != handle.hears:
            requirement = "restore.callbacks-to-new-object" if handle.reloads else "adapter.bound-to-its-object"
            if obj.label in handle.formers and handle.holder != handle.hears:
                requirement = "server-restore.old-object-silent"
            raise Divergence(requirement, f"{said}, which has to call back object {handle.hears}")
        return handle

    def _silent(self, ticked: ModelObject, hearer: ModelObject) -> str:
        if ticked.destroyed:
            return "callbacks.none-after-destroy"
        if not ticked.had_handle:
            return "construct.tick-harmless"
        if hearer is not ticked or any(ticked.label in handle.formers for handle in self._state.live()):
            return "restore.old-object-silent"
        return "save.saved-object-delivers-nothing"

    # The story of a handle

    def _connect(self, handle: Handle) -> None:
        candidates = handle.next_candidates()
        if handle.client and not handle.shaken:
            self._second_connect(handle, candidates)
        if handle.shaken and handle.client:
            if not candidates and len(handle.client) == 1 and not handle.client[0].given_up:
                again = f"connect on object {handle.hears}: {handle.client[0]} is told of again after a callback raised"
                raise Divergence("exceptions.every-client-told-once", again)
            if not candidates:
                return
            # The client of the failure may have been dropped without a word.
            for connection in handle.client:
                connection.given_up = True
            candidates = handle.client + candidates
        if not candidates:
            requirement = "restore.no-second-connect" if handle.reloads else "callbacks.one-connect-per-client"
            raise Divergence(requirement, f"connect on object {handle.hears}, and no client waits")
        handle.shaken = False
        handle.take(candidates)

    def _second_connect(self, handle: Handle, candidates: list[Connection]) -> None:
        there = " or ".join(map(str, handle.client))
        said = f"connect on object {handle.hears}, whose client {there}"
        if handle.fresh and not candidates:
            raise Divergence("restore.no-second-connect", f"{said} had been told of before the reload")
        if not handle.certain:
            raise Divergence("callbacks.order", f"{said} left without a disconnect callback")
        if handle.fresh or (handle.reloads and not candidates):
            raise Divergence("restore.no-second-connect", f"{said} is still there")
        requirement = "tick.second-client-waits" if candidates else "callbacks.one-connect-per-client"
        raise Divergence(requirement, f"{said} is still there")

    def _data(self, handle: Handle, event: Event) -> None:
        data, said = event.data, f"data on object {handle.hears}"
        sound_delivery(event, said)
        if not handle.client:
            requirement = "data.none-after-disconnect" if handle.served else "data.none-before-connect"
            requirement = "exceptions.client-gone" if handle.shaken else requirement
            raise Divergence(requirement, f"{said}, which has no client")
        sender: Connection | None = next((each for each in handle.client if _comes_next(each, data)), None)
        if sender is None:
            others = (each for each in self._state.connections if each not in handle.client)
            self._foreign(handle, next((each for each in others if _comes_next(each, data)), None), len(data), said)
            # The wrong bytes of the client; of several that it may be, of the one that they begin like.
            begins = (each for each in handle.client if _comes_next(each, data[:1]))
            sender = next(begins, handle.client[0])
        handle.settle_on(sender)
        end = sender.delivered + len(data)
        if sender.given_up:
            sender.delivered, sender.loss_allowed = min(end, sender.queued), True
            return
        if data != stream(sender.serial)[sender.delivered : end] or end > sender.queued:
            requirement = missing_bytes(handle, sender)
            if requirement == "tick.delivers-data":
                requirement = "data.interleaved-with-ticks"
            requirement = "exceptions.data-waiting" if handle.shaken else requirement
            raise Divergence(requirement, f"{said}: {self._difference(sender, data)}")
        sender.delivered = end

    def _foreign(self, handle: Handle, sender: Connection | None, length: int, said: str) -> None:
        if sender is None or sender.delivered >= sender.queued:
            return  # no stream that could have come: told as the wrong bytes of the client
        if handle.shaken and length < _TELLING:
            return  # where the client stands is not known then, and a few bytes are soon alike
        if sender in handle.queue and handle.certain:
            raise Divergence("tick.second-client-data-withheld", f"{said} from {sender}, which waits")
        there = " or ".join(map(str, handle.client))
        raise Divergence("data.belongs-to-its-client", f"{said} from {sender}, while {there} is its client")

    @staticmethod
    def _difference(sender: Connection, data: bytes) -> str:
        whole, place = stream(sender.serial), sender.delivered
        at = whole.find(data[:64]) if len(data) >= 4 else -1
        told = f"{len(data)} bytes from {sender} at byte {place} of the {sender.queued} that it sent"
        if at == place:
            return f"{told}: more, or others, than were sent"
        if at >= 0:
            return f"{told} are those from byte {at} on: " + ("again" if at < place else "some were left out")
        return f"{told} are not what was sent"

    def _disconnect(self, call: Call, handle: Handle) -> None:
        closing = self._closing(call) or handle.farewell
        if not handle.client:
            requirement = "callbacks.one-disconnect-per-client"
            requirement = "exceptions.disconnect-leaves-nobody" if handle.shaken else requirement
            raise Divergence(requirement, f"disconnect on object {handle.hears}, which has no client")
        if closing:
            # The connection still has to end, which is asked for as of one that waited.
            handle.queue, handle.client, handle.farewell = handle.client + handle.queue, [], False
            return
        leaving = [connection for connection in handle.client if handle.shaken or connection.may_leave]
        if not leaving:
            self._no_departure(handle)
        handle.leave(leaving[0])

    @staticmethod
    def _closing(call: Call) -> bool:
        # A callback that fires now comes out of the call that ends the handle, not out of the network.
        return call.name not in TICKS or any(action == "destroy" for _, action, _ in call.running[-1:])

    def _no_departure(self, handle: Handle) -> None:
        client, said = handle.client[-1], f"disconnect on object {handle.hears}"
        if client.end:
            missing = f"{client.queued - client.delivered} of {client.queued} bytes of {client} undelivered"
            raise Divergence(missing_bytes(handle, client), f"{said} with {missing}")
        requirement = "restore.connected" if handle.reloads else "query.is-connected-follows-client"
        raise Divergence(requirement, f"{said}, and {client} is still there")

    # Reactions

    def _react(self, call: Call, obj: ModelObject, handle: Handle, event: Event) -> None:
        action = obj.reactions.get(event.what, "nothing")
        if action != "nothing" and handle is call.handle and self._closing(call):
            # What may be done from inside the end of an object is nowhere said.
            raise NoVerdict(f"a reaction ({action}) while object {obj.label} is being closed")
        if action == "raise":
            handle.shaken = True
            call.raised = call.raised or not call.running
        elif action != "nothing":
            call.running.append((event.what, action, event.data))

    def _did(self, call: Call, obj: ModelObject, event: Event) -> None:
        outcome = event.outcome
        if not call.running or outcome is None:
            raise Divergence("callbacks.own-object-only", f"object {obj.label} did {event.action}, unasked")
        callback, action, data = call.running.pop()
        what = f"{action} inside {callback} on object {obj.label}"
        if action in ("send", "echo"):
            self.sent(obj, data if action == "echo" else FROM_CALLBACK, None, outcome, what, inside=callback)
        elif action == "query":
            self._queried(obj, callback, event, what)
        elif action.startswith("save"):
            self.saved(obj, int(action[-1]), outcome, what, inside=callback)
        elif action == "destroy":
            expect_one(outcome, ("none", "true", "refused"), "callbacks.destroy-inside", what)
            self.destroyed(obj)
        else:
            expect_one(outcome, ("none", "true", "false", "refused"), "tick.inside-callback", what)

    def _queried(self, obj: ModelObject, callback: str, event: Event, what: str) -> None:
        if not event.answers:
            # Refused: queries may be, on an object without a handle.
            if obj.handle is not None:
                raise Divergence("callbacks.open-inside", f"{what}: a query of an object with a handle is refused")
            return
        for query, answer in zip(QUERIES, event.answers, strict=True):
            if callback == "disconnect" and query != "is_open":
                continue  # either is fine: the client has left, the callback that tells so has not returned
            allowed, requirement = answers(obj, query)
            if obj.handle is not None:
                which = "open-inside" if query == "is_open" else f"connected-inside-{callback}"
                requirement = f"callbacks.{which}"
            if str(answer).lower() not in allowed:
                raise Divergence(requirement, f"{what}: {query} is {str(answer).lower()}")

    # Calls that are made by a step as well as inside a callback

    def sent(
        self,
        obj: ModelObject,
        buffer: bytes,
        size: int | None,
        outcome: Outcome,
        what: str,
        *,
        inside: str = "",
        through: str = "send",
    ) -> str:
        """A send was made; returns the name of its outcome."""
        size = len(buffer) if size is None else size
        allowed, requirement = send_results(obj, len(buffer), size, inside, through)
        name = expect_one(outcome, allowed, requirement, what)
        if inside == "disconnect" and name == "true":
            # Whether the one that has left still gets them is open; no other does.
            for departed in self._state.connections:
                departed.given_up = departed.given_up or (departed.departed and not departed.gone)
            return name
        for connection in obj.handle.client if obj.handle is not None else ():
            if connection.gone:
                # The system answers with a reset, which may take along what the peer sent and nobody read yet.
                connection.loss_allowed = True
            if name == "true":
                connection.sent_to += buffer[:size]
                connection.reused = connection.reused or through == "send_reused"
                connection.beyond = buffer[size:]
                connection.beyond_requirement = "send.first-size-bytes" if size else "send.size-zero"
            elif connection.unread + size > MUCH_AT_ONCE:
                # Nothing of it may arrive, or the connection may be closed: see `received`.
                connection.refused = True
        return name

    def saved(self, obj: ModelObject, orphan: int, outcome: Outcome, what: str, *, inside: str = "") -> None:
        """A save was made into that orphan."""
        replaced = self._state.orphans.get(orphan)
        if obj.handle is None:
            expect_one(outcome, ("none", "refused"), "save.without-handle", what)
            return
        if replaced is not None:
            if expect_one(outcome, ("none", "refused"), "save.into-full-orphan", what) == "refused":
                return
            self._state.closed(replaced, *["save.into-full-orphan"] * 3)
        else:
            requirement = f"save.from-{inside}-callback" if inside else "save.moves-handle"
            expect_one(outcome, ("none", "true"), requirement, what)
        obj.handle.saved_inside = bool(inside)
        self._state.saved(obj, orphan)

    def destroyed(self, obj: ModelObject) -> None:
        """The object is no more."""
        obj.destroyed = True
        if obj.handle is not None:
            self._state.closed(obj.handle, "destroy.closes-client", "destroy.waiting-client", "destroy.frees-port")
