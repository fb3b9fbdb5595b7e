"""`NetworkHttpClient`, the handle of an `HttpClient`: which requests wait, on what connection, and what a tick does.

One connection, one request on it at a time. It is made when a request needs it, and kept for the next. Whatever comes
of a request is noted first and told at the end of a tick, once, so that a callback finds everything in order. Sockets
are touched through `ClientEndpoint`, the owner's callbacks through `Callbacks`.
"""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from threading import get_ident
from typing import TYPE_CHECKING, Final

from ._callbacks import Callbacks, call
from ._client_endpoint import ClientEndpoint
from ._errors import ClosedHandleError
from ._handle import CHUNK, reason
from ._http_limits import HTTP_CLIENT_DEFAULTS, HttpClientLimits
from ._http_request import Exchange, make_head
from ._http_response import FailedError, Response, ResponseReader
from ._poller import READABLE, WRITABLE
from ._reentry import runs_already
from ._resolve import Address, LookUp
from ._settings import DEFAULTS

if TYPE_CHECKING:
    from ._http_answer import FieldLine

#: What one tick does at most: bytes read, bytes sent, steps of parsing, and requests.
READ_BUDGET: Final = 1024 * 1024
SEND_BUDGET: Final = 256 * 1024
STEP_BUDGET: Final = 400
REQUEST_BUDGET: Final = 40

Outcome = tuple[str, *tuple[object, ...]]


class NetworkHttpClient:
    """Requests to one server, and the object that hears what comes of them. Made by `HttpClient`.

    It outlives the object: save and restore carry it from one to the next.

    Arguments: `limits`, of the object that makes it.
    """

    def __init__(self, limits: HttpClientLimits = HTTP_CLIENT_DEFAULTS) -> None:
        self._limits = limits
        self._callbacks = Callbacks()
        #: The server, None before `init`.
        self._server: tuple[str, int] | None = None
        self._endpoint: ClientEndpoint | None = None
        self._look_up: LookUp | None = None
        self._untried: list[Address] = []
        # Requests that wait, the one under way and its response, and what is to be told.
        self._queue: deque[Exchange] = deque()
        self._current: Exchange | None = None
        self._reader: ResponseReader | None = None
        self._outcomes: deque[Outcome] = deque()
        # Whether an earlier request had this connection, and why sending on it failed.
        self._used = False
        self._broken: OSError | None = None
        self._ticks = self._moved = 0
        self._last_exchange = 0
        self._ticking = 0
        self._closed = False

    def __del__(self) -> None:
        # At the interpreter's end its socket may be gone before it.
        with suppress(OSError):
            self._retire()

    def bind(self, owner: object) -> None:
        """Call back `owner` from now on."""
        self._refuse_if_closed("this handle cannot be bound to an object")
        self._callbacks.bind(owner)

    def disown(self) -> None:
        """Have no owner until the next `bind`. The connection and all requests stay as they are."""
        self._refuse_if_closed("this handle cannot be saved")
        self._callbacks.unbind()

    @property
    def is_open(self) -> bool:
        """Whether it knows a server to ask."""
        return self._server is not None

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection to it."""
        return self._endpoint is not None and self._endpoint.client is not None

    def init(self, host: str, port: int) -> bool:
        """Ask this server from now on; `port` is from 1 to 65535.

        Returns False, with `on_error`, where it asks one already or there is no such host or port. Raises `TypeError`
        for a host that is no str or a port that is no int, and `ClosedHandleError`.
        """
        if not isinstance(host, str):
            raise TypeError(f"host must be a str, not {type(host).__name__}")
        if isinstance(port, bool) or not isinstance(port, int):
            raise TypeError(f"port must be an int, not {type(port).__name__}")
        self._refuse_if_closed("this handle cannot be initialised")
        if self._server is not None:
            return self._refused(f"it asks {self._server[0]!r} already: close() it first", errno.EALREADY)
        if not 1 <= port <= 65535:
            return self._refused(f"there is no port {port}: use 1 to 65535", errno.EINVAL)
        try:
            # That it is one, and not whether there is one of that name.
            make_head("GET", "/", (), b"", host, port)
        except ValueError as error:
            return self._refused(str(error), errno.EINVAL)
        self._server = (host, port)
        return True

    def finish(self) -> None:
        """End the connection. What was accepted has failed, which the next tick tells."""
        for exchange in ([self._current] if self._current else []) + list(self._queue):
            self._fail(exchange, "the client was closed", errno.ECANCELED)
        self._current = None
        self._queue.clear()
        self._server = None
        self._retire()

    def close(self) -> None:
        """End it for good. Calls nothing back, now or later."""
        self._closed = True
        self._callbacks.unbind()
        self.finish()
        self._outcomes.clear()

    # --- asking

    def request(self, method: str | bytes, target: str | bytes, headers: Iterable[FieldLine], body: bytes) -> int:
        """Accept a request: its number; or 0, with `on_error`, for what HTTP forbids."""
        body = bytes(memoryview(body))
        if self._server is None:
            self._refused("nothing asked: there is no server, init comes first", errno.ENOTCONN)
            return 0
        try:
            head = make_head(method, target, headers, body, *self._server)
        except ValueError as error:
            self._refused(f"nothing asked: {error}", errno.EINVAL)
            return 0
        self._last_exchange += 1
        self._queue.append(Exchange(self._last_exchange, head, body, self._ticks))
        return self._last_exchange

    def cancel(self, number: int) -> bool:
        """Give up a request, which fails in the next tick. False when there is none of that number under way."""
        current = self._current
        if current is not None and current.number == number:
            self._give_up("it was cancelled", errno.ECANCELED)
            return True
        for exchange in self._queue:
            if exchange.number == number:
                self._queue.remove(exchange)
                self._fail(exchange, "it was cancelled", errno.ECANCELED)
                return True
        return False

    # --- one tick

    def tick(self) -> None:
        """Connect, send, read, and tell what came of requests. Nothing without an owner, or inside another tick."""
        owner = self._callbacks.owner()
        if owner is None or (self._endpoint is not None and self._endpoint.inherited):
            return
        if self._ticking and runs_already(self, type(self).tick.__code__, self._ticking):
            return
        self._ticking = get_ident()
        try:
            self._ticks += 1
            for _ in range(REQUEST_BUDGET):
                if not self._go_on():
                    break
            self._count_ticks()
            epoch = self._callbacks.epoch
            # Not what these callbacks lead to: that is for the next tick.
            for _ in range(len(self._outcomes)):
                if self._outcomes:
                    call(owner, *self._outcomes.popleft())
                if self._callbacks.epoch != epoch:
                    break
        finally:
            self._ticking = 0

    # Whether there may be more to be done now: a request has come to its end.
    def _go_on(self) -> bool:
        if self._current is None:
            if self.is_connected:
                self._look_at_idle()
            if not self._queue:
                return False
            self._current, self._moved = self._queue.popleft(), self._ticks - 1
        try:
            if self._endpoint is None or self._endpoint.client is None:
                self._connect()
            if self.is_connected:
                self._exchange()
        except FailedError as failed:
            self._give_up(failed.why, failed.code)
        except OSError as error:
            self._give_up(reason(error), error.errno or errno.EIO)
        return self._is_free and bool(self._queue)

    @property
    def _is_free(self) -> bool:
        return self._current is None

    # A connection that nobody uses: its server may have left, and has nothing to say.
    def _look_at_idle(self) -> None:
        endpoint = self._endpoint
        assert endpoint is not None
        assert endpoint.client is not None
        if endpoint.poll(0, 1):
            data = b""
            with suppress(OSError):
                data = endpoint.client.receive(CHUNK)
            if data:
                self._outcomes.append(("on_log", f"server {endpoint.address} said something unasked"))
            self._retire()

    def _connect(self) -> None:
        assert self._server is not None
        if self._endpoint is None:
            if self._look_up is None:
                self._look_up = LookUp(*self._server)
            if not self._look_up.wait(0):
                return
            self._untried, self._look_up = list(self._look_up.addresses), None
            self._try_next(OSError(errno.EADDRNOTAVAIL, "there is no address"))
        endpoint = self._endpoint
        if endpoint is not None and endpoint.poll(0, 1) and endpoint.wait(0):
            try:
                endpoint.finish()
            except OSError as error:
                self._endpoint = None
                endpoint.close()
                self._try_next(error)

    # Begin with the next address that does not fail at once. Raises the last failure when there is none.
    def _try_next(self, error: OSError) -> None:
        self._moved = self._ticks
        while self._untried:
            try:
                self._endpoint = ClientEndpoint(self._untried.pop(0), DEFAULTS)
                return
            except OSError as later:
                error = later
        raise error

    def _exchange(self) -> None:
        endpoint, exchange = self._endpoint, self._current
        assert endpoint is not None
        assert exchange is not None
        client = endpoint.client
        assert client is not None
        if self._reader is None:
            self._reader = ResponseReader(exchange, self._limits)
            client.keep(self._reader.request, 0)
            self._reader.request = b""
            mask = WRITABLE
        else:
            ready = endpoint.poll(0, 1)
            mask = ready[0][1] if ready else 0
        if client.queue and mask & WRITABLE:
            self._send()
        self._read(bool(mask & ~WRITABLE))

    def _send(self) -> None:
        endpoint = self._endpoint
        assert endpoint is not None
        client = endpoint.client
        assert client is not None
        before = len(client.queue)
        try:
            client.flush(SEND_BUDGET)
        except OSError as error:
            # It may have answered before it left.
            self._broken = error
        if len(client.queue) != before:
            self._moved = self._ticks
        endpoint.watch(client, READABLE | WRITABLE if client.queue else READABLE)

    def _read(self, ready: bool) -> None:
        endpoint, reader = self._endpoint, self._reader
        assert endpoint is not None
        assert reader is not None
        client = endpoint.client
        assert client is not None
        left, steps = READ_BUDGET, STEP_BUDGET
        while True:
            while steps > 0:
                steps -= 1
                found = reader.step() if reader.begun or reader.ended else False
                if isinstance(found, Response):
                    self._respond(found, reader.goes_on and not client.queue)
                    return
                if not found:
                    break
            # What is left to be parsed is for the next tick.
            if steps <= 0 or not ready or left <= 0:
                return
            try:
                data = client.receive(CHUNK)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                self._lost(error)
                return
            if not data and not reader.begun:
                self._lost(self._broken)
                return
            reader.feed(data)
            left -= len(data)
            self._moved = self._ticks
            ready = len(data) == CHUNK or not data

    # The server has left. Before any byte of a response, on a connection that an earlier request had, it may just have
    # been closed for being idle: RFC 9112, section 9.3.1.
    def _lost(self, error: OSError | None) -> None:
        exchange, reader = self._current, self._reader
        assert exchange is not None
        assert reader is not None
        if self._used and not reader.begun and exchange.may_be_repeated:
            self._retire()
            return
        if error is None:
            raise FailedError("the server left without a response", errno.ECONNRESET)
        raise error

    def _respond(self, response: Response, goes_on: bool) -> None:
        exchange, self._current = self._current, None
        assert exchange is not None
        self._outcomes.append(
            ("on_response", exchange.number, response.status, response.reason, response.headers, response.body)
        )
        if goes_on and self._broken is None:
            self._reader, self._used = None, True
        else:
            self._retire()

    def _count_ticks(self) -> None:
        stall, deadline = self._limits.stall_ticks, self._limits.deadline_ticks
        if deadline is not None:
            if self._current is not None and self._ticks - self._current.since >= deadline:
                self._give_up(f"not done in {deadline} ticks", errno.ETIMEDOUT)
            while self._queue and self._ticks - self._queue[0].since >= deadline:
                self._fail(self._queue.popleft(), f"not done in {deadline} ticks", errno.ETIMEDOUT)
        if stall is not None and self._current is not None and self._ticks - self._moved >= stall:
            self._give_up(f"nothing has moved for {stall} ticks", errno.ETIMEDOUT)

    # --- ends

    # The request under way has failed, and its connection is of no use to another.
    def _give_up(self, why: str, code: int) -> None:
        exchange, self._current = self._current, None
        if exchange is not None:
            self._fail(exchange, why, code)
        self._retire()

    def _fail(self, exchange: Exchange, why: str, code: int) -> None:
        self._outcomes.append(("on_failure", exchange.number, why, code))

    def _retire(self) -> None:
        endpoint, self._endpoint = self._endpoint, None
        self._reader = self._look_up = self._broken = None
        self._used = False
        self._untried.clear()
        if endpoint is not None:
            if endpoint.client is not None and not endpoint.inherited:
                # Of a request that is given up nothing more is to be sent.
                endpoint.client.queue.clear()
            endpoint.close()

    def _refuse_if_closed(self, what: str) -> None:
        if self._closed:
            raise ClosedHandleError(what)

    def _refused(self, message: str, code: int) -> bool:
        self._callbacks.tell("on_error", message, code)
        return False
