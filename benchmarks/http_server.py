"""Figure 9: `HttpServer`: requests on 1 and 16 connections, an idle tick with 64, and the longest tick under a load.

For requests each side is a process, and so is the load: raw sockets, a request that is bytes already, one under way on
each connection. Whoever is not measured is stopped. For ticks the server is in this process, and what loads it is sent
between them by the same thread, as much as the system takes.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import repeat
from pathlib import Path

import idle
from alternating import Figure, Measure, Samples, alternate, ratio
from dasnet_reference import HttpServer
from http_sides import BODY, REQUEST, SIDES, Served
from sides import dial

_REQUESTS = 480
_ROUNDS = 40
_CLIENTS = 64
_TICKS = 4_000
_IDLE_ROUNDS = 60
_MEBIBYTE = 1 << 20
_LOADED_ROUNDS = 5
_RUNS = 5
#: The most that a tick may take of a frame, in seconds.
_LONGEST = 0.005
#: The most that the suite's two profiles may take, in seconds.
_SUITE = 3.0


def figures() -> list[Figure]:
    """Requests, idle ticks, loaded ticks, and the suite's own two profiles."""
    return [
        *(_requests(connections) for connections in (1, 16)),
        _idle(),
        *_loaded("a body of 1 MiB in chunks of one byte", _chunks()),
        *_loaded("1 MiB of pipelined requests", REQUEST * (_MEBIBYTE // len(REQUEST))),
        _suite(),
    ]


# --- requests


def _requests(connections: int) -> Figure:
    names = [name for name in SIDES if name != "uvicorn, httptools" or find_spec("httptools")]
    with contextlib.ExitStack() as stack:
        measures: dict[str, Measure] = {}
        for name in names:
            served = stack.enter_context(Served(name))
            clients = [stack.enter_context(contextlib.closing(dial(served.port))) for _ in range(connections)]
            measures[name] = _awake(served, _trips(clients))
            served.stop()
        samples = alternate(measures, _ROUNDS)
    ratios = [
        ratio(samples, "reference", "uvicorn", "≥ 1", speed=True),
        ratio(samples, "reference", "bare loop", "≥ 0.8", speed=True),
        *(ratio(samples, "reference", name, speed=True) for name in names[3:]),
    ]
    what = "1 connection" if connections == 1 else f"{connections} connections"
    return Figure("9", f"request of 13 B, {what}", "s", samples, ratios)


def _awake(served: Served, measure: Measure) -> Measure:
    def awake() -> float:
        served.go_on()
        try:
            return measure()
        finally:
            served.stop()

    return awake


def _trips(clients: list[socket.socket]) -> Measure:
    """Requests on all of these connections, one under way on each; the seconds of one."""
    size = len(_answer(clients[0]))
    if len(clients) == 1:
        return _turns_of_one(clients[0], size)
    poll = select.epoll()
    sockets = {client.fileno(): client for client in clients}
    for fd in sockets:
        poll.register(fd, select.EPOLLIN)

    def measure() -> float:
        _answer(clients[0])
        start = time.perf_counter()
        for client in clients:
            client.send(REQUEST)
        left, asked = _REQUESTS, len(clients)
        missing = dict.fromkeys(sockets, size)
        while left:
            for fd, _ in poll.poll(10):
                client = sockets[fd]
                count = len(client.recv(size))
                if not count:
                    raise ConnectionError("the server left")
                missing[fd] -= count
                if missing[fd]:
                    continue
                left -= 1
                missing[fd] = size
                if asked < _REQUESTS:
                    asked += 1
                    client.send(REQUEST)
        return (time.perf_counter() - start) / _REQUESTS

    return measure


def _turns_of_one(client: socket.socket, size: int) -> Measure:
    def measure() -> float:
        _answer(client)
        start = time.perf_counter()
        for _ in repeat(None, _REQUESTS):
            client.send(REQUEST)
            if len(client.recv(size, socket.MSG_WAITALL)) != size:
                raise ConnectionError("the server left")
        return (time.perf_counter() - start) / _REQUESTS

    return measure


# One round trip outside of what is measured: who was stopped has to be put on a processor again.
def _answer(client: socket.socket) -> bytes:
    client.send(REQUEST)
    answer = b""
    while not answer.endswith(BODY):
        data = client.recv(4096)
        if not data:
            raise ConnectionError("the server left")
        answer += data
    assert answer.startswith(b"HTTP/1.1 200 "), answer
    return answer


# --- ticks


class _Greeting(HttpServer):
    """Answers each request with 13 bytes, and counts the requests."""

    asked = 0

    def on_request(self, exchange: int, *_: object) -> None:
        self.asked += 1
        self.respond(exchange, 200, ((b"Content-Type", b"text/plain"),), BODY)


@contextlib.contextmanager
def greeting() -> Iterator[_Greeting]:
    """A server that listens."""
    with _Greeting() as server:
        server.make_http_server_adapter()
        if not server.init(0):
            raise OSError("no port")
        yield server


@contextlib.contextmanager
def attached(server: HttpServer, count: int) -> Iterator[list[socket.socket]]:
    """So many clients, each of which has been answered once."""
    assert server.port is not None
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(contextlib.closing(dial(server.port))) for _ in range(count)]
        for client in clients:
            client.send(REQUEST)
        while not select.select(clients[-1:], [], [], 0)[0]:
            server.tick()
        for _ in range(1_000):
            server.tick()
        for client in clients:
            assert client.recv(4096).endswith(BODY)
        yield clients


def _idle() -> Figure:
    with greeting() as server, attached(server, _CLIENTS), _bare_epoll() as epoll:
        measures = {"bare poll": idle.polls(epoll, _TICKS), "reference": idle.turns(server.tick, _TICKS)}
        samples = alternate(measures, _IDLE_ROUNDS)
    return Figure(
        "9",
        f"idle tick, {_CLIENTS} connections",
        "s",
        samples,
        [ratio(samples, "reference", "bare poll", "≤ 2")],
    )


@contextlib.contextmanager
def _bare_epoll() -> Iterator[select.epoll]:
    with contextlib.ExitStack() as stack:
        epoll = stack.enter_context(select.epoll())
        for _ in range(_CLIENTS + 1):
            epoll.register(stack.enter_context(socket.create_server(("127.0.0.1", 0))).fileno(), select.EPOLLIN)
        yield epoll


def _chunks() -> bytes:
    head = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"1\r\nx\r\n" * _MEBIBYTE + b"0\r\n\r\n"


def _loaded(what: str, load: bytes) -> list[Figure]:
    samples: Samples = {
        name: []
        for name in (
            "longest tick",
            "of its processor time",
            "99th percentile",
            "a frame's part of 5 ms",
        )
    }
    counts: Samples = {"ticks": [], "round trips of another connection": []}
    requests = max(1, load.count(b"GET "))
    for _ in range(_LOADED_ROUNDS):
        with greeting() as server, attached(server, 2) as (busy, other):
            walls, works, trips = _under(server, busy, other, load, requests)
        samples["longest tick"].append(max(walls))
        samples["of its processor time"].append(max(works))
        samples["99th percentile"].append(statistics.quantiles(walls, n=100)[98])
        samples["a frame's part of 5 ms"].append(_LONGEST)
        counts["ticks"].append(float(len(walls)))
        counts["round trips of another connection"].append(float(trips))
    bound = "a frame's part of 5 ms"
    ratios = [
        ratio(samples, "longest tick", bound, "≤ 1"),
        ratio(samples, "of its processor time", bound),
        ratio(samples, "99th percentile", bound),
    ]
    served = [ratio(counts, "ticks", "round trips of another connection")]
    return [Figure("9", what, "s", samples, ratios), Figure("9", what, "ticks", counts, served)]


def _under(
    server: _Greeting, busy: socket.socket, other: socket.socket, load: bytes, requests: int
) -> tuple[list[float], list[float], int]:
    """The ticks until all of the load is answered: seconds, and processor seconds, of each; and the other's trips."""
    busy.setblocking(False)
    other.setblocking(False)
    before, trips, asked = server.asked, 0, False
    left = memoryview(load)
    walls: list[float] = []
    works: list[float] = []
    wall, work = time.perf_counter, time.thread_time
    while server.asked - before - trips - asked < requests:
        with contextlib.suppress(BlockingIOError):
            left = left[busy.send(left) :] if left else left
        with contextlib.suppress(BlockingIOError):
            busy.recv(_MEBIBYTE)
        if not asked:
            other.send(REQUEST)
            asked = True
        work_before, wall_before = work(), wall()
        server.tick()
        walls.append(wall() - wall_before)
        works.append(work() - work_before)
        with contextlib.suppress(BlockingIOError):
            if other.recv(4096):
                trips += 1
                asked = False
    return walls, works, trips


# --- the suite


# The reference's part of it is no business of the suite's, and is taken off by its share of the processor's time.
def _suite() -> Figure:
    command = [sys.executable, "-m", "dasnet_conformance", "run", "reference", "--profile", "http"]
    command += ["--profile", "http-client"]
    own = 1 - _share_of_the_reference(command)

    def run() -> float:
        start = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True, timeout=300)
        return time.perf_counter() - start

    name = "profiles http and http-client"
    samples = alternate({name: run, f"{own:.0%} of {name}": lambda: 0.0, "3 s": lambda: _SUITE}, _RUNS)
    samples[f"{own:.0%} of {name}"] = [own * seconds for seconds in samples[name]]
    ratios = [ratio(samples, f"{own:.0%} of {name}", "3 s", "≤ 1"), ratio(samples, name, "3 s")]
    return Figure("9", "a run of the suite", "s", samples, ratios)


def _share_of_the_reference(command: list[str]) -> float:
    here = Path(__file__).parent
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "share"
        paths = os.pathsep.join([str(here), *filter(None, [os.environ.get("PYTHONPATH")])])
        given = {"PYTEST_PLUGINS": "suite_share", "SUITE_SHARE": str(file), "PYTHONPATH": paths}
        subprocess.run(command, capture_output=True, check=True, timeout=300, env={**os.environ, **given})
        return float(file.read_text("ascii"))
