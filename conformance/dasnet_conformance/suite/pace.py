"""How much a check tries where a server may be slow: rounds that fit into its time, bytes at the pace of the server.

A server that is slow is not wrong: what is counted here decides how much is tried, and no verdict.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.reading import reading_meanwhile

#: Seconds after which a check that repeats itself hundreds of times ends, if it has been round `_LEAST_ROUNDS` times.
_LONG_ENOUGH = 15.0
_LEAST_ROUNDS = 30


def rounds(most: int, least: int = _LEAST_ROUNDS) -> Iterator[int]:
    """Numbers from 1 to `most`; fewer where each round takes so long that they would outlast the check.

    Arguments: `least`, rounds that take place however long they take. How far it gets decides nothing but how much is
    tried: a server that is slow is not wrong.
    """
    end = time.monotonic() + _LONG_ENOUGH
    for number in range(1, most + 1):
        if number > least and time.monotonic() > end:
            return
        yield number


#: Bytes by which the pace of a server is taken, and ticks that one check may take at that pace.
_PACED = 1 << 16
_MOST_TICKS = 4_000


def pace_of(host: Host, server: HostObject, peer: Peer, arrived: Callable[[], int]) -> Pace:
    """How fast a server moves bytes, taken while 64 KiB of the client go through it.

    Arguments: `arrived`, how much has come where it is to come, the server's callbacks or the client. A server that
    hands out small pieces is slow and not wrong: bounds follow its pace.
    """
    before, tick, started = arrived(), host.transcript.tick, time.monotonic()
    peer.send(host.random.randbytes(_PACED))
    with reading_meanwhile(host):
        host.until(
            lambda: arrived() - before >= _PACED,
            server,
            what=f"{_PACED} bytes",
            got=lambda: f"{arrived() - before} bytes",
        )
    ticks, seconds = host.transcript.tick - tick, time.monotonic() - started
    return Pace(_PACED / max(ticks, 1), _PACED / max(seconds, 0.001))


@dataclass(frozen=True)
class Pace:
    """How fast a server moves bytes."""

    bytes_per_tick: float
    bytes_per_second: float

    def within(self, most: int, *, of: int = 1) -> int:
        """How many bytes to send: `most`, or what it moves in some thousand ticks and some seconds.

        Arguments: `of`, how many such amounts the check sends in all.
        """
        moved = min(self.bytes_per_tick * _MOST_TICKS, self.bytes_per_second * _LONG_ENOUGH) / of
        return min(most, max(int(moved), _PACED))
