"""Figure 1: what a tick costs that finds nothing to do."""

from __future__ import annotations

import contextlib
import select
import socket
import time
from collections.abc import Callable, Iterator
from itertools import repeat

import sides
from alternating import Figure, Measure, alternate, ratio
from dasnet_reference import Server, ServerGroup

_TICKS = 4_000
_ROUNDS = 60
_MANY = 1_000
_MANY_ROUNDS = 15


def figures() -> list[Figure]:
    """Idle without a client, with one, and a thousand idle servers."""
    return [_one(attached=False), _one(attached=True), _thousand()]


@contextlib.contextmanager
def bare_epoll() -> Iterator[select.epoll]:
    """An epoll with one descriptor, which never has anything to tell."""
    with socket.create_server(("127.0.0.1", 0)) as listener, select.epoll() as epoll:
        epoll.register(listener.fileno(), select.EPOLLIN)
        yield epoll


def polls(epoll: select.epoll, count: int, per: int = 1) -> Measure:
    """So many questions in a loop; the seconds of one, or of `per`."""
    poll = epoll.poll

    def measure() -> float:
        start = time.perf_counter()
        for _ in repeat(None, count):
            poll(0, 1)
        return (time.perf_counter() - start) / count * per

    return measure


def turns(turn: Callable[[], object], count: int) -> Measure:
    """So many turns in a loop; the seconds of one."""

    def measure() -> float:
        start = time.perf_counter()
        for _ in repeat(None, count):
            turn()
        return (time.perf_counter() - start) / count

    return measure


def _one(*, attached: bool) -> Figure:
    with contextlib.ExitStack() as stack:
        measures = {"bare poll": polls(stack.enter_context(bare_epoll()), _TICKS)}
        for name, make in sides.MAKERS.items():
            side = make("sink")
            stack.callback(side.close)
            if attached:
                stack.enter_context(contextlib.closing(sides.dial(side.port)))
                sides.taken(side)
            for _ in range(20):
                side.turn()
            # The slow ones need fewer turns for the same time.
            measures[name] = turns(side.turn, _TICKS if name == "reference" else _TICKS // 10)
        samples = alternate(measures, _ROUNDS)
    ratios = [
        ratio(samples, "reference", "bare poll", "≤ 1.6"),
        ratio(samples, "reference", "asyncio", "≤ 0.2"),
        *(ratio(samples, "reference", name) for name in ("uvloop", "Twisted", "adapters/asyncio")),
    ]
    return Figure("1", f"idle tick, {'client attached' if attached else 'no client'}", "s", samples, ratios)


def _thousand() -> Figure:
    with contextlib.ExitStack() as stack:
        epoll = stack.enter_context(bare_epoll())
        servers = []
        group = stack.enter_context(ServerGroup())
        for _ in range(_MANY):
            server = stack.enter_context(Server())
            server.make_server_adapter()
            if not server.init(0):
                raise OSError("no port")
            servers.append(server)

        def each() -> None:
            for server in servers:
                server.tick()

        for server in servers:
            group.add(server)
        measures = {
            "one bare poll": polls(epoll, 1_000),
            "1,000 bare polls": polls(epoll, _MANY, per=_MANY),
            "group": turns(group.tick, 1_000),
            "each by itself": turns(each, 1),
        }
        for name, make in (
            ("asyncio", sides.on_asyncio),
            ("uvloop", sides.on_uvloop),
            ("Twisted", sides.TwistedSide),
        ):
            side = make("sink", _MANY)
            stack.callback(side.close)
            for _ in range(20):
                side.turn()
            measures[name] = turns(side.turn, 100)
        samples = alternate(measures, _MANY_ROUNDS)
    ratios = [
        ratio(samples, "group", "one bare poll"),
        ratio(samples, "group", "each by itself"),
        ratio(samples, "each by itself", "1,000 bare polls"),
        *(ratio(samples, "group", name) for name in ("asyncio", "uvloop", "Twisted")),
    ]
    return Figure("1", "tick of 1,000 idle servers", "s", samples, ratios)
