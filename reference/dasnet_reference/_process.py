"""Which process this is, without asking the system each time: every message and every tick with work compares it.

Touches the interpreter's list of what to do after a fork, and nothing else.
"""

from __future__ import annotations

import os

#: The identity of this process. To be read through the module, since a fork changes it.
identity: int = os.getpid()


def _note() -> None:
    global identity
    identity = os.getpid()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_note)
