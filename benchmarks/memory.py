"""Figure 5: memory of an idle server and of one whose client does not read, and copies made per received byte.

    python memory.py SIDE idle|full      prints bytes; the benchmark starts this once per sample

Memory is what the process has resident after, less before, in a new process each time: an allocator that has been used
already would hide what it still holds.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import dasnet_reference
import sides
from alternating import Figure, Measure, Ratio, alternate, ratio

_SERVERS = 200
_QUEUED = 32 << 20
_ROUNDS = 5
_PAGE = os.sysconf("SC_PAGE_SIZE")


def figures() -> list[Figure]:
    """An idle server, a full queue, copies."""
    idle = _in_children("idle", ["bare sockets", *sides.MAKERS])
    full = _in_children("full", ["the bytes alone", "reference", "asyncio", "uvloop", "Twisted", "adapters/asyncio"])
    others = ("asyncio", "uvloop", "Twisted", "adapters/asyncio")
    return [
        Figure(
            "5",
            "memory of an idle server",
            "B",
            idle,
            [ratio(idle, "reference", other) for other in ("bare sockets", *others)],
        ),
        Figure(
            "5",
            f"memory with {_QUEUED >> 20} MiB waiting to be sent",
            "B",
            full,
            [ratio(full, "reference", other) for other in ("the bytes alone", *others)],
        ),
        _copies(),
    ]


def _in_children(what: str, names: list[str]) -> dict[str, list[float]]:
    def measure(name: str) -> Measure:
        command = [sys.executable, __file__, name, what]
        return lambda: float(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout)

    return alternate({name: measure(name) for name in names}, _ROUNDS)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * _PAGE


def _idle(name: str) -> float:
    if name == "bare sockets":
        before = _resident()
        kept: list[object] = []
        for _ in range(_SERVERS):
            listener, epoll = socket.create_server(("127.0.0.1", 0)), select.epoll()
            epoll.register(listener.fileno(), select.EPOLLIN)
            kept += [listener, epoll]
        return (_resident() - before) / _SERVERS
    # The first one pays for what is imported and allocated once.
    made = [sides.MAKERS[name]("sink")]
    shared = {"asyncio": sides.on_asyncio, "uvloop": sides.on_uvloop, "Twisted": sides.TwistedSide}.get(name)
    before = _resident()
    if shared is not None:
        made.append(shared("sink", _SERVERS))
    else:
        made += [sides.MAKERS[name]("sink") for _ in range(_SERVERS)]
    return (_resident() - before) / _SERVERS


def _full(name: str) -> float:
    if name == "the bytes alone":
        before = _resident()
        kept = [_chunk() for _ in range(_QUEUED // sides.CHUNK)]
        return _resident() - before if kept else 0
    side: Any = _Unbounded() if name == "reference" else sides.MAKERS[name]("sink")
    with contextlib.closing(side), contextlib.closing(sides.dial(side.port)) as client:
        # A small window, so that what is sent waits in the process and not in the system.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sides.taken(side)
        send = side.send if hasattr(side, "send") else side.transport.write
        # What the system's own buffers take comes first.
        for _ in range((8 << 20) // sides.CHUNK):
            send(_chunk())
        before = _resident()
        for _ in range(_QUEUED // sides.CHUNK):
            send(_chunk())
        return _resident() - before


# A new one each time: some sides queue the object itself, and one object many times would take no memory.
def _chunk() -> bytes:
    return b"x" * sides.CHUNK


class _Unbounded(dasnet_reference.Server):
    def __init__(self) -> None:
        super().__init__(queue_limit=1 << 30)
        self.connected = False
        self.turn = self.tick
        self.make_server_adapter()
        if not self.init(0):
            raise OSError("no port")

    def on_connect(self) -> None:
        self.connected = True


# Whether the object that the socket's `recv` returned is the one that the callback gets: then the kernel's own copy is
# the only one. The other sides are known from their sources: asyncio's protocols pass the object on, its streams add it
# to a buffer and cut a piece off again.
def _copies() -> Figure:
    class Keeping(dasnet_reference.Server):
        def __init__(self) -> None:
            super().__init__()
            self.got: list[bytes] = []

        def on_data(self, data: bytes) -> None:
            self.got.append(data)

    read: list[bytes] = []
    with Keeping() as server:
        server.make_server_adapter()
        if not server.init(0) or server.port is None or server._server is None:
            raise OSError("no port")
        with contextlib.closing(sides.dial(server.port)) as client:
            while not server.is_connected():
                server.tick()
            endpoint = server._server._endpoint
            connection = endpoint.client if endpoint is not None else None
            assert connection is not None
            receive = connection.receive
            connection.receive = lambda size: read.append(data := receive(size)) or data  # type: ignore[func-returns-value]
            client.sendall(bytes(1 << 20))
            while sum(map(len, server.got)) < 1 << 20:
                server.tick()
            # Before the end of the server, which looks for bytes that nobody has read.
            same = all(one is other for one, other in zip(read, server.got, strict=True))
    copies = 1.0 if same else 2.0
    samples = {"reference": [copies], "the kernel's copy alone": [1.0], "asyncio streams": [3.0]}
    ratios = [
        Ratio("reference", "the kernel's copy alone", copies, copies, copies),
        Ratio("reference", "asyncio streams", copies / 3, copies / 3, copies / 3),
    ]
    return Figure("5", "copies of a received byte", "copies", samples, ratios)


if __name__ == "__main__":
    print({"idle": _idle, "full": _full}[sys.argv[2]](sys.argv[1]))
