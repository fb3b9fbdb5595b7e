"""The errors of this package, classed by whose fault they are.

`UsageError` is the caller's: something was asked for in a form that nobody understands. `AdapterBroken`, which is about
an implementation or its driver, is part of the contract and lives there. This module imports nothing.
"""

from __future__ import annotations


class UsageError(Exception):
    """The caller asked for something that cannot be meant; the message is one line and names what can."""
