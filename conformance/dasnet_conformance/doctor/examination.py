"""The pre-flight: whether a driver is in order, so that its faults are not taken for those of the port behind it.

`Doctor` goes through the steps of `dasnet doctor` and tells a `Finding` for each; `examine_briefly` is the short form
that every run of a driver begins with. What the port does wrong is no finding here beyond a note: that is for the
checks. It reaches the implementation through the adapters only and opens loopback sockets through `Peer`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

from dasnet_adapters.contract import Adapter, Description
from dasnet_adapters.driver_process import DriverProcessAdapter
from dasnet_adapters.driver_session import DriverAdapter
from dasnet_adapters.implementation_file import FILE_NAME
from dasnet_adapters.in_process import InProcessAdapter
from dasnet_conformance.running.target import Target
from dasnet_conformance.stage.bounds import patience

from .driver_steps import dismiss, end_input, greet, insist_on_unsupported, reset, stranger, terminate
from .findings import NOTE, Finding, Note
from .step_runner import StepRunner
from .steps import STEPS

#: The pauses between fruitless ticks, beside those of a run: what a port does late is judged there.
_PATIENCE: Final = 0.25


def examine_briefly(adapter: Adapter) -> None:
    """The short form, for a driver that has been greeted: an unknown command is refused, a session can be ended.

    Arguments: `adapter`, of any kind; one without a driver is left alone. Raises `AdapterBroken` for a broken driver.
    """
    if not isinstance(adapter, DriverAdapter):
        return
    session = adapter.open_session()
    insist_on_unsupported(session)
    session.stray_events()
    session.close()
    if adapter.closing_failures:
        raise adapter.closing_failures.pop(0)


class Doctor:
    """Examines one implementation.

    Arguments: `target`, what to examine; `tell`, called with each finding as it is made; `begin`, called with the name
    of each step before it.
    """

    def __init__(
        self,
        target: Target,
        tell: Callable[[Finding], None],
        begin: Callable[[str], None] = lambda step: None,  # noqa: ARG005
    ) -> None:
        self._target = target
        self._runner = StepRunner(tell, begin, bounded=not target.settings.no_deadline)
        self._description: Description | None = None

    @property
    def broken(self) -> int:
        """How many findings say that something is broken."""
        return self._runner.broken

    @property
    def notes(self) -> int:
        """How many findings are notes."""
        return self._runner.notes

    def examine(self) -> bool:
        """Go through the steps; whether nothing is broken. Raises `UsageError` for a target that cannot be meant."""
        adapter = self._target.adapter()
        try:
            with patience(_PATIENCE):
                self._examine(adapter)
        finally:
            adapter.close()
            self._runner.close()
        return not self.broken

    def _examine(self, adapter: Adapter) -> None:
        runner = self._runner
        if self._target.file is not None and self._target.file.build:
            runner.run("build", self._build)
            if self.broken:
                return
        runner.run("hello", lambda: self._greet(adapter))
        if self._description is None:
            return
        if isinstance(adapter, InProcessAdapter):
            runner.run("module", lambda: self._ask_for_parts(adapter))
        runner.over_session(adapter, "unknown command", stranger)
        if isinstance(adapter, DriverAdapter):
            runner.over_session(adapter, "reset", reset)
        profiles = self._target.claims(self._description.profiles)
        for name, profile, step in STEPS:
            if profile in profiles and runner.patient:
                runner.over_host(adapter, name, step)
        if runner.strays:
            strays = f"{runner.strays} callbacks fired while no command ran"
            runner.tell(Finding("between commands", NOTE, strays, "outside-call"))
        if not runner.patient:
            runner.tell(Finding("the rest", NOTE, "left out, as each step waits for nothing"))
        elif isinstance(adapter, DriverAdapter):
            runner.run("bye", lambda: dismiss(adapter))
            runner.run("end of input", lambda: end_input(adapter))
            if isinstance(adapter, DriverProcessAdapter) and sys.platform != "win32":
                runner.run("SIGTERM", lambda: terminate(adapter))

    def _build(self) -> str:
        self._target.build()
        return "built"

    def _ask_for_parts(self, adapter: InProcessAdapter) -> str:
        shortcomings = adapter.shortcomings()
        if shortcomings:
            raise Note(f"{'; '.join(shortcomings)}. What a module has to offer: docs/reference-guide.md")
        return "every part that it has to offer is there"

    def _greet(self, adapter: Adapter) -> str:
        told = self._description = greet(adapter)
        name = self._target.file.name if self._target.file is not None else ""
        other = f"; {FILE_NAME} calls it {name}" if name and name != told.name else ""
        return f"{told.name} {told.version} ({told.language}), profiles {', '.join(told.profiles)}{other}"
