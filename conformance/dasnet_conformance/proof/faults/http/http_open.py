"""Faults of section http-open: what an HTTP server makes of a port, and of servers and clients that come and go."""

from __future__ import annotations

import errno
import os
import socket
from typing import Any, ClassVar

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http import HttpServer
from dasnet_conformance.proof.faults.sound_http_connection import HttpConnection
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle
from dasnet_conformance.proof.faults.sound_http_request import Limits, Request


@fault("http-open.free-port")
class ListensInItsFirstTick(HttpHandle):
    """init only keeps the port's number, and the first tick listens: a browser that is quicker is refused."""

    wanted: int | None = None

    def open_listener(self, port: int) -> socket.socket:
        self.wanted = port
        return socket.socket(socket.AF_INET, socket.SOCK_STREAM)

    def turn(self, owner: Any) -> None:
        if self.wanted is not None:
            self.close_listener()
            self.listener = super().open_listener(self.wanted)
            self.wanted = None
        super().turn(owner)


@fault("http-open.is-open")
class OpenFromTheAdapterOn(HttpServer):
    """is_open tells whether there is a handle, which is so before init."""

    def is_open(self) -> bool:
        return self._server is not None


@fault("http-open.is-open")
class OpenWhileNobodyIsThere(HttpHandle):
    """is_open tells whether the next client would be taken at once, and is false while one is served."""

    def is_open(self) -> bool:
        return super().is_open() and not self.pending


@fault("http-open.port-in-use")
class TakesAPortTwice(HttpHandle):
    """SO_REUSEPORT is set, so that a second server has the same port, and half of the clients."""

    def prepare_listener(self, listener: socket.socket) -> None:
        super().prepare_listener(listener)
        if hasattr(socket, "SO_REUSEPORT"):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)


@fault("http-open.port-in-use")
class FailedAndOpen(HttpHandle):
    """is_open goes by the port that init was given, whatever came of it."""

    asked = False

    def init(self, port: int) -> bool:
        self.asked = True
        return super().init(port)

    def is_open(self) -> bool:
        return self.asked


@fault("http-open.port-in-use-disturbs-nobody")
class FailureClosesTheOther(HttpHandle):
    """Listeners are kept by port in one table, and whoever fails on a port closes what stands there."""

    listeners: ClassVar[dict[int, HttpHandle]] = {}

    def init(self, port: int) -> bool:
        if super().init(port):
            self.listeners[port] = self
            return True
        other = self.listeners.pop(port, None)
        if other is not None:
            other.close_listener()
        return False


@fault("http-open.port-in-use-disturbs-nobody")
class ForgetsHalfRequestsOfAll(HttpHandle):
    """A failing init cleans up the parsers of all servers in the process."""

    handles: ClassVar[list[HttpHandle]] = []

    def init(self, port: int) -> bool:
        self.handles.append(self)
        if super().init(port):
            return True
        for handle in self.handles:
            for connection in handle.connections:
                connection.parser.buffer.clear()
                connection.parser.begin()
        return False


@fault("http-open.retry-after-failure")
class OneInitForEach(HttpHandle):
    """An object whose init has failed can never be opened."""

    failed = False

    def init(self, port: int) -> bool:
        if self.failed:
            return self.fail_init("init was called before", errno.EALREADY)
        self.failed = not super().init(port)
        return not self.failed


@fault("http-open.failure-reports")
class FailsSilently(HttpHandle):
    """A failing init says false and nothing else."""

    def fail_init(self, *_: Any, **__: Any) -> bool:
        return False


@fault("http-open.failure-reports")
class FailsWithoutACode(HttpHandle):
    """The error callback of a failing init has the code 0."""

    def tell_error(self, message: str, code: int) -> None:
        super().tell_error(message, code * 0)


@fault("http-open.no-port")
class PortsOfSixteenBits(HttpHandle):
    """A number that is no port is cut to sixteen bits."""

    def init(self, port: int) -> bool:
        return super().init(port & 0xFFFF)


@fault("http-open.objects-independent")
class OneTableOfExchanges(HttpHandle):
    """The exchanges of all servers are in one table of the module, by numbers that each counts by itself."""

    table: ClassVar[dict[int, Any]] = {}

    def __init__(self, limits: Limits, *parts: Any) -> None:
        super().__init__(limits, *parts)
        self.pending = self.table

    def forget_gone(self) -> None:
        self.connections = [connection for connection in self.connections if not connection.gone]
        for number in [number for number, (_, exchange) in self.table.items() if exchange.abandoned]:
            del self.table[number]


@fault("http-open.objects-independent")
class TheLastMadeIsTold(HttpHandle):
    """Callbacks go to the object that was made last: a global variable of the module."""

    last: ClassVar[list[Any]] = []

    def bind(self, owner: Any) -> None:
        self.last[:] = [owner]
        super().bind(owner)

    def tell_request(self, number: int, request: Request) -> None:
        mine, self.owner = self.owner, self.last[0]
        try:
            super().tell_request(number, request)
        finally:
            self.owner = mine


@fault("http-open.clients-leak-nothing")
class LeaksWhoLeavesInAHead(HttpConnection):
    """A client that left in the middle of its head leaves a descriptor open, that of its timer."""

    def drop(self) -> None:
        if self.parser.begun() and not self.parser.head_complete:
            os.open(os.devnull, os.O_RDONLY)
        super().drop()


@fault("http-open.clients-leak-nothing")
class LeaksWhoLeavesUnanswered(HttpConnection):
    """The spool of a request is closed with its answer, and stays open when its client left before."""

    def drop(self) -> None:
        for _ in self.exchanges:
            os.open(os.devnull, os.O_RDONLY)
        super().drop()


@fault("http-open.rounds-leak-nothing")
class LeaksWhoeverStays(HttpHandle):
    """destroy closes each connection, and not the descriptor of its timer."""

    def close(self) -> None:
        for _ in self.connections:
            os.open(os.devnull, os.O_RDONLY)
        super().close()
