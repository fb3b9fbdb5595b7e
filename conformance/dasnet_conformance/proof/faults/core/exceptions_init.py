"""Faults of section exceptions: a log or error callback that fails inside init, and what is left half done by it."""

from __future__ import annotations

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import LOST


class _Logs(Handle):
    """Tells in a log line that it listens."""

    def init(self, port: int) -> bool:
        made = super().init(port)
        if made and self.owner is not None:
            try:
                self.owner.on_log(f"listening on port {port}")
            except Exception:
                self.log_failed()
                raise
        return made

    def log_failed(self) -> None:
        """What goes wrong then."""


@fault("exceptions.inside-init")
class FailingLogLosesTheListener(_Logs):
    """A log callback that fails inside init leaves the port open with nobody behind it."""

    def log_failed(self) -> None:
        LOST.append(self.listener)
        self.listener = None


@fault("exceptions.inside-init")
class FailingLogLeavesADeafServer(_Logs):
    """A log callback that fails inside init leaves a server that is open and never takes anybody."""

    deaf = False

    def log_failed(self) -> None:
        self.deaf = True

    def turn(self) -> None:
        if not self.deaf:
            super().turn()


@fault("exceptions.inside-init")
class FailingErrorKeepsInitUnderWay(Handle):
    """init notes that it is under way, and keeps the note when the error callback fails: none begins again."""

    under_way = False

    def init(self, port: int) -> bool:
        if self.under_way:
            return False
        self.under_way = True
        made = super().init(port)
        self.under_way = False
        return made
