"""Commands to the implementation under test, and the books that are kept of them.

`Calls` gives one command at a time, writes it down in transcript and recording, and hands each event to the object that
it tells of. It reaches the implementation through a `Session` of the contract only; peers and time are no concern here.
"""

from __future__ import annotations

from dataclasses import replace

from dasnet_adapters.contract import (
    MAKING,
    AdapterBroken,
    Answer,
    Argument,
    Command,
    Event,
    Outcome,
    Refusal,
    Session,
    Unsupported,
    Value,
)
from dasnet_adapters.hints import HINTS

from . import expect
from .black_box import BlackBox, NoBlackBox
from .expect import PartUnsupported
from .host_object import CLIENT_CALLBACKS, Fired, HostObject, spell_command, spell_event
from .recording import Recording, Strayed
from .transcript import Transcript

#: The kind of refusal that is no finding about the implementation.
DRIVER_KIND = "driver"

#: Bytes of an event that are kept once, however often they come: fewer are not worth it, more take too long to compare.
_WORTH_IT = 4 << 10
_TOO_MUCH = 256 << 10

_TICKS = frozenset({"tick", "server_tick", "client_tick"})


class Calls:
    """The commands of one check, over one fresh session.

    Arguments: `transcript` and `recording`, where everything is written down; `black_box`, where each call is noted
    before it is made.
    """

    def __init__(
        self,
        session: Session,
        transcript: Transcript,
        recording: Recording,
        black_box: BlackBox | NoBlackBox | None = None,
    ) -> None:
        #: The objects that were made, by their numbers.
        self.objects: dict[int, HostObject] = {}
        #: What fired while no command ran.
        self.strays: list[Fired] = []
        #: Client callbacks so far, of which a data callback counts with bytes only: whoever waits compares.
        self.progress = 0
        #: Bytes that data callbacks brought so far, to whatever object.
        self.delivered = 0
        #: Where in the port the refusals of the last answer came from, a line each, as far as the adapter told.
        self.last_traceback: tuple[str, ...] = ()
        self._last = ""
        # Bytes that events brought.
        self._known: dict[bytes, bytes] = {}
        # The numbers that `new` gave, whether or not `objects` has them.
        self._made: set[int] = set()
        self._session = session
        self._transcript = transcript
        self._recording = recording
        self._black_box = black_box or NoBlackBox()

    def call(self, name: str, *arguments: Argument, tolerate_unsupported: bool = False) -> Outcome:
        """Send one command, record it, and hand out its events.

        Raises `PartUnsupported` when the implementation has no such part, unless that is tolerated.
        """
        if name in _TICKS:
            self._transcript.tick += 1
        command = Command(name, arguments)
        told = spell_command(command)
        # What fired before this command is told before it.
        self.drain_strays()
        self.last_traceback = ()
        answer = self._answer(command, told)
        if answer.events:
            answer = self._kept_once(answer)
        self._recording.called(self._transcript.tick, command, answer)
        self._last = told
        self._record(told, name, answer)
        self.drain_strays()
        if name in MAKING and isinstance(answer.outcome, Value):
            self._made.add(int(arguments[0]))
        if not answer.events and isinstance(answer.outcome, Value):
            return answer.outcome  # as nearly always; what follows is about the others
        self.last_traceback = _traceback_in(answer)
        self._look_at_driver(name, answer)
        for event in answer.events:
            if isinstance(event.outcome, Unsupported):
                raise PartUnsupported(f"{event.action} inside a callback: {event.outcome.reason}")
        if isinstance(answer.outcome, Unsupported) and not tolerate_unsupported:
            raise PartUnsupported(f"{name}: {answer.outcome.reason or 'the implementation has no such part'}")
        return answer.outcome

    # What an answer in due form says of the driver: no finding about the port, so no check may judge by it.
    def _look_at_driver(self, name: str, answer: Answer) -> None:
        turned_down = {name: answer.outcome} | {
            f"{event.action} inside a callback": event.outcome for event in answer.events if event.what == "did"
        }
        for asked, outcome in turned_down.items():
            # A kind that the protocol reserves.
            if isinstance(outcome, Refusal) and outcome.kind == DRIVER_KIND:
                told = f"the driver turned {asked} down as a mistake of the suite: {outcome.message}"
                raise AdapterBroken(told, culprit="driver", hint=HINTS["driver-refusal"].text)
        strangers = [event for event in answer.events if event.object not in self._made]
        if strangers:
            told = f"{name} told of a callback of object {strangers[0].object}, which was never made"
            raise AdapterBroken(told, culprit="driver", hint=HINTS["unknown-object"].text)

    # The books keep every event. Where a check counts memory, what is the same in many must not be theirs many times.
    def _kept_once(self, answer: Answer) -> Answer:
        if not any(len(event.data) + len(event.headers) >= _WORTH_IT for event in answer.events):
            return answer
        return replace(answer, events=tuple(self._with_known_bytes(event) for event in answer.events))

    def _with_known_bytes(self, event: Event) -> Event:
        if len(event.data) + len(event.headers) > _TOO_MUCH:
            return event
        known = self._known
        return event._replace(
            data=known.setdefault(event.data, event.data), headers=known.setdefault(event.headers, event.headers)
        )

    def _answer(self, command: Command, told: str) -> Answer:
        self._black_box.write(self._transcript.tick, told, expect.needed_now())
        try:
            return self._session.call(command)
        except AdapterBroken:
            self._unanswered(command, told, "(no answer)")
            raise
        except BaseException:  # the deadline struck: the transcript must say in which call
            self._unanswered(command, told, "(did not return)")
            raise

    def _unanswered(self, command: Command, told: str, how: str) -> None:
        self._transcript.add("host", "call", f"{told} -> {how}")
        self._recording.called(self._transcript.tick, command, how)

    def _record(self, told: str, during: str, answer: Answer) -> None:
        self._transcript.add("host", "call", f"{told} -> {expect.spell(answer.outcome)}")
        for event in answer.events:
            self._keep(Fired(event, during, self._transcript.tick))
            self._transcript.add("host", "event", spell_event(event))

    def _keep(self, fired: Fired) -> None:
        # A log line or an error in every tick, or a delivery without a byte, is no progress: patience must still end.
        event = fired.event
        self.delivered += len(event.data)
        if event.data if event.what == "data" else event.what in CLIENT_CALLBACKS:
            self.progress += 1
        target = self.objects.get(event.object)
        if target is None:
            self.strays.append(fired)
            return
        target.keep(fired)

    def drain_strays(self) -> None:
        """Take what fired since the last command, while none ran."""
        strays = self._session.stray_events()
        if not strays:
            return
        for event in strays:
            fired = Fired(event, "", self._transcript.tick)
            self._recording.add(Strayed(self._transcript.tick, event))
            self._keep(fired)
            # An event of an object that nobody made is among them already.
            if event.object in self.objects:
                self.strays.append(fired)
            last = f", after {self._last}" if self._last else ""
            self._transcript.add("host", "event", f"OUTSIDE ANY CALL{last}: {spell_event(event)}")

    def close(self) -> None:
        """End the session."""
        self._session.close()


# That of the outcome itself, or of the last reaction inside a callback that was refused.
def _traceback_in(answer: Answer) -> tuple[str, ...]:
    if isinstance(answer.outcome, Refusal):
        return answer.outcome.traceback
    refused = [event.outcome for event in answer.events if isinstance(event.outcome, Refusal)]
    return refused[-1].traceback if refused else ()
