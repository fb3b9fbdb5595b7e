"""What an HTTP server may call back, and when: the model's judgement of each event, in the order in which they fired.

A request belongs to a tick of the handle that read it, goes to the object which that handle calls back, and is the next
of its connection that was not told of, whole and unchanged. error and log may come with any call, only that the mistake
of a stranger is no error.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from dasnet_adapters.contract import Event, Outcome
from dasnet_conformance.explore.http_server.content import Given, Unit, inside_body
from dasnet_conformance.explore.scripts import http_server_words as words
from dasnet_conformance.explore.shared.verdicts import Divergence, NoVerdict, expect_one
from dasnet_conformance.stage.expect import name_of

from .allowed import of_nobody, of_request, of_unknown
from .request_check import check_request, of_request_line
from .state import WebConnection, WebHandle, WebObject, WebState

_OUTSIDE: Final = "http-callbacks.nothing-between-ticks"


@dataclass
class WebCall:
    """One command while its events are judged."""

    name: str = ""
    label: int = 0
    #: The handle that the object held when the call began.
    handle: WebHandle | None = None
    #: The reactions that are running: what was asked for, and the request that they are about.
    running: list[tuple[str, WebConnection | None, Unit | None]] = field(default_factory=list)
    raised: bool = False


class WebHearing:
    """Judges events and moves the state along. Every method raises `Divergence` for what is not allowed."""

    def __init__(self, state: WebState) -> None:
        self._state = state
        #: The call that runs, or ran last.
        self.call = WebCall()

    def begin(self, name: str, label: int) -> None:
        """A command begins."""
        obj = self._state.objects.get(label)
        self.call = WebCall(name, label, obj.handle if obj is not None else None)

    def event(self, label: int, event: Event, *, stray: bool) -> None:
        """One event on the object of that label (0: on none that there is); a stray one came while no command ran."""
        obj = self._state.objects.get(label)
        if event.what == "log":
            return
        if event.what == "error":
            self._error(event)
        elif obj is None:
            raise Divergence(_OUTSIDE, f"{event.what} on an object that does not exist")
        elif event.what == "did":
            self._did(obj, event)
        elif event.what == "request":
            self._request(obj, event, stray=stray)
        else:
            raise Divergence("http-request.get", f"{event.what} on an HTTP server")

    def _error(self, event: Event) -> None:
        # Whether something else was worth an error callback is open as soon as a callback raised or a client left.
        call, handle = self.call, self.call.handle
        if call.name != "tick" or call.raised or self._state.raised or handle is None or self._state.somebody_left():
            return
        if any(connection.wrong for connection in self._state.of(handle)):
            told = f"error on the server while a client asks what is wrong: {event.message}"
            raise Divergence("http-callbacks.strangers-are-no-errors", told)

    # Requests

    def _request(self, obj: WebObject, event: Event, *, stray: bool) -> None:
        said = f"request {event.exchange} for {event.method} {event.target} on object {obj.label}"
        handle = self._handle_for(obj, said, stray=stray)
        if event.exchange in handle.exchanges:
            requirement = "http-reload.exchanges-go-on" if handle.reloads else "http-callbacks.exchanges-differ"
            connection, unit = handle.exchanges[event.exchange]
            if unit.target == event.target and not connection.wild:
                requirement = "http-reload.unanswered" if unit.reloaded else "http-callbacks.once"
            raise Divergence(requirement, f"{said}: there was a request of that number")
        found = self._find(handle, event)
        if found is None:
            self._unknown(handle, event, said)
            return
        connection, unit = found
        self._in_order(connection, unit, said)
        check_request(connection, unit, event, said)
        unit.called, unit.exchange = True, event.exchange
        handle.exchanges[event.exchange] = found
        self._react(obj, connection, unit)

    def _handle_for(self, obj: WebObject, said: str, *, stray: bool) -> WebHandle:
        call, handle = self.call, self.call.handle
        if stray:
            raise Divergence(_OUTSIDE, f"{said} while no call was made")
        if call.name != "tick":
            raise Divergence(_OUTSIDE, f"{said} in a call of {call.name}")
        if handle is None:
            raise Divergence(
                "http-reload.old-object", f"{said} in a tick of object {call.label}, which holds no handle"
            )
        if handle.state == "closed":
            raise Divergence("http-callbacks.destroyed-inside", f"{said}, which was destroyed inside a callback")
        if handle.hears is None:
            raise Divergence("http-reload.inside-callback", f"{said}, whose handle was saved inside a callback")
        if obj.label != handle.hears:
            requirement = "http-reload.class-changes" if handle.reloads else "http-request.get"
            raise Divergence(requirement, f"{said}, and the handle is that of object {handle.hears}")
        return handle

    def _find(self, handle: WebHandle, event: Event) -> tuple[WebConnection, Unit] | None:
        for connection in self._state.of(handle):
            for unit in connection.units:
                if unit.target and unit.target == event.target:
                    return connection, unit
        return None

    # A request with a target that nobody asked for as it stands.
    def _unknown(self, handle: WebHandle, event: Event, said: str) -> None:
        others = list(self._state.of(handle))
        for connection in others:
            for unit in connection.units:
                if unit.vector is None or unit.began is None:
                    continue
                if unit.hides and event.target == unit.vector.hidden:
                    raise Divergence(unit.vector.requirement, f"{said}, which is hidden: {unit.vector.name}")
                if unit.hides:
                    # The request that hides another one: it may be read in whichever way.
                    connection.wild = unit.called = True
                    unit.exchange = event.exchange
                    handle.exchanges[event.exchange] = connection, unit
                    self._react(self._state.objects[handle.hears or 0], connection, unit)
                    return
        for connection in others:
            place = connection.next_call()
            wrong = connection.units[place] if place < len(connection.units) else None
            if wrong is not None and wrong.vector is not None and wrong.began is not None:
                told = f"{said}: {wrong.vector.name} is never called back"
                raise Divergence(wrong.vector.requirement, told)
        raise Divergence(of_request_line(others, event), f"{said}, which nobody asked for")

    @staticmethod
    def _in_order(connection: WebConnection, unit: Unit, said: str) -> None:
        if unit.called:
            requirement = "http-reload.unanswered" if unit.reloaded else "http-callbacks.once"
            raise Divergence(requirement, f"{said}, which was told of before")
        place = connection.units.index(unit)
        for earlier in connection.units[:place]:
            if earlier.vector is not None:
                # Only those are followed by anything after which the connection has to end.
                told = f"{said}, behind what is wrong: {earlier.vector.name}"
                raise Divergence("http-smuggling.behind-rejected", told)
            # Behind one of HTTP/1.0 the connection ends as well, but whether something is read until then is not said.
            if earlier.manner in words.CLOSING:
                raise Divergence("http-connection.behind-close", f"{said}, behind one after which nothing is read")
            if not earlier.called and earlier.received is None:
                told = f"{said}, before the request {earlier.target} of the same connection"
                raise Divergence("http-reload.pipelined" if unit.reloaded else "http-connection.pipelining", told)
        if connection.over:
            raise Divergence(connection.over, f"{said}, behind an answer that said close")

    # Reactions

    def _react(self, obj: WebObject, connection: WebConnection, unit: Unit) -> None:
        if obj.reaction == "raise":
            unit.raised = self.call.raised = self._state.raised = True
        elif obj.reaction != "nothing":
            self.call.running.append((obj.reaction, connection, unit))

    def _did(self, obj: WebObject, event: Event) -> None:
        outcome = event.outcome
        if not self.call.running or outcome is None:
            raise Divergence("http-request.get", f"object {obj.label} did {event.action}, unasked")
        action, connection, unit = self.call.running.pop()
        what = f"{event.action} inside the callback of object {obj.label}"
        if event.action == "respond" and connection is not None and unit is not None:
            given = Given(200, (), inside_body(action), "inside", "no field")
            self.responded(obj, connection, unit, given, outcome, what)
        elif event.action == "destroy":
            if name_of(outcome) not in ("none", "true"):
                raise NoVerdict("an object was not destroyed inside its callback")
            if obj.handle is not None:
                self._state.closed(obj.handle)
            obj.destroyed = True
        elif event.action == "save":
            self.saved(obj, int(action[-1]), outcome, what, "http-reload.inside-callback")

    # Calls

    def responded(
        self,
        obj: WebObject,
        connection: WebConnection | None,
        unit: Unit | None,
        given: Given,
        outcome: Outcome,
        what: str,
    ) -> None:
        """respond was called on the object, for that request or for none that there was."""
        if obj.handle is None:
            allowed, requirement = of_nobody(destroyed=obj.destroyed)
        elif connection is None or unit is None:
            allowed, requirement = of_unknown()
        else:
            allowed, requirement = of_request(self._state, connection, unit, given)
        name = expect_one(outcome, allowed, requirement, what)
        if obj.handle is None or unit is None:
            return
        if name == "true" and unit.given is None and unit.received is None:
            unit.given = given
        elif name != "true":
            unit.turned_down = requirement

    def saved(self, obj: WebObject, orphan: int, outcome: Outcome, what: str, requirement: str) -> None:
        """save was called on the object; into an orphan that is full it may be refused, or replace what is there."""
        if orphan in self._state.orphans or obj.handle is None:
            if name_of(outcome) == "none" and obj.handle is not None:
                raise NoVerdict("an orphan was filled twice")
            return
        expect_one(outcome, ("none", "true"), requirement, what)
        self._state.saved(obj, orphan)
