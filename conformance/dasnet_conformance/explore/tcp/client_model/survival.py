"""Which requirement a call on a client violates by never returning, or by ending the process. Read by the world."""

from __future__ import annotations

from typing import Final

_SURVIVAL: Final = {
    "connect": "connect.silence-ends",
    "client_connect": "connect.silence-ends",
    "tick": "client-tick.idle",
    "client_tick": "client-tick.idle",
    "send": "client-send.stalled-returns",
    "client_send": "client-send.stalled-returns",
    "close": "close.twice",
    "client_close": "close.twice",
    "destroy": "client-destroy.twice",
}


def survival_of_client(name: str) -> str:
    """The requirement of a call on a client of the implementation."""
    return _SURVIVAL.get(name, "client-robustness.noise")
