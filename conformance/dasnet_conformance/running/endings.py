"""How a process ended, in words for people. It starts and ends none itself."""

from __future__ import annotations

import signal


def spell_exit(status: int) -> str:
    """What an exit status means, to be read after 'the process'. Arguments: `status`, below 0 for a signal."""
    if status >= 0:
        return f"ended by itself with exit status {status}"
    try:
        return f"was killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"was killed by signal {-status}"
