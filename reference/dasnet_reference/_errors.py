"""The errors of the package, classed by whose fault they are. Touches `sys.modules` alone, to outlive reloads.

What a peer does wrong never raises: it reaches the host through `on_error` and `on_disconnect`. What remains is either
the caller's to mend (`CallerError`) or a defect of this package (`LocalError`). Arguments of a wrong type or value
raise Python's own `TypeError` and `ValueError`.

A handle outlives a reload of this package and then raises what it knows from before. `except` goes by identity, so the
classes are the same ones after any reload (`_lasting`).
"""

from __future__ import annotations

import sys
import types
from typing import Final, TypeVar

_Error = TypeVar("_Error", bound=BaseException)

# As the named orphans: a module without a source, which neither a reload nor a removal of this package empties.
_REGISTRY: Final = "_dasnet_reference_errors"


# The class of that name from the first time that this module was loaded, with the text of this time.
def _lasting(error: type[_Error]) -> type[_Error]:
    registry = sys.modules.setdefault(_REGISTRY, types.ModuleType(_REGISTRY, "Error classes, by name."))
    lasting: type[_Error] = vars(registry).setdefault(error.__name__, error)
    for name in ("__doc__", "advice", "names"):
        if name in vars(error):
            setattr(lasting, name, vars(error)[name])
    return lasting


@_lasting
class NetworkError(Exception):
    """Base of every error that this package defines."""


@_lasting
class CallerError(NetworkError):
    """The call is wrong as it stands; the message says what to do first."""

    # What to do about it; every class below has its own, so that no message lacks the next step.
    advice = "see the documentation of the call"
    names: tuple[str, ...] = ()

    def __init__(self, what: str, *names: str) -> None:
        # The advice names a method or a field of the server half, unless other names are given for them.
        super().__init__(f"{what}: {self.advice.format(*names, *self.names[len(names) :])}")


@_lasting
class LocalError(NetworkError):
    """This package contradicts itself; nothing the host or the peer does may cause it."""


@_lasting
class NullHandleError(CallerError):
    """A low-level function was given no handle."""

    advice = "pass the handle that {} stored in the object's {} field, not None"
    names = ("make_server", "_server")


@_lasting
class NoHandleError(CallerError):
    """The object holds no handle, because none was made, or it was saved or closed."""

    advice = "call {}() first, or restore() a saved handle"
    names = ("make_server_adapter",)


@_lasting
class ClosedHandleError(CallerError):
    """The handle was closed, and a closed handle does not open again."""

    advice = "call make_server_adapter() for a new handle"


@_lasting
class EmptyOrphanError(CallerError):
    """There is nothing to restore: the orphan holds no handle."""

    advice = "save() a server into this orphan first, and restore it only once"


@_lasting
class OrphanOccupiedError(CallerError):
    """The orphan already holds a handle, which saving another one would leak."""

    advice = "restore() or close() what it holds, or save into another orphan"


@_lasting
class WrongHandleError(CallerError):
    """The orphan holds the handle of an object of another kind."""

    advice = "restore it into an object of the class that saved it, or of one derived from the same"


@_lasting
class AdapterError(CallerError):
    """The object cannot carry a handle."""

    advice = "derive the class from Server or Client, or give it a field named {}"
    names = ("_server",)


@_lasting
class ImpossibleTransitionError(LocalError):
    """Something happened to a handle that its state rules out."""

    def __init__(self, state: str, happening: str) -> None:
        super().__init__(
            f"{happening!r} cannot happen in state {state!r}: this is a defect of dasnet_reference, report it"
        )
