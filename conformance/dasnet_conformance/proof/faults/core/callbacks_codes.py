"""Faults of section callbacks: errors with the code of another failure, or told to another."""

from __future__ import annotations

from typing import Any, ClassVar

from dasnet_conformance.proof.faults.both_halves import ErrorsGoToTheLatest, ErrorsOneBehind, FirstCodeStays
from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle


@fault("callbacks.error-code-of-its-failure")
class ServersFirstCodeStays(FirstCodeStays, Handle):
    """The code of a server's first error is kept and given with every later one."""


@fault("callbacks.error-code-of-its-failure")
class ServersErrorsOneBehind(ErrorsOneBehind, Handle):
    """The code of a server's error is read before the call that sets it: it is that of the error before."""


@fault("callbacks.own-object-only")
class ErrorsGoToTheLatestServer(ErrorsGoToTheLatest, Handle):
    """The error callback is one variable of the module, which holds that of the object whose handle was made last."""

    latest: ClassVar[list[Any]] = []
