"""`dasnet doctor`: tell whether a driver is in order, before its port is judged. Prints.

It ends with a summary whatever happens: a step that raises, a module that ends its process, an interruption. Exit
status: 0 in order, 1 broken, 3 the caller's mistake.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from typing import Final

from dasnet_adapters import UsageError
from dasnet_adapters.hints import HINTS
from dasnet_conformance.doctor.apart import examine_apart
from dasnet_conformance.doctor.examination import Doctor
from dasnet_conformance.doctor.findings import BROKEN, NOTE, OK, Finding
from dasnet_conformance.running.target import Settings, Target
from dasnet_reports import harmless

from . import UsageMistake
from .reaching import add_implementation, add_reaching, named

_MOST = 600


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_implementation(parser, "as for `dasnet run`")
    add_reaching(parser)


#: Symptoms of which the port may be the cause, as their hints say.
PORT_OR_DRIVER: Final = frozenset({"killed", "exited", "hanging-call"})


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Examine; returns the exit status."""
    spec = named(arguments.implementation)
    settings = Settings(
        call_deadline=arguments.call_deadline, no_deadline=arguments.no_deadline, peer_host=arguments.peer_host
    )
    visit = _Visit()
    try:
        target = Target(spec, settings)
        what = "driver" if target.is_driver else "module"
        if target.is_driver:
            Doctor(target, visit.tell, visit.begin).examine()
        else:
            examine_apart(target, visit.tell, visit.begin)
    except UsageError as error:
        raise UsageMistake(str(error)) from None
    except BaseException:
        # Whatever ends the visit, what was found so far is told; the door says what it was.
        _print(f"Interrupted in the step '{visit.step}': {visit.counted()}. Nothing is said of the rest.")
        raise
    if not visit.broken:
        noted = f", with {_spell(visit.notes, 'note')}" if visit.notes else ""
        _print(f"The {what} is in order{noted}. Whether the port conforms is for `dasnet run` to say.")
        return 0
    if visit.only_the_callers:
        _print("Nothing was examined: see to what is told above, and call the doctor again.")
        return 1
    if target.is_driver and visit.may_be_the_port:
        _print(f"The driver, or the port in it, is broken: {_spell(visit.broken, 'finding')}.")
        return 1
    aside = " That says nothing of the port." if target.is_driver else ""
    _print(f"The {what} is broken: {_spell(visit.broken, 'finding')}.{aside}")
    return 1


class _Visit:
    """What was found so far, and which step it is at."""

    def __init__(self) -> None:
        self.step = "start"
        #: Whether nothing is known of the driver or module yet, for want of something on this machine.
        self.only_the_callers = False
        #: Whether something is broken that a crash or a hanging call of the port looks like as well.
        self.may_be_the_port = False
        self._states: Counter[str] = Counter()

    @property
    def broken(self) -> int:
        """How many findings say that something is broken."""
        return self._states[BROKEN]

    @property
    def notes(self) -> int:
        """How many findings are notes."""
        return self._states[NOTE]

    def begin(self, step: str) -> None:
        """The step begins."""
        self.step = step

    def tell(self, finding: Finding) -> None:
        """Count a finding and show it."""
        self.only_the_callers = finding.culprit == "caller" and not finding.symptom and not self._states[OK]
        self.may_be_the_port |= finding.state == BROKEN and finding.symptom in PORT_OR_DRIVER
        self._states[finding.state] += 1
        _show(finding)

    def counted(self) -> str:
        """What was found so far, in words."""
        return f"{self._states[OK]} in order, {self.broken} broken, {_spell(self.notes, 'note')} so far"


def _spell(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _show(finding: Finding) -> None:
    _print(f"{finding.state:<7} {finding.step}: {finding.text}".rstrip(": "))
    hint = HINTS.get(finding.symptom)
    if hint is not None:
        _print(f"        likely: {hint.cause} ({finding.symptom})")
        _print(f"        next: {hint.step}")
    if finding.state == BROKEN and finding.exchange:
        _print("        what was said last:")
        for line in finding.exchange.splitlines():
            _print(f"          {line}")


def _print(line: str) -> None:
    print(harmless(line, _MOST, one_line=True), flush=True)  # noqa: T201
