"""The pre-flight: whether a driver is in order, so that its faults are not taken for those of the port behind it.

`Doctor` goes through the steps of `dasnet doctor` and tells a `Finding` for each; `examine_briefly` is the short form
that every run of a driver begins with. What the port does wrong is no finding here beyond a note: that is for the
checks. It reaches the implementation through the adapters only and opens loopback sockets through `Peer`.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from dasnet_adapters.channel import ChannelError
from dasnet_adapters.contract import Adapter, AdapterBroken, Command, Description, Refusal, Session, Unsupported
from dasnet_adapters.driver_process import DriverProcessAdapter, ProcessPeer, describe_status
from dasnet_adapters.driver_session import Conversation, DriverAdapter
from dasnet_adapters.hints import HINTS
from dasnet_adapters.implementation_file import FILE_NAME
from dasnet_adapters.line_protocol import VERSION, encode_command
from dasnet_conformance.running.sanity import CONVERSATION
from dasnet_conformance.running.target import Target
from dasnet_conformance.stage.bounds import CHECK_DEADLINE, patience
from dasnet_conformance.stage.deadline import TimeIsUp, deadline
from dasnet_conformance.stage.expect import Mismatch, PartUnsupported
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.ports import NoPortsLeft, Ports

from .steps import STEPS, Note, broken_because

OK: Final = "ok"
BROKEN: Final = "broken"
NOTE: Final = "note"

#: A command that no profile has, now or to come.
STRANGER: Final = Command("juggle", (1, 2, 3))

#: The pauses between fruitless ticks, beside those of a run: what a port does late is judged there.
_PATIENCE: Final = 0.25
#: Seconds for a driver that answered nothing to answer at the end of its input, and for a connection to end.
_LAST_CHANCE: Final = 2.0
#: Steps that end in a wait for nothing before the rest is left out, and the symptoms of such a step.
_MOST_HANGS: Final = 2
_WAITED_FOR: Final = ("no-answer", "unfinished-line", "closed-input", "closed-output")


@dataclass(frozen=True)
class Finding:
    """What became of one step: `state` is ok, broken or note, `symptom` a key of `HINTS` or empty."""

    step: str
    state: str
    text: str = ""
    symptom: str = ""
    exchange: str = ""


def symptom_of(broken: AdapterBroken) -> str:
    """The key in `HINTS` of what the error gives as its hint, or nothing for a hint of another kind."""
    return next((name for name, hint in HINTS.items() if hint.text == broken.hint), "")


def examine_briefly(adapter: Adapter) -> None:
    """The short form, for a driver that has been greeted: an unknown command is refused, a session can be ended.

    Arguments: `adapter`, of any kind; one without a driver is left alone. Raises `AdapterBroken` for a broken driver.
    """
    if not isinstance(adapter, DriverAdapter):
        return
    session = adapter.open_session()
    _insist_on_unsupported(session)
    session.stray_events()
    session.close()
    if adapter.closing_failures:
        raise adapter.closing_failures.pop(0)


def _insist_on_unsupported(session: Session) -> None:
    outcome = session.call(STRANGER).outcome
    if not isinstance(outcome, Unsupported):
        said = f"refused {outcome.kind}" if isinstance(outcome, Refusal) else "value"
        raise broken_because(session, f"'{STRANGER.name}' is answered with '{said}'", "unknown-accepted")


class Doctor:
    """Examines one implementation.

    Arguments: `target`, what to examine; `tell`, called with each finding as it is made.
    """

    def __init__(self, target: Target, tell: Callable[[Finding], None]) -> None:
        self.broken = 0
        self.notes = 0
        self._target = target
        self._tell_finding = tell
        self._ports = Ports()
        self._description: Description | None = None
        self._strays = 0
        self._hangs = 0

    def examine(self) -> bool:
        """Go through the steps; whether nothing is broken. Raises `UsageError` for a target that cannot be meant."""
        adapter = self._target.adapter()
        try:
            with patience(_PATIENCE):
                self._examine(adapter)
        finally:
            adapter.close()
            self._ports.close()
        return not self.broken

    def _examine(self, adapter: Adapter) -> None:
        if self._target.file is not None and self._target.file.build:
            self._step("build", self._build)
            if self.broken:
                return
        self._step("hello", lambda: self._greet(adapter))
        if self._description is None:
            return
        self._over_session(adapter, "unknown command", _stranger)
        if isinstance(adapter, DriverAdapter):
            self._over_session(adapter, "reset", _reset)
        profiles = self._target.claims(self._description.profiles)
        for name, profile, step in STEPS:
            if profile in profiles and self._patient():
                self._over_host(adapter, name, lambda host, session, step=step: step(host, session))  # type: ignore[misc]
        if self._strays:
            strays = f"{self._strays} callbacks fired while no command ran"
            self._tell(Finding("between commands", NOTE, strays, "outside-call"))
        if not self._patient():
            self._tell(Finding("the rest", NOTE, "left out, as each step waits for nothing"))
        elif isinstance(adapter, DriverAdapter):
            self._step("bye", lambda: self._dismiss(adapter))
            self._step("end of input", lambda: self._end_input(adapter))
            if isinstance(adapter, DriverProcessAdapter) and sys.platform != "win32":
                self._step("SIGTERM", lambda: self._terminate(adapter))

    # Steps over a connection or process

    def _build(self) -> str:
        self._target.build()
        return "built"

    def _greet(self, adapter: Adapter) -> str:
        try:
            told = adapter.describe()
        except AdapterBroken as broken:
            if isinstance(adapter, DriverAdapter) and symptom_of(broken) == "no-answer":
                self._insist_on_flushing(adapter, broken)
            raise
        self._description = told
        name = self._target.file.name if self._target.file is not None else ""
        other = f"; {FILE_NAME} calls it {name}" if name and name != told.name else ""
        return f"{told.name} {told.version} ({told.language}), profiles {', '.join(told.profiles)}{other}"

    # Whether the answer that did not come in time comes once no more input can.
    def _insist_on_flushing(self, adapter: DriverAdapter, silence: AdapterBroken) -> None:
        conversation = adapter.start_conversation()
        channel = conversation.peer.channel
        end = time.monotonic() + _LAST_CHANCE
        try:
            channel.write(encode_command(1, Command("hello", (VERSION,))), end)
            conversation.peer.close_input()
            line = channel.read_line(end)
        except ChannelError:
            conversation.peer.abandon()
            return
        said = line[:80].decode("ascii", "backslashreplace")
        raise conversation.break_off(f"{silence}, and '{said}' when the input had ended", "no-flush")

    def _dismiss(self, adapter: DriverAdapter) -> str:
        adapter.open_session()
        adapter.close()
        if adapter.closing_failures:
            raise adapter.closing_failures.pop(0)
        return "answered, and nothing is left behind"

    def _end_input(self, adapter: DriverAdapter) -> str:
        conversation = self._another(adapter)
        peer = conversation.peer
        peer.close_input()
        if not isinstance(peer, ProcessPeer):
            with suppress(ChannelError):
                while True:
                    peer.channel.read_line(time.monotonic() + _LAST_CHANCE)
            peer.abandon()
            return "the connection is let go of"
        left = peer.child.left_behind(adapter.stop_seconds)
        status = peer.child.fate(0)
        if status is None:
            what = f"the driver lives {adapter.stop_seconds:g} s after the end of its input"
            raise conversation.break_off(what, "end-of-input-ignored")
        peer.abandon()
        if status:
            what = f"{describe_status(status)} at the end of its input, not with 0"
            raise conversation.break_off(what, "killed" if status < 0 else "exited")
        if left:
            raise conversation.break_off(f"{left} of its processes run on", "left-behind")
        return "the driver exits with status 0"

    def _terminate(self, adapter: DriverAdapter) -> str:
        conversation = self._another(adapter)
        peer = conversation.peer
        peer.abandon()
        if isinstance(peer, ProcessPeer) and peer.child.fate(0) == -signal.SIGKILL:
            raise Note("the driver had to be killed", "terminate-ignored")
        return "the driver ends"

    def _another(self, adapter: DriverAdapter) -> Conversation:
        conversation = adapter.start_conversation()
        conversation.greet()
        return conversation

    # Around every step

    # Each such wait costs a person at the terminal a deadline, and tells nothing new after the second.
    def _patient(self) -> bool:
        return self._hangs < _MOST_HANGS

    def _over_session(self, adapter: Adapter, name: str, step: Callable[[Session], str]) -> None:
        def run() -> str:
            session = adapter.open_session()
            try:
                return step(session)
            finally:
                session.close()

        self._step(name, run, adapter)

    def _over_host(self, adapter: Adapter, name: str, step: Callable[[Host, Session], str]) -> None:
        def run() -> str:
            session = adapter.open_session()
            host = Host(session, CONVERSATION, self._ports, adapter.peer_host, 0)
            try:
                return step(host, session)
            except AdapterBroken as broken:
                # What the host itself says of a driver comes without what was said.
                if broken.culprit == "driver" and not broken.exchange:
                    raise broken_because(session, str(broken), symptom_of(broken) or "driver-refusal") from None
                raise
            finally:
                self._strays += sum(not stray.during for stray in host.strays)
                host.close()

        self._step(name, run, adapter)

    def _step(self, name: str, step: Callable[[], str], adapter: Adapter | None = None) -> None:
        seconds = 0 if self._target.settings.no_deadline else CHECK_DEADLINE
        try:
            with deadline(seconds):
                finding = Finding(name, OK, step())
        except AdapterBroken as broken:
            finding = Finding(name, BROKEN, str(broken), symptom_of(broken), broken.exchange)
        except Note as note:
            finding = Finding(name, NOTE, str(note), note.symptom)
        except Mismatch as mismatch:
            finding = Finding(name, NOTE, f"{mismatch}; whether the port may do that is for `dasnet run` to say")
        except PartUnsupported as unsupported:
            finding = Finding(name, NOTE, f"unsupported: {unsupported}")
        except TimeIsUp:
            finding = Finding(name, BROKEN, f"not done within {seconds:g} s", "no-answer")
        except NoPortsLeft as error:
            finding = Finding(name, NOTE, f"left out: {error}")
        self._tell(finding)
        failures: list[AdapterBroken] = getattr(adapter, "closing_failures", [])
        while failures:
            failure = failures.pop(0)
            self._tell(Finding(f"after {name}", BROKEN, str(failure), symptom_of(failure), failure.exchange))

    def _tell(self, finding: Finding) -> None:
        self.broken += finding.state == BROKEN
        self.notes += finding.state == NOTE
        self._hangs += finding.symptom in _WAITED_FOR
        self._tell_finding(finding)


def _stranger(session: Session) -> str:
    _insist_on_unsupported(session)
    return "unsupported, as it should be"


def _reset(session: Session) -> str:
    session.call(Command("new", (1, 1)))
    outcome = session.call(Command("reset")).outcome
    if isinstance(outcome, Unsupported):
        raise Note("unsupported: the driver is started anew for each check, which is slower and just as good")
    if isinstance(outcome, Refusal):
        raise broken_because(session, f"reset is refused: {outcome.kind} {outcome.message}", "reset-refused")
    again = session.call(Command("new", (1, 1))).outcome
    if isinstance(again, Refusal) and again.kind == "driver":
        raise broken_because(session, f"after reset, number 1 is taken: {again.message}", "reset-forgets-nothing")
    return "every number is free again"
