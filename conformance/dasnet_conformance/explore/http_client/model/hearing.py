"""What an HTTP client may call back, and when: the model's judgement of each event, in the order in which they fired.

An outcome belongs to a tick of the handle that was asked, goes to the object which that handle calls back, and is the
only one of its request. error and log may come with any call.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from dasnet_adapters.contract import Event, Value
from dasnet_conformance.explore.http_client.content import Reply
from dasnet_conformance.explore.scripts import http_client_words as words
from dasnet_conformance.explore.shared.verdicts import Divergence, NoVerdict
from dasnet_conformance.stage.expect import name_of
from dasnet_conformance.stage.http_client_side import fields_of, spell_outcome

from .limits import given_up_early, late_when_answered, limited, may_be_given_up
from .state import Asked, Asker, AskerHandle, AskerState

_FRAMINGS: Final = {
    "a length": "http-client-framing.length",
    "chunks": "http-client-framing.chunked",
    "chunks and extensions": "http-client-framing.chunk-extension",
    "chunks and a trailer": "http-client-framing.trailers",
    "until close": "http-client-framing.until-close",
}
_MANNERS: Final = {
    words.INTERIM: "http-client-answer.interim",
    words.FOLDED: "http-client-answer.folded",
    words.NO_REASON: "http-client-answer.reason",
    words.OLD: "http-client-answer.version-old",
    words.OLD_KEPT: "http-client-answer.version-old",
    words.EXTRA: "http-client-connection.extra-bytes",
}
_LARGE: Final = 1 << 16
#: The least status of an answer that is final.
_FIRST_FINAL: Final = 200
#: Ticks after which a failure for which there is no reason looks like one of a limit.
_LONG: Final = 500
_INSIDE: Final = "http-client-outcome.inside-tick"


def requirement_of(asked: Asked, *, of_body: bool = False) -> str:
    """The requirement that is violated where a whole answer does not come to be a response, or has another body."""
    reply = asked.reply
    if reply is None:
        return "http-client-outcome.one-each"
    if reply.broken_behind:
        return "http-client-connection.early-answer-reset"
    if reply.early:
        return "http-client-connection.early-answer"
    if asked.reloaded:
        if not reply.reloaded:
            return "http-client-reload.waiting"
        return "http-client-reload.in-body" if reply.cut else "http-client-reload.in-head"
    if reply.manner == words.FOLDED and not of_body:
        return _MANNERS[reply.manner]
    if reply.bare:
        return "http-client-framing.head" if asked.method == "HEAD" else "http-client-framing.no-content"
    if reply.manner in _MANNERS and not of_body:
        return _MANNERS[reply.manner]
    return "http-client-framing.large" if len(reply.body) > _LARGE else _FRAMINGS[reply.framing]


@dataclass
class AskerCall:
    """One command while its events are judged."""

    name: str = ""
    label: int = 0
    handle: AskerHandle | None = None
    #: The reactions that are running.
    running: list[str] = field(default_factory=list)
    raised: bool = False
    #: The object was destroyed inside a callback of this call.
    destroyed: bool = False


class AskerHearing:
    """Judges events and moves the state along. Every method raises `Divergence` for what is not allowed."""

    def __init__(self, state: AskerState) -> None:
        self._state = state
        #: The call that runs, or ran last.
        self.call = AskerCall()

    def begin(self, name: str, label: int) -> None:
        """A command begins."""
        obj = self._state.objects.get(label)
        self.call = AskerCall(name, label, obj.handle if obj is not None else None)

    def event(self, label: int, event: Event, *, stray: bool) -> None:
        """One event on the object of that label (0: on none that there is); a stray one came while no command ran."""
        obj = self._state.objects.get(label)
        if event.what in ("log", "error"):
            return
        if obj is None:
            raise Divergence("http-client-outcome.two-clients", f"{event.what} on an object that does not exist")
        if self.call.destroyed and self.call.label == label:
            return  # whether what had come about already is still told in this tick is not said
        if event.what == "did":
            self._did(obj, event)
        elif event.what in ("response", "failure"):
            self._outcome(obj, event, stray=stray)
        else:
            raise Divergence("http-client-outcome.one-each", f"{event.what} on an HTTP client")

    def _outcome(self, obj: Asker, event: Event, *, stray: bool) -> None:
        said = f"{spell_outcome(event)} on object {obj.label}"
        handle = self._handle_for(obj, said, stray=stray)
        asked = handle.numbered(event.exchange)
        if asked is None:
            raise Divergence("http-client-outcome.one-each", f"{said}, which nobody asked for")
        if asked.outcome is not None:
            raise Divergence("http-client-outcome.one-each", f"{said}, after {spell_outcome(asked.outcome)}")
        if event.what == "failure":
            self._failure(handle, asked, event, said)
        self._in_order(handle, asked, said)
        if event.what == "response":
            self._response(handle, asked, event, said)
        asked.outcome, handle.told = event, handle.ticks
        reaction = obj.reactions.get(event.what, "nothing")
        if reaction == "raise":
            self.call.raised = self._state.raised = True
        elif reaction != "nothing":
            self.call.running.append(reaction)

    def _handle_for(self, obj: Asker, said: str, *, stray: bool) -> AskerHandle:
        call, handle = self.call, self.call.handle
        if stray:
            raise Divergence(_INSIDE, f"{said} while no call was made")
        if obj.destroyed:
            raise Divergence("http-client-outcome.destroy-silent", f"{said}, which was destroyed")
        if call.name != "tick":
            raise Divergence(_INSIDE, f"{said} in a call of {call.name}")
        if handle is None:
            told = f"{said} in a tick of object {call.label}, which holds no handle"
            raise Divergence("http-client-reload.old-is-silent", told)
        if handle.hears is None:
            raise Divergence("http-client-reload.inside-callback", f"{said}, whose handle was saved inside a callback")
        if obj.label != handle.hears:
            requirement = "http-client-reload.old-is-silent" if handle.reloads else "http-client-outcome.two-clients"
            raise Divergence(requirement, f"{said}, and the handle is that of object {handle.hears}")
        return handle

    def _in_order(self, handle: AskerHandle, asked: Asked, said: str) -> None:
        if asked.doomed or asked.may_fail or self._state.raised or may_be_given_up(handle, asked):
            return
        for earlier in handle.asked[: handle.asked.index(asked)]:
            settled = not earlier.waits or earlier.doomed or earlier.may_fail or may_be_given_up(handle, earlier)
            if not settled:
                told = f"{said}, before exchange {earlier.number} has had its outcome"
                raise Divergence("http-client-connection.order", told)

    # Responses

    def _response(self, handle: AskerHandle, asked: Asked, event: Event, said: str) -> None:
        if asked.doomed and not (self._state.raised and asked.answered):
            raise Divergence(asked.doomed, said)
        reply = asked.reply
        if event.status < _FIRST_FINAL:
            raise Divergence("http-client-answer.interim", f"{said}, which is no final answer")
        if reply is None or not reply.complete:
            raise Divergence(_of_early(handle, asked), f"{said}, which is not answered yet")
        if too_late := late_when_answered(handle, asked):
            raise Divergence(too_late, f"{said}, which was answered {reply.finished - asked.since} ticks after it")
        if event.status != reply.status:
            interim = reply.manner == words.INTERIM
            requirement = "http-client-answer.interim" if interim else "http-client-answer.status-line"
            raise Divergence(requirement, f"{said}: the status was {reply.status}")
        if event.reason != reply.reason:
            raise Divergence("http-client-answer.reason", f"{said}: {event.reason!r} for {reply.reason!r}")
        if event.data != reply.body:
            told = f"{said}: a body of {len(event.data)} bytes for one of {len(reply.body)}"
            raise Divergence(requirement_of(asked, of_body=True), told)
        _check_fields(asked, reply, event, said)

    # Failures

    def _failure(self, handle: AskerHandle, asked: Asked, event: Event, said: str) -> None:
        if not event.message.strip() or not event.code:
            raise Divergence("http-client-outcome.failure-code", f"{said}: no message, or code 0")
        # The system may give a connection up that nobody takes, in its own time.
        if asked.doomed or asked.may_fail or asked.of_nobody or asked.of_silence:
            return
        if may_be_given_up(handle, asked):
            self._given_up(asked)
            return
        if asked.answered:
            raise Divergence(requirement_of(asked), f"{said}, which was answered")
        if limited(handle):
            raise Divergence(given_up_early(handle, asked), f"{said}, asked {handle.ticks - asked.since} ticks before")
        if asked.reloaded:
            raise Divergence("http-client-reload.waiting", f"{said}, of which nothing went wrong")
        if any(connection.end for connection in handle.connections) and not asked.seen:
            raise Divergence("http-client-connection.idle-end", f"{said}, which could be asked on another connection")
        failed = any(each.outcome is not None and each.outcome.what == "failure" for each in handle.asked)
        requirement = "http-client-connection.after-failure" if failed else "http-client-request.get"
        if handle.ticks - asked.since >= _LONG:
            requirement = "http-client-limits.no-limit-of-its-own"
        if not handle.connections:
            requirement = words.BY_PLACE.get(handle.towards, requirement)
        raise Divergence(requirement, f"{said}, of which nothing went wrong")

    # What was asked behind it, ahead of its answer, is for the client to ask again, or to fail.
    def _given_up(self, asked: Asked) -> None:
        for connection in asked.seen:
            for each in connection.asked[connection.asked.index(asked) + 1 :]:
                each.may_fail = True

    # Reactions

    def _did(self, obj: Asker, event: Event) -> None:
        outcome = event.outcome
        if not self.call.running or outcome is None:
            raise Divergence("http-client-outcome.one-each", f"object {obj.label} did {event.action}, unasked")
        action = self.call.running.pop()
        handle = self.call.handle
        if action == "destroy":
            if name_of(outcome) not in ("none", "true"):
                raise Divergence("http-client-outcome.destroy-inside", f"destroy inside a callback: {outcome}")
            if obj.handle is not None:
                self._state.ended(obj.handle, "http-client-outcome.destroy-silent")
            obj.destroyed = self.call.destroyed = True
        elif action == "close":
            if name_of(outcome) not in ("none", "true"):
                raise Divergence("http-client-outcome.close-inside", f"close inside a callback: {outcome}")
            if handle is not None:
                closed(handle, inside=True)
        elif action == "tick":
            if handle is not None:
                handle.nested += 1
        elif action == "save":
            if words.SAVED_INSIDE in self._state.orphans:
                raise NoVerdict("a save inside a callback into an orphan that holds a client")
            if name_of(outcome) not in ("none", "true"):
                raise Divergence("http-client-reload.inside-callback", f"save inside a callback: {outcome}")
            self._state.saved(obj, words.SAVED_INSIDE)
        elif action == "a request":
            number = outcome.value if isinstance(outcome, Value) else None
            if handle is None or not handle.open:
                if number:
                    raise NoVerdict("a client that asks nobody accepted a request inside a callback")
                return
            accepted(
                handle, number, Asked(0, "GET", inside_target(obj), (), "no field", b"", handle.ticks), inside=True
            )


# The requirement of a response before there is one.
def _of_early(handle: AskerHandle, asked: Asked) -> str:
    reply = asked.reply
    if reply is not None and reply.sent >= reply.head:
        return _FRAMINGS[reply.framing]
    for connection in handle.connections:
        if connection.last in ("http-client-connection.extra-bytes", "http-client-connection.unsolicited"):
            return connection.last
    return "http-client-answer.cut" if asked.seen else "http-client-outcome.two-clients"


def inside_target(obj: Asker) -> str:
    """What a reaction asks for."""
    return f"/{obj.label}/inside"


def closed(handle: AskerHandle, *, inside: bool = False) -> None:
    """The host closed the client, `inside` a callback or not: all that was accepted fails."""
    handle.give_up("http-client-outcome.close-fails-all", inside=inside)
    handle.open = False


def accepted(handle: AskerHandle, number: bool | int | None, asked: Asked, *, inside: bool = False) -> None:
    """A request was made where it has to be accepted; `number` is what that gave."""
    what = f"request {asked.method} {asked.target}"
    if number is None or isinstance(number, bool) or number < 1:
        requirement = "http-client-outcome.request-inside" if inside else "http-client-request.number"
        raise Divergence(requirement, f"{what}: expected a number above 0, got {number}")
    if handle.numbered(number) is not None:
        requirement = "http-client-reload.numbers-go-on" if handle.reloads else "http-client-request.number"
        raise Divergence(requirement, f"{what}: {number}, which another one had")
    asked.number = number
    asked.of_nobody, asked.of_silence = handle.towards == words.NOBODY, handle.towards == words.SILENT
    handle.asked.append(asked)


def _check_fields(asked: Asked, reply: Reply, event: Event, said: str) -> None:
    got = fields_of(event)
    # Of fields of different names the order says nothing: RFC 9110, section 5.3.
    wanted = [(name.decode().lower(), value) for name, value in reply.fields]
    for name in dict.fromkeys(name for name, _ in wanted):
        values = [value for each, value in wanted if each == name]
        told = [value for each, value in got if each == name]
        if told == values or told in ([b", ".join(values)], [b",".join(values)]):
            continue
        if name == "x-folded" and len(told) == 1 and told[0].split() == values[0].split() and b"\n" not in told[0]:
            continue
        raise Divergence(_of_values(asked, name, values, told), f"{said}: {name} is {told!r} for {values!r}")


def _of_values(asked: Asked, name: str, values: list[bytes], told: list[bytes]) -> str:
    if name == "x-folded":
        return "http-client-answer.folded"
    if [value.strip(b" \t") for value in told] == values:
        return "http-client-answer.value-trimmed"
    if len(values) > 1:
        return "http-client-answer.fields-in-order"
    if asked.reply is not None and asked.reply.reloaded:
        return "http-client-reload.in-head"
    return "http-client-answer.value-bytes"
