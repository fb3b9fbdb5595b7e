"""What is judged: the implementation that a user named, its file if it has one, and the settings after all are merged.

What is given on the command line goes before what the implementation file says, and that before the defaults. Every
process of a run, and every command, merges in the same way by making a `Target` of the same words. It reaches an
implementation through the adapters only.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dasnet_adapters import Adapter, UsageError, resolve
from dasnet_adapters.implementation_file import build
from dasnet_adapters.patience import LONGEST_DEADLINE, SHORTEST_DEADLINE
from dasnet_adapters.profiles import PROBLEMS
from dasnet_adapters.resolve import ALIASES, implementation_file, normal
from dasnet_conformance.catalogue.loader import Catalogue
from dasnet_conformance.catalogue.selection import SelectionError, reasons_by_requirement
from dasnet_conformance.stage.bounds import CHECK_DEADLINE, MOST_TIMES, ORDINARY_PACE, SANITY_DEADLINE


@dataclass(frozen=True)
class Settings:
    """What may be given beside the implementation; whatever is left open is up to the implementation file.

    `call_deadline` is the bound of one command and `check_deadline` that of one check, both in seconds;
    `no_deadline` lifts both, for a driver that a person steps through; `peer_host` is where peers reach the server;
    `wrapper` are the words that go before a driver's command.
    """

    call_deadline: float | None = None
    check_deadline: float | None = None
    no_deadline: bool = False
    peer_host: str = ""
    wrapper: tuple[str, ...] = ()


class Target:
    """One implementation and how to reach it.

    Arguments: `spec`, what the user wrote; `settings`, what was given beside it.
    Raises `UsageError` for settings that cannot be meant together, and for an implementation file that is not right.
    """

    def __init__(self, spec: str, settings: Settings | None = None) -> None:
        self.spec = normal(spec)
        self.settings = settings or Settings()
        self.file = implementation_file(spec)
        if PROBLEMS:
            raise UsageError(PROBLEMS[0])
        given = self.settings
        for seconds in (given.call_deadline, given.check_deadline):
            if seconds is not None and not SHORTEST_DEADLINE <= seconds <= LONGEST_DEADLINE:
                most = f"a deadline is a number of seconds from {SHORTEST_DEADLINE:g} up to {LONGEST_DEADLINE:,}"
                raise UsageError(f"{most}, not {seconds:g}; or give --no-deadline")
        if given.no_deadline and (given.call_deadline is not None or given.check_deadline is not None):
            raise UsageError("--no-deadline lifts every deadline; leave out the one that is given beside it")

    @property
    def is_driver(self) -> bool:
        """Whether a driver stands between the suite and the implementation."""
        spec = self.file.spec if self.file is not None else self.spec
        return not spec or spec.partition(":")[0] in ("driver", "tcp")

    @property
    def is_at_an_address(self) -> bool:
        """Whether the driver waits at an address, and was not started by us."""
        spec = self.file.spec if self.file is not None else self.spec
        return (spec or self.spec).startswith("tcp:")

    @property
    def check_deadline(self) -> float:
        """Seconds that one check may take; 0 for no end."""
        if self.settings.no_deadline:
            return 0.0
        of_file = self.file.check_deadline if self.file is not None else None
        return self.settings.check_deadline or of_file or CHECK_DEADLINE

    def paced_deadline(self, seconds_per_call: float) -> float:
        """`check_deadline` for an implementation of that pace: a slow target, an emulator say, has more time.

        What the user or the file gave stays as it is.
        """
        given = self.settings.check_deadline or (self.file.check_deadline if self.file is not None else None)
        if given or not self.check_deadline:
            return self.check_deadline
        return self.check_deadline * min(max(seconds_per_call / ORDINARY_PACE, 1.0), MOST_TIMES)

    @property
    def sanity_deadline(self) -> float:
        """Seconds that a sanity conversation may take; 0 for no end.

        Longer than one command may take, so that a driver that hangs is told as that.
        """
        of_file = self.file.deadline if self.file is not None else None
        command = self.settings.call_deadline or of_file or 0.0
        return min(max(SANITY_DEADLINE, 1.5 * command), self.check_deadline)

    def adapter(self) -> Adapter:
        """The adapter, which touches nothing before it is first used. Raises `UsageError`."""
        given = self.settings
        host = given.peer_host or None
        if given.no_deadline:
            return resolve(self.spec, deadline=None, peer_host=host, wrapper=given.wrapper)
        deadline: float | Literal["default"] = "default" if given.call_deadline is None else given.call_deadline
        return resolve(self.spec, deadline=deadline, peer_host=host, wrapper=given.wrapper)

    def build(self) -> None:
        """Run the build commands of the implementation file. Raises `AdapterBroken` when one of them fails."""
        if self.file is not None:
            build(self.file, sys.executable)

    def claims(self, profiles: Sequence[str]) -> tuple[str, ...]:
        """The profiles that count as claimed: those that the implementation names, or fewer where its file says so.

        Arguments: `profiles`, those that the implementation names.
        Raises `UsageError` when the file names one that the implementation does not.
        """
        wanted = self.file.profiles if self.file is not None else ()
        for name in wanted:
            if name not in profiles:
                raise UsageError(
                    f"{self.file.path if self.file else ''}: profiles names {name}, which the implementation does not "
                    f"claim ({', '.join(profiles)}); leave it out of the file, or claim it in the greeting"
                )
        return tuple(name for name in profiles if not wanted or name in wanted)

    def excluded(self, catalogue: Catalogue) -> dict[str, str]:
        """The requirements that the implementation file leaves out, with reasons.

        Raises `UsageError` for a word of it that means no requirement.
        """
        if self.file is None:
            return {}
        try:
            return reasons_by_requirement(list(self.file.exclude.items()), catalogue)
        except SelectionError as error:
            raise UsageError(f"{self.file.path}: exclude: {error}") from None

    def loading_command(self) -> str:
        """The command line that loads a Python module without the suite; empty where there is a driver instead."""
        if self.is_driver:
            return ""
        spec = self.file.spec if self.file is not None else self.spec
        module = ALIASES.get(spec, spec).partition(":")[2].partition(":")[0]
        return f"python -c {shlex.quote(f'import {module}')}"

    def doctor_command(self) -> str:
        """The command line that examines this driver."""
        return f"dasnet doctor {shlex.quote(self.spec)}"
