"""How a process ended, in words for people. It starts and ends none itself."""

from __future__ import annotations

import signal


def spell_exit(status: int) -> str:
    """What an exit status means, to be read after 'the process'. Arguments: `status`, below 0 for a signal."""
    return f"ended by itself with exit status {status}" if status >= 0 else f"was killed by {name_signal(-status)}"


def name_signal(number: int) -> str:
    """The name of a signal, or its number where it has none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
