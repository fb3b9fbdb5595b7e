"""Figure 4: clients that come, are served and go; and what many of them leave behind."""

from __future__ import annotations

import contextlib
import itertools
import select
import socket
import time
from collections.abc import Iterator
from itertools import repeat

import sides
from alternating import Figure, Measure, alternate, ratio

_VISITS = 20
_ROUNDS = 40
_PAST = 10_000
_FIRST = 100
_AGED_ROUNDS = 80
_MESSAGE = bytes(64)


def figures() -> list[Figure]:
    """A whole visit, and the same after 10,000 clients."""
    return [_visit_figure(), _aged_figure()]


def _visit_figure() -> Figure:
    with contextlib.ExitStack() as stack:
        measures = {"bare loop": stack.enter_context(_bare())}
        for name, make in sides.MAKERS.items():
            side = make("echo")
            stack.callback(side.close)
            measures[name] = visits(side, _VISITS)
        samples = alternate(measures, _ROUNDS)
    ratios = [
        ratio(samples, "reference", "bare loop", speed=True),
        *(ratio(samples, "reference", name, speed=True) for name in sides.MAKERS if name != "reference"),
    ]
    return Figure("4", "connect, serve, disconnect", "s", samples, ratios)


def visits(side: sides.Side, count: int, source: str = "127.0.0.1") -> Measure:
    """So many clients one after the other, each of which connects, is served and leaves; the seconds of one."""
    port, turn = side.port, side.turn

    def measure() -> float:
        start = time.perf_counter()
        for _ in repeat(None, count):
            with sides.dial(port, source) as client:
                client.send(_MESSAGE)
                turn()
                # Some need a second turn, to take the client or to answer it.
                while True:
                    try:
                        client.recv(len(_MESSAGE), socket.MSG_DONTWAIT)
                        break
                    except BlockingIOError:
                        turn()
            while side.connected:
                turn()
        return (time.perf_counter() - start) / count

    return measure


@contextlib.contextmanager
def _bare() -> Iterator[Measure]:
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener, select.epoll() as epoll:
        listener.setblocking(False)
        waiting, port = listener.fileno(), listener.getsockname()[1]
        epoll.register(waiting, select.EPOLLIN)

        def until_ready() -> None:
            while not epoll.poll(0, 1):
                pass

        def measure() -> float:
            start = time.perf_counter()
            for _ in repeat(None, _VISITS):
                with sides.dial(port) as client:
                    client.send(_MESSAGE)
                    until_ready()
                    served = listener.accept()[0]
                    served.setblocking(False)
                    epoll.register(served.fileno(), select.EPOLLIN)
                    epoll.modify(waiting, 0)
                    served.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    until_ready()
                    served.send(served.recv(sides.CHUNK), socket.MSG_NOSIGNAL)
                    epoll.poll(0, 1)
                    client.recv(len(_MESSAGE), socket.MSG_DONTWAIT)
                until_ready()
                served.recv(sides.CHUNK)
                epoll.unregister(served.fileno())
                served.close()
                epoll.modify(waiting, select.EPOLLIN)
            return (time.perf_counter() - start) / _VISITS

        yield measure


# The aged server has served 10,000 clients before anything is measured; the other one is new in every round, and its
# first 100 clients are measured. What the system remembers of a closed connection (TIME_WAIT) makes it search longer
# for a port when the next client comes from the same address. The 10,000 therefore come from another address than those
# that are measured, and these from a new one in each round.
def _aged_figure() -> Figure:
    aged = sides.reference("echo")
    with contextlib.closing(aged):
        visits(aged, _PAST, "127.0.0.2")()
        addresses = (f"127.0.1.{number}" for number in itertools.count(1))

        def old() -> float:
            return visits(aged, _FIRST, next(addresses))()

        def new() -> float:
            with contextlib.closing(sides.reference("echo")) as side:
                return visits(side, _FIRST, next(addresses))()

        samples = alternate({"after 10,000 clients": old, "the first 100": new}, _AGED_ROUNDS)
    ratios = [ratio(samples, "after 10,000 clients", "the first 100", "≤ 1.05")]
    return Figure("4", "cost of a client after 10,000 others", "s", samples, ratios)
