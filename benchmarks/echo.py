"""Figure 2: one message there and back, client and server on one thread."""

from __future__ import annotations

import contextlib
import select
import socket
import time
from collections.abc import Iterator
from itertools import repeat

import sides
from alternating import Figure, Measure, alternate, ratio

# A round of each side is well below a time slice of the system, so that most rounds are not interrupted.
TRIPS = 100
_ROUNDS = 300
_MOST = 64 * 1024


def figures() -> list[Figure]:
    """64 bytes, and 4 KiB."""
    return [_echo(64, "64 B", "≤ 1.25"), _echo(4096, "4 KiB", "")]


def _echo(size: int, spelled: str, target: str) -> Figure:
    message = bytes(size)
    with contextlib.ExitStack() as stack:
        measures = {"bare loop": stack.enter_context(bare(message))}
        for name, make in sides.MAKERS.items():
            side = make("echo")
            stack.callback(side.close)
            client = stack.enter_context(contextlib.closing(sides.dial(side.port)))
            sides.taken(side)
            # The slow ones make fewer trips in the same time.
            measures[name] = trips(side, client, message, TRIPS if name == "reference" else TRIPS // 5)
        samples = alternate(measures, _ROUNDS)
    ratios = [
        ratio(samples, "reference", "bare loop", target),
        *(ratio(samples, "reference", name) for name in ("asyncio", "uvloop", "Twisted", "adapters/asyncio")),
    ]
    return Figure("2", f"echo round trip, {spelled}", "s", samples, ratios)


def trips(side: sides.Turned, other: socket.socket, message: bytes, count: int) -> Measure:
    """So many messages from the other end to a side that sends them back; the seconds of one."""
    send, receive, turn, size = other.send, other.recv, side.turn, len(message)
    # How many turns this side needs until the echo is there; asked once, so that no failing read is measured.
    send(message)
    needed = 0
    while not select.select([other], [], [], 0)[0]:
        turn()
        needed += 1
    receive(size, socket.MSG_WAITALL)
    if needed > 1:

        def turn() -> None:
            for _ in repeat(None, needed):
                side.turn()

    def measure() -> float:
        start = time.perf_counter()
        for _ in repeat(None, count):
            send(message)
            turn()
            receive(size, socket.MSG_WAITALL)
        return (time.perf_counter() - start) / count

    return measure


# The calls that the reference makes for an echo (`system_calls.py` shows them): ask, read, send, ask again.
@contextlib.contextmanager
def bare(message: bytes) -> Iterator[Measure]:
    """The same without any side."""
    size, flags = len(message), socket.MSG_NOSIGNAL
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        contextlib.closing(sides.dial(listener.getsockname()[1])) as client,
        listener.accept()[0] as served,
        select.epoll() as epoll,
    ):
        served.setblocking(False)
        served.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        epoll.register(served.fileno(), select.EPOLLIN)
        send, receive, poll, take, give = client.send, client.recv, epoll.poll, served.recv, served.send

        def measure() -> float:
            start = time.perf_counter()
            for _ in repeat(None, TRIPS):
                send(message)
                ready = poll(0, 1)
                while ready:
                    give(take(_MOST), flags)
                    ready = poll(0, 1)
                receive(size, socket.MSG_WAITALL)
            return (time.perf_counter() - start) / TRIPS

        yield measure
