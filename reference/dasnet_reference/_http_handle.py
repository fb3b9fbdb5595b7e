"""`NetworkHttpServer`, the handle of an `HttpServer`: who owns it, which requests wait, and what a tick does.

A tick does a bounded amount: bytes that are read and sent, steps of parsing, requests that are called back. What is
left over waits for the next, and nobody is served twice before the others were once. Sockets are touched through
`HttpEndpoint`, the owner's callbacks through `Callbacks`.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from contextlib import suppress
from threading import get_ident
from time import monotonic
from typing import TYPE_CHECKING, Final

from . import _process
from ._callbacks import Callbacks, call
from ._errors import ClosedHandleError
from ._handle import reason
from ._http_answer import FieldLine, check_answer
from ._http_connection import CHUNK, DRAINING_SECONDS, DRAINING_TICKS, MOST_DRAINED, HttpConnection, Phase
from ._http_endpoint import HttpEndpoint
from ._http_limits import HTTP_DEFAULTS, HttpLimits
from ._http_rules import RejectedError
from ._poller import READABLE, WRITABLE
from ._reentry import runs_already

if TYPE_CHECKING:
    from ._http_reader import Request

#: What one tick does at most, in all: bytes read, bytes sent for each client, steps of parsing, requests called back.
READ_BUDGET: Final = 1024 * 1024
SEND_BUDGET: Final = 256 * 1024
STEP_BUDGET: Final = 400
REQUEST_BUDGET: Final = 20
#: And of the steps so many for one client before the next has its turn.
STEPS_IN_TURN: Final = 64


class NetworkHttpServer:
    """A listener, its connections, and the object whose callbacks they cause. Made by `HttpServer`.

    It outlives the object: save and restore carry it from one to the next.

    Arguments: `limits`, of the object that makes it; `host`, the numeric address to bind.
    """

    def __init__(self, limits: HttpLimits = HTTP_DEFAULTS, host: str = "127.0.0.1") -> None:
        self._limits = limits
        self._host = host
        self._callbacks = Callbacks()
        self._endpoint: HttpEndpoint | None = None
        self._closed = False
        # The thread of a tick under way, 0 if there is none.
        self._ticking = 0
        self._last_exchange = 0
        self._waiting: dict[int, HttpConnection] = {}
        # Connections with something to be done that no poller tells of, in the order of their turns.
        self._pending: dict[HttpConnection, None] = {}
        # Those of which silence is counted: the one that moved last stands last.
        self._watched: dict[HttpConnection, int] = {}
        self._ticks = 0
        self._accept_failed = False

    def __del__(self) -> None:
        # At the interpreter's end its sockets may be gone before it.
        with suppress(OSError):
            self._release()

    @property
    def port(self) -> int | None:
        """The port it listens on, None while it does not."""
        return None if self._endpoint is None else self._endpoint.port

    def bind(self, owner: object) -> None:
        """Call back `owner` from now on."""
        self._refuse_if_closed("this handle cannot be bound to an object")
        self._callbacks.bind(owner)

    def disown(self) -> None:
        """Have no owner until the next `bind`. Sockets, half-read requests and queues stay as they are."""
        self._refuse_if_closed("this handle cannot be saved")
        self._callbacks.unbind()

    def init(self, port: int) -> bool:
        """Listen on `port`, from 0 (any free one) to 65535.

        Returns False, with `on_error`, when that cannot be had or the handle listens already. Raises `TypeError` for a
        port that is no int, and `ClosedHandleError`.
        """
        if isinstance(port, bool) or not isinstance(port, int):
            raise TypeError(f"port must be an int, not {type(port).__name__}")
        self._refuse_if_closed("this handle cannot be initialised")
        if self._endpoint is not None:
            message = f"already listening on port {self.port}: close() it before it can listen on {port}"
            return self._init_failed(message, errno.EALREADY)
        if not 0 <= port <= 65535:
            return self._init_failed(f"there is no port {port}: use 0 (any free one) to 65535", errno.EINVAL)
        try:
            self._endpoint = HttpEndpoint(self._host, port)
        except OSError as error:
            message = f"cannot listen on port {port} of {self._host!r}: {reason(error)}"
            return self._init_failed(message, error.errno or errno.EIO)
        self._callbacks.tell("on_log", f"listening on {self._endpoint.address}")
        return True

    def close(self) -> None:
        """End every connection, after a last attempt to send what waits, and the listener. Calls nothing back."""
        self._closed = True
        self._callbacks.unbind()
        self._release()

    # --- answering

    def respond(self, exchange: int, status: int, headers: Iterable[FieldLine], body: bytes) -> bool:
        """Answer a request. False when it is answered, its client gone, or never was.

        Raises `ValueError` and `TypeError` as `check_answer` does, and then nothing is sent.
        """
        fields, close = check_answer(status, headers, body)
        connection = self._waiting.get(exchange)
        endpoint = self._endpoint
        if connection is None or endpoint is None or endpoint.inherited:
            return False
        del self._waiting[exchange]
        there = connection.respond(status, fields, bytes(body), close)
        self._answered(endpoint, connection)
        return there

    # --- one tick

    def tick(self) -> None:
        """Do what is ready, within the budgets. Nothing without an owner, or inside another tick."""
        endpoint = self._endpoint
        # `inherited` written out: a call less of an idle tick.
        if endpoint is None or endpoint.process != _process.identity:
            return
        # Asked first of all, for that is the whole of an idle tick. Inside another tick the answer is thrown away.
        ready = endpoint.poll(0, len(endpoint.connections) + 1)
        if not (ready or self._pending or self._watched):
            return
        owner = self._callbacks.owner()
        if owner is None:
            return
        if self._ticking and runs_already(self, type(self).tick.__code__, self._ticking):
            return
        self._ticking = get_ident()
        try:
            epoch = self._callbacks.epoch
            if self._watched:
                self._count_silence(endpoint, epoch)
            if (ready or self._pending) and self._callbacks.epoch == epoch:
                self._work(owner, endpoint, ready)
        finally:
            self._ticking = 0

    def _work(self, owner: object, endpoint: HttpEndpoint, ready: Iterable[tuple[int, int]]) -> None:
        epoch = self._callbacks.epoch
        budget = READ_BUDGET
        for fd, mask in ready:
            if endpoint.is_listener(fd):
                if not self._take(owner, endpoint, epoch):
                    return
                continue
            connection = endpoint.connections.get(fd)
            if connection is not None:
                budget -= self._move(endpoint, connection, mask, budget > 0)
                if self._callbacks.epoch != epoch:
                    return
        steps, requests = STEP_BUDGET, REQUEST_BUDGET
        while self._pending and steps > 0 and requests > 0:
            connection = next(iter(self._pending))
            del self._pending[connection]
            request, left = self._parse(endpoint, connection, min(steps, STEPS_IN_TURN))
            steps = steps - STEPS_IN_TURN + left if steps > STEPS_IN_TURN else left
            if request is not None:
                requests -= 1
                self._call_back(owner, endpoint, connection, request)
            if self._callbacks.epoch != epoch:
                return

    # Reads and sends what is ready on one connection; returns the bytes that were read.
    def _move(self, endpoint: HttpEndpoint, connection: HttpConnection, mask: int, may_read: bool) -> int:
        read = moved = 0
        try:
            if mask & WRITABLE:
                moved = connection.flush(SEND_BUDGET)
            if mask & ~WRITABLE and may_read:
                if connection.mask & READABLE:
                    read = connection.read()
                elif mask & ~(READABLE | WRITABLE):
                    # Told although nothing was asked for: it was reset.
                    raise ConnectionResetError(errno.ECONNRESET, "reset by the client")
        except OSError as error:
            self._lose(endpoint, connection, error)
            return read
        if read or moved:
            self._touch(connection)
        self._go_on(endpoint, connection)
        return read

    # Whether or not there may be a request in what has been read.
    def _go_on(self, endpoint: HttpEndpoint, connection: HttpConnection) -> None:
        if connection.has_work:
            self._pending[connection] = None
            endpoint.settle(connection, self._limits)
        else:
            self._go_on_or_lose(endpoint, connection)

    # Where nothing is left to be parsed.
    def _go_on_or_lose(self, endpoint: HttpEndpoint, connection: HttpConnection) -> None:
        if connection.cut_off or connection.drained > MOST_DRAINED:
            self._lose(endpoint, connection, None)
        else:
            endpoint.settle(connection, self._limits)

    def _parse(self, endpoint: HttpEndpoint, connection: HttpConnection, steps: int) -> tuple[Request | None, int]:
        request: Request | None = None
        try:
            request, steps = connection.parse(steps)
        except RejectedError as rejected:
            connection.reject(rejected)
            self._answered(endpoint, connection)
            why = f"{rejected.status}, {rejected.why}"
            self._callbacks.tell("on_log", f"client {connection.address} turned down: {why}")
            return None, steps
        if request is not None and connection.mask == READABLE:
            return request, steps  # less is waiting now than when that was settled
        if request is None and not steps and connection.has_work:
            self._pending[connection] = None
            endpoint.settle(connection, self._limits)
        else:
            self._go_on_or_lose(endpoint, connection)
        return request, steps

    def _call_back(self, owner: object, endpoint: HttpEndpoint, connection: HttpConnection, request: Request) -> None:
        self._last_exchange += 1
        exchange = connection.exchange = self._last_exchange
        self._waiting[exchange] = connection
        try:
            call(
                owner,
                "on_request",
                exchange,
                request.method,
                request.target,
                request.version,
                request.headers,
                request.body,
            )
        except BaseException:
            # The host hears of it; its client hears that there is no answer.
            if self._waiting.pop(exchange, None) is not None:
                connection.fail()
                if self._endpoint is endpoint:
                    self._answered(endpoint, connection)
            raise

    # False when a callback has changed the owner.
    def _take(self, owner: object, endpoint: HttpEndpoint, epoch: int) -> bool:
        taken, failure = endpoint.take(self._limits)
        endpoint.watch_listener(self._limits)
        for connection in taken:
            self._touch(connection)
        if failure is not None and not self._accept_failed:
            message = f"a client waits and cannot be taken yet: {reason(failure)}"
            call(owner, "on_error", message, failure.errno or errno.EIO)
        self._accept_failed = failure is not None
        return self._callbacks.epoch == epoch

    # --- connections

    def _answered(self, endpoint: HttpEndpoint, connection: HttpConnection) -> None:
        self._touch(connection)
        self._go_on(endpoint, connection)

    # Notes that something has moved on a connection, or that it is the host's turn.
    def _touch(self, connection: HttpConnection) -> None:
        self._watched.pop(connection, None)
        if connection.phase is Phase.GONE:
            self._drop(connection)
            return
        draining = connection.phase is Phase.DRAINING
        if draining:
            connection.moved = monotonic()
        if draining or self._limits.stall_ticks is not None:
            self._watched[connection] = self._ticks

    def _lose(self, endpoint: HttpEndpoint, connection: HttpConnection, error: OSError | None) -> None:
        begun = connection.begun
        endpoint.forget(connection, self._limits)
        self._drop(connection)
        # Last, for a callback may raise, or take the handle away.
        if begun or error is not None:
            why = "left" if error is None else f"is gone: {reason(error)}"
            self._callbacks.tell("on_log", f"client {connection.address} {why}")

    def _drop(self, connection: HttpConnection) -> None:
        self._watched.pop(connection, None)
        self._pending.pop(connection, None)
        self._waiting.pop(connection.exchange, None)

    def _count_silence(self, endpoint: HttpEndpoint, epoch: int) -> None:
        # Nobody is looked at but who has been silent longest.
        self._ticks += 1
        limit = self._limits.stall_ticks
        while self._watched and self._callbacks.epoch == epoch:
            connection, moved = next(iter(self._watched.items()))
            if self._ticks - moved < (DRAINING_TICKS if limit is None else limit):
                break
            if limit is None and monotonic() - connection.moved < DRAINING_SECONDS:
                break
            if connection.waits_for_client:
                connection.time_out()
                self._lose(endpoint, connection, None)
            else:
                self._touch(connection)

    # --- state and failure

    def _refuse_if_closed(self, what: str) -> None:
        if self._closed:
            raise ClosedHandleError(what)

    def _init_failed(self, message: str, code: int) -> bool:
        self._callbacks.tell("on_error", message, code)
        return False

    def _release(self) -> None:
        self._callbacks.forgive()
        self._waiting.clear()
        self._pending.clear()
        self._watched.clear()
        endpoint, self._endpoint = self._endpoint, None
        if endpoint is not None:
            endpoint.close()


assert CHUNK <= READ_BUDGET
