"""Figure 7: the class Client: a tick with nothing to do, an echo, a whole visit, and bulk in both directions.

The server is a raw socket on the same thread; for bulk, a process of its own.
"""

from __future__ import annotations

import contextlib
import select
import socket
import time
from collections.abc import Callable, Iterator
from itertools import repeat

import bulk
import client_sides
import echo
import idle
from alternating import Figure, Measure, alternate, ratio
from client_sides import ClientSide
from dasnet_reference import Client, ServerGroup
from peer import Peer

_TICKS = 4_000
_IDLE_ROUNDS = 60
_MANY = 1_000
_MANY_ROUNDS = 15
_ECHO_ROUNDS = 300
_VISITS = 20
_VISIT_ROUNDS = 40
#: 64 MiB each.
_BULK_ROUNDS = 8
_MESSAGE = bytes(64)
_OTHERS = ("asyncio", "uvloop", "Twisted", "adapters/asyncio")


def figures() -> list[Figure]:
    """Idle with a connection, a thousand of them, echo, connect-echo-close, and 512 MiB each way."""
    return [
        _idle(),
        _thousand(),
        _echo(),
        _visit_figure(),
        _bulk("receive", "send", bulk.receive),
        _bulk("send", "receive", bulk.send),
    ]


# Connects a side, and gives the server's end.
@contextlib.contextmanager
def _joined(side: ClientSide, listener: socket.socket) -> Iterator[socket.socket]:
    side.join(listener.getsockname()[1])
    with listener.accept()[0] as served:
        served.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield served


def _listener() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0), backlog=128)


def _idle() -> Figure:
    with contextlib.ExitStack() as stack:
        measures = {"bare poll": idle.polls(stack.enter_context(idle.bare_epoll()), _TICKS)}
        listener = stack.enter_context(_listener())
        for name, make in client_sides.MAKERS.items():
            side = make("sink")
            stack.callback(side.close)
            stack.enter_context(_joined(side, listener))
            for _ in range(20):
                side.turn()
            # The slow ones need fewer turns for the same time.
            measures[name] = idle.turns(side.turn, _TICKS if name == "reference" else _TICKS // 10)
        samples = alternate(measures, _IDLE_ROUNDS)
    ratios = [
        ratio(samples, "reference", "bare poll", "≤ 1.6"),
        *(ratio(samples, "reference", name) for name in _OTHERS),
    ]
    return Figure("7", "idle tick, connected client", "s", samples, ratios)


def _thousand() -> Figure:
    with contextlib.ExitStack() as stack:
        epoll = stack.enter_context(idle.bare_epoll())
        listener = stack.enter_context(_listener())
        port = listener.getsockname()[1]
        group = stack.enter_context(ServerGroup())
        clients = []
        for _ in range(_MANY):
            client = stack.enter_context(Client())
            client.make_client_adapter()
            if not client.connect("127.0.0.1", port):
                raise OSError("no connection")
            stack.enter_context(listener.accept()[0])
            group.add(client)
            clients.append(client)

        def each() -> None:
            for client in clients:
                client.tick()

        group.tick()
        measures = {
            "one bare poll": idle.polls(epoll, 1_000),
            "1,000 bare polls": idle.polls(epoll, _MANY, per=_MANY),
            "group": idle.turns(group.tick, 1_000),
            "each by itself": idle.turns(each, 1),
        }
        for name in ("asyncio", "uvloop", "Twisted"):
            side = client_sides.MAKERS[name]("sink")
            stack.callback(side.close)
            for _ in range(_MANY):
                stack.enter_context(_joined(side, listener))
            for _ in range(20):
                side.turn()
            measures[name] = idle.turns(side.turn, 100)
        samples = alternate(measures, _MANY_ROUNDS)
    ratios = [
        ratio(samples, "group", "one bare poll"),
        ratio(samples, "group", "each by itself"),
        ratio(samples, "each by itself", "1,000 bare polls"),
        *(ratio(samples, "group", name) for name in ("asyncio", "uvloop", "Twisted")),
    ]
    return Figure("7", "tick of 1,000 idle clients", "s", samples, ratios)


# The server speaks first and the client answers, so that the bare loop is that of figure 2.
def _echo() -> Figure:
    with contextlib.ExitStack() as stack:
        measures = {"bare loop": stack.enter_context(echo.bare(_MESSAGE))}
        listener = stack.enter_context(_listener())
        for name, make in client_sides.MAKERS.items():
            side = make("echo")
            stack.callback(side.close)
            served = stack.enter_context(_joined(side, listener))
            count = echo.TRIPS if name == "reference" else echo.TRIPS // 5
            measures[name] = echo.trips(side, served, _MESSAGE, count)
        samples = alternate(measures, _ECHO_ROUNDS)
    ratios = [
        ratio(samples, "reference", "bare loop", "≤ 1.25"),
        *(ratio(samples, "reference", name) for name in _OTHERS),
    ]
    return Figure("7", "echo round trip of a client, 64 B", "s", samples, ratios)


def _visit_figure() -> Figure:
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(_listener())
        measures = {"bare loop": _bare_visits(listener)}
        for name, make in client_sides.MAKERS.items():
            side = make("sink")
            stack.callback(side.close)
            measures[name] = _visits(side, listener)
        samples = alternate(measures, _VISIT_ROUNDS)
    ratios = [ratio(samples, "reference", name, speed=True) for name in ("bare loop", *_OTHERS)]
    return Figure("7", "connect, echo, close", "s", samples, ratios)


def _visits(side: ClientSide, listener: socket.socket) -> Measure:
    size = len(_MESSAGE)

    def measure() -> float:
        start = time.perf_counter()
        for _ in repeat(None, _VISITS):
            with _joined(side, listener) as served:
                before = side.received
                side.offer(_MESSAGE)
                # Some send in a turn of their own.
                while not select.select([served], [], [], 0)[0]:
                    side.turn()
                served.send(served.recv(size))
                while side.received - before < size:
                    side.turn()
                side.leave()
                served.recv(size)
        return (time.perf_counter() - start) / _VISITS

    return measure


# The calls that a client which does not block cannot do without.
def _bare_visits(listener: socket.socket) -> Measure:
    address, size = listener.getsockname(), len(_MESSAGE)

    def measure() -> float:
        start = time.perf_counter()
        for _ in repeat(None, _VISITS):
            with socket.socket() as client, select.epoll() as epoll:
                client.setblocking(False)
                client.connect_ex(address)
                epoll.register(client.fileno(), select.EPOLLOUT)
                while not epoll.poll(0, 1):
                    pass
                if client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                    raise OSError("no connection")
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                epoll.modify(client.fileno(), select.EPOLLIN)
                with listener.accept()[0] as served:
                    served.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    client.send(_MESSAGE, socket.MSG_NOSIGNAL)
                    while not select.select([served], [], [], 0)[0]:
                        pass
                    served.send(served.recv(size))
                    while not epoll.poll(0, 1):
                        pass
                    client.recv(client_sides.CHUNK)
                    epoll.close()
                    client.close()
                    served.recv(size)
        return (time.perf_counter() - start) / _VISITS

    return measure


# `word` is what the client does, `peers` what the process at the other end does.
def _bulk(word: str, peers: str, through: Callable[[ClientSide], bulk.Moving]) -> Figure:
    with Peer() as peer:

        def measured(make: Callable[[str], ClientSide]) -> Measure:
            def measure() -> float:
                with contextlib.closing(make("sink")) as side:
                    peer.command(peers, 0, bulk.SIZE)
                    side.join(peer.port)
                    seconds = bulk.end_to_end(through(side))
                    side.leave()
                peer.done()
                return seconds / (bulk.SIZE >> 20)

            return measure

        samples = alternate({name: measured(make) for name, make in client_sides.MAKERS.items()}, _BULK_ROUNDS)
    ratios = [ratio(samples, "reference", name, speed=True) for name in _OTHERS]
    return Figure("7", f"bulk {word} of a client, 512 MiB, end to end", "s/MiB", samples, ratios)
