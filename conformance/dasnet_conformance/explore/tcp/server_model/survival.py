"""Which requirement a call violates by never returning, or by ending the process. Tables, read by the world."""

from __future__ import annotations

from typing import Final

from .hearing import TICKS
from .state import ModelObject

#: The requirement that a call violates by never returning, or by ending the process.
_SURVIVAL: Final = {
    "init": "init.returns-at-once",
    "server_init": "init.returns-at-once",
    "tick": "tick.idle-returns",
    "server_tick": "tick.idle-returns",
    "send": "send.stalled-returns",
    "server_send": "send.stalled-returns",
    "save": "save.without-handle",
    "destroy": "destroy.calls-after",
}
#: The same while a reaction was set, which is the likelier cause.
_SURVIVAL_INSIDE: Final = {
    "tick": "tick.inside-callback",
    "destroy": "callbacks.destroy-inside",
    "raise": "callbacks.raise-keeps-serving",
}


def _tick_without_handle(obj: ModelObject) -> str:
    if obj.destroyed:
        return "destroy.calls-after"
    return "save.saved-object-tick-harmless" if obj.had_handle else "construct.tick-harmless"


def survival(name: str, on: ModelObject | None) -> str:
    """The requirement of a call on that object; None for a call on none."""
    if name in TICKS and on is not None:
        if on.handle is None:
            return _tick_without_handle(on)
        if on.handle.state == "made":
            return "tick.before-init"
        for connection in on.handle.client:
            if connection.gone and connection.unread > 0:
                return f"send.to-{'reset' if connection.end == 'reset' else 'departed'}-survives"
        for callback, action in on.reactions.items():
            if action.startswith("save"):
                return f"save.from-{callback}-callback"
            if action in _SURVIVAL_INSIDE:
                return _SURVIVAL_INSIDE[action]
    if name == "destroy" and on is not None and on.handle is None:
        return "destroy.twice" if on.destroyed else "destroy.without-handle"
    if name in ("send", "server_send"):
        for connection in on.handle.client if on is not None and on.handle is not None else ():
            if connection.gone:
                return f"send.to-{'reset' if connection.end == 'reset' else 'departed'}-survives"
    return _SURVIVAL.get(name, "destroy.calls-after")
