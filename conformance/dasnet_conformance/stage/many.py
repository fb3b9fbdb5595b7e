"""Many operations at once, for checks of long use: in one command where the driver has it.

Where it has not, they are done one by one, and then fewer; fewer as well where each takes so long that they would
outlast the check: how far it gets decides nothing but how much is tried. It knows the implementation as `Host`, and has
no part in a verdict but by what the calls lead to.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from dasnet_adapters.contract import Unsupported, Value

from . import expect
from .bounds import LEAST_READ_IN_A_TICK
from .host import Host
from .host_object import HostObject

#: Operations of one command: few enough for its deadline on a slow machine, many enough to be cheap.
AT_ONCE = 1_000

#: Operations that are done one by one at most, where the driver has no such command: past 2 to the power of 10.
ONE_BY_ONE = 1_100

#: Seconds after which it is enough, for one call of these: of the calls that a check makes, the last few take long.
LONG_ENOUGH = 12.0

#: Ticks between two looks at whether it is done, while much is read.
TICKS_AT_ONCE = 16

# A command and its arguments.
_Call = tuple[str, *tuple[int, ...]]


def ticks(host: Host, server: HostObject, count: int) -> int:
    """So many ticks of the server, or fewer; how many. Raises `Mismatch` when one does not return normally."""
    return _repeated(host, count, f"ticks of {server}", ("ticks", server.number), [("tick", server.number)])


def work_off(host: Host, each: HostObject, done: Callable[[], bool], size: int) -> None:
    """Give an object the ticks in which it may read so many bytes, or until `done`; nothing need show meanwhile."""
    for _ in range(0, size, LEAST_READ_IN_A_TICK * TICKS_AT_ONCE):
        if done():
            return
        ticks(host, each, TICKS_AT_ONCE)


def reloads(host: Host, server: HostObject, count: int, orphan: int = 1) -> int:
    """So many rounds of save and restore into the same object, or fewer; how many.

    Raises `Mismatch` when one does not return normally.
    """
    single: list[_Call] = [("save", server.number, orphan), ("restore", server.number, orphan)]
    return _repeated(host, count, f"reloads of {server}", ("reloads", server.number, orphan), single)


def _repeated(host: Host, count: int, what: str, at_once: _Call, single: Sequence[_Call]) -> int:
    done, end = 0, time.monotonic() + LONG_ENOUGH
    while done < count and time.monotonic() < end:
        some = min(count - done, AT_ONCE)
        outcome = host.call(*at_once, some, tolerate_unsupported=True)
        if isinstance(outcome, Unsupported):
            break
        if outcome != Value(None):
            raise expect.Mismatch(f"{some} {what}", "a normal return of each", expect.spell(outcome))
        host.step_peers()
        done += some
    else:
        return done
    for _ in range(min(count - done, ONE_BY_ONE)):
        done += 1
        for name, *arguments in single:
            outcome = host.call(name, *arguments)
            if outcome != Value(None):
                raise expect.Mismatch(f"one of many {what}: {name}", "a normal return", expect.spell(outcome))
    host.step_peers()
    return done
