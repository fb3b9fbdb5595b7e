"""`dasnet doctor`: tell whether a driver is in order, before its port is judged. Prints.

Exit status: 0 in order, 1 broken, 3 the caller's mistake.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from dasnet_adapters import UsageError
from dasnet_adapters.hints import HINTS
from dasnet_conformance.doctor.examination import Doctor
from dasnet_conformance.doctor.findings import BROKEN, Finding
from dasnet_conformance.running.target import Settings, Target
from dasnet_reports import harmless

from . import UsageMistake
from .reaching import add_implementation, add_reaching, named

_MOST = 600


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_implementation(parser, "as for `dasnet run`")
    add_reaching(parser)


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Examine; returns the exit status."""
    spec = named(arguments.implementation)
    settings = Settings(
        call_deadline=arguments.call_deadline, no_deadline=arguments.no_deadline, peer_host=arguments.peer_host
    )
    try:
        target = Target(spec, settings)
        doctor = Doctor(target, _show)
        in_order = doctor.examine()
    except UsageError as error:
        raise UsageMistake(str(error)) from None
    what = "driver" if target.is_driver else "module"
    if in_order:
        noted = f", with {doctor.notes} note{'s' * (doctor.notes > 1)}" if doctor.notes else ""
        _print(f"The {what} is in order{noted}. Whether the port conforms is for `dasnet run` to say.")
        return 0
    _print(f"The {what} is broken: {doctor.broken} finding{'s' * (doctor.broken > 1)}. That says nothing of the port.")
    return 1


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
