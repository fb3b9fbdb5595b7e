"""Every bound of time and of patience that the suite has, in one place. It imports nothing of ours.

The suite owns time: an implementation is given *ticks*, not seconds. A wait ends as soon as what is awaited is there,
so a conforming implementation never spends these bounds; only a wrong one does. The waits between fruitless ticks are
there for machines that deliver a loopback packet late, and grow so that ten times slower is still in time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

#: Fruitless ticks in a row after which the suite stops waiting for something that should happen.
FRUITLESS_TICKS: Final = 32

#: Ticks of which the first must take a pending client; a tick with any progress starts the count anew.
#: Stated to porters as: a pending client is taken, data delivered and a departure noticed within this many ticks.
TICKS_TO_NOTICE: Final = FRUITLESS_TICKS

#: Bytes of one connection that a tick reads at least: a large request has as many ticks more as it has such pieces.
LEAST_READ_IN_A_TICK: Final = 1_024

#: Ticks given to an implementation to do something that it must not do.
SETTLING_TICKS: Final = 4

#: Ticks after which settling ends even if something still moves: an implementation may fire in every tick for ever.
SETTLING_AT_MOST: Final = 1_000

#: Ticks of one wait that tell of clients and move no byte: more than a storm leaves to be told, and none for ever.
NEWS_AT_MOST: Final = 2_000

#: The silence window in seconds: how long the suite watches without ticking when nothing may happen. One of two pauses
#: of fixed length; a longer one sees no more faults of a loopback connection, a shorter one could miss a thread.
SILENCE_WINDOW: Final = 0.01

#: The idle window in seconds, the other one: how long servers and clients that have nothing to do are kept, once in a
#: run, for a hidden limit on idle time. Such limits are whole seconds, mostly few, so it is just beyond five. A slow
#: machine makes it longer and never shorter, and nothing is judged by how long it was.
IDLE_WINDOW: Final = 5.5

#: Seconds of it that pass in any case, where a run lets it end with its other checks: a limit of one second shows.
IDLE_AT_LEAST: Final = 1.1

#: How what was observed begins when it ended so.
CUT_SHORT: Final = "idle for "

#: Seconds between two ticks in the idle window: few ticks, as limits that count ticks are found without any waiting.
IDLE_PAUSE: Final = 0.05

#: Seconds after which it is looked, between two such ticks, whether the window may end.
IDLE_GLANCE: Final = 0.01

#: The longest pause in seconds before one fruitless tick.
LONGEST_PAUSE: Final = 0.2

#: Seconds that a peer waits for the operating system to complete a connection to a listening port.
CONNECT_WAIT: Final = 10.0

#: Seconds in which the operating system refuses a connection to a port on which nobody listens.
REFUSAL_WAIT: Final = 2.0

#: Milliseconds that `connect` of a client under test is given where somebody listens. It never spends them.
CONNECT_TIMEOUT: Final = 8000

#: Milliseconds that it is given where nobody answers. It spends them.
SHORT_TIMEOUT: Final = 50

#: Seconds beyond that time by which each of so many attempts has to be late before connect is said to be. A time that
#: is rounded up to whole seconds, or has a second for its least, always is; a busy machine is now and then.
LATE: Final = 0.4
ATTEMPTS: Final = 4

#: Seconds after which a server that did not answer does. The system asks again after a second, in time for the above.
ANSWERS_AFTER: Final = 0.2

#: Bytes of which the system takes a part only while their reader reads none: Linux holds 4 MiB at most for who sends.
MORE_THAN_HELD: Final = 6 << 20

#: Connections that are tried to fill a listen queue for one.
FILLERS: Final = 16

#: Seconds that a check waits for another run on this machine which tries the same port of a fixed number.
TURN_WAIT: Final = 10.0

#: Seconds for one check before pytest-timeout ends it (some fifty times what the slowest takes).
CHECK_DEADLINE: Final = 60.0

#: Seconds of a call up to which a target is no slow one; above, a check has as many times as long, up to so many times.
ORDINARY_PACE: Final = 0.01
MOST_TIMES: Final = 20.0

#: Seconds for the sanity conversation.
SANITY_DEADLINE: Final = 15.0


# What every pause is multiplied by; `patience` sets it.
_scale = 1.0


def pause_before(fruitless: int) -> float:
    """Seconds to wait before the next tick, after so many fruitless ones: none at first, then doubling."""
    if fruitless < 3:
        return 0.0
    return _scale * min(0.0005 * (1 << min(fruitless - 3, 16)), LONGEST_PAUSE)


@contextmanager
def patience(factor: float) -> Iterator[None]:
    """Scale the pauses between fruitless ticks within the block; their number stays, and so does every other bound.

    For runs that expect checks to fail, in which patience is all that a check costs. Such a run judges a conforming
    implementation with the same factor, as the control that no failure of the others is one of patience.
    """
    global _scale
    before, _scale = _scale, factor
    try:
        yield
    finally:
        _scale = before
