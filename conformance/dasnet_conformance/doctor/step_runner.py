"""Running one step of the pre-flight: what it plays on, how long it may take, and which finding it comes to.

A step gets a session or a host of its own through the adapter. How often steps ended in a wait for nothing is counted,
so that whoever orders them can stop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dasnet_adapters import UsageError
from dasnet_adapters.contract import Adapter, AdapterBroken, Session
from dasnet_conformance.running.sanity import CONVERSATION
from dasnet_conformance.stage.bounds import CHECK_DEADLINE
from dasnet_conformance.stage.deadline import TimeIsUp, deadline
from dasnet_conformance.stage.expect import Mismatch, PartUnsupported
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.ports import NoPortsLeft, Ports

from .findings import BROKEN, NOTE, OK, Finding, Note, broken_because, symptom_of

#: Steps that end in a wait for nothing before the rest is left out, and the symptoms of such a step.
_MOST_HANGS: Final = 2
_WAITED_FOR: Final = ("no-answer", "hanging-call", "slow-answer", "unfinished-line", "closed-input", "closed-output")


class StepRunner:
    """Runs steps and tells what they find.

    Arguments: `tell`, called with each finding as it is made; `begin`, called with the name of each step before it;
    `bounded`, whether a step has a deadline.
    """

    def __init__(self, tell: Callable[[Finding], None], begin: Callable[[str], None], *, bounded: bool) -> None:
        self._begin = begin
        self.broken = 0
        self.notes = 0
        #: Callbacks that fired while no command ran.
        self.strays = 0
        self._tell_finding = tell
        self._seconds = CHECK_DEADLINE if bounded else 0
        self._ports = Ports()
        self._hangs = 0

    def close(self) -> None:
        """Give the ports back."""
        self._ports.close()

    # Each such wait costs a person at the terminal a deadline, and tells nothing new after the second.
    @property
    def patient(self) -> bool:
        """Whether steps have not yet ended too often in a wait for nothing."""
        return self._hangs < _MOST_HANGS

    def over_session(self, adapter: Adapter, name: str, step: Callable[[Session], str]) -> None:
        """Run a step over a session of its own."""

        def carry_out() -> str:
            session = adapter.open_session()
            try:
                return step(session)
            finally:
                session.close()

        self.run(name, carry_out, adapter)

    def over_host(self, adapter: Adapter, name: str, step: Callable[[Host, Session], str]) -> None:
        """Run a step over a host and the session below it."""

        def carry_out() -> str:
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
                self.strays += sum(not stray.during for stray in host.strays)
                host.close()

        self.run(name, carry_out, adapter)

    def run(self, name: str, step: Callable[[], str], adapter: Adapter | None = None) -> None:
        """Run a step; what did not close well after it, where there is an adapter, is a finding too."""
        self._begin(name)
        try:
            with deadline(self._seconds):
                finding = Finding(name, OK, step())
        except AdapterBroken as broken:
            # What nothing in the table explains explains itself.
            symptom = symptom_of(broken)
            told = broken.told() if broken.culprit == "caller" and not symptom else str(broken)
            finding = Finding(name, BROKEN, told, symptom, broken.exchange, broken.culprit)
        except Note as note:
            finding = Finding(name, NOTE, str(note), note.symptom)
        except Mismatch as mismatch:
            finding = Finding(name, NOTE, f"{mismatch}; whether the port may do that is for `dasnet run` to say")
        except PartUnsupported as unsupported:
            finding = Finding(name, NOTE, f"unsupported: {unsupported}")
        except TimeIsUp:
            finding = Finding(name, BROKEN, f"not done within {self._seconds:g} s", "no-answer")
        except NoPortsLeft as error:
            finding = Finding(name, NOTE, f"left out: {error}")
        except UsageError:
            raise
        except Exception as error:
            # One step that breaks must not hide what the others find, nor the summary.
            told = " ".join(f"{type(error).__name__}: {error}".split())
            finding = Finding(name, BROKEN, f"the step itself broke ({told}); please report it")
        self.tell(finding)
        failures: list[AdapterBroken] = getattr(adapter, "closing_failures", [])
        while failures:
            failure = failures.pop(0)
            self.tell(Finding(f"after {name}", BROKEN, str(failure), symptom_of(failure), failure.exchange))

    def tell(self, finding: Finding) -> None:
        """Count a finding and tell it."""
        self.broken += finding.state == BROKEN
        self.notes += finding.state == NOTE
        self._hangs += finding.symptom in _WAITED_FOR
        self._tell_finding(finding)
