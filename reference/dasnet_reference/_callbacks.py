"""Who hears of a handle's events, and what that one is still owed. Touches the owner's callbacks and nothing else."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any


# In place of a weak reference: the owner of a handle that has none.
def _nobody() -> None:
    return None


class Callbacks:
    """The owner of a handle, held weakly: an object and its handle are no cycle, so a forgotten object frees its port.

    `epoch` counts the changes of owner; whoever finds it changed after a callback has lost the right to go on.

    Callbacks that belong together, as an error and the departure that it caused, are owed as a row and then paid. If
    one of them raises or gives the handle away, the rest stays owed, to whoever the owner is at the next payment.
    """

    __slots__ = ("_owed", "epoch", "owner")

    def __init__(self) -> None:
        self.epoch = 0
        #: Gives the owner, None if there is none or it was forgotten. The weak reference itself, and no method that
        #: asks it: every tick with something to do pays for this call.
        self.owner: Callable[[], Any] = _nobody
        self._owed: list[tuple[str, *tuple[object, ...]]] = []

    def bind(self, owner: object) -> None:
        """Call back this object from now on. Raises `TypeError` if it cannot be weakly referenced."""
        self.owner = weakref.ref(owner)
        self.epoch += 1

    def unbind(self) -> None:
        """Call back nobody."""
        self.owner = _nobody
        self.epoch += 1

    def tell(self, callback: str, *arguments: object) -> None:
        """Make one callback, if there is anybody to hear it."""
        owner = self.owner()
        if owner is not None:
            call(owner, callback, *arguments)

    def owe(self, *callbacks: tuple[str, *tuple[object, ...]]) -> None:
        """Owe these, each a name and its arguments, in place of what was owed: saying it twice is saying it once."""
        self._owed = list(callbacks)

    @property
    def owes(self) -> bool:
        """Whether anything is owed."""
        return bool(self._owed)

    def forgive(self) -> None:
        """Owe nothing any more."""
        self._owed.clear()

    def pay(self, owner: object) -> bool:
        """Make the callbacks that are owed, in order. False as soon as one of them has changed the owner."""
        epoch = self.epoch
        while self._owed:
            callback, *arguments = self._owed[0]
            method = getattr(owner, callback, None)
            # Next to the call: a signal's handler that raises before it finds the callback still owed.
            del self._owed[0]
            if method is not None:
                method(*arguments)
            if self.epoch != epoch:
                return False
        return True


def call(owner: object, callback: str, *arguments: object) -> None:
    """Make one callback of an object, which need not have it: `make_server` takes more than descendants of `Server`."""
    method = getattr(owner, callback, None)
    if method is not None:
        method(*arguments)
