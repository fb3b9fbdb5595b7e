"""Commands that a driver may do without, for checks that can ask their question by no other.

It knows the implementation as `Host` and takes no part in a verdict, but that a question which cannot be put is moot.
"""

from __future__ import annotations

from dasnet_adapters.contract import Argument, Outcome, Unsupported

from .expect import Moot
from .host import Host


def offered(host: Host, name: str, *arguments: Argument) -> Outcome:
    """What an optional command led to. Raises `Moot` where the driver does not offer it."""
    outcome = host.call(name, *arguments, tolerate_unsupported=True)
    if isinstance(outcome, Unsupported):
        why = f": {outcome.reason}" if outcome.reason else ""
        raise Moot(f"not asked, as the driver does not offer {name}{why}")
    return outcome
